// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Tests of the reader of text vectors, in the kernel and in user space. */
#include <kunit/test.h>

#include "../acf_vec.c"

#define ROOM	(3 * ACF_VEC_MAX_DATA * 2)	/* largest text of a test */

#define ECB_HEAD \
	"alg = ecb(des)\n" \
	"name = one\n" \
	"key = 0123456789abcdef\n"
#define ECB_DATA \
	"pt = 4e6f772069732074\n" \
	"ct = 3fa40e8a984d4815\n"
#define XTS_HEAD \
	"alg = xts(aes)\n" \
	"name = three\n" \
	"key = 0123456789abcdef\n"
#define XTS_RECORD	XTS_HEAD CBC_IV ECB_DATA
#define CBC_HEAD \
	"alg = cbc(des)\n" \
	"name = two = 2\n" \
	"key = 0123456789abcdef\n"
#define CBC_IV		"iv = 1234567890abcdef\n"
#define CBC_DATA \
	"pt = 4e6f772069732074\n" \
	"ct = e5c7cdde872bf27c\n"
#define CBC_IVOUT	"ivout = e5c7cdde872bf27c\n"
#define HASH_MSG \
	"alg = md5\n" \
	"name = three\n" \
	"msg = 616263\n"
#define HASH_MAC	"mac = 900150983cd24fb0d6963f7d28e17f72\n"
#define HMAC_HEAD \
	"alg = hmac(md5)\n" \
	"name = four\n"
#define HMAC_DATA \
	"msg = 7768617420646f2079612077616e7420666f72206e6f7468696e673f\n" \
	"mac = 750c783e6ab0b503eaa86e310a5db738\n"
#define MACKEY		"mackey = 4a656665\n"
#define AEAD_HEAD \
	"alg = authenc(hmac(sha1),cbc(des3_ede))\n" \
	"name = five\n"
#define AEAD_KEY	"key = 0123456789abcdef23456789abcdef01456789abcdef0123\n"
#define AEAD_AAD	"aad = 0000432100000001\n"
#define AEAD_MAC	"mac = 000102030405060708090a0b0c0d0e0f10111213\n"
#define ECB_RECORD	ECB_HEAD ECB_DATA
#define CBC_RECORD	CBC_HEAD CBC_IV CBC_DATA CBC_IVOUT
#define HASH_RECORD	HASH_MSG HASH_MAC
#define HMAC_RECORD	HMAC_HEAD MACKEY HMAC_DATA
#define AEAD_RECORD \
	AEAD_HEAD AEAD_KEY MACKEY CBC_IV AEAD_AAD CBC_DATA AEAD_MAC

/* A text whose last byte is the last of an allocation: overreads are caught. */
struct buffer {
	char *room;
	struct acf_vec *vec;
	struct acf_vec_reader reader;
};

static void prepare(struct kunit *test, struct buffer *b)
{
	b->room = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, b->room);
	b->vec = kunit_kzalloc(test, sizeof(*b->vec), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, b->vec);
}

static void open_bytes(struct kunit *test, struct buffer *b, const char *text,
		       size_t len)
{
	char *start = b->room + ROOM - len;

	KUNIT_ASSERT_LE(test, len, (size_t)ROOM);
	memmove(start, text, len);
	acf_vec_open(&b->reader, start, len);
}

static void open_text(struct kunit *test, struct buffer *b, const char *text)
{
	open_bytes(test, b, text, strlen(text));
}

