// SPDX-License-Identifier: BSD-2-Clause
/*
 * The registers and configuration space: reset values, access kinds, side
 * effects. Offsets and values are typed from docs/reference/hifn795x.md 1 and 2.
 */
#include "rig.h"

struct expect {
	unsigned int bar;
	uint32_t off;
	uint32_t val;
};

static void test_reset_values(void)
{
	static const struct expect regs[] = {
		{ 0, 0x00, 0 }, { 0, 0x04, 0 }, { 0, 0x08, 0 }, { 0, 0x0c, 0 },
		{ 0, 0x10, 0 }, { 0, 0x18, 0 }, { 0, 0x28, 0 },
		{ 1, 0x0c, 0 }, { 1, 0x1c, 0 }, { 1, 0x2c, 0 }, { 1, 0x3c, 0 },
		{ 1, 0x40, 0 }, { 1, 0x44, 0 }, { 1, 0x48, 7 }, { 1, 0x4c, 0x402 },
		{ 1, 0x98, 0 }, { 1, 0xfc, 0 }, { 1, 0x204, 0 }, { 1, 0x300, 0 },
		{ 1, 0x304, 0 }, { 1, 0x308, 0 }, { 1, 0x30c, 0x100 },
		{ 1, 0x310, 0 }, { 1, 0x314, 0 }, { 1, 0x318, 0 }, { 1, 0x320, 1 },
		{ 1, 0x380, 0 }, { 1, 0x384, 0 }, { 1, 0x400, 0 }, { 1, 0xffc, 0 },
	};
	struct rig *r = rig_new(NULL);

	for (size_t i = 0; i < sizeof(regs) / sizeof(regs[0]); i++)
		CHECK_EQ(rig_rd(r, regs[i].bar, regs[i].off), regs[i].val);
	rig_free(r);
}

/* What is left of all ones and of all zeros after a write. */
static void test_storage(void)
{
	static const struct expect regs[] = {
		{ 0, 0x0c, 0xffffffff }, { 0, 0x10, 0xffffffff }, { 0, 0x1c, 0xffffffff },
		{ 0, 0x80, 0xffffffff }, { 0, 0x90, 0xffffffff },
		{ 1, 0x0c, 0xffffffff }, { 1, 0x1c, 0xffffffff }, { 1, 0x2c, 0xffffffff },
		{ 1, 0x3c, 0xffffffff }, { 1, 0x44, 0x3e3e3c3f }, { 1, 0x4c, 0xffffffff },
		{ 1, 0x6c, 0xffffffff }, { 1, 0x300, 0x3fff }, { 1, 0x304, 0xffffffff },
		{ 1, 0x310, 1 }, { 1, 0x314, 1 }, { 1, 0x320, 3 },
		{ 1, 0x400, 0xffffffff }, { 1, 0xbfc, 0xffffffff }, { 1, 0xffc, 0xffffffff },
	};
	struct rig *r = rig_new(NULL);

	for (size_t i = 0; i < sizeof(regs) / sizeof(regs[0]); i++) {
		rig_wr(r, regs[i].bar, regs[i].off, 0xffffffff);
		CHECK_EQ(rig_rd(r, regs[i].bar, regs[i].off), regs[i].val);
		rig_wr(r, regs[i].bar, regs[i].off, 0);
		CHECK_EQ(rig_rd(r, regs[i].bar, regs[i].off), 0);
	}
	rig_free(r);
}

static void test_read_only(void)
{
	static const struct expect regs[] = {
		{ 0, 0x00, 0 }, { 0, 0x18, 0 }, { 1, 0x98, 0 }, { 1, 0x318, 0 },
	};
	struct rig *r = rig_new(NULL);

	for (size_t i = 0; i < sizeof(regs) / sizeof(regs[0]); i++) {
		unsigned int lines = r->lines;

		rig_wr(r, regs[i].bar, regs[i].off, 0xffffffff);
		CHECK_EQ(rig_rd(r, regs[i].bar, regs[i].off), 0);
		CHECK_EQ(r->lines, lines + 1);
	}
	rig_free(r);
}

