// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The split of work between card and CPU, on a simulated clock: what it reaches at each
 * point of a field of sizes, depths, speeds and algorithms, beside simpler rules. Exact,
 * the same on each machine; figures are printed in one line each, parts of 1000.
 */
#include <kunit/test.h>

#include "../acf_cost.c"
#include "../acf_load.c"
#include "../acf_split.c"
#include "acf_sim.c"

#ifdef __KERNEL__
#define figure(name, value)	pr_info("figure %s %llu\n", name, (u64)(value))
#else
#define figure(name, value)	printf("# figure %s %llu\n", name, (unsigned long long)(value))
#endif

/* A 7955 on buses of 33 and 66 MHz, one that is quicker than any bus, one that limps. */
static const struct split_card {
	struct sim_speed speed;
	u32 late_ns;
} split_cards[] = {
	{ { 16000, 25000 }, 8000 },
	{ { 8000, 12500 }, 8000 },
	{ { 1000, 500 }, 8000 },
	{ { 100000, 250000 }, 8000 },
};

/* AES and 3DES in C, ESP of both, AES by instructions: ns of a CPU of today. */
static const struct sim_speed split_cpus[] = {
	{ 400, 20000 }, { 500, 80000 }, { 1500, 27000 }, { 150, 1000 },
};

static const u32 split_sizes[] = { 16, 64, 256, 1440, 4096, 16384, 65536 };
static const u32 split_depths[] = { 1, 2, 4, 8, 32, 128 };


#define NR(array)	(sizeof(array) / sizeof((array)[0]))

struct point {
	u32 card, cpu, size, depth;
};

static struct sim_world split_world(const struct point *at)
{
	return (struct sim_world){
		.cpu = split_cpus[at->cpu],
		.card = split_cards[at->card].speed,
		.late_ns = split_cards[at->card].late_ns,
		.submit_ns = 1500,
		.complete_ns = 1500,
		.bytes = split_sizes[at->size],
		.depth = split_depths[at->depth],
		.jitter = 5,
		.outlier = 1000,
	};
}

/* Parts of 1000 that the CPU spent on the card's jobs. */
static u64 split_handling(const struct sim *sim)
{
	return div64_u64(sim->handling_ns * 1000, max_t(u64, sim->now_ns - sim->mark_ns, 1));
}

static u64 split_measure(struct sim *sim, const struct point *at, enum sim_policy policy)
{
	struct sim_world world = split_world(at);
	u32 jobs = policy == SIM_AUTO ? 4000 : 1000; /* the others have nothing to learn */

	sim_init(sim, &world, policy);
	sim_run(sim, jobs / 4);
	sim_mark(sim);
	sim_run(sim, jobs);
	return max_t(u64, sim_rate(sim), 1);
}

static bool next_point(struct point *at)
{
	if (++at->depth < NR(split_depths))
		return true;
	at->depth = 0;
	if (++at->size < NR(split_sizes))
		return true;
	at->size = 0;
	if (++at->cpu < NR(split_cpus))
		return true;
	at->cpu = 0;
	return ++at->card < NR(split_cards);
}

static struct sim *new_sim(struct kunit *test)
{
	struct sim *sim = kunit_kzalloc(test, sizeof(*sim), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, sim);
	return sim;
}

/* A card about as fast as the CPU has its like added to it: 4 KiB and more, depth 128. */
static bool adds_up(const struct point *at, u64 card, u64 cpu)
{
	return split_depths[at->depth] == 128 && split_sizes[at->size] >= 4096 &&
	       card < 2 * cpu && cpu < 2 * card;
}

/* auto is not behind the better of the two anywhere, and is their sum where that counts. */
static void split_auto_is_the_best(struct kunit *test)
{
	struct sim *sim = new_sim(test);
	u64 least_best = U32_MAX;
	u64 least_sum = U32_MAX;
	struct point at = { 0 };

	do {
		u64 cpu = split_measure(sim, &at, SIM_CPU);
		u64 card = split_measure(sim, &at, SIM_CARD);
		u64 sum = card + div64_u64(cpu * (1000 - min_t(u64, split_handling(sim), 1000)), 1000);
		u64 mine = split_measure(sim, &at, SIM_AUTO);
		u64 best = div64_u64(mine * 1000, max(card, cpu));

		KUNIT_EXPECT_TRUE_MSG(test, best >= 980,
				      "card %u cpu %u size %u depth %u: %u of 1000", at.card,
				      at.cpu, split_sizes[at.size], split_depths[at.depth],
				      (u32)best);
		least_best = min(least_best, best);
		if (adds_up(&at, card, cpu))
			least_sum = min(least_sum, div64_u64(mine * 1000, sum));
	} while (next_point(&at));
	figure("auto_vs_best_min", least_best);
	figure("auto_vs_sum", least_sum);
	KUNIT_EXPECT_GE(test, least_sum, 950);
}

