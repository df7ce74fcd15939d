// SPDX-License-Identifier: GPL-2.0
/*
 * Keys out of the card. A session's key stays in its context after use, so that the one session that
 * is used gets keys of zeros, by commands like any other. Where else in the context RAM a key may
 * lie is unknown, so all of it is filled with zeros by the card's command for that
 * (docs/reference/hifn795x.md 4.6), which no driver has tried on a 795x: one word first, and where
 * that fails never again. Keys in the host's memory are wiped where their use ends: hifn_end_slot(),
 * hifn_mem_free().
 */
#include <linux/delay.h>

#include "hifn.h"

#define HIFN_WIPE_MAX_MS	5000	/* takes some 10 ms */
#define HIFN_WIPE_TRY_MS	500	/* a command or two */
#define HIFN_WIPE_KEYS		2	/* sets of keys: each engine has had one of zeros then */
#define HIFN_WIPE_ZEROS		HIFN_WIPE_KEYS	/* the slot whose buffer is no command */
#define HIFN_WIPE_TEXT		16	/* bytes of zeros that they encipher */
#define HIFN_WIPE_BATCH		16	/* commands under the lock in one go */
#define HIFN_WIPE_DUMMY		32	/* of the result buffer: output nobody wants */

static_assert(HIFN_WIPE_DUMMY >= HIFN_CTXRAM_RES_BYTES &&
	      HIFN_WIPE_DUMMY + HIFN_CTXRAM_DST_BYTES <= HIFN_RES_STRIDE,
	      "result and dummy do not meet");

static const u8 hifn_zeros[HIFN_MAC_KEY_BYTES];

/* What leaves nothing but zeros where a session's keys are: of either width. */
static const struct hifn_op hifn_zero_keys[HIFN_WIPE_KEYS] = {
	{
		.cipher = HIFN_CIPHER_AES, .mode = HIFN_MODE_CBC, .key_bytes = 32,
		.key = hifn_zeros, .iv = hifn_zeros, .crypt.bytes = HIFN_WIPE_TEXT,
		.mac = HIFN_MAC_HMAC_SHA1, .mac_key = hifn_zeros, .auth.bytes = HIFN_WIPE_TEXT,
		.bytes = HIFN_WIPE_TEXT,
	}, {
		.cipher = HIFN_CIPHER_3DES, .mode = HIFN_MODE_CBC, .key_bytes = 24,
		.key = hifn_zeros, .iv = hifn_zeros, .crypt.bytes = HIFN_WIPE_TEXT,
		.mac = HIFN_MAC_HMAC_MD5, .mac_key = hifn_zeros, .auth.bytes = HIFN_WIPE_TEXT,
		.bytes = HIFN_WIPE_TEXT,
	},
};

/* As of hifn_wipe_word(). Its text is another slot's buffer, its output nobody's. */
static bool hifn_wipe_key(struct hifn_dev *hd, u32 nr)
{
	struct hifn_slot *zeros = &hd->slot[HIFN_WIPE_ZEROS];
	struct hifn_slot *slot = &hd->slot[nr];
	struct hifn_rings *rs = &hd->rings;
	int bytes;

	if (hifn_rings_claim(rs, 1, 1, slot->nr))
		return false;
	memset(zeros->cmd, 0, HIFN_WIPE_TEXT);
	bytes = hifn_cmd_encode(&hifn_zero_keys[nr], slot->cmd, HIFN_CMD_STRIDE);
	hifn_ring_fill(&rs->dst, HIFN_D_DATA_LAST | HIFN_WIPE_TEXT,
		       hifn_bounce_bus(hd, HIFN_SCRATCH_PAGE));
	hifn_ring_fill(&rs->res, HIFN_D_RESULT | HIFN_MAX_RESULT_BYTES, slot->res_bus);
	hifn_ring_fill(&rs->src, HIFN_D_DATA_LAST | HIFN_WIPE_TEXT, zeros->cmd_bus);
	hifn_ring_fill(&rs->cmd, HIFN_D_CMD | bytes, slot->cmd_bus);
	hifn_rings_publish(rs);
	return true;
}

/*
 * False when the rings are full. The source is the command's own tail of zeros. Slots in
 * turn, nobody has them: one more than a ring's entries are not used twice at a time.
 */
