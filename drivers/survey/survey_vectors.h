/* SPDX-License-Identifier: GPL-2.0 */
/* Known answers. */
#ifndef SURVEY_VECTORS_H
#define SURVEY_VECTORS_H

#include "../hifn_cmd.h"
#include "../hifn_desc.h"

#define SURVEY_TEXT_BYTES	64	/* of each vector: four blocks of AES */

enum survey_vector_id {
	SURVEY_AES128_CBC,
	SURVEY_AES128_ECB,
	SURVEY_AES192_ECB,
	SURVEY_AES256_BACK,	/* deciphers */
	SURVEY_3DES_ECB,
	SURVEY_AES128_CFB,
	SURVEY_AES128_OFB,
	SURVEY_VECTORS
};

struct survey_vector {
	enum hifn_cipher cipher;
	enum hifn_mode mode;
	bool decrypt;
	u8 key_bytes;
	const u8 *key;
	const u8 *iv;
	const u8 *in;		/* SURVEY_TEXT_BYTES, as has out */
	const u8 *out;
};

extern const struct survey_vector survey_vector[SURVEY_VECTORS];
extern const u8 survey_text[SURVEY_TEXT_BYTES];

/*
 * SHA-1: HMAC of the text, of its AES-128-CBC, and the plain hash of the text and of its first 4
 * bytes.
 */
extern const u8 survey_mac_key[HIFN_MAC_KEY_BYTES];
extern const u8 survey_hmac_plain[HIFN_SHA1_BYTES];
extern const u8 survey_hmac_cbc[HIFN_SHA1_BYTES];
extern const u8 survey_sha1_plain[HIFN_SHA1_BYTES];
extern const u8 survey_sha1_4[HIFN_SHA1_BYTES];

#endif
