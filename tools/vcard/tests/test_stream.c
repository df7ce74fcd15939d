// SPDX-License-Identifier: BSD-2-Clause
/*
 * The data path: skips and counts, pass-through, residuals, padding, overrun,
 * alignment, MACs, one-pass ESP, refused commands, context RAM.
 */
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "rig.h"

#define ONE(a, n)	((struct seg[]){ { a, n }, { 0 } })
#define NO_SEGS		((struct seg[]){ { 0 } })

static uint8_t key[32] = { 1, 2, 3 }, iv[16] = { 9, 8, 7 };

static void fill(struct rig *r, uint32_t addr, uint32_t n)
{
	uint8_t *p = rig_at(r, addr);

	for (uint32_t i = 0; i < n; i++)
		p[i] = i * 13 + 1;
}

static void aes_cbc(bool encrypt, const uint8_t *in, uint8_t *out, int n)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int got;

	EVP_CipherInit_ex(ctx, EVP_aes_128_cbc(), NULL, key, iv, encrypt);
	EVP_CIPHER_CTX_set_padding(ctx, 0);
	EVP_CipherUpdate(ctx, out, &got, in, n);
	EVP_CIPHER_CTX_free(ctx);
}

/* AES-128-CBC over [skip, skip + count) of src bytes. */
static uint32_t cbc_block(uint8_t *out, uint32_t src, uint32_t dst, uint32_t skip,
			  uint32_t count)
{
	return cmd_crypt(out, false, src, dst, 0x180b, skip, count, key, 16, iv, 16);
}

struct result {
	uint32_t flags, src, dst, crypt;
};

static struct result result(struct rig *r)
{
	uint32_t w0 = rig_word(r, RIG_RESULT), w1 = rig_word(r, RIG_RESULT + 4);

	return (struct result){
		.flags = w0 & 0xffff,
		.src = (w0 >> 30) << 16 | (w1 & 0xffff),
		.dst = (w0 >> 28 & 3) << 16 | w1 >> 16,
		.crypt = rig_word(r, RIG_RESULT + 8),
	};
}

static void test_window(void)
{
	struct rig *r = rig_up();
	uint8_t block[64], in[256], want[256];

	for (uint32_t skip = 0; skip <= 40; skip += 5) {
		for (uint32_t count = 0; count <= 64; count += 16) {
			uint32_t n = skip + count + 23, res;
			struct seg s[] = { { RIG_SRC, 30 }, { RIG_SRC + 30, n - 30 }, { 0 } };
			struct seg d[] = { { RIG_DST, 12 }, { RIG_DST + 12, n - 12 }, { 0 } };

			if (n <= 30)
				continue;
			fill(r, RIG_SRC, n);
			memcpy(in, rig_at(r, RIG_SRC), n);
			memcpy(want, in, n);
			aes_cbc(true, in + skip, want + skip, count);
			res = rig_command(r, block, cbc_block(block, n, n + (-n & 3), skip,
							      count), s, d);
			rig_run(r);
			if (!rig_done(r, res) || memcmp(rig_at(r, RIG_DST), want, n))
				FAIL("skip %u, count %u: wrong", skip, count);
			CHECK_EQ(result(r).src, 0);
			CHECK_EQ(result(r).crypt, 0);
			CHECK_EQ(result(r).flags, 0);
		}
	}
	CHECK_EQ(r->lines, 0);
	rig_free(r);
}

/* 3.6: whole words are written, beyond the last descriptor if need be. */
static void test_padding(void)
{
	for (uint32_t n = 1; n <= 8; n++) {
		struct rig *r = rig_up();
		uint8_t block[16] = { 0 }, want[16];
		uint32_t up = (n + 3) & ~3u;

		fill(r, RIG_SRC, n);
		memset(want, 0, up);
		memcpy(want, rig_at(r, RIG_SRC), n);
		memset(want + up, 0x77, 16 - up);
		memset(rig_at(r, RIG_DST), 0x77, 16);
		cmd_base(block, 0, 0, n, up);
		rig_one(r, block, 16, n);
		CHECK_MEM(rig_at(r, RIG_DST), want, 16);
		CHECK_EQ(result(r).dst, up - n);
		rig_free(r);
	}
}

