// SPDX-License-Identifier: BSD-2-Clause
/*
 * hifnctl bench: card, CPU and whom acf chooses, side by side; no test module needed. acf's policy is
 * everybody's: it asks first, and a process that does nothing else puts everything back, whatever
 * ends the one that measures.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "files.h"
#include "hifnctl.h"
#include "look.h"

#define NR_ROWS		4
#define DEEP		32

/* ---- the table ---- */

static void print_head(const struct bench_options *o)
{
	printf("%s, %u bits: card %s, CPU %s\n", o->algorithm, o->bits, o->drivers[CARD],
	       strcmp(o->drivers[CPU], o->drivers[CARD]) ? o->drivers[CPU] : "by acf");
	printf("SIZE   DEPTH  CARD MB/s  CPU MB/s  AUTO MB/s  BY CARD  CPU s/GB: CARD    CPU\n");
	fflush(stdout);
}

static const char *rate_text(const struct figures *f, char *text, size_t bytes)
{
	if (f->valid)
		snprintf(text, bytes, "%.1f", f->rate / 1e6);
	else
		snprintf(text, bytes, "-");
	return text;
}

static void print_row(const struct row *row)
{
	char text[NR_UNITS][32];
	int i;

	for (i = 0; i < NR_UNITS; i++)
		rate_text(&row->by[i], text[i], sizeof(text[i]));
	printf("%-6u %5u %10s %9s %10s %6.1f %% %14.1f %6.1f\n", row->size, row->depth, text[CARD],
	       text[CPU], text[AUTO], 100 * bench_card_share(&row->by[AUTO]), row->by[CARD].cpu,
	       row->by[CPU].cpu);
	for (i = 0; i < NR_UNITS; i++)
		if (row->by[i].lost)
			printf("       %s: %llu datagrams lost\n", unit_names[i],
			       (unsigned long long)row->by[i].lost);
	fflush(stdout);
}

static void add_figures(json_object *one, const char *unit, const struct figures *f)
{
	char key[48];

	snprintf(key, sizeof(key), "%s_rate_bytes_per_second", unit);
	json_add(one, key, f->valid ? json_object_new_double(f->rate) : NULL);
	snprintf(key, sizeof(key), "%s_cpu_seconds_per_gigabyte", unit);
	json_add(one, key, f->valid ? json_object_new_double(f->cpu) : NULL);
	snprintf(key, sizeof(key), "%s_done_by_card_bytes", unit);
	json_add_number(one, key, f->card_bytes);
	snprintf(key, sizeof(key), "%s_done_by_cpu_bytes", unit);
	json_add_number(one, key, f->cpu_bytes);
	snprintf(key, sizeof(key), "%s_lost_datagrams", unit);
	json_add_number(one, key, f->lost);
}

static json_object *row_json(const struct row *row)
{
	json_object *one = json_object_new_object();
	int i;

	json_add_number(one, "size_bytes", row->size);
	json_add_number(one, "depth", row->depth);
	for (i = 0; i < NR_UNITS; i++)
		add_figures(one, unit_names[i], &row->by[i]);
	return one;
}

/* ---- the verdict ---- */

/* The first measurement that somebody else did than was asked; NULL: none. */
static const struct row *find_invalid(const struct row *rows, int *unit)
{
	int i;

	for (i = 0; i < NR_ROWS; i++)
		for (*unit = 0; *unit < NR_UNITS; ++*unit)
			if (!rows[i].by[*unit].valid)
				return &rows[i];
	return NULL;
}

static void compare(const struct row *row, char *text, size_t bytes)
{
	double card = row->by[CARD].cpu;
	double cpu = row->by[CPU].cpu;
	int best = 0;
	int i;

	for (i = 1; i < NR_UNITS; i++)
		if (row->by[i].rate > row->by[best].rate * 1.02)
			best = i;
	snprintf(text, bytes, "%s is best; the card %s %.0f %% of CPU time", unit_names[best],
		 card <= cpu ? "saves" : "costs another",
		 cpu > 0 ? 100 * (card <= cpu ? cpu - card : card - cpu) / cpu : 0);
}

/* False: it is no comparison. */
static bool verdict(const struct row *rows, char *text, size_t bytes)
{
	int unit;
	const struct row *bad = find_invalid(rows, &unit);

	if (!bad) {
		compare(&rows[NR_ROWS - 1], text, bytes);
		return true;
	}
	snprintf(text, bytes, "no comparison: of what was to be done by %s in requests of %u bytes the card did %.1f %% (hifnctl doctor)",
		 unit_names[unit], bad->size, 100 * bench_card_share(&bad->by[unit]));
	return false;
}

/* ---- all of it, in a process of its own ---- */

static const struct bench_load *load_of(const struct bench_options *o)
{
	return o->tunnel ? &bench_tunnel : &bench_volume;
}

