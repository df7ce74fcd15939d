// SPDX-License-Identifier: GPL-2.0
/* Results that look right and are not: who submits must not see them, nor lose the source. */
#include "acf_engine_kunit.h"

#define BYTES	64	/* of a trial's text: several blocks */

static const struct acf_trust *trust(const struct rig *rig)
{
	return &rig->engine[0]->engine.trust;
}

static void spoil(struct rig *rig, enum script_spoil how, enum acf_alg_id which)
{
	const struct script script = {
		.unit = SCRIPT_WORKER, .slots = 8, .spoil = how, .spoiled = which,
	};

	script_engine_play(rig->engine[0], &script);
}

static struct trial *one(struct kunit *test, enum trial_kind kind, bool decrypt)
{
	struct trial *t = rig_submit(test->priv, kind, BYTES, decrypt,
				     CRYPTO_TFM_REQ_MAY_BACKLOG);

	KUNIT_ASSERT_NOT_NULL(test, t);
	KUNIT_EXPECT_TRUE(test, trial_wait(t));
	return t;
}

/* So many right ones that only ends are looked at from now on. */
static void earn_trust(struct kunit *test, bool decrypt)
{
	s64 before = atomic64_read(&trust(test->priv)->compared);
	unsigned int i;

	for (i = 0; i < ACF_CHECK_FIRST; i++)
		one(test, TRIAL_CIPHER, decrypt);
	KUNIT_EXPECT_EQ(test, atomic64_read(&trust(test->priv)->compared),
			before + ACF_CHECK_FIRST);
	one(test, TRIAL_CIPHER, decrypt);
	KUNIT_EXPECT_EQ(test, atomic64_read(&trust(test->priv)->compared),
			before + ACF_CHECK_FIRST);
}

/* So many wrong ones: those that may be others' fault, and those that are the card's. */
static void expect_wrong(struct kunit *test, s64 doubtful, s64 wrong)
{
	KUNIT_EXPECT_EQ(test, atomic64_read(&trust(test->priv)->doubtful), doubtful);
	KUNIT_EXPECT_EQ(test, atomic64_read(&trust(test->priv)->wrong), wrong);
	KUNIT_EXPECT_EQ(test, bitmap_weight(trust(test->priv)->retired.bits, ACF_NR_ALGS),
			wrong ? 1u : 0u);
}

/* A spoilt one comes out right; the card is not asked for that again, but for the rest. */
static void expect_retired(struct kunit *test, enum trial_kind kind, enum acf_alg_id which,
			   bool decrypt)
{
	struct rig *rig = test->priv;
	struct trial *t;
	unsigned int offered;

	KUNIT_EXPECT_TRUE(test, trial_is_async(one(test, kind, decrypt)));
	KUNIT_EXPECT_TRUE(test, test_bit(which, trust(rig)->retired.bits));
	offered = rig->engine[0]->offered;
	t = one(test, kind, decrypt);
	KUNIT_EXPECT_FALSE(test, trial_is_async(t));
	KUNIT_EXPECT_EQ(test, rig->engine[0]->offered, offered);
	t = one(test, kind == TRIAL_HASH ? TRIAL_CIPHER : TRIAL_HASH, false);
	KUNIT_EXPECT_TRUE(test, trial_is_async(t));
	rig_check_all(test);
}

/* The first one may have had its source changed. Of the next one the card had a copy. */
static void expect_noticed(struct kunit *test, enum trial_kind kind, enum acf_alg_id which,
			   bool decrypt)
{
	KUNIT_EXPECT_TRUE(test, trial_is_async(one(test, kind, decrypt)));
	expect_wrong(test, 1, 0);
	expect_retired(test, kind, which, decrypt);
	expect_wrong(test, 1, 1);
}

static void trusted_and_spoilt(struct kunit *test, enum script_spoil how, bool decrypt)
{
	earn_trust(test, decrypt);
	spoil(test->priv, how, ACF_CBC_AES);
	expect_noticed(test, TRIAL_CIPHER, ACF_CBC_AES, decrypt);
}

