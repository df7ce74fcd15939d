// SPDX-License-Identifier: BSD-2-Clause
/*
 * vcard: a virtual HIFN 7955/7956 behind a vfio-user socket.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "server.h"

static void *on_dma(void *opaque, uint32_t addr, bool write, uint32_t *avail)
{
	struct server *srv = opaque;

	return vfu_dma_find(&srv->vfu.dma, addr, write, avail);
}

static void on_irq(void *opaque, bool level)
{
	struct server *srv = opaque;

	(void)level;
	if (srv->vc)
		vfu_irq_update(&srv->vfu);
}

static void on_log(void *opaque, const char *line)
{
	(void)opaque;
	server_log("%s", line);
}

static bool open_files(struct options *opt)
{
	if (opt->log && !server_log_open(opt->log)) {
		fprintf(stderr, "vcard: cannot write the log %s: %s\n", opt->log,
			strerror(errno));
		return false;
	}
	if (!opt->trace)
		return true;
	opt->card.trace = fopen(opt->trace, "we");
	if (!opt->card.trace)
		fprintf(stderr, "vcard: cannot write the trace %s: %s\n", opt->trace,
			strerror(errno));
	return opt->card.trace;
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
	srv->vfu.vc = srv->vc;
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
	srv->control = listen_unix(opt->control);
	if (srv->control < 0)
		unlink(opt->socket);
	return srv->control >= 0;
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
	int status = 0;

	server_log("listening on %s", opt->socket);
	if (!server_run(srv)) {
		fprintf(stderr, "vcard: no signalfd: %s\n", strerror(errno));
		status = 1;
	} else if (opt->counters) {
		status = write_counters(srv, opt->counters);
	}
	unlink(opt->socket);
	if (opt->control)
		unlink(opt->control);
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
	vfu_free(&srv->vfu);
	vcard_destroy(srv->vc);
	control_free(srv);
	if (srv->listener >= 0)
		close(srv->listener);
}

int main(int argc, char **argv)
{
	struct server srv = { .listener = -1, .control = -1 };
	struct options opt;
	int status = options_parse(&opt, argc, argv);

	if (status)
		return status == 1 ? 0 : status;
	control_init(&srv);
	prctl(PR_SET_TIMERSLACK, 1ul);	/* the poll interval is 20 us */
	vfu_dma_init();
	status = 1;
	if (!vfu_init(&srv.vfu))
		fprintf(stderr, "vcard: out of memory\n");
	else if (open_sockets(&srv, &opt) && open_files(&opt) && make_card(&srv, &opt))
		status = serve(&srv, &opt);
	release(&srv);
	return close_trace(&opt) ? 1 : status;
}
