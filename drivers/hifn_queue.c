// SPDX-License-Identifier: GPL-2.0
/*
 * Jobs on the card: submission, interrupt, completion.
 *
 * A job is published to the rings in hifn_queue_submit(); in the steady state
 * that is all, the engines poll. Its interrupt closes IER and kicks the bottom
 * half, which takes finished jobs until none is left, acknowledges, looks once
 * more, and opens IER again: under load one interrupt serves many jobs.
 */
#include <linux/dma-mapping.h>

#include "hifn.h"

#define HIFN_BATCH	32	/* jobs taken from the rings in one go */
#define HIFN_BATCHES	8	/* batches in one run of the bottom half */
#define HIFN_IER_RUN	(HIFN_DMAIER_BASE | HIFN_DMACSR_ENGINE)
#define HIFN_CSR_OVERRUNS (HIFN_DMACSR_D_OVER | HIFN_DMACSR_R_OVER | \
			   HIFN_DMACSR_ENGINE)

/* ---- memory ---- */

/* One coherent block: four rings with their jumps, commands, results. */
static int hifn_alloc_dma(struct hifn_dev *hd, u16 entries)
{
	size_t small = (entries + 1) * sizeof(struct hifn_desc);
	size_t large = (HIFN_DATA_ENTRIES + 1) * sizeof(struct hifn_desc);
	size_t rings = ALIGN(2 * small + 2 * large, HIFN_RES_STRIDE);
	u8 *at;
	u32 bus;

	hd->dma_bytes = rings + entries * (HIFN_CMD_STRIDE + HIFN_RES_STRIDE);
	hd->dma = dma_alloc_coherent(&hd->pdev->dev, hd->dma_bytes,
				     &hd->dma_bus, GFP_KERNEL);
	if (!hd->dma)
		return -ENOMEM;
	at = hd->dma;
	bus = hd->dma_bus;
	hd->cmd = at + rings;
	hd->cmd_bus = bus + rings;
	hd->res = hd->cmd + entries * HIFN_CMD_STRIDE;
	hd->res_bus = hd->cmd_bus + entries * HIFN_CMD_STRIDE;
	hifn_ring_init(&hd->rings.cmd, hd->dma, bus, entries);
	hifn_ring_init(&hd->rings.res, hd->dma + small, bus + small, entries);
	hifn_ring_init(&hd->rings.src, hd->dma + 2 * small, bus + 2 * small,
		       HIFN_DATA_ENTRIES);
	hifn_ring_init(&hd->rings.dst, hd->dma + 2 * small + large,
		       bus + 2 * small + large, HIFN_DATA_ENTRIES);
	return 0;
}

/* The block holds keys: wiped before others get the memory. */
void hifn_queue_free(struct hifn_dev *hd)
{
	if (hd->dma) {
		memzero_explicit(hd->dma, hd->dma_bytes);
		dma_free_coherent(&hd->pdev->dev, hd->dma_bytes, hd->dma,
				  hd->dma_bus);
		hd->dma = NULL;
	}
	hifn_bounce_free(hd);
	kfree(hd->rings.chain);
	kvfree(hd->slot);
	hd->rings.chain = NULL;
	hd->slot = NULL;
}

/* On failure hifn_queue_free() is still to be called. */
int hifn_queue_alloc(struct hifn_dev *hd)
{
	u16 entries = hd->params.slots + 1;	/* one entry stays empty */
	int err;

	hd->slot = kvcalloc(entries, sizeof(*hd->slot), GFP_KERNEL);
	hd->rings.chain = kcalloc(entries, sizeof(*hd->rings.chain), GFP_KERNEL);
	if (!hd->slot || !hd->rings.chain)
		return -ENOMEM;
	err = hifn_alloc_dma(hd, entries);
	if (err)
		return err;
	return hifn_bounce_alloc(hd);
}

/* ---- submission ---- */

/* Opens IER. Every caller holds the lock; hifn_queue_irq() closes without. */
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

static void hifn_engines_start(struct hifn_dev *hd)
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

/* Queue one contiguous piece; *left counts down to the piece that is LAST. */
static void hifn_fill_piece(struct hifn_ring *ring, u32 bus, u32 bytes,
			    u32 *left)
{
	struct hifn_cut cut = { .bus = bus, .left = bytes };
	u32 p, n;

	while (hifn_cut_next(&cut, &p, &n)) {
		*left -= n;
		hifn_ring_fill(ring, n | (*left ? HIFN_D_DATA :
					  HIFN_D_DATA_LAST), p);
	}
}