static void test_config_space(void)
{
	static const uint8_t want[64] = {
		0xa3, 0x13, 0x20, 0x00, 0, 0, 0, 0, 0x00, 0x00, 0x40, 0x0b,
		[0x3d] = 1,
	};
	struct rig *r = rig_new(NULL);
	struct rig *r6 = rig_new(&(struct vcard_config){ .device = 7956 });
	uint8_t got[256];

	CHECK(vcard_config_read(r->vc, 0, got, 256));
	CHECK_MEM(got, want, 64);
	CHECK(got[0x40] && got[0x41]);
	CHECK(vcard_config_read(r6->vc, 2, got, 2));
	CHECK_EQ(got[0], 0x1d);
	CHECK_EQ(vcard_bar_bytes(r->vc, 0), 0x1000);
	CHECK_EQ(vcard_bar_bytes(r->vc, 1), 0x2000);
	CHECK_EQ(vcard_bar_bytes(r->vc, 2), 0x8000);
	CHECK_EQ(vcard_bar_bytes(r->vc, 3), 0);
	CHECK(!vcard_config_read(r->vc, 250, got, 8));
	CHECK_EQ(got[0], 0xff);
	CHECK(!vcard_config_write(r->vc, 256, got, 1));
	CHECK(!vcard_config_write(r->vc, 0, got, 0));
	rig_free(r);
	rig_free(r6);
}

static uint32_t config32(struct rig *r, uint32_t off)
{
	uint8_t b[4];

	vcard_config_read(r->vc, off, b, 4);
	return b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24;
}

static void test_config_writes(void)
{
	static const uint8_t ones[4] = { 0xff, 0xff, 0xff, 0xff }, zeros[4];
	struct rig *r = rig_new(NULL);

	vcard_config_write(r->vc, 0x00, ones, 4);
	CHECK_EQ(config32(r, 0x00), 0x002013a3);
	vcard_config_write(r->vc, 0x08, ones, 4);
	CHECK_EQ(config32(r, 0x08), 0x0b400000);
	vcard_config_write(r->vc, 0x10, ones, 4);
	CHECK_EQ(config32(r, 0x10), 0);
	rig_config16(r, 0x04, 0xffff);
	CHECK_EQ(config32(r, 0x04), 0x0556);
	CHECK(vcard_intx_disabled(r->vc));
	/* RETRY answers byte cycles only, 1.4. */
	vcard_config_write(r->vc, 0x40, zeros, 4);
	CHECK_EQ(config32(r, 0x40) & 0xff, 0);
	CHECK(config32(r, 0x40) & 0xff00);
	vcard_config_write(r->vc, 0x41, zeros, 1);
	CHECK_EQ(config32(r, 0x40), 0);
	vcard_config_write(r->vc, 0x3c, ones, 2);
	CHECK_EQ(config32(r, 0x3c) & 0xffff, 0x01ff);
	vcard_pci_reset(r->vc);
	CHECK_EQ(config32(r, 0x04), 0);
	CHECK(config32(r, 0x40) & 0xff00);
	rig_free(r);
}

