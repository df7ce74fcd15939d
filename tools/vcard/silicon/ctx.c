// SPDX-License-Identifier: BSD-2-Clause
/*
 * Context RAM: the session records the engines keep their state in, and the
 * two commands that read and write it. docs/reference/hifn795x.md 4.6, 2.1.4.
 *
 * The silicon's record format is unknown. Ours: cipher key, chaining value,
 * MAC key, at the offsets below.
 */
#include "clock.h"
#include "ctx.h"
#include "dma.h"

#define REC_KEY		0x00
#define REC_IV		0x20
#define REC_MAC_KEY	0x30

static_assert(REC_MAC_KEY + HIFN_MAC_KEY_BYTES <= 128, "fits the smallest record");

static uint8_t *record(struct vc_ctx *ctx, uint32_t session)
{
	uint32_t cnfg = REG0(ctx->regs, HIFN_0_PUCNFG);
	uint32_t bytes = 16384;

	if (cnfg & HIFN_PUCNFG_COMPSING)
		bytes = cnfg & HIFN_PUCNFG_ENCCNFG ? 128 : 512;
	/* Numbers beyond the capacity are benign in the field: wrap around. */
	return ctx->ram + session % (HIFN_CTXRAM_BYTES / bytes) * bytes;
}

static const uint8_t *use(uint8_t *slot, const uint8_t *given, uint32_t len)
{
	if (given)
		memcpy(slot, given, len);
	return slot;
}

void vc_ctx_load(struct vc_ctx *ctx, struct vc_command *cmd)
{
	uint8_t *rec = record(ctx, cmd->session);

	if (cmd->crypt.on) {
		cmd->key = use(rec + REC_KEY, cmd->key, cmd->key_bytes);
		cmd->iv = use(rec + REC_IV, cmd->iv, cmd->iv_bytes);
	}
	if (cmd->mac.on && cmd->hmac)
		cmd->mac_key = use(rec + REC_MAC_KEY, cmd->mac_key,
				   HIFN_MAC_KEY_BYTES);
}

void vc_ctx_save_iv(struct vc_ctx *ctx, const struct vc_command *cmd, const uint8_t *iv)
{
	memcpy(record(ctx, cmd->session) + REC_IV, iv, cmd->iv_bytes);
}

/*
 * One source chain in, one destination chain out, 8 bytes of RAM. Returns false
 * while a descriptor is missing.
 */
static bool source(struct vc_ctx *ctx)
{
	struct vc_ring *s = &ctx->rings->ring[VC_S];
	struct vc_unit *unit = ctx->unit;

	while (!unit->src_end) {
		uint32_t n;

		if (!vc_ring_get(ctx->rings, VC_S))
			return false;
		n = min(s->len, (uint32_t)sizeof(unit->ctx_data) - unit->pos);
		if (!vc_dma_read(ctx->host, VC_DMA_DATA, s->addr, unit->ctx_data + unit->pos, n)) {
			vc_ring_abort(ctx->rings, VC_S, s->addr);
			return false;
		}
		unit->pos += n;
		VC_TIME(ctx->host, vc_clock_move(ctx->host->clock, n, 0));
		if (!vc_ring_retire(ctx->rings, VC_S, 0))
			return false;
		unit->src_end = s->flags & HIFN_D_LAST;
	}
	return true;
}

static void move(struct vc_ctx *ctx)
{
	struct vc_unit *unit = ctx->unit;

	if (unit->cmd.opcode == HIFN_BASE_CMD_READ_RAM && unit->cmd.refused)
		memset(unit->ctx_data, 0, sizeof(unit->ctx_data));
	else if (unit->cmd.opcode == HIFN_BASE_CMD_READ_RAM)
		memcpy(unit->ctx_data, ctx->ram + unit->cmd.ctx_addr, 8);
	else if (!unit->cmd.refused && vc_knob(ctx->host, VC_K_WRITE_RAM) != VC_RAM_IGNORES)
		memcpy(ctx->ram + unit->cmd.ctx_addr, unit->ctx_data, unit->pos);
}

static bool dest(struct vc_ctx *ctx)
{
	bool read = ctx->unit->cmd.opcode == HIFN_BASE_CMD_READ_RAM;
	struct vc_ring *d = &ctx->rings->ring[VC_D];
	struct vc_unit *unit = ctx->unit;

	while (!unit->dst_end) {
		uint32_t n = 0;

		if (!vc_ring_get(ctx->rings, VC_D))
			return false;
		if (read)
			n = min(d->len, (uint32_t)sizeof(unit->ctx_data) - unit->stored);
		if (n && !vc_dma_write(ctx->host, VC_DMA_DATA, d->addr,
				       unit->ctx_data + unit->stored, n)) {
			vc_ring_abort(ctx->rings, VC_D, d->addr);
			return false;
		}
		unit->stored += n;
		VC_TIME(ctx->host, vc_clock_move(ctx->host->clock, 0, n));
		if (!vc_ring_retire(ctx->rings, VC_D, 0))
			return false;
		unit->dst_end = d->flags & HIFN_D_LAST;
	}
	return true;
}

bool vc_ctx_access(struct vc_ctx *ctx)
{
	if (!ctx->unit->src_end) {
		if (!source(ctx))
			return false;
		move(ctx);
	}
	return dest(ctx);
}