static void hifn_fill_page(struct hifn_dev *hd, struct hifn_ring *ring,
			   u16 page, u32 *left)
{
	hifn_fill_piece(ring, hifn_bounce_bus(hd, page),
			min_t(u32, *left, HIFN_BOUNCE_BYTES), left);
}

static void hifn_fill_io(struct hifn_dev *hd, struct hifn_ring *ring,
			 const struct hifn_io *io, u32 bytes)
{
	u32 left = bytes;
	unsigned int i;

	for (i = 0; i < io->nr_maps; i++)
		hifn_fill_piece(ring, io->map[i].bus, io->map[i].bytes, &left);
	for (i = 0; i < io->nr_pages; i++)
		hifn_fill_page(hd, ring, io->page[i], &left);
	while (io->scratch && left)
		hifn_fill_page(hd, ring, HIFN_SCRATCH_PAGE, &left);
}

static void hifn_publish(struct hifn_dev *hd, u16 idx, u32 bytes,
			 u32 cmd_bytes)
{
	struct hifn_slot *slot = &hd->slot[idx];
	struct hifn_rings *rs = &hd->rings;

	hifn_result_preset(hifn_slot_res(hd, idx));
	hifn_fill_io(hd, &rs->dst, &slot->dst, bytes);
	hifn_ring_fill(&rs->res, HIFN_D_RESULT | HIFN_MAX_RESULT_BYTES,
		       hifn_slot_res_bus(hd, idx));
	hifn_fill_io(hd, &rs->src, &slot->src, bytes);
	hifn_ring_fill(&rs->cmd, HIFN_D_CMD | cmd_bytes,
		       hifn_slot_cmd_bus(hd, idx));
	hifn_rings_publish(rs);
}

/* Map the job and write its command; returns the command's bytes. */
static int hifn_prepare(struct hifn_dev *hd, u16 idx, const struct acf_job *job,
			const struct hifn_plan *plan)
{
	struct hifn_op op;
	int bytes, err;

	hifn_acf_op(job, &op);
	bytes = hifn_cmd_encode(&op, hifn_slot_cmd(hd, idx), HIFN_CMD_STRIDE);
	if (bytes < 0)
		return -EOPNOTSUPP;
	err = hifn_map_job(hd, &hd->slot[idx], job, plan);
	if (!err)
		return bytes;
	memzero_explicit(hifn_slot_cmd(hd, idx), bytes);
	if (err == -EBUSY)
		return -EBUSY;
	hd->stats.map_failed++;
	return -EOPNOTSUPP;
}

/* The oldest job has the card for itself from here on. */
static void hifn_made_progress(struct hifn_dev *hd)
{
	lockdep_assert_held(&hd->engine.lock);
	hd->progress = jiffies;
	hd->grace = 0;
}

static int hifn_start_job(struct hifn_dev *hd, struct acf_job *job,
			  const struct hifn_plan *plan)
{
	int cmd_bytes, err;
	u16 idx;

	err = hifn_rings_claim(&hd->rings, plan->nr_src, plan->nr_dst, &idx);
	if (err)
		return err == -EBUSY ? -EBUSY : -EOPNOTSUPP;
	cmd_bytes = hifn_prepare(hd, idx, job, plan);
	if (cmd_bytes < 0) {
		hifn_rings_rollback(&hd->rings);
		return cmd_bytes;
	}
	if (!hifn_rings_busy(&hd->rings))
		hifn_made_progress(hd);
	hd->slot[idx].job = job;
	hd->slot[idx].bad = false;
	hifn_publish(hd, idx, job->len, cmd_bytes);
	return 0;
}

static void hifn_count_job(struct hifn_dev *hd, const struct hifn_plan *plan)
{
	hd->stats.jobs++;
	hd->stats.bounce_src += plan->src_bounce;
	hd->stats.bounce_dst += plan->dst_bounce;
	hd->stats.direct += !plan->src_bounce && !plan->dst_bounce;
}

static int hifn_try_submit(struct hifn_dev *hd, struct acf_job *job)
{
	struct hifn_plan plan;
	int err;

	if (hd->state == HIFN_RESETTING)
		return -EBUSY;
	if (hd->state != HIFN_UP || hifn_map_plan(hd, job, &plan))
		return -EOPNOTSUPP;
	err = hifn_start_job(hd, job, &plan);
	if (err)
		return err;
	hifn_count_job(hd, &plan);
	hd->idle_ticks = 0;
	if (!hd->engines_on)
		hifn_engines_start(hd);
	return 0;
}

