// SPDX-License-Identifier: GPL-2.0
/*
 * Keys out of the card: its context RAM, where they stay after use, is filled with
 * zeros by commands of the card's own, docs/reference/hifn795x.md 4.6. Where in it a key
 * lies is unknown, so all of it is. Keys in the host's memory are wiped where
 * their use ends: hifn_end_slot(), hifn_mem_free().
 */
#include <linux/delay.h>

#include "hifn.h"

#define HIFN_WIPE_MAX_MS	5000	/* takes some 10 ms */
#define HIFN_WIPE_BATCH		16	/* commands under the lock in one go */
#define HIFN_WIPE_DUMMY		32	/* of the result buffer: output nobody wants */

static_assert(HIFN_WIPE_DUMMY >= HIFN_CTXRAM_RES_BYTES &&
	      HIFN_WIPE_DUMMY + HIFN_CTXRAM_DST_BYTES <= HIFN_RES_STRIDE,
	      "result and dummy do not meet");

/*
 * False when the rings are full. The source is the command's own tail of zeros. Slots in
 * turn, nobody has them: one more than a ring's entries are not used twice at a time.
 */
static bool hifn_wipe_post(struct hifn_dev *hd, u32 at)
{
	struct hifn_slot *slot = &hd->slot[at / HIFN_CTXRAM_WORD_BYTES % hifn_nr_slots(hd)];
	struct hifn_rings *rs = &hd->rings;
	u32 bytes;

	if (hifn_rings_claim(rs, 1, 1, slot->nr))
		return false;
	bytes = hifn_cmd_clear_ctx(at, slot->cmd);
	hifn_ring_fill(&rs->dst, HIFN_D_DATA_LAST | HIFN_CTXRAM_DST_BYTES,
		       slot->res_bus + HIFN_WIPE_DUMMY);
	hifn_ring_fill(&rs->res, HIFN_D_RESULT | HIFN_CTXRAM_RES_BYTES, slot->res_bus);
	hifn_ring_fill(&rs->src, HIFN_D_DATA_LAST | HIFN_CTXRAM_WORD_BYTES,
		       slot->cmd_bus + bytes - HIFN_CTXRAM_WORD_BYTES);
	hifn_ring_fill(&rs->cmd, HIFN_D_CMD | bytes, slot->cmd_bus);
	hifn_rings_publish(rs);
	return true;
}

/* Take back some that are done, post some that have room: how many of both. */
static unsigned int hifn_wipe_step(struct hifn_dev *hd, u32 *at)
{
	struct hifn_rings *rs = &hd->rings;
	unsigned int moved = 0;
	u16 nr;

	spin_lock_bh(&hd->engine.lock);
	while (moved < HIFN_WIPE_BATCH && hifn_rings_harvest(rs, &nr)) {
		hifn_rings_release(rs);
		moved++;
	}
	while (moved < HIFN_WIPE_BATCH && *at < HIFN_CTXRAM_BYTES && hifn_wipe_post(hd, *at)) {
		*at += HIFN_CTXRAM_WORD_BYTES;
		moved++;
	}
	spin_unlock_bh(&hd->engine.lock);
	return moved;
}

/* The card is ready and nobody else's; IER stays closed. */
static bool hifn_wipe_ctxram(struct hifn_dev *hd)
{
	unsigned long limit = jiffies + msecs_to_jiffies(HIFN_WIPE_MAX_MS);
	u32 at = 0;

	hifn_wr1(hd, HIFN_1_DMA_CSR, HIFN_DMACSR_ENA_ALL);
	while (at < HIFN_CTXRAM_BYTES || hifn_rings_busy(&hd->rings)) {
		if (time_after(jiffies, limit))
			return false;
		if (!hifn_wipe_step(hd, &at))
			usleep_range(50, 100);
	}
	/* a refused command ends like any other, its result has no room for it */
	return !(hifn_rd0(hd, HIFN_0_PUISR) & HIFN_PUSTAT_CMDINVAL);
}

/*
 * Of a card that was stopped, after which it may be in any state: it is started for
 * this, and stopped again. Nothing is done if it had no job since the last time.
 */
void hifn_wipe(struct hifn_dev *hd)
{
	bool wiped;

	if (hd->jobs_wiped == hd->stats.jobs || READ_ONCE(hd->gone))
		return;
	hd->jobs_wiped = hd->stats.jobs;
	wiped = !hifn_hw_start(hd) && hifn_wipe_ctxram(hd);
	if (!wiped)
		hifn_rd1(hd, HIFN_1_DMA_CNFG);	/* notices a card that is gone */
	hifn_hw_quiesce(hd);
	spin_lock_bh(&hd->engine.lock);
	hifn_rings_reset(&hd->rings);
	spin_unlock_bh(&hd->engine.lock);
	if (!wiped && !READ_ONCE(hd->gone))
		pci_warn(hd->pdev, "%s: its context RAM could not be wiped: it may hold keys until it loses power\n",
			 hd->name);
}
