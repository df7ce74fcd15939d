// SPDX-License-Identifier: GPL-2.0
/* Tests of the clock set-up against the table of docs/reference/hifn795x.md 2.2.6. */
#include <kunit/test.h>

#include "../../crypto/acf_vec.c"
#include "../hifn_pll.c"
#include "hifn_wire.h"

static void pll_option(const struct hifn_wire *w, char *text)
{
	u32 mhz = w->mhz;

	memcpy(text, w->source, 3);
	text += 3;
	if (mhz >= 100)
		*text++ = '0' + mhz / 100;
	*text++ = '0' + mhz / 10 % 10;
	*text++ = '0' + mhz % 10;
	*text = 0;
}

static void check_pll(struct kunit *test, const struct hifn_wire *w)
{
	struct hifn_pll pll;
	char text[8];

	pll_option(w, text);
	KUNIT_ASSERT_EQ_MSG(test, hifn_pll_parse(text, &pll), 0, "%s", text);
	KUNIT_EXPECT_EQ(test, pll.mult, w->mult);
	KUNIT_EXPECT_EQ(test, pll.ref_mhz * pll.mult, w->fck);
	KUNIT_EXPECT_EQ_MSG(test, pll.config, w->config, "%s", text);
	KUNIT_EXPECT_EQ(test, hifn_pll_step4(pll.config), w->step4);
	if (w->step2) {
		KUNIT_EXPECT_EQ(test, hifn_pll_step1(0), w->step1);
		KUNIT_EXPECT_EQ(test, hifn_pll_step2(pll.config), w->step2);
		KUNIT_EXPECT_EQ(test, hifn_pll_step3(pll.config), w->step3);
	}
}

static void pll_values_follow_table(struct kunit *test)
{
	struct hifn_wire *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	struct acf_vec_reader r;
	u32 seen = 0;

	KUNIT_ASSERT_NOT_NULL(test, w);
	hifn_wire_open(&r);
	for (; hifn_wire_next(&r, "pll", w) > 0; seen++)
		check_pll(test, w);
	KUNIT_EXPECT_EQ(test, seen, 9u);
}

static void pll_step1_keeps_other_bits(struct kunit *test)
{
	/* left as another driver sets it: both engines on the PLL, bits 2, 6 */
	KUNIT_EXPECT_EQ(test, hifn_pll_step1(0x00c5d), 0x00c47u);
}

static void pll_never_exceeds_limits(struct kunit *test)
{
	char text[8] = "ext000";
	struct hifn_pll pll;
	u32 mhz, good = 0;

	for (mhz = 0; mhz < 1000; mhz++) {
		text[3] = '0' + mhz / 100;
		text[4] = '0' + mhz / 10 % 10;
		text[5] = '0' + mhz % 10;
		if (hifn_pll_parse(text, &pll))
			continue;
		KUNIT_EXPECT_LE(test, pll.ref_mhz * pll.mult,
				(u32)HIFN_PLL_FCK_MAX_MHZ);
		KUNIT_EXPECT_LE(test, FIELD_GET(HIFN_PLL_ND, pll.config),
				(u32)HIFN_PLL_ND_MAX);
		good++;
	}
	KUNIT_EXPECT_EQ(test, good, 81u);
}

static void pll_default_is_66(struct kunit *test)
{
	struct hifn_pll pll;

	KUNIT_ASSERT_EQ(test, hifn_pll_parse("ext", &pll), 0);
	KUNIT_EXPECT_EQ(test, hifn_pll_step4(pll.config), 0x0c19u);
	KUNIT_ASSERT_EQ(test, hifn_pll_parse("pci", &pll), 0);
	KUNIT_EXPECT_EQ(test, hifn_pll_step4(pll.config), 0x0c18u);
}

/* docs/reference/hifn795x.md 2.3: 256 clocks are 1.94 us at 132 MHz. */
static void pll_public_key_time(struct kunit *test)
{
	struct hifn_pll pll;

	KUNIT_ASSERT_EQ(test, hifn_pll_parse("ext66", &pll), 0);
	KUNIT_EXPECT_EQ(test, hifn_pll_pk_ns(&pll, 256), 1940u);
	KUNIT_ASSERT_EQ(test, hifn_pll_parse("ext100", &pll), 0);
	KUNIT_EXPECT_EQ(test, hifn_pll_pk_ns(&pll, 256), 2560u);
	KUNIT_ASSERT_EQ(test, hifn_pll_parse("ext20", &pll), 0);
	KUNIT_EXPECT_EQ(test, hifn_pll_pk_ns(&pll, 256), 2134u);
}

static void pll_bad_text_is_refused(struct kunit *test)
{
	static const char * const bad[] = {
		"", "e", "ex", "ext0", "ext19", "ext101", "pci32", "pci67",
		"ext66x", "ext66 ", "ext-66", "ext4294967362", "EXT66", "foo66",
		"pci\n", "66",
	};
	struct hifn_pll pll;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ_MSG(test, hifn_pll_parse(bad[i], &pll), -EINVAL,
				    "'%s'", bad[i]);
}

static struct kunit_case hifn_pll_cases[] = {
	KUNIT_CASE(pll_values_follow_table),
	KUNIT_CASE(pll_step1_keeps_other_bits),
	KUNIT_CASE(pll_never_exceeds_limits),
	KUNIT_CASE(pll_default_is_66),
	KUNIT_CASE(pll_public_key_time),
	KUNIT_CASE(pll_bad_text_is_refused),
	{}
};

static struct kunit_suite hifn_pll_suite = {
	.name = "hifn_pll",
	.test_cases = hifn_pll_cases,
};
kunit_test_suite(hifn_pll_suite);

MODULE_DESCRIPTION("Tests of the HIFN 795x clock set-up");
MODULE_LICENSE("GPL");
