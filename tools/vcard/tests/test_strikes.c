// SPDX-License-Identifier: BSD-2-Clause
/*
 * Every fault: when it strikes, what it does, how often it was counted, and
 * that clearing it and a reset make the card whole again.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>

#include "rig.h"

#define ONE(a, n)	((struct seg[]){ { a, n }, { 0 } })
#define BYTES		64

static const uint8_t key[24] = { 5, 4, 3 }, iv[16] = { 1 };

/* AES-CBC, BYTES long, in a single piece each way. */
static uint32_t post(struct rig *r)
{
	uint8_t block[64];
	uint32_t len = cmd_crypt(block, false, BYTES, BYTES, 0x180b, 0, BYTES, key, 16,
				 iv, 16);

	memset(rig_at(r, RIG_DST), 0x77, BYTES);
	return rig_command(r, block, len, ONE(RIG_SRC, BYTES), ONE(RIG_DST, BYTES));
}

static void set(struct rig *r, const char *spec)
{
	const char *why = vcard_fault(r->vc, spec);

	if (why)
		FAIL("%s: %s", spec, why);
}

/* Hits of one fault, and of all. */
static uint64_t hits(struct rig *r, const char *name, uint64_t *all)
{
	char *json = vcard_counters_json(r->vc), want[64];
	char *p = strstr(json, "\"faults\":{"), *end;
	uint64_t val = UINT64_MAX;

	*all = 0;
	snprintf(want, sizeof(want), "\"%.*s\":", (int)strcspn(name, ":@%"), name);
	p += strlen("\"faults\":");
	for (p++; *p == '"'; p = end + (*end == ',')) {
		uint64_t n = strtoull(strchr(p, ':') + 1, &end, 10);

		*all += n;
		if (!strncmp(p, want, strlen(want)))
			val = n;
	}
	free(json);
	return val;
}

static void check_hits(struct rig *r, const char *spec, uint64_t want)
{
	uint64_t all, n = hits(r, spec, &all);

	if (n != want || all != want)
		FAIL("%s: %llu hits, %llu of all faults, expected %llu", spec,
		     (unsigned long long)n, (unsigned long long)all,
		     (unsigned long long)want);
}

static void restart(struct rig *r)
{
	rig_wr(r, 1, 0x48, 0x4);
	rig_us(r, 1);
	rig_wr(r, 1, 0x48, 0x7);
	rig_us(r, 5);
	memset(rig_at(r, RIG_BASE), 0, 0x8000);
	memset(r->next, 0, sizeof(r->next));
	rig_start(r);
}

static void good(struct rig *r, uint8_t *out)
{
	uint32_t res = post(r);

	rig_us(r, 5);
	CHECK(rig_done(r, res));
	CHECK_EQ(rig_word(r, RIG_RESULT), 0);
	CHECK_EQ(rig_word(r, RIG_RESULT + 4), 0);
	CHECK_EQ(rig_word(r, RIG_RESULT + 8), 0);
	CHECK(rig_rd(r, 1, 0x40) & 0x00100000);
	rig_wr(r, 1, 0x40, 0x3e3e3c3f);
	memcpy(out, rig_at(r, RIG_DST), BYTES);
}

static bool desc_valid(struct rig *r, int ring, unsigned int slot)
{
	return rig_word(r, RIG_RING(ring) + 8 * slot) & VALID;
}

/* What the third command is to look like: letters, see below. */
struct strike {
	const char *spec;
	const char *seen;
};

/*
 * C S D R: that descriptor keeps VALID          a: ABORT bit of some engine
 * i: no R_DONE                                  f: the result differs from a good one
 * o: the data differ from good ones             u: the result was not written
 */
static const struct strike strikes[] = {
	{ "stuck:3", "SDRiou" }, { "stuck-cmd:3", "CSDRiou" },
	{ "stuck-src:3", "SDRiou" }, { "stuck-dst:3", "SDRiou" },
	{ "stuck-res:3", "Ri" },
	{ "abort:3", "CSDRioua" }, { "abort-src:3", "SDRioua" },
	{ "abort-dst:3", "SDRioua" }, { "abort-res:3", "Ria" },
	{ "lost-irq:3", "i" }, { "no-result:3", "u" },
	{ "overrun:3", "f" }, { "starved:3", "f" }, { "bad-residual:3", "f" },
	{ "no-valid:3", "R" }, { "no-valid-cmd:3", "C" }, { "no-valid-src:3", "S" },
	{ "no-valid-dst:3", "D" }, { "corrupt-at:3", "o" }, { "corrupt-in:3", "o" },
};

