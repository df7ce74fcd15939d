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

/* As if so many had been; a case has fewer trials. */
static void all_but_one_were_wrong(struct rig *rig, enum acf_alg_id which)
{
	atomic_set(&rig->engine[0]->engine.trust.in_row[which], ACF_CHECK_STRIKES - 1);
}

/* Spoilt ones come out right; after some in a row the card is not asked for that again, but for the rest. */
static void expect_noticed(struct kunit *test, enum trial_kind kind, enum acf_alg_id which,
			   bool decrypt)
{
	struct rig *rig = test->priv;
	struct trial *t;
	unsigned int offered;

	KUNIT_EXPECT_TRUE(test, trial_is_async(one(test, kind, decrypt)));
	KUNIT_EXPECT_EQ(test, atomic64_read(&trust(rig)->wrong), 1);
	KUNIT_EXPECT_FALSE(test, test_bit(which, trust(rig)->retired.bits));
	all_but_one_were_wrong(rig, which);
	KUNIT_EXPECT_TRUE(test, trial_is_async(one(test, kind, decrypt)));
	KUNIT_EXPECT_EQ(test, atomic64_read(&trust(rig)->wrong), 2);
	KUNIT_EXPECT_TRUE(test, test_bit(which, trust(rig)->retired.bits));
	KUNIT_EXPECT_EQ(test, bitmap_weight(trust(rig)->retired.bits, ACF_NR_ALGS), 1u);
	offered = rig->engine[0]->offered;
	t = one(test, kind, decrypt);
	KUNIT_EXPECT_FALSE(test, trial_is_async(t));
	KUNIT_EXPECT_EQ(test, rig->engine[0]->offered, offered);
	t = one(test, kind == TRIAL_HASH ? TRIAL_CIPHER : TRIAL_HASH, false);
	KUNIT_EXPECT_TRUE(test, trial_is_async(t));
	rig_check_all(test);
}

static void trusted_and_spoilt(struct kunit *test, enum script_spoil how, bool decrypt)
{
	earn_trust(test, decrypt);
	spoil(test->priv, how, ACF_CBC_AES);
	expect_noticed(test, TRIAL_CIPHER, ACF_CBC_AES, decrypt);
}

/* One that is right in between: the source of the others was changed, perhaps. */
static void check_single_ones_cost_nothing(struct kunit *test)
{
	struct rig *rig = test->priv;

	all_but_one_were_wrong(rig, ACF_CBC_AES);
	one(test, TRIAL_CIPHER, false);
	spoil(rig, SCRIPT_WRONG_TEXT, ACF_CBC_AES);
	one(test, TRIAL_CIPHER, false);
	KUNIT_EXPECT_EQ(test, atomic64_read(&trust(rig)->wrong), 1);
	KUNIT_EXPECT_TRUE(test, bitmap_empty(trust(rig)->retired.bits, ACF_NR_ALGS));
	rig_check_all(test);
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
	expect_noticed(test, TRIAL_HASH, ACF_HMAC_SHA1, false);
}

/* What waits for the card is done, once the card is not asked for that any more. */
static void check_nobody_waits_for_what_is_retired(struct kunit *test)
{
	struct rig *rig = test->priv;

	rig_fill(test, TRIAL_CIPHER, 1, 2);
	all_but_one_were_wrong(rig, ACF_CBC_AES);
	spoil(rig, SCRIPT_WRONG_TEXT, ACF_CBC_AES);
	KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[0], 0, 0));
	rig_check_all(test);
	KUNIT_EXPECT_EQ(test, acf_queued(ACF_CLASS_SYSTEM), 0u);
	KUNIT_EXPECT_TRUE(test, test_bit(ACF_CBC_AES, trust(rig)->retired.bits));
}

static struct kunit_case acf_check_cases[] = {
	KUNIT_CASE(check_nobody_waits_for_what_is_retired),
	KUNIT_CASE(check_single_ones_cost_nothing),
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
