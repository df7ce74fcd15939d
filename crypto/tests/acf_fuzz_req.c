// SPDX-License-Identifier: GPL-2.0
/* One request: from its plan to buffers, lists, and what the software makes of them. */
#include <linux/slab.h>

#include "acf_fuzz.h"

#define SALT_DATA	99

static bool is_bare(const struct fz_req *req)
{
	return fz_tfm_is_bare(req->plan.tfm) && req->tfm->alg->keyed;
}

static void size_aead(struct fz_req *req)
{
	const struct fz_plan *plan = &req->plan;

	req->authsize = fz_plan_authsize(plan->tfm, plan->icv);
	req->cryptlen = plan->len + (plan->decrypt ? req->authsize : 0);
	if (plan->runt)
		req->cryptlen = plan->n % req->authsize;
	req->src_len = plan->assoc + req->cryptlen;
	if (plan->decrypt)
		req->dst_len = plan->runt ? req->src_len : req->src_len - req->authsize;
	else
		req->dst_len = req->src_len + req->authsize;
}

static void size_up(struct fz_req *req)
{
	if (req->tfm->alg->kind == FZ_AEAD) {
		size_aead(req);
		return;
	}
	req->cryptlen = req->plan.len;
	req->src_len = req->plan.len;
	req->dst_len = req->tfm->alg->kind == FZ_CIPHER ? req->plan.len : 0;
}

static u32 longer(const struct fz_req *req)
{
	return max(req->src_len, req->dst_len);
}

static int alloc_lists(struct fz_req *req, struct rnd_state *rnd)
{
	const struct fz_plan *plan = &req->plan;
	bool hash = req->tfm->alg->kind == FZ_HASH;
	bool apart = plan->place == FZ_APART || hash;

	req->src = fz_area_alloc(&plan->src, apart ? req->src_len : longer(req), rnd);
	if (!req->src)
		return -ENOMEM;
	req->src_sg = fz_area_list(req->src, plan->src.chained, plan->src.halves && !hash);
	if (!req->src_sg)
		return -ENOMEM;
	if (hash)
		return 0;
	req->dst = apart ? fz_area_alloc(&plan->dst, req->dst_len, rnd) : req->src;
	if (!req->dst)
		return -ENOMEM;
	req->dst_sg = plan->place == FZ_IN_PLACE ? req->src_sg :
		      fz_area_list(req->dst, plan->dst.chained, plan->dst.halves);
	return req->dst_sg ? 0 : -ENOMEM;
}

static int alloc_request(struct fz_req *req)
{
	switch (req->tfm->alg->kind) {
	case FZ_CIPHER:
		req->cipher = skcipher_request_alloc(req->tfm->cipher, GFP_KERNEL);
		return req->cipher ? 0 : -ENOMEM;
	case FZ_HASH:
		req->hash = ahash_request_alloc(req->tfm->hash, GFP_KERNEL);
		req->hash_state = kmalloc(crypto_ahash_statesize(req->tfm->hash), GFP_KERNEL);
		return req->hash && req->hash_state ? 0 : -ENOMEM;
	default:
		req->aead = aead_request_alloc(req->tfm->aead, GFP_KERNEL);
		return req->aead ? 0 : -ENOMEM;
	}
}

static int alloc_all(struct fz_req *req, struct rnd_state *rnd)
{
	gfp_t gfp = GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY;

	req->data = kmalloc(longer(req) + FZ_MAX_DIGEST, gfp);
	req->want = kmalloc(longer(req) + FZ_MAX_DIGEST, gfp);
	if (!req->data || !req->want)
		return -ENOMEM;
	return alloc_lists(req, rnd) ?: alloc_request(req);
}

void fz_req_free(struct fz_req *req)
{
	switch (req->tfm->alg->kind) {
	case FZ_CIPHER:
		skcipher_request_free(req->cipher);
		break;
	case FZ_HASH:
		ahash_request_free(req->hash);
		break;
	case FZ_AEAD:
		aead_request_free(req->aead);
		break;
	}
	kfree(req->hash_state);
	if (req->dst_sg != req->src_sg)
		kfree(req->dst_sg);
	kfree(req->src_sg);
	if (req->dst != req->src)
		fz_area_free(req->dst);
	fz_area_free(req->src);
	kfree(req->want);
	kfree(req->data);
	kfree(req);
}

