/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the chip is like where nobody knows: one knob for each guess of docs/reference/hifn795x.md that a
 * driver leans on. The first value is the model's, the others are what may be instead. A knob is a
 * state of the silicon and no fault of it: it holds from power-up on and for each command.
 *
 * What concerns a block is decided there, by vc_knob(). Names, and where each value comes from:
 * knobs.c and docs/reference/vcard.md.
 */
#ifndef VC_KNOBS_H
#define VC_KNOBS_H

#include <stdbool.h>
#include <stdint.h>

enum vc_knob {
	VC_K_BAD_COMMAND,
	VC_K_COUNT_BITS,
	VC_K_CONTEXT,
	VC_K_DEST_WRITE,
	VC_K_SOURCE_READ,
	VC_K_POWER_LEVEL,
	VC_K_RESET_LEVEL,
	VC_K_UNLOCK_TWICE,
	VC_K_LEVEL,
	VC_K_RESET_PLL,
	VC_K_UNIT_BIT,
	VC_K_BAR2,
	VC_K_ALL_ONES,
	VC_K_CRYSTAL,
	VC_K_RESIDUAL,
	VC_K_ODD_COUNT,
	VC_K_SHORT_COUNT,
	VC_K_FULL_MAC,
	VC_K_MAC_PLACE,
	VC_K_HASH,
	VC_K_FEEDBACK,
	VC_K_RING_RETURN,
	VC_K_INTERRUPT,
	VC_K_INTX_BIT,
	VC_K_WRITE_RAM,
	VC_K_RNG,
	VC_K_RESET_RNG,
	VC_K_RINGS,
	VC_K_PARITY,
	VC_KNOBS
};

/* Values, where there is more than "as modelled" and its opposite. */
enum { VC_WRITES_WORDS, VC_WRITES_8, VC_WRITES_BURSTS };
enum { VC_POWERS_LOCKED, VC_POWERS_0, VC_POWERS_LEVEL_1, VC_POWERS_OPEN };
enum { VC_RESET_KEEPS, VC_RESET_LOCKS, VC_RESET_LEVEL_1 };
enum { VC_LEVEL_TOLD, VC_LEVEL_BLANK, VC_LEVEL_OTHER };
enum { VC_CRYSTAL_66, VC_CRYSTAL_33, VC_CRYSTAL_100, VC_CRYSTAL_NONE };
enum { VC_RESIDUAL_LEFT, VC_RESIDUAL_DONE, VC_RESIDUAL_UNUSED };
enum { VC_MAC_FULL, VC_MAC_TRUNCATED };
enum { VC_HASH_COPIES, VC_HASH_SILENT, VC_HASH_HANGS };
enum { VC_FEEDBACK_BLOCK, VC_FEEDBACK_SWAPPED, VC_FEEDBACK_HANGS };
enum { VC_IRQ_LEVEL, VC_IRQ_EDGE, VC_IRQ_EARLY, VC_IRQ_MISSES };
enum { VC_RAM_WRITES, VC_RAM_REFUSES, VC_RAM_IGNORES, VC_RAM_HANGS };
enum { VC_RNG_GOOD, VC_RNG_LFSR, VC_RNG_STUCK, VC_RNG_LATE };

struct vc_knobs {
	uint8_t value[VC_KNOBS];
};

#define VC_KNOB_VALUES	4

struct vc_knob_value {
	const char *name;
	const char *text;	/* what the silicon does then */
	const char *source;	/* who says so, or "invented" */
};

struct vc_knob_info {
	const char *name;
	const char *question;
	struct vc_knob_value value[VC_KNOB_VALUES];	/* up to the first without name */
};

extern const struct vc_knob_info vc_knob_info[VC_KNOBS];

#endif
