// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the ring accounting: a random run of the real code beside a naive
 * twin (a list of chains) and a card of four engines that takes its time.
 */
#include <kunit/test.h>

#include "../hifn_ring.c"

#define MAX_NR		24	/* entries of a ring, at most */
#define MAX_CHAINS	64	/* of the twin's list */

/*
 * One engine of the card. A jump is seen in one step and written back in the
 * next, as on the bus: what the host writes in between would be lost.
 */
struct sim_engine {
	struct hifn_ring *ring;
	u32 at;			/* bus address of the current descriptor */
	bool jumping;
	u32 retired;		/* data descriptors so far */
	u32 last;		/* p of the descriptor retired last */
};

/* What the twin knows of one chain in flight. */
struct twin_chain {
	u16 slot;
	u16 nr_src, nr_dst;
	bool harvested;
};

struct sim {
	struct kunit *test;
	u32 random;
	struct hifn_rings rings;
	struct hifn_chain chain[MAX_NR];
	struct hifn_desc mem[4][MAX_NR + 1];
	struct sim_engine engine[4];		/* cmd, src, dst, res */
	struct twin_chain twin[MAX_CHAINS];	/* oldest first */
	u32 nr_twin;
	u32 tag[4];		/* p of the next descriptor to publish */
	u32 seen[4];		/* p of the next descriptor the card expects */
	bool active;		/* the card has taken a command, not ended it */
	u32 owed_src, owed_dst;	/* data descriptors of it still to be moved */
	u32 done_chains;
	u32 laps;
};

static u32 sim_random(struct sim *s, u32 below)
{
	s->random = s->random * 1664525 + 1013904223;
	return (s->random >> 16) % below;
}

static struct hifn_ring *sim_ring(struct sim *s, u32 i)
{
	struct hifn_ring *rings[] = {
		&s->rings.cmd, &s->rings.src, &s->rings.dst, &s->rings.res,
	};

	return rings[i];
}

static void sim_init(struct sim *s, struct kunit *test, u32 seed)
{
	u32 i;

	s->test = test;
	s->random = seed;
	s->rings.chain = s->chain;
	for (i = 0; i < 4; i++) {
		u16 nr = 2 + sim_random(s, MAX_NR - 1);
		u32 bus = 0x10000 * (i + 1);

		/* command and result ring are of one size, see hifn_mem.c */
		if (i == 3)
			nr = s->rings.cmd.nr;
		hifn_ring_init(sim_ring(s, i), s->mem[i], bus, nr);
		s->engine[i].ring = sim_ring(s, i);
		s->engine[i].at = bus;
	}
}

/* One step of one engine: true when it retired a data descriptor. */
static bool engine_step(struct sim *s, struct sim_engine *e)
{
	struct hifn_desc *d = &e->ring->desc[(e->at - e->ring->bus) / 8];
	u32 l = le32_to_cpu(d->l);

	if (e->jumping) {
		d->l = cpu_to_le32(l & ~HIFN_D_VALID);
		e->at = le32_to_cpu(d->p);
		e->jumping = false;
		s->laps++;
		return false;
	}
	if (!(l & HIFN_D_VALID))
		return false;
	if (l & HIFN_D_JUMP) {
		KUNIT_EXPECT_EQ(s->test, l, (u32)HIFN_D_JUMP_ARMED);
		e->jumping = true;
		return false;
	}
	e->last = le32_to_cpu(d->p);
	d->l = cpu_to_le32(l & ~HIFN_D_VALID);
	e->at += 8;
	e->retired++;
	return true;
}

/* The card sees every descriptor once, in the order it was published. */
static bool step_in_order(struct sim *s, u32 i)
{
	if (!engine_step(s, &s->engine[i]))
		return false;
	KUNIT_EXPECT_EQ(s->test, s->engine[i].last, s->seen[i]);
	s->seen[i]++;
	return true;
}

