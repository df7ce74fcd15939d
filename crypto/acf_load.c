// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Drivers harvest in batches: the time of a single job says nothing while others are
 * there. What is measured is how long a card took for all jobs between idle and idle; in
 * a long busy period, for those between the ends of two batches.
 *
 * Where a submitter computes on the CPU that harvests, a batch is seen late. Then what is
 * known of its time are two bounds, and what is between them is no reason to learn.
 */
#include "acf_load.h"

#define ACF_WINDOW_JOBS	16	/* measured together, where the card is never idle */
#define ACF_WINDOW_FEW	2	/* if the next batch is going to be late */
#define ACF_AWAY_MOST	16000000	/* ns */
#define ACF_AWAY_FADES	64	/* part of it, with each batch */

void acf_load_init(struct acf_load *load)
{
	memset(load, 0, sizeof(*load));
}

static void acf_window_begin(struct acf_load *load, bool whole, u64 start_ns)
{
	load->began_ns = load->last_ns;
	load->began_slack_ns = load->last_slack_ns;
	load->whole = whole;
	load->spoiled = false;
	load->done = 0;
	load->est_ns = 0;
	load->start_ns = start_ns;
	load->nr_parts = 0;
}

void acf_load_add(struct acf_load *load, struct acf_stay *stay, struct acf_card_cost *cost,
		  u32 bytes, u64 now_ns)
{
	u64 alone = acf_cost_ns(&cost->alone, bytes);

	stay->cost = cost;
	stay->bytes = bytes;
	stay->est_ns = acf_cost_ns(&cost->busy, bytes);
	stay->first = !load->jobs;
	if (!load->jobs) {
		load->busy_since_ns = now_ns;
		WRITE_ONCE(load->last_ns, now_ns);
		load->last_slack_ns = 0;
		load->slack_ns = 0;
		load->promised_ns = 0;
		acf_window_begin(load, true, alone > stay->est_ns ? alone - stay->est_ns : 0);
	}
	WRITE_ONCE(load->free_ns, max(load->free_ns, now_ns) + stay->est_ns);
	WRITE_ONCE(load->work_ns, load->work_ns + stay->est_ns);
	WRITE_ONCE(load->jobs, load->jobs + 1);
	load->peak = max(load->peak, load->jobs);
}

static void acf_load_less(struct acf_load *load, const struct acf_stay *stay)
{
	WRITE_ONCE(load->work_ns, load->work_ns - min(load->work_ns, stay->est_ns));
	if (load->jobs)
		WRITE_ONCE(load->jobs, load->jobs - 1);
}

void acf_load_cancel(struct acf_load *load, const struct acf_stay *stay)
{
	acf_load_less(load, stay);
	load->spoiled = true;
}

/*
 * By what is expected now: when it was added may be a hundred jobs ago. Jobs of more sorts
 * than there is room for are in the sum, and learn nothing.
 */
static void acf_window_count(struct acf_load *load, const struct acf_stay *stay)
{
	u64 est_ns = acf_cost_ns(&stay->cost->busy, stay->bytes);
	unsigned int size = acf_cost_size(stay->bytes);
	struct acf_load_part *part = load->part;
	unsigned int i;

	load->done++;
	load->est_ns += est_ns;
	for (i = 0; i < load->nr_parts; i++, part++)
		if (part->cost == stay->cost && part->size == size)
			break;
	if (i == ACF_LOAD_PARTS)
		return;
	if (i == load->nr_parts) {
		load->nr_parts++;
		part->cost = stay->cost;
		part->size = size;
		part->est_ns = 0;
	}
	part->bytes = stay->bytes;
	part->est_ns += est_ns;
}

/*
 * How long the card had for what was done from where it began to the last result. All that
 * is known are bounds if the batches were seen late, or if the first job's start and the last
 * one's way back were hidden by the work of others.
 */
static struct acf_span acf_window_span(const struct acf_load *load, u64 hidden_ns)
{
	s64 seen = load->last_ns - load->began_ns;
	s64 late = min_t(u64, load->last_slack_ns + hidden_ns, ACF_COST_MOST);
	s64 early = min_t(u64, load->began_slack_ns, ACF_COST_MOST);

	/* the clock may have jumped: that is for the cost to refuse */
	if (seen <= 0)
		return (struct acf_span){ seen, seen };
	return (struct acf_span){ max_t(s64, seen - late, 1), seen + early };
}

/* A job does not take longer behind others than alone, which may not have been seen for long. */
static void acf_part_learn(const struct acf_load_part *part, struct acf_span took, u64 est_ns)
{
	struct acf_card_cost *cost = part->cost;
	u64 busy_ns;

	acf_cost_scale(&cost->busy, part->size, took, est_ns);
	busy_ns = acf_cost_ns(&cost->busy, part->bytes);
	if (busy_ns > acf_cost_ns(&cost->alone, part->bytes))
		acf_cost_set(&cost->alone, part->bytes, busy_ns);
}

