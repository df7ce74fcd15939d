// SPDX-License-Identifier: GPL-2.0
/*
 * Out of the queue: onto a card that has room, into the queue again, or back to where the job came
 * from. Work on behalf of others: so many jobs at a time, then it is handed on.
 */
#include <linux/rculist.h>

#include "acf_internal.h"

#define ACF_REFILL_BUDGET	32	/* jobs started in a row */
#define ACF_WAKE_MOST		64	/* submitters told in a row */

void acf_refill_any(void)
{
	struct acf_engine *engine;

	smp_mb();	/* pairs with acf_room_made(): waiting here, events there */
	if (!READ_ONCE(acf_queue.waiting))
		return;
	rcu_read_lock();
	list_for_each_entry_rcu(engine, &acf_engines, node)
		if (acf_engine_has_room(engine))
			acf_refill_later(engine);
	rcu_read_unlock();
}

/* ---- jobs that lost their place ---- */

/* To the queue, for any card that is left. False: there is none. */
static bool acf_requeue(struct acf_job *job, enum acf_job_state was, bool to_front)
{
	enum acf_reach reach;

	spin_lock_bh(&acf_queue.lock);
	rcu_read_lock();
	reach = acf_cards_reach(job);
	rcu_read_unlock();
	if (was == ACF_JOB_BACKLOGGED)
		acf_queue.line[job->class].waking--;
	if (reach != ACF_REACH_NONE &&
	    (was == ACF_JOB_QUEUED || acf_job_move(job, was, ACF_JOB_QUEUED))) {
		job->choosy = reach == ACF_REACH_SOME;
		if (to_front)
			acf_queue_put_back(job);
		else
			acf_queue_add(job);
	}
	acf_queue_note();
	spin_unlock_bh(&acf_queue.lock);
	return reach != ACF_REACH_NONE;
}

static void acf_requeue_all(struct list_head *jobs, enum acf_job_state was)
{
	struct acf_job *job;
	struct acf_job *next;

	list_for_each_entry_safe(job, next, jobs, node) {
		list_del(&job->node);
		if (!acf_requeue(job, was, false))
			acf_job_return(job, was, -ENODEV);
	}
}

/* Out of the engine's space, all of a class; the youngest is first. */
static void acf_ready_take(struct acf_engine *engine, enum acf_class class, struct list_head *jobs)
{
	struct acf_job *job;
	struct acf_job *next;

	spin_lock_bh(&acf_queue.lock);
	list_for_each_entry_safe(job, next, &engine->ready[class], node) {
		acf_queue_del(job);
		list_add(&job->node, jobs);
	}
	spin_unlock_bh(&acf_queue.lock);
}

/* What waits in the engine's space waits for any card again, before those who came later. */
static void acf_unready(struct acf_engine *engine, enum acf_class class)
{
	struct acf_job *job;
	struct acf_job *next;
	LIST_HEAD(jobs);
	LIST_HEAD(left);

	acf_ready_take(engine, class, &jobs);
	list_for_each_entry_safe(job, next, &jobs, node) {
		acf_job_unprepare(engine, job);
		list_del(&job->node);
		if (!acf_requeue(job, ACF_JOB_QUEUED, true))
			list_add(&job->node, &left);
	}
	list_for_each_entry_safe(job, next, &left, node)
		acf_job_return(job, ACF_JOB_QUEUED, -ENODEV);
}

void acf_engine_unready(struct acf_engine *engine)
{
	acf_unready(engine, ACF_CLASS_SYSTEM);
	acf_unready(engine, ACF_CLASS_USER);
	acf_refill_any();
}

/* ---- the backlog ---- */

/*
 * Submitters are woken in batches, once the queue has drained to half: one by one
 * would cost them a context switch per request.
 */
static void acf_take_backlog(struct acf_line *line, struct list_head *woken)
{
	unsigned int room;

	lockdep_assert_held(&acf_queue.lock);
	if (line->queued > acf_queue_len / 2 || line->waking)
		return;
	room = min_t(unsigned int, acf_queue_len - line->queued, ACF_WAKE_MOST);
	for (; room && !list_empty(&line->backlog); room--) {
		list_move_tail(line->backlog.next, woken);
		line->waking++;
	}
}

/* The notification has to come before the job can reach the card. */
static void acf_notify(struct list_head *woken)
{
	struct acf_job *job;

	list_for_each_entry(job, woken, node) {
		local_bh_disable();
		job->accepted(job);
		local_bh_enable();
	}
}

