// SPDX-License-Identifier: GPL-2.0
/* Requests and the engine that serves, delays, refuses and fails them. */
#include "acf_engine_kunit.h"

static long long done_ok(const struct rig *rig, enum acf_alg_id id)
{
	return atomic64_read(&rig->engine[0]->engine.done_ok[id]);
}

static long long done_err(const struct rig *rig, enum acf_alg_id id)
{
	return atomic64_read(&rig->engine[0]->engine.done_err[id]);
}

/* Trials are the kernel's own, class system. */
static unsigned int rig_queued(const struct rig *rig)
{
	return acf_queued(ACF_CLASS_SYSTEM);
}

static const enum acf_alg_id alg_of[RIG_KINDS] = {
	[TRIAL_CIPHER] = ACF_CBC_AES,
	[TRIAL_AEAD] = ACF_AUTHENC_SHA1_AES,
	[TRIAL_HASH] = ACF_HMAC_SHA1,
};

static void jobs_any_unit_serves_any_kind(struct kunit *test)
{
	static const enum script_unit units[] = { SCRIPT_SOFTIRQ, SCRIPT_WORKER };
	struct rig *rig = test->priv;
	int kind;
	int i;

	for (kind = 0; kind < RIG_KINDS; kind++) {
		long long before = done_ok(rig, alg_of[kind]);

		for (i = 0; i < 4; i++) {
			struct script script = { .unit = units[i / 2], .slots = 1 };
			struct trial *t;

			script_engine_play(rig->engine[0], &script);
			t = rig_submit(rig, kind, 256, i & 1, 0);
			KUNIT_ASSERT_NOT_NULL(test, t);
			KUNIT_EXPECT_EQ(test, t->ret, -EINPROGRESS);
			KUNIT_EXPECT_TRUE(test, trial_wait(t));
		}
		KUNIT_EXPECT_EQ(test, done_ok(rig, alg_of[kind]) - before, 4);
	}
	rig_check_all(test);
}

/* The engine's softirq runs when submit()'s lock is let go: before encrypt() returns. */
static void jobs_may_end_inside_the_submission(struct kunit *test)
{
	const struct script script = { .unit = SCRIPT_SOFTIRQ, .slots = 1 };
	struct rig *rig = test->priv;
	int kind;

	script_engine_play(rig->engine[0], &script);
	for (kind = 0; kind < RIG_KINDS; kind++) {
		struct trial *t = rig_submit(rig, kind, 64, false, 0);

		KUNIT_ASSERT_NOT_NULL(test, t);
		KUNIT_EXPECT_EQ(test, t->ret, -EINPROGRESS);
		KUNIT_EXPECT_EQ(test, atomic_read(&t->finals), 1);
	}
	rig_check_all(test);
}

/* A driver that completes without the lock: acf has counted the job when submit() returns. */
static void jobs_may_end_before_submit_returns(struct kunit *test)
{
	const struct script script = { .unit = SCRIPT_AT_ONCE };
	struct rig *rig = test->priv;
	struct acf_share before, share;
	struct trial *t;

	if (num_online_cpus() < 2)
		kunit_skip(test, "one CPU cannot complete while it submits");
	acf_share(ACF_CLASS_SYSTEM, &before);
	script_engine_play(rig->engine[0], &script);
	t = rig_submit(rig, TRIAL_CIPHER, 64, false, 0);
	KUNIT_ASSERT_NOT_NULL(test, t);
	KUNIT_EXPECT_EQ(test, t->ret, -EINPROGRESS);
	acf_share(ACF_CLASS_SYSTEM, &share);
	KUNIT_EXPECT_EQ(test, share.jobs - before.jobs, 1);
	KUNIT_EXPECT_EQ(test, share.bytes - before.bytes, 64);
	KUNIT_EXPECT_EQ(test, share.served - before.served, share.cost - before.cost);
	rig_check_all(test);
}

/* What the driver did not take is not charged. */
static void jobs_refused_cost_nothing(struct kunit *test)
{
	const struct script refusing = { .slots = 1, .refuse = 1 };
	struct rig *rig = test->priv;
	struct acf_share before, share;

	acf_share(ACF_CLASS_SYSTEM, &before);
	script_engine_play(rig->engine[0], &refusing);
	KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, TRIAL_CIPHER, 64, false, 0));
	acf_share(ACF_CLASS_SYSTEM, &share);
	KUNIT_EXPECT_EQ(test, memcmp(&share, &before, sizeof(before)), 0);
	rig_check_all(test);
}

