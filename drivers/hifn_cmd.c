// SPDX-License-Identifier: GPL-2.0
/* Operation to command block bytes, result block bytes to status. */
#include "hifn_cmd.h"
#include "hifn_desc.h"

static_assert(HIFN_CIPHER_CMD_MAX_BYTES ==
	      sizeof(struct hifn_base_command) +
	      sizeof(struct hifn_crypt_command) + 32 + HIFN_AES_IV_BYTES,
	      "largest cipher-only command: AES-256 with IV");
static_assert(HIFN_CIPHER_RESULT_BYTES ==
	      sizeof(struct hifn_base_result) + sizeof(struct hifn_crypt_result),
	      "result of a cipher-only command, docs/hifn795x.md 5.5");

/* A bit pattern that sets every error flag and every residual. */
#define RESULT_PRESET	0xff

static u32 block_bytes(enum hifn_cipher cipher)
{
	return cipher == HIFN_CIPHER_AES ? HIFN_AES_IV_BYTES : HIFN_DES_IV_BYTES;
}

static bool key_fits(const struct hifn_op *op)
{
	switch (op->cipher) {
	case HIFN_CIPHER_DES:
		return op->key_bytes == HIFN_DES_KEY_BYTES;
	case HIFN_CIPHER_3DES:
		return op->key_bytes == HIFN_3DES_KEY_BYTES;
	case HIFN_CIPHER_AES:
		return op->key_bytes == 16 || op->key_bytes == 24 ||
		       op->key_bytes == 32;
	}
	return false;
}

/* What the card does with a partial last block is unknown: refused, 4.5. */
static bool length_fits(const struct hifn_op *op)
{
	return op->bytes && op->bytes <= HIFN_TOTAL_MAX_BYTES &&
	       op->bytes % block_bytes(op->cipher) == 0;
}

static void put_base(u8 *buf, const struct hifn_op *op)
{
	u16 masks = HIFN_BASE_CMD_CRYPT |
		    FIELD_PREP(HIFN_BASE_CMD_OPCODE, op->decrypt ?
			       HIFN_BASE_CMD_DECODE : HIFN_BASE_CMD_ENCODE);
	/* Always session 0 with fresh key and IV, as every driver does, 4.6. */
	u16 session = FIELD_PREP(HIFN_BASE_CMD_SRCLEN_HI, op->bytes >> 16) |
		      FIELD_PREP(HIFN_BASE_CMD_DSTLEN_HI, op->bytes >> 16);
	struct hifn_base_command base = {
		.masks = cpu_to_le16(masks),
		.session_num = cpu_to_le16(session),
		.total_source_count = cpu_to_le16(op->bytes & 0xffff),
		.total_dest_count = cpu_to_le16(op->bytes & 0xffff),
	};

	memcpy(buf, &base, sizeof(base));
}

static u16 crypt_alg(const struct hifn_op *op)
{
	switch (op->cipher) {
	case HIFN_CIPHER_DES:
		return FIELD_PREP(HIFN_CRYPT_CMD_ALG, HIFN_CRYPT_CMD_ALG_DES);
	case HIFN_CIPHER_3DES:
		return FIELD_PREP(HIFN_CRYPT_CMD_ALG, HIFN_CRYPT_CMD_ALG_3DES);
	case HIFN_CIPHER_AES:
		break;
	}
	return FIELD_PREP(HIFN_CRYPT_CMD_ALG, HIFN_CRYPT_CMD_ALG_AES) |
	       FIELD_PREP(HIFN_CRYPT_CMD_KSZ, (op->key_bytes - 16) / 8);
}

static u16 crypt_mode(enum hifn_mode mode)
{
	switch (mode) {
	case HIFN_MODE_ECB:
		return FIELD_PREP(HIFN_CRYPT_CMD_MODE, HIFN_CRYPT_CMD_MODE_ECB);
	case HIFN_MODE_CBC:
		return FIELD_PREP(HIFN_CRYPT_CMD_MODE, HIFN_CRYPT_CMD_MODE_CBC);
	case HIFN_MODE_CFB:
		return FIELD_PREP(HIFN_CRYPT_CMD_MODE, HIFN_CRYPT_CMD_MODE_CFB);
	case HIFN_MODE_OFB:
		break;
	}
	return FIELD_PREP(HIFN_CRYPT_CMD_MODE, HIFN_CRYPT_CMD_MODE_OFB);
}

static void put_crypt(u8 *buf, const struct hifn_op *op)
{
	u16 masks = crypt_alg(op) | crypt_mode(op->mode) |
		    HIFN_CRYPT_CMD_NEW_KEY |
		    FIELD_PREP(HIFN_CRYPT_CMD_SRCLEN_HI, op->bytes >> 16);
	struct hifn_crypt_command crypt = { 0 };

	if (op->mode != HIFN_MODE_ECB)
		masks |= HIFN_CRYPT_CMD_NEW_IV;
	crypt.masks = cpu_to_le16(masks);
	crypt.source_count = cpu_to_le16(op->bytes & 0xffff);
	memcpy(buf, &crypt, sizeof(crypt));
}

int hifn_cmd_encode(const struct hifn_op *op, u8 *buf, u32 room)
{
	u32 iv_bytes = op->mode == HIFN_MODE_ECB ? 0 : block_bytes(op->cipher);
	u32 head = sizeof(struct hifn_base_command) +
		   sizeof(struct hifn_crypt_command);
	u32 bytes;

	if (!key_fits(op) || !length_fits(op))
		return -EINVAL;
	bytes = head + op->key_bytes + iv_bytes;
	if (bytes > room)
		return -ENOSPC;
	put_base(buf, op);
	put_crypt(buf + sizeof(struct hifn_base_command), op);
	memcpy(buf + head, op->key, op->key_bytes);
	if (iv_bytes)
		memcpy(buf + head + op->key_bytes, op->iv, iv_bytes);
	return bytes;
}

void hifn_result_preset(u8 *res)
{
	memset(res, RESULT_PRESET, HIFN_CIPHER_RESULT_BYTES);
}

static bool base_untouched(const u8 *res)
{
	u32 i;

	for (i = 0; i < sizeof(struct hifn_base_result); i++)
		if (res[i] != RESULT_PRESET)
			return false;
	return true;
}

static bool has_residual(const struct hifn_base_result *base)
{
	u16 hi = HIFN_BASE_RES_SRCLEN_HI | HIFN_BASE_RES_DSTLEN_HI;

	return (le16_to_cpu(base->session) & hi) || base->src_cnt ||
	       base->dst_cnt;
}

enum hifn_result hifn_result_check(const u8 *res)
{
	struct hifn_base_result base;
	struct hifn_crypt_result crypt;

	if (base_untouched(res))
		return HIFN_RESULT_NONE;
	memcpy(&base, res, sizeof(base));
	memcpy(&crypt, res + sizeof(base), sizeof(crypt));
	if (le16_to_cpu(base.flags) & HIFN_BASE_RES_DSTOVERRUN)
		return HIFN_RESULT_OVERRUN;
	if (le16_to_cpu(crypt.flags) & HIFN_CRYPT_RES_SRC_NOTZERO)
		return HIFN_RESULT_STARVED;
	if (has_residual(&base))
		return HIFN_RESULT_RESIDUAL;
	return HIFN_RESULT_OK;
}
