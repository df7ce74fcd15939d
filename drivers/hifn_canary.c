// SPDX-License-Identifier: GPL-2.0
/*
 * Canaries: random bytes that lie where the card is to write the last ones of a descriptor,
 * before it does. What it calls done, and did not write, still has them.
 *
 * acf compares the first and the last block of a text with the CPU's, so that the last
 * descriptor needs none, nor does one of associated data, which nobody reads; and a job whose
 * destination lies in one piece costs nothing. In a caller's list everybody may read a canary, so
 * those have other bytes than the bounce pages.
 */
#include "hifn.h"

/* At the end of a piece of a list, which may be shorter. */
static void canary_put(struct scatterlist *sg, const u64 *canary)
{
	u32 n = min_t(u32, sg->length, sizeof(*canary));

	sg_pcopy_from_buffer(sg, 1, canary, n, sg->length - n);
}

static bool canary_lives(struct scatterlist *sg, const u64 *canary)
{
	u32 n = min_t(u32, sg->length, sizeof(*canary));
	u64 found = 0;

	sg_pcopy_to_buffer(sg, 1, &found, n, sg->length - n);
	return !memcmp(&found, canary, n);
}

/* The next piece of the text that is not its last one; *end is where it ends in the stream. */
static struct scatterlist *canary_next(const struct acf_job *job, struct scatterlist *sg, u32 *end)
{
	sg = sg ? sg_next(sg) : job->dst;
	for (; sg && *end + sg->length < job->len; sg = sg_next(sg)) {
		*end += sg->length;
		if (sg->length && *end >= job->assoc + sizeof(u64))
			return sg;
	}
	return NULL;
}

static u64 *canary_at(struct hifn_dev *hd, const struct hifn_io *io, unsigned int i)
{
	u8 *page = hd->mem.page[HIFN_FIRST_BOUNCE + io->page[i]].at;

	return (u64 *)(page + HIFN_BOUNCE_BYTES - sizeof(u64));
}

static void canaries_put(struct hifn_dev *hd, const struct hifn_slot *slot, const u64 *list,
			 const u64 *copy)
{
	const struct acf_job *job = slot->job;
	struct scatterlist *sg = NULL;
	unsigned int i;
	u32 end = 0;

	if (slot->plan.dst_scratch)
		return;
	for (i = 0; i + 1 < slot->dst.nr_pages; i++)
		*canary_at(hd, &slot->dst, i) = *copy;
	while (!slot->plan.dst_bounce && (sg = canary_next(job, sg, &end)))
		canary_put(sg, list);
}

/* Before the destination is mapped. */
void hifn_canaries_set(struct hifn_dev *hd, const struct hifn_slot *slot)
{
	canaries_put(hd, slot, &hd->canary.list, &hd->canary.copy);
}

/* The card never had the job: nobody may think that this is a result. */
void hifn_canaries_clear(struct hifn_dev *hd, const struct hifn_slot *slot)
{
	static const u64 none;

	canaries_put(hd, slot, &none, &none);
}

/* Of a job that is done, and unmapped: where a piece ends that was not written, or 0. */
u32 hifn_canary_left(struct hifn_dev *hd, const struct hifn_slot *slot)
{
	const struct acf_job *job = slot->job;
	struct scatterlist *sg = NULL;
	unsigned int i;
	u32 end = 0;

	if (slot->plan.dst_scratch)
		return 0;
	for (i = 0; i + 1 < slot->dst.nr_pages; i++)
		if ((i + 1) * HIFN_BOUNCE_BYTES >= job->assoc + sizeof(u64) &&
		    *canary_at(hd, &slot->dst, i) == hd->canary.copy)
			return (i + 1) * HIFN_BOUNCE_BYTES;
	while (!slot->plan.dst_bounce && (sg = canary_next(job, sg, &end)))
		if (canary_lives(sg, &hd->canary.list))
			return end;
	return 0;
}
