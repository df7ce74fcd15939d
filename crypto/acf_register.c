// SPDX-License-Identifier: GPL-2.0
/* The algorithms' registration with the kernel crypto API. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <crypto/sha1.h>
#include <linux/completion.h>
#include <linux/fips.h>
#include <linux/module.h>

#include "acf_compat.h"
#include "acf_internal.h"
#include "acf_priority.h"

/* The crypto API links and counts these itself: registered once, until acf unloads. */
static struct acf_api acf_api[ACF_NR_ALGS];
static struct acf_alg_set acf_registered;	/* (acf_engines_mutex) */
static struct acf_alg_set acf_being_tested;	/* written by the registration's work alone */

static bool acf_alg_is_stream(const struct acf_alg *alg)
{
	return alg->mode == ACF_MODE_CFB || alg->mode == ACF_MODE_OFB;
}

static int acf_alg_priority(const struct acf_alg *alg)
{
	int cipher = alg->cipher == ACF_CIPHER_AES ? acf_aes_priority : acf_des_priority;

	if (alg->kind == ACF_KIND_HASH)
		return acf_hash_priority;
	if (alg->kind == ACF_KIND_AEAD)
		return acf_priority_aead(cipher);
	return acf_alg_is_xts(alg) ? acf_priority_xts(cipher) : cipher;
}

static void acf_base_fill(struct crypto_alg *base, const struct acf_alg *alg)
{
	strscpy(base->cra_name, alg->name, sizeof(base->cra_name));
	strscpy(base->cra_driver_name, alg->driver_name, sizeof(base->cra_driver_name));
	base->cra_priority = acf_alg_priority(alg);
	base->cra_flags = CRYPTO_ALG_ASYNC | CRYPTO_ALG_NEED_FALLBACK |
			  CRYPTO_ALG_KERN_DRIVER_ONLY;
	base->cra_blocksize = alg->block;
	base->cra_ctxsize = sizeof(struct acf_tfm);
	base->cra_module = THIS_MODULE;
}

static int acf_register_cipher(struct skcipher_alg *sk, const struct acf_alg *alg)
{
	acf_base_fill(&sk->base, alg);
	if (acf_alg_is_stream(alg))
		sk->base.cra_blocksize = 1;
	sk->min_keysize = alg->min_key;
	sk->max_keysize = alg->max_key;
	sk->ivsize = alg->iv_bytes;
	sk->chunksize = alg->block;
	acf_skcipher_fill(sk);
	return crypto_register_skcipher(sk);
}

static int acf_register_hash(struct ahash_alg *hash, const struct acf_alg *alg)
{
	acf_base_fill(&hash->halg.base, alg);
	hash->halg.base.cra_blocksize = SHA1_BLOCK_SIZE;	/* MD5's is the same */
	hash->halg.digestsize = alg->digest_bytes;
	acf_hash_fill(hash, acf_alg_is_hmac(alg));
	return crypto_register_ahash(hash);
}

static int acf_register_aead(struct aead_alg *aead, const struct acf_alg *alg)
{
	acf_base_fill(&aead->base, alg);
	aead->ivsize = alg->iv_bytes;
	aead->chunksize = alg->block;
	aead->maxauthsize = alg->digest_bytes;
	acf_aead_fill(aead);
	return crypto_register_aead(aead);
}

static int acf_register(const struct acf_alg *alg)
{
	acf_api[alg->id].alg = alg;
	switch (alg->kind) {
	case ACF_KIND_CIPHER:
		return acf_register_cipher(&acf_api[alg->id].cipher, alg);
	case ACF_KIND_HASH:
		return acf_register_hash(&acf_api[alg->id].hash, alg);
	case ACF_KIND_AEAD:
		return acf_register_aead(&acf_api[alg->id].aead, alg);
	}
	return -EINVAL;
}

static void acf_unregister(const struct acf_alg *alg)
{
	switch (alg->kind) {
	case ACF_KIND_CIPHER:
		crypto_unregister_skcipher(&acf_api[alg->id].cipher);
		break;
	case ACF_KIND_HASH:
		crypto_unregister_ahash(&acf_api[alg->id].hash);
		break;
	case ACF_KIND_AEAD:
		crypto_unregister_aead(&acf_api[alg->id].aead);
		break;
	}
}

