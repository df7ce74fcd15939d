// SPDX-License-Identifier: BSD-2-Clause
/*
 * Decoder of command blocks, docs/reference/hifn795x.md section 4. Written from the
 * document alone; shares no code with any encoder.
 *
 * A command the card does not understand is refused: CMDINVAL, data copied
 * through, SRC_NOTZERO in the engine's result.
 */
#include "cmd.h"

#define BASE_UNUSED	(0xffff & ~(HIFN_BASE_CMD_OPCODE | HIFN_BASE_CMD_CRYPT | \
				    HIFN_BASE_CMD_MAC | HIFN_BASE_CMD_PAD | \
				    HIFN_BASE_CMD_COMP))
#define CRYPT_UNUSED	(0xffff & ~(HIFN_CRYPT_CMD_ALG | HIFN_CRYPT_CMD_MODE | \
				    HIFN_CRYPT_CMD_KSZ | HIFN_CRYPT_CMD_NEW_KEY | \
				    HIFN_CRYPT_CMD_NEW_IV | HIFN_CRYPT_CMD_SRCLEN_HI))
#define MAC_UNUSED	(0xffff & ~(HIFN_MAC_CMD_ALG | HIFN_MAC_CMD_MODE | \
				    HIFN_MAC_CMD_TRUNC | HIFN_MAC_CMD_RESULT | \
				    HIFN_MAC_CMD_POS_IPSEC | HIFN_MAC_CMD_NEW_KEY | \
				    HIFN_MAC_CMD_SRCLEN_HI))

struct cursor {
	const uint8_t *p;
	uint32_t left;
	bool exhausted;		/* something did not fit */
};

/* The four 16-bit words every part of a command begins with. */
struct words {
	uint16_t masks, w1, w2, w3;
};

static const uint8_t *cur_bytes(struct cursor *cur, uint32_t n)
{
	const uint8_t *p = cur->p;

	if (cur->left < n) {
		cur->exhausted = true;
		cur->left = 0;
		return NULL;
	}
	cur->p += n;
	cur->left -= n;
	return p;
}

static uint16_t get16(const uint8_t *p)
{
	return p[0] | p[1] << 8;
}

static struct words cur_words(struct cursor *cur)
{
	const uint8_t *p = cur_bytes(cur, 8);
	struct words w = { 0 };

	if (p) {
		w.masks = get16(p);
		w.w1 = get16(p + 2);
		w.w2 = get16(p + 4);
		w.w3 = get16(p + 6);
	}
	return w;
}

static void refuse(struct vc_host *host, struct vc_command *cmd, const char *why)
{
	if (!cmd->refused)
		vc_error(host, VC_ERR_COMMAND, "command refused: %s", why);
	cmd->refused = true;
}

/*
 * What silicon does and the model does not. A driver that offers it looks at no flag: it would hand
 * out text as it was.
 */
static void lack(struct vc_host *host, struct vc_command *cmd, const char *what)
{
	cmd->unmodelled = true;
	refuse(host, cmd, what);
}

static void decode_base(struct vc_host *host, struct vc_command *cmd,
			const struct words *w)
{
	cmd->opcode = FIELD_GET(HIFN_BASE_CMD_OPCODE, w->masks);
	cmd->has_comp = w->masks & HIFN_BASE_CMD_COMP;
	cmd->has_mac = w->masks & HIFN_BASE_CMD_MAC;
	cmd->has_crypt = w->masks & HIFN_BASE_CMD_CRYPT;
	cmd->session = FIELD_GET(HIFN_BASE_CMD_SESSION, w->w1);
	cmd->source = w->w2 | FIELD_GET(HIFN_BASE_CMD_SRCLEN_HI, w->w1) << 16;
	cmd->dest = w->w3 | FIELD_GET(HIFN_BASE_CMD_DSTLEN_HI, w->w1) << 16;
	if (w->masks & BASE_UNUSED)
		refuse(host, cmd, "unused bits set in the base command");
	if (w->masks & HIFN_BASE_CMD_PAD)
		refuse(host, cmd, "padding engine: format unknown");
	if (cmd->has_comp)
		lack(host, cmd, "compression engine: not modelled");
	if (cmd->opcode > HIFN_BASE_CMD_WRITE_RAM)
		refuse(host, cmd, "undefined opcode");
}

/* 4.6: the 15-bit address is split over two words. */
static void decode_ctx(struct vc_host *host, struct vc_command *cmd,
		       const struct words *w)
{
	uint16_t low = cmd->opcode == HIFN_BASE_CMD_READ_RAM ? w->w2 : w->w3;

	cmd->ctx_addr = FIELD_GET(HIFN_BASE_CMD_SESSION, w->w1) << 14 | (low & 0x3fff);
	if (cmd->opcode == HIFN_BASE_CMD_WRITE_RAM && vc_knob(host, VC_K_WRITE_RAM) == VC_RAM_REFUSES)
		refuse(host, cmd, "context RAM is not written");
	cmd->has_comp = false;
	cmd->has_mac = false;
	cmd->has_crypt = false;
	if (cmd->ctx_addr > HIFN_CTXRAM_BYTES - 8)
		refuse(host, cmd, "context RAM address out of range");
}

