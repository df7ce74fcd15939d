/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the silicon counts, as numbers alone: names and JSON are the instruments'.
 */
#ifndef VC_COUNT_H
#define VC_COUNT_H

#include "regfile.h"

/* What can be counted per command. */
enum vc_op {
	VC_OP_CIPHER,		/* + mode + 4 * (aes, des, des3) */
	VC_OP_CTXREAD = VC_OP_CIPHER + 12,
	VC_OP_CTXWRITE,
	VC_OP_SHA1,
	VC_OP_MD5,
	VC_OP_HMAC_SHA1,
	VC_OP_HMAC_MD5,
	VC_OP_COPY,		/* no engine selected */
	VC_OP_REFUSED,
	VC_OP_ONE_PASS,		/* cipher and MAC, counted as both too */
	VC_OPS
};

/* Mistakes of the host. */
enum vc_error {
	VC_ERR_REGISTER,	/* no such register, or wrong width */
	VC_ERR_VALUE,		/* register value against the rules */
	VC_ERR_UNLOCK,
	VC_ERR_ABORT,		/* bus address nobody answers */
	VC_ERR_COMMAND,
	VC_ERR_LOCKED,		/* command needs the unlocked chip */
	VC_ERR_ALIGN,
	VC_ERR_LENGTH,		/* processed length not whole blocks */
	VC_ERR_SOURCE,		/* source chain and count disagree */
	VC_ERR_DSTOVER,
	VC_ERR_RESOVER,
	VC_ERRORS
};

enum vc_dma_kind { VC_DMA_DESC, VC_DMA_CMD, VC_DMA_DATA, VC_DMA_RESULT, VC_DMAS };

/* With a clock; of commands whose result was delivered but for polls and the host's. */
#define VC_LATENCIES	40	/* classes: below 2^i ns, the last one all above */

struct vc_clock_count {
	uint64_t elapsed, engine_elapsed;	/* bus clocks, engine clocks */
	uint64_t bus_job, bus_poll, bus_host;	/* bus clocks taken */
	uint64_t polls;
	uint64_t cipher, mac;	/* engine clocks they were busy */
	uint64_t latency[VC_LATENCIES];	/* from VALID seen to result written */
	uint64_t latency_sum, latency_max;	/* ns */
	uint64_t late_sum, late_max;	/* of results against their time, ns */
};

struct vc_count {
	struct vc_clock_count clock;
	uint64_t reads[2][VC_REGS1];	/* by BAR and slot */
	uint64_t writes[2][VC_REGS1];
	uint64_t pubmem_reads, pubmem_writes;
	uint64_t ctxram_reads, ctxram_writes;
	uint64_t config_reads, config_writes;
	uint64_t irq_raised;
	uint64_t irq_cause[32];	/* rises with this bit of CSR set and enabled */
	uint64_t dma_read[VC_DMAS], dma_write[VC_DMAS];	/* bytes */
	uint64_t polls;		/* fetches of an invalid descriptor */
	uint64_t commands;	/* results delivered */
	uint64_t ops[VC_OPS];
	uint64_t errors[VC_ERRORS];
	uint64_t resets;	/* by the bus, disconnects included: */
	uint64_t master_resets;	/*   that found the card bus master */
	uint64_t live_resets;	/*   and an engine enabled */
};

#endif
