// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Cards and CPU add up, if both have work all the time. Who computes is a submitter who
 * does nothing else meanwhile, so to ask who would be done first is not enough: his own CPU
 * always looks free. While there are more jobs at a time than one, the card is kept
 * fed: with work for as long as he will compute, and one job more. When there is but one,
 * the quicker unit has it.
 *
 * How many there are at a time nobody says. It is seen: a job comes while others are out,
 * or none has come when the card has done one.
 */
#include "acf_split.h"

#define ACF_PROBE_EVERY	100	/* a probe takes one part in so many of the time */
#define ACF_SOONER	2	/* so many times as soon, after a surprise */
#define ACF_SLOWEST	8	/* a card that takes so many times as long adds nothing */
#define ACF_STARVED	2	/* in a row are believed */

void acf_split_init(struct acf_split *split)
{
	memset(split, 0, sizeof(*split));
	split->depth = 2;
}

/* So many, or nobody had to wait for want of them. The next one may be tried at once. */
static void acf_split_deeper(struct acf_split *split, u32 depth)
{
	if (depth <= split->depth)
		return;
	WRITE_ONCE(split->depth, depth);
	WRITE_ONCE(split->deep_ns, 0);
}

static void acf_split_arrived(struct acf_split *split, u32 others)
{
	WRITE_ONCE(split->placed, 0);
	if (others + 1 < split->depth)
		return;
	WRITE_ONCE(split->starved, 0);
	acf_split_deeper(split, others + 1);
}

static bool acf_is_long_ago(u64 used_ns, u64 cost_ns, u64 now_ns)
{
	return now_ns - used_ns >= ACF_PROBE_EVERY * cost_ns;
}

/* Where the last one was a surprise, the next one is not waited for: once. */
static bool acf_probe_due(struct acf_split *split, const struct acf_offer *offer, u64 used_ns,
			  u64 cost_ns, u64 now_ns)
{
	if (offer->waiting)
		return false;
	if (acf_is_long_ago(used_ns, cost_ns, now_ns))
		return true;
	if (!offer->doubtful || !acf_is_long_ago(split->again_ns, cost_ns / ACF_SOONER, now_ns))
		return false;
	WRITE_ONCE(split->again_ns, now_ns);
	return true;
}

/* The last choice has 2 % in its favour: near the break-even point both are as good. */
static bool acf_idle_card_sooner(const struct acf_split *split, const struct acf_offer *offer)
{
	u64 margin = offer->cpu_ns / 50;

	if (split->idle_card)
		return offer->alone_ns <= offer->cpu_ns + margin;
	return offer->alone_ns + margin <= offer->cpu_ns;
}

/* It would add next to nothing, however many jobs it has. */
static bool acf_is_too_slow(const struct acf_offer *offer)
{
	return offer->busy_ns > ACF_SLOWEST * offer->cpu_ns;
}

/*
 * Not quick, but long until the first one is back: its process has to be woken, or its interrupt
 * is late. That is no matter if there are jobs enough to last until then: all of them at a time
 * would have a CPU compute for about as long.
 */
static bool acf_is_too_late(const struct acf_split *split, const struct acf_offer *offer)
{
	u64 jobs = max(READ_ONCE(split->depth), 2U) - 1;

	return offer->alone_ns > jobs * ACF_SLOWEST * offer->cpu_ns;
}

static enum acf_why acf_choose_idle(struct acf_split *split, const struct acf_offer *offer,
				    u64 now_ns)
{
	WRITE_ONCE(split->idle_card, acf_idle_card_sooner(split, offer));
	if (split->idle_card)
		return ACF_WHY_CARD_SOONER;
	if (acf_probe_due(split, offer, split->card_ns, offer->alone_ns, now_ns))
		return ACF_WHY_CARD_PROBE;
	if (offer->handling_ns >= offer->cpu_ns)
		return ACF_WHY_CPU_HANDLING;
	if (split->depth > 1 && !acf_is_too_slow(offer) && !acf_is_too_late(split, offer))
		return ACF_WHY_CARD_FEED;
	return ACF_WHY_CPU_SOONER;
}

/* Of a CPU and a card that has so many jobs at a time, as jobs (of 10 fractional bits) in ns. */
struct acf_rate {
	u64 jobs;
	u64 ns;
};

/*
 * n jobs are on the card, and the CPU computes until they are seen: it does not stop in the
 * middle of a job for that.
 */
static struct acf_rate acf_rate_both(const struct acf_offer *offer, u64 n)
{
	u64 handling = n * offer->handling_ns;
	u64 card_ns = max(offer->alone_ns, n * offer->busy_ns);
	u64 runs = 1;

	if (card_ns > handling / 2)
		runs = div64_u64(card_ns - handling / 2 + offer->cpu_ns - 1, offer->cpu_ns);
	return (struct acf_rate){ (runs + n) << 10, runs * offer->cpu_ns + handling };
}

/* All n are on the card; those that come back with the first are taken back one by one. */
static struct acf_rate acf_rate_card(const struct acf_offer *offer, u64 n)
{
	u64 handling = n * offer->handling_ns;
	u64 last = offer->alone_ns + (n - 1) * offer->handling_ns / 2;

	return (struct acf_rate){ n << 10, max(handling, max(last, n * offer->busy_ns)) };
}

