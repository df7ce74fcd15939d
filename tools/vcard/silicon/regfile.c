// SPDX-License-Identifier: BSD-2-Clause
/*
 * The table of registers: name, kind, reset value, writable bits.
 */
#include "regfile.h"

#define ALL_BITS	0xffffffff

/* docs/reference/hifn795x.md 2.1 and 2.2; values tagged "?" there are guesses. */
static const struct vc_reg table[] = {
	{ "PUDATA", HIFN_0_PUDATA, 0, VC_RO, .reset = 0 },
	{ "PUCTRL", HIFN_0_PUCTRL, 0, VC_RW, .reset = 0 },
	{ "PUISR", HIFN_0_PUISR, 0, VC_W1C, .reset = 0 },
	{ "PUCNFG", HIFN_0_PUCNFG, 0, VC_RW, .writable = ALL_BITS },
	{ "PUIER", HIFN_0_PUIER, 0, VC_RW, .reset = 0 },
	{ "PUSTAT", HIFN_0_PUSTAT, 0, VC_RO, .reset = 0 },
	{ "FIFOSTAT", HIFN_0_FIFOSTAT, 0, VC_RO, .reset = 0 },
	{ "FIFOCNFG", HIFN_0_FIFOCNFG, 0, VC_RW, .writable = ALL_BITS },
	{ "PUCTRL2", HIFN_0_PUCTRL2, 0, VC_RW, .reset = 0 },
	{ "MUTE1", HIFN_0_MUTE1, 0, VC_RW, .writable = ALL_BITS },
	{ "MUTE2", HIFN_0_MUTE2, 0, VC_RW, .writable = ALL_BITS },

	{ "CRAR", HIFN_1_DMA_CRAR, 1, VC_RW, .reset = 0 },
	{ "SRAR", HIFN_1_DMA_SRAR, 1, VC_RW, .reset = 0 },
	{ "RRAR", HIFN_1_DMA_RRAR, 1, VC_RW, .reset = 0 },
	{ "DRAR", HIFN_1_DMA_DRAR, 1, VC_RW, .reset = 0 },
	{ "CSR", HIFN_1_DMA_CSR, 1, VC_RW, .reset = 0 },
	{ "IER", HIFN_1_DMA_IER, 1, VC_RW, .reset = 0 },
	{ "CNFG", HIFN_1_DMA_CNFG, 1, VC_RW, .keep = true,
	  .reset = HIFN_DMACNFG_IDLE },
	{ "PLL", HIFN_1_PLL, 1, VC_RW, .keep = true,
	  .reset = HIFN_PLL_MBSET | HIFN_PLL_BP },
	{ "CNFG2", HIFN_1_DMA_CNFG2, 1, VC_RW, .writable = ALL_BITS },
	{ "REVID", HIFN_1_REVID, 1, VC_RO, .reset = 0 },
	{ "UNLOCK1", HIFN_1_UNLOCK_SECRET1, 1, VC_RO, .reset = 0 },
	{ "UNLOCK2", HIFN_1_UNLOCK_SECRET2, 1, VC_WO, .reset = 0 },
	{ "PUB_RESET", HIFN_1_PUB_RESET, 1, VC_RW, .reset = 0 },
	{ "PUB_BASE", HIFN_1_PUB_BASE, 1, VC_RW, .writable = 0x3fff },
	{ "PUB_OPLEN", HIFN_1_PUB_OPLEN, 1, VC_RW, .writable = ALL_BITS },
	{ "PUB_OP", HIFN_1_PUB_OP, 1, VC_RW, .reset = 0 },
	{ "PUB_STATUS", HIFN_1_PUB_STATUS, 1, VC_W1C,
	  .reset = HIFN_PUBSTS_FIFO_EMPTY },
	{ "PUB_IEN", HIFN_1_PUB_IEN, 1, VC_RW, .reset = 0 },
	{ "RNG_CONFIG", HIFN_1_RNG_CONFIG, 1, VC_RW, .reset = 0 },
	{ "RNG_DATA", HIFN_1_RNG_DATA, 1, VC_RO, .reset = 0 },
	{ "PUB_MODE", HIFN_1_PUB_MODE, 1, VC_RW, .reset = HIFN_PUBMODE_HOSTINVERT,
	  .writable = HIFN_PUBMODE_HOSTINVERT | HIFN_PUBMODE_ENHANCED },
	{ "PUB_FIFO_OPLEN", HIFN_1_PUB_FIFO_OPLEN, 1, VC_WO, .writable = ALL_BITS },
	{ "PUB_FIFO_OP", HIFN_1_PUB_FIFO_OP, 1, VC_WO, .reset = 0 },
};

const struct vc_reg *vc_reg_find(unsigned int bar, uint32_t off)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (table[i].bar == bar && table[i].off == off)
			return &table[i];
	return NULL;
}

uint32_t *vc_reg_slot(struct vc_regfile *regs, const struct vc_reg *reg)
{
	return reg->bar ? &REG1(regs, reg->off) : &REG0(regs, reg->off);
}

void vc_regfile_reset(struct vc_regfile *regs, bool power_up)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (power_up || !table[i].keep)
			*vc_reg_slot(regs, &table[i]) = table[i].reset;
}
