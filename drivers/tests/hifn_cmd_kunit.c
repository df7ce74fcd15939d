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

static const struct {
	const char *alg;
	enum hifn_mac mac;
} mac_names[] = {
	{ "md5", HIFN_MAC_MD5 },
	{ "sha1", HIFN_MAC_SHA1 },
	{ "hmac(md5)", HIFN_MAC_HMAC_MD5 },
	{ "hmac(sha1)", HIFN_MAC_HMAC_SHA1 },
};

static bool set_cipher(const struct hifn_wire *w, struct hifn_op *op)
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
		op->crypt.skip = w->skip;
		op->crypt.bytes = w->len;
		return true;
	}
	return false;
}

static bool set_mac(const char *name, const u8 *key, struct hifn_op *op)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(mac_names); i++) {
		if (strcmp(name, mac_names[i].alg))
			continue;
		op->mac = mac_names[i].mac;
		op->mac_key = key;
		return true;
	}
	return false;
}

/* The records of a kind, as operations; true if the record is understood. */
static bool op_of_command(const struct hifn_wire *w, struct hifn_op *op)
{
	op->bytes = w->len;
	return set_cipher(w, op);
}

static bool op_of_mac(const struct hifn_wire *w, struct hifn_op *op)
{
	op->bytes = w->src;
	op->auth.skip = w->skip;
	op->auth.bytes = w->len;
	return set_mac(w->alg, w->key, op);
}

static bool op_of_esp(const struct hifn_wire *w, struct hifn_op *op)
{
	op->bytes = w->src;
	op->auth.skip = w->mac_skip;
	op->auth.bytes = w->mac_len;
	return set_cipher(w, op) && set_mac(w->mac, w->mac_key, op);
}

#define CANARY	0x5a

static void check_command(struct kunit *test, const struct hifn_wire *w,
			  const struct hifn_op *op)
{
	u8 buf[HIFN_OP_CMD_MAX_BYTES + 1];

	memset(buf, CANARY, sizeof(buf));
	KUNIT_ASSERT_EQ_MSG(test, hifn_cmd_encode(op, buf, sizeof(buf)),
			    (int)w->nr_bytes, "%s", w->name);
	KUNIT_EXPECT_TRUE_MSG(test, !memcmp(buf, w->bytes, w->nr_bytes),
			      "bytes of '%s'", w->name);
	KUNIT_EXPECT_EQ(test, (int)buf[w->nr_bytes], CANARY);
	KUNIT_EXPECT_EQ_MSG(test, hifn_cmd_encode(op, buf, w->nr_bytes - 1),
			    -ENOSPC, "%s", w->name);
}

/*
 * All records of a kind. The HMAC ones are what the BSDs send, who have the card
 * cut the MAC: our short form. The long one differs in that one bit of the first MAC byte.
 */
static u32 check_commands(struct kunit *test, const char *kind,
			  bool (*op_of)(const struct hifn_wire *w,
					struct hifn_op *op))
{
	struct hifn_wire *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	struct acf_vec_reader r;
	u32 seen = 0;
	int more;

	KUNIT_ASSERT_NOT_NULL(test, w);
	hifn_wire_open(&r);
	while ((more = hifn_wire_next(&r, kind, w)) > 0) {
		struct hifn_op op = { 0 };

		KUNIT_ASSERT_TRUE_MSG(test, op_of(w, &op), "%s", w->name);
		op.short_mac = op.mac && (w->bytes[8] & HIFN_MAC_CMD_TRUNC);
		check_command(test, w, &op);
		if (op.short_mac) {
			op.short_mac = false;
			w->bytes[8] &= ~HIFN_MAC_CMD_TRUNC;
			check_command(test, w, &op);
		}
		seen++;
	}
	KUNIT_ASSERT_EQ(test, more, 0);
	return seen;
}

static void cmd_encode_golden(struct kunit *test)
{
	/* 12 algorithms, two directions */
	KUNIT_EXPECT_GE(test, check_commands(test, "command", op_of_command), 24u);
}

static void cmd_encode_golden_mac(struct kunit *test)
{
	KUNIT_EXPECT_GE(test, check_commands(test, "mac", op_of_mac), 4u);
}

static void cmd_encode_golden_esp(struct kunit *test)
{
	KUNIT_EXPECT_GE(test, check_commands(test, "esp", op_of_esp), 2u);
}

static const u8 some_key[64], some_iv[16];

static struct hifn_op aes_op(void)
{
	struct hifn_op op = {
		.cipher = HIFN_CIPHER_AES, .mode = HIFN_MODE_CBC,
		.key = some_key, .key_bytes = 16, .iv = some_iv,
		.crypt.bytes = 16, .bytes = 16,
	};

