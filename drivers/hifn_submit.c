// SPDX-License-Identifier: GPL-2.0
/*
 * A job's way onto the card: prepared in the submitter's own time, in a slot that nobody
 * else looks at, and published under engine.lock, which is held for ring words only.
 */
#include "hifn.h"

/* ---- preparing: no lock ---- */

/* The command and the memory of the job in its slot. */
static int hifn_fill_slot(struct hifn_dev *hd, struct hifn_slot *slot,
			  struct acf_job *job, const struct hifn_op *op,
			  const struct hifn_plan *plan)
{
	int bytes = hifn_cmd_encode(op, slot->cmd, HIFN_CMD_STRIDE);

	if (bytes < 0)
		return -EOPNOTSUPP;
	slot->job = job;
	slot->cmd_bytes = bytes;
	slot->plan = *plan;
	slot->bad = false;
	hifn_result_preset(slot->res);
	if (!hifn_map_job(hd, slot, job, plan))
		return 0;
	memzero_explicit(slot->cmd, bytes);
	atomic_long_inc(&hd->stats.map_failed);
	return -EOPNOTSUPP;
}

static int hifn_try_prepare(struct hifn_dev *hd, struct acf_job *job)
{
	struct hifn_slot *slot;
	struct hifn_plan plan;
	struct hifn_op op;
	int err;

	if (!hifn_fits(hd, job, &op, &plan))
		return -EOPNOTSUPP;
	slot = hifn_claim(hd, &plan);
	if (!slot)
		return -EBUSY;
	err = hifn_fill_slot(hd, slot, job, &op, &plan);
	if (err) {
		hifn_unclaim(hd, slot);
		return err;
	}
	job->prepared = slot;
	return 0;
}

static int hifn_count_refusal(struct hifn_dev *hd, int err)
{
	if (err == -EBUSY)
		atomic_long_inc(&hd->stats.busy);
	else if (err)
		atomic_long_inc(&hd->stats.refused);
	return err;
}

/* acf_engine_ops.prepare; the contract of all three is in acf.h. */
int hifn_prepare(struct hifn_dev *hd, struct acf_job *job)
{
	return hifn_count_refusal(hd, hifn_try_prepare(hd, job));
}

void hifn_unprepare(struct hifn_dev *hd, struct acf_job *job)
{
	struct hifn_slot *slot = job->prepared;

	job->prepared = NULL;
	hifn_unmap_job(hd, slot);
	hifn_canaries_clear(hd, slot);
	hifn_end_slot(hd, slot, false);
	hifn_unclaim(hd, slot);
}

/* ---- publishing: under the lock ---- */

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

static u32 hifn_result_flags(struct hifn_dev *hd, struct hifn_slot *slot)
{
	slot->marked = hifn_mark_next(&hd->irq.mark, hifn_rings_busy(&hd->rings),
				      hd->irq.job_ns);
	return slot->marked ? HIFN_D_RESULT : HIFN_D_RESULT | HIFN_D_MASKDONEIRQ;
}

static void hifn_fill_rings(struct hifn_dev *hd, struct hifn_slot *slot)
{
	struct hifn_rings *rs = &hd->rings;
	u32 bytes = slot->job->len;

	hifn_fill_io(hd, &rs->dst, &slot->dst, hifn_whole_words(bytes));
	hifn_ring_fill(&rs->res, hifn_result_flags(hd, slot) | HIFN_MAX_RESULT_BYTES,
		       slot->res_bus);
	hifn_fill_io(hd, &rs->src, &slot->src, bytes);
	hifn_ring_fill(&rs->cmd, HIFN_D_CMD | slot->cmd_bytes, slot->cmd_bus);
	hifn_rings_publish(rs);
}

static void hifn_count_job(struct hifn_dev *hd, const struct hifn_plan *plan)
{
	hd->stats.jobs++;
	hd->stats.bounce_src += plan->src_bounce;
	hd->stats.bounce_dst += plan->dst_bounce;
	hd->stats.direct += !plan->src_bounce && !plan->dst_bounce;
}

static int hifn_try_publish(struct hifn_dev *hd, struct hifn_slot *slot)
{
	if (hd->state == HIFN_RESETTING || (hd->state == HIFN_UP && READ_ONCE(hd->recovery.asked)))
		return -EBUSY;
	if (hd->state != HIFN_UP)
		return -ENODEV;
	if (hifn_rings_claim(&hd->rings, slot->plan.nr_src, slot->plan.nr_dst, slot->nr))
		return -EBUSY;	/* the worst plan fits an idle card: hifn.h asserts it */
	if (!hifn_rings_busy(&hd->rings))
		hifn_made_progress(hd);
	hifn_count_job(hd, &slot->plan);
	hifn_fill_rings(hd, slot);	/* from here on the job may be done */
	hd->recovery.idle_since = jiffies;
	if (hd->irq.mode == HIFN_IRQ_CLOSED)
		hifn_engines_start(hd);
	else if (hd->irq.mode == HIFN_IRQ_POLLED)
		hifn_irq_cover(hd);
	return 0;
}

int hifn_publish(struct hifn_dev *hd, struct acf_job *job)
{
	lockdep_assert_held(&hd->engine.lock);
	return hifn_count_refusal(hd, hifn_try_publish(hd, job->prepared));
}
