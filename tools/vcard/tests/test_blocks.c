// SPDX-License-Identifier: BSD-2-Clause
/*
 * Blocks of the silicon one by one, without a card around them: each with the few
 * neighbours it is wired to, and with somebody at the points who overrules it.
 */
#include <stdlib.h>

#include "../../../drivers/hifn_desc.h"
#include "harness.h"
#include "rig.h"
#include "silicon/card.h"
#include "silicon/cmd.h"
#include "silicon/pll.h"
#include "silicon/random.h"
#include "silicon/ring.h"
#include "silicon/rng.h"
#include "silicon/unlock.h"

/* ---- a slot of its own: 4 KiB of memory at 0x1000, a clock, one who steps in ---- */

#define BASE	0x1000u

static uint8_t memory[4096];
static uint64_t clock_ns;
static unsigned int asked;	/* times the points were asked */
static bool overrule;		/* what they answer: not the silicon's own */

static void *slot_dma(void *o, uint32_t addr, bool write, uint32_t *avail)
{
	(void)o, (void)write;
	if (addr < BASE || addr - BASE >= sizeof(memory))
		return NULL;
	*avail = sizeof(memory) - (addr - BASE);
	return memory + (addr - BASE);
}

static uint64_t slot_now(void *o)
{
	(void)o;
	return clock_ns;
}

static struct vc_host slot(const struct vc_points *points)
{
	memset(memory, 0, sizeof(memory));
	clock_ns = 1000;
	asked = 0;
	overrule = false;
	return (struct vc_host){
		.ops = { .dma = slot_dma, .now = slot_now },
		.present = true, .budget = 1 << 20, .points = points,
	};
}

static bool ask_unlocks(void *o)
{
	(void)o;
	asked++;
	return !overrule;
}

static bool ask_settles(void *o)
{
	(void)o;
	asked++;
	return !overrule;
}

static bool ask_sticks(void *o, enum vc_sticky what)
{
	(void)o;
	asked++;
	return overrule && what == VC_STICKY_RNG;
}

static bool ask_line(void *o, bool wanted)
{
	(void)o;
	asked++;
	return wanted && !overrule;
}

static uint32_t ask_fetch(void *o, enum vc_ring_id ring, uint32_t at, uint32_t word)
{
	(void)o, (void)ring, (void)at;
	asked++;
	return overrule ? 0 : word;
}

static bool ask_keeps_valid(void *o, enum vc_ring_id ring, uint32_t at, uint32_t flags)
{
	(void)o, (void)ring, (void)at, (void)flags;
	return overrule;
}

static void tell_held(void *o, enum vc_ring_id ring, uint32_t addr, uint32_t len)
{
	(void)o, (void)ring, (void)addr, (void)len;
	asked++;
}

static void tell_ring(void *o, enum vc_ring_id ring, uint32_t at)
{
	(void)o, (void)ring, (void)at;
}

static void tell_forget(void *o, enum vc_ring_id ring)
{
	(void)o, (void)ring;
}

static uint32_t ask_status(void *o, uint32_t bits)
{
	(void)o;
	asked++;
	return overrule ? 0 : bits;
}

/* Those the blocks below ask. */
static const struct vc_points points = {
	.unlocks = ask_unlocks, .pll_settles = ask_settles, .sticks = ask_sticks,
	.line = ask_line, .fetch = ask_fetch, .keeps_valid = ask_keeps_valid,
	.held = tell_held, .returned = tell_ring, .forget = tell_forget,
	.status = ask_status,
};

/* ---- blocks ---- */

static void sequence(struct vc_unlock *u)
{
	uint32_t val = vc_unlock_seed_read(u);

	for (int i = 0; i < 12; i++) {
		for (int k = 0; k < HIFN_UNLOCK_STEPS; k++)
			val = val << 1 | __builtin_parity(val & HIFN_UNLOCK_TAPS);
		vc_unlock_write(u, val);
	}
}

