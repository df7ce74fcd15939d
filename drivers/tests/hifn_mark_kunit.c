// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the interrupt mitigation: closed loops of submitters beside a card that does one
 * job a step, and a host that takes some steps until it has heard. Exact counts.
 */
#include <kunit/test.h>

#include "../hifn_mark.c"

#define MOST	128
#define JOBS	25600

struct loop {
	struct hifn_mark mark;
	bool marked[MOST];	/* those in flight, oldest first */
	u32 in_flight;
	u32 finished;		/* of these, by the card; nobody has looked */
	u32 done;
	u32 interrupts;
	u32 ticks;		/* of the timer, where no interrupt will come */
	u64 job_ns;
};

static void loop_submit(struct loop *l)
{
	l->marked[l->in_flight] = hifn_mark_next(&l->mark, l->in_flight, l->job_ns);
	l->in_flight++;
}

/* All that is finished is called back, and each callback submits one more. */
static void loop_take(struct loop *l, u32 depth)
{
	u32 i, n = l->finished;

	for (i = 0; i < n; i++)
		hifn_mark_done(&l->mark, l->marked[i]);
	for (i = n; i < l->in_flight; i++)
		l->marked[i - n] = l->marked[i];
	l->in_flight -= n;
	l->done += n;
	l->finished = 0;
	while (l->in_flight < depth)
		loop_submit(l);
}

/* The card's step: true when it interrupts. */
static bool loop_card(struct loop *l)
{
	return l->finished < l->in_flight && l->marked[l->finished++];
}

/* depth: jobs kept in flight; deaf: steps between an interrupt and its consequence. */
static void loop_run(struct loop *l, u32 depth, u32 deaf)
{
	u32 wait;

	while (l->done < JOBS) {
		while (l->in_flight < depth)
			loop_submit(l);
		while (l->finished < l->in_flight && !loop_card(l))
			;
		if (l->finished == l->in_flight && !l->marked[l->in_flight - 1] &&
		    hifn_mark_none(&l->mark))
			l->ticks++;
		else
			l->interrupts++;
		/* one that comes while the host is on its way tells nothing new */
		for (wait = 0; wait < deaf; wait++)
			loop_card(l);
		loop_take(l, depth);
	}
}

static u32 per_thousand(const struct loop *l)
{
	return (u64)(l->interrupts + l->ticks) * 1000 / l->done;
}

static void loop_of(struct loop *l, u32 depth, u32 deaf)
{
	memset(l, 0, sizeof(*l));
	hifn_mark_init(&l->mark);
	loop_run(l, depth, deaf);
}

/* Nobody waits for others: each job interrupts, and nothing else does. */
static void mark_alone_interrupts_at_once(struct kunit *test)
{
	struct loop l;

	loop_of(&l, 1, 0);
	KUNIT_EXPECT_EQ(test, l.interrupts, (u32)JOBS);
	KUNIT_EXPECT_EQ(test, l.ticks, 0u);
}

/* However late the host hears, the marks do not crowd. */
static void mark_half_of_a_deep_queue(struct kunit *test)
{
	static const struct { u32 depth, most; } want[] = {
		{ 8, 260 }, { 16, 130 }, { 32, 64 }, { 64, 32 }, { 128, 32 },
	};
	struct loop l;
	u32 i, deaf;

	for (i = 0; i < ARRAY_SIZE(want); i++) {
		for (deaf = 0; deaf < 10; deaf++) {
			loop_of(&l, want[i].depth, deaf);
			KUNIT_EXPECT_TRUE_MSG(test, per_thousand(&l) <= want[i].most,
					      "depth %u, %u steps late: %u",
					      want[i].depth, deaf, per_thousand(&l));
			KUNIT_EXPECT_EQ(test, l.ticks, 0u);
		}
	}
}

/* One for each half, or each batch, and a few in the beginning, when the host hears at once. */
static void mark_exact_counts(struct kunit *test)
{
	static const u32 depth[] = { 8, 32, 128 };
	struct loop l;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(depth); i++) {
		u32 each = JOBS / min(depth[i] / 2, HIFN_MARK_MOST);

		loop_of(&l, depth[i], 0);
		KUNIT_EXPECT_TRUE_MSG(test, l.interrupts >= each && l.interrupts <= each + 8,
				      "depth %u: %u, not %u", depth[i], l.interrupts, each);
	}
}

/* A half of 32 large jobs of 3DES on a slow bus would be 45 ms. */
static void mark_in_time(struct kunit *test)
{
	struct hifn_mark m;
	u32 i, since = 0;

	hifn_mark_init(&m);
	for (i = 0; i < 32; i++) {
		since = hifn_mark_next(&m, i, 2800000) ? 0 : since + 1;
		KUNIT_EXPECT_LE(test, (since + 1) * 2800000u, HIFN_MARK_MAX_NS + 2800000u);
	}
	for (; i < 3200; i++) {
		hifn_mark_done(&m, m.marked > 1);
		since = hifn_mark_next(&m, 31, 2800000) ? 0 : since + 1;
		KUNIT_EXPECT_LE(test, (since + 1) * 2800000u, HIFN_MARK_MAX_NS + 2800000u);
	}
}

/* A flood that ends in single jobs: they do not wait for a half that never comes. */
static void mark_after_a_flood(struct kunit *test)
{
	struct hifn_mark m;
	u32 i, n = 0;

	hifn_mark_init(&m);
	for (i = 0; i < MOST; i++)
		n += hifn_mark_next(&m, i, 0);
	KUNIT_EXPECT_LE(test, n, 20u);
	while (i--)
		hifn_mark_done(&m, n && n--);
	KUNIT_EXPECT_TRUE(test, hifn_mark_none(&m));
	for (i = 0; i < 10; i++) {
		KUNIT_EXPECT_TRUE(test, hifn_mark_next(&m, 0, 0));
		hifn_mark_done(&m, true);
	}
}

/* Of those in flight one will interrupt, unless it is already taken and none was sent since. */
static void mark_never_forgets(struct kunit *test)
{
	struct hifn_mark m;
	u32 random = 1, in_flight = 0, step;
	bool marked[MOST];

	hifn_mark_init(&m);
	for (step = 0; step < 100000; step++) {
		random = random * 1664525 + 1013904223;
		if (in_flight < MOST && (random >> 16) % 3) {
			marked[in_flight] = hifn_mark_next(&m, in_flight, 0);
			in_flight++;
			KUNIT_ASSERT_FALSE(test, hifn_mark_none(&m));
		} else if (in_flight) {
			hifn_mark_done(&m, marked[0]);
			memmove(marked, marked + 1, --in_flight);
		}
	}
}

static struct kunit_case hifn_mark_cases[] = {
	KUNIT_CASE(mark_alone_interrupts_at_once),
	KUNIT_CASE(mark_half_of_a_deep_queue),
	KUNIT_CASE(mark_exact_counts),
	KUNIT_CASE(mark_in_time),
	KUNIT_CASE(mark_after_a_flood),
	KUNIT_CASE(mark_never_forgets),
	{}
};

static struct kunit_suite hifn_mark_suite = {
	.name = "hifn_mark",
	.test_cases = hifn_mark_cases,
};
kunit_test_suite(hifn_mark_suite);

MODULE_DESCRIPTION("Tests of the HIFN 795x interrupt mitigation");
MODULE_LICENSE("GPL");
