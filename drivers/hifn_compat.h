/* SPDX-License-Identifier: GPL-2.0 */
/* Kernel interfaces that differ between 6.1 and 7.x. */
#ifndef HIFN_COMPAT_H
#define HIFN_COMPAT_H

#include <linux/interrupt.h>
#include <linux/timer.h>
#include <linux/version.h>
#include <linux/workqueue.h>

#ifndef timer_container_of
#define timer_container_of(var, t, field)	from_timer(var, t, field)
#endif

/* Bottom half in softirq context: work on a BH workqueue, tasklet before 6.9. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
#define hifn_bh			work_struct
#define hifn_bh_init(b, fn)	INIT_WORK(b, fn)
#define hifn_bh_kick(b)		queue_work(system_bh_wq, b)
#define hifn_bh_stop(b)		cancel_work_sync(b)
#else
#define hifn_bh			tasklet_struct
#define hifn_bh_init(b, fn)	tasklet_setup(b, fn)
#define hifn_bh_kick(b)		tasklet_schedule(b)
#define hifn_bh_stop(b)		tasklet_kill(b)
#endif

#endif
