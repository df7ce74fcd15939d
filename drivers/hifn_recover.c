// SPDX-License-Identifier: GPL-2.0
/*
 * What happens when the card does not do its work: watchdog, reset, giving up.
 *
 * The watchdog runs while the engines are on. When the oldest job has had the
 * card for itself too long, it first looks whether only the interrupt was lost;
 * else the card gets a moment more, and then is reset, and its jobs go back to acf,
 * which has the CPU do them. A card that needs several resets without one good job is given up.
 *
 * Sleep, errors of the bus and removal stop the card by the same steps; what can
 * come back is started again, tested, and serves.
 */
#include "hifn.h"

struct workqueue_struct *hifn_wq;

#define HIFN_TICK_MAX_MS	1000
#define HIFN_IDLE_TICKS		2	/* then the engines are stopped */
#define HIFN_MAX_LOST_IRQ	3	/* and none that came */
#define HIFN_MAX_RESETS		3	/* without a good job in between */
#define HIFN_GRACE_MS		100	/* until the second look at an overdue job */

static bool hifn_state_may(enum hifn_state from, enum hifn_state to)
{
	switch (to) {
	case HIFN_DOWN:
		return true;
	case HIFN_UP:
		return from == HIFN_RESETTING;
	case HIFN_RESETTING:
		return from == HIFN_UP || from == HIFN_DOWN;
	case HIFN_DEAD:
		return from != HIFN_UP;
	}
	return false;
}

void hifn_set_state(struct hifn_dev *hd, enum hifn_state to)
{
	lockdep_assert_held(&hd->engine.lock);
	if (!WARN_ON_ONCE(!hifn_state_may(hd->state, to)))
		WRITE_ONCE(hd->state, to);
}

/* From now on no job is started or finished; the work does the rest. */
void hifn_reset_request(struct hifn_dev *hd)
{
	lockdep_assert_held(&hd->engine.lock);
	if (hd->state != HIFN_UP)
		return;
	hifn_set_state(hd, HIFN_RESETTING);
	queue_work(hifn_wq, &hd->reset_work);
}

/* No reset can help this card: let the reset give it up. */
static void hifn_condemn(struct hifn_dev *hd, const char *why)
{
	lockdep_assert_held(&hd->engine.lock);
	hd->hopeless = why;
	hifn_reset_request(hd);
}

/*
 * hifn_reset_request() for those who cannot take the lock: any context, hard interrupt
 * included. hifn_recover_halt() ends all callers before it cancels the work.
 */
void hifn_reset_kick(struct hifn_dev *hd)
{
	if (READ_ONCE(hd->state) != HIFN_UP)
		return;
	WRITE_ONCE(hd->reset_asked, true);
	queue_work(hifn_wq, &hd->reset_work);
}

/* ---- watchdog ---- */

static unsigned long hifn_tick(const struct hifn_dev *hd)
{
	unsigned int ms = min_t(unsigned int, HIFN_TICK_MAX_MS,
				hd->params.timeout_ms / 2);

	return msecs_to_jiffies(hd->grace ? HIFN_GRACE_MS : ms);
}

void hifn_watchdog_start(struct hifn_dev *hd)
{
	mod_timer(&hd->watchdog, jiffies + hifn_tick(hd));
}

static bool hifn_overdue(const struct hifn_dev *hd)
{
	return time_after(jiffies, hd->progress +
			  msecs_to_jiffies(hd->params.timeout_ms));
}

/*
 * One may get lost; a card none of whose interrupts arrives is of no use. With
 * IER closed nothing is lost: the bottom half is late.
 */
static void hifn_handle_lost_irq(struct hifn_dev *hd)
{
	if (!READ_ONCE(hd->irq_armed))
		return;
	hd->stats.lost_irq++;
	dev_warn_ratelimited(&hd->pdev->dev,
			     "%s: a result was ready but no interrupt came (%lu so far)\n",
			     hd->name, hd->stats.lost_irq);
	if (hd->stats.lost_irq >= HIFN_MAX_LOST_IRQ &&
	    !READ_ONCE(hd->stats.interrupts))
		hifn_condemn(hd, "its interrupts do not arrive, check the slot's interrupt in the firmware setup");
	else
		queue_work(hifn_wq, &hd->bh);
}