static void next_reads_records(struct kunit *test)
{
	static const u8 iv[] = { 0x12, 0x34, 0x56, 0x78, 0x90, 0xab, 0xcd, 0xef };
	static const u8 ct[] = { 0xe5, 0xc7, 0xcd, 0xde, 0x87, 0x2b, 0xf2, 0x7c };
	struct buffer b;

	prepare(test, &b);
	open_text(test, &b, "# head\n\n\n" ECB_RECORD "\n# between\n\n" CBC_RECORD "\n" XTS_RECORD);

	KUNIT_ASSERT_EQ(test, acf_vec_next(&b.reader, b.vec), 1);
	KUNIT_EXPECT_TRUE(test, b.vec->kind == ACF_VEC_CIPHER);
	KUNIT_EXPECT_EQ(test, strcmp(b.vec->alg, "ecb(des)"), 0);
	KUNIT_EXPECT_EQ(test, strcmp(b.vec->name, "one"), 0);
	KUNIT_EXPECT_EQ(test, b.vec->line, 4U);
	KUNIT_EXPECT_EQ(test, b.vec->key_bytes, 8U);
	KUNIT_EXPECT_EQ(test, b.vec->key[7], (u8)0xef);
	KUNIT_EXPECT_EQ(test, b.vec->iv_bytes, 0U);
	KUNIT_EXPECT_EQ(test, b.vec->data_bytes, 8U);

	KUNIT_ASSERT_EQ(test, acf_vec_next(&b.reader, b.vec), 1);
	KUNIT_EXPECT_EQ(test, strcmp(b.vec->name, "two = 2"), 0);
	KUNIT_EXPECT_EQ(test, b.vec->line, 12U);
	KUNIT_EXPECT_EQ(test, b.vec->iv_bytes, 8U);
	KUNIT_EXPECT_EQ(test, memcmp(b.vec->iv, iv, 8), 0);
	KUNIT_EXPECT_EQ(test, memcmp(b.vec->ct, ct, 8), 0);
	KUNIT_EXPECT_EQ(test, b.vec->ivout_bytes, 8U);
	KUNIT_EXPECT_EQ(test, memcmp(b.vec->ivout, ct, 8), 0);

	KUNIT_ASSERT_EQ(test, acf_vec_next(&b.reader, b.vec), 1);
	KUNIT_EXPECT_EQ(test, strcmp(b.vec->name, "three"), 0);
	KUNIT_EXPECT_EQ(test, b.vec->iv_bytes, 8U);
	KUNIT_EXPECT_EQ(test, b.vec->ivout_bytes, 0U);

	KUNIT_EXPECT_EQ(test, acf_vec_next(&b.reader, b.vec), 0);
	KUNIT_EXPECT_EQ(test, acf_vec_next(&b.reader, b.vec), 0);
}

static void next_reads_hash_records(struct kunit *test)
{
	static const u8 mac[] = { 0x75, 0x0c, 0x78, 0x3e, 0x6a, 0xb0, 0xb5, 0x03,
				  0xea, 0xa8, 0x6e, 0x31, 0x0a, 0x5d, 0xb7, 0x38 };
	struct buffer b;

	prepare(test, &b);
	open_text(test, &b, HASH_RECORD "\n" HMAC_RECORD);

	KUNIT_ASSERT_EQ(test, acf_vec_next(&b.reader, b.vec), 1);
	KUNIT_EXPECT_TRUE(test, b.vec->kind == ACF_VEC_HASH);
	KUNIT_EXPECT_EQ(test, strcmp(b.vec->alg, "md5"), 0);
	KUNIT_EXPECT_EQ(test, b.vec->data_bytes, 3U);
	KUNIT_EXPECT_EQ(test, memcmp(b.vec->pt, "abc", 3), 0);
	KUNIT_EXPECT_EQ(test, b.vec->mackey_bytes, 0U);
	KUNIT_EXPECT_EQ(test, b.vec->mac_bytes, 16U);

	KUNIT_ASSERT_EQ(test, acf_vec_next(&b.reader, b.vec), 1);
	KUNIT_EXPECT_TRUE(test, b.vec->kind == ACF_VEC_HASH);
	KUNIT_EXPECT_EQ(test, b.vec->mackey_bytes, 4U);
	KUNIT_EXPECT_EQ(test, memcmp(b.vec->mackey, "Jefe", 4), 0);
	KUNIT_EXPECT_EQ(test, b.vec->data_bytes, 28U);
	KUNIT_EXPECT_EQ(test, b.vec->key_bytes, 0U);
	KUNIT_EXPECT_EQ(test, b.vec->mac_bytes, 16U);
	KUNIT_EXPECT_EQ(test, memcmp(b.vec->mac, mac, 16), 0);
	KUNIT_EXPECT_EQ(test, acf_vec_next(&b.reader, b.vec), 0);
}

