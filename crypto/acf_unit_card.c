// SPDX-License-Identifier: GPL-2.0
/* The card as a unit: a job's way onto a card, or into the queue for one, and back. */
#include <linux/delay.h>
#include <linux/export.h>
#include <linux/rculist.h>

#include "acf_internal.h"
#include "acf_trace.h"

#define ACF_MOST_TRIES	8	/* cards that turn out to have no room, one after the other */
#define ACF_TEST_ROOM_MS 2000	/* that a test waits for room: a ring may be shorter than it */

/* ---- room: counted, so that what was seen to be full is known to be so until then ---- */

/* Before the driver is asked. */
static unsigned int acf_room_seen(const atomic_t *events)
{
	unsigned int seen = atomic_read(events);

	smp_rmb();	/* pairs with acf_room_made() */
	return seen;
}

static void acf_room_made(atomic_t *events)
{
	smp_mb__before_atomic();	/* the room, before it is told */
	atomic_inc(events);
	smp_mb__after_atomic();	/* pairs with acf_refill_any() */
}

/* There is space again where a job was prepared. */
static void acf_space(struct acf_engine *engine)
{
	acf_room_made(&engine->spaces);
	if (READ_ONCE(acf_queue.waiting) && acf_engine_has_room(engine))
		acf_refill_later(engine);
}

void acf_engine_room(struct acf_engine *engine)
{
	acf_room_made(&engine->spaces);
	acf_room_made(&engine->rooms);
	if (READ_ONCE(acf_queue.waiting))
		acf_refill(engine);
}
EXPORT_SYMBOL_GPL(acf_engine_room);

void acf_engine_refill(struct acf_engine *engine, bool again)
{
	acf_meter_batch(engine, again);
	acf_engine_room(engine);
}
EXPORT_SYMBOL_GPL(acf_engine_refill);

/* ---- the driver's three steps ---- */

int acf_job_prepare(struct acf_engine *engine, struct acf_job *job)
{
	unsigned int seen = acf_room_seen(&engine->spaces);
	int err;

	job->bounce = READ_ONCE(engine->spills) ||
		      (job->checked && acf_trust_is_doubted(engine, job->alg));
	err = engine->ops->prepare(engine, job);
	if (err == -EBUSY)
		WRITE_ONCE(engine->cramped_at, seen);
	else if (err)
		acf_space(engine);	/* what was claimed for it is free again */
	return err;
}

void acf_job_unprepare(struct acf_engine *engine, struct acf_job *job)
{
	if (!job->prepared)
		return;
	engine->ops->unprepare(engine, job);
	job->prepared = NULL;
	acf_space(engine);
}

static void acf_job_bind(struct acf_engine *engine, struct acf_job *job)
{
	job->engine = engine;
	/* counted before the job can finish, so that the sum never falls below zero */
	atomic_long_add(job->len, &engine->outstanding);
	acf_meter_add(engine, job);
}

static void acf_job_unbind(struct acf_engine *engine, struct acf_job *job)
{
	acf_meter_cancel(engine, &job->stay);
	atomic_long_sub(job->len, &engine->outstanding);
}

/* It may be done and gone before publish() returns: what is to be counted is noted before. */
int acf_job_start(struct acf_engine *engine, struct acf_job *job, enum acf_job_state was)
{
	const unsigned int seen = acf_room_seen(&engine->rooms);
	const u64 queued_ns = job->at_ns;
	const u64 waited_ns = acf_passed(queued_ns);
	struct acf_charge charge;
	int err;

	lockdep_assert_held(&engine->lock);
	if (!acf_job_move(job, was, ACF_JOB_ENGINE))
		return -EINVAL;
	job->at_ns = queued_ns + waited_ns;
	acf_job_bind(engine, job);
	charge = acf_charge_of(job, was == ACF_JOB_QUEUED);
	if (engine->state != ACF_ENGINE_RUNNING)
		charge.cost = 0;	/* a test's, which is nobody's */
	err = engine->ops->publish(engine, job);
	if (!err) {
		/* only its address is known any more */
		acf_queue_charge(&charge);
		acf_latency_add(&engine->wait[charge.class], waited_ns);
		trace_acf_publish(job, engine->name, waited_ns);
		return 0;
	}
	if (err == -EBUSY)
		WRITE_ONCE(engine->full_at, seen);
	acf_job_unbind(engine, job);
	job->at_ns = queued_ns;
	acf_job_move(job, ACF_JOB_ENGINE, was);
	return err;
}

/* ---- a request comes ---- */