/* acf_engine_ops.submit; the contract is in acf.h. */
int hifn_queue_submit(struct hifn_dev *hd, struct acf_job *job)
{
	int err;

	lockdep_assert_held(&hd->engine.lock);
	err = hifn_try_submit(hd, job);
	hd->stats.busy += err == -EBUSY;
	hd->stats.refused += err == -EOPNOTSUPP;
	return err;
}

/* ---- completion ---- */

struct hifn_done {
	struct acf_job *job;
	u16 idx;
};

static enum hifn_result hifn_read_result(struct hifn_dev *hd, u16 idx)
{
	struct acf_job *job = hd->slot[idx].job;
	struct hifn_op op;

	hifn_acf_op(job, &op);
	return hifn_result_read(&op, hifn_slot_res(hd, idx), job->mac);
}

/*
 * A result that was retired but never written tells nothing about the data: the
 * card may still be writing. After a bad one, card and rings may be out of step,
 * and what looks like the next job's result may not be. The job stays harvested and
 * unreleased until a reset has stopped all DMA; hifn_queue_fail_all() ends it.
 */
static void hifn_ended_badly(struct hifn_dev *hd, u16 idx, enum hifn_result result)
{
	bool bad = result != HIFN_RESULT_NONE;

	lockdep_assert_held(&hd->engine.lock);
	hd->slot[idx].bad = bad;
	pci_err(hd->pdev, "%s: the card ended a job %s: resetting it\n", hd->name,
		bad ? "badly" : "without a result");
	hifn_reset_request(hd);
}

/* The finished jobs with a good result, up to a batch. */
static unsigned int hifn_take(struct hifn_dev *hd, struct hifn_done *done)
{
	enum hifn_result result;
	unsigned int nr = 0;
	u16 idx;

	spin_lock_bh(&hd->engine.lock);
	while (hd->state == HIFN_UP && nr < HIFN_BATCH &&
	       hifn_rings_harvest(&hd->rings, &idx)) {
		result = hifn_read_result(hd, idx);
		hd->stats.results[result]++;
		if (result != HIFN_RESULT_OK) {
			hifn_ended_badly(hd, idx, result);
			break;
		}
		done[nr].job = hd->slot[idx].job;
		done[nr++].idx = idx;
	}
	if (nr) {
		hd->stats.late += !!hd->grace;
		hifn_made_progress(hd);
	}
	spin_unlock_bh(&hd->engine.lock);
	return nr;
}

/*
 * The memory goes back to the caller; a bounced result once it is known good. Nothing of
 * the job stays in memory that other jobs use.
 */
static void hifn_finish(struct hifn_dev *hd, u16 idx, bool ok)
{
	struct hifn_slot *slot = &hd->slot[idx];
	struct acf_job *job = slot->job;

	hifn_unmap_job(hd, slot);
	if (ok && slot->dst.nr_pages)
		hifn_bounce_copy_out(hd, &slot->dst, job->dst, job->len);
	hifn_bounce_wipe(hd, &slot->src, job->len);
	hifn_bounce_wipe(hd, &slot->dst, job->len);
	memzero_explicit(hifn_slot_cmd(hd, idx), HIFN_OP_CMD_MAX_BYTES);
	/* the MAC of a forged message is what would have passed */
	memzero_explicit(hifn_slot_res(hd, idx), HIFN_OP_RESULT_MAX_BYTES);
}

static void hifn_release(struct hifn_dev *hd, u16 idx, bool ok)
{
	struct hifn_slot *slot = &hd->slot[idx];

	lockdep_assert_held(&hd->engine.lock);
	hifn_bounce_put(hd, &slot->src);
	hifn_bounce_put(hd, &slot->dst);
	slot->job = NULL;
	hifn_rings_release(&hd->rings);
	hd->stats.failed += !ok;
	if (ok)
		hd->resets_in_row = 0;
}

static void hifn_release_all(struct hifn_dev *hd, const struct hifn_done *done,
			     unsigned int nr)
{
	unsigned int i;
	bool idle;

	spin_lock_bh(&hd->engine.lock);
	for (i = 0; i < nr; i++)
		hifn_release(hd, done[i].idx, true);
	idle = !hd->rings.res.used;
	spin_unlock_bh(&hd->engine.lock);
	if (idle && wq_has_sleeper(&hd->idle))
		wake_up(&hd->idle);
}