/* BSD's slop: the tail in a word of its own, Appendix A no. 10. */
static void test_slop(void)
{
	struct rig *r = rig_up();
	uint8_t block[16] = { 0 };
	uint32_t res;

	fill(r, RIG_SRC, 39);
	memset(rig_at(r, RIG_DST), 0x77, 48);
	cmd_base(block, 0, 0, 39, 40);
	res = rig_command(r, block, 16, ONE(RIG_SRC, 39),
			  (struct seg[]){ { RIG_DST, 36 }, { RIG_DST + 0x100, 4 }, { 0 } });
	rig_run(r);
	CHECK(rig_done(r, res));
	CHECK_MEM(rig_at(r, RIG_DST), rig_at(r, RIG_SRC), 36);
	CHECK_MEM(rig_at(r, RIG_DST + 36), "wwww", 4);
	CHECK_MEM(rig_at(r, RIG_DST + 0x100), rig_at(r, RIG_SRC + 36), 3);
	rig_free(r);
}

/* Every descriptor up to LAST is retired, touched or not. */
static void test_surplus_destination(void)
{
	struct rig *r = rig_up();
	uint8_t block[16] = { 0 };
	uint32_t res;

	fill(r, RIG_SRC, 20);
	memset(rig_at(r, RIG_DST), 0x77, 256);
	cmd_base(block, 0, 0, 20, 100);
	res = rig_command(r, block, 16, ONE(RIG_SRC, 20),
			  (struct seg[]){ { RIG_DST, 16 }, { RIG_DST + 32, 16 },
					  { RIG_DST + 64, 40 }, { RIG_DST + 128, 28 },
					  { 0 } });
	rig_run(r);
	CHECK(rig_done(r, res));
	for (int i = 0; i < 4; i++)
		CHECK(!(rig_word(r, RIG_RING(RD) + 8 * i) & VALID));
	CHECK_MEM(rig_at(r, RIG_DST), rig_at(r, RIG_SRC), 16);
	CHECK_MEM(rig_at(r, RIG_DST + 32), rig_at(r, RIG_SRC + 16), 4);
	CHECK_MEM(rig_at(r, RIG_DST + 64), "wwwwwwwwwwww", 12);
	CHECK_EQ(result(r).dst, 80);
	rig_free(r);
}

/* 3.5: dropped, flagged everywhere, and the next command starts clean. */
static void test_overrun(void)
{
	struct rig *r = rig_up();
	uint8_t block[64];
	uint32_t res, at;

	fill(r, RIG_SRC, 64);
	memset(rig_at(r, RIG_DST), 0x77, 64);
	at = RIG_RING(RD);
	res = rig_command(r, block, cbc_block(block, 64, 64, 0, 64), ONE(RIG_SRC, 64),
			  ONE(RIG_DST, 32));
	rig_run(r);
	CHECK(rig_done(r, res));
	CHECK_MEM(rig_at(r, RIG_DST + 32), "wwww", 4);
	CHECK_EQ(rig_word(r, at), LAST | QUIET | DESTOVER | 32);
	CHECK_EQ(result(r).flags, 0x0200);
	CHECK_EQ(result(r).dst, 32);
	CHECK_EQ(rig_rd(r, 1, 0x40) & 0x02000001, 0x02000001);
	CHECK_EQ(rig_rd(r, 0, 0x08), 0x0200);
	rig_one(r, block, cbc_block(block, 64, 64, 0, 64), 64);
	CHECK_EQ(result(r).flags, 0);
	rig_free(r);
}

