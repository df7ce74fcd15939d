// SPDX-License-Identifier: GPL-2.0
/* Tests of the health tests: what they must find, and what they must let pass. */
#include <kunit/test.h>

#include "../hifn_health.c"

#define LONG	200000		/* words of a source that must pass */

static u32 good_word(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z >> 16;
}

/* From its word number `from` on: good words, masked, plus fixed bits in turns. */
struct source {
	const char *name;
	u32 from;
	u32 mask;
	u32 fixed[2];
	enum hifn_health_result want;
	u32 within;		/* found before this word */
};

/* Words taken before the source was found out; LONG: never. */
static u32 words_until_bad(const struct source *src, u64 seed,
			   enum hifn_health_result *why)
{
	struct hifn_health h;
	u32 n;

	hifn_health_init(&h);
	for (n = 0; n < LONG; n++) {
		u32 word = good_word(&seed);

		if (n >= src->from)
			word = (word & src->mask) ^ src->fixed[n & 1];
		*why = hifn_health_word(&h, word);
		if (*why != HIFN_HEALTH_GOOD)
			break;
	}
	return n;
}

static void health_good_source_passes(struct kunit *test)
{
	static const struct source good = { .mask = 0xffffffff };
	/* just what is claimed: two bits of every byte */
	static const struct source just = { .mask = 0x81818181 };
	enum hifn_health_result why;
	u64 seed;

	for (seed = 1; seed < 6; seed++) {
		KUNIT_EXPECT_EQ(test, words_until_bad(&good, seed, &why),
				(u32)LONG);
		KUNIT_EXPECT_EQ(test, words_until_bad(&just, seed, &why),
				(u32)LONG);
	}
}

#define STARTUP	HIFN_HEALTH_STARTUP_WORDS

static void health_bad_source_is_found(struct kunit *test)
{
	static const struct source bad[] = {
		{ "zeros", 0, 0, { 0, 0 }, HIFN_HEALTH_REPETITION, 5 },
		{ "one word", 0, 0, { 0xdeadbeef, 0xdeadbeef },
		  HIFN_HEALTH_REPETITION, 5 },
		{ "one word after 1000 good ones", 1000, 0,
		  { 0x01020304, 0x01020304 }, HIFN_HEALTH_REPETITION, 1005 },
		{ "two words in turns", 0, 0, { 0x11223344, 0x55667788 },
		  HIFN_HEALTH_PROPORTION, STARTUP },
		{ "one byte dead", 0, 0xff00ffff, { 0, 0 },
		  HIFN_HEALTH_REPETITION, 16 },
		{ "one byte of two values in turns", 0, 0xffffff, { 0, 0x03000000 },
		  HIFN_HEALTH_PROPORTION, STARTUP },
		{ "one bit of every byte alive", 0, 0x10101010, { 0, 0 },
		  HIFN_HEALTH_PROPORTION, STARTUP },
		{ "two bits of a word alive", 0, 0x00400002, { 0, 0x01010101 },
		  HIFN_HEALTH_PROPORTION, STARTUP },
	};
	enum hifn_health_result why;
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		n = words_until_bad(&bad[i], 7, &why);
		KUNIT_EXPECT_EQ_MSG(test, why, bad[i].want, "%s: word %u",
				    bad[i].name, n);
		KUNIT_EXPECT_TRUE_MSG(test, n < bad[i].within, "%s: word %u",
				      bad[i].name, n);
	}
}

