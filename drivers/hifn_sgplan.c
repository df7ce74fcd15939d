// SPDX-License-Identifier: GPL-2.0
/* Direct or bounce, and how many descriptors: the plan of a job's memory. */
#include "hifn_sgplan.h"
#include "hifn_desc.h"

static_assert(HIFN_PIECE_BYTES <= HIFN_SEG_MAX_BYTES &&
	      HIFN_PIECE_BYTES % HIFN_DST_ALIGN == 0,
	      "a cut destination stays word-aligned, docs/reference/hifn795x.md 3.6");
/*
 * Worst case of one side: every piece needs one descriptor for its last part,
 * and the full parts of all pieces together are at most total / piece.
 */
static_assert(HIFN_MAX_SEGS + HIFN_TOTAL_MAX_BYTES / HIFN_PIECE_BYTES <=
	      HIFN_MAX_DESCS, "descriptors of the worst job");
/* One descriptor per page, whether pages are bounced or all the same one. */
static_assert(HIFN_MAX_BOUNCE <= HIFN_MAX_DESCS &&
	      HIFN_TOTAL_MAX_BYTES / HIFN_BOUNCE_BYTES < HIFN_MAX_DESCS &&
	      HIFN_BOUNCE_BYTES <= HIFN_PIECE_BYTES,
	      "one descriptor per page");

bool hifn_segs_add(struct hifn_segs *s, u64 addr, u32 bytes)
{
	if (s->nr == HIFN_MAX_SEGS) {
		s->too_many = true;
		return false;
	}
	s->seg[s->nr].addr = addr;
	s->seg[s->nr].bytes = bytes;
	s->nr++;
	s->bytes += bytes;
	return true;
}

static bool segs_aligned(const struct hifn_segs *s, u32 align)
{
	u16 i;

	for (i = 0; i < s->nr; i++)
		if ((s->seg[i].addr | s->seg[i].bytes) & (align - 1))
			return false;
	return true;
}

static bool seg_meets(const struct hifn_seg *a, const struct hifn_seg *b)
{
	return a->addr < b->addr + b->bytes && b->addr < a->addr + a->bytes;
}

static bool segs_meet(const struct hifn_segs *a, const struct hifn_segs *b)
{
	u16 i, j;

	for (i = 0; i < a->nr; i++)
		for (j = 0; j < b->nr; j++)
			if (seg_meets(&a->seg[i], &b->seg[j]))
				return true;
	return false;
}

static u16 segs_descs(const struct hifn_segs *s)
{
	u16 i, n = 0;

	for (i = 0; i < s->nr; i++)
		n += (s->seg[i].bytes + HIFN_PIECE_BYTES - 1) / HIFN_PIECE_BYTES;
	return n;
}

/*
 * The destination is bounced when the card cannot write there, and when it
 * shares memory with the source: a failed job must find its source intact, to
 * be done again elsewhere. A source too long to be looked at counts as shared.
 */
static bool needs_dst_bounce(const struct hifn_segs *src,
			     const struct hifn_segs *dst, u32 align)
{
	return dst->too_many || src->too_many || !segs_aligned(dst, align) ||
	       segs_meet(src, dst);
}

static bool segs_wrong(const struct hifn_segs *s, u32 bytes)
{
	return !s->too_many && s->bytes != bytes;
}

int hifn_sgplan(struct hifn_plan *plan, const struct hifn_segs *src,
		const struct hifn_segs *dst, u32 bytes, u32 dst_align, bool bounce)
{
	u32 pages = (bytes + HIFN_BOUNCE_BYTES - 1) / HIFN_BOUNCE_BYTES;

	if (!bytes || bytes > HIFN_TOTAL_MAX_BYTES)
		return -EOPNOTSUPP;
	if (segs_wrong(src, bytes) || (dst && segs_wrong(dst, bytes)))
		return -EINVAL;
	plan->src_bounce = bounce || src->too_many;
	plan->dst_scratch = !dst;
	plan->dst_bounce = dst && (bounce || needs_dst_bounce(src, dst, dst_align));
	if ((plan->src_bounce || plan->dst_bounce) && pages > HIFN_MAX_BOUNCE)
		return -EOPNOTSUPP;
	plan->nr_pages = pages;
	plan->nr_src = plan->src_bounce ? pages : segs_descs(src);
	plan->nr_dst = plan->dst_bounce || plan->dst_scratch ? pages :
							       segs_descs(dst);
	return 0;
}
