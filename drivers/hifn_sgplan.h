/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Decide how the memory of a job reaches the card: as it lies (direct), or
 * through pages of our own (bounce), and with how many descriptors.
 */
#ifndef HIFN_SGPLAN_H
#define HIFN_SGPLAN_H

#include "hifn_env.h"

#define HIFN_MAX_SEGS		16	/* mapped pieces of one side */
#define HIFN_MAX_DESCS		64	/* descriptors of one side: see the sums in the .c */
#define HIFN_BOUNCE_BYTES	4096	/* one bounce page */
#define HIFN_MAX_BOUNCE		16	/* bounce pages of one side */
#define HIFN_PIECE_BYTES	0xfffc	/* of one descriptor: a multiple of 4 */

/* A piece of memory, contiguous for the card. */
struct hifn_seg {
	u64 addr;		/* physical */
	u32 bytes;
};

struct hifn_segs {
	struct hifn_seg seg[HIFN_MAX_SEGS];
	u16 nr;
	u32 bytes;		/* sum */
	bool too_many;		/* the list went on beyond HIFN_MAX_SEGS */
};

static inline void hifn_segs_init(struct hifn_segs *s)
{
	s->nr = 0;
	s->bytes = 0;
	s->too_many = false;
}

/* Append a piece; false when the list is full (and too_many is set). */
bool hifn_segs_add(struct hifn_segs *s, u64 addr, u32 bytes);

struct hifn_plan {
	bool src_bounce;	/* copy the source before the job */
	bool dst_bounce;	/* copy the result after the job */
	bool dst_scratch;	/* nobody wants the output: one page takes all */
	u16 nr_src;		/* descriptors */
	u16 nr_dst;
	u16 nr_pages;		/* bounce pages of each bounced side */
};

/*
 * Plan a job of `bytes`. dst is NULL when the output is not wanted; the card
 * needs a destination even then. dst_align: what destination addresses and lengths
 * must be multiples of, at least 4 (more where DMA is not cache-coherent). bounce: the
 * card is to see neither side as it lies, so that both are bounced.
 * 0; -EINVAL when a list is shorter than the job; -EOPNOTSUPP when the card
 * cannot do it even with bounce pages.
 */
int hifn_sgplan(struct hifn_plan *plan, const struct hifn_segs *src,
		const struct hifn_segs *dst, u32 bytes, u32 dst_align, bool bounce);

/* Cut a mapped piece into what descriptors can carry. */
struct hifn_cut {
	u32 bus;
	u32 left;
};

/* The next part, or false at the end. */
static inline bool hifn_cut_next(struct hifn_cut *cut, u32 *bus, u32 *bytes)
{
	if (!cut->left)
		return false;
	*bus = cut->bus;
	*bytes = cut->left < HIFN_PIECE_BYTES ? cut->left : HIFN_PIECE_BYTES;
	cut->bus += *bytes;
	cut->left -= *bytes;
	return true;
}

#endif
