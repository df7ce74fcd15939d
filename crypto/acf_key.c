// SPDX-License-Identifier: GPL-2.0
/* Key objects: a key with its keyed CPU twin, shared by the requests that use it. */
#include <linux/slab.h>

#include "acf_internal.h"

/* The last user of a key may be in softirq; a transform is freed in process context. */
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

/*
 * Taken by generic name: a concrete one would instantiate that implementation for
 * everybody. NEED_FALLBACK in the mask keeps us from finding ourselves, ASYNC makes
 * the twin usable in softirq. CFB and OFB are built on ECB (acf_cpu.c), since the
 * kernel has neither from 6.12 on.
 */
static const char *acf_twin_name(const struct acf_alg *alg)
{
	static const char * const ecb[] = {
		[ACF_CIPHER_DES] = "ecb(des)",
		[ACF_CIPHER_DES3_EDE] = "ecb(des3_ede)",
		[ACF_CIPHER_AES] = "ecb(aes)",
	};

	if (alg->mode == ACF_MODE_CFB || alg->mode == ACF_MODE_OFB)
		return ecb[alg->cipher];
	return alg->name;
}

struct crypto_skcipher *acf_twin_alloc(const struct acf_alg *alg)
{
	return crypto_alloc_skcipher(acf_twin_name(alg), 0,
				     CRYPTO_ALG_ASYNC | CRYPTO_ALG_NEED_FALLBACK);
}

static struct crypto_skcipher *acf_twin_take(struct acf_tfm *tfm)
{
	struct crypto_skcipher *twin = tfm->spare;

	if (twin) {
		tfm->spare = NULL;
		return twin;
	}
	twin = acf_twin_alloc(tfm->alg);
	if (IS_ERR(twin))
		return twin;
	/* a different implementation than at init: requests have no room for it */
	if (crypto_skcipher_reqsize(twin) > tfm->cpu_reqsize) {
		crypto_free_skcipher(twin);
		return ERR_PTR(-EAGAIN);
	}
	return twin;
}

static void acf_key_free(struct acf_key *key)
{
	crypto_free_skcipher(key->cpu);
	kfree_sensitive(key);
}

static void acf_key_free_work(struct work_struct *work)
{
	acf_key_free(container_of(work, struct acf_key, free_work));
}

struct acf_key *acf_key_create(struct acf_tfm *tfm, const u8 *raw, unsigned int bytes,
			       u32 tfm_flags)
{
	struct acf_key *key;
	int err;

	if (bytes > sizeof(key->raw))
		return ERR_PTR(-EINVAL);
	key = kzalloc(sizeof(*key), GFP_KERNEL);
	if (!key)
		return ERR_PTR(-ENOMEM);
	key->cpu = acf_twin_take(tfm);
	if (IS_ERR(key->cpu)) {
		err = PTR_ERR(key->cpu);
		goto err_free;
	}
	crypto_skcipher_clear_flags(key->cpu, CRYPTO_TFM_REQ_MASK);
	crypto_skcipher_set_flags(key->cpu, tfm_flags & CRYPTO_TFM_REQ_MASK);
	err = crypto_skcipher_setkey(key->cpu, raw, bytes);
	if (err)
		goto err_keep_twin;
	memcpy(key->raw, raw, bytes);
	key->bytes = bytes;
	refcount_set(&key->refs, 1);
	INIT_WORK(&key->free_work, acf_key_free_work);
	return key;

err_keep_twin:
	tfm->spare = key->cpu;
err_free:
	kfree(key);
	return ERR_PTR(err);
}

void acf_key_put(struct acf_key *key)
{
	if (refcount_dec_and_test(&key->refs))
		queue_work(acf_key_wq, &key->free_work);
}
