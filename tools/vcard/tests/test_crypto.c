// SPDX-License-Identifier: BSD-2-Clause
/*
 * Every cipher in every mode and key size: published vectors in literal bytes,
 * then random data in many segmentations against EVP. DES is checked through
 * EVP's triple DES with three equal keys, a path the model does not use.
 */
#include <openssl/evp.h>
#include <stdlib.h>

#include "rig.h"

/* masks without NEW_KEY and NEW_IV */
struct known {
	uint16_t masks;
	const char *key, *iv, *pt, *ct;
};

#define SP38A_PT "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51" \
		 "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
#define K128 "2b7e151628aed2a6abf7158809cf4f3c"
#define K192 "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b"
#define K256 "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"
#define IV16 "000102030405060708090a0b0c0d0e0f"
/* "Now is the time for all " */
#define FIPS81_PT "4e6f77206973207468652074696d6520666f7220616c6c20"
#define K_DES "0123456789abcdef"
#define IV8 "1234567890abcdef"
/* "The qufck brown fox jump", SP 800-67 */
#define SP67_PT "5468652071756663" "6b2062726f776e20" "666f78206a756d70"
#define K_3DES "0123456789abcdef23456789abcdef01456789abcdef0123"

static const struct known known[] = {
	/* SP 800-38A F.1: AES ECB */
	{ 0x0003, K128, "", SP38A_PT,
	  "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"
	  "43b1cd7f598ece23881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4" },
	{ 0x0203, K192, "", SP38A_PT,
	  "bd334f1d6e45f25ff712a214571fa5cc974104846d0ad3ad7734ecb3ecee4eef"
	  "ef7afd2270e2e60adce0ba2face6444e9a4b41ba738d6c72fb16691603c18e0e" },
	{ 0x0403, K256, "", SP38A_PT,
	  "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870"
	  "b6ed21b99ca6f4f9f153e7b1beafed1d23304b7a39f9f3ff067d8d8f9e24ecc7" },
	/* F.2: AES CBC */
	{ 0x000b, K128, IV16, SP38A_PT,
	  "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
	  "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7" },
	{ 0x020b, K192, IV16, SP38A_PT,
	  "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a"
	  "571b242012fb7ae07fa9baac3df102e008b0e27988598881d920a9e64f5615cd" },
	{ 0x040b, K256, IV16, SP38A_PT,
	  "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
	  "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b" },
	/* F.3: AES CFB128 */
	{ 0x0013, K128, IV16, SP38A_PT,
	  "3b3fd92eb72dad20333449f8e83cfb4ac8a64537a0b3a93fcde3cdad9f1ce58b"
	  "26751f67a3cbb140b1808cf187a4f4dfc04b05357c5d1c0eeac4c66f9ff7f2e6" },
	{ 0x0213, K192, IV16, SP38A_PT,
	  "cdc80d6fddf18cab34c25909c99a417467ce7f7f81173621961a2b70171d3d7a"
	  "2e1e8a1dd59b88b1c8e60fed1efac4c9c05f9f9ca9834fa042ae8fba584b09ff" },
	{ 0x0413, K256, IV16, SP38A_PT,
	  "dc7e84bfda79164b7ecd8486985d386039ffed143b28b1c832113c6331e5407b"
	  "df10132415e54b92a13ed0a8267ae2f975a385741ab9cef82031623d55b1e471" },
	/* F.4: AES OFB */
	{ 0x001b, K128, IV16, SP38A_PT,
	  "3b3fd92eb72dad20333449f8e83cfb4a7789508d16918f03f53c52dac54ed825"
	  "9740051e9c5fecf64344f7a82260edcc304c6528f659c77866a510d9c1d6ae5e" },
	{ 0x021b, K192, IV16, SP38A_PT,
	  "cdc80d6fddf18cab34c25909c99a4174fcc28b8d4c63837c09e81700c1100401"
	  "8d9a9aeac0f6596f559c6d4daf59a5f26d9f200857ca6c3e9cac524bd9acc92a" },
	{ 0x041b, K256, IV16, SP38A_PT,
	  "dc7e84bfda79164b7ecd8486985d38604febdc6740d20b3ac88f6ad82a4fb08d"
	  "71ab47a086e86eedf39d1c5bba97c4080126141d67f37be8538f5a8be740e484" },
	/* FIPS 81: DES */
	{ 0x0000, K_DES, "", FIPS81_PT, "3fa40e8a984d48156a271787ab8883f9893d51ec4b563b53" },
	{ 0x0008, K_DES, IV8, FIPS81_PT, "e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6" },
	{ 0x0010, K_DES, IV8, FIPS81_PT, "f3096249c7f46e51a69e839b1a92f78403467133898ea622" },
	{ 0x0018, K_DES, IV8, FIPS81_PT, "f3096249c7f46e5135f24a242eeb3d3f3d6d5be3255af8c3" },
	/* SP 800-67: triple DES */
	{ 0x0001, K_3DES, "", SP67_PT, "a826fd8ce53b855fcce21c8112256fe668d5c05dd9b6b900" },
};