static void jobs_submitted_with_bottom_halves_off(struct kunit *test)
{
	const struct script script = { .unit = SCRIPT_SOFTIRQ, .slots = 1 };
	struct rig *rig = test->priv;
	struct trial *t;
	int kind;

	for (kind = 0; kind < RIG_KINDS; kind++) {
		script_engine_play(rig->engine[0], &script);
		t = &rig->trial[rig->nr_trials];
		KUNIT_ASSERT_EQ(test, trial_alloc(t, &rig->tfm[kind]), 0);
		rig->nr_trials++;
		KUNIT_ASSERT_EQ(test, trial_prepare(t, 64, true, 0), 0);
		local_bh_disable();
		trial_submit(t);
		KUNIT_EXPECT_EQ(test, atomic_read(&t->finals), 0);
		local_bh_enable();
		KUNIT_EXPECT_EQ(test, t->ret, -EINPROGRESS);
	}
	rig_check_all(test);
}

/* Ring, queue, backlog; and who may not wait gets the CPU at once. */
static void full(struct kunit *test, enum trial_kind kind)
{
	struct rig *rig = test->priv;
	unsigned int nr = rig_fill(test, kind, 2, 3);
	struct trial *last = rig_submit(rig, kind, 16, false, 0);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, last);
	/* the others may wait, so that there is no order to keep */
	KUNIT_EXPECT_EQ(test, last->ret, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&last->finals), 0);
	KUNIT_EXPECT_EQ(test, rig_queued(rig), rig_queue_len);
	rig_complete_all(rig);
	rig_check_all(test);
	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_EQ_MSG(test, rig->trial[i].place, i, "trial %u", i);
	KUNIT_EXPECT_EQ(test, rig_queued(rig), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&rig->engine[0]->engine.outstanding), 0);
}

static void jobs_full_engine_cipher(struct kunit *test)
{
	full(test, TRIAL_CIPHER);
}

static void jobs_full_engine_aead(struct kunit *test)
{
	full(test, TRIAL_AEAD);
}

static void jobs_full_engine_hash(struct kunit *test)
{
	full(test, TRIAL_HASH);
}

/* Told once, when the queue has drained to half, and before the engine can have the job. */
static void jobs_backlog_is_told_once_and_first(struct kunit *test)
{
	struct rig *rig = test->priv;
	unsigned int nr = rig_fill(test, TRIAL_CIPHER, 1, 1);
	struct trial *waits = &rig->trial[nr - 1];
	unsigned int queued;

	for (queued = rig_queue_len; queued > rig_queue_len / 2; queued--) {
		KUNIT_EXPECT_EQ_MSG(test, atomic_read(&waits->notices), 0, "%u queued", queued);
		KUNIT_ASSERT_TRUE(test, script_engine_complete(rig->engine[0], 0, 0));
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&waits->notices), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&waits->finals), 0);
	rig_complete_all(rig);
	rig_check_all(test);
}

static void jobs_newcomer_waits_behind_the_queue(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct trial *first;
	struct trial *queued;
	struct trial *newcomer;

	rig_by_hand(rig, 0, 1);
	first = rig_submit(rig, TRIAL_CIPHER, 16, false, 0);
	queued = rig_submit(rig, TRIAL_CIPHER, 16, false, 0);
	rig_by_hand(rig, 0, 4);	/* room, but nobody has said so yet */
	newcomer = rig_submit(rig, TRIAL_CIPHER, 16, false, CRYPTO_TFM_REQ_MAY_BACKLOG);
	KUNIT_ASSERT_NOT_NULL(test, first);
	KUNIT_ASSERT_NOT_NULL(test, queued);
	KUNIT_ASSERT_NOT_NULL(test, newcomer);
	KUNIT_EXPECT_EQ(test, script_engine_held(rig->engine[0]), 1);
	rig_complete_all(rig);
	rig_check_all(test);
	KUNIT_EXPECT_EQ(test, first->place, 0);
	KUNIT_EXPECT_EQ(test, queued->place, 1);
	KUNIT_EXPECT_EQ(test, newcomer->place, 2);
}

