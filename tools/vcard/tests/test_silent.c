// SPDX-License-Identifier: BSD-2-Clause
/*
 * Faults that no status shows: wrong data under a good result, a reset that takes more
 * than it says, a line that is an edge. What each leaves behind, and that the next command
 * is right again.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>

#include "../silicon/card.h"
#include "closed.h"

#define BYTES		64
#define LONG		0x10040u	/* above 64 KiB */
#define R_DONE		0x00100000u
#define C_WAIT		0x00000004u
#define CMDINVAL	0x00008000u	/* of PUISR; 2.1.3 */

static const uint8_t key_a[16] = { 1, 2, 3 }, key_b[16] = { 9, 8, 7 }, iv[16] = { 4 };

static void set(struct rig *r, const char *spec)
{
	const char *why = vcard_fault(r->vc, spec);

	if (why)
		FAIL("%s: %s", spec, why);
}

/* AES-128-CBC over n bytes; its result has to be a good one. */
static void run(struct rig *r, const uint8_t *key, uint32_t n)
{
	uint32_t half = n > 0xffff ? n / 2 : n, len, res;
	uint8_t block[64];

	len = cmd_crypt(block, false, n, n, 0x180b, 0, n, key, 16, iv, 16);
	for (uint32_t i = 0; i < n; i++)
		((uint8_t *)rig_at(r, RIG_SRC))[i] = i * 3 + i / 256;
	memset(rig_at(r, RIG_DST), 0x77, n);
	res = rig_command(r, block, len,
			  (struct seg[]){ { RIG_SRC, half }, { RIG_SRC + half, n - half }, { 0 } },
			  (struct seg[]){ { RIG_DST, half }, { RIG_DST + half, n - half }, { 0 } });
	rig_run(r);
	CHECK(rig_done(r, res));
	for (int i = 0; i < 3; i++)
		CHECK_EQ(rig_word(r, RIG_RESULT + 4 * i), 0);
	CHECK_EQ(rig_rd(r, 0, 0x08) & ~0x200u, 0);
}

static bool is(struct rig *r, uint32_t at, const uint8_t *want, uint32_t n)
{
	return !memcmp(rig_at(r, RIG_DST + at), want, n);
}

static const uint8_t *source(struct rig *r, uint32_t at)
{
	return rig_at(r, RIG_SRC + at);
}

static void check_hits(struct rig *r, const char *name, uint64_t want)
{
	CHECK_EQ(rig_counter(r, "faults", name), want);
}

static uint64_t written(struct rig *r)
{
	return vcard_silicon(r->vc)->host.count.dma_write[VC_DMA_DATA];
}

static void test_pass_through(void)
{
	struct rig *r = rig_up();
	uint8_t want[BYTES];

	run(r, key_a, BYTES);
	memcpy(want, rig_at(r, RIG_DST), BYTES);
	set(r, "pass-through:2");
	run(r, key_a, BYTES);
	CHECK(is(r, 0, want, BYTES));
	run(r, key_a, BYTES);
	CHECK(is(r, 0, source(r, 0), BYTES));
	check_hits(r, "pass-through", 1);
	run(r, key_a, BYTES);
	CHECK(is(r, 0, want, BYTES));
	rig_free(r);
}

static void test_clear_tail(void)
{
	struct rig *r = rig_up();
	uint8_t want[BYTES];

	run(r, key_a, BYTES);
	memcpy(want, rig_at(r, RIG_DST), BYTES);
	set(r, "clear-tail:1");
	run(r, key_a, BYTES);
	CHECK(is(r, 0, want, BYTES - 16));
	CHECK(is(r, BYTES - 16, source(r, BYTES - 16), 16));
	check_hits(r, "clear-tail", 1);
	set(r, "clear-tail%1");
	run(r, key_a, 16);		/* nothing but a tail */
	CHECK(is(r, 0, source(r, 0), 16));
	vcard_faults_clear(r->vc);
	run(r, key_a, BYTES);
	CHECK(is(r, 0, want, BYTES));
	rig_free(r);
}

/* Up to 64 KiB less one it does no harm; beyond, the first blocks are right. */
static void test_count16(void)
{
	struct rig *r = rig_up();
	uint8_t want[BYTES];

	run(r, key_a, LONG);
	memcpy(want, rig_at(r, RIG_DST), BYTES);
	CHECK(!is(r, BYTES, source(r, BYTES), 16));
	set(r, "count16");
	run(r, key_a, 0xfff0);
	CHECK(!is(r, 0xffe0, source(r, 0xffe0), 16));
	check_hits(r, "count16", 0);
	run(r, key_a, LONG);
	CHECK(is(r, 0, want, BYTES));
	CHECK(is(r, BYTES, source(r, BYTES), LONG - BYTES));
	check_hits(r, "count16", 1);
	rig_free(r);
}

