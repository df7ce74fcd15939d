// SPDX-License-Identifier: GPL-2.0
/*
 * The shape of a job, for hifn_blame.c: algorithm and direction, key, length by its power of two,
 * pieces, alignment. What a card hangs with twice is copied first, if it was not, and what it hangs
 * with all the same is the CPU's.
 */
#include "hifn.h"

#define SHAPE_ALG	GENMASK(5, 0)
#define SHAPE_DECRYPT	BIT(6)
#define SHAPE_KEY	GENMASK(10, 7)	/* in units of 8 bytes */
#define SHAPE_LEN	GENMASK(15, 11)	/* fls() of the bytes */
#define SHAPE_SRC	GENMASK(17, 16)	/* descriptors, 3: or more; 0: copied */
#define SHAPE_DST	GENMASK(19, 18)
#define SHAPE_ODD	BIT(20)		/* a piece of the source is not of whole words */
#define SHAPE		BIT(21)		/* it is one */

static_assert(ACF_NR_ALGS <= 64 && ACF_MAX_KEY <= 120, "they fit");

static bool shape_odd(const struct acf_job *job)
{
	struct scatterlist *sg;
	u32 left = job->len;

	for (sg = job->src; sg && left; sg = sg_next(sg)) {
		u32 n = min(sg->length, left);

		if (n && (sg->offset | n) & 3)
			return true;
		left -= n;
	}
	return false;
}

static u32 shape_of(const struct acf_job *job, const struct hifn_plan *plan)
{
	u32 src = plan->src_bounce ? 0 : min_t(u32, plan->nr_src, 3);
	u32 dst = plan->dst_bounce || plan->dst_scratch ? 0 : min_t(u32, plan->nr_dst, 3);

	return SHAPE | FIELD_PREP(SHAPE_ALG, job->alg->id) | (job->decrypt ? SHAPE_DECRYPT : 0) |
	       FIELD_PREP(SHAPE_KEY, job->key_bytes / 8) | FIELD_PREP(SHAPE_LEN, fls(job->len)) |
	       FIELD_PREP(SHAPE_SRC, src) | FIELD_PREP(SHAPE_DST, dst) |
	       (src && shape_odd(job) ? SHAPE_ODD : 0);
}

/* Self-tests are never barred: they are what tells of an algorithm that cannot be done. */
bool hifn_shape_fits(const struct hifn_dev *hd, const struct acf_job *job, struct hifn_plan *plan)
{
	if (!job->checked || !hifn_blame_bars(&hd->blame, shape_of(job, plan)))
		return true;
	if (plan->src_bounce && (plan->dst_bounce || plan->dst_scratch))
		return false;
	return !hifn_map_plan(hd, job, plan, true) && !hifn_blame_bars(&hd->blame, shape_of(job, plan));
}

void hifn_shape_good(struct hifn_dev *hd, const struct hifn_slot *slot)
{
	lockdep_assert_held(&hd->engine.lock);
	hifn_blame_good(&hd->blame, shape_of(slot->job, &slot->plan));
}

/* The card stood still with this one, and is about to be reset. */
void hifn_shape_hung(struct hifn_dev *hd, const struct hifn_slot *slot)
{
	const struct acf_job *job = slot->job;
	u32 shape = shape_of(job, &slot->plan);

	lockdep_assert_held(&hd->engine.lock);
	if (!job->checked || !hifn_blame_hang(&hd->blame, shape))
		return;
	pci_warn(hd->pdev, "%s: two resets for %s, %s, key of %u bytes, %lu to %lu bytes, pieces %u to %u%s (0: copied): %s from now on; bind the card again to try\n",
		 hd->name, job->alg->name, job->decrypt ? "decipher" : "encipher", job->key_bytes,
		 1UL << (fls(job->len) - 1), (1UL << fls(job->len)) - 1,
		 (u32)FIELD_GET(SHAPE_SRC, shape), (u32)FIELD_GET(SHAPE_DST, shape),
		 shape & SHAPE_ODD ? ", odd" : "",
		 shape & (SHAPE_SRC | SHAPE_DST) ? "copied" : "the CPU's");
}