static bool hifn_reap(struct hifn_dev *hd)
{
	struct hifn_done done[HIFN_BATCH];
	unsigned int i, nr;

	nr = hifn_take(hd, done);
	if (!nr)
		return false;
	for (i = 0; i < nr; i++)
		hifn_finish(hd, done[i].idx, true);
	hifn_release_all(hd, done, nr);
	WRITE_ONCE(hd->stats.batches, hd->stats.batches + 1);
	/* first the card gets new work, then the callers their results */
	acf_engine_refill(&hd->engine);
	for (i = 0; i < nr; i++)
		acf_job_done(done[i].job, 0);
	return true;
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
static void hifn_acknowledge(struct hifn_dev *hd)
{
	hifn_wr1(hd, HIFN_1_DMA_CSR, HIFN_DMACSR_R_DONE);
	hifn_check_errors(hd, hifn_rd1(hd, HIFN_1_DMA_CSR));
}

static void hifn_rearm(struct hifn_dev *hd)
{
	spin_lock_bh(&hd->engine.lock);
	if (hd->state == HIFN_UP && hd->engines_on)
		hifn_irq_arm(hd);
	spin_unlock_bh(&hd->engine.lock);
}

/*
 * One instance at a time; hifn_queue_quiet() waits for it. It calls back, and what
 * a callback leaves with `current` must not reach the task that an interrupt just
 * hit: so a thread runs it, no softirq (docs/framework.md, "dm-crypt's flags").
 */
static void hifn_queue_bh(struct work_struct *bh)
{
	struct hifn_dev *hd = container_of(bh, struct hifn_dev, bh);
	unsigned int batches = 0;

	do {
		while (hifn_reap(hd)) {
			if (++batches == HIFN_BATCHES) {
				queue_work(hifn_wq, &hd->bh);
				return;
			}
		}
		hifn_acknowledge(hd);
	} while (hifn_reap(hd));
	hifn_rearm(hd);
}

void hifn_queue_init(struct hifn_dev *hd)
{
	init_waitqueue_head(&hd->idle);
	INIT_WORK(&hd->bh, hifn_queue_bh);
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
irqreturn_t hifn_queue_irq(int irq, void *data)
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

/* ---- stopping ---- */

static bool hifn_queue_empty(struct hifn_dev *hd)
{
	bool empty;

	spin_lock_bh(&hd->engine.lock);
	empty = !hd->rings.res.used;
	spin_unlock_bh(&hd->engine.lock);
	return empty;
}

/* Wait for the jobs in flight; the watchdog works on stuck ones meanwhile. */
void hifn_queue_drain(struct hifn_dev *hd)
{
	unsigned int ms = 5 * hd->params.timeout_ms;

	if (!wait_event_timeout(hd->idle, hifn_queue_empty(hd),
				msecs_to_jiffies(ms)))
		pci_warn(hd->pdev, "%s: jobs still on the card after %u ms: they go to the CPU\n",
			 hd->name, ms);
}

/*
 * After this neither handler nor bottom half runs or will run: state is not
 * HIFN_UP, so nobody arms the interrupt again.
 */
void hifn_queue_quiet(struct hifn_dev *hd)
{
	spin_lock_bh(&hd->engine.lock);
	WARN_ON_ONCE(hd->state == HIFN_UP);
	hifn_engines_stop(hd);
	spin_unlock_bh(&hd->engine.lock);
	synchronize_irq(hd->pdev->irq);
	cancel_work_sync(&hd->bh);
}

/* The oldest job, ended without a good result; NULL when there is none left. */
static struct acf_job *hifn_fail_one(struct hifn_dev *hd, int *err)
{
	struct acf_job *job = NULL;
	u16 idx;

	spin_lock_bh(&hd->engine.lock);
	if (hifn_rings_abandon(&hd->rings, &idx)) {
		job = hd->slot[idx].job;
		*err = hd->slot[idx].bad ? -EIO : -ECANCELED;
		hifn_finish(hd, idx, false);
		hifn_release(hd, idx, false);
	}
	spin_unlock_bh(&hd->engine.lock);
	return job;
}

/*
 * Give every job back to acf, undone or failed, and empty the rings. Only when the card
 * makes no DMA any more and hifn_queue_quiet() has been called.
 */
void hifn_queue_fail_all(struct hifn_dev *hd)
{
	struct acf_job *job;
	int err;

	while ((job = hifn_fail_one(hd, &err)))
		acf_job_done(job, err);
	spin_lock_bh(&hd->engine.lock);
	hifn_rings_reset(&hd->rings);
	spin_unlock_bh(&hd->engine.lock);
	wake_up(&hd->idle);
}
