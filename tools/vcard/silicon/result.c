// SPDX-License-Identifier: BSD-2-Clause
/*
 * Result blocks, docs/reference/hifn795x.md section 5: base with residual counts, then
 * what each selected engine reports.
 */
#include "result.h"

static void put16(struct vc_unit *unit, uint16_t val)
{
	unit->result[unit->result_len++] = val;
	unit->result[unit->result_len++] = val >> 8;
}

static void result_base(struct vc_unit *unit, const struct vc_report *r)
{
	put16(unit, r->over ? HIFN_BASE_RES_DSTOVERRUN : 0);
	put16(unit, FIELD_PREP(HIFN_BASE_RES_SRCLEN_HI, r->source >> 16) |
	      FIELD_PREP(HIFN_BASE_RES_DSTLEN_HI, r->dest >> 16) |
	      FIELD_PREP(HIFN_BASE_RES_SESSION, unit->cmd.session));
	put16(unit, r->source);
	put16(unit, r->dest);
}

/* further: not at once behind the headers */
static void result_mac(struct vc_unit *unit, bool starved, bool further)
{
	const struct vc_command *cmd = &unit->cmd;
	unsigned int n = cmd->md5 ? HIFN_MD5_BYTES : HIFN_SHA1_BYTES;

	put16(unit, starved || unit->maced < cmd->mac.count ? HIFN_MAC_RES_SRC_NOTZERO : 0);
	put16(unit, 0);
	if (!cmd->mac_result)
		return;
	if (cmd->trunc)
		n = HIFN_MAC_TRUNC_BYTES;
	if (further) {
		memset(unit->result + unit->result_len, 0, HIFN_MAC_TRUNC_BYTES);
		unit->result_len += HIFN_MAC_TRUNC_BYTES;
	}
	memcpy(unit->result + unit->result_len, unit->digest, n);
	unit->result_len += n;
}

/* Counts are what is left of them, 5.1. */
static struct vc_report report(const struct vc_host *host, const struct vc_unit *unit)
{
	struct vc_report r = { .over = unit->dst_over };

	if (vc_cmd_is_ctx(&unit->cmd))
		return r;
	switch (vc_knob(host, VC_K_RESIDUAL)) {
	case VC_RESIDUAL_LEFT:
		r.source = unit->cmd.source - unit->pos;
		r.dest = unit->cmd.dest - unit->stored;
		break;
	case VC_RESIDUAL_DONE:
		r.source = unit->pos;
		r.dest = unit->stored;
		break;
	case VC_RESIDUAL_UNUSED:
		r.source = r.dest = 0x5a5a;
		break;
	}
	return r;
}

void vc_result_build(struct vc_host *host, struct vc_unit *unit)
{
	const struct vc_command *cmd = &unit->cmd;
	struct vc_report r = report(host, unit);

	VC_TELL(host, report(host->who, &r));
	unit->result_len = 0;
	unit->result_off = 0;
	result_base(unit, &r);
	if (cmd->has_comp) {
		put16(unit, HIFN_COMP_RES_SRC_NOTZERO);
		put16(unit, 0);
	}
	if (cmd->has_mac)
		result_mac(unit, r.starved, vc_knob(host, VC_K_MAC_PLACE));
	if (cmd->has_crypt) {
		put16(unit, r.starved || unit->ciphered < cmd->crypt.count ?
		      HIFN_CRYPT_RES_SRC_NOTZERO : 0);
		put16(unit, 0);
	}
}