/* A command makes its data due; its result comes when all of it has moved. */
static void card_step(struct sim *s)
{
	const struct twin_chain *c = &s->twin[s->done_chains];

	switch (sim_random(s, 4)) {
	case 0:
		if (s->active || !step_in_order(s, 0))
			break;
		s->active = true;
		s->owed_src = c->nr_src;
		s->owed_dst = c->nr_dst;
		break;
	case 1:
		if (s->owed_src && step_in_order(s, 1))
			s->owed_src--;
		break;
	case 2:
		if (s->owed_dst && step_in_order(s, 2))
			s->owed_dst--;
		break;
	case 3:
		if (!s->active || s->owed_src || s->owed_dst ||
		    !step_in_order(s, 3))
			break;
		s->active = false;
		s->done_chains++;
		break;
	}
}

/* Idle engines walk over jumps as well: they poll, whatever the others do. */
static void card_poll(struct sim *s)
{
	u32 i = sim_random(s, 4);
	struct sim_engine *e = &s->engine[i];
	struct hifn_desc *d = &e->ring->desc[(e->at - e->ring->bus) / 8];

	if (e->jumping || (le32_to_cpu(d->l) & HIFN_D_JUMP))
		engine_step(s, e);
}

static u32 twin_used(const struct sim *s, u32 ring)
{
	u32 i, n = 0;

	for (i = 0; i < s->nr_twin; i++)
		n += ring == 1 ? s->twin[i].nr_src :
		     ring == 2 ? s->twin[i].nr_dst : 1;
	return n;
}

static void compare_with_twin(struct sim *s)
{
	u32 i;

	for (i = 0; i < 4; i++) {
		const struct hifn_ring *r = sim_ring(s, i);

		KUNIT_ASSERT_EQ(s->test, (u32)r->used, twin_used(s, i));
		KUNIT_ASSERT_EQ(s->test, (u32)hifn_ring_room(r),
				r->nr - 1 - twin_used(s, i));
	}
}

static int twin_expects(struct sim *s, u16 nr_src, u16 nr_dst)
{
	u32 cap_src = s->rings.src.nr - 1, cap_dst = s->rings.dst.nr - 1;

	if (!nr_src || !nr_dst || nr_src > cap_src || nr_dst > cap_dst)
		return -EINVAL;
	if (s->nr_twin == s->rings.cmd.nr - 1u ||
	    twin_used(s, 1) + nr_src > cap_src ||
	    twin_used(s, 2) + nr_dst > cap_dst)
		return -EBUSY;
	return 0;
}

static void fill_ring(struct sim *s, u32 i, u32 n, u32 tag)
{
	struct hifn_ring *r = sim_ring(s, i);
	u32 k;

	for (k = 0; k < n; k++) {
		u32 at = (r->head + k) % r->nr;

		KUNIT_EXPECT_FALSE(s->test, le32_to_cpu(r->desc[at].l) &
				   HIFN_D_VALID);
		hifn_ring_fill(r, HIFN_D_DATA | 16, tag + k);
	}
}

static void fill_chain(struct sim *s, const struct twin_chain *c)
{
	fill_ring(s, 0, 1, s->tag[0]);
	fill_ring(s, 1, c->nr_src, s->tag[1]);
	fill_ring(s, 2, c->nr_dst, s->tag[2]);
	fill_ring(s, 3, 1, s->tag[3]);
}

static void host_submit(struct sim *s)
{
	struct twin_chain c = {
		.nr_src = sim_random(s, s->rings.src.nr + 1),
		.nr_dst = sim_random(s, s->rings.dst.nr + 1),
	};
	int want, err;

	if (sim_random(s, 2)) {		/* else mostly long chains and few */
		c.nr_src = sim_random(s, 4);
		c.nr_dst = sim_random(s, 4);
	}
	want = twin_expects(s, c.nr_src, c.nr_dst);
	/* any number: it has nothing to do with a place in the rings */
	c.slot = sim_random(s, 0x10000);
	err = hifn_rings_claim(&s->rings, c.nr_src, c.nr_dst, c.slot);
	KUNIT_ASSERT_EQ(s->test, err, want);
	if (err)
		return;
	fill_chain(s, &c);
	if (!sim_random(s, 4)) {
		hifn_rings_rollback(&s->rings);
		return;
	}
	s->twin[s->nr_twin++] = c;
	s->tag[0]++;
	s->tag[1] += c.nr_src;
	s->tag[2] += c.nr_dst;
	s->tag[3]++;
	hifn_rings_publish(&s->rings);
}

