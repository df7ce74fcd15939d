// SPDX-License-Identifier: GPL-2.0
/*
 * See acf_bhmeter.h. The parameter "bhmeter" of acf is what was seen: for stretches with bottom
 * halves off and for locks held a line with the longest, in ns, who ended it, and the counts by
 * power of two. Writing to it begins anew.
 */
#include <linux/atomic.h>
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/percpu.h>

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
	return at;
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
	return 0;
}

static const struct kernel_param_ops bh_ops = { .set = bh_set, .get = bh_get };

module_param_cb(bhmeter, &bh_ops, NULL, 0600);
MODULE_PARM_DESC(bhmeter, "longest stretches with bottom halves off, and counts");
