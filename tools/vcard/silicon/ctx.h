/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Context RAM: the session records the engines keep their state in, and the two
 * commands that read and write it. docs/reference/hifn795x.md 4.6, 2.1.4.
 */
#ifndef VC_CTX_H
#define VC_CTX_H

#include "ring.h"
#include "unit.h"

struct vc_ctx {
	struct vc_host *host;
	const struct vc_regfile *regs;	/* PUCNFG: the size of a record */
	struct vc_rings *rings;
	struct vc_unit *unit;
	uint8_t ram[HIFN_CTXRAM_BYTES];
};

/* What the command brought is kept; what it did not bring is taken from here. */
void vc_ctx_load(struct vc_ctx *ctx, struct vc_command *cmd);
void vc_ctx_save_iv(struct vc_ctx *ctx, const struct vc_command *cmd, const uint8_t *iv);
/* A context command. True when done; called again until then. */
bool vc_ctx_access(struct vc_ctx *ctx);

#endif
