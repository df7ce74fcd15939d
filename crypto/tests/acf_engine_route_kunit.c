// SPDX-License-Identifier: GPL-2.0
/* Where a request goes that a card refused, failed or gave back: another card, then the CPU. */
#include "acf_engine_kunit.h"

static void two_by_hand(struct kunit *test)
{
	struct rig *rig = test->priv;

	KUNIT_ASSERT_EQ(test, rig_start(rig, 1, &rig_calm), 0);
	rig_by_hand(rig, 0, 8);
	rig_by_hand(rig, 1, 8);
}

static struct trial *submit(struct kunit *test, enum trial_kind kind, bool decrypt)
{
	struct trial *t = rig_submit(test->priv, kind, 64, decrypt, 0);

	KUNIT_ASSERT_NOT_NULL(test, t);
	return t;
}

static void expect_held(struct kunit *test, unsigned int first, unsigned int second)
{
	struct rig *rig = test->priv;

	KUNIT_EXPECT_EQ(test, script_engine_held(rig->engine[0]), first);
	KUNIT_EXPECT_EQ(test, script_engine_held(rig->engine[1]), second);
}

/* One card fails it, the other does it. */
static void route_failed_job_goes_to_the_other_card(struct kunit *test)
{
	struct rig *rig = test->priv;
	int kind;

	two_by_hand(test);
	for (kind = 0; kind < RIG_KINDS; kind++) {
		submit(test, kind, kind & 1);
		expect_held(test, 1, 0);
		KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[0], 0, -EIO));
		expect_held(test, 0, 1);
		KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[1], 0, 0));
		KUNIT_EXPECT_EQ(test, atomic_read(&rig->trial[kind].finals), 1);
	}
	rig_check_all(test);
}

/* Both fail it: the CPU's, and not a third time a card's. */
static void route_ends_at_the_cpu(struct kunit *test)
{
	struct rig *rig = test->priv;
	int kind;

	two_by_hand(test);
	for (kind = 0; kind < RIG_KINDS; kind++) {
		struct trial *t = submit(test, kind, kind & 1);

		KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[0], 0, -EIO));
		KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[1], 0, -ECANCELED));
		KUNIT_EXPECT_TRUE(test, trial_wait(t));
		expect_held(test, 0, 0);
	}
	rig_check_all(test);
}

/* Refused at the door, and with one card's queue full. */
static void route_refused_job_goes_to_the_other_card(struct kunit *test)
{
	const struct script refusing = { .slots = 1, .refuse = 1 };
	struct rig *rig = test->priv;
	unsigned int i;

	two_by_hand(test);
	script_engine_play(rig->engine[0], &refusing);
	submit(test, TRIAL_CIPHER, false);
	expect_held(test, 0, 1);
	rig_by_hand(rig, 0, 8);
	rig_by_hand(rig, 1, 1);
	for (i = 0; i < rig_queue_len + 10; i++)
		submit(test, TRIAL_CIPHER, true);
	expect_held(test, 8, 1);
	for (i = 0; i < 2; i++)
		while (script_engine_complete(rig->engine[i], 0, 0))
			;
	rig_check_all(test);
}

/* The queue of a card that stops is the other card's. */
static void route_queue_of_a_stopped_card(struct kunit *test)
{
	struct rig *rig = test->priv;
	unsigned int i;

	two_by_hand(test);
	rig_by_hand(rig, 0, 1);
	rig_by_hand(rig, 1, 1);
	for (i = 0; i < rig_queue_len + 2; i++)
		submit(test, TRIAL_CIPHER, i & 1);
	KUNIT_EXPECT_EQ(test, acf_queued(ACF_CLASS_SYSTEM), rig_queue_len);
	acf_engine_stop(&rig->engine[0]->engine);
	expect_held(test, 1, 1);
	rig_by_hand(rig, 1, RIG_TRIALS);
	KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[1], 0, 0));
	expect_held(test, 1, rig_queue_len);
	for (i = 0; i < 2; i++)
		while (script_engine_complete(rig->engine[i], 0, 0))
			;
	rig_check_all(test);
}

/* Who stops a card, or takes its jobs back, does not do them in his own time. */
static void route_taken_back_in_nobodys_time(struct kunit *test)
{
	struct rig *rig = test->priv;
	unsigned int nr = rig_fill(test, TRIAL_CIPHER, 2, 1);
	unsigned int i;

	script_engine_stop(rig->engine[0]);
	rig_check_all(test);
	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_PTR_NE_MSG(test, rig->trial[i].by, current, "trial %u", i);
}