static void next_reads_an_empty_message(struct kunit *test)
{
	struct buffer b;

	prepare(test, &b);
	open_text(test, &b, "alg = sha1\nname = empty\nmsg = -\n" AEAD_MAC);
	KUNIT_ASSERT_EQ(test, acf_vec_next(&b.reader, b.vec), 1);
	KUNIT_EXPECT_EQ(test, b.vec->data_bytes, 0U);
	KUNIT_EXPECT_EQ(test, b.vec->mac_bytes, 20U);
}

static void next_reads_aead_records(struct kunit *test)
{
	static const u8 aad[] = { 0, 0, 0x43, 0x21, 0, 0, 0, 1 };
	struct buffer b;

	prepare(test, &b);
	open_text(test, &b, AEAD_RECORD "\n" CBC_RECORD);
	KUNIT_ASSERT_EQ(test, acf_vec_next(&b.reader, b.vec), 1);
	KUNIT_EXPECT_TRUE(test, b.vec->kind == ACF_VEC_AEAD);
	KUNIT_EXPECT_EQ(test, strcmp(b.vec->alg,
				     "authenc(hmac(sha1),cbc(des3_ede))"), 0);
	KUNIT_EXPECT_EQ(test, b.vec->key_bytes, 24U);
	KUNIT_EXPECT_EQ(test, b.vec->key[23], (u8)0x23);
	KUNIT_EXPECT_EQ(test, b.vec->mackey_bytes, 4U);
	KUNIT_EXPECT_EQ(test, b.vec->iv_bytes, 8U);
	KUNIT_EXPECT_EQ(test, b.vec->aad_bytes, 8U);
	KUNIT_EXPECT_EQ(test, memcmp(b.vec->aad, aad, 8), 0);
	KUNIT_EXPECT_EQ(test, b.vec->data_bytes, 8U);
	KUNIT_EXPECT_EQ(test, b.vec->ct[7], (u8)0x7c);
	KUNIT_EXPECT_EQ(test, b.vec->mac_bytes, 20U);
	KUNIT_EXPECT_EQ(test, b.vec->mac[19], (u8)0x13);

	/* nothing of it is left in the next one */
	KUNIT_ASSERT_EQ(test, acf_vec_next(&b.reader, b.vec), 1);
	KUNIT_EXPECT_TRUE(test, b.vec->kind == ACF_VEC_CIPHER);
	KUNIT_EXPECT_EQ(test, b.vec->mackey_bytes, 0U);
	KUNIT_EXPECT_EQ(test, b.vec->aad_bytes, 0U);
	KUNIT_EXPECT_EQ(test, b.vec->mac_bytes, 0U);
}

static void next_takes_fields_in_any_order(struct kunit *test)
{
	struct buffer b;

	prepare(test, &b);
	open_text(test, &b, CBC_IVOUT CBC_DATA CBC_IV CBC_HEAD "\n"
		  HMAC_DATA MACKEY HMAC_HEAD "\n"
		  AEAD_MAC CBC_DATA AEAD_AAD CBC_IV MACKEY AEAD_KEY AEAD_HEAD
		  "\n\n");
	KUNIT_EXPECT_EQ(test, acf_vec_next(&b.reader, b.vec), 1);
	KUNIT_EXPECT_EQ(test, acf_vec_next(&b.reader, b.vec), 1);
	KUNIT_EXPECT_EQ(test, acf_vec_next(&b.reader, b.vec), 1);
	KUNIT_EXPECT_EQ(test, acf_vec_next(&b.reader, b.vec), 0);
}

static void next_finds_nothing_in_comments(struct kunit *test)
{
	struct buffer b;

	prepare(test, &b);
	open_text(test, &b, "");
	KUNIT_EXPECT_EQ(test, acf_vec_next(&b.reader, b.vec), 0);
	open_text(test, &b, "\n#\n\n# \xc3\xa9 alg = ecb(des)\n");
	KUNIT_EXPECT_EQ(test, acf_vec_next(&b.reader, b.vec), 0);
}

#define NOT_TAKEN	"record has a field its algorithm does not take"

