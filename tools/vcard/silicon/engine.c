// SPDX-License-Identifier: BSD-2-Clause
/*
 * The processing unit as a state machine over one command at a time: block,
 * data, result. Each state may find its ring empty and is then tried again.
 */
#include "clock.h"
#include "dma.h"
#include "engine.h"
#include "guess.h"
#include "result.h"

static void count_command(struct vc_engine *e)
{
	struct vc_count *count = &e->host->count;
	const struct vc_command *cmd = &e->unit->cmd;

	count->commands++;
	if (cmd->refused)
		count->ops[VC_OP_REFUSED]++;
	else if (cmd->opcode == HIFN_BASE_CMD_READ_RAM)
		count->ops[VC_OP_CTXREAD]++;
	else if (cmd->opcode == HIFN_BASE_CMD_WRITE_RAM)
		count->ops[VC_OP_CTXWRITE]++;
	else if (!cmd->crypt.on && !cmd->mac.on)
		count->ops[VC_OP_COPY]++;
	if (cmd->crypt.on)
		count->ops[vc_cmd_cipher_op(cmd)]++;
	if (cmd->mac.on)
		count->ops[vc_cmd_mac_op(cmd)]++;
	if (cmd->crypt.on && cmd->mac.on)
		count->ops[VC_OP_ONE_PASS]++;
}

/* With a clock a command is not taken before its descriptor could be here. */
static void take_time(struct vc_engine *e)
{
	if (e->unit->ready)
		vc_clock_hold(e->host->clock, e->unit->ready);
	e->unit->ready = vc_clock_command(e->host->clock);
}

/* The first descriptor of a command is at hand. */
static bool pu_idle(struct vc_engine *e)
{
	if (!vc_ring_get(e->rings, VC_C)) {
		e->busy = false;
		return false;
	}
	vc_unit_drop(e->unit);
	e->unit->ready = VC_ASK(e->host, 0, seen(e->host->who));
	VC_TIME(e->host, take_time(e));
	e->unit->state = VC_PU_SEEN;
	return true;
}

static bool waits(const struct vc_engine *e)
{
	return e->unit->ready && vc_now(e->host) < e->unit->ready;
}

static bool pu_seen(struct vc_engine *e)
{
	if (waits(e))
		return false;
	e->unit->number = ++e->started;
	e->unit->state = VC_PU_BLOCK;
	return VC_ASK(e->host, true, begun(e->host->who));
}

void vc_engine_hold(struct vc_engine *e, uint64_t ready)
{
	e->unit->state = VC_PU_HOLD;
	e->unit->ready = ready;
}

static bool pu_hold(struct vc_engine *e)
{
	if (VC_ASK(e->host, false, holds(e->host->who)))
		return false;
	VC_TIME(e->host, vc_clock_hold(e->host->clock, vc_now(e->host)));
	e->unit->state = VC_PU_BLOCK;
	return true;
}

void vc_engine_delay(struct vc_engine *e, uint64_t ready)
{
	e->unit->ready = ready;
	VC_TIME(e->host, vc_clock_hold(e->host->clock, ready));
}

static void pu_begin(struct vc_engine *e)
{
	struct vc_unit *unit = e->unit;

	vc_cmd_decode(e->unlock, &unit->cmd, unit->block, unit->block_len);
	if (unit->block_bad)
		vc_cmd_refuse(&unit->cmd);
	if (unit->cmd.refused && !vc_knob(e->host, VC_K_BAD_COMMAND) &&
	    !VC_ASK(e->host, false, hides_refusal(e->host->who)))
		vc_pu_raise(e->pu, HIFN_PUSTAT_CMDINVAL);
	VC_WATCH(e->host, command(e->host->viewer, unit->number, &unit->cmd));
	unit->ready = 0;
	unit->state = VC_PU_DELAY;
	unit->spoiled = vc_guess_spoils(e->host, unit, vc_pe_overclocked(e->pu->pll));
	if (unit->spoiled && vc_knob(e->host, VC_K_PARITY))
		vc_config_parity(e->rings->config);
	if (!vc_guess_command(e->host, unit, e->busy))
		e->pu->stuck = true;
	VC_TELL(e->host, decoded(e->host->who));
}