static void run_known(const struct known *k, bool decrypt)
{
	uint8_t key[32], iv[16], pt[64], ct[64], block[128];
	size_t klen = unhex(k->key, key), ivlen = unhex(k->iv, iv);
	size_t n = unhex(k->pt, pt);
	uint16_t masks = k->masks | 0x0800 | (ivlen ? 0x1000 : 0);
	struct rig *r = rig_up();
	uint32_t len;

	CHECK_EQ(unhex(k->ct, ct), n);
	len = cmd_crypt(block, decrypt, n, n, masks, 0, n, key, klen, iv, ivlen);
	memcpy(rig_at(r, RIG_SRC), decrypt ? ct : pt, n);
	rig_one(r, block, len, n);
	if (memcmp(rig_at(r, RIG_DST), decrypt ? pt : ct, n))
		FAIL("masks 0x%04x, %s: wrong data", k->masks,
		     decrypt ? "decrypt" : "encrypt");
	CHECK_MEM(rig_at(r, RIG_RESULT), "\0\0\0\0\0\0\0\0\0\0\0", 12);
	CHECK_EQ(r->lines, 0);
	rig_free(r);
}

static void test_known(void)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		run_known(&known[i], false);
		run_known(&known[i], true);
	}
}

struct kind {
	uint16_t masks;
	uint32_t klen, ivlen, block;
	const char *evp;
};

#define MODES(alg, klen, block, name) \
	{ alg | 0x00, klen, 0, block, name "-ECB" }, \
	{ alg | 0x08, klen, block, block, name "-CBC" }, \
	{ alg | 0x10, klen, block, block, name "-CFB" }, \
	{ alg | 0x18, klen, block, block, name "-OFB" }

static const struct kind kinds[] = {
	MODES(0x003, 16, 16, "AES-128"), MODES(0x203, 24, 16, "AES-192"),
	MODES(0x403, 32, 16, "AES-256"), MODES(0x000, 8, 8, "DES-EDE3"),
	MODES(0x001, 24, 8, "DES-EDE3"),
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static uint32_t rnd_state;

static uint32_t rnd(uint32_t below)
{
	rnd_state = rnd_state * 1664525 + 1013904223;
	return (rnd_state >> 8) % below;
}

static void rnd_bytes(uint8_t *p, size_t n)
{
	while (n--)
		*p++ = rnd(256);
}

static void reference(const struct kind *k, bool decrypt, const uint8_t *key,
		      const uint8_t *iv, const uint8_t *in, uint8_t *out, int n)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, k->evp, NULL);
	uint8_t key3[32];
	int got = 0, more = 0;

	memcpy(key3, key, k->klen);
	if (k->klen == 8) {
		memcpy(key3 + 8, key, 8);
		memcpy(key3 + 16, key, 8);
	}
	if (!cipher || !EVP_CipherInit_ex2(ctx, cipher, key3, iv, !decrypt, NULL) ||
	    !EVP_CIPHER_CTX_set_padding(ctx, 0) ||
	    !EVP_CipherUpdate(ctx, out, &got, in, n) ||
	    !EVP_CipherFinal_ex(ctx, out + got, &more) || got + more != n)
		FAIL("no reference for %s", k->evp);
	EVP_CIPHER_free(cipher);
	EVP_CIPHER_CTX_free(ctx);
}