/* Not in silence, but by the command's shape as well: it stands still at long ones. */
static void test_wedge(void)
{
	struct rig *r = rig_up();
	uint8_t block[64];
	uint32_t len, res;

	set(r, "wedge");
	run(r, key_a, 1024);
	check_hits(r, "wedge", 0);
	len = cmd_crypt(block, false, 1040, 1040, 0x180b, 0, 1040, key_a, 16, iv, 16);
	res = rig_command(r, block, len, (struct seg[]){ { RIG_SRC, 1040 }, { 0 } },
			  (struct seg[]){ { RIG_DST, 1040 }, { 0 } });
	rig_us(r, 1000);
	CHECK(!rig_done(r, res));
	check_hits(r, "wedge", 1);
	vcard_faults_clear(r->vc);
	rig_us(r, 1000);
	CHECK(rig_done(r, res));
	rig_free(r);
}

static void test_stale_key(void)
{
	struct rig *r = rig_up();
	uint8_t a[BYTES], b[BYTES];

	run(r, key_b, BYTES);
	memcpy(b, rig_at(r, RIG_DST), BYTES);
	run(r, key_a, BYTES);
	memcpy(a, rig_at(r, RIG_DST), BYTES);
	set(r, "stale-key:1");
	run(r, key_b, BYTES);
	CHECK(is(r, 0, a, BYTES));
	check_hits(r, "stale-key", 1);
	run(r, key_b, BYTES);
	CHECK(is(r, 0, b, BYTES));
	rig_free(r);
}

/* One-pass ESP; the digest goes to mac. */
static void esp(struct rig *r, uint8_t *mac)
{
	struct load load = load_esp(BYTES);

	memset(rig_at(r, RIG_SRC), 0x3c, BYTES);
	memset(rig_at(r, RIG_DST), 0x77, BYTES);
	rig_one(r, load.block, load.len, BYTES);
	CHECK_EQ(rig_word(r, RIG_RESULT), 0);
	CHECK_EQ(rig_word(r, RIG_RESULT + 4), 0);
	memcpy(mac, rig_at(r, RIG_RESULT + 12), 12);
}

/* The destination as it was, of whatever pieces; the MAC of what would have been there. */
static void test_no_data(void)
{
	struct rig *r = rig_up();
	uint8_t was[LONG / 2], mac[12], got[12];
	uint64_t bytes;

	memset(was, 0x77, sizeof(was));
	esp(r, mac);
	set(r, "no-data%1");
	bytes = written(r);
	run(r, key_a, BYTES);
	CHECK(is(r, 0, was, BYTES));
	run(r, key_a, LONG);
	CHECK(is(r, 0, was, LONG / 2) && is(r, LONG / 2, was, LONG / 2));
	esp(r, got);
	CHECK(is(r, 0, was, BYTES));
	CHECK_MEM(got, mac, 12);
	check_hits(r, "no-data", 3);
	CHECK_EQ(written(r), bytes);
	vcard_faults_clear(r->vc);
	esp(r, got);
	CHECK(!is(r, 0, was, BYTES));
	CHECK_MEM(got, mac, 12);
	rig_free(r);
}

/* Of three pieces the one in the middle; of two, or one, none. */
static void test_hole(void)
{
	struct rig *r = rig_up();
	uint8_t block[64], want[BYTES], was[16];
	uint32_t len, res;

	memset(was, 0x77, sizeof(was));
	run(r, key_a, BYTES);
	memcpy(want, rig_at(r, RIG_DST), BYTES);
	set(r, "hole%1");
	run(r, key_a, BYTES);
	run(r, key_a, LONG);
	check_hits(r, "hole", 0);
	memset(rig_at(r, RIG_DST), 0x77, BYTES);
	len = cmd_crypt(block, false, BYTES, BYTES, 0x180b, 0, BYTES, key_a, 16, iv, 16);
	res = rig_command(r, block, len, (struct seg[]){ { RIG_SRC, BYTES }, { 0 } },
			  (struct seg[]){ { RIG_DST, 16 }, { RIG_DST + 16, 16 },
					  { RIG_DST + 32, BYTES - 32 }, { 0 } });
	rig_run(r);
	CHECK(rig_done(r, res));
	CHECK_EQ(rig_word(r, RIG_RESULT + 4), 0);
	CHECK(is(r, 0, want, 16) && is(r, 16, was, 16) && is(r, 32, want + 32, BYTES - 32));
	check_hits(r, "hole", 1);
	rig_free(r);
}

/* The result is that of a good command, what is wrong shows in PUISR, until it is cleared. */
static void test_misread(void)
{
	struct rig *r = rig_up();
	uint8_t mac[12], got[12];

	esp(r, mac);
	set(r, "misread:1");
	esp(r, got);
	CHECK(is(r, 0, source(r, 0), BYTES));
	CHECK(memcmp(got, mac, 12));
	CHECK(rig_rd(r, 0, 0x08) & CMDINVAL);
	rig_wr(r, 0, 0x08, CMDINVAL);
	check_hits(r, "misread", 1);
	esp(r, got);
	CHECK_MEM(got, mac, 12);
	CHECK(!(rig_rd(r, 0, 0x08) & CMDINVAL));
	rig_free(r);
}

/* The MAC of a pass-through is no MAC. */
static void test_pass_through_mac(void)
{
	static const uint8_t none[12];
	struct rig *r = rig_up();
	uint8_t mac[12];

	set(r, "pass-through:1");
	esp(r, mac);
	CHECK(is(r, 0, source(r, 0), BYTES));
	CHECK_MEM(mac, none, 12);
	rig_free(r);
}