/* Nobody who waits can be served by this engine: those in its space may be an exception. */
static bool acf_nobody_waits_for(const struct acf_engine *engine)
{
	bool some;

	if (!READ_ONCE(acf_queue.waiting))
		return true;
	spin_lock_bh(&acf_queue.lock);
	some = acf_queue_has_for(engine);
	spin_unlock_bh(&acf_queue.lock);
	return !some;
}

static bool acf_line_has_room(const struct acf_line *line)
{
	return line->queued < acf_queue_len && !acf_line_backlogged(line);
}

/*
 * A newcomer may wait in the engine's space where it is the only one: of several it is not
 * known yet which will be the first to have room.
 */
static bool acf_may_wait_ready(const struct acf_engine *engine)
{
	return atomic_read(&acf_running) <= 1 && READ_ONCE(engine->nr_ready) < ACF_WAIT_PREPARED;
}

/* 1: it does. -EBUSY: it may wait for any card. */
static int acf_wait_ready(struct acf_engine *engine, struct acf_job *job)
{
	int ret = -EBUSY;

	spin_lock(&acf_queue.lock);
	if (acf_may_wait_ready(engine) && acf_line_has_room(&acf_queue.line[job->class]) &&
	    !acf_queue_has_for(engine) && acf_job_move(job, ACF_JOB_IDLE, ACF_JOB_QUEUED)) {
		job->choosy = true;	/* nobody has looked */
		job->stay.est_ns = acf_meter_estimate(engine, job);
		acf_ready_add(engine, job);
		ret = 1;
	}
	spin_unlock(&acf_queue.lock);
	return ret;
}

/* As acf_place(), of a prepared job; 1: it waits. */
static int acf_place_locked(struct acf_engine *engine, struct acf_job *job)
{
	int err;

	lockdep_assert_held(&engine->lock);
	if (engine->state != ACF_ENGINE_RUNNING)
		return -EBUSY;
	if (!engine->starting && !READ_ONCE(engine->nr_ready) && acf_nobody_waits_for(engine)) {
		err = acf_job_start(engine, job, ACF_JOB_IDLE);
		if (err != -EBUSY)
			return err;
	}
	return acf_wait_ready(engine, job);
}

/*
 * 0: the job is on the engine, or waits in its space, and not ours any more. -EBUSY: no room.
 * Otherwise why this engine does not do it.
 */
static int acf_place(struct acf_engine *engine, struct acf_job *job)
{
	int err;

	err = acf_job_prepare(engine, job);
	if (err)
		return err;
	spin_lock_bh(&engine->lock);
	err = acf_place_locked(engine, job);
	spin_unlock_bh(&engine->lock);
	if (err < 0)
		acf_job_unprepare(engine, job);
	else if (err)
		acf_refill_any();
	return min(err, 0);
}

/* By what can be seen without preparing it. */
static bool acf_may_be_placed(const struct acf_engine *engine)
{
	if (!acf_engine_has_space(engine) || READ_ONCE(engine->state) != ACF_ENGINE_RUNNING)
		return false;
	if (!acf_engine_has_room(engine) && !acf_may_wait_ready(engine))
		return false;
	return acf_nobody_waits_for(engine);
}

/* As acf_place(); *engine is the one that answered, or ERR_PTR(). */
static int acf_place_somewhere(struct acf_job *job, struct acf_engine **engine)
{
	unsigned int tries = ACF_MOST_TRIES;
	int err;

	do {
		*engine = acf_engine_pick(job);
		if (IS_ERR(*engine))
			return PTR_ERR(*engine);
		if (!acf_may_be_placed(*engine))
			return -EBUSY;
		err = acf_place(*engine, job);
	} while (err == -EBUSY && atomic_read(&acf_running) > 1 && --tries);
	return err;
}

/* The last engine may stop at any time: it looks at the queue, under this lock, afterwards. */
static int acf_wait_locked(struct acf_job *job, bool may_backlog)
{
	struct acf_line *line = &acf_queue.line[job->class];
	enum acf_reach reach = acf_cards_reach(job);

	lockdep_assert_held(&acf_queue.lock);
	if (reach == ACF_REACH_NONE)
		return -ENODEV;
	job->choosy = reach == ACF_REACH_SOME;
	if (acf_line_has_room(line)) {
		if (acf_job_move(job, ACF_JOB_IDLE, ACF_JOB_QUEUED))
			acf_queue_add(job);
		return -EINPROGRESS;
	}
	if (!may_backlog)
		return -ENOSPC;
	if (acf_job_move(job, ACF_JOB_IDLE, ACF_JOB_BACKLOGGED))
		list_add_tail(&job->node, &line->backlog);
	acf_queue_note();
	return -EBUSY;
}

