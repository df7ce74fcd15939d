// SPDX-License-Identifier: BSD-2-Clause
/*
 * The main loop: one thread serves the sockets and runs the card in small steps
 * between them, so that a register read never waits for more than one step.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "listen.h"
#include "log.h"
#include "loop.h"

#define US		1000ull
#define STEP_BUDGET	32768	/* about eight commands of 4 KiB */

/*
 * How often idle rings are looked at. Requests mostly follow one another, so
 * the first wait is short; an idle card must not take CPU time from the guest.
 */
static const struct {
	uint64_t idle_for, interval;
} poll_steps[] = {
	{ 1000 * US, 20 * US },
	{ 20000 * US, 100 * US },
	{ UINT64_MAX, 500 * US },
};

/* Signals come as one more file, so that traffic cannot keep them waiting. */
static int open_signals(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static uint64_t poll_interval(uint64_t idle)
{
	int i = 0;

	while (idle > poll_steps[i].idle_for)
		i++;
	return poll_steps[i].interval;
}

/* moved: the transport had something to do. */
static uint64_t idle_for(struct loop *loop, bool moved, uint64_t now)
{
	uint64_t activity = vcard_activity(loop->vc);

	if (moved || activity != loop->activity) {
		loop->activity = activity;
		loop->active_at = now;
	}
	return now - loop->active_at;
}

/* Run the card; returns the ns until it wants to run again. */
static uint64_t run_card(struct loop *loop, bool moved)
{
	uint64_t due = vcard_step(loop->vc, STEP_BUDGET);
	uint64_t now, idle, wait = VCARD_NEVER;

	if (!due)
		return 0;
	now = now_ns();
	idle = idle_for(loop, moved, now);
	if (idle < loop->transport->ops->spin_ns)
		return 0;
	if (vcard_polling(loop->vc))
		wait = poll_interval(idle);
	if (due == VCARD_NEVER)
		return wait;
	due = due > now ? due - now : 0;
	if (due < loop->transport->ops->spin_ns)
		return 0;	/* a sleep would end too late */
	return due < wait ? due : wait;
}

enum { FD_SIGNAL, FD_CONTROL, FD_LISTENER, FD_CLIENTS, FD_TRANSPORT = FD_CLIENTS + CONTROL_CLIENTS,
       FDS = FD_TRANSPORT + TRANSPORT_FDS };

/* While a client is served, others wait in the listener's queue. */
static unsigned int fill(const struct loop *loop, struct pollfd fds[FDS])
{
	unsigned int n = loop->transport->ops->fds(loop->transport, fds + FD_TRANSPORT);
	int fd[FD_TRANSPORT];

	fd[FD_SIGNAL] = loop->signals;
	fd[FD_LISTENER] = n ? -1 : loop->listener;
	fd[FD_CONTROL] = loop->control->listener;
	for (int i = 0; i < CONTROL_CLIENTS; i++)
		fd[FD_CLIENTS + i] = loop->control->clients[i].fd;
	for (int i = 0; i < FD_TRANSPORT; i++)
		fds[i] = (struct pollfd){ .fd = fd[i], .events = POLLIN };
	return FD_TRANSPORT + n;
}

static void accept_client(struct loop *loop)
{
	int sock = accept_unix(loop->listener);

	if (sock < 0)
		return;
	server_log("client connected");
	loop->transport->ops->open(loop->transport, sock);
}

static void serve_transport(struct loop *loop, const struct pollfd *fds)
{
	if (loop->transport->ops->serve(loop->transport, fds))
		return;
	server_log("client disconnected");
	loop->transport->ops->close(loop->transport);
}

static void serve_signal(struct loop *loop)
{
	struct signalfd_siginfo info;

	if (read(loop->signals, &info, sizeof(info)) != sizeof(info))
		return;
	server_log("signal %u: stopping", info.ssi_signo);
	loop->quit = true;
}

static void serve(struct loop *loop, const struct pollfd *fds, unsigned int n)
{
	struct control *ctl = loop->control;

	if (fds[FD_SIGNAL].revents)
		serve_signal(loop);
	if (fds[FD_LISTENER].revents)
		accept_client(loop);
	if (n > FD_TRANSPORT)
		serve_transport(loop, fds + FD_TRANSPORT);
	for (int i = 0; i < CONTROL_CLIENTS; i++)
		if (fds[FD_CLIENTS + i].revents)
			control_receive(ctl, &ctl->clients[i]);
	if (fds[FD_CONTROL].revents)
		control_accept(ctl);
}

/* Wait for the files, at most so long, and serve them. */
static void wait_and_serve(struct loop *loop, uint64_t wait)
{
	const struct transport_ops *ops = loop->transport->ops;
	struct timespec ts = { wait / 1000000000, wait % 1000000000 };
	struct pollfd fds[FDS];
	unsigned int n = fill(loop, fds);
	int ready = ppoll(fds, n, wait == VCARD_NEVER ? NULL : &ts, NULL);

	if (ops->awake)
		ops->awake(loop->transport);
	if (ready > 0)
		serve(loop, fds, n);
}

/* With a transport to spin for, the files have their turn in one round of so many. */
#define SPIN_ROUNDS	64

bool loop_run(struct loop *loop)
{
	struct transport *t = loop->transport;
	unsigned int round = 0;

	loop->signals = open_signals();
	if (loop->signals < 0)
		return false;
	while (!loop->quit && !loop->control->quit) {
		bool moved = t->ops->work && t->ops->work(t);
		uint64_t wait = run_card(loop, moved);

		if (!wait && t->ops->work && ++round % SPIN_ROUNDS)
			continue;
		if (wait && t->ops->sleep && !t->ops->sleep(t))
			wait = 0;
		wait_and_serve(loop, wait);
	}
	close(loop->signals);
	return true;
}