static u32 twin_harvested(const struct sim *s)
{
	u32 n = 0;

	while (n < s->nr_twin && s->twin[n].harvested)
		n++;
	return n;
}

static void host_harvest(struct sim *s)
{
	u32 next = twin_harvested(s);
	bool want = next < s->done_chains;
	u16 slot;

	KUNIT_EXPECT_EQ(s->test, (u32)hifn_rings_busy(&s->rings),
			s->nr_twin - next);
	KUNIT_EXPECT_EQ(s->test, hifn_rings_ready(&s->rings), want);
	KUNIT_EXPECT_EQ(s->test, hifn_rings_done(&s->rings), want);
	if (want)
		KUNIT_EXPECT_EQ(s->test, hifn_rings_oldest(&s->rings), s->twin[next].slot);
	KUNIT_ASSERT_EQ(s->test, hifn_rings_harvest(&s->rings, &slot), want);
	if (!want)
		return;
	KUNIT_EXPECT_EQ(s->test, slot, s->twin[next].slot);
	s->twin[next].harvested = true;
}

static void host_release(struct sim *s)
{
	if (!twin_harvested(s))
		return;
	hifn_rings_release(&s->rings);
	memmove(s->twin, s->twin + 1, (s->nr_twin - 1) * sizeof(s->twin[0]));
	s->nr_twin--;
	s->done_chains--;
}

static void sim_step(struct sim *s)
{
	switch (sim_random(s, 8)) {
	case 0:
		host_submit(s);
		break;
	case 1:
		host_harvest(s);
		break;
	case 2:
		host_release(s);
		break;
	case 3:
		card_poll(s);
		break;
	default:
		card_step(s);
	}
	compare_with_twin(s);
}

/* Nothing may be stuck: left alone, the card finishes all it was given. */
static void sim_drain(struct sim *s)
{
	u32 i;

	for (i = 0; i < 100000 && s->nr_twin; i++) {
		card_poll(s);
		card_step(s);
		host_harvest(s);
		host_release(s);
	}
	KUNIT_ASSERT_EQ(s->test, s->nr_twin, 0u);
	compare_with_twin(s);
}

/* Accounting with unequal source and destination lists. */
static void regression_16_ring_equals_twin(struct kunit *test)
{
	struct sim *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	u32 seed, step, laps = 0;

	KUNIT_ASSERT_NOT_NULL(test, s);
	for (seed = 1; seed <= 40; seed++) {
		memset(s, 0, sizeof(*s));
		sim_init(s, test, seed);
		for (step = 0; step < 5000; step++)
			sim_step(s);
		sim_drain(s);
		KUNIT_EXPECT_EQ_MSG(test, s->engine[3].retired, s->tag[3],
				    "seed %u", seed);
		laps += s->laps;
	}
	KUNIT_EXPECT_GE(test, laps, 1000u);
}

static void ring_reset_forgets_all(struct kunit *test)
{
	struct sim *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	u32 step, i, k;

	KUNIT_ASSERT_NOT_NULL(test, s);
	sim_init(s, test, 7);
	for (step = 0; step < 1000; step++)
		sim_step(s);
	hifn_rings_reset(&s->rings);
	for (i = 0; i < 4; i++) {
		const struct hifn_ring *r = sim_ring(s, i);

		KUNIT_EXPECT_EQ(test, (int)r->used, 0);
		KUNIT_EXPECT_EQ(test, (int)hifn_ring_room(r), r->nr - 1);
		for (k = 0; k <= r->nr; k++)
			KUNIT_EXPECT_EQ(test, le32_to_cpu(r->desc[k].l), 0u);
		KUNIT_EXPECT_EQ(test, le32_to_cpu(r->desc[r->nr].p), r->bus);
	}
	KUNIT_EXPECT_FALSE(test, hifn_rings_ready(&s->rings));
}

