// SPDX-License-Identifier: BSD-2-Clause
/*
 * The register table of BAR0 and BAR1 and the access to it: name, kind, reset
 * value, writable bits, hooks for what is more than storage.
 */
#include "../vc_int.h"

enum vc_kind { VC_RW, VC_RO, VC_WO, VC_W1C };

struct vc_reg {
	const char *name;
	uint16_t off;
	uint8_t bar;
	uint8_t kind;
	bool keep;		/* master reset does not touch it */
	uint32_t reset;
	uint32_t writable;	/* or clearable bits; a write hook ignores this */
	uint32_t (*read)(struct vcard *vc, uint32_t off);
	void (*write)(struct vcard *vc, uint32_t off, uint32_t val);
};

#define ALL_BITS	0xffffffff

/* docs/hifn795x.md 2.1 and 2.2; values tagged "?" there are guesses. */
static const struct vc_reg vc_regs[] = {
	{ "PUDATA", HIFN_0_PUDATA, 0, VC_RO, .reset = 0 },
	{ "PUCTRL", HIFN_0_PUCTRL, 0, VC_RW, .read = vc_puctrl_read,
	  .write = vc_puctrl_write },
	{ "PUISR", HIFN_0_PUISR, 0, VC_W1C, .write = vc_puisr_write },
	{ "PUCNFG", HIFN_0_PUCNFG, 0, VC_RW, .writable = ALL_BITS },
	{ "PUIER", HIFN_0_PUIER, 0, VC_RW, .write = vc_puier_write },
	{ "PUSTAT", HIFN_0_PUSTAT, 0, VC_RO, .read = vc_pustat_read },
	{ "FIFOSTAT", HIFN_0_FIFOSTAT, 0, VC_RO, .reset = 0 },
	{ "FIFOCNFG", HIFN_0_FIFOCNFG, 0, VC_RW, .writable = ALL_BITS },
	{ "PUCTRL2", HIFN_0_PUCTRL2, 0, VC_RW, .read = vc_puctrl_read,
	  .write = vc_puctrl_write },
	{ "MUTE1", HIFN_0_MUTE1, 0, VC_RW, .writable = ALL_BITS },
	{ "MUTE2", HIFN_0_MUTE2, 0, VC_RW, .writable = ALL_BITS },

	{ "CRAR", HIFN_1_DMA_CRAR, 1, VC_RW, .write = vc_base_write },
	{ "SRAR", HIFN_1_DMA_SRAR, 1, VC_RW, .write = vc_base_write },
	{ "RRAR", HIFN_1_DMA_RRAR, 1, VC_RW, .write = vc_base_write },
	{ "DRAR", HIFN_1_DMA_DRAR, 1, VC_RW, .write = vc_base_write },
	{ "CSR", HIFN_1_DMA_CSR, 1, VC_RW, .write = vc_csr_write },
	{ "IER", HIFN_1_DMA_IER, 1, VC_RW, .write = vc_ier_write },
	{ "CNFG", HIFN_1_DMA_CNFG, 1, VC_RW, .keep = true,
	  .reset = HIFN_DMACNFG_IDLE, .write = vc_cnfg_write },
	{ "PLL", HIFN_1_PLL, 1, VC_RW, .keep = true,
	  .reset = HIFN_PLL_MBSET | HIFN_PLL_BP, .write = vc_pll_write },
	{ "CNFG2", HIFN_1_DMA_CNFG2, 1, VC_RW, .writable = ALL_BITS },
	{ "REVID", HIFN_1_REVID, 1, VC_RO, .reset = 0 },
	{ "UNLOCK1", HIFN_1_UNLOCK_SECRET1, 1, VC_RO, .read = vc_unlock_seed_read },
	{ "UNLOCK2", HIFN_1_UNLOCK_SECRET2, 1, VC_WO, .write = vc_unlock_write },
	{ "PUB_RESET", HIFN_1_PUB_RESET, 1, VC_RW, .read = vc_pub_reset_read,
	  .write = vc_pub_reset_write },
	{ "PUB_BASE", HIFN_1_PUB_BASE, 1, VC_RW, .writable = 0x3fff },
	{ "PUB_OPLEN", HIFN_1_PUB_OPLEN, 1, VC_RW, .writable = ALL_BITS },
	{ "PUB_OP", HIFN_1_PUB_OP, 1, VC_RW, .write = vc_pub_op_write },
	{ "PUB_STATUS", HIFN_1_PUB_STATUS, 1, VC_W1C,
	  .reset = HIFN_PUBSTS_FIFO_EMPTY, .write = vc_pub_status_write },
	{ "PUB_IEN", HIFN_1_PUB_IEN, 1, VC_RW, .write = vc_pub_ien_write },
	{ "RNG_CONFIG", HIFN_1_RNG_CONFIG, 1, VC_RW, .write = vc_rng_config_write },
	{ "RNG_DATA", HIFN_1_RNG_DATA, 1, VC_RO, .read = vc_rng_read },
	{ "PUB_MODE", HIFN_1_PUB_MODE, 1, VC_RW, .reset = HIFN_PUBMODE_HOSTINVERT,
	  .writable = HIFN_PUBMODE_HOSTINVERT | HIFN_PUBMODE_ENHANCED },
	{ "PUB_FIFO_OPLEN", HIFN_1_PUB_FIFO_OPLEN, 1, VC_WO, .writable = ALL_BITS },
	{ "PUB_FIFO_OP", HIFN_1_PUB_FIFO_OP, 1, VC_WO, .write = vc_pub_op_write },
};

