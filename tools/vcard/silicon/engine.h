/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The processing unit as a state machine over one command at a time.
 */
#ifndef VC_ENGINE_H
#define VC_ENGINE_H

#include "stream.h"

struct vc_engine {
	struct vc_host *host;
	struct vc_irq *irq;
	struct vc_rings *rings;
	struct vc_pu *pu;
	const struct vc_unlock *unlock;
	struct vc_unit *unit;
	struct vc_ctx *ctx;
	struct vc_stream *stream;
	uint64_t started;	/* commands begun since power-up */
	bool busy;		/* since the last command no other was waited for */
};

/* One transition, or part of one. False: nothing can be done now. */
bool vc_engine_run(struct vc_engine *engine);
/*
 * When the unit wants to run again; a stopped one waits for a register write, one
 * without a date for a descriptor.
 */
uint64_t vc_engine_date(const struct vc_engine *engine);

/* From within points->begun(): the command is not read before ready (ns), or holds(). */
void vc_engine_hold(struct vc_engine *engine, uint64_t ready);
/* From within points->decoded(): no data move before ready (ns). */
void vc_engine_delay(struct vc_engine *engine, uint64_t ready);

#endif
