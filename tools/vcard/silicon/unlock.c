// SPDX-License-Identifier: BSD-2-Clause
/*
 * The challenge and response that unlocks ciphers and MACs, docs/reference/hifn795x.md
 * 6.3: seed read from UNLOCK1, LFSR successors written to UNLOCK2.
 */
#include "random.h"
#include "unlock.h"

static bool unlock_open(struct vc_unlock *unlock, const char *reg)
{
	if (REG1(unlock->regs, HIFN_1_DMA_CNFG) & HIFN_DMACNFG_UNLOCK)
		return true;
	vc_error(unlock->host, VC_ERR_UNLOCK, "%s touched while CNFG.UNLOCK is 0", reg);
	return false;
}

static uint32_t lfsr_round(uint32_t state)
{
	for (int i = 0; i < HIFN_UNLOCK_STEPS; i++)
		state = state << 1 | __builtin_parity(state & HIFN_UNLOCK_TAPS);
	return state;
}

void vc_unlock_power_up(struct vc_unlock *unlock)
{
	static const uint16_t level[] = {
		[VC_POWERS_LOCKED] = HIFN_LEVEL_0, [VC_POWERS_0] = HIFN_LEVEL_0_ALT,
		[VC_POWERS_LEVEL_1] = HIFN_LEVEL_1, [VC_POWERS_OPEN] = HIFN_LEVEL_2,
	};

	unlock->level = level[vc_knob(unlock->host, VC_K_POWER_LEVEL)];
	if (unlock->unlocked || vc_knob(unlock->host, VC_K_LEVEL))
		unlock->level = HIFN_LEVEL_2;
	unlock->state = 0;
	unlock->good = 0;
	unlock->dead = false;
}

void vc_unlock_master_reset(struct vc_unlock *unlock)
{
	unsigned int knob = vc_knob(unlock->host, VC_K_RESET_LEVEL);

	if (unlock->level == HIFN_LEVEL_2 && knob != VC_RESET_KEEPS)
		unlock->level = knob == VC_RESET_LOCKS ? HIFN_LEVEL_0 : HIFN_LEVEL_1;
}

/* What PUSTAT says of it. */
uint16_t vc_unlock_told(const struct vc_unlock *unlock)
{
	switch (vc_knob(unlock->host, VC_K_LEVEL)) {
	case VC_LEVEL_BLANK:
		return 0x0000;
	case VC_LEVEL_OTHER:
		return 0x2200;
	}
	return unlock->level;
}

void vc_unlock_lock(struct vc_unlock *unlock)
{
	unlock->level = HIFN_LEVEL_0;
}

static void unlock_fail(struct vc_unlock *unlock, const char *why)
{
	unlock->state = 0;
	if (!unlock->strict && !vc_knob(unlock->host, VC_K_UNLOCK_TWICE)) {
		vc_error(unlock->host, VC_ERR_UNLOCK, "unlock: %s; level stays 0x%04x", why,
			 unlock->level);
		return;
	}
	unlock->level = HIFN_LEVEL_0;
	unlock->dead = true;
	vc_error(unlock->host, VC_ERR_UNLOCK, "unlock: %s; locked until PCI reset", why);
}

uint32_t vc_unlock_seed_read(struct vc_unlock *unlock)
{
	uint32_t seed;

	if (!unlock_open(unlock, "UNLOCK1"))
		return 0;
	do
		seed = vc_splitmix(unlock->random);
	while (!seed);
	if (unlock->level == HIFN_LEVEL_2)
		unlock_fail(unlock, "begun again although already unlocked");
	unlock->state = seed;
	unlock->good = 0;
	return seed;
}

/* The 12th right value unlocks; later right ones change nothing. */
static void unlock_good(struct vc_unlock *unlock)
{
	struct vc_host *host = unlock->host;

	if (++unlock->good != HIFN_UNLOCK_ROUNDS_MIN)
		return;
	if (!VC_ASK(host, true, unlocks(host->who)) || unlock->dead) {
		vc_note(host, "unlock: all values right, but the chip stays locked");
		return;
	}
	unlock->level = HIFN_LEVEL_2;
	VC_WATCH(host, unlocked(host->viewer, unlock->level));
}

void vc_unlock_write(struct vc_unlock *unlock, uint32_t val)
{
	if (!unlock_open(unlock, "UNLOCK2"))
		return;
	if (!unlock->state) {
		vc_error(unlock->host, VC_ERR_UNLOCK, "UNLOCK2 written before the seed was read");
		return;
	}
	if (!val && !unlock->good)
		return;		/* the zero that drivers send first */
	unlock->state = lfsr_round(unlock->state);
	if (val == unlock->state)
		unlock_good(unlock);
	else
		unlock_fail(unlock, "wrong response");
}
