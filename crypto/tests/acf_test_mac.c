// SPDX-License-Identifier: GPL-2.0
/* The tests of acf_test_aead.c on every hash and AEAD. */
#include <linux/slab.h>

#include "acf_test.h"

#define SYNC_SOFTWARE	(CRYPTO_ALG_ASYNC | CRYPTO_ALG_NEED_FALLBACK)

struct mac_test {
	const char *name;
	int (*run)(struct mac_subject *s);
};

static const struct mac_test aead_tests[] = {
	{ "regression-7-12-aead-shapes", aead_shapes },
	{ "aead-odd", aead_odd },
	{ "aead-forged", aead_forged },
	{ "aead-authsizes", aead_authsizes },
	{ "aead-keys", aead_keys },
	{ "regression-13-aead-order", aead_order },
};

static const struct mac_test hash_tests[] = {
	{ "hash-messages", hash_messages },
	{ "hash-oversize", hash_oversize },
};

static const struct { const char *cipher; unsigned int key_bytes, block; } ciphers[] = {
	{ "aes", 16, 16 }, { "aes", 32, 16 }, { "des", 8, 8 }, { "des3_ede", 24, 8 },
};

static const struct { const char *name, *driver; bool keyed; } hashes[] = {
	{ "md5", "md5-acf", false }, { "sha1", "sha1-acf", false },
	{ "hmac(md5)", "hmac-md5-acf", true }, { "hmac(sha1)", "hmac-sha1-acf", true },
};

/* True: a request is still out there, and nothing it uses may be freed. */
static bool run_table(struct mac_subject *s, const struct mac_test *tests, unsigned int nr,
		      const char *alg)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		int err;

		if (!test_selected(tests[i].name))
			continue;
		s->why[0] = '\0';
		err = tests[i].run(s);
		report(tests[i].name, alg, s->key_bytes * 8, err, s->why);
		if (err == -ETIMEDOUT)
			return true;
	}
	return false;
}

static void seed_subject(struct mac_subject *s)
{
	prandom_seed_state(&s->rnd, seed);
	prandom_bytes_state(&s->rnd, s->key, sizeof(s->key));
	prandom_bytes_state(&s->rnd, s->mac_key, sizeof(s->mac_key));
	s->mac_key_bytes = 20;
}

/* As ESP does: the full size first, then the truncated one, then the key. */
static int aead_init(struct mac_subject *s, const char *name, const char *driver)
{
	int err;

	seed_subject(s);
	s->aead = crypto_alloc_aead(driver, 0, 0);
	if (IS_ERR(s->aead))
		return PTR_ERR(s->aead);
	s->ref_aead = crypto_alloc_aead(name, 0, SYNC_SOFTWARE);
	if (IS_ERR(s->ref_aead)) {
		crypto_free_aead(s->aead);
		return PTR_ERR(s->ref_aead);
	}
	s->authsize = 12;
	err = crypto_aead_setauthsize(s->aead, 12) ?: crypto_aead_setauthsize(s->ref_aead, 12);
	err = err ?: aead_setkey(s);
	if (err) {
		crypto_free_aead(s->ref_aead);
		crypto_free_aead(s->aead);
	}
	return err;
}

static void run_aead(struct mac_subject *s, const char *hash, unsigned int i)
{
	char driver[64];
	char name[64];
	int err;

	snprintf(name, sizeof(name), "authenc(hmac(%s),cbc(%s))", hash, ciphers[i].cipher);
	snprintf(driver, sizeof(driver), "authenc-hmac-%s-cbc-%s-acf", hash, ciphers[i].cipher);
	if (!alg_selected(name))
		return;
	s->key_bytes = ciphers[i].key_bytes;
	s->block = ciphers[i].block;
	err = aead_init(s, name, driver);
	if (err) {
		report("setup", name, s->key_bytes * 8, err, "cannot be set up");
		return;
	}
	if (run_table(s, aead_tests, ARRAY_SIZE(aead_tests), name))
		return;
	crypto_free_aead(s->ref_aead);
	crypto_free_aead(s->aead);
}

static int hash_init(struct mac_subject *s, unsigned int i)
{
	int err = 0;

	seed_subject(s);
	s->hash = crypto_alloc_ahash(hashes[i].driver, 0, 0);
	if (IS_ERR(s->hash))
		return PTR_ERR(s->hash);
	s->ref_hash = crypto_alloc_ahash(hashes[i].name, 0, SYNC_SOFTWARE);
	if (IS_ERR(s->ref_hash)) {
		crypto_free_ahash(s->hash);
		return PTR_ERR(s->ref_hash);
	}
	s->digest_bytes = crypto_ahash_digestsize(s->hash);
	if (hashes[i].keyed)
		err = crypto_ahash_setkey(s->hash, s->mac_key, s->mac_key_bytes) ?:
		      crypto_ahash_setkey(s->ref_hash, s->mac_key, s->mac_key_bytes);
	if (err) {
		crypto_free_ahash(s->ref_hash);
		crypto_free_ahash(s->hash);
	}
	return err;
}

static void run_hash(struct mac_subject *s, unsigned int i)
{
	int err;

	if (!alg_selected(hashes[i].name))
		return;
	s->key_bytes = 0;
	err = hash_init(s, i);
	if (err) {
		report("setup", hashes[i].name, 0, err, "cannot be set up");
		return;
	}
	if (run_table(s, hash_tests, ARRAY_SIZE(hash_tests), hashes[i].name))
		return;
	crypto_free_ahash(s->ref_hash);
	crypto_free_ahash(s->hash);
}

static void run_all(struct mac_subject *s)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hashes); i++)
		run_hash(s, i);
	for (i = 0; i < ARRAY_SIZE(ciphers); i++) {
		run_aead(s, "sha1", i);
		run_aead(s, "md5", i);
	}
}

int run_macs(void)
{
	struct mac_subject *s = kzalloc(sizeof(*s), GFP_KERNEL);
	int err = -ENOMEM;

	if (!s)
		return err;
	s->src = area_alloc();
	s->dst = area_alloc();
	s->data = kmalloc(LAYOUT_BYTES, GFP_KERNEL);
	s->data2 = kmalloc(LAYOUT_BYTES, GFP_KERNEL);
	if (s->src && s->dst && s->data && s->data2) {
		run_all(s);
		err = 0;
	}
	kfree(s->data2);
	kfree(s->data);
	area_free(s->dst);
	area_free(s->src);
	kfree(s);
	return err;
}
