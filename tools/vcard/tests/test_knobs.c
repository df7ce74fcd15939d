// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the chip is like where nobody knows: each value of each knob shows, the model's own
 * does not change for them, and profiles say what they mean or are refused.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>

#include "../silicon/card.h"
#include "closed.h"

#define BYTES		64
#define CMDINVAL	0x00008000u	/* of PUISR; 2.1.3 */
#define R_DONE		0x00100000u

static const uint8_t key[32] = { 1, 2, 3 }, other[32] = { 9, 8, 7 }, iv[16] = { 4 };
static const uint8_t mac_key[64] = { 5, 6 };

/* Another chip with that knob, started like any other. */
static void become(struct rig *r, const char *knob)
{
	const char *why = vcard_become(r->vc, knob);

	if (why)
		FAIL("%s: %s", knob, why);
}

static struct rig *with(const char *knob)
{
	struct vcard_config cfg = { .unlocked = true, .seed = 1 };
	const char *why = vcard_knob(&cfg.knobs, knob);
	struct rig *r;

	if (why)
		FAIL("%s: %s", knob, why);
	r = rig_new(&cfg);
	rig_start(r);
	return r;
}

/* One command over n bytes: true if it has a result. */
static bool run(struct rig *r, const uint8_t *block, uint32_t len, uint32_t n, uint32_t dst)
{
	uint32_t res;

	for (uint32_t i = 0; i < n; i++)
		((uint8_t *)rig_at(r, RIG_SRC))[i] = i * 3 + i / 256;
	memset(rig_at(r, RIG_DST - 128), 0x77, dst + 256);
	res = rig_command(r, block, len, (struct seg[]){ { RIG_SRC, n }, { 0 } },
			  (struct seg[]){ { RIG_DST, dst }, { 0 } });
	rig_run(r);
	rig_us(r, 200);
	return rig_done(r, res);
}

static bool aes(struct rig *r, bool decrypt, uint16_t masks, const uint8_t *k, uint32_t klen)
{
	uint8_t block[96];
	uint32_t len = cmd_crypt(block, decrypt, BYTES, BYTES, masks, 0, BYTES, k, klen, iv, 16);

	return run(r, block, len, BYTES, BYTES);
}

static bool aes_cbc(struct rig *r)
{
	return aes(r, false, 0x180b, key, 16);
}

/* masks of the MAC command, 4.3 */
static bool mac(struct rig *r, uint16_t masks, uint32_t n, uint32_t dst)
{
	uint8_t block[96];
	uint32_t len = cmd_base(block, 0x0400, 0, n, dst);

	len += cmd_base(block + len, masks, 0, n, 0);
	/* header skip and count lie in the two middle words */
	block[8 + 2] = block[8 + 3] = 0;
	block[8 + 4] = n;
	block[8 + 5] = n >> 8;
	if (masks & 0x0800) {
		memcpy(block + len, mac_key, 64);
		len += 64;
	}
	return run(r, block, len, n, dst);
}

static void output(struct rig *r, uint8_t out[BYTES])
{
	memcpy(out, rig_at(r, RIG_DST), BYTES);
}

static uint16_t level(struct rig *r)
{
	rig_wr(r, 0, 0x0c, 0x20);
	return rig_rd(r, 0, 0x14) & 0xff00;
}

static void master_reset(struct rig *r)
{
	rig_wr(r, 1, 0x48, 0x4);
	rig_wr(r, 1, 0x48, 0x7);
	rig_us(r, 10);
}

/* ---- commands ---- */

static void test_bad_command(void)
{
	struct rig *r = with("bad-command=hidden");

	CHECK(aes(r, false, 0x180a, key, 16));	/* RC4, which is not there */
	CHECK_EQ(rig_word(r, RIG_RESULT + 8), 0);
	CHECK_EQ(rig_rd(r, 0, 0x08) & CMDINVAL, 0);
	CHECK_MEM(rig_at(r, RIG_DST), rig_at(r, RIG_SRC), BYTES);
	become(r, "bad-command=told");
	rig_start(r);
	memset(r->next, 0, sizeof(r->next));
	CHECK(aes(r, false, 0x180a, key, 16));
	CHECK_EQ(rig_rd(r, 0, 0x08) & CMDINVAL, CMDINVAL);
	rig_free(r);
}

