// SPDX-License-Identifier: BSD-2-Clause
/*
 * The hostile card against the driver's rings, as the driver would use them:
 * whatever the card does, it writes only where it was offered memory at that
 * moment, and a seed repeats what it did.
 */
#include <stdlib.h>

#include "loop_bench.h"

#define STEPS		1500
#define PATIENCE	40	/* steps without a result, then a reset */
#define STARTS_MAX	200
#define USED_BYTES	0x90000u	/* of the bench's memory */

struct battle {
	struct loop_bench *b;
	struct loop_job *job;
	u8 *shadow;		/* memory as the host left it */
	bool trusting;		/* the host believes results; the driver looks closer */
	u32 good, bad, none, resets, idle;
};

/* Rings' flag words, result buffers, destinations of jobs in flight. */
static void allow_ring(struct battle *w, const struct hifn_ring *r)
{
	u32 i, at = (u32)((u8 *)r->desc - w->b->mem);

	for (i = 0; i <= r->nr; i++)
		memcpy(w->shadow + at + i * 8, w->b->mem + at + i * 8, 4);
}

static void allow_jobs(struct battle *w)
{
	struct loop_bench *b = w->b;
	const struct hifn_ring *r = &b->rings.res;
	u32 i, n;

	for (i = 0; i < r->used; i++) {
		u32 at = (r->head + r->nr - r->used + i) % r->nr;
		const struct loop_job *j = &b->job[b->rings.chain[at].slot];

		n = j->op.cipher ? j->op.bytes : LOOP_SCRATCH;
		memcpy(w->shadow + j->dst_at, b->mem + j->dst_at, n);
	}
}

static void check_memory(struct battle *w)
{
	struct loop_bench *b = w->b;
	char *log;
	u32 i;

	allow_ring(w, &b->rings.cmd);
	allow_ring(w, &b->rings.src);
	allow_ring(w, &b->rings.dst);
	allow_ring(w, &b->rings.res);
	for (i = 0; i < b->rings.res.nr; i++)
		memcpy(w->shadow + b->res_at + i * LOOP_RES_STRIDE,
		       b->mem + b->res_at + i * LOOP_RES_STRIDE,
		       HIFN_MAX_RESULT_BYTES);
	allow_jobs(w);
	if (!memcmp(w->shadow, b->mem, USED_BYTES))
		return;
	for (i = 0; w->shadow[i] == b->mem[i]; i++)
		;
	log = vcard_hostile_log(b->card);
	native_kunit_note("... %s", log + strlen(log) - min(strlen(log), (size_t)400));
	free(log);
	KUNIT_ASSERT_TRUE_MSG(b->test, false, "written at 0x%x, which is not offered", i);
}

static void host_was_here(struct battle *w)
{
	memcpy(w->shadow, w->b->mem, USED_BYTES);
	w->idle = 0;
}

static void make_job(struct battle *w)
{
	struct loop_bench *b = w->b;
	struct loop_job *j = w->job;
	u32 i, n = 16 * (1 + loop_random(b, 200));

	memset(j, 0, sizeof(*j));
	for (i = 0; i < n; i++)
		j->in[i] = loop_random(b, 256);
	j->op.bytes = n;
	if (loop_random(b, 4)) {
		j->op.cipher = HIFN_CIPHER_AES;
		j->op.mode = HIFN_MODE_CBC;
		j->op.key_bytes = 16;
		j->op.crypt.bytes = n;
	} else {
		j->op.mac = HIFN_MAC_SHA1;
		j->op.auth.bytes = n;
	}
}

/* What the driver does with a card that does not answer. */
static void reset_card(struct battle *w)
{
	struct loop_bench *b = w->b;
	u32 tries = 0;
	u16 slot;

	w->resets++;
	loop_full_reset(b);
	check_memory(w);
	while (hifn_rings_abandon(&b->rings, &slot))
		hifn_rings_release(&b->rings);
	while (!loop_try_start(b)) {
		check_memory(w);	/* the rings are as they were */
		KUNIT_ASSERT_LE(b->test, tries++, (u32)STARTS_MAX);
	}
	host_was_here(w);
}

