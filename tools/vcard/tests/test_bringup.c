// SPDX-License-Identifier: BSD-2-Clause
/*
 * The bring-up sequences of the known drivers, step by step as docs/reference/hifn795x.md
 * 6.1 to 6.6 lists them, and the worked command of 4.8, all in literal bytes.
 */
#include "rig.h"

static uint32_t lfsr(uint32_t s)
{
	for (int i = 0; i < 257; i++)
		s = s << 1 | __builtin_parity(s & 0x80080125);
	return s;
}

static bool wait_clear(struct rig *r, unsigned int bar, uint32_t off, uint32_t bit,
		       unsigned int us)
{
	while (us--) {
		rig_us(r, 1);
		if (!(rig_rd(r, bar, off) & bit))
			return true;
	}
	return false;
}

static uint32_t chip_level(struct rig *r)
{
	uint32_t saved = rig_rd(r, 0, 0x0c), level;

	rig_wr(r, 0, 0x0c, saved | 0x20);
	level = rig_rd(r, 0, 0x14) & 0xff00;
	rig_wr(r, 0, 0x0c, saved);
	return level;
}

static void unlock(struct rig *r, int rounds)
{
	uint32_t seed;

	rig_wr(r, 1, 0x48, 0x807);
	rig_us(r, 1000);
	seed = rig_rd(r, 1, 0xf4);
	rig_us(r, 1000);
	rig_wr(r, 1, 0xfc, 0);
	for (int i = 0; i < rounds; i++) {
		rig_us(r, 1000);
		seed = lfsr(seed);
		rig_wr(r, 1, 0xfc, seed);
	}
	rig_us(r, 1000);
}

static void public_key_and_rng(struct rig *r)
{
	rig_wr(r, 1, 0x204, rig_rd(r, 1, 0x204) | 1);
	CHECK(rig_rd(r, 1, 0x204) & 1);
	CHECK(wait_clear(r, 1, 0x204, 1, 100000));
	rig_wr(r, 1, 0x314, rig_rd(r, 1, 0x314) | 1);
	rig_wr(r, 1, 0x310, 1);
	rig_rd(r, 1, 0x318);
	rig_us(r, 10);
	CHECK(rig_rd(r, 1, 0x318) != 0);
}

static void bsd_reset(struct rig *r)
{
	uint8_t zero[4] = { 0 };

	rig_wr(r, 1, 0x48, 0x7);
	rig_us(r, 1000);
	rig_wr(r, 1, 0x48, 0x5);
	rig_wr(r, 0, 0x28, 0x2);
	CHECK(wait_clear(r, 0, 0x28, 1, 5000));
	rig_wr(r, 1, 0x48, 0x7);
	CHECK(wait_clear(r, 0, 0x04, 1, 5000));
	vcard_config_write(r->vc, 0x41, zero, 1);
	vcard_config_write(r->vc, 0x40, zero, 4);
	rig_wr(r, 1, 0x6c, 0x3322);
}

static void ring_bases(struct rig *r)
{
	rig_wr(r, 1, 0x0c, RIG_RING(RC));
	rig_wr(r, 1, 0x1c, RIG_RING(RS));
	rig_wr(r, 1, 0x3c, RIG_RING(RD));
	rig_wr(r, 1, 0x2c, RIG_RING(RR));
	rig_us(r, 2000);
}

static void bsd_registers(struct rig *r)
{
	rig_wr(r, 0, 0x04, 0x2);
	rig_wr(r, 0, 0x1c, 0x400);
	rig_wr(r, 0, 0x10, 0x200);
	ring_bases(r);
	rig_wr(r, 1, 0x40, 0x7e7e7c7f);
	rig_wr(r, 1, 0x44, 0x22322020);
	rig_wr(r, 0, 0x0c, 0x344);
	rig_wr(r, 1, 0x4c, 0x00402);
	rig_us(r, 10000);
	rig_wr(r, 1, 0x4c, 0x00c03);
	rig_us(r, 10000);
	rig_wr(r, 1, 0x4c, 0x00c01);
	rig_wr(r, 1, 0x4c, 0x00c19);
	rig_wr(r, 0, 0x08, 0x200);
	rig_wr(r, 1, 0x48, 0x00010017);
}

static void linux_registers(struct rig *r)
{
	rig_wr(r, 0, 0x04, 0x2);
	rig_wr(r, 0, 0x1c, 0x400);
	rig_wr(r, 0, 0x10, 0x200);
	ring_bases(r);
	rig_wr(r, 1, 0x40, 0xbebebcbf);
	rig_rd(r, 1, 0x40);
	rig_wr(r, 1, 0x44, 0x22322021);
	rig_rd(r, 1, 0x44);
	rig_wr(r, 0, 0x0c, 0x10342);
	rig_wr(r, 1, 0x4c, 0x00c4f);
	rig_us(r, 10000);
	rig_wr(r, 1, 0x4c, 0x00c4d);
	rig_wr(r, 1, 0x4c, 0x00c5d);
	rig_wr(r, 0, 0x08, 0x200);
	rig_wr(r, 1, 0x48, 0x00010017);
}

