// SPDX-License-Identifier: GPL-2.0
/* skcipher transforms and requests: from the crypto API to an engine or the CPU, and back. */
#include <crypto/aes.h>
#include <crypto/algapi.h>
#include <crypto/internal/des.h>
#include <crypto/scatterwalk.h>
#include <crypto/xts.h>

#include "acf_internal.h"

static const struct acf_alg *acf_alg_of_skcipher(struct crypto_skcipher *tfm)
{
	return container_of(crypto_skcipher_alg(tfm), struct acf_api, cipher)->alg;
}

static int acf_skcipher_init(struct crypto_skcipher *tfm)
{
	struct acf_tfm *ctx = crypto_skcipher_ctx(tfm);
	int err = acf_tfm_init(ctx, acf_alg_of_skcipher(tfm));

	if (!err)
		crypto_skcipher_set_reqsize(tfm, sizeof(struct acf_cipher_req) + ctx->cpu_reqsize);
	return err;
}

static void acf_skcipher_exit(struct crypto_skcipher *tfm)
{
	acf_tfm_exit(crypto_skcipher_ctx(tfm));
}

/* Lengths of DES keys were checked by the crypto API against min and max. */
static int acf_check_key(struct crypto_skcipher *tfm, const u8 *key, unsigned int bytes)
{
	switch (acf_alg_of_skcipher(tfm)->cipher) {
	case ACF_CIPHER_DES:
		return verify_skcipher_des_key(tfm, key);
	case ACF_CIPHER_DES3_EDE:
		/* the helper says -ENOKEY where its comment and generic 3DES say -EINVAL */
		return verify_skcipher_des3_key(tfm, key) ? -EINVAL : 0;
	case ACF_CIPHER_AES:
		if (acf_alg_is_xts(acf_alg_of_skcipher(tfm)))
			return xts_verify_key(tfm, key, bytes) ?: aes_check_keylen(bytes / 2);
		return aes_check_keylen(bytes);
	}
	return -EINVAL;
}

/* What a card has of the key, and what the CPU needs of it beside the twin. */
static int acf_skcipher_fill_key(struct acf_key *key, const struct acf_alg *alg, const u8 *raw,
				 unsigned int bytes)
{
	int err;

	key->bytes = acf_alg_is_xts(alg) ? bytes / 2 : bytes;
	memcpy(key->raw, raw, key->bytes);
	err = acf_twin_set_block_key(&key->twin, key->raw, key->bytes);
	if (err || !acf_alg_is_xts(alg))
		return err;
	return acf_key_set_xts(key, raw, bytes);
}

static int acf_skcipher_setkey(struct crypto_skcipher *tfm, const u8 *raw, unsigned int bytes)
{
	struct acf_tfm *ctx = crypto_skcipher_ctx(tfm);
	struct acf_key *key;
	int err;

	err = acf_check_key(tfm, raw, bytes);
	if (err)
		return err;
	key = acf_key_create(ctx, raw, bytes, crypto_skcipher_get_flags(tfm));
	if (IS_ERR(key))
		return PTR_ERR(key);
	err = acf_skcipher_fill_key(key, ctx->alg, raw, bytes);
	if (err)
		acf_key_put(key);
	else
		acf_tfm_set_key(ctx, key);
	return err;
}

/* XTS leaves the IV as it was, and ECB has none. */
static bool acf_goes_on(const struct acf_alg *alg)
{
	return alg->iv_bytes && !acf_alg_is_xts(alg);
}

/*
 * The value that continues the stream goes to req->iv. Needed from the source are
 * its last block when it is the ciphertext (decryption), or one half of the keystream
 * (OFB); an engine may have overwritten it by now, hence src_tail.
 */
static bool acf_needs_src_tail(const struct acf_job *job)
{
	return job->alg->mode == ACF_MODE_OFB || (acf_goes_on(job->alg) && job->decrypt);
}

static void acf_save_src_tail(struct acf_cipher_req *cr)
{
	const struct acf_job *job = &cr->rq.job;
	unsigned int block = job->alg->block;

	if (acf_needs_src_tail(job))
		scatterwalk_map_and_copy(cr->src_tail, job->src, job->len - block, block, 0);
}

static void acf_write_iv(struct acf_cipher_req *cr, u8 *iv)
{
	const struct acf_job *job = &cr->rq.job;
	unsigned int block = job->alg->block;

	if (!acf_goes_on(job->alg))
		return;
	if (acf_needs_src_tail(job))
		memcpy(iv, cr->src_tail, block);
	if (job->alg->mode == ACF_MODE_OFB) {
		scatterwalk_map_and_copy(cr->scratch, job->dst, job->len - block, block, 0);
		crypto_xor(iv, cr->scratch, block);
	} else if (!job->decrypt) {
		scatterwalk_map_and_copy(iv, job->dst, job->len - block, block, 0);
	}
}

