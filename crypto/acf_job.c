// SPDX-License-Identifier: GPL-2.0
/* Who holds a job: the one place where that changes. */
#include "acf_internal.h"

/* Its memory is its maker's and may hold anything. Before it is offered for the first time. */
void acf_job_init(struct acf_job *job)
{
	job->state = ACF_JOB_IDLE;
	job->engine = NULL;
	job->avoid = NULL;
	job->prepared = NULL;
	job->bounce = false;
	job->mac_need = 0;
	job->checked = false;
	job->block = NULL;
}

/*
 * A wrong state means that a job was given back twice, or by who does not hold it: it
 * is somebody else's, and the caller leaves it alone.
 */
bool acf_job_move(struct acf_job *job, enum acf_job_state from, enum acf_job_state to)
{
	if (WARN_ONCE(job->state != from, "acf: job is in state %d, not %d\n", job->state, from))
		return false;
	job->state = to;
	return true;
}
