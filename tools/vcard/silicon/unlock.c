// SPDX-License-Identifier: BSD-2-Clause
/*
 * The challenge and response that unlocks ciphers and MACs, docs/hifn795x.md
 * 6.3: seed read from UNLOCK1, LFSR successors written to UNLOCK2.
 */
#include "../vc_int.h"

static bool vc_unlock_open(struct vcard *vc, const char *reg)
{
	if (REG1(vc, HIFN_1_DMA_CNFG) & HIFN_DMACNFG_UNLOCK)
		return true;
	vc_error(vc, VC_ERR_UNLOCK, "%s touched while CNFG.UNLOCK is 0", reg);
	return false;
}

static uint32_t vc_lfsr_round(uint32_t state)
{
	for (int i = 0; i < HIFN_UNLOCK_STEPS; i++)
		state = state << 1 | __builtin_parity(state & HIFN_UNLOCK_TAPS);
	return state;
}

void vc_unlock_power_up(struct vcard *vc)
{
	vc->level = vc->cfg.unlocked ? HIFN_LEVEL_2 : HIFN_LEVEL_0;
	vc->unlock_state = 0;
	vc->unlock_good = 0;
	vc->unlock_dead = false;
}

static void vc_unlock_fail(struct vcard *vc, const char *why)
{
	vc->unlock_state = 0;
	if (!vc->cfg.strict_unlock) {
		vc_error(vc, VC_ERR_UNLOCK, "unlock: %s; level stays 0x%04x", why,
			 vc->level);
		return;
	}
	vc->level = HIFN_LEVEL_0;
	vc->unlock_dead = true;
	vc_error(vc, VC_ERR_UNLOCK, "unlock: %s; locked until PCI reset", why);
}

/* Reading the seed begins a sequence. */
uint32_t vc_unlock_seed_read(struct vcard *vc, uint32_t off)
{
	uint32_t seed;

	(void)off;
	if (!vc_unlock_open(vc, "UNLOCK1"))
		return 0;
	do
		seed = vc_random(vc);
	while (!seed);
	if (vc->level == HIFN_LEVEL_2)
		vc_unlock_fail(vc, "begun again although already unlocked");
	vc->unlock_state = seed;
	vc->unlock_good = 0;
	return seed;
}

/* The 12th right value unlocks; later right ones change nothing. */
static void vc_unlock_good(struct vcard *vc)
{
	if (++vc->unlock_good != HIFN_UNLOCK_ROUNDS_MIN)
		return;
	if (vc_fault_due(vc, VC_F_LOCKED))
		vc_fault_hit(vc, VC_F_LOCKED);
	if (vc->fault[VC_F_LOCKED].always || vc->sealed || vc->unlock_dead) {
		vc_log(vc, "unlock: all values right, but the chip stays locked");
		return;
	}
	vc->level = HIFN_LEVEL_2;
	VC_TRACE(vc, "unlock level 0x%04x", vc->level);
}

void vc_unlock_write(struct vcard *vc, uint32_t off, uint32_t val)
{
	(void)off;
	if (!vc_unlock_open(vc, "UNLOCK2"))
		return;
	if (!vc->unlock_state) {
		vc_error(vc, VC_ERR_UNLOCK, "UNLOCK2 written before the seed was read");
		return;
	}
	if (!val && !vc->unlock_good)
		return;		/* the zero that drivers send first */
	vc->unlock_state = vc_lfsr_round(vc->unlock_state);
	if (val == vc->unlock_state)
		vc_unlock_good(vc);
	else
		vc_unlock_fail(vc, "wrong response");
}