static const struct {
	const char *text;
	unsigned int line;
	const char *error;
} malformed[] = {
	/* lines */
	{ ECB_HEAD "pt = 4e6f772069732074\nct = 3f", 5, "text ends within a line" },
	{ "\n#", 2, "text ends within a line" },
	{ " alg = x\n", 1, "line does not start with a key" },
	{ "\talg = x\n", 1, "line does not start with a key" },
	{ " \n", 1, "line does not start with a key" },
	{ "= x\n", 1, "line does not start with a key" },
	{ "ALG = x\n", 1, "line does not start with a key" },
	{ "alg\n", 1, "\" = \" missing behind the key" },
	{ "alg =\n", 1, "\" = \" missing behind the key" },
	{ "alg=x\n", 1, "\" = \" missing behind the key" },
	{ "alg  = x\n", 1, "\" = \" missing behind the key" },
	{ "alg\t= x\n", 1, "\" = \" missing behind the key" },
	{ "alg = \n", 1, "value missing" },
	{ "alg =  x\n", 1, "blank at the start or end of the value" },
	{ "alg = x \n", 1, "blank at the start or end of the value" },
	{ "alg = x\r\n", 1, "value has a control or non-ASCII character" },
	{ "name = a\tb\n", 1, "value has a control or non-ASCII character" },
	{ "name = \xc3\xa9\n", 1, "value has a control or non-ASCII character" },
	/* fields */
	{ ECB_HEAD "salt = 00\n", 4, "unknown field" },
	{ ECB_HEAD "ptt = 00\n", 4, "unknown field" },
	{ ECB_HEAD "p = 00\n", 4, "unknown field" },
	{ ECB_HEAD "key = 0123456789abcdef\n", 4, "field given twice" },
	{ ECB_RECORD "ct = 3fa40e8a984d4815\n", 6, "field given twice" },
	{ "pt = 4e6\n", 1, "value too long or not lower case hex bytes" },
	{ "pt = 4e6F\n", 1, "value too long or not lower case hex bytes" },
	{ "pt = 4e6g\n", 1, "value too long or not lower case hex bytes" },
	{ "pt = 4e 6f\n", 1, "value too long or not lower case hex bytes" },
	{ "pt = 0x4e\n", 1, "value too long or not lower case hex bytes" },
	{ "iv = 000102030405060708090a0b0c0d0e0f10\n", 1,
	  "value too long or not lower case hex bytes" },
	{ "ivout = 000102030405060708090a0b0c0d0e0f10\n", 1,
	  "value too long or not lower case hex bytes" },
	{ "key = 000102030405060708090a0b0c0d0e0f1011121314151617"
	  "18191a1b1c1d1e1f000102030405060708090a0b0c0d0e0f1011121314151617"
	  "18191a1b1c1d1e1f20\n", 1,
	  "value too long or not lower case hex bytes" },
	{ "alg = 012345678901234567890123456789012345678x\n", 1,
	  "value too long or not lower case hex bytes" },
	{ "name = 012345678901234567890123456789012345678901234567\n", 1,
	  "value too long or not lower case hex bytes" },
	{ "mac = 000102030405060708090a0b0c0d0e0f1011121314\n", 1,
	  "value too long or not lower case hex bytes" },
	{ "mackey = -\n", 1, "value too long or not lower case hex bytes" },
	{ "aad = -\n", 1, "value too long or not lower case hex bytes" },
	{ "pt = -\n", 1, "value too long or not lower case hex bytes" },
	{ "mac = -\n", 1, "value too long or not lower case hex bytes" },
	{ "msg = --\n", 1, "value too long or not lower case hex bytes" },
	{ "msg = 00-\n", 1, "value too long or not lower case hex bytes" },
	{ "msg = -\nmsg = -\n", 2, "field given twice" },
	{ "msg =\n", 1, "\" = \" missing behind the key" },
	{ "msg = \n", 1, "value missing" },
	/* records */
	{ ECB_HEAD "\n" ECB_DATA, 4, "record ends with a field missing" },
	{ ECB_DATA, 2, "record ends with a field missing" },
	{ ECB_HEAD "pt = 4e6f772069732074\n", 4, "record ends with a field missing" },
	{ CBC_HEAD CBC_IV CBC_DATA, 6, "record ends with a field missing" },
	{ CBC_HEAD CBC_DATA CBC_IVOUT, 6, "record ends with a field missing" },
	{ CBC_HEAD CBC_DATA "\n", 6, "record ends with a field missing" },
	{ ECB_HEAD CBC_IV ECB_DATA CBC_IVOUT, 7, NOT_TAKEN },
	{ ECB_HEAD CBC_IV ECB_DATA, 6, NOT_TAKEN },
	{ XTS_HEAD ECB_DATA, 5, "record ends with a field missing" },
	{ XTS_HEAD CBC_IV ECB_DATA CBC_IVOUT, 7, NOT_TAKEN },
	{ CBC_RECORD MACKEY, 8, NOT_TAKEN },
	{ CBC_RECORD AEAD_AAD, 8, NOT_TAKEN },
	{ CBC_RECORD AEAD_MAC, 8, NOT_TAKEN },
	{ CBC_RECORD "msg = -\n", 8, NOT_TAKEN },
	{ HASH_MSG, 3, "record ends with a field missing" },
	{ "alg = sha1\nname = x\n" HASH_MAC, 3, "record ends with a field missing" },
	{ HASH_RECORD MACKEY, 5, NOT_TAKEN },
	{ HASH_RECORD CBC_IV, 5, NOT_TAKEN },
	{ HASH_RECORD CBC_DATA, 6, NOT_TAKEN },
	{ HMAC_HEAD HMAC_DATA, 4, "record ends with a field missing" },
	{ HMAC_RECORD AEAD_KEY, 6, NOT_TAKEN },
	{ HMAC_RECORD AEAD_AAD, 6, NOT_TAKEN },
	{ AEAD_HEAD MACKEY CBC_IV AEAD_AAD CBC_DATA AEAD_MAC, 8,
	  "record ends with a field missing" },
	{ AEAD_HEAD AEAD_KEY CBC_IV AEAD_AAD CBC_DATA AEAD_MAC, 8,
	  "record ends with a field missing" },
	{ AEAD_HEAD AEAD_KEY MACKEY AEAD_AAD CBC_DATA AEAD_MAC, 8,
	  "record ends with a field missing" },
	{ AEAD_HEAD AEAD_KEY MACKEY CBC_IV CBC_DATA AEAD_MAC, 8,
	  "record ends with a field missing" },
	{ AEAD_HEAD AEAD_KEY MACKEY CBC_IV AEAD_AAD AEAD_MAC, 7,
	  "record ends with a field missing" },
	{ AEAD_HEAD AEAD_KEY MACKEY CBC_IV AEAD_AAD CBC_DATA, 8,
	  "record ends with a field missing" },
	{ AEAD_RECORD CBC_IVOUT, 10, NOT_TAKEN },
	{ AEAD_RECORD "msg = 00\n", 10, NOT_TAKEN },
	{ AEAD_HEAD AEAD_KEY MACKEY CBC_IV AEAD_AAD AEAD_MAC
	  "pt = 4e6f772069732074\nct = 3fa40e8a984d48\n", 9,
	  "pt and ct differ in length" },
	{ CBC_HEAD CBC_IV CBC_DATA "ivout = e5c7cdde872bf2\n", 7,
	  "iv and ivout differ in length" },
	{ ECB_HEAD "pt = 4e6f772069732074\nct = 3fa40e8a984d48\n", 5,
	  "pt and ct differ in length" },
};