static const char *measure_rows(const struct bench_options *o, struct row *rows, json_object *array)
{
	const struct bench_load *load = load_of(o);
	const char *error = load->start(o);
	int i;

	for (i = 0; i < NR_ROWS && !error && !bench_stopped; i++) {
		rows[i] = (struct row){ .size = load->sizes[i / 2], .depth = i % 2 ? DEEP : 1 };
		error = bench_row(load, o, &rows[i]);
		if (error || bench_stopped)
			break;
		if (json)
			json_object_array_add(array, row_json(&rows[i]));
		else
			print_row(&rows[i]);
	}
	return error;
}

/* For the process that measures, and the one that waits for it: either may be the last. */
static bool put_back(const struct bench_options *o)
{
	load_of(o)->end(o);
	return bench_set_policy(o->policy);
}

static int tell(const struct bench_options *o, const struct row *rows, json_object *array)
{
	json_object *object;
	char text[192];
	bool good = verdict(rows, text, sizeof(text));

	if (!json) {
		printf("VERDICT: %s.\n", text);
		return good ? OK : UNKNOWN;
	}
	object = json_begin();
	json_add_text(object, "load", load_of(o)->name);
	json_add_text(object, "cipher", o->cipher);
	json_add_text(object, "algorithm", o->algorithm);
	json_add_number(object, "key_bits", o->bits);
	json_add_text(object, "card_driver", o->drivers[CARD]);
	json_add_text(object, "cpu_driver", o->drivers[CPU]);
	json_add(object, "rows", array);
	json_add_text(object, "verdict", text);
	json_end(object);
	return good ? OK : UNKNOWN;
}

static int measure_all(const struct bench_options *o)
{
	json_object *array = json ? json_object_new_array() : NULL;
	struct row rows[NR_ROWS] = { 0 };
	const char *error;
	bool back;

	if (!json)
		print_head(o);
	error = measure_rows(o, rows, array);
	back = put_back(o);
	if (!error && !bench_stopped)
		return tell(o, rows, array);
	json_object_put(array);
	if (error)
		return fail("%s", error);
	return back ? fail("stopped; the policy is %s again", o->policy) : UNKNOWN;
}

/* ---- the one that waits ---- */

static pid_t measuring;

static void on_signal(int number)
{
	(void)number;
	bench_stopped = 1;
	if (measuring > 0)
		kill(measuring, SIGTERM);
}

static void take_signals(void)
{
	const struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGPIPE, &action, NULL);
}

/* Says how it ended before it does: a thread whose read does not end keeps the process. */
static void measure_and_tell(const struct bench_options *o, int told)
{
	unsigned char result;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != o->owner)
		bench_stopped = 1;
	result = measure_all(o);
	fflush(NULL);
	if (write(told, &result, 1) != 1)
		exit(UNKNOWN);
	exit(result);
}

/* As of waitpid(): of a process that has ended, or has told its result and does not end. */
static int wait_for_measuring(int told)
{
	unsigned char result;
	int status = 0;
	ssize_t got;
	int tries;

	while ((got = read(told, &result, 1)) < 0 && errno == EINTR)
		;
	if (got != 1) {
		while (waitpid(measuring, &status, 0) < 0 && errno == EINTR)
			;
		return status;
	}
	for (tries = 0; tries < 100 && !waitpid(measuring, &status, WNOHANG); tries++)
		poll(NULL, 0, 50);
	return tries < 100 ? status : W_EXITCODE(result, 0);
}

/* Whatever ends one of the two, the other one puts everything back. */
static int guard(const struct bench_options *o)
{
	int told[2];
	int status;

	fflush(NULL);
	take_signals();
	if (pipe2(told, O_CLOEXEC))
		return fail("no pipe: %m");
	measuring = fork();
	if (measuring < 0)
		return fail("no process: %m");
	if (!measuring) {
		close(told[0]);
		measure_and_tell(o, told[1]);
	}
	close(told[1]);
	status = wait_for_measuring(told[0]);
	close(told[0]);
	if (!put_back(o))
		return fail("acf's policy cannot be put back: echo %s >" BENCH_POLICY, o->policy);
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	return fail("killed by signal %d while it measured; the policy is %s again", WTERMSIG(status),
		    o->policy);
}

/* ---- may we? ---- */

static bool agreed(const struct bench_options *o)
{
	struct users users;
	unsigned int volumes = 0;
	unsigned int tunnels = 0;
	char answer[16];
	size_t i;

	if (o->yes)
		return true;
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		fail("it takes the card from its users for a while: say --yes where nobody can be asked");
		return false;
	}
	users_read(&users);
	for (i = 0; i < users.nr; i++)
		*(users.user[i].kind == USER_VOLUME ? &volumes : &tunnels) += 1;
	users_free(&users);
	printf("takes %.0f s from %u volumes and %u tunnels. Go on? [y/N] ",
	       o->seconds * 1.1 * NR_ROWS * NR_UNITS, volumes, tunnels);
	fflush(stdout);
	return fgets(answer, sizeof(answer), stdin) && (*answer == 'y' || *answer == 'Y');
}

