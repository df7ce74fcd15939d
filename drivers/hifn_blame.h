/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which jobs a card cannot survive. When it hangs, the job that it stood at is suspect, by its
 * shape; the second time the shape is barred from this card, unless many of its jobs went well in
 * between: then it is the card that hangs, whatever it is given. Jobs of other shapes prove
 * nothing.
 *
 * A shape is a number that the caller makes, not 0. Pure bookkeeping: the caller serialises all but
 * hifn_blame_bars(), which may see a bar a moment late.
 */
#ifndef HIFN_BLAME_H
#define HIFN_BLAME_H

#include "hifn_env.h"

#define HIFN_BLAME_SHAPES	8	/* of either kind that are kept in mind */
#define HIFN_BLAME_FORGIVEN	1000	/* good jobs of a suspect: it is none any more */

struct hifn_blame {
	struct {
		u32 shape;
		u16 good;
	} suspect[HIFN_BLAME_SHAPES];
	u32 barred[HIFN_BLAME_SHAPES];
	u8 nr_suspects;
	u8 nr_barred;
};

/* The card hung with it. True: it is barred from now on. */
bool hifn_blame_hang(struct hifn_blame *b, u32 shape);

/* A job of the shape went well. */
void hifn_blame_good(struct hifn_blame *b, u32 shape);

bool hifn_blame_bars(const struct hifn_blame *b, u32 shape);

#endif
