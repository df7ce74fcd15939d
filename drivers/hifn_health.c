// SPDX-License-Identifier: GPL-2.0
/* Health tests of a noise source, NIST SP 800-90B 4.4. */
#include "hifn_health.h"

struct health_limits {
	u32 repetition;		/* this many in a row are too many */
	u32 proportion;		/* this many in a window are too many */
};

#define WINDOW	512		/* samples, for more than two values, 4.4.2 */

/*
 * For a false alarm once in 2^30 samples of a source that just has the entropy
 * claimed, H bits per sample:
 *   repetition  1 + ceil(30 / H)
 *   proportion  1 + critbinom(512, 2^-H, 1 - 2^-30)
 * A word has four bytes' worth. The bytes are not one stream: a window of 512 would
 * begin with the same byte of a word every time and never look for the others.
 */
static_assert(HIFN_HEALTH_BITS_PER_BYTE == 2, "limits are for H = 2 and 4 * 2");
static const struct health_limits byte_limits = { 16, 190 };
static const struct health_limits word_limits = { 5, 16 };

void hifn_health_init(struct hifn_health *h)
{
	memset(h, 0, sizeof(*h));
}

static bool repeats(struct hifn_health_stream *s, u32 sample, u32 limit)
{
	if (!s->run || sample != s->last)
		s->run = 0;
	s->last = sample;
	s->run++;
	return s->run >= limit;
}

static bool dominates(struct hifn_health_stream *s, u32 sample, u32 limit)
{
	if (!s->seen) {
		s->first = sample;
		s->same = 0;
	}
	s->same += sample == s->first;
	s->seen++;
	if (s->seen == WINDOW)
		s->seen = 0;
	return s->same >= limit;
}

/* Both tests see every sample, whatever the other one says. */
static void test_sample(struct hifn_health *h, struct hifn_health_stream *s,
			u32 sample, const struct health_limits *limits)
{
	bool repetition = repeats(s, sample, limits->repetition);
	bool proportion = dominates(s, sample, limits->proportion);

	if (h->result != HIFN_HEALTH_GOOD)
		return;
	if (repetition)
		h->result = HIFN_HEALTH_REPETITION;
	else if (proportion)
		h->result = HIFN_HEALTH_PROPORTION;
}

enum hifn_health_result hifn_health_word(struct hifn_health *h, u32 word)
{
	u32 i;

	test_sample(h, &h->words, word, &word_limits);
	for (i = 0; i < ARRAY_SIZE(h->bytes); i++)
		test_sample(h, &h->bytes[i], word >> 8 * i & 0xff, &byte_limits);
	return h->result;
}

/* Of two polynomials over GF(2), a byte for each coefficient. */
static void add_shifted(u8 *to, const u8 *from, u32 by)
{
	u32 i;

	for (i = by; i <= HIFN_HEALTH_LINEAR_WORDS; i++)
		to[i] ^= from[i - by];
}

static u8 discrepancy(const u8 *poly, const u8 *bits, u32 at, u32 length)
{
	u8 sum = 0;
	u32 i;

	for (i = 0; i <= length; i++)
		sum ^= poly[i] & bits[at - i];
	return sum;
}

/* Berlekamp and Massey. */
u32 hifn_health_linear(const u8 *bits, u32 n)
{
	u8 poly[HIFN_HEALTH_LINEAR_WORDS + 1] = { 1 };
	u8 last[HIFN_HEALTH_LINEAR_WORDS + 1] = { 1 };
	u8 before[HIFN_HEALTH_LINEAR_WORDS + 1];
	u32 length = 0, since = 1, at;

	for (at = 0; at < n; at++, since++) {
		if (!discrepancy(poly, bits, at, length))
			continue;
		memcpy(before, poly, sizeof(before));
		add_shifted(poly, last, since);
		if (2 * length > at)
			continue;
		length = at + 1 - length;
		memcpy(last, before, sizeof(last));
		since = 0;
	}
	return length;
}
