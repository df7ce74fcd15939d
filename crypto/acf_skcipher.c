// SPDX-License-Identifier: GPL-2.0
/* skcipher transforms and requests: from the crypto API to an engine or the CPU, and back. */
#include <crypto/aes.h>
#include <crypto/algapi.h>
#include <crypto/internal/des.h>
#include <crypto/scatterwalk.h>

#include "acf_internal.h"

int acf_skcipher_init(struct crypto_skcipher *tfm)
{
	struct acf_tfm *ctx = crypto_skcipher_ctx(tfm);
	struct crypto_skcipher *twin;

	ctx->alg = acf_alg_of(tfm);
	ctx->key = NULL;
	twin = acf_twin_alloc(ctx->alg);
	if (IS_ERR(twin))
		return PTR_ERR(twin);
	ctx->spare = twin;
	ctx->cpu_reqsize = crypto_skcipher_reqsize(twin);
	crypto_skcipher_set_reqsize(tfm, sizeof(struct acf_req) + ctx->cpu_reqsize);
	return 0;
}

void acf_skcipher_exit(struct crypto_skcipher *tfm)
{
	struct acf_tfm *ctx = crypto_skcipher_ctx(tfm);

	if (ctx->key)
		acf_key_put(ctx->key);
	if (ctx->spare)
		crypto_free_skcipher(ctx->spare);
}

/* Lengths of DES keys were checked by the crypto API against min and max. */
static int acf_check_key(struct crypto_skcipher *tfm, const u8 *key, unsigned int bytes)
{
	switch (acf_alg_of(tfm)->cipher) {
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

int acf_skcipher_setkey(struct crypto_skcipher *tfm, const u8 *raw, unsigned int bytes)
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
	/* requests in flight keep the old key alive */
	if (ctx->key)
		acf_key_put(ctx->key);
	ctx->key = key;
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

static enum acf_cpu_reason acf_reason(int err)
{
	switch (err) {
	case -ENODEV:
		return ACF_CPU_NO_ENGINE;
	case -EOPNOTSUPP:
		return ACF_CPU_SHAPE;
	case -ENOSPC:
		return ACF_CPU_FULL;
	default:
		return ACF_CPU_FAILED;
	}
}

/* Process or softirq context. The request's source and IV are untouched so far. */
static int acf_req_on_cpu(struct acf_req *rq, int why, bool may_sleep)
{
	acf_count_cpu(rq->job.alg, acf_reason(why), rq->job.len);
	return acf_cpu_crypt(rq, may_sleep);
}

static void acf_req_done(struct acf_job *job, int err)
{
	struct acf_req *rq = container_of(job, struct acf_req, job);
	struct skcipher_request *req = rq->req;

	if (err)
		err = acf_req_on_cpu(rq, err, false);
	else
		acf_write_iv(rq);
	acf_key_put(rq->key);
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
	job->alg = ctx->alg;
	job->key = rq->key->raw;
	job->key_bytes = rq->key->bytes;
	job->decrypt = decrypt;
	job->len = req->cryptlen;
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
	bool may_backlog = rq->req->base.flags & CRYPTO_TFM_REQ_MAY_BACKLOG;
	struct acf_engine *engine;
	int ret = -ENODEV;

	if (rq->job.len % rq->job.alg->block)
		return -EOPNOTSUPP;
	rcu_read_lock();
	engine = acf_engine_pick(rq->job.alg, rq->job.len);
	if (engine) {
		acf_save_src_tail(rq);
		ret = acf_engine_admit(engine, &rq->job, may_backlog);
	}
	rcu_read_unlock();
	return ret;
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
	acf_key_put(rq->key);
	return ret;
}

int acf_skcipher_encrypt(struct skcipher_request *req)
{
	return acf_skcipher_crypt(req, false);
}

int acf_skcipher_decrypt(struct skcipher_request *req)
{
	return acf_skcipher_crypt(req, true);
}