/* Who had less than a quarter of the time is not judged by it. */
static void acf_window_learn(const struct acf_load *load)
{
	struct acf_span took = acf_window_span(load, load->start_ns);
	unsigned int i;

	if (load->spoiled || !load->done)
		return;
	for (i = 0; i < load->nr_parts; i++)
		if (load->part[i].est_ns >= load->est_ns / 4)
			acf_part_learn(&load->part[i], took, load->est_ns);
}

/* An idle card's first job is seen as soon as it is done, whatever came behind it. */
static void acf_load_first(const struct acf_load *load, const struct acf_stay *stay)
{
	struct acf_cost *alone = &stay->cost->alone;
	u64 alone_ns = acf_cost_ns(alone, stay->bytes);

	acf_cost_scale(alone, acf_cost_size(stay->bytes), acf_window_span(load, 0), alone_ns);
	alone_ns = acf_cost_ns(alone, stay->bytes);
	if (alone_ns < acf_cost_ns(&stay->cost->busy, stay->bytes))
		acf_cost_set(&stay->cost->busy, stay->bytes, alone_ns);
}

/* The card had run dry: next time it is given more. A job that hangs is no measure. */
static void acf_load_away(struct acf_load *load)
{
	u64 away = load->last_ns - load->promised_ns + load->away_ns;

	WRITE_ONCE(load->away_ns, min_t(u64, away, ACF_AWAY_MOST));
}

/*
 * A submitter has computed while the card was to have work for longer than that, and then all
 * of it was done: it was done long ago, for all that is known. Who believes in a slow card
 * leaves it alone and never learns better, while one that gets more than it can do says so.
 * If he was away for longer than he was to compute, that is no wonder.
 */
static void acf_window_doubt(struct acf_load *load)
{
	unsigned int i;

	if (!load->promised_ns || !load->last_slack_ns || load->spoiled)
		return;
	if (load->last_ns >= load->promised_ns) {
		acf_load_away(load);
		return;
	}
	for (i = 0; i < load->nr_parts; i++)
		acf_cost_halve(&load->part[i].cost->busy, load->part[i].size);
}

/*
 * A part of a busy period is from the end of one batch to that of another, and of all
 * jobs behind the first: these are what the card did meanwhile.
 */
static void acf_window_cut(struct acf_load *load)
{
	acf_window_learn(load);
	acf_window_begin(load, false, 0);
}

void acf_load_batch(struct acf_load *load, u64 now_ns, bool again)
{
	if (again && load->seen)
		return;
	load->seen = load->jobs;
	WRITE_ONCE(load->away_ns, load->away_ns - load->away_ns / ACF_AWAY_FADES);
	load->batch_ns = now_ns;
	load->new_batch = true;
}

void acf_load_del(struct acf_load *load, const struct acf_stay *stay, bool ok)
{
	if (load->new_batch) {
		if (load->done >= ACF_WINDOW_JOBS || (load->whole && load->done))
			acf_window_cut(load);
		WRITE_ONCE(load->last_ns, load->batch_ns);
		load->last_slack_ns = load->slack_ns;
		load->slack_ns = 0;
		load->new_batch = false;
	}
	acf_load_less(load, stay);
	load->seen -= !!load->seen;
	WRITE_ONCE(load->free_ns, min(load->free_ns, load->last_ns + load->work_ns));
	load->spoiled |= !ok;
	if (load->whole && !load->done && !load->spoiled)
		acf_load_first(load, stay);
	acf_window_count(load, stay);
	if (load->jobs)
		return;
	/* up to when its last result was seen; a clock that went back is no time */
	if (load->last_ns > load->busy_since_ns)
		load->busy_ns += load->last_ns - load->busy_since_ns;
	if (!load->whole || load->done > 1)
		acf_window_learn(load);
	acf_window_doubt(load);
}

void acf_load_slack(struct acf_load *load, u64 cpu_ns, u64 now_ns)
{
	u64 backlog_ns = acf_load_backlog(load, now_ns);

	if (!load->jobs)
		return;
	if (load->done >= ACF_WINDOW_FEW && !load->last_slack_ns && !load->slack_ns &&
	    !load->new_batch)
		acf_window_cut(load);
	load->slack_ns = cpu_ns;
	load->promised_ns = backlog_ns > cpu_ns + cpu_ns / 32 ? now_ns + backlog_ns : 0;
}

u64 acf_load_busy(const struct acf_load *load, u64 now_ns)
{
	if (!load->jobs || now_ns <= load->busy_since_ns)
		return load->busy_ns;
	return load->busy_ns + now_ns - load->busy_since_ns;
}

/*
 * Much of what has not been given back may be done: results are seen in batches. But not
 * nearly all of it is taken for done: the card may stand still.
 */
u64 acf_load_backlog(const struct acf_load *load, u64 now_ns)
{
	u64 work = READ_ONCE(load->work_ns);
	u64 free = READ_ONCE(load->free_ns);
	u64 least = READ_ONCE(load->jobs) > 1 ? work / 8 : 0;

	return max(free > now_ns ? free - now_ns : 0, least);
}