static const struct vc_reg *vc_reg_find(unsigned int bar, uint32_t off)
{
	for (size_t i = 0; i < ARRAY_SIZE(vc_regs); i++)
		if (vc_regs[i].bar == bar && vc_regs[i].off == off)
			return &vc_regs[i];
	return NULL;
}

const char *vc_reg_name(unsigned int bar, unsigned int slot)
{
	const struct vc_reg *reg = vc_reg_find(bar, slot * 4);

	return reg ? reg->name : NULL;
}

static uint32_t *vc_reg_slot(struct vcard *vc, const struct vc_reg *reg)
{
	return reg->bar ? &REG1(vc, reg->off) : &REG0(vc, reg->off);
}

void vc_regs_reset(struct vcard *vc, bool power_up)
{
	for (size_t i = 0; i < ARRAY_SIZE(vc_regs); i++)
		if (power_up || !vc_regs[i].keep)
			*vc_reg_slot(vc, &vc_regs[i]) = vc_regs[i].reset;
}

static uint32_t vc_reg_read(struct vcard *vc, const struct vc_reg *reg)
{
	if (reg->read)
		return reg->read(vc, reg->off);
	return reg->kind == VC_WO ? 0 : *vc_reg_slot(vc, reg);
}

static void vc_reg_write(struct vcard *vc, const struct vc_reg *reg, uint32_t val)
{
	uint32_t *slot = vc_reg_slot(vc, reg);

	if (reg->kind == VC_RO)
		vc_error(vc, VC_ERR_REGISTER, "write 0x%08x to %s, which is read-only",
			 val, reg->name);
	else if (reg->write)
		reg->write(vc, reg->off, val);
	else
		*slot = val & reg->writable;
}

/* Public-key operand RAM answers any width, 1.3. */
static bool vc_pubmem(struct vcard *vc, unsigned int bar, uint32_t off, uint8_t **p)
{
	if (bar != 1 || off < HIFN_1_PUB_MEM ||
	    off >= HIFN_1_PUB_MEM + HIFN_PUB_MEM_BYTES)
		return false;
	*p = (uint8_t *)vc->pubmem + (off - HIFN_1_PUB_MEM);
	return true;
}

uint32_t vcard_bar_bytes(const struct vcard *vc, unsigned int bar)
{
	static const uint32_t bytes[VCARD_BARS] = {
		HIFN_BAR0_BYTES, HIFN_BAR1_BYTES, HIFN_BAR2_BYTES
	};

	if (bar >= VCARD_BARS)
		return 0;
	return vc->fault[VC_F_SMALL_BARS].always ? bytes[bar] / 2 : bytes[bar];
}

static bool vc_access_ok(const struct vcard *vc, unsigned int bar, uint32_t off,
			 uint32_t len)
{
	uint32_t size = vcard_bar_bytes(vc, bar);

	return len && len <= 8 && off < size && len <= size - off;
}