static void decode_mac(struct vc_host *host, struct vc_command *cmd,
		       const struct words *w)
{
	unsigned int mode = FIELD_GET(HIFN_MAC_CMD_MODE, w->masks);

	cmd->mac.skip = w->w1;
	cmd->mac.count = w->w2 | FIELD_GET(HIFN_MAC_CMD_SRCLEN_HI, w->masks) << 16;
	cmd->md5 = FIELD_GET(HIFN_MAC_CMD_ALG, w->masks) == HIFN_MAC_CMD_ALG_MD5;
	cmd->hmac = mode == HIFN_MAC_CMD_MODE_HMAC;
	cmd->trunc = w->masks & HIFN_MAC_CMD_TRUNC;
	cmd->mac_result = w->masks & HIFN_MAC_CMD_RESULT;
	cmd->ipsec = w->masks & HIFN_MAC_CMD_POS_IPSEC;
	if (mode != HIFN_MAC_CMD_MODE_HMAC && mode != HIFN_MAC_CMD_MODE_HASH)
		refuse(host, cmd, "MAC mode is neither HMAC nor plain hash");
	if (w->masks & MAC_UNUSED)
		refuse(host, cmd, "unused bits set in the MAC command");
	cmd->mac.on = true;
}

static void decode_crypt_alg(struct vc_host *host, struct vc_command *cmd, uint16_t masks)
{
	static const uint8_t aes_key[] = { 16, 24, 32 };
	unsigned int ksz = FIELD_GET(HIFN_CRYPT_CMD_KSZ, masks);

	switch (FIELD_GET(HIFN_CRYPT_CMD_ALG, masks)) {
	case HIFN_CRYPT_CMD_ALG_DES:
		cmd->alg = VC_DES;
		cmd->key_bytes = HIFN_DES_KEY_BYTES;
		break;
	case HIFN_CRYPT_CMD_ALG_3DES:
		cmd->alg = VC_3DES;
		cmd->key_bytes = HIFN_3DES_KEY_BYTES;
		break;
	case HIFN_CRYPT_CMD_ALG_AES:
		if (ksz >= ARRAY_SIZE(aes_key)) {
			refuse(host, cmd, "AES key size code 3");
			ksz = 0;
		}
		cmd->alg = VC_AES128 + ksz;
		cmd->key_bytes = aes_key[ksz];
		break;
	default:
		lack(host, cmd, "RC4: not modelled");
		cmd->key_bytes = HIFN_RC4_KEY_BYTES;
	}
	cmd->iv_bytes = cmd->alg <= VC_AES256 ? HIFN_AES_IV_BYTES : HIFN_DES_IV_BYTES;
}

static void decode_crypt(struct vc_host *host, struct vc_command *cmd,
			 const struct words *w)
{
	cmd->crypt.skip = w->w1;
	cmd->crypt.count = w->w2 | FIELD_GET(HIFN_CRYPT_CMD_SRCLEN_HI, w->masks) << 16;
	cmd->mode = VC_ECB + FIELD_GET(HIFN_CRYPT_CMD_MODE, w->masks);
	if (w->masks & CRYPT_UNUSED)
		refuse(host, cmd, "unused bits or CLR_CTX set in the crypt command");
	decode_crypt_alg(host, cmd, w->masks);
	cmd->crypt.on = true;
}

static bool level_allows(uint16_t level, const struct vc_command *cmd)
{
	if (!cmd->has_mac && !cmd->has_crypt)
		return true;
	return level == HIFN_LEVEL_2 ||
	       (level == HIFN_LEVEL_1 && (!cmd->has_crypt || cmd->alg == VC_DES));
}

static void decode_engines(struct vc_host *host, struct vc_command *cmd,
			   struct cursor *cur)
{
	struct words mac = { 0 }, crypt = { 0 };

	if (cmd->has_comp)
		cur_bytes(cur, 8);
	if (cmd->has_mac) {
		mac = cur_words(cur);
		decode_mac(host, cmd, &mac);
	}
	if (cmd->has_crypt) {
		crypt = cur_words(cur);
		decode_crypt(host, cmd, &crypt);
	}
	if (mac.masks & HIFN_MAC_CMD_NEW_KEY)
		cmd->mac_key = cur_bytes(cur, HIFN_MAC_KEY_BYTES);
	if (crypt.masks & HIFN_CRYPT_CMD_NEW_KEY)
		cmd->key = cur_bytes(cur, cmd->key_bytes);
	if (crypt.masks & HIFN_CRYPT_CMD_NEW_IV)
		cmd->iv = cur_bytes(cur, cmd->iv_bytes);
}

void vc_cmd_refuse(struct vc_command *cmd)
{
	cmd->refused = true;
	cmd->crypt.on = false;
	cmd->mac.on = false;
}

/* Bytes after the last part are ignored: one driver sends 16 too many. */
void vc_cmd_decode(const struct vc_unlock *unlock, struct vc_command *cmd,
		   const uint8_t *block, uint32_t len)
{
	struct vc_host *host = unlock->host;
	struct cursor cur = { block, len, false };
	struct words base = cur_words(&cur);

	memset(cmd, 0, sizeof(*cmd));
	decode_base(host, cmd, &base);
	if (vc_cmd_is_ctx(cmd))
		decode_ctx(host, cmd, &base);
	else
		decode_engines(host, cmd, &cur);
	if (cur.exhausted)
		refuse(host, cmd, "block shorter than its parts");
	if (!level_allows(unlock->level, cmd)) {
		cmd->refused = true;
		vc_error(host, VC_ERR_LOCKED, "command refused: chip is locked (level 0x%04x)",
			 unlock->level);
	}
	if (cmd->refused)
		vc_cmd_refuse(cmd);
}

enum vc_op vc_cmd_cipher_op(const struct vc_command *cmd)
{
	unsigned int family = cmd->alg <= VC_AES256 ? 0 : 1 + cmd->alg - VC_DES;

	return VC_OP_CIPHER + cmd->mode + VC_MODES * family;
}

enum vc_op vc_cmd_mac_op(const struct vc_command *cmd)
{
	if (cmd->hmac)
		return cmd->md5 ? VC_OP_HMAC_MD5 : VC_OP_HMAC_SHA1;
	return cmd->md5 ? VC_OP_MD5 : VC_OP_SHA1;
}
