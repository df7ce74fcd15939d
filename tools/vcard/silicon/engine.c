// SPDX-License-Identifier: BSD-2-Clause
/*
 * The processing unit as a state machine over one command at a time: block,
 * data, result. Each state may find its ring empty and is then tried again.
 */
#include "../vc_int.h"

/* The partial command and the FIFOs are lost, 2.1.2. */
void vc_engine_drop(struct vcard *vc)
{
	OPENSSL_cleanse(&vc->pu, sizeof(vc->pu));
}

enum vc_op vc_op_of_cipher(const struct vc_command *cmd)
{
	unsigned int family = cmd->alg <= VC_AES256 ? 0 : 1 + cmd->alg - VC_DES;

	return VC_OP_CIPHER + cmd->mode + VC_MODES * family;
}

enum vc_op vc_op_of_mac(const struct vc_command *cmd)
{
	if (cmd->hmac)
		return cmd->md5 ? VC_OP_HMAC_MD5 : VC_OP_HMAC_SHA1;
	return cmd->md5 ? VC_OP_MD5 : VC_OP_SHA1;
}

static bool is_ctx(const struct vc_command *cmd)
{
	return cmd->opcode == HIFN_BASE_CMD_READ_RAM ||
	       cmd->opcode == HIFN_BASE_CMD_WRITE_RAM;
}

static void count_command(struct vcard *vc)
{
	const struct vc_command *cmd = &vc->pu.cmd;

	vc->count.commands++;
	if (cmd->refused)
		vc->count.ops[VC_OP_REFUSED]++;
	else if (cmd->opcode == HIFN_BASE_CMD_READ_RAM)
		vc->count.ops[VC_OP_CTXREAD]++;
	else if (cmd->opcode == HIFN_BASE_CMD_WRITE_RAM)
		vc->count.ops[VC_OP_CTXWRITE]++;
	else if (!cmd->crypt.on && !cmd->mac.on)
		vc->count.ops[VC_OP_COPY]++;
	if (cmd->crypt.on)
		vc->count.ops[vc_op_of_cipher(cmd)]++;
	if (cmd->mac.on)
		vc->count.ops[vc_op_of_mac(cmd)]++;
}

/* The first descriptor of a command is at hand. */
static bool pu_idle(struct vcard *vc)
{
	if (!vc_ring_get(vc, VC_C))
		return false;
	vc_engine_drop(vc);
	if (vc_fault_due(vc, VC_F_LATE)) {
		vc_fault_hit(vc, VC_F_LATE);
		vc->pu.ready = vc_now(vc) + vc->fault[VC_F_LATE].ns;
	}
	vc->pu.state = VC_PU_HOLD;
	return true;
}

static bool pu_hold(struct vcard *vc)
{
	if (vc->pu.ready && vc_now(vc) < vc->pu.ready)
		return false;
	vc->pu.number = ++vc->started;
	vc_fault_plan(vc);
	vc_hostile_command(vc);
	vc->pu.state = vc_fault_spurious(vc) ? VC_PU_SPURIOUS : VC_PU_BLOCK;
	return !vc_fault_vanish(vc) &&
	       !vc_fault_stop(vc, VC_C, vc->ring[VC_C].addr);
}

static bool pu_spurious(struct vcard *vc)
{
	if (vc->spurious && vc_now(vc) < vc->pu.ready)
		return false;
	vc_fault_looked(vc);
	vc->pu.state = VC_PU_BLOCK;
	return true;
}