static bool harvest(struct battle *w, u16 *slot)
{
	struct hifn_rings *rs = &w->b->rings;

	if (!w->trusting)
		return hifn_rings_harvest(rs, slot);
	if (!hifn_rings_ready(rs))
		return false;
	*slot = hifn_rings_oldest(rs);
	rs->harvested++;
	return true;
}

static bool take_one(struct battle *w)
{
	struct loop_bench *b = w->b;
	u8 mac[HIFN_SHA1_BYTES];
	u16 slot;

	if (!harvest(w, &slot))
		return false;
	switch (loop_result(b, slot, mac)) {
	case HIFN_RESULT_NONE:
		w->none++;
		reset_card(w);
		return false;
	case HIFN_RESULT_OK:
		w->good++;
		break;
	default:
		w->bad++;
	}
	/* as the driver does, for the keys */
	memset(b->mem + b->cmd_at + slot * LOOP_CMD_STRIDE, 0, LOOP_CMD_STRIDE);
	hifn_rings_release(&b->rings);
	host_was_here(w);
	return true;
}

static void one_step(struct battle *w)
{
	struct loop_bench *b = w->b;

	if (loop_random(b, 2)) {
		make_job(w);
		if (loop_submit(b, w->job))
			host_was_here(w);
	}
	b->now_ns += 100000;
	vcard_step(b->card, 64 + loop_random(b, 0x1000));
	check_memory(w);
	vcard_rd32(b->card, 1, HIFN_1_DMA_CSR);
	vcard_wr32(b->card, 1, HIFN_1_DMA_CSR, HIFN_DMACSR_R_DONE);
	if (loop_random(b, 2))
		while (take_one(w))
			;
	if (++w->idle > PATIENCE)
		reset_card(w);
}

static void open_battle(struct kunit *test, struct battle *w, const char *spec)
{
	w->b = loop_open(test);
	w->job = kunit_kzalloc(test, sizeof(*w->job), GFP_KERNEL);
	w->shadow = kunit_kzalloc(test, USED_BYTES, GFP_KERNEL);
	host_was_here(w);
	KUNIT_ASSERT_TRUE(test, vcard_fault(w->b->card, spec) == NULL);
}

static void fight(struct battle *w)
{
	u32 i;

	for (i = 0; i < STEPS; i++)
		one_step(w);
}

static void end(struct kunit *test, struct battle *w)
{
	loop_close(w->b);
	while (test->nr_alloc)
		free(test->alloc[--test->nr_alloc]);
}

/* It does all it can, and still some work gets done. */
static void loop_hostile_stays_inside(struct kunit *test)
{
	u32 seed, good = 0, bad = 0, none = 0, resets = 0;
	char spec[32];

	for (seed = 1; seed <= 24; seed++) {
		struct battle w = { .trusting = seed % 4 < 2 };

		snprintf(spec, sizeof(spec), "hostile:%u%%%u", seed,
			 seed % 2 ? 4 : 1 + seed / 2);
		open_battle(test, &w, spec);
		fight(&w);
		good += w.good;
		bad += w.bad;
		none += w.none;
		resets += w.resets;
		end(test, &w);
	}
	native_kunit_note("%u good, %u bad, %u without result, %u resets", good, bad,
		   none, resets);
	KUNIT_EXPECT_GE(test, good, 2000u);
	KUNIT_EXPECT_GE(test, bad, 100u);
	KUNIT_EXPECT_GE(test, none, 1u);
	KUNIT_EXPECT_GE(test, resets, 100u);
}

