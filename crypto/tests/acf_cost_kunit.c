// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Tests of costs, in the kernel and in user space. */
#include <kunit/test.h>

#include "../acf_cost.c"

#define COST_END	((s64)(~0ULL >> 1))

static bool cost_within(u64 is, u64 wanted, u64 per_cent)
{
	return is * 100 >= wanted * (100 - per_cent) && is * 100 <= wanted * (100 + per_cent);
}

static void cost_sizes_are_powers_of_two(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, acf_cost_size(0), 0);
	KUNIT_EXPECT_EQ(test, acf_cost_size(16), 0);
	KUNIT_EXPECT_EQ(test, acf_cost_size(31), 0);
	KUNIT_EXPECT_EQ(test, acf_cost_size(32), 1);
	KUNIT_EXPECT_EQ(test, acf_cost_size(4096), 8);
	KUNIT_EXPECT_EQ(test, acf_cost_size(65535), 11);
	KUNIT_EXPECT_EQ(test, acf_cost_size(U32_MAX), ACF_NR_SIZES - 1);
}

static void cost_is_fitted_to_two_lengths(struct kunit *test)
{
	struct acf_cost cost = { 0 };

	acf_cost_fit(&cost, 64, 10000, 4096, 100000);
	KUNIT_EXPECT_TRUE(test, cost_within(acf_cost_ns(&cost, 64), 10000, 1));
	KUNIT_EXPECT_TRUE(test, cost_within(acf_cost_ns(&cost, 4096), 100000, 1));
	KUNIT_EXPECT_TRUE(test, cost_within(acf_cost_ns(&cost, 2080), 55000, 1));
	/* the longer one was not slower: no slope */
	acf_cost_fit(&cost, 64, 10000, 4096, 9000);
	KUNIT_EXPECT_EQ(test, acf_cost_ns(&cost, 65536), 10000);
	/* one length only */
	acf_cost_fit(&cost, 64, 10000, 64, 10000);
	KUNIT_EXPECT_EQ(test, acf_cost_ns(&cost, 4096), 10000);
	/* nonsense */
	acf_cost_fit(&cost, 64, 0, 4096, ~0ULL);
	KUNIT_EXPECT_GE(test, acf_cost_ns(&cost, 16), 1);
	KUNIT_EXPECT_LE(test, acf_cost_ns(&cost, U32_MAX), ACF_COST_MOST);
}

/* Ten times as long, or a tenth: two samples. */
static void cost_follows_a_change_at_once(struct kunit *test)
{
	struct acf_cost cost = { 0 };
	int i;

	acf_cost_seed(&cost, 1000, 10000);
	acf_cost_learn(&cost, 4096, 410000);
	acf_cost_learn(&cost, 4096, 410000);
	KUNIT_EXPECT_TRUE(test, cost_within(acf_cost_ns(&cost, 4096), 410000, 2));
	for (i = 0; i < 2; i++)
		acf_cost_learn(&cost, 4096, 41000);
	KUNIT_EXPECT_TRUE(test, cost_within(acf_cost_ns(&cost, 4096), 41000, 2));
	/* other sizes have not been seen */
	KUNIT_EXPECT_TRUE(test, cost_within(acf_cost_ns(&cost, 64), 1625, 2));
}

static void cost_averages_noise(struct kunit *test)
{
	struct acf_cost cost = { 0 };
	int i;

	acf_cost_seed(&cost, 1000, 0);
	for (i = 0; i < 1000; i++)
		acf_cost_learn(&cost, 16, i & 1 ? 1100 : 1300);
	KUNIT_EXPECT_TRUE(test, cost_within(acf_cost_ns(&cost, 16), 1200, 5));
}

/* A preemption does not count; nor do two that have good ones between them. */
static void cost_forgives_an_outlier(struct kunit *test)
{
	struct acf_cost cost = { 0 };
	int i;

	acf_cost_seed(&cost, 1000, 0);
	for (i = 0; i < 50; i++) {
		acf_cost_learn(&cost, 16, 1000000);
		KUNIT_EXPECT_EQ(test, acf_cost_ns(&cost, 16), 1000);
		acf_cost_learn(&cost, 16, 1000);
	}
	KUNIT_EXPECT_EQ(test, acf_cost_ns(&cost, 16), 1000);
}