static void test_feedback(void)
{
	struct rig *good = rig_up(), *r = with("feedback=swapped"), *h = with("feedback=hangs");
	uint8_t want[BYTES], got[BYTES];

	CHECK(aes(good, false, 0x1813, key, 16) && aes(r, false, 0x1813, key, 16));
	output(good, want);
	output(r, got);
	CHECK_MEM(got, want, 16);
	CHECK(memcmp(got + 16, want + 16, 16));
	CHECK(aes_cbc(h) && !aes(h, false, 0x1813, key, 16) && !aes_cbc(h));
	rig_free(good);
	rig_free(r);
	rig_free(h);
}

/* A command in a buffer of its own, so that others may wait behind it. */
static void post(struct rig *r, int nr, const uint8_t *k)
{
	uint32_t at = RIG_CMD + 0x100 * nr;
	uint32_t len = cmd_crypt(rig_at(r, at), true, BYTES, BYTES, 0x1c0b, 0, BYTES, k, 32, iv, 16);

	rig_post(r, RD, VALID | QUIET | LAST | BYTES, RIG_DST + nr * BYTES);
	rig_post(r, RR, VALID | LAST | 40, RIG_RESULT + 0x40 * nr);
	rig_post(r, RS, VALID | QUIET | LAST | BYTES, RIG_SRC);
	rig_post(r, RC, VALID | LAST | QUIET | len, at);
}

/* The second of two that lie in the rings at once takes the first one's key. */
static void test_context(void)
{
	struct rig *r[2] = { rig_up(), with("context=races") };
	uint8_t out[2][BYTES];

	for (int i = 0; i < 2; i++) {
		post(r[i], 0, key);
		post(r[i], 1, other);
		rig_run(r[i]);
		memcpy(out[i], rig_at(r[i], RIG_DST + BYTES), BYTES);
	}
	CHECK(memcmp(out[0], out[1], BYTES));
	CHECK_MEM(rig_at(r[0], RIG_DST), rig_at(r[1], RIG_DST), BYTES);
	/* alone each is right */
	aes(r[0], true, 0x1c0b, key, 32);
	aes(r[1], true, 0x1c0b, key, 32);
	CHECK_MEM(rig_at(r[0], RIG_DST), rig_at(r[1], RIG_DST), BYTES);
	rig_free(r[0]);
	rig_free(r[1]);
}

/* Zeros behind the end: up to a word, 8 bytes, a burst. */
static void test_dest_write(void)
{
	static const struct { const char *knob; uint32_t end; } cases[] = {
		{ "dest-write=4", 16 }, { "dest-write=8", 16 }, { "dest-write=burst", 64 },
	};

	for (int i = 0; i < 3; i++) {
		struct rig *r = with(cases[i].knob);
		const uint8_t *p = rig_at(r, RIG_DST);
		uint32_t end = 16;

		CHECK(mac(r, 0x0228, 16, 16));
		CHECK_EQ(rig_word(r, RIG_RESULT), 0);
		while (p[end] == 0)
			end++;
		CHECK_EQ(end, cases[i].end);
		rig_free(r);
	}
}

/* A source at the end of all memory. */
static void test_source_read(void)
{
	struct rig *r = with("source-read=prefetch"), *good = rig_up();
	uint32_t at = RIG_BASE + RIG_BYTES - 16;
	struct rig *both[] = { good, r };

	for (int i = 0; i < 2; i++) {
		uint8_t block[96];
		uint32_t len = cmd_crypt(block, false, 16, 16, 0x180b, 0, 16, key, 16, iv, 16);
		uint32_t res;

		/* 8 bytes short of a burst */
		res = rig_command(both[i], block, len, (struct seg[]){ { at - 8, 16 }, { 0 } },
				  (struct seg[]){ { RIG_DST, 16 }, { 0 } });
		rig_run(both[i]);
		CHECK(rig_done(both[i], res));
		CHECK_EQ(rig_rd(both[i], 1, 0x40) & 0x2000, 0);
	}
	rig_free(good);
	rig_free(r);
}

static void test_odd_and_short(void)
{
	struct rig *r = with("odd-count=hangs"), *s = with("short-count=hangs");

	CHECK(mac(r, 0x0228, 8, 8) && mac(r, 0x0228, 7, 8) && !mac(r, 0x0228, 7, 7));
	CHECK(mac(s, 0x0228, 8, 8) && mac(s, 0x0228, 7, 7) && !mac(s, 0x0228, 3, 4));
	rig_free(r);
	rig_free(s);
}