/* The count is a limit as well. */
static void test_count_overrun(void)
{
	struct rig *r = rig_up();
	uint8_t block[16] = { 0 };

	memset(rig_at(r, RIG_DST), 0x77, 64);
	cmd_base(block, 0, 0, 32, 16);
	rig_one(r, block, 16, 32);
	CHECK_EQ(result(r).flags, 0x0200);
	CHECK_MEM(rig_at(r, RIG_DST + 16), "wwww", 4);
	rig_free(r);
}

static void check_refused_destination(const struct seg *dst, uint32_t residual)
{
	struct rig *r = rig_up();
	uint8_t block[64], before[256];
	uint32_t res;

	fill(r, RIG_SRC, 48);
	memset(rig_at(r, RIG_DST), 0x77, 256);
	memcpy(before, rig_at(r, RIG_DST), 256);
	res = rig_command(r, block, cbc_block(block, 48, 48, 0, 48), ONE(RIG_SRC, 48), dst);
	rig_run(r);
	CHECK(rig_done(r, res));
	CHECK_EQ(rig_rd(r, 0, 0x08), 0x4000);
	CHECK_EQ(result(r).dst, residual);
	CHECK_EQ(r->lines, 1);
	if (residual == 48)
		CHECK_MEM(rig_at(r, RIG_DST), before, 256);
	rig_free(r);
}

/* 3.6: refused, not written. */
static void test_misaligned_destination(void)
{
	for (uint32_t off = 1; off < 4; off++)
		check_refused_destination(ONE(RIG_DST + off, 48), 48);
	check_refused_destination((struct seg[]){ { RIG_DST, 18 }, { RIG_DST + 64, 30 },
						  { 0 } }, 18);
}

static void test_no_destination(void)
{
	struct rig *r = rig_up();
	uint8_t block[64];
	uint32_t res;

	fill(r, RIG_SRC, 32);
	res = rig_command(r, block, cbc_block(block, 32, 0, 0, 32), ONE(RIG_SRC, 32), NO_SEGS);
	rig_run(r);
	CHECK(rig_done(r, res));
	CHECK_EQ(result(r).flags, 0);
	rig_free(r);
}

/* One driver posts a command without any data for an empty request. */
static void test_empty(void)
{
	struct rig *r = rig_up();
	uint8_t block[64];
	uint32_t res = rig_command(r, block, cbc_block(block, 0, 0, 0, 0), NO_SEGS, NO_SEGS);

	rig_run(r);
	CHECK(rig_done(r, res));
	CHECK_EQ(result(r).crypt, 0);
	rig_free(r);
}

static void test_source_short(void)
{
	struct rig *r = rig_up();
	uint8_t block[64];
	uint32_t res;

	fill(r, RIG_SRC, 32);
	res = rig_command(r, block, cbc_block(block, 64, 64, 0, 64), ONE(RIG_SRC, 32),
			  ONE(RIG_DST, 64));
	rig_run(r);
	CHECK(rig_done(r, res));
	CHECK_EQ(result(r).src, 32);
	CHECK_EQ(result(r).dst, 32);
	CHECK_EQ(result(r).crypt, 1);
	rig_free(r);
}

static void test_source_long(void)
{
	struct rig *r = rig_up();
	uint8_t block[64];
	uint32_t res;

	fill(r, RIG_SRC, 64);
	res = rig_command(r, block, cbc_block(block, 32, 32, 0, 32),
			  (struct seg[]){ { RIG_SRC, 24 }, { RIG_SRC + 24, 24 },
					  { RIG_SRC + 48, 16 }, { 0 } }, ONE(RIG_DST, 32));
	rig_run(r);
	CHECK(rig_done(r, res));
	CHECK(r->lines > 0);
	for (int i = 0; i < 3; i++)
		CHECK(!(rig_word(r, RIG_RING(RS) + 8 * i) & VALID));
	CHECK_EQ(result(r).src, 0);
	rig_free(r);
}

