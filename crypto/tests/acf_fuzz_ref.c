// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's software by generic name. Since 6.12 it has neither CFB nor OFB: their
 * keystreams are made with one call of the cipher's CBC or ECB (SP 800-38A: OFB's is CBC
 * over zeroes; CFB's, enciphering, is CBC with a zero IV over IV and plaintext).
 */
#include <linux/slab.h>

#include "acf_fuzz.h"

#define SOFTWARE	(CRYPTO_ALG_ASYNC | CRYPTO_ALG_NEED_FALLBACK)

static int refuse_ours(struct crypto_tfm *tfm)
{
	const char *driver = crypto_tfm_alg_driver_name(tfm);

	if (!strstr(driver, "-acf"))
		return 0;
	pr_err("acf_fuzz: the reference would be %s itself\n", driver);
	return -EINVAL;
}

static int alloc_cipher(struct crypto_skcipher **tfm, const char *name)
{
	*tfm = crypto_alloc_skcipher(name, 0, SOFTWARE);
	if (!IS_ERR(*tfm))
		return refuse_ours(crypto_skcipher_tfm(*tfm));
	pr_err("acf_fuzz: no software for %s\n", name);
	return PTR_ERR(*tfm);
}

static int alloc_any(struct fz_ref *ref)
{
	const struct fz_alg *alg = ref->alg;

	switch (alg->kind) {
	case FZ_CIPHER:
		if (!fz_is_stream(alg))
			return alloc_cipher(&ref->cipher, alg->name);
		return alloc_cipher(&ref->cipher, alg->cbc) ?: alloc_cipher(&ref->ecb, alg->ecb);
	case FZ_HASH:
		ref->hash = crypto_alloc_shash(alg->name, 0, CRYPTO_ALG_NEED_FALLBACK);
		return PTR_ERR_OR_ZERO(ref->hash) ?: refuse_ours(crypto_shash_tfm(ref->hash));
	default:
		ref->aead = crypto_alloc_aead(alg->name, 0, SOFTWARE);
		return PTR_ERR_OR_ZERO(ref->aead) ?: refuse_ours(crypto_aead_tfm(ref->aead));
	}
}

/* What a transform without a key answers. */
static int run_bare(struct fz_ref *ref)
{
	u8 *block = kzalloc(64, GFP_KERNEL);
	u8 out[FZ_MAX_DIGEST] = { 0 };
	int err = -ENOMEM;

	if (!block)
		return err;
	if (ref->alg->kind == FZ_CIPHER)
		err = fz_ref_cipher(ref, block, 16, out, false);
	else if (ref->alg->kind == FZ_HASH)
		err = fz_ref_hash(ref, block, 16, out);
	else
		err = fz_ref_aead(ref, block, 0, 16, out, false);
	kfree(block);
	return err;
}

int fz_ref_init(struct fz_ref *ref, const struct fz_alg *alg)
{
	int err;

	memset(ref, 0, sizeof(*ref));
	ref->alg = alg;
	err = alloc_any(ref);
	if (err) {
		fz_ref_exit(ref);
		return err;
	}
	ref->bare_err = run_bare(ref);
	return 0;
}

/* The key, and ICV size, of a planned request. */
int fz_ref_prepare(struct fz_ref *ref, const struct fz_plan *plan)
{
	struct fz_key key;
	int err = 0;

	if (ref->alg->keyed && !fz_tfm_is_bare(plan->tfm) &&
	    (!ref->keyed || ref->tfm != plan->tfm || ref->key != plan->key)) {
		fz_plan_key(&key, plan->tfm, plan->key);
		err = fz_ref_setkey(ref, key.blob, key.bytes, false);
		ref->keyed = !err;
		ref->tfm = plan->tfm;
		ref->key = plan->key;
	}
	if (!err && ref->alg->kind == FZ_AEAD)
		err = crypto_aead_setauthsize(ref->aead, fz_plan_authsize(plan->tfm, plan->icv));
	return err;
}

void fz_ref_exit(struct fz_ref *ref)
{
	if (!IS_ERR_OR_NULL(ref->cipher))
		crypto_free_skcipher(ref->cipher);
	if (!IS_ERR_OR_NULL(ref->ecb))
		crypto_free_skcipher(ref->ecb);
	if (!IS_ERR_OR_NULL(ref->hash))
		crypto_free_shash(ref->hash);
	if (!IS_ERR_OR_NULL(ref->aead))
		crypto_free_aead(ref->aead);
	memset(ref, 0, sizeof(*ref));
}

static int setkey_cipher(struct crypto_skcipher *tfm, const u8 *key, u32 bytes, u32 weak)
{
	crypto_skcipher_clear_flags(tfm, CRYPTO_TFM_REQ_FORBID_WEAK_KEYS);
	crypto_skcipher_set_flags(tfm, weak);
	return crypto_skcipher_setkey(tfm, key, bytes);
}

