// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* A discrete-event model, closed: a job that is done is there to be submitted again. */
#include "acf_sim.h"

#define SIM_TAIL_NS	100000	/* a timer sees results if none asked for an interrupt */
#define SIM_CPU_ONE_IN	8	/* runs of the CPU that are measured */

static u32 sim_random(struct sim *sim)
{
	sim->seed = sim->seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return sim->seed >> 33;
}

static u64 sim_exact(const struct sim_speed *speed, u32 bytes)
{
	return speed->fixed_ns + (((u64)speed->per_kib_ns * bytes) >> 10);
}

static u64 sim_time(struct sim *sim, const struct sim_speed *speed, u32 bytes)
{
	const struct sim_world *world = &sim->world;
	u64 ns = sim_exact(speed, bytes);

	if (world->outlier && sim_random(sim) % world->outlier == 0)
		return ns * 20;
	if (world->jitter)
		ns = div64_u64(ns * (100 - world->jitter + sim_random(sim) % (2 * world->jitter + 1)),
			       100);
	return ns;
}

static void sim_fit(struct acf_cost *cost, const struct sim_speed *speed, u32 more_ns, u32 part)
{
	acf_cost_fit(cost, 64, div64_u64(sim_exact(speed, 64) + more_ns, part), 4096,
		     div64_u64(sim_exact(speed, 4096) + more_ns, part));
}

void sim_init(struct sim *sim, const struct sim_world *world, enum sim_policy policy)
{
	u32 card_ns = world->late_ns + world->submit_ns + world->complete_ns;

	memset(sim, 0, sizeof(*sim));
	sim->world = *world;
	sim->policy = policy;
	sim->hand = world->depth;
	sim->now_ns = 1000000000;
	sim->seed = 1;
	sim_fit(&sim->cpu, &world->cpu, 0, 1);
	sim_fit(&sim->card.alone, &world->card, card_ns, 1);
	sim_fit(&sim->card.busy, &world->card, card_ns, 2);
	acf_cost_seed(&sim->handling, world->submit_ns * 2, 0);
	acf_load_init(&sim->load);
	acf_split_init(&sim->split);
	sim_mark(sim);
}

void sim_mark(struct sim *sim)
{
	sim->mark_ns = sim->now_ns;
	sim->by_card = 0;
	sim->by_cpu = 0;
	sim->handling_ns = 0;
	sim->probes_ns = 0;
	sim->irqs = 0;
	memset(sim->why, 0, sizeof(sim->why));
}

u64 sim_rate(const struct sim *sim)
{
	return div64_u64((sim->by_card + sim->by_cpu) * 1000000000000ULL,
			 max_t(u64, sim->now_ns - sim->mark_ns, 1));
}

/* --- the card ------------------------------------------------------------------- */

static struct sim_card_job *sim_on_card(struct sim *sim, u32 nth)
{
	return &sim->ring[(sim->first + nth) % SIM_MOST];
}

/* When the oldest job on the card is seen to be done. */
static u64 sim_seen_ns(struct sim *sim)
{
	u32 i;

	for (i = 0; i < sim->nr; i++)
		if (sim_on_card(sim, i)->marked)
			return sim_on_card(sim, i)->end_ns + sim->world.late_ns;
	return sim_on_card(sim, 0)->end_ns + SIM_TAIL_NS;
}

/*
 * An interrupt is asked for if fewer than two are there, none of them interrupts, or half of
 * them went without, or as many as are taken in one go.
 */
static bool sim_marks(struct sim *sim)
{
	bool mark = sim->nr < 2 || !sim->marked ||
		    sim->unmarked >= min_t(u32, sim->nr / 2, SIM_BATCH - 1);

	sim->unmarked = mark ? 0 : sim->unmarked + 1;
	sim->marked += mark;
	return mark;
}

static void sim_to_card(struct sim *sim, u32 bytes)
{
	struct sim_card_job *job = sim_on_card(sim, sim->nr);
	u32 others = sim->nr;
	u64 begin;

	acf_load_add(&sim->load, &job->stay, &sim->card, bytes, sim->now_ns);
	sim->now_ns += sim->world.submit_ns;
	sim->handling_ns += sim->world.submit_ns;
	if (sim->handled++ % SIM_CPU_ONE_IN == 0)
		acf_cost_learn(&sim->handling, bytes, sim->world.submit_ns * 2);
	begin = sim->nr ? max(sim->now_ns, sim->card_free_ns) :
			  sim->now_ns + sim->world.wake_ns;
	job->end_ns = begin + sim_time(sim, &sim->world.card, bytes);
	job->marked = sim_marks(sim);
	sim->card_free_ns = job->end_ns;
	sim->nr++;
	sim->hand--;
	acf_split_placed(&sim->split, others, sim->now_ns);
}

