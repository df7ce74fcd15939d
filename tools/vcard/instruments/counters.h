/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The counters by name: those of the silicon, and those others keep, as JSON.
 */
#ifndef INSTRUMENTS_COUNTERS_H
#define INSTRUMENTS_COUNTERS_H

#include "../silicon/card.h"

/* Of whoever brings the accesses. */
struct counters_bus {
	uint64_t fired, retracted, refused;
};

/* Of whoever steps in: n numbers with names. */
struct counters_list {
	const char *(*name)(unsigned int i);
	const uint64_t *val;
	unsigned int n;
};

/* What a command is counted as, and called in commands to the card. */
const char *counters_op_name(enum vc_op op);

/* One line without newline; malloc()ed, or NULL. */
char *counters_json(const struct vc_card *card, const struct counters_bus *bus,
		    const struct counters_list *faults);

#endif