/* The queue has room again, but who wait for it have not been told yet. */
static void jobs_newcomer_waits_behind_the_backlog(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct trial *patient;
	struct trial *hasty;

	if (rig_queue_len < 3)
		kunit_skip(test, "a queue of %u drains to half with its first job", rig_queue_len);
	rig_fill(test, TRIAL_CIPHER, 1, 1);
	KUNIT_ASSERT_TRUE(test, script_engine_complete(rig->engine[0], 0, 0));
	KUNIT_ASSERT_EQ(test, rig_queued(rig), rig_queue_len - 1);
	hasty = rig_submit(rig, TRIAL_CIPHER, 16, false, 0);
	patient = rig_submit(rig, TRIAL_CIPHER, 16, true, CRYPTO_TFM_REQ_MAY_BACKLOG);
	KUNIT_ASSERT_NOT_NULL(test, hasty);
	KUNIT_ASSERT_NOT_NULL(test, patient);
	KUNIT_EXPECT_EQ(test, hasty->ret, 0);	/* done on the CPU */
	KUNIT_EXPECT_EQ(test, patient->ret, -EBUSY);
	rig_complete_all(rig);
	rig_check_all(test);
}

static void jobs_slow_engine_loses_nothing(struct kunit *test)
{
	const struct script slow = { .unit = SCRIPT_WORKER, .slots = 2, .delay_us = 20000 };
	struct rig *rig = test->priv;
	int i;

	script_engine_play(rig->engine[0], &slow);
	for (i = 0; i < 2 * RIG_KINDS + 6; i++)
		KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, i % RIG_KINDS, 128, i & 1,
						       CRYPTO_TFM_REQ_MAY_BACKLOG));
	rig_check_all(test);
}

/* What the engine fails is done again on the CPU: the caller sees no error. */
static void jobs_failed_by_the_engine(struct kunit *test)
{
	struct rig *rig = test->priv;
	int kind;
	int way;

	rig_by_hand(rig, 0, 1);
	for (kind = 0; kind < RIG_KINDS; kind++) {
		for (way = 0; way < 2; way++) {
			struct trial *t = rig_submit(rig, kind, 512, way, 0);

			KUNIT_ASSERT_NOT_NULL(test, t);
			KUNIT_EXPECT_EQ(test, t->ret, -EINPROGRESS);
			KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[0], 0, -EIO));
		}
		KUNIT_EXPECT_EQ(test, done_err(rig, alg_of[kind]), 2);
	}
	rig_check_all(test);
}

static void jobs_refused_by_the_engine(struct kunit *test)
{
	const struct script refusing = { .slots = 1, .refuse = 1 };
	struct rig *rig = test->priv;
	int kind;

	script_engine_play(rig->engine[0], &refusing);
	for (kind = 0; kind < RIG_KINDS; kind++) {
		struct trial *t = rig_submit(rig, kind, 48, kind & 1, 0);

		KUNIT_ASSERT_NOT_NULL(test, t);
		KUNIT_EXPECT_EQ(test, t->ret, 0);
	}
	rig_check_all(test);
}

/* The engine has said yes to the queue, and says no when it sees the job. */
static void jobs_refused_out_of_the_queue(struct kunit *test)
{
	const struct script narrow = { .slots = 1, .spaces = 1 };
	const struct script refusing = { .slots = 1, .refuse = 1 };
	struct rig *rig = test->priv;
	int kind;

	for (kind = 0; kind < RIG_KINDS; kind++) {
		script_engine_play(rig->engine[0], &narrow);
		KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, kind, 48, false, 0));
		KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, kind, 48, true, 0));
		script_engine_play(rig->engine[0], &refusing);
		rig_complete_all(rig);
		KUNIT_EXPECT_EQ(test, script_engine_held(rig->engine[0]), 0);
	}
	rig_check_all(test);
}

/* A packet for the CPU waits for those before it, and returns at once if there are none. */
static void jobs_aead_on_the_cpu_waits_its_turn(struct kunit *test)
{
	const struct script refusing = { .slots = 1, .refuse = 1 };
	struct rig *rig = test->priv;
	struct trial *first;
	struct trial *second;
	struct trial *alone;

	rig_by_hand(rig, 0, 1);
	first = rig_submit(rig, TRIAL_AEAD, 64, false, 0);
	script_engine_play(rig->engine[0], &refusing);
	second = rig_submit(rig, TRIAL_AEAD, 0, false, 0);
	KUNIT_ASSERT_NOT_NULL(test, first);
	KUNIT_ASSERT_NOT_NULL(test, second);
	KUNIT_EXPECT_EQ(test, second->ret, -EINPROGRESS);
	KUNIT_EXPECT_EQ(test, atomic_read(&second->finals), 0);
	KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[0], 0, 0));
	KUNIT_EXPECT_EQ(test, atomic_read(&second->finals), 1);
	alone = rig_submit(rig, TRIAL_AEAD, 0, true, 0);
	KUNIT_ASSERT_NOT_NULL(test, alone);
	KUNIT_EXPECT_EQ(test, alone->ret, 0);
	rig_check_all(test);
	KUNIT_EXPECT_EQ(test, first->place, 0);
	KUNIT_EXPECT_EQ(test, second->place, 1);
}

