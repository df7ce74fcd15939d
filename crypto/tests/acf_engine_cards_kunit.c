// SPDX-License-Identifier: GPL-2.0
/* Several cards and one queue: who takes what; who stands still, pauses, comes and goes. */
#include <linux/delay.h>

#include "acf_engine_kunit.h"

static void cards_by_hand(struct kunit *test, unsigned int nr, unsigned int slots)
{
	struct rig *rig = test->priv;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (!rig->started[i])
			KUNIT_ASSERT_EQ(test, rig_start(rig, i, &rig_calm), 0);
		rig_by_hand(rig, i, slots);
	}
}

static struct trial *submit_kind(struct kunit *test, enum trial_kind kind)
{
	struct trial *t = rig_submit(test->priv, kind, 64, false, CRYPTO_TFM_REQ_MAY_BACKLOG);

	KUNIT_ASSERT_NOT_NULL(test, t);
	return t;
}

static void submit(struct kunit *test, unsigned int nr)
{
	while (nr--)
		submit_kind(test, TRIAL_CIPHER);
}

static unsigned int held(const struct rig *rig, unsigned int which)
{
	return script_engine_held(rig->engine[which]);
}

static void complete_one(struct kunit *test, unsigned int which)
{
	struct rig *rig = test->priv;

	KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[which], 0, 0));
}

static unsigned int complete_held(struct rig *rig, unsigned int which)
{
	unsigned int nr = 0;

	while (script_engine_complete(rig->engine[which], 0, 0))
		nr++;
	return nr;
}

static u64 done(const struct rig *rig, unsigned int which)
{
	return atomic64_read(&rig->engine[which]->engine.done_ok[ACF_CBC_AES]);
}

/* What is handed on is done by somebody else, some time. */
static bool comes_to_hold(const struct rig *rig, unsigned int which, unsigned int nr)
{
	unsigned int ms;

	for (ms = 0; ms < 60000 && held(rig, which) != nr; ms++)
		msleep(1);
	return held(rig, which) == nr;
}

/* Waits for nobody, and no card but one hears of it. */
static void cards_idle_one_gets_it_at_once(struct kunit *test)
{
	struct rig *rig = test->priv;

	cards_by_hand(test, 4, 1);
	submit(test, 1);
	KUNIT_EXPECT_EQ(test, held(rig, 0), 1);
	KUNIT_EXPECT_EQ(test, held(rig, 1) + held(rig, 2) + held(rig, 3), 0);
	KUNIT_EXPECT_EQ(test, acf_queued(ACF_CLASS_SYSTEM), 0);
	complete_one(test, 0);
	rig_check_all(test);
}

/*
 * As many cards as there are, each with one job; the next job goes to who ends first. Where there
 * are several each has one more that it has prepared, so that these may change places.
 */
static void take_in_order(struct kunit *test, unsigned int nr)
{
	struct rig *rig = test->priv;
	unsigned int jobs = nr + rig_queue_len;
	unsigned int i;

	cards_by_hand(test, nr, 1);
	submit(test, jobs);
	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_EQ_MSG(test, held(rig, i), 1, "card %u", i);
	KUNIT_EXPECT_EQ(test, acf_queued(ACF_CLASS_SYSTEM), rig_queue_len);
	for (i = 0; i < jobs; i++)
		complete_one(test, i % nr);
	rig_check_all(test);
	for (i = 0; i < jobs; i++)
		KUNIT_EXPECT_LE_MSG(test, abs(rig->trial[i].place - (int)i), nr > 1 ? (int)nr : 0,
				    "trial %u of %u cards", i, nr);
}

static void cards_one_takes_in_order(struct kunit *test)
{
	take_in_order(test, 1);
}

static void cards_two_take_in_order(struct kunit *test)
{
	take_in_order(test, 2);
}

static void cards_four_take_in_order(struct kunit *test)
{
	take_in_order(test, 4);
}

/* A card seen to be full is not asked again, and its neighbour is, however much that has to do. */
static void cards_one_with_room_is_before_a_full_one(struct kunit *test)
{
	struct rig *rig = test->priv;

	cards_by_hand(test, 2, 8);
	rig_by_hand(rig, 0, 1);
	KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, TRIAL_CIPHER, 16, false, 0));
	KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, TRIAL_CIPHER, 1024, false, 0));
	KUNIT_EXPECT_EQ(test, held(rig, 0), 1);
	KUNIT_EXPECT_EQ(test, held(rig, 1), 1);
	submit(test, 4);
	KUNIT_EXPECT_EQ(test, held(rig, 0), 1);
	KUNIT_EXPECT_EQ(test, held(rig, 1), 5);
	KUNIT_EXPECT_EQ(test, acf_queued(ACF_CLASS_SYSTEM), 0);
	complete_held(rig, 0);
	complete_held(rig, 1);
	rig_check_all(test);
}

