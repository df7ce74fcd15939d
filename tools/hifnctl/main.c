// SPDX-License-Identifier: BSD-2-Clause
/* hifnctl: what the owner of a card asks. The table of subcommands, and their common options. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "hifnctl.h"

const struct command *const commands[] = {
	&cmd_status, &cmd_doctor, &cmd_watch, &cmd_selftest, &cmd_bench, &cmd_export,
	&cmd_decode, &cmd_report, &cmd_offline, &cmd_online, &cmd_survey, NULL
};

static void list_commands(FILE *to)
{
	const struct command *const *c;

	fputs("hifnctl: HIFN 7955/7956 crypto cards: are they used, how much, and if not, why not\n\n"
	      "usage: hifnctl COMMAND [OPTION...]\n\n", to);
	for (c = commands; *c; c++)
		fprintf(to, "  %-9s %s\n", (*c)->name, (*c)->summary);
	fputs("\n--netns NAME with any: the SAs of that network namespace.\nhifnctl COMMAND -h: its options. hifnctl help: the manual. hifnctl --version.\n", to);
}

static const struct command *find_command(const char *name)
{
	const struct command *const *c;

	for (c = commands; *c; c++)
		if (!strcmp((*c)->name, name))
			return *c;
	return NULL;
}

/* For completions: names, or the options in the help of one. */
static int print_words(const char *name)
{
	const struct command *const *c;
	const struct command *one = name ? find_command(name) : NULL;

	if (one) {
		fputs(one->help, stdout);
		return OK;
	}
	for (c = commands; *c; c++)
		puts((*c)->name);
	return OK;
}

static int manual(const char *name)
{
	if (name && !find_command(name)) {
		fprintf(stderr, "hifnctl: no command \"%s\"; hifnctl -h lists them\n", name);
		return UNKNOWN;
	}
	execlp("man", "man", "8", "hifnctl", (char *)NULL);
	fputs("hifnctl: cannot run man; the page is hifnctl(8)\n", stderr);
	return UNKNOWN;
}

/* Into a network namespace, as ip netns has named it; its SAs are then the ones that are seen. */
static int enter_netns(const char *name)
{
	char path[256];
	int err;
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = strchr(name, '/') ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail("there is no network namespace \"%s\"; ip netns lists them", name);
	err = setns(fd, CLONE_NEWNET);
	close(fd);
	return err ? fail("network namespace \"%s\": %m", name) : OK;
}

/* --json and --netns are every command's, wherever they stand. */
static int take_common(int argc, char **argv, const char **netns)
{
	int kept = 0;
	int i;

	for (i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "--json"))
			json = true;
		else if (!strcmp(argv[i], "--netns") && i + 1 < argc)
			*netns = argv[++i];
		else
			argv[kept++] = argv[i];
	}
	argv[kept] = NULL;
	return kept;
}

static bool wants_help(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strcmp(argv[i], "-h") || !strcmp(argv[i], "--help"))
			return true;
	return false;
}

/* Keys of volumes and SAs pass through our memory: no core file has them. */
static void no_core(void)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
}

int main(int argc, char **argv)
{
	const struct command *command;
	const char *name = argc > 1 ? argv[1] : "-h";
	const char *netns = NULL;

	no_core();
	root = getenv("HIFNCTL_ROOT") ?: "";
	if (!strcmp(name, "-h") || !strcmp(name, "--help")) {
		list_commands(argc > 1 ? stdout : stderr);
		return argc > 1 ? OK : UNKNOWN;
	}
	if (!strcmp(name, "--version")) {
		puts("hifnctl " HIFNCTL_VERSION);
		return OK;
	}
	if (!strcmp(name, "help"))
		return manual(argc > 2 ? argv[2] : NULL);
	if (!strcmp(name, "--words"))
		return print_words(argc > 2 ? argv[2] : NULL);
	command = find_command(name);
	if (!command) {
		fprintf(stderr, "hifnctl: no command \"%s\"; hifnctl -h lists them\n", name);
		return UNKNOWN;
	}
	if (wants_help(argc - 1, argv + 1)) {
		fputs(command->help, stdout);
		return OK;
	}
	argc = take_common(argc - 1, argv + 1, &netns);
	if (netns && enter_netns(netns))
		return UNKNOWN;
	return command->run(argc, argv + 1);
}
