// SPDX-License-Identifier: GPL-2.0
/* What is known of a card: its costs and its load, around the pure acf_load.c. */
#include <linux/mm.h>
#include <linux/rculist.h>
#include <linux/smp.h>

#include "acf_internal.h"

/* Until known answers tell: a 7955 on a bus of 33 MHz (docs/reference/hifn795x.md 10.4). */
#define ACF_GUESS_FIXED_NS	30000
#define ACF_GUESS_PER_KIB_NS	25000
#define ACF_GUESS_HANDLING_NS	4000

#define ACF_HANDLED_ONE_IN	8	/* submissions are measured */

/* Of a known answer on an idle card: the shortest and the longest there are. */
struct acf_known {
	u32 bytes;
	u32 more_bytes;
	u64 ns;
	u64 more_ns;
};

struct acf_costs {
	struct acf_card_cost card[ACF_NR_ALGS][2];
	struct acf_known known[ACF_NR_ALGS][2];
};

static void acf_costs_seed(struct acf_costs *costs, int id)
{
	struct acf_card_cost *card = costs->card[id];
	int decrypt;

	for (decrypt = 0; decrypt < 2; decrypt++) {
		if (!acf_card_seed(&acf_algs[id], &card[decrypt].alone))
			acf_cost_seed(&card[decrypt].alone, ACF_GUESS_FIXED_NS,
				      ACF_GUESS_PER_KIB_NS);
		card[decrypt].busy = card[decrypt].alone;
	}
}

/* May sleep. The engine is nobody's yet. */
int acf_meter_init(struct acf_engine *engine)
{
	struct acf_costs *costs = kvzalloc(sizeof(*costs), GFP_KERNEL);
	int id;

	if (!costs)
		return -ENOMEM;
	for (id = 0; id < ACF_NR_ALGS; id++)
		acf_costs_seed(costs, id);
	spin_lock_init(&engine->load_lock);
	acf_load_init(&engine->load);
	memset(engine->work_ns, 0, sizeof(engine->work_ns));
	acf_cost_seed(&engine->handling, ACF_GUESS_HANDLING_NS, 0);
	engine->handled = 0;
	engine->harvest_cpu = -1;
	engine->costs = costs;
	return 0;
}

/* A job of a self-test that failed may still be given back: it finds nothing to count. */
void acf_meter_exit(struct acf_engine *engine)
{
	struct acf_costs *costs;

	spin_lock_bh(&engine->load_lock);
	costs = engine->costs;
	engine->costs = NULL;
	spin_unlock_bh(&engine->load_lock);
	kvfree(costs);
}

void acf_meter_add(struct acf_engine *engine, struct acf_job *job)
{
	spin_lock_bh(&engine->load_lock);
	WRITE_ONCE(engine->handled, engine->handled + 1);
	job->stay.est_ns = 0;
	if (engine->costs)
		acf_load_add(&engine->load, &job->stay,
			     &engine->costs->card[job->alg->id][job->decrypt], job->len,
			     job->at_ns);
	spin_unlock_bh(&engine->load_lock);
}

void acf_meter_cancel(struct acf_engine *engine, const struct acf_stay *stay)
{
	spin_lock_bh(&engine->load_lock);
	if (engine->costs)
		acf_load_cancel(&engine->load, stay);
	spin_unlock_bh(&engine->load_lock);
}

void acf_meter_busy(struct acf_engine *engine, u64 *busy_ns, u64 *depth_peak)
{
	u64 now = acf_now();

	spin_lock_bh(&engine->load_lock);
	*busy_ns += acf_load_busy(&engine->load, now);
	*depth_peak = max_t(u64, *depth_peak, engine->load.peak);
	spin_unlock_bh(&engine->load_lock);
}

void acf_meter_batch(struct acf_engine *engine, bool again)
{
	u64 now = acf_now();

	spin_lock_bh(&engine->load_lock);
	acf_load_batch(&engine->load, now, again);
	WRITE_ONCE(engine->harvest_cpu, smp_processor_id());
	spin_unlock_bh(&engine->load_lock);
}

static void acf_known_add(struct acf_known *known, u32 bytes, u64 ns)
{
	if (!known->bytes || bytes < known->bytes || (bytes == known->bytes && ns < known->ns)) {
		known->bytes = bytes;
		known->ns = ns;
	}
	if (bytes > known->more_bytes || (bytes == known->more_bytes && ns < known->more_ns)) {
		known->more_bytes = bytes;
		known->more_ns = ns;
	}
}

