/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long our code keeps bottom halves off, and holds locks that do; and of each lock how often it
 * is taken, was another CPU's then, and for how long it is held. ACF_BHMETER=y includes this
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

/*
 * A lock by the words that the source has for it: of two cards' they are the same. *slot is the
 * place's own, -1 at first. Preemption is off from one to the other.
 */
void acf_lock_taken(int *slot, const char *words, bool waited);
void acf_lock_left(int *slot, const char *words);

/* As they are, before they are others. */
static inline bool acf_lock_try(spinlock_t *lock)
{
	return spin_trylock(lock);
}

static inline void acf_lock_wait(spinlock_t *lock)
{
	spin_lock(lock);
}

static inline void acf_lock_leave(spinlock_t *lock)
{
	spin_unlock(lock);
}

static inline void acf_lock_bh_off(void)
{
	local_bh_disable();
}

static inline void acf_lock_bh_on(void)
{
	local_bh_enable();
}

#define spin_lock(lock) do {				\
	static int acf_lock_slot = -1;			\
	bool acf_lock_waits = !acf_lock_try(lock);	\
							\
	if (acf_lock_waits)				\
		acf_lock_wait(lock);			\
	acf_lock_taken(&acf_lock_slot, #lock, acf_lock_waits); \
} while (0)

#define spin_unlock(lock) do {				\
	static int acf_lock_slot = -1;			\
							\
	acf_lock_left(&acf_lock_slot, #lock);		\
	acf_lock_leave(lock);				\
} while (0)

#define spin_lock_bh(lock) do {				\
	acf_lock_bh_off();				\
	spin_lock(lock);				\
	acf_bh_begin(ACF_BH_OFF);			\
	acf_bh_begin(ACF_BH_LOCKED);			\
} while (0)

#define spin_trylock_bh(lock) ({			\
	static int acf_lock_slot = -1;			\
	bool acf_bh_got;				\
							\
	acf_lock_bh_off();				\
	acf_bh_got = acf_lock_try(lock);		\
	if (acf_bh_got) {				\
		acf_lock_taken(&acf_lock_slot, #lock, false); \
		acf_bh_begin(ACF_BH_OFF);		\
		acf_bh_begin(ACF_BH_LOCKED);		\
	} else {					\
		acf_lock_bh_on();			\
	}						\
	acf_bh_got;					\
})

#define spin_unlock_bh(lock) do {			\
	acf_bh_end(ACF_BH_LOCKED, __func__);		\
	acf_bh_end(ACF_BH_OFF, __func__);		\
	spin_unlock(lock);				\
	acf_lock_bh_on();				\
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
