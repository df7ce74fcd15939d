// SPDX-License-Identifier: BSD-2-Clause
/*
 * What libcrypto confirms of a cipher record; its key and its two directions
 * are those of an AEAD record as well.
 */
#include <string.h>

#include "verify.h"
#include "xts.h"

/* Odd parity in every byte; kernels do not need it, card and peers might. */
static bool check_parity(const struct acf_vec *v)
{
	unsigned int i;

	for (i = 0; i < v->key_bytes; i++)
		if (!__builtin_parity(v->key[i]))
			return fail("%s: key parity", v->name);
	return true;
}

/* Weak, semi-weak and possibly weak keys consist of these bytes alone. */
static bool check_not_weak(const struct acf_vec *v)
{
	static const uint8_t weak[] = { 0x01, 0x0e, 0x1f, 0xe0, 0xf1, 0xfe };
	unsigned int i;
	unsigned int k;

	for (k = 0; k < v->key_bytes; k += 8) {
		for (i = 0; i < 8; i++)
			if (!memchr(weak, v->key[k + i], sizeof(weak)))
				break;
		if (i == 8)
			return fail("%s: weak key", v->name);
	}
	return true;
}

bool check_des_key(const struct acf_vec *v)
{
	if (v->key_bytes == 24 &&
	    (!memcmp(v->key, v->key + 8, 8) ||
	     !memcmp(v->key + 8, v->key + 16, 8) ||
	     !memcmp(v->key, v->key + 16, 8)))
		return fail("%s: equal keys", v->name);
	return check_parity(v) && check_not_weak(v);
}

bool check_directions(const struct cipher *c, const struct acf_vec *v)
{
	static uint8_t out[ACF_VEC_MAX_DATA];

	if (!cipher_run(c, true, v->key, v->key_bytes, v->iv, v->pt, out,
			v->data_bytes))
		return fail("%s: refused by libcrypto", v->name);
	if (memcmp(out, v->ct, v->data_bytes))
		return fail("%s: ciphertext differs", v->name);
	if (!cipher_run(c, false, v->key, v->key_bytes, v->iv, v->ct, out,
			v->data_bytes))
		return fail("%s: refused by libcrypto", v->name);
	if (memcmp(out, v->pt, v->data_bytes))
		return fail("%s: plaintext differs", v->name);
	return true;
}

/*
 * Whole blocks, and ofb always: one more block behind the data, enciphered in
 * one go, equals that block enciphered from ivout. ofb with a partial block
 * goes on behind the keystream block it has begun, hence the gap.
 */
static bool check_continuation(const struct cipher *c, const struct acf_vec *v)
{
	static uint8_t in[ACF_VEC_MAX_DATA + 2 * CIPHER_MAX_BLOCK];
	static uint8_t out[ACF_VEC_MAX_DATA + 2 * CIPHER_MAX_BLOCK];
	uint8_t next[CIPHER_MAX_BLOCK];
	size_t at = (v->data_bytes + c->block - 1) / c->block * c->block;

	memset(in, 0x5c, sizeof(in));
	memcpy(in, v->pt, v->data_bytes);
	if (!cipher_run(c, true, v->key, v->key_bytes, v->iv, in, out,
			at + c->block) ||
	    !cipher_run(c, true, v->key, v->key_bytes, v->ivout, in + at, next,
			c->block))
		return fail("%s: refused by libcrypto", v->name);
	if (memcmp(next, out + at, c->block))
		return fail("%s: ivout does not continue the stream", v->name);
	return true;
}

/* cfb with a partial block: from ivout the tail alone comes out the same. */
static bool check_tail(const struct cipher *c, const struct acf_vec *v)
{
	uint8_t out[CIPHER_MAX_BLOCK];
	size_t tail = v->data_bytes % c->block;
	size_t at = v->data_bytes - tail;

	if (!cipher_run(c, true, v->key, v->key_bytes, v->ivout, v->pt + at, out,
			tail))
		return fail("%s: refused by libcrypto", v->name);
	if (memcmp(out, v->ct + at, tail))
		return fail("%s: ivout does not give the tail", v->name);
	return true;
}

static bool check_ivout(const struct cipher *c, const struct acf_vec *v)
{
	if (!v->ivout_bytes)
		return true;
	if (c->mode == CIPHER_CFB && v->data_bytes % c->block)
		return check_tail(c, v);
	return check_continuation(c, v);
}

/* What confirms the records whose keys libcrypto's own does not take. */
static bool check_by_hand(const struct acf_vec *v)
{
	static uint8_t out[ACF_VEC_MAX_DATA];

	if (!xts_by_hand(true, v->key, v->key_bytes, v->iv, v->pt, out, v->data_bytes) ||
	    memcmp(out, v->ct, v->data_bytes))
		return fail("%s: ciphertext by hand differs", v->name);
	return true;
}

bool check_cipher(const struct acf_vec *v)
{
	const struct cipher *c = cipher_find(v->alg);
	bool stream;

	if (!c)
		return fail("%s: unknown algorithm %s", v->name, v->alg);
	stream = c->mode == CIPHER_CFB || c->mode == CIPHER_OFB;
	if (v->iv_bytes != (c->mode == CIPHER_ECB ? 0 : c->block))
		return fail("%s: iv of %u bytes", v->name, v->iv_bytes);
	if (c->mode == CIPHER_XTS && v->data_bytes < c->block)
		return fail("%s: less than a block", v->name);
	if (!stream && c->mode != CIPHER_XTS && v->data_bytes % c->block)
		return fail("%s: partial block", v->name);
	if (c->block == 8 && !check_des_key(v))
		return false;
	return check_directions(c, v) && check_ivout(c, v) &&
	       (c->mode != CIPHER_XTS || check_by_hand(v));
}