static void test_widths(void)
{
	struct rig *r = rig_new(NULL);
	uint8_t b[8];

	rig_wr(r, 1, 0x0c, 0x11223344);
	CHECK(vcard_read(r->vc, 1, 0x0d, b, 1));
	CHECK_EQ(b[0], 0);
	CHECK(vcard_write(r->vc, 1, 0x0c, b, 2));
	CHECK_EQ(rig_rd(r, 1, 0x0c), 0x11223344);
	CHECK_EQ(r->lines, 2);
	/* Eight aligned bytes are two registers. */
	memset(b, 0x5a, 8);
	CHECK(vcard_write(r->vc, 1, 0x40 + 0x2c0, b, 8));
	CHECK_EQ(rig_rd(r, 1, 0x304), 0x5a5a5a5a);
	/* Memory answers any width. */
	for (uint32_t n = 1; n <= 8; n *= 2) {
		memset(b, n, n);
		CHECK(vcard_write(r->vc, 2, 0x7ff0, b, n));
		CHECK(vcard_write(r->vc, 1, 0x500, b, n));
		CHECK(vcard_read(r->vc, 1, 0x500, b, n));
		CHECK_EQ(b[n - 1], n);
	}
	CHECK(!vcard_read(r->vc, 0, 0x1000, b, 4));
	CHECK_EQ(b[3], 0xff);
	CHECK(!vcard_read(r->vc, 2, 0x7ffc, b, 8));
	CHECK(!vcard_write(r->vc, 1, 0xfffffffc, b, 8));
	CHECK(!vcard_write(r->vc, 3, 0, b, 4));
	CHECK(!vcard_read(r->vc, 1, 0, b, 0));
	rig_free(r);
}

static void test_unknown_register(void)
{
	struct rig *r = rig_new(NULL);

	CHECK_EQ(rig_rd(r, 0, 0x20), 0);
	CHECK_EQ(rig_rd(r, 1, 0x60), 0);	/* a 7811 has one here, 2.5 */
	rig_wr(r, 1, 0x94, 5);
	CHECK_EQ(rig_rd(r, 1, 0x1ffc), 0);
	CHECK_EQ(r->lines, 4);
	rig_free(r);
}

/* One register at two offsets; bit 0 as 2.1.2 describes. */
static void test_puctrl(void)
{
	struct rig *r = rig_new(NULL);

	rig_wr(r, 0, 0x28, 2);
	CHECK_EQ(rig_rd(r, 0, 0x04), 2);
	rig_wr(r, 1, 0x48, 0x5);
	CHECK_EQ(rig_rd(r, 0, 0x28), 1);
	rig_us(r, 100);
	CHECK_EQ(rig_rd(r, 0, 0x04), 1);	/* while asserted */
	rig_wr(r, 1, 0x48, 0x7);
	CHECK_EQ(rig_rd(r, 0, 0x04), 0);	/* released, 2 us long past */
	rig_wr(r, 1, 0x48, 0x4);
	rig_wr(r, 1, 0x48, 0x7);
	CHECK_EQ(rig_rd(r, 0, 0x04), 1);
	rig_us(r, 2);
	CHECK_EQ(rig_rd(r, 0, 0x04), 0);
	rig_wr(r, 1, 0x48, 0x5);
	rig_wr(r, 0, 0x04, 2);
	CHECK_EQ(rig_rd(r, 0, 0x04), 2);	/* written away */
	rig_free(r);
}

static void test_chip_id(void)
{
	struct rig *r = rig_new(NULL);

	rig_wr(r, 0, 0x0c, 0x364);
	CHECK_EQ(rig_rd(r, 0, 0x14), 0x3000);
	CHECK_EQ(rig_rd(r, 0, 0x14) & 0xff00, 0x2000);	/* raw status again */
	CHECK_EQ(rig_rd(r, 0, 0x0c), 0x344);
	rig_free(r);
}

static void test_master_reset(void)
{
	struct rig *r = rig_up();

	rig_wr(r, 1, 0x4c, 0xc19);
	rig_wr(r, 2, 0x100, 0x12345678);
	rig_wr(r, 1, 0x48, 0x5);	/* DMA only: the bases stay */
	rig_wr(r, 1, 0x48, 0x7);
	CHECK_EQ(rig_rd(r, 1, 0x0c), RIG_RING(RC));
	CHECK_EQ(rig_rd(r, 0, 0x0c), 0x344);
	CHECK(!vcard_polling(r->vc));
	rig_wr(r, 1, 0x48, 0x4);
	rig_wr(r, 1, 0x48, 0x7);
	CHECK_EQ(rig_rd(r, 1, 0x0c), 0);
	CHECK_EQ(rig_rd(r, 1, 0x44), 0);
	CHECK_EQ(rig_rd(r, 0, 0x0c), 0);
	CHECK_EQ(rig_rd(r, 1, 0x4c), 0xc19);
	CHECK_EQ(rig_rd(r, 2, 0x100), 0x12345678);
	rig_wr(r, 0, 0x0c, 0x20);
	CHECK_EQ(rig_rd(r, 0, 0x14), 0x1100);	/* unlock survives */
	rig_free(r);
}

