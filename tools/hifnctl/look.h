/* SPDX-License-Identifier: BSD-2-Clause */
/* All that is looked at for status, doctor, watch, export and report, at one time. */
#ifndef LOOK_H
#define LOOK_H

#include "user.h"

struct look {
	uint64_t at_ns;		/* boot time */
	struct cards cards;
	struct transforms transforms;
	struct algorithms algorithms;
	struct users users;
	struct crypto_list crypto;
	char clock[16];		/* the driver's parameter pll */
	char policy[16];
	uint64_t slots;
};

void look_now(struct look *look);
void look_free(struct look *look);
/*
 * Why a user has no transform, or one whose work the CPU does: one line in @text; "" when nothing
 * is wrong.
 */
void look_note(const struct look *look, const struct user *user, char *text, size_t bytes);
/* The reason most of a transform's requests were the CPU's for; NULL: none were. */
const char *look_main_reason(const struct transform *t);
/* Some card serves it. */
bool look_serves(const struct look *look, const char *algorithm);
bool look_has_serving_card(const struct look *look);
/* When the first card came to serve; 0: none does. */
uint64_t look_ready_ns(const struct look *look);
/* "3d04h", "12m05s". */
const char *look_age(uint64_t ns, char *text, size_t bytes);
/* Wall-clock time of a boot time, "03:00:11". */
const char *look_clock(uint64_t boot_ns, char *text, size_t bytes);

#endif
