/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Public-key registers and operand memory, docs/reference/hifn795x.md 2.4.
 */
#ifndef VC_PUB_H
#define VC_PUB_H

#include "irq.h"
#include "pub_math.h"
#include "rng.h"

struct vc_pub {
	struct vc_host *host;
	struct vc_regfile *regs;
	struct vc_irq *irq;
	struct vc_rng *rng;	/* reset with it */
	const struct vc_pll *pll;
	uint64_t reset_end;	/* ns */
	struct vc_pub_op op;
	bool busy;		/* with op, until end */
	bool hung;		/* or for ever */
	uint64_t end;		/* ns */
	bool done_level;	/* DONE and enabled, at the last look */
	uint32_t mem[HIFN_PUB_MEM_BYTES / 4];
};

/* power_up: its own reset has ended too. */
void vc_pub_reset(struct vc_pub *pub, bool power_up);
uint32_t vc_pub_reset_read(struct vc_pub *pub);
void vc_pub_reset_write(struct vc_pub *pub, uint32_t val);
uint32_t vc_pub_status_read(struct vc_pub *pub);
void vc_pub_status_write(struct vc_pub *pub, uint32_t val);
void vc_pub_ien_write(struct vc_pub *pub, uint32_t val);
/* off: which of the two operation registers. */
void vc_pub_op_write(struct vc_pub *pub, uint32_t off, uint32_t val);
/* Ends what is due; when to call again, ns, or VC_NEVER. */
uint64_t vc_pub_step(struct vc_pub *pub);

#endif
