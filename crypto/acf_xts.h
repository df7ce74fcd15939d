/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * XTS (IEEE Std 1619) around a block cipher of 16 bytes that somebody else runs: the
 * sequence of tweaks, to be XORed in before the cipher and after it, and what stealing
 * makes of an end that is no whole block. Pure, as acf_env.h.
 *
 * Text of whole blocks is enciphered as ECB between two acf_xts_xor() that begin with the
 * same tweak; whoever copies the text anyway has them for next to nothing.
 */
#ifndef ACF_XTS_H
#define ACF_XTS_H

#include "acf_env.h"

#define ACF_XTS_BLOCK	16	/* bytes */

/* A place in the sequence. It tells of the second key what the text does: wipe it. */
struct acf_xts {
	u64 lo;		/* the tweak of this block, a number of 128 bits */
	u64 hi;
	u32 at;		/* bytes of the block that were passed */
};

/* tweak: of the first block, the IV as the second key enciphers it. */
void acf_xts_start(struct acf_xts *xts, const u8 tweak[ACF_XTS_BLOCK]);

/*
 * XOR the next bytes, in pieces of any length and alignment. to may be from, or share
 * nothing with it.
 */
void acf_xts_xor(struct acf_xts *xts, u8 *to, const u8 *from, u32 bytes);

/* Pass over whole blocks, from the beginning of one. */
void acf_xts_skip(struct acf_xts *xts, u32 blocks);

/* Encipher, or decipher, one block in place with the first key. */
typedef void (*acf_xts_cipher)(const void *key, u8 block[ACF_XTS_BLOCK]);

/*
 * The end of a text, in place: its last whole block and tail bytes more, 1 to 15. The tweak
 * is that block's; cipher does what the text needs, decrypt or not.
 */
void acf_xts_steal(const struct acf_xts *xts, u8 *end, u32 tail, bool decrypt,
		   acf_xts_cipher cipher, const void *key);

#endif
