/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command at hand in the processing unit: what has been read of it, and how far
 * it has come. State alone; engine.c moves it.
 */
#ifndef VC_UNIT_H
#define VC_UNIT_H

#include "cmd.h"

enum vc_unit_state {
	VC_PU_IDLE,	/* waits for a command descriptor */
	VC_PU_SEEN,	/* has it, does not act on it before ready */
	VC_PU_HOLD,	/* somebody holds it before it is read */
	VC_PU_BLOCK,	/* reads the rest of the command chain */
	VC_PU_DELAY,	/* decoded; nothing moves before ready */
	VC_PU_DATA,
	VC_PU_DRAIN,	/* retires what is left of both chains */
	VC_PU_RESULT,
};

#define VC_BLOCK_MAX	512	/* command bytes kept; more are read and ignored */

struct vc_unit {
	enum vc_unit_state state;
	uint8_t block[VC_BLOCK_MAX];
	uint32_t block_len;
	struct vc_command cmd;
	uint64_t ready;		/* ns; 0: at once */

	uint32_t pos;		/* source bytes taken */
	uint32_t out_pos;	/* bytes produced */
	uint32_t dst_used;	/* destination capacity used up */
	uint32_t stored;	/* bytes written to memory */
	uint32_t ciphered;	/* bytes the cipher has processed */
	uint32_t maced;
	bool src_end, dst_end;	/* the chain's LAST descriptor was used up */
	bool dst_over;		/* LAST is full and output remains */
	bool dst_sink;		/* misaligned descriptor: its bytes are dropped */
	bool block_bad;		/* command buffer misaligned */
	bool withheld;		/* no output is written, though it is counted as stored */
	bool skipped;		/* no data move, the result looks good */
	bool data_err;
	bool spoiled;		/* one bit of what comes out is to be wrong */
	bool early;		/* its R_DONE was raised before its result */
	uint8_t in[16];		/* block split between segments */
	unsigned int in_len;
	uint8_t out[16];	/* processed, not yet stored */
	unsigned int out_len, out_off;
	uint8_t ctx_data[8];	/* context RAM access */
	uint8_t digest[HIFN_SHA1_BYTES];
	uint8_t result[64];
	uint32_t result_len, result_off;
	uint64_t number;	/* of the command, since power-up */
};

/* The partial command and the FIFOs are lost, 2.1.2; keys with them. */
void vc_unit_drop(struct vc_unit *unit);

#endif
