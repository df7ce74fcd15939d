// SPDX-License-Identifier: BSD-2-Clause
/* XTS, step by step: a tweak for each block, and the last two exchanged. */
#include <openssl/evp.h>
#include <string.h>

#include "xts.h"

#define BLOCK	16

static bool ecb_block(bool encrypt, const uint8_t *key, unsigned int key_bytes, uint8_t *block)
{
	const EVP_CIPHER *cipher = key_bytes == 16 ? EVP_aes_128_ecb() :
				   key_bytes == 24 ? EVP_aes_192_ecb() : EVP_aes_256_ecb();
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t out[BLOCK];
	int done = 0;
	bool ok;

	if (!ctx)
		return false;
	ok = EVP_CipherInit_ex(ctx, cipher, NULL, key, NULL, encrypt) &&
	     EVP_CIPHER_CTX_set_padding(ctx, 0) &&
	     EVP_CipherUpdate(ctx, out, &done, block, BLOCK) && done == BLOCK;
	EVP_CIPHER_CTX_free(ctx);
	if (ok)
		memcpy(block, out, BLOCK);
	return ok;
}

/* 5.2: multiplication by alpha, byte 0 being the least. */
static void next_tweak(uint8_t *tweak)
{
	unsigned int carry = 0, i;

	for (i = 0; i < BLOCK; i++) {
		unsigned int twice = tweak[i] * 2u + carry;

		tweak[i] = (uint8_t)twice;
		carry = twice >> 8;
	}
	if (carry)
		tweak[0] ^= 0x87;
}

static void xor_tweak(uint8_t *block, const uint8_t *tweak)
{
	unsigned int i;

	for (i = 0; i < BLOCK; i++)
		block[i] ^= tweak[i];
}

/* 5.3.1, 5.4.1 */
static bool xts_block(bool encrypt, const uint8_t *key, unsigned int key_bytes,
		      const uint8_t *tweak, uint8_t *block)
{
	bool ok;

	xor_tweak(block, tweak);
	ok = ecb_block(encrypt, key, key_bytes, block);
	xor_tweak(block, tweak);
	return ok;
}

/* 5.3.2, 5.4.2: the last whole block and the partial one, with the tweak of the former. */
static bool xts_end(bool encrypt, const uint8_t *key, unsigned int key_bytes, uint8_t *tweak,
		    uint8_t *end, size_t tail)
{
	uint8_t next[BLOCK];
	uint8_t last[BLOCK];

	memcpy(next, tweak, BLOCK);
	next_tweak(next);
	if (!xts_block(encrypt, key, key_bytes, encrypt ? tweak : next, end))
		return false;
	memcpy(last, end, BLOCK);
	memcpy(last, end + BLOCK, tail);
	memcpy(end + BLOCK, end, tail);
	if (!xts_block(encrypt, key, key_bytes, encrypt ? next : tweak, last))
		return false;
	memcpy(end, last, BLOCK);
	return true;
}

bool xts_by_hand(bool encrypt, const uint8_t *key, unsigned int key_bytes, const uint8_t *iv,
		 const uint8_t *in, uint8_t *out, size_t bytes)
{
	size_t tail = bytes % BLOCK;
	size_t head = tail ? bytes - tail - BLOCK : bytes;
	unsigned int half = key_bytes / 2;
	uint8_t tweak[BLOCK];
	size_t at;

	if (bytes < BLOCK)
		return false;
	memmove(out, in, bytes);
	memcpy(tweak, iv, BLOCK);
	if (!ecb_block(true, key + half, half, tweak))
		return false;
	for (at = 0; at < head; at += BLOCK) {
		if (!xts_block(encrypt, key, half, tweak, out + at))
			return false;
		next_tweak(tweak);
	}
	return !tail || xts_end(encrypt, key, half, tweak, out + head, tail);
}
