// SPDX-License-Identifier: BSD-2-Clause
/*
 * hifnctl bench: card, CPU and both, with nothing of ours but acf: dm-crypt over dm-zero, read by
 * threads, and acf's policy changed meanwhile. That is everybody's: it asks first, and whatever
 * ends it, the policy is put back.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libdevmapper.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "files.h"
#include "hifnctl.h"
#include "look.h"

#define SECTORS		(1ull << 21)	/* of the volume: 1 GiB of nothing */
#define DEPTH_MOST	128
#define POLICY		"/sys/module/acf/parameters/policy"

static const char *const policies[] = { "card", "cpu", "auto" };

struct options {
	const char *cipher;	/* aes-cbc: as in LUKS */
	unsigned int bits;
	double seconds;		/* each measurement */
	bool yes;
};

struct row {
	unsigned int size;
	unsigned int depth;
	double rate[3];		/* bytes a second, by policy */
	double cpu[3];		/* seconds of all CPUs for 10^9 bytes */
};

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
	(void)number;
	stopped = 1;
}

/* ---- acf's policy ---- */

static bool set_policy(const char *policy)
{
	int fd = open(POLICY, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, policy, strlen(policy)) == (ssize_t)strlen(policy);

	if (fd >= 0)
		close(fd);
	return done;
}

/* ---- the volume ---- */

static void quiet(int level, const char *file, int line, int error, const char *format, ...)
{
	(void)level, (void)file, (void)line, (void)error, (void)format;
}

static bool run_task(int type, const char *name, const char *target, const char *params)
{
	struct dm_task *task = dm_task_create(type);
	bool done;

	if (!task)
		return false;
	done = dm_task_set_name(task, name) && dm_task_secure_data(task) &&
	       (!target || dm_task_add_target(task, 0, SECTORS, target, params)) &&
	       (type == DM_DEVICE_RELOAD || dm_task_set_add_node(task, DM_ADD_NODE_ON_CREATE));
	if (type == DM_DEVICE_REMOVE)
		dm_task_retry_remove(task);
	done = done && dm_task_run(task);
	dm_task_destroy(task);
	return done;
}

/* "aes-cbc" is "cbc(aes)" to the crypto API. */
static bool algorithm_of(const struct options *o, char *algorithm, size_t bytes)
{
	char cipher[16];
	char mode[16];

	if (sscanf(o->cipher, "%15[^-]-%15s", cipher, mode) != 2)
		return false;
	snprintf(algorithm, bytes, "%s(%s)", mode, cipher);
	return true;
}

static bool make_volume(const struct options *o, const char *zero, const char *crypt,
			unsigned int size)
{
	unsigned char key[64];
	char params[512];
	char hex[129] = "";
	char algorithm[64];
	bool done;
	size_t i;

	if (!algorithm_of(o, algorithm, sizeof(algorithm)) ||
	    getrandom(key, o->bits / 8, 0) != (ssize_t)o->bits / 8)
		return false;
	for (i = 0; i < o->bits / 8; i++)
		sprintf(hex + 2 * i, "%02x", key[i]);
	snprintf(params, sizeof(params), "capi:%s-plain64 %s 0 /dev/mapper/%s 0 1 sector_size:%u",
		 algorithm, hex, zero, size);
	done = run_task(DM_DEVICE_CREATE, crypt, "crypt", params);
	explicit_bzero(key, sizeof(key));
	explicit_bzero(hex, sizeof(hex));
	explicit_bzero(params, sizeof(params));
	return done;
}

/* ---- one measurement ---- */

struct reader {
	pthread_t thread;
	int fd;
	unsigned int size;
	unsigned int nr;
	uint64_t bytes;
	volatile bool *end;
	bool failed;
};

/* Each reads places of its own, one request at a time. */
static void *read_on(void *data)
{
	struct reader *r = data;
	uint64_t places = SECTORS * 512 / r->size;
	uint64_t at = places / DEPTH_MOST * r->nr;
	void *buf = get_pages(r->size);

	while (!*r->end) {
		if (pread(r->fd, buf, r->size, at % places * r->size) != (ssize_t)r->size) {
			r->failed = true;
			break;
		}
		r->bytes += r->size;
		at++;
	}
	free(buf);
	return NULL;
}

/* Of all CPUs, in seconds, without idle time. */
static double cpu_seconds(void)
{
	unsigned long long v[8] = { 0 };
	char line[256];

	read_line(line, sizeof(line), "/proc/stat");
	sscanf(line, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &v[0], &v[1], &v[2], &v[3], &v[4],
	       &v[5], &v[6], &v[7]);
	return (double)(v[0] + v[1] + v[2] + v[5] + v[6]) / sysconf(_SC_CLK_TCK);
}

