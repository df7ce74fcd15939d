// SPDX-License-Identifier: GPL-2.0
/*
 * Jobs that the card has done, on their way back: taken from the rings under the lock,
 * whose entries are free at once, then ended and called back one by one without it.
 */
#include "hifn.h"

#define HIFN_BATCH	HIFN_MARK_MOST	/* jobs taken from the rings in one go */
#define HIFN_CLAIMS_MS	5000	/* for those who prepare a job while the card stops */

/* The oldest job has the card for itself from here on. */
void hifn_made_progress(struct hifn_dev *hd)
{
	lockdep_assert_held(&hd->engine.lock);
	hd->recovery.progress = jiffies;
	hd->recovery.grace = 0;
}

static enum hifn_result hifn_read_result(const struct hifn_dev *hd, const struct hifn_slot *slot)
{
	struct hifn_op op;

	hifn_acf_op(hd, slot->job, &op);
	return hifn_result_read(&op, slot->res, slot->job->mac);
}

/*
 * A result that was retired but never written tells nothing about the data: the
 * card may still be writing. After a bad one, card and rings may be out of step,
 * and what looks like the next job's result may not be. The job stays harvested and
 * unreleased until a reset has stopped all DMA; hifn_fail_all() ends it.
 */
static void hifn_ended_badly(struct hifn_dev *hd, struct hifn_slot *slot,
			     enum hifn_result result)
{
	lockdep_assert_held(&hd->engine.lock);
	slot->bad = result != HIFN_RESULT_NONE;
	dev_err_ratelimited(&hd->pdev->dev, "%s: the card ended a job %s: resetting it\n", hd->name,
			    slot->bad ? "badly" : "without a result");
	hifn_reset_request(hd, slot->bad ? "bad-result" : "no-result");
}

#define HIFN_KNOWN_ENOUGH	8	/* results, before something is a card's way */

/* What known answers were like off another clock says nothing of this one. */
void hifn_forget_answers(struct hifn_dev *hd)
{
	spin_lock_bh(&hd->engine.lock);
	hd->known = 0;
	hd->known_residual = 0;
	hd->unit_normal = 0;
	spin_unlock_bh(&hd->engine.lock);
}

/*
 * Nobody has ever looked at the counts of a result (docs/reference/hifn795x.md 5.1). A card whose
 * known answers are right, and who has bytes left over by what each of them says, means something
 * else by it. acf compares known answers from end to end.
 */
static enum hifn_result hifn_weigh(struct hifn_dev *hd, const struct hifn_slot *slot,
				   enum hifn_result result)
{
	bool known = !slot->job->checked;

	lockdep_assert_held(&hd->engine.lock);
	if (known) {
		hd->known++;
		hd->known_residual += result == HIFN_RESULT_RESIDUAL;
	}
	if (result != HIFN_RESULT_RESIDUAL || hd->known != hd->known_residual)
		return result;
	return known || hd->known >= HIFN_KNOWN_ENOUGH ? HIFN_RESULT_OK : result;
}

/* The oldest job, if it is finished; false also when it has ended badly. */
static bool hifn_take_one(struct hifn_dev *hd)
{
	enum hifn_result result;
	struct hifn_slot *slot;
	u16 nr;

	lockdep_assert_held(&hd->engine.lock);
	if (hd->state != HIFN_UP || !hifn_rings_harvest(&hd->rings, &nr))
		return false;
	slot = &hd->slot[nr];
	result = hifn_weigh(hd, slot, hifn_read_result(hd, slot));
	hd->stats.results[result]++;
	if (result != HIFN_RESULT_OK) {
		hifn_ended_badly(hd, slot, result);
		return false;
	}
	hifn_rings_release(&hd->rings);
	if (unlikely(hd->blame.nr_suspects))
		hifn_shape_good(hd, slot);
	hifn_mark_done(&hd->irq.mark, slot->marked);
	if (slot->marked)
		hifn_irq_taken(hd);
	list_add_tail(&slot->node, &hd->done);
	return true;
}

#define HIFN_UNIT_ERRORS	(HIFN_PUSTAT_CMDINVAL | HIFN_PUSTAT_DATAERR | HIFN_PUSTAT_DSTOVER)

