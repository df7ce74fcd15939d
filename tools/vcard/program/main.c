// SPDX-License-Identifier: BSD-2-Clause
/*
 * vcard: a virtual HIFN 7955/7956 behind a socket.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "../transports/vfio-user/vfio_user.h"
#include "../transports/vhost-user/vhost_user.h"
#include "busfile.h"
#include "last.h"
#include "listen.h"
#include "log.h"
#include "loop.h"
#include "options.h"

/* One card, and the ways to it. */
struct server {
	struct vcard *vc;
	struct transport *transport;
	struct control control;
	struct busfile bus;
	int listener;
	FILE *trace;
	int trace_fd;
	bool made_trace;
	bool made_log;
};

#define TRACE_HELD	16384	/* bytes; the start says less */

/* ---- what the card needs from outside ---- */

static void *on_dma(void *opaque, uint32_t addr, bool write, uint32_t *avail)
{
	struct transport *t = ((struct server *)opaque)->transport;
	uint64_t left;
	void *p = t->ops->dma(t, addr, write, &left);

	if (p)
		*avail = left > UINT32_MAX ? UINT32_MAX : left;
	return p;
}

/* The first time, while the card is made, there is nobody to ask for its level. */
static void on_irq(void *opaque, bool level)
{
	struct server *srv = opaque;

	(void)level;
	if (srv->vc)
		srv->transport->ops->line_changed(srv->transport);
}

static void on_log(void *opaque, const char *line)
{
	(void)opaque;
	server_log("%s", line);
}

/* ---- what the transport is to bring accesses to ---- */

static uint32_t bar_bytes(void *opaque, unsigned int bar)
{
	return vcard_bar_bytes(((struct server *)opaque)->vc, bar);
}

static bool bar_read(void *opaque, unsigned int bar, uint32_t off, void *buf, uint32_t len)
{
	return vcard_read(((struct server *)opaque)->vc, bar, off, buf, len);
}

static bool bar_write(void *opaque, unsigned int bar, uint32_t off, const void *buf,
		      uint32_t len)
{
	return vcard_write(((struct server *)opaque)->vc, bar, off, buf, len);
}

static bool config_read(void *opaque, uint32_t off, void *buf, uint32_t len)
{
	return vcard_config_read(((struct server *)opaque)->vc, off, buf, len);
}

static bool config_write(void *opaque, uint32_t off, const void *buf, uint32_t len)
{
	return vcard_config_write(((struct server *)opaque)->vc, off, buf, len);
}

static void bus_reset(void *opaque)
{
	vcard_pci_reset(((struct server *)opaque)->vc);
}

static bool line(void *opaque)
{
	const struct vcard *vc = ((struct server *)opaque)->vc;

	return vcard_irq(vc) && !vcard_intx_disabled(vc);
}

/* ---- start and end ---- */

static const struct transport_ops *find_transport(const char *name)
{
	static const struct transport_ops *const known[] = { &vfu_transport, &vhu_transport };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!name || !strcmp(name, known[i]->name))
			return known[i];
	fprintf(stderr, "vcard: --transport: '%s' is neither vfio-user nor vhost-user\n", name);
	return NULL;
}

static bool make_transport(struct server *srv, struct transport_function *function,
			   const struct transport_ops *ops)
{
	if (!ops)
		return false;
	*function = (struct transport_function){
		.opaque = srv, .bar_bytes = bar_bytes, .read = bar_read, .write = bar_write,
		.config_read = config_read, .config_write = config_write,
		.reset = bus_reset, .line = line, .log = on_log,
	};
	srv->transport = ops->create(function);
	if (!srv->transport)
		fprintf(stderr, "vcard: out of memory\n");
	return srv->transport;
}

/*
 * A file that may be there is not touched before the start has succeeded, and one that was made
 * for a start that fails is removed. Returns a descriptor, or -1 with a message.
 */
static int open_output(const char *what, const char *path, bool *made)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	*made = false;
	if (fd < 0 && errno == ENOENT) {
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		*made = fd >= 0;
	}
	if (fd < 0)
		fprintf(stderr, "vcard: cannot write the %s %s: %s\n", what, path,
			strerror(errno));
	return fd;
}

static bool open_trace(struct server *srv, struct options *opt)
{
	FILE *last;

	srv->trace_fd = open_output("trace", opt->trace, &srv->made_trace);
	srv->trace = srv->trace_fd < 0 ? NULL : fdopen(srv->trace_fd, "w");
	if (!srv->trace)
		return false;
	/* what the start has to say is held back until it has succeeded */
	setvbuf(srv->trace, NULL, _IOFBF, TRACE_HELD);
	last = opt->trace_last ? last_open(srv->trace, opt->trace_last) : srv->trace;
	if (!last) {
		fprintf(stderr, "vcard: no memory for %u lines of trace\n", opt->trace_last);
		return false;
	}
	opt->card.trace = last;
	return true;
}

/* Written at the end; that it cannot be is known now. */
static bool try_counters(const char *path)
{
	bool made;
	int fd = open_output("counters", path, &made);

	if (fd < 0)
		return false;
	close(fd);
	if (made)
		unlink(path);
	return true;
}

static bool open_files(struct server *srv, struct options *opt)
{
	if (opt->log && !server_log_open(opt->log, &srv->made_log)) {
		fprintf(stderr, "vcard: cannot write the log %s: %s\n", opt->log,
			strerror(errno));
		return false;
	}
	if (opt->counters && !try_counters(opt->counters))
		return false;
	return !opt->trace || open_trace(srv, opt);
}