/* For any card; by what @engine says of it. */
static int acf_wait(struct acf_engine *engine, struct acf_job *job, bool may_backlog)
{
	int ret;

	/* one that had no room has not refused it, and may be gone when it is done */
	job->engine = NULL;
	if (!engine->ops->fits(engine, job)) {
		job->engine = engine;
		return -EOPNOTSUPP;
	}
	job->stay.est_ns = acf_meter_estimate(engine, job);
	spin_lock_bh(&acf_queue.lock);
	ret = acf_wait_locked(job, may_backlog);
	spin_unlock_bh(&acf_queue.lock);
	if (ret == -EINPROGRESS || ret == -EBUSY) {
		acf_refill_any();
		trace_acf_route(job, "queue", "card");
	}
	return ret;
}

/* Now and then it is measured what the submitter's CPU has to do for a job. */
static void acf_placed(struct acf_engine *engine, const struct acf_job *job, u32 len, u64 began)
{
	if (acf_meter_is_due(engine))
		acf_meter_handled(engine, len, acf_now() - began);
	trace_acf_route(job, engine->name, "card");
}

int acf_dispatch(struct acf_job *job, const struct acf_engine *avoid, bool may_wait)
{
	const u64 began = acf_now();
	const u32 len = job->len;
	struct acf_engine *engine;
	int ret;

	job->engine = NULL;
	job->avoid = avoid;
	job->at_ns = began;
	rcu_read_lock();
	ret = acf_place_somewhere(job, &engine);
	if (ret == -EBUSY) {
		ret = acf_wait(engine, job, may_wait);
	} else if (!ret) {
		/* it may be done and gone */
		acf_placed(engine, job, len, began);
		ret = -EINPROGRESS;
	} else {
		job->engine = IS_ERR(engine) ? NULL : engine;
	}
	rcu_read_unlock();
	return ret;
}

/* ---- a job of a test comes: past all who wait ---- */

static bool acf_engine_takes_tests(const struct acf_engine *engine)
{
	return engine->state == ACF_ENGINE_TESTING || engine->state == ACF_ENGINE_PAUSED;
}

static int acf_try_test(struct acf_engine *engine, struct acf_job *job)
{
	int err;

	if (READ_ONCE(engine->state) == ACF_ENGINE_STOPPED)
		return -ENODEV;
	err = acf_job_prepare(engine, job);
	if (err)
		return err;
	spin_lock_bh(&engine->lock);
	err = acf_engine_takes_tests(engine) ? acf_job_start(engine, job, ACF_JOB_IDLE) : -ENODEV;
	spin_unlock_bh(&engine->lock);
	if (err)
		acf_job_unprepare(engine, job);
	return err;
}

int acf_engine_admit_test(struct acf_engine *engine, struct acf_job *job)
{
	unsigned int ms;
	int err;

	for (ms = 0; ms < ACF_TEST_ROOM_MS; ms += 2) {
		job->engine = engine;
		job->at_ns = acf_now();
		err = acf_try_test(engine, job);
		if (err != -EBUSY)
			return err ?: -EINPROGRESS;
		fsleep(2 * USEC_PER_MSEC);
	}
	return -ECANCELED;
}

/* ---- and back ---- */

/* Give a job that nobody holds any more back to its maker. */
static void acf_job_give_back(struct acf_job *job, int err)
{
	local_bh_disable();
	job->done(job, err);
	local_bh_enable();
}

void acf_job_return(struct acf_job *job, enum acf_job_state was, int err)
{
	if (job->prepared)
		acf_job_unprepare(job->engine, job);
	if (acf_job_move(job, was, ACF_JOB_IDLE))
		acf_job_give_back(job, err);
}

void acf_job_done(struct acf_job *job, int err)
{
	struct acf_engine *engine;
	u64 took_ns;

	if (!acf_job_move(job, ACF_JOB_ENGINE, ACF_JOB_IDLE))
		return;
	engine = job->engine;
	took_ns = acf_passed(job->at_ns);
	acf_latency_add(&engine->took[job->alg->id], took_ns);
	acf_meter_del(engine, job, !err, took_ns);
	trace_acf_complete(job, engine->name, err, took_ns);
	job->prepared = NULL;
	if (err) {
		atomic64_inc(&engine->done_err[job->alg->id]);
	} else {
		atomic64_inc(&engine->done_ok[job->alg->id]);
		atomic64_add(job->len, &engine->done_bytes[job->alg->id]);
	}
	atomic_long_sub(job->len, &engine->outstanding);
	acf_job_give_back(job, err);
}
EXPORT_SYMBOL_GPL(acf_job_done);