/* The window reaches beyond the source. */
static void test_window_beyond(void)
{
	struct rig *r = rig_up();
	uint8_t block[64], want[32];

	fill(r, RIG_SRC, 32);
	memcpy(want, rig_at(r, RIG_SRC), 32);
	aes_cbc(true, want + 16, want + 16, 16);
	rig_one(r, block, cbc_block(block, 32, 32, 16, 48), 32);
	CHECK_MEM(rig_at(r, RIG_DST), want, 32);
	CHECK_EQ(result(r).crypt, 1);
	rig_free(r);
}

/* A rest that is no block: ECB and CBC leave it, CFB and OFB process it. */
static void test_partial_block(void)
{
	static const uint16_t modes[] = { 0x1803, 0x180b, 0x1813, 0x181b };

	for (int i = 0; i < 4; i++) {
		struct rig *r = rig_up();
		uint8_t block[64], in[24];
		uint32_t len = cmd_crypt(block, false, 21, 24, modes[i], 0, 21, key, 16, iv, 16);

		fill(r, RIG_SRC, 24);
		memcpy(in, rig_at(r, RIG_SRC), 24);
		rig_one(r, block, len, 21);
		if (i < 2) {
			CHECK_MEM(rig_at(r, RIG_DST + 16), in + 16, 5);
			CHECK_EQ(rig_rd(r, 0, 0x08), 0x4000);
			CHECK_EQ(result(r).crypt, 1);
		} else {
			memcpy(rig_at(r, RIG_SRC), rig_at(r, RIG_DST), 21);
			block[1] |= 0x20;
			rig_one(r, block, len, 21);
			CHECK_MEM(rig_at(r, RIG_DST), in, 21);
			CHECK_EQ(result(r).crypt, 0);
		}
		rig_free(r);
	}
}

/* Appendix A no. 7: a 3DES command with 16 bytes too many. */
static void test_surplus_command_bytes(void)
{
	struct rig *r = rig_up();
	uint8_t block[80], first[16];
	uint32_t len = cmd_crypt(block, false, 16, 16, 0x1809, 0, 16, key, 24, iv, 8);

	CHECK_EQ(len, 48);
	memset(block + 48, 0xcc, 16);
	fill(r, RIG_SRC, 16);
	rig_one(r, block, 64, 16);
	memcpy(first, rig_at(r, RIG_DST), 16);
	rig_one(r, block, 48, 16);
	CHECK_MEM(rig_at(r, RIG_DST), first, 16);
	CHECK_EQ(r->lines, 0);
	rig_free(r);
}

struct bad {
	const char *name;
	uint32_t len;
	uint8_t block[24];
};

