// SPDX-License-Identifier: GPL-2.0
/*
 * authenc in a single pass, as ESP uses it: the engine enciphers the text and MACs
 * associated data and ciphertext in one command.
 */
#include <crypto/aes.h>
#include <crypto/algapi.h>
#include <crypto/authenc.h>
#include <crypto/internal/des.h>
#include <crypto/scatterwalk.h>
#include <linux/rtnetlink.h>

#include "acf_internal.h"

static const struct acf_alg *acf_alg_of_aead(struct crypto_aead *tfm)
{
	return container_of(crypto_aead_alg(tfm), struct acf_api, aead)->alg;
}

/* Context of an AEAD request. */
struct acf_aead_req {
	struct acf_req rq;
	unsigned int authsize;		/* bytes of the ICV when the request came */
	struct aead_request cpu;	/* last: the twin's context follows */
};

static int acf_aead_init(struct crypto_aead *tfm)
{
	struct acf_tfm *ctx = crypto_aead_ctx(tfm);
	int err = acf_tfm_init(ctx, acf_alg_of_aead(tfm));

	if (!err)
		crypto_aead_set_reqsize(tfm, sizeof(struct acf_aead_req) + ctx->cpu_reqsize);
	return err;
}

static void acf_aead_exit(struct crypto_aead *tfm)
{
	acf_tfm_exit(crypto_aead_ctx(tfm));
}

static int acf_aead_check_cipher_key(struct crypto_aead *tfm,
				     const struct crypto_authenc_keys *keys)
{
	const struct acf_alg *alg = acf_alg_of_aead(tfm);

	if (keys->enckeylen < alg->min_key || keys->enckeylen > alg->max_key)
		return -EINVAL;
	switch (alg->cipher) {
	case ACF_CIPHER_DES:
		return verify_aead_des_key(tfm, keys->enckey, keys->enckeylen);
	case ACF_CIPHER_DES3_EDE:
		/* as in acf_skcipher.c: the helper says -ENOKEY where -EINVAL is meant */
		return verify_aead_des3_key(tfm, keys->enckey, keys->enckeylen) ? -EINVAL : 0;
	case ACF_CIPHER_AES:
		return aes_check_keylen(keys->enckeylen);
	}
	return -EINVAL;
}

/* ESP sets the ICV's size before there is a key: every new twin has to be told. */
static int acf_aead_fill_key(struct acf_tfm *ctx, struct acf_key *key,
			     const struct crypto_authenc_keys *keys)
{
	memcpy(key->raw, keys->enckey, keys->enckeylen);
	key->bytes = keys->enckeylen;
	return acf_twin_set_block_key(&key->twin, keys->enckey, keys->enckeylen) ?:
	       acf_key_set_mac(key, ctx->alg, keys->authkey, keys->authkeylen) ?:
	       crypto_aead_setauthsize(key->twin.aead, ctx->authsize);
}

static int acf_aead_new_key(struct crypto_aead *tfm, const struct crypto_authenc_keys *keys,
			    const u8 *blob, unsigned int bytes)
{
	struct acf_tfm *ctx = crypto_aead_ctx(tfm);
	struct acf_key *key;
	int err;

	err = acf_aead_check_cipher_key(tfm, keys);
	if (err)
		return err;
	key = acf_key_create(ctx, blob, bytes, crypto_aead_get_flags(tfm));
	if (IS_ERR(key))
		return PTR_ERR(key);
	err = acf_aead_fill_key(ctx, key, keys);
	if (err) {
		acf_key_put(key);
		return err;
	}
	acf_tfm_set_key(ctx, key);
	return 0;
}

static int acf_aead_setkey(struct crypto_aead *tfm, const u8 *blob, unsigned int bytes)
{
	struct crypto_authenc_keys keys;
	int err;

	err = crypto_authenc_extractkeys(&keys, blob, bytes);
	if (!err)
		err = acf_aead_new_key(tfm, &keys, blob, bytes);
	memzero_explicit(&keys, sizeof(keys));
	return err;
}

