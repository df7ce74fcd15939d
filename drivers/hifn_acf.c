// SPDX-License-Identifier: GPL-2.0
/* The card as an engine of acf: what it offers, and acf's words in its own. */
#include "hifn.h"

static const enum hifn_cipher hifn_ciphers[] = {
	[ACF_CIPHER_DES] = HIFN_CIPHER_DES,
	[ACF_CIPHER_DES3_EDE] = HIFN_CIPHER_3DES,
	[ACF_CIPHER_AES] = HIFN_CIPHER_AES,
};

static const enum hifn_mode hifn_modes[] = {
	[ACF_MODE_ECB] = HIFN_MODE_ECB,
	[ACF_MODE_CBC] = HIFN_MODE_CBC,
	[ACF_MODE_CFB] = HIFN_MODE_CFB,
	[ACF_MODE_OFB] = HIFN_MODE_OFB,
};

/* False for a cipher or mode that is not the card's. */
bool hifn_acf_op(const struct acf_job *job, struct hifn_op *op)
{
	const struct acf_alg *alg = job->alg;

	if (alg->cipher >= ARRAY_SIZE(hifn_ciphers) ||
	    alg->mode >= ARRAY_SIZE(hifn_modes))
		return false;
	op->cipher = hifn_ciphers[alg->cipher];
	op->mode = hifn_modes[alg->mode];
	op->decrypt = job->decrypt;
	op->key = job->key;
	op->key_bytes = job->key_bytes;
	op->iv = job->iv;
	op->bytes = job->len;
	return true;
}

static int hifn_acf_submit(struct acf_engine *engine, struct acf_job *job)
{
	return hifn_queue_submit(container_of(engine, struct hifn_dev, engine),
				 job);
}

static const struct acf_engine_ops hifn_acf_ops = {
	.submit = hifn_acf_submit,
};

int hifn_acf_register(struct hifn_dev *hd)
{
	struct acf_engine *engine = &hd->engine;

	engine->name = hd->name;
	engine->ops = &hifn_acf_ops;
	engine->caps = GENMASK(ACF_OFB_DES3, 0);
	engine->required = BIT(ACF_CBC_AES);
	engine->max_len = HIFN_TOTAL_MAX_BYTES & ~(ACF_MAX_BLOCK - 1);
	return acf_engine_register(engine);
}