/* Descriptors it did not give back are not the card's a lap later. */
static void loop_hostile_stale(struct kunit *test)
{
	static const char * const specs[] = {
		"no-valid-cmd%5", "no-valid-src%5", "no-valid-dst%5",
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(specs); i++) {
		struct battle w = { .trusting = true };

		open_battle(test, &w, "hostile:1%1000000");
		KUNIT_ASSERT_TRUE(test, vcard_fault(w.b->card, specs[i]) == NULL);
		fight(&w);
		KUNIT_EXPECT_GE(test, w.good, 100u);
		end(test, &w);
	}
}

/* What is offered beyond a request is written to, lie or not: a length too long shows. */
static void loop_hostile_fills_room(struct kunit *test)
{
	struct battle w = { 0 };
	struct hifn_desc *last;
	struct hifn_ring *dst;
	u32 i, more;

	open_battle(test, &w, "hostile:1%1000000");
	dst = &w.b->rings.dst;
	for (i = 0; i < 50; i++) {
		const struct loop_job *j = &w.b->job[w.b->next_slot];
		u8 *end;

		make_job(&w);
		KUNIT_ASSERT_TRUE(test, loop_submit(w.b, w.job));
		end = w.b->mem + j->dst_at + (j->op.cipher ? j->op.bytes : min(j->op.bytes, LOOP_SCRATCH));
		more = 4 * (i % 17);
		last = &dst->desc[(dst->head + dst->nr - 1) % dst->nr];
		last->l = cpu_to_le32(le32_to_cpu(last->l) + more);
		host_was_here(&w);
		loop_run_card(w.b);
		KUNIT_EXPECT_EQ(test, !memcmp(w.shadow + (end - w.b->mem), end, max(more, 4u)), !more);
		memcpy(end, w.shadow + (end - w.b->mem), more);
		check_memory(&w);
		w.good = 0;
		while (take_one(&w))
			;
		KUNIT_ASSERT_EQ(test, w.good, 1u);
	}
	end(test, &w);
}

static void loop_hostile_repeats(struct kunit *test)
{
	char *log[3];
	u32 i;

	for (i = 0; i < 3; i++) {
		struct battle w = { 0 };

		open_battle(test, &w, i < 2 ? "hostile:77%4" : "hostile:78%4");
		fight(&w);
		log[i] = vcard_hostile_log(w.b->card);
		end(test, &w);
	}
	KUNIT_EXPECT_TRUE(test, !strcmp(log[0], log[1]));
	KUNIT_EXPECT_TRUE(test, strcmp(log[0], log[2]));
	for (i = 0; i < 3; i++)
		free(log[i]);
}

/* Cleared, and reset: a card as any other. */
static void loop_hostile_ends(struct kunit *test)
{
	struct battle w = { 0 };
	u32 i;

	open_battle(test, &w, "hostile:5%3");
	fight(&w);
	vcard_faults_clear(w.b->card);
	reset_card(&w);
	w.b->finished = w.b->submitted;
	for (i = 0; i < 50; i++) {
		make_job(&w);
		w.job->op.cipher = HIFN_CIPHER_NONE;
		w.job->op.mac = HIFN_MAC_SHA1;
		w.job->op.auth.bytes = w.job->op.bytes;
		KUNIT_ASSERT_TRUE(test, loop_submit(w.b, w.job));
		host_was_here(&w);
		loop_run_card(w.b);
		check_memory(&w);
		w.good = 0;
		while (take_one(&w))
			;
		KUNIT_ASSERT_EQ(test, w.good, 1u);
	}
	end(test, &w);
}

static struct kunit_case loop_hostile_cases[] = {
	KUNIT_CASE(loop_hostile_stays_inside),
	KUNIT_CASE(loop_hostile_stale),
	KUNIT_CASE(loop_hostile_fills_room),
	KUNIT_CASE(loop_hostile_repeats),
	KUNIT_CASE(loop_hostile_ends),
	{}
};

static struct kunit_suite loop_hostile_suite = {
	.name = "loop_hostile",
	.test_cases = loop_hostile_cases,
};
kunit_test_suite(loop_hostile_suite);