/* A message with its right ICV, of which the plan may have a bit flipped. */
static int fill_aead(struct fz_req *req, struct fz_ref *ref, const u8 *iv)
{
	const struct fz_plan *plan = &req->plan;
	u32 text = plan->assoc + plan->len;
	u32 at[] = { 0, plan->assoc, text, text + req->authsize };
	int err;

	if (!plan->decrypt || plan->runt || plan->len % req->tfm->alg->block)
		return 0;
	err = fz_ref_aead(ref, req->data, plan->assoc, plan->len, iv, false);
	if (plan->forge && at[plan->forge] > at[plan->forge - 1])
		req->data[at[plan->forge] - 1] ^= 0x10;
	return err;
}

/* Hostile cards: what is deciphered tells whose it is. */
static int fill_tagged(struct fz_req *req, struct fz_ref *ref, const u8 *iv)
{
	u8 copy[FZ_MAX_IV];

	fz_tag(req->data, req->src_len, req->plan.n, false);
	if (req->tfm->alg->kind != FZ_CIPHER || !req->plan.decrypt ||
	    !fz_takes(req->tfm->alg, req->plan.len))
		return 0;
	memcpy(copy, iv, sizeof(copy));
	return fz_ref_cipher(ref, req->data, req->src_len, copy, false);
}

static int fill_data(struct fz_req *req, struct fz_ref *ref, struct rnd_state *rnd)
{
	u8 *iv = fz_req_side(req);
	int err = 0;

	memset(req->side, FZ_SIDE_FILL, sizeof(req->side));
	if (req->tfm->alg->kind != FZ_HASH)
		prandom_bytes_state(rnd, iv, req->tfm->alg->iv_bytes);
	prandom_bytes_state(rnd, req->data, req->src_len);
	/* room for an ICV */
	memset(req->data + req->src_len, FZ_FILL, longer(req) - req->src_len + FZ_MAX_DIGEST);
	if (is_bare(req))
		return 0;
	if (fz_hostile)
		err = fill_tagged(req, ref, iv);
	if (!err && req->tfm->alg->kind == FZ_AEAD)
		err = fill_aead(req, ref, iv);
	return err;
}

static int ask_reference(struct fz_req *req, struct fz_ref *ref)
{
	const struct fz_plan *plan = &req->plan;
	u8 *iv = fz_req_side(req);

	memcpy(req->want, req->data, longer(req));
	memcpy(req->want_iv, iv, sizeof(req->want_iv));
	if (is_bare(req))
		return ref->bare_err;
	switch (req->tfm->alg->kind) {
	case FZ_CIPHER:
		return fz_ref_cipher(ref, req->want, plan->len, req->want_iv, plan->decrypt);
	case FZ_HASH:
		return fz_ref_hash(ref, req->data, plan->len, req->want_digest);
	default:
		return fz_ref_aead(ref, req->want, plan->assoc, req->cryptlen, iv, plan->decrypt);
	}
}

static void fill_memory(struct fz_req *req)
{
	struct fz_area *dst = req->dst;
	u32 i;

	fz_tag(req->src->mem, req->src->bytes, req->plan.n, true);
	fz_area_put(req->src, req->src->mem, req->data,
		    dst == req->src ? longer(req) : req->src_len);
	memcpy(req->src->image, req->src->mem, req->src->bytes);
	if (!dst || dst == req->src)
		return;
	fz_tag(dst->mem, dst->bytes, req->plan.n, true);
	for (i = 0; i < dst->pieces; i++)
		memset(dst->mem + dst->piece[i].off, FZ_FILL, dst->piece[i].len);
	memcpy(dst->image, dst->mem, dst->bytes);
}

/* Nothing to read or write may come without lists. */
static struct scatterlist *list_or_none(const struct fz_req *req, struct scatterlist *sg)
{
	return longer(req) || req->plan.src.extra ? sg : NULL;
}

