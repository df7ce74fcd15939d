// SPDX-License-Identifier: GPL-2.0
/* The algorithms acf offers, and their registration with the kernel crypto API. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <crypto/aes.h>
#include <crypto/internal/des.h>
#include <crypto/md5.h>
#include <crypto/sha1.h>
#include <linux/module.h>

#include "acf_compat.h"
#include "acf_internal.h"

#define CIPHER(ID, CIPHER_, MODE, name_, driver, block_, iv, min, max)	\
	[ID] = {	\
		.id = ID, .kind = ACF_KIND_CIPHER, .name = name_, .driver_name = driver,	\
		.cipher = ACF_CIPHER_##CIPHER_, .mode = ACF_MODE_##MODE,	\
		.block = block_, .iv_bytes = iv, .min_key = min, .max_key = max,	\
	}
#define AES(MODE, lower, iv)	\
	CIPHER(ACF_##MODE##_AES, AES, MODE, lower "(aes)", lower "-aes-acf",	\
	       AES_BLOCK_SIZE, iv, AES_MIN_KEY_SIZE, AES_MAX_KEY_SIZE)
#define DES(MODE, lower, iv)	\
	CIPHER(ACF_##MODE##_DES, DES, MODE, lower "(des)", lower "-des-acf",	\
	       DES_BLOCK_SIZE, iv, DES_KEY_SIZE, DES_KEY_SIZE)
#define DES3(MODE, lower, iv)	\
	CIPHER(ACF_##MODE##_DES3, DES3_EDE, MODE, lower "(des3_ede)", lower "-des3_ede-acf",	\
	       DES3_EDE_BLOCK_SIZE, iv, DES3_EDE_KEY_SIZE, DES3_EDE_KEY_SIZE)

#define HASH(MAC, name_, driver, digest)	\
	[ACF_##MAC] = {	\
		.id = ACF_##MAC, .kind = ACF_KIND_HASH, .name = name_, .driver_name = driver,	\
		.mac = ACF_MAC_##MAC, .digest_bytes = digest, .block = 1,	\
	}

#define AUTHENC(HASH_, hash, digest, ID, CIPHER_, cipher_, block_, min, max)	\
	[ACF_AUTHENC_##HASH_##_##ID] = {	\
		.id = ACF_AUTHENC_##HASH_##_##ID, .kind = ACF_KIND_AEAD,	\
		.name = "authenc(hmac(" hash "),cbc(" cipher_ "))",	\
		.driver_name = "authenc-hmac-" hash "-cbc-" cipher_ "-acf",	\
		.cipher = ACF_CIPHER_##CIPHER_, .mode = ACF_MODE_CBC,	\
		.mac = ACF_MAC_HMAC_##HASH_, .digest_bytes = digest,	\
		.block = block_, .iv_bytes = block_, .min_key = min, .max_key = max,	\
	}
#define AUTHENC_ALL(HASH_, hash, digest)	\
	AUTHENC(HASH_, hash, digest, AES, AES, "aes", AES_BLOCK_SIZE,	\
		AES_MIN_KEY_SIZE, AES_MAX_KEY_SIZE),	\
	AUTHENC(HASH_, hash, digest, DES, DES, "des", DES_BLOCK_SIZE,	\
		DES_KEY_SIZE, DES_KEY_SIZE),	\
	AUTHENC(HASH_, hash, digest, DES3, DES3_EDE, "des3_ede", DES3_EDE_BLOCK_SIZE,	\
		DES3_EDE_KEY_SIZE, DES3_EDE_KEY_SIZE)

const struct acf_alg acf_algs[ACF_NR_ALGS] = {
	AES(ECB, "ecb", 0),
	AES(CBC, "cbc", AES_BLOCK_SIZE),
	AES(CFB, "cfb", AES_BLOCK_SIZE),
	AES(OFB, "ofb", AES_BLOCK_SIZE),
	DES(ECB, "ecb", 0),
	DES(CBC, "cbc", DES_BLOCK_SIZE),
	DES(CFB, "cfb", DES_BLOCK_SIZE),
	DES(OFB, "ofb", DES_BLOCK_SIZE),
	DES3(ECB, "ecb", 0),
	DES3(CBC, "cbc", DES3_EDE_BLOCK_SIZE),
	DES3(CFB, "cfb", DES3_EDE_BLOCK_SIZE),
	DES3(OFB, "ofb", DES3_EDE_BLOCK_SIZE),
	HASH(MD5, "md5", "md5-acf", MD5_DIGEST_SIZE),
	HASH(SHA1, "sha1", "sha1-acf", SHA1_DIGEST_SIZE),
	HASH(HMAC_MD5, "hmac(md5)", "hmac-md5-acf", MD5_DIGEST_SIZE),
	HASH(HMAC_SHA1, "hmac(sha1)", "hmac-sha1-acf", SHA1_DIGEST_SIZE),
	AUTHENC_ALL(MD5, "md5", MD5_DIGEST_SIZE),
	AUTHENC_ALL(SHA1, "sha1", SHA1_DIGEST_SIZE),
};

/* The crypto API links and counts these itself: registered once, until acf unloads. */
static union {
	struct skcipher_alg cipher;
	struct ahash_alg hash;
	struct aead_alg aead;
} acf_api[ACF_NR_ALGS];
static unsigned long acf_registered;	/* (acf_engines_mutex) BIT(enum acf_alg_id) */

/* The slot of acf_api a transform's algorithm lives in. */
static const struct acf_alg *acf_alg_at(const void *api)
{
	return &acf_algs[((const u8 *)api - (const u8 *)acf_api) / sizeof(acf_api[0])];
}