static bool hifn_wipe_word(struct hifn_dev *hd, u32 nr)
{
	struct hifn_slot *slot = &hd->slot[nr % hifn_nr_slots(hd)];
	u32 at = nr * HIFN_CTXRAM_WORD_BYTES;
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

typedef bool hifn_wipe_post(struct hifn_dev *hd, u32 nr);

/* Take back some that are done, post some that have room, before @end: how many of both. */
static unsigned int hifn_wipe_step(struct hifn_dev *hd, hifn_wipe_post *post, u32 *nr, u32 end)
{
	struct hifn_rings *rs = &hd->rings;
	unsigned int moved = 0;
	u16 done;

	spin_lock_bh(&hd->engine.lock);
	while (moved < HIFN_WIPE_BATCH && hifn_rings_harvest(rs, &done)) {
		hifn_rings_release(rs);
		moved++;
	}
	while (moved < HIFN_WIPE_BATCH && *nr < end && post(hd, *nr)) {
		++*nr;
		moved++;
	}
	spin_unlock_bh(&hd->engine.lock);
	return moved;
}

/* The card is ready and nobody else's; IER stays closed. */
static bool hifn_wipe_run(struct hifn_dev *hd, hifn_wipe_post *post, u32 nr, u32 end,
			  unsigned int ms)
{
	unsigned long limit = jiffies + msecs_to_jiffies(ms);

	while (nr < end || hifn_rings_busy(&hd->rings)) {
		if (time_after(jiffies, limit))
			return false;
		if (!hifn_wipe_step(hd, post, &nr, end))
			usleep_range(50, 100);
	}
	/* a refused command ends like any other, its result has no room for it */
	return !(hifn_rd0(hd, HIFN_0_PUISR) & HIFN_PUSTAT_CMDINVAL);
}

/* False: it may have left keys where it keeps them, by what it says. */
static bool hifn_wipe_keys(struct hifn_dev *hd)
{
	hifn_wr1(hd, HIFN_1_DMA_CSR, HIFN_DMACSR_ENA_ALL);
	return hifn_wipe_run(hd, hifn_wipe_key, 0, HIFN_WIPE_KEYS, HIFN_WIPE_TRY_MS);
}

/* The same of all of its context RAM: true also where it is known that it cannot. */
static bool hifn_wipe_ctxram(struct hifn_dev *hd)
{
	if (hd->cannot_wipe)
		return true;
	hd->cannot_wipe = !hifn_wipe_run(hd, hifn_wipe_word, 0, 1, HIFN_WIPE_TRY_MS) ||
			  !hifn_wipe_run(hd, hifn_wipe_word, 1,
					 HIFN_CTXRAM_BYTES / HIFN_CTXRAM_WORD_BYTES,
					 HIFN_WIPE_MAX_MS);
	return !hd->cannot_wipe;
}

static void hifn_wipe_end(struct hifn_dev *hd)
{
	hifn_hw_quiesce(hd);
	spin_lock_bh(&hd->engine.lock);
	hifn_rings_reset(&hd->rings);
	spin_unlock_bh(&hd->engine.lock);
}

/*
 * Of a card that was stopped, after which it may be in any state: it is started for
 * this, and stopped again. Nothing is done if it had no job since the last time.
 */
void hifn_wipe(struct hifn_dev *hd)
{
	bool started, keys, all;

	if (hd->jobs_wiped == hd->stats.jobs || READ_ONCE(hd->gone))
		return;
	hd->jobs_wiped = hd->stats.jobs;
	started = !hifn_hw_start(hd);
	keys = started && hifn_wipe_keys(hd);
	all = keys && hifn_wipe_ctxram(hd);
	if (!all)
		hifn_rd1(hd, HIFN_1_DMA_CNFG);	/* notices a card that is gone */
	hifn_wipe_end(hd);
	if (all || READ_ONCE(hd->gone))
		return;
	pci_warn(hd->pdev, "%s: %s: it may hold keys until it loses power\n", hd->name,
		 keys ? "keys of zeros have been written over the last ones, but its context RAM could not be wiped" :
			"its context RAM could not be wiped");
}