/* Acknowledge bits and control fields are independent, 2.2.2. */
static void test_csr(void)
{
	struct rig *r = rig_up();

	rig_us(r, 1);
	CHECK_EQ(rig_rd(r, 1, 0x40), 0x04040404);	/* all four wait */
	rig_wr(r, 1, 0x40, 0x00000404);
	CHECK_EQ(rig_rd(r, 1, 0x40), 0x04040000);
	CHECK(vcard_polling(r->vc));
	rig_us(r, 1);
	CHECK_EQ(rig_rd(r, 1, 0x40), 0x04040404);	/* set again by the poll, 7.4 */
	rig_wr(r, 1, 0x40, 0x40404040);
	CHECK(!vcard_polling(r->vc));
	CHECK_EQ(r->lines, 0);
	rig_wr(r, 1, 0x40, 0xc0c0c0c0);
	CHECK_EQ(r->lines, 4);
	CHECK(!vcard_polling(r->vc));
	rig_free(r);
}

static void test_irq_line(void)
{
	struct rig *r = rig_up();

	rig_us(r, 1);
	CHECK_EQ(r->irqs, 0);
	rig_wr(r, 1, 0x44, 0x4);
	CHECK_EQ(r->irqs, 1);
	CHECK(vcard_irq(r->vc));
	CHECK_EQ(config32(r, 0x04) >> 16 & 8, 8);
	rig_wr(r, 1, 0x40, 0x4);
	CHECK(!vcard_irq(r->vc));
	CHECK_EQ(config32(r, 0x04) >> 16 & 8, 0);
	rig_us(r, 1);
	CHECK_EQ(r->irqs, 2);
	rig_wr(r, 1, 0x44, 0);
	CHECK(!vcard_irq(r->vc));
	rig_free(r);
}

/* CSR.ENGINE is the rising edge of PUISR & PUIER, 7.3. */
static void test_engine_edge(void)
{
	struct rig *r = rig_up();
	uint8_t bad[8] = { 0xff };

	rig_wr(r, 0, 0x10, 0x8000);
	rig_one(r, bad, 8, 4);
	CHECK_EQ(rig_rd(r, 0, 0x08), 0x8000);
	CHECK_EQ(rig_rd(r, 1, 0x40) & 1, 1);
	rig_wr(r, 1, 0x40, 1);
	CHECK_EQ(rig_rd(r, 1, 0x40) & 1, 0);	/* source still set: no new edge */
	rig_one(r, bad, 8, 4);
	CHECK_EQ(rig_rd(r, 1, 0x40) & 1, 0);	/* nor when it is set again */
	rig_wr(r, 0, 0x10, 0);
	rig_wr(r, 0, 0x10, 0x8000);
	CHECK_EQ(rig_rd(r, 1, 0x40) & 1, 1);
	rig_wr(r, 0, 0x08, 0x8000);
	CHECK_EQ(rig_rd(r, 0, 0x08), 0);
	rig_wr(r, 1, 0x40, 1);
	CHECK_EQ(rig_rd(r, 1, 0x40) & 1, 0);
	rig_free(r);
}

static void test_pll(void)
{
	static const uint32_t good[] = { 0x402, 0xc03, 0xc01, 0xc19, 0xc5d, 0x1c18, 0x1d18,
					 0x12c19, 0x12419, 0x1c19 };	/* ext20, ext25, ext33 */
	static const uint32_t bad[] = { 0x819, 0x3419, 0x2418, 0x12c18 };	/* pci33 x10, x12 */
	struct rig *r = rig_new(NULL);

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		rig_wr(r, 1, 0x4c, good[i]);
		CHECK_EQ(rig_rd(r, 1, 0x4c), good[i]);
	}
	CHECK_EQ(r->lines, 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		unsigned int lines = r->lines;

		rig_wr(r, 1, 0x4c, bad[i]);
		CHECK(r->lines > lines);
		CHECK_EQ(rig_rd(r, 1, 0x4c), bad[i]);
	}
	rig_free(r);
}