/* One of several stands still: what waits, backlog included, is done by the others. */
static void stands_still(struct kunit *test, unsigned int nr)
{
	struct rig *rig = test->priv;
	unsigned int jobs = 2 * nr + rig_queue_len + 2;
	unsigned int some = 1;
	unsigned int ended = 0;
	unsigned int i;

	cards_by_hand(test, nr, 2);
	submit(test, jobs);
	/* and has the next one prepared by then */
	complete_one(test, 0);
	while (some) {
		for (some = 0, i = 1; i < nr; i++)
			some += complete_held(rig, i);
		ended += some;
	}
	KUNIT_EXPECT_EQ(test, ended, jobs - 3);
	KUNIT_EXPECT_EQ(test, held(rig, 0), 2);
	KUNIT_EXPECT_EQ(test, acf_queued(ACF_CLASS_SYSTEM), 0);
	rig_complete_all(rig);
	rig_check_all(test);
}

static void cards_stalled_one_of_two_holds_what_is_on_it(struct kunit *test)
{
	stands_still(test, 2);
}

static void cards_stalled_one_of_four_holds_what_is_on_it(struct kunit *test)
{
	stands_still(test, 4);
}

/* What only a card that stands still can do is in no other's way, newcomers or not. */
static void cards_what_waits_for_one_is_in_nobodys_way(struct kunit *test)
{
	struct rig *rig = test->priv;
	unsigned int i;

	if (rig_queue_len < 4)
		kunit_skip(test, "a queue of %u is too short", rig_queue_len);
	bitmap_zero(rig->engine[1]->engine.caps.bits, ACF_NR_ALGS);
	__set_bit(ACF_CBC_AES, rig->engine[1]->engine.caps.bits);
	cards_by_hand(test, 2, 1);
	for (i = 0; i < 3; i++)
		submit_kind(test, TRIAL_HASH);
	KUNIT_EXPECT_EQ(test, acf_queued(ACF_CLASS_SYSTEM), 2);
	submit(test, 1);
	KUNIT_EXPECT_EQ(test, held(rig, 1), 1);
	submit(test, 2);
	KUNIT_EXPECT_EQ(test, acf_queued(ACF_CLASS_SYSTEM), 4);
	for (i = 0; i < 3; i++)
		complete_one(test, 1);
	KUNIT_EXPECT_EQ(test, held(rig, 0), 1);
	KUNIT_EXPECT_EQ(test, acf_queued(ACF_CLASS_SYSTEM), 2);
	rig_complete_all(rig);
	rig_check_all(test);
}

/* A card that stops: all that it had, done or waiting, is the other card's and not the CPU's. */
static void cards_stopped_ones_jobs_are_the_others(struct kunit *test)
{
	struct rig *rig = test->priv;
	u64 before;
	unsigned int nr;

	if (rig_queue_len < 4)
		kunit_skip(test, "a queue of %u is too short", rig_queue_len);
	cards_by_hand(test, 2, 2);
	before = done(rig, 1);
	submit(test, 4 + rig_queue_len - 2);
	nr = rig->nr_trials;
	script_engine_stop(rig->engine[0]);
	KUNIT_EXPECT_EQ(test, acf_queued(ACF_CLASS_SYSTEM), rig_queue_len);
	complete_held(rig, 1);
	rig_check_all(test);
	KUNIT_EXPECT_EQ(test, done(rig, 1) - before, nr);
}

/* A card that comes takes its part of what waits for another, what that one prepared included. */
static void cards_new_one_joins(struct kunit *test)
{
	struct rig *rig = test->priv;
	unsigned int nr = rig_fill(test, TRIAL_CIPHER, 1, 1);
	unsigned int i;

	KUNIT_ASSERT_EQ(test, rig_start(rig, 1, &rig_calm), 0);
	for (i = 1; i < nr; i++)
		KUNIT_EXPECT_TRUE_MSG(test, trial_wait(&rig->trial[i]), "trial %u", i);
	KUNIT_EXPECT_EQ(test, held(rig, 0), 1);
	rig_complete_all(rig);
	rig_check_all(test);
}