static void look(struct rig *r, const uint8_t *want, char *seen)
{
	uint32_t csr = rig_rd(r, 1, 0x40);
	uint32_t res = rig_word(r, RIG_RESULT);
	bool unwritten = rig_word(r, RIG_RESULT + 8) == 0xeeeeeeee;

	for (int i = 0; i < 4; i++)
		if (desc_valid(r, i, r->next[i] - 1))
			*seen++ = "CSDR"[i];
	if (!(csr & 0x00100000))
		*seen++ = 'i';
	if (memcmp(rig_at(r, RIG_DST), want, BYTES))
		*seen++ = 'o';
	if (unwritten && res)
		*seen++ = 'u';
	if (!unwritten && (res || rig_word(r, RIG_RESULT + 4) ||
			   rig_word(r, RIG_RESULT + 8)))
		*seen++ = 'f';
	if (csr & 0x20202020)
		*seen++ = 'a';
	*seen = 0;
}

static void strike_once(const struct strike *s)
{
	struct rig *r = rig_up();
	uint8_t want[BYTES], out[BYTES];
	char seen[16];

	good(r, want);
	set(r, s->spec);
	for (int i = 0; i < 2; i++) {
		good(r, out);
		CHECK_MEM(out, want, BYTES);
	}
	check_hits(r, s->spec, 0);
	post(r);
	rig_us(r, 100);
	look(r, want, seen);
	if (strcmp(seen, s->seen))
		FAIL("%s: saw '%s', expected '%s'", s->spec, seen, s->seen);
	check_hits(r, s->spec, 1);
	restart(r);
	for (int i = 0; i < 3; i++) {
		good(r, out);
		CHECK_MEM(out, want, BYTES);
	}
	check_hits(r, s->spec, 1);
	rig_free(r);
}

static void test_each(void)
{
	for (size_t i = 0; i < sizeof(strikes) / sizeof(strikes[0]); i++)
		strike_once(&strikes[i]);
}

/* Clearing alone lets go what is stuck, and the command ends well. */
static void test_cleared(void)
{
	static const char *const specs[] = {
		"stuck:1", "stuck-cmd:1", "stuck-src:1", "stuck-dst:1", "stuck-res:1",
		"pll-stuck", "slow-reset",
	};

	for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
		struct rig *r = rig_up();
		uint32_t res;

		set(r, specs[i]);
		if (!strcmp(specs[i], "slow-reset"))
			restart(r);
		rig_wr(r, 1, 0x4c, 0x402);
		rig_wr(r, 1, 0x4c, 0x0c19);
		res = post(r);
		rig_us(r, 100);
		if (rig_done(r, res))
			FAIL("%s did not stop the command", specs[i]);
		vcard_faults_clear(r->vc);
		rig_us(r, 100);
		if (!rig_done(r, res))
			FAIL("after %s the command did not go on", specs[i]);
		CHECK_EQ(rig_word(r, RIG_RESULT), 0);
		check_hits(r, specs[i], 1);
		rig_free(r);
	}
}

/* The same seed strikes the same commands; about one in N is hit. */
static uint64_t run_rate(uint64_t seed, const char *spec, uint64_t *bits)
{
	struct vcard_config cfg = { .unlocked = true, .seed = seed };
	struct rig *r = rig_new(&cfg);
	uint64_t all, n;

	rig_start(r);
	set(r, spec);
	*bits = 0;
	for (int i = 0; i < 400; i++) {
		post(r);
		rig_us(r, 2);
		if (i < 64)
			*bits |= (uint64_t)!!rig_word(r, RIG_RESULT) << i;
	}
	n = hits(r, spec, &all);
	CHECK_EQ(n, all);
	rig_free(r);
	return n;
}

static void test_rate(void)
{
	uint64_t a, b, c, n = run_rate(7, "overrun%5", &a);

	CHECK(n > 40 && n < 160);
	CHECK_EQ(run_rate(7, "overrun%5", &b), n);
	CHECK_EQ(a, b);
	run_rate(8, "overrun%5", &c);
	CHECK(a != c);
	CHECK_EQ(run_rate(7, "overrun%1", &a), 400);
}

