// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the tweaks and of stealing: against a reference that works on single bytes and
 * bits, with a block cipher that is none. AES itself is loop_xts_test.c's and the vectors'.
 */
#include <kunit/test.h>

#include "../acf_xts.c"

#define BLOCK	ACF_XTS_BLOCK
#define MOST	160

static u32 rnd_state;

static u8 rnd(void)
{
	rnd_state = rnd_state * 1664525 + 1013904223;
	return rnd_state >> 24;
}

static void rnd_fill(u8 *to, u32 bytes)
{
	while (bytes--)
		*to++ = rnd();
}

/* Byte 0 is the least: each byte doubles, and takes the bit that its neighbour lost. */
static void ref_double(u8 *tweak)
{
	u8 lost = 0;
	u32 i;

	for (i = 0; i < BLOCK; i++) {
		u8 top = tweak[i] >> 7;

		tweak[i] = (u8)(tweak[i] << 1) | lost;
		lost = top;
	}
	if (lost)
		tweak[0] ^= 0x87;
}

static void ref_tweak(u8 *tweak, const u8 *first, u32 nr)
{
	memcpy(tweak, first, BLOCK);
	while (nr--)
		ref_double(tweak);
}

/* Any permutation of blocks will do, and its inverse; the key is a byte. */
static void toy_encipher(const void *key, u8 *block)
{
	u8 first = block[0];
	u32 i;

	for (i = 0; i + 1 < BLOCK; i++)
		block[i] = (u8)((block[i + 1] ^ *(const u8 *)key) + i);
	block[BLOCK - 1] = first ^ 0x3c;
}

static void toy_decipher(const void *key, u8 *block)
{
	u8 first = block[BLOCK - 1] ^ 0x3c;
	u32 i;

	for (i = BLOCK - 1; i; i--)
		block[i] = (u8)(block[i - 1] - (i - 1)) ^ *(const u8 *)key;
	block[0] = first;
}

static void ref_block(u8 *block, const u8 *first, u32 nr, bool decrypt, u8 key)
{
	u8 tweak[BLOCK];
	u32 i;

	ref_tweak(tweak, first, nr);
	for (i = 0; i < BLOCK; i++)
		block[i] ^= tweak[i];
	if (decrypt)
		toy_decipher(&key, block);
	else
		toy_encipher(&key, block);
	for (i = 0; i < BLOCK; i++)
		block[i] ^= tweak[i];
}

/* IEEE Std 1619, 5.3.2 and 5.4.2, as they stand there. */
static void ref_crypt(u8 *text, u32 bytes, const u8 *first, bool decrypt, u8 key)
{
	u32 tail = bytes % BLOCK;
	u32 whole = bytes / BLOCK - !!tail;
	u8 *end = text + whole * BLOCK;
	u8 pp[BLOCK];
	u32 i;

	for (i = 0; i < whole; i++)
		ref_block(text + i * BLOCK, first, i, decrypt, key);
	if (!tail)
		return;
	ref_block(end, first, whole + decrypt, decrypt, key);
	memcpy(pp, end, BLOCK);
	for (i = 0; i < tail; i++) {
		pp[i] = end[BLOCK + i];
		end[BLOCK + i] = end[i];
	}
	ref_block(pp, first, whole + !decrypt, decrypt, key);
	memcpy(end, pp, BLOCK);
}

/* What a driver and the CPU's end make of it. */
static void ours_crypt(u8 *text, u32 bytes, const u8 *first, bool decrypt, u8 key)
{
	acf_xts_cipher cipher = decrypt ? toy_decipher : toy_encipher;
	u32 tail = bytes % BLOCK;
	u32 head = tail ? bytes - tail - BLOCK : bytes;
	struct acf_xts xts;
	u32 i;

	acf_xts_start(&xts, first);
	acf_xts_xor(&xts, text, text, head);
	for (i = 0; i < head; i += BLOCK)
		cipher(&key, text + i);
	acf_xts_start(&xts, first);
	acf_xts_xor(&xts, text, text, head);
	if (tail)
		acf_xts_steal(&xts, text + head, tail, decrypt, cipher, &key);
}

static void xts_tweaks_double(struct kunit *test)
{
	u8 zero[BLOCK] = { 0 };
	u8 first[BLOCK];
	u8 want[BLOCK];
	u8 got[BLOCK];
	struct acf_xts xts;
	u32 round, nr;

	for (round = 0; round < 200; round++) {
		rnd_fill(first, BLOCK);
		acf_xts_start(&xts, first);
		for (nr = 0; nr < 300; nr++) {
			ref_tweak(want, first, 0);
			acf_xts_xor(&xts, got, zero, BLOCK);
			KUNIT_ASSERT_EQ_MSG(test, memcmp(got, want, BLOCK), 0, "tweak %u", nr);
			ref_double(first);
		}
	}
}

/* The bit that leaves at the top comes back as four, and crosses from half to half. */
static void xts_carries(struct kunit *test)
{
	static const struct { u8 first[BLOCK], next[BLOCK]; } rows[] = {
		{ { [15] = 0x80 }, { [0] = 0x87 } },
		{ { [7] = 0x80 }, { [8] = 0x01 } },
		{ { [0] = 0x80 }, { [1] = 0x01 } },
		{ { [15] = 0xc0 }, { [0] = 0x87, [15] = 0x80 } },
		{ { [0] = 0x01, [15] = 0x80 }, { [0] = 0x85 } },
	};
	u8 zero[BLOCK] = { 0 };
	u8 got[BLOCK];
	struct acf_xts xts;
	u32 i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		acf_xts_start(&xts, rows[i].first);
		acf_xts_skip(&xts, 1);
		acf_xts_xor(&xts, got, zero, BLOCK);
		KUNIT_EXPECT_EQ_MSG(test, memcmp(got, rows[i].next, BLOCK), 0, "row %u", i);
	}
}

