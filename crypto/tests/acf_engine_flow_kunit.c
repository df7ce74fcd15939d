// SPDX-License-Identifier: GPL-2.0
/* Order of completion: requests of the network keep it, whoever serves, and within bounds. */
#include <linux/delay.h>

#include "acf_engine_kunit.h"

/* Callbacks one thread makes in a row, acf_flow.c. */
#define BUDGET	16

static struct trial *submit(struct kunit *test, enum trial_kind kind, u32 flags)
{
	struct rig *rig = test->priv;
	struct trial *t = rig_submit(rig, kind, 64, rig->nr_trials & 1, flags);

	KUNIT_ASSERT_NOT_NULL(test, t);
	return t;
}

static int finals(const struct rig *rig, unsigned int from, unsigned int to)
{
	int sum = 0;

	for (; from < to; from++)
		sum += atomic_read(&rig->trial[from].finals);
	return sum;
}

/* Last in, first done by the card, and one of them failed: called back as they came. */
static void in_turn(struct kunit *test, enum trial_kind kind)
{
	struct rig *rig = test->priv;
	unsigned int first = rig->nr_trials;
	int base, i;

	rig_by_hand(rig, 0, 3);
	for (i = 0; i < 3; i++)
		submit(test, kind, 0);
	for (i = 2; i >= 0; i--) {
		KUNIT_EXPECT_EQ(test, finals(rig, first, first + 3), 0);
		KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[0], i, i == 1 ? -EIO : 0));
	}
	rig_check_all(test);
	base = rig->trial[first].place;
	for (i = 1; i < 3; i++)
		KUNIT_EXPECT_EQ_MSG(test, rig->trial[first + i].place, base + i, "kind %d", kind);
}

static void flow_every_kind_keeps_its_order(struct kunit *test)
{
	int kind;

	for (kind = 0; kind < RIG_KINDS; kind++)
		in_turn(test, kind);
}

/* A queue that is full makes the CPU do it: that packet must not overtake the queue. */
static void flow_full_queue_is_not_overtaken(struct kunit *test)
{
	struct rig *rig = test->priv;
	int kind;

	for (kind = 0; kind < RIG_KINDS; kind++) {
		unsigned int first = rig->nr_trials;
		unsigned int i;

		if (first + rig_queue_len + 2 > RIG_TRIALS)
			break;
		rig_by_hand(rig, 0, 1);
		for (i = 0; i < rig_queue_len + 2; i++)
			KUNIT_EXPECT_EQ(test, submit(test, kind, 0)->ret, -EINPROGRESS);
		KUNIT_EXPECT_EQ(test, finals(rig, first, rig->nr_trials), 0);
		rig_complete_all(rig);
		rig_check_all(test);
		for (i = first; i < rig->nr_trials; i++)
			KUNIT_EXPECT_EQ_MSG(test, rig->trial[i].place, i - first, "kind %d", kind);
	}
}

/* Storage: what is finished is called back, whatever is not. */
static void flow_storage_has_no_order(struct kunit *test)
{
	struct rig *rig = test->priv;
	int kind;
	int i;

	for (kind = 0; kind < RIG_KINDS; kind++) {
		rig_by_hand(rig, 0, 3);
		for (i = 0; i < 3; i++)
			submit(test, kind, CRYPTO_TFM_REQ_MAY_BACKLOG);
		for (i = 2; i >= 0; i--) {
			KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[0], i, 0));
			KUNIT_EXPECT_EQ(test, finals(rig, 3 * kind + i, 3 * kind + 3), 3 - i);
		}
	}
	rig_check_all(test);
}

static void submit_next(struct trial *t)
{
	trial_submit(t->priv);
}