static void linux_stop(struct rig *r)
{
	rig_wr(r, 1, 0x40, 0x40404040);
	rig_wr(r, 0, 0x10, 0);
	rig_wr(r, 1, 0x44, 0);
	rig_wr(r, 1, 0x48, 0x7);
	rig_us(r, 1000);
	rig_wr(r, 1, 0x48, 0x4);
	rig_us(r, 1000);
	rig_wr(r, 1, 0x48, 0x7);
	rig_wr(r, 0, 0x04, 0x2);
	CHECK(wait_clear(r, 0, 0x04, 1, 10000));
}

/* 4.8: the image as printed there. */
static const char worked_block[] =
	"00080000100010000b18000010000000"
	"2b7e151628aed2a6abf7158809cf4f3c"
	"000102030405060708090a0b0c0d0e0f";

static void load_worked(struct rig *r, uint32_t result_len)
{
	CHECK_EQ(unhex(worked_block, rig_at(r, RIG_CMD)), 48);
	unhex("6bc1bee22e409f96e93d7e117393172a", rig_at(r, RIG_SRC));
	memset(rig_at(r, RIG_DST), 0x55, 32);
	memset(rig_at(r, RIG_RESULT), 0xee, 64);
	rig_set_desc(r, RIG_RING(RS), 0xa2000010, RIG_SRC);
	rig_set_desc(r, RIG_RING(RD), 0xa2000010, RIG_DST);
	rig_set_desc(r, RIG_RING(RR), 0xa0000000 | result_len, RIG_RESULT);
	rig_set_desc(r, RIG_RING(RC), 0xa2000030, RIG_CMD);
}

static void check_worked(struct rig *r, uint32_t result_len)
{
	static const uint8_t result[12];	/* all residuals and flags zero */
	uint8_t ct[16], guard[48];

	unhex("7649abac8119b246cee98e9b12e9197d", ct);
	memset(guard, 0x55, 16);
	CHECK_MEM(rig_at(r, RIG_DST), ct, 16);
	CHECK_MEM(rig_at(r, RIG_DST + 16), guard, 16);
	CHECK_MEM(rig_at(r, RIG_RESULT), result, 12);
	memset(guard, 0xee, 48);
	CHECK_MEM(rig_at(r, RIG_RESULT + 12), guard, 48);
	CHECK_EQ(rig_word(r, RIG_RING(RC)), 0x22000030);
	CHECK_EQ(rig_word(r, RIG_RING(RS)), 0x22000010);
	CHECK_EQ(rig_word(r, RIG_RING(RD)), 0x22000010);
	CHECK_EQ(rig_word(r, RIG_RING(RR)), 0x20000000 | result_len);
}

static void test_bsd(void)
{
	struct rig *r = rig_new(NULL);

	rig_config16(r, 0x04, 0x0006);
	bsd_reset(r);
	CHECK_EQ(chip_level(r), 0x3000);
	unlock(r, 13);
	CHECK_EQ(chip_level(r), 0x1100);
	rig_wr(r, 1, 0x48, 0x7);
	rig_wr(r, 0, 0x28, 0x2);
	CHECK(wait_clear(r, 0, 0x28, 1, 5000));
	bsd_registers(r);
	CHECK_EQ(rig_rd(r, 1, 0x98) & 0xffff, 0);
	public_key_and_rng(r);
	rig_wr(r, 1, 0x44, 0x22322022);
	CHECK_EQ(r->irqs, 0);
	load_worked(r, 36);
	rig_wr(r, 1, 0x40, 0x80808080);
	rig_us(r, 5);
	check_worked(r, 36);
	CHECK_EQ(r->irqs, 1);
	CHECK(rig_rd(r, 1, 0x40) & 0x00100000);
	rig_wr(r, 1, 0x40, rig_rd(r, 1, 0x40) & 0x22322022);
	CHECK(!vcard_irq(r->vc));
	CHECK_EQ(r->lines, 0);
	rig_free(r);
}

/* ---- boot lines, 2.1.6 and 2.2.6 ---- */

#define LINE	128

/* What FreeBSD says of it: the revision, the RAM it has been told of, and the clock it has set. */
static void freebsd_line(struct rig *r, char line[LINE])
{
	uint32_t pll = rig_rd(r, 1, 0x4c) & 0x13801;	/* IS, ND, REF_SEL */

	snprintf(line, LINE, "hifn0: Hifn 7955, rev %u, %uKB %cram, pll=0x%x<%s clk, %ux mult>",
		 rig_rd(r, 1, 0x98) & 0xffff, vcard_bar_bytes(r->vc, 2) / 1024, 'd', pll,
		 pll & 1 ? "ext" : "pci", 2 + 2 * (pll >> 11 & 7));
}

