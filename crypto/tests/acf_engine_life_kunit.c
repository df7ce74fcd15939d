// SPDX-License-Identifier: GPL-2.0
/* Engines that come, fail their self-tests, share the load, stop and go. */
#include "acf_engine_kunit.h"

static bool serves(const struct rig *rig, enum acf_alg_id id)
{
	return test_bit(id, rig->engine[0]->engine.serves.bits);
}

static void life_all_algorithms_pass(struct kunit *test)
{
	struct rig *rig = test->priv;

	script_caps(&rig->engine[1]->engine.caps);
	script_caps(&rig->engine[1]->engine.required);
	KUNIT_EXPECT_EQ(test, rig_start(rig, 1, &rig_calm), 0);
	KUNIT_EXPECT_TRUE(test, rig_serves_all(rig, 1));
}

/* In the ring, in the queue, in the backlog: each ends once and right, on the CPU. */
static void vanish(struct kunit *test, enum trial_kind kind)
{
	struct rig *rig = test->priv;
	unsigned int nr = rig_fill(test, kind, 2, 3);
	struct trial *t;
	unsigned int i;

	rig_vanish(rig, 0);
	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_TRUE_MSG(test, trial_wait(&rig->trial[i]), "trial %u", i);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&rig->engine[0]->engine.outstanding), 0);
	t = rig_submit(rig, kind, 32, false, CRYPTO_TFM_REQ_MAY_BACKLOG);
	KUNIT_ASSERT_NOT_NULL(test, t);
	KUNIT_EXPECT_EQ(test, t->ret, 0);
	rig_check_all(test);
}

static void life_vanishing_with_ciphers(struct kunit *test)
{
	vanish(test, TRIAL_CIPHER);
}

static void life_vanishing_with_aeads(struct kunit *test)
{
	vanish(test, TRIAL_AEAD);
}

static void life_vanishing_with_hashes(struct kunit *test)
{
	vanish(test, TRIAL_HASH);
}

/* What the ring holds when the engine stops may still succeed. */
static void life_stopped_engine_finishes_its_jobs(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct acf_engine *engine = &rig->engine[0]->engine;
	unsigned int nr = rig_fill(test, TRIAL_CIPHER, 2, 1);
	unsigned int i;

	acf_engine_stop(engine);
	acf_engine_stop(engine);
	for (i = 2; i < nr; i++)
		KUNIT_EXPECT_TRUE_MSG(test, trial_wait(&rig->trial[i]), "trial %u", i);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, atomic_read(&rig->trial[i].finals), 0);
	KUNIT_EXPECT_EQ(test, script_engine_held(rig->engine[0]), 2);
	rig_complete_all(rig);
	rig_check_all(test);
	KUNIT_EXPECT_EQ(test, atomic64_read(&engine->done_err[ACF_CBC_AES]), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&engine->outstanding), 0);
}

static void stop_engine(struct trial *t)
{
	acf_engine_stop(t->priv);
}

/* Those who were told to go on meet a closed door: the CPU does their requests. */
static void life_stopped_while_waking_the_backlog(struct kunit *test)
{
	struct rig *rig = test->priv;
	unsigned int nr = rig_fill(test, TRIAL_CIPHER, 1, 1);
	struct trial *waits = &rig->trial[nr - 1];
	unsigned int i;

	waits->on_notice = stop_engine;
	waits->priv = &rig->engine[0]->engine;
	for (i = 0; i < nr && !atomic_read(&waits->notices); i++)
		KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[0], 0, 0));
	KUNIT_EXPECT_EQ(test, atomic_read(&waits->notices), 1);
	KUNIT_EXPECT_TRUE(test, trial_wait(waits));
	rig_complete_all(rig);
	rig_check_all(test);
}

