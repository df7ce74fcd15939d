// SPDX-License-Identifier: BSD-2-Clause
/*
 * Hashes, HMAC and one-pass ESP against the virtual card in one process. What
 * is to come of a job is computed by libcrypto in whole buffers; the card works
 * on the same bytes as a stream in random pieces.
 */
#include <stdio.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/provider.h>

#include "loop_bench.h"

#define ROUNDS	400

static const struct {
	enum hifn_mac mac;
	const char *digest;
	u32 bytes;
	bool hmac;
} macs[] = {
	{ HIFN_MAC_MD5, "MD5", HIFN_MD5_BYTES, false },
	{ HIFN_MAC_SHA1, "SHA1", HIFN_SHA1_BYTES, false },
	{ HIFN_MAC_HMAC_MD5, "MD5", HIFN_MD5_BYTES, true },
	{ HIFN_MAC_HMAC_SHA1, "SHA1", HIFN_SHA1_BYTES, true },
};

static const struct {
	enum hifn_cipher cipher;
	u32 key_bytes;
	u32 block;
	const char *name;
} ciphers[] = {
	{ HIFN_CIPHER_AES, 16, 16, "AES-128-CBC" },
	{ HIFN_CIPHER_AES, 24, 16, "AES-192-CBC" },
	{ HIFN_CIPHER_AES, 32, 16, "AES-256-CBC" },
	{ HIFN_CIPHER_3DES, 24, 8, "DES-EDE3-CBC" },
	{ HIFN_CIPHER_DES, 8, 8, "DES-CBC" },	/* of the legacy provider */
};

static void random_bytes(struct loop_bench *b, u8 *p, u32 n)
{
	while (n--)
		*p++ = loop_random(b, 256);
}

static void compute_mac(struct kunit *test, u32 which, const u8 *key,
			const u8 *data, u32 n, u8 *mac)
{
	EVP_MD *md = EVP_MD_fetch(NULL, macs[which].digest, NULL);
	unsigned int got = 0;

	KUNIT_ASSERT_NOT_NULL(test, md);
	if (macs[which].hmac)
		HMAC(md, key, HIFN_MAC_KEY_BYTES, data, n, mac, &got);
	else
		EVP_Digest(data, n, mac, &got, md, NULL);
	EVP_MD_free(md);
	KUNIT_ASSERT_EQ(test, got, macs[which].bytes);
}

static void encipher(struct kunit *test, u32 which, const struct loop_job *j,
		     const u8 *from, u8 *to, int n)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, ciphers[which].name, NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int got = 0;

	KUNIT_ASSERT_TRUE(test, cipher && ctx);
	EVP_EncryptInit_ex2(ctx, cipher, j->key, j->iv, NULL);
	EVP_CIPHER_CTX_set_padding(ctx, 0);
	EVP_EncryptUpdate(ctx, to, &got, from, n);
	KUNIT_EXPECT_EQ(test, got, n);
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
}

static void make_mac_job(struct loop_bench *b, u32 which, u32 skip, u32 n,
			 u32 behind, struct loop_job *j)
{
	memset(j, 0, sizeof(*j));
	snprintf(j->name, sizeof(j->name), "%s%s of %u bytes after %u",
		 macs[which].hmac ? "hmac " : "", macs[which].digest, n, skip);
	j->op.mac = macs[which].mac;
	j->op.auth.skip = skip;
	j->op.auth.bytes = n;
	j->op.bytes = skip + n + behind;
	random_bytes(b, j->in, j->op.bytes);
	random_bytes(b, j->mac_key, sizeof(j->mac_key));
	compute_mac(b->test, which, j->mac_key, j->in + skip, n, j->want_mac);
}

/*
 * As acf lays it out: assoc bytes, then the text; the MAC over both. plain: the
 * packet before encryption, wire: after it.
 */
static void make_esp_job(struct loop_bench *b, u32 cipher, u32 mac, u32 assoc,
			 u32 text, struct loop_job *j)
{
	u8 *plain = j->in, *wire = j->want;

	memset(j, 0, sizeof(*j));
	j->op.decrypt = loop_random(b, 2);
	if (j->op.decrypt) {
		plain = j->want;
		wire = j->in;
	}
	snprintf(j->name, sizeof(j->name), "%s %s, %s, %u + %u bytes",
		 ciphers[cipher].name, macs[mac].digest,
		 j->op.decrypt ? "decrypt" : "encrypt", assoc, text);
	j->op.cipher = ciphers[cipher].cipher;
	j->op.mode = HIFN_MODE_CBC;
	j->op.key_bytes = ciphers[cipher].key_bytes;
	j->op.crypt = (struct hifn_region){ assoc, text };
	j->op.mac = macs[mac].mac;
	j->op.bytes = j->op.auth.bytes = assoc + text;
	random_bytes(b, j->key, sizeof(j->key));
	random_bytes(b, j->iv, sizeof(j->iv));
	random_bytes(b, j->mac_key, sizeof(j->mac_key));
	random_bytes(b, plain, assoc + text);
	memcpy(wire, plain, assoc);
	encipher(b->test, cipher, j, plain + assoc, wire + assoc, text);
	compute_mac(b->test, mac, j->mac_key, wire, assoc + text, j->want_mac);
}

