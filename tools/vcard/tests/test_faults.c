// SPDX-License-Identifier: BSD-2-Clause
/*
 * Faults on request, counters, trace, and the state a reset leaves.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>

#include "rig.h"

#define ONE(a, n)	((struct seg[]){ { a, n }, { 0 } })

static const uint8_t key[24] = { 5, 4, 3 }, iv[16] = { 1 };

static uint32_t post(struct rig *r, uint16_t masks, uint32_t klen, uint32_t ivlen)
{
	uint8_t block[64];
	uint32_t len = cmd_crypt(block, false, 32, 32, masks, 0, 32, key, klen, iv, ivlen);

	memset(rig_at(r, RIG_DST), 0x77, 32);
	return rig_command(r, block, len, ONE(RIG_SRC, 32), ONE(RIG_DST, 32));
}

static uint32_t post_aes(struct rig *r)
{
	return post(r, 0x180b, 16, 16);
}

static void set(struct rig *r, const char *spec)
{
	const char *why = vcard_fault(r->vc, spec);

	if (why)
		FAIL("%s: %s", spec, why);
}

static void test_specs(void)
{
	static const char *const bad[] = {
		"", "slow", "slow:", "slow:x", "slow:-1", "slow:1x", "slow:99999999999",
		"stuck", "stuck:0", "nonsense", "nonsense:1", "corrupt:", "corrupt:rot13",
		"hostile", "hostile:", "hostile:x", "hostile:1@2", "overrun", "overrun@1",
		"overrun%0", "overrun:1%2", "late-irq", "late-irq:1@0", "gone%0", "no-irq:1",
		"no-irq%2", "small-bars:1", "pll-stuck:0", "slow-reset@0", "back-locked", "corrupt:copy", "corrupt:ctxram-read", "lost-irq:0", "abort:0x10",
		"a-very-long-fault-name-indeed:1", "no-result:99999999999999999999999",
	};
	static const char *const good[] = {
		"slow:1", "late:1", "stuck:5", "lost-irq:1", "no-result:1", "abort:1",
		"corrupt:des3-ofb", "corrupt:hmac-md5", "rng-stuck", "pub-stuck",
		"locked", "no-irq", "gone", "gone-reset%3", "stuck-cmd:2", "stuck-src%2",
		"stuck-dst:1", "stuck-res:1", "abort-src:1", "abort-dst:1", "abort-res%9",
		"late-irq:5@2", "late-irq:5%2", "spurious-irq%7", "overrun:1", "starved:1",
		"bad-residual:1", "no-valid:1", "no-valid-cmd%4", "no-valid-src:1",
		"no-valid-dst:1", "corrupt-at:1", "corrupt-in%2", "slow-reset",
		"slow-reset:5", "slow-reset@2", "slow-reset:5%3", "back-locked:1",
		"back-sealed%2", "pll-stuck", "pll-stuck:1", "hostile:7", "hostile:0%3",
		"small-bars",
	};
	struct rig *r = rig_new(NULL);
	char *help = NULL;
	size_t size;
	FILE *f = open_memstream(&help, &size);

	vcard_fault_help(f);
	fclose(f);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (!vcard_fault(r->vc, bad[i]))
			FAIL("'%s' was accepted", bad[i]);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		char name[32];

		set(r, good[i]);
		snprintf(name, sizeof(name), "  %.*s", (int)strcspn(good[i], ":@%"),
			 good[i]);
		CHECK(strstr(help, name));
	}
	free(help);
	rig_free(r);
}

static void test_slow(void)
{
	struct rig *r = rig_up();
	uint32_t a, b;

	set(r, "slow:100");
	a = post_aes(r);
	b = post_aes(r);
	CHECK_EQ(vcard_step(r->vc, 1 << 20), r->now + 100000);
	rig_us(r, 99);
	CHECK(!rig_done(r, a));
	CHECK_EQ(*(uint8_t *)rig_at(r, RIG_DST), 0x77);
	rig_us(r, 1);
	CHECK(rig_done(r, a));
	CHECK(!rig_done(r, b));
	rig_us(r, 100);
	CHECK(rig_done(r, b));
	rig_free(r);
}

/* The host may store VALID a second time while the card holds the descriptor. */
static void test_late(void)
{
	struct rig *r = rig_up();
	uint8_t *flags = rig_at(r, RIG_RING(RC));
	uint32_t a;

	set(r, "late:100");
	a = post_aes(r);
	CHECK_EQ(vcard_step(r->vc, 1 << 20), r->now + 100000);
	rig_us(r, 99);
	CHECK(!rig_done(r, a));
	CHECK(flags[3] & 0x80);
	flags[3] |= 0x80;
	rig_us(r, 1);
	CHECK(rig_done(r, a));
	CHECK(!(flags[3] & 0x80));
	rig_free(r);
}