/*
 * Card and CPU are processes of a host that has others: an idle card begins late, and the CPU
 * stands still now and then, while the card's results pile up.
 */
static struct sim_world split_busy_host(u32 wake_ns, u32 stall_ns)
{
	struct point at = { .size = 4, .depth = 5, .cpu = 1 };
	struct sim_world world = split_world(&at);

	world.card = (struct sim_speed){ 20000, 55000 };
	world.cpu = (struct sim_speed){ 500, 37000 };
	world.wake_ns = wake_ns;
	world.stall_ns = stall_ns;
	world.stall_every_ns = stall_ns;
	return world;
}

static u64 split_on_busy_host(struct sim *sim, u32 wake_ns, u32 stall_ns, enum sim_policy policy)
{
	struct sim_world world = split_busy_host(wake_ns, stall_ns);

	sim_init(sim, &world, policy);
	sim_run(sim, 1000);
	sim_mark(sim);
	sim_run(sim, 20000);
	return max_t(u64, sim_rate(sim), 1);
}

/* Where the CPU is away for longer than the card can have work for, the card is idle. */
static void split_adds_up_on_a_busy_host(struct kunit *test)
{
	static const u32 wakes[] = { 0, 200000, 1000000, 4000000 };
	static const u32 stalls[] = { 0, 1000000, 4000000, 12000000 };
	struct sim *sim = new_sim(test);
	u64 least = U32_MAX;
	u32 w, s;

	for (w = 0; w < NR(wakes); w++)
		for (s = 0; s < NR(stalls); s++) {
			u64 cpu = split_on_busy_host(sim, wakes[w], stalls[s], SIM_CPU);
			u64 card = split_on_busy_host(sim, wakes[w], stalls[s], SIM_CARD);
			u64 mine = split_on_busy_host(sim, wakes[w], stalls[s], SIM_AUTO);
			u64 sum = div64_u64(mine * 1000, card + cpu);

			KUNIT_EXPECT_TRUE_MSG(test, sum >= 900, "wake %u stall %u: %u of 1000",
					      wakes[w], stalls[s], (u32)sum);
			least = min(least, sum);
		}
	figure("auto_vs_sum_busy_host", least);
}

static u64 split_with_irqs(struct sim *sim, u32 irq_ns, u32 depth, enum sim_policy policy)
{
	struct sim_world world = split_busy_host(0, 0);

	world.irq_ns = irq_ns;
	world.depth = depth;
	sim_init(sim, &world, policy);
	sim_run(sim, 2000);
	sim_mark(sim);
	sim_run(sim, 10000);
	return max_t(u64, sim_rate(sim), 1);
}

/* An interrupt takes as long as half a job in software: those of an emulated machine do. */
static void split_adds_up_with_dear_interrupts(struct kunit *test)
{
	static const u32 irqs[] = { 5000, 20000, 75000 };
	struct sim *sim = new_sim(test);
	u64 least = U32_MAX;
	u32 i, depth;

	for (i = 0; i < NR(irqs); i++)
		for (depth = 32; depth <= 128; depth *= 4) {
			u64 cpu = split_with_irqs(sim, irqs[i], depth, SIM_CPU);
			u64 card = split_with_irqs(sim, irqs[i], depth, SIM_CARD);
			u64 sum = card + div64_u64(cpu * (1000 - split_handling(sim)), 1000);
			u64 mine = split_with_irqs(sim, irqs[i], depth, SIM_AUTO);

			least = min(least, div64_u64(mine * 1000, sum));
		}
	figure("auto_vs_sum_dear_irq", least);
	KUNIT_EXPECT_GE(test, least, 950);
}

/* What simpler rules would be at their worst point; the one that is least bad is no match. */
static void split_baselines_are_worse(struct kunit *test)
{
	static const char * const names[SIM_NR_POLICIES] = {
		[SIM_FROM_128] = "from_128_vs_best_min",
		[SIM_FROM_2048] = "from_2048_vs_best_min",
		[SIM_UNTIL_FULL] = "until_full_vs_best_min",
		[SIM_SOONEST] = "soonest_vs_best_min",
	};
	struct sim *sim = new_sim(test);
	int policy;

	for (policy = SIM_FROM_128; policy < SIM_NR_POLICIES; policy++) {
		struct point at = { 0 };
		u64 least = U32_MAX;

		do {
			u64 best = max(split_measure(sim, &at, SIM_CPU),
				       split_measure(sim, &at, SIM_CARD));
			u64 rate = split_measure(sim, &at, policy);

			least = min(least, div64_u64(rate * 1000, best));
		} while (next_point(&at));
		figure(names[policy], least);
		KUNIT_EXPECT_LE(test, least, 900);
	}
}

