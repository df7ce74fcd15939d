// SPDX-License-Identifier: GPL-2.0
/*
 * The jobs that wait for a card, whichever it will be: one line per class, for all cards. A card
 * with room takes the next that it can do, so that one that stands still holds only what it was
 * given. Inside a line jobs are kept by algorithm, in order of arrival: a card finds the oldest
 * that it can do without passing over those that only another one can.
 *
 * A few wait prepared in the space of a card, before the lines: so that it has work as soon as
 * there is room. They are its own until another card has nothing else to do.
 *
 * Lines are served in turns by cost: the time that a job is expected to take a card. The line
 * that has been served less is next. One that was empty starts level with the other: who was
 * away has no claim to what he left unused. So while both wait, their shares differ by one
 * longest job at most for each card, whatever the number of transforms, requests and processes
 * behind either.
 */
#include <linux/capability.h>
#include <linux/export.h>
#include <linux/user_namespace.h>

#include "acf_internal.h"

/*
 * Jobs that a card looks at, where not every card may take each: those too long for one card, or that
 * a card has refused. So one behind 64 that this card may not take is not seen by it, for a while:
 * each of the 64 is another card's, which takes the oldest first, so that it is seen, or taken by that
 * one, after 64 jobs of it. One that stands still loses them: a stop sorts the line anew, and so does
 * a pause that is too long (acf_queue_sort()).
 */
#define ACF_LOOK_AT	64

struct acf_queue acf_queue;

/* In ns, as it was estimated last. */
static u64 acf_job_cost(const struct acf_job *job)
{
	return job->stay.est_ns;
}

/*
 * In process context, when a transform is made: by a key agent, cryptsetup, an AF_ALG user.
 *
 * Asked are the credentials the task acts with, not those it has: what io_uring, nfsd or a
 * stacked file system does on behalf of somebody is his. Capabilities in a user namespace
 * of one's own are anybody's and do not count. Nobody is refused anything, so a "no" is
 * not for the audit log; a "yes" may show as use of privilege (ASU of process accounting),
 * and a place in the system's line is one.
 */
enum acf_class acf_class_of_caller(void)
{
	if (ns_capable_noaudit(&init_user_ns, CAP_SYS_ADMIN) ||
	    ns_capable_noaudit(&init_user_ns, CAP_NET_ADMIN))
		return ACF_CLASS_SYSTEM;
	return ACF_CLASS_USER;
}

static void acf_line_init(struct acf_line *line)
{
	int id;

	for (id = 0; id < ACF_NR_ALGS; id++)
		INIT_LIST_HEAD(&line->queue[id]);
	INIT_LIST_HEAD(&line->choosy);
	INIT_LIST_HEAD(&line->backlog);
}

void acf_queue_init(void)
{
	enum acf_class class;

	spin_lock_init(&acf_queue.lock);
	for (class = 0; class < ACF_NR_CLASSES; class++)
		acf_line_init(&acf_queue.line[class]);
}

unsigned int acf_queued(enum acf_class class)
{
	return READ_ONCE(acf_queue.line[class].queued);
}
EXPORT_SYMBOL_NS_GPL(acf_queued, ACF_NS(ACF_TESTS));

void acf_share(enum acf_class class, struct acf_share *share)
{
	spin_lock_bh(&acf_queue.lock);
	*share = acf_queue.line[class].share;
	spin_unlock_bh(&acf_queue.lock);
}
EXPORT_SYMBOL_NS_GPL(acf_share, ACF_NS(ACF_TESTS));

static struct acf_line *acf_line_of(const struct acf_job *job)
{
	return &acf_queue.line[job->class];
}

static struct acf_line *acf_line_other(enum acf_class class)
{
	return &acf_queue.line[class == ACF_CLASS_SYSTEM ? ACF_CLASS_USER : ACF_CLASS_SYSTEM];
}

/* ---- in and out ---- */

static bool acf_queue_has_backlog(void)
{
	return acf_line_backlogged(&acf_queue.line[ACF_CLASS_SYSTEM]) ||
	       acf_line_backlogged(&acf_queue.line[ACF_CLASS_USER]);
}

void acf_queue_note(void)
{
	lockdep_assert_held(&acf_queue.lock);
	WRITE_ONCE(acf_queue.waiting, acf_queued(ACF_CLASS_SYSTEM) || acf_queued(ACF_CLASS_USER) ||
		   acf_queue_has_backlog());
}

/* What the other line has been given more than this one, as cost. */
static s64 acf_line_lag(enum acf_class class)
{
	return acf_line_other(class)->share.cost - acf_queue.line[class].share.cost;
}

static void acf_queue_count(struct acf_job *job, int change)
{
	struct acf_line *line = acf_line_of(job);

	WRITE_ONCE(line->queued, line->queued + change);
	WRITE_ONCE(acf_queue.work_ns, acf_queue.work_ns + change * (s64)acf_job_cost(job));
	acf_queue_note();
}

/* It begins to wait. */
static void acf_queue_enter(struct acf_job *job)
{
	struct acf_line *line = acf_line_of(job);

	if (!line->queued)
		line->share.served = max(line->share.served,
					 acf_line_other(job->class)->share.served);
	job->lag = acf_line_lag(job->class);
	acf_queue_count(job, 1);
}

static struct list_head *acf_queue_list(struct acf_job *job)
{
	struct acf_line *line = acf_line_of(job);

	if (job->choosy)
		return &line->choosy;
	__set_bit(job->alg->id, line->algs.bits);
	return &line->queue[job->alg->id];
}

