// SPDX-License-Identifier: GPL-2.0
/* Set-up and tear-down of the cases against scripted engines. */
#include <crypto/internal/skcipher.h>
#include <linux/cred.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "acf_engine_kunit.h"
#include "../acf_compat.h"

unsigned int rig_queue_len = 8;
module_param_named(queue_len, rig_queue_len, uint, 0444);
MODULE_PARM_DESC(queue_len, "the queue_len acf was loaded with (1..16)");

unsigned int rig_flow_len = 1024;
module_param_named(flow_len, rig_flow_len, uint, 0444);
MODULE_PARM_DESC(flow_len, "the flow_len acf was loaded with (default 1024)");

const struct script rig_calm = { .unit = SCRIPT_WORKER, .slots = 8 };

static const char * const rig_names[RIG_ENGINES] = { "script0", "script1", "script2", "script3" };

struct rig_name rig_name;

static int squatter_setkey(struct crypto_skcipher *tfm, const u8 *key, unsigned int bytes)
{
	return -EOPNOTSUPP;
}

static int squatter_crypt(struct skcipher_request *req)
{
	return -EOPNOTSUPP;
}

/* Of no use, but for its name. */
static struct skcipher_alg squatter = {
	.base.cra_name = "squatter",
	.base.cra_driver_name = RIG_NAME,
	.base.cra_blocksize = 8,
	.base.cra_module = THIS_MODULE,
	.min_keysize = 8,
	.max_keysize = 8,
	.setkey = squatter_setkey,
	.encrypt = squatter_crypt,
	.decrypt = squatter_crypt,
};

static bool rig_name_is_acfs(void)
{
	return crypto_has_skcipher(RIG_NAME, CRYPTO_ALG_NEED_FALLBACK, CRYPTO_ALG_NEED_FALLBACK);
}

struct rig_start {
	struct script_engine *se;
	int err;
	struct completion done;
};

/* In a task with a fatal signal pending. */
static int rig_start_killed(void *data)
{
	struct rig_start *start = data;

	allow_signal(SIGKILL);
	send_sig(SIGKILL, current, 1);
	start->err = script_engine_start(start->se, &rig_calm);
	complete(&start->done);
	return 0;
}

static int rig_start_in_killed_task(struct script_engine *se)
{
	struct rig_start start = { .se = se };
	struct task_struct *task;

	init_completion(&start.done);
	task = kthread_run(rig_start_killed, &start, "killed");
	if (IS_ERR(task))
		return PTR_ERR(task);
	wait_for_completion(&start.done);
	return start.err;
}

static int rig_register_algs(bool *name)
{
	struct script_engine *se = script_engine_alloc("script");
	int err;

	if (!se)
		return -ENOMEM;
	err = rig_start_in_killed_task(se);
	*name = rig_name_is_acfs();
	if (!err)
		script_engine_vanish(se);
	script_engine_free(se);
	return err;
}

/*
 * The first engine with an algorithm registers it, and the kernel tests it then: once
 * for all suites, here, and not against the clock of a case. One of the names is taken
 * at first.
 */
int rig_suite_init(struct kunit_suite *suite)
{
	static bool registered;
	int err;

	if (rig_queue_len < 1 || rig_queue_len > RIG_MAX_QUEUE)
		return -EINVAL;
	if (registered)
		return 0;
	err = crypto_register_skcipher(&squatter);
	if (err)
		return err;
	err = rig_register_algs(&rig_name.while_taken);
	crypto_unregister_skcipher(&squatter);
	if (!err)
		err = rig_register_algs(&rig_name.when_free);
	registered = !err;
	return err;
}

void rig_caps(struct acf_alg_set *caps)
{
	bitmap_zero(caps->bits, ACF_NR_ALGS);
	__set_bit(ACF_CBC_AES, caps->bits);
	__set_bit(ACF_XTS_AES, caps->bits);
	__set_bit(ACF_AUTHENC_SHA1_AES, caps->bits);
	__set_bit(ACF_HMAC_SHA1, caps->bits);
}

static int rig_alloc(struct rig *rig, int which)
{
	rig->engine[which] = script_engine_alloc(rig_names[which]);
	if (!rig->engine[which])
		return -ENOMEM;
	rig_caps(&rig->engine[which]->engine.caps);
	return 0;
}

int rig_start(struct rig *rig, int which, const struct script *script)
{
	int err = rig->engine[which] ? 0 : rig_alloc(rig, which);

	err = err ?: script_engine_start(rig->engine[which], script);
	rig->started[which] = !err;
	return err;
}

void rig_vanish(struct rig *rig, int which)
{
	rig->started[which] = false;
	script_engine_vanish(rig->engine[which]);
}

