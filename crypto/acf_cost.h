/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What a job costs a unit, in estimated nanoseconds. Pure: no clock, no lock, no
 * allocation; the caller says what it measured. A row is of one unit, one algorithm and
 * one direction. Readers may race with one writer: a number is read whole, or is that of a
 * moment ago.
 */
#ifndef ACF_COST_H
#define ACF_COST_H

#include "acf_env.h"

#define ACF_SIZE_SHIFT	4	/* jobs below 32 bytes are one size, the next below 64, ... */
#define ACF_NR_SIZES	14	/* the last one: 128 KiB and more */

/* What is believed; a measurement outside these is clamped and counted. */
#define ACF_COST_LEAST	1ULL			/* ns */
#define ACF_COST_MOST	10000000000ULL		/* ns: longer than any driver lets a job take */

/* The correction of one size, as a factor of 16 fractional bits. */
struct acf_estimate {
	u32 factor;
	u32 odd;		/* the last sample if it was far off, else 0 */
};

struct acf_cost {
	u32 fixed_ns;
	u32 per_kib_ns;
	struct acf_estimate size[ACF_NR_SIZES];
	u32 samples;		/* learned from */
	u32 clamped;		/* that were zero, negative or enormous */
};

unsigned int acf_cost_size(u32 bytes);
/* Begin anew from fixed + per byte. */
void acf_cost_seed(struct acf_cost *cost, u32 fixed_ns, u32 per_kib_ns);
/* The same from two measurements; they may be the same, or of equal length. */
void acf_cost_fit(struct acf_cost *cost, u32 bytes, u64 ns, u32 more_bytes, u64 more_ns);
/* Never 0. */
u64 acf_cost_ns(const struct acf_cost *cost, u32 bytes);
/* A job of this length was measured; also when the clock jumped meanwhile. */
void acf_cost_learn(struct acf_cost *cost, u32 bytes, s64 ns);

/* A time that is known by its bounds; one or both may be nonsense. */
struct acf_span {
	s64 least_ns;
	s64 most_ns;
};

/*
 * Jobs were measured, perhaps several together: they took so long where est_ns had been
 * expected, and those of this size had their share. When that is possible nothing is learned.
 */
void acf_cost_scale(struct acf_cost *cost, unsigned int size, struct acf_span took, u64 est_ns);
/* It is known from elsewhere. */
void acf_cost_set(struct acf_cost *cost, u32 bytes, u64 ns);
/* The last sample was far off, and the next one will decide. */
bool acf_cost_is_odd(const struct acf_cost *cost, u32 bytes);
/* It is less than was believed; by how much nobody knows. */
void acf_cost_halve(struct acf_cost *cost, unsigned int size);

#endif
