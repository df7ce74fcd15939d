/* SPDX-License-Identifier: GPL-2.0 */
/* Kernel interfaces that differ between 6.1 and 7.3; the bounds: docs/kernels.md. */
#ifndef HIFN_COMPAT_H
#define HIFN_COMPAT_H

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

#endif
