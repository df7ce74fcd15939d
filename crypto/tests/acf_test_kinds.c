// SPDX-License-Identifier: GPL-2.0
/* Skcipher, hash and AEAD behind one face, for acf_test_stress.c. */
#include <crypto/authenc.h>
#include <linux/rtnetlink.h>

#include "acf_test.h"
#include "acf_test_stress.h"

#define SYNC_SOFTWARE	(CRYPTO_ALG_ASYNC | CRYPTO_ALG_NEED_FALLBACK)
#define CIPHER_KEY	16
#define MAC_KEY		20

static void key_fill(u8 *key, unsigned int bytes)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, seed);
	prandom_bytes_state(&rnd, key, bytes);
}

/* ---- skcipher ---- */

static void *sk_open(bool card)
{
	struct crypto_skcipher *tfm;
	u8 key[CIPHER_KEY];
	int err;

	tfm = crypto_alloc_skcipher(card ? "cbc-aes-acf" : "cbc(aes)", 0,
				    card ? 0 : SYNC_SOFTWARE);
	if (IS_ERR(tfm))
		return tfm;
	key_fill(key, sizeof(key));
	err = crypto_skcipher_setkey(tfm, key, sizeof(key));
	if (!err)
		return tfm;
	crypto_free_skcipher(tfm);
	return ERR_PTR(err);
}

static void sk_close(void *tfm)
{
	crypto_free_skcipher(tfm);
}

static void *sk_request(void *tfm)
{
	return skcipher_request_alloc(tfm, GFP_KERNEL);
}

static void sk_request_free(void *req)
{
	skcipher_request_free(req);
}

static int sk_submit(void *req, const struct stress_call *call, stress_cb done, void *arg)
{
	skcipher_request_set_callback(req, CRYPTO_TFM_REQ_MAY_BACKLOG, done, arg);
	skcipher_request_set_crypt(req, call->src, call->dst, STRESS_TEXT, call->iv);
	return call->decrypt ? crypto_skcipher_decrypt(req) : crypto_skcipher_encrypt(req);
}

/* ---- hash ---- */

static void *hash_open(bool card)
{
	struct crypto_ahash *tfm;
	u8 key[MAC_KEY];
	int err;

	tfm = crypto_alloc_ahash(card ? "hmac-sha1-acf" : "hmac(sha1)", 0,
				 card ? 0 : SYNC_SOFTWARE);
	if (IS_ERR(tfm))
		return tfm;
	key_fill(key, sizeof(key));
	err = crypto_ahash_setkey(tfm, key, sizeof(key));
	if (!err)
		return tfm;
	crypto_free_ahash(tfm);
	return ERR_PTR(err);
}

static void hash_close(void *tfm)
{
	crypto_free_ahash(tfm);
}

static void *hash_request(void *tfm)
{
	return ahash_request_alloc(tfm, GFP_KERNEL);
}

static void hash_request_free(void *req)
{
	ahash_request_free(req);
}

static int hash_submit(void *req, const struct stress_call *call, stress_cb done, void *arg)
{
	ahash_request_set_callback(req, CRYPTO_TFM_REQ_MAY_BACKLOG, done, arg);
	ahash_request_set_crypt(req, call->src, call->digest, STRESS_TEXT);
	return crypto_ahash_digest(req);
}

/* ---- AEAD ---- */

/* The form in which authenc takes its two keys. */
static int aead_key(struct crypto_aead *tfm)
{
	u8 blob[RTA_SPACE(sizeof(struct crypto_authenc_key_param)) + MAC_KEY + CIPHER_KEY];
	struct rtattr *rta = (struct rtattr *)blob;
	struct crypto_authenc_key_param *param = RTA_DATA(rta);

	rta->rta_type = CRYPTO_AUTHENC_KEYA_PARAM;
	rta->rta_len = RTA_LENGTH(sizeof(*param));
	param->enckeylen = cpu_to_be32(CIPHER_KEY);
	key_fill(blob + RTA_SPACE(sizeof(*param)), MAC_KEY + CIPHER_KEY);
	return crypto_aead_setkey(tfm, blob, sizeof(blob));
}

static void *aead_open(bool card)
{
	const char *name = card ? "authenc-hmac-sha1-cbc-aes-acf" :
				  "authenc(hmac(sha1),cbc(aes))";
	struct crypto_aead *tfm = crypto_alloc_aead(name, 0, card ? 0 : SYNC_SOFTWARE);
	int err;

	if (IS_ERR(tfm))
		return tfm;
	err = crypto_aead_setauthsize(tfm, STRESS_ICV) ?: aead_key(tfm);
	if (!err)
		return tfm;
	crypto_free_aead(tfm);
	return ERR_PTR(err);
}

static void aead_close(void *tfm)
{
	crypto_free_aead(tfm);
}

static void *aead_request(void *tfm)
{
	return aead_request_alloc(tfm, GFP_KERNEL);
}

static void aead_free(void *req)
{
	aead_request_free(req);
}

static int aead_submit(void *req, const struct stress_call *call, stress_cb done, void *arg)
{
	unsigned int len = STRESS_TEXT + (call->decrypt ? STRESS_ICV : 0);

	aead_request_set_callback(req, CRYPTO_TFM_REQ_MAY_BACKLOG, done, arg);
	aead_request_set_ad(req, STRESS_ASSOC);
	aead_request_set_crypt(req, call->src, call->dst, len, call->iv);
	return call->decrypt ? crypto_aead_decrypt(req) : crypto_aead_encrypt(req);
}

static const struct stress_kind kinds[] = {
	{
		.name = "skcipher", .open = sk_open, .close = sk_close,
		.request = sk_request, .request_free = sk_request_free, .submit = sk_submit,
	}, {
		.name = "hash", .digest = 20, .open = hash_open, .close = hash_close,
		.request = hash_request, .request_free = hash_request_free,
		.submit = hash_submit,
	}, {
		.name = "aead", .assoc = STRESS_ASSOC, .icv = STRESS_ICV,
		.open = aead_open, .close = aead_close, .request = aead_request,
		.request_free = aead_free, .submit = aead_submit,
	},
};

const struct stress_kind *stress_kind(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}
