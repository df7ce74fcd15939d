// SPDX-License-Identifier: GPL-2.0
/*
 * The memory of a job: its scatterlists looked at, planned, and made visible to
 * the card. Exactly the bytes of the job are mapped, never a whole entry, and
 * the caller's list is not written to.
 */
#include <linux/dma-mapping.h>

#include "hifn.h"

#define HIFN_REACH	(1ULL << 32)	/* the card's addresses, docs/reference/hifn795x.md 1.5 */

/*
 * A list that is too short is noticed by the planner; one too long to be collected still has to
 * hold the whole job. So has one with pages that the card cannot reach, where the machine has more
 * memory than 32 bits and no IOMMU: mapped, it would be copied to memory that it can, and wiped and
 * copied back by who knows less of it.
 */
static int hifn_collect(struct hifn_segs *segs, struct scatterlist *list,
			u32 bytes, bool low_only)
{
	struct scatterlist *sg;
	u32 left = bytes;

	hifn_segs_init(segs);
	for (sg = list; sg && left; sg = sg_next(sg)) {
		u32 n = min(sg->length, left);

		if (n && low_only && sg_phys(sg) + n > HIFN_REACH)
			segs->too_many = true;
		if (n && (segs->too_many || !hifn_segs_add(segs, sg_phys(sg), n)))
			return sg_nents_for_len(list, bytes) < 0 ? -EINVAL : 0;
		left -= n;
	}
	return 0;
}

/* @bounce: by copies in any case. Looks at the job and at nothing else: any context, no lock. */
int hifn_map_plan(const struct hifn_dev *hd, const struct acf_job *job, struct hifn_plan *plan,
		  bool bounce)
{
	u32 align = max_t(u32, HIFN_DST_ALIGN, dma_get_cache_alignment());
	struct hifn_segs src;
	struct hifn_segs dst;

	bounce |= job->bounce || job->alg->mode == ACF_MODE_XTS;
	if (hifn_collect(&src, job->src, job->len, hd->low_only))
		return -EINVAL;
	if (job->dst && hifn_collect(&dst, job->dst, job->len, hd->low_only))
		return -EINVAL;
	return hifn_sgplan(plan, &src, job->dst ? &dst : NULL, job->len, align, bounce);
}

static void hifn_io_unmap(struct hifn_dev *hd, struct hifn_io *io,
			  enum dma_data_direction dir)
{
	while (io->nr_maps) {
		io->nr_maps--;
		dma_unmap_page(&hd->pdev->dev, io->map[io->nr_maps].bus,
			       io->map[io->nr_maps].bytes, dir);
	}
}

static int hifn_io_map(struct hifn_dev *hd, struct hifn_io *io,
		       struct scatterlist *sg, u32 bytes,
		       enum dma_data_direction dir)
{
	struct device *dev = &hd->pdev->dev;

	for (; bytes; sg = sg_next(sg)) {
		u32 n = min(sg->length, bytes);
		dma_addr_t bus;

		if (!n)
			continue;
		bus = dma_map_page(dev, sg_page(sg), sg->offset, n, dir);
		if (dma_mapping_error(dev, bus)) {
			hifn_io_unmap(hd, io, dir);
			return -ENOMEM;
		}
		io->map[io->nr_maps].bus = bus;
		io->map[io->nr_maps].bytes = n;
		io->nr_maps++;
		bytes -= n;
	}
	return 0;
}

/* The pages of bounced sides are claimed. 0; -ENOMEM: cannot be mapped. */
int hifn_map_job(struct hifn_dev *hd, struct hifn_slot *slot,
		 const struct acf_job *job, const struct hifn_plan *plan)
{
	int err = 0;

	slot->dst.scratch = plan->dst_scratch;
	hifn_canaries_set(hd, slot);
	/* first the side that can be refused without having copied anything */
	if (!plan->dst_scratch && !plan->dst_bounce)
		err = hifn_io_map(hd, &slot->dst, job->dst, job->len, DMA_FROM_DEVICE);
	if (err) {
		hifn_canaries_clear(hd, slot);
		return err;
	}
	if (plan->src_bounce)
		hifn_bounce_copy_in(hd, &slot->src, job);
	else
		err = hifn_io_map(hd, &slot->src, job->src, job->len, DMA_TO_DEVICE);
	if (err) {
		hifn_io_unmap(hd, &slot->dst, DMA_FROM_DEVICE);
		hifn_canaries_clear(hd, slot);
		return err;
	}
	hifn_bounce_to_card(hd, &slot->src, job->len);
	hifn_bounce_to_card(hd, &slot->dst, hifn_whole_words(job->len));
	return 0;
}

/* Bounce pages stay claimed: the result is still in them. Once for each hifn_map_job(). */
void hifn_unmap_job(struct hifn_dev *hd, struct hifn_slot *slot)
{
	hifn_bounce_to_cpu(hd, &slot->src, slot->job->len);
	hifn_bounce_to_cpu(hd, &slot->dst, hifn_whole_words(slot->job->len));
	hifn_io_unmap(hd, &slot->src, DMA_TO_DEVICE);
	hifn_io_unmap(hd, &slot->dst, DMA_FROM_DEVICE);
}
