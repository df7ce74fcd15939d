// SPDX-License-Identifier: GPL-2.0
/*
 * Hashes and HMACs: a whole message goes to an engine in one command; partial states
 * are the CPU's, as an engine has none. IPsec's AH and authencesn hash whole messages.
 */
#include "acf_compat.h"
#include "acf_internal.h"

static const struct acf_alg *acf_alg_of_ahash(struct crypto_ahash *tfm)
{
	return container_of(crypto_hash_alg_common(tfm), struct acf_api, hash.halg)->alg;
}

/* Context of a hash request. Of a partial state only the twin's part is used. */
struct acf_hash_req {
	struct acf_req rq;
	struct ahash_request cpu;		/* last: the twin's context follows */
};

/* What an exported state may take. 6.1 wants one number for all implementations. */
#define ACF_HASH_STATE_BYTES	128

/*
 * A state points to the tfm it was begun with, and may be abandoned without a word: it
 * cannot hold a reference to a key. So all states of a transform use one twin, which is
 * keyed in place, as any software hash is.
 */
static int acf_hash_make_partial(struct acf_tfm *ctx)
{
	int err = acf_twin_alloc(&ctx->partial, ctx->alg);

	if (err)
		return err;
	if (crypto_ahash_statesize(ctx->partial.hash) <= ACF_HASH_STATE_BYTES &&
	    acf_twin_reqsize(&ctx->partial) <= ctx->cpu_reqsize)
		return 0;
	acf_twin_free(&ctx->partial);
	return -EINVAL;
}

/* Of a hash without a key no setkey() will come: the twin serves as it is. */
static int acf_hash_make_keyless(struct acf_tfm *ctx)
{
	struct acf_key *key = acf_key_create(ctx, NULL, 0, 0);

	if (IS_ERR(key))
		return PTR_ERR(key);
	ctx->key = key;
	return 0;
}

static int acf_hash_init_tfm(struct crypto_ahash *tfm)
{
	struct acf_tfm *ctx = crypto_ahash_ctx(tfm);
	int err = acf_tfm_init(ctx, acf_alg_of_ahash(tfm));

	if (err)
		return err;
	err = acf_hash_make_partial(ctx);
	if (!err && !acf_alg_is_hmac(ctx->alg))
		err = acf_hash_make_keyless(ctx);
	if (err) {
		acf_tfm_exit(ctx);
		return err;
	}
	crypto_ahash_set_reqsize(tfm, sizeof(struct acf_hash_req) + ctx->cpu_reqsize);
	acf_ahash_set_statesize(tfm, crypto_ahash_statesize(ctx->partial.hash));
	return 0;
}

static void acf_hash_exit_tfm(struct crypto_ahash *tfm)
{
	acf_tfm_exit(crypto_ahash_ctx(tfm));
}

static int acf_hash_setkey(struct crypto_ahash *tfm, const u8 *raw, unsigned int bytes)
{
	struct acf_tfm *ctx = crypto_ahash_ctx(tfm);
	struct acf_key *key = acf_key_create(ctx, raw, bytes, 0);
	int err;

	if (IS_ERR(key))
		return PTR_ERR(key);
	err = acf_key_set_mac(key, ctx->alg, raw, bytes) ?:
	      acf_twin_setkey(&ctx->partial, raw, bytes, 0);
	if (err) {
		acf_key_put(key);
		return err;
	}
	acf_tfm_set_key(ctx, key);
	return 0;
}

/* The twin's request, ready but for its data. */
static struct ahash_request *acf_hash_cpu(struct ahash_request *req,
					  const struct acf_twin *twin, bool may_sleep)
{
	struct acf_hash_req *hr = ahash_request_ctx(req);
	u32 flags = may_sleep ? req->base.flags & CRYPTO_TFM_REQ_MAY_SLEEP : 0;

	ahash_request_set_tfm(&hr->cpu, twin->hash);
	ahash_request_set_callback(&hr->cpu, flags, NULL, NULL);
	return &hr->cpu;
}