static void test_macs(void)
{
	struct rig *r = rig_up(), *t = with("full-mac=truncated"), *p = with("mac-place=24");
	static const uint8_t zeros[12];

	CHECK(mac(r, 0x0a20, 16, 16) && mac(t, 0x0a20, 16, 16) && mac(p, 0x0a20, 16, 16));
	CHECK_MEM(rig_at(t, RIG_RESULT + 12), rig_at(r, RIG_RESULT + 12), 12);
	CHECK(memcmp(rig_at(t, RIG_RESULT + 24), rig_at(r, RIG_RESULT + 24), 8));
	CHECK_MEM(rig_at(p, RIG_RESULT + 12), zeros, 12);
	CHECK_MEM(rig_at(p, RIG_RESULT + 24), rig_at(r, RIG_RESULT + 12), 12);
	rig_free(r);
	rig_free(t);
	rig_free(p);
}

static void test_hash(void)
{
	struct rig *r = with("hash=silent"), *h = with("hash=hangs");

	CHECK(mac(r, 0x0228, 16, 16));
	CHECK_EQ(((uint8_t *)rig_at(r, RIG_DST))[0], 0x77);
	CHECK_EQ(rig_word(r, RIG_RESULT + 4), 0);
	CHECK(aes_cbc(h) && !mac(h, 0x0228, 16, 16));
	rig_free(r);
	rig_free(h);
}

static void test_residual(void)
{
	static const struct { const char *knob; uint32_t counts; } cases[] = {
		{ "residual=left", 0 }, { "residual=done", BYTES << 16 | BYTES },
		{ "residual=unused", 0x5a5a5a5a },
	};

	for (int i = 0; i < 3; i++) {
		struct rig *r = with(cases[i].knob);

		CHECK(aes_cbc(r));
		CHECK_EQ(rig_word(r, RIG_RESULT + 4), cases[i].counts);
		rig_free(r);
	}
}

static void test_count_bits(void)
{
	struct rig *r = with("count-bits=16");
	uint8_t block[96];
	uint32_t n = 0x10010, half = n / 2;
	uint32_t len = cmd_crypt(block, false, n, n, 0x180b, 0, n, key, 16, iv, 16);
	uint32_t res;

	memset(rig_at(r, RIG_SRC), 0x33, n);
	res = rig_command(r, block, len,
			  (struct seg[]){ { RIG_SRC, half }, { RIG_SRC + half, n - half }, { 0 } },
			  (struct seg[]){ { RIG_DST, half }, { RIG_DST + half, n - half }, { 0 } });
	rig_run(r);
	CHECK(rig_done(r, res));
	CHECK(memcmp(rig_at(r, RIG_DST), rig_at(r, RIG_SRC), 16));
	CHECK_MEM(rig_at(r, RIG_DST + n - 16), rig_at(r, RIG_SRC + n - 16), 16);
	rig_free(r);
}

/* ---- levels, resets, registers ---- */

static void check_level(const char *knob, bool unlocked, uint32_t power, uint32_t reset)
{
	struct vcard_config cfg = { .unlocked = unlocked, .seed = 1 };
	struct rig *r;

	CHECK(!vcard_knob(&cfg.knobs, knob));
	r = rig_new(&cfg);
	CHECK_EQ(level(r), power);
	master_reset(r);
	CHECK_EQ(level(r), reset);
	rig_free(r);
}

static void test_levels(void)
{
	check_level("power-level=0x3000", false, 0x3000, 0x3000);
	check_level("power-level=0x0000", false, 0x0000, 0x0000);
	check_level("power-level=0x1000", false, 0x1000, 0x1000);
	check_level("power-level=0x1100", false, 0x1100, 0x1100);
	check_level("reset-level=kept", true, 0x1100, 0x1100);
	check_level("reset-level=locked", true, 0x1100, 0x3000);
	check_level("reset-level=1", true, 0x1100, 0x1000);
	check_level("level=blank", false, 0x0000, 0x0000);
	check_level("level=other", false, 0x2200, 0x2200);
}

static void test_unlock_twice(void)
{
	static const char *const knobs[] = { "unlock-twice=harmless", "unlock-twice=locks" };
	static const uint32_t want[] = { 0x1100, 0x3000 };

	for (int i = 0; i < 2; i++) {
		struct rig *r = with(knobs[i]);

		rig_wr(r, 1, 0x48, 0x807);
		rig_rd(r, 1, 0xf4);
		CHECK_EQ(level(r), want[i]);
		rig_free(r);
	}
}

