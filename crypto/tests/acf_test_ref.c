// SPDX-License-Identifier: GPL-2.0
/* The expected result of a request: the kernel's software ECB, chained by hand here. */
#include <crypto/algapi.h>
#include <crypto/skcipher.h>

#include "acf_test.h"

/* data: one block, in place. */
static int ref_block(struct ref *ref, u8 *data, bool decrypt)
{
	SYNC_SKCIPHER_REQUEST_ON_STACK(req, ref->ecb);
	struct scatterlist sg;
	int err;

	memcpy(ref->block, data, ref->block_bytes);
	sg_init_one(&sg, ref->block, ref->block_bytes);
	skcipher_request_set_sync_tfm(req, ref->ecb);
	skcipher_request_set_callback(req, 0, NULL, NULL);
	skcipher_request_set_crypt(req, &sg, &sg, ref->block_bytes, NULL);
	err = decrypt ? crypto_skcipher_decrypt(req) : crypto_skcipher_encrypt(req);
	memcpy(data, ref->block, ref->block_bytes);
	return err;
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

int ref_crypt(struct ref *ref, u8 *data, unsigned int len, u8 *iv, bool decrypt)
{
	unsigned int off;
	int err = 0;

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

int ref_init(struct ref *ref, const char *mode, const char *cipher)
{
	char name[32];

	snprintf(name, sizeof(name), "ecb(%s)", cipher);
	ref->mode = !strcmp(mode, "ecb") ? REF_ECB : !strcmp(mode, "cbc") ? REF_CBC :
		    !strcmp(mode, "cfb") ? REF_CFB : REF_OFB;
	ref->ecb = crypto_alloc_sync_skcipher(name, 0, CRYPTO_ALG_NEED_FALLBACK);
	if (IS_ERR(ref->ecb))
		return PTR_ERR(ref->ecb);
	ref->block_bytes = crypto_sync_skcipher_blocksize(ref->ecb);
	return 0;
}

int ref_setkey(struct ref *ref, const u8 *key, unsigned int bytes)
{
	return crypto_sync_skcipher_setkey(ref->ecb, key, bytes);
}

void ref_exit(struct ref *ref)
{
	crypto_free_sync_skcipher(ref->ecb);
}