/* Between stop and unregister the engine is on the list and serves nobody. */
static void life_stopped_engine_gets_nothing(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct trial *t;

	rig_by_hand(rig, 0, 8);
	acf_engine_stop(&rig->engine[0]->engine);
	t = rig_submit(rig, TRIAL_CIPHER, 32, false, 0);
	KUNIT_ASSERT_NOT_NULL(test, t);
	KUNIT_EXPECT_EQ(test, t->ret, 0);
	KUNIT_EXPECT_EQ(test, script_engine_held(rig->engine[0]), 0);
	rig_check_all(test);
}

static void life_engine_comes_back(struct kunit *test)
{
	struct rig *rig = test->priv;
	int kind;
	int i;

	for (i = 0; i < 3; i++) {
		rig_vanish(rig, 0);
		KUNIT_ASSERT_EQ(test, rig_start(rig, 0, &rig_calm), 0);
		for (kind = 0; kind < RIG_KINDS; kind++) {
			struct trial *t = rig_submit(rig, kind, 64, i & 1, 0);

			KUNIT_ASSERT_NOT_NULL(test, t);
			KUNIT_EXPECT_EQ(test, t->ret, -EINPROGRESS);
		}
		rig_check_all(test);
	}
}

/* The same engine, stopped with jobs and taken into service again. */
static void life_engine_starts_again(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct trial *t;
	int i;

	for (i = 0; i < 2; i++) {
		rig_by_hand(rig, 0, 1);
		KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, TRIAL_CIPHER, 64, i, 0));
		KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, TRIAL_AEAD, 64, i, 0));
		script_engine_stop(rig->engine[0]);
		KUNIT_ASSERT_EQ(test, script_engine_restart(rig->engine[0], &rig_calm), 0);
		t = rig_submit(rig, TRIAL_CIPHER, 64, i, 0);
		KUNIT_ASSERT_NOT_NULL(test, t);
		KUNIT_EXPECT_EQ(test, t->ret, -EINPROGRESS);
		rig_caps(&rig->engine[0]->engine.required);
	}
	rig_check_all(test);
}

/* An engine that came back broken, or went again, stays stopped. */
static void life_start_needs_the_self_test(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct script broken = rig_calm;
	struct script leaving = rig_calm;
	struct trial *t;

	broken.spoil = SCRIPT_WRONG_TEXT;
	broken.spoiled = ACF_CBC_AES;
	leaving.vanish = 3;
	rig_caps(&rig->engine[0]->engine.required);
	script_engine_stop(rig->engine[0]);
	KUNIT_EXPECT_EQ(test, script_engine_restart(rig->engine[0], &broken), -EIO);
	KUNIT_EXPECT_EQ(test, script_engine_restart(rig->engine[0], &leaving), -ENODEV);
	t = rig_submit(rig, TRIAL_CIPHER, 64, false, 0);
	KUNIT_ASSERT_NOT_NULL(test, t);
	KUNIT_EXPECT_EQ(test, t->ret, 0);
	KUNIT_EXPECT_EQ(test, script_engine_restart(rig->engine[0], &rig_calm), 0);
	rig_check_all(test);
}

/* That engine served the rest; the next one brought what was missing. */
static void life_driver_name_is_taken(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, rig_name.while_taken);
	KUNIT_EXPECT_TRUE(test, rig_name.when_free);
}

static void two_by_hand(struct kunit *test)
{
	struct rig *rig = test->priv;

	KUNIT_ASSERT_EQ(test, rig_start(rig, 1, &rig_calm), 0);
	rig_by_hand(rig, 0, 8);
	rig_by_hand(rig, 1, 8);
}

static void finish_both(struct kunit *test)
{
	struct rig *rig = test->priv;

	rig_complete_all(rig);
	while (script_engine_complete(rig->engine[1], 0, 0))
		;
	rig_check_all(test);
}