/* A locked chip: refused, copied through, and told of; with the fault not told of. */
static void test_clean_refusal(void)
{
	struct load load = load_aes(BYTES);
	struct rig *r = rig_new(NULL);

	rig_start(r);
	memset(rig_at(r, RIG_SRC), 0x5a, BYTES);
	rig_one(r, load.block, load.len, BYTES);
	CHECK(is(r, 0, source(r, 0), BYTES));
	CHECK(rig_word(r, RIG_RESULT + 8));
	CHECK(rig_rd(r, 0, 0x08) & CMDINVAL);
	rig_wr(r, 0, 0x08, CMDINVAL);
	set(r, "clean-refusal");
	run(r, key_a, BYTES);
	CHECK(is(r, 0, source(r, 0), BYTES));
	check_hits(r, "clean-refusal", 1);
	CHECK_EQ(rig_counter(r, "commands", "refused"), 2);
	rig_free(r);
}

static uint32_t level(struct rig *r)
{
	rig_wr(r, 0, 0x0c, rig_rd(r, 0, 0x0c) | 0x20);
	return rig_rd(r, 0, 0x14);
}

static void reset(struct rig *r)
{
	rig_wr(r, 1, 0x48, 0x4);
	rig_us(r, 1);
	rig_wr(r, 1, 0x48, 0x7);
	rig_us(r, 5);
}

/* It takes a level away and gives none. */
static void test_back_level1(void)
{
	struct rig *r = rig_up();

	set(r, "back-level1:1");
	reset(r);
	CHECK_EQ(level(r), 0x1000);
	check_hits(r, "back-level1", 1);
	set(r, "back-locked:1");
	reset(r);
	set(r, "back-level1:1");
	reset(r);
	CHECK_EQ(level(r), 0x3000);
	rig_free(r);
}

/* The line by the bits of CSR, which commands and an idle command ring set. */
static void test_edge_irq(void)
{
	struct rig *r = rig_up();

	set(r, "edge-irq");
	rig_wr(r, 1, 0x40, 0x3e3e3c3f);
	rig_wr(r, 1, 0x44, R_DONE | C_WAIT);
	run(r, key_a, BYTES);
	CHECK(vcard_irq(r->vc));		/* a bit was set: up */
	check_hits(r, "edge-irq", 0);
	rig_wr(r, 1, 0x40, C_WAIT);		/* R_DONE was set while it was up */
	CHECK(rig_rd(r, 1, 0x40) & R_DONE);
	CHECK(!vcard_irq(r->vc));
	check_hits(r, "edge-irq", 1);
	rig_wr(r, 1, 0x40, R_DONE);
	rig_wr(r, 1, 0x44, R_DONE);
	run(r, key_a, BYTES);
	CHECK(vcard_irq(r->vc));		/* the next one comes */
	rig_wr(r, 1, 0x40, R_DONE);
	CHECK(!vcard_irq(r->vc));
	rig_wr(r, 1, 0x44, 0);
	run(r, key_a, BYTES);
	rig_wr(r, 1, 0x44, R_DONE);		/* set while it was closed */
	CHECK(rig_rd(r, 1, 0x40) & R_DONE);
	CHECK(!vcard_irq(r->vc));
	check_hits(r, "edge-irq", 2);
	vcard_faults_clear(r->vc);
	CHECK(vcard_irq(r->vc));
	rig_free(r);
}

/* The rings anew. */
static void restart(struct rig *r)
{
	reset(r);
	memset(r->next, 0, sizeof(r->next));
	memset(r->mem, 0, RIG_BYTES);
	rig_start(r);
}

/* Until the next reset, which ends it; the level is what it was. */
static void test_back_wrong(void)
{
	struct rig *r = rig_up();
	uint8_t want[BYTES];

	run(r, key_a, BYTES);
	memcpy(want, rig_at(r, RIG_DST), BYTES);
	set(r, "back-wrong:1");
	restart(r);
	check_hits(r, "back-wrong", 1);
	CHECK(vcard_silicon(r->vc)->unlock.level == 0x1100);
	run(r, key_a, BYTES);
	CHECK(!is(r, 0, want, BYTES));
	restart(r);
	run(r, key_a, BYTES);
	CHECK(is(r, 0, want, BYTES));
	check_hits(r, "back-wrong", 1);
	rig_free(r);
}

static const struct test tests[] = {
	{ "pass-through", test_pass_through },
	{ "pass-through-mac", test_pass_through_mac },
	{ "clear-tail", test_clear_tail },
	{ "count16", test_count16 },
	{ "wedge", test_wedge },
	{ "stale-key", test_stale_key },
	{ "no-data", test_no_data },
	{ "hole", test_hole },
	{ "misread", test_misread },
	{ "clean-refusal", test_clean_refusal },
	{ "back-level1", test_back_level1 },
	{ "back-wrong", test_back_wrong },
	{ "edge-irq", test_edge_irq },
};

RUN_TESTS("vcard.silent")
