// SPDX-License-Identifier: BSD-2-Clause
/*
 * The server's log: lines with the time since start, to a file or stderr.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "log.h"

static FILE *log_file;

bool server_log_open(const char *path, bool *made)
{
	*made = access(path, F_OK);
	log_file = fopen(path, "ae");
	if (!log_file)
		return false;
	setvbuf(log_file, NULL, _IOLBF, 0);
	return true;
}

void server_log(const char *fmt, ...)
{
	static struct timespec start;
	FILE *f = log_file ? log_file : stderr;
	struct timespec now;
	va_list ap;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!start.tv_sec)
		start = now;
	fprintf(f, "vcard %9.3f: ", (double)(now.tv_sec - start.tv_sec) +
		(double)(now.tv_nsec - start.tv_nsec) / 1e9);
	va_start(ap, fmt);
	vfprintf(f, fmt, ap);
	va_end(ap);
	fputc('\n', f);
}