static void next_refuses_malformed_text(struct kunit *test)
{
	struct buffer b;
	size_t i;

	prepare(test, &b);
	for (i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
		open_text(test, &b, malformed[i].text);
		KUNIT_EXPECT_EQ_MSG(test, acf_vec_next(&b.reader, b.vec), -EINVAL,
				    "text %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, acf_vec_line(&b.reader),
				    malformed[i].line, "text %zu", i);
		KUNIT_ASSERT_NOT_NULL(test, acf_vec_error(&b.reader));
		KUNIT_EXPECT_TRUE_MSG(test, !strcmp(acf_vec_error(&b.reader),
						    malformed[i].error),
				      "text %zu: %s", i,
				      acf_vec_error(&b.reader));
	}
}

static void next_refuses_a_nul(struct kunit *test)
{
	static const char text[] = "name = a\0b\n";
	struct buffer b;

	prepare(test, &b);
	open_bytes(test, &b, text, sizeof(text) - 1);
	KUNIT_EXPECT_EQ(test, acf_vec_next(&b.reader, b.vec), -EINVAL);
}

/* An ecb record of @bytes bytes of data, at the start of the room. */
static size_t write_long(struct buffer *b, size_t bytes)
{
	static const char * const keys[] = { "pt = ", "ct = " };
	size_t at = sizeof(ECB_HEAD) - 1;
	size_t i;

	memcpy(b->room, ECB_HEAD, at);
	for (i = 0; i < 2; i++) {
		memcpy(b->room + at, keys[i], 5);
		memset(b->room + at + 5, '5', 2 * bytes);
		at += 5 + 2 * bytes;
		b->room[at++] = '\n';
	}
	return at;
}