static void xts_skips_as_it_passes(struct kunit *test)
{
	u8 text[MOST] = { 0 };
	u8 first[BLOCK];
	u8 got[BLOCK] = { 0 };
	struct acf_xts xts;
	u32 nr;

	for (nr = 0; nr < MOST / BLOCK - 1; nr++) {
		rnd_fill(first, BLOCK);
		memset(text, 0, sizeof(text));
		acf_xts_start(&xts, first);
		acf_xts_xor(&xts, text, text, (nr + 1) * BLOCK);
		acf_xts_start(&xts, first);
		acf_xts_skip(&xts, nr);
		memset(got, 0, sizeof(got));
		acf_xts_xor(&xts, got, got, BLOCK);
		KUNIT_EXPECT_EQ(test, memcmp(got, text + nr * BLOCK, BLOCK), 0);
	}
}

/* A list's entries end anywhere: two cuts at all places, any alignment on both sides. */
static void xts_in_pieces(struct kunit *test)
{
	u8 text[MOST], want[MOST], got[MOST + 16];
	u8 first[BLOCK];
	struct acf_xts xts;
	u32 a, b, off;

	rnd_fill(text, MOST);
	rnd_fill(first, BLOCK);
	acf_xts_start(&xts, first);
	acf_xts_xor(&xts, want, text, MOST);
	for (a = 0; a <= MOST; a++)
		for (b = a; b <= MOST; b += 1 + a % 3) {
			off = (a + b) % 8;
			memset(got, 0x5a, sizeof(got));
			acf_xts_start(&xts, first);
			acf_xts_xor(&xts, got + off, text, a);
			acf_xts_xor(&xts, got + off + a, text + a, b - a);
			acf_xts_xor(&xts, got + off + b, text + b, MOST - b);
			KUNIT_ASSERT_EQ_MSG(test, memcmp(got + off, want, MOST), 0,
					    "cut at %u and %u", a, b);
			KUNIT_ASSERT_EQ(test, (int)got[off + MOST], 0x5a);
		}
}

static void xts_byte_by_byte(struct kunit *test)
{
	u8 text[MOST], want[MOST];
	u8 first[BLOCK];
	struct acf_xts xts;
	u32 i;

	rnd_fill(text, MOST);
	rnd_fill(first, BLOCK);
	acf_xts_start(&xts, first);
	acf_xts_xor(&xts, want, text, MOST);
	acf_xts_start(&xts, first);
	for (i = 0; i < MOST; i++)
		acf_xts_xor(&xts, text + i, text + i, 1);
	KUNIT_EXPECT_EQ(test, memcmp(text, want, MOST), 0);
}

/* All lengths, both ways, and back again; nothing behind the end is touched. */
static void xts_whole_texts(struct kunit *test)
{
	u8 text[MOST + 1], want[MOST], got[MOST + 1];
	u8 first[BLOCK];
	u8 key;
	u32 bytes, way;

	for (bytes = BLOCK; bytes <= MOST; bytes++)
		for (way = 0; way < 2; way++) {
			rnd_fill(text, sizeof(text));
			rnd_fill(first, BLOCK);
			key = rnd();
			memcpy(want, text, MOST);
			memcpy(got, text, sizeof(got));
			ref_crypt(want, bytes, first, way, key);
			ours_crypt(got, bytes, first, way, key);
			KUNIT_EXPECT_EQ_MSG(test, memcmp(got, want, bytes), 0, "%u bytes, %s",
					    bytes, way ? "decrypt" : "encrypt");
			KUNIT_EXPECT_EQ(test, (int)got[bytes], (int)text[bytes]);
			ours_crypt(got, bytes, first, !way, key);
			KUNIT_EXPECT_EQ_MSG(test, memcmp(got, text, bytes), 0, "%u bytes back",
					    bytes);
		}
}

/* The stolen end alone, from a place in the middle, which stays where it was. */
static void xts_steals_anywhere(struct kunit *test)
{
	u8 end[2 * BLOCK], want[2 * BLOCK], first[BLOCK], later[BLOCK];
	struct acf_xts xts, before;
	u8 key = 7;
	u32 tail;

	for (tail = 1; tail < BLOCK; tail++) {
		rnd_fill(end, sizeof(end));
		rnd_fill(first, BLOCK);
		memcpy(want, end, sizeof(end));
		ref_tweak(later, first, 5);
		ref_crypt(want, BLOCK + tail, later, tail & 1, key);
		acf_xts_start(&xts, first);
		acf_xts_skip(&xts, 5);
		before = xts;
		acf_xts_steal(&xts, end, tail, tail & 1, tail & 1 ? toy_decipher : toy_encipher,
			      &key);
		KUNIT_EXPECT_EQ_MSG(test, memcmp(end, want, sizeof(end)), 0, "%u stolen", tail);
		KUNIT_EXPECT_EQ(test, xts.lo, before.lo);
		KUNIT_EXPECT_EQ(test, xts.hi, before.hi);
	}
}

static struct kunit_case xts_cases[] = {
	KUNIT_CASE(xts_tweaks_double),
	KUNIT_CASE(xts_carries),
	KUNIT_CASE(xts_skips_as_it_passes),
	KUNIT_CASE(xts_in_pieces),
	KUNIT_CASE(xts_byte_by_byte),
	KUNIT_CASE(xts_whole_texts),
	KUNIT_CASE(xts_steals_anywhere),
	{}
};

static struct kunit_suite xts_suite = {
	.name = "acf_xts",
	.test_cases = xts_cases,
};
kunit_test_suite(xts_suite);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Tests of acf_xts.c");
