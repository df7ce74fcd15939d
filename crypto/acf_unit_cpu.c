// SPDX-License-Identifier: GPL-2.0
/*
 * The CPU as a unit. A submitter does his own job at once. What comes back from a card
 * has nobody's time to take: it waits here for acf's unbound work queue, as many jobs at a
 * time as there are CPUs, one job a turn. The job may be a page on its way to swap.
 */
#include <linux/cpumask.h>
#include <linux/slab.h>

#include "acf_internal.h"
#include "acf_trace.h"

static struct {
	spinlock_t lock;
	struct list_head jobs[ACF_NR_CLASSES];	/* (lock) */
	unsigned int next;			/* (lock) the worker that is woken next */
	unsigned int nr_workers;
	struct work_struct *worker;
	void (*run)(struct acf_job *job);
} acf_cpu;

struct acf_cpu_count acf_cpu_counts[ACF_NR_ALGS];

static enum acf_cpu_reason acf_reason(int why)
{
	switch (why) {
	case -ENODEV:
		return ACF_CPU_NO_ENGINE;
	case -EOPNOTSUPP:
		return ACF_CPU_SHAPE;
	case -ENOSPC:
		return ACF_CPU_FULL;
	case -E2BIG:
		return ACF_CPU_TOO_LONG;
	case -EDEADLK:
		return ACF_CPU_WAITED_FOR;
	case -EAGAIN:
		return ACF_CPU_CHEAPER;
	case -EPERM:
		return ACF_CPU_POLICY;
	default:
		return ACF_CPU_FAILED;
	}
}

void acf_cpu_count(const struct acf_job *job, struct acf_use *use, int why)
{
	struct acf_cpu_count *count = &acf_cpu_counts[job->alg->id];
	enum acf_cpu_reason reason = acf_reason(why);

	trace_acf_route(job, "cpu", acf_cpu_reasons[reason]);
	atomic64_inc(&count->requests[reason]);
	atomic64_add(job->len, &count->bytes);
	atomic64_inc(&use->cpu_requests[reason]);
	atomic64_add(job->len, &use->cpu_bytes);
}

/* The system's jobs do not wait for the CPU to do those of users. */
static struct acf_job *acf_cpu_first(void)
{
	struct acf_job *job;

	lockdep_assert_held(&acf_cpu.lock);
	job = list_first_entry_or_null(&acf_cpu.jobs[ACF_CLASS_SYSTEM], struct acf_job, node);
	return job ?: list_first_entry_or_null(&acf_cpu.jobs[ACF_CLASS_USER], struct acf_job, node);
}

static struct acf_job *acf_cpu_take(bool *more)
{
	struct acf_job *job;

	spin_lock_bh(&acf_cpu.lock);
	job = acf_cpu_first();
	if (job)
		list_del(&job->node);
	*more = acf_cpu_first();
	spin_unlock_bh(&acf_cpu.lock);
	return job;
}

static void acf_cpu_work(struct work_struct *work)
{
	bool more;
	struct acf_job *job = acf_cpu_take(&more);

	if (more)
		queue_work(acf_wq, work);
	if (job && acf_job_move(job, ACF_JOB_CPU, ACF_JOB_IDLE))
		acf_cpu.run(job);
}

void acf_cpu_add(struct acf_job *job)
{
	struct work_struct *worker;

	if (!acf_job_move(job, ACF_JOB_IDLE, ACF_JOB_CPU))
		return;
	spin_lock_bh(&acf_cpu.lock);
	list_add_tail(&job->node, &acf_cpu.jobs[job->class]);
	worker = &acf_cpu.worker[acf_cpu.next];
	acf_cpu.next = (acf_cpu.next + 1) % acf_cpu.nr_workers;
	spin_unlock_bh(&acf_cpu.lock);
	queue_work(acf_wq, worker);
}

static void acf_cpu_workers_init(void)
{
	unsigned int i;

	for (i = 0; i < acf_cpu.nr_workers; i++)
		INIT_WORK(&acf_cpu.worker[i], acf_cpu_work);
}

int acf_cpu_init(void (*run)(struct acf_job *job))
{
	enum acf_class class;

	spin_lock_init(&acf_cpu.lock);
	for (class = 0; class < ACF_NR_CLASSES; class++)
		INIT_LIST_HEAD(&acf_cpu.jobs[class]);
	acf_cpu.run = run;
	acf_cpu.nr_workers = num_possible_cpus();
	acf_cpu.worker = kcalloc(acf_cpu.nr_workers, sizeof(*acf_cpu.worker), GFP_KERNEL);
	if (!acf_cpu.worker)
		return -ENOMEM;
	acf_cpu_workers_init();
	return 0;
}

void acf_cpu_exit(void)
{
	kfree(acf_cpu.worker);
}