/* Bytes outstanding decide, not the number of jobs. */
static void life_least_outstanding_work_is_chosen(struct kunit *test)
{
	static const struct { unsigned int bytes; int engine; } steps[] = {
		/* in us, by the seeds that acf was loaded with: 256, and 1 for each byte */
		{ 512, 0 },	/* both idle: the first */
		{ 256, 1 },	/* 768, 0 */
		{ 128, 1 },	/* 768, 512 */
		{ 64, 0 },	/* 768, 896 */
		{ 128, 1 },	/* 1088, 896 */
		{ 32, 0 },	/* 1088, 1280 */
		{ 64, 1 },	/* 1376, 1280 */
		{ 16, 0 },	/* 1376, 1600 */
	};
	struct rig *rig = test->priv;
	unsigned int held[2] = { 0 };
	int i;

	two_by_hand(test);
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, TRIAL_CIPHER, steps[i].bytes, i & 1, 0));
		held[steps[i].engine]++;
		KUNIT_EXPECT_EQ_MSG(test, script_engine_held(rig->engine[0]), held[0], "step %d", i);
		KUNIT_EXPECT_EQ_MSG(test, script_engine_held(rig->engine[1]), held[1], "step %d", i);
	}
	finish_both(test);
}

static void life_unfit_engines_are_passed_over(struct kunit *test)
{
	struct rig *rig = test->priv;

	bitmap_zero(rig->engine[1]->engine.caps.bits, ACF_NR_ALGS);
	__set_bit(ACF_HMAC_SHA1, rig->engine[1]->engine.caps.bits);
	rig->engine[1]->engine.max_len = 1024;
	two_by_hand(test);
	/* the first has the more work, and still: */
	KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, TRIAL_CIPHER, 1024, false, 0));
	KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, TRIAL_CIPHER, 16, false, 0));
	KUNIT_EXPECT_EQ(test, script_engine_held(rig->engine[1]), 0);
	KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, TRIAL_HASH, 1024, false, 0));
	KUNIT_EXPECT_EQ(test, script_engine_held(rig->engine[1]), 1);
	rig_vanish(rig, 0);
	/* too long for the one that is left */
	rig->engine[1]->engine.max_len = 512;
	KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, TRIAL_HASH, 1024, false, 0));
	KUNIT_EXPECT_EQ(test, script_engine_held(rig->engine[1]), 1);
	finish_both(test);
}

static void life_load_moves_to_the_other_engine(struct kunit *test)
{
	struct rig *rig = test->priv;
	unsigned int i;

	two_by_hand(test);
	for (i = 0; i < 4; i++)
		KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, TRIAL_AEAD, 64, i & 1, 0));
	KUNIT_EXPECT_EQ(test, script_engine_held(rig->engine[0]), 2);
	rig_vanish(rig, 0);
	/* what it had on it as well */
	KUNIT_EXPECT_EQ(test, script_engine_held(rig->engine[1]), 4);
	for (i = 0; i < 3; i++)
		KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, TRIAL_AEAD, 64, i & 1, 0));
	KUNIT_EXPECT_EQ(test, script_engine_held(rig->engine[1]), 7);
	finish_both(test);
	for (i = 0; i < rig->nr_trials; i++)
		KUNIT_EXPECT_EQ(test, rig->trial[i].place, i);
}