/* From within a callback: who is called back may be about to send the packet on. */
static void flow_is_busy_until_the_callback_returns(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct trial *first, *next = &rig->trial[0];

	KUNIT_ASSERT_EQ(test, trial_alloc(next, &rig->tfm[TRIAL_AEAD]), 0);
	rig->nr_trials++;
	KUNIT_ASSERT_EQ(test, trial_prepare(next, 0, false, 0), 0);	/* the CPU's */
	rig_by_hand(rig, 0, 1);
	first = submit(test, TRIAL_AEAD, 0);
	first->on_final = submit_next;
	first->priv = next;
	KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[0], 0, 0));
	KUNIT_EXPECT_EQ(test, next->ret, -EINPROGRESS);
	rig_check_all(test);
	KUNIT_EXPECT_EQ(test, next->place, 1);
}

/* With order given up: who finishes a request calls back, unless another is at it. */
static void until_nobody_drains(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct trial *t = submit(test, TRIAL_CIPHER, 0);
	int tries;

	for (tries = 0; tries < 1000; tries++) {
		KUNIT_ASSERT_TRUE(test, script_engine_complete(rig->engine[0], 1, 0));
		KUNIT_ASSERT_TRUE(test, trial_wait(t));
		if (t->by == current)
			return;
		msleep(10);
		KUNIT_ASSERT_EQ(test, trial_prepare(t, 64, false, 0), 0);
		trial_submit(t);
	}
	KUNIT_FAIL(test, "a worker calls back for ever");
}

/* So many behind one that is stuck that order is given up: the others go on. */
static void flow_is_bounded(struct kunit *test)
{
	struct rig *rig = test->priv;
	unsigned int i;

	if (rig_flow_len > RIG_TRIALS - 5)
		kunit_skip(test, "a flow of %u is too long", rig_flow_len);
	rig_by_hand(rig, 0, RIG_TRIALS);
	for (i = 0; i < rig_flow_len; i++)
		submit(test, TRIAL_CIPHER, 0);
	for (i = 1; i < rig_flow_len; i++)
		KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[0], 1, 0));
	KUNIT_EXPECT_EQ(test, finals(rig, 0, rig_flow_len), 0);
	submit(test, TRIAL_CIPHER, 0);
	for (i = 1; i < rig_flow_len; i++)
		KUNIT_EXPECT_TRUE_MSG(test, trial_wait(&rig->trial[i]), "trial %u", i);
	KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[0], 1, 0));
	KUNIT_EXPECT_TRUE(test, trial_wait(&rig->trial[rig_flow_len]));
	KUNIT_EXPECT_EQ(test, atomic_read(&rig->trial[0].finals), 0);
	until_nobody_drains(test);
	rig_complete_all(rig);
	rig_check_all(test);
	/* and with that one gone it is kept again */
	in_turn(test, TRIAL_CIPHER);
}

/* Whoever finishes the first of many does not call back all the others. */
static void flow_callbacks_have_a_budget(struct kunit *test)
{
	const unsigned int nr = BUDGET + 4;
	struct rig *rig = test->priv;
	unsigned int mine = 0;
	unsigned int i;

	rig_by_hand(rig, 0, nr);
	for (i = 0; i < nr; i++)
		submit(test, TRIAL_AEAD, 0);
	for (i = 1; i < nr; i++)
		KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[0], 1, 0));
	KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[0], 0, 0));
	rig_check_all(test);
	for (i = 0; i < nr; i++) {
		mine += rig->trial[i].by == current;
		KUNIT_EXPECT_EQ(test, rig->trial[i].place, i);
	}
	KUNIT_EXPECT_EQ(test, mine, BUDGET);
}

static struct kunit_case acf_flow_cases[] = {
	KUNIT_CASE(flow_every_kind_keeps_its_order),
	KUNIT_CASE(flow_full_queue_is_not_overtaken),
	KUNIT_CASE(flow_storage_has_no_order),
	KUNIT_CASE(flow_is_busy_until_the_callback_returns),
	KUNIT_CASE(flow_is_bounded),
	KUNIT_CASE(flow_callbacks_have_a_budget),
	{}
};

static struct kunit_suite acf_flow_suite = {
	.name = "acf_flow",
	.suite_init = rig_suite_init,
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = acf_flow_cases,
};
kunit_test_suite(acf_flow_suite);