/* The same key as authenc's software takes it: an HMAC key padded with zeroes is the same. */
static unsigned int acf_aead_blob(u8 *blob, const struct acf_key *key)
{
	struct rtattr *rta = (struct rtattr *)blob;
	struct crypto_authenc_key_param *param = RTA_DATA(rta);

	rta->rta_len = RTA_LENGTH(sizeof(*param));
	rta->rta_type = CRYPTO_AUTHENC_KEYA_PARAM;
	param->enckeylen = cpu_to_be32(key->bytes);
	blob += RTA_SPACE(sizeof(*param));
	memcpy(blob, key->mac, ACF_MAC_KEY);
	memcpy(blob + ACF_MAC_KEY, key->raw, key->bytes);
	return RTA_SPACE(sizeof(*param)) + ACF_MAC_KEY + key->bytes;
}

/* The key again, with a twin for the new ICV size: requests out there need the old one. */
static int acf_aead_renew_key(struct acf_tfm *ctx)
{
	u8 blob[RTA_SPACE(sizeof(struct crypto_authenc_key_param)) + ACF_MAC_KEY + ACF_MAX_KEY]
		__aligned(4);
	const struct acf_key *old = ctx->key;
	struct acf_key *key;
	int err;

	key = acf_key_create(ctx, blob, acf_aead_blob(blob, old), 0);
	memzero_explicit(blob, sizeof(blob));
	if (IS_ERR(key))
		return PTR_ERR(key);
	memcpy(key->raw, old->raw, sizeof(key->raw));
	memcpy(key->mac, old->mac, sizeof(key->mac));
	key->bytes = old->bytes;
	err = acf_twin_set_block_key(&key->twin, old->raw, old->bytes) ?:
	      crypto_aead_setauthsize(key->twin.aead, ctx->authsize);
	if (err)
		acf_key_put(key);
	else
		acf_tfm_set_key(ctx, key);
	return err;
}

static int acf_aead_setauthsize(struct crypto_aead *tfm, unsigned int authsize)
{
	struct acf_tfm *ctx = crypto_aead_ctx(tfm);
	unsigned int before = ctx->authsize;
	int err = 0;

	ctx->authsize = authsize;
	if (ctx->key && refcount_read(&ctx->key->refs) > 1) {
		err = acf_aead_renew_key(ctx);
	} else if (ctx->key) {
		/* pairs with the release of the last request's acf_key_put() */
		smp_acquire__after_ctrl_dep();
		err = crypto_aead_setauthsize(ctx->key->twin.aead, authsize);
	}
	if (err)
		ctx->authsize = before;
	return err;
}

/* No plaintext of a forged message leaves: the engine wrote it before anybody could know. */
static void acf_aead_wipe_text(const struct acf_job *job)
{
	static const u8 zeroes[64];
	unsigned int off;

	for (off = job->assoc; off < job->len; off += sizeof(zeroes))
		scatterwalk_map_and_copy((void *)zeroes, job->dst, off,
					 min_t(u32, sizeof(zeroes), job->len - off), 1);
}

/* The engine is done: append the ICV, or compare it. */
static int acf_aead_finish(struct acf_req *rq)
{
	struct acf_aead_req *ar = container_of(rq, struct acf_aead_req, rq);
	struct acf_job *job = &rq->job;
	u8 icv[ACF_MAX_DIGEST];

	if (!job->decrypt) {
		scatterwalk_map_and_copy(job->mac, job->dst, job->len, ar->authsize, 1);
		return 0;
	}
	scatterwalk_map_and_copy(icv, job->src, job->len, ar->authsize, 0);
	if (!crypto_memneq(icv, job->mac, ar->authsize))
		return 0;
	acf_aead_wipe_text(job);
	return -EBADMSG;
}

