// SPDX-License-Identifier: BSD-2-Clause
/*
 * The command line.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "last.h"
#include "options.h"

enum { OPT_SOCKET = 1, OPT_CONTROL, OPT_DEVICE, OPT_LOCKED, OPT_UNLOCKED, OPT_STRICT,
       OPT_SEED, OPT_TRACE, OPT_TRACE_LAST, OPT_TRANSPORT, OPT_COUNTERS, OPT_LOG, OPT_FAULT,
       OPT_CLOCK, OPT_BUS, OPT_SILICON, OPT_PROFILE, OPT_HELP };

static const struct option long_options[] = {
	{ "socket", required_argument, NULL, OPT_SOCKET },
	{ "control", required_argument, NULL, OPT_CONTROL },
	{ "device", required_argument, NULL, OPT_DEVICE },
	{ "locked", no_argument, NULL, OPT_LOCKED },
	{ "unlocked", no_argument, NULL, OPT_UNLOCKED },
	{ "strict-unlock", no_argument, NULL, OPT_STRICT },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "trace", required_argument, NULL, OPT_TRACE },
	{ "trace-last", required_argument, NULL, OPT_TRACE_LAST },
	{ "counters", required_argument, NULL, OPT_COUNTERS },
	{ "transport", required_argument, NULL, OPT_TRANSPORT },
	{ "log", required_argument, NULL, OPT_LOG },
	{ "fault", required_argument, NULL, OPT_FAULT },
	{ "clock", required_argument, NULL, OPT_CLOCK },
	{ "bus", required_argument, NULL, OPT_BUS },
	{ "silicon", required_argument, NULL, OPT_SILICON },
	{ "profile", required_argument, NULL, OPT_PROFILE },
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 },
};

static void help(void)
{
	printf("usage: vcard --socket PATH [options]\n"
	       "A virtual HIFN 7955/7956 crypto card for QEMU and User-Mode Linux.\n\n"
	       "  --socket PATH     socket to listen on\n"
	       "  --transport NAME  vfio-user (default): QEMU's vfio-user-pci device;\n"
	       "                    vhost-user: UML's virtio_uml.device=PATH:ID\n"
	       "  --control PATH    control socket: counters, reset-counters, fault SPEC,\n"
	       "                    faults clear, ram-find HEX, hostile-log, clock [SPEC],\n"
	       "                    silicon NAME=VALUE, ping, quit\n"
	       "  --device N        7955 (default) or 7956\n"
	       "  --locked          power up locked (default); --unlocked: at level 2\n"
	       "  --strict-unlock   a wrong or repeated unlock locks until PCI reset\n"
	       "  --seed N          seed of the random numbers (default 1)\n"
	       "  --trace FILE      write every register access, descriptor and command\n"
	       "  --trace-last N    of these only the last N, at exit\n"
	       "  --counters FILE   write the counters as JSON at exit\n"
	       "  --log FILE        append the log to FILE instead of stderr\n"
	       "  --clock SPEC      how long things take, see below\n"
	       "  --bus FILE        the bus of all cards that name this file; with --clock\n"
	       "  --silicon NAME=VALUE  what the chip is like where nobody knows, see below\n"
	       "  --profile FILE    all that a file says of it; --silicon behind it goes first\n"
	       "  --fault SPEC      what goes wrong; may be given several times:\n\n");
	vcard_fault_help(stdout);
	printf("\nThe clock:\n\n");
	vcard_clock_help(stdout);
	printf("\nWhat the chip is like (docs/reference/vcard.md says who says so):\n\n");
	vcard_knob_help(stdout);
}

static bool number(const char *what, const char *text, uint64_t *val)
{
	char *end;

	errno = 0;
	*val = strtoull(text, &end, 0);
	if (!errno && end != text && !*end && *text != '-')
		return true;
	fprintf(stderr, "vcard: --%s: '%s' is not a number\n", what, text);
	return false;
}

static bool set_device(struct options *opt, const char *text)
{
	if (strcmp(text, "7955") && strcmp(text, "7956")) {
		fprintf(stderr, "vcard: --device: '%s' is neither 7955 nor 7956\n", text);
		return false;
	}
	opt->card.device = atoi(text);
	return true;
}

static bool set_trace_last(struct options *opt, const char *text)
{
	uint64_t lines;

	if (!number("trace-last", text, &lines))
		return false;
	if (lines < 1 || lines > LAST_MAX_LINES) {
		fprintf(stderr, "vcard: --trace-last: '%s' is not from 1 to %u\n", text,
			LAST_MAX_LINES);
		return false;
	}
	opt->trace_last = lines;
	return true;
}

static bool add_fault(struct options *opt, const char *spec)
{
	if (opt->nfaults == MAX_FAULTS) {
		fprintf(stderr, "vcard: more than %d --fault options\n", MAX_FAULTS);
		return false;
	}
	opt->faults[opt->nfaults++] = spec;
	return true;
}

/* A socket without a name would be an abstract one, which any user may connect to. */
static bool set_path(const char *what, const char **path, const char *text)
{
	*path = text;
	if (*text)
		return true;
	fprintf(stderr, "vcard: --%s wants a path, this one is empty\n", what);
	return false;
}

