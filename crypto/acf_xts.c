// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* XTS but for its block cipher: tweaks, and the end that stealing makes whole. */
#include "acf_xts.h"

/* x^128 = x^7 + x^2 + x + 1, IEEE Std 1619, 5.2 */
#define ACF_XTS_CARRY	0x87

void acf_xts_start(struct acf_xts *xts, const u8 tweak[ACF_XTS_BLOCK])
{
	__le64 half[2];

	memcpy(half, tweak, sizeof(half));
	xts->lo = le64_to_cpu(half[0]);
	xts->hi = le64_to_cpu(half[1]);
	xts->at = 0;
}

/* Times alpha, in the same time for all: a tweak is secret. */
static void xts_next(struct acf_xts *xts)
{
	u64 carry = -(xts->hi >> 63) & ACF_XTS_CARRY;

	xts->hi = xts->hi << 1 | xts->lo >> 63;
	xts->lo = xts->lo << 1 ^ carry;
}

void acf_xts_skip(struct acf_xts *xts, u32 blocks)
{
	while (blocks--)
		xts_next(xts);
}

static void xts_xor_half(u8 *to, const u8 *from, u64 half)
{
	__le64 text;

	memcpy(&text, from, sizeof(text));
	text ^= cpu_to_le64(half);
	memcpy(to, &text, sizeof(text));
}

static void xts_xor_block(const struct acf_xts *xts, u8 *to, const u8 *from)
{
	xts_xor_half(to, from, xts->lo);
	xts_xor_half(to + 8, from + 8, xts->hi);
}

/* Its own copy of the place: the compiler takes what is written for a part of it. */
static void xts_xor_blocks(struct acf_xts *xts, u8 *to, const u8 *from, u32 blocks)
{
	struct acf_xts place = *xts;

	for (; blocks; blocks--) {
		xts_xor_block(&place, to, from);
		xts_next(&place);
		to += ACF_XTS_BLOCK;
		from += ACF_XTS_BLOCK;
	}
	*xts = place;
}

/* A part of one block; what it leaves of the block comes later. */
static void xts_xor_part(struct acf_xts *xts, u8 *to, const u8 *from, u32 bytes)
{
	u32 i;

	for (i = 0; i < bytes; i++, xts->at++)
		to[i] = from[i] ^ (u8)((xts->at < 8 ? xts->lo : xts->hi) >> xts->at % 8 * 8);
	if (xts->at == ACF_XTS_BLOCK) {
		xts_next(xts);
		xts->at = 0;
	}
}

void acf_xts_xor(struct acf_xts *xts, u8 *to, const u8 *from, u32 bytes)
{
	u32 begun = xts->at ? min_t(u32, bytes, ACF_XTS_BLOCK - xts->at) : 0;
	u32 whole = (bytes - begun) / ACF_XTS_BLOCK;
	u32 done = begun + whole * ACF_XTS_BLOCK;

	xts_xor_part(xts, to, from, begun);
	xts_xor_blocks(xts, to + begun, from + begun, whole);
	xts_xor_part(xts, to + done, from + done, bytes - done);
}

static void xts_crypt_block(const struct acf_xts *xts, u8 *block, acf_xts_cipher cipher,
			    const void *key)
{
	xts_xor_block(xts, block, block);
	cipher(key, block);
	xts_xor_block(xts, block, block);
}

/*
 * The whole block comes first, and lends the partial one what that lacks; deciphering, both
 * have each other's tweak.
 */
void acf_xts_steal(const struct acf_xts *xts, u8 *end, u32 tail, bool decrypt,
		   acf_xts_cipher cipher, const void *key)
{
	struct acf_xts here = *xts;
	struct acf_xts next = *xts;
	u8 last[ACF_XTS_BLOCK];

	xts_next(&next);
	xts_crypt_block(decrypt ? &next : &here, end, cipher, key);
	memcpy(last, end + ACF_XTS_BLOCK, tail);
	memcpy(last + tail, end + tail, ACF_XTS_BLOCK - tail);
	memcpy(end + ACF_XTS_BLOCK, end, tail);
	xts_crypt_block(decrypt ? &here : &next, last, cipher, key);
	memcpy(end, last, ACF_XTS_BLOCK);
	memzero_explicit(last, sizeof(last));
	memzero_explicit(&here, sizeof(here));
	memzero_explicit(&next, sizeof(next));
}
