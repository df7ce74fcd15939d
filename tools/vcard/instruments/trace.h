/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One line for every event of the card: time in ns, then words. docs/reference/vcard.md, "Trace".
 */
#ifndef INSTRUMENTS_TRACE_H
#define INSTRUMENTS_TRACE_H

#include <stdio.h>

#include "../silicon/host.h"

struct trace {
	FILE *file;			/* stays the caller's */
	const struct vc_host *host;	/* its clock */
};

/* For vc_host.watch; the viewer is a struct trace. */
extern const struct vc_watch trace_watch;

/* An event of somebody else's; NULL: nobody traces. */
void trace_event(const struct trace *trace, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