static void wait_for(double seconds)
{
	const struct timespec time = { seconds, (seconds - (long)seconds) * 1e9 };

	nanosleep(&time, NULL);
}

static bool measure(const char *path, struct row *row, int policy, double seconds)
{
	struct reader readers[DEPTH_MOST] = { 0 };
	volatile bool end = false;
	uint64_t began;
	uint64_t bytes = 0;
	double cpu;
	unsigned int nr;
	unsigned int i;
	bool ok = true;
	int fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);

	if (fd < 0)
		return false;
	cpu = cpu_seconds();
	began = boottime_ns();
	for (nr = 0; nr < row->depth; nr++) {
		readers[nr] = (struct reader){ .fd = fd, .size = row->size, .nr = nr, .end = &end };
		if (pthread_create(&readers[nr].thread, NULL, read_on, &readers[nr]))
			break;
	}
	wait_for(seconds);
	end = true;
	for (i = 0; i < nr; i++) {
		pthread_join(readers[i].thread, NULL);
		bytes += readers[i].bytes;
		ok = ok && !readers[i].failed;
	}
	close(fd);
	row->rate[policy] = bytes / ((boottime_ns() - began) / 1e9);
	row->cpu[policy] = bytes ? (cpu_seconds() - cpu) / (bytes / 1e9) : 0;
	return ok && bytes;
}

/* ---- all of them ---- */

static void print_row(const struct row *row)
{
	printf("%-6u %5u %11.1f %9.1f %10.1f %14.1f %6.1f\n", row->size, row->depth,
	       row->rate[0] / 1e6, row->rate[1] / 1e6, row->rate[2] / 1e6, row->cpu[0], row->cpu[1]);
	fflush(stdout);
}

static json_object *row_json(const struct row *row)
{
	json_object *one = json_object_new_object();
	int i;

	json_add_number(one, "size_bytes", row->size);
	json_add_number(one, "depth", row->depth);
	for (i = 0; i < 3; i++) {
		char key[48];

		snprintf(key, sizeof(key), "%s_rate_bytes_per_second", policies[i]);
		json_add(one, key, json_object_new_double(row->rate[i]));
		snprintf(key, sizeof(key), "%s_cpu_seconds_per_gigabyte", policies[i]);
		json_add(one, key, json_object_new_double(row->cpu[i]));
	}
	return one;
}

static void verdict(const struct row *row, char *text, size_t bytes)
{
	int best = 0;
	int i;

	for (i = 1; i < 3; i++)
		if (row->rate[i] > row->rate[best] * 1.02)
			best = i;
	snprintf(text, bytes, "%s is best; the card %s %.0f %% of CPU time", policies[best],
		 row->cpu[0] <= row->cpu[1] ? "saves" : "costs another",
		 row->cpu[1] > 0 ? 100 * (row->cpu[0] <= row->cpu[1] ? row->cpu[1] - row->cpu[0] :
					  row->cpu[0] - row->cpu[1]) / row->cpu[1] : 0);
}

static bool measure_row(const struct options *o, struct row *row, const char *zero,
			const char *crypt)
{
	char path[128];
	bool done = make_volume(o, zero, crypt, row->size);
	int i;

	snprintf(path, sizeof(path), "/dev/mapper/%s", crypt);
	for (i = 0; i < 3 && done && !stopped; i++)
		done = set_policy(policies[i]) && measure(path, row, i, o->seconds);
	run_task(DM_DEVICE_REMOVE, crypt, NULL, NULL);
	return done;
}

static int bench(const struct options *o, const char *policy)
{
	static struct row rows[] = { { 512, 1 }, { 512, 32 }, { 4096, 1 }, { 4096, 32 } };
	json_object *array = json ? json_object_new_array() : NULL;
	char zero[64];
	char crypt[64];
	char text[128];
	json_object *object;
	bool done = true;
	size_t i;

	snprintf(zero, sizeof(zero), "hifnctl-zero-%d", getpid());
	snprintf(crypt, sizeof(crypt), "hifnctl-bench-%d", getpid());
	if (!run_task(DM_DEVICE_CREATE, zero, "zero", ""))
		return fail("device mapper has no target \"zero\": modprobe dm_zero dm_crypt");
	if (!json)
		printf("SIZE   DEPTH   CARD MB/s  CPU MB/s  AUTO MB/s  CPU s/GB: CARD    CPU\n");
	for (i = 0; i < sizeof(rows) / sizeof(*rows) && done && !stopped; i++) {
		done = measure_row(o, &rows[i], zero, crypt);
		if (done && !stopped && json)
			json_object_array_add(array, row_json(&rows[i]));
		else if (done && !stopped)
			print_row(&rows[i]);
	}
	set_policy(policy);
	run_task(DM_DEVICE_REMOVE, zero, NULL, NULL);
	if (!done || stopped) {
		if (array)
			json_object_put(array);
		return stopped ? fail("stopped; the policy is %s again", policy) :
		       fail("a volume of %s with keys of %u bits cannot be made, or not be read: the kernel's log says why",
			    o->cipher, o->bits);
	}
	verdict(&rows[3], text, sizeof(text));
	if (!json) {
		printf("VERDICT: %s.\n", text);
		return OK;
	}
	object = json_begin();
	json_add_text(object, "cipher", o->cipher);
	json_add_number(object, "key_bits", o->bits);
	json_add(object, "rows", array);
	json_add_text(object, "verdict", text);
	json_end(object);
	return OK;
}