static void pu_begin(struct vcard *vc)
{
	struct vc_pu *pu = &vc->pu;

	vc_cmd_decode(vc, &pu->cmd, pu->block, pu->block_len);
	if (pu->block_bad) {
		pu->cmd.refused = true;
		pu->cmd.crypt.on = false;
		pu->cmd.mac.on = false;
	}
	if (pu->cmd.refused)
		vc_pu_raise(vc, HIFN_PUSTAT_CMDINVAL);
	VC_TRACE(vc, "command %llu opcode %u session %u src %u dst %u%s",
		 (unsigned long long)pu->number, pu->cmd.opcode, pu->cmd.session,
		 pu->cmd.source, pu->cmd.dest, pu->cmd.refused ? " refused" : "");
	vc->pu_stuck = vc_fault_take(vc, VC_F_STUCK);
	pu->ready = vc_fault_take(vc, VC_F_SLOW) ?
		    vc_now(vc) + vc->fault[VC_F_SLOW].ns : 0;
	pu->state = VC_PU_DELAY;
	vc_hostile_begin(vc);
}

/* One command descriptor of the chain; the last one starts the command. */
static bool pu_block(struct vcard *vc)
{
	struct vc_ring *c = &vc->ring[VC_C];
	struct vc_pu *pu = &vc->pu;
	uint32_t n;

	if (!vc_ring_get(vc, VC_C))
		return false;
	if (c->addr & (HIFN_BUF_ALIGN - 1)) {
		vc_error(vc, VC_ERR_ALIGN, "command buffer 0x%08x is not 4-byte aligned",
			 c->addr);
		pu->block_bad = true;
	}
	n = min(c->len, VC_BLOCK_MAX - pu->block_len);
	if (!vc_dma_read(vc, VC_DMA_CMD, c->addr, pu->block + pu->block_len, n)) {
		vc_ring_abort(vc, VC_C, c->addr);
		return false;
	}
	pu->block_len += n;
	if (!vc_ring_retire(vc, VC_C, 0))
		return false;
	if (c->flags & HIFN_D_LAST)
		pu_begin(vc);
	return true;
}

/* As if all had been done: a result to believe, and nothing behind it. */
static bool pu_skip(struct vcard *vc)
{
	struct vc_pu *pu = &vc->pu;

	if (is_ctx(&pu->cmd))
		pu->cmd.source = pu->cmd.dest = sizeof(pu->ctx_data);
	pu->skipped = true;
	pu->pos = pu->cmd.source;
	pu->stored = pu->cmd.dest;
	pu->ciphered = pu->cmd.crypt.count;
	pu->maced = pu->cmd.mac.count;
	pu->state = VC_PU_DRAIN;
	return true;
}

static bool pu_delay(struct vcard *vc)
{
	struct vc_pu *pu = &vc->pu;

	if (vc->gone || (pu->ready && vc_now(vc) < pu->ready))
		return false;
	pu->ready = 0;
	if (vc->offers && (!vc_ring_get(vc, VC_R) || vc_hostile_lost(vc)))
		return false;
	if (vc_hostile_skips(vc))
		return pu_skip(vc);
	vc_stream_start(vc);
	pu->corrupt = pu->cmd.crypt.on && vc->corrupt[vc_op_of_cipher(&pu->cmd)];
	pu->state = VC_PU_DATA;
	return true;
}

/* Where a cipher runs too, its data are what goes wrong in transit. */
static void mac_corrupt(struct vcard *vc)
{
	struct vc_pu *pu = &vc->pu;

	if (vc->corrupt[vc_op_of_mac(&pu->cmd)]) {
		vc_fault_hit(vc, VC_F_CORRUPT);
		pu->digest[0] ^= 1;
	}
	if (pu->cmd.crypt.on)
		return;
	if (vc_fault_take(vc, VC_F_CORRUPT_AT))
		pu->digest[0] ^= 2;
	if (vc_fault_take(vc, VC_F_CORRUPT_IN))
		pu->digest[0] ^= 4;
}

static bool pu_data(struct vcard *vc)
{
	struct vc_pu *pu = &vc->pu;

	if (is_ctx(&pu->cmd)) {
		if (!vc_ctx_access(vc))
			return false;
		pu->state = VC_PU_RESULT;
		vc_result_build(vc);
		return true;
	}
	if (!vc_stream_run(vc))
		return false;
	if (pu->cmd.mac.on) {
		vc_mac_finish(vc);
		mac_corrupt(vc);
	}
	pu->state = VC_PU_DRAIN;
	return true;
}

