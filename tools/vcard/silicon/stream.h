/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The data path: one stream from the source chain to the destination chain, with the
 * engines as windows over it. docs/reference/hifn795x.md 3.5, 3.6, 4.5, 4.7.
 */
#ifndef VC_STREAM_H
#define VC_STREAM_H

#include "ctx.h"
#include "mac.h"
#include "pu.h"

struct vc_stream {
	struct vc_host *host;
	struct vc_irq *irq;
	struct vc_rings *rings;
	struct vc_pu *pu;
	struct vc_unit *unit;
	struct vc_ctx *ctx;
	struct vc_cipher cipher;
	struct vc_mac mac;
};

void vc_stream_start(struct vc_stream *stream);
/* True when all output is in memory; called again until then. */
bool vc_stream_run(struct vc_stream *stream);
/* True when both chains are given back; called again until then. */
bool vc_stream_drain(struct vc_stream *stream);
/* The MAC, into unit->digest. */
void vc_stream_digest(struct vc_stream *stream);

#endif