	return op;
}

static struct hifn_op hmac_op(void)
{
	struct hifn_op op = {
		.mac = HIFN_MAC_HMAC_SHA1, .mac_key = some_key,
		.auth.bytes = 16, .bytes = 16,
	};

	return op;
}

/* 24 bytes that are only authenticated, then 64 that are also enciphered. */
static struct hifn_op esp_op(void)
{
	struct hifn_op op = aes_op();

	op.key_bytes = 32;
	op.crypt.skip = 24;
	op.crypt.bytes = 64;
	op.mac = HIFN_MAC_HMAC_SHA1;
	op.mac_key = some_key;
	op.auth.bytes = 88;
	op.bytes = 88;
	return op;
}

/* 4.3, 4.5: counts of 18 bits for either engine, skips of 16. */
static void cmd_encode_long_counts(struct kunit *test)
{
	static const u8 head[24] = {
		0x00, 0x2c, 0x00, 0xf0, 0xfc, 0xff, 0xfc, 0xff,	/* 0x3fffc */
		0x20, 0xca, 0x04, 0x00, 0xf8, 0xff, 0x00, 0x00,	/* 0x3fff8 */
		0x0b, 0x9c, 0xfc, 0xff, 0x00, 0x00, 0x00, 0x00,	/* 0x20000 */
	};
	u8 buf[HIFN_OP_CMD_MAX_BYTES];
	struct hifn_op op = esp_op();

	op.decrypt = true;
	op.bytes = 0x3fffc;
	op.auth.skip = 4;
	op.auth.bytes = 0x3fff8;
	op.crypt.skip = 0xfffc;
	op.crypt.bytes = 0x20000;
	KUNIT_ASSERT_EQ(test, hifn_cmd_encode(&op, buf, sizeof(buf)),
			HIFN_OP_CMD_MAX_BYTES);
	KUNIT_EXPECT_TRUE(test, !memcmp(buf, head, sizeof(head)));
}

static void cmd_encode_bad_key(struct kunit *test)
{
	u8 buf[HIFN_OP_CMD_MAX_BYTES];
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
	u8 buf[HIFN_OP_CMD_MAX_BYTES];
	struct hifn_op op = aes_op();
	u32 i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		op.bytes = bad[i];
		op.crypt.bytes = bad[i];
		KUNIT_EXPECT_EQ_MSG(test, hifn_cmd_encode(&op, buf, sizeof(buf)),
				    -EINVAL, "%#x bytes", bad[i]);
	}
	op.cipher = HIFN_CIPHER_DES;
	op.key_bytes = 8;
	op.bytes = 0x3fff8;
	op.crypt.bytes = 0x3fff8;
	KUNIT_EXPECT_EQ(test, hifn_cmd_encode(&op, buf, sizeof(buf)), 32);
}

/* A MAC takes any length but none; neither engine leaves the stream. */
static void cmd_encode_bad_region(struct kunit *test)
{
	static const struct hifn_region bad[] = {
		{ 0, 0 }, { 25, 64 }, { 0x10000, 64 }, { 88, 16 }, { 104, 0 },
		{ 0xfffffff0, 16 }, { 16, 0xfffffff0 },
	};
	u8 buf[HIFN_OP_CMD_MAX_BYTES];
	struct hifn_op op = { 0 };
	u32 i;

	KUNIT_EXPECT_EQ(test, hifn_cmd_encode(&op, buf, sizeof(buf)), -EINVAL);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		op = esp_op();
		op.crypt = bad[i];
		KUNIT_EXPECT_EQ_MSG(test, hifn_cmd_encode(&op, buf, sizeof(buf)),
				    -EINVAL, "crypt %u", i);
		op = esp_op();
		op.auth = bad[i];
		KUNIT_EXPECT_EQ_MSG(test, hifn_cmd_encode(&op, buf, sizeof(buf)),
				    -EINVAL, "mac %u", i);
	}
	for (op = hmac_op(); op.bytes <= 0x3ffff; op.bytes += 4099) {
		op.auth.bytes = op.bytes;
		KUNIT_EXPECT_EQ(test, hifn_cmd_encode(&op, buf, sizeof(buf)), 80);
	}
	op.auth.bytes = op.bytes = 0x40000;
	KUNIT_EXPECT_EQ(test, hifn_cmd_encode(&op, buf, sizeof(buf)), -EINVAL);
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

