// SPDX-License-Identifier: BSD-2-Clause
/*
 * Context RAM: the session records the engines keep their state in, and the
 * two commands that read and write it. docs/hifn795x.md 4.6, 2.1.4.
 *
 * The silicon's record format is unknown. Ours: cipher key, chaining value,
 * MAC key, at the offsets below.
 */
#include "../vc_int.h"

#define REC_KEY		0x00
#define REC_IV		0x20
#define REC_MAC_KEY	0x30

static_assert(REC_MAC_KEY + HIFN_MAC_KEY_BYTES <= 128, "fits the smallest record");

static uint8_t *vc_ctx_record(struct vcard *vc, uint32_t session)
{
	uint32_t cnfg = REG0(vc, HIFN_0_PUCNFG);
	uint32_t bytes = 16384;

	if (cnfg & HIFN_PUCNFG_COMPSING)
		bytes = cnfg & HIFN_PUCNFG_ENCCNFG ? 128 : 512;
	/* Numbers beyond the capacity are benign in the field: wrap around. */
	return vc->ctxram + session % (HIFN_CTXRAM_BYTES / bytes) * bytes;
}

static const uint8_t *vc_ctx_use(uint8_t *slot, const uint8_t *given, uint32_t len)
{
	if (given)
		memcpy(slot, given, len);
	return slot;
}

/* What the command brought is kept; what it did not bring is taken from here. */
void vc_ctx_load(struct vcard *vc, struct vc_command *cmd)
{
	uint8_t *rec = vc_ctx_record(vc, cmd->session);

	if (cmd->crypt.on) {
		cmd->key = vc_ctx_use(rec + REC_KEY, cmd->key, cmd->key_bytes);
		cmd->iv = vc_ctx_use(rec + REC_IV, cmd->iv, cmd->iv_bytes);
	}
	if (cmd->mac.on && cmd->hmac)
		cmd->mac_key = vc_ctx_use(rec + REC_MAC_KEY, cmd->mac_key,
					  HIFN_MAC_KEY_BYTES);
}

void vc_ctx_save_iv(struct vcard *vc, const struct vc_command *cmd, const uint8_t *iv)
{
	memcpy(vc_ctx_record(vc, cmd->session) + REC_IV, iv, cmd->iv_bytes);
}

/*
 * One source chain in, one destination chain out, 8 bytes of RAM. Returns false
 * while a descriptor is missing.
 */
static bool vc_ctx_source(struct vcard *vc)
{
	struct vc_ring *s = &vc->ring[VC_S];
	struct vc_pu *pu = &vc->pu;

	while (!pu->src_end) {
		uint32_t n;

		if (!vc_ring_get(vc, VC_S))
			return false;
		n = min(s->len, (uint32_t)sizeof(pu->ctx_data) - pu->pos);
		if (!vc_dma_read(vc, VC_DMA_DATA, s->addr, pu->ctx_data + pu->pos, n)) {
			vc_ring_abort(vc, VC_S, s->addr);
			return false;
		}
		pu->pos += n;
		if (!vc_ring_retire(vc, VC_S, 0))
			return false;
		pu->src_end = s->flags & HIFN_D_LAST;
	}
	return true;
}

static void vc_ctx_move(struct vcard *vc)
{
	struct vc_pu *pu = &vc->pu;

	if (pu->cmd.opcode == HIFN_BASE_CMD_READ_RAM && pu->cmd.refused)
		memset(pu->ctx_data, 0, sizeof(pu->ctx_data));
	else if (pu->cmd.opcode == HIFN_BASE_CMD_READ_RAM)
		memcpy(pu->ctx_data, vc->ctxram + pu->cmd.ctx_addr, 8);
	else if (!pu->cmd.refused)
		memcpy(vc->ctxram + pu->cmd.ctx_addr, pu->ctx_data, pu->pos);
}

static bool vc_ctx_dest(struct vcard *vc)
{
	bool read = vc->pu.cmd.opcode == HIFN_BASE_CMD_READ_RAM;
	struct vc_ring *d = &vc->ring[VC_D];
	struct vc_pu *pu = &vc->pu;

	while (!pu->dst_end) {
		uint32_t n = 0;

		if (!vc_ring_get(vc, VC_D))
			return false;
		if (read)
			n = min(d->len, (uint32_t)sizeof(pu->ctx_data) - pu->stored);
		if (n && !vc_dma_write(vc, VC_DMA_DATA, d->addr,
				       pu->ctx_data + pu->stored, n)) {
			vc_ring_abort(vc, VC_D, d->addr);
			return false;
		}
		pu->stored += n;
		if (!vc_ring_retire(vc, VC_D, 0))
			return false;
		pu->dst_end = d->flags & HIFN_D_LAST;
	}
	return true;
}

/* True when done; called again until then. */
bool vc_ctx_access(struct vcard *vc)
{
	if (!vc->pu.src_end) {
		if (!vc_ctx_source(vc))
			return false;
		vc_ctx_move(vc);
	}
	return vc_ctx_dest(vc);
}