/*
 * A card that stood still together with the CPU, or its bus, goes on where this one
 * does: the clock alone is no witness. The read of the card waits until it answers and
 * pushes what it has written; then it gets a moment, once, to show a result. Jiffies
 * may stand still while the read waits, and jump afterwards: they do not measure it.
 */
static bool hifn_in_grace(struct hifn_dev *hd)
{
	if (!hd->grace) {
		hifn_rd1(hd, HIFN_1_DMA_CSR);
		hd->grace = ktime_add_ms(ktime_get(), HIFN_GRACE_MS);
	}
	return ktime_before(ktime_get(), hd->grace);
}

static void hifn_handle_overdue(struct hifn_dev *hd)
{
	if (hifn_rings_done(&hd->rings)) {
		hifn_handle_lost_irq(hd);
		return;
	}
	if (hifn_in_grace(hd))
		return;
	pci_err(hd->pdev, "%s: no result for %u ms: resetting the card\n",
		hd->name, jiffies_to_msecs(jiffies - hd->progress));
	hifn_reset_request(hd);
}

/* False when there is nothing left to watch. */
static bool hifn_watch(struct hifn_dev *hd)
{
	lockdep_assert_held(&hd->engine.lock);
	if (hd->state != HIFN_UP)
		return false;
	if (hifn_rings_busy(&hd->rings)) {
		hd->idle_ticks = 0;
		if (hifn_overdue(hd))
			hifn_handle_overdue(hd);
		return true;
	}
	if (hd->rings.res.used || ++hd->idle_ticks < HIFN_IDLE_TICKS)
		return true;
	hifn_engines_stop(hd);
	return false;
}

static void hifn_watchdog(struct timer_list *t)
{
	struct hifn_dev *hd = timer_container_of(hd, t, watchdog);

	spin_lock_bh(&hd->engine.lock);
	if (hifn_watch(hd))
		hifn_watchdog_start(hd);
	spin_unlock_bh(&hd->engine.lock);
}

/* ---- reset ---- */

/*
 * For a card without jobs. No message of its own when the log tells the reason
 * already, as "" says.
 */
void hifn_recover_give_up(struct hifn_dev *hd, const char *why)
{
	hifn_hw_quiesce(hd);	/* a start that failed may have got far */
	spin_lock_bh(&hd->engine.lock);
	hifn_set_state(hd, HIFN_DEAD);
	spin_unlock_bh(&hd->engine.lock);
	acf_engine_stop(&hd->engine);
	if (*why)
		pci_err(hd->pdev, "%s: given up: %s. Its work goes to the CPU; to try again, bind %s again\n",
			hd->name, why, pci_name(hd->pdev));
}

/* True when a reset is still wanted: not after removal, not a second time. */
static bool hifn_reset_begin(struct hifn_dev *hd)
{
	bool wanted;

	spin_lock_bh(&hd->engine.lock);
	if (hd->state == HIFN_UP && READ_ONCE(hd->reset_asked))
		hifn_set_state(hd, HIFN_RESETTING);
	wanted = hd->state == HIFN_RESETTING;
	if (wanted) {
		hd->stats.resets++;
		hd->resets_in_row++;
	}
	spin_unlock_bh(&hd->engine.lock);
	return wanted;
}

/* The hardware from any state to ready. NULL, or as hifn_hw_start(). */
const char *hifn_recover_power_on(struct hifn_dev *hd)
{
	const char *why = hifn_hw_start(hd);

	if (why)
		return why;
	hifn_rng_start(hd);	/* its clock is set now */
	return READ_ONCE(hd->gone) ? "" : NULL;
}

/* NULL, or why the card is not usable any more. */
static const char *hifn_try_again(struct hifn_dev *hd)
{
	if (READ_ONCE(hd->hopeless))
		return hd->hopeless;
	if (hd->resets_in_row > HIFN_MAX_RESETS)
		return "no good result after several resets";
	return hifn_recover_power_on(hd);
}

