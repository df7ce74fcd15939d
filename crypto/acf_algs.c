// SPDX-License-Identifier: GPL-2.0
/* The algorithms acf offers, and their registration with the kernel crypto API. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <crypto/aes.h>
#include <crypto/internal/des.h>
#include <linux/module.h>

#include "acf_internal.h"

#define AES_ROW(ID, MODE, lower, iv)	\
	[ACF_##ID##_AES] = {	\
		.id = ACF_##ID##_AES, .name = lower "(aes)", .driver_name = lower "-aes-acf",	\
		.cipher = ACF_CIPHER_AES, .mode = ACF_MODE_##MODE,	\
		.block = AES_BLOCK_SIZE, .iv_bytes = iv,	\
		.min_key = AES_MIN_KEY_SIZE, .max_key = AES_MAX_KEY_SIZE,	\
	}
#define DES_ROW(ID, MODE, lower, iv)	\
	[ACF_##ID##_DES] = {	\
		.id = ACF_##ID##_DES, .name = lower "(des)", .driver_name = lower "-des-acf",	\
		.cipher = ACF_CIPHER_DES, .mode = ACF_MODE_##MODE,	\
		.block = DES_BLOCK_SIZE, .iv_bytes = iv,	\
		.min_key = DES_KEY_SIZE, .max_key = DES_KEY_SIZE,	\
	}
#define DES3_ROW(ID, MODE, lower, iv)	\
	[ACF_##ID##_DES3] = {	\
		.id = ACF_##ID##_DES3, .name = lower "(des3_ede)",	\
		.driver_name = lower "-des3_ede-acf",	\
		.cipher = ACF_CIPHER_DES3_EDE, .mode = ACF_MODE_##MODE,	\
		.block = DES3_EDE_BLOCK_SIZE, .iv_bytes = iv,	\
		.min_key = DES3_EDE_KEY_SIZE, .max_key = DES3_EDE_KEY_SIZE,	\
	}

const struct acf_alg acf_algs[ACF_NR_ALGS] = {
	AES_ROW(ECB, ECB, "ecb", 0),
	AES_ROW(CBC, CBC, "cbc", AES_BLOCK_SIZE),
	AES_ROW(CFB, CFB, "cfb", AES_BLOCK_SIZE),
	AES_ROW(OFB, OFB, "ofb", AES_BLOCK_SIZE),
	DES_ROW(ECB, ECB, "ecb", 0),
	DES_ROW(CBC, CBC, "cbc", DES_BLOCK_SIZE),
	DES_ROW(CFB, CFB, "cfb", DES_BLOCK_SIZE),
	DES_ROW(OFB, OFB, "ofb", DES_BLOCK_SIZE),
	DES3_ROW(ECB, ECB, "ecb", 0),
	DES3_ROW(CBC, CBC, "cbc", DES3_EDE_BLOCK_SIZE),
	DES3_ROW(CFB, CFB, "cfb", DES3_EDE_BLOCK_SIZE),
	DES3_ROW(OFB, OFB, "ofb", DES3_EDE_BLOCK_SIZE),
};

/* The crypto API links and counts these itself: registered once, until acf unloads. */
static struct skcipher_alg acf_skciphers[ACF_NR_ALGS];
static unsigned long acf_registered;	/* (acf_engines_mutex) BIT(enum acf_alg_id) */

const struct acf_alg *acf_alg_of(struct crypto_skcipher *tfm)
{
	return &acf_algs[crypto_skcipher_alg(tfm) - acf_skciphers];
}

static bool acf_alg_is_stream(const struct acf_alg *alg)
{
	return alg->mode == ACF_MODE_CFB || alg->mode == ACF_MODE_OFB;
}

static void acf_skcipher_fill(struct skcipher_alg *sk, const struct acf_alg *alg)
{
	struct crypto_alg *base = &sk->base;

	strscpy(base->cra_name, alg->name, sizeof(base->cra_name));
	strscpy(base->cra_driver_name, alg->driver_name, sizeof(base->cra_driver_name));
	base->cra_priority = alg->cipher == ACF_CIPHER_AES ? acf_aes_priority : acf_des_priority;
	base->cra_flags = CRYPTO_ALG_ASYNC | CRYPTO_ALG_NEED_FALLBACK |
			  CRYPTO_ALG_KERN_DRIVER_ONLY;
	base->cra_blocksize = acf_alg_is_stream(alg) ? 1 : alg->block;
	base->cra_ctxsize = sizeof(struct acf_tfm);
	base->cra_module = THIS_MODULE;
	sk->min_keysize = alg->min_key;
	sk->max_keysize = alg->max_key;
	sk->ivsize = alg->iv_bytes;
	sk->chunksize = alg->block;
	sk->init = acf_skcipher_init;
	sk->exit = acf_skcipher_exit;
	sk->setkey = acf_skcipher_setkey;
	sk->encrypt = acf_skcipher_encrypt;
	sk->decrypt = acf_skcipher_decrypt;
}

static void acf_alg_register(const struct acf_alg *alg)
{
	struct skcipher_alg *sk = &acf_skciphers[alg->id];
	int err;

	acf_skcipher_fill(sk, alg);
	err = crypto_register_skcipher(sk);
	if (err) {
		pr_err("cannot register %s: error %d; is another driver using that name?\n",
		       alg->driver_name, err);
		return;
	}
	acf_registered |= BIT(alg->id);
}

/*
 * Since 6.12 the kernel tests an algorithm after registration has returned; a look-up
 * by driver name waits for the verdict. Nobody may unregister before that.
 */
static void acf_alg_await_test(const struct acf_alg *alg)
{
	if (!crypto_has_skcipher(alg->driver_name, 0, 0))
		pr_err("%s failed the kernel's self-test and is not used\n", alg->driver_name);
}

void acf_algs_register(unsigned long ids)
{
	unsigned long todo = ids & ~acf_registered;
	int id;

	lockdep_assert_held(&acf_engines_mutex);
	for_each_set_bit(id, &todo, ACF_NR_ALGS)
		acf_alg_register(&acf_algs[id]);
	todo &= acf_registered;
	for_each_set_bit(id, &todo, ACF_NR_ALGS)
		acf_alg_await_test(&acf_algs[id]);
}

void acf_algs_unregister(void)
{
	int id;

	for_each_set_bit(id, &acf_registered, ACF_NR_ALGS)
		crypto_unregister_skcipher(&acf_skciphers[id]);
}