static void restart(struct rig *r, uint32_t cnfg)
{
	rig_wr(r, 1, 0x48, cnfg);
	rig_wr(r, 1, 0x48, 0x7);
	memset(rig_at(r, RIG_BASE), 0, 0x8000);
	memset(r->next, 0, sizeof(r->next));
	rig_start(r);
}

/* Only a master reset helps. */
static void test_stuck(void)
{
	struct rig *r = rig_up();
	uint32_t a, b;

	set(r, "stuck:2");
	a = post_aes(r);
	b = post_aes(r);
	rig_us(r, 1000);
	CHECK(rig_done(r, a));
	CHECK(!rig_done(r, b));
	restart(r, 0x5);
	b = post_aes(r);
	rig_us(r, 1000);
	CHECK(!rig_done(r, b));
	restart(r, 0x4);
	b = post_aes(r);
	rig_us(r, 2);
	CHECK(rig_done(r, b));
	rig_free(r);
}

static void test_stuck_cleared(void)
{
	struct rig *r = rig_up();
	uint32_t a;

	set(r, "stuck:1");
	a = post_aes(r);
	rig_us(r, 10);
	CHECK(!rig_done(r, a));
	vcard_faults_clear(r->vc);
	rig_us(r, 1);
	CHECK(rig_done(r, a));
	rig_free(r);
}

/* Numbers count from when the fault is set; each strikes once. */
static void test_lost_irq(void)
{
	struct rig *r = rig_up();

	post_aes(r);
	rig_run(r);
	CHECK_EQ(r->irqs, 1);
	rig_wr(r, 1, 0x40, 0x3e3e3c3f);
	set(r, "lost-irq:2");
	for (int i = 0; i < 3; i++) {
		uint32_t res = post_aes(r);

		rig_run(r);
		CHECK(rig_done(r, res));
		CHECK_EQ(!!(rig_rd(r, 1, 0x40) & 0x00100000), i != 1);
		rig_wr(r, 1, 0x40, 0x3e3e3c3f);
	}
	CHECK_EQ(r->irqs, 3);
	rig_free(r);
}

/* A result that asks for no interrupt has none to lose. */
static void test_lost_irq_quiet(void)
{
	struct rig *r = rig_up();

	set(r, "lost-irq%1");
	for (int i = 0; i < 2; i++) {
		uint32_t res;

		r->quiet = !i;
		res = post_aes(r);
		rig_run(r);
		CHECK(rig_done(r, res));
		CHECK_EQ(!!(rig_rd(r, 1, 0x40) & 0x00080000), !i);
		CHECK_EQ(!!(rig_rd(r, 1, 0x40) & 0x00100000), 0);
		rig_wr(r, 1, 0x40, 0x3e3e3c3f);
	}
	rig_free(r);
}

static void test_no_result(void)
{
	struct rig *r = rig_up();

	set(r, "no-result:1");
	for (int i = 0; i < 2; i++) {
		uint32_t res = post_aes(r);

		rig_run(r);
		CHECK(rig_done(r, res));
		CHECK_EQ(rig_word(r, RIG_RESULT), i ? 0 : 0xeeeeeeee);
		CHECK(rig_rd(r, 1, 0x40) & 0x00100000);
	}
	rig_free(r);
}

static void test_abort(void)
{
	struct rig *r = rig_up();
	uint32_t res;

	set(r, "abort:1");
	res = post_aes(r);
	rig_us(r, 5);
	CHECK(!rig_done(r, res));
	CHECK_EQ(rig_rd(r, 1, 0x40) & 0x20202020, 0x20);
	CHECK(vcard_irq(r->vc));
	restart(r, 0x4);
	res = post_aes(r);
	rig_us(r, 2);
	CHECK(rig_done(r, res));
	rig_free(r);
}

