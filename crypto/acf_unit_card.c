// SPDX-License-Identifier: GPL-2.0
/* The card as a unit: the list of engines, which of them a job goes to, and its way in and out. */
#include <linux/export.h>
#include <linux/mutex.h>
#include <linux/rculist.h>

#include "acf_internal.h"
#include "acf_trace.h"

DEFINE_MUTEX(acf_engines_mutex);
LIST_HEAD(acf_engines);
atomic64_t acf_stops;
atomic64_t acf_busy_stops;

static bool acf_engine_serves(const struct acf_engine *engine, const struct acf_alg *alg)
{
	return READ_ONCE(engine->state) == ACF_ENGINE_RUNNING &&
	       test_bit(alg->id, engine->serves.bits);
}

/*
 * The engine with the least work among those that serve the algorithm, but not @avoid; or
 * ERR_PTR. The caller's rcu_read_lock() also covers the use of the result.
 */
static struct acf_engine *acf_engine_pick(const struct acf_alg *alg, u32 len,
					  const struct acf_engine *avoid)
{
	struct acf_engine *best = ERR_PTR(-ENODEV);
	struct acf_engine *engine;
	long least = LONG_MAX;

	list_for_each_entry_rcu(engine, &acf_engines, node) {
		long outstanding = atomic_long_read(&engine->outstanding);

		if (engine == avoid || !acf_engine_serves(engine, alg) || outstanding >= least)
			continue;
		if (len <= engine->max_len) {
			best = engine;
			least = outstanding;
		} else if (IS_ERR(best)) {
			best = ERR_PTR(-E2BIG);
		}
	}
	return best;
}

bool acf_cards_serve(const struct acf_alg *alg)
{
	const struct acf_engine *engine;
	bool serves = false;

	rcu_read_lock();
	list_for_each_entry_rcu(engine, &acf_engines, node) {
		serves = acf_engine_serves(engine, alg);
		if (serves)
			break;
	}
	rcu_read_unlock();
	return serves;
}

/*
 * Hand a job that nobody else can see to the driver. It may be done and gone before
 * submit() returns: what it costs is charged before, and taken back if it is refused.
 */
static int acf_job_start(struct acf_engine *engine, struct acf_job *job, enum acf_job_state was)
{
	struct acf_line *line = &engine->line[job->class];
	const struct acf_share before = line->share;
	const u64 queued_ns = job->at_ns;
	const u64 waited_ns = acf_passed(queued_ns);
	const enum acf_class class = job->class;
	int err;

	lockdep_assert_held(&engine->lock);
	if (!acf_job_move(job, was, ACF_JOB_ENGINE))
		return -EINVAL;
	acf_line_started(engine, job, was == ACF_JOB_QUEUED);
	job->at_ns = queued_ns + waited_ns;
	err = engine->ops->submit(engine, job);
	if (!err) {
		/* only its address is known any more */
		acf_latency_add(&engine->wait[class], waited_ns);
		trace_acf_publish(job, engine->name, waited_ns);
		return 0;
	}
	job->at_ns = queued_ns;
	line->share = before;
	acf_job_move(job, ACF_JOB_ENGINE, was);
	return err;
}

static void acf_queue_add(struct acf_engine *engine, struct acf_job *job, enum acf_job_state was)
{
	if (acf_job_move(job, was, ACF_JOB_QUEUED))
		acf_line_queue(engine, job);
}

static int acf_admit_locked(struct acf_engine *engine, struct acf_job *job,
			    enum acf_engine_state state, bool may_backlog)
{
	struct acf_line *line = &engine->line[job->class];
	int err;

	if (engine->state != state)
		return -ENODEV;
	/* a newcomer must not overtake those who wait */
	if (acf_lines_empty(engine)) {
		err = acf_job_start(engine, job, ACF_JOB_IDLE);
		if (err != -EBUSY)
			return err ? err : -EINPROGRESS;
	}
	if (!engine->ops->fits(engine, job))
		return -EOPNOTSUPP;
	if (line->queued < acf_queue_len && !acf_line_backlogged(line)) {
		acf_queue_add(engine, job, ACF_JOB_IDLE);
		return -EINPROGRESS;
	}
	if (!may_backlog)
		return -ENOSPC;
	acf_job_move(job, ACF_JOB_IDLE, ACF_JOB_BACKLOGGED);
	list_add_tail(&job->node, &line->backlog);
	return -EBUSY;
}

static int acf_admit(struct acf_engine *engine, struct acf_job *job,
		     enum acf_engine_state state, bool may_backlog)
{
	u32 len = job->len;
	int ret;