/* Refused: CMDINVAL, data copied, SRC_NOTZERO where an engine was asked for. Of what the model lacks nothing is written. */
static void test_refused(void)
{
	static const struct bad bads[] = {
		{ "opcode 7", 16, { 0x00, 0xe0, 0, 0, 32, 0, 32, 0 } },
		{ "base bit 12", 16, { 0x00, 0x10, 0, 0, 32, 0, 32, 0 } },
		{ "base bit 0", 16, { 0x01, 0x00, 0, 0, 32, 0, 32, 0 } },
		{ "pad engine", 16, { 0x00, 0x02, 0, 0, 32, 0, 32, 0 } },
		{ "compression", 16, { 0x00, 0x01, 0, 0, 32, 0, 32, 0, 0x10 } },
		{ "RC4", 16, { 0x00, 0x08, 0, 0, 32, 0, 32, 0, 0x02, 0, 0, 0, 32 } },
		{ "AES key size 3", 16, { 0x00, 0x08, 0, 0, 32, 0, 32, 0, 0x03, 0x06, 0, 0, 32 } },
		{ "clear context", 16, { 0x00, 0x08, 0, 0, 32, 0, 32, 0, 0x43, 0, 0, 0, 32 } },
		{ "crypt bit 13", 16, { 0x00, 0x08, 0, 0, 32, 0, 32, 0, 0x03, 0x20, 0, 0, 32 } },
		{ "SSL MAC", 16, { 0x00, 0x04, 0, 0, 32, 0, 32, 0, 0x04, 0, 0, 0, 32 } },
		{ "append", 16, { 0x00, 0x04, 0, 0, 32, 0, 32, 0, 0x48, 0, 0, 0, 32 } },
		{ "key missing", 20, { 0x00, 0x08, 0, 0, 32, 0, 32, 0, 0x03, 0x08, 0, 0, 32 } },
		{ "IV missing", 16, { 0x00, 0x08, 0, 0, 32, 0, 32, 0, 0x0b, 0x10, 0, 0, 32 } },
		{ "crypt command missing", 12, { 0x00, 0x08, 0, 0, 32, 0, 32, 0 } },
	};

	for (size_t i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
		struct rig *r = rig_up();
		uint32_t base = bads[i].block[1];

		fill(r, RIG_SRC, 32);
		memset(rig_at(r, RIG_DST), 0x77, 32);
		rig_one(r, bads[i].block, bads[i].len, 32);
		if (rig_rd(r, 0, 0x08) != 0x8000 || r->lines != 1)
			FAIL("%s: PUISR 0x%x, %u log lines", bads[i].name,
			     rig_rd(r, 0, 0x08), r->lines);
		if (!strcmp(bads[i].name, "compression") || !strcmp(bads[i].name, "RC4"))
			CHECK_EQ(rig_word(r, RIG_DST + 28), 0x77777777);
		else
			CHECK_MEM(rig_at(r, RIG_DST), rig_at(r, RIG_SRC), 32);
		CHECK_EQ(result(r).flags, 0);
		if (base == 0x08 && bads[i].len > 12)
			CHECK_EQ(result(r).crypt, 1);
		rig_free(r);
	}
}

static void test_locked(void)
{
	struct rig *r = rig_new(NULL);
	uint8_t block[64];

	rig_start(r);
	fill(r, RIG_SRC, 32);
	rig_one(r, block, cbc_block(block, 32, 32, 0, 32), 32);
	CHECK_EQ(rig_rd(r, 0, 0x08), 0x8000);
	CHECK_MEM(rig_at(r, RIG_DST), rig_at(r, RIG_SRC), 32);
	CHECK_EQ(result(r).crypt, 1);
	rig_free(r);
}

/* A base command that does not even fit. */
static void test_tiny_command(void)
{
	for (uint32_t len = 0; len < 8; len++) {
		struct rig *r = rig_up();
		uint32_t res = rig_command(r, "\xff\xff\xff\xff\xff\xff\xff", len, NO_SEGS,
					   NO_SEGS);

		rig_run(r);
		CHECK(rig_done(r, res));
		CHECK_EQ(rig_rd(r, 0, 0x08), 0x8000);
		rig_free(r);
	}
}

static void test_misaligned_buffers(void)
{
	struct rig *r = rig_up();
	uint8_t block[16] = { [4] = 16, [6] = 16 };

	memcpy(rig_at(r, RIG_CMD + 2), block, 16);
	memset(rig_at(r, RIG_RESULT), 0xee, 32);
	rig_segs(r, RD, ONE(RIG_DST, 16));
	rig_post(r, RR, VALID | LAST | 12, RIG_RESULT + 1);
	rig_segs(r, RS, ONE(RIG_SRC, 16));
	rig_post(r, RC, VALID | LAST | QUIET | 16, RIG_CMD + 2);
	rig_run(r);
	CHECK(!(rig_word(r, RIG_RING(RR)) & VALID));
	CHECK_EQ(rig_rd(r, 0, 0x08), 0xc000);
	CHECK_EQ(rig_word(r, RIG_RESULT), 0xeeeeeeee);
	rig_free(r);
}