/* The card is ready: false when something came up that no reset can help. */
static bool hifn_set_up(struct hifn_dev *hd)
{
	bool up;

	spin_lock_bh(&hd->engine.lock);
	up = hd->state == HIFN_RESETTING && !hd->hopeless;
	if (up)
		hifn_set_state(hd, HIFN_UP);
	spin_unlock_bh(&hd->engine.lock);
	return up;
}

static void hifn_reset_end(struct hifn_dev *hd)
{
	if (hifn_set_up(hd)) {
		pci_info(hd->pdev, "%s: reset done\n", hd->name);
		acf_engine_refill(&hd->engine);
	} else if (READ_ONCE(hd->hopeless)) {
		hifn_recover_give_up(hd, hd->hopeless);
	}
}

static void hifn_reset_work(struct work_struct *work)
{
	struct hifn_dev *hd = container_of(work, struct hifn_dev, reset_work);
	const char *why;

	if (!hifn_reset_begin(hd))
		return;
	hifn_quiet(hd);
	/* nobody is left who could ask; what was asked is being done */
	WRITE_ONCE(hd->reset_asked, false);
	hifn_hw_quiesce(hd);
	hifn_fail_all(hd);
	why = hifn_try_again(hd);
	if (why)
		hifn_recover_give_up(hd, why);
	else
		hifn_reset_end(hd);
}

void hifn_recover_init(struct hifn_dev *hd)
{
	timer_setup(&hd->watchdog, hifn_watchdog, 0);
	INIT_WORK(&hd->reset_work, hifn_reset_work);
}

/* ---- stop and start ---- */

/*
 * Card off. A card that was given up stays so. Who could still touch it, and
 * what ends that:
 *   publish()      acf_engine_stop()
 *   prepare()      the same; hifn_wait_for_claims()
 *   watchdog       state HIFN_DOWN, then timer_delete_sync()
 *   handler, bh    hifn_quiet()
 *   reset work     state HIFN_DOWN; cancelled last, as all others may kick it
 *   the card       hifn_hw_quiesce()
 */
void hifn_recover_halt(struct hifn_dev *hd)
{
	acf_engine_stop(&hd->engine);
	spin_lock_bh(&hd->engine.lock);
	if (hd->state != HIFN_DEAD)
		hifn_set_state(hd, HIFN_DOWN);
	spin_unlock_bh(&hd->engine.lock);
	timer_delete_sync(&hd->watchdog);
	hifn_quiet(hd);
	cancel_work_sync(&hd->reset_work);
	hifn_hw_quiesce(hd);
	hifn_fail_all(hd);
	hifn_wait_for_claims(hd);
}

/* The same in good order: jobs in flight may end, and no key stays behind. */
void hifn_recover_stop(struct hifn_dev *hd)
{
	acf_engine_stop(&hd->engine);
	/* any read notices a card that was pulled out: nothing to wait for then */
	hifn_rd1(hd, HIFN_1_DMA_CNFG);
	hifn_drain(hd);
	hifn_recover_halt(hd);
	hifn_wipe(hd);
}

/*
 * The hardware of a card that is DOWN works again: true, or it has been given up.
 * Nothing but a self-test may use it before hifn_recover_serve().
 */
bool hifn_recover_restart(struct hifn_dev *hd)
{
	const char *why;

	spin_lock_bh(&hd->engine.lock);
	hifn_set_state(hd, HIFN_RESETTING);
	hd->hopeless = NULL;
	hd->resets_in_row = 0;
	spin_unlock_bh(&hd->engine.lock);
	why = hifn_recover_power_on(hd);
	if (!why)
		return hifn_set_up(hd);
	hifn_recover_give_up(hd, why);
	return false;
}

/* A short self-test, then requests; or the card is given up, with a message. */
void hifn_recover_serve(struct hifn_dev *hd)
{
	int err;

	hd->halted = false;
	err = acf_engine_start(&hd->engine);
	if (!err || err == -ENODEV)
		return;		/* -ENODEV: given up under the test */
	spin_lock_bh(&hd->engine.lock);
	hifn_condemn(hd, err == -ENOMEM ? "there is no memory to test it" : "it fails its self-test");
	spin_unlock_bh(&hd->engine.lock);
}
