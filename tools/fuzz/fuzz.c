// SPDX-License-Identifier: BSD-2-Clause
/*
 * Input, checks and tallies of the harnesses.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <signal.h>

#include "fuzz.h"

static const char *harness;
static struct tally *tallies;
static size_t tally_count;
static FILE *report;

void in_bytes(struct input *in, void *buf, size_t len)
{
	size_t n = len < in->left ? len : in->left;

	if (n) {
		memcpy(buf, in->p, n);
		in->p += n;
		in->left -= n;
	}
	if (len > n)
		memset((uint8_t *)buf + n, 0, len - n);
}

uint8_t in8(struct input *in)
{
	uint8_t val;

	in_bytes(in, &val, sizeof(val));
	return val;
}

uint16_t in16(struct input *in)
{
	uint16_t lo = in8(in);

	return lo | in8(in) << 8;
}

uint32_t in32(struct input *in)
{
	uint32_t lo = in16(in);

	return lo | (uint32_t)in16(in) << 16;
}

uint64_t in64(struct input *in)
{
	uint64_t lo = in32(in);

	return lo | (uint64_t)in32(in) << 32;
}

void fuzz_broken(const char *file, int line, const char *what)
{
	fprintf(report, "fuzz.%s: %s:%d: broken rule: %s\n", harness, file, line, what);
	fflush(report);
	abort();
}

static void print_tallies(void)
{
	fprintf(report, "fuzz.%s:", harness);
	for (size_t i = 0; i < tally_count; i++)
		fprintf(report, " %s %llu", tallies[i].name,
			(unsigned long long)tallies[i].n);
	fputc('\n', report);
	fflush(report);
}

void fuzz_begin(const char *name, struct tally *t, size_t count)
{
	FILE *nowhere = fopen("/dev/null", "we");

	harness = name;
	tallies = t;
	tally_count = count;
	report = stderr;
	if (!nowhere)
		abort();
	stderr = nowhere;
	stdout = nowhere;
	signal(SIGPIPE, SIG_IGN);
	atexit(print_tallies);
}

unsigned int fuzz_open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int n = 0;

	if (!dir)
		abort();
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}