static int acf_aead_cpu(struct acf_req *rq, bool may_sleep)
{
	struct acf_aead_req *ar = container_of(rq, struct acf_aead_req, rq);
	struct aead_request *req = container_of(rq->base, struct aead_request, base);
	u32 flags = may_sleep ? req->base.flags & CRYPTO_TFM_REQ_MAY_SLEEP : 0;
	int err;

	aead_request_set_tfm(&ar->cpu, rq->key->twin.aead);
	aead_request_set_callback(&ar->cpu, flags, NULL, NULL);
	aead_request_set_crypt(&ar->cpu, req->src, req->dst, req->cryptlen, rq->job.iv);
	aead_request_set_ad(&ar->cpu, req->assoclen);
	err = rq->job.decrypt ? crypto_aead_decrypt(&ar->cpu) : crypto_aead_encrypt(&ar->cpu);
	/* software compares first and writes nothing, but a card may have written a part */
	if (err == -EBADMSG && rq->returned)
		acf_aead_wipe_text(&rq->job);
	return err;
}

static const struct acf_kind_ops acf_aead_ops = {
	.cpu = acf_aead_cpu,
	.finish = acf_aead_finish,
};

static void acf_aead_fill_job(struct acf_aead_req *ar, struct acf_tfm *ctx,
			      struct aead_request *req, bool decrypt)
{
	struct acf_job *job = &ar->rq.job;

	acf_req_init(&ar->rq, ctx, &acf_aead_ops, &req->base);
	ar->authsize = ctx->authsize;
	job->key = ar->rq.key->raw;
	job->key_bytes = ar->rq.key->bytes;
	job->mac_key = ar->rq.key->mac;
	job->mac_need = ar->authsize;
	job->decrypt = decrypt;
	job->assoc = req->assoclen;
	/* the API refused a cryptlen below authsize */
	job->len = req->assoclen + req->cryptlen - (decrypt ? ar->authsize : 0);
	job->src = req->src;
	job->dst = req->dst;
	memcpy(job->iv, req->iv, ctx->alg->iv_bytes);
}

/* Layouts an engine can stream; the rest, odd text of forged packets included, is the CPU's. */
static bool acf_aead_fits(const struct acf_job *job)
{
	u32 text = job->len - job->assoc;

	return text && text % job->alg->block == 0 && job->assoc % 4 == 0;
}

static int acf_aead_check_lists(const struct aead_request *req, const struct acf_aead_req *ar)
{
	u32 src = ar->rq.job.len + (ar->rq.job.decrypt ? ar->authsize : 0);
	u32 dst = ar->rq.job.len + (ar->rq.job.decrypt ? 0 : ar->authsize);

	if (src && sg_nents_for_len(req->src, src) < 0)
		return -EINVAL;
	if (dst && sg_nents_for_len(req->dst, dst) < 0)
		return -EINVAL;
	return 0;
}

static int acf_aead_crypt(struct aead_request *req, bool decrypt)
{
	struct acf_tfm *ctx = crypto_aead_ctx(crypto_aead_reqtfm(req));
	struct acf_aead_req *ar = aead_request_ctx(req);
	int err;

	acf_aead_fill_job(ar, ctx, req, decrypt);
	err = acf_aead_check_lists(req, ar);
	if (err) {
		acf_key_put(ar->rq.key);
		return err;
	}
	return acf_submit(&ar->rq, ctx->flow, acf_aead_fits(&ar->rq.job));
}

static int acf_aead_encrypt(struct aead_request *req)
{
	return acf_aead_crypt(req, false);
}

static int acf_aead_decrypt(struct aead_request *req)
{
	return acf_aead_crypt(req, true);
}

void acf_aead_fill(struct aead_alg *aead)
{
	aead->init = acf_aead_init;
	aead->exit = acf_aead_exit;
	aead->setkey = acf_aead_setkey;
	aead->setauthsize = acf_aead_setauthsize;
	aead->encrypt = acf_aead_encrypt;
	aead->decrypt = acf_aead_decrypt;
}