/* Every length up to some blocks of the hash, with and without skip and rest. */
static void loop_mac_every_length(struct kunit *test)
{
	struct loop_bench *b = loop_open(test);
	struct loop_job *j = kunit_kzalloc(test, sizeof(*j), GFP_KERNEL);
	u32 which, n;

	for (which = 0; which < ARRAY_SIZE(macs); which++) {
		for (n = HIFN_OP_MIN_BYTES; n <= 200; n++) {
			make_mac_job(b, which, n % 3 ? 0 : n % 29,
				     n, n % 5 ? 0 : n % 7, j);
			loop_submit_or_work(b, j);
		}
	}
	loop_drain(b);
	loop_close(b);
}

/* More than one page of data goes to the one scratch page again and again. */
static void loop_mac_long(struct kunit *test)
{
	static const u32 sizes[] = {
		4095, 4096, 4097, 8192, 0x3fff, 0x5ffd, LOOP_MAX_DATA,
	};
	struct loop_bench *b = loop_open(test);
	struct loop_job *j = kunit_kzalloc(test, sizeof(*j), GFP_KERNEL);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(macs) * ARRAY_SIZE(sizes); i++) {
		make_mac_job(b, i % ARRAY_SIZE(macs), 0,
			     sizes[i / ARRAY_SIZE(macs)], 0, j);
		loop_submit_or_work(b, j);
	}
	loop_drain(b);
	loop_close(b);
}

static void loop_esp_random(struct kunit *test)
{
	struct loop_bench *b = loop_open(test);
	struct loop_job *j = kunit_kzalloc(test, sizeof(*j), GFP_KERNEL);
	OSSL_PROVIDER *legacy = OSSL_PROVIDER_load(NULL, "legacy");
	OSSL_PROVIDER *base = OSSL_PROVIDER_load(NULL, "default");
	u32 i;

	KUNIT_ASSERT_TRUE(test, legacy && base);
	for (i = 0; i < ROUNDS; i++) {
		u32 cipher = i % ARRAY_SIZE(ciphers);
		u32 blocks = 1 + loop_random(b, i % 8 ? 12 : 120);

		make_esp_job(b, cipher, 2 + loop_random(b, 2),
			     4 * loop_random(b, 16),
			     blocks * ciphers[cipher].block, j);
		loop_submit_or_work(b, j);
	}
	loop_drain(b);
	KUNIT_EXPECT_EQ(test, b->finished, (u32)ROUNDS);
	loop_close(b);
	OSSL_PROVIDER_unload(legacy);
	OSSL_PROVIDER_unload(base);
}

/* Hashes, ESP and plain ciphers through the same rings, one after the other. */
static void loop_mixed(struct kunit *test)
{
	struct loop_bench *b = loop_open(test);
	struct loop_job *j = kunit_kzalloc(test, sizeof(*j), GFP_KERNEL);
	u32 i;

	for (i = 0; i < ROUNDS; i++) {
		u32 n = 16 * (1 + loop_random(b, 90));

		if (i % 3 == 0) {
			make_mac_job(b, i % 4, 0, n + i % 16, 0, j);
		} else {
			make_esp_job(b, i % 4, 3, i % 2 ? 8 : 24, n, j);
			if (i % 3 == 1) {	/* the same without its MAC */
				j->op.mac = HIFN_MAC_NONE;
				memset(j->want_mac, 0, sizeof(j->want_mac));
			}
		}
		loop_submit_or_work(b, j);
	}
	loop_drain(b);
	loop_close(b);
}

/* A flipped bit anywhere in a packet gives another MAC. */
static void loop_forged_packet(struct kunit *test)
{
	struct loop_bench *b = loop_open(test);
	struct loop_job *j = kunit_kzalloc(test, sizeof(*j), GFP_KERNEL);
	u8 mac[HIFN_SHA1_BYTES];
	u32 i;
	u16 slot;

	for (i = 0; i < 100; i++) {
		make_esp_job(b, 0, 3, 8, 64, j);
		j->in[loop_random(b, j->op.bytes)] ^= 1 << loop_random(b, 8);
		KUNIT_ASSERT_TRUE(test, loop_submit(b, j));
		loop_run_card(b);
		KUNIT_ASSERT_TRUE(test, hifn_rings_harvest(&b->rings, &slot));
		KUNIT_EXPECT_EQ(test, loop_result(b, slot, mac), HIFN_RESULT_OK);
		KUNIT_EXPECT_TRUE(test, memcmp(mac, j->want_mac, sizeof(mac)));
		hifn_rings_release(&b->rings);
	}
	loop_close(b);
}

static struct kunit_case loop_mac_cases[] = {
	KUNIT_CASE(loop_mac_every_length),
	KUNIT_CASE(loop_mac_long),
	KUNIT_CASE(loop_esp_random),
	KUNIT_CASE(loop_mixed),
	KUNIT_CASE(loop_forged_packet),
	{}
};

static struct kunit_suite loop_mac_suite = {
	.name = "loop_mac",
	.test_cases = loop_mac_cases,
};
kunit_test_suite(loop_mac_suite);
