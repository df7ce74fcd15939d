/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All that makes a card misbehave, behind the points of the silicon.
 */
#ifndef MISCHIEF_H
#define MISCHIEF_H

#include "faults.h"
#include "hostile.h"

struct mischief {
	struct faults faults;
	struct hostile hostile;
};

/* Nothing set, and the silicon untouched. m is zeroed memory, or mischief_free()d. */
void mischief_init(struct mischief *m, struct vc_card *card, const struct trace *trace,
		   uint64_t seed);
void mischief_free(struct mischief *m);

/*
 * Sets a fault by its description; from the first one on the points are taken. NULL, or
 * what is wrong with it.
 */
const char *mischief_set(struct mischief *m, const char *spec);
/* Ends them all. A card that was gone is as after power-up. */
void mischief_clear(struct mischief *m);

#endif
