// SPDX-License-Identifier: GPL-2.0
/* Tests of the plan: what goes to the card as it lies, what is bounced. */
#include <kunit/test.h>

#include "../hifn_sgplan.c"

static struct hifn_segs one(u64 addr, u32 bytes)
{
	struct hifn_segs s;

	hifn_segs_init(&s);
	hifn_segs_add(&s, addr, bytes);
	return s;
}

static struct hifn_plan plan_ok(struct kunit *test, const struct hifn_segs *src,
				const struct hifn_segs *dst, u32 bytes)
{
	struct hifn_plan plan = { 0 };

	KUNIT_EXPECT_EQ(test, hifn_sgplan(&plan, src, dst, bytes, 4, false), 0);
	return plan;
}

static void sgplan_aligned_is_direct(struct kunit *test)
{
	struct hifn_segs src = one(0x1000, 512), dst = one(0x2000, 512);
	struct hifn_plan plan = plan_ok(test, &src, &dst, 512);

	KUNIT_EXPECT_FALSE(test, plan.src_bounce);
	KUNIT_EXPECT_FALSE(test, plan.dst_bounce);
	KUNIT_EXPECT_FALSE(test, plan.dst_scratch);
	KUNIT_EXPECT_EQ(test, (int)plan.nr_src, 1);
	KUNIT_EXPECT_EQ(test, (int)plan.nr_dst, 1);
}

/* As it would be direct. */
static void sgplan_white_is_bounced(struct kunit *test)
{
	struct hifn_segs src = one(0x1000, 8192), dst = one(0x8000, 8192);
	struct hifn_plan plan;

	KUNIT_ASSERT_EQ(test, hifn_sgplan(&plan, &src, &dst, 8192, 4, true), 0);
	KUNIT_EXPECT_TRUE(test, plan.src_bounce);
	KUNIT_EXPECT_TRUE(test, plan.dst_bounce);
	KUNIT_EXPECT_EQ(test, (int)plan.nr_src, 2);
	KUNIT_EXPECT_EQ(test, (int)plan.nr_dst, 2);
	KUNIT_EXPECT_EQ(test, (int)plan.nr_pages, 2);
}

static void sgplan_any_source_alignment_is_direct(struct kunit *test)
{
	u32 off, cut;

	for (off = 0; off < 8; off++) {
		for (cut = 1; cut < 64; cut++) {
			struct hifn_segs src = one(0x1000 + off, cut);
			struct hifn_segs dst = one(0x9000, 64);
			struct hifn_plan plan;

			hifn_segs_add(&src, 0x5003, 64 - cut);
			plan = plan_ok(test, &src, &dst, 64);
			KUNIT_EXPECT_FALSE(test, plan.src_bounce);
			KUNIT_EXPECT_FALSE(test, plan.dst_bounce);
			KUNIT_EXPECT_EQ(test, (int)plan.nr_src, 2);
		}
	}
}

static void sgplan_misaligned_destination_is_bounced(struct kunit *test)
{
	struct hifn_segs src = one(0x1000, 64);
	u32 off, cut;

	for (off = 0; off < 8; off++) {
		for (cut = 1; cut < 64; cut++) {
			struct hifn_segs dst = one(0x9000 + off, cut);
			struct hifn_plan plan;

			hifn_segs_add(&dst, 0xa000, 64 - cut);
			plan = plan_ok(test, &src, &dst, 64);
			KUNIT_EXPECT_EQ(test, plan.dst_bounce,
					off % 4 || cut % 4);
			KUNIT_EXPECT_FALSE(test, plan.src_bounce);
		}
	}
}

static void sgplan_wider_alignment_is_obeyed(struct kunit *test)
{
	struct hifn_segs src = one(0x1000, 64), dst = one(0x2040, 64);
	struct hifn_plan plan;

	KUNIT_ASSERT_EQ(test, hifn_sgplan(&plan, &src, &dst, 64, 64, false), 0);
	KUNIT_EXPECT_FALSE(test, plan.dst_bounce);
	KUNIT_ASSERT_EQ(test, hifn_sgplan(&plan, &src, &dst, 64, 128, false), 0);
	KUNIT_EXPECT_TRUE(test, plan.dst_bounce);
}

