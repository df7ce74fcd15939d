// SPDX-License-Identifier: BSD-2-Clause
/*
 * Text from outside: lines of the control socket in any pieces, fault
 * descriptions, the command line.
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../vcard/program/control.h"
#include "../vcard/program/log.h"
#include "../vcard/program/options.h"
#include "../../drivers/hifn_env.h"
#include "fuzz.h"

#define MAX_ARGS	24
#define MAX_PIECE	80	/* bytes; the replies have to fit a socket's buffer */

enum { INPUTS, LINES, OKS, REFUSED, JSON, FOUND, SPECS, SET, CLOCKS, PARSED, BAD_ARGS, DROPPED, TALLIES };
static struct tally tallies[TALLIES] = {
	[INPUTS] = { "inputs", 0 }, [LINES] = { "lines", 0 }, [OKS] = { "ok", 0 },
	[REFUSED] = { "refused", 0 }, [JSON] = { "counters", 0 }, [FOUND] = { "searches", 0 }, [SPECS] = { "specs", 0 },
	[SET] = { "faults", 0 }, [CLOCKS] = { "clocks", 0 }, [PARSED] = { "command-lines", 0 },
	[BAD_ARGS] = { "bad-command-lines", 0 }, [DROPPED] = { "dropped", 0 },
};

static struct control ctl;

static void *no_dma(void *opaque, uint32_t addr, bool write, uint32_t *avail)
{
	(void)opaque;
	(void)addr;
	(void)write;
	(void)avail;
	return NULL;
}

static void begin(void)
{
	static const struct vcard_ops ops = { .dma = no_dma };
	struct vcard_config cfg = { .seed = 1, .ops = &ops };
	bool made;

	if (ctl.vc)
		return;
	fuzz_begin("control", tallies, TALLIES);
	control_init(&ctl);
	ctl.vc = vcard_create(&cfg);
	if (!ctl.vc || !server_log_open("/dev/null", &made))
		abort();
}

/* Replies are whole lines of a known kind; returns how many. */
static unsigned int read_replies(int fd)
{
	static char buf[1 << 17];
	ssize_t n = recv(fd, buf, sizeof(buf) - 1, MSG_DONTWAIT);
	unsigned int lines = 0;

	if (n <= 0)
		return 0;
	MUST(n < (ssize_t)sizeof(buf) - 1 && buf[n - 1] == '\n');
	buf[n] = 0;
	for (char *line = buf, *end; (end = strchr(line, '\n')); line = end + 1) {
		*end = 0;
		lines++;
		if (!strncmp(line, "error ", 6))
			tallies[REFUSED].n++;
		else if (line[0] == '{')
			tallies[JSON].n++;
		else if (strcmp(line, "ok"))
			tallies[FOUND].n++;
		else
			tallies[OKS].n++;
		MUST(!strcmp(line, "ok") || !strncmp(line, "error ", 6) || line[0] == '{' ||
		     (line[0] >= '0' && line[0] <= '9') || !strcmp(line, "instant") ||
		     !strncmp(line, "pci", 3));
	}
	tallies[LINES].n += lines;
	return lines;
}

static unsigned int newlines(const uint8_t *p, size_t n)
{
	unsigned int count = 0;

	while (n--)
		count += *p++ == '\n';
	return count;
}

/* The text in pieces; every line gets one line back. */
static void control_lines(struct input *in)
{
	struct control_client *client = &ctl.clients[0];
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		abort();
	client->fd = pair[0];
	client->len = 0;
	while (in->left && client->fd >= 0) {
		size_t n = 1 + in8(in) % MAX_PIECE;
		unsigned int lines;

		n = min(n, in->left);
		lines = newlines(in->p, n);
		if (send(pair[1], in->p, n, MSG_DONTWAIT) != (ssize_t)n)
			abort();
		in->p += n;
		in->left -= n;
		/* it reads no more than the line buffer has room for */
		for (int i = 0; i < 2 && client->fd >= 0; i++)
			control_receive(&ctl, client);
		lines -= read_replies(pair[1]);
		MUST(!lines || client->fd < 0);
	}
	tallies[DROPPED].n += client->fd < 0;
	close(pair[1]);
	if (client->fd >= 0)
		control_receive(&ctl, client);
	MUST(client->fd < 0);
}

/* A copy that ends where its memory ends. */
static char *text_of(struct input *in, size_t n)
{
	char *text = malloc(n + 1);

	if (!text)
		abort();
	in_bytes(in, text, n);
	text[n] = 0;
	return text;
}

static void fault_specs(struct input *in)
{
	while (in->left) {
		const uint8_t *end = memchr(in->p, '\n', in->left);
		size_t n = end ? (size_t)(end - in->p) : in->left;
		char *spec = text_of(in, n);
		const char *why = vcard_fault(ctl.vc, spec);

		if (end)
			in8(in);
		MUST(!why || (why[0] && !strchr(why, '\n') && strlen(why) < 100));
		tallies[SPECS].n++;
		tallies[SET].n += !why;
		why = vcard_clock(ctl.vc, spec);
		MUST(!why || (why[0] && !strchr(why, '\n') && strlen(why) < 100));
		tallies[CLOCKS].n += !why;
		free(spec);
	}
}

static void command_line(struct input *in)
{
	char *argv[MAX_ARGS + 2] = { text_of(&(struct input){ 0 }, 0) };
	struct options opt;
	int argc = 1, ret;

	while (in->left && argc <= MAX_ARGS) {
		const uint8_t *end = memchr(in->p, '\n', in->left);
		size_t n = end ? (size_t)(end - in->p) : in->left;

		argv[argc++] = text_of(in, n);
		if (end)
			in8(in);
	}
	optind = 0;	/* glibc: start over */
	ret = options_parse(&opt, argc, argv);
	MUST(ret >= 0 && ret <= 2);
	MUST(ret || (opt.socket && opt.nfaults <= MAX_FAULTS));
	tallies[ret ? BAD_ARGS : PARSED].n++;
	while (argc--)
		free(argv[argc]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };

	begin();
	tallies[INPUTS].n++;
	vcard_power_cycle(ctl.vc, NULL);
	switch (in8(&in) & 3) {
	case 0:
	case 1:
		control_lines(&in);
		break;
	case 2:
		fault_specs(&in);
		break;
	default:
		command_line(&in);
	}
	return 0;
}
