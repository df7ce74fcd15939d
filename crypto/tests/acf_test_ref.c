// SPDX-License-Identifier: GPL-2.0
/* The expected result of a request: the kernel's software ECB, chained by hand here. */
#include <crypto/algapi.h>
#include <crypto/skcipher.h>
#include <linux/string.h>

#include "acf_test.h"

/* data: one block, in place. */
static int ref_block_with(struct ref *ref, struct crypto_sync_skcipher *ecb, u8 *data,
			  bool decrypt)
{
	SYNC_SKCIPHER_REQUEST_ON_STACK(req, ecb);
	struct scatterlist sg;
	int err;

	memcpy(ref->block, data, ref->block_bytes);
	sg_init_one(&sg, ref->block, ref->block_bytes);
	skcipher_request_set_sync_tfm(req, ecb);
	skcipher_request_set_callback(req, 0, NULL, NULL);
	skcipher_request_set_crypt(req, &sg, &sg, ref->block_bytes, NULL);
	err = decrypt ? crypto_skcipher_decrypt(req) : crypto_skcipher_encrypt(req);
	memcpy(data, ref->block, ref->block_bytes);
	return err;
}

static int ref_block(struct ref *ref, u8 *data, bool decrypt)
{
	return ref_block_with(ref, ref->ecb, data, decrypt);
}

static int ref_cbc_block(struct ref *ref, u8 *data, u8 *iv, bool decrypt)
{
	u8 in[REF_MAX_BLOCK];
	int err;

	memcpy(in, data, ref->block_bytes);
	if (!decrypt)
		crypto_xor(data, iv, ref->block_bytes);
	err = ref_block(ref, data, decrypt);
	if (decrypt)
		crypto_xor(data, iv, ref->block_bytes);
	memcpy(iv, decrypt ? in : data, ref->block_bytes);
	return err;
}

/* n < block only for the last piece of CFB and OFB. */
static int ref_stream_block(struct ref *ref, u8 *data, u8 *iv, unsigned int n, bool decrypt)
{
	u8 keystream[REF_MAX_BLOCK];
	u8 in[REF_MAX_BLOCK];
	int err;

	memcpy(keystream, iv, ref->block_bytes);
	err = ref_block(ref, keystream, false);
	memcpy(in, data, n);
	crypto_xor(data, keystream, n);
	if (ref->mode == REF_OFB)
		memcpy(iv, keystream, ref->block_bytes);
	else if (n == ref->block_bytes)
		memcpy(iv, decrypt ? in : data, n);
	return err;
}

static int ref_xts_block(struct ref *ref, u8 *data, const u8 *tweak, bool decrypt)
{
	int err;

	crypto_xor(data, tweak, REF_MAX_BLOCK);
	err = ref_block(ref, data, decrypt);
	crypto_xor(data, tweak, REF_MAX_BLOCK);
	return err;
}

/* Byte 0 is the least. */
static void ref_next_tweak(u8 *tweak)
{
	unsigned int carry = 0;
	unsigned int i;

	for (i = 0; i < REF_MAX_BLOCK; i++) {
		carry |= tweak[i] << 1;
		tweak[i] = carry;
		carry >>= 8;
	}
	if (carry)
		tweak[0] ^= 0x87;
}

/* The last whole block, whose tweak it is, and tail bytes more. */
static int ref_xts_end(struct ref *ref, u8 *data, unsigned int tail, u8 *tweak, bool decrypt)
{
	u8 next[REF_MAX_BLOCK];
	u8 last[REF_MAX_BLOCK];
	int err;

	memcpy(next, tweak, sizeof(next));
	ref_next_tweak(next);
	err = ref_xts_block(ref, data, decrypt ? next : tweak, decrypt);
	memcpy(last, data, sizeof(last));
	memcpy(last, data + REF_MAX_BLOCK, tail);
	memcpy(data + REF_MAX_BLOCK, data, tail);
	err = err ?: ref_xts_block(ref, last, decrypt ? tweak : next, decrypt);
	memcpy(data, last, sizeof(last));
	return err;
}

/* iv stays. */
static int ref_xts(struct ref *ref, u8 *data, unsigned int len, const u8 *iv, bool decrypt)
{
	unsigned int tail = len % REF_MAX_BLOCK;
	unsigned int head = tail ? len - tail - REF_MAX_BLOCK : len;
	u8 tweak[REF_MAX_BLOCK];
	unsigned int off;
	int err;

	memcpy(tweak, iv, sizeof(tweak));
	err = ref_block_with(ref, ref->tweak, tweak, false);
	for (off = 0; off < head && !err; off += REF_MAX_BLOCK) {
		err = ref_xts_block(ref, data + off, tweak, decrypt);
		ref_next_tweak(tweak);
	}
	return tail && !err ? ref_xts_end(ref, data + head, tail, tweak, decrypt) : err;
}

int ref_crypt(struct ref *ref, u8 *data, unsigned int len, u8 *iv, bool decrypt)
{
	unsigned int off;
	int err = 0;

	if (ref->mode == REF_XTS)
		return ref_xts(ref, data, len, iv, decrypt);

	for (off = 0; off < len && !err; off += ref->block_bytes) {
		unsigned int n = min(ref->block_bytes, len - off);

		if (ref->mode == REF_ECB)
			err = ref_block(ref, data + off, decrypt);
		else if (ref->mode == REF_CBC)
			err = ref_cbc_block(ref, data + off, iv, decrypt);
		else
			err = ref_stream_block(ref, data + off, iv, n, decrypt);
	}
	return err;
}

static enum ref_mode ref_mode(const char *mode)
{
	static const char * const modes[] = {
		[REF_ECB] = "ecb", [REF_CBC] = "cbc", [REF_CFB] = "cfb", [REF_OFB] = "ofb",
		[REF_XTS] = "xts",
	};

	return match_string(modes, ARRAY_SIZE(modes), mode);
}

int ref_init(struct ref *ref, const char *mode, const char *cipher)
{
	char name[32];

	snprintf(name, sizeof(name), "ecb(%s)", cipher);
	ref->mode = ref_mode(mode);
	ref->tweak = NULL;
	ref->ecb = crypto_alloc_sync_skcipher(name, 0, CRYPTO_ALG_NEED_FALLBACK);
	if (IS_ERR(ref->ecb))
		return PTR_ERR(ref->ecb);
	ref->block_bytes = crypto_sync_skcipher_blocksize(ref->ecb);
	if (ref->mode != REF_XTS)
		return 0;
	ref->tweak = crypto_alloc_sync_skcipher(name, 0, CRYPTO_ALG_NEED_FALLBACK);
	if (!IS_ERR(ref->tweak))
		return 0;
	crypto_free_sync_skcipher(ref->ecb);
	return PTR_ERR(ref->tweak);
}

int ref_setkey(struct ref *ref, const u8 *key, unsigned int bytes)
{
	if (ref->mode != REF_XTS)
		return crypto_sync_skcipher_setkey(ref->ecb, key, bytes);
	return crypto_sync_skcipher_setkey(ref->ecb, key, bytes / 2) ?:
	       crypto_sync_skcipher_setkey(ref->tweak, key + bytes / 2, bytes / 2);
}

void ref_exit(struct ref *ref)
{
	crypto_free_sync_skcipher(ref->ecb);
	if (ref->tweak)
		crypto_free_sync_skcipher(ref->tweak);
}