/* Refills meet a card that wants nothing any more, but for what was prepared before. */
static void route_refused_out_of_the_queue_in_nobodys_time(struct kunit *test)
{
	const struct script refusing = { .slots = 1, .refuse = 1 };
	struct rig *rig = test->priv;
	unsigned int prepared = 1 + min_t(unsigned int, rig_queue_len, ACF_WAIT_PREPARED);
	unsigned int nr = rig_fill(test, TRIAL_CIPHER, 1, 6);
	unsigned int i;

	script_engine_play(rig->engine[0], &refusing);
	rig_complete_all(rig);
	rig_check_all(test);
	for (i = prepared; i < nr; i++)
		KUNIT_EXPECT_PTR_NE_MSG(test, rig->trial[i].by, current, "trial %u", i);
}

/*
 * Two cards that want nothing any more, each with a queue: what one refuses the other is offered,
 * and refuses. However many there are, that takes no more of the stack.
 */
static void route_refused_by_both_is_no_recursion(struct kunit *test)
{
	const struct script full = { .slots = 1, .spaces = 1 };
	const struct script refusing = { .slots = 1, .refuse = 1 };
	struct rig *rig = test->priv;
	unsigned long bytes;
	unsigned int i;

	if (rig_queue_len < 8)
		kunit_skip(test, "a queue of %u is too short", rig_queue_len);
	two_by_hand(test);
	for (i = 0; i < 2; i++)
		script_engine_play(rig->engine[i], &full);
	for (i = 0; i < 16; i++)
		submit(test, TRIAL_CIPHER, i & 1);
	expect_held(test, 1, 1);
	for (i = 0; i < 2; i++)
		script_engine_play(rig->engine[i], &refusing);
	script_engine_watch(rig->engine[0]);
	for (i = 0; i < 2; i++)
		while (script_engine_complete(rig->engine[i], 0, 0))
			;
	bytes = script_engine_stack(rig->engine[0]);
	kunit_info(test, "%lu bytes", bytes);
	KUNIT_EXPECT_GE(test, rig->engine[0]->offered, 8u);
	KUNIT_EXPECT_LT(test, bytes, 6000ul);
	rig_check_all(test);
}

/*
 * Who sleeps until it is done, in a callback, may keep the only thread that completes:
 * not to be made to wait for a card.
 */
static void route_waiter_with_bottom_halves_off(struct kunit *test)
{
	struct rig *rig = test->priv;
	DECLARE_CRYPTO_WAIT(wait);
	struct trial *t = &rig->trial[0];

	KUNIT_ASSERT_EQ(test, trial_alloc(t, &rig->tfm[TRIAL_CIPHER]), 0);
	rig->nr_trials++;
	KUNIT_ASSERT_EQ(test, trial_prepare(t, 64, false, 0), 0);
	rig_by_hand(rig, 0, 1);
	skcipher_request_set_callback(t->req.cipher, CRYPTO_TFM_REQ_MAY_BACKLOG, crypto_req_done,
				      &wait);
	local_bh_disable();
	trial_submit(t);
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, t->ret, 0);
	KUNIT_EXPECT_EQ(test, script_engine_held(rig->engine[0]), 0);
	/* one that can sleep may wait for the card */
	KUNIT_ASSERT_EQ(test, trial_prepare(t, 64, false, 0), 0);
	skcipher_request_set_callback(t->req.cipher, 0, crypto_req_done, &wait);
	KUNIT_EXPECT_EQ(test, trial_submit(t), -EINPROGRESS);
	rig_complete_all(rig);
	KUNIT_EXPECT_EQ(test, crypto_wait_req(t->ret, &wait), 0);
	t->ret = 0;
	t->err = 0;
	rig_check_all(test);
}

static struct kunit_case acf_route_cases[] = {
	KUNIT_CASE(route_failed_job_goes_to_the_other_card),
	KUNIT_CASE(route_ends_at_the_cpu),
	KUNIT_CASE(route_refused_job_goes_to_the_other_card),
	KUNIT_CASE(route_queue_of_a_stopped_card),
	KUNIT_CASE(route_taken_back_in_nobodys_time),
	KUNIT_CASE(route_refused_out_of_the_queue_in_nobodys_time),
	KUNIT_CASE(route_refused_by_both_is_no_recursion),
	KUNIT_CASE(route_waiter_with_bottom_halves_off),
	{}
};

static struct kunit_suite acf_route_suite = {
	.name = "acf_route",
	.suite_init = rig_suite_init,
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = acf_route_cases,
};
kunit_test_suite(acf_route_suite);