/* Cut n bytes at base into segments; step: lengths are its multiples. */
static void cut(struct seg *segs, int max, uint32_t base, uint32_t n, uint32_t step,
		uint32_t largest)
{
	int i = 0;

	if (largest < step)
		largest = step;
	while (n) {
		uint32_t len = step * (1 + rnd(largest / step));

		if (len > n || i == max - 2)
			len = n;
		segs[i++] = (struct seg){ base, len };
		base += len;
		n -= len;
	}
	segs[i] = (struct seg){ 0 };
}

struct layout {
	const char *name;
	uint32_t src_off, src_step, dst_step, largest;
	bool in_place;
};

static const struct layout layouts[] = {
	{ "one segment", 0, 1024, 1024, 1024, false },
	{ "one segment in place", 0, 1024, 1024, 1024, true },
	{ "source off by one", 1, 1024, 1024, 1024, false },
	{ "source of single bytes", 3, 1, 1024, 1, false },
	{ "destination of single words", 0, 1024, 4, 4, false },
	{ "both in words, in place", 0, 4, 4, 12, true },
	{ "random pieces", 2, 1, 4, 100, false },
	{ "source blocks, destination words", 0, 8, 4, 64, false },
};

static void run_layout(struct rig *r, const struct kind *k, const struct layout *l,
		       bool decrypt, uint32_t blocks)
{
	uint8_t key[32], iv[16], block[128], in[512], want[512], guard[16];
	uint32_t n = blocks * k->block, len, res;
	uint32_t src = RIG_SRC + l->src_off, dst = l->in_place ? src : RIG_DST;
	struct seg s[30], d[30];

	rnd_bytes(key, sizeof(key));
	rnd_bytes(iv, sizeof(iv));
	rnd_bytes(in, n);
	reference(k, decrypt, key, iv, in, want, n);
	len = cmd_crypt(block, decrypt, n, n, k->masks | 0x0800 | (k->ivlen ? 0x1000 : 0),
			0, n, key, k->klen, iv, k->ivlen);
	cut(s, 30, src, n, l->src_step, l->largest);
	cut(d, 30, dst, n, l->dst_step, l->largest);
	memset(rig_at(r, RIG_DST), 0xa5, sizeof(want) + 16);
	memcpy(rig_at(r, src), in, n);
	memset(rig_at(r, dst + n), 0xa5, 16);
	memset(guard, 0xa5, 16);
	res = rig_command(r, block, len, s, d);
	rig_run(r);
	if (!rig_done(r, res) || memcmp(rig_at(r, dst), want, n) ||
	    memcmp(rig_at(r, dst + n), guard, 16))
		FAIL("%s (masks 0x%04x) %s, %u blocks, %s: wrong", k->evp, k->masks,
		     decrypt ? "decrypt" : "encrypt", blocks, l->name);
	CHECK_MEM(rig_at(r, RIG_RESULT), "\0\0\0\0\0\0\0\0\0\0\0", 12);
}

static void test_layouts(void)
{
	struct rig *r = rig_up();

	rnd_state = 20080101;
	for (size_t i = 0; i < KINDS; i++)
		for (size_t j = 0; j < sizeof(layouts) / sizeof(layouts[0]); j++)
			for (uint32_t blocks = 1; blocks <= 20; blocks += 1 + rnd(5))
				for (int decrypt = 0; decrypt < 2; decrypt++)
					run_layout(r, &kinds[i], &layouts[j], decrypt,
						   blocks);
	CHECK_EQ(r->lines, 0);
	rig_free(r);
}