/*
 * The last nr of hd->done are good by their results. Ends of a text are compared with the
 * CPU's; nobody looks at a digest again: where there is one, the unit's own status is asked
 * first, once for all of them. What it shows while known answers are right is this card's way.
 * It is left as it is: the reset clears it (docs/reference/hifn795x.md 2.1), when it has been
 * noted.
 */
static bool hifn_unit_complains(struct hifn_dev *hd, unsigned int nr)
{
	bool hashes = false, requests = true;
	struct hifn_slot *slot;
	u32 status;

	lockdep_assert_held(&hd->engine.lock);
	list_for_each_entry_reverse(slot, &hd->done, node) {
		if (!nr--)
			break;
		hashes |= slot->job->alg->kind == ACF_KIND_HASH;
		requests &= slot->job->checked;
	}
	if (!hashes)
		return false;
	status = hifn_rd0(hd, HIFN_0_PUISR);
	if (status == ~0U || !(status & HIFN_UNIT_ERRORS & ~hd->unit_normal))
		return false;
	if (!requests)
		hd->unit_normal |= status;
	return requests;
}

/* One of them is not what its result says, and nobody knows which. */
static void hifn_belie(struct hifn_dev *hd, unsigned int nr)
{
	struct hifn_slot *slot;

	lockdep_assert_held(&hd->engine.lock);
	list_for_each_entry_reverse(slot, &hd->done, node) {
		if (!nr--)
			break;
		slot->bad = true;
	}
	hd->stats.belied++;
	dev_err_ratelimited(&hd->pdev->dev,
			    "%s: the card ended jobs well, but not by its unit's status: resetting it\n",
			    hd->name);
	hifn_reset_request(hd, "unit-status");
}

/* Move what is finished with a good result to hd->done: true if there was something. */
static bool hifn_take(struct hifn_dev *hd)
{
	unsigned int nr = 0;

	spin_lock_bh(&hd->engine.lock);
	while (nr < HIFN_BATCH && hifn_take_one(hd))
		nr++;
	if (nr && hifn_unit_complains(hd, nr))
		hifn_belie(hd, nr);
	else if (nr)
		hd->recovery.resets_in_row = 0;
	if (nr) {
		hd->stats.late += !!hd->recovery.grace;
		hd->stats.batches++;
		hifn_made_progress(hd);
		hifn_irq_learn(hd, nr);
	}
	spin_unlock_bh(&hd->engine.lock);
	return nr;
}

/*
 * Of a job that is unmapped: a bounced result is copied once it is known good. Nothing of
 * the job stays in memory that other jobs use. Without the lock: the slot is nobody else's.
 */
void hifn_end_slot(struct hifn_dev *hd, struct hifn_slot *slot, bool ok)
{
	const struct acf_job *job = slot->job;

	if (ok && slot->dst.nr_pages)
		hifn_bounce_copy_out(hd, &slot->dst, job);
	hifn_bounce_wipe(hd, &slot->src, job->len);
	hifn_bounce_wipe(hd, &slot->dst, job->len);
	memzero_explicit(slot->cmd, HIFN_OP_CMD_MAX_BYTES);
	/* the MAC of a forged message is what would have passed */
	memzero_explicit(slot->res, HIFN_OP_RESULT_MAX_BYTES);
}

struct hifn_sides {
	struct hifn_dev *hd;
	const struct hifn_slot *slot;
};

static void hifn_src_bytes(void *from, u32 off, void *buf, u32 bytes)
{
	const struct hifn_sides *sides = from;

	hifn_bounce_read(sides->hd, &sides->slot->src, off, buf, bytes);
}

static void hifn_dst_bytes(void *from, u32 off, void *buf, u32 bytes)
{
	const struct hifn_sides *sides = from;

	hifn_bounce_read(sides->hd, &sides->slot->dst, off, buf, bytes);
}

/* The result is where the card has written it, what it has read still there. */
static bool hifn_believe(struct hifn_dev *hd, const struct hifn_slot *slot)
{
	struct hifn_sides sides = { .hd = hd, .slot = slot };
	struct acf_copies copies = {
		.src = slot->src.nr_pages ? hifn_src_bytes : NULL,
		.dst = slot->dst.nr_pages ? hifn_dst_bytes : NULL,
		.from = &sides,
		.unwritten = hifn_canary_left(hd, slot),
	};

	return acf_job_believe(slot->job, &copies);
}