/* --- a card that becomes another one --------------------------------------------- */

static void change_card(struct sim *sim, bool slower)
{
	struct sim_speed *card = &sim->world.card;

	card->fixed_ns = slower ? card->fixed_ns * 10 : card->fixed_ns / 10;
	card->per_kib_ns = slower ? card->per_kib_ns * 10 : card->per_kib_ns / 10;
}

static bool within_5(u64 is, u64 wanted)
{
	return is * 100 >= wanted * 95;
}

/* For as long that a probe of either side is next to nothing of it. */
static u64 split_steady(struct sim *sim)
{
	u32 bytes = sim->world.bytes;
	u64 until = sim->now_ns + 100 * max(acf_cost_ns(&sim->cpu, bytes),
					    acf_cost_ns(&sim->card.alone, bytes));

	sim_mark(sim);
	sim_run(sim, 4000);
	while (sim->now_ns < until)
		sim_run(sim, 1);
	return sim_rate(sim);
}

/* What one that was always like this comes to. */
static u64 split_wanted(struct sim *sim, const struct sim_world *world, bool slower)
{
	sim_init(sim, world, SIM_AUTO);
	change_card(sim, slower);
	sim_run(sim, 5000);
	return split_steady(sim);
}

/* Does it, with 64 jobs of its own since then? It may have had next to none before. */
static bool split_adapts(struct sim *sim, const struct sim_world *world, bool slower)
{
	u64 wanted = split_wanted(sim, world, slower);

	sim_init(sim, world, SIM_AUTO);
	sim_run(sim, 5000);
	change_card(sim, slower);
	sim_mark(sim);
	while (sim->by_card < 64 && sim->by_cpu < 400000)
		sim_run(sim, 1);
	/* what it had been given before is still on it */
	sim_run(sim, world->depth);
	return within_5(split_steady(sim), wanted);
}

/*
 * Ten times slower or faster: 64 jobs of its own, also if it had been given up. Late are some
 * that became slower, where two ways of taking turns are steady, one of them 6 % behind.
 */
static void split_adapts_in_64_jobs(struct kunit *test)
{
	struct sim *sim = new_sim(test);
	struct point at = { 0 };
	u32 points = 0;
	u32 late[2] = { 0 };

	do {
		struct sim_world world = split_world(&at);
		int slower;

		world.jitter = 0;
		world.outlier = 0;
		for (slower = 0; slower < 2; slower++) {
			points++;
			late[slower] += !split_adapts(sim, &world, slower);
		}
		at.depth++; /* every other one */
	} while (next_point(&at));
	figure("adapt_points", points);
	figure("adapt_points_later_than_64_jobs", late[0] + late[1]);
	KUNIT_EXPECT_EQ(test, late[0], 0u);
	KUNIT_EXPECT_TRUE_MSG(test, late[1] * 200 <= points, "%u of %u points", late[1], points);
}

/* The same where it begins late, and the CPU stands still now and then. */
static void split_adapts_on_a_busy_host(struct kunit *test)
{
	static const u32 wakes[] = { 0, 50000, 200000, 1000000 };
	struct sim *sim = new_sim(test);
	u32 w, s, depth, slower;
	u32 late = 0;

	for (w = 0; w < NR(wakes); w++)
		for (s = 0; s < 2; s++)
			for (depth = 32; depth <= 128; depth *= 4)
				for (slower = 0; slower < 2; slower++) {
					struct sim_world world = split_busy_host(wakes[w], s * 1000000);

					world.stall_every_ns *= 10;
					world.depth = depth;
					world.outlier = 0;
					if (!slower)
						world.card = (struct sim_speed){ 200000, 550000 };
					late += !split_adapts(sim, &world, slower);
				}
	figure("adapt_late_on_busy_host", late);
	KUNIT_EXPECT_EQ(test, late, 0u);
}

/* --- steadiness ------------------------------------------------------------------- */

/* Changes by more than 10 % between one tenth of a second and the next, in 5 s. */
static u32 split_flaps(struct sim *sim, const struct point *at)
{
	struct sim_world world = split_world(at);
	u64 share, last = 0;
	u32 flaps = 0;
	int i;

	sim_init(sim, &world, SIM_AUTO);
	sim_run(sim, 4000);
	for (i = 0; i < 50; i++) {
		sim_mark(sim);
		while (sim->now_ns - sim->mark_ns < 100000000)
			sim_run(sim, 1);
		share = div64_u64(sim->by_card * 1000, sim->by_card + sim->by_cpu);
		if (i && (share > last + 100 || share + 100 < last))
			flaps++;
		last = share;
	}
	return flaps;
}

