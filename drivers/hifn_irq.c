// SPDX-License-Identifier: GPL-2.0
/*
 * The card's interrupt, and the DMA engines that it is open for.
 *
 * Few results ask for one (hifn_mark.c). IER is opened with the engines and stays open: the
 * handler acknowledges and reads back, two accesses, and kicks the completer. Results that
 * nobody will tell of, at the end of a burst, are covered by one timer. Where interrupts do
 * not arrive, the same timer polls.
 *
 * irq.mode says who may open IER, and whether: it is changed under the lock only, but for
 * the handler, which closes.
 */
#include "hifn.h"

#define HIFN_IER_RUN	(HIFN_DMAIER_BASE | HIFN_DMACSR_ENGINE)
#define HIFN_CSR_OVERRUNS (HIFN_DMACSR_D_OVER | HIFN_DMACSR_R_OVER | \
			   HIFN_DMACSR_ENGINE)

#define HIFN_TAIL_MIN_NS	(20 * NSEC_PER_USEC)
#define HIFN_TAIL_MAX_NS	(5 * NSEC_PER_MSEC)
#define HIFN_HELD_MIN_NS	(200 * NSEC_PER_USEC)
#define HIFN_POLL_NS		NSEC_PER_MSEC	/* of a card without interrupts, at most */
#define HIFN_JOB_GUESS_NS	(100 * NSEC_PER_USEC)
#define HIFN_MAX_EMPTY		64	/* interrupts in a row that nothing explains */
#define HIFN_LOST_WEIGHT	16	/* of an interrupt that did not come, and one that did */
#define HIFN_MAX_LOST		8	/* in a row, or one in ten: then the card is polled, */
#define HIFN_POLL_S		10U	/* for so long, */
#define HIFN_POLL_DOUBLED	6U	/* or up to so many times twice as long */
#define HIFN_LOST_AGAIN		2	/* when it has been polled before */

/* ---- engines and IER ---- */

void hifn_engines_start(struct hifn_dev *hd)
{
	bool polled = hd->irq.polls && time_before(jiffies, hd->irq.polled_until);

	lockdep_assert_held(&hd->engine.lock);
	WRITE_ONCE(hd->irq.mode, polled ? HIFN_IRQ_POLLED : HIFN_IRQ_OPEN);
	hd->stats.engine_starts++;
	hifn_wr1(hd, HIFN_1_DMA_IER, polled ? 0 : HIFN_IER_RUN);
	hifn_wr1(hd, HIFN_1_DMA_CSR, HIFN_DMACSR_ENA_ALL);
	hifn_watchdog_start(hd);
}

/* Only without jobs: engines stopped within a chain need a reset, chapter 11. */
void hifn_engines_stop(struct hifn_dev *hd)
{
	lockdep_assert_held(&hd->engine.lock);
	WRITE_ONCE(hd->irq.mode, HIFN_IRQ_CLOSED);
	hifn_wr1(hd, HIFN_1_DMA_IER, 0);
	hifn_wr1(hd, HIFN_1_DMA_CSR, HIFN_DMACSR_DIS_ALL);
}

/* ---- where interrupts do not arrive ---- */

static u64 hifn_tail_ns(const struct hifn_dev *hd, u16 in_flight)
{
	u64 most = hd->irq.mode == HIFN_IRQ_POLLED ? HIFN_POLL_NS : HIFN_TAIL_MAX_NS;

	return clamp_t(u64, in_flight * hd->irq.job_ns, HIFN_TAIL_MIN_NS, most);
}

/*
 * A result is there and not all entries of its chain are given back: that tells nobody. How long
 * until the next look, more each time; 0: it is not so.
 */
static u64 hifn_held_ns(struct hifn_dev *hd)
{
	if (!hifn_rings_ready(&hd->rings) || hifn_rings_done(&hd->rings))
		hd->irq.held_ns = 0;
	else
		hd->irq.held_ns = clamp_t(u64, 2 * hd->irq.held_ns, HIFN_HELD_MIN_NS,
					  HIFN_TAIL_MAX_NS);
	return hd->irq.held_ns;
}

/* Somebody has to look at those in flight: if no interrupt will tell of them, the timer. */
void hifn_irq_cover(struct hifn_dev *hd)
{
	u16 in_flight = hifn_rings_busy(&hd->rings);
	u64 held;

	lockdep_assert_held(&hd->engine.lock);
	if (!in_flight || hd->irq.mode == HIFN_IRQ_CLOSED)
		return;
	held = hifn_held_ns(hd);
	if (!held && hd->irq.mode == HIFN_IRQ_OPEN && !hifn_mark_none(&hd->irq.mark))
		return;
	if (READ_ONCE(hd->irq.tail_on))
		return;
	WRITE_ONCE(hd->irq.tail_on, true);
	hd->irq.tail_ns = held ?: hifn_tail_ns(hd, in_flight);
	hrtimer_start(&hd->irq.tail, ns_to_ktime(hd->irq.tail_ns), HRTIMER_MODE_REL);
}

