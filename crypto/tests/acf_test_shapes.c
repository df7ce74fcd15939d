// SPDX-License-Identifier: GPL-2.0
/* One request at a time, in every shape callers come with, against the reference. */
#include <crypto/skcipher.h>
#include <linux/slab.h>

#include "acf_test.h"

enum place { OUT_OF_PLACE, SAME_LIST, TWO_LISTS };

/* What one request does and must leave. */
struct shape {
	struct layout src;
	struct layout dst;
	enum place place;
	bool decrypt;
};

static unsigned int random_len(struct subject *s, unsigned int max_blocks)
{
	unsigned int blocks = 1 + prandom_u32_state(&s->rnd) % max_blocks;
	unsigned int len = blocks * s->ref.block_bytes;

	if (subject_is_stream(s) && (prandom_u32_state(&s->rnd) & 3) == 0)
		len -= prandom_u32_state(&s->rnd) % s->ref.block_bytes;
	if (subject_steals(s) && prandom_u32_state(&s->rnd) & 1)
		len += prandom_u32_state(&s->rnd) % s->ref.block_bytes;
	return len;
}

static int crypt_and_wait(struct subject *s, struct scatterlist *src, struct scatterlist *dst,
			  unsigned int len, u8 *iv, bool decrypt)
{
	struct skcipher_request *req = skcipher_request_alloc(s->tfm, GFP_KERNEL);
	DECLARE_CRYPTO_WAIT(wait);
	int err;

	if (!req)
		return -ENOMEM;
	skcipher_request_set_callback(req, CRYPTO_TFM_REQ_MAY_BACKLOG, crypto_req_done, &wait);
	skcipher_request_set_crypt(req, src, dst, len, iv);
	err = crypto_wait_req(decrypt ? crypto_skcipher_decrypt(req) :
					crypto_skcipher_encrypt(req), &wait);
	skcipher_request_free(req);
	return err;
}

static int fail(struct subject *s, const struct shape *shape, const char *what, int value)
{
	snprintf(s->why, sizeof(s->why),
		 "%s (%d): %s place %d len %u src %u/%u+%u+%u dst %u/%u+%u+%u", what, value,
		 shape->decrypt ? "decrypt" : "encrypt", shape->place, shape->src.len,
		 shape->src.pieces, shape->src.align, shape->src.surplus, shape->src.extra,
		 shape->dst.pieces, shape->dst.align, shape->dst.surplus, shape->dst.extra);
	return -EIO;
}

/*
 * True: somewhere in what should be cipher text is a block as it went in, whether it was passed
 * through or never overwritten. s->data, what was expected, becomes the plain text.
 */
static bool leaks(struct subject *s, const struct shape *shape, const struct area *out, u8 *iv)
{
	unsigned int len = shape->src.len, block = s->ref.block_bytes, off;
	bool found = false;
	u8 *got;

	if (shape->decrypt)
		return false;
	got = kvmalloc(len, GFP_KERNEL);
	if (!got || ref_crypt(&s->ref, s->data, len, iv, true))
		goto out;
	area_read(out, out->mem, got, 0, len);
	for (off = 0; off + block <= len && !found; off += block)
		found = !memcmp(got + off, s->data + off, block);
out:
	kvfree(got);
	return found;
}

static int fail_data(struct subject *s, const struct shape *shape, const struct area *out, u8 *iv)
{
	int at = area_check(out);

	return fail(s, shape, leaks(s, shape, out, iv) ? "clear text, destination wrong at offset" :
		    "destination wrong at offset", at);
}

static void prepare(struct subject *s, const struct shape *shape, struct area **out)
{
	*out = shape->place == OUT_OF_PLACE ? s->dst : s->src;
	prandom_bytes_state(&s->rnd, s->data, shape->src.len);
	area_build(s->src, &shape->src, &s->rnd);
	area_write(s->src, s->data);
	if (shape->place == OUT_OF_PLACE)
		area_build(s->dst, &shape->dst, &s->rnd);
}

