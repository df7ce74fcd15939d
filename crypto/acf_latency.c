// SPDX-License-Identifier: GPL-2.0
/* How long jobs wait and take, as counts by power of two. */
#include <linux/bitops.h>
#include <linux/ktime.h>

#include "acf_internal.h"

u64 acf_now(void)
{
	return ktime_get_ns();
}

u64 acf_passed(u64 since_ns)
{
	u64 now = acf_now();

	return now > since_ns ? now - since_ns : 0;
}

/* The first step holds all that is below it, the last all that is above. */
static unsigned int acf_step(u64 ns)
{
	int bits = fls64(ns);

	return clamp(bits - ACF_STEP_SHIFT, 0, ACF_NR_STEPS - 1);
}

void acf_latency_add(struct acf_latency *latency, u64 ns)
{
	atomic64_inc(&latency->step[acf_step(ns)]);
}

static void acf_latency_clear(struct acf_latency *latency)
{
	int step;

	for (step = 0; step < ACF_NR_STEPS; step++)
		atomic64_set(&latency->step[step], 0);
}

void acf_latency_init(struct acf_engine *engine)
{
	int i;

	for (i = 0; i < ACF_NR_CLASSES; i++)
		acf_latency_clear(&engine->wait[i]);
	for (i = 0; i < ACF_NR_ALGS; i++)
		acf_latency_clear(&engine->took[i]);
}