void acf_meter_del(struct acf_engine *engine, const struct acf_job *job, bool ok, u64 took_ns)
{
	struct acf_costs *costs;

	spin_lock_bh(&engine->load_lock);
	costs = engine->costs;
	if (costs) {
		acf_load_del(&engine->load, &job->stay, ok);
		if (ok)
			WRITE_ONCE(engine->work_ns[job->alg->id],
				   engine->work_ns[job->alg->id] + job->stay.est_ns);
		if (ok && job->stay.first && READ_ONCE(engine->state) == ACF_ENGINE_TESTING)
			acf_known_add(&costs->known[job->alg->id][job->decrypt], job->len,
				      took_ns);
	}
	spin_unlock_bh(&engine->load_lock);
}

/* What a busy card adds is less than the whole, nobody knows by how much: half. */
static void acf_known_fit(struct acf_costs *costs, int id, int decrypt)
{
	const struct acf_known *known = &costs->known[id][decrypt];
	struct acf_card_cost *card = &costs->card[id][decrypt];

	if (known->bytes && !acf_card_seed(&acf_algs[id], &card->alone))
		acf_cost_fit(&card->alone, known->bytes, known->ns, known->more_bytes,
			     known->more_ns);
	acf_cost_seed(&card->busy, max_t(u32, card->alone.fixed_ns / 2, 1),
		      card->alone.per_kib_ns / 2);
}

void acf_meter_known(struct acf_engine *engine)
{
	int id;

	spin_lock_bh(&engine->load_lock);
	for (id = 0; id < ACF_NR_ALGS; id++) {
		acf_known_fit(engine->costs, id, 0);
		acf_known_fit(engine->costs, id, 1);
	}
	spin_unlock_bh(&engine->load_lock);
}

bool acf_meter_is_due(const struct acf_engine *engine)
{
	return READ_ONCE(engine->handled) % ACF_HANDLED_ONE_IN == 0;
}

/* To take it back is about as much again. */
void acf_meter_handled(struct acf_engine *engine, u32 bytes, s64 took_ns)
{
	spin_lock_bh(&engine->load_lock);
	acf_cost_learn(&engine->handling, bytes, took_ns * 2);
	spin_unlock_bh(&engine->load_lock);
}

u64 acf_meter_estimate(const struct acf_engine *engine, const struct acf_job *job)
{
	return acf_cost_ns(&engine->costs->card[job->alg->id][job->decrypt].busy, job->len);
}

u64 acf_meter_finish(const struct acf_engine *engine, const struct acf_job *job)
{
	return READ_ONCE(engine->load.work_ns) + acf_meter_estimate(engine, job);
}

void acf_meter_offer(struct acf_engine *engine, const struct acf_job *job,
		     struct acf_offer *offer)
{
	const struct acf_card_cost *cost = &engine->costs->card[job->alg->id][job->decrypt];
	u64 now = acf_now();

	spin_lock_bh(&engine->load_lock);
	offer->alone_ns = acf_cost_ns(&cost->alone, job->len);
	offer->busy_ns = acf_cost_ns(&cost->busy, job->len);
	offer->handling_ns = acf_cost_ns(&engine->handling, job->len);
	offer->backlog_ns = acf_load_backlog(&engine->load, now);
	offer->away_ns = engine->load.away_ns;
	offer->jobs = engine->load.jobs;
	offer->doubtful = acf_cost_is_odd(&cost->alone, job->len) ||
			  acf_cost_is_odd(&cost->busy, job->len);
	spin_unlock_bh(&engine->load_lock);
}

/* Who computes on the CPU that harvests makes the harvest late. */
void acf_meter_late(struct acf_engine *engine, u64 cpu_ns)
{
	if (READ_ONCE(engine->harvest_cpu) != raw_smp_processor_id())
		return;
	spin_lock_bh(&engine->load_lock);
	acf_load_slack(&engine->load, cpu_ns, acf_now());
	spin_unlock_bh(&engine->load_lock);
}

const struct acf_card_cost *acf_meter_cost(const struct acf_engine *engine, int id, bool decrypt)
{
	return &engine->costs->card[id][decrypt];
}