/* ---- may we? ---- */

static bool agreed(const struct options *o)
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
	printf("takes %.0f s from %u volumes and %u tunnels. Go on? [y/N] ", o->seconds * 12, volumes,
	       tunnels);
	fflush(stdout);
	return fgets(answer, sizeof(answer), stdin) && (*answer == 'y' || *answer == 'Y');
}

static int take_options(struct options *o, int argc, char **argv)
{
	char *end = NULL;
	int i;

	for (i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (!strcmp(argv[i], "--yes")) {
			o->yes = true;
			continue;
		}
		if (!strcmp(argv[i], "--cipher"))
			o->cipher = value;
		else if (!strcmp(argv[i], "--bits"))
			o->bits = strtoul(value, &end, 10);
		else if (!strcmp(argv[i], "--seconds"))
			o->seconds = strtod(value, &end);
		else
			return usage_error(&cmd_bench, "unknown option or argument \"%s\"", argv[i]);
		i++;
		if (!*value || (end && *end))
			return usage_error(&cmd_bench, "%s wants a value", argv[i - 1]);
	}
	if (o->bits < 64 || o->bits > 512 || o->bits % 64)
		return usage_error(&cmd_bench, "--bits 64 to 512");
	if (!(o->seconds >= 0.1 && o->seconds <= 600))
		return usage_error(&cmd_bench, "--seconds 0.1 to 600");
	if (!strchr(o->cipher, '-') || strchr(o->cipher, ' ') || strlen(o->cipher) > 24)
		return usage_error(&cmd_bench, "--cipher as in LUKS: aes-cbc, aes-xts, des3_ede-cbc");
	return OK;
}

/* dm-crypt asks for an algorithm by its name, and gets whom the kernel prefers. */
static int check_preferred(const struct options *o)
{
	struct crypto_list list;
	const struct implementation *best;
	char algorithm[64] = "";
	char driver[128] = "";

	algorithm_of(o, algorithm, sizeof(algorithm));
	crypto_list_read(&list);
	best = crypto_list_best(&list, algorithm);
	if (best)
		snprintf(driver, sizeof(driver), "%s", best->driver);
	crypto_list_free(&list);
	if (strstr(driver, "-acf"))
		return OK;
	if (!*driver)
		return fail("nobody in this kernel has %s, no card either", algorithm);
	return fail("the kernel prefers %s for %s, so that no card would be measured: load acf with a higher priority (modinfo acf)",
		    driver, algorithm);
}

static int run(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = on_signal };
	struct options o = { .cipher = "aes-cbc", .bits = 128, .seconds = 3 };
	char policy[16];
	int status = take_options(&o, argc, argv);

	if (status)
		return status;
	if (geteuid())
		return fail("run as root");
	if (!read_line(policy, sizeof(policy), POLICY))
		return fail("acf is not loaded: modprobe hifn795x");
	status = check_preferred(&o);
	if (status)
		return status;
	if (!agreed(&o))
		return UNKNOWN;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGPIPE, &action, NULL);
	dm_log_with_errno_init(quiet);
	status = bench(&o, policy);
	dm_lib_release();
	return status;
}

const struct command cmd_bench = {
	.name = "bench",
	.summary = "card, CPU and both, side by side",
	.help =
	"usage: hifnctl bench [--cipher CIPHER] [--bits BITS] [--seconds S] [--yes] [--json]\n"
	"\n"
	"Requests of 512 and 4096 bytes, one and 32 at a time, by dm-crypt over dm-zero, with acf's\n"
	"policy card, cpu and auto. The policy is everybody's: volumes and tunnels feel it, so it\n"
	"asks first, and where there is no terminal it refuses without --yes. Afterwards, or when\n"
	"it is stopped, the policy is what it was. CPU s/GB: time of all CPUs for 10^9 bytes.\n"
	"\n"
	"  --cipher CIPHER  as in LUKS: aes-cbc (default), aes-xts, des3_ede-cbc\n"
	"  --bits BITS      of the key (128; xts: both)\n"
	"  --seconds S      each of twelve measurements (3)\n",
	.run = run,
};