static struct ahash_request *acf_hash_forward(struct ahash_request *req)
{
	struct acf_tfm *ctx = crypto_ahash_ctx(crypto_ahash_reqtfm(req));

	return acf_hash_cpu(req, &ctx->partial, true);
}

static int acf_hash_init(struct ahash_request *req)
{
	return crypto_ahash_init(acf_hash_forward(req));
}

static int acf_hash_update(struct ahash_request *req)
{
	struct ahash_request *cpu = acf_hash_forward(req);

	ahash_request_set_crypt(cpu, req->src, NULL, req->nbytes);
	return crypto_ahash_update(cpu);
}

static int acf_hash_final(struct ahash_request *req)
{
	struct ahash_request *cpu = acf_hash_forward(req);

	ahash_request_set_crypt(cpu, NULL, req->result, 0);
	return crypto_ahash_final(cpu);
}

static int acf_hash_finup(struct ahash_request *req)
{
	struct ahash_request *cpu = acf_hash_forward(req);

	/* 7.x ends every message this way; src may be stale when there is no more */
	ahash_request_set_crypt(cpu, req->nbytes ? req->src : NULL, req->result, req->nbytes);
	return crypto_ahash_finup(cpu);
}

static int acf_hash_export(struct ahash_request *req, void *out)
{
	return crypto_ahash_export(acf_hash_forward(req), out);
}

static int acf_hash_import(struct ahash_request *req, const void *in)
{
	return crypto_ahash_import(acf_hash_forward(req), in);
}

static int acf_hash_digest_cpu(struct acf_req *rq, bool may_sleep)
{
	struct ahash_request *req = container_of(rq->base, struct ahash_request, base);
	struct ahash_request *cpu = acf_hash_cpu(req, &rq->key->twin, may_sleep);

	ahash_request_set_crypt(cpu, req->src, req->result, req->nbytes);
	return crypto_ahash_digest(cpu);
}

static int acf_hash_finish(struct acf_req *rq)
{
	struct ahash_request *req = container_of(rq->base, struct ahash_request, base);

	memcpy(req->result, rq->job.mac, rq->job.alg->digest_bytes);
	return 0;
}

static const struct acf_kind_ops acf_hash_ops = {
	.cpu = acf_hash_digest_cpu,
	.finish = acf_hash_finish,
};

static void acf_hash_fill_job(struct acf_req *rq, struct acf_tfm *ctx,
			      struct ahash_request *req)
{
	struct acf_job *job = &rq->job;

	acf_req_init(rq, ctx, &acf_hash_ops, &req->base);
	job->key = NULL;
	job->key_bytes = 0;
	job->mac_key = rq->key->mac;
	job->mac_need = job->alg->digest_bytes;
	job->decrypt = false;
	job->len = req->nbytes;
	job->assoc = 0;
	job->src = req->src;
	job->dst = NULL;
}

static int acf_hash_digest(struct ahash_request *req)
{
	struct acf_tfm *ctx = crypto_ahash_ctx(crypto_ahash_reqtfm(req));
	struct acf_hash_req *hr = ahash_request_ctx(req);

	if (req->nbytes && sg_nents_for_len(req->src, req->nbytes) < 0)
		return -EINVAL;
	acf_hash_fill_job(&hr->rq, ctx, req);
	/* the empty message has nothing an engine could read */
	return acf_submit(&hr->rq, ctx->flow, req->nbytes);
}

void acf_hash_fill(struct ahash_alg *hash, bool keyed)
{
	hash->halg.statesize = ACF_HASH_STATE_BYTES;
	hash->init_tfm = acf_hash_init_tfm;
	hash->exit_tfm = acf_hash_exit_tfm;
	hash->setkey = keyed ? acf_hash_setkey : NULL;
	hash->init = acf_hash_init;
	hash->update = acf_hash_update;
	hash->final = acf_hash_final;
	hash->finup = acf_hash_finup;
	hash->digest = acf_hash_digest;
	hash->export = acf_hash_export;
	hash->import = acf_hash_import;
}