static void sgplan_shared_memory_is_bounced(struct kunit *test)
{
	struct hifn_segs src = one(0x1000, 512);
	u64 at;

	for (at = 0x1000 - 516; at <= 0x1000 + 516; at += 4) {
		struct hifn_segs dst = one(at, 512);
		struct hifn_plan plan = plan_ok(test, &src, &dst, 512);

		KUNIT_EXPECT_EQ_MSG(test, plan.dst_bounce,
				    at > 0x1000 - 512 && at < 0x1000 + 512,
				    "destination at %#llx",
				    (unsigned long long)at);
	}
}

static void sgplan_shared_in_last_piece_only(struct kunit *test)
{
	struct hifn_segs src = one(0x1000, 32), dst = one(0x2000, 32);

	hifn_segs_add(&src, 0x3000, 32);
	hifn_segs_add(&dst, 0x301c, 32);
	KUNIT_EXPECT_TRUE(test, plan_ok(test, &src, &dst, 64).dst_bounce);
	/* above 4 GiB, same low half */
	dst = one(0x2000, 32);
	hifn_segs_add(&dst, 0x10000301cULL, 32);
	KUNIT_EXPECT_FALSE(test, plan_ok(test, &src, &dst, 64).dst_bounce);
}

static struct hifn_segs many(u64 addr, u32 nr)
{
	struct hifn_segs s;
	u32 i;

	hifn_segs_init(&s);
	for (i = 0; i < nr; i++)
		if (!hifn_segs_add(&s, addr + 4096 * i, 16))
			break;
	return s;
}

static void sgplan_long_lists_are_bounced(struct kunit *test)
{
	struct hifn_segs full = many(0x100000, 16), over = many(0x100000, 17);
	struct hifn_segs whole = one(0x900000, 256), more = one(0x900000, 272);
	struct hifn_plan plan;

	plan = plan_ok(test, &full, &whole, 256);
	KUNIT_EXPECT_FALSE(test, plan.src_bounce || plan.dst_bounce);
	KUNIT_EXPECT_EQ(test, (int)plan.nr_src, 16);
	plan = plan_ok(test, &over, &more, 272);
	KUNIT_EXPECT_TRUE(test, plan.src_bounce && plan.dst_bounce);
	KUNIT_EXPECT_EQ(test, (int)plan.nr_src, 1);
	plan = plan_ok(test, &more, &over, 272);
	KUNIT_EXPECT_TRUE(test, !plan.src_bounce && plan.dst_bounce);
}

static void sgplan_lengths_are_checked(struct kunit *test)
{
	struct hifn_segs src = one(0x1000, 64), dst = one(0x100000, 64);
	struct hifn_segs big = one(0x1000000, 0x40000);
	struct hifn_plan plan;

	KUNIT_EXPECT_EQ(test, hifn_sgplan(&plan, &src, &dst, 0, 4, false), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, hifn_sgplan(&plan, &src, &dst, 80, 4, false), -EINVAL);
	KUNIT_EXPECT_EQ(test, hifn_sgplan(&plan, &big, &big, 0x40000, 4, false),
			-EOPNOTSUPP);
}

static void sgplan_bounce_has_a_limit(struct kunit *test)
{
	u32 most = HIFN_MAX_BOUNCE * HIFN_BOUNCE_BYTES;
	struct hifn_segs fits = one(0x1000000, most);
	struct hifn_segs over = one(0x1000000, most + 16);
	struct hifn_plan plan;

	KUNIT_EXPECT_EQ(test, hifn_sgplan(&plan, &fits, &fits, most, 4, false), 0);
	KUNIT_EXPECT_EQ(test, (int)plan.nr_pages, HIFN_MAX_BOUNCE);
	KUNIT_EXPECT_EQ(test, hifn_sgplan(&plan, &over, &over, most + 16, 4, false),
			-EOPNOTSUPP);
}

