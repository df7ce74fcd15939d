// SPDX-License-Identifier: BSD-2-Clause
/*
 * Rings and commands: the way a driver goes, with mistakes where the input asks
 * for them. docs/reference/hifn795x.md 3 and 4.
 */
#include <linux/pci_regs.h>

#include "../../drivers/hifn_unlock.h"
#include "program.h"

static const uint32_t lengths[] = {
	0, 1, 3, 4, 7, 8, 12, 15, 16, 17, 20, 24, 32, 48, 63, 64, 100, 128, 256, 1000,
	1024, 2048, 4096, 8192, 8208, 16384, 20480, 65535, 65536, 131072, 262143, 64,
};

static uint32_t length(uint8_t code)
{
	return lengths[code % ARRAY_SIZE(lengths)];
}

void program_bring_up(struct program *p)
{
	const uint8_t command = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	struct vcard *vc = p->vc;

	vcard_config_write(vc, PCI_COMMAND, &command, 1);
	vcard_wr32(vc, 0, HIFN_0_PUCTRL, HIFN_PUCTRL_DMAENA);
	vcard_wr32(vc, 0, HIFN_0_PUIER, HIFN_PUSTAT_DSTOVER);
	for (int i = 0; i < VC_RINGS; i++) {
		vcard_wr32(vc, 1, vc_ring_base[i], GUEST_RING(i));
		p->next[i] = 0;
	}
	vcard_wr32(vc, 1, HIFN_1_DMA_IER, HIFN_DMAIER_BASE);
	vcard_wr32(vc, 0, HIFN_0_PUCNFG, HIFN_PUCNFG_RUN);
	vcard_wr32(vc, 1, HIFN_1_DMA_CNFG, HIFN_DMACNFG_RUN);
	vcard_wr32(vc, 1, HIFN_1_DMA_CSR, HIFN_DMACSR_ENA_ALL);
}

void program_post(struct program *p, enum vc_ring_id ring, uint32_t flags, uint32_t addr)
{
	unsigned int slot = p->next[ring]++ % GUEST_SLOTS;
	uint32_t at = GUEST_RING(ring) + 8 * slot;

	if (slot == GUEST_SLOTS - 1) {
		guest_write32(at + 12, GUEST_RING(ring));
		guest_write32(at + 8, HIFN_D_JUMP_ARMED);
	}
	guest_write32(at + 4, addr);
	guest_write32(at, flags);
}

/* Where a piece of data lies: mostly in the large block, at any offset. */
static uint32_t data_address(struct input *in)
{
	uint8_t how = in8(in);

	if (how < 0x80)
		return GUEST_LARGE + 64 * how;
	if (how < 0xc0)
		return GUEST_DATA + 16 * (how & 0x3f);
	return how < 0xf0 ? GUEST_LARGE + in16(in) % GUEST_LARGE_BYTES : guest_address(in);
}

/* Up to four pieces; the last takes what is left, unless the chain shall be short. */
static void post_chain(struct program *p, struct input *in, enum vc_ring_id ring,
		       uint32_t total, bool cut)
{
	unsigned int pieces = 1 + (in8(in) & 3);
	uint32_t done = 0;

	while (pieces--) {
		uint32_t n = pieces ? min(length(in8(in)), total - done) : total - done;
		uint32_t flags = HIFN_D_DATA;

		n = min(n, (uint32_t)HIFN_SEG_MAX_BYTES);
		if (!pieces && !cut)
			flags |= HIFN_D_LAST;
		program_post(p, ring, flags | n, data_address(in));
		done += n;
	}
}

static uint8_t *put16(uint8_t *at, uint16_t val)
{
	at[0] = val;
	at[1] = val >> 8;
	return at + 2;
}

