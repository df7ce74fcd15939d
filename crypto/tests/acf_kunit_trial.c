// SPDX-License-Identifier: GPL-2.0
/* Requests that know their right answer and count their callbacks. */
#include <crypto/authenc.h>
#include <crypto/internal/aead.h>
#include <crypto/internal/hash.h>
#include <crypto/internal/skcipher.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "acf_kunit_trial.h"
#include "acf_test_compat.h"

#define KEY_BYTES	16
#define MAC_KEY_BYTES	20
/* rtattr and parameter as authenc wants them, then both keys */
#define BLOB_BYTES	(RTA_SPACE(sizeof(struct crypto_authenc_key_param)) + 128)
#define SOFT_MASK	(CRYPTO_ALG_ASYNC | CRYPTO_ALG_NEED_FALLBACK)

int trial_tfm_alloc(struct trial_tfm *tfm, enum trial_kind kind)
{
	int err;

	tfm->kind = kind;
	atomic_set(&tfm->finals, 0);
	switch (kind) {
	case TRIAL_CIPHER:
		tfm->acf.cipher = crypto_alloc_skcipher("cbc-aes-acf", 0, 0);
		tfm->soft.cipher = crypto_alloc_skcipher("cbc(aes)", 0, SOFT_MASK);
		break;
	case TRIAL_AEAD:
		tfm->acf.aead = crypto_alloc_aead("authenc-hmac-sha1-cbc-aes-acf", 0, 0);
		tfm->soft.aead = crypto_alloc_aead("authenc(hmac(sha1),cbc(aes))", 0, SOFT_MASK);
		break;
	case TRIAL_HASH:
		tfm->acf.hash = crypto_alloc_ahash("hmac-sha1-acf", 0, 0);
		tfm->soft.hash = crypto_alloc_ahash("hmac(sha1)", 0, SOFT_MASK);
		break;
	}
	err = PTR_ERR_OR_ZERO(tfm->acf.any) ?: PTR_ERR_OR_ZERO(tfm->soft.any);
	if (err)
		trial_tfm_exit(tfm);
	return err;
}

int trial_tfm_init(struct trial_tfm *tfm, enum trial_kind kind)
{
	int err = trial_tfm_alloc(tfm, kind);

	if (err)
		return err;
	err = trial_tfm_setkey(tfm, 1);
	if (err)
		trial_tfm_exit(tfm);
	return err;
}

int trial_aead_setkey(struct crypto_aead *aead, const u8 *raw, unsigned int mac_key_bytes,
		      unsigned int key_bytes)
{
	struct crypto_authenc_key_param *param;
	u8 blob[BLOB_BYTES] = { 0 };
	struct rtattr *rta = (void *)blob;

	if (mac_key_bytes + key_bytes > BLOB_BYTES - RTA_SPACE(sizeof(*param)))
		return -EINVAL;
	rta->rta_type = CRYPTO_AUTHENC_KEYA_PARAM;
	rta->rta_len = RTA_LENGTH(sizeof(*param));
	param = RTA_DATA(rta);
	param->enckeylen = cpu_to_be32(key_bytes);
	memcpy(blob + RTA_SPACE(sizeof(*param)), raw, mac_key_bytes + key_bytes);
	return crypto_aead_setkey(aead, blob,
				  RTA_SPACE(sizeof(*param)) + mac_key_bytes + key_bytes);
}

static int aead_setkey(struct trial_tfm *tfm, const u8 *raw)
{
	return crypto_aead_setauthsize(tfm->acf.aead, TRIAL_ICV) ?:
	       crypto_aead_setauthsize(tfm->soft.aead, TRIAL_ICV) ?:
	       trial_aead_setkey(tfm->acf.aead, raw, MAC_KEY_BYTES, KEY_BYTES) ?:
	       trial_aead_setkey(tfm->soft.aead, raw, MAC_KEY_BYTES, KEY_BYTES);
}

int trial_tfm_setkey(struct trial_tfm *tfm, u8 seed)
{
	u8 raw[MAC_KEY_BYTES + KEY_BYTES];

	memset(raw, seed, sizeof(raw));
	switch (tfm->kind) {
	case TRIAL_CIPHER:
		return crypto_skcipher_setkey(tfm->acf.cipher, raw, KEY_BYTES) ?:
		       crypto_skcipher_setkey(tfm->soft.cipher, raw, KEY_BYTES);
	case TRIAL_AEAD:
		return aead_setkey(tfm, raw);
	case TRIAL_HASH:
		return crypto_ahash_setkey(tfm->acf.hash, raw, MAC_KEY_BYTES) ?:
		       crypto_ahash_setkey(tfm->soft.hash, raw, MAC_KEY_BYTES);
	}
	return -EINVAL;
}

