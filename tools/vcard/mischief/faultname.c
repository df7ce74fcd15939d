// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the faults are called.
 */
#include "faultname.h"

static const char *const names[VC_FAULTS] = {
	[VC_F_SLOW] = "slow",
	[VC_F_LATE] = "late",
	[VC_F_STUCK] = "stuck",
	[VC_F_STUCK_CMD] = "stuck-cmd",
	[VC_F_STUCK_SRC] = "stuck-src",
	[VC_F_STUCK_DST] = "stuck-dst",
	[VC_F_STUCK_RES] = "stuck-res",
	[VC_F_ABORT] = "abort",
	[VC_F_ABORT_SRC] = "abort-src",
	[VC_F_ABORT_DST] = "abort-dst",
	[VC_F_ABORT_RES] = "abort-res",
	[VC_F_LOST_IRQ] = "lost-irq",
	[VC_F_LATE_IRQ] = "late-irq",
	[VC_F_SPURIOUS_IRQ] = "spurious-irq",
	[VC_F_NO_IRQ] = "no-irq",
	[VC_F_NO_RESULT] = "no-result",
	[VC_F_OVERRUN] = "overrun",
	[VC_F_STARVED] = "starved",
	[VC_F_BAD_RESIDUAL] = "bad-residual",
	[VC_F_NO_VALID_CMD] = "no-valid-cmd",
	[VC_F_NO_VALID_SRC] = "no-valid-src",
	[VC_F_NO_VALID_DST] = "no-valid-dst",
	[VC_F_NO_VALID] = "no-valid",
	[VC_F_CORRUPT] = "corrupt",
	[VC_F_CORRUPT_AT] = "corrupt-at",
	[VC_F_CORRUPT_IN] = "corrupt-in",
	[VC_F_GONE] = "gone",
	[VC_F_GONE_RESET] = "gone-reset",
	[VC_F_SLOW_RESET] = "slow-reset",
	[VC_F_BACK_LOCKED] = "back-locked",
	[VC_F_BACK_SEALED] = "back-sealed",
	[VC_F_LOCKED] = "locked",
	[VC_F_PLL_STUCK] = "pll-stuck",
	[VC_F_RNG_STUCK] = "rng-stuck",
	[VC_F_HOSTILE] = "hostile",
	[VC_F_PUB_STUCK] = "pub-stuck",
	[VC_F_SMALL_BARS] = "small-bars",
	[VC_F_PASS_THROUGH] = "pass-through",
	[VC_F_CLEAR_TAIL] = "clear-tail",
	[VC_F_NO_DATA] = "no-data",
	[VC_F_STALE_KEY] = "stale-key",
	[VC_F_HOLE] = "hole",
	[VC_F_MISREAD] = "misread",
	[VC_F_CLEAN_REFUSAL] = "clean-refusal",
	[VC_F_COUNT16] = "count16",
	[VC_F_BACK_LEVEL1] = "back-level1",
	[VC_F_BACK_WRONG] = "back-wrong",
	[VC_F_EDGE_IRQ] = "edge-irq",
	[VC_F_WEDGE] = "wedge",
};

const char *fault_name(enum fault_id id)
{
	return names[id];
}