static void test_unlock(void)
{
	struct vc_host host = slot(&points);
	struct vc_regfile regs = { .reg0 = { 0 } };
	uint64_t random = 7;
	struct vc_unlock u = { .host = &host, .regs = &regs, .random = &random };

	vc_unlock_power_up(&u);
	CHECK_EQ(u.level, 0x3000);
	CHECK_EQ(vc_unlock_seed_read(&u), 0);		/* CNFG.UNLOCK is 0 */
	CHECK_EQ(host.count.errors[VC_ERR_UNLOCK], 1);
	CHECK_EQ(random, 7);				/* and no number drawn */
	REG1(&regs, 0x48) = 0x800;
	overrule = true;
	sequence(&u);
	CHECK_EQ(u.level, 0x3000);
	overrule = false;
	sequence(&u);
	CHECK_EQ(u.level, 0x1100);
	CHECK_EQ(asked, 2);
	vc_unlock_lock(&u);
	host.points = NULL;
	sequence(&u);
	CHECK_EQ(u.level, 0x1100);
}

static void test_clock(void)
{
	struct vc_host host = slot(&points);
	struct vc_regfile regs = { .reg0 = { 0 } };
	struct vc_pll pll = { .host = &host, .regs = &regs };

	REG1(&regs, 0x4c) = 0x402;
	overrule = true;
	vc_pll_write(&pll, 0x402);			/* still in bypass: nobody asked */
	CHECK(!asked && !pll.unsettled);
	vc_pll_write(&pll, 0x400 | 1 << 3 | 1 << 4);	/* both units off the PLL */
	CHECK(asked == 1 && pll.unsettled);
	CHECK_EQ(vc_pe_stopped(&pll), (REG1(&regs, 0x4c) & HIFN_PLL_PE_CLK_SEL) != 0);
	CHECK_EQ(vc_pk_stopped(&pll), (REG1(&regs, 0x4c) & HIFN_PLL_PK_CLK_SEL) != 0);
	vc_pll_write(&pll, 0x402);
	CHECK(!pll.unsettled && !vc_pe_stopped(&pll));
	CHECK_EQ(vc_pk_clock_ns(&pll, 33), 1000);	/* the bus clock */
}

static void test_random(void)
{
	struct vc_host host = slot(&points);
	struct vc_regfile regs = { .reg0 = { 0 } };
	struct vc_pll pll = { .host = &host, .regs = &regs };
	uint64_t random = 1, same = 1;
	struct vc_rng rng = { .host = &host, .regs = &regs, .pll = &pll, .random = &random };
	uint32_t word;

	vc_rng_power_up(&rng);
	CHECK_EQ(vc_rng_read(&rng), 0);			/* disabled */
	vc_rng_config_write(&rng, HIFN_RNGCFG_ENA);
	CHECK_EQ(vc_rng_read(&rng), 0);			/* the first is thrown away */
	CHECK_EQ(random, 1);
	CHECK_EQ(asked, 1);
	CHECK_EQ(vc_rng_read(&rng), 0);			/* too early: nobody asked */
	CHECK_EQ(asked, 1);
	clock_ns += 1000000;
	word = vc_rng_read(&rng);
	CHECK_EQ(word, (uint32_t)vc_splitmix(&same));
	CHECK_EQ(random, same);
	clock_ns += 1000000;
	overrule = true;
	CHECK_EQ(vc_rng_read(&rng), word);
	CHECK_EQ(random, same);				/* a word that sticks draws none */
}

static void test_line(void)
{
	struct vc_host host = slot(NULL);
	struct vc_regfile regs = { .reg0 = { 0 } };
	struct vc_irq irq = { .host = &host, .regs = &regs };

	vc_csr_raise(&irq, HIFN_DMACSR_R_DONE);
	CHECK(!irq.level && !vc_irq_wanted(&irq));
	REG1(&regs, 0x44) = HIFN_DMACSR_R_DONE;
	vc_irq_update(&irq);
	vc_irq_update(&irq);
	CHECK(irq.level);
	CHECK_EQ(host.count.irq_raised, 1);
	CHECK_EQ(host.count.irq_cause[20], 1);
	host.points = &points;
	overrule = true;
	vc_irq_update(&irq);
	CHECK(!irq.level && vc_irq_wanted(&irq));
	overrule = false;
	host.present = false;
	vc_irq_update(&irq);
	CHECK(!irq.level);				/* off the bus */
	host.present = true;
	vc_irq_update(&irq);
	CHECK_EQ(host.count.irq_raised, 2);
}

static void put32(uint32_t at, uint32_t val)
{
	memcpy(memory + (at - BASE), &val, 4);
}

static uint32_t get32(uint32_t at)
{
	uint32_t val;

	memcpy(&val, memory + (at - BASE), 4);
	return val;
}