static void next_takes_the_longest_data(struct kunit *test)
{
	struct buffer b;
	size_t len;

	prepare(test, &b);
	len = write_long(&b, ACF_VEC_MAX_DATA);
	open_bytes(test, &b, b.room, len);
	KUNIT_EXPECT_EQ(test, acf_vec_next(&b.reader, b.vec), 1);
	KUNIT_EXPECT_EQ(test, b.vec->data_bytes, (unsigned int)ACF_VEC_MAX_DATA);
	KUNIT_EXPECT_EQ(test, b.vec->ct[ACF_VEC_MAX_DATA - 1], (u8)0x55);

	len = write_long(&b, ACF_VEC_MAX_DATA + 1);
	open_bytes(test, &b, b.room, len);
	KUNIT_EXPECT_EQ(test, acf_vec_next(&b.reader, b.vec), -EINVAL);
	KUNIT_EXPECT_EQ(test, acf_vec_line(&b.reader), 4U);
}

/* @key and @bytes bytes, in the room; 0 or -EINVAL at that line. */
static int read_run(struct kunit *test, struct buffer *b, const char *key,
		    size_t bytes)
{
	size_t at = strlen(key);

	memcpy(b->room, key, at);
	memset(b->room + at, '5', 2 * bytes);
	b->room[at + 2 * bytes] = '\n';
	open_bytes(test, b, b->room, at + 2 * bytes + 1);
	if (acf_vec_next(&b->reader, b->vec) != -EINVAL)
		return 1;
	/* the record lacks fields in any case; what counts is the line itself */
	return strcmp(acf_vec_error(&b->reader),
		      "record ends with a field missing") ? -EINVAL : 0;
}

static void next_bounds_every_field(struct kunit *test)
{
	static const struct {
		const char *key;
		size_t bytes;
	} fields[] = {
		{ "key = ", ACF_VEC_MAX_KEY },
		{ "iv = ", ACF_VEC_MAX_IV },
		{ "ivout = ", ACF_VEC_MAX_IV },
		{ "mackey = ", ACF_VEC_MAX_MACKEY },
		{ "aad = ", ACF_VEC_MAX_AAD },
		{ "mac = ", ACF_VEC_MAX_MAC },
		{ "msg = ", ACF_VEC_MAX_DATA },
		{ "pt = ", ACF_VEC_MAX_DATA },
		{ "ct = ", ACF_VEC_MAX_DATA },
	};
	struct buffer b;
	size_t i;

	prepare(test, &b);
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		KUNIT_EXPECT_EQ_MSG(test, read_run(test, &b, fields[i].key,
						   fields[i].bytes),
				    0, "%s", fields[i].key);
		KUNIT_EXPECT_EQ_MSG(test, read_run(test, &b, fields[i].key,
						   fields[i].bytes + 1),
				    -EINVAL, "%s", fields[i].key);
	}
}

