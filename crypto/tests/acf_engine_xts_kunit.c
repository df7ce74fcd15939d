// SPDX-License-Identifier: GPL-2.0
/*
 * XTS between an engine and the CPU: whole blocks are the engine's, an end that is none is the
 * CPU's, and all of it is when the engine fails, refuses, or has no such algorithm.
 */
#include <linux/slab.h>

#include "acf_engine_kunit.h"

#define XTS_BYTES	1024

struct xts_try {
	struct crypto_skcipher *acf;
	struct crypto_skcipher *soft;
	u8 *src;
	u8 *dst;
	u8 *want;
	u8 iv[16];
};

static const u32 xts_lengths[] = { 16, 17, 31, 32, 33, 47, 48, 100, 512, 520, 1009 };

static void xts_free(void *data)
{
	struct xts_try *x = data;

	if (!IS_ERR_OR_NULL(x->acf))
		crypto_free_skcipher(x->acf);
	if (!IS_ERR_OR_NULL(x->soft))
		crypto_free_skcipher(x->soft);
	kfree(x->src);
	kfree(x->dst);
	kfree(x->want);
	kfree(x);
}

static int xts_fill(struct xts_try *x)
{
	u8 key[64];

	x->src = kmalloc(XTS_BYTES, GFP_KERNEL);
	x->dst = kmalloc(XTS_BYTES, GFP_KERNEL);
	x->want = kmalloc(XTS_BYTES, GFP_KERNEL);
	if (!x->src || !x->dst || !x->want)
		return -ENOMEM;
	x->acf = crypto_alloc_skcipher("xts-aes-acf", 0, 0);
	x->soft = crypto_alloc_skcipher("xts(aes)", 0, CRYPTO_ALG_ASYNC | CRYPTO_ALG_NEED_FALLBACK);
	if (IS_ERR(x->acf) || IS_ERR(x->soft))
		return -ENOENT;
	get_random_bytes(key, sizeof(key));
	return crypto_skcipher_setkey(x->acf, key, sizeof(key)) ?:
	       crypto_skcipher_setkey(x->soft, key, sizeof(key));
}

static struct xts_try *xts_alloc(struct kunit *test)
{
	struct xts_try *x = kzalloc(sizeof(*x), GFP_KERNEL);
	int err;

	KUNIT_ASSERT_NOT_NULL(test, x);
	err = xts_fill(x);
	if (!err)
		return x;
	xts_free(x);
	KUNIT_ASSERT_EQ(test, err, 0);
	return NULL;
}

static int xts_crypt(struct crypto_skcipher *tfm, u8 *src, u8 *dst, u32 len, u8 *iv, bool decrypt)
{
	struct skcipher_request *req = skcipher_request_alloc(tfm, GFP_KERNEL);
	struct scatterlist src_sg, dst_sg;
	DECLARE_CRYPTO_WAIT(wait);
	int err;

	if (!req)
		return -ENOMEM;
	sg_init_one(&src_sg, src, len);
	sg_init_one(&dst_sg, dst, len);
	skcipher_request_set_callback(req, CRYPTO_TFM_REQ_MAY_BACKLOG, crypto_req_done, &wait);
	skcipher_request_set_crypt(req, &src_sg, src == dst ? &src_sg : &dst_sg, len, iv);
	err = crypto_wait_req(decrypt ? crypto_skcipher_decrypt(req) : crypto_skcipher_encrypt(req),
			      &wait);
	skcipher_request_free(req);
	return err;
}

/* Right in every byte, the source as it was unless it is the destination, and so the IV. */
static void xts_expect(struct kunit *test, struct xts_try *x, u32 len, bool decrypt, bool in_place)
{
	u8 *out = in_place ? x->src : x->dst;
	u8 iv[16];

	get_random_bytes(x->src, XTS_BYTES);
	get_random_bytes(x->iv, sizeof(x->iv));
	memcpy(x->dst, x->src, XTS_BYTES);
	memcpy(x->want, x->src, XTS_BYTES);
	memcpy(iv, x->iv, sizeof(iv));
	KUNIT_ASSERT_EQ(test, xts_crypt(x->soft, x->want, x->want, len, iv, decrypt), 0);
	memcpy(iv, x->iv, sizeof(iv));
	KUNIT_EXPECT_EQ(test, xts_crypt(x->acf, x->src, out, len, iv, decrypt), 0);
	KUNIT_EXPECT_EQ_MSG(test, memcmp(out, x->want, XTS_BYTES), 0, "%u bytes, %s, %s", len,
			    decrypt ? "decrypt" : "encrypt", in_place ? "in place" : "apart");
	KUNIT_EXPECT_EQ_MSG(test, memcmp(iv, x->iv, sizeof(iv)), 0, "IV after %u bytes", len);
	if (in_place)
		return;
	memcpy(x->want, x->src, XTS_BYTES);
	memcpy(x->want, x->dst, len);
	KUNIT_EXPECT_EQ_MSG(test, memcmp(x->dst, x->want, XTS_BYTES), 0, "source after %u bytes", len);
}

