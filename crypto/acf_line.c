// SPDX-License-Identifier: GPL-2.0
/*
 * The jobs that wait for an engine: one line per class, served in turns by cost: the time
 * that a job is expected to take the engine.
 *
 * The line that has been served less is next. One that was empty starts level with the
 * other: who was away has no claim to what he left unused. So while both wait, their
 * shares differ by one longest job at most, whatever the number of transforms, requests
 * and processes behind either.
 */
#include <linux/capability.h>
#include <linux/user_namespace.h>

#include "acf_internal.h"

/* In ns, as it was estimated when it was admitted. */
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

void acf_lines_init(struct acf_engine *engine)
{
	struct acf_line *line;

	memset(engine->line, 0, sizeof(engine->line));
	for (line = engine->line; line < engine->line + ACF_NR_CLASSES; line++) {
		INIT_LIST_HEAD(&line->queue);
		INIT_LIST_HEAD(&line->backlog);
	}
}

bool acf_lines_empty(const struct acf_engine *engine)
{
	const struct acf_line *line;

	lockdep_assert_held(&engine->lock);
	for (line = engine->line; line < engine->line + ACF_NR_CLASSES; line++)
		if (!list_empty(&line->queue) || acf_line_backlogged(line))
			return false;
	return true;
}

static struct acf_line *acf_line_other(struct acf_engine *engine, enum acf_class class)
{
	return &engine->line[class == ACF_CLASS_SYSTEM ? ACF_CLASS_USER : ACF_CLASS_SYSTEM];
}

/* What the other line has been given more than this one, as cost. */
static s64 acf_line_lag(struct acf_engine *engine, enum acf_class class)
{
	return acf_line_other(engine, class)->share.cost - engine->line[class].share.cost;
}

void acf_line_queue(struct acf_engine *engine, struct acf_job *job)
{
	struct acf_line *line = &engine->line[job->class];

	lockdep_assert_held(&engine->lock);
	if (list_empty(&line->queue))
		line->share.served = max(line->share.served,
					 acf_line_other(engine, job->class)->share.served);
	job->lag = acf_line_lag(engine, job->class);
	list_add_tail(&job->node, &line->queue);
	line->queued++;
}

struct acf_line *acf_line_next(struct acf_engine *engine)
{
	struct acf_line *system = &engine->line[ACF_CLASS_SYSTEM];
	struct acf_line *user = &engine->line[ACF_CLASS_USER];

	lockdep_assert_held(&engine->lock);
	if (list_empty(&user->queue))
		return list_empty(&system->queue) ? NULL : system;
	if (list_empty(&system->queue))
		return user;
	return system->share.served <= user->share.served ? system : user;
}

void acf_line_charge(struct acf_line *line, const struct acf_job *job)
{
	line->share.served += acf_job_cost(job);
}

/*
 * behind: the most, as cost, that the other line was given beyond this one while a job
 * waited in this one's queue. Two longest jobs are the limit.
 */
void acf_line_started(struct acf_engine *engine, const struct acf_job *job, bool waited)
{
	struct acf_line *line = &engine->line[job->class];
	struct acf_share *share = &line->share;

	lockdep_assert_held(&engine->lock);
	if (waited)
		share->behind = max(share->behind, acf_line_lag(engine, job->class) - job->lag);
	acf_line_charge(line, job);
	share->cost += acf_job_cost(job);
	share->longest = max(share->longest, acf_job_cost(job));
	share->bytes += job->len;
	share->jobs++;
}