static bool acf_has(const struct acf_alg *alg)
{
	switch (alg->kind) {
	case ACF_KIND_CIPHER:
		return crypto_has_skcipher(alg->driver_name, 0, 0);
	case ACF_KIND_HASH:
		return crypto_has_ahash(alg->driver_name, 0, 0);
	case ACF_KIND_AEAD:
		return acf_has_aead(alg->driver_name);
	}
	return false;
}

static const struct crypto_alg *acf_base(const struct acf_alg *alg)
{
	const struct acf_api *api = &acf_api[alg->id];

	switch (alg->kind) {
	case ACF_KIND_CIPHER:
		return &api->cipher.base;
	case ACF_KIND_HASH:
		return &api->hash.halg.base;
	case ACF_KIND_AEAD:
		return &api->aead.base;
	}
	return NULL;
}

/* With fips=1 the kernel keeps from all but itself what the standard does not allow. */
static void acf_say_verdict(const struct acf_alg *alg, bool usable)
{
	if (usable)
		return;
	if (acf_base(alg)->cra_flags & CRYPTO_ALG_FIPS_INTERNAL)
		pr_info("%s is disabled by policy (fips=1)\n", alg->driver_name);
	else
		pr_err("%s has not passed the kernel's self-test and is not used\n",
		       alg->driver_name);
}

/*
 * Without the CPU's twin no transform of it can be made, and 6.1 takes an algorithm whose
 * test finds that out for failed as long as it is registered.
 */
static bool acf_has_twin(const struct acf_alg *alg)
{
	int err = acf_twin_probe(alg);

	if (!err)
		return true;
	if (fips_enabled && err == -ENOENT)
		pr_info("%s is disabled by policy (fips=1)\n", alg->driver_name);
	else
		pr_warn("%s is not registered: the kernel's own %s cannot be had (%d); load its module, then bind the card again\n",
			alg->driver_name, alg->name, err);
	return false;
}

/*
 * Since 6.12 the kernel tests an algorithm after registration has returned. A look-up by
 * driver name waits for the verdict, and nobody may unregister before that. It waits 60 s
 * at most and takes the algorithm for failed then: one at a time, so that none waits for
 * the tests of others.
 */
static void acf_alg_register(const struct acf_alg *alg)
{
	int err;

	if (!acf_has_twin(alg))
		return;
	set_bit(alg->id, acf_being_tested.bits);
	err = acf_register(alg);
	if (err) {
		clear_bit(alg->id, acf_being_tested.bits);
		pr_err("cannot register %s: error %d; is another driver using that name?\n",
		       alg->driver_name, err);
		return;
	}
	__set_bit(alg->id, acf_registered.bits);
	acf_say_verdict(alg, acf_has(alg));
	clear_bit(alg->id, acf_being_tested.bits);
}

bool acf_alg_is_being_tested(const struct acf_alg *alg)
{
	return test_bit(alg->id, acf_being_tested.bits);
}

struct acf_registration {
	struct work_struct work;
	struct completion done;
	struct acf_alg_set ids;
};

static void acf_register_work(struct work_struct *work)
{
	struct acf_registration *reg = container_of(work, struct acf_registration, work);
	int id;

	for_each_set_bit(id, reg->ids.bits, ACF_NR_ALGS)
		acf_alg_register(&acf_algs[id]);
	complete(&reg->done);
}

/*
 * Not in the caller's context: he may be a loader that is killed, and the kernel starts
 * no test and waits for none on behalf of who is. The look-ups' limits end the wait; it
 * is in pieces since the whole may take longer than a task is expected to sleep. Who calls
 * must not be somebody memory waits for: the work allocates.
 */
void acf_algs_register(const struct acf_alg_set *ids)
{
	struct acf_registration reg;

	lockdep_assert_held(&acf_engines_mutex);
	if (!bitmap_andnot(reg.ids.bits, ids->bits, acf_registered.bits, ACF_NR_ALGS))
		return;
	INIT_WORK_ONSTACK(&reg.work, acf_register_work);
	init_completion(&reg.done);
	queue_work(acf_register_wq, &reg.work);
	while (!wait_for_completion_timeout(&reg.done, 10 * HZ))
		pr_info("algorithms are still being registered and tested\n");
	flush_work(&reg.work);
	destroy_work_on_stack(&reg.work);
}

void acf_algs_unregister(void)
{
	int id;

	for_each_set_bit(id, acf_registered.bits, ACF_NR_ALGS)
		acf_unregister(&acf_algs[id]);
}
