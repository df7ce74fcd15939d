// SPDX-License-Identifier: GPL-2.0
/*
 * Bounce pages: DMA memory of the driver that stands in for a job's source or
 * destination. hifn_mem.c has them; here they are copied to and from, without a lock:
 * they are the job's that claimed them.
 *
 * One page of them is never handed out: the card writes there what nobody wants,
 * the data of a hash, which it insists on copying (docs/reference/hifn795x.md 4.3). All such
 * jobs write to it at the same time, and nothing reads it.
 *
 * The card has no XTS, but its ECB is one between the tweaks, and they are XORed in here, on
 * the way in and on the way out. The caller's source stays as it is, for another try.
 */
#include <linux/dma-mapping.h>

#include "hifn.h"

/*
 * The pages as far as a job uses them are the card's: what the CPU has written is there, and no
 * cache holds anything that it would write back later. Or they are the CPU's again.
 */
static void bounce_hand_over(struct hifn_dev *hd, const struct hifn_io *io, u32 bytes, bool to_card)
{
	struct device *dev = &hd->pdev->dev;
	unsigned int i;

	for (i = 0; i < io->nr_pages; i++, bytes -= min_t(u32, bytes, HIFN_BOUNCE_BYTES)) {
		u32 n = min_t(u32, bytes, HIFN_BOUNCE_BYTES);
		dma_addr_t bus = hifn_bounce_bus(hd, io->page[i]);

		if (to_card)
			dma_sync_single_for_device(dev, bus, n, DMA_BIDIRECTIONAL);
		else
			dma_sync_single_for_cpu(dev, bus, n, DMA_BIDIRECTIONAL);
	}
}

void hifn_bounce_to_card(struct hifn_dev *hd, const struct hifn_io *io, u32 bytes)
{
	bounce_hand_over(hd, io, bytes, true);
}

void hifn_bounce_to_cpu(struct hifn_dev *hd, const struct hifn_io *io, u32 bytes)
{
	bounce_hand_over(hd, io, bytes, false);
}

u32 hifn_bounce_bus(struct hifn_dev *hd, u16 page)
{
	return hd->mem.page[HIFN_FIRST_BOUNCE + page].bus;
}

static u8 *bounce_at(struct hifn_dev *hd, const struct hifn_io *io, u32 off)
{
	u16 page = io->page[off / HIFN_BOUNCE_BYTES];

	return (u8 *)hd->mem.page[HIFN_FIRST_BOUNCE + page].at + off % HIFN_BOUNCE_BYTES;
}

/*
 * After the job: a result that the card claims and never wrote must
 * not show what an earlier job left in these pages, which may be another user's text.
 */
void hifn_bounce_wipe(struct hifn_dev *hd, const struct hifn_io *io, u32 bytes)
{
	u32 off, n;

	for (off = 0; off < bytes && off < io->nr_pages * HIFN_BOUNCE_BYTES; off += n) {
		n = min_t(u32, bytes - off, HIFN_BOUNCE_BYTES);
		memzero_explicit(bounce_at(hd, io, off), n);
	}
}

/* xts: NULL, or where the tweaks are. */
static void bounce_part(struct acf_xts *xts, u8 *to, const u8 *from, u32 n)
{
	if (xts)
		acf_xts_xor(xts, to, from, n);
	else
		memcpy(to, from, n);
}

/* Copy n bytes between memory and the pages from offset off on. */
static void bounce_move(struct hifn_dev *hd, const struct hifn_io *io, struct acf_xts *xts,
			u32 off, u8 *mem, u32 n, bool in)
{
	while (n) {
		u32 part = min_t(u32, n, HIFN_BOUNCE_BYTES -
				 off % HIFN_BOUNCE_BYTES);
		u8 *page = bounce_at(hd, io, off);

		if (in)
			bounce_part(xts, page, mem, part);
		else
			bounce_part(xts, mem, page, part);
		off += part;
		mem += part;
		n -= part;
	}
}

/* Of a result that is not handed out yet. */
void hifn_bounce_read(struct hifn_dev *hd, const struct hifn_io *io, u32 off, void *buf, u32 bytes)
{
	bounce_move(hd, io, NULL, off, buf, bytes, false);
}

/* The list may be longer than the job, chained, and in high memory. */
static void bounce_list(struct hifn_dev *hd, const struct hifn_io *io, struct acf_xts *xts,
			struct scatterlist *sg, u32 bytes, bool in)
{
	unsigned int dir = in ? SG_MITER_FROM_SG : SG_MITER_TO_SG;
	struct sg_mapping_iter it;
	u32 done = 0;

	sg_miter_start(&it, sg, sg_nents_for_len(sg, bytes),
		       SG_MITER_ATOMIC | dir);
	while (done < bytes && sg_miter_next(&it)) {
		u32 n = min_t(u32, it.length, bytes - done);

		bounce_move(hd, io, xts, done, it.addr, n, in);
		it.consumed = n;
		done += n;
	}
	sg_miter_stop(&it);
}

static void bounce_copy(struct hifn_dev *hd, const struct hifn_io *io, const struct acf_job *job,
			struct scatterlist *sg, bool in)
{
	struct acf_xts xts;

	if (job->alg->mode != ACF_MODE_XTS) {
		bounce_list(hd, io, NULL, sg, job->len, in);
		return;
	}
	acf_xts_start(&xts, job->iv);
	bounce_list(hd, io, &xts, sg, job->len, in);
	memzero_explicit(&xts, sizeof(xts));
}

void hifn_bounce_copy_in(struct hifn_dev *hd, const struct hifn_io *io,
			 const struct acf_job *job)
{
	bounce_copy(hd, io, job, job->src, true);
}

void hifn_bounce_copy_out(struct hifn_dev *hd, const struct hifn_io *io,
			  const struct acf_job *job)
{
	bounce_copy(hd, io, job, job->dst, false);
}