/* Where either is about as good as the other. */
static void split_does_not_flap(struct kunit *test)
{
	struct sim *sim = new_sim(test);
	struct point at = { .size = 3 };
	u32 most = 0;

	for (at.card = 0; at.card < 2; at.card++)
		for (at.cpu = 0; at.cpu < 3; at.cpu++)
			for (at.depth = 0; at.depth < NR(split_depths); at.depth++)
				most = max(most, split_flaps(sim, &at));
	figure("flaps_in_5_s", most);
	KUNIT_EXPECT_LE(test, most, 5);
}

/* Probes of both sides, while there is one job at a time or more than enough. */
static void split_probes_are_cheap(struct kunit *test)
{
	struct sim *sim = new_sim(test);
	struct point at = { 0 };
	u64 most = 0;

	for (at.card = 0; at.card < NR(split_cards); at.card++)
		for (at.depth = 0; at.depth < 5; at.depth += 4)
			for (at.size = 3; at.size < 7; at.size += 3) {
				struct sim_world world = split_world(&at);

				sim_init(sim, &world, SIM_AUTO);
				sim_run(sim, 50000);
				most = max(most, div64_u64(sim->probes_ns * 1000,
							   sim->now_ns - sim->mark_ns));
			}
	figure("probes_most", most);
	KUNIT_EXPECT_LE(test, most, 20);
}

/* --- hostile clocks ---------------------------------------------------------------- */

/* The clock jumps by a day, there and back; what is on the card keeps its times. */
static void split_survives_clock_jumps(struct kunit *test)
{
	struct sim *sim = new_sim(test);
	struct point at = { .size = 4, .depth = 4 };
	struct sim_world world = split_world(&at);
	int i;

	sim_init(sim, &world, SIM_AUTO);
	for (i = 0; i < 200; i++) {
		sim->load.last_ns += i & 1 ? 86400000000000ULL : -86400000000000ULL;
		sim->load.batch_ns = sim->load.last_ns;
		sim_run(sim, 50);
	}
	KUNIT_EXPECT_LE(test, acf_cost_ns(&sim->card.busy, 4096), ACF_COST_MOST);
	sim_run(sim, 2000);
	sim_mark(sim);
	sim_run(sim, 4000);
	KUNIT_EXPECT_GE(test, sim_rate(sim) * 100, split_measure(sim, &at, SIM_CPU) * 95);
}

/* From the first job to the last result that was seen; what is not seen yet up to now. */
static void split_counts_busy_time(struct kunit *test)
{
	struct acf_card_cost cost = { 0 };
	struct acf_stay first;
	struct acf_stay second;
	struct acf_load load;

	acf_cost_seed(&cost.alone, 1000, 1000);
	acf_cost_seed(&cost.busy, 1000, 1000);
	acf_load_init(&load);
	acf_load_add(&load, &first, &cost, 64, 1000);
	acf_load_add(&load, &second, &cost, 64, 2000);
	KUNIT_EXPECT_EQ(test, acf_load_busy(&load, 3000), 2000u);
	acf_load_batch(&load, 5000, false);
	acf_load_del(&load, &first, true);
	KUNIT_EXPECT_EQ(test, acf_load_busy(&load, 7000), 6000u);
	acf_load_del(&load, &second, true);
	KUNIT_EXPECT_EQ(test, acf_load_busy(&load, 9000), 4000u);
	KUNIT_EXPECT_EQ(test, load.peak, 2u);
	/* refused: no time; a clock that goes back: none either */
	acf_load_add(&load, &first, &cost, 64, 20000);
	acf_load_cancel(&load, &first);
	KUNIT_EXPECT_EQ(test, acf_load_busy(&load, 30000), 4000u);
	acf_load_add(&load, &first, &cost, 64, 40000);
	acf_load_batch(&load, 39000, false);
	acf_load_del(&load, &first, true);
	KUNIT_EXPECT_EQ(test, acf_load_busy(&load, 50000), 4000u);
}

static struct kunit_case acf_split_cases[] = {
	KUNIT_CASE(split_auto_is_the_best),
	KUNIT_CASE(split_adds_up_on_a_busy_host),
	KUNIT_CASE(split_adds_up_with_dear_interrupts),
	KUNIT_CASE(split_baselines_are_worse),
	KUNIT_CASE(split_adapts_in_64_jobs),
	KUNIT_CASE(split_adapts_on_a_busy_host),
	KUNIT_CASE(split_does_not_flap),
	KUNIT_CASE(split_probes_are_cheap),
	KUNIT_CASE(split_survives_clock_jumps),
	KUNIT_CASE(split_counts_busy_time),
	{}
};

static struct kunit_suite acf_split_suite = {
	.name = "acf_split",
	.test_cases = acf_split_cases,
};
kunit_test_suite(acf_split_suite);

MODULE_DESCRIPTION("Tests of acf's split of work, by simulation");
MODULE_LICENSE("Dual BSD/GPL");