static int run(struct subject *s, const struct shape *shape)
{
	struct scatterlist twin[LAYOUT_MAX_PIECES + 2];
	struct scatterlist *dst;
	u8 want_iv[REF_MAX_BLOCK];
	u8 first_iv[REF_MAX_BLOCK];
	u8 iv[REF_MAX_BLOCK];
	struct area *out;
	int err;

	prepare(s, shape, &out);
	prandom_bytes_state(&s->rnd, iv, sizeof(iv));
	memcpy(first_iv, iv, sizeof(iv));
	memcpy(want_iv, iv, sizeof(iv));
	err = ref_crypt(&s->ref, s->data, shape->src.len, want_iv, shape->decrypt);
	if (err)
		return fail(s, shape, "the reference failed", err);
	area_expect(out, s->data);
	dst = out->sg;
	if (shape->place == TWO_LISTS) {	/* never chained: a copy would share the tail */
		memcpy(twin, out->sg, sizeof(twin));
		dst = twin;
	}
	err = crypt_and_wait(s, s->src->sg, dst, shape->src.len, iv, shape->decrypt);
	if (err)
		return fail(s, shape, "request failed", err);
	if (area_check(out) >= 0)
		return fail_data(s, shape, out, first_iv);
	if (area_check(s->src) >= 0)
		return fail(s, shape, "source changed at offset", area_check(s->src));
	if (s->ref.mode != REF_ECB && memcmp(iv, want_iv, s->ref.block_bytes))
		return fail(s, shape, "output IV wrong", 0);
	return 0;
}

/* A shape with nothing odd about it. */
static struct shape plain(struct subject *s, unsigned int max_blocks)
{
	struct layout layout = { .len = random_len(s, max_blocks), .pieces = 1 };

	return (struct shape) {
		.src = layout, .dst = layout, .decrypt = prandom_u32_state(&s->rnd) & 1,
	};
}

/* Regression 1: a request shorter than its list. */
int shapes_surplus(struct subject *s)
{
	int err = 0;
	unsigned int i;

	for (i = 0; i < test_rounds && !err; i++) {
		struct shape shape = plain(s, 64);

		shape.src.surplus = prandom_u32_state(&s->rnd) % 600;
		shape.dst.surplus = prandom_u32_state(&s->rnd) % 600;
		shape.src.extra = prandom_u32_state(&s->rnd) % 3;
		shape.dst.extra = prandom_u32_state(&s->rnd) % 3;
		shape.place = i % 3;
		err = run(s, &shape);
	}
	return err;
}

/* Regression 4: any alignment of source and destination. */
int shapes_alignment(struct subject *s)
{
	int err = 0;
	int i;

	for (i = 0; i < 64 && !err; i++) {
		struct shape shape = plain(s, 16);

		shape.src.align = i % 8;
		shape.dst.align = i / 8;
		err = run(s, &shape);
	}
	return err;
}

/* Regression 9: every piece has its own length, and guard bytes around it. */
int shapes_guards(struct subject *s)
{
	int err = 0;
	unsigned int i;

	for (i = 0; i < test_rounds && !err; i++) {
		struct shape shape = plain(s, 256);

		shape.src.pieces = 1 + prandom_u32_state(&s->rnd) % 12;
		shape.dst.pieces = 1 + prandom_u32_state(&s->rnd) % 12;
		shape.src.align = ALIGN_RANDOM;
		shape.dst.align = i & 1 ? ALIGN_RANDOM : 0;
		shape.dst.even = !(i & 1);
		err = run(s, &shape);
	}
	return err;
}