static bool set_clock(struct server *srv, const struct options *opt)
{
	const char *why;

	if (!opt->clock)
		return true;
	if (opt->bus && !busfile_open(&srv->bus, opt->bus, vcard_bus_bytes()))
		return false;
	if (opt->bus)
		vcard_share_bus(srv->vc, srv->bus.memory);
	why = vcard_clock(srv->vc, opt->clock);
	if (why)
		fprintf(stderr, "vcard: --clock %s: %s; see vcard --help\n", opt->clock, why);
	return !why;
}

static bool make_card(struct server *srv, struct options *opt)
{
	static const struct vcard_ops ops = {
		.dma = on_dma, .irq = on_irq, .log = on_log,
	};

	opt->card.ops = &ops;
	opt->card.opaque = srv;
	srv->vc = vcard_create(&opt->card);
	if (!srv->vc) {
		fprintf(stderr, "vcard: cannot create the card: no memory, or libcrypto lacks an algorithm\n");
		return false;
	}
	srv->control.vc = srv->vc;
	vcard_show_bus(srv->vc, &(struct vcard_bus){ &srv->transport->counts.fired,
						     &srv->transport->counts.retracted,
						     &srv->transport->counts.refused });
	if (!set_clock(srv, opt))
		return false;
	for (unsigned int i = 0; i < opt->nfaults; i++) {
		const char *why = vcard_fault(srv->vc, opt->faults[i]);

		if (why) {
			fprintf(stderr, "vcard: --fault %s: %s; see vcard --help\n",
				opt->faults[i], why);
			return false;
		}
	}
	return true;
}

static bool open_sockets(struct server *srv, const struct options *opt)
{
	srv->listener = listen_unix(opt->socket);
	if (srv->listener < 0)
		return false;
	if (!opt->control)
		return true;
	srv->control.listener = listen_unix(opt->control);
	return srv->control.listener >= 0;
}

static void remove_sockets(struct server *srv, const struct options *opt)
{
	if (srv->listener >= 0)
		unlink(opt->socket);
	if (srv->control.listener >= 0)
		unlink(opt->control);
}

/* Of a start that failed nothing is left, and what was there before is as it was. */
static void undo_start(struct server *srv, const struct options *opt)
{
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

	remove_sockets(srv, opt);
	/* what is held back goes there when the trace is closed */
	if (srv->trace && nowhere >= 0)
		dup2(nowhere, srv->trace_fd);
	if (nowhere >= 0)
		close(nowhere);
	if (srv->made_trace)
		unlink(opt->trace);
	if (srv->made_log)
		unlink(opt->log);
}

/* The card's first lines are not in it yet. */
static bool empty_trace(struct server *srv)
{
	if (srv->trace && ftruncate(srv->trace_fd, 0) && errno != EINVAL)
		fprintf(stderr, "vcard: cannot empty the trace: %s\n", strerror(errno));
	else
		return true;
	return false;
}

static int write_counters(struct server *srv, const char *path)
{
	char *json = vcard_counters_json(srv->vc);
	FILE *f = json ? fopen(path, "we") : NULL;
	bool ok = f && fprintf(f, "%s\n", json) > 0;

	if (f && fclose(f))
		ok = false;
	free(json);
	if (!ok)
		fprintf(stderr, "vcard: cannot write the counters %s: %s\n", path,
			strerror(errno));
	return ok ? 0 : 1;
}

static int serve(struct server *srv, const struct options *opt)
{
	struct loop loop = {
		.vc = srv->vc, .transport = srv->transport, .control = &srv->control,
		.listener = srv->listener,
	};
	int status = 0;

	server_log("listening on %s", opt->socket);
	if (!loop_run(&loop)) {
		fprintf(stderr, "vcard: no signalfd: %s\n", strerror(errno));
		status = 1;
	} else if (opt->counters) {
		status = write_counters(srv, opt->counters);
	}
	remove_sockets(srv, opt);
	return status;
}

static int close_trace(const struct options *opt)
{
	if (!opt->card.trace || !fclose(opt->card.trace))
		return 0;
	server_log("the trace %s is incomplete: %s", opt->trace, strerror(errno));
	return 1;
}

static void release(struct server *srv)
{
	if (srv->transport)
		srv->transport->ops->destroy(srv->transport);
	vcard_destroy(srv->vc);
	busfile_close(&srv->bus);
	control_free(&srv->control);
	if (srv->listener >= 0)
		close(srv->listener);
}

int main(int argc, char **argv)
{
	struct server srv = { .listener = -1, .bus.fd = -1 };
	struct transport_function function;
	struct options opt;
	int status = options_parse(&opt, argc, argv);

	if (status)
		return status == 1 ? 0 : status;
	control_init(&srv.control);
	prctl(PR_SET_TIMERSLACK, 1ul);	/* the poll interval is 20 us */
	status = 1;
	if (make_transport(&srv, &function, find_transport(opt.transport)) &&
	    open_sockets(&srv, &opt) && open_files(&srv, &opt) && make_card(&srv, &opt) &&
	    empty_trace(&srv))
		status = serve(&srv, &opt);
	else
		undo_start(&srv, &opt);
	release(&srv);
	return close_trace(&opt) ? 1 : status;
}