/* A fault in one algorithm's output: found, and that algorithm left out. */
static void life_failing_algorithm_is_left_out(struct kunit *test)
{
	static const struct { enum script_spoil spoil; enum acf_alg_id id; } faults[] = {
		{ SCRIPT_WRONG_TEXT, ACF_CBC_AES },
		{ SCRIPT_OVERRUN, ACF_CBC_AES },
		{ SCRIPT_WRONG_MAC, ACF_HMAC_SHA1 },
		{ SCRIPT_WRONG_TEXT, ACF_AUTHENC_SHA1_AES },
		{ SCRIPT_WRONG_MAC, ACF_AUTHENC_SHA1_AES },
		{ SCRIPT_OVERRUN, ACF_AUTHENC_SHA1_AES },
	};
	struct rig *rig = test->priv;
	struct acf_alg_set rest;
	int i;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		struct script script = rig_calm;

		script.spoil = faults[i].spoil;
		script.spoiled = faults[i].id;
		rig_vanish(rig, 0);
		KUNIT_ASSERT_EQ(test, rig_start(rig, 0, &script), 0);
		rig_caps(&rest);
		__clear_bit(faults[i].id, rest.bits);
		KUNIT_EXPECT_TRUE_MSG(test, bitmap_equal(rig->engine[0]->engine.serves.bits,
							 rest.bits, ACF_NR_ALGS), "fault %d", i);
	}
	KUNIT_EXPECT_FALSE(test, serves(rig, ACF_AUTHENC_SHA1_AES));
	/* its requests are the CPU's, the others' still the engine's */
	rig_by_hand(rig, 0, 8);
	KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, TRIAL_AEAD, 64, false, 0));
	KUNIT_EXPECT_EQ(test, script_engine_held(rig->engine[0]), 0);
	KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, TRIAL_HASH, 64, false, 0));
	KUNIT_EXPECT_EQ(test, script_engine_held(rig->engine[0]), 1);
	rig_complete_all(rig);
	rig_check_all(test);
}

static void expect_refused(struct kunit *test, const struct script *script, int err)
{
	struct rig *rig = test->priv;
	struct trial *t;

	KUNIT_EXPECT_EQ(test, rig_start(rig, 0, script), err);
	t = rig_submit(rig, TRIAL_CIPHER, 64, false, 0);
	KUNIT_ASSERT_NOT_NULL(test, t);
	KUNIT_EXPECT_EQ(test, t->ret, 0);
	rig_check_all(test);
}

static void life_required_algorithm_fails(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct script script = rig_calm;

	script.spoil = SCRIPT_WRONG_TEXT;
	script.spoiled = ACF_CBC_AES;
	rig_vanish(rig, 0);
	__set_bit(ACF_CBC_AES, rig->engine[0]->engine.required.bits);
	expect_refused(test, &script, -EIO);
	/* the same engine, mended */
	KUNIT_EXPECT_EQ(test, rig_start(rig, 0, &rig_calm), 0);
}

/* Everything refused, failed, lost: nothing is left to serve. */
static void life_useless_engine_is_refused(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct script refusing = rig_calm;
	struct script failing = rig_calm;
	struct script losing = rig_calm;

	refusing.refuse = 1;
	failing.fail = 1;
	losing.lose = 1;
	rig_vanish(rig, 0);
	expect_refused(test, &refusing, -EIO);
	expect_refused(test, &failing, -EIO);
	expect_refused(test, &losing, -EIO);
}

/* A reset, a moment without mappings: no verdict on what was tested. */
static void life_undone_self_tests_are_repeated(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct script script = rig_calm;

	script.refuse = 50;
	script.lose = 70;
	rig_vanish(rig, 0);
	rig_caps(&rig->engine[0]->engine.required);
	KUNIT_EXPECT_EQ(test, rig_start(rig, 0, &script), 0);
	KUNIT_EXPECT_TRUE(test, rig_serves_all(rig, 0));
	script_engine_stop(rig->engine[0]);
	KUNIT_EXPECT_EQ(test, script_engine_restart(rig->engine[0], &script), 0);
	KUNIT_EXPECT_GE(test, rig->engine[0]->offered, 70);
}

/*
 * A card that is reset keeps its queue, takes no newcomer past it, and serves none of them
 * before it has given known answers: wrong ones, lost ones, failed ones, then right ones.
 */