/* The last word of the context RAM, bytes typed from docs/reference/hifn795x.md 4.6. */
static void cmd_clear_ctx_golden(struct kunit *test)
{
	static const u8 want[] = {
		0x00, 0x60, 0x01, 0x00, 0x08, 0x00, 0xf8, 0x3f,
		0, 0, 0, 0, 0, 0, 0, 0,
	};
	u8 buf[sizeof(want) + 1];

	memset(buf, 0xaa, sizeof(buf));
	KUNIT_EXPECT_EQ(test, hifn_cmd_clear_ctx(0x7ff8, buf),
			(u32)sizeof(want));
	KUNIT_EXPECT_EQ(test, memcmp(buf, want, sizeof(want)), 0);
	KUNIT_EXPECT_EQ(test, buf[sizeof(want)], 0xaa);
}

static void result_read_golden(struct kunit *test)
{
	struct hifn_wire *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	u32 seen[HIFN_NR_RESULTS] = { 0 };
	struct hifn_op op = aes_op();
	struct acf_vec_reader r;

	KUNIT_ASSERT_NOT_NULL(test, w);
	hifn_wire_open(&r);
	while (hifn_wire_next(&r, "result", w) > 0) {
		enum hifn_result want = expected(w);

		KUNIT_ASSERT_EQ(test, w->nr_bytes, 12u);
		KUNIT_EXPECT_EQ_MSG(test, hifn_result_read(&op, w->bytes, NULL),
				    want, "%s", w->name);
		seen[want]++;
	}
	KUNIT_EXPECT_TRUE(test, seen[HIFN_RESULT_OK]);
	KUNIT_EXPECT_TRUE(test, seen[HIFN_RESULT_STARVED]);
	KUNIT_EXPECT_TRUE(test, seen[HIFN_RESULT_OVERRUN]);
	KUNIT_EXPECT_TRUE(test, seen[HIFN_RESULT_RESIDUAL]);
}

/* A good result of op: base, [MAC header, MAC bytes 1, 2, 3...], [crypt]. */
static u32 good_result(const struct hifn_op *op, u8 *res, u32 mac_bytes)
{
	u32 bytes = 8 + (op->mac ? 4 + mac_bytes : 0) + (op->cipher ? 4 : 0);
	u32 i;

	hifn_result_preset(res);
	memset(res, 0, bytes);
	for (i = 0; op->mac && i < mac_bytes; i++)
		res[12 + i] = i + 1;
	return bytes;
}

static bool mac_is_read(const u8 *mac, u32 bytes)
{
	u32 i;

	for (i = 0; i < bytes; i++)
		if (mac[i] != i + 1)
			return false;
	return mac[bytes] == CANARY;
}

static void check_mac_result(struct kunit *test, const struct hifn_op *op,
			     u32 mac_bytes, u32 bytes)
{
	u8 res[HIFN_OP_RESULT_MAX_BYTES], mac[HIFN_SHA1_BYTES + 1];

	memset(mac, CANARY, sizeof(mac));
	KUNIT_EXPECT_EQ(test, good_result(op, res, mac_bytes), bytes);
	KUNIT_EXPECT_EQ(test, hifn_result_read(op, res, mac), HIFN_RESULT_OK);
	KUNIT_EXPECT_TRUE(test, mac_is_read(mac, mac_bytes));
	res[8] = HIFN_MAC_RES_SRC_NOTZERO;
	KUNIT_EXPECT_EQ(test, hifn_result_read(op, res, mac),
			HIFN_RESULT_STARVED);
	/* nobody asked for a comparison */
	res[8] = HIFN_MAC_RES_MISCOMPARE;
	KUNIT_EXPECT_EQ(test, hifn_result_read(op, res, mac), HIFN_RESULT_OK);
	if (op->cipher) {
		res[bytes - 4] = HIFN_CRYPT_RES_SRC_NOTZERO;
		KUNIT_EXPECT_EQ(test, hifn_result_read(op, res, mac),
				HIFN_RESULT_STARVED);
	}
}

/* Sizes as in 5.5, with and without cipher. */
static void result_read_mac(struct kunit *test)
{
	struct hifn_op hmac = hmac_op(), esp = esp_op();

	check_mac_result(test, &hmac, HIFN_SHA1_BYTES, 32);
	check_mac_result(test, &esp, HIFN_SHA1_BYTES, 36);
	esp.mac = HIFN_MAC_HMAC_MD5;
	check_mac_result(test, &esp, HIFN_MD5_BYTES, 32);
	hmac.short_mac = true;
	esp.short_mac = true;
	check_mac_result(test, &hmac, HIFN_MAC_TRUNC_BYTES, 24);
	check_mac_result(test, &esp, HIFN_MAC_TRUNC_BYTES, 28);
	hmac.short_mac = false;
	hmac.mac = HIFN_MAC_MD5;
	check_mac_result(test, &hmac, HIFN_MD5_BYTES, 28);
	hmac.mac = HIFN_MAC_SHA1;
	check_mac_result(test, &hmac, HIFN_SHA1_BYTES, 32);
}

