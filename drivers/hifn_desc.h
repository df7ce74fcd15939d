/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Facts of the HIFN 7955/7956: what lies in memory between host and card -
 * descriptors, command blocks, result blocks, their limits.
 *
 * Everything is little-endian whatever the host. Sections: docs/reference/hifn795x.md.
 */
#ifndef HIFN_DESC_H
#define HIFN_DESC_H

#include "hifn_env.h"

/* ---- descriptors, section 3 ---- */
struct hifn_desc {
	__le32 l;	/* flags and length */
	__le32 p;	/* bus address of the buffer, or of the next descriptor */
};
static_assert(sizeof(struct hifn_desc) == 8, "descriptor is two words");
static_assert(offsetof(struct hifn_desc, p) == 4, "pointer is the second word");

#define HIFN_D_VALID		0x80000000	/* host sets, card clears */
#define HIFN_D_JUMP		0x40000000	/* p: next descriptor, no data */
#define HIFN_D_LAST		0x20000000	/* end of this command's chain */
#define HIFN_D_OVER		0x08000000
#define HIFN_D_DESTOVER		0x04000000
#define HIFN_D_MASKDONEIRQ	0x02000000
#define HIFN_D_NOINVALID	0x01000000	/* never used */
#define HIFN_D_LENGTH		0x0000ffff

#define HIFN_D_CMD		(HIFN_D_VALID | HIFN_D_LAST | HIFN_D_MASKDONEIRQ)
#define HIFN_D_DATA		(HIFN_D_VALID | HIFN_D_MASKDONEIRQ)
#define HIFN_D_DATA_LAST	(HIFN_D_DATA | HIFN_D_LAST)
#define HIFN_D_RESULT		(HIFN_D_VALID | HIFN_D_LAST)
#define HIFN_D_JUMP_ARMED	(HIFN_D_VALID | HIFN_D_JUMP | HIFN_D_MASKDONEIRQ)
static_assert(HIFN_D_CMD == 0xa2000000 && HIFN_D_DATA == 0x82000000 &&
	      HIFN_D_RESULT == 0xa0000000 && HIFN_D_JUMP_ARMED == 0xc2000000,
	      "descriptor flags as in appendix B");

#define HIFN_SEG_MAX_BYTES	0xffff	/* one descriptor, 3.1 */
#define HIFN_TOTAL_MAX_BYTES	0x3ffff	/* one command: 18-bit counts, 3.1 */
#define HIFN_RING_ALIGN		8	/* bytes, 1.5 */
#define HIFN_BUF_ALIGN		4	/* command and result buffers, 1.5 */
#define HIFN_DST_ALIGN		4	/* address, and length of all but the last, 3.6 */

/* ---- command block, section 4: parts in this order ---- */
struct hifn_base_command {
	__le16 masks;
	__le16 session_num;
	__le16 total_source_count;
	__le16 total_dest_count;
};
static_assert(sizeof(struct hifn_base_command) == 8, "4.1");

#define HIFN_BASE_CMD_OPCODE	0xe000
#define HIFN_BASE_CMD_ENCODE	0	/* values of OPCODE */
#define HIFN_BASE_CMD_DECODE	1
#define HIFN_BASE_CMD_READ_RAM	2	/* context RAM, 4.6 */
#define HIFN_BASE_CMD_WRITE_RAM	3
#define HIFN_BASE_CMD_CRYPT	0x0800
#define HIFN_BASE_CMD_MAC	0x0400
#define HIFN_BASE_CMD_PAD	0x0200
#define HIFN_BASE_CMD_COMP	0x0100

#define HIFN_BASE_CMD_SRCLEN_HI	0xc000	/* of session_num: count bits 17:16 */
#define HIFN_BASE_CMD_DSTLEN_HI	0x3000
#define HIFN_BASE_CMD_SESSION	0x07ff

/* Commands on the context RAM, 4.6. */
#define HIFN_CTXRAM_WORD_BYTES	8	/* read or written by one */
#define HIFN_CTXRAM_ADDR_BITS	14	/* in a count field; the rest in session_num */
#define HIFN_CTXRAM_DST_BYTES	4	/* dummy of a write */
#define HIFN_CTXRAM_RES_BYTES	4	/* result of a write */

struct hifn_crypt_command {
	__le16 masks;
	__le16 header_skip;
	__le16 source_count;
	__le16 reserved;
};
static_assert(sizeof(struct hifn_crypt_command) == 8, "4.2");

#define HIFN_CRYPT_CMD_ALG	0x0003
#define HIFN_CRYPT_CMD_ALG_DES	0	/* values of ALG */
#define HIFN_CRYPT_CMD_ALG_3DES	1
#define HIFN_CRYPT_CMD_ALG_RC4	2
#define HIFN_CRYPT_CMD_ALG_AES	3
#define HIFN_CRYPT_CMD_MODE	0x0018
#define HIFN_CRYPT_CMD_MODE_ECB	0	/* values of MODE */
#define HIFN_CRYPT_CMD_MODE_CBC	1
#define HIFN_CRYPT_CMD_MODE_CFB	2
#define HIFN_CRYPT_CMD_MODE_OFB	3
#define HIFN_CRYPT_CMD_CLR_CTX	0x0040
#define HIFN_CRYPT_CMD_KSZ	0x0600
#define HIFN_CRYPT_CMD_KSZ_128	0	/* values of KSZ */
#define HIFN_CRYPT_CMD_KSZ_192	1
#define HIFN_CRYPT_CMD_KSZ_256	2
#define HIFN_CRYPT_CMD_NEW_KEY	0x0800
#define HIFN_CRYPT_CMD_NEW_IV	0x1000
#define HIFN_CRYPT_CMD_SRCLEN_HI 0xc000