static void life_pause_keeps_the_queue(struct kunit *test)
{
	const struct script wrong = {
		.unit = SCRIPT_WORKER, .slots = 8, .spoil = SCRIPT_WRONG_TEXT, .spoiled = ACF_CBC_AES,
	};
	const struct script losing = { .unit = SCRIPT_WORKER, .slots = 8, .lose = 8 };
	const struct script failing = { .unit = SCRIPT_WORKER, .slots = 8, .fail = 8 };
	struct rig *rig = test->priv;
	struct acf_engine *engine = &rig->engine[0]->engine;
	struct trial *newcomer;

	rig_fill(test, TRIAL_CIPHER, 1, 2);
	acf_engine_pause(engine);
	acf_engine_pause(engine);
	KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[0], 0, -ECANCELED));
	KUNIT_EXPECT_EQ(test, script_engine_held(rig->engine[0]), 0u);
	newcomer = rig_submit(rig, TRIAL_CIPHER, 16, false, CRYPTO_TFM_REQ_MAY_BACKLOG);
	KUNIT_ASSERT_NOT_NULL(test, newcomer);
	KUNIT_EXPECT_TRUE(test, trial_is_async(newcomer));
	KUNIT_EXPECT_EQ(test, script_engine_held(rig->engine[0]), 0u);
	script_engine_play(rig->engine[0], &wrong);
	KUNIT_EXPECT_EQ(test, acf_engine_resume(engine), -EIO);
	script_engine_play(rig->engine[0], &losing);
	KUNIT_EXPECT_EQ(test, acf_engine_resume(engine), -ECANCELED);
	script_engine_play(rig->engine[0], &failing);
	KUNIT_EXPECT_EQ(test, acf_engine_resume(engine), -ECANCELED);
	KUNIT_EXPECT_EQ(test, engine->state, ACF_ENGINE_PAUSED);
	script_engine_play(rig->engine[0], &rig_calm);
	KUNIT_EXPECT_EQ(test, acf_engine_resume(engine), 0);
	rig_check_all(test);
}

/* A pause has an end: then who waits goes elsewhere, and so do newcomers. */
static void life_long_pause_spills(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct trial *newcomer;

	rig_fill(test, TRIAL_CIPHER, 1, 2);
	acf_engine_pause(&rig->engine[0]->engine);
	KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[0], 0, 0));
	rig_check_all(test);
	newcomer = rig_submit(rig, TRIAL_CIPHER, 16, false, CRYPTO_TFM_REQ_MAY_BACKLOG);
	KUNIT_ASSERT_NOT_NULL(test, newcomer);
	KUNIT_EXPECT_EQ(test, newcomer->ret, 0);
	script_engine_play(rig->engine[0], &rig_calm);
	KUNIT_EXPECT_EQ(test, acf_engine_resume(&rig->engine[0]->engine), 0);
	KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, TRIAL_CIPHER, 16, false,
					       CRYPTO_TFM_REQ_MAY_BACKLOG));
	rig_check_all(test);
}

/* Stopped while it is paused: as ever, and resuming is too late. */
static void life_stop_in_a_pause(struct kunit *test)
{
	struct rig *rig = test->priv;

	rig_fill(test, TRIAL_CIPHER, 1, 2);
	acf_engine_pause(&rig->engine[0]->engine);
	script_engine_stop(rig->engine[0]);
	KUNIT_EXPECT_EQ(test, acf_engine_resume(&rig->engine[0]->engine), -ENODEV);
	rig_check_all(test);
}

/*
 * A card that keeps the known answers does not serve, however often it is asked, until they came back
 * and were right.
 */
static void life_known_answers_that_stay_away(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct acf_engine *engine = &rig->engine[0]->engine;

	rig_by_hand(rig, 0, 8);
	acf_engine_pause(engine);
	KUNIT_EXPECT_EQ(test, acf_engine_resume(engine), -EIO);
	KUNIT_EXPECT_EQ(test, script_engine_held(rig->engine[0]), 8u);
	KUNIT_EXPECT_EQ(test, acf_engine_resume(engine), -EIO);
	KUNIT_EXPECT_EQ(test, script_engine_held(rig->engine[0]), 8u);
	KUNIT_EXPECT_EQ(test, engine->state, ACF_ENGINE_PAUSED);
	while (script_engine_complete(rig->engine[0], 0, -ECANCELED))
		;
	script_engine_play(rig->engine[0], &rig_calm);
	KUNIT_EXPECT_EQ(test, acf_engine_resume(engine), 0);
	KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, TRIAL_CIPHER, 16, false,
					       CRYPTO_TFM_REQ_MAY_BACKLOG));
	rig_check_all(test);
}

