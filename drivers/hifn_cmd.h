/* SPDX-License-Identifier: GPL-2.0 */
/* Operation to command block bytes, result block bytes to status and MAC. */
#ifndef HIFN_CMD_H
#define HIFN_CMD_H

#include "hifn_env.h"

enum hifn_cipher {
	HIFN_CIPHER_NONE,
	HIFN_CIPHER_DES,
	HIFN_CIPHER_3DES,
	HIFN_CIPHER_AES,
};

enum hifn_mode {
	HIFN_MODE_ECB,
	HIFN_MODE_CBC,
	HIFN_MODE_CFB,
	HIFN_MODE_OFB,
};

enum hifn_mac {
	HIFN_MAC_NONE,
	HIFN_MAC_MD5,
	HIFN_MAC_SHA1,
	HIFN_MAC_HMAC_MD5,
	HIFN_MAC_HMAC_SHA1,
};

/* Part of the stream that one engine works on, 4.5. */
struct hifn_region {
	u32 skip;		/* bytes ahead of it; at most HIFN_SKIP_MAX_BYTES */
	u32 bytes;
};

/*
 * What one command does. Bytes outside an engine's region pass it untouched; all
 * of the source appears in the destination. With both engines, the MAC is over
 * the stream as it is enciphered, in either direction.
 */
struct hifn_op {
	enum hifn_cipher cipher;
	enum hifn_mode mode;	/* this and the next five: not without cipher */
	bool decrypt;
	const u8 *key;
	u32 key_bytes;
	const u8 *iv;		/* one block; not read for ECB */
	struct hifn_region crypt;
	enum hifn_mac mac;
	const u8 *mac_key;	/* HIFN_MAC_KEY_BYTES, zero padded; HMAC only */
	bool short_mac;		/* HIFN_MAC_TRUNC_BYTES of it, as the BSDs have it; HMAC only */
	struct hifn_region auth; /* what the MAC is over */
	u32 bytes;		/* of source, and of destination that is of use */
};

/*
 * What the destination of so many bytes takes: the card writes whole words, and no driver that
 * was seen to work has told it another count, docs/reference/hifn795x.md 3.6.
 */
static inline u32 hifn_whole_words(u32 bytes)
{
	return ALIGN(bytes, 4U);
}

#define HIFN_OP_MIN_BYTES	4	/* nobody sent less, 3.6 and chapter 11, 13 */
#define HIFN_SKIP_MAX_BYTES	0xffff	/* the field has 16 bits, 4.2 */
#define HIFN_OP_CMD_MAX_BYTES	136	/* AES-256 with IV, HMAC with key */
#define HIFN_OP_RESULT_MAX_BYTES 36	/* ESP with full SHA-1, 5.5 */

/* Whether the card can do op: lengths, skips, the key's size. */
bool hifn_cmd_fits(const struct hifn_op *op);

/*
 * Write the command block of op to buf. Returns its bytes, -EINVAL when it does
 * not fit, -ENOSPC when room is too small.
 */
int hifn_cmd_encode(const struct hifn_op *op, u8 *buf, u32 room);

/*
 * Write the command that fills HIFN_CTXRAM_WORD_BYTES of the context RAM at
 * address at, a multiple of that, with its source to buf; returns its bytes, the
 * last HIFN_CTXRAM_WORD_BYTES of which are zero.
 */
u32 hifn_cmd_clear_ctx(u32 at, u8 *buf);

/* What a result block says. */
enum hifn_result {
	HIFN_RESULT_OK,
	HIFN_RESULT_NONE,	/* not all written: nothing is known of the data */
	HIFN_RESULT_OVERRUN,	/* output did not fit the destination */
	HIFN_RESULT_STARVED,	/* source ended before an engine's count */
	HIFN_RESULT_RESIDUAL,	/* bytes left over in source or destination */
	HIFN_NR_RESULTS
};

/*
 * Make the block, HIFN_OP_RESULT_MAX_BYTES of it, read as a failure until the
 * card has written all of it.
 */
void hifn_result_preset(u8 *res);

/*
 * Judge the block of op's command. When it is good, or bad by its residual alone, and op has a
 * MAC, it goes to mac: 16 bytes of MD5, 20 of SHA-1; HIFN_MAC_TRUNC_BYTES of a short one.
 */
enum hifn_result hifn_result_read(const struct hifn_op *op, const u8 *res,
				  u8 *mac);

#endif