/* The crypto API's free functions take error pointers. */
void trial_tfm_exit(struct trial_tfm *tfm)
{
	switch (tfm->kind) {
	case TRIAL_CIPHER:
		crypto_free_skcipher(tfm->acf.cipher);
		crypto_free_skcipher(tfm->soft.cipher);
		break;
	case TRIAL_AEAD:
		crypto_free_aead(tfm->acf.aead);
		crypto_free_aead(tfm->soft.aead);
		break;
	case TRIAL_HASH:
		crypto_free_ahash(tfm->acf.hash);
		crypto_free_ahash(tfm->soft.hash);
		break;
	}
}

static void *request_alloc(enum trial_kind kind, void *tfm)
{
	switch (kind) {
	case TRIAL_CIPHER:
		return skcipher_request_alloc(tfm, GFP_KERNEL);
	case TRIAL_AEAD:
		return aead_request_alloc(tfm, GFP_KERNEL);
	case TRIAL_HASH:
		return ahash_request_alloc(tfm, GFP_KERNEL);
	}
	return NULL;
}

/* The context is the algorithm's, and may hold anything. */
static void trial_spoil_context(struct trial *t)
{
	switch (t->tfm->kind) {
	case TRIAL_CIPHER:
		memset(skcipher_request_ctx(t->req.cipher), 0xff,
		       crypto_skcipher_reqsize(t->tfm->acf.cipher));
		break;
	case TRIAL_AEAD:
		memset(aead_request_ctx(t->req.aead), 0xff, crypto_aead_reqsize(t->tfm->acf.aead));
		break;
	case TRIAL_HASH:
		memset(ahash_request_ctx(t->req.hash), 0xff, crypto_ahash_reqsize(t->tfm->acf.hash));
		break;
	}
}

int trial_alloc(struct trial *t, struct trial_tfm *tfm)
{
	memset(t, 0, sizeof(*t));
	t->tfm = tfm;
	init_completion(&t->finished);
	t->req.any = request_alloc(tfm->kind, tfm->acf.any);
	t->soft.any = request_alloc(tfm->kind, tfm->soft.any);
	t->mem = kmalloc(TRIAL_ROOM, GFP_KERNEL);
	t->want = kmalloc(TRIAL_ROOM, GFP_KERNEL);
	if (!t->req.any || !t->soft.any || !t->mem || !t->want) {
		trial_free(t);
		return -ENOMEM;
	}
	trial_spoil_context(t);
	return 0;
}

/* All three kinds of request are freed alike. */
void trial_free(struct trial *t)
{
	kfree_sensitive(t->req.any);
	kfree_sensitive(t->soft.any);
	kfree(t->mem);
	kfree(t->want);
}

static void trial_called(test_cb_arg arg, int err)
{
	struct trial *t = test_cb_data(arg);
	int place;

	if (!in_softirq())
		atomic_inc(&t->bad_context);
	if (err == -EINPROGRESS) {
		if (atomic_read(&t->finals))
			atomic_inc(&t->late);
		atomic_inc(&t->notices);
		if (t->on_notice)
			t->on_notice(t);
		return;
	}
	place = atomic_inc_return(&t->tfm->finals) - 1;
	/* a second final callback must not touch what is being looked at */
	if (atomic_inc_return(&t->finals) != 1)
		return;
	t->err = err;
	t->place = place;
	t->by = current;
	if (t->on_final)
		t->on_final(t);
	complete_all(&t->finished);
}

/* In place: the software's answer replaces the text in @want. */
static int soft_crypt(struct trial *t, bool decrypt)
{
	unsigned int len = t->bytes + (t->tfm->kind == TRIAL_AEAD && decrypt ? TRIAL_ICV : 0);

	sg_init_one(&t->soft_sg, t->want, TRIAL_ROOM);
	switch (t->tfm->kind) {
	case TRIAL_CIPHER:
		skcipher_request_set_callback(t->soft.cipher, 0, NULL, NULL);
		skcipher_request_set_crypt(t->soft.cipher, &t->soft_sg, &t->soft_sg, len,
					   t->want_iv);
		return decrypt ? crypto_skcipher_decrypt(t->soft.cipher) :
				 crypto_skcipher_encrypt(t->soft.cipher);
	case TRIAL_AEAD:
		aead_request_set_callback(t->soft.aead, 0, NULL, NULL);
		aead_request_set_ad(t->soft.aead, TRIAL_ASSOC);
		aead_request_set_crypt(t->soft.aead, &t->soft_sg, &t->soft_sg, len, t->want_iv);
		return decrypt ? crypto_aead_decrypt(t->soft.aead) :
				 crypto_aead_encrypt(t->soft.aead);
	case TRIAL_HASH:
		ahash_request_set_callback(t->soft.hash, 0, NULL, NULL);
		ahash_request_set_crypt(t->soft.hash, &t->soft_sg, t->want_mac, len);
		return crypto_ahash_digest(t->soft.hash);
	}
	return -EINVAL;
}

