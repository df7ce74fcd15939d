// SPDX-License-Identifier: BSD-2-Clause
/*
 * XTS as driver and framework do it, judged by OpenSSL: whitened on the way in, ECB by the
 * virtual card, whitened on the way out, the stolen end by the CPU.
 */
#include "../../crypto/acf_xts.h"
#include "../../testvec/cipher.h"
#include "loop_bench.h"

#define MOST		4160	/* bytes of a text */

struct xts_case {
	const struct cipher *ecb;
	u8 key[64];
	u32 key_bytes;		/* of both */
	u8 tweak[16];		/* of the first block */
	u32 bytes;
	bool decrypt;
	u8 in[MOST];
	u8 want[MOST];
};

static void fill(struct loop_bench *b, u8 *to, u32 bytes)
{
	while (bytes--)
		*to++ = loop_random(b, 256);
}

static void draw_case(struct loop_bench *b, struct xts_case *c, u32 key_bytes, u32 bytes)
{
	const struct cipher *xts = cipher_find("xts(aes)");
	u8 iv[16];

	c->ecb = cipher_find("ecb(aes)");
	c->key_bytes = key_bytes;
	c->bytes = bytes;
	c->decrypt = loop_random(b, 2);
	fill(b, c->key, sizeof(c->key));
	fill(b, iv, sizeof(iv));
	fill(b, c->in, bytes);
	KUNIT_ASSERT_TRUE(b->test, cipher_run(xts, !c->decrypt, c->key, key_bytes, iv, c->in,
					      c->want, bytes));
	KUNIT_ASSERT_TRUE(b->test, cipher_run(c->ecb, true, c->key + key_bytes / 2, key_bytes / 2,
					      NULL, iv, c->tweak, sizeof(iv)));
}

/* As a list's entries and pages cut it. */
static void whiten(struct loop_bench *b, const struct xts_case *c, u8 *to, const u8 *from,
		   u32 bytes)
{
	struct acf_xts xts;
	u32 at, n;

	acf_xts_start(&xts, c->tweak);
	for (at = 0; at < bytes; at += n) {
		n = 1 + loop_random(b, 200);
		n = min(n, bytes - at);
		acf_xts_xor(&xts, to + at, from + at, n);
	}
}

/* The card's part: what it is given is white, and so is what it has to give. */
static void submit_head(struct loop_bench *b, const struct xts_case *c, u32 head)
{
	struct loop_job *j = calloc(1, sizeof(*j));

	snprintf(j->name, sizeof(j->name), "%u of %u bytes, %u bits, %s", head, c->bytes,
		 c->key_bytes * 8, c->decrypt ? "decrypt" : "encrypt");
	j->op = (struct hifn_op){
		.cipher = HIFN_CIPHER_AES, .mode = HIFN_MODE_ECB, .decrypt = c->decrypt,
		.key_bytes = c->key_bytes / 2, .crypt.bytes = head, .bytes = head,
	};
	memcpy(j->key, c->key, c->key_bytes / 2);
	whiten(b, c, j->in, c->in, head);
	whiten(b, c, j->want, c->want, head);
	loop_submit_or_work(b, j);
	free(j);
}

static void block_by_cpu(const void *key, u8 *block)
{
	const struct xts_case *c = key;
	u8 out[16] = { 0 };

	cipher_run(c->ecb, !c->decrypt, c->key, c->key_bytes / 2, NULL, block, out, sizeof(out));
	memcpy(block, out, sizeof(out));
}

static void check_end(struct loop_bench *b, const struct xts_case *c, u32 head)
{
	struct acf_xts xts;
	u8 end[32];

	memcpy(end, c->in + head, c->bytes - head);
	acf_xts_start(&xts, c->tweak);
	acf_xts_skip(&xts, head / 16);
	acf_xts_steal(&xts, end, c->bytes % 16, c->decrypt, block_by_cpu, c);
	KUNIT_EXPECT_TRUE_MSG(b->test, !memcmp(end, c->want + head, c->bytes - head),
			      "end of %u bytes, %u bits, %s", c->bytes, c->key_bytes * 8,
			      c->decrypt ? "decrypt" : "encrypt");
}

static void run_case(struct loop_bench *b, u32 key_bytes, u32 bytes)
{
	struct xts_case *c = calloc(1, sizeof(*c));
	u32 tail = bytes % 16;
	u32 head = tail ? bytes - tail - 16 : bytes;

	draw_case(b, c, key_bytes, bytes);
	if (head)
		submit_head(b, c, head);
	if (tail)
		check_end(b, c, head);
	free(c);
}

static void loop_xts_short_texts(struct kunit *test)
{
	struct loop_bench *b = loop_open(test);
	u32 key_bytes, bytes, way;

	for (key_bytes = 32; key_bytes <= 64; key_bytes += 16)
		for (bytes = 16; bytes <= 100; bytes++)
			for (way = 0; way < 4; way++)
				run_case(b, key_bytes, bytes);
	loop_drain(b);
	KUNIT_EXPECT_GE(test, b->finished, 800u);
	loop_close(b);
}

static void loop_xts_any_text(struct kunit *test)
{
	struct loop_bench *b = loop_open(test);
	u32 round;

	for (round = 0; round < 300; round++)
		run_case(b, 32 + 16 * loop_random(b, 3), 16 + loop_random(b, MOST - 16));
	for (round = 512; round <= 4096; round *= 8)
		run_case(b, 64, round);
	loop_drain(b);
	KUNIT_EXPECT_GE(test, b->finished, 250u);
	loop_close(b);
}

static struct kunit_case loop_xts_cases[] = {
	KUNIT_CASE(loop_xts_short_texts),
	KUNIT_CASE(loop_xts_any_text),
	{}
};

static struct kunit_suite loop_xts_suite = {
	.name = "loop_xts",
	.test_cases = loop_xts_cases,
};
kunit_test_suite(loop_xts_suite);
