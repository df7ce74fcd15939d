// SPDX-License-Identifier: GPL-2.0
/* authenc and hashes against the kernel's software, shape by shape and in a flood. */
#include <crypto/aead.h>
#include <crypto/authenc.h>
#include <crypto/hash.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "acf_test.h"

#define MAX_TEXT	2048
#define MAX_BLOB	128

/* Layout of struct crypto_authenc_key_param as ESP builds it. */
static unsigned int make_blob(struct mac_subject *s, u8 *blob)
{
	struct crypto_authenc_key_param *param;
	struct rtattr *rta = (struct rtattr *)blob;
	u8 *p = blob + RTA_SPACE(sizeof(*param));

	rta->rta_type = CRYPTO_AUTHENC_KEYA_PARAM;
	rta->rta_len = RTA_LENGTH(sizeof(*param));
	param = RTA_DATA(rta);
	param->enckeylen = cpu_to_be32(s->key_bytes);
	memcpy(p, s->mac_key, s->mac_key_bytes);
	memcpy(p + s->mac_key_bytes, s->key, s->key_bytes);
	return p + s->mac_key_bytes + s->key_bytes - blob;
}

int aead_setkey(struct mac_subject *s)
{
	u8 blob[MAX_BLOB];
	unsigned int bytes = make_blob(s, blob);

	return crypto_aead_setkey(s->aead, blob, bytes) ?:
	       crypto_aead_setkey(s->ref_aead, blob, bytes);
}

static int aead_once(struct crypto_aead *tfm, struct scatterlist *src, struct scatterlist *dst,
		     unsigned int assoc, unsigned int len, const u8 *iv, bool decrypt)
{
	struct aead_request *req = aead_request_alloc(tfm, GFP_KERNEL);
	u8 iv_copy[REF_MAX_BLOCK];
	DECLARE_CRYPTO_WAIT(wait);
	int err;

	if (!req)
		return -ENOMEM;
	memcpy(iv_copy, iv, sizeof(iv_copy));
	aead_request_set_callback(req, CRYPTO_TFM_REQ_MAY_BACKLOG, crypto_req_done, &wait);
	aead_request_set_crypt(req, src, dst, len, iv_copy);
	aead_request_set_ad(req, assoc);
	err = crypto_wait_req(decrypt ? crypto_aead_decrypt(req) : crypto_aead_encrypt(req), &wait);
	aead_request_free(req);
	return err;
}

/* s->data: aad and text become aad, ciphertext and ICV, by the reference. */
static int aead_reference(struct mac_subject *s, unsigned int assoc, unsigned int text,
			  const u8 *iv)
{
	struct scatterlist sg;

	sg_init_one(&sg, s->data, assoc + text + s->authsize);
	return aead_once(s->ref_aead, &sg, &sg, assoc, text, iv, false);
}

static int aead_fail(struct mac_subject *s, const char *what, const struct aead_shape *a, int value)
{
	snprintf(s->why, sizeof(s->why), "%s (%d): %s%s assoc %u text %u icv %u src %u/%u dst %u/%u",
		 what, value, a->decrypt ? "decrypt" : "encrypt", a->in_place ? " in place" : "",
		 a->assoc, a->text, s->authsize, a->src.pieces, a->src.align, a->dst.pieces,
		 a->dst.align);
	return -EIO;
}

/*
 * What decryption leaves beside the text: no ICV is written, and out of place the
 * associated data may be copied or not (the template does not, an engine does).
 */
static void aead_expect_rest(struct mac_subject *s, const struct aead_shape *a,
			     const struct area *out, u8 *open, const u8 *sealed)
{
	unsigned int end = a->assoc + a->text;

	if (a->in_place) {
		memcpy(open + end, sealed + end, s->authsize);
		return;
	}
	area_read(out, out->image, open, end, s->authsize);
	if (a->assoc && out->mem[out->piece[0].off] == out->image[out->piece[0].off])
		area_read(out, out->image, open, 0, a->assoc);
}

/*
 * Sealed is aad, ciphertext, ICV; open is aad, text. The list always covers room for
 * the ICV, whose bytes the side that does not use it must leave alone.
 */