/* Each way in which a result tells of an error; no MAC is handed out then, but for what is only counts. */
static void regression_3_bad_result_is_told(struct kunit *test)
{
	static const u8 flaw[][2] = {	/* byte, value */
		{ 1, 0x02 }, { 3, 0x40 }, { 3, 0x10 }, { 4, 1 }, { 6, 4 },
		{ 8, 1 }, { 32, 1 },
	};
	u8 res[HIFN_OP_RESULT_MAX_BYTES], mac[HIFN_SHA1_BYTES];
	struct hifn_op op = esp_op();
	enum hifn_result result;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(flaw); i++) {
		memset(mac, CANARY, sizeof(mac));
		good_result(&op, res, HIFN_SHA1_BYTES);
		res[flaw[i][0]] = flaw[i][1];
		result = hifn_result_read(&op, res, mac);
		KUNIT_EXPECT_NE(test, result, HIFN_RESULT_OK);
		KUNIT_EXPECT_EQ_MSG(test, (int)mac[0] == CANARY, result != HIFN_RESULT_RESIDUAL,
				    "flaw %u", i);
	}
}

/* The card cut the MAC although it was not told to. */
static void result_short_mac(struct kunit *test)
{
	u8 res[HIFN_OP_RESULT_MAX_BYTES], mac[HIFN_SHA1_BYTES];
	struct hifn_op hmac = hmac_op(), esp = esp_op();

	good_result(&hmac, res, HIFN_MAC_TRUNC_BYTES);
	KUNIT_EXPECT_EQ(test, hifn_result_read(&hmac, res, mac),
			HIFN_RESULT_NONE);
	good_result(&esp, res, HIFN_MAC_TRUNC_BYTES);
	KUNIT_EXPECT_NE(test, hifn_result_read(&esp, res, mac), HIFN_RESULT_OK);
	hmac.mac = HIFN_MAC_HMAC_MD5;
	good_result(&hmac, res, 8);
	KUNIT_EXPECT_EQ(test, hifn_result_read(&hmac, res, mac),
			HIFN_RESULT_NONE);
}

/* A result of which any 16-bit word was not written must not read as good. */
static void result_preset_never_passes(struct kunit *test)
{
	static const u8 word[] = { 0, 1, 2, 3, 4, 16 };	/* not the reserved ones */
	u8 preset[HIFN_OP_RESULT_MAX_BYTES], res[HIFN_OP_RESULT_MAX_BYTES];
	u8 mac[HIFN_SHA1_BYTES];
	struct hifn_op aes = aes_op(), esp = esp_op();
	u32 i;

	hifn_result_preset(preset);
	KUNIT_EXPECT_EQ(test, hifn_result_read(&aes, preset, NULL),
			HIFN_RESULT_NONE);
	KUNIT_EXPECT_EQ(test, hifn_result_read(&esp, preset, mac),
			HIFN_RESULT_NONE);
	for (i = 0; i < ARRAY_SIZE(word); i++) {
		good_result(&esp, res, HIFN_SHA1_BYTES);
		memcpy(res + 2 * word[i], preset, 2);
		KUNIT_EXPECT_NE(test, hifn_result_read(&esp, res, mac),
				HIFN_RESULT_OK);
		good_result(&aes, res, 0);
		memcpy(res + 2 * min(word[i], (u8)4), preset, 2);
		KUNIT_EXPECT_NE(test, hifn_result_read(&aes, res, NULL),
				HIFN_RESULT_OK);
	}
}

static struct kunit_case hifn_cmd_cases[] = {
	KUNIT_CASE(cmd_encode_golden),
	KUNIT_CASE(cmd_encode_golden_mac),
	KUNIT_CASE(cmd_encode_golden_esp),
	KUNIT_CASE(cmd_encode_long_counts),
	KUNIT_CASE(cmd_encode_bad_key),
	KUNIT_CASE(cmd_encode_bad_length),
	KUNIT_CASE(cmd_encode_bad_region),
	KUNIT_CASE(cmd_clear_ctx_golden),
	KUNIT_CASE(result_read_golden),
	KUNIT_CASE(result_read_mac),
	KUNIT_CASE(regression_3_bad_result_is_told),
	KUNIT_CASE(result_short_mac),
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
