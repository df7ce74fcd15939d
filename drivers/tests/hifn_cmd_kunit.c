// SPDX-License-Identifier: GPL-2.0
/* Tests of command encoding and result decoding, against typed golden bytes. */
#include <kunit/test.h>

#include "../../crypto/acf_vec.c"
#include "../hifn_cmd.c"
#include "hifn_wire.h"

static const struct {
	const char *alg;
	enum hifn_cipher cipher;
	enum hifn_mode mode;
} alg_names[] = {
	{ "ecb(des)", HIFN_CIPHER_DES, HIFN_MODE_ECB },
	{ "cbc(des)", HIFN_CIPHER_DES, HIFN_MODE_CBC },
	{ "cfb(des)", HIFN_CIPHER_DES, HIFN_MODE_CFB },
	{ "ofb(des)", HIFN_CIPHER_DES, HIFN_MODE_OFB },
	{ "ecb(des3_ede)", HIFN_CIPHER_3DES, HIFN_MODE_ECB },
	{ "cbc(des3_ede)", HIFN_CIPHER_3DES, HIFN_MODE_CBC },
	{ "cfb(des3_ede)", HIFN_CIPHER_3DES, HIFN_MODE_CFB },
	{ "ofb(des3_ede)", HIFN_CIPHER_3DES, HIFN_MODE_OFB },
	{ "ecb(aes)", HIFN_CIPHER_AES, HIFN_MODE_ECB },
	{ "cbc(aes)", HIFN_CIPHER_AES, HIFN_MODE_CBC },
	{ "cfb(aes)", HIFN_CIPHER_AES, HIFN_MODE_CFB },
	{ "ofb(aes)", HIFN_CIPHER_AES, HIFN_MODE_OFB },
};

static bool op_of(const struct hifn_wire *w, struct hifn_op *op)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(alg_names); i++) {
		if (strcmp(w->alg, alg_names[i].alg))
			continue;
		op->cipher = alg_names[i].cipher;
		op->mode = alg_names[i].mode;
		op->decrypt = !strcmp(w->op, "decrypt");
		op->key = w->key;
		op->key_bytes = w->nr_key;
		op->iv = w->iv;
		op->bytes = w->len;
		return true;
	}
	return false;
}

#define CANARY	0x5a

static void check_command(struct kunit *test, const struct hifn_wire *w)
{
	u8 buf[HIFN_CIPHER_CMD_MAX_BYTES + 1];
	struct hifn_op op;

	memset(buf, CANARY, sizeof(buf));
	KUNIT_ASSERT_TRUE_MSG(test, op_of(w, &op), "%s", w->alg);
	KUNIT_ASSERT_EQ_MSG(test, hifn_cmd_encode(&op, buf, sizeof(buf)),
			    (int)w->nr_bytes, "%s", w->name);
	KUNIT_EXPECT_TRUE_MSG(test, !memcmp(buf, w->bytes, w->nr_bytes),
			      "bytes of '%s'", w->name);
	KUNIT_EXPECT_EQ(test, (int)buf[w->nr_bytes], CANARY);
	KUNIT_EXPECT_EQ_MSG(test, hifn_cmd_encode(&op, buf, w->nr_bytes - 1),
			    -ENOSPC, "%s", w->name);
}

static void cmd_encode_golden(struct kunit *test)
{
	struct hifn_wire *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	struct acf_vec_reader r;
	u32 seen = 0;
	int more;

	KUNIT_ASSERT_NOT_NULL(test, w);
	hifn_wire_open(&r);
	while ((more = hifn_wire_next(&r, "command", w)) > 0) {
		check_command(test, w);
		seen++;
	}
	KUNIT_ASSERT_EQ(test, more, 0);
	KUNIT_EXPECT_GE(test, seen, 24u);	/* 12 algorithms, two directions */
}

static const u8 some_key[33], some_iv[16];

static struct hifn_op aes_op(void)
{
	struct hifn_op op = {
		.cipher = HIFN_CIPHER_AES, .mode = HIFN_MODE_CBC,
		.key = some_key, .key_bytes = 16, .iv = some_iv, .bytes = 16,
	};

	return op;
}