	job->engine = engine;
	job->at_ns = acf_now();
	/* counted before the job can finish, so that the sum never falls below zero */
	atomic_long_add(len, &engine->outstanding);
	spin_lock_bh(&engine->lock);
	ret = acf_admit_locked(engine, job, state, may_backlog);
	spin_unlock_bh(&engine->lock);
	/* accepted: the job may be gone by now */
	if (ret != -EINPROGRESS && ret != -EBUSY)
		atomic_long_sub(len, &engine->outstanding);
	return ret;
}

int acf_engine_admit_test(struct acf_engine *engine, struct acf_job *job)
{
	return acf_admit(engine, job, ACF_ENGINE_TESTING, false);
}

int acf_dispatch(struct acf_job *job, const struct acf_engine *avoid, bool may_wait)
{
	struct acf_engine *engine;
	int ret;

	job->engine = NULL;
	rcu_read_lock();
	engine = acf_engine_pick(job->alg, job->len, avoid);
	ret = PTR_ERR_OR_ZERO(engine);
	if (!ret)
		ret = acf_admit(engine, job, ACF_ENGINE_RUNNING, may_wait);
	if (ret == -EINPROGRESS || ret == -EBUSY)
		trace_acf_route(job, engine->name, "card");
	rcu_read_unlock();
	return ret;
}

/* Give a job that nobody holds any more back to its maker. */
static void acf_job_give_back(struct acf_job *job, int err)
{
	atomic_long_sub(job->len, &job->engine->outstanding);
	local_bh_disable();
	job->done(job, err);
	local_bh_enable();
}

static void acf_job_return(struct acf_job *job, enum acf_job_state was, int err)
{
	if (acf_job_move(job, was, ACF_JOB_IDLE))
		acf_job_give_back(job, err);
}

static void acf_jobs_return(struct list_head *jobs, enum acf_job_state was, int err)
{
	struct acf_job *job;
	struct acf_job *next;

	list_for_each_entry_safe(job, next, jobs, node)
		acf_job_return(job, was, err);
}

void acf_job_done(struct acf_job *job, int err)
{
	struct acf_engine *engine;
	u64 took_ns;

	if (!acf_job_move(job, ACF_JOB_ENGINE, ACF_JOB_IDLE))
		return;
	engine = job->engine;
	took_ns = acf_passed(job->at_ns);
	acf_latency_add(&engine->card[job->alg->id], took_ns);
	trace_acf_complete(job, engine->name, err, took_ns);
	if (err) {
		atomic64_inc(&engine->done_err[job->alg->id]);
	} else {
		atomic64_inc(&engine->done_ok[job->alg->id]);
		atomic64_add(job->len, &engine->done_bytes[job->alg->id]);
	}
	acf_job_give_back(job, err);
}
EXPORT_SYMBOL_GPL(acf_job_done);

/*
 * Submit from the lines until the driver is full. What it cannot do now, for want of
 * mappings, goes to @refused, and has had its turn.
 */
static void acf_start_queued(struct acf_engine *engine, struct list_head *refused)
{
	struct acf_line *line;
	struct acf_job *job;
	int err;

	lockdep_assert_held(&engine->lock);
	while ((line = acf_line_next(engine))) {
		job = list_first_entry(&line->queue, struct acf_job, node);
		list_del(&job->node);
		err = acf_job_start(engine, job, ACF_JOB_QUEUED);
		if (err == -EBUSY) {
			list_add(&job->node, &line->queue);
			return;
		}
		line->queued--;
		if (!err)
			continue;
		acf_line_charge(line, job);
		list_add_tail(&job->node, refused);
	}
}

/*
 * Submitters are woken in batches, once the queue has drained to half: one by one
 * would cost them a context switch per request.
 */
static void acf_take_backlog(struct acf_line *line, struct list_head *woken)
{
	unsigned int room;

	if (line->queued > acf_queue_len / 2 || line->waking)
		return;
	for (room = acf_queue_len - line->queued; room && !list_empty(&line->backlog); room--) {
		list_move_tail(line->backlog.next, woken);
		line->waking++;
	}
}

static void acf_take_backlogs(struct acf_engine *engine, struct list_head *woken)
{
	enum acf_class class;

	lockdep_assert_held(&engine->lock);
	for (class = 0; class < ACF_NR_CLASSES; class++)
		acf_take_backlog(&engine->line[class], woken);
}

