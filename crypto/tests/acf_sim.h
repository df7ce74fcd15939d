/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * One CPU, one card and a submitter who has so many jobs at a time, on a clock of their
 * own: what acf_cost.c, acf_load.c and acf_split.c make of it, and what other rules would.
 */
#ifndef ACF_SIM_H
#define ACF_SIM_H

#include "../acf_load.h"
#include "../acf_split.h"

#define SIM_MOST	128	/* jobs at a time */

enum sim_policy {
	SIM_AUTO,
	SIM_CARD,
	SIM_CPU,
	SIM_FROM_128,	/* fixed thresholds, bytes */
	SIM_FROM_2048,
	SIM_UNTIL_FULL,	/* the card's ring of SIM_RING, then the CPU */
	SIM_SOONEST,	/* who would be done first */
	SIM_NR_POLICIES
};

#define SIM_RING	32
#define SIM_BATCH	32	/* results that are taken in one go */

/* ns of a job: fixed, and per KiB. */
struct sim_speed {
	u32 fixed_ns;
	u32 per_kib_ns;
};

struct sim_world {
	struct sim_speed cpu;
	struct sim_speed card;
	u32 late_ns;		/* from the card's end of a job to its interrupt's handler */
	u32 submit_ns;		/* CPU time to hand a job over, */
	u32 complete_ns;	/* and to take it back */
	u32 irq_ns;		/* and for each interrupt */
	u32 bytes;		/* of a job */
	u32 other_bytes;	/* of every other job; 0: all are alike */
	u32 depth;		/* jobs at a time */
	u32 jitter;		/* per cent that a time is off, up or down */
	u32 outlier;		/* one time in so many is 20 times as long; 0: none */
	u32 wake_ns;		/* until a card that had nothing to do begins */
	u32 stall_ns;		/* so long, or up to twice, nothing but the card gets on: */
	u32 stall_every_ns;	/* so often; 0: never */
};

struct sim_card_job {
	u64 end_ns;
	bool marked;		/* interrupts */
	struct acf_stay stay;
};

struct sim {
	struct sim_world world;
	enum sim_policy policy;
	u64 now_ns;
	u64 seed;
	u32 hand;		/* jobs that the submitter has to give */
	u32 given;
	struct sim_card_job ring[SIM_MOST];
	u32 first, nr;		/* on the card */
	u32 marked;		/* of these, those that interrupt */
	u32 unmarked;		/* in a row */
	u64 card_free_ns;
	u64 stall_at_ns;	/* the next one */
	bool looks;		/* some were taken: perhaps there are more */
	/* what acf knows */
	struct acf_cost cpu;
	struct acf_card_cost card;
	struct acf_cost handling;
	struct acf_load load;
	struct acf_split split;
	u64 cpu_runs, handled;
	/* since sim_mark() */
	u64 mark_ns;
	u64 by_card, by_cpu;	/* jobs */
	u64 handling_ns;	/* CPU time that the card's jobs took */
	u64 probes_ns;		/* and probes, on either side */
	u64 irqs;
	u64 why[ACF_NR_WHYS];
};

/* Costs as two known answers at the start would have told. */
void sim_init(struct sim *sim, const struct sim_world *world, enum sim_policy policy);
/* Until so many jobs more have been done. */
void sim_run(struct sim *sim, u64 jobs);
/* Counts begin here. */
void sim_mark(struct sim *sim);
/* Jobs in 1000 s, since then. */
u64 sim_rate(const struct sim *sim);

#endif