/* One command descriptor of the chain; the last one starts the command. */
static bool pu_block(struct vc_engine *e)
{
	struct vc_ring *c = &e->rings->ring[VC_C];
	struct vc_unit *unit = e->unit;
	uint32_t n;

	if (!vc_ring_get(e->rings, VC_C))
		return false;
	if (c->addr & (HIFN_BUF_ALIGN - 1)) {
		vc_error(e->host, VC_ERR_ALIGN, "command buffer 0x%08x is not 4-byte aligned",
			 c->addr);
		unit->block_bad = true;
	}
	n = min(c->len, VC_BLOCK_MAX - unit->block_len);
	if (!vc_dma_read(e->host, VC_DMA_CMD, c->addr, unit->block + unit->block_len, n)) {
		vc_ring_abort(e->rings, VC_C, c->addr);
		return false;
	}
	VC_TIME(e->host, vc_clock_block(e->host->clock, c->addr, c->len));
	unit->block_len += n;
	if (!vc_ring_retire(e->rings, VC_C, 0))
		return false;
	if (c->flags & HIFN_D_LAST)
		pu_begin(e);
	return true;
}

/* As if all had been done: a result to believe, and nothing behind it. */
static bool pu_skip(struct vc_engine *e)
{
	struct vc_unit *unit = e->unit;

	if (vc_cmd_is_ctx(&unit->cmd))
		unit->cmd.source = unit->cmd.dest = sizeof(unit->ctx_data);
	unit->skipped = true;
	unit->pos = unit->cmd.source;
	unit->stored = unit->cmd.dest;
	unit->ciphered = unit->cmd.crypt.count;
	unit->maced = unit->cmd.mac.count;
	unit->state = VC_PU_DRAIN;
	return true;
}

static bool pu_delay(struct vc_engine *e)
{
	if (!e->host->present || waits(e))
		return false;
	e->unit->ready = 0;
	switch (VC_ASK(e->host, VC_START, start(e->host->who))) {
	case VC_START_LATER:
		VC_TIME(e->host, vc_clock_hold(e->host->clock, vc_now(e->host)));
		return false;
	case VC_START_SKIP:
		return pu_skip(e);
	case VC_START:
		break;
	}
	vc_stream_start(e->stream);
	e->unit->state = VC_PU_DATA;
	return true;
}

static bool pu_data(struct vc_engine *e)
{
	struct vc_unit *unit = e->unit;

	if (vc_cmd_is_ctx(&unit->cmd)) {
		if (!vc_ctx_access(e->ctx))
			return false;
		unit->state = VC_PU_RESULT;
		vc_result_build(e->host, e->unit);
		return true;
	}
	if (!vc_stream_run(e->stream))
		return false;
	if (unit->cmd.mac.on) {
		vc_stream_digest(e->stream);
		unit->digest[0] ^= unit->spoiled && !unit->cmd.crypt.on;
		VC_TELL(e->host, digest(e->host->who, unit->digest));
	}
	unit->state = VC_PU_DRAIN;
	return true;
}

static bool pu_drain(struct vc_engine *e)
{
	if (!vc_stream_drain(e->stream))
		return false;
	if (e->unit->data_err)
		vc_pu_raise(e->pu, HIFN_PUSTAT_DATAERR);
	vc_result_build(e->host, e->unit);
	e->unit->state = VC_PU_RESULT;
	return true;
}

/* Result bytes for one descriptor. False: the address did not answer. */
static bool result_store(struct vc_engine *e, const struct vc_ring *r)
{
	struct vc_unit *unit = e->unit;
	uint32_t n = min(r->len, unit->result_len - unit->result_off);
	const uint8_t *from = unit->result + unit->result_off;

	unit->result_off += n;
	if (r->addr & (HIFN_BUF_ALIGN - 1)) {
		vc_error(e->host, VC_ERR_ALIGN, "result buffer 0x%08x is not 4-byte aligned",
			 r->addr);
		vc_pu_raise(e->pu, HIFN_PUSTAT_DATAERR);
		return true;
	}
	return VC_ASK(e->host, false, withholds_result(e->host->who)) ||
	       vc_dma_write(e->host, VC_DMA_RESULT, r->addr, from, n);
}