bool rig_serves_all(const struct rig *rig, int which)
{
	const struct acf_engine *engine = &rig->engine[which]->engine;

	return bitmap_equal(engine->serves.bits, engine->caps.bits, ACF_NR_ALGS);
}

int rig_init(struct kunit *test)
{
	struct rig *rig = kvzalloc(sizeof(*rig), GFP_KERNEL);
	int i;
	int err;

	if (!rig)
		return -ENOMEM;
	test->priv = rig;
	err = rig_alloc(rig, 0) ?: rig_alloc(rig, 1) ?: rig_start(rig, 0, &rig_calm);
	for (i = 0; !err && i < RIG_KINDS; i++) {
		err = trial_tfm_init(&rig->tfm[i], i);
		rig->nr_tfms += !err;
	}
	return err;
}

/* Engines first: that ends every request a failed case has left behind. */
void rig_exit(struct kunit *test)
{
	struct rig *rig = test->priv;
	int i;

	if (!rig)
		return;
	for (i = 0; i < ARRAY_SIZE(rig->engine); i++)
		if (rig->started[i])
			rig_vanish(rig, i);
	for (i = 0; i < rig->nr_trials; i++)
		trial_free(&rig->trial[i]);
	for (i = 0; i < rig->nr_tfms; i++)
		trial_tfm_exit(&rig->tfm[i]);
	if (rig->has_user)
		trial_tfm_exit(&rig->user);
	for (i = 0; i < ARRAY_SIZE(rig->engine); i++)
		if (rig->engine[i])
			script_engine_free(rig->engine[i]);
	kvfree(rig);
}

int rig_make_user(struct rig *rig)
{
	struct cred *mine = prepare_creds();
	struct cred *user = prepare_creds();
	int err;

	if (!mine || !user)
		return -ENOMEM;
	cap_clear(user->cap_effective);
	commit_creds(user);
	err = trial_tfm_init(&rig->user, TRIAL_CIPHER);
	commit_creds(mine);
	rig->has_user = !err;
	return err;
}

void rig_by_hand(struct rig *rig, int which, unsigned int slots)
{
	const struct script script = { .unit = SCRIPT_BY_HAND, .slots = slots };

	script_engine_play(rig->engine[which], &script);
}

struct trial *rig_submit_on(struct rig *rig, struct trial_tfm *tfm, unsigned int bytes,
			    bool decrypt, u32 flags)
{
	struct trial *t = &rig->trial[rig->nr_trials];

	if (rig->nr_trials == RIG_TRIALS || trial_alloc(t, tfm))
		return NULL;
	rig->nr_trials++;
	if (trial_prepare(t, bytes, decrypt, flags))
		return NULL;
	trial_submit(t);
	return t;
}

struct trial *rig_submit(struct rig *rig, enum trial_kind kind, unsigned int bytes, bool decrypt,
			 u32 flags)
{
	return rig_submit_on(rig, &rig->tfm[kind], bytes, decrypt, flags);
}

void rig_complete_all(struct rig *rig)
{
	while (script_engine_complete(rig->engine[0], 0, 0))
		;
}

void rig_check_all(struct kunit *test)
{
	struct rig *rig = test->priv;
	unsigned int i;

	for (i = 0; i < rig->nr_trials; i++) {
		struct trial *t = &rig->trial[i];

		KUNIT_EXPECT_TRUE_MSG(test, trial_wait(t), "trial %u never completed", i);
		KUNIT_EXPECT_STREQ_MSG(test, trial_verdict(t) ?: "right", "right",
				       "trial %u: ret %d err %d finals %d notices %d", i, t->ret,
				       t->err, atomic_read(&t->finals), atomic_read(&t->notices));
	}
}

unsigned int rig_fill(struct kunit *test, enum trial_kind kind, unsigned int slots,
		      unsigned int backlogged)
{
	struct rig *rig = test->priv;
	unsigned int room = slots + rig_queue_len;
	unsigned int i;

	rig_by_hand(rig, 0, slots);
	for (i = 0; i < room + backlogged; i++) {
		struct trial *t = rig_submit(rig, kind, 16, i & 1, CRYPTO_TFM_REQ_MAY_BACKLOG);

		KUNIT_ASSERT_NOT_NULL(test, t);
		KUNIT_ASSERT_EQ_MSG(test, t->ret, i < room ? -EINPROGRESS : -EBUSY, "trial %u", i);
		KUNIT_ASSERT_EQ(test, atomic_read(&t->notices), 0);
	}
	KUNIT_ASSERT_EQ(test, script_engine_held(rig->engine[0]), slots);
	return i;
}

MODULE_DESCRIPTION("Tests of acf against scripted engines");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(ACF_NS(ACF_TESTS));