/* True: some were woken, and may be in the queue now. */
static bool acf_wake_backlog(enum acf_class class)
{
	LIST_HEAD(woken);

	spin_lock_bh(&acf_queue.lock);
	acf_take_backlog(&acf_queue.line[class], &woken);
	spin_unlock_bh(&acf_queue.lock);
	if (list_empty(&woken))
		return false;
	acf_notify(&woken);
	acf_requeue_all(&woken, ACF_JOB_BACKLOGGED);
	return true;
}

/* ---- when a card has gone ---- */

/* One that no card can do any more. */
static struct acf_job *acf_take_stranded(enum acf_class class)
{
	struct acf_job *job;

	spin_lock_bh(&acf_queue.lock);
	job = acf_queue_stranded(class);
	if (job)
		acf_queue_del(job);
	spin_unlock_bh(&acf_queue.lock);
	return job;
}

static struct acf_job *acf_head_before(struct list_head *list, u64 end)
{
	struct acf_job *job = list_first_entry_or_null(list, struct acf_job, node);

	return job && job->seq < end ? job : NULL;
}

/* Of those that came before @end: one that not every card may do; or one of all. */
static struct acf_job *acf_take_before(struct acf_line *line, u64 end, bool all)
{
	struct acf_job *job;
	int id;

	spin_lock_bh(&acf_queue.lock);
	job = acf_head_before(&line->choosy, end);
	for (id = 0; all && !job && id < ACF_NR_ALGS; id++)
		job = acf_head_before(&line->queue[id], end);
	if (job)
		acf_queue_del(job);
	spin_unlock_bh(&acf_queue.lock);
	return job;
}

static u64 acf_queue_end(void)
{
	u64 end;

	spin_lock_bh(&acf_queue.lock);
	end = acf_queue.seq;
	spin_unlock_bh(&acf_queue.lock);
	return end;
}

/* Who may do them is looked at anew, one by one. */
static void acf_queue_sort(enum acf_class class, bool all)
{
	u64 end = acf_queue_end();
	struct acf_job *job;

	while ((job = acf_take_before(&acf_queue.line[class], end, all)))
		if (!acf_requeue(job, ACF_JOB_QUEUED, false))
			acf_job_return(job, ACF_JOB_QUEUED, -ENODEV);
}

void acf_queue_spill(struct acf_engine *engine, enum acf_class class)
{
	struct acf_job *job;

	acf_unready(engine, class);
	while ((job = acf_take_stranded(class)))
		acf_job_return(job, ACF_JOB_QUEUED, -ENODEV);
	acf_queue_sort(class, false);
	while (acf_wake_backlog(class))
		;
	acf_refill_any();
}

/* ---- when a card has come ---- */

/* It does not take all that others do, of an algorithm that both have. */
static bool acf_engine_is_short(const struct acf_engine *engine)
{
	const struct acf_engine *other;
	bool is_short = !bitmap_empty(engine->shortened.bits, ACF_NR_ALGS);

	rcu_read_lock();
	list_for_each_entry_rcu(other, &acf_engines, node)
		is_short |= other->max_len > engine->max_len;
	rcu_read_unlock();
	return is_short;
}

void acf_engine_join(struct acf_engine *engine)
{
	if (acf_engine_is_short(engine)) {
		acf_queue_sort(ACF_CLASS_SYSTEM, true);
		acf_queue_sort(ACF_CLASS_USER, true);
	}
	acf_engine_room(engine);
}

/* ---- when a card has room ---- */

/*
 * The next of those who wait that the engine may take; one at a time for each engine, so that
 * they keep their order.
 */
static struct acf_job *acf_take_next(struct acf_engine *engine, unsigned int *stops)
{
	struct acf_job *job = NULL;

	spin_lock(&engine->lock);
	*stops = engine->stops;
	if (engine->state == ACF_ENGINE_RUNNING && !engine->starting) {
		spin_lock(&acf_queue.lock);
		job = acf_queue_next(engine);
		if (job)
			acf_queue_del(job);
		spin_unlock(&acf_queue.lock);
		engine->starting = !!job;
	}
	spin_unlock(&engine->lock);
	return job;
}

/* A prepared one stays so, where there is but one card; where there are more, one job may. */
static bool acf_may_stay_ready(const struct acf_engine *engine)
{
	unsigned int most = atomic_read(&acf_running) <= 1 ? ACF_WAIT_PREPARED : 1;

	return engine->state == ACF_ENGINE_RUNNING && engine->nr_ready < most;
}

/*
 * -EAGAIN: it goes back, but not prepared. -ENODEV: the engine does not do that any more, and what
 * waits may have been looked through without this one.
 */
static int acf_put_back(struct acf_engine *engine, struct acf_job *job)
{
	int err = -EBUSY;

	lockdep_assert_held(&engine->lock);
	spin_lock(&acf_queue.lock);
	if (!acf_engine_may_take(engine, job))
		err = -ENODEV;
	else if (!job->prepared)
		acf_queue_put_back(job);
	else if (acf_may_stay_ready(engine))
		acf_ready_put_back(engine, job);
	else
		err = -EAGAIN;
	spin_unlock(&acf_queue.lock);
	return err;
}