/* And so does one that was stopped, when it works again. */
static void cards_old_one_joins_again(struct kunit *test)
{
	struct rig *rig = test->priv;
	unsigned int i;

	cards_by_hand(test, 2, 1);
	script_engine_stop(rig->engine[1]);
	submit(test, 1 + rig_queue_len);
	KUNIT_EXPECT_EQ(test, acf_queued(ACF_CLASS_SYSTEM), rig_queue_len);
	KUNIT_ASSERT_EQ(test, script_engine_restart(rig->engine[1], &rig_calm), 0);
	for (i = 1; i < 1 + rig_queue_len; i++)
		KUNIT_EXPECT_TRUE_MSG(test, trial_wait(&rig->trial[i]), "trial %u", i);
	KUNIT_EXPECT_EQ(test, held(rig, 0), 1);
	rig_complete_all(rig);
	rig_check_all(test);
}

/* One that comes takes shorter jobs only; when it is the last, the longer ones are the CPU's. */
static void cards_short_one_joins(struct kunit *test)
{
	struct rig *rig = test->priv;
	unsigned int i;

	if (rig_queue_len < 6)
		kunit_skip(test, "a queue of %u is too short", rig_queue_len);
	rig_by_hand(rig, 0, 1);
	for (i = 0; i < 6; i++)
		KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, TRIAL_CIPHER, i & 1 ? 512 : 1024, false,
						       CRYPTO_TFM_REQ_MAY_BACKLOG));
	rig->engine[1]->engine.max_len = 512;
	KUNIT_ASSERT_EQ(test, rig_start(rig, 1, &rig_calm), 0);
	for (i = 1; i < 6; i += 2)
		KUNIT_EXPECT_TRUE_MSG(test, trial_wait(&rig->trial[i]), "trial %u", i);
	KUNIT_EXPECT_EQ(test, acf_queued(ACF_CLASS_SYSTEM), 2);
	script_engine_stop(rig->engine[0]);
	rig_check_all(test);
	KUNIT_EXPECT_EQ(test, acf_queued(ACF_CLASS_SYSTEM), 0);
}

/* One that goes takes nothing along: the rest waits for the others. */
static void cards_leaving_one_takes_nothing_along(struct kunit *test)
{
	struct rig *rig = test->priv;
	unsigned int jobs = 2 + rig_queue_len;

	cards_by_hand(test, 2, 1);
	submit(test, jobs);
	rig_vanish(rig, 1);
	/* what was on it is offered anew, and done by the CPU, since there is no place */
	KUNIT_EXPECT_EQ(test, complete_held(rig, 0), jobs - 1);
	rig_check_all(test);
}

/* A pause of one of two holds nothing: not what was prepared for it, not newcomers. */
static void cards_paused_one_holds_nothing(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct acf_engine *engine = &rig->engine[0]->engine;
	unsigned int ended;

	cards_by_hand(test, 2, 1);
	submit(test, 2 + rig_queue_len);
	/* the next one for it is prepared by now */
	complete_one(test, 0);
	KUNIT_EXPECT_EQ(test, held(rig, 0), 1);
	acf_engine_pause(engine);
	KUNIT_EXPECT_EQ(test, READ_ONCE(rig->engine[0]->prepared), 0u);
	KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[0], 0, 0));
	KUNIT_EXPECT_EQ(test, held(rig, 0), 0);
	ended = complete_held(rig, 1);
	KUNIT_EXPECT_EQ(test, ended, rig_queue_len);
	submit(test, 1);
	KUNIT_EXPECT_EQ(test, held(rig, 1), 1);
	script_engine_play(rig->engine[0], &rig_calm);
	KUNIT_EXPECT_EQ(test, acf_engine_resume(engine), 0);
	rig_by_hand(rig, 0, 1);
	submit(test, 2);
	KUNIT_EXPECT_EQ(test, held(rig, 0), 1);
	KUNIT_EXPECT_EQ(test, held(rig, 1), 1);
	complete_held(rig, 0);
	complete_held(rig, 1);
	rig_check_all(test);
}

