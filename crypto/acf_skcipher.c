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
		crypto_skcipher_set_reqsize(tfm, sizeof(struct acf_req) + ctx->cpu_reqsize);
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

static void acf_save_src_tail(struct acf_req *rq)
{
	unsigned int block = rq->job.alg->block;

	if (acf_needs_src_tail(&rq->job))
		scatterwalk_map_and_copy(rq->src_tail, rq->job.src, rq->job.len - block, block, 0);
}

static void acf_write_iv(struct acf_req *rq)
{
	const struct acf_job *job = &rq->job;
	unsigned int block = job->alg->block;
	u8 *iv = rq->req->iv;

	if (!job->alg->iv_bytes)
		return;
	if (acf_needs_src_tail(job))
		memcpy(iv, rq->src_tail, block);
	if (job->alg->mode == ACF_MODE_OFB) {
		scatterwalk_map_and_copy(rq->scratch, job->dst, job->len - block, block, 0);
		crypto_xor(iv, rq->scratch, block);
	} else if (!job->decrypt) {
		scatterwalk_map_and_copy(iv, job->dst, job->len - block, block, 0);
	}
}

/* Process or softirq context. The request's source and IV are untouched so far. */
static int acf_req_on_cpu(struct acf_req *rq, int why, bool may_sleep)
{
	acf_count_cpu(&rq->job, why);
	return acf_cpu_crypt(rq, may_sleep);
}

/* The last block of clear text may be in there, and the caller need not wipe its request. */
static void acf_req_forget(struct acf_req *rq)
{
	memzero_explicit(rq->src_tail, sizeof(rq->src_tail));
	memzero_explicit(rq->scratch, sizeof(rq->scratch));
	acf_key_put(rq->key);
}

static void acf_req_done(struct acf_job *job, int err)
{
	struct acf_req *rq = container_of(job, struct acf_req, job);
	struct skcipher_request *req = rq->req;

	if (err)
		err = acf_req_on_cpu(rq, err, false);
	else
		acf_write_iv(rq);
	acf_req_forget(rq);
	/* the request, and rq with it, may be gone when this returns */
	skcipher_request_complete(req, err);
}

static void acf_req_accepted(struct acf_job *job)
{
	struct acf_req *rq = container_of(job, struct acf_req, job);

	skcipher_request_complete(rq->req, -EINPROGRESS);
}

static void acf_req_fill(struct acf_req *rq, struct skcipher_request *req, bool decrypt)
{
	struct acf_tfm *ctx = crypto_skcipher_ctx(crypto_skcipher_reqtfm(req));
	struct acf_job *job = &rq->job;

	rq->req = req;
	rq->key = acf_key_get(ctx->key);
	acf_job_init(job);
	job->alg = ctx->alg;
	job->class = ctx->class;
	job->key = rq->key->raw;
	job->key_bytes = rq->key->bytes;
	job->decrypt = decrypt;
	job->mac_key = NULL;
	job->len = req->cryptlen;
	job->assoc = 0;
	job->src = req->src;
	job->dst = req->dst;
	job->done = acf_req_done;
	job->accepted = acf_req_accepted;
	if (ctx->alg->iv_bytes)
		memcpy(job->iv, req->iv, ctx->alg->iv_bytes);
}

/* An engine takes whole blocks only; of the stream modes the rest runs on the CPU. */
static int acf_req_to_engine(struct acf_req *rq)
{
	if (rq->job.len % rq->job.alg->block)
		return -EOPNOTSUPP;
	acf_save_src_tail(rq);
	return acf_dispatch(&rq->job, rq->req->base.flags);
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

static int acf_skcipher_crypt(struct skcipher_request *req, bool decrypt)
{
	struct acf_req *rq = skcipher_request_ctx(req);
	int ret;

	if (!req->cryptlen)
		return 0;
	ret = acf_check_lengths(req);
	if (ret)
		return ret;
	acf_req_fill(rq, req, decrypt);
	ret = acf_req_to_engine(rq);
	if (ret == -EINPROGRESS || ret == -EBUSY)
		return ret;	/* rq is not ours any more */
	ret = acf_req_on_cpu(rq, ret, true);
	acf_req_forget(rq);
	return ret;
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
