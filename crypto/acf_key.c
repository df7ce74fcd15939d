// SPDX-License-Identifier: GPL-2.0
/* Key objects: a key with its keyed CPU twin, shared by the requests that use it. */
#include <crypto/hash.h>
#include <linux/slab.h>

#include "acf_internal.h"

/* The last user of a key may be in softirq; a twin is freed in process context. */
static struct workqueue_struct *acf_key_wq;

int acf_keys_init(void)
{
	acf_key_wq = alloc_workqueue("acf_keys", WQ_UNBOUND, 0);
	return acf_key_wq ? 0 : -ENOMEM;
}

void acf_keys_exit(void)
{
	destroy_workqueue(acf_key_wq);
}

int acf_tfm_init(struct acf_tfm *ctx, const struct acf_alg *alg)
{
	int err;

	ctx->alg = alg;
	ctx->class = acf_class_of_caller();
	ctx->key = NULL;
	ctx->partial.any = NULL;
	ctx->authsize = alg->digest_bytes;
	ctx->flow = acf_flow_alloc();
	if (!ctx->flow)
		return -ENOMEM;
	err = acf_twin_alloc(&ctx->spare, alg);
	if (err) {
		acf_flow_put(ctx->flow);
		return err;
	}
	ctx->cpu_reqsize = acf_twin_reqsize(&ctx->spare);
	acf_use_begin(&ctx->use, alg, ctx->class);
	return 0;
}

void acf_tfm_exit(struct acf_tfm *ctx)
{
	acf_use_end(&ctx->use);
	if (ctx->key)
		acf_key_put(ctx->key);
	acf_twin_free(&ctx->spare);
	acf_twin_free(&ctx->partial);
	acf_flow_put(ctx->flow);
}

static int acf_key_take_twin(struct acf_key *key, struct acf_tfm *ctx)
{
	int err;

	if (ctx->spare.any) {
		key->twin = ctx->spare;
		ctx->spare.any = NULL;
		return 0;
	}
	err = acf_twin_alloc(&key->twin, ctx->alg);
	if (err)
		return err;
	/* a different implementation than at init: requests have no room for it */
	if (acf_twin_reqsize(&key->twin) > ctx->cpu_reqsize) {
		acf_twin_free(&key->twin);
		return -EAGAIN;
	}
	return 0;
}

static void acf_key_free(struct acf_key *key)
{
	acf_twin_free(&key->twin);
	kfree_sensitive(key->xts);
	kfree_sensitive(key);
}

static void acf_key_free_work(struct work_struct *work)
{
	acf_key_free(container_of(work, struct acf_key, free_work));
}

struct acf_key *acf_key_create(struct acf_tfm *ctx, const u8 *blob, unsigned int bytes, u32 flags)
{
	struct acf_key *key = kzalloc(sizeof(*key), GFP_KERNEL);
	int err;

	if (!key)
		return ERR_PTR(-ENOMEM);
	refcount_set(&key->refs, 1);
	INIT_WORK(&key->free_work, acf_key_free_work);
	err = acf_key_take_twin(key, ctx);
	if (err)
		goto err_free;
	if (blob) {
		err = acf_twin_setkey(&key->twin, blob, bytes, flags);
		if (err)
			goto err_keep_twin;
	}
	return key;

err_keep_twin:
	ctx->spare = key->twin;
err_free:
	kfree(key);
	return ERR_PTR(err);
}

/* Requests in flight keep the old key alive. */
void acf_tfm_set_key(struct acf_tfm *ctx, struct acf_key *key)
{
	if (ctx->key)
		acf_key_put(ctx->key);
	ctx->key = key;
	/* an engine has one of XTS's two */
	WRITE_ONCE(ctx->use.key_bits, key->bytes * (acf_alg_is_xts(ctx->alg) ? 16 : 8));
}

void acf_key_put(struct acf_key *key)
{
	if (refcount_dec_and_test(&key->refs))
		queue_work(acf_key_wq, &key->free_work);
}

/* An HMAC key longer than a block is replaced by its hash, RFC 2104. */
static int acf_hash_long_key(u8 *out, const struct acf_alg *alg, const u8 *raw,
			     unsigned int bytes)
{
	bool md5 = alg->mac == ACF_MAC_HMAC_MD5;
	struct crypto_shash *hash = crypto_alloc_shash(md5 ? "md5" : "sha1", 0, 0);
	int err;

	if (IS_ERR(hash))
		return PTR_ERR(hash);
	err = crypto_shash_tfm_digest(hash, raw, bytes, out);
	crypto_free_shash(hash);
	return err;
}

int acf_key_set_mac(struct acf_key *key, const struct acf_alg *alg, const u8 *raw,
		    unsigned int bytes)
{
	if (bytes > sizeof(key->mac))
		return acf_hash_long_key(key->mac, alg, raw, bytes);
	memcpy(key->mac, raw, bytes);
	return 0;
}