static void test_reset_registers(void)
{
	struct rig *r = with("reset-pll=default"), *g = with("reset-rng=kept"), *good = rig_up();
	struct rig *all[] = { r, g, good };

	for (int i = 0; i < 3; i++) {
		rig_wr(all[i], 1, 0x4c, 0xc19);
		rig_wr(all[i], 1, 0x314, 1);
		master_reset(all[i]);
	}
	CHECK_EQ(rig_rd(r, 1, 0x4c), 0x402);
	CHECK_EQ(rig_rd(good, 1, 0x4c), 0xc19);
	CHECK_EQ(rig_rd(g, 1, 0x314), 1);
	CHECK_EQ(rig_rd(good, 1, 0x314), 0);
	rig_free(r);
	rig_free(g);
	rig_free(good);
}

static void test_windows(void)
{
	struct rig *b = with("unit-bit=stays"), *a = with("all-ones=reset");

	CHECK_EQ(rig_rd(b, 0, 0x04) & 1, 1);
	CHECK(aes_cbc(b));
	master_reset(a);
	CHECK_EQ(rig_rd(a, 1, 0x48), 0xffffffff);
	rig_us(a, 2100);
	CHECK_EQ(rig_rd(a, 1, 0x48), 7);
	rig_free(a);
	rig_free(b);
}

static void test_bar2_and_intx(void)
{
	struct rig *r = with("bar2=4k"), *i = with("intx-bit=reserved");

	CHECK_EQ(vcard_bar_bytes(r->vc, 2), 0x1000);
	rig_config16(i, 4, 0x0406);
	CHECK(!vcard_intx_disabled(i->vc));
	rig_free(r);
	rig_free(i);
}

static void test_crystal(void)
{
	struct rig *none = with("crystal=none"), *fast = with("crystal=100"), *good = rig_up();
	uint8_t want[BYTES], got[BYTES];
	unsigned int wrong = 0;

	aes_cbc(good);
	output(good, want);
	rig_wr(none, 1, 0x4c, 0xc03);
	rig_wr(none, 1, 0x4c, 0xc19);
	CHECK(!aes_cbc(none));
	rig_wr(none, 1, 0x4c, 0xc02);
	rig_wr(none, 1, 0x4c, 0xc18);	/* off the bus clock */
	rig_us(none, 100);
	CHECK_MEM(rig_at(none, RIG_DST), want, BYTES);
	rig_wr(fast, 1, 0x4c, 0xc19);
	for (int i = 0; i < 10; i++) {
		CHECK(aes_cbc(fast));
		output(fast, got);
		wrong += memcmp(got, want, BYTES) != 0;
	}
	CHECK_EQ(wrong, 2);
	rig_free(none);
	rig_free(fast);
	rig_free(good);
}

/* ---- rings, interrupts ---- */

static void test_ring_return(void)
{
	struct rig *r = with("ring-return=after");

	CHECK(aes_cbc(r));
	CHECK(rig_word(r, RIG_RING(RC)) & VALID);
	rig_us(r, 1000);
	CHECK(!(rig_word(r, RIG_RING(RC)) & VALID));
	CHECK(!(rig_word(r, RIG_RING(RD)) & VALID));
	rig_free(r);
}

static void test_interrupts(void)
{
	struct rig *edge = with("interrupt=edge"), *early = with("interrupt=early");
	struct rig *misses = with("interrupt=misses");
	unsigned int missed = 0;
	uint8_t block[96];
	uint32_t len, res;

	/* a bit that is set while IER is closed tells nobody afterwards */
	rig_wr(edge, 1, 0x44, 0);
	aes_cbc(edge);
	rig_wr(edge, 1, 0x44, R_DONE);
	CHECK(!vcard_irq(edge->vc));
	aes_cbc(edge);
	CHECK(!vcard_irq(edge->vc));	/* it is set already */
	rig_wr(edge, 1, 0x40, R_DONE);
	aes_cbc(edge);
	CHECK(vcard_irq(edge->vc));

	len = cmd_crypt(block, false, 16, 16, 0x180b, 0, 16, key, 16, iv, 16);
	res = rig_command(early, block, len, (struct seg[]){ { RIG_SRC, 16 }, { 0 } },
			  (struct seg[]){ { RIG_DST, 16 }, { 0 } });
	vcard_step(early->vc, 1 << 20);
	CHECK(vcard_irq(early->vc) && !rig_done(early, res));
	rig_us(early, 60);
	CHECK(rig_done(early, res));

	for (int i = 0; i < 16; i++) {
		rig_wr(misses, 1, 0x40, R_DONE);
		CHECK(aes_cbc(misses));
		missed += !(rig_rd(misses, 1, 0x40) & R_DONE);
	}
	CHECK_EQ(missed, 2);
	rig_free(edge);
	rig_free(early);
	rig_free(misses);
}

