// SPDX-License-Identifier: GPL-2.0
/* What request N of a seed is. */
#include <linux/jhash.h>

#include "acf_fuzz.h"

enum { SALT_PLAN = 1, SALT_TFM, SALT_HOT, SALT_ICV };

struct fz_setup fz_setup;

#define CIPHER_ROW(low, MODE, c, key, blk, iv)	\
	{ .name = low "(" c ")", .driver = low "-" c "-acf", .cbc = "cbc(" c ")",	\
	  .ecb = "ecb(" c ")", .kind = FZ_CIPHER, .mode = MODE, .key_bytes = key,	\
	  .block = blk, .iv_bytes = iv, .keyed = true }
#define CIPHERS(c, key, blk)	\
	CIPHER_ROW("ecb", FZ_ECB, c, key, blk, 0), CIPHER_ROW("cbc", FZ_CBC, c, key, blk, blk), \
	CIPHER_ROW("cfb", FZ_CFB, c, key, blk, blk), CIPHER_ROW("ofb", FZ_OFB, c, key, blk, blk)
#define HASH(n, d, digest, key)	\
	{ .name = n, .driver = d, .kind = FZ_HASH, .digest_bytes = digest, .block = 1, .keyed = key }
#define AEAD(h, digest, c, key, blk)	\
	{ .name = "authenc(hmac(" h "),cbc(" c "))", .driver = "authenc-hmac-" h "-cbc-" c "-acf", \
	  .kind = FZ_AEAD, .mode = FZ_CBC, .key_bytes = key, .block = blk, .iv_bytes = blk,	\
	  .digest_bytes = digest, .keyed = true }

const struct fz_alg fz_algs[FZ_ALGS] = {
	CIPHERS("aes", 0, 16), CIPHER_ROW("xts", FZ_XTS, "aes", 0, 16, 16), CIPHERS("des", 8, 8), CIPHERS("des3_ede", 24, 8),
	HASH("md5", "md5-acf", 16, false), HASH("sha1", "sha1-acf", 20, false),
	HASH("hmac(md5)", "hmac-md5-acf", 16, true), HASH("hmac(sha1)", "hmac-sha1-acf", 20, true),
	AEAD("md5", 16, "aes", 0, 16), AEAD("md5", 16, "des", 8, 8),
	AEAD("md5", 16, "des3_ede", 24, 8), AEAD("sha1", 20, "aes", 0, 16),
	AEAD("sha1", 20, "des", 8, 8), AEAD("sha1", 20, "des3_ede", 24, 8),
};

void fz_rnd_init(struct rnd_state *rnd, u32 a, u32 b, u32 salt)
{
	prandom_seed_state(rnd, jhash_3words(fz_seed, a, b, salt));
}

u32 fz_below(struct rnd_state *rnd, u32 n)
{
	return prandom_u32_state(rnd) % n;
}

/* True in one of n cases. */
static bool one_in(struct rnd_state *rnd, u32 n)
{
	return fz_below(rnd, n) == 0;
}

const struct fz_alg *fz_tfm_alg(u32 tfm)
{
	if (tfm >= fz_setup.tfms)
		tfm -= fz_setup.tfms;
	return fz_setup.alg[tfm % fz_setup.nr_algs];
}

/* A transform of the lane's own; they are numbered lane, lane + lanes, ... */
static u32 own_tfm(u32 lane, u32 random)
{
	u32 own = fz_setup.tfms / fz_setup.lanes;

	return lane + random % own * fz_setup.lanes;
}

/*
 * A third of a lane's requests goes to one transform for a while, so that hundreds are in
 * flight on it; some go to transforms all lanes use, a few to ones without a key.
 */
static u32 plan_tfm(const struct fz_plan *plan, struct rnd_state *rnd)
{
	u32 kind = fz_below(rnd, 64);
	u32 random = prandom_u32_state(rnd);

	if (kind == 0)
		return fz_setup.tfms + fz_setup.nr_algs + random % fz_setup.nr_algs;
	if (kind < 8)
		return fz_setup.tfms + random % fz_setup.nr_algs;
	if (kind < 28)
		random = jhash_3words(fz_seed, plan->lane, plan->n >> 10, SALT_HOT);
	return own_tfm(plan->lane, random);
}

/* Every so many requests a transform's key, or ICV size, changes; 0: never. */
static u32 epoch(u32 tfm, u32 n, u32 salt)
{
	static const u32 strides[] = { 16, 128, 512, 2048, 0 };
	u32 stride = strides[jhash_3words(fz_seed, tfm, 0, salt) % ARRAY_SIZE(strides)];

	return tfm < fz_setup.tfms && stride ? 1 + n / stride : 0;
}

