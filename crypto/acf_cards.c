// SPDX-License-Identifier: GPL-2.0
/* The cards there are: which of them may take a job, and which would be done with it first. */
#include <linux/math64.h>
#include <linux/mutex.h>
#include <linux/rculist.h>

#include "acf_internal.h"

DEFINE_MUTEX(acf_engines_mutex);
LIST_HEAD(acf_engines);
atomic_t acf_running;

/* It does, or will in a moment. */
bool acf_engine_takes_requests(const struct acf_engine *engine)
{
	enum acf_engine_state state = READ_ONCE(engine->state);

	return state == ACF_ENGINE_RUNNING ||
	       (state == ACF_ENGINE_PAUSED && !READ_ONCE(engine->spilled));
}

bool acf_engine_serves(const struct acf_engine *engine, const struct acf_alg *alg)
{
	return acf_engine_takes_requests(engine) && test_bit(alg->id, engine->serves.bits) &&
	       !test_bit(alg->id, engine->trust.retired.bits);
}

bool acf_engine_may_take(const struct acf_engine *engine, const struct acf_job *job)
{
	return engine != job->avoid && job->len <= engine->max_len &&
	       job->mac_need <= acf_engine_mac_bytes(engine, job->alg) &&
	       acf_engine_serves(engine, job->alg);
}

bool acf_engine_has_space(const struct acf_engine *engine)
{
	return READ_ONCE(engine->cramped_at) != (unsigned int)atomic_read(&engine->spaces);
}

bool acf_engine_has_room(const struct acf_engine *engine)
{
	return READ_ONCE(engine->state) == ACF_ENGINE_RUNNING && acf_engine_has_space(engine) &&
	       READ_ONCE(engine->full_at) != (unsigned int)atomic_read(&engine->rooms);
}

/* One that can begin at once is before one that cannot, and a paused one is the last. */
static unsigned int acf_engine_rank(const struct acf_engine *engine)
{
	if (acf_engine_has_room(engine))
		return 3;
	return READ_ONCE(engine->state) == ACF_ENGINE_RUNNING ? 2 : 1;
}

struct acf_engine *acf_engine_pick(const struct acf_job *job)
{
	struct acf_engine *best = ERR_PTR(-ENODEV);
	struct acf_engine *engine;
	unsigned int highest = 0;
	u64 least = U64_MAX;

	list_for_each_entry_rcu(engine, &acf_engines, node) {
		unsigned int rank = acf_engine_rank(engine);
		u64 finish;

		if (!acf_engine_may_take(engine, job)) {
			if (best == ERR_PTR(-ENODEV) && engine != job->avoid &&
			    acf_engine_serves(engine, job->alg))
				best = ERR_PTR(-E2BIG);
			continue;
		}
		finish = acf_meter_finish(engine, job);
		if (rank < highest || (rank == highest && finish >= least))
			continue;
		best = engine;
		highest = rank;
		least = finish;
	}
	return best;
}

enum acf_reach acf_cards_reach(const struct acf_job *job)
{
	const struct acf_engine *engine;
	bool some = false;
	bool all = true;

	list_for_each_entry_rcu(engine, &acf_engines, node) {
		if (!acf_engine_serves(engine, job->alg))
			continue;
		if (acf_engine_may_take(engine, job))
			some = true;
		else
			all = false;
	}
	if (!some)
		return ACF_REACH_NONE;
	return all && !job->avoid ? ACF_REACH_ALL : ACF_REACH_SOME;
}

u32 acf_cards_jobs(void)
{
	const struct acf_engine *engine;
	u32 jobs = acf_queued(ACF_CLASS_SYSTEM) + acf_queued(ACF_CLASS_USER);

	rcu_read_lock();
	list_for_each_entry_rcu(engine, &acf_engines, node)
		jobs += READ_ONCE(engine->load.jobs);
	rcu_read_unlock();
	return jobs;
}

/* What waits is for all of them. */
static u64 acf_queue_share_ns(void)
{
	return div_u64(READ_ONCE(acf_queue.work_ns), max(atomic_read(&acf_running), 1));
}

bool acf_cards_offer(const struct acf_job *job, struct acf_offer *offer)
{
	struct acf_engine *engine;

	rcu_read_lock();
	engine = acf_engine_pick(job);
	if (!IS_ERR(engine)) {
		acf_meter_offer(engine, job, offer);
		offer->backlog_ns += acf_queue_share_ns();
		offer->waiting = READ_ONCE(acf_queue.waiting);
	}
	rcu_read_unlock();
	offer->others = acf_cards_jobs();
	return !IS_ERR(engine);
}

void acf_cards_late(u64 cpu_ns)
{
	struct acf_engine *engine;

	rcu_read_lock();
	list_for_each_entry_rcu(engine, &acf_engines, node)
		acf_meter_late(engine, cpu_ns);
	rcu_read_unlock();
}

bool acf_cards_serve(const struct acf_alg *alg)
{
	const struct acf_engine *engine;
	bool serves = false;

	rcu_read_lock();
	list_for_each_entry_rcu(engine, &acf_engines, node) {
		serves = acf_engine_serves(engine, alg);
		if (serves)
			break;
	}
	rcu_read_unlock();
	return serves;
}
