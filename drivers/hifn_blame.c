// SPDX-License-Identifier: GPL-2.0
/* Suspect and barred shapes of jobs: two short lists. */
#include "hifn_blame.h"

bool hifn_blame_bars(const struct hifn_blame *b, u32 shape)
{
	u8 i, nr = READ_ONCE(b->nr_barred);

	for (i = 0; i < nr; i++)
		if (READ_ONCE(b->barred[i]) == shape)
			return true;
	return false;
}

static void blame_drop(struct hifn_blame *b, u8 at)
{
	b->nr_suspects--;
	for (; at < b->nr_suspects; at++)
		b->suspect[at] = b->suspect[at + 1];
}

static bool blame_bar(struct hifn_blame *b, u32 shape)
{
	if (b->nr_barred == HIFN_BLAME_SHAPES)
		return false;	/* a card with so many is given up by its resets */
	WRITE_ONCE(b->barred[b->nr_barred], shape);
	WRITE_ONCE(b->nr_barred, b->nr_barred + 1);
	return true;
}

bool hifn_blame_hang(struct hifn_blame *b, u32 shape)
{
	u8 i;

	if (hifn_blame_bars(b, shape))
		return false;	/* it was on its way to the card by then */
	for (i = 0; i < b->nr_suspects; i++) {
		if (b->suspect[i].shape != shape)
			continue;
		blame_drop(b, i);
		return blame_bar(b, shape);
	}
	if (b->nr_suspects == HIFN_BLAME_SHAPES)
		blame_drop(b, 0);
	b->suspect[b->nr_suspects].shape = shape;
	b->suspect[b->nr_suspects].good = 0;
	b->nr_suspects++;
	return false;
}

void hifn_blame_good(struct hifn_blame *b, u32 shape)
{
	u8 i;

	for (i = 0; i < b->nr_suspects; i++) {
		if (b->suspect[i].shape != shape)
			continue;
		if (++b->suspect[i].good == HIFN_BLAME_FORGIVEN)
			blame_drop(b, i);
		return;
	}
}