static void test_rng(void)
{
	struct rig *r = rig_new(&(struct vcard_config){ .seed = 7 });
	uint32_t a, b;

	CHECK_EQ(rig_rd(r, 1, 0x318), 0);
	rig_wr(r, 1, 0x4c, 0xc19);
	rig_wr(r, 1, 0x314, 1);
	CHECK_EQ(rig_rd(r, 1, 0x318), 0);	/* to be thrown away */
	CHECK_EQ(rig_rd(r, 1, 0x318), 0);	/* too early */
	r->now += 1938;
	CHECK_EQ(rig_rd(r, 1, 0x318), 0);
	r->now += 2;
	a = rig_rd(r, 1, 0x318);
	CHECK(a != 0);
	CHECK_EQ(rig_rd(r, 1, 0x318), a);
	r->now += 1940;
	b = rig_rd(r, 1, 0x318);
	CHECK(b != a);
	rig_wr(r, 1, 0x204, 1);			/* resets it, 2.3 */
	CHECK_EQ(rig_rd(r, 1, 0x314), 0);
	CHECK_EQ(rig_rd(r, 1, 0x318), 0);
	rig_free(r);
}

static void test_public_key(void)
{
	struct rig *r = rig_new(NULL);

	rig_wr(r, 1, 0x204, 1);
	CHECK_EQ(rig_rd(r, 1, 0x204), 1);
	rig_us(r, 11);
	CHECK_EQ(rig_rd(r, 1, 0x204), 0);
	rig_wr(r, 1, 0x30c, 0xffffffff);
	CHECK_EQ(rig_rd(r, 1, 0x30c), 0x100);
	rig_wr(r, 1, 0x310, 1);
	rig_wr(r, 1, 0x304, 0x2ffb0);
	rig_wr(r, 1, 0x308, 0x318180);
	CHECK_EQ(r->lines, 1);			/* no modulus, no reciprocal */
	rig_us(r, 1000000);
	CHECK_EQ(rig_rd(r, 1, 0x30c), 0x108);
	CHECK_EQ(rig_rd(r, 1, 0x40) & 2, 0);
	rig_free(r);
}

/* PUBDONE is the edge of DONE with its enable, in both formats of a NOP. */
static void test_public_key_nop(void)
{
	static const uint32_t op[] = { 0x308, 0x384 };
	struct rig *r = rig_up();

	rig_wr(r, 1, 0x44, 0x2);
	for (int i = 0; i < 2; i++) {
		rig_wr(r, 1, 0x310, 0);
		rig_wr(r, 1, op[i], 0x00018180);
		CHECK_EQ(rig_rd(r, 1, 0x30c), 0x101);
		CHECK(!vcard_irq(r->vc));
		rig_wr(r, 1, 0x310, 1);
		CHECK(vcard_irq(r->vc));
		rig_wr(r, 1, 0x40, 2);
		CHECK(!vcard_irq(r->vc));	/* an edge, 7.3 */
		rig_wr(r, 1, 0x30c, 0x101);
		CHECK_EQ(rig_rd(r, 1, 0x30c), 0x100);
	}
	rig_free(r);
}

/* The table of 6.3 checks the test's own generator. */
static uint32_t lfsr(uint32_t s)
{
	for (int i = 0; i < 257; i++)
		s = s << 1 | __builtin_parity(s & 0x80080125);
	return s;
}