static void test_rings(void)
{
	struct rig *r = with("rings=320"), *good = rig_up();
	struct rig *both[] = { good, r };

	for (int i = 0; i < 2; i++) {
		uint32_t at = RIG_RING(RS);

		/* a source of 400 entries: another layout than the rig's */
		for (uint32_t n = 0; n < 400; n++)
			rig_set_desc(both[i], at + 8 * n, VALID | QUIET | 4 | (n == 399 ? LAST : 0),
				     RIG_SRC + 4 * n);
		memset(rig_at(both[i], RIG_CMD), 0, 16);
		cmd_crypt(rig_at(both[i], RIG_CMD), false, 1600, 1600, 0x180b, 0, 1600, key, 16,
			  iv, 16);
		rig_post(both[i], RR, VALID | LAST | 36, RIG_RESULT);
		rig_post(both[i], RD, VALID | LAST | 1600, RIG_DST);
		rig_post(both[i], RC, VALID | LAST | QUIET | 48, RIG_CMD);
		rig_run(both[i]);
	}
	CHECK(!(rig_word(good, RIG_RING(RR)) & VALID));
	CHECK(rig_word(r, RIG_RING(RR)) & VALID);
	rig_free(r);
	rig_free(good);
}

/* ---- memories, random numbers, parity ---- */

static void test_write_ram(void)
{
	static const char *const knobs[] = { "write-ram=works", "write-ram=refused",
					     "write-ram=ignored", "write-ram=hangs" };

	for (int i = 0; i < 4; i++) {
		struct rig *r = with(knobs[i]);
		uint8_t block[16] = { 0 };
		uint32_t res;

		cmd_base(block, 0x6000, 0, 8, 0x40);
		memset(rig_at(r, RIG_SRC), 0x99, 8);
		res = rig_command(r, block, 16, (struct seg[]){ { RIG_SRC, 8 }, { 0 } },
				  (struct seg[]){ { RIG_DST, 4 }, { 0 } });
		rig_run(r);
		CHECK_EQ(rig_done(r, res), i != 3);
		CHECK_EQ(rig_rd(r, 0, 0x08) & CMDINVAL, i == 1 ? CMDINVAL : 0);
		CHECK_EQ(vcard_rd32(r->vc, 2, 0x40), i ? 0 : 0x99999999);
		rig_free(r);
	}
}

static uint32_t word(struct rig *r)
{
	rig_us(r, 20);
	return rig_rd(r, 1, 0x318);
}

static void test_rng(void)
{
	struct rig *stuck = with("rng=stuck"), *late = with("rng=late"), *lfsr = with("rng=lfsr");
	struct rig *all[] = { stuck, late, lfsr };
	uint32_t a, b;

	for (int i = 0; i < 3; i++) {
		rig_wr(all[i], 1, 0x314, 1);
		word(all[i]);	/* to be thrown away */
	}
	a = word(stuck);
	CHECK_EQ(word(stuck), a);
	CHECK_EQ(word(late), 0);
	late->now += 400000000;
	CHECK(word(late));
	/* 32 steps of x^32 + x^22 + x^2 + x + 1 */
	a = word(lfsr);
	b = word(lfsr);
	for (int i = 0; i < 32; i++)
		a = a << 1 | __builtin_parity(a & 0x80200003);
	CHECK_EQ(a, b);
	for (int i = 0; i < 3; i++)
		rig_free(all[i]);
}

static void test_parity(void)
{
	struct rig *r = with("parity=told"), *good = rig_up();
	uint8_t want[BYTES], got[BYTES], status[2];
	unsigned int wrong = 0;

	aes_cbc(good);
	output(good, want);
	for (int i = 0; i < 16; i++) {
		CHECK(aes_cbc(r));
		output(r, got);
		wrong += memcmp(got, want, BYTES) != 0;
	}
	CHECK_EQ(wrong, 1);
	vcard_config_read(r->vc, 6, status, 2);
	CHECK_EQ(status[1] & 0x80, 0x80);
	rig_free(r);
	rig_free(good);
}

/* ---- in words ---- */