/*
 * The last block of clear text may be in there, or a tweak, and the caller need not wipe its
 * request.
 */
static void acf_cipher_forget(struct acf_cipher_req *cr)
{
	if (acf_alg_is_xts(cr->rq.job.alg))
		memzero_explicit(cr->rq.job.iv, sizeof(cr->rq.job.iv));
	memzero_explicit(cr->src_tail, sizeof(cr->src_tail));
	memzero_explicit(cr->scratch, sizeof(cr->scratch));
}

static int acf_skcipher_finish(struct acf_req *rq)
{
	struct acf_cipher_req *cr = container_of(rq, struct acf_cipher_req, rq);

	if (acf_alg_is_xts(rq->job.alg))
		acf_xts_end(cr);
	acf_write_iv(cr, container_of(rq->base, struct skcipher_request, base)->iv);
	acf_cipher_forget(cr);
	return 0;
}

static int acf_skcipher_cpu(struct acf_req *rq, bool may_sleep)
{
	struct acf_cipher_req *cr = container_of(rq, struct acf_cipher_req, rq);
	int err = acf_cipher_cpu(cr, may_sleep);

	acf_cipher_forget(cr);
	return err;
}

static const struct acf_kind_ops acf_skcipher_ops = {
	.cpu = acf_skcipher_cpu,
	.finish = acf_skcipher_finish,
};

static void acf_skcipher_fill_iv(struct acf_job *job, const struct acf_key *key, const u8 *iv)
{
	if (acf_alg_is_xts(job->alg))
		acf_xts_first_tweak(key, job->iv, iv);
	else if (job->alg->iv_bytes)
		memcpy(job->iv, iv, job->alg->iv_bytes);
}

static void acf_skcipher_fill_job(struct acf_cipher_req *cr, struct acf_tfm *ctx,
				  struct skcipher_request *req, bool decrypt)
{
	struct acf_job *job = &cr->rq.job;

	acf_req_init(&cr->rq, ctx, &acf_skcipher_ops, &req->base);
	job->key = cr->rq.key->raw;
	job->key_bytes = cr->rq.key->bytes;
	job->decrypt = decrypt;
	job->mac_key = NULL;
	job->len = req->cryptlen;
	job->assoc = 0;
	job->src = req->src;
	job->dst = req->dst;
	acf_skcipher_fill_iv(job, cr->rq.key, req->iv);
}

/* Lists shorter than the request end here, not in somebody's memory. */
static int acf_check_lengths(struct skcipher_request *req, const struct acf_alg *alg)
{
	unsigned int block = crypto_skcipher_blocksize(crypto_skcipher_reqtfm(req));

	if (acf_alg_is_xts(alg) ? req->cryptlen < block : req->cryptlen % block)
		return -EINVAL;
	if (sg_nents_for_len(req->src, req->cryptlen) < 0 ||
	    (req->dst != req->src && sg_nents_for_len(req->dst, req->cryptlen) < 0))
		return -EINVAL;
	return 0;
}

/*
 * Bytes that an engine can have of the text: it takes whole blocks only. XTS exchanges the
 * last of them with what follows it; both are the CPU's. Of the stream modes it does all.
 */
static u32 acf_cards_part(const struct acf_alg *alg, u32 bytes)
{
	u32 odd = bytes % alg->block;

	if (!odd)
		return bytes;
	return acf_alg_is_xts(alg) ? bytes - odd - alg->block : 0;
}

static int acf_skcipher_crypt(struct skcipher_request *req, bool decrypt)
{
	struct acf_tfm *ctx = crypto_skcipher_ctx(crypto_skcipher_reqtfm(req));
	struct acf_cipher_req *cr = skcipher_request_ctx(req);
	u32 part = acf_cards_part(ctx->alg, req->cryptlen);
	int err;

	if (!req->cryptlen && !acf_alg_is_xts(ctx->alg))
		return 0;
	err = acf_check_lengths(req, ctx->alg);
	if (err)
		return err;
	acf_skcipher_fill_job(cr, ctx, req, decrypt);
	if (part) {
		cr->rq.job.len = part;
		acf_save_src_tail(cr);
	}
	return acf_submit(&cr->rq, ctx->flow, part);
}

static int acf_skcipher_encrypt(struct skcipher_request *req)
{
	return acf_skcipher_crypt(req, false);
}

static int acf_skcipher_decrypt(struct skcipher_request *req)
{
	return acf_skcipher_crypt(req, true);
}

void acf_skcipher_fill(struct skcipher_alg *sk)
{
	sk->init = acf_skcipher_init;
	sk->exit = acf_skcipher_exit;
	sk->setkey = acf_skcipher_setkey;
	sk->encrypt = acf_skcipher_encrypt;
	sk->decrypt = acf_skcipher_decrypt;
}