static void set_up(struct fz_req *req, crypto_completion_t done)
{
	struct scatterlist *src = list_or_none(req, req->src_sg);
	struct scatterlist *dst = list_or_none(req, req->dst_sg);
	u32 flags = req->plan.flags;

	switch (req->tfm->alg->kind) {
	case FZ_CIPHER:
		skcipher_request_set_callback(req->cipher, flags, done, req);
		skcipher_request_set_crypt(req->cipher, src, dst, req->cryptlen, fz_req_side(req));
		break;
	case FZ_HASH:
		ahash_request_set_callback(req->hash, flags, done, req);
		ahash_request_set_crypt(req->hash, src, fz_req_side(req), req->src_len);
		break;
	case FZ_AEAD:
		aead_request_set_callback(req->aead, flags, done, req);
		aead_request_set_ad(req->aead, req->plan.assoc);
		aead_request_set_crypt(req->aead, src, dst, req->cryptlen, fz_req_side(req));
		break;
	}
}

static struct fz_req *alloc_req(struct fz_lane *lane, struct fz_tfm *tfm,
				const struct fz_plan *plan)
{
	struct fz_req *req = kzalloc(sizeof(*req), GFP_KERNEL);

	if (!req)
		return NULL;
	req->plan = *plan;
	req->lane = lane;
	req->tfm = tfm;
	spin_lock_init(&req->lock);
	INIT_LIST_HEAD(&req->children);
	atomic_set(&req->holds, 2);	/* the submitter's and the outcome's */
	size_up(req);
	return req;
}

struct fz_req *fz_req_build(struct fz_lane *lane, struct fz_tfm *tfm, struct fz_ref *ref,
			    const struct fz_plan *plan, crypto_completion_t done)
{
	struct fz_req *req = alloc_req(lane, tfm, plan);
	struct rnd_state rnd;

	if (!req)
		return NULL;
	fz_rnd_init(&rnd, plan->n, 0, SALT_DATA);
	if (alloc_all(req, &rnd) || fill_data(req, ref, &rnd))
		goto err_free;
	req->want_err = ask_reference(req, ref);
	if (req->want_err == -ENOMEM)
		goto err_free;
	fill_memory(req);
	set_up(req, done);
	return req;

err_free:
	fz_req_free(req);
	return NULL;
}

/* ---- steps: one for all but hashes in parts: init, an update per piece, the end ---- */

/* finup() takes the last piece with it. */
static u32 updates(const struct fz_req *req)
{
	u32 pieces = req->src->pieces;

	return pieces && req->plan.way == FZ_FINUP ? pieces - 1 : pieces;
}

u32 fz_req_steps(const struct fz_req *req)
{
	return req->plan.way == FZ_DIGEST ? 1 : 2 + updates(req);
}

static struct scatterlist *entry_at(struct scatterlist *sg, u32 i)
{
	while (i--)
		sg = sg_next(sg);
	return sg;
}

static int reimport(struct fz_req *req)
{
	int err = crypto_ahash_export(req->hash, req->hash_state);

	if (err)
		return err;
	memset(ahash_request_ctx(req->hash), FZ_SIDE_FILL, crypto_ahash_reqsize(req->tfm->hash));
	return crypto_ahash_import(req->hash, req->hash_state);
}

static int hash_part(struct fz_req *req)
{
	u32 i = req->step - 1;
	struct scatterlist *sg = NULL;
	u32 n = 0;
	int err = 0;

	if (req->plan.reimport & BIT(req->step))
		err = reimport(req);
	if (err)
		return err;
	if (i < req->src->pieces) {
		sg = entry_at(req->src_sg, i);
		n = req->src->piece[i].len;
	}
	ahash_request_set_crypt(req->hash, sg, fz_req_side(req), n);
	if (i < updates(req))
		return crypto_ahash_update(req->hash);
	return req->plan.way == FZ_FINUP ? crypto_ahash_finup(req->hash) :
					   crypto_ahash_final(req->hash);
}

int fz_req_step(struct fz_req *req)
{
	switch (req->tfm->alg->kind) {
	case FZ_CIPHER:
		return req->plan.decrypt ? crypto_skcipher_decrypt(req->cipher) :
					   crypto_skcipher_encrypt(req->cipher);
	case FZ_AEAD:
		return req->plan.decrypt ? crypto_aead_decrypt(req->aead) :
					   crypto_aead_encrypt(req->aead);
	default:
		if (req->plan.way == FZ_DIGEST)
			return crypto_ahash_digest(req->hash);
		return req->step ? hash_part(req) : crypto_ahash_init(req->hash);
	}
}
