// SPDX-License-Identifier: GPL-2.0
/* The CPU's twin of an algorithm: the kernel's own implementation, keyed like ours. */
#include <crypto/internal/cipher.h>

#include "acf_internal.h"

/*
 * Taken by generic name: a concrete one would instantiate that implementation for
 * everybody. NEED_FALLBACK in the mask keeps us from finding ourselves, ASYNC makes
 * the twin usable in softirq. CFB and OFB are built on ECB (acf_skcipher_cpu.c), since the
 * kernel has neither from 6.12 on.
 */
#define ACF_TWIN_MASK	(CRYPTO_ALG_ASYNC | CRYPTO_ALG_NEED_FALLBACK)

static const char *acf_twin_name(const struct acf_alg *alg)
{
	static const char * const ecb[] = {
		[ACF_CIPHER_DES] = "ecb(des)",
		[ACF_CIPHER_DES3_EDE] = "ecb(des3_ede)",
		[ACF_CIPHER_AES] = "ecb(aes)",
	};

	if (alg->mode == ACF_MODE_CFB || alg->mode == ACF_MODE_OFB)
		return ecb[alg->cipher];
	return alg->name;
}

static int acf_twin_alloc_block(struct acf_twin *twin, const struct acf_alg *alg)
{
	static const char * const name[] = {
		[ACF_CIPHER_DES] = "des",
		[ACF_CIPHER_DES3_EDE] = "des3_ede",
		[ACF_CIPHER_AES] = "aes",
	};

	twin->block = NULL;
	if (alg->kind == ACF_KIND_HASH)
		return 0;
	twin->block = crypto_alloc_cipher(name[alg->cipher], 0, 0);
	if (IS_ERR(twin->block)) {
		int err = PTR_ERR(twin->block);

		twin->block = NULL;
		return err;
	}
	return 0;
}

static int acf_twin_alloc_any(struct acf_twin *twin, const struct acf_alg *alg)
{
	const char *name = acf_twin_name(alg);

	twin->kind = alg->kind;
	switch (alg->kind) {
	case ACF_KIND_CIPHER:
		twin->cipher = crypto_alloc_skcipher(name, 0, ACF_TWIN_MASK);
		break;
	case ACF_KIND_HASH:
		twin->hash = crypto_alloc_ahash(name, 0, ACF_TWIN_MASK);
		break;
	case ACF_KIND_AEAD:
		twin->aead = crypto_alloc_aead(name, 0, ACF_TWIN_MASK);
		break;
	}
	if (IS_ERR(twin->any)) {
		int err = PTR_ERR(twin->any);

		twin->any = NULL;
		return err;
	}
	return 0;
}

int acf_twin_alloc(struct acf_twin *twin, const struct acf_alg *alg)
{
	int err = acf_twin_alloc_any(twin, alg);

	if (err)
		return err;
	err = acf_twin_alloc_block(twin, alg);
	if (err)
		acf_twin_free(twin);
	return err;
}

void acf_twin_free(struct acf_twin *twin)
{
	if (!twin->any)
		return;
	if (twin->block)
		crypto_free_cipher(twin->block);
	twin->block = NULL;
	switch (twin->kind) {
	case ACF_KIND_CIPHER:
		crypto_free_skcipher(twin->cipher);
		break;
	case ACF_KIND_HASH:
		crypto_free_ahash(twin->hash);
		break;
	case ACF_KIND_AEAD:
		crypto_free_aead(twin->aead);
		break;
	}
	twin->any = NULL;
}

int acf_twin_probe(const struct acf_alg *alg)
{
	struct acf_twin twin;
	int err = acf_twin_alloc(&twin, alg);

	if (!err)
		acf_twin_free(&twin);
	return err;
}

unsigned int acf_twin_reqsize(const struct acf_twin *twin)
{
	switch (twin->kind) {
	case ACF_KIND_CIPHER:
		return crypto_skcipher_reqsize(twin->cipher);
	case ACF_KIND_HASH:
		return crypto_ahash_reqsize(twin->hash);
	case ACF_KIND_AEAD:
		return crypto_aead_reqsize(twin->aead);
	}
	return 0;
}

/* Weak keys were judged with the key of the whole. */
int acf_twin_set_block_key(struct acf_twin *twin, const u8 *key, unsigned int bytes)
{
	return crypto_cipher_setkey(twin->block, key, bytes);
}

int acf_twin_setkey(struct acf_twin *twin, const u8 *key, unsigned int bytes, u32 flags)
{
	flags &= CRYPTO_TFM_REQ_MASK;
	switch (twin->kind) {
	case ACF_KIND_CIPHER:
		crypto_skcipher_clear_flags(twin->cipher, CRYPTO_TFM_REQ_MASK);
		crypto_skcipher_set_flags(twin->cipher, flags);
		return crypto_skcipher_setkey(twin->cipher, key, bytes);
	case ACF_KIND_HASH:
		return crypto_ahash_setkey(twin->hash, key, bytes);
	case ACF_KIND_AEAD:
		crypto_aead_clear_flags(twin->aead, CRYPTO_TFM_REQ_MASK);
		crypto_aead_set_flags(twin->aead, flags);
		return crypto_aead_setkey(twin->aead, key, bytes);
	}
	return -EINVAL;
}
