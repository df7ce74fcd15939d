// SPDX-License-Identifier: GPL-2.0
/*
 * The state of a card: reset, giving up, start and stop.
 *
 * A card that does not do its work is reset, and its jobs go back to acf; others wait, and
 * reach it when it has given known answers. One that needs several resets without one good
 * job, or more than time allows it, is given up.
 *
 * Sleep, errors of the bus and removal stop the card by the same steps; what can
 * come back is started again, tested, and serves.
 */
#include "hifn.h"

struct workqueue_struct *hifn_wq;

#define HIFN_MAX_RESETS		3	/* without a good job in between */
#define HIFN_RESET_S		60	/* in which a card has earned one reset more */

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
void hifn_reset_request(struct hifn_dev *hd, const char *why)
{
	lockdep_assert_held(&hd->engine.lock);
	if (hd->state != HIFN_UP)
		return;
	WRITE_ONCE(hd->recovery.why, why);
	hifn_set_state(hd, HIFN_RESETTING);
	queue_work(hifn_wq, &hd->recovery.work);
}

/* No reset can help this card: let the reset give it up. */
static void hifn_condemn(struct hifn_dev *hd, const char *why)
{
	lockdep_assert_held(&hd->engine.lock);
	hd->recovery.hopeless = why;
	hifn_reset_request(hd, "test");
}

/*
 * hifn_reset_request() for those who cannot take the lock: any context, hard interrupt
 * included. hifn_recover_halt() ends all callers before it cancels the work. True: nobody
 * had asked before.
 */
bool hifn_reset_kick(struct hifn_dev *hd, const char *why)
{
	bool first = !READ_ONCE(hd->recovery.asked);

	if (READ_ONCE(hd->state) != HIFN_UP)
		return false;
	if (first)
		WRITE_ONCE(hd->recovery.why, why);
	WRITE_ONCE(hd->recovery.asked, true);
	queue_work(hifn_wq, &hd->recovery.work);
	return first;
}

/* ---- reset ---- */

/*
 * For a card without jobs. No message of its own when the log tells the reason
 * already, as "" says.
 */
void hifn_recover_give_up(struct hifn_dev *hd, const char *why)
{
	char registers[HIFN_REGISTERS_TEXT];

	hifn_card_registers(hd, registers);
	hifn_hw_quiesce(hd);	/* a start that failed may have got far */
	spin_lock_bh(&hd->engine.lock);
	hifn_set_state(hd, HIFN_DEAD);
	spin_unlock_bh(&hd->engine.lock);
	acf_engine_stop(&hd->engine);
	acf_card_failed(hd->engine.card, "serving", *why ? why : "the card is gone", registers);
	if (*why)
		pci_err(hd->pdev, "%s: given up: %s. Its work goes to the CPU; to try again, bind %s again\n",
			hd->name, why, pci_name(hd->pdev));
}

/* Neither interrupt nor timer nor completer: what is on the card stays there. */
static void hifn_quiet(struct hifn_dev *hd)
{
	hifn_irq_quiet(hd);
	hifn_completer_quiet(hd);
}

/* Resets are earned by time alone: good jobs in between do not make a card a good one. */
static void hifn_reset_pay(struct hifn_dev *hd)
{
	struct hifn_recovery *re = &hd->recovery;
	unsigned long earned = (jiffies - re->earned_until) / (HIFN_RESET_S * HZ);

	lockdep_assert_held(&hd->engine.lock);
	re->earned_until += earned * HIFN_RESET_S * HZ;
	re->spent -= min_t(unsigned long, earned, re->spent);
	re->spent++;
}

/* True when a reset is still wanted: not after removal, not a second time. */
static bool hifn_reset_begin(struct hifn_dev *hd)
{
	bool wanted;

	spin_lock_bh(&hd->engine.lock);
	if (hd->state == HIFN_UP && READ_ONCE(hd->recovery.asked))
		hifn_set_state(hd, HIFN_RESETTING);
	wanted = hd->state == HIFN_RESETTING;
	if (wanted) {
		hd->stats.resets++;
		hd->recovery.resets_in_row++;
		hifn_reset_pay(hd);
	}
	spin_unlock_bh(&hd->engine.lock);
	if (wanted)
		acf_engine_pause(&hd->engine);
	return wanted;
}

/*
 * The hardware from any state to ready. NULL, or as hifn_hw_start(); or a reset has cost it what it
 * could do when it began to serve.
 */
const char *hifn_recover_power_on(struct hifn_dev *hd)
{
	const char *why = hifn_hw_start(hd);

	if (why)
		return why;
	hifn_rng_start(hd);	/* its clock is set now */
	if (READ_ONCE(hd->gone))
		return "";
	return hifn_hw_level_lost(hd) ? hd->suspect : NULL;
}