/* -EBADMSG whoever found out, and no text of a forged packet is left. */
static void jobs_forged_packets(struct kunit *test)
{
	struct rig *rig = test->priv;
	int way;

	rig_by_hand(rig, 0, 1);
	for (way = 0; way < 2; way++) {
		struct trial *t = &rig->trial[rig->nr_trials];

		KUNIT_ASSERT_EQ(test, trial_alloc(t, &rig->tfm[TRIAL_AEAD]), 0);
		rig->nr_trials++;
		KUNIT_ASSERT_EQ(test, trial_prepare(t, 160, true, 0), 0);
		trial_forge(t);
		KUNIT_EXPECT_EQ(test, trial_submit(t), -EINPROGRESS);
		KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[0], 0, way ? -EIO : 0));
		KUNIT_EXPECT_TRUE(test, trial_wait(t));
		if (!way)
			KUNIT_EXPECT_NULL(test, memchr_inv(t->mem + TRIAL_ASSOC, 0, 160));
		KUNIT_EXPECT_EQ(test, t->err, -EBADMSG);
	}
	rig_check_all(test);
}

/* What was accepted before a setkey() ends with its key, on the engine and on the CPU. */
static void jobs_keep_the_key_they_came_with(struct kunit *test)
{
	struct rig *rig = test->priv;
	int kind;

	for (kind = 0; kind < RIG_KINDS; kind++) {
		rig_by_hand(rig, 0, 3);
		KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, kind, 96, false, 0));
		KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, kind, 96, true, 0));
		KUNIT_ASSERT_EQ(test, trial_tfm_setkey(&rig->tfm[kind], 7), 0);
		KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, kind, 96, false, 0));
		KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[0], 0, -EIO));
		rig_complete_all(rig);
	}
	rig_check_all(test);
}

static int hash_step(struct crypto_ahash *tfm, struct ahash_request *req, struct scatterlist *sg,
		     u8 *out, u8 key)
{
	u8 raw[20];

	memset(raw, key, sizeof(raw));
	ahash_request_set_tfm(req, tfm);
	ahash_request_set_callback(req, 0, NULL, NULL);
	ahash_request_set_crypt(req, sg, out, 64);
	return crypto_ahash_init(req) ?: crypto_ahash_update(req) ?:
	       crypto_ahash_setkey(tfm, raw, sizeof(raw)) ?:
	       crypto_ahash_update(req) ?: crypto_ahash_final(req);
}

/*
 * What a setkey() in the middle of a message does to it is the software's affair: here it
 * must not pull the state's transform away.
 */
static void jobs_partial_hash_outlives_its_key(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct trial_tfm *tfm = &rig->tfm[TRIAL_HASH];
	struct trial *t = &rig->trial[0];

	KUNIT_ASSERT_EQ(test, trial_alloc(t, tfm), 0);
	rig->nr_trials++;
	KUNIT_ASSERT_EQ(test, trial_prepare(t, 64, false, 0), 0);
	KUNIT_EXPECT_EQ(test, hash_step(tfm->acf.hash, t->req.hash, &t->sg, t->mac, 9), 0);
	KUNIT_EXPECT_EQ(test, hash_step(tfm->soft.hash, t->soft.hash, &t->sg, t->want_mac, 9), 0);
	KUNIT_EXPECT_EQ(test, memcmp(t->mac, t->want_mac, sizeof(t->mac)), 0);
}

/* Nothing of these reaches the engine. */
static void jobs_nothing_to_do(struct kunit *test)
{
	struct rig *rig = test->priv;
	int kind;

	rig_by_hand(rig, 0, 1);
	for (kind = 0; kind < RIG_KINDS; kind++) {
		struct trial *t = rig_submit(rig, kind, 0, false, 0);

		KUNIT_ASSERT_NOT_NULL(test, t);
		KUNIT_EXPECT_EQ(test, t->ret, 0);
	}
	KUNIT_EXPECT_EQ(test, script_engine_held(rig->engine[0]), 0);
	rig_check_all(test);
}

