// SPDX-License-Identifier: GPL-2.0
/* The card as a unit: the list of engines, which of them a job goes to, and its way in and out. */
#include <linux/export.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rculist.h>

#include "acf_internal.h"
#include "acf_trace.h"

unsigned int acf_pause_ms = 5000;
module_param_named(pause_ms, acf_pause_ms, uint, 0644);
MODULE_PARM_DESC(pause_ms, "requests wait for an engine that is being reset, so long at most (default 5000)");

DEFINE_MUTEX(acf_engines_mutex);
LIST_HEAD(acf_engines);
atomic64_t acf_stops;
atomic64_t acf_busy_stops;

/* It does, or will in a moment. */
static bool acf_engine_takes_requests(const struct acf_engine *engine)
{
	enum acf_engine_state state = READ_ONCE(engine->state);

	return state == ACF_ENGINE_RUNNING ||
	       (state == ACF_ENGINE_PAUSED && !READ_ONCE(engine->spilled));
}

static bool acf_engine_takes_tests(const struct acf_engine *engine)
{
	enum acf_engine_state state = READ_ONCE(engine->state);

	return state == ACF_ENGINE_TESTING || state == ACF_ENGINE_PAUSED;
}

/* Those who wait for it may go on. */
static bool acf_engine_starts_queued(const struct acf_engine *engine)
{
	lockdep_assert_held(&engine->lock);
	return engine->state == ACF_ENGINE_RUNNING || engine->state == ACF_ENGINE_TESTING;
}

static bool acf_engine_serves(const struct acf_engine *engine, const struct acf_alg *alg)
{
	return acf_engine_takes_requests(engine) &&
	       test_bit(alg->id, engine->serves.bits) &&
	       !test_bit(alg->id, engine->trust.retired.bits);
}

/*
 * The engine that would be done with the job first among those that serve the algorithm, but
 * not @avoid; or ERR_PTR. The caller's rcu_read_lock() also covers the use of the result.
 */
static struct acf_engine *acf_engine_pick(const struct acf_job *job,
					  const struct acf_engine *avoid)
{
	struct acf_engine *best = ERR_PTR(-ENODEV);
	struct acf_engine *engine;
	u64 least = U64_MAX;

	list_for_each_entry_rcu(engine, &acf_engines, node) {
		u64 finish;

		if (engine == avoid || !acf_engine_serves(engine, job->alg))
			continue;
		finish = acf_meter_finish(engine, job);
		if (job->len > engine->max_len) {
			if (IS_ERR(best))
				best = ERR_PTR(-E2BIG);
		} else if (finish < least) {
			best = engine;
			least = finish;
		}
	}
	return best;
}

u32 acf_cards_jobs(void)
{
	const struct acf_engine *engine;
	u32 jobs = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(engine, &acf_engines, node)
		jobs += READ_ONCE(engine->load.jobs);
	rcu_read_unlock();
	return jobs;
}

static bool acf_engine_is_waited_for(const struct acf_engine *engine)
{
	return READ_ONCE(engine->line[ACF_CLASS_SYSTEM].queued) ||
	       READ_ONCE(engine->line[ACF_CLASS_USER].queued);
}

bool acf_cards_offer(const struct acf_job *job, struct acf_offer *offer)
{
	struct acf_engine *engine;

	rcu_read_lock();
	engine = acf_engine_pick(job, NULL);
	if (!IS_ERR(engine)) {
		acf_meter_offer(engine, job, offer);
		offer->waiting = acf_engine_is_waited_for(engine);
	}
	rcu_read_unlock();
	offer->others = acf_cards_jobs();
	return !IS_ERR(engine);
}

