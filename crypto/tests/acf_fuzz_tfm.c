// SPDX-License-Identifier: GPL-2.0
/* Transforms under test: their keys and ICV sizes change between requests. */
#include "acf_fuzz.h"

static int alloc_any(struct fz_tfm *tfm)
{
	const char *driver = tfm->alg->driver;

	switch (tfm->alg->kind) {
	case FZ_CIPHER:
		tfm->cipher = crypto_alloc_skcipher(driver, 0, 0);
		return PTR_ERR_OR_ZERO(tfm->cipher);
	case FZ_HASH:
		tfm->hash = crypto_alloc_ahash(driver, 0, 0);
		return PTR_ERR_OR_ZERO(tfm->hash);
	default:
		tfm->aead = crypto_alloc_aead(driver, 0, 0);
		return PTR_ERR_OR_ZERO(tfm->aead);
	}
}

int fz_tfm_init(struct fz_tfm *tfm, u32 id)
{
	int err;

	tfm->alg = fz_tfm_alg(id);
	tfm->id = id;
	tfm->icv = U32_MAX;
	atomic_set(&tfm->unsubmitted, 0);
	err = alloc_any(tfm);
	if (err)
		tfm->alg = NULL;
	return err;
}

void fz_tfm_exit(struct fz_tfm *tfm)
{
	if (!tfm->alg)
		return;
	switch (tfm->alg->kind) {
	case FZ_CIPHER:
		crypto_free_skcipher(tfm->cipher);
		break;
	case FZ_HASH:
		crypto_free_ahash(tfm->hash);
		break;
	case FZ_AEAD:
		crypto_free_aead(tfm->aead);
		break;
	}
}

static int set_key(struct fz_tfm *tfm, const u8 *key, u32 bytes, bool forbid_weak)
{
	u32 weak = forbid_weak ? CRYPTO_TFM_REQ_FORBID_WEAK_KEYS : 0;

	switch (tfm->alg->kind) {
	case FZ_CIPHER:
		crypto_skcipher_clear_flags(tfm->cipher, CRYPTO_TFM_REQ_FORBID_WEAK_KEYS);
		crypto_skcipher_set_flags(tfm->cipher, weak);
		return crypto_skcipher_setkey(tfm->cipher, key, bytes);
	case FZ_HASH:
		return crypto_ahash_setkey(tfm->hash, key, bytes);
	default:
		crypto_aead_clear_flags(tfm->aead, CRYPTO_TFM_REQ_FORBID_WEAK_KEYS);
		crypto_aead_set_flags(tfm->aead, weak);
		return crypto_aead_setkey(tfm->aead, key, bytes);
	}
}

/* A key that software refuses has to be refused with the same error. */
static void try_bad_key(struct fz_tfm *tfm, struct fz_ref *ref, const struct fz_key *key, u32 n)
{
	int want = fz_ref_setkey(ref, key->bad, key->bad_bytes, key->forbid_weak);
	int err = set_key(tfm, key->bad, key->bad_bytes, key->forbid_weak);

	ref->keyed = false;
	if (err == want)
		atomic_add(err != 0, &fz_totals.refused_keys);
	else if (!fz_nomem || (err != -ENOMEM && want != -ENOMEM))
		fz_fail(tfm->alg, n, "setkey of a %s key of %u bytes: %d, software %d",
			key->forbid_weak ? "weak" : "malformed", key->bad_bytes, err, want);
}

static int change_key(struct fz_tfm *tfm, struct fz_ref *ref, const struct fz_plan *plan)
{
	struct fz_key key;
	int err;

	fz_plan_key(&key, plan->tfm, plan->key);
	if (key.try_bad)
		try_bad_key(tfm, ref, &key, plan->n);
	err = set_key(tfm, key.blob, key.bytes, false);
	tfm->keyed = !err;
	tfm->key = plan->key;
	atomic_add(!err, &fz_totals.keys);
	return err;
}

static bool key_is_right(const struct fz_tfm *tfm, const struct fz_plan *plan)
{
	return !tfm->alg->keyed || fz_tfm_is_bare(tfm->id) ||
	       (tfm->keyed && tfm->key == plan->key);
}

static bool icv_is_right(const struct fz_tfm *tfm, const struct fz_plan *plan)
{
	return tfm->alg->kind != FZ_AEAD || tfm->icv == plan->icv;
}

bool fz_tfm_is_prepared(const struct fz_tfm *tfm, const struct fz_plan *plan)
{
	return key_is_right(tfm, plan) && icv_is_right(tfm, plan);
}

static int change_icv(struct fz_tfm *tfm, const struct fz_plan *plan)
{
	int err = crypto_aead_setauthsize(tfm->aead, fz_plan_authsize(plan->tfm, plan->icv));

	tfm->icv = err ? U32_MAX : plan->icv;
	return err;
}

/* The ICV's size changes before the key in some cases, as ESP does it, else after it. */
int fz_tfm_prepare(struct fz_tfm *tfm, struct fz_ref *ref, const struct fz_plan *plan)
{
	int err = 0;

	if (!icv_is_right(tfm, plan) && plan->icv % 2)
		err = change_icv(tfm, plan);
	if (!err && !key_is_right(tfm, plan))
		err = change_key(tfm, ref, plan);
	if (!err && !icv_is_right(tfm, plan))
		err = change_icv(tfm, plan);
	if (err && !(fz_nomem && err == -ENOMEM))
		fz_fail(tfm->alg, plan->n, "setkey or setauthsize of a good one: %d", err);
	return err;
}
