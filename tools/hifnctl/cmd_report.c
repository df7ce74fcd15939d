// SPDX-License-Identifier: BSD-2-Clause
/*
 * hifnctl report: one file for a bug report. What we wrote ourselves into it, or the kernel's lines
 * of our modules: no keys, no addresses of the network, no names of hosts.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "card.h"
#include "files.h"
#include "hifnctl.h"

static void section(FILE *to, const char *name)
{
	fprintf(to, "\n== %s\n", name);
}

static void put_file(FILE *to, const char *path)
{
	char *text = read_file("%s", path);

	if (text)
		fprintf(to, "-- %s\n%s", path, text);
	else
		fprintf(to, "-- %s: %s\n", path, strerror(errno));
	free(text);
}

static void put_versions(FILE *to)
{
	static const char *const files[] = {
		"/sys/module/acf/version", "/sys/module/hifn795x/version",
		"/sys/module/acf/parameters/policy", "/sys/module/acf/parameters/queue_len",
		"/sys/module/acf/parameters/check", "/sys/module/hifn795x/parameters/pll",
		"/sys/module/hifn795x/parameters/slots",
		"/sys/module/hifn795x/parameters/timeout_ms", "/sys/kernel/security/lockdown",
	};
	struct utsname name;
	size_t i;

	section(to, "versions");
	uname(&name);
	fprintf(to, "hifnctl %s\nkernel %s %s %s\n", HIFNCTL_VERSION, name.release, name.version,
		name.machine);
	for (i = 0; i < sizeof(files) / sizeof(*files); i++)
		put_file(to, files[i]);
}

/* As lspci -xx would: it can be fed to it. */
static void put_config(FILE *to, const char *address)
{
	unsigned char bytes[64];
	char path[256];
	size_t got;
	size_t i;
	FILE *file;

	snprintf(path, sizeof(path), "%s/sys/bus/pci/devices/%s/config", root, address);
	file = fopen(path, "re");
	got = file ? fread(bytes, 1, sizeof(bytes), file) : 0;
	if (file)
		fclose(file);
	fprintf(to, "%s HIFN", address);
	for (i = 0; i < got; i++) {
		if (i % 16 == 0)
			fprintf(to, "\n%02zx:", i);
		fprintf(to, " %02x", bytes[i]);
	}
	fputc('\n', to);
}

static void put_card(FILE *to, const struct card *card)
{
	static const char *const files[] = {
		"abi", "state", "reason", "failure", "finding", "engine", "algorithms",
		"algorithms_lost", "online", "selftest", "resets_last", "resets_by_reason",
		"totals/jobs", "totals/bytes", "totals/failed", "totals/wrong", "totals/busy_ns",
		"totals/depth", "totals/depth_peak", "totals/resets",
	};
	char path[256];
	size_t i;

	section(to, card->address);
	put_config(to, card->address);
	for (i = 0; i < sizeof(files) / sizeof(*files); i++) {
		snprintf(path, sizeof(path), "/sys/class/acf/%s/%s", card->address, files[i]);
		put_file(to, path);
	}
	snprintf(path, sizeof(path), "/sys/kernel/debug/hifn795x/%s/stats", card->address);
	put_file(to, path);
}

static void put_acf(FILE *to)
{
	section(to, "acf");
	put_file(to, "/sys/kernel/debug/acf/stats");
	put_file(to, "/sys/kernel/debug/acf/cost");
	put_file(to, "/sys/kernel/debug/acf/latency");
	put_file(to, "/sys/kernel/debug/acf/transforms");
}

static bool is_ours(const char *line)
{
	return strstr(line, "hifn") || strstr(line, " acf: ") || starts_with(line, "acf: ");
}

/* The kernel's own ring: a record for each read; those of our modules. */
static void put_log(FILE *to)
{
	char record[8192];
	char path[256];
	ssize_t got;
	int fd;

	section(to, "kernel log");
	snprintf(path, sizeof(path), "%s/dev/kmsg", root);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		fprintf(to, "%s: %s\n", path, strerror(errno));
		return;
	}
	while ((got = read(fd, record, sizeof(record) - 1)) > 0 || (got < 0 && errno == EPIPE)) {
		const char *text;

		if (got < 0)
			continue;
		record[got] = '\0';
		record[strcspn(record, "\n")] = '\0';
		text = strchr(record, ';');
		if (text && is_ours(text + 1))
			fprintf(to, "%.*s %s\n", (int)(text - record), record, text + 1);
	}
	close(fd);
}

/* What doctor says, as everybody reads it. */
static void put_doctor(FILE *to)
{
	static char name[] = "doctor";
	char *args[] = { name, NULL };
	int out = dup(STDOUT_FILENO);

	section(to, "doctor");
	fflush(to);
	fflush(stdout);
	if (out < 0 || dup2(fileno(to), STDOUT_FILENO) < 0)
		return;
	cmd_doctor.run(1, args);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	close(out);
}

static void put_all(FILE *to)
{
	struct cards cards;
	size_t i;

	fputs("hifnctl report. Without keys, addresses of the network and names of hosts; names of volumes are in it.\n",
	      to);
	put_versions(to);
	cards_read(&cards);
	for (i = 0; i < cards.nr; i++)
		put_card(to, &cards.card[i]);
	cards_free(&cards);
	put_acf(to);
	put_log(to);
	put_doctor(to);
}

static int run(int argc, char **argv)
{
	const char *name = argc == 2 ? argv[1] : NULL;
	FILE *to = stdout;
	int fd;

	if (json)
		return usage_error(&cmd_report, "a report is text; for JSON: hifnctl status --json, doctor --json");
	if (argc > 2 || (name && *name == '-' && name[1]))
		return usage_error(&cmd_report, "one file at most");
	if (name && strcmp(name, "-")) {
		fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		to = fd < 0 ? NULL : fdopen(fd, "w");
		if (!to)
			return fail("%s: %m", name);
	}
	put_all(to);
	if (to == stdout)
		return fflush(stdout) ? fail("standard output: %m") : OK;
	if (fclose(to))
		return fail("%s: %m", name);
	printf("%s: look through it before you send it\n", name);
	return OK;
}

const struct command cmd_report = {
	.name = "report",
	.summary = "one file for a bug report",
	.help =
	"usage: hifnctl report [FILE]\n"
	"\n"
	"Versions, the card's configuration and state, its last failures and resets, counters, our\n"
	"lines of the kernel's log, and what doctor says, to standard output or a new file that\n"
	"only its owner can read. No keys, no addresses of the network, no names of hosts; names of\n"
	"volumes are in it. Run as root it has all.\n",
	.run = run,
};