void acf_cards_late(u64 cpu_ns)
{
	struct acf_engine *engine;

	rcu_read_lock();
	list_for_each_entry_rcu(engine, &acf_engines, node)
		acf_meter_late(engine, cpu_ns);
	rcu_read_unlock();
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

/* Whoever is in a line, or on his way from there to the driver, is before all newcomers. */
static bool acf_nobody_waits(const struct acf_engine *engine)
{
	return !engine->starting && acf_lines_empty(engine);
}

static void acf_note_waiting(struct acf_engine *engine)
{
	lockdep_assert_held(&engine->lock);
	WRITE_ONCE(engine->waiting, !acf_nobody_waits(engine));
}

/* True: there is room where the job was. */
static bool acf_unprepare(struct acf_job *job)
{
	if (!job->prepared)
		return false;
	job->engine->ops->unprepare(job->engine, job);
	job->prepared = NULL;
	return true;
}

/*
 * Hand a prepared job that nobody else can see to the driver. It may be done and gone before
 * publish() returns: what it costs is charged before, and taken back if it is refused.
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
	err = engine->ops->publish(engine, job);
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
	if (!acf_job_move(job, was, ACF_JOB_QUEUED))
		return;
	acf_line_queue(engine, job);
	WRITE_ONCE(engine->prepared, engine->prepared + !!job->prepared);
}

enum acf_admission {
	ACF_ADMIT_REQUEST,	/* it runs on the CPU rather than in a backlog */
	ACF_ADMIT_WAITER,	/* a request that may wait in the backlog */
	ACF_ADMIT_TEST,		/* of the engine: past the requests that wait for it */
};

static bool acf_engine_admits(const struct acf_engine *engine, enum acf_admission admission)
{
	return admission == ACF_ADMIT_TEST ? acf_engine_takes_tests(engine) :
					     acf_engine_takes_requests(engine);
}

/* Whether it may go to the driver now, with the lock held. */
static bool acf_may_start(const struct acf_engine *engine, enum acf_admission admission)
{
	if (engine->state == ACF_ENGINE_PAUSED)
		return admission == ACF_ADMIT_TEST;
	return acf_nobody_waits(engine);
}

/* 0 with the job prepared; -EBUSY: it can be done here, and has to wait; or why it cannot. */
static int acf_admit_prepare(struct acf_engine *engine, struct acf_job *job,
			     enum acf_admission admission)
{
	if (!acf_engine_admits(engine, admission))
		return -ENODEV;
	if (admission == ACF_ADMIT_TEST || !READ_ONCE(engine->waiting) ||
	    READ_ONCE(engine->prepared) < ACF_WAIT_PREPARED)
		return engine->ops->prepare(engine, job);
	return engine->ops->fits(engine, job) ? -EBUSY : -EOPNOTSUPP;
}

/* -EAGAIN: it has to wait, and may not in the engine's space. */
static int acf_admit_locked(struct acf_engine *engine, struct acf_job *job,
			    enum acf_admission admission)
{
	struct acf_line *line = &engine->line[job->class];
	bool room = line->queued < acf_queue_len && !acf_line_backlogged(line);
	int err;

	lockdep_assert_held(&engine->lock);
	if (!acf_engine_admits(engine, admission))
		return -ENODEV;
	if (job->prepared && acf_may_start(engine, admission)) {
		err = acf_job_start(engine, job, ACF_JOB_IDLE);
		if (err != -EBUSY)
			return err ? err : -EINPROGRESS;
	}
	if (engine->state == ACF_ENGINE_PAUSED && admission == ACF_ADMIT_TEST)
		return -ENOSPC;	/* the queue is not for it */
	if (job->prepared && (!room || engine->prepared >= ACF_WAIT_PREPARED))
		return -EAGAIN;
	if (room) {
		acf_queue_add(engine, job, ACF_JOB_IDLE);
		return -EINPROGRESS;
	}
	if (admission != ACF_ADMIT_WAITER)
		return -ENOSPC;
	acf_job_move(job, ACF_JOB_IDLE, ACF_JOB_BACKLOGGED);
	list_add_tail(&job->node, &line->backlog);
	return -EBUSY;
}