/* Whoever writes to the sources of his requests does no harm to others. */
static void check_changed_sources_cost_nothing(struct kunit *test)
{
	struct rig *rig = test->priv;
	unsigned int i;

	spoil(rig, SCRIPT_CHANGED_SOURCE, ACF_CBC_AES);
	for (i = 0; i < RIG_TRIALS / 2; i++)
		one(test, TRIAL_CIPHER, i & 1);
	expect_wrong(test, 1, 0);
	KUNIT_EXPECT_EQ(test, rig->engine[0]->bounced, RIG_TRIALS / 2 - 1);
	rig_check_all(test);
}

/* However seldom: nothing else has to be wrong in between. */
static void check_seldom_wrong_is_proven(struct kunit *test)
{
	struct rig *rig = test->priv;

	spoil(rig, SCRIPT_WRONG_TEXT, ACF_CBC_AES);
	one(test, TRIAL_CIPHER, false);
	spoil(rig, SCRIPT_RIGHT, ACF_CBC_AES);
	earn_trust(test, false);
	expect_wrong(test, 1, 0);
	spoil(rig, SCRIPT_WRONG_TEXT, ACF_CBC_AES);
	expect_retired(test, TRIAL_CIPHER, ACF_CBC_AES, false);
	expect_wrong(test, 1, 1);
}

/* Enough right ones, and lists are the card's again, whose first ones are compared anew. */
static void check_doubt_ends(struct kunit *test)
{
	struct rig *rig = test->priv;
	unsigned int bounced;

	spoil(rig, SCRIPT_CHANGED_SOURCE, ACF_CBC_AES);
	one(test, TRIAL_CIPHER, false);
	KUNIT_EXPECT_EQ(test, atomic_read(&trust(rig)->doubt[ACF_CBC_AES]), ACF_DOUBT_RESULTS);
	one(test, TRIAL_CIPHER, false);
	KUNIT_EXPECT_EQ(test, atomic_read(&trust(rig)->doubt[ACF_CBC_AES]), ACF_DOUBT_RESULTS - 1);
	atomic_set(&rig->engine[0]->engine.trust.doubt[ACF_CBC_AES], 1);
	spoil(rig, SCRIPT_RIGHT, ACF_CBC_AES);
	one(test, TRIAL_CIPHER, false);
	bounced = rig->engine[0]->bounced;
	earn_trust(test, false);
	KUNIT_EXPECT_EQ(test, rig->engine[0]->bounced, bounced);
	expect_wrong(test, 1, 0);
	rig_check_all(test);
}

/* Where the card had copies anyhow, one is enough. */
static void check_of_a_copy_is_proven(struct kunit *test)
{
	const struct script script = {
		.unit = SCRIPT_WORKER, .slots = 8, .copies = true,
		.spoil = SCRIPT_WRONG_END, .spoiled = ACF_CBC_AES,
	};

	script_engine_play(((struct rig *)test->priv)->engine[0], &script);
	expect_retired(test, TRIAL_CIPHER, ACF_CBC_AES, false);
	expect_wrong(test, 0, 1);
}

static void check_first_block(struct kunit *test)
{
	trusted_and_spoilt(test, SCRIPT_WRONG_TEXT, false);
}

static void check_last_block(struct kunit *test)
{
	trusted_and_spoilt(test, SCRIPT_WRONG_END, false);
}

static void check_last_block_deciphered(struct kunit *test)
{
	trusted_and_spoilt(test, SCRIPT_WRONG_END, true);
}

static void check_text_passed_on_in_clear(struct kunit *test)
{
	trusted_and_spoilt(test, SCRIPT_CLEAR_TEXT, false);
}

/* The first of a shape are looked at from end to end. */
static void check_middle_of_the_first(struct kunit *test)
{
	spoil(test->priv, SCRIPT_WRONG_MIDDLE, ACF_CBC_AES);
	expect_noticed(test, TRIAL_CIPHER, ACF_CBC_AES, true);
}

/* A reset ends what was earned before it. */
static void check_middle_after_a_reset(struct kunit *test)
{
	struct acf_engine *engine = &((struct rig *)test->priv)->engine[0]->engine;

	earn_trust(test, false);
	acf_engine_pause(engine);
	KUNIT_ASSERT_EQ(test, acf_engine_resume(engine), 0);
	spoil(test->priv, SCRIPT_WRONG_MIDDLE, ACF_CBC_AES);
	expect_noticed(test, TRIAL_CIPHER, ACF_CBC_AES, false);
}

