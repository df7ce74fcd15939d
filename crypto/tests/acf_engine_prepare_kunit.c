// SPDX-License-Identifier: GPL-2.0
/* Preparing a job for an engine: by whom, for how many, and what becomes of what is claimed. */
#include <linux/delay.h>
#include <linux/kthread.h>

#include "acf_engine_kunit.h"

#define SLOW_US	10000000	/* at most: the test ends it */

static unsigned int prepared(struct rig *rig)
{
	return READ_ONCE(rig->engine[0]->prepared);
}

struct slow {
	struct rig *rig;
	struct completion done;
};

/* A request whose preparation takes as long as the test wants. */
static int slow_submitter(void *data)
{
	struct slow *slow = data;

	rig_submit(slow->rig, TRIAL_CIPHER, SCRIPT_SLOW_LEN, false, CRYPTO_TFM_REQ_MAY_BACKLOG);
	complete(&slow->done);
	return 0;
}

static bool wait_prepared(struct rig *rig, unsigned int nr)
{
	unsigned int ms;

	for (ms = 0; ms < 60000 && prepared(rig) != nr; ms++)
		msleep(1);
	return prepared(rig) == nr;
}

/*
 * Mapping and copying of one job hold nobody up: another is submitted, done and called back
 * meanwhile. The trial is allocated before, since the two submitters share the rig's.
 */
static void prepare_holds_nobody_up(struct kunit *test)
{
	struct script script = { .unit = SCRIPT_WORKER, .slots = 8, .slow_us = SLOW_US };
	struct rig *rig = test->priv;
	struct slow slow = { .rig = rig };
	struct trial *quick = &rig->trial[0];
	struct task_struct *task;

	KUNIT_ASSERT_EQ(test, trial_alloc(quick, &rig->tfm[TRIAL_CIPHER]), 0);
	rig->nr_trials++;
	KUNIT_ASSERT_EQ(test, trial_prepare(quick, 64, false, CRYPTO_TFM_REQ_MAY_BACKLOG), 0);
	script_engine_play(rig->engine[0], &script);
	init_completion(&slow.done);
	task = kthread_run(slow_submitter, &slow, "slow");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	KUNIT_EXPECT_TRUE(test, wait_prepared(rig, 1));
	trial_submit(quick);
	KUNIT_EXPECT_TRUE(test, trial_wait(quick));
	KUNIT_EXPECT_EQ(test, prepared(rig), 1u);
	WRITE_ONCE(rig->engine[0]->script.slow_us, 0);
	wait_for_completion(&slow.done);
	rig_check_all(test);
}

/* A few wait in the engine's space, and no more: the space is for those who can go on. */
static void prepare_waits_for_a_few(struct kunit *test)
{
	struct rig *rig = test->priv;
	unsigned int room = min_t(unsigned int, rig_queue_len, ACF_WAIT_PREPARED);

	rig_fill(test, TRIAL_CIPHER, 1, 2);
	KUNIT_EXPECT_EQ(test, prepared(rig), room);
	/* one goes to the card; one more may be prepared for the next time there is room */
	KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[0], 0, 0));
	KUNIT_EXPECT_EQ(test, script_engine_held(rig->engine[0]), 1u);
	KUNIT_EXPECT_GE(test, prepared(rig), 1u);
	KUNIT_EXPECT_LE(test, prepared(rig), room);
	rig_complete_all(rig);
	KUNIT_EXPECT_EQ(test, prepared(rig), 0u);
	rig_check_all(test);
}

/* No space: the job waits, and whoever gives space back starts it. */
static void prepare_without_space_waits(struct kunit *test)
{
	const struct script script = { .unit = SCRIPT_BY_HAND, .slots = 8, .spaces = 2 };
	struct rig *rig = test->priv;
	unsigned int i;

	script_engine_play(rig->engine[0], &script);
	for (i = 0; i < 3; i++)
		KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, TRIAL_CIPHER, 64, i & 1, 0));
	KUNIT_EXPECT_EQ(test, script_engine_held(rig->engine[0]), 2u);
	KUNIT_EXPECT_EQ(test, rig->trial[2].ret, -EINPROGRESS);
	KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[0], 0, 0));
	KUNIT_EXPECT_EQ(test, script_engine_held(rig->engine[0]), 2u);
	rig_complete_all(rig);
	rig_check_all(test);
}

/* Who only asks whether a job fits is not told what an earlier use of its memory left there. */
static void prepare_looks_at_nothing_old(struct kunit *test)
{
	struct rig *rig = test->priv;
	int kind;

	rig_by_hand(rig, 0, 1);
	acf_engine_pause(&rig->engine[0]->engine);
	for (kind = 0; kind < RIG_KINDS; kind++)
		KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, kind, 64, false,
						       CRYPTO_TFM_REQ_MAY_BACKLOG));
	KUNIT_EXPECT_EQ(test, rig->engine[0]->fits_bounced, 0u);
	script_engine_play(rig->engine[0], &rig_calm);
	KUNIT_EXPECT_EQ(test, acf_engine_resume(&rig->engine[0]->engine), 0);
	rig_check_all(test);
}

/* An engine that stops gets back what was prepared on it, each once. */
static void prepare_is_undone_by_a_stop(struct kunit *test)
{
	struct rig *rig = test->priv;
	unsigned int room = min_t(unsigned int, rig_queue_len, ACF_WAIT_PREPARED);
	unsigned int before;

	rig_fill(test, TRIAL_CIPHER, 1, 2);
	before = rig->engine[0]->unprepared;
	acf_engine_stop(&rig->engine[0]->engine);
	KUNIT_EXPECT_EQ(test, prepared(rig), 0u);
	KUNIT_EXPECT_EQ(test, rig->engine[0]->unprepared, before + room);
	rig_complete_all(rig);
	rig_check_all(test);
}

static struct kunit_case acf_prepare_cases[] = {
	KUNIT_CASE(prepare_holds_nobody_up),
	KUNIT_CASE(prepare_waits_for_a_few),
	KUNIT_CASE(prepare_without_space_waits),
	KUNIT_CASE(prepare_looks_at_nothing_old),
	KUNIT_CASE(prepare_is_undone_by_a_stop),
	{}
};

static struct kunit_suite acf_prepare_suite = {
	.name = "acf_prepare",
	.suite_init = rig_suite_init,
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = acf_prepare_cases,
};
kunit_test_suite(acf_prepare_suite);
