/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decoder of command blocks, docs/reference/hifn795x.md section 4.
 */
#ifndef VC_CMD_H
#define VC_CMD_H

#include "../../../drivers/hifn_desc.h"
#include "cipher.h"
#include "unlock.h"

/* A window of the stream that an engine works on. */
struct vc_region {
	bool on;
	uint32_t skip;
	uint32_t count;
};

struct vc_command {
	unsigned int opcode;
	bool has_comp, has_mac, has_crypt;	/* as selected: shape of the result */
	bool refused;				/* copy through, CMDINVAL */
	bool unmodelled;			/* and refused by the model alone: nothing is written */
	uint32_t session;
	uint32_t source, dest;			/* total counts */
	struct vc_region crypt, mac;		/* on: the engine really runs */
	enum vc_cipher_alg alg;
	enum vc_mode mode;
	const uint8_t *key, *iv;		/* into the block; NULL: context */
	unsigned int key_bytes, iv_bytes;
	bool md5, hmac, trunc, mac_result, ipsec;
	const uint8_t *mac_key;
	uint32_t ctx_addr;
};

/* cmd points into the block afterwards. What is wrong is said and counted. */
void vc_cmd_decode(const struct vc_unlock *unlock, struct vc_command *cmd,
		   const uint8_t *block, uint32_t len);
/* The engines are off and the data copied through. */
void vc_cmd_refuse(struct vc_command *cmd);

/* It reads or writes context RAM instead of working on data. */
static inline bool vc_cmd_is_ctx(const struct vc_command *cmd)
{
	return cmd->opcode == HIFN_BASE_CMD_READ_RAM ||
	       cmd->opcode == HIFN_BASE_CMD_WRITE_RAM;
}

/* What its engines are counted as. */
enum vc_op vc_cmd_cipher_op(const struct vc_command *cmd);
enum vc_op vc_cmd_mac_op(const struct vc_command *cmd);

#endif
