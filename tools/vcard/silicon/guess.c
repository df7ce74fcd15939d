// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the knobs make of a command.
 */
#include "guess.h"

#define OVERCLOCKED_WRONG	5	/* one command in so many */
#define PARITY_WRONG		16

/* Neither cipher nor MAC, and none of them has anything to complain of. */
static void pass(struct vc_command *cmd)
{
	cmd->crypt = (struct vc_region){ 0 };
	cmd->mac = (struct vc_region){ 0 };
}

static bool feeds_back(const struct vc_command *cmd)
{
	return cmd->crypt.on && (cmd->mode == VC_CFB || cmd->mode == VC_OFB);
}

static bool only_mac(const struct vc_command *cmd)
{
	return cmd->mac.on && !cmd->has_crypt;
}

static bool hangs(const struct vc_host *host, const struct vc_command *cmd)
{
	if (vc_cmd_is_ctx(cmd))
		return cmd->opcode == HIFN_BASE_CMD_WRITE_RAM &&
		       vc_knob(host, VC_K_WRITE_RAM) == VC_RAM_HANGS;
	return (vc_knob(host, VC_K_ODD_COUNT) && cmd->dest % 4) ||
	       (vc_knob(host, VC_K_SHORT_COUNT) && cmd->source < 4) ||
	       (vc_knob(host, VC_K_HASH) == VC_HASH_HANGS && only_mac(cmd)) ||
	       (vc_knob(host, VC_K_FEEDBACK) == VC_FEEDBACK_HANGS && feeds_back(cmd));
}

static void change_crypt(const struct vc_host *host, struct vc_command *cmd, bool behind)
{
	if (vc_knob(host, VC_K_COUNT_BITS))
		cmd->crypt.count &= 0xffff;
	if (vc_knob(host, VC_K_FEEDBACK) == VC_FEEDBACK_SWAPPED && feeds_back(cmd))
		cmd->mode = cmd->mode == VC_CFB ? VC_OFB : VC_CFB;
	if (vc_knob(host, VC_K_CONTEXT) && behind && cmd->alg == VC_AES256 &&
	    cmd->opcode == HIFN_BASE_CMD_DECODE)
		cmd->key = NULL;	/* the session's is that of the command before */
}

bool vc_guess_command(struct vc_host *host, struct vc_unit *unit, bool behind)
{
	struct vc_command *cmd = &unit->cmd;

	if (cmd->refused && vc_knob(host, VC_K_BAD_COMMAND))
		pass(cmd);
	if (cmd->crypt.on)
		change_crypt(host, cmd, behind);
	if (vc_knob(host, VC_K_FULL_MAC) == VC_MAC_TRUNCATED)
		cmd->trunc = true;
	return !hangs(host, cmd);
}

bool vc_guess_spoils(const struct vc_host *host, const struct vc_unit *unit, bool overclocked)
{
	if (overclocked && unit->number % OVERCLOCKED_WRONG == 0)
		return true;
	return vc_knob(host, VC_K_PARITY) && unit->number % PARITY_WRONG == 0;
}