static int acf_admit_or_queue(struct acf_engine *engine, struct acf_job *job,
			      enum acf_admission admission)
{
	int ret;

	spin_lock_bh(&engine->lock);
	ret = acf_admit_locked(engine, job, admission);
	acf_note_waiting(engine);
	spin_unlock_bh(&engine->lock);
	return ret;
}

static void acf_refill(struct acf_engine *engine);

static int acf_admit_steps(struct acf_engine *engine, struct acf_job *job,
			   enum acf_admission admission)
{
	int ret = acf_admit_prepare(engine, job, admission);

	if (ret && ret != -EBUSY)
		return ret;
	ret = acf_admit_or_queue(engine, job, admission);
	if (ret != -EAGAIN)
		return ret;
	acf_unprepare(job);
	acf_engine_room(engine);
	return acf_admit_or_queue(engine, job, admission);
}

/* It waits now; did room come after it had looked for some, and before it was to be seen? */
static void acf_admit_recheck(struct acf_engine *engine, int refills)
{
	smp_mb();	/* pairs with acf_engine_room(): waiting here, refills there */
	if (atomic_read(&engine->refills) != refills && READ_ONCE(engine->waiting))
		acf_refill(engine);
}

static int acf_admit(struct acf_engine *engine, struct acf_job *job,
		     enum acf_admission admission)
{
	const struct acf_stay *stay = &job->stay;
	int refills = atomic_read(&engine->refills);
	u32 len = job->len;
	int ret;

	job->engine = engine;
	job->at_ns = acf_now();
	acf_meter_add(engine, job);
	/* counted before the job can finish, so that the sum never falls below zero */
	atomic_long_add(len, &engine->outstanding);
	ret = acf_admit_steps(engine, job, admission);
	/* accepted: the job may be gone by now */
	if (ret == -EINPROGRESS || ret == -EBUSY) {
		acf_admit_recheck(engine, refills);
		return ret;
	}
	atomic_long_sub(len, &engine->outstanding);
	acf_meter_cancel(engine, stay);
	/* what was claimed for it is free again, also when prepare() has failed */
	if (acf_unprepare(job) || ret == -EOPNOTSUPP)
		acf_engine_room(engine);
	return ret;
}

int acf_engine_admit_test(struct acf_engine *engine, struct acf_job *job)
{
	return acf_admit(engine, job, ACF_ADMIT_TEST);
}

/* Now and then it is measured what the submitter's CPU has to do for that. */
static int acf_admit_request(struct acf_engine *engine, struct acf_job *job, bool may_wait)
{
	u64 began = acf_meter_is_due(engine) ? acf_now() : 0;
	u32 len = job->len;
	int ret;

	ret = acf_admit(engine, job, may_wait ? ACF_ADMIT_WAITER : ACF_ADMIT_REQUEST);
	if (ret != -EINPROGRESS && ret != -EBUSY)
		return ret;
	if (began)
		acf_meter_handled(engine, len, acf_now() - began);
	trace_acf_route(job, engine->name, "card");
	return ret;
}

int acf_dispatch(struct acf_job *job, const struct acf_engine *avoid, bool may_wait)
{
	struct acf_engine *engine;
	int ret;

	job->engine = NULL;
	rcu_read_lock();
	engine = acf_engine_pick(job, avoid);
	ret = PTR_ERR_OR_ZERO(engine);
	if (!ret)
		ret = acf_admit_request(engine, job, may_wait);
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
	acf_unprepare(job);
	if (!acf_job_move(job, was, ACF_JOB_IDLE))
		return;
	acf_meter_cancel(job->engine, &job->stay);
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
	acf_meter_del(engine, job, !err, took_ns);
	trace_acf_complete(job, engine->name, err, took_ns);
	job->prepared = NULL;
	if (err) {
		atomic64_inc(&engine->done_err[job->alg->id]);
	} else {
		atomic64_inc(&engine->done_ok[job->alg->id]);
		atomic64_add(job->len, &engine->done_bytes[job->alg->id]);
	}
	acf_job_give_back(job, err);
}
EXPORT_SYMBOL_GPL(acf_job_done);