/* The four words of an engine's part. */
static uint8_t *put_engine(uint8_t *at, struct input *in, uint16_t masks, uint32_t total)
{
	uint16_t skip = in8(in);
	uint32_t count = skip & 1 ? length(in8(in)) : total - min(total, skip & ~1u);

	at = put16(at, masks | count >> 16 << 14);
	at = put16(at, skip & ~1u);
	at = put16(at, count);
	return put16(at, 0);
}

static uint16_t crypt_masks(struct input *in)
{
	uint8_t b = in8(in);

	return (b & (HIFN_CRYPT_CMD_ALG | HIFN_CRYPT_CMD_MODE)) |
	       FIELD_PREP(HIFN_CRYPT_CMD_KSZ, b >> 5 & 3) |
	       (b & 0x04 ? 0 : HIFN_CRYPT_CMD_NEW_KEY) |
	       (b & 0x80 ? 0 : HIFN_CRYPT_CMD_NEW_IV);
}

static uint16_t mac_masks(struct input *in)
{
	uint8_t b = in8(in);

	return (b & (HIFN_MAC_CMD_ALG | HIFN_MAC_CMD_MODE | HIFN_MAC_CMD_TRUNC)) |
	       (b & 0x20 ? 0 : HIFN_MAC_CMD_RESULT) |
	       (b & 0x40 ? 0 : HIFN_MAC_CMD_POS_IPSEC) |
	       (b & 0x80 ? 0 : HIFN_MAC_CMD_NEW_KEY);
}

static const uint16_t bases[8] = {
	HIFN_BASE_CMD_CRYPT,
	HIFN_BASE_CMD_CRYPT | FIELD_PREP(HIFN_BASE_CMD_OPCODE, HIFN_BASE_CMD_DECODE),
	HIFN_BASE_CMD_MAC,
	HIFN_BASE_CMD_MAC | HIFN_BASE_CMD_CRYPT,
	HIFN_BASE_CMD_MAC | HIFN_BASE_CMD_CRYPT |
		FIELD_PREP(HIFN_BASE_CMD_OPCODE, HIFN_BASE_CMD_DECODE),
	0,
	FIELD_PREP(HIFN_BASE_CMD_OPCODE, HIFN_BASE_CMD_READ_RAM),
	FIELD_PREP(HIFN_BASE_CMD_OPCODE, HIFN_BASE_CMD_WRITE_RAM),
};

/* The block without keys; what follows is whatever lies in the buffer. */
static void build(struct input *in, uint8_t *block, uint16_t masks, uint32_t src,
		  uint32_t dst)
{
	uint8_t *at = block;

	at = put16(at, masks);
	at = put16(at, src >> 16 << 14 | dst >> 16 << 12 | (in8(in) & 0x81));
	at = put16(at, src);
	at = put16(at, dst);
	if (masks & HIFN_BASE_CMD_MAC)
		at = put_engine(at, in, mac_masks(in), src);
	if (masks & HIFN_BASE_CMD_CRYPT)
		put_engine(at, in, crypt_masks(in), src);
}

/* What is wrong with a command. */
#define WRONG_BYTES	0x01	/* some bytes of the block are replaced */
#define WRONG_DEST	0x02	/* total_dest_count is not the source's */
#define SHORT_SRC	0x04	/* chain without LAST */
#define SHORT_DST	0x08
#define OTHER_DST	0x10	/* destination chain of another length */
#define OTHER_RESULT	0x20	/* result descriptor of any kind */
#define OTHER_COMMAND	0x40	/* command descriptor of any kind */
#define SPLIT_COMMAND	0x80	/* two command descriptors */

static void post_command(struct program *p, struct input *in, uint8_t wrong)
{
	uint32_t at = GUEST_CMD, len = 160;

	if (wrong & OTHER_COMMAND) {
		at = guest_address(in);
		len = in16(in);
	}
	if (wrong & SPLIT_COMMAND) {
		uint32_t first = in8(in) & ~3u;

		program_post(p, VC_C, HIFN_D_DATA | first, at);
		at += first;
		len -= min(len, first);
	}
	program_post(p, VC_C, HIFN_D_CMD | len, at);
}