/* Source cut at every byte, destination at every word. */
static void test_every_edge(void)
{
	const struct kind *k = &kinds[1];	/* AES-128-CBC */
	uint8_t key[16], iv[16], block[128], want[48];
	struct rig *r = rig_up();
	uint32_t len;

	rnd_bytes(key, 16);
	rnd_bytes(iv, 16);
	rnd_bytes(rig_at(r, RIG_SRC), 48);
	reference(k, false, key, iv, rig_at(r, RIG_SRC), want, 48);
	len = cmd_crypt(block, false, 48, 48, 0x180b, 0, 48, key, 16, iv, 16);
	for (uint32_t i = 1; i < 48; i++) {
		for (uint32_t j = 4; j < 48; j += 4) {
			struct seg s[] = { { RIG_SRC, i }, { RIG_SRC + i, 48 - i }, { 0 } };
			struct seg d[] = { { RIG_DST, j }, { RIG_DST + j, 48 - j }, { 0 } };
			uint32_t res = rig_command(r, block, len, s, d);

			rig_run(r);
			if (!rig_done(r, res) || memcmp(rig_at(r, RIG_DST), want, 48))
				FAIL("source cut at %u, destination at %u: wrong", i, j);
		}
	}
	rig_free(r);
}

/* 4.6: without NEW_KEY and NEW_IV the session goes on where it was. */
static void test_sessions(void)
{
	uint8_t key[32], iv[16], block[128], in[96], want[96];
	uint32_t len;

	rnd_state = 7;
	for (size_t i = 0; i < KINDS; i++) {
		const struct kind *k = &kinds[i];
		struct rig *r = rig_up();
		uint32_t half = 3 * k->block;

		rnd_bytes(key, sizeof(key));
		rnd_bytes(iv, sizeof(iv));
		rnd_bytes(in, sizeof(in));
		reference(k, false, key, iv, in, want, 2 * half);
		len = cmd_crypt(block, false, half, half,
				k->masks | 0x0800 | (k->ivlen ? 0x1000 : 0), 0, half, key,
				k->klen, iv, k->ivlen);
		block[2] = 5;		/* session */
		memcpy(rig_at(r, RIG_SRC), in, half);
		rig_one(r, block, len, half);
		CHECK_MEM(rig_at(r, RIG_DST), want, half);
		/* Another session in between does not disturb. */
		rnd_bytes(block + 16, len - 16);
		block[2] = 6;
		rig_one(r, block, len, half);
		len = cmd_crypt(block, false, half, half, k->masks, 0, half, NULL, 0, NULL, 0);
		block[2] = 5;
		memcpy(rig_at(r, RIG_SRC), in + half, half);
		rig_one(r, block, len, half);
		if (memcmp(rig_at(r, RIG_DST), want + half, half))
			FAIL("%s masks 0x%04x: second half wrong", k->evp, k->masks);
		CHECK_EQ(rig_word(r, RIG_RESULT) >> 16, 5);
		rig_free(r);
	}
}

/* Weak and semi-weak DES keys, all-equal triple keys: the card takes them. */
static void test_weak_keys(void)
{
	uint8_t key[24], block[64], want[8], zero[8] = { 0 };
	struct rig *r = rig_up();
	uint32_t len;

	memset(key, 1, sizeof(key));
	reference(&kinds[12], false, key, zero, zero, want, 8);
	len = cmd_crypt(block, false, 8, 8, 0x0800, 0, 8, key, 8, NULL, 0);
	rig_one(r, block, len, 8);
	CHECK_MEM(rig_at(r, RIG_DST), want, 8);
	len = cmd_crypt(block, false, 8, 8, 0x0801, 0, 8, key, 24, NULL, 0);
	rig_one(r, block, len, 8);
	CHECK_MEM(rig_at(r, RIG_DST), want, 8);
	rig_free(r);
}