/* The next of those who wait, out of its line; one at a time, so that they keep their order. */
static struct acf_job *acf_take_queued(struct acf_engine *engine, unsigned int *stops)
{
	struct acf_job *job = NULL;
	struct acf_line *line;

	spin_lock(&engine->lock);
	*stops = engine->stops;
	line = acf_engine_starts_queued(engine) && !engine->starting ? acf_line_next(engine) : NULL;
	if (line) {
		job = list_first_entry(&line->queue, struct acf_job, node);
		list_del(&job->node);
		line->queued--;
		WRITE_ONCE(engine->prepared, engine->prepared - !!job->prepared);
		engine->starting = true;
	}
	spin_unlock(&engine->lock);
	return job;
}

/* It goes to the driver or back to where it was; else it is the caller's, and had its turn. */
static int acf_start_taken(struct acf_engine *engine, struct acf_job *job, int err,
			   unsigned int stops)
{
	struct acf_line *line = &engine->line[job->class];

	spin_lock(&engine->lock);
	engine->starting = false;
	if (engine->stops != stops)
		err = -ENODEV;
	else if (!err && !acf_engine_starts_queued(engine))
		err = -EBUSY;	/* paused meanwhile */
	if (!err)
		err = acf_job_start(engine, job, ACF_JOB_QUEUED);
	if (err == -EBUSY) {
		list_add(&job->node, &line->queue);
		line->queued++;
		WRITE_ONCE(engine->prepared, engine->prepared + !!job->prepared);
	} else if (err) {
		acf_line_charge(line, job);
	}
	acf_note_waiting(engine);
	spin_unlock(&engine->lock);
	return err;
}

/*
 * Start one of those who wait; false when there is none, or no room. What the engine cannot do
 * goes to @refused, and has had its turn. Bottom halves are off, so that nothing preempts who has
 * taken a job, and on again after each.
 */
static bool acf_start_one(struct acf_engine *engine, struct list_head *refused)
{
	int refills = atomic_read(&engine->refills);
	struct acf_job *job;
	unsigned int stops;
	int err;

	local_bh_disable();
	job = acf_take_queued(engine, &stops);
	if (!job) {
		local_bh_enable();
		return false;
	}
	err = job->prepared ? 0 : engine->ops->prepare(engine, job);
	err = acf_start_taken(engine, job, err, stops);
	local_bh_enable();
	/* no room: those who made some meanwhile have seen this one at it, and gone on */
	if (err == -EBUSY)
		return atomic_read(&engine->refills) != refills;
	if (err == -EOPNOTSUPP)
		list_add_tail(&job->node, refused);
	else if (err)
		acf_job_return(job, ACF_JOB_QUEUED, err);
	return true;
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
	acf_note_waiting(engine);
	spin_unlock_bh(&engine->lock);
	return list_empty(woken);
}

/* True: some may be in the queue now who were not. */
static bool acf_wake_backlog(struct acf_engine *engine)
{
	LIST_HEAD(woken);

	spin_lock_bh(&engine->lock);
	if (acf_engine_starts_queued(engine))
		acf_take_backlogs(engine, &woken);
	spin_unlock_bh(&engine->lock);
	if (list_empty(&woken))
		return false;
	acf_notify(&woken);
	if (acf_queue_woken(engine, &woken))
		return true;
	acf_jobs_return(&woken, ACF_JOB_BACKLOGGED, -ENODEV);
	return false;
}

/*
 * The refused go on once nobody waits here any more: the next card may refuse them as well, have
 * room then and refill, and so on, each inside the other, for as long as both have a queue.
 */
