// SPDX-License-Identifier: GPL-2.0
/*
 * See acf_bhmeter.h. The parameter "bhmeter" of acf is what was seen: for stretches with bottom
 * halves off and for locks held a line with the longest, in ns, who ended it, and the counts by
 * power of two; then a line "lock WORDS taken N waited N held_ns N longest_ns N" for each lock. Writing
 * to it begins anew.
 */
#include <linux/atomic.h>
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/string.h>

#include "acf_bhmeter.h"

#define CLASSES	40	/* below 2^i ns */

struct bh_stretch {
	u64 began;
	unsigned int depth;
};

static DEFINE_PER_CPU(struct bh_stretch, bh_now[ACF_BH_WHATS]);
static atomic64_t bh_counts[ACF_BH_WHATS][CLASSES];
static DEFINE_RAW_SPINLOCK(bh_lock);	/* of the longest ones */
static u64 bh_longest[ACF_BH_WHATS];
static const char *bh_where[ACF_BH_WHATS];

static const char * const bh_names[ACF_BH_WHATS] = {
	[ACF_BH_OFF] = "off",
	[ACF_BH_LOCKED] = "locked",
};

void acf_bh_begin(enum acf_bh_what what)
{
	struct bh_stretch *now = this_cpu_ptr(&bh_now[what]);

	if (!now->depth++)
		now->began = ktime_get_ns();
}
EXPORT_SYMBOL_GPL(acf_bh_begin);

static void bh_seen(enum acf_bh_what what, u64 ns, const char *where)
{
	unsigned long flags;

	atomic64_inc(&bh_counts[what][min_t(unsigned int, fls64(ns), CLASSES - 1)]);
	if (ns <= READ_ONCE(bh_longest[what]))
		return;
	raw_spin_lock_irqsave(&bh_lock, flags);
	if (ns > bh_longest[what]) {
		WRITE_ONCE(bh_longest[what], ns);
		bh_where[what] = where;
	}
	raw_spin_unlock_irqrestore(&bh_lock, flags);
}

void acf_bh_end(enum acf_bh_what what, const char *where)
{
	struct bh_stretch *now = this_cpu_ptr(&bh_now[what]);

	if (!WARN_ON_ONCE(!now->depth) && !--now->depth)
		bh_seen(what, ktime_get_ns() - now->began, where);
}
EXPORT_SYMBOL_GPL(acf_bh_end);

/* ---- locks ---- */

#define LOCKS	24
#define WORDS	32

struct bh_lock {
	char words[WORDS];
	atomic64_t taken;
	atomic64_t waited;
	atomic64_t held_ns;
	atomic64_t longest_ns;	/* races make it a little too low */
};

static struct bh_lock bh_locks[LOCKS];	/* those with words; (bh_lock) to add one */
static DEFINE_PER_CPU(u64, bh_taken_at[LOCKS]);

/* Its own, or that of the last one where there are too many. */
static int lock_slot(const char *words)
{
	unsigned long flags;
	int i;

	raw_spin_lock_irqsave(&bh_lock, flags);
	for (i = 0; i < LOCKS - 1; i++)
		if (!*bh_locks[i].words || !strncmp(bh_locks[i].words, words, WORDS - 1))
			break;
	strscpy(bh_locks[i].words, i < LOCKS - 1 ? words : "others", WORDS);
	raw_spin_unlock_irqrestore(&bh_lock, flags);
	return i;
}

void acf_lock_taken(int *slot, const char *words, bool waited)
{
	if (READ_ONCE(*slot) < 0)
		WRITE_ONCE(*slot, lock_slot(words));
	atomic64_inc(&bh_locks[*slot].taken);
	atomic64_add(waited, &bh_locks[*slot].waited);
	*this_cpu_ptr(&bh_taken_at[*slot]) = ktime_get_ns();
}
EXPORT_SYMBOL_GPL(acf_lock_taken);

void acf_lock_left(int *slot, const char *words)
{
	s64 held;

	if (READ_ONCE(*slot) < 0)
		WRITE_ONCE(*slot, lock_slot(words));
	held = ktime_get_ns() - *this_cpu_ptr(&bh_taken_at[*slot]);
	atomic64_add(held, &bh_locks[*slot].held_ns);
	if (held > atomic64_read(&bh_locks[*slot].longest_ns))
		atomic64_set(&bh_locks[*slot].longest_ns, held);
}
EXPORT_SYMBOL_GPL(acf_lock_left);

static int locks_get(char *text, int at)
{
	int i;

	for (i = 0; i < LOCKS && *bh_locks[i].words; i++)
		at += sysfs_emit_at(text, at, "lock %s taken %lld waited %lld held_ns %lld longest_ns %lld\n",
				    bh_locks[i].words, (long long)atomic64_read(&bh_locks[i].taken),
				    (long long)atomic64_read(&bh_locks[i].waited),
				    (long long)atomic64_read(&bh_locks[i].held_ns),
				    (long long)atomic64_read(&bh_locks[i].longest_ns));
	return at;
}

static void locks_reset(void)
{
	int i;

	for (i = 0; i < LOCKS; i++) {
		atomic64_set(&bh_locks[i].taken, 0);
		atomic64_set(&bh_locks[i].waited, 0);
		atomic64_set(&bh_locks[i].held_ns, 0);
		atomic64_set(&bh_locks[i].longest_ns, 0);
	}
}

static int bh_get(char *text, const struct kernel_param *kp)
{
	int what, i, at = 0;

	for (what = 0; what < ACF_BH_WHATS; what++) {
		at += sysfs_emit_at(text, at, "%s longest %llu %s log2_ns", bh_names[what],
				    bh_longest[what], bh_where[what] ?: "-");
		for (i = 0; i < CLASSES; i++)
			if (atomic64_read(&bh_counts[what][i]))
				at += sysfs_emit_at(text, at, " %d %lld", i,
						    (long long)atomic64_read(&bh_counts[what][i]));
		at += sysfs_emit_at(text, at, "\n");
	}
	return locks_get(text, at);
}

static int bh_set(const char *text, const struct kernel_param *kp)
{
	int what, i;

	for (what = 0; what < ACF_BH_WHATS; what++) {
		bh_longest[what] = 0;
		bh_where[what] = NULL;
		for (i = 0; i < CLASSES; i++)
			atomic64_set(&bh_counts[what][i], 0);
	}
	locks_reset();
	return 0;
}

static const struct kernel_param_ops bh_ops = { .set = bh_set, .get = bh_get };

module_param_cb(bhmeter, &bh_ops, NULL, 0600);
MODULE_PARM_DESC(bhmeter, "longest stretches with bottom halves off, and counts");