static unsigned int bits_changed(struct rig *r, const uint8_t *was)
{
	unsigned int n = 0;

	for (int i = 0; i < 32; i++)
		n += __builtin_popcount(was[i] ^ *(uint8_t *)rig_at(r, RIG_DST + i));
	return n;
}

/* One bit, in every command of that algorithm, and of no other. */
static void test_corrupt(void)
{
	struct rig *r = rig_up();
	uint8_t aes[32], des[32];

	post_aes(r);
	rig_run(r);
	memcpy(aes, rig_at(r, RIG_DST), 32);
	post(r, 0x1808, 8, 8);
	rig_run(r);
	memcpy(des, rig_at(r, RIG_DST), 32);
	set(r, "corrupt:des-cbc");
	for (int i = 0; i < 2; i++) {
		post(r, 0x1808, 8, 8);
		rig_run(r);
		CHECK_EQ(bits_changed(r, des), 1);
		post_aes(r);
		rig_run(r);
		CHECK_EQ(bits_changed(r, aes), 0);
	}
	vcard_faults_clear(r->vc);
	post(r, 0x1808, 8, 8);
	rig_run(r);
	CHECK_EQ(bits_changed(r, des), 0);
	rig_free(r);
}

static void test_rng_stuck(void)
{
	struct rig *r = rig_new(NULL);
	uint32_t word;

	rig_wr(r, 1, 0x314, 1);
	rig_rd(r, 1, 0x318);
	rig_us(r, 10);
	word = rig_rd(r, 1, 0x318);
	set(r, "rng-stuck");
	for (int i = 0; i < 5; i++) {
		rig_us(r, 10);
		CHECK_EQ(rig_rd(r, 1, 0x318), word);
	}
	vcard_faults_clear(r->vc);
	CHECK(rig_rd(r, 1, 0x318) != word);
	rig_free(r);
}

static void test_pub_stuck(void)
{
	struct rig *r = rig_new(NULL);

	CHECK_EQ(rig_rd(r, 1, 0x204), 0);
	set(r, "pub-stuck");
	rig_wr(r, 1, 0x204, 1);
	rig_us(r, 100000);
	CHECK_EQ(rig_rd(r, 1, 0x204), 1);
	vcard_faults_clear(r->vc);
	CHECK_EQ(rig_rd(r, 1, 0x204), 0);
	rig_free(r);
}

static void test_locked(void)
{
	struct rig *r = rig_new(&(struct vcard_config){ .unlocked = true });

	rig_wr(r, 0, 0x0c, 0x20);
	CHECK_EQ(rig_rd(r, 0, 0x14), 0x1100);
	set(r, "locked");
	rig_wr(r, 0, 0x0c, 0x20);
	CHECK_EQ(rig_rd(r, 0, 0x14), 0x3000);
	vcard_pci_reset(r->vc);
	rig_wr(r, 0, 0x0c, 0x20);
	CHECK_EQ(rig_rd(r, 0, 0x14), 0x3000);
	rig_free(r);
}

static uint8_t pci_status(struct rig *r)
{
	uint8_t status;

	vcard_config_read(r->vc, 6, &status, 1);
	return status;
}

/* The registers tell of the interrupt that the line does not. */
static void check_silent_command(struct rig *r)
{
	uint32_t res;

	rig_wr(r, 1, 0x40, 0x3e3e3c3f);
	CHECK_EQ(pci_status(r) & 8, 0);
	res = post_aes(r);
	rig_run(r);
	CHECK(rig_done(r, res));
	CHECK(rig_rd(r, 1, 0x40) & 0x00100000);
	CHECK_EQ(pci_status(r) & 8, 8);
	CHECK(!vcard_irq(r->vc));
	CHECK_EQ(r->irqs, 1);
}

/* Falls at once, never rises, not even after a reset; rises late. */
static void test_no_irq(void)
{
	struct rig *r = rig_up();

	post_aes(r);
	rig_run(r);
	CHECK(vcard_irq(r->vc));
	set(r, "no-irq");
	CHECK(!vcard_irq(r->vc));
	check_silent_command(r);
	check_silent_command(r);
	restart(r, 0x4);
	check_silent_command(r);
	vcard_faults_clear(r->vc);
	CHECK(vcard_irq(r->vc));
	CHECK_EQ(r->irqs, 2);
	rig_free(r);
}