static void test_ring(void)
{
	struct vc_host host = slot(&points);
	struct vc_regfile regs = { .reg0 = { 0 } };
	struct vc_irq irq = { .host = &host, .regs = &regs };
	struct vc_config config = { .host = &host, .irq = &irq };
	struct vc_rings rings = { .host = &host, .regs = &regs, .irq = &irq, .config = &config };

	vc_ring_rebase(&rings, VC_R, BASE);
	CHECK(!vc_ring_get(&rings, VC_R));		/* not enabled */
	vc_ring_control(&rings, VC_R, HIFN_DMACSR_CTRL_ENA);
	put32(BASE, VALID | LAST | 40);
	put32(BASE + 4, 0x1800);
	overrule = true;				/* the word shall not count */
	CHECK(!vc_ring_get(&rings, VC_R));
	CHECK_EQ(host.count.polls, 1);
	vc_ring_control(&rings, VC_R, HIFN_DMACSR_CTRL_ENA);
	overrule = false;
	CHECK(vc_ring_get(&rings, VC_R));
	CHECK_EQ(rings.ring[VC_R].addr, 0x1800);
	CHECK_EQ(rings.ring[VC_R].len, 40);
	CHECK_EQ(host.count.dma_read[VC_DMA_DESC], 8);
	overrule = true;				/* VALID stays, no status */
	CHECK(vc_ring_retire(&rings, VC_R, 0));
	CHECK_EQ(get32(BASE), VALID | LAST | 40);
	CHECK_EQ(REG1(&regs, 0x40) & HIFN_DMACSR_R_DONE, 0);
	CHECK_EQ(rings.ring[VC_R].cur, BASE + 8);
	overrule = false;
	vc_ring_rebase(&rings, VC_R, BASE);
	CHECK(vc_ring_get(&rings, VC_R) && vc_ring_retire(&rings, VC_R, 0));
	CHECK_EQ(get32(BASE), LAST | 40);
	CHECK(REG1(&regs, 0x40) & HIFN_DMACSR_R_DONE);
	vc_ring_rebase(&rings, VC_R, 0x100);		/* nobody answers there */
	CHECK(!vc_ring_get(&rings, VC_R) && rings.ring[VC_R].halted);
	CHECK_EQ(host.count.errors[VC_ERR_ABORT], 1);
	CHECK(config.bytes[7] & 0x20);
}

static void test_decoder(void)
{
	struct vc_host host = slot(NULL);
	struct vc_unlock unlock = { .host = &host, .level = 0x3000 };
	struct vc_command cmd;
	uint8_t block[64] = { 0 }, key[16] = { 1 };
	uint32_t len = cmd_crypt(block, true, 32, 32, 0x180b, 0, 32, key, 16, key, 16);

	vc_cmd_decode(&unlock, &cmd, block, len);
	CHECK(cmd.refused && !cmd.crypt.on);
	CHECK_EQ(host.count.errors[VC_ERR_LOCKED], 1);
	unlock.level = 0x1100;
	vc_cmd_decode(&unlock, &cmd, block, len);
	CHECK(!cmd.refused && cmd.crypt.on && !cmd.mac.on);
	CHECK(cmd.key == block + 16 && cmd.iv == block + 32);
	CHECK_EQ(vc_cmd_cipher_op(&cmd), VC_OP_CIPHER + 1);	/* aes-cbc */
	vc_cmd_decode(&unlock, &cmd, block, len - 1);
	CHECK(cmd.refused);
	CHECK_EQ(host.count.errors[VC_ERR_COMMAND], 1);
}

/* ---- who asks ---- */

/* The points cost nothing, and nobody is asked, until the first fault is set. */
static void test_nobody(void)
{
	struct rig *r = rig_up();

	CHECK(!vcard_silicon(r->vc)->host.points);
	CHECK(vcard_fault(r->vc, "no-such-fault"));
	vcard_faults_clear(r->vc);
	CHECK(!vcard_silicon(r->vc)->host.points);
	CHECK(!vcard_fault(r->vc, "slow:1@1"));
	CHECK(vcard_silicon(r->vc)->host.points);
	vcard_power_cycle(r->vc, NULL);
	CHECK(!vcard_silicon(r->vc)->host.points);
	rig_free(r);
}

static const struct test tests[] = {
	{ "unlock", test_unlock }, { "clock", test_clock }, { "random", test_random },
	{ "line", test_line }, { "ring", test_ring }, { "decoder", test_decoder },
	{ "nobody", test_nobody },
};

RUN_TESTS("vcard.blocks")