/* Never the same twice: the estimate goes there in steps, and stays within what was seen. */
static void cost_never_settles_and_stays_sane(struct kunit *test)
{
	static const u32 wild[] = { 100, 10000, 1000, 100000, 3000, 300 };
	struct acf_cost cost = { 0 };
	int i;

	acf_cost_seed(&cost, 1000, 0);
	for (i = 0; i < 600; i++) {
		acf_cost_learn(&cost, 16, wild[i % 6]);
		KUNIT_EXPECT_GE(test, acf_cost_ns(&cost, 16), 50);
		KUNIT_EXPECT_LE(test, acf_cost_ns(&cost, 16), 200000);
	}
}

/* Clocks that jump, machines that slept: clamped, and counted. */
static void cost_clamps_and_counts_nonsense(struct kunit *test)
{
	static const s64 nonsense[] = { 0, -1, -3600000000000LL, 86400000000000LL,
					COST_END };
	struct acf_cost cost = { 0 };
	int i;

	acf_cost_seed(&cost, 1000, 10);
	for (i = 0; i < 5; i++) {
		acf_cost_learn(&cost, 64, nonsense[i]);
		acf_cost_learn(&cost, 64, 1000);
		KUNIT_EXPECT_EQ(test, cost.clamped, i + 1);
	}
	KUNIT_EXPECT_EQ(test, cost.samples, 10);
	KUNIT_EXPECT_TRUE(test, cost_within(acf_cost_ns(&cost, 64), 1000, 40));
	/* for ever: as far as it goes, and back */
	for (i = 0; i < 100; i++)
		acf_cost_learn(&cost, 64, COST_END);
	KUNIT_EXPECT_LE(test, acf_cost_ns(&cost, 64), ACF_COST_MOST);
	for (i = 0; i < 2; i++)
		acf_cost_learn(&cost, 64, 1000);
	KUNIT_EXPECT_TRUE(test, cost_within(acf_cost_ns(&cost, 64), 1000, 5));
}

/* Bounds that the estimate is within teach nothing, but that an odd one was wrong. */
static void cost_learns_from_bounds(struct kunit *test)
{
	struct acf_cost cost = { 0 };
	unsigned int size = acf_cost_size(64);
	int i;

	acf_cost_seed(&cost, 1000, 0);
	acf_cost_scale(&cost, size, (struct acf_span){ 500, 2000 }, 1000);
	KUNIT_EXPECT_EQ(test, acf_cost_ns(&cost, 64), 1000);
	acf_cost_learn(&cost, 64, 50000);
	KUNIT_EXPECT_TRUE(test, acf_cost_is_odd(&cost, 64));
	acf_cost_scale(&cost, size, (struct acf_span){ 500, 2000 }, 1000);
	KUNIT_EXPECT_FALSE(test, acf_cost_is_odd(&cost, 64));
	/* a bound that is near does not tell that what was seen below it was wrong */
	acf_cost_learn(&cost, 64, 100);
	acf_cost_scale(&cost, size, (struct acf_span){ 1, 980 }, 1000);
	KUNIT_EXPECT_TRUE(test, acf_cost_is_odd(&cost, 64));
	acf_cost_scale(&cost, size, (struct acf_span){ 500, 980 }, 1000);
	KUNIT_EXPECT_FALSE(test, acf_cost_is_odd(&cost, 64));
	/* 4000 at least, twice */
	for (i = 0; i < 2; i++)
		acf_cost_scale(&cost, size, (struct acf_span){ 4000, 9000 }, 1000);
	KUNIT_EXPECT_TRUE(test, cost_within(acf_cost_ns(&cost, 64), 4000, 2));
	acf_cost_set(&cost, 64, 77);
	KUNIT_EXPECT_TRUE(test, cost_within(acf_cost_ns(&cost, 64), 77, 2));
	acf_cost_halve(&cost, size);
	KUNIT_EXPECT_TRUE(test, cost_within(acf_cost_ns(&cost, 64), 38, 5));
}

static struct kunit_case acf_cost_cases[] = {
	KUNIT_CASE(cost_sizes_are_powers_of_two),
	KUNIT_CASE(cost_is_fitted_to_two_lengths),
	KUNIT_CASE(cost_follows_a_change_at_once),
	KUNIT_CASE(cost_averages_noise),
	KUNIT_CASE(cost_forgives_an_outlier),
	KUNIT_CASE(cost_never_settles_and_stays_sane),
	KUNIT_CASE(cost_clamps_and_counts_nonsense),
	KUNIT_CASE(cost_learns_from_bounds),
	{}
};

static struct kunit_suite acf_cost_suite = {
	.name = "acf_cost",
	.test_cases = acf_cost_cases,
};
kunit_test_suite(acf_cost_suite);

MODULE_DESCRIPTION("Tests of acf's costs");
MODULE_LICENSE("Dual BSD/GPL");
