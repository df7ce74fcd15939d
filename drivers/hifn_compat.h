/* SPDX-License-Identifier: GPL-2.0 */
/* Kernel interfaces that differ between 6.1 and 7.x. */
#ifndef HIFN_COMPAT_H
#define HIFN_COMPAT_H

#include <linux/timer.h>

#ifndef timer_container_of
#define timer_container_of(var, t, field)	from_timer(var, t, field)
#endif

#endif
