// SPDX-License-Identifier: BSD-2-Clause
/*
 * What all transports say to the log.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "transport.h"

#define LINE	240

static void say(const struct transport *t, const char *head, const char *fmt, va_list ap)
{
	char line[LINE];
	size_t n = strlen(head);

	memcpy(line, head, n);
	vsnprintf(line + n, sizeof(line) - n, fmt, ap);
	t->function->log(t->function->opaque, line);
}

void transport_log(const struct transport *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(t, "", fmt, ap);
	va_end(ap);
}

void transport_refused(struct transport *t, const char *fmt, ...)
{
	va_list ap;

	t->counts.refused++;
	va_start(ap, fmt);
	say(t, "protocol: ", fmt, ap);
	va_end(ap);
}
