// SPDX-License-Identifier: GPL-2.0
/*
 * The memory of a card, all of it allocated once: rings, the slots' command and result
 * buffers, bounce pages. It is taken page by page, each with a bus address of its own, so
 * that a host whose memory is in pieces can bind a card. Bounce pages are cached memory, since a
 * CPU copies to and from them: where DMA is not coherent hifn_bounce.c hands them over and takes
 * them back.
 *
 * What a job claims of it, a slot and bounce pages, it claims at once or not at all: two
 * jobs never wait for each other's pages. claims.lock is held for that alone.
 */
#include <linux/dma-mapping.h>
#include <linux/dmapool.h>
#include <linux/random.h>

#include "hifn.h"

/* Where in mem.page they are. */
#define HIFN_CMD_RES_RINGS	0
#define HIFN_SRC_RING		1
#define HIFN_DST_RING		2
#define HIFN_FIRST_BLOCK	3	/* of the slots' buffers */
#define HIFN_SLOT_STRIDE	(HIFN_CMD_STRIDE + HIFN_RES_STRIDE)
#define HIFN_SLOTS_PER_PAGE	(HIFN_PAGE_BYTES / HIFN_SLOT_STRIDE)

static_assert(HIFN_FIRST_BLOCK + DIV_ROUND_UP(HIFN_ALL_SLOTS, HIFN_SLOTS_PER_PAGE) ==
	      HIFN_FIRST_BOUNCE, "every slot has a place");
static_assert((HIFN_DATA_ENTRIES + 1) * sizeof(struct hifn_desc) <= HIFN_PAGE_BYTES &&
	      2 * (HIFN_MAX_SLOTS + 2) * sizeof(struct hifn_desc) <= HIFN_PAGE_BYTES,
	      "a ring and its jump are in one page");

static void *hifn_page_alloc(struct hifn_dev *hd, unsigned int i)
{
	struct hifn_page *page = &hd->mem.page[i];

	if (i < HIFN_FIRST_BOUNCE)
		return dma_pool_zalloc(hd->mem.pool, GFP_KERNEL, &page->bus);
	return dma_alloc_noncoherent(&hd->pdev->dev, HIFN_PAGE_BYTES, &page->bus,
				     DMA_BIDIRECTIONAL, GFP_KERNEL | __GFP_ZERO);
}

static void hifn_page_free(struct hifn_dev *hd, unsigned int i)
{
	struct hifn_page *page = &hd->mem.page[i];

	/* keys and users' data: wiped before others get the memory */
	memzero_explicit(page->at, HIFN_PAGE_BYTES);
	if (i < HIFN_FIRST_BOUNCE)
		dma_pool_free(hd->mem.pool, page->at, page->bus);
	else
		dma_free_noncoherent(&hd->pdev->dev, HIFN_PAGE_BYTES, page->at, page->bus,
				     DMA_BIDIRECTIONAL);
	page->at = NULL;
}

static void hifn_pages_free(struct hifn_dev *hd)
{
	struct hifn_mem *mem = &hd->mem;
	unsigned int i;

	for (i = 0; i < HIFN_PAGES && mem->page[i].at; i++)
		hifn_page_free(hd, i);
	dma_pool_destroy(mem->pool);
	mem->pool = NULL;
}

static int hifn_pages_alloc(struct hifn_dev *hd)
{
	struct hifn_mem *mem = &hd->mem;
	unsigned int i;

	mem->pool = dma_pool_create(hd->name, &hd->pdev->dev, HIFN_PAGE_BYTES,
				    HIFN_PAGE_BYTES, 0);
	if (!mem->pool)
		return -ENOMEM;
	for (i = 0; i < HIFN_PAGES; i++) {
		mem->page[i].at = hifn_page_alloc(hd, i);
		if (!mem->page[i].at)
			return -ENOMEM;
	}
	return 0;
}

static void hifn_rings_place(struct hifn_dev *hd)
{
	const struct hifn_page *page = hd->mem.page;
	u16 entries = hd->params.slots + 1;	/* one entry stays empty */
	struct hifn_rings *rs = &hd->rings;
	size_t cmd_bytes = (entries + 1) * sizeof(struct hifn_desc);

	hifn_ring_init(&rs->cmd, page[HIFN_CMD_RES_RINGS].at,
		       page[HIFN_CMD_RES_RINGS].bus, entries);
	hifn_ring_init(&rs->res, page[HIFN_CMD_RES_RINGS].at + cmd_bytes,
		       page[HIFN_CMD_RES_RINGS].bus + cmd_bytes, entries);
	hifn_ring_init(&rs->src, page[HIFN_SRC_RING].at, page[HIFN_SRC_RING].bus,
		       HIFN_DATA_ENTRIES);
	hifn_ring_init(&rs->dst, page[HIFN_DST_RING].at, page[HIFN_DST_RING].bus,
		       HIFN_DATA_ENTRIES);
}