/* The notification has to come before the job can reach the card. */
static void acf_notify(struct list_head *woken)
{
	struct acf_job *job;

	local_bh_disable();
	list_for_each_entry(job, woken, node)
		job->accepted(job);
	local_bh_enable();
}

/* False when the engine was stopped meanwhile: the jobs stay on @woken. */
static bool acf_queue_woken(struct acf_engine *engine, struct list_head *woken)
{
	struct acf_job *job;
	struct acf_job *next;

	spin_lock_bh(&engine->lock);
	list_for_each_entry_safe(job, next, woken, node) {
		engine->line[job->class].waking--;
		if (engine->state == ACF_ENGINE_STOPPED)
			continue;
		list_del(&job->node);
		acf_queue_add(engine, job, ACF_JOB_BACKLOGGED);
	}
	spin_unlock_bh(&engine->lock);
	return list_empty(woken);
}

void acf_engine_refill(struct acf_engine *engine)
{
	LIST_HEAD(refused);
	LIST_HEAD(woken);
	bool again;

	do {
		spin_lock_bh(&engine->lock);
		if (engine->state != ACF_ENGINE_STOPPED) {
			acf_start_queued(engine, &refused);
			acf_take_backlogs(engine, &woken);
		}
		spin_unlock_bh(&engine->lock);

		again = !list_empty(&woken);
		acf_notify(&woken);
		if (!acf_queue_woken(engine, &woken)) {
			acf_jobs_return(&woken, ACF_JOB_BACKLOGGED, -ENODEV);
			again = false;
		}
		acf_jobs_return(&refused, ACF_JOB_QUEUED, -EOPNOTSUPP);
		INIT_LIST_HEAD(&refused);
	} while (again);
}
EXPORT_SYMBOL_GPL(acf_engine_refill);

static void acf_line_stop(struct acf_engine *engine, struct acf_line *line)
{
	LIST_HEAD(queue);
	LIST_HEAD(backlog);

	spin_lock_bh(&engine->lock);
	list_splice_init(&line->queue, &queue);
	list_splice_init(&line->backlog, &backlog);
	line->queued = 0;
	spin_unlock_bh(&engine->lock);

	acf_notify(&backlog);
	acf_jobs_return(&queue, ACF_JOB_QUEUED, -ENODEV);
	acf_jobs_return(&backlog, ACF_JOB_BACKLOGGED, -ENODEV);
}

/* Busy ones have unfinished requests. */
static void acf_count_stop(const struct acf_engine *engine)
{
	atomic64_inc(&acf_stops);
	if (atomic_long_read(&engine->outstanding))
		atomic64_inc(&acf_busy_stops);
}

static void acf_engine_set(struct acf_engine *engine, enum acf_engine_state state)
{
	lockdep_assert_held(&engine->lock);
	if (engine->state == state)
		return;
	trace_acf_engine_state(engine->name, acf_engine_states[engine->state],
			       acf_engine_states[state]);
	WRITE_ONCE(engine->state, state);
}

/* The system's jobs go on before those of users. */
void acf_engine_stop(struct acf_engine *engine)
{
	spin_lock_bh(&engine->lock);
	if (engine->state == ACF_ENGINE_RUNNING)
		acf_count_stop(engine);
	acf_engine_set(engine, ACF_ENGINE_STOPPED);
	spin_unlock_bh(&engine->lock);
	acf_line_stop(engine, &engine->line[ACF_CLASS_SYSTEM]);
	acf_line_stop(engine, &engine->line[ACF_CLASS_USER]);
}
EXPORT_SYMBOL_GPL(acf_engine_stop);

void acf_engine_init(struct acf_engine *engine)
{
	int id;

	spin_lock_init(&engine->lock);
	acf_lines_init(engine);
	acf_latency_init(engine);
	engine->state = ACF_ENGINE_TESTING;
	bitmap_zero(engine->serves.bits, ACF_NR_ALGS);
	atomic_long_set(&engine->outstanding, 0);
	for (id = 0; id < ACF_NR_ALGS; id++) {
		atomic64_set(&engine->done_ok[id], 0);
		atomic64_set(&engine->done_bytes[id], 0);
		atomic64_set(&engine->done_err[id], 0);
	}
}

bool acf_engine_change(struct acf_engine *engine, enum acf_engine_state from,
		       enum acf_engine_state to)
{
	bool changed;

	spin_lock_bh(&engine->lock);
	changed = engine->state == from;
	if (changed)
		acf_engine_set(engine, to);
	spin_unlock_bh(&engine->lock);
	return changed;
}