static bool pu_drain(struct vcard *vc)
{
	if (!vc_stream_drain(vc))
		return false;
	if (vc->pu.data_err)
		vc_pu_raise(vc, HIFN_PUSTAT_DATAERR);
	vc_result_build(vc);
	vc->pu.state = VC_PU_RESULT;
	return true;
}

/* Result bytes for one descriptor. False: the address did not answer. */
static bool result_store(struct vcard *vc, const struct vc_ring *r)
{
	struct vc_pu *pu = &vc->pu;
	uint32_t n = min(r->len, pu->result_len - pu->result_off);
	const uint8_t *from = pu->result + pu->result_off;

	pu->result_off += n;
	if (r->addr & (HIFN_BUF_ALIGN - 1)) {
		vc_error(vc, VC_ERR_ALIGN, "result buffer 0x%08x is not 4-byte aligned",
			 r->addr);
		vc_pu_raise(vc, HIFN_PUSTAT_DATAERR);
		return true;
	}
	return vc_fault_take(vc, VC_F_NO_RESULT) ||
	       vc_dma_write(vc, VC_DMA_RESULT, r->addr, from, n);
}

/* Fault: the engine gets no further than the first word. */
static bool result_stops(struct vcard *vc, uint32_t addr)
{
	if (!vc_fault_stop(vc, VC_R, addr))
		return false;
	vc_dma_write(vc, VC_DMA_RESULT, addr, vc->pu.result, 4);
	return true;
}

/* A context-RAM write may have a result of 4 bytes, 4.6. */
static void result_check(struct vcard *vc)
{
	struct vc_pu *pu = &vc->pu;

	if (pu->result_off == pu->result_len || is_ctx(&pu->cmd))
		return;
	vc_error(vc, VC_ERR_RESOVER, "result overrun: %u of %u byte(s) stored",
		 pu->result_off, pu->result_len);
	vc_csr_raise(vc, HIFN_DMACSR_R_OVER);
}

static bool pu_result(struct vcard *vc)
{
	struct vc_ring *r = &vc->ring[VC_R];

	if (!vc_ring_get(vc, VC_R) || result_stops(vc, r->addr))
		return false;
	if (!result_store(vc, r)) {
		vc_ring_abort(vc, VC_R, r->addr);
		return false;
	}
	vc_hostile_result(vc, r);
	if (!(r->flags & HIFN_D_LAST))
		return vc_ring_retire(vc, VC_R, 0);
	/* Before VALID goes away: the host must find the counters right. */
	result_check(vc);
	count_command(vc);
	VC_TRACE(vc, "result %llu %u byte(s)", (unsigned long long)vc->pu.number,
		 vc->pu.result_len);
	vc->pu.state = VC_PU_IDLE;
	return vc_ring_retire(vc, VC_R, 0);
}

/* One transition, or part of one. False: nothing can be done now. */
bool vc_engine_run(struct vcard *vc)
{
	static bool (*const state[])(struct vcard *vc) = {
		[VC_PU_IDLE] = pu_idle,
		[VC_PU_HOLD] = pu_hold,
		[VC_PU_SPURIOUS] = pu_spurious,
		[VC_PU_BLOCK] = pu_block,
		[VC_PU_DELAY] = pu_delay,
		[VC_PU_DATA] = pu_data,
		[VC_PU_DRAIN] = pu_drain,
		[VC_PU_RESULT] = pu_result,
	};

	return vc_pu_running(vc) && state[vc->pu.state](vc);
}

/*
 * When the unit wants to run again; a stopped one waits for a register write, one
 * without a date for a descriptor.
 */
uint64_t vc_engine_date(struct vcard *vc)
{
	switch (vc->pu.state) {
	case VC_PU_HOLD:
	case VC_PU_SPURIOUS:
	case VC_PU_DELAY:
		return vc_pu_running(vc) && vc->pu.ready ? vc->pu.ready : VCARD_NEVER;
	default:
		return VCARD_NEVER;
	}
}