/* All lengths in all ways; jobs that the engine is to work on: one a text of two blocks or more. */
static void xts_expect_all(struct kunit *test, const struct script *script, bool served)
{
	struct rig *rig = test->priv;
	struct script_engine *se = rig->engine[0];
	struct xts_try *x = xts_alloc(test);
	unsigned int before;
	unsigned int i;
	unsigned int way;

	script_engine_play(se, script);
	for (i = 0; i < ARRAY_SIZE(xts_lengths); i++) {
		u32 len = xts_lengths[i];
		bool whole_or_more = len % 16 == 0 || len > 32;

		before = se->served;
		for (way = 0; way < 4; way++)
			xts_expect(test, x, len, way & 1, way & 2);
		KUNIT_EXPECT_EQ_MSG(test, se->served - before, served && whole_or_more ? 4 : 0,
				    "%u bytes", len);
	}
	xts_free(x);
}

static void xts_served_by_the_engine(struct kunit *test)
{
	xts_expect_all(test, &rig_calm, true);
}

static void xts_failed_by_the_engine(struct kunit *test)
{
	const struct script failing = { .unit = SCRIPT_WORKER, .slots = 8, .fail = 1 };

	xts_expect_all(test, &failing, true);
}

static void xts_lost_by_the_engine(struct kunit *test)
{
	const struct script losing = { .unit = SCRIPT_WORKER, .slots = 8, .lose = 1 };

	xts_expect_all(test, &losing, true);
}

static void xts_refused_by_the_engine(struct kunit *test)
{
	const struct script refusing = { .unit = SCRIPT_WORKER, .slots = 8, .refuse = 1 };

	xts_expect_all(test, &refusing, false);
}

static void xts_unknown_to_the_engine(struct kunit *test)
{
	struct rig *rig = test->priv;

	rig_vanish(rig, 0);
	__clear_bit(ACF_XTS_AES, rig->engine[0]->engine.caps.bits);
	KUNIT_ASSERT_EQ(test, rig_start(rig, 0, &rig_calm), 0);
	xts_expect_all(test, &rig_calm, false);
}

/* As the kernel's own: -EINVAL, and nothing written. */
static void xts_less_than_a_block(struct kunit *test)
{
	struct xts_try *x = xts_alloc(test);
	u32 len;

	get_random_bytes(x->src, XTS_BYTES);
	memcpy(x->want, x->src, XTS_BYTES);
	for (len = 0; len < 16; len++)
		KUNIT_EXPECT_EQ_MSG(test, xts_crypt(x->acf, x->src, x->src, len, x->iv, len & 1),
				    -EINVAL, "%u bytes", len);
	KUNIT_EXPECT_EQ(test, memcmp(x->src, x->want, XTS_BYTES), 0);
	xts_free(x);
}

/* What the kernel's own says of a key, and with which flag. */
static void xts_keys(struct kunit *test)
{
	static const u32 lengths[] = { 0, 16, 31, 32, 33, 34, 40, 47, 48, 49, 56, 63, 64, 65, 96 };
	struct xts_try *x = xts_alloc(test);
	unsigned int i;
	unsigned int way;

	for (i = 0; i < ARRAY_SIZE(lengths); i++)
		for (way = 0; way < 4; way++) {
			u32 flag = way & 1 ? CRYPTO_TFM_REQ_FORBID_WEAK_KEYS : 0;

			crypto_skcipher_clear_flags(x->acf, CRYPTO_TFM_REQ_MASK);
			crypto_skcipher_set_flags(x->acf, flag);
			crypto_skcipher_clear_flags(x->soft, CRYPTO_TFM_REQ_MASK);
			crypto_skcipher_set_flags(x->soft, flag);
			memset(x->src, 0x11, 128);
			if (way & 2)
				x->src[0] ^= 1;
			KUNIT_EXPECT_EQ_MSG(test, crypto_skcipher_setkey(x->acf, x->src, lengths[i]),
					    crypto_skcipher_setkey(x->soft, x->src, lengths[i]),
					    "%u bytes, way %u", lengths[i], way);
		}
	xts_free(x);
}

static struct kunit_case acf_xts_cases[] = {
	KUNIT_CASE(xts_served_by_the_engine),
	KUNIT_CASE(xts_failed_by_the_engine),
	KUNIT_CASE(xts_lost_by_the_engine),
	KUNIT_CASE(xts_refused_by_the_engine),
	KUNIT_CASE(xts_unknown_to_the_engine),
	KUNIT_CASE(xts_less_than_a_block),
	KUNIT_CASE(xts_keys),
	{}
};

static struct kunit_suite acf_xts_suite = {
	.name = "acf_engine_xts",
	.suite_init = rig_suite_init,
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = acf_xts_cases,
};
kunit_test_suite(acf_xts_suite);