static void sim_from_card(struct sim *sim)
{
	struct sim_card_job *job = sim_on_card(sim, 0);

	sim->now_ns += sim->world.complete_ns;
	sim->handling_ns += sim->world.complete_ns;
	acf_split_done(&sim->split, sim->nr, 0, acf_cost_ns(&sim->handling, job->stay.bytes),
		       sim->now_ns - sim->world.complete_ns);
	acf_load_del(&sim->load, &job->stay, true);
	sim->marked -= job->marked;
	sim->first = (sim->first + 1) % SIM_MOST;
	sim->nr--;
	sim->hand++;
	sim->by_card++;
}

static void sim_on_cpu(struct sim *sim, u32 bytes)
{
	u64 took = sim_time(sim, &sim->world.cpu, bytes);

	acf_load_slack(&sim->load, acf_cost_ns(&sim->cpu, bytes), sim->now_ns);
	sim->now_ns += took;
	if (sim->cpu_runs++ % SIM_CPU_ONE_IN == 0)
		acf_cost_learn(&sim->cpu, bytes, took);
	sim->by_cpu++;
}

/* --- the rules ------------------------------------------------------------------- */

static bool sim_auto(struct sim *sim, u32 bytes)
{
	const struct acf_offer offer = {
		.cpu_ns = acf_cost_ns(&sim->cpu, bytes),
		.alone_ns = acf_cost_ns(&sim->card.alone, bytes),
		.busy_ns = acf_cost_ns(&sim->card.busy, bytes),
		.doubtful = acf_cost_is_odd(&sim->card.alone, bytes) ||
			    acf_cost_is_odd(&sim->card.busy, bytes),
		.handling_ns = acf_cost_ns(&sim->handling, bytes),
		.backlog_ns = acf_load_backlog(&sim->load, sim->now_ns),
		.away_ns = sim->load.away_ns,
		.jobs = sim->nr,
		.others = sim->nr,
	};
	enum acf_why why = acf_split_choose(&sim->split, &offer, sim->now_ns);

	sim->why[why]++;
	if (why == ACF_WHY_CPU_PROBE)
		sim->probes_ns += offer.cpu_ns;
	if (why == ACF_WHY_CARD_PROBE)
		sim->probes_ns += offer.alone_ns;
	return acf_why_is_card(why);
}

/* Knows the times. */
static bool sim_soonest(struct sim *sim, u32 bytes)
{
	u64 free = max(sim->card_free_ns, sim->now_ns);
	u64 card = free - sim->now_ns + sim_exact(&sim->world.card, bytes) + sim->world.late_ns;

	return card <= sim_exact(&sim->world.cpu, bytes);
}

static bool sim_wants_card(struct sim *sim, u32 bytes)
{
	switch (sim->policy) {
	case SIM_AUTO:
		return sim_auto(sim, bytes);
	case SIM_CARD:
		return true;
	case SIM_FROM_128:
		return bytes >= 128;
	case SIM_FROM_2048:
		return bytes >= 2048;
	case SIM_UNTIL_FULL:
		return sim->nr < SIM_RING;
	case SIM_SOONEST:
		return sim_soonest(sim, bytes);
	default:
		return false;
	}
}

/* Those that one batch may have; as the driver tells of it. */
static void sim_take(struct sim *sim)
{
	u64 seen_ns = sim->now_ns;
	u32 nr = 0;

	acf_load_batch(&sim->load, seen_ns, sim->looks);
	if (!sim->looks) {
		sim->now_ns += sim->world.irq_ns;
		sim->handling_ns += sim->world.irq_ns;
		sim->irqs++;
	}
	do
		sim_from_card(sim);
	while (++nr < SIM_BATCH && sim->nr && sim_on_card(sim, 0)->end_ns <= seen_ns);
	sim->looks = true;
}

/* Who has taken some looks once more. */
static bool sim_has_results(struct sim *sim)
{
	return sim->nr && (sim_seen_ns(sim) <= sim->now_ns ||
			   (sim->looks && sim_on_card(sim, 0)->end_ns <= sim->now_ns));
}

/* The host has something else to do than this CPU. */
static void sim_stall(struct sim *sim)
{
	const struct sim_world *world = &sim->world;

	if (!world->stall_every_ns || sim->now_ns < sim->stall_at_ns)
		return;
	sim->now_ns += sim_random(sim) % (2 * world->stall_ns);
	sim->stall_at_ns = sim->now_ns + sim_random(sim) % (2 * world->stall_every_ns);
}

static void sim_step(struct sim *sim)
{
	u32 bytes = sim->world.bytes;

	sim_stall(sim);
	if (sim_has_results(sim)) {
		sim_take(sim);
		return;
	}
	sim->looks = false;
	if (!sim->hand) {
		sim->now_ns = sim_seen_ns(sim);
		return;
	}
	if (sim->world.other_bytes && sim->given++ & 1)
		bytes = sim->world.other_bytes;
	if (sim_wants_card(sim, bytes))
		sim_to_card(sim, bytes);
	else
		sim_on_cpu(sim, bytes);
}

void sim_run(struct sim *sim, u64 jobs)
{
	u64 until = sim->by_card + sim->by_cpu + jobs;

	while (sim->by_card + sim->by_cpu < until)
		sim_step(sim);
}