static void test_several(void)
{
	struct rig *r = rig_up();
	uint64_t all;

	set(r, "overrun:1");
	set(r, "lost-irq:1");
	set(r, "corrupt-at:2");
	for (int i = 0; i < 4; i++) {
		post(r);
		rig_us(r, 2);
	}
	CHECK_EQ(hits(r, "overrun", &all), 1);
	CHECK_EQ(hits(r, "lost-irq", &all), 1);
	CHECK_EQ(hits(r, "corrupt-at", &all), 1);
	CHECK_EQ(all, 3);
	vcard_counters_reset(r->vc);
	check_hits(r, "overrun", 0);
	rig_free(r);
}

static void test_late_irq(void)
{
	struct rig *r = rig_up();
	uint32_t res;

	set(r, "late-irq:50@2");
	res = post(r);
	rig_us(r, 2);
	CHECK(rig_done(r, res) && vcard_irq(r->vc));
	rig_wr(r, 1, 0x40, 0x3e3e3c3f);
	res = post(r);
	CHECK_EQ(vcard_step(r->vc, 1 << 20), r->now + 50000);
	CHECK(rig_done(r, res) && !vcard_irq(r->vc));
	rig_us(r, 49);
	CHECK(!vcard_irq(r->vc));
	rig_us(r, 1);
	CHECK(vcard_irq(r->vc));
	check_hits(r, "late-irq", 1);
	rig_wr(r, 1, 0x40, 0x3e3e3c3f);
	set(r, "late-irq:50");
	post(r);
	rig_us(r, 1);
	restart(r);			/* forgets it */
	rig_us(r, 100);
	CHECK(!vcard_irq(r->vc));
	rig_free(r);
}

/* The line is up, CSR shows nothing, the command waits; a look ends it. */
static void test_spurious_irq(void)
{
	struct rig *r = rig_up();
	uint32_t res;

	set(r, "spurious-irq:1");
	rig_wr(r, 1, 0x44, 0);
	res = post(r);
	rig_us(r, 2);
	CHECK(rig_done(r, res));
	check_hits(r, "spurious-irq", 0);	/* interrupts were closed */
	rig_wr(r, 1, 0x40, 0x3e3e3c3f);
	rig_wr(r, 1, 0x44, 0x00100000);
	for (int i = 0; i < 2; i++) {
		res = post(r);
		rig_us(r, 100);
		CHECK_EQ(vcard_irq(r->vc), 1);
		CHECK_EQ(rig_done(r, res), i == 1);
		CHECK_EQ(!!(rig_rd(r, 1, 0x40) & 0x00100000), i == 1);
		CHECK_EQ(vcard_irq(r->vc), i == 1);
		check_hits(r, "spurious-irq", 1);
		rig_us(r, 2);
		CHECK(rig_done(r, res));
		rig_wr(r, 1, 0x40, 0x3e3e3c3f);
	}
	set(r, "spurious-irq:1");		/* nobody looks */
	res = post(r);
	rig_us(r, 10010);
	CHECK(rig_done(r, res));
	rig_free(r);
}

static void test_gone(void)
{
	static const char *const specs[] = { "gone:2", "gone-reset:2" };

	for (int i = 0; i < 2; i++) {
		struct rig *r = rig_up();
		uint32_t res;

		set(r, specs[i]);
		res = post(r);
		rig_us(r, 2);
		CHECK(rig_done(r, res));
		res = post(r);
		rig_us(r, 2);
		CHECK(!rig_done(r, res));
		CHECK_EQ(rig_rd(r, 1, 0x48), 0xffffffff);
		vcard_pci_reset(r->vc);
		CHECK_EQ(rig_rd(r, 1, 0x48), i ? 7 : 0xffffffff);
		check_hits(r, specs[i], 1);
		rig_free(r);
	}
}

static bool in_reset(struct rig *r)
{
	return rig_rd(r, 0, 0x04) & 1;
}

