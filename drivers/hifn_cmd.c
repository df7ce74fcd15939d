// SPDX-License-Identifier: GPL-2.0
/* Operation to command block bytes, result block bytes to status and MAC. */
#include "hifn_cmd.h"
#include "hifn_desc.h"

static_assert(HIFN_OP_CMD_MAX_BYTES ==
	      sizeof(struct hifn_base_command) +
	      sizeof(struct hifn_mac_command) +
	      sizeof(struct hifn_crypt_command) +
	      HIFN_MAC_KEY_BYTES + 32 + HIFN_AES_IV_BYTES,
	      "largest command: AES-256 with IV, and HMAC");
static_assert(HIFN_OP_RESULT_MAX_BYTES ==
	      sizeof(struct hifn_base_result) +
	      sizeof(struct hifn_mac_result) + HIFN_SHA1_BYTES +
	      sizeof(struct hifn_crypt_result) &&
	      HIFN_OP_RESULT_MAX_BYTES <= HIFN_MAX_RESULT_BYTES,
	      "largest result: ESP with full SHA-1, docs/reference/hifn795x.md 5.5");

/* A bit pattern that sets every error flag and every residual. */
#define RESULT_PRESET	0xff
#define MAC_TAIL_BYTES	8	/* looked at for the pattern; by chance: 2^-64 */

static u32 block_bytes(enum hifn_cipher cipher)
{
	return cipher == HIFN_CIPHER_AES ? HIFN_AES_IV_BYTES : HIFN_DES_IV_BYTES;
}