/* A list that ends before the request does is the caller's fault, and said so. */
static void jobs_short_lists_are_refused(struct kunit *test)
{
	struct rig *rig = test->priv;
	int kind;

	rig_by_hand(rig, 0, 1);
	for (kind = 0; kind < RIG_KINDS; kind++) {
		struct trial *t = &rig->trial[rig->nr_trials];

		KUNIT_ASSERT_EQ(test, trial_alloc(t, &rig->tfm[kind]), 0);
		rig->nr_trials++;
		KUNIT_ASSERT_EQ(test, trial_prepare(t, 64, false, 0), 0);
		sg_init_one(&t->sg, t->mem, 32);
		t->want_err = -EINVAL;
		KUNIT_EXPECT_EQ(test, trial_submit(t), -EINVAL);
	}
	KUNIT_EXPECT_EQ(test, script_engine_held(rig->engine[0]), 0);
	rig_check_all(test);
}

static void jobs_short_destinations_are_refused(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct scatterlist room;
	struct trial *t[2];
	int kind;

	for (kind = TRIAL_CIPHER; kind <= TRIAL_AEAD; kind++) {
		t[kind] = &rig->trial[rig->nr_trials];
		KUNIT_ASSERT_EQ(test, trial_alloc(t[kind], &rig->tfm[kind]), 0);
		rig->nr_trials++;
		KUNIT_ASSERT_EQ(test, trial_prepare(t[kind], 64, false, 0), 0);
		t[kind]->want_err = -EINVAL;
	}
	sg_init_one(&room, t[0]->want, 32);
	t[0]->req.cipher->dst = &room;
	t[1]->req.aead->dst = &room;
	KUNIT_EXPECT_EQ(test, trial_submit(t[0]), -EINVAL);
	KUNIT_EXPECT_EQ(test, trial_submit(t[1]), -EINVAL);
	rig_check_all(test);
}

static void jobs_partial_blocks_are_refused(struct kunit *test)
{
	struct rig *rig = test->priv;
	struct trial *t = &rig->trial[0];

	KUNIT_ASSERT_EQ(test, trial_alloc(t, &rig->tfm[TRIAL_CIPHER]), 0);
	rig->nr_trials++;
	KUNIT_ASSERT_EQ(test, trial_prepare(t, 32, false, 0), 0);
	t->req.cipher->cryptlen = 31;
	t->want_err = -EINVAL;
	KUNIT_EXPECT_EQ(test, trial_submit(t), -EINVAL);
	rig_check_all(test);
}

static struct kunit_case acf_jobs_cases[] = {
	KUNIT_CASE(jobs_any_unit_serves_any_kind),
	KUNIT_CASE(jobs_may_end_inside_the_submission),
	KUNIT_CASE(jobs_may_end_before_submit_returns),
	KUNIT_CASE(jobs_refused_cost_nothing),
	KUNIT_CASE(jobs_submitted_with_bottom_halves_off),
	KUNIT_CASE(jobs_full_engine_cipher),
	KUNIT_CASE(jobs_full_engine_aead),
	KUNIT_CASE(jobs_full_engine_hash),
	KUNIT_CASE(jobs_backlog_is_told_once_and_first),
	KUNIT_CASE(jobs_newcomer_waits_behind_the_queue),
	KUNIT_CASE(jobs_newcomer_waits_behind_the_backlog),
	KUNIT_CASE(jobs_slow_engine_loses_nothing),
	KUNIT_CASE(jobs_failed_by_the_engine),
	KUNIT_CASE(jobs_refused_by_the_engine),
	KUNIT_CASE(jobs_refused_out_of_the_queue),
	KUNIT_CASE(jobs_aead_on_the_cpu_waits_its_turn),
	KUNIT_CASE(jobs_forged_packets),
	KUNIT_CASE(jobs_keep_the_key_they_came_with),
	KUNIT_CASE(jobs_partial_hash_outlives_its_key),
	KUNIT_CASE(jobs_nothing_to_do),
	KUNIT_CASE(jobs_short_lists_are_refused),
	KUNIT_CASE(jobs_short_destinations_are_refused),
	KUNIT_CASE(jobs_partial_blocks_are_refused),
	{}
};

static struct kunit_suite acf_jobs_suite = {
	.name = "acf_jobs",
	.suite_init = rig_suite_init,
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = acf_jobs_cases,
};
kunit_test_suite(acf_jobs_suite);