/* The value of an option that has one; false: it is none of these. */
static bool take_value(struct bench_options *o, const char *option, const char *value, char **end)
{
	if (!strcmp(option, "--cipher"))
		o->cipher = value;
	else if (!strcmp(option, "--hash"))
		o->hash = value;
	else if (!strcmp(option, "--device"))
		o->device = value;
	else if (!strcmp(option, "--bits"))
		o->bits = strtoul(value, end, 10);
	else if (!strcmp(option, "--seconds"))
		o->seconds = strtod(value, end);
	else if (!strcmp(option, "--patience"))
		bench_patience = strtoul(value, end, 10);
	else
		return false;
	return true;
}

static int check_options(const struct bench_options *o)
{
	if (o->bits < 64 || o->bits > 512 || o->bits % 64 || (o->tunnel && o->bits > 256))
		return usage_error(&cmd_bench, "--bits 64 to 512, of a tunnel to 256");
	if (!(o->seconds >= 0.1 && o->seconds <= 600))
		return usage_error(&cmd_bench, "--seconds 0.1 to 600");
	if (bench_patience < 1 || bench_patience > 3600)
		return usage_error(&cmd_bench, "--patience 1 to 3600");
	if (!strchr(o->cipher, '-') || strpbrk(o->cipher, " :(") || strlen(o->cipher) > 24)
		return usage_error(&cmd_bench, "--cipher as in LUKS: aes-cbc, aes-xts, des3_ede-cbc");
	if (strcmp(o->hash, "sha1") && strcmp(o->hash, "md5"))
		return usage_error(&cmd_bench, "--hash sha1 or md5");
	if (o->device && (o->tunnel || strchr(o->device, ' ')))
		return usage_error(&cmd_bench, "--device is a volume's, and has no blanks");
	return OK;
}

static int take_options(struct bench_options *o, int argc, char **argv)
{
	char *end = NULL;
	int i;

	for (i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (!strcmp(argv[i], "--yes")) {
			o->yes = true;
			continue;
		}
		if (!strcmp(argv[i], "--tunnel")) {
			o->tunnel = true;
			continue;
		}
		if (!take_value(o, argv[i], value, &end))
			return usage_error(&cmd_bench, "unknown option or argument \"%s\"", argv[i]);
		i++;
		if (!*value || (end && *end))
			return usage_error(&cmd_bench, "%s wants a value", argv[i - 1]);
	}
	return check_options(o);
}

/* Who does it, and that a card would. */
static int check_units(struct bench_options *o)
{
	struct look look;
	const char *error;
	bool serves;

	if (!bench_algorithm(o->cipher, o->algorithm, sizeof(o->algorithm)))
		return usage_error(&cmd_bench, "--cipher as in LUKS: aes-cbc, aes-xts, des3_ede-cbc");
	error = load_of(o)->prepare(o);
	look_now(&look);
	serves = look_serves(&look, o->algorithm);
	if (!error)
		error = look.transforms.error;
	look_free(&look);
	if (!serves)
		return fail("no card serves %s: hifnctl doctor says why", o->algorithm);
	return error ? fail("%s", error) : OK;
}

static int run(int argc, char **argv)
{
	struct bench_options o = {
		.cipher = "aes-cbc", .hash = "sha1", .bits = 128, .seconds = 3, .owner = getpid(),
	};
	int status = take_options(&o, argc, argv);

	if (status)
		return status;
	if (geteuid())
		return fail("run as root");
	if (!read_line(o.policy, sizeof(o.policy), BENCH_POLICY))
		return fail("acf is not loaded: modprobe hifn795x");
	status = check_units(&o);
	if (status)
		return status;
	return agreed(&o) ? guard(&o) : UNKNOWN;
}

const struct command cmd_bench = {
	.name = "bench",
	.summary = "card, CPU and both, side by side",
	.help =
	"usage: hifnctl bench [--tunnel [--hash HASH] | --device DEVICE]\n"
	"                     [--cipher CIPHER] [--bits BITS] [--seconds S] [--patience S]\n"
	"                     [--yes] [--json]\n"
	"\n"
	"Two sizes of requests, one and 32 at a time, by the card, by the CPU, and as acf chooses\n"
	"(AUTO; BY CARD: the card's share of that). A figure that acf's counters do not bear out is\n"
	"\"-\". CPU s/GB: time of all CPUs for 10^9 bytes. acf's policy is changed meanwhile, and that\n"
	"is everybody's: it asks first, and where there is no terminal it refuses without --yes.\n"
	"Whatever ends it, the policy is put back, and nothing that it made stays.\n"
	"\n"
	"  --tunnel         ESP between two network namespaces, which it makes, instead of\n"
	"                   dm-crypt over dm-zero; each packet is enciphered and deciphered\n"
	"  --hash HASH      of ESP: sha1 (default) or md5\n"
	"  --device DEVICE  dm-crypt over that instead of dm-zero; it is read, never written\n"
	"  --cipher CIPHER  as in LUKS: aes-cbc (default), aes-xts, des3_ede-cbc\n"
	"  --bits BITS      of the key (128; xts: both)\n"
	"  --seconds S      each of twelve measurements (3)\n"
	"  --patience S     for a read that does not end when it should (60)\n",
	.run = run,
};
