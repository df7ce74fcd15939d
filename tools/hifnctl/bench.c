// SPDX-License-Identifier: BSD-2-Clause
/* A measurement of hifnctl bench, and whether it is one: acf's own counts say who did the work. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "files.h"
#include "hifnctl.h"
#include "look.h"

const char *const unit_names[NR_UNITS] = { "card", "cpu", "auto" };
volatile int bench_stopped;
unsigned int bench_patience = 60;
bool bench_stuck;

bool bench_set_policy(const char *policy)
{
	int fd = open(BENCH_POLICY, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, policy, strlen(policy)) == (ssize_t)strlen(policy);

	if (fd >= 0)
		close(fd);
	return done;
}

/* ---- who does it ---- */

bool bench_algorithm(const char *spec, char *algorithm, size_t bytes)
{
	char cipher[16];
	char mode[16];

	if (sscanf(spec, "%15[^-]-%15s", cipher, mode) != 2)
		return false;
	snprintf(algorithm, bytes, "%s(%s)", mode, cipher);
	return true;
}

void bench_preferred(const char *algorithm, char *driver, size_t bytes)
{
	struct crypto_list list;
	const struct implementation *best;

	crypto_list_read(&list);
	best = crypto_list_best(&list, algorithm);
	snprintf(driver, bytes, "%s", best ? best->driver : "");
	crypto_list_free(&list);
}

void bench_software(const char *algorithm, char *driver, size_t bytes)
{
	const struct implementation *best = NULL;
	struct crypto_list list;
	size_t i;

	crypto_list_read(&list);
	for (i = 0; i < list.nr; i++) {
		const struct implementation *one = &list.implementation[i];

		if (strcmp(one->name, algorithm) || strstr(one->driver, "-acf"))
			continue;
		if (!best || one->priority > best->priority)
			best = one;
	}
	snprintf(driver, bytes, "%s", best ? best->driver : "");
	crypto_list_free(&list);
}

/* ---- who did it ---- */

static const struct transform *find_transform(const struct transforms *all, uint64_t id)
{
	size_t i;

	for (i = 0; i < all->nr; i++)
		if (all->transform[i].id == id)
			return &all->transform[i];
	return NULL;
}

/*
 * By the transforms that this process made, which are the load's: nobody else's work is in them.
 * Those of an earlier tunnel may go meanwhile, when the kernel comes to it.
 */
void bench_count(const struct transforms *before, const struct transforms *after, uint64_t pid,
		 struct figures *f)
{
	size_t i;

	f->card_bytes = f->cpu_bytes = 0;
	for (i = 0; i < after->nr; i++) {
		const struct transform *now = &after->transform[i];
		const struct transform *was = find_transform(before, now->id);

		if (now->pid != pid)
			continue;
		f->card_bytes += now->card_bytes - (was ? was->card_bytes : 0);
		f->cpu_bytes += now->cpu_bytes - (was ? was->cpu_bytes : 0);
	}
}

bool bench_valid(enum unit unit, bool acf_is_software, uint64_t card_bytes, uint64_t cpu_bytes)
{
	switch (unit) {
	case CARD:
		return card_bytes && card_bytes / 99 >= cpu_bytes;
	case CPU:
		return !card_bytes && (acf_is_software ? cpu_bytes > 0 : !cpu_bytes);
	default:
		return card_bytes + cpu_bytes > 0;
	}
}

double bench_card_share(const struct figures *f)
{
	uint64_t all = f->card_bytes + f->cpu_bytes;

	return all ? (double)f->card_bytes / all : 0;
}

/* ---- one measurement ---- */

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

/* The work itself, timed. */
static bool run_timed(const struct bench_load *load, const struct bench_options *o,
		      const struct row *row, struct figures *f)
{
	double cpu = cpu_seconds();
	uint64_t began = boottime_ns();
	uint64_t bytes;

	f->lost = 0;
	bytes = load->run(row->size, row->depth, o->seconds, &f->lost);
	f->rate = bytes / ((boottime_ns() - began) / 1e9);
	f->cpu = bytes ? (cpu_seconds() - cpu) / (bytes / 1e9) : 0;
	return bytes;
}

static const char *nothing_done(void)
{
	static char why[192];

	if (!bench_stuck)
		return "nothing of it was done: the kernel's log says why";
	snprintf(why, sizeof(why), "a read has not ended for %u s: the card or the device below stands still (the kernel's log); the volume goes when it ends",
		 bench_patience);
	return why;
}

/* A tenth of it goes by first: caches, ARP, and what acf measures for itself. */
static const char *measure(const struct bench_load *load, const struct bench_options *o,
			   const struct row *row, enum unit unit, struct figures *f)
{
	struct transforms before;
	struct transforms after;
	const char *error;

	if (!load->run(row->size, row->depth, o->seconds / 10, &f->lost))
		return nothing_done();
	transforms_read(&before);
	if (!run_timed(load, o, row, f))
		error = nothing_done();
	else
		error = before.error;
	transforms_read(&after);
	bench_count(&before, &after, getpid(), f);
	f->valid = bench_valid(unit, load->acf_is_software, f->card_bytes, f->cpu_bytes);
	error = error ?: after.error;
	transforms_free(&before);
	transforms_free(&after);
	return error;
}

const char *bench_row(const struct bench_load *load, const struct bench_options *o, struct row *row)
{
	const char *error = NULL;
	int i;

	for (i = 0; i < NR_UNITS && !error && !bench_stopped; i++) {
		bool is_acf = i != CPU || load->acf_is_software;

		if (!bench_set_policy(is_acf ? unit_names[i] : o->policy))
			return "acf's policy cannot be set: " BENCH_POLICY;
		error = load->open(o, row->size, i);
		if (!error)
			error = measure(load, o, row, i, &row->by[i]);
		load->close(o);
	}
	return bench_stopped ? NULL : error;
}
