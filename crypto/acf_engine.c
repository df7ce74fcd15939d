// SPDX-License-Identifier: GPL-2.0
/*
 * An engine's life: it comes, is tested, serves, is tested again, goes. On top of all
 * else: whoever has to be told that an engine came is told from here.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/export.h>
#include <linux/mutex.h>
#include <linux/rculist.h>

#include "acf_internal.h"

#define ACF_ANSWER_TRIES	4	/* of known answers that came back undone */

/* One of them will do: an engine is judged by its best cipher. */
static bool acf_has_required(const struct acf_engine *engine, const struct acf_alg_set *passed)
{
	return bitmap_empty(engine->required.bits, ACF_NR_ALGS) ||
	       bitmap_intersects(engine->required.bits, passed->bits, ACF_NR_ALGS);
}

/* What has failed is the CPU's from now on. True: there was something. */
static bool acf_engine_retire(struct acf_engine *engine, const struct acf_alg_set *asked,
			      const struct acf_alg_set *passed)
{
	struct acf_alg_set lost;
	int id;

	bitmap_andnot(lost.bits, asked->bits, passed->bits, ACF_NR_ALGS);
	bitmap_and(lost.bits, lost.bits, engine->serves.bits, ACF_NR_ALGS);
	if (bitmap_empty(lost.bits, ACF_NR_ALGS))
		return false;
	/* others set bits of it at any time */
	for_each_set_bit(id, lost.bits, ACF_NR_ALGS)
		set_bit(id, engine->trust.retired.bits);
	acf_engine_takes_less(engine);
	return true;
}

/* Several at once; a reset in between is no verdict. */
static int acf_engine_answers(struct acf_engine *engine)
{
	int tries = ACF_ANSWER_TRIES;
	int err;

	do
		err = acf_known_run(engine);
	while (err == -ECANCELED && --tries);
	return err == -ECANCELED ? -EIO : err;
}

int acf_engine_start(struct acf_engine *engine)
{
	struct acf_alg_set asked, passed;
	int err;

	if (acf_card_is_offline(engine->card))
		return -ENODEV;
	if (WARN_ONCE(!acf_engine_change(engine, ACF_ENGINE_STOPPED, ACF_ENGINE_TESTING),
		      "acf: %s started while running\n", engine->name))
		return -EIO;
	bitmap_and(asked.bits, engine->required.bits, engine->serves.bits, ACF_NR_ALGS);
	err = acf_selftest(engine, &asked, &passed);
	if (!err && acf_has_required(engine, &passed)) {
		acf_engine_retire(engine, &asked, &passed);
		err = acf_engine_answers(engine);
	}
	acf_trust_anew(engine);
	if (!err && acf_has_required(engine, &passed) &&
	    acf_engine_change(engine, ACF_ENGINE_TESTING, ACF_ENGINE_RUNNING)) {
		acf_engine_join(engine);
		return 0;
	}
	if (READ_ONCE(engine->state) == ACF_ENGINE_STOPPED)
		err = -ENODEV;
	else if (!err)
		err = -EIO;
	acf_engine_stop(engine);
	return err;
}
EXPORT_SYMBOL_GPL(acf_engine_start);

static int acf_engine_resume_locked(struct acf_engine *engine)
{
	enum acf_engine_state state = READ_ONCE(engine->state);
	int err;

	if (state != ACF_ENGINE_PAUSED)
		return state == ACF_ENGINE_STOPPED ? -ENODEV : 0;
	err = acf_known_run(engine);
	if (err)
		return err;
	acf_trust_anew(engine);
	/* before it runs: the next pause has a time of its own */
	cancel_delayed_work_sync(&engine->spill);
	if (!acf_engine_change(engine, ACF_ENGINE_PAUSED, ACF_ENGINE_RUNNING))
		return -ENODEV;
	acf_engine_join(engine);
	return 0;
}

int acf_engine_resume(struct acf_engine *engine)
{
	int err;

	mutex_lock(&engine->resuming);
	err = acf_engine_resume_locked(engine);
	mutex_unlock(&engine->resuming);
	return err;
}
EXPORT_SYMBOL_GPL(acf_engine_resume);

/* Where no reset took the answers nobody else will ask for them again. */
static int acf_engine_resume_tested(struct acf_engine *engine)
{
	int tries = ACF_ANSWER_TRIES;
	int err;

	do
		err = acf_engine_resume(engine);
	while (err == -ECANCELED && --tries);
	return err;
}

