// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the card says: log lines about host mistakes, and the trace.
 */
#include <inttypes.h>
#include <stdarg.h>

#include "../vc_int.h"

#define LOG_LIMIT	32	/* lines per kind of mistake; all are counted */

static void log_line(struct vcard *vc, const char *fmt, va_list ap)
{
	char line[256];

	if (!vc->ops.log)
		return;
	vsnprintf(line, sizeof(line), fmt, ap);
	vc->ops.log(vc->opaque, line);
}

void vc_log(struct vcard *vc, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(vc, fmt, ap);
	va_end(ap);
}

/* A mistake of the host: counted always, logged until it becomes a flood. */
void vc_error(struct vcard *vc, enum vc_error kind, const char *fmt, ...)
{
	va_list ap;

	vc->count.errors[kind]++;
	if (++vc->logged[kind] > LOG_LIMIT)
		return;
	va_start(ap, fmt);
	log_line(vc, fmt, ap);
	va_end(ap);
	if (vc->logged[kind] == LOG_LIMIT)
		vc_log(vc, "(further messages of this kind are only counted)");
}

/* One event per line: time in ns, then words. docs/vcard.md, "Trace". */
void vc_trace(struct vcard *vc, const char *fmt, ...)
{
	va_list ap;

	fprintf(vc->trace, "%" PRIu64 " ", vc_now(vc));
	va_start(ap, fmt);
	vfprintf(vc->trace, fmt, ap);
	va_end(ap);
	fputc('\n', vc->trace);
}
