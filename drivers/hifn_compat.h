/* SPDX-License-Identifier: GPL-2.0 */
/* Kernel interfaces that differ between 6.1 and 7.x. */
#ifndef HIFN_COMPAT_H
#define HIFN_COMPAT_H

#include <linux/timer.h>
#include <linux/version.h>
#include <linux/workqueue.h>

#ifndef timer_container_of
#define timer_container_of(var, t, field)	from_timer(var, t, field)
#endif

/* Later kernels want it said; before, it was what lacks WQ_UNBOUND. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
#define HIFN_WQ_PERCPU	WQ_PERCPU
#else
#define HIFN_WQ_PERCPU	0
#endif

#endif
