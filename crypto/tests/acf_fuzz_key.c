// SPDX-License-Identifier: GPL-2.0
/* The keys of a transform, good and bad ones, as functions of the seed. */
#include <crypto/authenc.h>
#include <linux/rtnetlink.h>

#include "acf_fuzz.h"

#define SALT_KEY	77
#define MAC_KEY_MAX	100

static u32 cipher_key_bytes(const struct fz_alg *alg, struct rnd_state *rnd)
{
	return alg->key_bytes ?: (16 + 8 * fz_below(rnd, 3)) * (fz_is_xts(alg) ? 2 : 1);
}

/* An authenc key: a header that tells the cipher key's length, the MAC's key, the cipher's. */
static u32 authenc_blob(u8 *blob, u32 mac_bytes, u32 cipher_bytes, struct rnd_state *rnd)
{
	struct rtattr *rta = (struct rtattr *)blob;
	struct crypto_authenc_key_param *param = RTA_DATA(rta);

	rta->rta_len = RTA_LENGTH(sizeof(*param));
	rta->rta_type = CRYPTO_AUTHENC_KEYA_PARAM;
	param->enckeylen = cpu_to_be32(cipher_bytes);
	prandom_bytes_state(rnd, blob + RTA_SPACE(sizeof(*param)), mac_bytes + cipher_bytes);
	return RTA_SPACE(sizeof(*param)) + mac_bytes + cipher_bytes;
}

static u32 good_key(u8 *blob, const struct fz_alg *alg, struct rnd_state *rnd)
{
	u32 bytes;

	switch (alg->kind) {
	case FZ_CIPHER:
		bytes = cipher_key_bytes(alg, rnd);
		break;
	case FZ_HASH:
		bytes = fz_below(rnd, MAC_KEY_MAX);
		break;
	default:
		bytes = fz_below(rnd, MAC_KEY_MAX);
		return authenc_blob(blob, bytes, cipher_key_bytes(alg, rnd), rnd);
	}
	prandom_bytes_state(rnd, blob, bytes);
	return bytes;
}

/* Wrong in its length, or in the header an authenc key begins with. */
static u32 malformed_key(u8 *blob, const struct fz_alg *alg, struct rnd_state *rnd)
{
	u32 bytes = fz_below(rnd, fz_is_xts(alg) ? 81 : 41);

	if (alg->kind != FZ_AEAD) {
		prandom_bytes_state(rnd, blob, bytes);
		return bytes;
	}
	bytes = authenc_blob(blob, 20, bytes, rnd);
	switch (fz_below(rnd, 3)) {
	case 0:
		return fz_below(rnd, 12);
	case 1:
		blob[fz_below(rnd, 8)] ^= 1 << fz_below(rnd, 8);
	}
	return bytes;
}

/* The weakest of keys: of DES one of four, of triple DES and XTS one of equal parts. */
static u32 weak_key(u8 *blob, const struct fz_alg *alg, struct rnd_state *rnd)
{
	u32 cipher = alg->key_bytes ?: fz_is_xts(alg) ? 32 : 16;
	u32 bytes = cipher;

	if (alg->kind == FZ_AEAD)
		bytes = authenc_blob(blob, 16, cipher, rnd);
	memset(blob + bytes - cipher, 1, cipher);
	return bytes;
}

void fz_plan_key(struct fz_key *key, u32 tfm, u32 id)
{
	const struct fz_alg *alg = fz_tfm_alg(tfm);
	struct rnd_state rnd;

	fz_rnd_init(&rnd, tfm, id, SALT_KEY);
	key->bytes = good_key(key->blob, alg, &rnd);
	key->try_bad = alg->kind != FZ_HASH && fz_below(&rnd, 4) == 0;
	key->forbid_weak = fz_below(&rnd, 2);
	key->bad_bytes = key->forbid_weak ? weak_key(key->bad, alg, &rnd) :
					    malformed_key(key->bad, alg, &rnd);
}
