// SPDX-License-Identifier: GPL-2.0
/*
 * The watchdog: a look at memory every HIFN_LOOK_MS while the engines are on.
 *
 * A result that was there at the last look and still is: nobody came for it. Either the
 * completer was told and does not get on, then a second one does; or nobody told it, then an
 * interrupt was lost. When there is no result and the oldest job has had the card for itself
 * too long, the card gets a moment more, and then is reset.
 *
 * Beside it, the look for a parity error on the bus: no result tells of one, the card's status in
 * configuration space does.
 */
#include "hifn.h"

#define HIFN_LOOK_MS		25
#define HIFN_IDLE_MS		2000	/* then the engines are stopped */
#define HIFN_GRACE_MS		100	/* until the second look at an overdue job */

static_assert(HIFN_MARK_MAX_NS < HIFN_LOOK_MS * NSEC_PER_MSEC,
	      "a result that waits for the next one's interrupt is none that nobody came for");

void hifn_watchdog_start(struct hifn_dev *hd)
{
	mod_timer(&hd->recovery.watchdog, jiffies + msecs_to_jiffies(HIFN_LOOK_MS));
}

static bool hifn_overdue(const struct hifn_dev *hd)
{
	return time_after(jiffies, hd->recovery.progress +
			  msecs_to_jiffies(hd->params.timeout_ms));
}

/*
 * A card that stood still together with the CPU, or its bus, goes on where this one
 * does: the clock alone is no witness. The read of the card waits until it answers and
 * pushes what it has written; then it gets a moment, once, to show a result. Jiffies
 * may stand still while the read waits, and jump afterwards: they do not measure it.
 */
static bool hifn_in_grace(struct hifn_dev *hd)
{
	if (!hd->recovery.grace) {
		hifn_rd1(hd, HIFN_1_DMA_CSR);
		hd->recovery.grace = ktime_add_ms(ktime_get(), HIFN_GRACE_MS);
	}
	return ktime_before(ktime_get(), hd->recovery.grace);
}

static void hifn_handle_overdue(struct hifn_dev *hd)
{
	if (hifn_in_grace(hd))
		return;
	dev_err_ratelimited(&hd->pdev->dev, "%s: no result for %u ms: resetting the card\n",
			    hd->name, jiffies_to_msecs(jiffies - hd->recovery.progress));
	hifn_reset_request(hd, "timeout");
}

/* Something is finished, or was and is on its way back. */
static void hifn_look_at_results(struct hifn_dev *hd)
{
	struct hifn_completer *c = &hd->completer;
	bool same = c->seen && c->seen_handed == c->handed &&
		    c->seen_batches == hd->stats.batches;

	c->seen = true;
	c->seen_handed = c->handed;
	c->seen_batches = hd->stats.batches;
	if (!same) {
		c->seen_since = jiffies;
	} else if (!hifn_completer_busy(hd)) {
		hifn_irq_lost(hd);
		hifn_kick(hd);
	} else if (hifn_completer_is_late(hd)) {
		hifn_completer_late(hd);
	}
}

/* False when there is nothing left to watch. */
static bool hifn_watch(struct hifn_dev *hd)
{
	bool busy = hifn_rings_busy(&hd->rings);
	bool results = busy && hifn_rings_done(&hd->rings);

	lockdep_assert_held(&hd->engine.lock);
	if (hd->state != HIFN_UP)
		return false;
	hifn_irq_look(hd);
	if (results || !list_empty(&hd->done))
		hifn_look_at_results(hd);
	else
		hd->completer.seen = false;
	if (busy && !results && hifn_overdue(hd))
		hifn_handle_overdue(hd);
	if (busy || hd->rings.res.used)
		hd->recovery.idle_since = jiffies;
	if (time_before(jiffies, hd->recovery.idle_since + msecs_to_jiffies(HIFN_IDLE_MS)))
		return true;
	hifn_engines_stop(hd);
	return false;
}

/* What was handed out since the last look may be wrong: it is said, and the card reset. */
static void hifn_handle_parity(struct hifn_dev *hd, unsigned long since)
{
	spin_lock_bh(&hd->engine.lock);
	if (hd->state == HIFN_UP) {
		dev_err_ratelimited(&hd->pdev->dev,
				    "%s: a parity error on the bus (PCI_STATUS): data of the last %u ms may be wrong: resetting the card\n",
				    hd->name, jiffies_to_msecs(jiffies - since));
		hifn_reset_request(hd, "parity");
	}
	spin_unlock_bh(&hd->engine.lock);
}

/*
 * Configuration space is asked when the card has just given something, or is about to be left
 * alone, and not by the clock: one that stands still would hold up the CPU that asks, and be
 * taken for one that was never late. Any context but hard interrupt, without the lock.
 */
void hifn_look_for_parity(struct hifn_dev *hd)
{
	unsigned long since = READ_ONCE(hd->recovery.parity_seen);

	WRITE_ONCE(hd->recovery.parity_seen, jiffies);
	if (hifn_hw_saw_parity(hd))
		hifn_handle_parity(hd, since);
}

bool hifn_parity_is_due(const struct hifn_dev *hd)
{
	return time_after_eq(jiffies, READ_ONCE(hd->recovery.parity_seen) +
			     msecs_to_jiffies(HIFN_LOOK_MS));
}

static void hifn_watchdog(struct timer_list *t)
{
	struct hifn_dev *hd = timer_container_of(hd, t, recovery.watchdog);
	bool more;

	spin_lock_bh(&hd->engine.lock);
	more = hifn_watch(hd);
	if (more)
		hifn_watchdog_start(hd);
	spin_unlock_bh(&hd->engine.lock);
	if (!more)
		hifn_look_for_parity(hd);
}

void hifn_watchdog_init(struct hifn_dev *hd)
{
	timer_setup(&hd->recovery.watchdog, hifn_watchdog, 0);
}