/*
 * Memory only; hard interrupt, without the lock. The completer starts the timer again, perhaps
 * on another CPU before this one is out of here: the timer is off before it is told, and not
 * when hrtimer_active() says so.
 */
static enum hrtimer_restart hifn_tail(struct hrtimer *timer)
{
	struct hifn_dev *hd = container_of(timer, struct hifn_dev, irq.tail);
	bool open = READ_ONCE(hd->irq.mode) != HIFN_IRQ_CLOSED;

	WRITE_ONCE(hd->stats.ticks, hd->stats.ticks + open);
	if (open && !hifn_rings_ready(&hd->rings)) {
		hd->irq.tail_ns = min_t(u64, 2 * hd->irq.tail_ns, HIFN_TAIL_MAX_NS);
		hrtimer_forward_now(timer, ns_to_ktime(hd->irq.tail_ns));
		return HRTIMER_RESTART;
	}
	WRITE_ONCE(hd->irq.tail_on, false);
	hifn_kick(hd);	/* its lock orders the two */
	return HRTIMER_NORESTART;
}

/*
 * What a job takes of the card, from its busy periods: a batch tells of all that were done
 * since the last one, if the card had work all the time.
 */
void hifn_irq_learn(struct hifn_dev *hd, unsigned int done)
{
	u64 now = ktime_get_ns();
	u64 each;

	lockdep_assert_held(&hd->engine.lock);
	if (hd->irq.was_busy) {
		each = min_t(u64, div_u64(now - hd->irq.taken_ns, done), HIFN_TAIL_MAX_NS);
		hd->irq.job_ns += div_s64((s64)(each - hd->irq.job_ns), 8);
	}
	hd->irq.taken_ns = now;
	hd->irq.was_busy = hifn_rings_busy(&hd->rings);
}

/* From now on a timer looks; it is tried again later, each time after twice as long. */
static void hifn_irq_poll(struct hifn_dev *hd)
{
	struct hifn_irq *irq = &hd->irq;

	lockdep_assert_held(&hd->engine.lock);
	WRITE_ONCE(irq->mode, HIFN_IRQ_POLLED);
	hifn_wr1(hd, HIFN_1_DMA_IER, 0);
	irq->polled_until = jiffies + (HIFN_POLL_S * HZ << min(irq->polls, HIFN_POLL_DOUBLED));
	if (!irq->polls++)
		pci_warn(hd->pdev, "%s: its interrupts do not arrive: polled by a timer from now on, and tried again later; check the slot's interrupt in the firmware setup\n",
			 hd->name);
	hifn_irq_cover(hd);
}

/* A result was there and nobody came for it. */
void hifn_irq_lost(struct hifn_dev *hd)
{
	struct hifn_irq *irq = &hd->irq;

	lockdep_assert_held(&hd->engine.lock);
	if (irq->mode != HIFN_IRQ_OPEN)
		return;
	hd->stats.lost_irq++;
	dev_warn_ratelimited(&hd->pdev->dev,
			     "%s: a result was ready but no interrupt came (%lu so far)\n",
			     hd->name, hd->stats.lost_irq);
	irq->lost -= min_t(unsigned long, irq->lost, READ_ONCE(hd->stats.interrupts) - irq->came);
	irq->lost += HIFN_LOST_WEIGHT;
	irq->came = READ_ONCE(hd->stats.interrupts);
	if (irq->lost >= HIFN_LOST_WEIGHT * (irq->polls ? HIFN_LOST_AGAIN : HIFN_MAX_LOST))
		hifn_irq_poll(hd);
}

static void hifn_irq_errors(struct hifn_dev *hd, u32 csr);

/*
 * With each look of the watchdog: is it time to try again? Nobody else reads the status of
 * a card that is polled.
 */
void hifn_irq_look(struct hifn_dev *hd)
{
	struct hifn_irq *irq = &hd->irq;

	lockdep_assert_held(&hd->engine.lock);
	if (READ_ONCE(irq->empty) >= HIFN_MAX_EMPTY && irq->mode == HIFN_IRQ_OPEN) {
		WRITE_ONCE(irq->empty, 0);
		hifn_irq_poll(hd);
	}
	if (irq->mode != HIFN_IRQ_POLLED)
		return;
	hifn_irq_errors(hd, hifn_rd1(hd, HIFN_1_DMA_CSR));
	if (time_before(jiffies, irq->polled_until) || hd->state != HIFN_UP)
		return;
	irq->lost = 0;
	irq->came = READ_ONCE(hd->stats.interrupts);
	WRITE_ONCE(irq->mode, HIFN_IRQ_OPEN);
	hifn_wr1(hd, HIFN_1_DMA_CSR, HIFN_DMACSR_R_DONE);
	hifn_wr1(hd, HIFN_1_DMA_IER, HIFN_IER_RUN);
}

/* ---- the handler ---- */

