// SPDX-License-Identifier: GPL-2.0
/* The card as an engine of acf: what it offers, and acf's words in its own. */
#include "hifn.h"

/* The card does every cipher, mode and MAC there is a name for. */
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
	[ACF_MODE_XTS] = HIFN_MODE_ECB,	/* and hifn_bounce.c whitens */
};

static const enum hifn_mac hifn_macs[] = {
	[ACF_MAC_NONE] = HIFN_MAC_NONE,
	[ACF_MAC_MD5] = HIFN_MAC_MD5,
	[ACF_MAC_SHA1] = HIFN_MAC_SHA1,
	[ACF_MAC_HMAC_MD5] = HIFN_MAC_HMAC_MD5,
	[ACF_MAC_HMAC_SHA1] = HIFN_MAC_HMAC_SHA1,
};

/*
 * The longest job, although counts have 18 bits: whether the card honours their upper two in
 * every place is not known (docs/reference/hifn795x.md 4.5), and one that does not in the crypt
 * command would pass the tail on in clear, with a good result. Nobody needs more.
 */
#define HIFN_ACF_MAX_BYTES	65520
static_assert(HIFN_ACF_MAX_BYTES < 1 << 16 && HIFN_ACF_MAX_BYTES % ACF_MAX_BLOCK == 0,
	      "no upper bits, whole blocks");

static_assert(ACF_MAC_KEY == HIFN_MAC_KEY_BYTES &&
	      ACF_MAX_DIGEST == HIFN_SHA1_BYTES, "MACs are the card's");

static void hifn_op_crypt(const struct acf_job *job, struct hifn_op *op)
{
	op->cipher = hifn_ciphers[job->alg->cipher];
	op->mode = hifn_modes[job->alg->mode];
	op->decrypt = job->decrypt;
	op->key = job->key;
	op->key_bytes = job->key_bytes;
	op->iv = job->iv;
	op->crypt.skip = job->assoc;
	op->crypt.bytes = job->len - job->assoc;
}

static void hifn_op_auth(const struct acf_job *job, struct hifn_op *op)
{
	op->mac = hifn_macs[job->alg->mac];
	op->mac_key = job->mac_key;
	op->auth.skip = 0;
	op->auth.bytes = job->len;
}

/* Lengths are judged by hifn_cmd_fits(). */
void hifn_acf_op(const struct hifn_dev *hd, const struct acf_job *job, struct hifn_op *op)
{
	memset(op, 0, sizeof(*op));
	op->bytes = job->len;
	if (job->alg->kind != ACF_KIND_HASH)
		hifn_op_crypt(job, op);
	if (job->alg->kind != ACF_KIND_CIPHER)
		hifn_op_auth(job, op);
	op->short_mac = test_bit(job->alg->id, hd->engine.shortened.bits);
}

/* Whether the card can ever do it, and how. */
bool hifn_fits(const struct hifn_dev *hd, const struct acf_job *job, struct hifn_op *op,
	       struct hifn_plan *plan)
{
	hifn_acf_op(hd, job, op);
	if (!hifn_cmd_fits(op) || hifn_map_plan(hd, job, plan, false))
		return false;
	return !READ_ONCE(hd->blame.nr_barred) || hifn_shape_fits(hd, job, plan);
}

static bool hifn_acf_fits(struct acf_engine *engine, const struct acf_job *job)
{
	struct hifn_plan plan;
	struct hifn_op op;

	return hifn_fits(container_of(engine, struct hifn_dev, engine), job, &op, &plan);
}

static int hifn_acf_prepare(struct acf_engine *engine, struct acf_job *job)
{
	return hifn_prepare(container_of(engine, struct hifn_dev, engine), job);
}

static int hifn_acf_publish(struct acf_engine *engine, struct acf_job *job)
{
	return hifn_publish(container_of(engine, struct hifn_dev, engine), job);
}

static void hifn_acf_unprepare(struct acf_engine *engine, struct acf_job *job)
{
	hifn_unprepare(container_of(engine, struct hifn_dev, engine), job);
}

static int hifn_acf_online(struct acf_engine *engine, bool online)
{
	return hifn_online(container_of(engine, struct hifn_dev, engine), online);
}

static const struct acf_engine_ops hifn_acf_ops = {
	.fits = hifn_acf_fits,
	.prepare = hifn_acf_prepare,
	.publish = hifn_acf_publish,
	.unprepare = hifn_acf_unprepare,
	.online = hifn_acf_online,
};

int hifn_acf_register(struct hifn_dev *hd)
{
	struct acf_engine *engine = &hd->engine;

	engine->name = hd->name;
	engine->ops = &hifn_acf_ops;
	bitmap_fill(engine->caps.bits, ACF_NR_ALGS);
	__set_bit(ACF_CBC_AES, engine->required.bits);
	__set_bit(ACF_CBC_DES3, engine->required.bits);
	engine->min_len = HIFN_OP_MIN_BYTES;
	engine->max_len = HIFN_ACF_MAX_BYTES;
	engine->give_back_ms = hd->params.timeout_ms;
	engine->short_mac = HIFN_MAC_TRUNC_BYTES;
	return acf_engine_register(engine);
}