int fz_ref_setkey(struct fz_ref *ref, const u8 *key, u32 bytes, bool forbid_weak)
{
	u32 weak = forbid_weak ? CRYPTO_TFM_REQ_FORBID_WEAK_KEYS : 0;

	switch (ref->alg->kind) {
	case FZ_CIPHER:
		return setkey_cipher(ref->cipher, key, bytes, weak) ?:
		       (ref->ecb ? setkey_cipher(ref->ecb, key, bytes, weak) : 0);
	case FZ_HASH:
		return crypto_shash_setkey(ref->hash, key, bytes);
	default:
		crypto_aead_clear_flags(ref->aead, CRYPTO_TFM_REQ_FORBID_WEAK_KEYS);
		crypto_aead_set_flags(ref->aead, weak);
		return crypto_aead_setkey(ref->aead, key, bytes);
	}
}

static int crypt(struct crypto_skcipher *tfm, u8 *data, u32 len, u8 *iv, bool decrypt)
{
	struct skcipher_request *req = skcipher_request_alloc(tfm, GFP_KERNEL);
	struct scatterlist sg;
	int err;

	if (!req)
		return -ENOMEM;
	sg_init_one(&sg, data, len);
	skcipher_request_set_callback(req, 0, NULL, NULL);
	skcipher_request_set_crypt(req, &sg, &sg, len, iv);
	err = decrypt ? crypto_skcipher_decrypt(req) : crypto_skcipher_encrypt(req);
	skcipher_request_free(req);
	return err;
}

/* What CFB and OFB encipher to get the keystream: the stream moved on by one block. */
static void fill_keystream(u8 *ks, u32 len, const u8 *data, const u8 *iv,
			   const struct fz_alg *alg)
{
	u32 block = alg->block;

	memset(ks, 0, len);
	if (alg->mode == FZ_OFB)
		return;
	memcpy(ks, iv, block);
	memcpy(ks + block, data, len - block);
}

static int make_keystream(struct fz_ref *ref, u8 *ks, u32 len, const u8 *iv, bool decrypt)
{
	u8 start[FZ_MAX_IV] = { 0 };

	if (ref->alg->mode == FZ_CFB && decrypt)
		return crypt(ref->ecb, ks, len, NULL, false);
	if (ref->alg->mode == FZ_OFB)
		memcpy(start, iv, ref->alg->block);
	return crypt(ref->cipher, ks, len, start, false);
}

static void xor_stream(u8 *data, const u8 *ks, u32 len)
{
	while (len--)
		*data++ ^= *ks++;
}

/* The IV that goes on: OFB the last block of keystream, CFB the last whole ciphertext block. */
static void stream_iv(const struct fz_alg *alg, u8 *iv, const u8 *ks, const u8 *ct, u32 len)
{
	u32 whole = rounddown(len, alg->block);

	if (alg->mode == FZ_OFB)
		memcpy(iv, ks + roundup(len, alg->block) - alg->block, alg->block);
	else if (whole)
		memcpy(iv, ct + whole - alg->block, alg->block);
}

static int crypt_stream(struct fz_ref *ref, u8 *data, u32 len, u8 *iv, bool decrypt)
{
	u32 whole = roundup(len, ref->alg->block);
	u8 *ks = kmalloc(whole, GFP_KERNEL);
	u8 *ct = kmemdup(data, len, GFP_KERNEL);
	int err = -ENOMEM;

	if (!ks || !ct)
		goto out;
	fill_keystream(ks, whole, data, iv, ref->alg);
	err = make_keystream(ref, ks, whole, iv, decrypt);
	if (err)
		goto out;
	xor_stream(data, ks, len);
	stream_iv(ref->alg, iv, ks, decrypt ? ct : data, len);
out:
	kfree(ct);
	kfree(ks);
	return err;
}

int fz_ref_cipher(struct fz_ref *ref, u8 *data, u32 len, u8 *iv, bool decrypt)
{
	u8 tweak[FZ_MAX_IV];

	if (fz_is_stream(ref->alg))
		return len ? crypt_stream(ref, data, len, iv, decrypt) : 0;
	/* some software leaves a tweak there */
	if (fz_is_xts(ref->alg))
		iv = memcpy(tweak, iv, sizeof(tweak));
	return crypt(ref->cipher, data, len, iv, decrypt);
}

int fz_ref_hash(struct fz_ref *ref, const u8 *data, u32 len, u8 *out)
{
	return crypto_shash_tfm_digest(ref->hash, data, len, out);
}

int fz_ref_aead(struct fz_ref *ref, u8 *data, u32 assoc, u32 cryptlen, const u8 *iv,
		bool decrypt)
{
	struct aead_request *req = aead_request_alloc(ref->aead, GFP_KERNEL);
	u32 icv = crypto_aead_authsize(ref->aead);
	struct scatterlist sg;
	u8 copy[FZ_MAX_IV];
	int err;

	if (!req)
		return -ENOMEM;
	memcpy(copy, iv, sizeof(copy));
	sg_init_one(&sg, data, assoc + cryptlen + (decrypt ? 0 : icv));
	aead_request_set_callback(req, 0, NULL, NULL);
	aead_request_set_ad(req, assoc);
	aead_request_set_crypt(req, &sg, &sg, cryptlen, copy);
	err = decrypt ? crypto_aead_decrypt(req) : crypto_aead_encrypt(req);
	aead_request_free(req);
	return err;
}