/* Somebody lets the engine get no further than some bytes. */
static bool result_stops(struct vc_engine *e, uint32_t addr)
{
	uint32_t n = VC_ASK(e->host, VC_NO_LIMIT,
			    limit(e->host->who, VC_R, 0, e->unit->result_len));

	if (n == VC_NO_LIMIT)
		return false;
	vc_dma_write(e->host, VC_DMA_RESULT, addr, e->unit->result, n);
	return true;
}

/* With a clock it waits for its time, which comes once all before it has its own. */
static bool result_due(struct vc_engine *e, const struct vc_ring *r)
{
	struct vc_unit *unit = e->unit;

	if (!unit->ready)
		unit->ready = vc_clock_result(e->host->clock,
					      min(r->len, unit->result_len - unit->result_off));
	return !waits(e);
}

/* A context-RAM write may have a result of 4 bytes, 4.6. */
static void result_check(struct vc_engine *e)
{
	struct vc_unit *unit = e->unit;

	if (unit->result_off == unit->result_len || vc_cmd_is_ctx(&unit->cmd))
		return;
	vc_error(e->host, VC_ERR_RESOVER, "result overrun: %u of %u byte(s) stored",
		 unit->result_off, unit->result_len);
	vc_csr_raise(e->irq, HIFN_DMACSR_R_OVER);
}

/* A chip that tells of the result before it is there. */
#define EARLY_NS	50000

static bool tells_early(struct vc_engine *e, const struct vc_ring *r)
{
	if (e->unit->early || (r->flags & HIFN_D_MASKDONEIRQ))
		return waits(e);
	e->unit->early = true;
	e->unit->ready = vc_now(e->host) + EARLY_NS;
	vc_csr_raise(e->irq, HIFN_DMACSR_R_DONE);
	return true;
}

static bool pu_result(struct vc_engine *e)
{
	struct vc_ring *r = &e->rings->ring[VC_R];

	if (!vc_ring_get(e->rings, VC_R) || (e->host->clock && !result_due(e, r)) ||
	    result_stops(e, r->addr))
		return false;
	if (vc_knob(e->host, VC_K_INTERRUPT) == VC_IRQ_EARLY && tells_early(e, r))
		return false;
	if (!result_store(e, r)) {
		vc_ring_abort(e->rings, VC_R, r->addr);
		return false;
	}
	e->unit->ready = 0;
	VC_TELL(e->host, delivered(e->host->who, r->addr, r->len));
	if (!(r->flags & HIFN_D_LAST))
		return vc_ring_retire(e->rings, VC_R, 0);
	/* Before VALID goes away: the host must find the counters right. */
	result_check(e);
	count_command(e);
	VC_TIME(e->host, vc_clock_delivered(e->host->clock));
	VC_WATCH(e->host,
		 result(e->host->viewer, e->unit->number, e->unit->result_len));
	e->unit->state = VC_PU_IDLE;
	e->busy = true;
	return vc_ring_retire(e->rings, VC_R, 0);
}

bool vc_engine_run(struct vc_engine *e)
{
	static bool (*const state[])(struct vc_engine *e) = {
		[VC_PU_IDLE] = pu_idle,
		[VC_PU_SEEN] = pu_seen,
		[VC_PU_HOLD] = pu_hold,
		[VC_PU_BLOCK] = pu_block,
		[VC_PU_DELAY] = pu_delay,
		[VC_PU_DATA] = pu_data,
		[VC_PU_DRAIN] = pu_drain,
		[VC_PU_RESULT] = pu_result,
	};

	return vc_pu_running(e->pu) && state[e->unit->state](e);
}

uint64_t vc_engine_date(const struct vc_engine *e)
{
	switch (e->unit->state) {
	case VC_PU_SEEN:
	case VC_PU_HOLD:
	case VC_PU_DELAY:
	case VC_PU_RESULT:
		/* A result that is due and still there waits for its ring. */
		return vc_pu_running(e->pu) && waits(e) ? e->unit->ready : VC_NEVER;
	default:
		return VC_NEVER;
	}
}