/* The same value exactly as often as allowed, then once more. */
static void health_repetition_limits(struct kunit *test)
{
	struct hifn_health h;
	u32 i;

	hifn_health_init(&h);
	for (i = 1; i < 5; i++)
		KUNIT_EXPECT_EQ(test, hifn_health_word(&h, 0x01020304),
				HIFN_HEALTH_GOOD);
	KUNIT_EXPECT_EQ(test, hifn_health_word(&h, 0x01020305), HIFN_HEALTH_GOOD);
	for (i = 1; i < 5; i++)
		KUNIT_EXPECT_EQ(test, hifn_health_word(&h, 0x01020304),
				HIFN_HEALTH_GOOD);
	KUNIT_EXPECT_EQ(test, hifn_health_word(&h, 0x01020304),
			HIFN_HEALTH_REPETITION);
	/* one byte is the same all the time, the words are not */
	hifn_health_init(&h);
	for (i = 1; i < 16; i++)
		KUNIT_EXPECT_EQ(test, hifn_health_word(&h, i * 0x01000101),
				HIFN_HEALTH_GOOD);
	KUNIT_EXPECT_EQ(test, hifn_health_word(&h, 0x99009999),
			HIFN_HEALTH_REPETITION);
}

/* The first value of a window at most so often in it; then a new window. */
static void health_proportion_limits(struct kunit *test)
{
	struct hifn_health_stream s = { 0 };
	u32 i, window;

	for (window = 0; window < 3; window++)
		for (i = 0; i < WINDOW; i++)
			KUNIT_EXPECT_FALSE(test, dominates(&s, i < 15 ? 7 : i + 8,
							   16));
	for (i = 0; i < 15; i++)
		KUNIT_EXPECT_FALSE(test, dominates(&s, 7, 16));
	KUNIT_EXPECT_TRUE(test, dominates(&s, 7, 16));
}

static void health_bad_stays_bad(struct kunit *test)
{
	struct hifn_health h;
	u64 seed = 1;
	u32 i;

	hifn_health_init(&h);
	for (i = 0; i < 5; i++)
		hifn_health_word(&h, 0);
	for (i = 0; i < 1000; i++)
		KUNIT_EXPECT_EQ(test, hifn_health_word(&h, good_word(&seed)),
				HIFN_HEALTH_REPETITION);
}

/* A register's own bits have its length, whatever it looks like; random ones half of theirs. */
static void health_linear_complexity(struct kunit *test)
{
	u8 *bits = kunit_kzalloc(test, HIFN_HEALTH_LINEAR_WORDS, GFP_KERNEL);
	u32 state = 1, i, j;
	u64 seed = 1;

	KUNIT_ASSERT_NOT_NULL(test, bits);
	KUNIT_EXPECT_EQ(test, hifn_health_linear(bits, HIFN_HEALTH_LINEAR_WORDS), 0u);
	bits[9] = 1;
	KUNIT_EXPECT_EQ(test, hifn_health_linear(bits, 10), 10u);
	for (i = 0; i < HIFN_HEALTH_LINEAR_WORDS; i++) {
		bits[i] = state & 1;
		for (j = 0; j < 32; j++)	/* x^32 + x^22 + x^2 + x + 1, 32 steps for a word */
			state = state << 1 | ((state >> 31 ^ state >> 21 ^ state >> 1 ^ state) & 1);
	}
	KUNIT_EXPECT_EQ(test, hifn_health_linear(bits, HIFN_HEALTH_LINEAR_WORDS), 32u);
	for (i = 0; i < HIFN_HEALTH_LINEAR_WORDS; i++)
		bits[i] = good_word(&seed) & 1;
	KUNIT_EXPECT_GE(test, hifn_health_linear(bits, HIFN_HEALTH_LINEAR_WORDS), 120u);
}

static struct kunit_case hifn_health_cases[] = {
	KUNIT_CASE(health_good_source_passes),
	KUNIT_CASE(health_bad_source_is_found),
	KUNIT_CASE(health_repetition_limits),
	KUNIT_CASE(health_proportion_limits),
	KUNIT_CASE(health_bad_stays_bad),
	KUNIT_CASE(health_linear_complexity),
	{}
};

static struct kunit_suite hifn_health_suite = {
	.name = "hifn_health",
	.test_cases = hifn_health_cases,
};
kunit_test_suite(hifn_health_suite);

MODULE_DESCRIPTION("Tests of the HIFN 795x noise source's health tests");
MODULE_LICENSE("GPL");