/* OpenBSD says 3DES and ARC4 at level 2 alone, RNG and PK if that unit's reset ends. */
static void openbsd_line(struct rig *r, char line[LINE])
{
	uint8_t id[4], rev;
	bool pk;

	vcard_config_read(r->vc, 0, id, 4);
	vcard_config_read(r->vc, 8, &rev, 1);
	rig_wr(r, 1, 0x204, 1);
	pk = wait_clear(r, 1, 0x204, 1, 100000);
	snprintf(line, LINE, "\"Hifn %s\" rev 0x%02x: LZS%s%s%s%s%s, %uKB %cram",
		 id[2] == 0x20 ? "7955/7954" : "7956", rev,
		 chip_level(r) == 0x1100 ? " 3DES ARC4" : "",
		 chip_level(r) & 0x1000 ? " MD5 SHA1" : "", pk ? " RNG" : "", " AES",
		 pk ? " PK" : "", vcard_bar_bytes(r->vc, 2) / 1024, 'd');
}

static void bsd_attach(struct rig *r)
{
	rig_config16(r, 0x04, 0x0006);
	bsd_reset(r);
	unlock(r, 13);
	rig_wr(r, 1, 0x48, 0x7);
	bsd_registers(r);
}

/* Of a 7955 under FreeBSD 13.1, and of another one under OpenBSD 4.1. */
static void test_boot_lines(void)
{
	struct rig *r = rig_new(NULL);
	char line[LINE];

	bsd_attach(r);
	freebsd_line(r, line);
	CHECK(!strcmp(line, "hifn0: Hifn 7955, rev 0, 32KB dram, pll=0x801<ext clk, 4x mult>"));
	openbsd_line(r, line);
	CHECK(!strcmp(line, "\"Hifn 7955/7954\" rev 0x00: "
			    "LZS 3DES ARC4 MD5 SHA1 RNG AES PK, 32KB dram"));
	rig_free(r);
}

/* Loads source, destination, command, result, each followed by its enable. */
static void linux_one(struct rig *r)
{
	load_worked(r, 12);
	rig_wr(r, 1, 0x40, 0x00008000);
	rig_wr(r, 1, 0x40, 0x80000000);
	rig_wr(r, 1, 0x40, 0x00000080);
	rig_wr(r, 1, 0x40, 0x00800000);
	rig_us(r, 5);
	check_worked(r, 12);
}

static void linux_up(struct rig *r)
{
	linux_stop(r);
	unlock(r, 12);
	rig_wr(r, 1, 0x48, 0x7);
	CHECK_EQ(chip_level(r), 0x1100);
	rig_wr(r, 0, 0x04, 0x2);
	CHECK(wait_clear(r, 0, 0x04, 1, 10000));
	linux_registers(r);
	public_key_and_rng(r);
	rig_wr(r, 1, 0x44, 0x22322023);
}

/* Twice: it unlocks at every load, which must not disable the card. */
static void test_linux(void)
{
	struct rig *r = rig_new(NULL);

	rig_config16(r, 0x04, 0x0006);
	for (int load = 0; load < 2; load++) {
		linux_up(r);
		linux_one(r);
		CHECK(vcard_irq(r->vc));
		linux_stop(r);
		CHECK(!vcard_irq(r->vc));
	}
	CHECK_EQ(r->irqs, 2);
	rig_free(r);
}

/* 6.8: wait-free variant that enables before polling is on. */
static void test_enabled_before_polling(void)
{
	struct rig *r = rig_new(&(struct vcard_config){ .unlocked = true });

	rig_config16(r, 0x04, 0x0006);
	linux_registers(r);
	load_worked(r, 12);
	rig_us(r, 5);		/* no CSR write after loading: polling finds it */
	check_worked(r, 12);
	rig_free(r);
}

static void test_no_bus_master(void)
{
	struct rig *r = rig_up();

	rig_config16(r, 0x04, 0x0002);
	load_worked(r, 36);
	rig_us(r, 50);
	CHECK_EQ(rig_word(r, RIG_RING(RC)), 0xa2000030);
	CHECK(!vcard_polling(r->vc));
	rig_config16(r, 0x04, 0x0006);
	rig_us(r, 5);
	check_worked(r, 36);
	rig_free(r);
}

static void test_decrypt(void)
{
	struct rig *r = rig_up();
	uint8_t pt[16];

	load_worked(r, 36);
	*(uint8_t *)rig_at(r, RIG_CMD + 1) = 0x28;
	unhex("7649abac8119b246cee98e9b12e9197d", rig_at(r, RIG_SRC));
	rig_us(r, 5);
	unhex("6bc1bee22e409f96e93d7e117393172a", pt);
	CHECK_MEM(rig_at(r, RIG_DST), pt, 16);
	rig_free(r);
}

static const struct test tests[] = {
	{ "bsd-sequence", test_bsd },
	{ "bsd-boot-lines", test_boot_lines },
	{ "linux-sequence-twice", test_linux },
	{ "enable-before-polling", test_enabled_before_polling },
	{ "bus-master-off", test_no_bus_master },
	{ "worked-image-decrypt", test_decrypt },
};

RUN_TESTS("vcard.bringup")
