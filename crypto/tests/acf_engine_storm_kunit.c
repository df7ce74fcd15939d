// SPDX-License-Identifier: GPL-2.0
/*
 * Every request completes exactly once while several threads submit, and two engines
 * complete, fail, refuse, stop, pause, leave and come back under them.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/slab.h>

#include "acf_engine_kunit.h"

#define STORMERS	4
#define STORM_BURST	24	/* requests of a thread in flight */
#define STORM_TURNS	6	/* times each engine goes and comes back */
#define STORM_CALM_MS	30
#define STORM_LINGER_MS	300	/* how long a callback too many may take to show */

struct stormer {
	struct task_struct *task;
	struct trial_tfm tfm[RIG_KINDS];
	unsigned int nr_tfms;
	struct trial trial[STORM_BURST];
	unsigned int nr_trials;
	u8 round;
	bool lost;			/* a request is out there: nothing may be freed */
	unsigned int submitted;
	unsigned int right;
	int async[RIG_KINDS];		/* answers -EINPROGRESS and -EBUSY */
	const char *why;		/* the first thing that was wrong */
};

static const struct script storms[] = {
	{ .unit = SCRIPT_WORKER, .slots = 3, .fail = 5, .refuse = 7 },
	{ .unit = SCRIPT_SOFTIRQ, .slots = 2, .fail = 3 },
	{ .unit = SCRIPT_WORKER, .slots = 8, .newest_first = true, .delay_us = 300 },
	{ .unit = SCRIPT_SOFTIRQ, .slots = 1, .newest_first = true, .refuse = 4 },
};

static void stormer_wrong(struct stormer *s, const char *why)
{
	if (!s->why)
		s->why = why;
}

/* Two of five may not wait. */
static u32 stormer_flags(unsigned int i)
{
	return i % 5 < 2 ? 0 : CRYPTO_TFM_REQ_MAY_BACKLOG;
}

static void stormer_submit(struct stormer *s)
{
	unsigned int i;

	for (i = 0; i < STORM_BURST; i++) {
		struct trial *t = &s->trial[i];

		if (trial_prepare(t, 16 * (1 + i), i & 1, stormer_flags(i)))
			stormer_wrong(s, "the software failed");
	}
	for (i = 0; i < STORM_BURST; i++) {
		trial_submit(&s->trial[i]);
		s->submitted++;
		s->async[i % RIG_KINDS] += trial_is_async(&s->trial[i]);
	}
}

/* Those of one transform that may not wait come back in the order they went. */
static void stormer_check(struct stormer *s)
{
	int last[RIG_KINDS] = { -1, -1, -1 };
	unsigned int i;

	for (i = 0; i < STORM_BURST; i++) {
		struct trial *t = &s->trial[i];
		const char *why = trial_verdict(t);

		if (why)
			stormer_wrong(s, why);
		else
			s->right++;
		if (stormer_flags(i) || !trial_is_async(t))
			continue;
		if (t->place <= last[t->tfm->kind])
			stormer_wrong(s, "out of order");
		last[t->tfm->kind] = t->place;
	}
}

static void stormer_round(struct stormer *s)
{
	unsigned int i;

	for (i = 0; i < RIG_KINDS; i++)
		if (trial_tfm_setkey(&s->tfm[i], s->round))
			stormer_wrong(s, "setkey failed");
	s->round++;
	stormer_submit(s);
	for (i = 0; i < STORM_BURST && !s->lost; i++)
		s->lost = !trial_wait(&s->trial[i]);
	if (s->lost)
		stormer_wrong(s, "a request never completed");
	else
		stormer_check(s);
}

static int stormer_thread(void *data)
{
	struct stormer *s = data;

	while (!kthread_should_stop()) {
		if (s->lost)
			msleep(20);
		else
			stormer_round(s);
	}
	return 0;
}

static void stormer_free(struct stormer *s)
{
	unsigned int i;

	if (s->lost)
		return;
	for (i = 0; i < s->nr_trials; i++)
		trial_free(&s->trial[i]);
	for (i = 0; i < s->nr_tfms; i++)
		trial_tfm_exit(&s->tfm[i]);
	kvfree(s);
}

static struct stormer *stormer_alloc(void)
{
	struct stormer *s = kvzalloc(sizeof(*s), GFP_KERNEL);
	unsigned int i;

	if (!s)
		return NULL;
	for (i = 0; i < RIG_KINDS; i++, s->nr_tfms++)
		if (trial_tfm_init(&s->tfm[i], i))
			goto err_free;
	for (i = 0; i < STORM_BURST; i++, s->nr_trials++)
		if (trial_alloc(&s->trial[i], &s->tfm[i % RIG_KINDS]))
			goto err_free;
	return s;

err_free:
	stormer_free(s);
	return NULL;
}