static uint32_t mac_block(uint8_t *out, uint16_t base, uint16_t masks, uint32_t src,
			  uint32_t skip, uint32_t count, const void *k, uint32_t klen)
{
	uint32_t n = cmd_base(out, base, 0, src, (src + 3) & ~3u);

	memset(out + n, 0, 8 + 64);
	out[n] = masks;
	out[n + 1] = masks >> 8;
	out[n + 2] = skip;
	out[n + 4] = count;
	out[n + 5] = count >> 8;
	if (!(masks & 0x0800))
		return n + 8;
	memcpy(out + n + 8, k, klen);
	return n + 72;
}

struct mac {
	uint16_t masks;
	const char *key, *data, *mac;
};

/* RFC 2202 cases 1 to 3, FIPS 180 and RFC 1321 for the plain hashes. */
static void test_macs(void)
{
	static const struct mac macs[] = {
		{ 0x0a20, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
		  "b617318655057264e28bc0b6fb378c8ef146be00" },
		{ 0x0a30, "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
		  "effcdf6ae5eb2fa2d27416d5" },
		{ 0x0a21, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
		  "9294727a3638bb1c13f48ef8158bfc9d" },
		{ 0x0a31, "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
		  "750c783e6ab0b503eaa86e31" },
		{ 0x0228, "", "616263", "a9993e364706816aba3e25717850c26c9cd0d89d" },
		{ 0x0229, "", "616263", "900150983cd24fb0d6963f7d28e17f72" },
	};

	for (size_t i = 0; i < sizeof(macs) / sizeof(macs[0]); i++) {
		struct rig *r = rig_up();
		uint8_t k[64], block[80], mac[20];
		size_t klen = unhex(macs[i].key, k), mlen = unhex(macs[i].mac, mac);
		size_t n = unhex(macs[i].data, rig_at(r, RIG_SRC));

		rig_one(r, block, mac_block(block, 0x0400, macs[i].masks, n, 0, n, k, klen), n);
		CHECK_EQ(rig_word(r, RIG_RESULT + 8), 0);
		CHECK_MEM(rig_at(r, RIG_RESULT + 12), mac, mlen);
		CHECK_EQ(*(uint8_t *)rig_at(r, RIG_RESULT + 12 + mlen), 0xee);
		CHECK_MEM(rig_at(r, RIG_DST), rig_at(r, RIG_SRC), n);
		CHECK_EQ(r->lines, 0);
		rig_free(r);
	}
}

/* Without RESULT no bytes; a window beyond the data is flagged. */
static void test_mac_result_off(void)
{
	struct rig *r = rig_up();
	uint8_t block[80];

	rig_one(r, block, mac_block(block, 0x0400, 0x0208, 16, 8, 100, NULL, 0), 16);
	CHECK_EQ(rig_word(r, RIG_RESULT + 8), 1);
	CHECK_EQ(rig_word(r, RIG_RESULT + 12), 0xeeeeeeee);
	rig_free(r);
}

/* 4.7's words as printed there; `base` chooses encode or decode. */
static uint32_t esp_block(uint8_t *out, uint16_t base, uint16_t mac, const uint8_t *mk)
{
	static const uint8_t words[] = {
		0x00, 0x00, 0x00, 0x00, 0x90, 0x00, 0x90, 0x00,
		0x00, 0x00, 0x14, 0x00, 0x70, 0x00, 0x00, 0x00,
		0x09, 0x18, 0x24, 0x00, 0x60, 0x00, 0x00, 0x00,
	};

	memcpy(out, words, sizeof(words));
	out[1] = base >> 8;
	out[8] = mac;
	out[9] = mac >> 8;
	memcpy(out + 24, mk, 64);
	memcpy(out + 88, key, 24);
	memcpy(out + 112, iv, 8);
	return 120;
}

static void hmac_sha1(const uint8_t *mk, const uint8_t *data, size_t n, uint8_t *out)
{
	unsigned int len;

	HMAC(EVP_sha1(), mk, 64, data, n, out, &len);
}

