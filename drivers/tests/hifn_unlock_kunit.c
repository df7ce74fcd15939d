// SPDX-License-Identifier: GPL-2.0
/* Tests of the unlock response against the table of docs/reference/hifn795x.md 6.3. */
#include <kunit/test.h>

#include "../../crypto/acf_vec.c"
#include "../hifn_unlock.c"
#include "hifn_wire.h"

static void unlock_rounds_follow_table(struct kunit *test)
{
	struct hifn_wire *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	struct acf_vec_reader r;
	u32 seen = 0;
	u32 state, i;

	KUNIT_ASSERT_NOT_NULL(test, w);
	hifn_wire_open(&r);
	while (hifn_wire_next(&r, "unlock", w) > 0) {
		u32 round[14] = { 0 };

		for (i = 1, state = w->seed; i <= 13; i++)
			round[i] = state = hifn_unlock_round(state);
		KUNIT_EXPECT_EQ(test, round[1], w->round1);
		KUNIT_EXPECT_EQ(test, round[2], w->round2);
		KUNIT_EXPECT_EQ(test, round[12], w->round12);
		KUNIT_EXPECT_EQ(test, round[13], w->round13);
		seen++;
	}
	KUNIT_EXPECT_EQ(test, seen, 3u);
}

static struct kunit_case hifn_unlock_cases[] = {
	KUNIT_CASE(unlock_rounds_follow_table),
	{}
};

static struct kunit_suite hifn_unlock_suite = {
	.name = "hifn_unlock",
	.test_cases = hifn_unlock_cases,
};
kunit_test_suite(hifn_unlock_suite);

MODULE_DESCRIPTION("Tests of the HIFN 795x unlock response");
MODULE_LICENSE("GPL");