u32 fz_plan_authsize(u32 tfm, u32 icv)
{
	const struct fz_alg *alg = fz_tfm_alg(tfm);
	u32 random = jhash_3words(fz_seed, tfm, icv, SALT_ICV);

	switch (random % 4) {
	case 0:
		return alg->digest_bytes;
	case 1:
		return 1 + (random >> 8) % alg->digest_bytes;
	default:
		return 12;
	}
}

static u32 plan_len(struct rnd_state *rnd)
{
	u32 kind = fz_below(rnd, 128);

	if (kind < 6)
		return 0;
	if (kind < 40)
		return 1 + fz_below(rnd, 64);
	if (kind < 90)
		return 1 + fz_below(rnd, 600);
	if (kind < 120)
		return 1 + fz_below(rnd, 4200);
	if (kind < 127)
		return 1 + fz_below(rnd, 17000);
	return 65000 + fz_below(rnd, 5000);
}

static void plan_text(struct fz_plan *plan, const struct fz_alg *alg, struct rnd_state *rnd)
{
	u32 odd = fz_is_stream(alg) || fz_is_xts(alg) ? 2 : alg->kind == FZ_AEAD ? 12 : 24;

	plan->len = plan_len(rnd);
	if (alg->kind != FZ_HASH && !one_in(rnd, odd))
		plan->len = roundup(plan->len, alg->block);
	plan->decrypt = alg->kind != FZ_HASH && one_in(rnd, 2);
}

static void plan_aead(struct fz_plan *plan, struct rnd_state *rnd)
{
	static const u32 usual[] = { 0, 8, 12, 16, 24 };

	switch (fz_below(rnd, 8)) {
	case 0:
		plan->assoc = fz_below(rnd, 1000);
		break;
	case 1:
		plan->assoc = fz_below(rnd, 65);
		break;
	default:
		plan->assoc = usual[fz_below(rnd, ARRAY_SIZE(usual))];
	}
	plan->runt = plan->decrypt && one_in(rnd, 48);
	plan->forge = one_in(rnd, 4) ? FZ_FORGE_AAD + fz_below(rnd, 3) : FZ_GENUINE;
}

static void plan_shape(struct fz_shape *shape, struct rnd_state *rnd)
{
	shape->pieces = one_in(rnd, 2) ? 1 : 1 + fz_below(rnd, FZ_PIECES);
	shape->align = fz_below(rnd, 4);
	shape->surplus = one_in(rnd, 4) ? 1 + fz_below(rnd, 100) : 0;
	shape->extra = one_in(rnd, 4) ? 1 + fz_below(rnd, 3) : 0;
	shape->chained = one_in(rnd, 3);
	shape->shuffled = one_in(rnd, 3);
	shape->halves = one_in(rnd, 8);
}

static void plan_context(struct fz_plan *plan, struct rnd_state *rnd)
{
	static const enum fz_from from[] = {
		FZ_FROM_THREAD, FZ_FROM_THREAD, FZ_FROM_THREAD, FZ_FROM_BH,
		FZ_FROM_TASKLET, FZ_FROM_TIMER, FZ_FROM_CALLBACK, FZ_FROM_CALLBACK,
	};

	plan->from = from[fz_below(rnd, ARRAY_SIZE(from))];
	if (plan->from == FZ_FROM_CALLBACK && !fz_callbacks)
		plan->from = FZ_FROM_BH;
	plan->flags = one_in(rnd, 2) ? CRYPTO_TFM_REQ_MAY_BACKLOG : 0;
	if (one_in(rnd, 2) && plan->from == FZ_FROM_THREAD && plan->way == FZ_DIGEST)
		plan->flags |= CRYPTO_TFM_REQ_MAY_SLEEP;
}

void fz_plan_request(struct fz_plan *plan, u32 n)
{
	const struct fz_alg *alg;
	struct rnd_state rnd;

	memset(plan, 0, sizeof(*plan));
	fz_rnd_init(&rnd, n, 0, SALT_PLAN);
	plan->n = n;
	plan->lane = n % fz_setup.lanes;
	plan->tfm = plan_tfm(plan, &rnd);
	plan->key = epoch(plan->tfm, n, SALT_TFM);
	plan->icv = epoch(plan->tfm, n, SALT_ICV);
	alg = fz_tfm_alg(plan->tfm);
	plan_text(plan, alg, &rnd);
	if (alg->kind == FZ_AEAD)
		plan_aead(plan, &rnd);
	if (alg->kind == FZ_HASH)
		plan->way = one_in(&rnd, 2) ? FZ_DIGEST : FZ_FINUP + fz_below(&rnd, 2);
	plan->reimport = prandom_u32_state(&rnd) & prandom_u32_state(&rnd);
	plan->place = one_in(&rnd, 2) ? FZ_APART : FZ_IN_PLACE + fz_below(&rnd, 2);
	plan->iv_off = fz_below(&rnd, 17);
	plan_shape(&plan->src, &rnd);
	plan_shape(&plan->dst, &rnd);
	plan_context(plan, &rnd);
}
