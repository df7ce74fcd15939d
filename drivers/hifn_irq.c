// SPDX-License-Identifier: GPL-2.0
/*
 * The card's interrupt, and the DMA engines that it is open for: opened under the lock,
 * closed by the handler, which kicks the bottom half; that opens it again. Under load one
 * interrupt serves many jobs.
 */
#include "hifn.h"

#define HIFN_IER_RUN	(HIFN_DMAIER_BASE | HIFN_DMACSR_ENGINE)
#define HIFN_CSR_OVERRUNS (HIFN_DMACSR_D_OVER | HIFN_DMACSR_R_OVER | \
			   HIFN_DMACSR_ENGINE)

/* Opens IER. Every caller holds the lock; hifn_irq() closes without. */
static void hifn_irq_arm(struct hifn_dev *hd)
{
	lockdep_assert_held(&hd->engine.lock);
	WRITE_ONCE(hd->irq_armed, true);
	hifn_wr1(hd, HIFN_1_DMA_IER, HIFN_IER_RUN);
}

static void hifn_irq_disarm(struct hifn_dev *hd)
{
	WRITE_ONCE(hd->irq_armed, false);
	hifn_wr1(hd, HIFN_1_DMA_IER, 0);
}

void hifn_engines_start(struct hifn_dev *hd)
{
	lockdep_assert_held(&hd->engine.lock);
	hd->engines_on = true;
	hd->stats.engine_starts++;
	hifn_irq_arm(hd);
	hifn_wr1(hd, HIFN_1_DMA_CSR, HIFN_DMACSR_ENA_ALL);
	hifn_watchdog_start(hd);
}

/* Only without jobs: engines stopped within a chain need a reset, chapter 11. */
void hifn_engines_stop(struct hifn_dev *hd)
{
	lockdep_assert_held(&hd->engine.lock);
	hd->engines_on = false;
	hifn_irq_disarm(hd);
	hifn_wr1(hd, HIFN_1_DMA_CSR, HIFN_DMACSR_DIS_ALL);
}

/* The bits stay set, but the interrupt stays closed: the state is not UP. */
static void hifn_aborted(struct hifn_dev *hd, u32 csr)
{
	spin_lock_bh(&hd->engine.lock);
	if (hd->state == HIFN_UP)
		pci_err(hd->pdev, "%s: bus abort (CSR %#010x): resetting the card\n",
			hd->name, csr);
	hifn_reset_request(hd);
	spin_unlock_bh(&hd->engine.lock);
}

/*
 * Overruns are told by the job's result as well; here they are counted. ENGINE
 * is a second-level condition: its source is cleared first, 7.3.
 */
static void hifn_check_errors(struct hifn_dev *hd, u32 csr)
{
	if (READ_ONCE(hd->gone))
		return;
	if (csr & HIFN_DMACSR_ABORT_ALL)
		hifn_aborted(hd, csr);
	if (!(csr & HIFN_CSR_OVERRUNS))
		return;
	WRITE_ONCE(hd->stats.overruns, hd->stats.overruns + 1);
	if (csr & HIFN_DMACSR_ENGINE)
		hifn_wr0(hd, HIFN_0_PUISR, hifn_rd0(hd, HIFN_0_PUISR));
	hifn_wr1(hd, HIFN_1_DMA_CSR, csr & HIFN_CSR_OVERRUNS);
}

/*
 * Acknowledge what has been harvested. The read pushes the acknowledgement to
 * the card and results to memory: what ends before it is seen by the next look
 * at the rings, what ends after it raises R_DONE again. Nothing gets lost.
 */
void hifn_acknowledge(struct hifn_dev *hd)
{
	hifn_wr1(hd, HIFN_1_DMA_CSR, HIFN_DMACSR_R_DONE);
	hifn_check_errors(hd, hifn_rd1(hd, HIFN_1_DMA_CSR));
}

void hifn_rearm(struct hifn_dev *hd)
{
	spin_lock_bh(&hd->engine.lock);
	if (hd->state == HIFN_UP && hd->engines_on)
		hifn_irq_arm(hd);
	spin_unlock_bh(&hd->engine.lock);
}

/*
 * A register read costs more than all the rest of a small job, so the rings are
 * asked first. When they show nothing the read decides; it also pushes a result
 * that is still on its way.
 */
static bool hifn_irq_is_ours(struct hifn_dev *hd)
{
	u32 csr;

	if (hifn_rings_ready(&hd->rings))
		return true;
	csr = hifn_rd1(hd, HIFN_1_DMA_CSR);
	return csr != ~0U && (csr & HIFN_IER_RUN);
}

/*
 * Hard interrupt of a line that may be shared; also called before the card is
 * started and after it was stopped. Runs without the lock: it only closes what
 * others open under it, and always kicks the bottom half, which opens again.
 */
irqreturn_t hifn_irq(int irq, void *data)
{
	struct hifn_dev *hd = data;

	if (!READ_ONCE(hd->irq_armed))
		return IRQ_NONE;
	if (!hifn_irq_is_ours(hd)) {
		WRITE_ONCE(hd->stats.spurious, hd->stats.spurious + 1);
		return IRQ_NONE;
	}
	WRITE_ONCE(hd->stats.interrupts, hd->stats.interrupts + 1);
	hifn_irq_disarm(hd);
	queue_work(hifn_wq, &hd->bh);
	return IRQ_HANDLED;
}
