/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long our code keeps bottom halves off, and holds locks that do: ACF_BHMETER=y includes this
 * before each source of acf and of the driver, and has their calls pass by here. For ci/bench;
 * never shipped.
 */
#ifndef ACF_BHMETER_H
#define ACF_BHMETER_H

/* As sources say it that say it: printk.h asks before they do. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bottom_half.h>
#include <linux/spinlock.h>

enum acf_bh_what { ACF_BH_OFF, ACF_BH_LOCKED, ACF_BH_WHATS };

/* Outermost ones count, on this CPU: where bottom halves are off nobody changes it. */
void acf_bh_begin(enum acf_bh_what what);
void acf_bh_end(enum acf_bh_what what, const char *where);

#define spin_lock_bh(lock) do {				\
	spin_lock_bh(lock);				\
	acf_bh_begin(ACF_BH_OFF);			\
	acf_bh_begin(ACF_BH_LOCKED);			\
} while (0)

#define spin_trylock_bh(lock) ({			\
	int acf_bh_got = spin_trylock_bh(lock);		\
							\
	if (acf_bh_got) {				\
		acf_bh_begin(ACF_BH_OFF);		\
		acf_bh_begin(ACF_BH_LOCKED);		\
	}						\
	acf_bh_got;					\
})

#define spin_unlock_bh(lock) do {			\
	acf_bh_end(ACF_BH_LOCKED, __func__);		\
	acf_bh_end(ACF_BH_OFF, __func__);		\
	spin_unlock_bh(lock);				\
} while (0)

#define local_bh_disable() do {				\
	local_bh_disable();				\
	acf_bh_begin(ACF_BH_OFF);			\
} while (0)

#define local_bh_enable() do {				\
	acf_bh_end(ACF_BH_OFF, __func__);		\
	local_bh_enable();				\
} while (0)

#endif
