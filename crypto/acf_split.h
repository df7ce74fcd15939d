/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Whether a job goes to a card or is computed by its submitter. Pure, as acf_cost.h. One
 * for all cards; races make a decision worse, never wrong.
 */
#ifndef ACF_SPLIT_H
#define ACF_SPLIT_H

#include "acf_env.h"

/* Why a job went where it did under the policy "auto". */
enum acf_why {
	ACF_WHY_CARD_SOONER,	/* the card is done first */
	ACF_WHY_CARD_FEED,	/* there is more work than the CPU's, and the card would run dry */
	ACF_WHY_CARD_PROBE,	/* to know what it would cost */
	ACF_WHY_CPU_SOONER,	/* the CPU is done first, and nothing else is to be done */
	ACF_WHY_CPU_FED,	/* the card has enough to do meanwhile */
	ACF_WHY_CPU_HANDLING,	/* handing it over costs the CPU as much as doing it */
	ACF_WHY_CPU_LAST,	/* the CPU would have nothing else to do */
	ACF_WHY_CPU_PROBE,
	ACF_NR_WHYS
};

static inline bool acf_why_is_card(enum acf_why why)
{
	return why <= ACF_WHY_CARD_PROBE;
}

/* A job and the best card for it; all in estimated ns. */
struct acf_offer {
	u64 cpu_ns;		/* computed here and now */
	u64 alone_ns;		/* on that card, if it were idle, until it is called back */
	u64 busy_ns;		/* what it adds to a busy card's work */
	u64 handling_ns;	/* CPU time to hand it over and to take it back */
	u64 backlog_ns;		/* that card's work */
	u64 away_ns;		/* for so long it may not be looked after */
	u32 jobs;		/* that card's */
	u32 others;		/* jobs on cards, waiting, or being computed, but this one */
	bool doubtful;		/* the card was not what was expected, last time */
	bool waiting;		/* somebody waits for a card: no time for probes */
};

struct acf_split {
	u32 depth;		/* jobs that are there at a time, this one too; as far as seen */
	u32 placed;		/* jobs on cards when the last was put there; 0: more came since */
	u32 starved;		/* times in a row that no more had come when a card was done */
	bool idle_card;		/* what an idle card got last */
	u64 placed_ns;		/* when that was */
	u64 card_ns;		/* when a job last went to an idle card, */
	u64 deep_ns;		/* to a busy one, though no other was known to be there, */
	u64 cpu_ns;		/* and to the CPU */
	u64 again_ns;		/* when a probe was made at once, after a surprise */
};

void acf_split_init(struct acf_split *split);
enum acf_why acf_split_choose(struct acf_split *split, const struct acf_offer *offer, u64 now_ns);
/* It was taken by a card, others as in the offer. */
void acf_split_placed(struct acf_split *split, u32 others, u64 now_ns);
/* None has come since: only then acf_split_done() has something to learn. */
static inline bool acf_split_is_last(const struct acf_split *split)
{
	return READ_ONCE(split->placed);
}

/*
 * A card has done one; others: jobs on cards or waiting, this one too; computing: on CPUs.
 * A submitter who had another one would have brought it within handling_ns.
 */
void acf_split_done(struct acf_split *split, u32 others, u32 computing, u64 handling_ns,
		    u64 now_ns);

#endif
