// SPDX-License-Identifier: BSD-2-Clause
/*
 * What is said to the device's log.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "server.h"

#define LINE	240

static void say(const struct vfus *s, const char *head, const char *fmt, va_list ap)
{
	char line[LINE];
	size_t n = strlen(head);

	if (!s->device->log)
		return;
	memcpy(line, head, n);
	vsnprintf(line + n, sizeof(line) - n, fmt, ap);
	s->device->log(s->device->opaque, line);
}

void vfus_log(const struct vfus *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(s, "", fmt, ap);
	va_end(ap);
}

void vfus_refused(struct vfus *s, const char *fmt, ...)
{
	va_list ap;

	s->counts.refused++;
	va_start(ap, fmt);
	say(s, "protocol: ", fmt, ap);
	va_end(ap);
}

int vfus_refuse(struct vfus *s, int err, const char *why)
{
	vfus_refused(s, "command %u refused: %s", s->hdr.command, why);
	return err;
}

struct vfus_counts vfus_counts(struct vfus *s)
{
	struct vfus_counts counts = s->counts;

	s->counts = (struct vfus_counts){ 0 };
	return counts;
}
