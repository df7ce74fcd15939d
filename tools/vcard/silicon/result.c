// SPDX-License-Identifier: BSD-2-Clause
/*
 * Result blocks, docs/hifn795x.md section 5: base with residual counts, then
 * what each selected engine reports.
 */
#include "../vc_int.h"

static void put16(struct vc_pu *pu, uint16_t val)
{
	pu->result[pu->result_len++] = val;
	pu->result[pu->result_len++] = val >> 8;
}

/* Counts are what is left of them, 5.1. */
static void result_base(struct vcard *vc, bool over)
{
	struct vc_pu *pu = &vc->pu;
	const struct vc_command *cmd = &pu->cmd;
	bool ctx = cmd->opcode == HIFN_BASE_CMD_READ_RAM ||
		   cmd->opcode == HIFN_BASE_CMD_WRITE_RAM;
	uint32_t src = ctx ? 0 : cmd->source - pu->pos;
	uint32_t dst = ctx ? 0 : cmd->dest - pu->stored;

	if (!ctx && vc_fault_take(vc, VC_F_BAD_RESIDUAL)) {
		src = 1 + vc_fault_word(vc) % 0xffff;
		dst = 1 + vc_fault_word(vc) % 0xffff;
	}
	put16(pu, over ? HIFN_BASE_RES_DSTOVERRUN : 0);
	put16(pu, FIELD_PREP(HIFN_BASE_RES_SRCLEN_HI, src >> 16) |
		  FIELD_PREP(HIFN_BASE_RES_DSTLEN_HI, dst >> 16) |
		  FIELD_PREP(HIFN_BASE_RES_SESSION, cmd->session));
	put16(pu, src);
	put16(pu, dst);
}

static void result_mac(struct vc_pu *pu, bool starved)
{
	const struct vc_command *cmd = &pu->cmd;
	unsigned int n = cmd->md5 ? HIFN_MD5_BYTES : HIFN_SHA1_BYTES;

	put16(pu, starved || pu->maced < cmd->mac.count ? HIFN_MAC_RES_SRC_NOTZERO : 0);
	put16(pu, 0);
	if (!cmd->mac_result)
		return;
	if (cmd->trunc)
		n = HIFN_MAC_TRUNC_BYTES;
	memcpy(pu->result + pu->result_len, pu->digest, n);
	pu->result_len += n;
}

/* The result of a real overrun, with what else tells of it. */
static bool result_overruns(struct vcard *vc)
{
	if (vc->pu.dst_over || !vc_fault_take(vc, VC_F_OVERRUN))
		return vc->pu.dst_over;
	vc_csr_raise(vc, HIFN_DMACSR_D_OVER);
	vc_pu_raise(vc, HIFN_PUSTAT_DSTOVER);
	return true;
}

void vc_result_build(struct vcard *vc)
{
	struct vc_pu *pu = &vc->pu;
	const struct vc_command *cmd = &pu->cmd;
	bool engines = cmd->has_mac || cmd->has_crypt;
	bool starved = engines && vc_fault_take(vc, VC_F_STARVED);

	pu->result_len = 0;
	pu->result_off = 0;
	result_base(vc, result_overruns(vc));
	if (cmd->has_comp) {
		put16(pu, HIFN_COMP_RES_SRC_NOTZERO);
		put16(pu, 0);
	}
	if (cmd->has_mac)
		result_mac(pu, starved);
	if (cmd->has_crypt) {
		put16(pu, starved || pu->ciphered < cmd->crypt.count ?
			  HIFN_CRYPT_RES_SRC_NOTZERO : 0);
		put16(pu, 0);
	}
}