static void des3_cbc(bool encrypt, const uint8_t *in, uint8_t *out, int n)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int got;

	EVP_CipherInit_ex(ctx, EVP_des_ede3_cbc(), NULL, key, iv, encrypt);
	EVP_CIPHER_CTX_set_padding(ctx, 0);
	EVP_CipherUpdate(ctx, out, &got, in, n);
	EVP_CIPHER_CTX_free(ctx);
}

static bool counted(struct rig *r, const char *text)
{
	char *json = vcard_counters_json(r->vc);
	bool found = strstr(json, text);

	free(json);
	return found;
}

static void run_esp(bool decrypt, bool ipsec, const struct seg *s, const struct seg *d)
{
	struct rig *r = rig_up();
	uint8_t mk[64], block[128], in[144], want[144], mac[20];
	bool over_input = decrypt == ipsec;
	uint32_t res;

	memset(mk, 0x42, sizeof(mk));
	fill(r, RIG_SRC, 144);
	memcpy(in, rig_at(r, RIG_SRC), 144);
	memcpy(want, in, 144);
	des3_cbc(!decrypt, in + 36, want + 36, 96);
	hmac_sha1(mk, (over_input ? in : want) + 20, 112, mac);
	esp_block(block, decrypt ? 0x2c00 : 0x0c00, ipsec ? 0x0a30 : 0x0830, mk);
	res = rig_command(r, block, 120, s, d);
	rig_run(r);
	CHECK(rig_done(r, res));
	CHECK_MEM(rig_at(r, d->addr), want, 144);
	CHECK_MEM(rig_at(r, RIG_RESULT), "\0\0\0\0\0\0\0\0\0\0\0", 12);
	CHECK_MEM(rig_at(r, RIG_RESULT + 12), mac, 12);
	CHECK_EQ(rig_word(r, RIG_RESULT + 24), 0);
	CHECK_EQ(rig_word(r, RIG_RESULT + 28), 0xeeeeeeee);
	CHECK(counted(r, "\"one-pass\":1"));
	CHECK(counted(r, "\"des3-cbc\":1"));
	CHECK(counted(r, "\"hmac-sha1\":1"));
	rig_free(r);
}

static void test_esp(void)
{
	static const struct seg whole_s[] = { { RIG_SRC, 144 }, { 0 } };
	static const struct seg whole_d[] = { { RIG_DST, 144 }, { 0 } };
	static const struct seg cut_s[] = { { RIG_SRC, 7 }, { RIG_SRC + 7, 30 },
					    { RIG_SRC + 37, 90 }, { RIG_SRC + 127, 17 }, { 0 } };
	static const struct seg cut_d[] = { { RIG_DST, 40 }, { RIG_DST + 40, 12 },
					    { RIG_DST + 52, 92 }, { 0 } };

	for (int i = 0; i < 4; i++) {
		run_esp(i & 1, i & 2, whole_s, whole_d);
		run_esp(i & 1, i & 2, cut_s, cut_d);
		run_esp(i & 1, i & 2, whole_s, whole_s);	/* in place */
	}
}

/* 4.6, as the BSDs do it: 8 bytes, result of 4 for the write. */
static void ctx_write(struct rig *r, uint32_t addr, const void *data)
{
	uint8_t block[16] = { 0 };

	cmd_base(block, 0x6000, addr >> 14, 8, addr & 0x3fff);
	memcpy(rig_at(r, RIG_CMD), block, 16);
	memcpy(rig_at(r, RIG_SRC), data, 8);
	memset(rig_at(r, RIG_RESULT), 0xee, 16);
	rig_post(r, RC, VALID | LAST | QUIET | 16, RIG_CMD);
	rig_post(r, RS, VALID | LAST | QUIET | 8, RIG_SRC);
	rig_post(r, RD, VALID | LAST | QUIET | 4, RIG_DST);
	rig_post(r, RR, VALID | LAST | QUIET | 4, RIG_RESULT);
	rig_run(r);
	CHECK_EQ(rig_word(r, RIG_RESULT + 4), 0xeeeeeeee);
}