static void test_slow_reset(void)
{
	struct rig *r = rig_up();

	set(r, "slow-reset:1000@2");
	restart(r);
	CHECK(!in_reset(r));
	check_hits(r, "slow-reset", 0);
	restart(r);
	rig_us(r, 990);
	CHECK(in_reset(r));
	rig_us(r, 10);
	CHECK(!in_reset(r));
	check_hits(r, "slow-reset", 1);
	set(r, "slow-reset");
	restart(r);
	rig_us(r, 100000);
	CHECK(in_reset(r));
	vcard_faults_clear(r->vc);
	CHECK(!in_reset(r));
	rig_free(r);
}

static uint32_t level(struct rig *r)
{
	uint32_t was = rig_rd(r, 0, 0x0c);

	rig_wr(r, 0, 0x0c, was | 0x20);
	return rig_rd(r, 0, 0x14);
}

static uint32_t lfsr(uint32_t state)
{
	for (int i = 0; i < 257; i++)
		state = state << 1 | __builtin_parity(state & 0x80080125);
	return state;
}

/* 6.3 */
static void unlock(struct rig *r)
{
	uint32_t seed;

	rig_wr(r, 1, 0x48, 0x807);
	seed = rig_rd(r, 1, 0xf4);
	rig_wr(r, 1, 0xfc, 0);
	for (int i = 1; i <= 13; i++) {
		seed = lfsr(seed);
		rig_wr(r, 1, 0xfc, seed);
	}
	rig_wr(r, 1, 0x48, 0x7);
}

static void test_back_locked(void)
{
	struct rig *r = rig_up();

	set(r, "back-locked:2");
	restart(r);
	CHECK_EQ(level(r), 0x1100);
	restart(r);
	CHECK_EQ(level(r), 0x3000);
	check_hits(r, "back-locked", 1);
	unlock(r);
	CHECK_EQ(level(r), 0x1100);
	rig_free(r);
}

static void test_back_sealed(void)
{
	struct rig *r = rig_up();

	set(r, "back-sealed:1");
	restart(r);
	check_hits(r, "back-sealed", 1);
	unlock(r);
	CHECK_EQ(level(r), 0x3000);
	restart(r);
	unlock(r);
	CHECK_EQ(level(r), 0x3000);
	vcard_pci_reset(r->vc);
	CHECK_EQ(level(r), 0x1100);
	rig_free(r);
}

static void test_small_bars(void)
{
	struct rig *r = rig_new(NULL);
	uint32_t word;

	set(r, "small-bars");
	CHECK_EQ(vcard_bar_bytes(r->vc, 0), 0x800);
	CHECK_EQ(vcard_bar_bytes(r->vc, 1), 0x1000);
	CHECK_EQ(vcard_bar_bytes(r->vc, 2), 0x4000);
	CHECK(vcard_read(r->vc, 2, 0x3ffc, &word, 4));
	CHECK(!vcard_read(r->vc, 2, 0x4000, &word, 4));
	check_hits(r, "small-bars", 1);
	vcard_faults_clear(r->vc);
	CHECK(vcard_read(r->vc, 2, 0x4000, &word, 4));
	rig_free(r);
}

/* Nothing that runs off the PLL does; bypass helps, and a start that works. */
static void test_pll_stuck(void)
{
	struct rig *r = rig_up();
	uint32_t res;

	set(r, "pll-stuck:1");
	rig_wr(r, 1, 0x4c, 0x402);
	rig_wr(r, 1, 0x4c, 0x0c19);
	rig_wr(r, 1, 0x4c, 0x0c19);
	check_hits(r, "pll-stuck", 1);
	res = post(r);
	rig_us(r, 1000);
	CHECK(!rig_done(r, res));
	rig_wr(r, 1, 0x4c, 0x402);
	rig_us(r, 2);
	CHECK(rig_done(r, res));
	rig_wr(r, 1, 0x4c, 0x0c19);
	res = post(r);
	rig_us(r, 2);
	CHECK(rig_done(r, res));
	rig_free(r);
}

static const struct test tests[] = {
	{ "each", test_each },
	{ "cleared", test_cleared },
	{ "rate", test_rate },
	{ "several", test_several },
	{ "late-irq", test_late_irq },
	{ "spurious-irq", test_spurious_irq },
	{ "gone", test_gone },
	{ "slow-reset", test_slow_reset },
	{ "back-locked", test_back_locked },
	{ "back-sealed", test_back_sealed },
	{ "pll-stuck", test_pll_stuck },
	{ "small-bars", test_small_bars },
};

RUN_TESTS("vcard.strikes")
