/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the card says about itself and about mistakes of the host, as lines.
 */
#ifndef INSTRUMENTS_LOG_H
#define INSTRUMENTS_LOG_H

#include "../silicon/points.h"

struct log {
	/* One line without newline; may be NULL. */
	void (*line)(void *opaque, const char *line);
	void *opaque;
	uint64_t logged[VC_ERRORS];
};

/* For vc_host.say; the listener is a struct log. */
extern const struct vc_say log_say;

#endif