static bool set_silicon(struct options *opt, const char *text)
{
	const char *why = vcard_knob(&opt->card.knobs, text);

	if (why)
		fprintf(stderr, "vcard: --silicon %s\n", why);
	return !why;
}

static bool read_profile(struct options *opt, const char *path)
{
	FILE *f = fopen(path, "re");
	const char *why = f ? vcard_profile(&opt->card.knobs, f) : strerror(errno);

	if (f)
		fclose(f);
	if (why)
		fprintf(stderr, "vcard: --profile %s: %s\n", path, why);
	return !why;
}

static bool set_option(struct options *opt, int c)
{
	switch (c) {
	case OPT_SOCKET:
		return set_path("socket", &opt->socket, optarg);
	case OPT_CONTROL:
		return set_path("control", &opt->control, optarg);
	case OPT_DEVICE:
		return set_device(opt, optarg);
	case OPT_LOCKED:
	case OPT_UNLOCKED:
		opt->card.unlocked = c == OPT_UNLOCKED;
		return true;
	case OPT_STRICT:
		opt->card.strict_unlock = true;
		return true;
	case OPT_SEED:
		return number("seed", optarg, &opt->card.seed);
	case OPT_TRACE:
		return set_path("trace", &opt->trace, optarg);
	case OPT_TRACE_LAST:
		return set_trace_last(opt, optarg);
	case OPT_COUNTERS:
		return set_path("counters", &opt->counters, optarg);
	case OPT_TRANSPORT:
		opt->transport = optarg;
		return true;
	case OPT_LOG:
		return set_path("log", &opt->log, optarg);
	case OPT_CLOCK:
		opt->clock = optarg;
		return true;
	case OPT_BUS:
		return set_path("bus", &opt->bus, optarg);
	case OPT_SILICON:
		return set_silicon(opt, optarg);
	case OPT_PROFILE:
		return read_profile(opt, optarg);
	case OPT_FAULT:
		return add_fault(opt, optarg);
	default:
		return false;	/* getopt_long has said why */
	}
}

int options_parse(struct options *opt, int argc, char **argv)
{
	int c;

	memset(opt, 0, sizeof(*opt));
	opt->card.seed = 1;
	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (c == OPT_HELP) {
			help();
			return 1;
		}
		if (!set_option(opt, c)) {
			fprintf(stderr, "vcard: see vcard --help\n");
			return 2;
		}
	}
	if (optind < argc)
		fprintf(stderr, "vcard: unexpected argument '%s'; see vcard --help\n",
			argv[optind]);
	else if (!opt->socket)
		fprintf(stderr, "vcard: --socket PATH is missing; see vcard --help\n");
	else if (opt->trace_last && !opt->trace)
		fprintf(stderr, "vcard: --trace-last N wants --trace FILE; see vcard --help\n");
	else if (opt->bus && !opt->clock)
		fprintf(stderr, "vcard: --bus %s: a bus needs its rate: --clock; see vcard --help\n",
			opt->bus);
	else
		return 0;
	return 2;
}