/*
 * An abort stays until a reset: IER is closed, or the line would stay up. Overruns are told
 * by the job's result as well; here they are counted. ENGINE is a second-level condition:
 * its source is cleared first, 7.3.
 */
static void hifn_irq_errors(struct hifn_dev *hd, u32 csr)
{
	if (READ_ONCE(hd->gone) || csr == ~0U)
		return;
	if (csr & HIFN_DMACSR_ABORT_ALL) {
		hifn_wr1(hd, HIFN_1_DMA_IER, 0);
		if (hifn_reset_kick(hd, "bus-abort"))
			dev_err_ratelimited(&hd->pdev->dev,
					    "%s: bus abort (CSR %#010x): resetting the card\n",
					    hd->name, csr);
	}
	if (!(csr & HIFN_CSR_OVERRUNS))
		return;
	WRITE_ONCE(hd->stats.overruns, hd->stats.overruns + 1);
	if (csr & HIFN_DMACSR_ENGINE)
		hifn_wr0(hd, HIFN_0_PUISR, hifn_rd0(hd, HIFN_0_PUISR));
	hifn_wr1(hd, HIFN_1_DMA_CSR, csr & HIFN_CSR_OVERRUNS);
}

/*
 * The read pushes the acknowledgment to the card and results to memory: what ends before
 * it is seen by the completer's look at the rings, what ends after it raises R_DONE again.
 * Nothing gets lost.
 */
static void hifn_acknowledge(struct hifn_dev *hd)
{
	hifn_wr1(hd, HIFN_1_DMA_CSR, HIFN_DMACSR_R_DONE);
	hifn_irq_errors(hd, hifn_rd1(hd, HIFN_1_DMA_CSR));
}

/*
 * A register read costs more than all the rest of a small job, so memory is asked first: is
 * a result there, or has one been taken that would tell? When not the read decides; it also
 * pushes a result that is still on its way.
 */
static bool hifn_irq_is_ours(struct hifn_dev *hd)
{
	u32 csr;

	if (hifn_rings_ready(&hd->rings) || READ_ONCE(hd->irq.taken_early))
		return true;
	csr = hifn_rd1(hd, HIFN_1_DMA_CSR);
	return csr != ~0U && (csr & HIFN_IER_RUN);
}

/*
 * A result that asked for an interrupt is taken: by the one that came, or before it. A hint,
 * which saves a read: interrupts of several results may have come as one.
 */
void hifn_irq_taken(struct hifn_dev *hd)
{
	lockdep_assert_held(&hd->engine.lock);
	if (READ_ONCE(hd->irq.told))
		WRITE_ONCE(hd->irq.told, false);
	else
		WRITE_ONCE(hd->irq.taken_early, true);
}

/* One that nothing explains, again and again: the line is stuck, and would be for ever. */
static void hifn_irq_count(struct hifn_dev *hd)
{
	bool ready = hifn_rings_ready(&hd->rings);
	struct hifn_irq *irq = &hd->irq;

	WRITE_ONCE(hd->stats.interrupts, hd->stats.interrupts + 1);
	WRITE_ONCE(irq->empty, ready || READ_ONCE(irq->taken_early) ? 0 : irq->empty + 1);
	WRITE_ONCE(irq->taken_early, false);
	WRITE_ONCE(irq->told, ready);
	if (irq->empty == HIFN_MAX_EMPTY)
		hifn_wr1(hd, HIFN_1_DMA_IER, 0);	/* hifn_irq_look() does the rest */
}

/*
 * Hard interrupt of a line that may be shared; also called before the card is
 * started and after it was stopped. Runs without the lock.
 */
irqreturn_t hifn_irq(int number, void *data)
{
	struct hifn_dev *hd = data;

	if (READ_ONCE(hd->irq.mode) != HIFN_IRQ_OPEN)
		return IRQ_NONE;
	if (!hifn_irq_is_ours(hd)) {
		WRITE_ONCE(hd->stats.spurious, hd->stats.spurious + 1);
		return IRQ_NONE;
	}
	hifn_acknowledge(hd);
	hifn_irq_count(hd);
	hifn_kick_here(hd);
	return IRQ_HANDLED;
}

void hifn_irq_init(struct hifn_dev *hd)
{
	hifn_hrtimer_setup(&hd->irq.tail, hifn_tail);
	hd->irq.job_ns = HIFN_JOB_GUESS_NS;
}

/*
 * After this neither handler nor timer runs or will run: the mode is closed, and the state is
 * not HIFN_UP, so that nobody opens it again.
 */
void hifn_irq_quiet(struct hifn_dev *hd)
{
	spin_lock_bh(&hd->engine.lock);
	WARN_ON_ONCE(hd->state == HIFN_UP);
	hifn_engines_stop(hd);
	spin_unlock_bh(&hd->engine.lock);
	synchronize_irq(hd->pdev->irq);
	hrtimer_cancel(&hd->irq.tail);
	WRITE_ONCE(hd->irq.tail_on, false);
}