static void check_aead_text(struct kunit *test)
{
	spoil(test->priv, SCRIPT_WRONG_END, ACF_AUTHENC_SHA1_AES);
	expect_noticed(test, TRIAL_AEAD, ACF_AUTHENC_SHA1_AES, false);
}

/* A MAC that was never written. */
static void check_no_mac(struct kunit *test)
{
	spoil(test->priv, SCRIPT_NO_MAC, ACF_HMAC_SHA1);
	expect_retired(test, TRIAL_HASH, ACF_HMAC_SHA1, false);
	expect_wrong(test, 0, 1);
}

/* What waits for the card is done, once the card is not asked for that any more. */
static void check_nobody_waits_for_what_is_retired(struct kunit *test)
{
	struct rig *rig = test->priv;

	atomic_set(&rig->engine[0]->engine.trust.doubt[ACF_CBC_AES], ACF_DOUBT_RESULTS);
	rig_fill(test, TRIAL_CIPHER, 1, 2);
	KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[0], 0, 0));
	spoil(rig, SCRIPT_WRONG_TEXT, ACF_CBC_AES);
	rig_check_all(test);
	KUNIT_EXPECT_EQ(test, acf_queued(ACF_CLASS_SYSTEM), 0u);
	KUNIT_EXPECT_TRUE(test, test_bit(ACF_CBC_AES, trust(rig)->retired.bits));
}

/* Another engine looks through what waits, meanwhile, and this one finds no space for its job. */
static int retire_and_look(void *data)
{
	struct rig *rig = data;

	set_bit(ACF_CBC_AES, rig->engine[0]->engine.trust.retired.bits);
	acf_engine_stop(&rig->engine[1]->engine);
	return -EBUSY;
}

/* Nor does one that was being prepared, while all that waits was looked through. */
static void check_retired_while_one_is_prepared(struct kunit *test)
{
	const struct script script = { .unit = SCRIPT_BY_HAND, .slots = 8, .spaces = 1 };
	struct rig *rig = test->priv;
	unsigned int i;

	bitmap_zero(rig->engine[1]->engine.caps.bits, ACF_NR_ALGS);
	__set_bit(ACF_HMAC_SHA1, rig->engine[1]->engine.caps.bits);
	KUNIT_ASSERT_EQ(test, rig_start(rig, 1, &rig_calm), 0);
	script_engine_play(rig->engine[0], &script);
	for (i = 0; i < 2; i++)
		KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, TRIAL_CIPHER, BYTES, false,
						       CRYPTO_TFM_REQ_MAY_BACKLOG));
	KUNIT_ASSERT_EQ(test, acf_queued(ACF_CLASS_SYSTEM), 1u);
	rig->engine[0]->on_prepare_data = rig;
	rig->engine[0]->on_prepare = retire_and_look;
	KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[0], 0, 0));
	KUNIT_EXPECT_NULL(test, rig->engine[0]->on_prepare);
	KUNIT_EXPECT_EQ(test, acf_queued(ACF_CLASS_SYSTEM), 0u);
	rig_check_all(test);
}

static struct kunit_case acf_check_cases[] = {
	KUNIT_CASE(check_nobody_waits_for_what_is_retired),
	KUNIT_CASE(check_retired_while_one_is_prepared),
	KUNIT_CASE(check_changed_sources_cost_nothing),
	KUNIT_CASE(check_seldom_wrong_is_proven),
	KUNIT_CASE(check_doubt_ends),
	KUNIT_CASE(check_of_a_copy_is_proven),
	KUNIT_CASE(check_first_block),
	KUNIT_CASE(check_last_block),
	KUNIT_CASE(check_last_block_deciphered),
	KUNIT_CASE(check_text_passed_on_in_clear),
	KUNIT_CASE(check_middle_of_the_first),
	KUNIT_CASE(check_middle_after_a_reset),
	KUNIT_CASE(check_aead_text),
	KUNIT_CASE(check_no_mac),
	{}
};

static struct kunit_suite acf_check_suite = {
	.name = "acf_check",
	.suite_init = rig_suite_init,
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = acf_check_cases,
};
kunit_test_suite(acf_check_suite);