/* The parts of a cut piece follow each other, fit, and are as many as planned. */
static void sgplan_cut_matches_plan(struct kunit *test)
{
	static const u32 sizes[] = {
		16, 4096, 0xfff0, 0xfffc, 0x10000, 0x1fff8, 0x1fffc, 0x3fff0,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct hifn_segs src = one(0x1000, sizes[i]);
		struct hifn_segs dst = one(0x1000000, sizes[i]);
		struct hifn_plan plan = plan_ok(test, &src, &dst, sizes[i]);
		struct hifn_cut cut = { .bus = 0x1000000, .left = sizes[i] };
		u32 bus, bytes, parts = 0, sum = 0;

		for (; hifn_cut_next(&cut, &bus, &bytes); parts++, sum += bytes) {
			KUNIT_EXPECT_EQ(test, bus, 0x1000000 + sum);
			KUNIT_EXPECT_LE(test, bytes, (u32)HIFN_PIECE_BYTES);
			KUNIT_EXPECT_EQ(test, bus % 4, 0u);
		}
		KUNIT_EXPECT_EQ(test, sum, sizes[i]);
		KUNIT_EXPECT_EQ(test, parts, (u32)plan.nr_dst);
		KUNIT_EXPECT_EQ(test, parts, (u32)plan.nr_src);
	}
}

/* A hash: any length and any source, one descriptor per scratch page. */
static void sgplan_no_destination(struct kunit *test)
{
	static const u32 sizes[] = { 1, 63, 4096, 4097, 0x10000, 0x3fff0, 0x3ffff };
	struct hifn_segs over = many(0x100000, 17);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct hifn_segs src = one(0x1003, sizes[i]);
		struct hifn_plan plan = plan_ok(test, &src, NULL, sizes[i]);

		KUNIT_EXPECT_TRUE(test, plan.dst_scratch);
		KUNIT_EXPECT_FALSE(test, plan.src_bounce || plan.dst_bounce);
		KUNIT_EXPECT_EQ(test, (u32)plan.nr_dst, (sizes[i] + 4095) / 4096);
		KUNIT_EXPECT_LE(test, (u32)plan.nr_dst, HIFN_MAX_DESCS);
		KUNIT_EXPECT_EQ(test, (u32)plan.nr_src, 1 + sizes[i] / 0xfffd);
	}
	KUNIT_EXPECT_TRUE(test, plan_ok(test, &over, NULL, 272).src_bounce);
}

static struct kunit_case hifn_sgplan_cases[] = {
	KUNIT_CASE(sgplan_aligned_is_direct),
	KUNIT_CASE(sgplan_white_is_bounced),
	KUNIT_CASE(sgplan_any_source_alignment_is_direct),
	KUNIT_CASE(sgplan_misaligned_destination_is_bounced),
	KUNIT_CASE(sgplan_wider_alignment_is_obeyed),
	KUNIT_CASE(sgplan_shared_memory_is_bounced),
	KUNIT_CASE(sgplan_shared_in_last_piece_only),
	KUNIT_CASE(sgplan_long_lists_are_bounced),
	KUNIT_CASE(sgplan_lengths_are_checked),
	KUNIT_CASE(sgplan_bounce_has_a_limit),
	KUNIT_CASE(sgplan_cut_matches_plan),
	KUNIT_CASE(sgplan_no_destination),
	{}
};

static struct kunit_suite hifn_sgplan_suite = {
	.name = "hifn_sgplan",
	.test_cases = hifn_sgplan_cases,
};
kunit_test_suite(hifn_sgplan_suite);

MODULE_DESCRIPTION("Tests of the HIFN 795x memory plan");
MODULE_LICENSE("GPL");
