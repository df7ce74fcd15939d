// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the silicon has to say.
 */
#include "host.h"

void vc_note(struct vc_host *host, const char *fmt, ...)
{
	va_list ap;

	if (!host->say)
		return;
	va_start(ap, fmt);
	host->say->note(host->listener, fmt, ap);
	va_end(ap);
}

void vc_error(struct vc_host *host, enum vc_error kind, const char *fmt, ...)
{
	va_list ap;

	host->count.errors[kind]++;
	if (!host->say)
		return;
	va_start(ap, fmt);
	host->say->mistake(host->listener, kind, fmt, ap);
	va_end(ap);
}