void acf_queue_add(struct acf_job *job)
{
	lockdep_assert_held(&acf_queue.lock);
	job->engine = NULL;
	job->seq = acf_queue.seq++;
	list_add_tail(&job->node, acf_queue_list(job));
	acf_queue_enter(job);
}

void acf_queue_put_back(struct acf_job *job)
{
	lockdep_assert_held(&acf_queue.lock);
	job->engine = NULL;
	list_add(&job->node, acf_queue_list(job));
	acf_queue_count(job, 1);
}

static void acf_ready_count(struct acf_engine *engine, int change)
{
	WRITE_ONCE(engine->nr_ready, engine->nr_ready + change);
	WRITE_ONCE(acf_queue.ready, acf_queue.ready + change);
}

void acf_ready_add(struct acf_engine *engine, struct acf_job *job)
{
	lockdep_assert_held(&acf_queue.lock);
	job->engine = engine;
	job->seq = acf_queue.seq++;
	list_add_tail(&job->node, &engine->ready[job->class]);
	acf_ready_count(engine, 1);
	acf_queue_enter(job);
}

void acf_ready_put_back(struct acf_engine *engine, struct acf_job *job)
{
	lockdep_assert_held(&acf_queue.lock);
	job->engine = engine;
	list_add(&job->node, &engine->ready[job->class]);
	acf_ready_count(engine, 1);
	acf_queue_count(job, 1);
}

void acf_queue_del(struct acf_job *job)
{
	struct acf_line *line = acf_line_of(job);

	lockdep_assert_held(&acf_queue.lock);
	list_del(&job->node);
	if (job->prepared)
		acf_ready_count(job->engine, -1);
	else if (list_empty(&line->queue[job->alg->id]))
		__clear_bit(job->alg->id, line->algs.bits);
	acf_queue_count(job, -1);
}

/* ---- whose turn it is ---- */

static struct acf_job *acf_list_first(const struct list_head *list,
				      const struct acf_engine *engine)
{
	unsigned int looks = ACF_LOOK_AT;
	struct acf_job *job;

	list_for_each_entry(job, list, node) {
		if (acf_engine_may_take(engine, job))
			return job;
		if (!--looks)
			break;
	}
	return NULL;
}

static struct acf_job *acf_job_older(struct acf_job *a, struct acf_job *b)
{
	if (!a || !b)
		return a ?: b;
	return a->seq < b->seq ? a : b;
}

/* The oldest in the line that the engine may take. */
static struct acf_job *acf_line_first(const struct acf_line *line, const struct acf_engine *engine)
{
	struct acf_job *oldest = acf_list_first(&line->choosy, engine);
	int id;

	for_each_set_bit(id, line->algs.bits, ACF_NR_ALGS)
		if (acf_engine_serves(engine, &acf_algs[id]))
			oldest = acf_job_older(oldest, acf_list_first(&line->queue[id], engine));
	return oldest;
}

static struct acf_job *acf_class_first(struct acf_engine *engine, enum acf_class class)
{
	struct acf_job *job;

	job = list_first_entry_or_null(&engine->ready[class], struct acf_job, node);
	return job ?: acf_line_first(&acf_queue.line[class], engine);
}

struct acf_job *acf_queue_next(struct acf_engine *engine)
{
	struct acf_job *system, *user;

	lockdep_assert_held(&acf_queue.lock);
	if (!acf_queue.waiting)
		return NULL;
	system = acf_class_first(engine, ACF_CLASS_SYSTEM);
	user = acf_class_first(engine, ACF_CLASS_USER);
	if (!system || !user)
		return system ?: user;
	return acf_queue.line[ACF_CLASS_SYSTEM].share.served <=
	       acf_queue.line[ACF_CLASS_USER].share.served ? system : user;
}

bool acf_queue_has_for(const struct acf_engine *engine)
{
	lockdep_assert_held(&acf_queue.lock);
	return acf_queue_has_backlog() ||
	       acf_line_first(&acf_queue.line[ACF_CLASS_SYSTEM], engine) ||
	       acf_line_first(&acf_queue.line[ACF_CLASS_USER], engine);
}

struct acf_job *acf_queue_stranded(enum acf_class class)
{
	const struct acf_line *line = &acf_queue.line[class];
	int id;

	lockdep_assert_held(&acf_queue.lock);
	for_each_set_bit(id, line->algs.bits, ACF_NR_ALGS)
		if (!acf_cards_serve(&acf_algs[id]))
			return list_first_entry(&line->queue[id], struct acf_job, node);
	return NULL;
}

/* ---- shares ---- */

void acf_queue_had_turn(const struct acf_job *job)
{
	lockdep_assert_held(&acf_queue.lock);
	acf_line_of(job)->share.served += acf_job_cost(job);
}

struct acf_charge acf_charge_of(const struct acf_job *job, bool waited)
{
	return (struct acf_charge){
		.class = job->class,
		.waited = waited,
		.len = job->len,
		.cost = acf_job_cost(job),
		.lag = job->lag,
	};
}

/*
 * behind: the most, as cost, that the other line was given beyond this one while a job
 * waited in this one. Two longest jobs for each card are the limit.
 */
void acf_queue_charge(const struct acf_charge *charge)
{
	struct acf_share *share = &acf_queue.line[charge->class].share;

	spin_lock_bh(&acf_queue.lock);
	if (charge->waited)
		share->behind = max(share->behind, acf_line_lag(charge->class) - charge->lag);
	share->served += charge->cost;
	share->cost += charge->cost;
	share->longest = max(share->longest, charge->cost);
	share->bytes += charge->len;
	share->jobs++;
	spin_unlock_bh(&acf_queue.lock);
}