static void acf_refill(struct acf_engine *engine)
{
	LIST_HEAD(refused);

	do {
		while (acf_start_one(engine, &refused))
			;
	} while (acf_wake_backlog(engine));
	acf_jobs_return(&refused, ACF_JOB_QUEUED, -EOPNOTSUPP);
}

void acf_engine_room(struct acf_engine *engine)
{
	atomic_inc(&engine->refills);
	smp_mb__after_atomic();	/* pairs with acf_admit_recheck() */
	if (READ_ONCE(engine->waiting))
		acf_refill(engine);
}
EXPORT_SYMBOL_GPL(acf_engine_room);

void acf_engine_refill(struct acf_engine *engine)
{
	acf_meter_batch(engine);
	acf_engine_room(engine);
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
	acf_note_waiting(engine);
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

/* Those who wait go elsewhere, the system's jobs before those of users. */
static void acf_lines_stop(struct acf_engine *engine)
{
	acf_line_stop(engine, &engine->line[ACF_CLASS_SYSTEM]);
	acf_line_stop(engine, &engine->line[ACF_CLASS_USER]);
}

/* Of a queue that is given up: what waits prepared is, and who is on his way sees it. */
static void acf_forget_queue(struct acf_engine *engine)
{
	lockdep_assert_held(&engine->lock);
	engine->stops++;
	WRITE_ONCE(engine->prepared, 0);
}

void acf_engine_stop(struct acf_engine *engine)
{
	spin_lock_bh(&engine->lock);
	if (acf_engine_takes_requests(engine))
		acf_count_stop(engine);
	acf_engine_set(engine, ACF_ENGINE_STOPPED);
	acf_forget_queue(engine);
	spin_unlock_bh(&engine->lock);
	acf_lines_stop(engine);
}
EXPORT_SYMBOL_GPL(acf_engine_stop);

/* The pause has lasted too long. */
static void acf_engine_spill(struct work_struct *work)
{
	struct acf_engine *engine = container_of(work, struct acf_engine, spill.work);
	bool paused;

	spin_lock_bh(&engine->lock);
	paused = engine->state == ACF_ENGINE_PAUSED;
	if (paused) {
		WRITE_ONCE(engine->spilled, true);
		acf_forget_queue(engine);
	}
	spin_unlock_bh(&engine->lock);
	if (paused)
		acf_lines_stop(engine);
}

void acf_engine_pause(struct acf_engine *engine)
{
	bool pause;

	spin_lock_bh(&engine->lock);
	pause = engine->state == ACF_ENGINE_RUNNING;
	if (pause) {
		WRITE_ONCE(engine->spilled, false);
		acf_engine_set(engine, ACF_ENGINE_PAUSED);
	}
	spin_unlock_bh(&engine->lock);
	if (pause)
		mod_delayed_work(acf_wq, &engine->spill, msecs_to_jiffies(acf_pause_ms));
}
EXPORT_SYMBOL_GPL(acf_engine_pause);

int acf_engine_init(struct acf_engine *engine)
{
	int err = acf_meter_init(engine);
	int id;

	if (err)
		return err;
	spin_lock_init(&engine->lock);
	acf_lines_init(engine);
	acf_latency_init(engine);
	engine->waiting = false;
	engine->starting = false;
	engine->prepared = 0;
	engine->stops = 0;
	engine->spilled = false;
	engine->known = NULL;
	memset(&engine->trust, 0, sizeof(engine->trust));
	INIT_DELAYED_WORK(&engine->spill, acf_engine_spill);
	atomic_set(&engine->refills, 0);
	engine->state = ACF_ENGINE_TESTING;
	bitmap_zero(engine->serves.bits, ACF_NR_ALGS);
	atomic_long_set(&engine->outstanding, 0);
	for (id = 0; id < ACF_NR_ALGS; id++) {
		atomic64_set(&engine->done_ok[id], 0);
		atomic64_set(&engine->done_bytes[id], 0);
		atomic64_set(&engine->done_err[id], 0);
	}
	return 0;
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