static void test_lfsr_table(void)
{
	static const uint32_t rows[][5] = {
		{ 0x00000001, 0x88b454be, 0x97e7e262, 0x69a898e5, 0x84f2acc3 },
		{ 0x12345678, 0x63a6dde3, 0xcf890fac, 0xb2149459, 0x4d4b79c9 },
		{ 0xdeadbeef, 0x4e431f8d, 0x01dd7328, 0x0c9eab11, 0xc8d5829a },
	};

	for (int i = 0; i < 3; i++) {
		uint32_t s = rows[i][0];

		for (int round = 1; round <= 13; round++) {
			s = lfsr(s);
			if (round <= 2)
				CHECK_EQ(s, rows[i][round]);
			if (round >= 12)
				CHECK_EQ(s, rows[i][round - 9]);
		}
	}
}

static uint32_t level(struct rig *r)
{
	rig_wr(r, 0, 0x0c, 0x20);
	return rig_rd(r, 0, 0x14);
}

/* `wrong`: the number of the value to spoil, or 0. */
static void unlock(struct rig *r, int rounds, int wrong)
{
	uint32_t seed;

	rig_wr(r, 1, 0x48, 0x807);
	seed = rig_rd(r, 1, 0xf4);
	rig_wr(r, 1, 0xfc, 0);
	for (int i = 1; i <= rounds; i++) {
		seed = lfsr(seed);
		rig_wr(r, 1, 0xfc, seed ^ (i == wrong));
	}
	rig_wr(r, 1, 0x48, 0x7);
}

static void test_unlock(void)
{
	struct rig *r = rig_new(NULL);

	unlock(r, 11, 0);
	CHECK_EQ(level(r), 0x3000);
	unlock(r, 13, 5);
	CHECK_EQ(level(r), 0x3000);
	CHECK(r->lines > 0);
	unlock(r, 12, 0);
	CHECK_EQ(level(r), 0x1100);
	unlock(r, 13, 0);		/* again: harmless by default */
	CHECK_EQ(level(r), 0x1100);
	unlock(r, 13, 13);		/* surplus and wrong: harmless too */
	CHECK_EQ(level(r), 0x1100);
	vcard_pci_reset(r->vc);
	CHECK_EQ(level(r), 0x3000);
	rig_free(r);
}

static void test_unlock_strict(void)
{
	struct rig *r = rig_new(&(struct vcard_config){ .strict_unlock = true });

	unlock(r, 13, 3);
	unlock(r, 13, 0);
	CHECK_EQ(level(r), 0x3000);	/* dead after the wrong value */
	vcard_pci_reset(r->vc);
	unlock(r, 13, 0);
	CHECK_EQ(level(r), 0x1100);
	unlock(r, 13, 0);
	CHECK_EQ(level(r), 0x3000);	/* twice */
	rig_free(r);
}

static void test_unlock_closed(void)
{
	struct rig *r = rig_new(NULL);

	CHECK_EQ(rig_rd(r, 1, 0xf4), 0);
	rig_wr(r, 1, 0xfc, 1);
	CHECK_EQ(r->lines, 2);
	rig_wr(r, 1, 0x48, 0x807);
	rig_wr(r, 1, 0xfc, 1);		/* before the seed was read */
	CHECK_EQ(r->lines, 3);
	rig_free(r);
}

static const struct test tests[] = {
	{ "reset-values", test_reset_values },
	{ "storage", test_storage },
	{ "read-only", test_read_only },
	{ "config-space", test_config_space },
	{ "config-writes", test_config_writes },
	{ "access-widths", test_widths },
	{ "unknown-register", test_unknown_register },
	{ "puctrl-reset", test_puctrl },
	{ "chip-id", test_chip_id },
	{ "master-reset", test_master_reset },
	{ "csr-fields", test_csr },
	{ "irq-line", test_irq_line },
	{ "engine-edge", test_engine_edge },
	{ "pll-rules", test_pll },
	{ "rng", test_rng },
	{ "public-key", test_public_key },
	{ "public-key-nop", test_public_key_nop },
	{ "unlock-lfsr-table", test_lfsr_table },
	{ "unlock", test_unlock },
	{ "unlock-strict", test_unlock_strict },
	{ "unlock-window-closed", test_unlock_closed },
};

RUN_TESTS("vcard.regs")
