// SPDX-License-Identifier: GPL-2.0
/*
 * Every allocation of transforms, keys and engines fails once: an error comes back,
 * nothing is lost, and the next attempt succeeds. Needs failslab, and its files
 * ignore-gfp-wait and verbose set to 0.
 */
#include <linux/fault-inject.h>
#include <linux/sched.h>

#include "acf_engine_kunit.h"

#define NOMEM_MOST	2000	/* allocations one step may make */

/* The @nth allocation of this task from now on fails. */
static void nomem_begin(unsigned int nth)
{
#ifdef CONFIG_FAULT_INJECTION
	current->fail_nth = nth;
#endif
}

/* True: one did fail. */
static bool nomem_end(void)
{
#ifdef CONFIG_FAULT_INJECTION
	bool failed = !current->fail_nth;

	current->fail_nth = 0;
	return failed;
#else
	return false;
#endif
}

/*
 * step() with each of its allocations failing in turn, until none does. Some failures
 * are made good by who met them; the others have to be reported as @want or -ENOMEM.
 */
static void nomem_each(struct kunit *test, int (*step)(struct rig *rig, int kind), int kind,
		       int want)
{
	unsigned int reported = 0;
	unsigned int nth;
	bool failed = true;

	for (nth = 1; failed && nth < NOMEM_MOST; nth++) {
		int err;

		nomem_begin(nth);
		err = step(test->priv, kind);
		failed = nomem_end();
		if (failed && (err == -ENOMEM || err == want))
			reported++;
		else
			KUNIT_EXPECT_EQ_MSG(test, err, 0, "allocation %u", nth);
	}
	if (nth == 2)
		kunit_skip(test, "no failslab, or ignore-gfp-wait is set");
	KUNIT_EXPECT_FALSE(test, failed);
	KUNIT_EXPECT_GT(test, reported, 0);
	KUNIT_EXPECT_EQ(test, step(test->priv, kind), 0);
}

static int make_transform(struct rig *rig, int kind)
{
	struct trial_tfm tfm;
	int err = trial_tfm_alloc(&tfm, kind);

	if (!err)
		trial_tfm_exit(&tfm);
	return err;
}

/* Without a key to come, its twin is set up at once. */
static int make_plain_hash(struct rig *rig, int kind)
{
	struct crypto_ahash *hash = crypto_alloc_ahash("sha1-acf", 0, 0);

	if (IS_ERR(hash))
		return PTR_ERR(hash);
	crypto_free_ahash(hash);
	return 0;
}

static void nomem_transforms(struct kunit *test)
{
	int kind;

	nomem_each(test, make_plain_hash, 0, -ENOMEM);

	for (kind = 0; kind < RIG_KINDS; kind++)
		nomem_each(test, make_transform, kind, -ENOMEM);
}

static int set_key(struct rig *rig, int kind)
{
	return trial_tfm_setkey(&rig->tfm[kind], 5);
}

static void nomem_keys(struct kunit *test)
{
	struct rig *rig = test->priv;
	int kind;

	for (kind = 0; kind < RIG_KINDS; kind++) {
		nomem_each(test, set_key, kind, -ENOMEM);
		KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, kind, 64, true, 0));
	}
	rig_check_all(test);
}

/* An HMAC key of more than a block is hashed first, with a transform of its own. */
static int set_long_key(struct rig *rig, int kind)
{
	u8 raw[80 + 16] = { 3 };

	if (kind == TRIAL_HASH)
		return crypto_ahash_setkey(rig->tfm[kind].acf.hash, raw, 80);
	return trial_aead_setkey(rig->tfm[kind].acf.aead, raw, 80, 16);
}

static void nomem_long_keys(struct kunit *test)
{
	nomem_each(test, set_long_key, TRIAL_HASH, -ENOMEM);
	nomem_each(test, set_long_key, TRIAL_AEAD, -ENOMEM);
}

/* The software copies a key that is not aligned as it likes it. */
static int set_crooked_key(struct rig *rig, int kind)
{
	u8 raw[ACF_MAX_KEY + 4] __aligned(4) = { 0 };

	return crypto_skcipher_setkey(rig->tfm[TRIAL_CIPHER].acf.cipher, raw + 1, 16);
}

static void nomem_crooked_keys(struct kunit *test)
{
	nomem_each(test, set_crooked_key, 0, -ENOMEM);
}

/* A new ICV size while a request is out there needs a key object of its own. */
static int change_icv_size(struct rig *rig, int kind)
{
	struct crypto_aead *aead = rig->tfm[TRIAL_AEAD].acf.aead;
	struct trial *t = &rig->trial[0];
	int err = trial_prepare(t, 64, false, 0);

	if (err || trial_submit(t) != -EINPROGRESS)
		return err ?: -EINVAL;
	err = crypto_aead_setauthsize(aead, TRIAL_ICV + 4);
	script_engine_complete(rig->engine[0], 0, 0);
	return crypto_aead_setauthsize(aead, TRIAL_ICV) ?: err;
}

static void nomem_icv_sizes(struct kunit *test)
{
	struct rig *rig = test->priv;

	KUNIT_ASSERT_EQ(test, trial_alloc(&rig->trial[0], &rig->tfm[TRIAL_AEAD]), 0);
	rig->nr_trials++;
	rig_by_hand(rig, 0, 1);
	nomem_each(test, change_icv_size, 0, -ENOMEM);
	rig_check_all(test);
}

/* By engine: there is no allocation that could fail. */
static void nomem_requests_allocate_nothing(struct kunit *test)
{
	struct rig *rig = test->priv;
	int kind;

	for (kind = 0; kind < RIG_KINDS; kind++) {
		struct trial *t = &rig->trial[kind];

		KUNIT_ASSERT_EQ(test, trial_alloc(t, &rig->tfm[kind]), 0);
		rig->nr_trials++;
		KUNIT_ASSERT_EQ(test, trial_prepare(t, 64, false, 0), 0);
		nomem_begin(1);
		KUNIT_EXPECT_EQ(test, trial_submit(t), -EINPROGRESS);
		KUNIT_EXPECT_FALSE(test, nomem_end());
	}
	rig_check_all(test);
}

static int start_engine(struct rig *rig, int kind)
{
	int err = rig_start(rig, 1, &rig_calm);

	if (!err)
		rig_vanish(rig, 1);
	return err;
}

static void nomem_engines(struct kunit *test)
{
	nomem_each(test, start_engine, 0, -ENOMEM);
}

static struct kunit_case acf_nomem_cases[] = {
	KUNIT_CASE(nomem_transforms),
	KUNIT_CASE(nomem_keys),
	KUNIT_CASE(nomem_long_keys),
	KUNIT_CASE(nomem_crooked_keys),
	KUNIT_CASE(nomem_icv_sizes),
	KUNIT_CASE(nomem_requests_allocate_nothing),
	KUNIT_CASE(nomem_engines),
	{}
};

static struct kunit_suite acf_nomem_suite = {
	.name = "acf_nomem",
	.suite_init = rig_suite_init,
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = acf_nomem_cases,
};
kunit_test_suite(acf_nomem_suite);
