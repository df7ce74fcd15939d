// SPDX-License-Identifier: GPL-2.0
/*
 * The memory of a job: its scatterlists looked at, planned, and made visible to
 * the card. Exactly the bytes of the job are mapped, never a whole entry, and
 * the caller's list is not written to.
 */
#include <linux/dma-mapping.h>

#include "hifn.h"

/*
 * A list that is too short is noticed by the planner; one too long to be
 * collected still has to hold the whole job.
 */
static int hifn_collect(struct hifn_segs *segs, struct scatterlist *list,
			u32 bytes)
{
	struct scatterlist *sg;
	u32 left = bytes;

	hifn_segs_init(segs);
	for (sg = list; sg && left; sg = sg_next(sg)) {
		u32 n = min(sg->length, left);

		if (n && !hifn_segs_add(segs, sg_phys(sg), n))
			return sg_nents_for_len(list, bytes) < 0 ? -EINVAL : 0;
		left -= n;
	}
	return 0;
}

int hifn_map_plan(struct hifn_dev *hd, const struct acf_job *job,
		  struct hifn_plan *plan)
{
	u32 align = max_t(u32, HIFN_DST_ALIGN, dma_get_cache_alignment());

	lockdep_assert_held(&hd->engine.lock);
	if (hifn_collect(&hd->src_segs, job->src, job->len))
		return -EINVAL;
	if (job->dst && hifn_collect(&hd->dst_segs, job->dst, job->len))
		return -EINVAL;
	return hifn_sgplan(plan, &hd->src_segs,
			   job->dst ? &hd->dst_segs : NULL, job->len, align);
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

static int hifn_map_src(struct hifn_dev *hd, struct hifn_io *io,
			const struct acf_job *job, const struct hifn_plan *plan)
{
	if (!plan->src_bounce)
		return hifn_io_map(hd, io, job->src, job->len, DMA_TO_DEVICE);
	if (!hifn_bounce_take(hd, io, plan->nr_pages))
		return -EBUSY;
	hifn_bounce_copy_in(hd, io, job->src, job->len);
	return 0;
}

static int hifn_map_dst(struct hifn_dev *hd, struct hifn_io *io,
			const struct acf_job *job, const struct hifn_plan *plan)
{
	io->scratch = plan->dst_scratch;
	if (io->scratch)
		return 0;
	if (!plan->dst_bounce)
		return hifn_io_map(hd, io, job->dst, job->len, DMA_FROM_DEVICE);
	return hifn_bounce_take(hd, io, plan->nr_pages) ? 0 : -EBUSY;
}

/* 0; -EBUSY: no bounce pages now; -ENOMEM: cannot be mapped. */
int hifn_map_job(struct hifn_dev *hd, struct hifn_slot *slot,
		 const struct acf_job *job, const struct hifn_plan *plan)
{
	int err;

	lockdep_assert_held(&hd->engine.lock);
	/* first the side that can be refused without having copied anything */
	err = hifn_map_dst(hd, &slot->dst, job, plan);
	if (err)
		return err;
	err = hifn_map_src(hd, &slot->src, job, plan);
	if (!err)
		return 0;
	hifn_io_unmap(hd, &slot->dst, DMA_FROM_DEVICE);
	hifn_bounce_put(hd, &slot->dst);
	return err;
}

/* Bounce pages stay taken: the result is still in them. */
void hifn_unmap_job(struct hifn_dev *hd, struct hifn_slot *slot)
{
	hifn_io_unmap(hd, &slot->src, DMA_TO_DEVICE);
	hifn_io_unmap(hd, &slot->dst, DMA_FROM_DEVICE);
}