static int aead_run(struct mac_subject *s, const struct aead_shape *a)
{
	unsigned int total = a->assoc + a->text + s->authsize;
	unsigned int len = a->text + (a->decrypt ? s->authsize : 0);
	u8 *open = s->data2;
	u8 *sealed = s->data;
	struct area *out;
	u8 iv[REF_MAX_BLOCK];
	int err;

	prandom_bytes_state(&s->rnd, open, total);
	prandom_bytes_state(&s->rnd, iv, sizeof(iv));
	memcpy(sealed, open, a->assoc + a->text);
	err = aead_reference(s, a->assoc, a->text, iv);
	if (err)
		return aead_fail(s, "the reference failed", a, err);
	if (a->forge)
		sealed[a->assoc + prandom_u32_state(&s->rnd) % (a->text + s->authsize)] ^= 0x10;

	area_build(s->src, &a->src, &s->rnd);
	area_write(s->src, a->decrypt ? sealed : open);
	out = a->in_place ? s->src : s->dst;
	if (!a->in_place)
		area_build(s->dst, &a->dst, &s->rnd);
	err = aead_once(s->aead, s->src->sg, out->sg, a->assoc, len, iv, a->decrypt);
	if (a->forge)
		return err == -EBADMSG ? 0 : aead_fail(s, "a forged message gave", a, err);
	if (err)
		return aead_fail(s, "request failed", a, err);
	if (a->decrypt)
		aead_expect_rest(s, a, out, open, sealed);
	area_expect(out, a->decrypt ? open : sealed);
	if (area_check(out) >= 0)
		return aead_fail(s, "destination wrong at offset", a, area_check(out));
	if (area_check(s->src) >= 0)
		return aead_fail(s, "source changed at offset", a, area_check(s->src));
	return 0;
}

static struct aead_shape aead_shape(struct mac_subject *s)
{
	static const unsigned int assocs[] = { 8, 24, 16, 12 };	/* ESP's; 12 with ESN */
	u32 r = prandom_u32_state(&s->rnd);
	struct aead_shape a = {
		.assoc = assocs[r & 3],
		.text = (1 + (r >> 8) % (MAX_TEXT / s->block)) * s->block,
		.decrypt = r & 4,
		.in_place = r & 8,
	};

	a.src.len = a.assoc + a.text + s->authsize;
	a.src.pieces = 1 + (r >> 4) % 5;
	a.src.align = r & 16 ? ALIGN_RANDOM : 0;
	a.src.surplus = r & 32 ? 40 : 0;
	a.dst = a.src;
	a.dst.pieces = 1 + (r >> 6) % 4;
	return a;
}

int aead_shapes(struct mac_subject *s)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < 2 * test_rounds && !err; i++) {
		struct aead_shape a = aead_shape(s);

		err = aead_run(s, &a);
	}
	return err;
}

/* What no engine streams: odd associated data, none, no text. */
int aead_odd(struct mac_subject *s)
{
	static const struct { unsigned int assoc, blocks; } odd[] = {
		{ 0, 3 }, { 5, 2 }, { 8, 0 }, { 0, 0 }, { 13, 7 }, { 200, 1 },
	};
	unsigned int i;
	int err = 0;

	for (i = 0; i < 2 * ARRAY_SIZE(odd) && !err; i++) {
		struct aead_shape a = aead_shape(s);

		a.assoc = odd[i / 2].assoc;
		a.text = odd[i / 2].blocks * s->block;
		a.decrypt = i & 1;
		a.src.len = a.assoc + a.text + s->authsize;
		a.dst.len = a.src.len;
		a.dst.pieces = 1;
		a.src.pieces = 1;
		err = aead_run(s, &a);
	}
	return err;
}

int aead_forged(struct mac_subject *s)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < 2 * test_rounds && !err; i++) {
		struct aead_shape a = aead_shape(s);

		a.decrypt = true;
		a.forge = true;
		err = aead_run(s, &a);
	}
	return err;
}

/* Every size of ICV, and back to the one ESP uses. */
int aead_authsizes(struct mac_subject *s)
{
	unsigned int full = crypto_aead_authsize(s->aead);
	unsigned int size;
	int err = 0;

	for (size = 1; size <= full && !err; size++) {
		struct aead_shape a;

		err = crypto_aead_setauthsize(s->aead, size) ?:
		      crypto_aead_setauthsize(s->ref_aead, size);
		s->authsize = size;
		a = aead_shape(s);
		err = err ?: aead_run(s, &a);
	}
	s->authsize = 12;
	return err ?: crypto_aead_setauthsize(s->aead, 12) ?:
		      crypto_aead_setauthsize(s->ref_aead, 12);
}

static int expect_setkey(struct mac_subject *s, const u8 *blob, unsigned int bytes,
			 const char *what)
{
	int ret = crypto_aead_setkey(s->aead, blob, bytes);

	if (ret == -EINVAL)
		return 0;
	snprintf(s->why, sizeof(s->why), "%s gave %d, not %d", what, ret, -EINVAL);
	return -EIO;
}

