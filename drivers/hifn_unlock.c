// SPDX-License-Identifier: GPL-2.0
/* The response to the card's unlock seed: one round of its shift register. */
#include "hifn_unlock.h"
#include "hifn_regs.h"

static u32 parity(u32 x)
{
	x ^= x >> 16;
	x ^= x >> 8;
	x ^= x >> 4;
	x ^= x >> 2;
	x ^= x >> 1;
	return x & 1;
}

u32 hifn_unlock_round(u32 state)
{
	u32 i;

	for (i = 0; i < HIFN_UNLOCK_STEPS; i++)
		state = state << 1 | parity(state & HIFN_UNLOCK_TAPS);
	return state;
}