static void hifn_slot_place(struct hifn_dev *hd, u16 nr)
{
	const struct hifn_page *page =
		&hd->mem.page[HIFN_FIRST_BLOCK + nr / HIFN_SLOTS_PER_PAGE];
	u32 off = nr % HIFN_SLOTS_PER_PAGE * HIFN_SLOT_STRIDE;
	struct hifn_slot *slot = &hd->slot[nr];

	slot->nr = nr;
	slot->cmd = (u8 *)page->at + off;
	slot->cmd_bus = page->bus + off;
	slot->res = slot->cmd + HIFN_CMD_STRIDE;
	slot->res_bus = slot->cmd_bus + HIFN_CMD_STRIDE;
}

static void hifn_claims_init(struct hifn_dev *hd)
{
	struct hifn_claims *claims = &hd->claims;

	while (claims->nr_slots < hifn_nr_slots(hd)) {
		hifn_slot_place(hd, claims->nr_slots);
		claims->slot[claims->nr_slots] = claims->nr_slots;
		claims->nr_slots++;
	}
	while (claims->nr_pages < HIFN_SCRATCH_PAGE) {
		claims->page[claims->nr_pages] = claims->nr_pages;
		claims->nr_pages++;
	}
}

void hifn_mem_free(struct hifn_dev *hd)
{
	hifn_pages_free(hd);
	kfree(hd->rings.chain);
	kvfree(hd->slot);
	hd->rings.chain = NULL;
	hd->slot = NULL;
}

/* On failure hifn_mem_free() is still to be called. */
int hifn_mem_alloc(struct hifn_dev *hd)
{
	int err;

	hd->slot = kvcalloc(hifn_nr_slots(hd), sizeof(*hd->slot), GFP_KERNEL);
	hd->rings.chain = kcalloc(hd->params.slots + 1, sizeof(*hd->rings.chain), GFP_KERNEL);
	if (!hd->slot || !hd->rings.chain)
		return -ENOMEM;
	err = hifn_pages_alloc(hd);
	if (err)
		return err;
	get_random_bytes(&hd->canary, sizeof(hd->canary));
	hifn_rings_place(hd);
	hifn_claims_init(hd);
	return 0;
}

/* ---- claims ---- */

static void hifn_pages_take(struct hifn_claims *claims, struct hifn_io *io, u16 nr)
{
	lockdep_assert_held(&claims->lock);
	while (io->nr_pages < nr)
		io->page[io->nr_pages++] = claims->page[--claims->nr_pages];
}

static void hifn_pages_put(struct hifn_claims *claims, struct hifn_io *io)
{
	lockdep_assert_held(&claims->lock);
	while (io->nr_pages)
		claims->page[claims->nr_pages++] = io->page[--io->nr_pages];
}

/* A slot and all the pages the plan asks for; NULL: not now. */
struct hifn_slot *hifn_claim(struct hifn_dev *hd, const struct hifn_plan *plan)
{
	u16 src_pages = plan->src_bounce ? plan->nr_pages : 0;
	u16 dst_pages = plan->dst_bounce ? plan->nr_pages : 0;
	struct hifn_claims *claims = &hd->claims;
	struct hifn_slot *slot = NULL;

	spin_lock_bh(&claims->lock);
	if (claims->nr_slots && src_pages + dst_pages <= claims->nr_pages) {
		slot = &hd->slot[claims->slot[--claims->nr_slots]];
		hifn_pages_take(claims, &slot->src, src_pages);
		hifn_pages_take(claims, &slot->dst, dst_pages);
	}
	spin_unlock_bh(&claims->lock);
	return slot;
}

/* The slot's memory is wiped and unmapped; who calls this has acf refill the card. */
void hifn_unclaim(struct hifn_dev *hd, struct hifn_slot *slot)
{
	struct hifn_claims *claims = &hd->claims;
	bool idle;

	slot->job = NULL;
	spin_lock_bh(&claims->lock);
	hifn_pages_put(claims, &slot->src);
	hifn_pages_put(claims, &slot->dst);
	claims->slot[claims->nr_slots++] = slot->nr;
	idle = claims->nr_slots == hifn_nr_slots(hd);
	spin_unlock_bh(&claims->lock);
	if (idle && wq_has_sleeper(&hd->idle))
		wake_up(&hd->idle);
}

static bool hifn_unclaimed(struct hifn_dev *hd)
{
	bool idle;

	spin_lock_bh(&hd->claims.lock);
	idle = hd->claims.nr_slots == hifn_nr_slots(hd);
	spin_unlock_bh(&hd->claims.lock);
	return idle;
}

/* Until no job holds a slot: false after ms. */
bool hifn_wait_unclaimed(struct hifn_dev *hd, unsigned int ms)
{
	return wait_event_timeout(hd->idle, hifn_unclaimed(hd), msecs_to_jiffies(ms));
}
