// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Costs are a line, fixed + per byte, that a factor for each power of two corrects from
 * service: caches, pages and bounce buffers make steps that no line has.
 *
 * A sample near the estimate moves it by an eighth of the difference. One that is far off
 * is remembered: a preemption, a reset. When the next one says the same the world has
 * changed, and it is believed at once: two samples for any change. When it is far off as
 * well but says something else, the estimate goes an eighth that way.
 */
#include "acf_cost.h"

#define ACF_FACTOR_ONE	(1U << 16)
#define ACF_FACTOR_MIN	(ACF_FACTOR_ONE >> 12)
#define ACF_FACTOR_MAX	(ACF_FACTOR_ONE << 12)

unsigned int acf_cost_size(u32 bytes)
{
	return min_t(unsigned int, fls(bytes >> (ACF_SIZE_SHIFT + 1)), ACF_NR_SIZES - 1);
}

void acf_cost_seed(struct acf_cost *cost, u32 fixed_ns, u32 per_kib_ns)
{
	unsigned int size;

	cost->fixed_ns = fixed_ns;
	cost->per_kib_ns = per_kib_ns;
	for (size = 0; size < ACF_NR_SIZES; size++) {
		cost->size[size].factor = ACF_FACTOR_ONE;
		cost->size[size].odd = 0;
	}
}

static u64 acf_cost_clamp(u64 ns)
{
	return clamp_t(u64, ns, ACF_COST_LEAST, ACF_COST_MOST);
}

static u32 acf_cost_u32(u64 value)
{
	return min_t(u64, value, U32_MAX);
}

void acf_cost_fit(struct acf_cost *cost, u32 bytes, u64 ns, u32 more_bytes, u64 more_ns)
{
	u64 per_kib = 0;
	u64 byte_ns;

	ns = acf_cost_clamp(ns);
	more_ns = acf_cost_clamp(more_ns);
	if (more_bytes > bytes && more_ns > ns)
		per_kib = div64_u64((more_ns - ns) << 10, more_bytes - bytes);
	per_kib = min_t(u64, per_kib, U32_MAX);
	byte_ns = (per_kib * bytes) >> 10;
	acf_cost_seed(cost, acf_cost_u32(ns > byte_ns ? ns - byte_ns : 1), per_kib);
}

static u64 acf_cost_line(const struct acf_cost *cost, u32 bytes)
{
	return acf_cost_clamp(cost->fixed_ns + (((u64)cost->per_kib_ns * bytes) >> 10));
}

u64 acf_cost_ns(const struct acf_cost *cost, u32 bytes)
{
	u32 factor = READ_ONCE(cost->size[acf_cost_size(bytes)].factor);

	return acf_cost_clamp((acf_cost_line(cost, bytes) * factor) >> 16);
}

/* Within a third of each other. */
static bool acf_factor_near(u64 a, u64 b)
{
	return a * 3 <= b * 4 && b * 3 <= a * 4;
}

static u32 acf_factor_toward(u32 from, u32 to)
{
	u32 most = max_t(u32, from / 8, 1);

	return to > from ? from + min(to - from, most) : from - min(from - to, most);
}

static void acf_estimate_learn(struct acf_estimate *estimate, u64 sample)
{
	u32 factor = estimate->factor;
	u32 to = clamp_t(u64, sample, ACF_FACTOR_MIN, ACF_FACTOR_MAX);
	u32 odd = 0;

	if (acf_factor_near(to, factor)) {
		factor += ((s64)to - factor) / 8;
	} else if (estimate->odd && acf_factor_near(to, estimate->odd)) {
		factor = (to + (u64)estimate->odd) / 2;
	} else {
		if (estimate->odd)
			factor = acf_factor_toward(factor, to);
		odd = to;
	}
	WRITE_ONCE(estimate->factor, max_t(u32, factor, ACF_FACTOR_MIN));
	estimate->odd = odd;
}

/* What may be believed of a measurement, counted if that is something else. */
static u64 acf_cost_sample(struct acf_cost *cost, s64 ns)
{
	cost->samples++;
	if (ns >= (s64)ACF_COST_LEAST && ns <= (s64)ACF_COST_MOST)
		return ns;
	cost->clamped++;
	return ns < (s64)ACF_COST_LEAST ? ACF_COST_LEAST : ACF_COST_MOST;
}

void acf_cost_learn(struct acf_cost *cost, u32 bytes, s64 ns)
{
	u64 sample = acf_cost_sample(cost, ns) << 16;

	acf_estimate_learn(&cost->size[acf_cost_size(bytes)],
			   div64_u64(sample, acf_cost_line(cost, bytes)));
}

/* What factor such a time would mean. */
static u64 acf_cost_ratio(const struct acf_estimate *estimate, u64 took_ns, u64 est_ns)
{
	/* 10 s, and 28 bits of factor: in two steps of less than 64 bits */
	u64 ratio = div64_u64(took_ns << 16, max_t(u64, est_ns, 1));

	ratio = min_t(u64, ratio, (u64)ACF_FACTOR_MAX << 4);
	return (ratio * estimate->factor) >> 16;
}

void acf_cost_scale(struct acf_cost *cost, unsigned int size, struct acf_span took, u64 est_ns)
{
	struct acf_estimate *estimate = &cost->size[size];
	u64 least = acf_cost_ratio(estimate, acf_cost_sample(cost, took.least_ns), est_ns);
	u64 most = took.most_ns <= took.least_ns ? least :
		   acf_cost_ratio(estimate, acf_cost_clamp(took.most_ns), est_ns);
	u32 odd = estimate->odd;

	if (least == most || estimate->factor < least)
		acf_estimate_learn(estimate, least);
	else if (estimate->factor > most)
		acf_estimate_learn(estimate, most);
	else if (odd < least || odd > most)
		WRITE_ONCE(estimate->odd, 0);
	/* a bound that is near is no measurement: what was far off may still be right */
	if (least != most && !estimate->odd && odd >= least && odd <= most)
		WRITE_ONCE(estimate->odd, odd);
}

void acf_cost_halve(struct acf_cost *cost, unsigned int size)
{
	struct acf_estimate *estimate = &cost->size[size];

	WRITE_ONCE(estimate->factor, max_t(u32, estimate->factor / 2, ACF_FACTOR_MIN));
}

void acf_cost_set(struct acf_cost *cost, u32 bytes, u64 ns)
{
	u64 factor = div64_u64(acf_cost_clamp(ns) << 16, acf_cost_line(cost, bytes));

	WRITE_ONCE(cost->size[acf_cost_size(bytes)].factor,
		   clamp_t(u64, factor, ACF_FACTOR_MIN, ACF_FACTOR_MAX));
}

bool acf_cost_is_odd(const struct acf_cost *cost, u32 bytes)
{
	return READ_ONCE(cost->size[acf_cost_size(bytes)].odd);
}
