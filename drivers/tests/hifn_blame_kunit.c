// SPDX-License-Identifier: GPL-2.0
/* Tests of what a card is not given any more. */
#include <kunit/test.h>

#include "../hifn_blame.c"

static void blame_twice_the_same(struct kunit *test)
{
	struct hifn_blame b = { 0 };

	KUNIT_EXPECT_FALSE(test, hifn_blame_hang(&b, 7));
	KUNIT_EXPECT_FALSE(test, hifn_blame_bars(&b, 7));
	KUNIT_EXPECT_FALSE(test, hifn_blame_hang(&b, 8));
	KUNIT_EXPECT_TRUE(test, hifn_blame_hang(&b, 7));
	KUNIT_EXPECT_TRUE(test, hifn_blame_bars(&b, 7));
	KUNIT_EXPECT_FALSE(test, hifn_blame_bars(&b, 8));
	KUNIT_EXPECT_EQ(test, b.nr_suspects, 1);
}

/* Only its own good jobs speak for it, and only many of them. */
static void blame_forgives(struct kunit *test)
{
	struct hifn_blame b = { 0 };
	u32 i;

	hifn_blame_hang(&b, 7);
	hifn_blame_hang(&b, 8);
	for (i = 0; i < HIFN_BLAME_FORGIVEN; i++)
		hifn_blame_good(&b, 8);
	for (i = 0; i < HIFN_BLAME_FORGIVEN - 1; i++)
		hifn_blame_good(&b, 9);
	KUNIT_EXPECT_EQ(test, b.nr_suspects, 1);
	KUNIT_EXPECT_FALSE(test, hifn_blame_hang(&b, 8));
	for (i = 0; i < HIFN_BLAME_FORGIVEN - 1; i++)
		hifn_blame_good(&b, 8);
	KUNIT_EXPECT_TRUE(test, hifn_blame_hang(&b, 8));
	KUNIT_EXPECT_TRUE(test, hifn_blame_hang(&b, 7));
}

/* The oldest suspect is forgotten, a bar never; and no more than there is room for. */
static void blame_is_bounded(struct kunit *test)
{
	struct hifn_blame b = { 0 };
	u32 i;

	for (i = 1; i <= HIFN_BLAME_SHAPES + 1; i++)
		KUNIT_EXPECT_FALSE(test, hifn_blame_hang(&b, i));
	KUNIT_EXPECT_EQ(test, b.nr_suspects, HIFN_BLAME_SHAPES);
	KUNIT_EXPECT_FALSE(test, hifn_blame_hang(&b, 1));
	KUNIT_EXPECT_TRUE(test, hifn_blame_hang(&b, 1));
	for (i = 100; i < 100 + HIFN_BLAME_SHAPES - 1; i++) {
		hifn_blame_hang(&b, i);
		KUNIT_EXPECT_TRUE(test, hifn_blame_hang(&b, i));
	}
	hifn_blame_hang(&b, 200);
	KUNIT_EXPECT_FALSE(test, hifn_blame_hang(&b, 200));
	KUNIT_EXPECT_FALSE(test, hifn_blame_bars(&b, 200));
	KUNIT_EXPECT_TRUE(test, hifn_blame_bars(&b, 1));
	KUNIT_EXPECT_EQ(test, b.nr_barred, HIFN_BLAME_SHAPES);
}

static struct kunit_case hifn_blame_cases[] = {
	KUNIT_CASE(blame_twice_the_same),
	KUNIT_CASE(blame_forgives),
	KUNIT_CASE(blame_is_bounded),
	{}
};

static struct kunit_suite hifn_blame_suite = {
	.name = "hifn_blame",
	.test_cases = hifn_blame_cases,
};
kunit_test_suite(hifn_blame_suite);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Tests of what a card is not given any more");