/* A moment without mappings is no reset, after which the driver would ask again. */
static void life_known_answers_without_mappings(struct kunit *test)
{
	struct script refusing = rig_calm;
	struct rig *rig = test->priv;
	struct acf_engine *engine = &rig->engine[0]->engine;

	refusing.refuse = 8;
	acf_engine_pause(engine);
	script_engine_play(rig->engine[0], &refusing);
	KUNIT_EXPECT_EQ(test, acf_engine_resume(engine), 0);
	KUNIT_EXPECT_GT(test, rig->engine[0]->offered, 8u);
	refusing.refuse = 1;
	acf_engine_pause(engine);
	script_engine_play(rig->engine[0], &refusing);
	KUNIT_EXPECT_EQ(test, acf_engine_resume(engine), -ECANCELED);
	KUNIT_EXPECT_EQ(test, engine->state, ACF_ENGINE_PAUSED);
	script_engine_play(rig->engine[0], &rig_calm);
	KUNIT_EXPECT_EQ(test, acf_engine_resume(engine), 0);
}

/* The card goes while its self-test waits in the queue. */
static void life_vanishing_in_the_self_test(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct script script = rig_calm;

	script.vanish = 3;
	rig_vanish(rig, 0);
	expect_refused(test, &script, -ENODEV);
	KUNIT_EXPECT_EQ(test, rig_start(rig, 0, &rig_calm), 0);
}

/* Ten seconds without an answer: refused, the buffers left to the engine. */
static void life_silence_in_the_self_test(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct script script = rig_calm;

	if (rig_queue_len == 1)
		kunit_skip(test, "a queue of %u has no part in a self-test", rig_queue_len);
	script.spoil = SCRIPT_SILENT;
	script.spoiled = ACF_CBC_AES;
	rig_vanish(rig, 0);
	expect_refused(test, &script, -EIO);
	KUNIT_EXPECT_NOT_NULL(test, rig->engine[0]->kept);
}

static struct kunit_case acf_life_cases[] = {
	KUNIT_CASE(life_all_algorithms_pass),
	KUNIT_CASE(life_vanishing_with_ciphers),
	KUNIT_CASE(life_vanishing_with_aeads),
	KUNIT_CASE(life_vanishing_with_hashes),
	KUNIT_CASE(life_stopped_engine_finishes_its_jobs),
	KUNIT_CASE(life_stopped_while_waking_the_backlog),
	KUNIT_CASE(life_stopped_engine_gets_nothing),
	KUNIT_CASE(life_engine_comes_back),
	KUNIT_CASE(life_engine_starts_again),
	KUNIT_CASE(life_start_needs_the_self_test),
	KUNIT_CASE(life_driver_name_is_taken),
	KUNIT_CASE(life_least_outstanding_work_is_chosen),
	KUNIT_CASE(life_unfit_engines_are_passed_over),
	KUNIT_CASE(life_load_moves_to_the_other_engine),
	KUNIT_CASE(life_failing_algorithm_is_left_out),
	KUNIT_CASE(life_required_algorithm_fails),
	KUNIT_CASE(life_useless_engine_is_refused),
	KUNIT_CASE(life_undone_self_tests_are_repeated),
	KUNIT_CASE(life_pause_keeps_the_queue),
	KUNIT_CASE(life_long_pause_spills),
	KUNIT_CASE(life_stop_in_a_pause),
	KUNIT_CASE(life_known_answers_that_stay_away),
	KUNIT_CASE(life_known_answers_without_mappings),
	KUNIT_CASE(life_vanishing_in_the_self_test),
	KUNIT_CASE(life_silence_in_the_self_test),
	{}
};

static struct kunit_suite acf_life_suite = {
	.name = "acf_life",
	.suite_init = rig_suite_init,
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = acf_life_cases,
};
kunit_test_suite(acf_life_suite);
