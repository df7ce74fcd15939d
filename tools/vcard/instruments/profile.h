/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The knobs in words, NAME=VALUE, and the files that hold them.
 */
#ifndef PROFILE_H
#define PROFILE_H

#include <stdio.h>

#include "../silicon/knobs.h"

#define PROFILE_WHY	160	/* bytes of a reason */

/* False: why says what is wrong, and nothing has changed. */
bool profile_set(struct vc_knobs *knobs, const char *text, char *why);
/*
 * All that the file says, or nothing. Lines of a profile:
 *
 *   hifn-profile 1
 *   model NAME=VALUE         at most once for a name
 *   WORD ...                 anything else that begins with a word of other tools: answer,
 *                            evidence, trace; and what begins with #
 *   end
 */
bool profile_read(struct vc_knobs *knobs, FILE *f, char *why);
void profile_help(FILE *f);

#endif