static void test_gone(void)
{
	struct rig *r = rig_up();
	uint32_t res;
	uint8_t b[4];

	post_aes(r);
	rig_run(r);
	CHECK(vcard_irq(r->vc));
	set(r, "gone");
	CHECK(!vcard_irq(r->vc));
	res = post_aes(r);
	rig_us(r, 10);
	CHECK(!rig_done(r, res));
	CHECK_EQ(rig_rd(r, 1, 0x40), 0xffffffff);
	CHECK_EQ(rig_rd(r, 0, 0x14), 0xffffffff);
	CHECK_EQ(rig_rd(r, 2, 0x14), 0xffffffff);
	rig_wr(r, 1, 0x48, 0x4);
	vcard_config_read(r->vc, 0, b, 4);
	CHECK_MEM(b, "\xff\xff\xff\xff", 4);
	vcard_faults_clear(r->vc);
	CHECK_EQ(rig_rd(r, 1, 0x48), 0x7);	/* power was off */
	rig_us(r, 2);
	CHECK(!rig_done(r, res));
	restart(r, 0x4);
	res = post_aes(r);
	rig_us(r, 2);
	CHECK(rig_done(r, res));
	rig_free(r);
}

static uint64_t counter(struct rig *r, const char *object, const char *name)
{
	char *json = vcard_counters_json(r->vc), want[64];
	const char *p = strstr(json, object);
	uint64_t val = UINT64_MAX;

	snprintf(want, sizeof(want), "\"%s\":", name);
	p = p ? strstr(p, want) : NULL;
	if (p)
		val = strtoull(p + strlen(want), NULL, 10);
	else
		FAIL("no %s %s in the counters", object, name);
	free(json);
	return val;
}

static void test_counters(void)
{
	struct rig *r = rig_up();

	vcard_counters_reset(r->vc);
	for (int i = 0; i < 3; i++) {
		post_aes(r);
		rig_run(r);
	}
	post(r, 0x1808, 8, 8);
	rig_run(r);
	rig_rd(r, 1, 0x40);
	rig_rd(r, 1, 0x40);
	rig_wr(r, 1, 0x40, 0x3e3e3c3f);
	rig_rd(r, 2, 0);
	rig_wr(r, 1, 0x400, 0);
	CHECK_EQ(counter(r, "\"commands\"", "total"), 4);
	CHECK_EQ(counter(r, "\"commands\"", "aes-cbc"), 3);
	CHECK_EQ(counter(r, "\"commands\"", "des-cbc"), 1);
	CHECK_EQ(counter(r, "\"commands\"", "des3-cbc"), 0);
	CHECK_EQ(counter(r, "\"commands\"", "one-pass"), 0);
	CHECK_EQ(counter(r, "\"mmio\"", "reads"), 3);
	CHECK_EQ(counter(r, "\"mmio\"", "writes"), 2);
	CHECK_EQ(counter(r, "\"read\"", "CSR"), 2);
	CHECK_EQ(counter(r, "\"read\"", "CTXRAM"), 1);
	CHECK_EQ(counter(r, "\"write\"", "CSR"), 1);
	CHECK_EQ(counter(r, "\"write\"", "PUB_MEM"), 1);
	CHECK_EQ(counter(r, "\"irq\"", "raised"), 1);
	CHECK_EQ(counter(r, "\"cause\"", "R_DONE"), 1);
	CHECK_EQ(counter(r, "\"cause\"", "C_DONE"), 0);
	CHECK_EQ(counter(r, "\"dma\":{\"read\"", "descriptor"), 4 * 4 * 8);
	CHECK_EQ(counter(r, "\"dma\":{\"read\"", "command"), 3 * 48 + 32);
	CHECK_EQ(counter(r, "\"dma\":{\"read\"", "data"), 4 * 32);
	CHECK_EQ(counter(r, "},\"write\":{\"descriptor\"", "descriptor"), 4 * 4 * 4);
	CHECK_EQ(counter(r, "},\"write\":{\"descriptor\"", "data"), 4 * 32);
	CHECK_EQ(counter(r, "},\"write\":{\"descriptor\"", "result"), 4 * 12);
	CHECK_EQ(counter(r, "\"errors\"", "total"), 0);
	rig_rd(r, 0, 0x20);
	CHECK_EQ(counter(r, "\"errors\"", "register"), 1);
	vcard_counters_reset(r->vc);
	CHECK_EQ(counter(r, "\"commands\"", "total"), 0);
	rig_free(r);
}

