// SPDX-License-Identifier: BSD-2-Clause
/*
 * Log lines, until they become a flood.
 */
#include <stdio.h>

#include "log.h"

#define LOG_LIMIT	32	/* lines per kind of mistake; all are counted */

static void log_line(struct log *log, const char *fmt, va_list ap)
{
	char line[256];

	if (!log->line)
		return;
	vsnprintf(line, sizeof(line), fmt, ap);
	log->line(log->opaque, line);
}

static void note(void *o, const char *fmt, va_list ap)
{
	log_line(o, fmt, ap);
}

static void mistake(void *o, enum vc_error kind, const char *fmt, va_list ap)
{
	struct log *log = o;

	if (++log->logged[kind] > LOG_LIMIT)
		return;
	log_line(log, fmt, ap);
	if (log->logged[kind] == LOG_LIMIT && log->line)
		log->line(log->opaque, "(further messages of this kind are only counted)");
}

const struct vc_say log_say = { .note = note, .mistake = mistake };