const struct acf_alg *acf_alg_of_skcipher(struct crypto_skcipher *tfm)
{
	return acf_alg_at(crypto_skcipher_alg(tfm));
}

const struct acf_alg *acf_alg_of_ahash(struct crypto_ahash *tfm)
{
	return acf_alg_at(crypto_hash_alg_common(tfm));
}

const struct acf_alg *acf_alg_of_aead(struct crypto_aead *tfm)
{
	return acf_alg_at(crypto_aead_alg(tfm));
}

static bool acf_alg_is_stream(const struct acf_alg *alg)
{
	return alg->mode == ACF_MODE_CFB || alg->mode == ACF_MODE_OFB;
}

/*
 * An AEAD goes above the kernel's template over our own cipher, which is ten times
 * the cipher's priority and some, and below the template over a better cipher.
 */
static int acf_alg_priority(const struct acf_alg *alg)
{
	int cipher = alg->cipher == ACF_CIPHER_AES ? acf_aes_priority : acf_des_priority;

	if (alg->kind == ACF_KIND_HASH)
		return acf_hash_priority;
	return alg->kind == ACF_KIND_AEAD ? cipher * 10 + 500 : cipher;
}

static void acf_base_fill(struct crypto_alg *base, const struct acf_alg *alg)
{
	strscpy(base->cra_name, alg->name, sizeof(base->cra_name));
	strscpy(base->cra_driver_name, alg->driver_name, sizeof(base->cra_driver_name));
	base->cra_priority = acf_alg_priority(alg);
	base->cra_flags = CRYPTO_ALG_ASYNC | CRYPTO_ALG_NEED_FALLBACK |
			  CRYPTO_ALG_KERN_DRIVER_ONLY;
	base->cra_blocksize = alg->block;
	base->cra_ctxsize = sizeof(struct acf_tfm);
	base->cra_module = THIS_MODULE;
}

static int acf_register_cipher(struct skcipher_alg *sk, const struct acf_alg *alg)
{
	acf_base_fill(&sk->base, alg);
	if (acf_alg_is_stream(alg))
		sk->base.cra_blocksize = 1;
	sk->min_keysize = alg->min_key;
	sk->max_keysize = alg->max_key;
	sk->ivsize = alg->iv_bytes;
	sk->chunksize = alg->block;
	acf_skcipher_fill(sk);
	return crypto_register_skcipher(sk);
}

static int acf_register_hash(struct ahash_alg *hash, const struct acf_alg *alg)
{
	acf_base_fill(&hash->halg.base, alg);
	hash->halg.base.cra_blocksize = SHA1_BLOCK_SIZE;	/* MD5's is the same */
	hash->halg.digestsize = alg->digest_bytes;
	acf_hash_fill(hash, acf_alg_is_hmac(alg));
	return crypto_register_ahash(hash);
}

static int acf_register_aead(struct aead_alg *aead, const struct acf_alg *alg)
{
	acf_base_fill(&aead->base, alg);
	aead->ivsize = alg->iv_bytes;
	aead->chunksize = alg->block;
	aead->maxauthsize = alg->digest_bytes;
	acf_aead_fill(aead);
	return crypto_register_aead(aead);
}

static int acf_register(const struct acf_alg *alg)
{
	switch (alg->kind) {
	case ACF_KIND_CIPHER:
		return acf_register_cipher(&acf_api[alg->id].cipher, alg);
	case ACF_KIND_HASH:
		return acf_register_hash(&acf_api[alg->id].hash, alg);
	case ACF_KIND_AEAD:
		return acf_register_aead(&acf_api[alg->id].aead, alg);
	}
	return -EINVAL;
}

static void acf_unregister(const struct acf_alg *alg)
{
	switch (alg->kind) {
	case ACF_KIND_CIPHER:
		crypto_unregister_skcipher(&acf_api[alg->id].cipher);
		break;
	case ACF_KIND_HASH:
		crypto_unregister_ahash(&acf_api[alg->id].hash);
		break;
	case ACF_KIND_AEAD:
		crypto_unregister_aead(&acf_api[alg->id].aead);
		break;
	}
}

static bool acf_has(const struct acf_alg *alg)
{
	switch (alg->kind) {
	case ACF_KIND_CIPHER:
		return crypto_has_skcipher(alg->driver_name, 0, 0);
	case ACF_KIND_HASH:
		return crypto_has_ahash(alg->driver_name, 0, 0);
	case ACF_KIND_AEAD:
		return acf_has_aead(alg->driver_name);
	}
	return false;
}

/*
 * Since 6.12 the kernel tests an algorithm after registration has returned. A look-up by
 * driver name waits for the verdict, and nobody may unregister before that. It waits 60 s
 * at most and takes the algorithm for failed then: one at a time, so that none waits for
 * the tests of others.
 */
static void acf_alg_register(const struct acf_alg *alg)
{
	int err = acf_register(alg);

	if (err) {
		pr_err("cannot register %s: error %d; is another driver using that name?\n",
		       alg->driver_name, err);
		return;
	}
	acf_registered |= BIT(alg->id);
	if (!acf_has(alg))
		pr_err("%s has not passed the kernel's self-test and is not used\n",
		       alg->driver_name);
}

void acf_algs_register(unsigned long ids)
{
	unsigned long todo = ids & ~acf_registered;
	int id;

	lockdep_assert_held(&acf_engines_mutex);
	for_each_set_bit(id, &todo, ACF_NR_ALGS)
		acf_alg_register(&acf_algs[id]);
}

void acf_algs_unregister(void)
{
	int id;

	for_each_set_bit(id, &acf_registered, ACF_NR_ALGS)
		acf_unregister(&acf_algs[id]);
}