static void ctx_read(struct rig *r, uint32_t addr, void *data)
{
	uint8_t block[8];

	cmd_base(block, 0x4000, addr >> 14, addr & 0x3fff, 8);
	memcpy(rig_at(r, RIG_CMD), block, 8);
	memset(rig_at(r, RIG_DST), 0, 8);
	rig_post(r, RC, VALID | LAST | QUIET | 8, RIG_CMD);
	rig_post(r, RS, VALID | LAST | QUIET | 8, RIG_SRC);
	rig_post(r, RD, VALID | LAST | QUIET | 8, RIG_DST);
	rig_post(r, RR, VALID | LAST | QUIET | 36, RIG_RESULT);
	rig_run(r);
	memcpy(data, rig_at(r, RIG_DST), 8);
}

static void test_context_ram(void)
{
	static const uint32_t at[] = { 0, 8, 0x3ff8, 0x4000, 0x5678, 0x7ff8 };
	struct rig *r = rig_up();
	uint8_t data[8] = "context", got[8];

	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		data[7] = i;
		ctx_write(r, at[i], data);
		vcard_read(r->vc, 2, at[i], got, 8);
		CHECK_MEM(got, data, 8);
	}
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		ctx_read(r, at[i], got);
		CHECK_EQ(got[7], i);
	}
	CHECK_EQ(rig_rd(r, 1, 0x40) & 0x00120000, 0);
	CHECK_EQ(r->lines, 0);
	ctx_read(r, 0x8000, got);
	CHECK_EQ(r->lines, 1);
	CHECK_EQ(got[0], 0);
	ctx_read(r, 0x7ffc, got);
	CHECK_EQ(r->lines, 2);
	rig_free(r);
}

/* Keys stay behind, 4.6; capacity by PUCNFG, 2.1.4. */
static void test_key_remains(void)
{
	static const uint32_t record[][3] = {
		{ 0x344, 3, 3 * 512 }, { 0x346, 3, 3 * 128 }, { 0x10342, 3, 16384 },
		{ 0x344, 67, 3 * 512 },
	};

	for (int i = 0; i < 4; i++) {
		struct rig *r = rig_up();
		uint8_t block[64], got[8], zero[8] = { 0 };

		rig_wr(r, 0, 0x0c, record[i][0]);
		cbc_block(block, 16, 16, 0, 16);
		block[2] = record[i][1];
		rig_one(r, block, 48, 16);
		vcard_read(r->vc, 2, record[i][2], got, 8);
		CHECK_MEM(got, key, 8);
		ctx_write(r, record[i][2], zero);
		vcard_read(r->vc, 2, record[i][2], got, 8);
		CHECK_MEM(got, zero, 8);
		rig_free(r);
	}
}

static const struct test tests[] = {
	{ "window", test_window },
	{ "word-padding", test_padding },
	{ "slop", test_slop },
	{ "surplus-destination", test_surplus_destination },
	{ "overrun", test_overrun },
	{ "count-overrun", test_count_overrun },
	{ "misaligned-destination", test_misaligned_destination },
	{ "no-destination", test_no_destination },
	{ "empty-command", test_empty },
	{ "source-short", test_source_short },
	{ "source-long", test_source_long },
	{ "window-beyond-source", test_window_beyond },
	{ "partial-block", test_partial_block },
	{ "surplus-command-bytes", test_surplus_command_bytes },
	{ "refused-commands", test_refused },
	{ "locked-chip", test_locked },
	{ "tiny-command", test_tiny_command },
	{ "misaligned-buffers", test_misaligned_buffers },
	{ "macs", test_macs },
	{ "mac-without-result", test_mac_result_off },
	{ "one-pass-esp", test_esp },
	{ "context-ram", test_context_ram },
	{ "key-remains", test_key_remains },
};

RUN_TESTS("vcard.stream")