/* Memory behind (bar, off) if it is plain storage; counts the access. */
static uint8_t *vc_memory(struct vcard *vc, unsigned int bar, uint32_t off,
			  uint32_t len, bool write)
{
	uint8_t *p, *last;

	if (bar == 2) {
		*(write ? &vc->count.ctxram_writes : &vc->count.ctxram_reads) += 1;
		return vc->ctxram + off;
	}
	if (vc_pubmem(vc, bar, off, &p) && vc_pubmem(vc, bar, off + len - 1, &last)) {
		*(write ? &vc->count.pubmem_writes : &vc->count.pubmem_reads) += 1;
		return p;
	}
	return NULL;
}

static uint32_t vc_word_read(struct vcard *vc, unsigned int bar, uint32_t off)
{
	const struct vc_reg *reg = vc_reg_find(bar, off);
	uint32_t val = reg ? vc_hostile_read(vc, vc_reg_read(vc, reg)) : 0;

	vc_count_mmio(vc, bar, off, false);
	if (!reg)
		vc_error(vc, VC_ERR_REGISTER, "read of BAR%u 0x%x, where no register is",
			 bar, off);
	VC_TRACE(vc, "mmio r BAR%u 0x%03x %s 0x%08x", bar, off,
		 reg ? reg->name : "-", val);
	return val;
}

static void vc_word_write(struct vcard *vc, unsigned int bar, uint32_t off,
			  uint32_t val)
{
	const struct vc_reg *reg = vc_reg_find(bar, off);

	VC_TRACE(vc, "mmio w BAR%u 0x%03x %s 0x%08x", bar, off,
		 reg ? reg->name : "-", val);
	vc_count_mmio(vc, bar, off, true);
	if (reg)
		vc_reg_write(vc, reg, val);
	else
		vc_error(vc, VC_ERR_REGISTER,
			 "write 0x%08x to BAR%u 0x%x, where no register is", val, bar,
			 off);
}

static bool vc_word_aligned(struct vcard *vc, const char *what, unsigned int bar,
			    uint32_t off, uint32_t len)
{
	if (!(off & 3) && !(len & 3))
		return true;
	vc_error(vc, VC_ERR_REGISTER,
		 "%s of %u byte(s) at BAR%u 0x%x: registers answer aligned 32-bit words only",
		 what, len, bar, off);
	return false;
}

bool vcard_read(struct vcard *vc, unsigned int bar, uint32_t off, void *buf,
		uint32_t len)
{
	uint8_t *mem;

	memset(buf, 0xff, len);
	if (!vc_access_ok(vc, bar, off, len))
		return false;
	vc->activity++;
	if (vc_hostile_away(vc))
		return true;
	vc_fault_looked(vc);
	mem = vc_memory(vc, bar, off, len, false);
	if (mem) {
		memcpy(buf, mem, len);
		VC_TRACE(vc, "mmio r BAR%u 0x%03x RAM %u byte(s)", bar, off, len);
		return true;
	}
	memset(buf, 0, len);
	if (!vc_word_aligned(vc, "read", bar, off, len))
		return true;
	for (uint32_t i = 0; i < len; i += 4) {
		__le32 w = cpu_to_le32(vc_word_read(vc, bar, off + i));

		memcpy((uint8_t *)buf + i, &w, 4);
	}
	return true;
}

bool vcard_write(struct vcard *vc, unsigned int bar, uint32_t off,
		 const void *buf, uint32_t len)
{
	uint8_t *mem;

	if (!vc_access_ok(vc, bar, off, len))
		return false;
	vc->activity++;
	if (vc_hostile_away(vc))
		return true;
	vc_fault_looked(vc);
	mem = vc_memory(vc, bar, off, len, true);
	if (mem) {
		memcpy(mem, buf, len);
		VC_TRACE(vc, "mmio w BAR%u 0x%03x RAM %u byte(s)", bar, off, len);
		return true;
	}
	if (!vc_word_aligned(vc, "write", bar, off, len))
		return true;
	for (uint32_t i = 0; i < len; i += 4) {
		__le32 w;

		memcpy(&w, (const uint8_t *)buf + i, 4);
		vc_word_write(vc, bar, off + i, le32_to_cpu(w));
	}
	return true;
}

uint32_t vcard_rd32(struct vcard *vc, unsigned int bar, uint32_t off)
{
	__le32 w;

	vcard_read(vc, bar, off, &w, 4);
	return le32_to_cpu(w);
}

void vcard_wr32(struct vcard *vc, unsigned int bar, uint32_t off, uint32_t val)
{
	__le32 w = cpu_to_le32(val);

	vcard_write(vc, bar, off, &w, 4);
}