static bool key_fits(const struct hifn_op *op)
{
	switch (op->cipher) {
	case HIFN_CIPHER_NONE:
		return true;
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

static bool region_fits(const struct hifn_region *r, u32 total)
{
	return r->bytes && r->skip <= HIFN_SKIP_MAX_BYTES && r->skip <= total &&
	       r->bytes <= total - r->skip;
}

/* What the card does with a partial last block is unknown: refused, 4.5. */
static bool crypt_fits(const struct hifn_op *op)
{
	return op->cipher == HIFN_CIPHER_NONE ||
	       (region_fits(&op->crypt, op->bytes) &&
		op->crypt.bytes % block_bytes(op->cipher) == 0);
}

static bool auth_fits(const struct hifn_op *op)
{
	return op->mac == HIFN_MAC_NONE || region_fits(&op->auth, op->bytes);
}

bool hifn_cmd_fits(const struct hifn_op *op)
{
	return (op->cipher != HIFN_CIPHER_NONE || op->mac != HIFN_MAC_NONE) &&
	       op->bytes >= HIFN_OP_MIN_BYTES && op->bytes <= HIFN_TOTAL_MAX_BYTES &&
	       key_fits(op) && crypt_fits(op) && auth_fits(op);
}

static bool is_hmac(const struct hifn_op *op)
{
	return op->mac == HIFN_MAC_HMAC_MD5 || op->mac == HIFN_MAC_HMAC_SHA1;
}

static bool is_md5(const struct hifn_op *op)
{
	return op->mac == HIFN_MAC_MD5 || op->mac == HIFN_MAC_HMAC_MD5;
}

static u32 mac_key_bytes(const struct hifn_op *op)
{
	return is_hmac(op) ? HIFN_MAC_KEY_BYTES : 0;
}

static u32 key_bytes(const struct hifn_op *op)
{
	return op->cipher == HIFN_CIPHER_NONE ? 0 : op->key_bytes;
}

static u32 iv_bytes(const struct hifn_op *op)
{
	return op->cipher == HIFN_CIPHER_NONE || op->mode == HIFN_MODE_ECB ?
	       0 : block_bytes(op->cipher);
}

/* All of what follows appends to the block and returns its new end. */
static u8 *put(u8 *at, const void *from, u32 bytes)
{
	if (bytes)
		memcpy(at, from, bytes);
	return at + bytes;
}

static u8 *put_base(u8 *at, const struct hifn_op *op)
{
	u16 masks = FIELD_PREP(HIFN_BASE_CMD_OPCODE, op->decrypt ?
			       HIFN_BASE_CMD_DECODE : HIFN_BASE_CMD_ENCODE);
	u32 dst_bytes = hifn_whole_words(op->bytes);
	/* Always session 0 with fresh key and IV, as every driver does, 4.6. */
	u16 session = FIELD_PREP(HIFN_BASE_CMD_SRCLEN_HI, op->bytes >> 16) |
		      FIELD_PREP(HIFN_BASE_CMD_DSTLEN_HI, dst_bytes >> 16);
	struct hifn_base_command base = {
		.session_num = cpu_to_le16(session),
		.total_source_count = cpu_to_le16(op->bytes & 0xffff),
		.total_dest_count = cpu_to_le16(dst_bytes & 0xffff),
	};

	if (op->cipher != HIFN_CIPHER_NONE)
		masks |= HIFN_BASE_CMD_CRYPT;
	if (op->mac != HIFN_MAC_NONE)
		masks |= HIFN_BASE_CMD_MAC;
	base.masks = cpu_to_le16(masks);
	return put(at, &base, sizeof(base));
}

/*
 * POS_IPSEC in every case, as the BSDs have it, 4.3. TRUNC, as they have it too, where the whole
 * MAC is not to be had: who wants less of one cuts it himself.
 */
static u8 *put_mac(u8 *at, const struct hifn_op *op)
{
	u16 masks = HIFN_MAC_CMD_RESULT | HIFN_MAC_CMD_POS_IPSEC |
		    FIELD_PREP(HIFN_MAC_CMD_ALG, is_md5(op) ?
			       HIFN_MAC_CMD_ALG_MD5 : HIFN_MAC_CMD_ALG_SHA1) |
		    FIELD_PREP(HIFN_MAC_CMD_MODE, is_hmac(op) ?
			       HIFN_MAC_CMD_MODE_HMAC : HIFN_MAC_CMD_MODE_HASH) |
		    FIELD_PREP(HIFN_MAC_CMD_SRCLEN_HI, op->auth.bytes >> 16);
	struct hifn_mac_command mac = { 0 };

	if (op->mac == HIFN_MAC_NONE)
		return at;
	if (is_hmac(op))
		masks |= HIFN_MAC_CMD_NEW_KEY;
	if (op->short_mac)
		masks |= HIFN_MAC_CMD_TRUNC;
	mac.masks = cpu_to_le16(masks);
	mac.header_skip = cpu_to_le16(op->auth.skip);
	mac.source_count = cpu_to_le16(op->auth.bytes & 0xffff);
	return put(at, &mac, sizeof(mac));
}

static u16 crypt_alg(const struct hifn_op *op)
{
	switch (op->cipher) {
	case HIFN_CIPHER_DES:
		return FIELD_PREP(HIFN_CRYPT_CMD_ALG, HIFN_CRYPT_CMD_ALG_DES);
	case HIFN_CIPHER_3DES:
		return FIELD_PREP(HIFN_CRYPT_CMD_ALG, HIFN_CRYPT_CMD_ALG_3DES);
	case HIFN_CIPHER_AES:
	case HIFN_CIPHER_NONE:
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

static u8 *put_crypt(u8 *at, const struct hifn_op *op)
{
	struct hifn_crypt_command crypt = { 0 };
	u16 masks;

	if (op->cipher == HIFN_CIPHER_NONE)
		return at;
	masks = crypt_alg(op) | crypt_mode(op->mode) | HIFN_CRYPT_CMD_NEW_KEY |
		FIELD_PREP(HIFN_CRYPT_CMD_SRCLEN_HI, op->crypt.bytes >> 16);
	if (op->mode != HIFN_MODE_ECB)
		masks |= HIFN_CRYPT_CMD_NEW_IV;
	crypt.masks = cpu_to_le16(masks);
	crypt.header_skip = cpu_to_le16(op->crypt.skip);
	crypt.source_count = cpu_to_le16(op->crypt.bytes & 0xffff);
	return put(at, &crypt, sizeof(crypt));
}

static u32 cmd_bytes(const struct hifn_op *op)
{
	u32 bytes = sizeof(struct hifn_base_command) + mac_key_bytes(op) +
		    key_bytes(op) + iv_bytes(op);

	if (op->mac != HIFN_MAC_NONE)
		bytes += sizeof(struct hifn_mac_command);
	if (op->cipher != HIFN_CIPHER_NONE)
		bytes += sizeof(struct hifn_crypt_command);
	return bytes;
}

int hifn_cmd_encode(const struct hifn_op *op, u8 *buf, u32 room)
{
	u8 *at;

	if (!hifn_cmd_fits(op))
		return -EINVAL;
	if (cmd_bytes(op) > room)
		return -ENOSPC;
	at = put_base(buf, op);
	at = put_mac(at, op);
	at = put_crypt(at, op);
	at = put(at, op->mac_key, mac_key_bytes(op));
	at = put(at, op->key, key_bytes(op));
	at = put(at, op->iv, iv_bytes(op));
	return at - buf;
}

/* The source count is what is written; the other count is the address, 4.6. */
u32 hifn_cmd_clear_ctx(u32 at, u8 *buf)
{
	struct hifn_base_command base = {
		.masks = cpu_to_le16(FIELD_PREP(HIFN_BASE_CMD_OPCODE,
						HIFN_BASE_CMD_WRITE_RAM)),
		.session_num = cpu_to_le16(at >> HIFN_CTXRAM_ADDR_BITS),
		.total_source_count = cpu_to_le16(HIFN_CTXRAM_WORD_BYTES),
		.total_dest_count = cpu_to_le16(at & (BIT(HIFN_CTXRAM_ADDR_BITS) - 1)),
	};

	memset(put(buf, &base, sizeof(base)), 0, HIFN_CTXRAM_WORD_BYTES);
	return sizeof(base) + HIFN_CTXRAM_WORD_BYTES;
}

void hifn_result_preset(u8 *res)
{
	memset(res, RESULT_PRESET, HIFN_OP_RESULT_MAX_BYTES);
}

static bool untouched(const u8 *res, u32 bytes)
{
	while (bytes--)
		if (*res++ != RESULT_PRESET)
			return false;
	return true;
}

/* What fills the destination's last word may be counted as written, or not. */
static bool has_residual(const struct hifn_op *op, const struct hifn_base_result *base)
{
	u16 hi = HIFN_BASE_RES_SRCLEN_HI | HIFN_BASE_RES_DSTLEN_HI;
	u16 dst = le16_to_cpu(base->dst_cnt);

	return (le16_to_cpu(base->session) & hi) || base->src_cnt ||
	       (dst && dst != hifn_whole_words(op->bytes) - op->bytes);
}

static u32 mac_bytes(const struct hifn_op *op)
{
	if (op->short_mac)
		return HIFN_MAC_TRUNC_BYTES;
	return is_md5(op) ? HIFN_MD5_BYTES : HIFN_SHA1_BYTES;
}

/*
 * The part of the MAC engine, at *at, which is moved behind it. A MAC whose end
 * was not written is none: the card gave fewer bytes than asked for. MISCOMPARE
 * means nothing here, as no known command gives the card a value to compare
 * with, 4.3.
 */
static enum hifn_result read_mac(const struct hifn_op *op, const u8 **at)
{
	u32 bytes = mac_bytes(op);
	struct hifn_mac_result mac;

	memcpy(&mac, *at, sizeof(mac));
	*at += sizeof(mac) + bytes;
	if (le16_to_cpu(mac.flags) & HIFN_MAC_RES_SRC_NOTZERO)
		return HIFN_RESULT_STARVED;
	return untouched(*at - MAC_TAIL_BYTES, MAC_TAIL_BYTES) ?
	       HIFN_RESULT_NONE : HIFN_RESULT_OK;
}

static enum hifn_result read_crypt(const u8 *at)
{
	struct hifn_crypt_result crypt;

	memcpy(&crypt, at, sizeof(crypt));
	return le16_to_cpu(crypt.flags) & HIFN_CRYPT_RES_SRC_NOTZERO ?
	       HIFN_RESULT_STARVED : HIFN_RESULT_OK;
}

static enum hifn_result read_engines(const struct hifn_op *op, const u8 *at)
{
	enum hifn_result result = HIFN_RESULT_OK;

	if (op->mac != HIFN_MAC_NONE)
		result = read_mac(op, &at);
	if (result == HIFN_RESULT_OK && op->cipher != HIFN_CIPHER_NONE)
		result = read_crypt(at);
	return result;
}

enum hifn_result hifn_result_read(const struct hifn_op *op, const u8 *res,
				  u8 *mac)
{
	struct hifn_base_result base;
	enum hifn_result result;

	if (untouched(res, sizeof(base)))
		return HIFN_RESULT_NONE;
	memcpy(&base, res, sizeof(base));
	if (le16_to_cpu(base.flags) & HIFN_BASE_RES_DSTOVERRUN)
		return HIFN_RESULT_OVERRUN;
	result = read_engines(op, res + sizeof(base));
	if (result != HIFN_RESULT_OK)
		return result;
	if (op->mac != HIFN_MAC_NONE)
		memcpy(mac, res + sizeof(base) + sizeof(struct hifn_mac_result),
		       mac_bytes(op));
	return has_residual(op, &base) ? HIFN_RESULT_RESIDUAL : HIFN_RESULT_OK;
}