/* Malformed and wrong keys; then HMAC keys around the size of a block. */
int aead_keys(struct mac_subject *s)
{
	static const unsigned int sizes[] = { 1, 20, 63, 64, 65, 80 };
	u8 blob[MAX_BLOB] = { 0 };
	unsigned int bytes = make_blob(s, blob);
	unsigned int i;
	int err;

	err = expect_setkey(s, blob, 3, "a truncated key");
	blob[0] ^= 1;
	err = err ?: expect_setkey(s, blob, bytes, "a key without its header");
	blob[0] ^= 1;
	err = err ?: expect_setkey(s, blob, RTA_SPACE(4) + 2, "a key without a cipher key");
	for (i = 0; i < ARRAY_SIZE(sizes) && !err; i++) {
		struct aead_shape a = aead_shape(s);

		s->mac_key_bytes = sizes[i];
		err = aead_setkey(s) ?: aead_run(s, &a);
	}
	s->mac_key_bytes = 20;
	return err ?: aead_setkey(s);
}

static int hash_once(struct crypto_ahash *tfm, struct scatterlist *sg, unsigned int len, u8 *out,
		     unsigned int parts)
{
	struct ahash_request *req = ahash_request_alloc(tfm, GFP_KERNEL);
	DECLARE_CRYPTO_WAIT(wait);
	int err;

	if (!req)
		return -ENOMEM;
	ahash_request_set_callback(req, CRYPTO_TFM_REQ_MAY_BACKLOG, crypto_req_done, &wait);
	ahash_request_set_crypt(req, sg, out, len);
	if (parts == 1) {
		err = crypto_wait_req(crypto_ahash_digest(req), &wait);
	} else {
		err = crypto_wait_req(crypto_ahash_init(req), &wait);
		err = err ?: crypto_wait_req(crypto_ahash_update(req), &wait);
		ahash_request_set_crypt(req, NULL, out, 0);
		err = err ?: crypto_wait_req(crypto_ahash_final(req), &wait);
	}
	ahash_request_free(req);
	return err;
}

int hash_messages(struct mac_subject *s)
{
	u8 want[64];
	u8 got[64];
	unsigned int i;

	for (i = 0; i < 2 * test_rounds; i++) {
		struct layout layout = {
			.len = i < 4 ? i : 1 + prandom_u32_state(&s->rnd) % 9000,
			.pieces = 1 + i % 6, .align = ALIGN_RANDOM, .surplus = i % 3 * 7,
		};
		struct scatterlist sg;
		int err;

		prandom_bytes_state(&s->rnd, s->data, layout.len);
		sg_init_one(&sg, s->data, max(layout.len, 1U));
		err = hash_once(s->ref_hash, &sg, layout.len, want, 1);
		if (layout.len) {
			area_build(s->src, &layout, &s->rnd);
			area_write(s->src, s->data);
		}
		memset(got, 0x5a, sizeof(got));
		err = err ?: hash_once(s->hash, layout.len ? s->src->sg : &sg, layout.len, got,
				       1 + (i & 1));
		if (err || memcmp(got, want, s->digest_bytes) || got[s->digest_bytes] != 0x5a) {
			snprintf(s->why, sizeof(s->why), "%u bytes in %u pieces: error %d or wrong digest",
				 layout.len, layout.pieces, err);
			return -EIO;
		}
	}
	return 0;
}

#define OVERSIZE_PAGES	80	/* 320 KiB; the card counts 18 bits */

/* More than the card's counters hold: the CPU's. Every entry names the same memory. */
int hash_oversize(struct mac_subject *s)
{
	struct scatterlist *sg = kcalloc(OVERSIZE_PAGES, sizeof(*sg), GFP_KERNEL);
	unsigned int len = OVERSIZE_PAGES * 4096;
	u8 want[64];
	u8 got[64];
	int err;
	int i;

	if (!sg)
		return -ENOMEM;
	prandom_bytes_state(&s->rnd, s->data, 4096);
	sg_init_table(sg, OVERSIZE_PAGES);
	for (i = 0; i < OVERSIZE_PAGES; i++)
		sg_set_buf(&sg[i], s->data, 4096);
	err = hash_once(s->ref_hash, sg, len, want, 1) ?: hash_once(s->hash, sg, len, got, 1);
	kfree(sg);
	if (!err && !memcmp(got, want, s->digest_bytes))
		return 0;
	snprintf(s->why, sizeof(s->why), "%u bytes: error %d or wrong digest", len, err);
	return -EIO;
}
