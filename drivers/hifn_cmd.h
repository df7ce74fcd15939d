/* SPDX-License-Identifier: GPL-2.0 */
/* Operation to command block bytes, result block bytes to status. */
#ifndef HIFN_CMD_H
#define HIFN_CMD_H

#include "hifn_env.h"

enum hifn_cipher {
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

/* What one command does. All of the source is processed. */
struct hifn_op {
	enum hifn_cipher cipher;
	enum hifn_mode mode;
	bool decrypt;
	const u8 *key;
	u32 key_bytes;
	const u8 *iv;		/* one block; not read for ECB */
	u32 bytes;		/* of source and of destination */
};

#define HIFN_CIPHER_CMD_MAX_BYTES	64	/* AES-256 with IV, 4.2 */
#define HIFN_CIPHER_RESULT_BYTES	12	/* base and crypt, 5.5 */

/*
 * Write the command block of op to buf. Returns its bytes, -EINVAL when the
 * card cannot do op (key length, data length), -ENOSPC when room is too small.
 */
int hifn_cmd_encode(const struct hifn_op *op, u8 *buf, u32 room);

/* What a result block says. */
enum hifn_result {
	HIFN_RESULT_OK,
	HIFN_RESULT_NONE,	/* never written: nothing is known of the data */
	HIFN_RESULT_OVERRUN,	/* output did not fit the destination */
	HIFN_RESULT_STARVED,	/* source ended before the engine's count */
	HIFN_RESULT_RESIDUAL,	/* bytes left over in source or destination */
	HIFN_NR_RESULTS
};

/* Make the block read as a failure until the card has written all of it. */
void hifn_result_preset(u8 *res);

/* Judge the block of a cipher-only command. */
enum hifn_result hifn_result_check(const u8 *res);

#endif