/* It has had its turn. */
static void acf_refused(const struct acf_job *job)
{
	spin_lock(&acf_queue.lock);
	acf_queue_had_turn(job);
	spin_unlock(&acf_queue.lock);
}

/*
 * It goes to the driver, or back to where it was: -EBUSY; else it is the caller's. An engine that
 * is stopped has looked through the queue by then, or will see what was put back before.
 */
static int acf_start_taken(struct acf_engine *engine, struct acf_job *job, int err,
			   unsigned int stops)
{
	spin_lock(&engine->lock);
	if (engine->stops != stops)
		err = -ENODEV;
	else if (!err && engine->state != ACF_ENGINE_RUNNING)
		err = -EBUSY;	/* paused meanwhile */
	if (!err)
		err = acf_job_start(engine, job, ACF_JOB_QUEUED);
	if (err == -EBUSY)
		err = acf_put_back(engine, job);
	if (err && err != -EBUSY && err != -EAGAIN)
		acf_refused(job);
	if (err != -EAGAIN)
		engine->starting = false;
	spin_unlock(&engine->lock);
	return err;
}

/* Bottom halves are off, so that nothing preempts who has taken a job. */
static int acf_start_next(struct acf_engine *engine, struct acf_job **job)
{
	unsigned int stops;
	int err;

	*job = acf_take_next(engine, &stops);
	if (!*job)
		return -ENOENT;
	(*job)->engine = engine;
	err = (*job)->prepared ? 0 : acf_job_prepare(engine, *job);
	err = acf_start_taken(engine, *job, err, stops);
	if (err != -EAGAIN)
		return err;
	acf_job_unprepare(engine, *job);
	return acf_start_taken(engine, *job, -EBUSY, stops);
}

/* Start one of those who wait; false when there is none, or no room. */
static bool acf_start_one(struct acf_engine *engine)
{
	struct acf_job *job;
	int err;

	local_bh_disable();
	err = acf_start_next(engine, &job);
	local_bh_enable();
	/* no room: those who made some meanwhile have seen this one at it, and gone on */
	if (err == -EBUSY) {
		acf_refill_any();
		return acf_engine_has_room(engine);
	}
	if (err && err != -ENOENT)
		acf_job_return(job, ACF_JOB_QUEUED, err);
	return err != -ENOENT;
}

/* An engine with nothing to do takes what waits in the space of those that have no room. */
static bool acf_take_over(const struct acf_engine *idle)
{
	struct acf_engine *engine;
	bool some = false;

	if (!READ_ONCE(acf_queue.ready) || !acf_engine_has_room(idle))
		return false;
	rcu_read_lock();
	list_for_each_entry_rcu(engine, &acf_engines, node) {
		if (engine == idle || !READ_ONCE(engine->nr_ready) || acf_engine_has_room(engine))
			continue;
		acf_engine_unready(engine);
		some = true;
	}
	rcu_read_unlock();
	return some;
}

static void acf_start_some(struct acf_engine *engine, unsigned int *budget)
{
	while (*budget && acf_start_one(engine))
		--*budget;
}

void acf_refill(struct acf_engine *engine)
{
	unsigned int budget = ACF_REFILL_BUDGET;

	if (READ_ONCE(engine->state) != ACF_ENGINE_RUNNING)
		return;
	do
		acf_start_some(engine, &budget);
	while (budget && (acf_wake_backlog(ACF_CLASS_SYSTEM) || acf_wake_backlog(ACF_CLASS_USER)));
	/* once: what it may not have goes back to the other one, which prepares it again */
	if (budget && acf_take_over(engine))
		acf_start_some(engine, &budget);
	if (!budget)
		acf_refill_later(engine);
}

static void acf_refill_work(struct work_struct *work)
{
	struct acf_engine *engine = container_of(work, struct acf_engine, refill);

	if (atomic_xchg(&engine->takes_less, 0)) {
		acf_queue_spill(engine, ACF_CLASS_SYSTEM);
		acf_queue_spill(engine, ACF_CLASS_USER);
	}
	acf_refill(engine);
}

void acf_engine_takes_less(struct acf_engine *engine)
{
	atomic_set(&engine->takes_less, 1);
	acf_refill_later(engine);
}

void acf_refill_later(struct acf_engine *engine)
{
	queue_work(acf_wq, &engine->refill);
}

void acf_refill_init(struct acf_engine *engine)
{
	atomic_set(&engine->takes_less, 0);
	INIT_WORK(&engine->refill, acf_refill_work);
}