/* Not by more than 2 %; in two steps that each fit 64 bits: 1000s of jobs, and some 10 s. */
static bool acf_rate_less(struct acf_rate a, struct acf_rate b)
{
	return div64_u64(a.jobs << 20, b.jobs) < div64_u64(a.ns << 20, b.ns + b.ns / 50);
}

/* Are there more jobs at a time than is known? When another one comes meanwhile, there are. */
static enum acf_why acf_try_deeper(struct acf_split *split, const struct acf_offer *offer,
				   u64 cost_ns, enum acf_why otherwise, u64 now_ns)
{
	if (!acf_probe_due(split, offer, split->deep_ns, cost_ns, now_ns))
		return otherwise;
	WRITE_ONCE(split->deep_ns, now_ns);
	return ACF_WHY_CARD_PROBE;
}

/* What is lost while the CPU does not compute, and the card has one job more. */
static u64 acf_last_cost(const struct acf_offer *offer, struct acf_rate card, struct acf_rate both)
{
	u64 as_both = div64_u64(both.ns * (card.jobs >> 10), both.jobs >> 10);
	u64 lost = max(card.ns, as_both) - as_both;
	u64 card_ns = max(offer->alone_ns, offer->jobs * offer->busy_ns);

	/* nothing tells how much sooner than the CPU the card is done: twice as often */
	if (card_ns <= offer->cpu_ns)
		return max(lost, card.ns / 8) / 2;
	return max(offer->alone_ns, offer->busy_ns);
}

/*
 * As far as is known no other job will come before the card is done with one. Now and then
 * it is tried.
 */
static enum acf_why acf_choose_last(struct acf_split *split, const struct acf_offer *offer,
				    u64 now_ns)
{
	struct acf_rate card = acf_rate_card(offer, offer->jobs + 1ULL);
	struct acf_rate both = acf_rate_both(offer, offer->jobs);

	if (!acf_rate_less(card, both))
		return ACF_WHY_CARD_FEED;
	return acf_try_deeper(split, offer, acf_last_cost(offer, card, both), ACF_WHY_CPU_LAST,
			      now_ns);
}

/* Of a card that seems to be slow all that is asked is what a second job adds to it. */
static enum acf_why acf_choose_slow(struct acf_split *split, const struct acf_offer *offer,
				    u64 now_ns)
{
	if (offer->jobs > 1)
		return ACF_WHY_CPU_SOONER;
	return acf_try_deeper(split, offer, ACF_SLOWEST * offer->busy_ns, ACF_WHY_CPU_SOONER,
			      now_ns);
}

/*
 * A card that has work for so long need not be looked after while the CPU computes: what
 * it will do meanwhile has to be taken back before it gets more, one job is for errors, and
 * where the CPU was away for longer than it computed it may be so again.
 */
static u64 acf_fed_ns(const struct acf_offer *offer)
{
	u64 meanwhile = div64_u64(offer->cpu_ns, offer->busy_ns);

	return offer->cpu_ns + offer->busy_ns + meanwhile * offer->handling_ns / 2 +
	       offer->away_ns;
}

static enum acf_why acf_choose_busy(struct acf_split *split, const struct acf_offer *offer,
				    u64 now_ns)
{
	u64 card_ns = max(offer->backlog_ns + offer->busy_ns, offer->alone_ns);

	if (card_ns <= offer->cpu_ns)
		return ACF_WHY_CARD_SOONER;
	if (offer->handling_ns >= offer->cpu_ns)
		return ACF_WHY_CPU_HANDLING;
	if (acf_is_too_slow(offer))
		return acf_choose_slow(split, offer, now_ns);
	if (offer->backlog_ns >= acf_fed_ns(offer))
		return ACF_WHY_CPU_FED;
	if (acf_is_too_late(split, offer))
		return acf_try_deeper(split, offer, offer->alone_ns, ACF_WHY_CPU_SOONER, now_ns);
	if (offer->others + 1 < split->depth)
		return ACF_WHY_CARD_FEED;
	return acf_choose_last(split, offer, now_ns);
}

enum acf_why acf_split_choose(struct acf_split *split, const struct acf_offer *offer, u64 now_ns)
{
	enum acf_why why;

	acf_split_arrived(split, offer->others);
	why = offer->jobs ? acf_choose_busy(split, offer, now_ns) :
			    acf_choose_idle(split, offer, now_ns);
	if (acf_why_is_card(why) && !offer->waiting &&
	    acf_is_long_ago(split->cpu_ns, offer->cpu_ns, now_ns))
		why = ACF_WHY_CPU_PROBE;
	if (!acf_why_is_card(why))
		WRITE_ONCE(split->cpu_ns, now_ns);
	else if (!offer->jobs)
		WRITE_ONCE(split->card_ns, now_ns);
	return why;
}

void acf_split_placed(struct acf_split *split, u32 others, u64 now_ns)
{
	WRITE_ONCE(split->placed_ns, now_ns);
	WRITE_ONCE(split->placed, others + 1);
}

void acf_split_done(struct acf_split *split, u32 others, u32 computing, u64 handling_ns,
		    u64 now_ns)
{
	u32 placed = READ_ONCE(split->placed);

	if (!placed || computing)
		return;
	WRITE_ONCE(split->placed, 0);
	if (now_ns - READ_ONCE(split->placed_ns) <= handling_ns) {
		acf_split_deeper(split, placed + 1);
		return;
	}
	WRITE_ONCE(split->starved, split->starved + 1);
	if (split->starved >= ACF_STARVED)
		WRITE_ONCE(split->depth, max_t(u32, others, 1));
}