/* A rise counts for every bit that is set and enabled, and for no other. */
static void test_irq_causes(void)
{
	struct rig *r = rig_up();

	rig_wr(r, 1, 0x44, 0);
	vcard_counters_reset(r->vc);
	post_aes(r);
	rig_run(r);
	CHECK_EQ(counter(r, "\"irq\"", "raised"), 0);
	CHECK_EQ(counter(r, "\"cause\"", "R_DONE"), 0);
	rig_wr(r, 1, 0x44, 0x00100004);
	CHECK_EQ(counter(r, "\"irq\"", "raised"), 1);
	CHECK_EQ(counter(r, "\"cause\"", "R_DONE"), 1);
	CHECK_EQ(counter(r, "\"cause\"", "C_WAIT"), 1);
	CHECK_EQ(counter(r, "\"cause\"", "D_WAIT"), 0);
	rig_free(r);
}

/* A flood of mistakes is counted in full and logged in part. */
static void test_log_limit(void)
{
	struct rig *r = rig_new(NULL);

	for (int i = 0; i < 1000; i++)
		rig_rd(r, 0, 0x20);
	CHECK_EQ(counter(r, "\"errors\"", "register"), 1000);
	CHECK_EQ(r->lines, 33);
	CHECK(strstr(r->log, "only counted"));
	rig_free(r);
}

static void test_trace(void)
{
	static const char *const want[] = {
		"mmio w BAR0 0x004 PUCTRL 0x00000002", "config w 0x04 2 byte(s) 0x06",
		"desc C 0x00100000 0xa2000030 0x00108000",
		"command 1 opcode 0 session 0 src 32 dst 32", "result 1 12 byte(s)", "irq 1",
	};
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	struct rig *r = rig_new(&(struct vcard_config){ .unlocked = true, .trace = f });

	rig_start(r);
	post_aes(r);
	rig_run(r);
	fclose(f);
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		if (!strstr(text, want[i]))
			FAIL("trace lacks '%s'", want[i]);
	free(text);
	rig_free(r);
}

/* A PCI reset forgets all but the context RAM. */
static void test_pci_reset(void)
{
	struct rig *r = rig_up();

	post_aes(r);
	rig_run(r);
	CHECK(vcard_irq(r->vc));
	vcard_pci_reset(r->vc);
	CHECK(!vcard_irq(r->vc));
	CHECK(!vcard_polling(r->vc));
	CHECK_EQ(rig_rd(r, 1, 0x44), 0);
	CHECK_EQ(rig_rd(r, 1, 0x48), 7);
	CHECK_EQ(rig_rd(r, 2, 0), 0x00030405);
	CHECK_EQ(vcard_step(r->vc, 1000), VCARD_NEVER);
	rig_free(r);
}

static const struct test tests[] = {
	{ "specs", test_specs },
	{ "slow", test_slow },
	{ "late", test_late },
	{ "stuck", test_stuck },
	{ "stuck-cleared", test_stuck_cleared },
	{ "lost-irq", test_lost_irq },
	{ "lost-irq-quiet", test_lost_irq_quiet },
	{ "no-result", test_no_result },
	{ "abort", test_abort },
	{ "corrupt", test_corrupt },
	{ "rng-stuck", test_rng_stuck },
	{ "pub-stuck", test_pub_stuck },
	{ "locked", test_locked },
	{ "no-irq", test_no_irq },
	{ "gone", test_gone },
	{ "counters", test_counters },
	{ "irq-causes", test_irq_causes },
	{ "log-limit", test_log_limit },
	{ "trace", test_trace },
	{ "pci-reset", test_pci_reset },
};

RUN_TESTS("vcard.faults")