/* The slot goes to the next job before the callback, which may want it. */
static void hifn_hand_back(struct hifn_dev *hd, struct hifn_slot *slot, int err)
{
	struct acf_job *job = slot->job;

	hifn_unmap_job(hd, slot);
	if (!err && !hifn_believe(hd, slot))
		err = -EIO;
	hifn_end_slot(hd, slot, !err);
	hifn_unclaim(hd, slot);
	acf_engine_room(&hd->engine);
	acf_job_done(job, err);
}

static struct hifn_slot *hifn_next_done(struct hifn_dev *hd)
{
	struct hifn_slot *slot;

	spin_lock_bh(&hd->engine.lock);
	slot = list_first_entry_or_null(&hd->done, struct hifn_slot, node);
	if (slot) {
		list_del(&slot->node);
		hd->completer.handed++;
	}
	spin_unlock_bh(&hd->engine.lock);
	return slot;
}

static void hifn_hand_back_done(struct hifn_dev *hd)
{
	struct hifn_slot *slot;

	while ((slot = hifn_next_done(hd)))
		hifn_hand_back(hd, slot, slot->bad ? -EIO : 0);
}

/*
 * Whatever is there: false when nothing was. Several may be at it, a job is one's alone. @again: as
 * of acf_engine_refill().
 */
bool hifn_reap(struct hifn_dev *hd, bool again)
{
	bool some;

	if (hifn_rings_ready(&hd->rings) && hifn_parity_is_due(hd))
		hifn_look_for_parity(hd);
	some = hifn_take(hd);
	/* first the card gets new work, then the callers their results */
	if (some)
		acf_engine_refill(&hd->engine, again);
	hifn_hand_back_done(hd);
	return some;
}

/* ---- stopping ---- */

/* Wait for the jobs in flight; the watchdog works on stuck ones meanwhile. */
void hifn_drain(struct hifn_dev *hd)
{
	unsigned int ms = 5 * hd->params.timeout_ms;

	if (!hifn_wait_unclaimed(hd, ms))
		pci_warn(hd->pdev, "%s: jobs still on the card after %u ms: they go to the CPU\n",
			 hd->name, ms);
}

/*
 * What to say of a job that was on the card: failed; hung, of the oldest one when its time had
 * run out, or it was ended without a result; undone.
 */
static int hifn_failed_how(const struct hifn_dev *hd, const struct hifn_slot *slot, bool oldest)
{
	const char *why = READ_ONCE(hd->recovery.why);

	if (slot->bad)
		return -EIO;
	if (oldest && why && (!strcmp(why, "timeout") || !strcmp(why, "no-result")))
		return -ETIME;
	return -ECANCELED;
}

/* The oldest job that has no good result; NULL when there is none left. */
static struct hifn_slot *hifn_abandon(struct hifn_dev *hd)
{
	struct hifn_slot *slot = NULL;
	u16 nr;

	spin_lock_bh(&hd->engine.lock);
	if (hifn_rings_abandon(&hd->rings, &nr)) {
		slot = &hd->slot[nr];
		hifn_rings_release(&hd->rings);
		hd->stats.failed++;
	} else {
		hifn_rings_reset(&hd->rings);
		hifn_mark_init(&hd->irq.mark);
		hd->irq.was_busy = false;
	}
	spin_unlock_bh(&hd->engine.lock);
	return slot;
}

/*
 * Give every job back to acf, those without a good result undone or failed, and empty the
 * rings. Only when the card makes no DMA any more and hifn_quiet() has been called.
 */
void hifn_fail_all(struct hifn_dev *hd)
{
	struct hifn_slot *slot;
	bool oldest = true;

	hifn_hand_back_done(hd);
	while ((slot = hifn_abandon(hd))) {
		hifn_hand_back(hd, slot, hifn_failed_how(hd, slot, oldest));
		oldest = false;
	}
}

/*
 * The card is off and acf has stopped the engine: who was preparing a job gives it up. Until
 * then the memory of the card is not to be taken away.
 */
void hifn_wait_for_claims(struct hifn_dev *hd)
{
	if (!hifn_wait_unclaimed(hd, HIFN_CLAIMS_MS))
		pci_warn(hd->pdev, "%s: a job is still being prepared %u ms after the card was stopped\n",
			 hd->name, HIFN_CLAIMS_MS);
}
