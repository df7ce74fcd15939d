// SPDX-License-Identifier: GPL-2.0
/*
 * Bounce pages: DMA memory of the driver that stands in for a job's source or
 * destination. Allocated once per card, so that no job has to allocate.
 *
 * One page of them is never handed out: the card writes there what nobody wants,
 * the data of a hash, which it insists on copying (docs/hifn795x.md 4.3). All such
 * jobs write to it at the same time, and nothing reads it.
 */
#include <linux/dma-mapping.h>

#include "hifn.h"

#define CHUNK_BYTES	(HIFN_CHUNK_PAGES * HIFN_BOUNCE_BYTES)

int hifn_bounce_alloc(struct hifn_dev *hd)
{
	struct hifn_bounce *b = &hd->bounce;
	unsigned int i;

	for (i = 0; i < HIFN_BOUNCE_CHUNKS; i++) {
		b->chunk[i] = dma_alloc_coherent(&hd->pdev->dev, CHUNK_BYTES,
						 &b->chunk_bus[i], GFP_KERNEL);
		if (!b->chunk[i]) {
			hifn_bounce_free(hd);
			return -ENOMEM;
		}
	}
	for (i = 0; i < HIFN_SCRATCH_PAGE; i++)
		b->free[i] = i;
	b->nr_free = i;
	return 0;
}

/* The pages hold users' data: wiped before others get the memory. */
void hifn_bounce_free(struct hifn_dev *hd)
{
	struct hifn_bounce *b = &hd->bounce;
	unsigned int i;

	for (i = 0; i < HIFN_BOUNCE_CHUNKS; i++) {
		if (!b->chunk[i])
			continue;
		memzero_explicit(b->chunk[i], CHUNK_BYTES);
		dma_free_coherent(&hd->pdev->dev, CHUNK_BYTES, b->chunk[i],
				  b->chunk_bus[i]);
		b->chunk[i] = NULL;
	}
}

bool hifn_bounce_take(struct hifn_dev *hd, struct hifn_io *io, u16 nr)
{
	struct hifn_bounce *b = &hd->bounce;

	lockdep_assert_held(&hd->engine.lock);
	if (nr > b->nr_free)
		return false;
	while (io->nr_pages < nr)
		io->page[io->nr_pages++] = b->free[--b->nr_free];
	return true;
}

void hifn_bounce_put(struct hifn_dev *hd, struct hifn_io *io)
{
	struct hifn_bounce *b = &hd->bounce;

	lockdep_assert_held(&hd->engine.lock);
	while (io->nr_pages)
		b->free[b->nr_free++] = io->page[--io->nr_pages];
}

u32 hifn_bounce_bus(struct hifn_dev *hd, u16 page)
{
	return hd->bounce.chunk_bus[page / HIFN_CHUNK_PAGES] +
	       page % HIFN_CHUNK_PAGES * HIFN_BOUNCE_BYTES;
}

static u8 *bounce_at(struct hifn_dev *hd, const struct hifn_io *io, u32 off)
{
	u16 page = io->page[off / HIFN_BOUNCE_BYTES];

	return (u8 *)hd->bounce.chunk[page / HIFN_CHUNK_PAGES] +
	       page % HIFN_CHUNK_PAGES * HIFN_BOUNCE_BYTES +
	       off % HIFN_BOUNCE_BYTES;
}

/*
 * After the job, outside the lock: a result that the card claims and never wrote must
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

/* Copy n bytes between memory and the pages from offset off on. */
static void bounce_move(struct hifn_dev *hd, const struct hifn_io *io, u32 off,
			u8 *mem, u32 n, bool in)
{
	while (n) {
		u32 part = min_t(u32, n, HIFN_BOUNCE_BYTES -
				 off % HIFN_BOUNCE_BYTES);
		u8 *page = bounce_at(hd, io, off);

		if (in)
			memcpy(page, mem, part);
		else
			memcpy(mem, page, part);
		off += part;
		mem += part;
		n -= part;
	}
}

/* The list may be longer than the job, chained, and in high memory. */
static void bounce_copy(struct hifn_dev *hd, const struct hifn_io *io,
			struct scatterlist *sg, u32 bytes, bool in)
{
	unsigned int dir = in ? SG_MITER_FROM_SG : SG_MITER_TO_SG;
	struct sg_mapping_iter it;
	u32 done = 0;

	sg_miter_start(&it, sg, sg_nents_for_len(sg, bytes),
		       SG_MITER_ATOMIC | dir);
	while (done < bytes && sg_miter_next(&it)) {
		u32 n = min_t(u32, it.length, bytes - done);

		bounce_move(hd, io, done, it.addr, n, in);
		it.consumed = n;
		done += n;
	}
	sg_miter_stop(&it);
}

void hifn_bounce_copy_in(struct hifn_dev *hd, struct hifn_io *io,
			 struct scatterlist *sg, u32 bytes)
{
	bounce_copy(hd, io, sg, bytes, true);
}

void hifn_bounce_copy_out(struct hifn_dev *hd, struct hifn_io *io,
			  struct scatterlist *sg, u32 bytes)
{
	bounce_copy(hd, io, sg, bytes, false);
}