/* A decryption starts from what the software enciphered: it has to be authentic. */
static int fill(struct trial *t)
{
	int err;

	get_random_bytes(t->iv, sizeof(t->iv));
	get_random_bytes(t->want, TRIAL_ROOM);
	memcpy(t->want_iv, t->iv, sizeof(t->iv));
	if (!t->decrypt) {
		memcpy(t->mem, t->want, TRIAL_ROOM);
		return soft_crypt(t, false);
	}
	err = soft_crypt(t, false);
	if (err)
		return err;
	memcpy(t->mem, t->want, TRIAL_ROOM);
	memcpy(t->want_iv, t->iv, sizeof(t->iv));
	return soft_crypt(t, true);
}

static void set_request(struct trial *t, u32 flags)
{
	unsigned int len = t->bytes + (t->tfm->kind == TRIAL_AEAD && t->decrypt ? TRIAL_ICV : 0);

	sg_init_one(&t->sg, t->mem, TRIAL_ROOM);
	switch (t->tfm->kind) {
	case TRIAL_CIPHER:
		skcipher_request_set_callback(t->req.cipher, flags, trial_called, t);
		skcipher_request_set_crypt(t->req.cipher, &t->sg, &t->sg, len, t->iv);
		break;
	case TRIAL_AEAD:
		aead_request_set_callback(t->req.aead, flags, trial_called, t);
		aead_request_set_ad(t->req.aead, TRIAL_ASSOC);
		aead_request_set_crypt(t->req.aead, &t->sg, &t->sg, len, t->iv);
		break;
	case TRIAL_HASH:
		ahash_request_set_callback(t->req.hash, flags, trial_called, t);
		ahash_request_set_crypt(t->req.hash, &t->sg, t->mac, len);
		break;
	}
}

int trial_prepare(struct trial *t, unsigned int bytes, bool decrypt, u32 flags)
{
	t->bytes = bytes;
	t->total = bytes;
	if (t->tfm->kind == TRIAL_AEAD)
		t->total += TRIAL_ASSOC + (decrypt ? 0 : TRIAL_ICV);
	t->decrypt = decrypt && t->tfm->kind != TRIAL_HASH;
	t->want_err = 0;
	t->err = 0;
	t->place = -1;
	reinit_completion(&t->finished);
	atomic_set(&t->finals, 0);
	atomic_set(&t->notices, 0);
	atomic_set(&t->late, 0);
	atomic_set(&t->bad_context, 0);
	set_request(t, flags);
	return fill(t);
}

void trial_forge(struct trial *t)
{
	t->mem[TRIAL_ASSOC] ^= 1;
	t->want_err = -EBADMSG;
}

int trial_submit(struct trial *t)
{
	switch (t->tfm->kind) {
	case TRIAL_CIPHER:
		t->ret = t->decrypt ? crypto_skcipher_decrypt(t->req.cipher) :
				      crypto_skcipher_encrypt(t->req.cipher);
		break;
	case TRIAL_AEAD:
		t->ret = t->decrypt ? crypto_aead_decrypt(t->req.aead) :
				      crypto_aead_encrypt(t->req.aead);
		break;
	case TRIAL_HASH:
		t->ret = crypto_ahash_digest(t->req.hash);
		break;
	}
	if (!trial_is_async(t))
		t->err = t->ret;
	return t->ret;
}

bool trial_wait(struct trial *t)
{
	return !trial_is_async(t) ||
	       wait_for_completion_timeout(&t->finished, msecs_to_jiffies(TRIAL_TIMEOUT_MS));
}

static const char *verdict_on_data(const struct trial *t)
{
	if (memcmp(t->mem, t->want, t->total))
		return "wrong data";
	if (t->tfm->kind == TRIAL_CIPHER && memcmp(t->iv, t->want_iv, sizeof(t->iv)))
		return "wrong output IV";
	if (t->tfm->kind == TRIAL_HASH && memcmp(t->mac, t->want_mac, sizeof(t->mac)))
		return "wrong digest";
	return NULL;
}

const char *trial_verdict(const struct trial *t)
{
	if (atomic_read(&t->finals) != trial_is_async(t))
		return "final callbacks";
	if (atomic_read(&t->notices) != (t->ret == -EBUSY))
		return "backlog notifications";
	if (atomic_read(&t->late))
		return "notification behind the final callback";
	if (atomic_read(&t->bad_context))
		return "callback with bottom halves on";
	if (t->err != t->want_err)
		return "wrong outcome";
	return t->err ? NULL : verdict_on_data(t);
}
