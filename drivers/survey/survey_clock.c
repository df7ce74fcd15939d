// SPDX-License-Identifier: GPL-2.0
/*
 * B4: the external clock, by the time that one modular exponentiation takes: the vector of 2.4.5,
 * which a real 795x has computed. Off the bus clock, whose MHz are known within a factor of two,
 * and off the external one.
 */
#include <linux/io.h>
#include <linux/delay.h>
#include <linux/ktime.h>

#include "survey.h"

#define BYTES		192	/* of a register: 1536 bits */
#define WORDS		(BYTES / 4)
#define R_BASE		0	/* registers by number, as the vendor's program has them */
#define R_EXPONENT	2
#define R_RESULT	3
#define R_MODULUS	8
#define R_RECIPROCAL	9
#define OPLEN		0x0002ffb0
#define OP		0x00318180
#define LONGEST_NS	NSEC_PER_SEC
#define TRIES		4

static void put_word(struct survey *s, unsigned int reg, unsigned int word, u32 val)
{
	iowrite32(val, s->bar1 + HIFN_1_PUB_MEM + reg * BYTES + word * 4);
}

static void put(struct survey *s, unsigned int reg, u32 top, u32 middle, u32 lowest)
{
	unsigned int i;

	put_word(s, reg, 0, lowest);
	for (i = 1; i < WORDS - 1; i++)
		put_word(s, reg, i, middle);
	put_word(s, reg, WORDS - 1, top);
}

static bool pub_reset(struct survey *s)
{
	unsigned int ms;

	survey_wr1(s, HIFN_1_PUB_RESET, HIFN_PUBRST_RESET);
	for (ms = 0; ms < HIFN_PUBRESET_MAX_MS; ms++) {
		survey_sleep_ms(1);
		if (!(survey_rd1(s, HIFN_1_PUB_RESET) & HIFN_PUBRST_RESET))
			return true;
	}
	return false;
}

static bool result_right(struct survey *s)
{
	void __iomem *at = s->bar1 + HIFN_1_PUB_MEM + R_RESULT * BYTES;

	return ioread32(at) == 1 && ioread32(at + 4) == 0 &&
	       ioread32(at + BYTES - 4) == 0x7ffffffc;
}

/* Its time; 0: it has none. */
static u64 modexp_ns(struct survey *s, bool *right)
{
	u64 begin, ns;

	if (!pub_reset(s))
		return 0;
	survey_wr1(s, HIFN_1_PUB_STATUS, survey_rd1(s, HIFN_1_PUB_STATUS));
	put(s, R_BASE, 0x80000000, 0xffffffff, 0xffffffff);
	put(s, R_EXPONENT, 0, 0, 4);
	put(s, R_RESULT, 0, 0, 0);
	put(s, R_MODULUS, 0x80000000, 0, 0);
	put(s, R_RECIPROCAL, 0xffffffff, 0xffffffff, 0xffffffff);
	survey_wr1(s, HIFN_1_PUB_STATUS, survey_rd1(s, HIFN_1_PUB_STATUS));
	survey_wr1(s, HIFN_1_PUB_OPLEN, OPLEN);
	begin = ktime_get_ns();
	survey_wr1(s, HIFN_1_PUB_OP, OP);
	do {
		ns = ktime_get_ns() - begin;
		if (survey_rd1(s, HIFN_1_PUB_STATUS) & HIFN_PUBSTS_DONE) {
			*right = result_right(s);
			return ns ?: 1;
		}
		if (ns > NSEC_PER_MSEC)
			usleep_range(ns >> 16, ns >> 15);	/* 1 in 64 of it or so */
	} while (ns < LONGEST_NS && !s->gone);
	return 0;
}

/* The quickest of some: whatever else goes on makes it longer. 0: it has no end. */
static u64 clock_ns(struct survey *s, const char *pll, bool pk_off_pll)
{
	u64 ns, best = U64_MAX;
	bool right = false;
	unsigned int i;

	hifn_pll_parse(pll, &s->pll);
	survey_set_pll(s, &s->pll);
	if (!pk_off_pll)
		survey_wr1(s, HIFN_1_PLL, survey_rd1(s, HIFN_1_PLL) & ~HIFN_PLL_PK_CLK_SEL);
	for (i = 0; i < TRIES; i++) {
		ns = modexp_ns(s, &right);
		if (!ns) {
			survey_answer(s, "modular exponentiation, clock %s: no end", pll);
			return 0;
		}
		best = min(best, ns);
	}
	survey_answer(s, "modular exponentiation, clock %s%s: %llu ns, %s", pll,
		      pk_off_pll ? "" : " past the PLL", best, right ? "right" : "wrong");
	return best;
}

/*
 * Off the bus: N clocks of f. Off the PLL at ext66's multiplier, 4: N clocks of 2 f(ext). 33 MHz
 * of the bus unless it says 66.
 */
static void judge(struct survey *s, u64 bus_ns, u64 ext_ns)
{
	bool bus66 = s->pdev->bus->cur_bus_speed == PCI_SPEED_66MHz;
	u64 mhz = div64_u64(bus_ns * (bus66 ? 66 : 33), 2 * ext_ns);

	survey_answer(s, "external clock: about %llu MHz on a bus of %u", mhz, bus66 ? 66 : 33);
	if (mhz < 45)
		survey_model(s, "crystal", "33");
	else
		survey_model(s, "crystal", mhz < 82 ? "66" : "100");
}

/* With the engines off the external clock: does a cipher still work? */
static int ask_cipher(struct survey *s, unsigned int *wrong)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < 64; i++) {
		err = survey_ask(s, SURVEY_AES128_CBC);
		if (err && err != -EBADMSG)
			break;
		*wrong += err == -EBADMSG;
	}
	if (err == -ETIMEDOUT) {
		survey_answer(s, "off the external clock a cipher stands still");
		survey_model(s, "crystal", "none");
		return err;
	}
	survey_answer(s, "off the external clock %u of %u answers are wrong", *wrong, i);
	if (*wrong)
		survey_model(s, "crystal", "100");	/* four times that is too quick */
	return err == -EBADMSG ? 0 : err;
}

int survey_b4(struct survey *s)
{
	u64 bus_ns = clock_ns(s, "pci66", false);
	u64 ext_ns = clock_ns(s, "ext66", true);
	unsigned int wrong = 0;
	int err;

	pub_reset(s);
	if (s->gone)
		return -ENODEV;
	err = ask_cipher(s, &wrong);
	if (!err && !wrong && bus_ns && ext_ns)
		judge(s, bus_ns, ext_ns);
	return err;
}
