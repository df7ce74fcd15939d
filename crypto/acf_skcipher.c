// SPDX-License-Identifier: GPL-2.0
/* skcipher transforms and requests: from the crypto API to an engine or the CPU, and back. */
#include <crypto/aes.h>
#include <crypto/algapi.h>
#include <crypto/internal/des.h>
#include <crypto/scatterwalk.h>

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
		return aes_check_keylen(bytes);
	}
	return -EINVAL;
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
	memcpy(key->raw, raw, bytes);
	key->bytes = bytes;
	acf_tfm_set_key(ctx, key);
	return 0;
}

/*
 * The value that continues the stream goes to req->iv. Needed from the source are
 * its last block when it is the ciphertext (decryption), or one half of the keystream
 * (OFB); an engine may have overwritten it by now, hence src_tail.
 */
static bool acf_needs_src_tail(const struct acf_job *job)
{
	return job->alg->mode == ACF_MODE_OFB || (job->alg->iv_bytes && job->decrypt);
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

	if (!job->alg->iv_bytes)
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

/* The last block of clear text may be in there, and the caller need not wipe its request. */
static void acf_cipher_forget(struct acf_cipher_req *cr)
{
	memzero_explicit(cr->src_tail, sizeof(cr->src_tail));
	memzero_explicit(cr->scratch, sizeof(cr->scratch));
}

static int acf_skcipher_finish(struct acf_req *rq)
{
	struct acf_cipher_req *cr = container_of(rq, struct acf_cipher_req, rq);

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

static void acf_skcipher_fill_job(struct acf_cipher_req *cr, const struct acf_tfm *ctx,
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
	if (ctx->alg->iv_bytes)
		memcpy(job->iv, req->iv, ctx->alg->iv_bytes);
}

/* Lists shorter than the request end here, not in somebody's memory. */
static int acf_check_lengths(struct skcipher_request *req)
{
	if (req->cryptlen % crypto_skcipher_blocksize(crypto_skcipher_reqtfm(req)))
		return -EINVAL;
	if (sg_nents_for_len(req->src, req->cryptlen) < 0 ||
	    (req->dst != req->src && sg_nents_for_len(req->dst, req->cryptlen) < 0))
		return -EINVAL;
	return 0;
}

/* An engine takes whole blocks only; of the stream modes the rest runs on the CPU. */
static int acf_skcipher_crypt(struct skcipher_request *req, bool decrypt)
{
	struct acf_tfm *ctx = crypto_skcipher_ctx(crypto_skcipher_reqtfm(req));
	struct acf_cipher_req *cr = skcipher_request_ctx(req);
	bool whole;
	int err;

	if (!req->cryptlen)
		return 0;
	err = acf_check_lengths(req);
	if (err)
		return err;
	acf_skcipher_fill_job(cr, ctx, req, decrypt);
	whole = req->cryptlen % cr->rq.job.alg->block == 0;
	if (whole)
		acf_save_src_tail(cr);
	return acf_submit(&cr->rq, ctx->flow, whole);
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