static void post_result(struct program *p, struct input *in, uint8_t wrong)
{
	if (wrong & OTHER_RESULT)
		program_post(p, VC_R, in32(in) | HIFN_D_VALID, guest_address(in));
	else
		program_post(p, VC_R, HIFN_D_RESULT | HIFN_MAX_RESULT_BYTES, GUEST_RESULT);
}

void program_command(struct program *p, struct input *in)
{
	uint16_t masks = bases[in8(in) & 7];
	uint8_t wrong = in8(in), block[160];
	uint32_t src = length(in8(in));
	uint32_t dst = wrong & WRONG_DEST ? length(in8(in)) : src;

	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = 7 * i;
	build(in, block, masks, src, dst);
	for (int n = wrong & WRONG_BYTES ? 1 + (in8(in) & 3) : 0; n; n--)
		block[in8(in) % sizeof(block)] = in8(in);
	guest_write(GUEST_CMD, block, sizeof(block));
	post_chain(p, in, VC_D, wrong & OTHER_DST ? length(in8(in)) : dst,
		   wrong & SHORT_DST);
	post_result(p, in, wrong);
	post_chain(p, in, VC_S, src, wrong & SHORT_SRC);
	post_command(p, in, wrong);
}

void program_unlock(struct program *p)
{
	uint32_t val;

	if (vcard_silicon(p->vc)->unlock.level == HIFN_LEVEL_2)
		return;		/* once more would be a mistake */
	vcard_wr32(p->vc, 1, HIFN_1_DMA_CNFG, HIFN_DMACNFG_UNLOCKING);
	val = vcard_rd32(p->vc, 1, HIFN_1_UNLOCK_SECRET1);
	for (unsigned int i = 0; i < HIFN_UNLOCK_ROUNDS; i++) {
		val = hifn_unlock_round(val);
		vcard_wr32(p->vc, 1, HIFN_1_UNLOCK_SECRET2, val);
	}
	vcard_wr32(p->vc, 1, HIFN_1_DMA_CNFG, HIFN_DMACNFG_RUN);
	MUST(vcard_silicon(p->vc)->unlock.level == HIFN_LEVEL_2);
}

/* FIPS 197, C.1, as one ECB command. */
void program_verify(struct program *p)
{
	static const uint8_t command[] = {
		0x00, 0x08, 0x00, 0x00, 0x10, 0x00, 0x10, 0x00,
		0x03, 0x08, 0x00, 0x00, 0x10, 0x00, 0x00, 0x00,
		0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
		0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,
	};
	static const uint8_t plain[] = {
		0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
		0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff,
	};
	static const uint32_t cipher[] = {
		0xd8e0c469, 0x30047b6a, 0x80b7cdd8, 0x5ac5b470,
	};

	vcard_faults_clear(p->vc);
	vcard_pci_reset(p->vc);
	guest_start();
	program_unlock(p);
	program_bring_up(p);
	guest_write(GUEST_CMD, command, sizeof(command));
	guest_write(GUEST_DATA, plain, sizeof(plain));
	program_post(p, VC_D, HIFN_D_DATA_LAST | 16, GUEST_LARGE);
	program_post(p, VC_R, HIFN_D_RESULT | HIFN_MAX_RESULT_BYTES, GUEST_RESULT);
	program_post(p, VC_S, HIFN_D_DATA_LAST | 16, GUEST_DATA);
	program_post(p, VC_C, HIFN_D_CMD | sizeof(command), GUEST_CMD);
	program_step(p, 4096);
	MUST(!(guest_read32(GUEST_RING(VC_R)) & HIFN_D_VALID));
	for (unsigned int i = 0; i < ARRAY_SIZE(cipher); i++)
		MUST(guest_read32(GUEST_LARGE + 4 * i) == cipher[i]);
}