/* Where the other one is stopped, who comes in a pause waits, and is not done by the CPU. */
static void cards_paused_one_is_waited_for(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct acf_engine *engine = &rig->engine[0]->engine;
	u64 before;

	cards_by_hand(test, 2, 1);
	script_engine_stop(rig->engine[1]);
	acf_engine_pause(engine);
	before = done(rig, 0);
	submit(test, rig_queue_len);
	KUNIT_EXPECT_EQ(test, acf_queued(ACF_CLASS_SYSTEM), rig_queue_len);
	KUNIT_EXPECT_EQ(test, held(rig, 0), 0);
	script_engine_play(rig->engine[0], &rig_calm);
	KUNIT_EXPECT_EQ(test, acf_engine_resume(engine), 0);
	rig_check_all(test);
	/* the known answers with them */
	KUNIT_EXPECT_GE(test, done(rig, 0) - before, rig_queue_len);
	KUNIT_EXPECT_EQ(test, atomic64_read(&engine->done_err[ACF_CBC_AES]), 0);
}

static int finals(const struct trial *t, unsigned int nr)
{
	int sum = 0;

	while (nr--)
		sum += atomic_read(&t[nr].finals);
	return sum;
}

/*
 * Equal requests of system and user, the system's first: what the two were given differs by one
 * job for each card at most, whichever card is next.
 */
static void cards_share_by_turns(struct kunit *test)
{
	struct rig *rig = test->priv;
	unsigned int nr = rig_queue_len;
	struct trial *system, *user;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, rig_make_user(rig), 0);
	cards_by_hand(test, 2, 1);
	submit(test, 2);
	system = &rig->trial[rig->nr_trials];
	submit(test, nr);
	user = &rig->trial[rig->nr_trials];
	for (i = 0; i < nr; i++)
		KUNIT_ASSERT_NOT_NULL(test, rig_submit_on(rig, &rig->user, 64, false,
							  CRYPTO_TFM_REQ_MAY_BACKLOG));
	for (i = 0; i < 2; i++)
		complete_one(test, i);
	for (i = 0; i < 2 * nr; i++) {
		complete_one(test, i & 1);
		KUNIT_EXPECT_LE_MSG(test, abs(finals(system, nr) - finals(user, nr)), 2,
				    "turn %u", i);
	}
	rig_check_all(test);
}

/* Who has given a result starts so many in his own time, and the rest is handed on. */
static void cards_refill_has_an_end(struct kunit *test)
{
	struct rig *rig = test->priv;
	unsigned int jobs = 1 + rig_queue_len + 40;
	unsigned int mine;

	rig_fill(test, TRIAL_CIPHER, 1, 40);
	rig_by_hand(rig, 0, jobs);
	script_engine_watch(rig->engine[0]);
	complete_one(test, 0);
	mine = rig->engine[0]->watched_jobs;
	script_engine_stack(rig->engine[0]);
	kunit_info(test, "%u of %u", mine, jobs);
	KUNIT_EXPECT_GT(test, mine, 8);
	KUNIT_EXPECT_LE(test, mine, 32);
	KUNIT_EXPECT_TRUE(test, comes_to_hold(rig, 0, jobs - 1));
	rig_complete_all(rig);
	rig_check_all(test);
}

static struct kunit_case acf_cards_cases[] = {
	KUNIT_CASE(cards_idle_one_gets_it_at_once),
	KUNIT_CASE(cards_one_takes_in_order),
	KUNIT_CASE(cards_two_take_in_order),
	KUNIT_CASE(cards_four_take_in_order),
	KUNIT_CASE(cards_one_with_room_is_before_a_full_one),
	KUNIT_CASE(cards_stalled_one_of_two_holds_what_is_on_it),
	KUNIT_CASE(cards_stalled_one_of_four_holds_what_is_on_it),
	KUNIT_CASE(cards_what_waits_for_one_is_in_nobodys_way),
	KUNIT_CASE(cards_stopped_ones_jobs_are_the_others),
	KUNIT_CASE(cards_new_one_joins),
	KUNIT_CASE(cards_old_one_joins_again),
	KUNIT_CASE(cards_short_one_joins),
	KUNIT_CASE(cards_leaving_one_takes_nothing_along),
	KUNIT_CASE(cards_paused_one_holds_nothing),
	KUNIT_CASE(cards_paused_one_is_waited_for),
	KUNIT_CASE(cards_share_by_turns),
	KUNIT_CASE(cards_refill_has_an_end),
	{}
};

static struct kunit_suite acf_cards_suite = {
	.name = "acf_cards",
	.suite_init = rig_suite_init,
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = acf_cards_cases,
};
kunit_test_suite(acf_cards_suite);