enum storm_way { STORM_STOPS, STORM_GOES, STORM_PAUSES, STORM_WAYS };

/* Stopped and started; or gone for good and another one in its place; or reset. */
static void storm_break(struct kunit *test, int which, enum storm_way way)
{
	struct rig *rig = test->priv;

	if (way == STORM_GOES) {
		rig_vanish(rig, which);
		msleep(STORM_CALM_MS);
		KUNIT_EXPECT_EQ(test, rig_start(rig, which, &rig_calm), 0);
	} else if (way == STORM_PAUSES) {
		acf_engine_pause(&rig->engine[which]->engine);
		msleep(STORM_CALM_MS);
		script_engine_play(rig->engine[which], &rig_calm);
		KUNIT_EXPECT_EQ(test, acf_engine_resume(&rig->engine[which]->engine), 0);
	} else {
		script_engine_stop(rig->engine[which]);
		msleep(STORM_CALM_MS);
		KUNIT_EXPECT_EQ(test, script_engine_restart(rig->engine[which], &rig_calm), 0);
	}
}

static void storm_turn(struct kunit *test, int which, enum storm_way way)
{
	struct rig *rig = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(storms); i++) {
		script_engine_play(rig->engine[which], &storms[i]);
		script_engine_play(rig->engine[!which], &storms[(i + 1) % ARRAY_SIZE(storms)]);
		msleep(STORM_CALM_MS);
	}
	storm_break(test, which, way);
}

/* Both gone at once: nothing but the CPU is left, and then the engines again. */
static void storm_dead_calm(struct kunit *test)
{
	struct rig *rig = test->priv;

	rig_vanish(rig, 0);
	rig_vanish(rig, 1);
	msleep(STORM_CALM_MS);
	KUNIT_EXPECT_EQ(test, rig_start(rig, 0, &rig_calm), 0);
	KUNIT_EXPECT_EQ(test, rig_start(rig, 1, &rig_calm), 0);
}

static void storm_end(struct kunit *test, struct stormer *s, int nr)
{
	int kind;

	KUNIT_EXPECT_STREQ_MSG(test, s->why ?: "right", "right", "thread %d", nr);
	KUNIT_EXPECT_GT(test, s->submitted, 0);
	KUNIT_EXPECT_EQ_MSG(test, s->right, s->submitted, "thread %d", nr);
	/* not one callback too many, not even late */
	for (kind = 0; kind < RIG_KINDS; kind++)
		KUNIT_EXPECT_EQ_MSG(test, atomic_read(&s->tfm[kind].finals), s->async[kind],
				    "thread %d kind %d", nr, kind);
	kunit_info(test, "thread %d: %u requests; not at once: %d ciphers, %d AEADs, %d hashes", nr,
		   s->submitted, s->async[TRIAL_CIPHER], s->async[TRIAL_AEAD],
		   s->async[TRIAL_HASH]);
}

static void storm_run(struct kunit *test, struct stormer **stormers)
{
	int i;

	for (i = 0; i < STORMERS; i++) {
		struct task_struct *task = kthread_run(stormer_thread, stormers[i], "stormer/%d", i);

		KUNIT_EXPECT_FALSE(test, IS_ERR(task));
		stormers[i]->task = IS_ERR(task) ? NULL : task;
	}
	for (i = 0; i < 2 * STORM_TURNS; i++)
		storm_turn(test, i % 2, i / 2 % STORM_WAYS);
	storm_dead_calm(test);
	for (i = 0; i < STORMERS; i++)
		if (stormers[i]->task)
			kthread_stop(stormers[i]->task);
	msleep(STORM_LINGER_MS);
}

static void storm_every_request_completes_once(struct kunit *test)
{
	struct stormer *stormers[STORMERS] = { NULL };
	struct rig *rig = test->priv;
	bool ready = true;
	int i;

	for (i = 0; i < STORMERS; i++) {
		stormers[i] = stormer_alloc();
		ready = ready && stormers[i];
	}
	KUNIT_EXPECT_TRUE(test, ready);
	KUNIT_EXPECT_EQ(test, rig_start(rig, 1, &rig_calm), 0);
	if (ready && rig->started[1])
		storm_run(test, stormers);
	for (i = 0; i < STORMERS; i++) {
		if (!stormers[i])
			continue;
		storm_end(test, stormers[i], i);
		stormer_free(stormers[i]);
	}
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, atomic_long_read(&rig->engine[i]->engine.outstanding), 0);
}

static struct kunit_case acf_storm_cases[] = {
	KUNIT_CASE(storm_every_request_completes_once),
	{}
};

static struct kunit_suite acf_storm_suite = {
	.name = "acf_storm",
	.suite_init = rig_suite_init,
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = acf_storm_cases,
};
kunit_test_suite(acf_storm_suite);