static int acf_engine_judge(struct acf_engine *engine, const struct acf_alg_set *passed)
{
	acf_card_tested(engine->card, &engine->caps, passed);
	return acf_engine_retire(engine, &engine->caps, passed) ? -EIO : 0;
}

/*
 * The driver may reset the card meanwhile, and resume it: then the rest of the tests is refused,
 * and they say nothing.
 */
int acf_engine_selftest(struct acf_engine *engine)
{
	struct acf_alg_set passed;
	int resumed;
	int err;

	if (READ_ONCE(engine->state) != ACF_ENGINE_RUNNING)
		return -EBUSY;
	acf_engine_pause(engine);
	err = acf_selftest(engine, &engine->caps, &passed);
	if (err == -ENODEV || (!err && READ_ONCE(engine->state) != ACF_ENGINE_PAUSED))
		err = -EAGAIN;
	if (!err)
		err = acf_engine_judge(engine, &passed);
	resumed = acf_engine_resume_tested(engine);
	if (resumed == -EIO) {
		acf_engine_stop(engine);
		acf_card_failed(engine->card, "selftest", "it gives wrong answers", NULL);
	}
	return err ?: resumed == -ECANCELED ? -EAGAIN : resumed;
}

/* 0, or why the engine cannot serve; it is stopped then. */
static int acf_engine_try(struct acf_engine *engine)
{
	int err = acf_selftest(engine, &engine->caps, &engine->serves);

	if (err == -ENODEV || READ_ONCE(engine->state) == ACF_ENGINE_STOPPED) {
		acf_engine_stop(engine);
		return -ENODEV;
	}
	if (err) {
		acf_engine_stop(engine);
		acf_card_failed(engine->card, "selftest", "there is no memory to test it", NULL);
		return err;
	}
	acf_card_tested(engine->card, &engine->caps, &engine->serves);
	if (bitmap_empty(engine->serves.bits, ACF_NR_ALGS) ||
	    !acf_has_required(engine, &engine->serves)) {
		acf_engine_stop(engine);
		pr_err("%s: refused: a required algorithm failed its self-test; the card is faulty or not what it claims to be\n",
		       engine->name);
		acf_card_failed(engine->card, "selftest",
				"a required algorithm failed its self-test", NULL);
		return -EIO;
	}
	err = acf_known_alloc(engine) ?: acf_engine_answers(engine);
	if (err) {
		acf_engine_stop(engine);
		acf_card_failed(engine->card, "selftest", err == -ENOMEM ?
				"there is no memory to test it" :
				"it gives wrong answers to several jobs at once", NULL);
		return err;
	}
	acf_meter_known(engine);
	return acf_engine_change(engine, ACF_ENGINE_TESTING, ACF_ENGINE_RUNNING) ? 0 : -ENODEV;
}

int acf_engine_register(struct acf_engine *engine)
{
	int err = acf_engine_init(engine);

	if (err) {
		acf_card_failed(engine->card, "selftest", "there is no memory to test it", NULL);
		return err;
	}
	err = acf_engine_try(engine);
	if (err) {
		acf_known_free(engine);
		acf_meter_exit(engine);
		return err;
	}
	mutex_lock(&acf_engines_mutex);
	list_add_tail_rcu(&engine->node, &acf_engines);
	acf_engine_join(engine);
	acf_algs_register(&engine->serves);
	mutex_unlock(&acf_engines_mutex);
	acf_card_attach(engine->card, engine);
	return 0;
}
EXPORT_SYMBOL_GPL(acf_engine_register);

void acf_engine_unregister(struct acf_engine *engine)
{
	/* who asked for it to be started is through then: without its hardware in vain */
	acf_card_detach(engine->card);
	WARN_ONCE(engine->state != ACF_ENGINE_STOPPED, "acf: %s unregistered while running\n",
		  engine->name);
	mutex_lock(&acf_engines_mutex);
	list_del_rcu(&engine->node);
	mutex_unlock(&acf_engines_mutex);
	/* submitters that picked this engine are inside rcu_read_lock() */
	synchronize_rcu();
	cancel_work_sync(&engine->refill);
	acf_meter_exit(engine);
	cancel_delayed_work_sync(&engine->spill);
	acf_known_free(engine);
	WARN_ONCE(atomic_long_read(&engine->outstanding), "acf: %s still holds jobs\n",
		  engine->name);
}
EXPORT_SYMBOL_GPL(acf_engine_unregister);
