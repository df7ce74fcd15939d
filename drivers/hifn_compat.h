/* SPDX-License-Identifier: GPL-2.0 */
/* Kernel interfaces that differ between 6.1 and 7.3; the bounds: docs/reference/kernels.md. */
#ifndef HIFN_COMPAT_H
#define HIFN_COMPAT_H

#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/timer.h>
#include <linux/version.h>
#include <linux/workqueue.h>

/* Renamed in 6.2, and in stable releases of 6.1. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define timer_delete_sync(timer)	del_timer_sync(timer)
#endif

/* from_timer() was renamed in 6.16. */
#ifndef timer_container_of
#define timer_container_of(var, t, field)	from_timer(var, t, field)
#endif

/* Later kernels want it said; before 6.17, it was what lacks WQ_UNBOUND. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
#define HIFN_WQ_PERCPU	WQ_PERCPU
#else
#define HIFN_WQ_PERCPU	0
#endif

/* One call since 6.13, and the other way is gone since 6.15. */
static inline void hifn_hrtimer_setup(struct hrtimer *timer,
				      enum hrtimer_restart (*function)(struct hrtimer *))
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	hrtimer_setup(timer, function, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
#else
	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	timer->function = function;
#endif
}

/* A worker that runs; since 6.14 the old name makes one that does not yet. */
static inline struct kthread_worker *hifn_run_worker(const char *name)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0)
	return kthread_run_worker(0, "%s", name);
#else
	return kthread_create_worker(0, "%s", name);
#endif
}

#endif
