/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The faults and what they are called, in commands, counters and traces.
 */
#ifndef MISCHIEF_FAULTNAME_H
#define MISCHIEF_FAULTNAME_H

/* The order is behaviour: chances are drawn in it. */
enum fault_id {
	VC_F_NONE,
	/* drawn for each command, faults.plan: */
	VC_F_COMMAND_FIRST,
	VC_F_SLOW = VC_F_COMMAND_FIRST,
	VC_F_STUCK,
	VC_F_STUCK_CMD, VC_F_STUCK_SRC, VC_F_STUCK_DST, VC_F_STUCK_RES,
	VC_F_ABORT, VC_F_ABORT_SRC, VC_F_ABORT_DST, VC_F_ABORT_RES,
	VC_F_LOST_IRQ, VC_F_LATE_IRQ, VC_F_SPURIOUS_IRQ,
	VC_F_NO_RESULT, VC_F_OVERRUN, VC_F_STARVED, VC_F_BAD_RESIDUAL,
	VC_F_NO_VALID_CMD, VC_F_NO_VALID_SRC, VC_F_NO_VALID_DST, VC_F_NO_VALID,
	VC_F_CORRUPT_AT, VC_F_CORRUPT_IN,
	VC_F_HOSTILE_LAST = VC_F_CORRUPT_IN,	/* a hostile card uses those so far */
	VC_F_GONE, VC_F_GONE_RESET,
	VC_F_PASS_THROUGH, VC_F_CLEAR_TAIL, VC_F_NO_DATA, VC_F_STALE_KEY,
	VC_F_COMMAND_LAST = VC_F_STALE_KEY,
	/* asked where they apply: */
	VC_F_LATE, VC_F_NO_IRQ, VC_F_CORRUPT,
	VC_F_SLOW_RESET, VC_F_BACK_LOCKED, VC_F_BACK_SEALED,
	VC_F_LOCKED, VC_F_PLL_STUCK, VC_F_RNG_STUCK, VC_F_PUB_STUCK, VC_F_HOSTILE,
	VC_F_SMALL_BARS, VC_F_CLEAN_REFUSAL, VC_F_COUNT16, VC_F_BACK_LEVEL1, VC_F_EDGE_IRQ,
	VC_FAULTS
};

const char *fault_name(enum fault_id id);

#endif