/* Output that lies ahead of or behind the input by less than its length. */
static void test_partial_overlap(void)
{
	uint8_t key[16] = { 1 }, iv[16] = { 2 }, block[128], in[128], want[128];
	struct rig *r = rig_up();
	uint32_t len = cmd_crypt(block, false, 128, 128, 0x180b, 0, 128, key, 16, iv, 16);
	uint32_t res;

	rnd_bytes(in, 128);
	reference(&kinds[1], false, key, iv, in, want, 128);
	memcpy(rig_at(r, RIG_DST + 32), in, 128);
	res = rig_command(r, block, len, (struct seg[]){ { RIG_DST + 32, 128 }, { 0 } },
			  (struct seg[]){ { RIG_DST, 128 }, { 0 } });
	rig_run(r);
	CHECK(rig_done(r, res));
	CHECK_MEM(rig_at(r, RIG_DST), want, 128);
	rig_free(r);
}

/* Output that overtakes the input by one block feeds it: the card streams. */
static void test_overlap_ahead(void)
{
	uint8_t key[16] = { 1 }, block[128], chain[16];
	struct rig *r = rig_up();
	uint32_t len = cmd_crypt(block, false, 128, 128, 0x0803, 0, 128, key, 16, NULL, 0);
	uint32_t res;

	rnd_bytes(rig_at(r, RIG_DST), 128);
	memcpy(chain, rig_at(r, RIG_DST), 16);
	res = rig_command(r, block, len, (struct seg[]){ { RIG_DST, 128 }, { 0 } },
			  (struct seg[]){ { RIG_DST + 16, 128 }, { 0 } });
	rig_run(r);
	CHECK(rig_done(r, res));
	for (int i = 1; i <= 8; i++) {
		reference(&kinds[0], false, key, NULL, chain, chain, 16);
		CHECK_MEM(rig_at(r, RIG_DST + 16 * i), chain, 16);
	}
	rig_free(r);
}

/* Equal pieces and a rest. */
static void split(struct seg *segs, uint32_t base, uint32_t n, uint32_t piece)
{
	for (; n; segs++) {
		*segs = (struct seg){ base, n < piece ? n : piece };
		base += segs->len;
		n -= segs->len;
	}
	*segs = (struct seg){ 0 };
}

/* The largest command: 0x3ffff bytes cannot be whole blocks, 0x3fff0 can. */
static void test_largest(void)
{
	const uint32_t n = 0x3fff0;
	uint8_t key[16] = { 3 }, iv[16] = { 4 }, block[128];
	uint8_t *want = malloc(n);
	struct rig *r = rig_up();
	struct seg s[8], d[8];
	uint32_t len = cmd_crypt(block, false, n, n, 0x180b, 0, n, key, 16, iv, 16), res;

	rnd_bytes(rig_at(r, RIG_SRC), n);
	reference(&kinds[1], false, key, iv, rig_at(r, RIG_SRC), want, n);
	split(s, RIG_SRC, n, 0xffff);
	split(d, RIG_SRC + 0x60000, n, 0xfffc);
	res = rig_command(r, block, len, s, d);
	rig_run(r);
	CHECK(rig_done(r, res));
	CHECK_MEM(rig_at(r, d[0].addr), want, n);
	CHECK_EQ(r->lines, 0);
	free(want);
	rig_free(r);
}

static const struct test tests[] = {
	{ "published-vectors", test_known },
	{ "layouts", test_layouts },
	{ "every-edge", test_every_edge },
	{ "sessions", test_sessions },
	{ "weak-keys", test_weak_keys },
	{ "partial-overlap", test_partial_overlap },
	{ "overlap-ahead", test_overlap_ahead },
	{ "largest", test_largest },
};

RUN_TESTS("vcard.crypto")