static void field_walks_any_file(struct kunit *test)
{
	struct acf_vec_field f;
	struct buffer b;

	prepare(test, &b);
	open_text(test, &b, "kind = a b\n# c\n\n\nlen = 0x10\n");
	KUNIT_EXPECT_EQ(test, acf_vec_field(&b.reader, &f), (int)ACF_VEC_FIELD);
	KUNIT_EXPECT_TRUE(test, acf_vec_key_is(&f, "kind"));
	KUNIT_EXPECT_FALSE(test, acf_vec_key_is(&f, "kin"));
	KUNIT_EXPECT_FALSE(test, acf_vec_key_is(&f, "kinds"));
	KUNIT_EXPECT_TRUE(test, acf_vec_value_is(&f, "a b"));
	KUNIT_EXPECT_FALSE(test, acf_vec_value_is(&f, "a"));
	KUNIT_EXPECT_EQ(test, acf_vec_field(&b.reader, &f), (int)ACF_VEC_RECORD_END);
	KUNIT_EXPECT_EQ(test, acf_vec_field(&b.reader, &f), (int)ACF_VEC_FIELD);
	KUNIT_EXPECT_TRUE(test, acf_vec_key_is(&f, "len"));
	KUNIT_EXPECT_EQ(test, acf_vec_line(&b.reader), 5U);
	KUNIT_EXPECT_EQ(test, acf_vec_field(&b.reader, &f), (int)ACF_VEC_RECORD_END);
	KUNIT_EXPECT_EQ(test, acf_vec_field(&b.reader, &f), (int)ACF_VEC_END);
	KUNIT_EXPECT_EQ(test, acf_vec_field(&b.reader, &f), (int)ACF_VEC_END);
}

static struct acf_vec_field field_with(const char *value)
{
	struct acf_vec_field f = {
		.key = "k",
		.key_len = 1,
		.value = value,
		.value_len = strlen(value),
	};

	return f;
}

static void u32_reads_decimal_and_hex(struct kunit *test)
{
	static const struct {
		const char *text;
		u32 value;
	} good[] = {
		{ "0", 0 }, { "16", 16 }, { "4294967295", 0xffffffff },
		{ "0x0", 0 }, { "0x12340", 0x12340 }, { "0xffffffff", 0xffffffff },
		{ "0x00000000ff", 0xff },
	};
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct acf_vec_field f = field_with(good[i].text);
		u32 value = 1;

		KUNIT_EXPECT_EQ_MSG(test, acf_vec_u32(&f, &value), 0, "number %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, value, good[i].value, "number %zu", i);
	}
}

static void u32_refuses_other_text(struct kunit *test)
{
	static const char * const bad[] = {
		"0x", "x1", "1a", "0xg", "0X1", "0xA", "-1", "+1", "1 ", "1.0",
		"4294967296", "42949672950", "0x100000000", "99999999999999999999",
	};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct acf_vec_field f = field_with(bad[i]);
		u32 value = 77;

		KUNIT_EXPECT_EQ_MSG(test, acf_vec_u32(&f, &value), -EINVAL,
				    "number %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, value, 77U, "number %zu", i);
	}
}

static void text_needs_room_for_the_nul(struct kunit *test)
{
	struct acf_vec_field f = field_with("abc");
	char buf[4] = "zzz";

	KUNIT_EXPECT_EQ(test, acf_vec_text(&f, buf, 3), -EINVAL);
	KUNIT_EXPECT_EQ(test, strcmp(buf, "zzz"), 0);
	KUNIT_EXPECT_EQ(test, acf_vec_text(&f, buf, 4), 0);
	KUNIT_EXPECT_EQ(test, strcmp(buf, "abc"), 0);
}

#define MUTATION_ROUNDS	20000
#define MUTATION_TEXT \
	"# c\n\n" ECB_RECORD "\n" CBC_RECORD "\n" HMAC_RECORD "\n" AEAD_RECORD \
	"\n" HASH_RECORD "\n" ECB_RECORD

static u32 draw(u32 *state, u32 below)
{
	*state = *state * 1664525 + 1013904223;
	return (*state >> 8) % below;
}