/* Regression 11: chained lists, long lists, entries after the end of the request. */
int shapes_lists(struct subject *s)
{
	int err = 0;
	unsigned int i;

	for (i = 0; i < test_rounds && !err; i++) {
		struct shape shape = plain(s, 512);

		shape.src.pieces = 2 + prandom_u32_state(&s->rnd) % 20;
		shape.dst.pieces = 2 + prandom_u32_state(&s->rnd) % 20;
		shape.src.even = true;
		shape.dst.even = true;
		shape.src.chained = i & 1;
		shape.dst.chained = i & 2;
		shape.src.extra = i % 3;
		shape.dst.extra = i % 2;
		shape.place = i % 4 ? OUT_OF_PLACE : SAME_LIST;
		err = run(s, &shape);
	}
	return err;
}

int shapes_in_place(struct subject *s)
{
	int err = 0;
	unsigned int i;

	for (i = 0; i < test_rounds && !err; i++) {
		struct shape shape = plain(s, 256);

		shape.src.pieces = 1 + prandom_u32_state(&s->rnd) % 5;
		shape.src.align = i & 2 ? ALIGN_RANDOM : 0;
		shape.place = i & 1 ? SAME_LIST : TWO_LISTS;
		err = run(s, &shape);
	}
	return err;
}

static int expect_len(struct subject *s, unsigned int len, int want)
{
	u8 iv[REF_MAX_BLOCK] = { 1, 2, 3 };
	struct scatterlist sg;
	int ret;

	memset(s->src->mem, 0, 64);
	sg_init_one(&sg, s->src->mem, 64);
	ret = crypt_and_wait(s, &sg, &sg, len, iv, false);
	if (ret == want && ((len && !ret) || iv[0] == 1))
		return 0;
	snprintf(s->why, sizeof(s->why), "length %u gave %d, not %d", len, ret, want);
	return -EIO;
}

/*
 * Nothing to do is not an error; part of a block is, but for the stream modes. XTS takes a
 * block and more.
 */
int shapes_lengths(struct subject *s)
{
	int nothing = subject_steals(s) ? -EINVAL : 0;
	int part = subject_is_stream(s) ? 0 : -EINVAL;
	int more = subject_steals(s) ? 0 : part;
	int err;

	err = expect_len(s, 0, nothing);
	err = err ?: expect_len(s, 1, part);
	err = err ?: expect_len(s, s->ref.block_bytes - 1, part);
	err = err ?: expect_len(s, s->ref.block_bytes + 1, more);
	err = err ?: expect_len(s, s->ref.block_bytes, 0);
	/* more than the lists hold */
	return err ?: expect_len(s, 128, -EINVAL);
}

static int expect_key(struct subject *s, const u8 *key, unsigned int bytes, int want)
{
	int ret = crypto_skcipher_setkey(s->tfm, key, bytes);

	if (ret == want)
		return 0;
	snprintf(s->why, sizeof(s->why), "key of %u bytes gave %d, not %d", bytes, ret, want);
	return -EIO;
}

/* Equal parts, and of DES one of the weakest. */
static int weak_keys(struct subject *s)
{
	u8 weak[64];
	int err;

	memset(weak, 1, sizeof(weak));
	err = expect_key(s, weak, s->key_bytes, 0);
	crypto_skcipher_set_flags(s->tfm, CRYPTO_TFM_REQ_FORBID_WEAK_KEYS);
	err = err ?: expect_key(s, weak, s->key_bytes, -EINVAL);
	crypto_skcipher_clear_flags(s->tfm, CRYPTO_TFM_REQ_FORBID_WEAK_KEYS);
	return err;
}

/* The errno of bad keys; the good one is set again at the end. */
int shapes_keys(struct subject *s)
{
	u8 key[72] = { 0 };
	int err;

	err = expect_key(s, key, 0, -EINVAL);
	err = err ?: expect_key(s, key, s->key_bytes - 1, -EINVAL);
	err = err ?: expect_key(s, key, s->key_bytes + 1, -EINVAL);
	err = err ?: expect_key(s, key, 40, -EINVAL);
	if (strcmp(s->cipher, "aes") || subject_steals(s))
		err = err ?: weak_keys(s);
	return err ?: expect_key(s, s->key, s->key_bytes, 0);
}