struct hifn_mac_command {
	__le16 masks;
	__le16 header_skip;
	__le16 source_count;
	__le16 reserved;
};
static_assert(sizeof(struct hifn_mac_command) == 8, "4.3");

#define HIFN_MAC_CMD_ALG	0x0001
#define HIFN_MAC_CMD_ALG_SHA1	0	/* values of ALG */
#define HIFN_MAC_CMD_ALG_MD5	1
#define HIFN_MAC_CMD_MODE	0x000c
#define HIFN_MAC_CMD_MODE_HMAC	0	/* values of MODE */
#define HIFN_MAC_CMD_MODE_SSL	1
#define HIFN_MAC_CMD_MODE_HASH	2
#define HIFN_MAC_CMD_TRUNC	0x0010
#define HIFN_MAC_CMD_RESULT	0x0020
#define HIFN_MAC_CMD_APPEND	0x0040
#define HIFN_MAC_CMD_POS_IPSEC	0x0200
#define HIFN_MAC_CMD_NEW_KEY	0x0800
#define HIFN_MAC_CMD_SRCLEN_HI	0xc000

struct hifn_comp_command {
	__le16 masks;
	__le16 header_skip;
	__le16 source_count;
	__le16 reserved;
};
static_assert(sizeof(struct hifn_comp_command) == 8, "4.4");

#define HIFN_COMP_CMD_ALG	0x0001
#define HIFN_COMP_CMD_ALG_LZS	0	/* values of ALG */
#define HIFN_COMP_CMD_ALG_MPPC	1
#define HIFN_COMP_CMD_STRIP0	0x0004
#define HIFN_COMP_CMD_UPDATEHIST 0x0008
#define HIFN_COMP_CMD_CLEARHIST	0x0010
#define HIFN_COMP_CMD_ONE	0x0100
#define HIFN_COMP_CMD_SRCLEN_HI	0xc000

#define HIFN_DES_KEY_BYTES	8
#define HIFN_3DES_KEY_BYTES	24
#define HIFN_RC4_KEY_BYTES	260
#define HIFN_MAC_KEY_BYTES	64
#define HIFN_DES_IV_BYTES	8
#define HIFN_AES_IV_BYTES	16
#define HIFN_MAX_CMD_BYTES	348	/* base, MAC, crypt, MAC key, RC4 key */
static_assert(HIFN_MAX_CMD_BYTES ==
	      sizeof(struct hifn_base_command) + sizeof(struct hifn_mac_command) +
	      sizeof(struct hifn_crypt_command) + HIFN_MAC_KEY_BYTES +
	      HIFN_RC4_KEY_BYTES, "largest command block, section 4");

/* ---- result block, section 5: base, [compression], [MAC], [crypt] ---- */
struct hifn_base_result {
	__le16 flags;
	__le16 session;
	__le16 src_cnt;		/* residual, bits 15:0 */
	__le16 dst_cnt;		/* residual, bits 15:0 */
};
static_assert(sizeof(struct hifn_base_result) == 8, "5.1");

#define HIFN_BASE_RES_DSTOVERRUN 0x0200
#define HIFN_BASE_RES_SRCLEN_HI	0xc000	/* of session: count bits 17:16 */
#define HIFN_BASE_RES_DSTLEN_HI	0x3000
#define HIFN_BASE_RES_SESSION	0x07ff

struct hifn_comp_result {
	__le16 flags;
	__le16 crc;
};
static_assert(sizeof(struct hifn_comp_result) == 4, "5.2");

#define HIFN_COMP_RES_LCB	0xff00
#define HIFN_COMP_RES_RESTART	0x0004
#define HIFN_COMP_RES_ENDMARKER	0x0002
#define HIFN_COMP_RES_SRC_NOTZERO 0x0001

struct hifn_mac_result {
	__le16 flags;
	__le16 reserved;
	/* 0, 12, 16 or 20 bytes of MAC follow */
};
static_assert(sizeof(struct hifn_mac_result) == 4, "5.3");

#define HIFN_MAC_RES_MISCOMPARE	0x0002
#define HIFN_MAC_RES_SRC_NOTZERO 0x0001

struct hifn_crypt_result {
	__le16 flags;
	__le16 reserved;
};
static_assert(sizeof(struct hifn_crypt_result) == 4, "5.4");

#define HIFN_CRYPT_RES_SRC_NOTZERO 0x0001

#define HIFN_MAC_TRUNC_BYTES	12
#define HIFN_MD5_BYTES		16
#define HIFN_SHA1_BYTES		20
#define HIFN_MAX_RESULT_BYTES	40
static_assert(HIFN_MAX_RESULT_BYTES ==
	      sizeof(struct hifn_base_result) + sizeof(struct hifn_comp_result) +
	      sizeof(struct hifn_mac_result) + HIFN_SHA1_BYTES +
	      sizeof(struct hifn_crypt_result), "5.5: all engines");

#endif
