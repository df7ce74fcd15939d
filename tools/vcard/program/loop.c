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

#include "server.h"

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

static uint64_t poll_interval(struct server *srv, uint64_t now)
{
	uint64_t activity = vcard_activity(srv->vc);
	int i = 0;

	if (activity != srv->activity) {
		srv->activity = activity;
		srv->active_at = now;
	}
	while (now - srv->active_at > poll_steps[i].idle_for)
		i++;
	return poll_steps[i].interval;
}

/* Run the card; returns the ns until it wants to run again. */
static uint64_t run_card(struct server *srv)
{
	uint64_t due = vcard_step(srv->vc, STEP_BUDGET);
	uint64_t now, wait = VCARD_NEVER;

	if (!due)
		return 0;
	now = now_ns();
	if (vcard_polling(srv->vc))
		wait = poll_interval(srv, now);
	if (due == VCARD_NEVER)
		return wait;
	due = due > now ? due - now : 0;
	return due < wait ? due : wait;
}

enum { FD_SIGNAL, FD_VFU, FD_UNMASK, FD_CONTROL, FD_CLIENTS, FDS = FD_CLIENTS + MAX_CONTROL };

/* While a client is served, others wait in the listener's queue. */
static void fill(const struct server *srv, struct pollfd fds[FDS])
{
	int fd[FDS];

	fd[FD_SIGNAL] = srv->signals;
	fd[FD_VFU] = srv->vfu.sock >= 0 ? srv->vfu.sock : srv->listener;
	fd[FD_UNMASK] = srv->vfu.irq.unmask_fd;
	fd[FD_CONTROL] = srv->control;
	for (int i = 0; i < MAX_CONTROL; i++)
		fd[FD_CLIENTS + i] = srv->clients[i].fd;
	for (int i = 0; i < FDS; i++)
		fds[i] = (struct pollfd){ .fd = fd[i], .events = POLLIN };
}

static void serve_vfu(struct server *srv)
{
	if (srv->vfu.sock < 0) {
		int sock = accept_unix(srv->listener);

		if (sock >= 0) {
			server_log("client connected");
			vfu_open(&srv->vfu, sock);
		}
	} else if (!vfu_receive(&srv->vfu)) {
		server_log("client disconnected");
		vfu_close(&srv->vfu);
	}
}

/* A file that is ready but gives no event would keep the loop busy for ever. */
static void serve_unmask(struct server *srv)
{
	struct vfu_irq *irq = &srv->vfu.irq;
	uint64_t count;
	ssize_t n = read(irq->unmask_fd, &count, sizeof(count));

	if (n == sizeof(count)) {
		vfu_irq_unmask(&srv->vfu);
	} else if (n >= 0 || (errno != EAGAIN && errno != EINTR)) {
		server_log("unmask file is no eventfd: closed");
		close(irq->unmask_fd);
		irq->unmask_fd = -1;
	}
}

static void serve_signal(struct server *srv)
{
	struct signalfd_siginfo info;

	if (read(srv->signals, &info, sizeof(info)) != sizeof(info))
		return;
	server_log("signal %u: stopping", info.ssi_signo);
	srv->quit = true;
}

static void serve(struct server *srv, const struct pollfd fds[FDS])
{
	if (fds[FD_SIGNAL].revents)
		serve_signal(srv);
	if (fds[FD_UNMASK].revents)
		serve_unmask(srv);
	if (fds[FD_VFU].revents)
		serve_vfu(srv);
	for (int i = 0; i < MAX_CONTROL; i++)
		if (fds[FD_CLIENTS + i].revents)
			control_receive(srv, &srv->clients[i]);
	if (fds[FD_CONTROL].revents)
		control_accept(srv);
}

bool server_run(struct server *srv)
{
	struct pollfd fds[FDS];

	srv->signals = open_signals();
	if (srv->signals < 0)
		return false;
	while (!srv->quit) {
		uint64_t wait = run_card(srv);
		struct timespec ts = { wait / 1000000000, wait % 1000000000 };

		fill(srv, fds);
		if (ppoll(fds, FDS, wait == VCARD_NEVER ? NULL : &ts, NULL) > 0)
			serve(srv, fds);
	}
	close(srv->signals);
	return true;
}