/* After a failure every chain comes back once, in order, harvested or not. */
static void ring_abandon_returns_all_in_order(struct kunit *test)
{
	struct sim *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	u32 seed, step, i;
	u16 slot;

	KUNIT_ASSERT_NOT_NULL(test, s);
	for (seed = 1; seed <= 100; seed++) {
		memset(s, 0, sizeof(*s));
		sim_init(s, test, seed);
		for (step = 0; step < 200; step++)
			sim_step(s);
		for (i = 0; i < s->nr_twin; i++) {
			KUNIT_ASSERT_TRUE(test, hifn_rings_abandon(&s->rings, &slot));
			KUNIT_EXPECT_EQ(test, slot, s->twin[i].slot);
			hifn_rings_release(&s->rings);
		}
		KUNIT_EXPECT_FALSE(test, hifn_rings_abandon(&s->rings, &slot));
		s->nr_twin = 0;
		compare_with_twin(s);
	}
}

static void retire_all(struct sim *s)
{
	u32 i, k;

	for (i = 0; i < 4; i++)
		for (k = 0; k < 8; k++)
			s->mem[i][k].l &= ~cpu_to_le32(HIFN_D_VALID);
}

/* Rings of 8 with one chain written, and not published. */
static struct sim *sim_one_chain(struct kunit *test, struct twin_chain *c)
{
	struct sim *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, s);
	s->test = test;
	s->rings.chain = s->chain;
	for (i = 0; i < 4; i++)
		hifn_ring_init(sim_ring(s, i), s->mem[i], 0x1000 * (i + 1), 8);
	KUNIT_ASSERT_EQ(test, hifn_rings_claim(&s->rings, c->nr_src, c->nr_dst, c->slot), 0);
	fill_chain(s, c);
	return s;
}

/* An entry the card keeps, whichever, keeps its chain from being harvested. */
static void ring_kept_entry_is_not_done(struct kunit *test)
{
	struct twin_chain c = { .nr_src = 3, .nr_dst = 2 };
	struct sim *s = sim_one_chain(test, &c);
	u32 i, k, nr[4] = { 1, 3, 2, 1 };

	hifn_rings_publish(&s->rings);
	retire_all(s);
	for (i = 0; i < 4; i++) {
		for (k = 0; k < nr[i]; k++) {
			s->mem[i][k].l |= cpu_to_le32(HIFN_D_VALID);
			KUNIT_EXPECT_FALSE(test, hifn_rings_harvest(&s->rings, &c.slot));
			s->mem[i][k].l &= ~cpu_to_le32(HIFN_D_VALID);
		}
	}
	KUNIT_EXPECT_TRUE(test, hifn_rings_harvest(&s->rings, &c.slot));
}

/* Nothing is VALID before publish, everything after it. */
static void ring_publish_gives_whole_chain(struct kunit *test)
{
	struct twin_chain c = { .nr_src = 3, .nr_dst = 2 };
	struct sim *s = sim_one_chain(test, &c);
	u32 i, k, want[4] = { 1, 3, 2, 1 };

	for (i = 0; i < 4; i++)
		for (k = 0; k < 8; k++)
			KUNIT_EXPECT_FALSE(test, le32_to_cpu(s->mem[i][k].l) &
					   HIFN_D_VALID);
	hifn_rings_publish(&s->rings);
	for (i = 0; i < 4; i++)
		for (k = 0; k < 8; k++)
			KUNIT_EXPECT_EQ(test, !!(le32_to_cpu(s->mem[i][k].l) &
						 HIFN_D_VALID), k < want[i]);
}

static struct kunit_case hifn_ring_cases[] = {
	KUNIT_CASE(regression_16_ring_equals_twin),
	KUNIT_CASE(ring_reset_forgets_all),
	KUNIT_CASE(ring_abandon_returns_all_in_order),
	KUNIT_CASE(ring_kept_entry_is_not_done),
	KUNIT_CASE(ring_publish_gives_whole_chain),
	{}
};

static struct kunit_suite hifn_ring_suite = {
	.name = "hifn_ring",
	.test_cases = hifn_ring_cases,
};
kunit_test_suite(hifn_ring_suite);

MODULE_DESCRIPTION("Tests of the HIFN 795x ring accounting");
MODULE_LICENSE("GPL");