/* NULL, or why the card is not usable any more. */
static const char *hifn_try_again(struct hifn_dev *hd)
{
	if (READ_ONCE(hd->recovery.hopeless))
		return hd->recovery.hopeless;
	if (hd->recovery.resets_in_row > HIFN_MAX_RESETS)
		return hd->suspect ?: "no good result after several resets";
	if (hd->recovery.spent > hd->params.resets)
		return "it needs a reset again and again";
	return hifn_recover_power_on(hd);
}

/* The card is ready: false when something came up that no reset can help. */
static bool hifn_set_up(struct hifn_dev *hd)
{
	bool up;

	spin_lock_bh(&hd->engine.lock);
	up = hd->state == HIFN_RESETTING && !hd->recovery.hopeless;
	if (up)
		hifn_set_state(hd, HIFN_UP);
	spin_unlock_bh(&hd->engine.lock);
	return up;
}

static void hifn_reset_end(struct hifn_dev *hd)
{
	if (hifn_set_up(hd))
		queue_work(hifn_wq, &hd->recovery.resume);
	else if (READ_ONCE(hd->recovery.hopeless))
		hifn_recover_give_up(hd, hd->recovery.hopeless);
}

/* Answers came back undone: by another reset, whose end asks again, or else it takes one. */
static void hifn_resume_undone(struct hifn_dev *hd, unsigned long resets)
{
	spin_lock_bh(&hd->engine.lock);
	if (hd->stats.resets == resets)
		hifn_reset_request(hd, "test");
	spin_unlock_bh(&hd->engine.lock);
}

/*
 * Known answers, then requests. Apart from the reset, since a card that hangs here needs
 * another one, which gives the answers' jobs back.
 */
static void hifn_resume_work(struct work_struct *work)
{
	struct hifn_dev *hd = container_of(work, struct hifn_dev, recovery.resume);
	unsigned long resets = READ_ONCE(hd->stats.resets);
	int err = acf_engine_resume(&hd->engine);

	if (!err) {
		dev_info_ratelimited(&hd->pdev->dev, "%s: reset done\n", hd->name);
		acf_engine_room(&hd->engine);	/* a self-test, which is not paused */
	} else if (err == -EIO) {
		spin_lock_bh(&hd->engine.lock);
		hifn_condemn(hd, hd->suspect ?: "after a reset it gives wrong answers");
		spin_unlock_bh(&hd->engine.lock);
	} else if (err == -ECANCELED) {
		hifn_resume_undone(hd, resets);
	}
}

static void hifn_reset_work(struct work_struct *work)
{
	struct hifn_dev *hd = container_of(work, struct hifn_dev, recovery.work);
	const char *why;

	if (!hifn_reset_begin(hd))
		return;
	hifn_quiet(hd);
	/* nobody is left who could ask; what was asked is being done */
	WRITE_ONCE(hd->recovery.asked, false);
	hifn_card_note_reset(hd);
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
	hifn_watchdog_init(hd);
	INIT_WORK(&hd->recovery.work, hifn_reset_work);
	INIT_WORK(&hd->recovery.resume, hifn_resume_work);
	hd->recovery.earned_until = jiffies;
}

/* ---- stop and start ---- */

/*
 * Card off. A card that was given up stays so. Who could still touch it, and
 * what ends that:
 *   publish()      acf_engine_stop()
 *   prepare()      the same; hifn_wait_for_claims()
 *   watchdog       state HIFN_DOWN, then timer_delete_sync()
 *   handler, timer hifn_irq_quiet()
 *   completer      hifn_completer_quiet()
 *   random numbers hifn_rng_stop()
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
	timer_delete_sync(&hd->recovery.watchdog);
	hifn_quiet(hd);
	hifn_rng_stop(hd);
	cancel_work_sync(&hd->recovery.work);
	/* the work may not have begun: a card that comes back is asked for no reset */
	WRITE_ONCE(hd->recovery.asked, false);
	hifn_hw_quiesce(hd);
	hifn_fail_all(hd);
	cancel_work_sync(&hd->recovery.resume);	/* its jobs are back, and it gets no others */
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
	hd->recovery.hopeless = NULL;
	hd->recovery.resets_in_row = 0;
	spin_unlock_bh(&hd->engine.lock);
	why = hifn_recover_power_on(hd);
	if (!why)
		return hifn_set_up(hd);
	hifn_recover_give_up(hd, why);
	return false;
}

/* The same for one that is not in service, whatever it was given up for. */
bool hifn_recover_anew(struct hifn_dev *hd)
{
	spin_lock_bh(&hd->engine.lock);
	hifn_set_state(hd, HIFN_DOWN);
	spin_unlock_bh(&hd->engine.lock);
	return hifn_recover_restart(hd);
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
	hifn_condemn(hd, err == -ENOMEM ? "there is no memory to test it" :
		     hd->suspect ?: "it fails its self-test");
	spin_unlock_bh(&hd->engine.lock);
}