static void cmd_encode_bad_key(struct kunit *test)
{
	u8 buf[HIFN_CIPHER_CMD_MAX_BYTES];
	struct hifn_op op = aes_op();
	u32 good = 0;

	for (op.key_bytes = 0; op.key_bytes <= 33; op.key_bytes++)
		good += hifn_cmd_encode(&op, buf, sizeof(buf)) > 0;
	KUNIT_EXPECT_EQ(test, good, 3u);
	op.cipher = HIFN_CIPHER_DES;
	for (op.key_bytes = 0, good = 0; op.key_bytes <= 33; op.key_bytes++)
		good += hifn_cmd_encode(&op, buf, sizeof(buf)) > 0;
	KUNIT_EXPECT_EQ(test, good, 1u);
	op.cipher = HIFN_CIPHER_3DES;
	op.key_bytes = 16;
	KUNIT_EXPECT_EQ(test, hifn_cmd_encode(&op, buf, sizeof(buf)), -EINVAL);
}

static void cmd_encode_bad_length(struct kunit *test)
{
	static const u32 bad[] = { 0, 1, 15, 17, 0x3fff8, 0x40000, 0xfffffff0 };
	u8 buf[HIFN_CIPHER_CMD_MAX_BYTES];
	struct hifn_op op = aes_op();
	u32 i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		op.bytes = bad[i];
		KUNIT_EXPECT_EQ_MSG(test, hifn_cmd_encode(&op, buf, sizeof(buf)),
				    -EINVAL, "%#x bytes", bad[i]);
	}
	op.cipher = HIFN_CIPHER_DES;
	op.key_bytes = 8;
	op.bytes = 0x3fff8;
	KUNIT_EXPECT_EQ(test, hifn_cmd_encode(&op, buf, sizeof(buf)), 32);
}

static enum hifn_result expected(const struct hifn_wire *w)
{
	if (w->overrun)
		return HIFN_RESULT_OVERRUN;
	if (w->src_notzero)
		return HIFN_RESULT_STARVED;
	if (w->src_residual || w->dst_residual)
		return HIFN_RESULT_RESIDUAL;
	return HIFN_RESULT_OK;
}

static void result_check_golden(struct kunit *test)
{
	struct hifn_wire *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	u32 seen[HIFN_NR_RESULTS] = { 0 };
	struct acf_vec_reader r;

	KUNIT_ASSERT_NOT_NULL(test, w);
	hifn_wire_open(&r);
	while (hifn_wire_next(&r, "result", w) > 0) {
		enum hifn_result want = expected(w);

		KUNIT_ASSERT_EQ(test, w->nr_bytes, (u32)HIFN_CIPHER_RESULT_BYTES);
		KUNIT_EXPECT_EQ_MSG(test, hifn_result_check(w->bytes), want,
				    "%s", w->name);
		seen[want]++;
	}
	KUNIT_EXPECT_TRUE(test, seen[HIFN_RESULT_OK]);
	KUNIT_EXPECT_TRUE(test, seen[HIFN_RESULT_STARVED]);
	KUNIT_EXPECT_TRUE(test, seen[HIFN_RESULT_OVERRUN]);
	KUNIT_EXPECT_TRUE(test, seen[HIFN_RESULT_RESIDUAL]);
}

/* A result of which any 16-bit word was not written must not read as good. */
static void result_preset_never_passes(struct kunit *test)
{
	u8 preset[HIFN_CIPHER_RESULT_BYTES], res[HIFN_CIPHER_RESULT_BYTES];
	u32 word;

	hifn_result_preset(preset);
	KUNIT_EXPECT_EQ(test, hifn_result_check(preset), HIFN_RESULT_NONE);
	for (word = 0; word < 5; word++) {	/* the sixth is reserved */
		memset(res, 0, sizeof(res));
		memcpy(res + 2 * word, preset + 2 * word, 2);
		KUNIT_EXPECT_NE(test, hifn_result_check(res), HIFN_RESULT_OK);
	}
}

static struct kunit_case hifn_cmd_cases[] = {
	KUNIT_CASE(cmd_encode_golden),
	KUNIT_CASE(cmd_encode_bad_key),
	KUNIT_CASE(cmd_encode_bad_length),
	KUNIT_CASE(result_check_golden),
	KUNIT_CASE(result_preset_never_passes),
	{}
};

static struct kunit_suite hifn_cmd_suite = {
	.name = "hifn_cmd",
	.test_cases = hifn_cmd_cases,
};
kunit_test_suite(hifn_cmd_suite);

MODULE_DESCRIPTION("Tests of the HIFN 795x command encoder");
MODULE_LICENSE("GPL");