/* One change that keeps much of the form, so that deep paths are reached. */
static size_t mutate(u32 *state, char *text, size_t len)
{
	static const char likely[] = "\n\n = #0af_(\r\xff";
	size_t at = draw(state, len);
	size_t n = draw(state, 24);

	if (n > len - at)
		n = len - at;
	switch (draw(state, 5)) {
	case 0:
		text[at] = likely[draw(state, sizeof(likely))];
		return len;
	case 1:
		text[at] ^= 1 << draw(state, 8);
		return len;
	case 2:		/* cut a piece out */
		memmove(text + at, text + at + n, len - at - n);
		return len - n ? len - n : len;
	case 3:		/* say a piece twice */
		memmove(text + at + n, text + at, len - at);
		return len + n;
	default:	/* end early */
		return at ? at : len;
	}
}

/* Whatever the text: a known answer, in bounds, with an end. */
static void check_any_text(struct kunit *test, struct buffer *b, const char *text,
			   size_t len, u32 round)
{
	unsigned int records = 0;
	int ret;

	open_bytes(test, b, text, len);
	while ((ret = acf_vec_next(&b->reader, b->vec)) == 1) {
		KUNIT_ASSERT_TRUE_MSG(test, ++records <= len, "round %u", round);
		KUNIT_ASSERT_TRUE_MSG(test, b->vec->key_bytes <= ACF_VEC_MAX_KEY &&
				      b->vec->iv_bytes <= ACF_VEC_MAX_IV &&
				      b->vec->mackey_bytes <= ACF_VEC_MAX_MACKEY &&
				      b->vec->aad_bytes <= ACF_VEC_MAX_AAD &&
				      b->vec->mac_bytes <= ACF_VEC_MAX_MAC &&
				      b->vec->data_bytes <= ACF_VEC_MAX_DATA &&
				      strlen(b->vec->alg) < ACF_VEC_MAX_ALG &&
				      strlen(b->vec->name) < ACF_VEC_MAX_NAME,
				      "round %u", round);
	}
	KUNIT_ASSERT_TRUE_MSG(test, ret == 0 || ret == -EINVAL, "round %u", round);
	KUNIT_ASSERT_TRUE_MSG(test, (ret == 0) == !acf_vec_error(&b->reader),
			      "round %u", round);
	KUNIT_ASSERT_TRUE_MSG(test, acf_vec_line(&b->reader) <= len,
			      "round %u", round);
}

static void next_survives_mutated_text(struct kunit *test)
{
	size_t room = sizeof(MUTATION_TEXT) + 8 * 24;
	u32 state = 7955;
	struct buffer b;
	char *text;
	u32 round;

	prepare(test, &b);
	text = kunit_kzalloc(test, room, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, text);
	for (round = 0; round < MUTATION_ROUNDS; round++) {
		size_t len = sizeof(MUTATION_TEXT) - 1;
		u32 changes = 1 + draw(&state, 8);

		memcpy(text, MUTATION_TEXT, len);
		while (changes--)
			len = mutate(&state, text, len);
		check_any_text(test, &b, text, len, round);
	}
}

static struct kunit_case acf_vec_cases[] = {
	KUNIT_CASE(next_reads_records),
	KUNIT_CASE(next_reads_hash_records),
	KUNIT_CASE(next_reads_an_empty_message),
	KUNIT_CASE(next_reads_aead_records),
	KUNIT_CASE(next_takes_fields_in_any_order),
	KUNIT_CASE(next_finds_nothing_in_comments),
	KUNIT_CASE(next_refuses_malformed_text),
	KUNIT_CASE(next_refuses_a_nul),
	KUNIT_CASE(next_takes_the_longest_data),
	KUNIT_CASE(next_bounds_every_field),
	KUNIT_CASE(field_walks_any_file),
	KUNIT_CASE(u32_reads_decimal_and_hex),
	KUNIT_CASE(u32_refuses_other_text),
	KUNIT_CASE(text_needs_room_for_the_nul),
	KUNIT_CASE(next_survives_mutated_text),
	{}
};

static struct kunit_suite acf_vec_suite = {
	.name = "acf_vec",
	.test_cases = acf_vec_cases,
};
kunit_test_suite(acf_vec_suite);

MODULE_DESCRIPTION("tests of the reader of text vectors");
MODULE_LICENSE("Dual BSD/GPL");