/* Every value can be set, and is told by its name when another is asked for. */
static void test_all_names(void)
{
	for (int i = 0; i < VC_KNOBS; i++) {
		const struct vc_knob_info *info = &vc_knob_info[i];
		struct vcard_knobs knobs = { 0 };
		char text[64];

		CHECK(info->name && info->question);
		for (unsigned int j = 0; j < VC_KNOB_VALUES && info->value[j].name; j++) {
			CHECK(info->value[j].text && info->value[j].source);
			snprintf(text, sizeof(text), "%s=%s", info->name, info->value[j].name);
			CHECK(!vcard_knob(&knobs, text));
			CHECK_EQ(knobs.value[i], j);
		}
		snprintf(text, sizeof(text), "%s=nothing", info->name);
		CHECK(strstr(vcard_knob(&knobs, text), info->value[0].name));
	}
}

static void profile(const char *text, const char *says)
{
	struct vcard_knobs knobs = { 0 }, before = { 0 };
	FILE *f = fmemopen((void *)text, strlen(text), "r");
	const char *why;

	before.value[VC_K_RNG] = knobs.value[VC_K_RNG] = VC_RNG_LFSR;
	why = vcard_profile(&knobs, f);
	fclose(f);
	if (!says && why)
		FAIL("%s: %s", text, why);
	if (says && (!why || !strstr(why, says)))
		FAIL("'%s' says '%s', not '%s'", text, why ? why : "nothing", says);
	if (says)
		CHECK_MEM(&knobs, &before, sizeof(knobs));
	else
		CHECK_EQ(knobs.value[VC_K_RNG], 0);	/* what does not come is as modelled */
}

static void test_profiles(void)
{
	static const char head[] = "hifn-profile 1\n";
	char text[9000];

	profile("hifn-profile 1\nend\n", NULL);
	profile("hifn-profile 1\n# a\nanswer A1 x\nevidence B\ntrace mmio r\nmodel level=blank\n\nend\n",
		NULL);
	profile("hifn-profile 1\nmodel level=blank\nmodel level=blank\nend\n", NULL);
	/* of a survey, with what the machine did not survive in its middle */
	profile("hifn-profile 1\nbegin C1 b-1\nmodel residual=done\nend C1\nbegin C2 b-1\n"
		"evidence culprit C2\nbegin C3 b-2\nend C3\nend\n", NULL);
	profile("hifn-profile 1\nbegin C1 b-1\nend C1\n", "the file is cut off");
	/* cut off: no end, in a line, in the first line, in the last */
	profile(head, "cut off");
	profile("hifn-profile 1\nmodel level=bla", "line 2: it ends in the middle");
	profile("hifn-profile 1", "line 1: it ends in the middle");
	profile("hifn-profile 1\nend", "line 2: it ends in the middle");
	/* foreign */
	profile("#!/bin/sh\n", "line 1: not a profile");
	profile("hifn-profile one\nend\n", "line 1: not a profile");
	profile("hifn-profile 1\nmodels level=blank\nend\n", "line 2: no line of a profile");
	profile("hifn-profile 1\nmodel colour=blue\nend\n", "line 2: 'colour=blue': no such knob");
	profile("hifn-profile 1\nend\nmodel level=told\n", "line 3: something behind its end");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	memcpy(text, "hifn-profile 1\n#", 16);
	profile(text, "line 2: longer than a line");
	/* from a newer tool */
	profile("hifn-profile 2\nend\n", "version 2, from a newer tool");
	/* contradictory */
	profile("hifn-profile 1\nmodel rng=lfsr\nmodel rng=good\nend\n",
		"line 3: rng is lfsr and good");
	profile("hifn-profile 1\nmodel level=blank\nmodel reset-level=locked\nend\n",
		"level=blank contradicts");
}

static const struct test tests[] = {
	{ "bad-command", test_bad_command },
	{ "feedback", test_feedback },
	{ "context", test_context },
	{ "dest-write", test_dest_write },
	{ "source-read", test_source_read },
	{ "odd-and-short", test_odd_and_short },
	{ "macs", test_macs },
	{ "hash", test_hash },
	{ "residual", test_residual },
	{ "count-bits", test_count_bits },
	{ "levels", test_levels },
	{ "unlock-twice", test_unlock_twice },
	{ "reset-registers", test_reset_registers },
	{ "windows", test_windows },
	{ "bar2-and-intx", test_bar2_and_intx },
	{ "crystal", test_crystal },
	{ "ring-return", test_ring_return },
	{ "interrupts", test_interrupts },
	{ "rings", test_rings },
	{ "write-ram", test_write_ram },
	{ "rng", test_rng },
	{ "parity", test_parity },
	{ "all-names", test_all_names },
	{ "profiles", test_profiles },
};

RUN_TESTS("vcard.knobs")
