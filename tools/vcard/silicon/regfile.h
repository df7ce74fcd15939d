/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The registers of BAR0 and BAR1 as storage, with their names, kinds and reset values.
 * What a register does is its block's business.
 */
#ifndef VC_REGFILE_H
#define VC_REGFILE_H

#include "../../../drivers/hifn_regs.h"

/* One slot per 32-bit register. */
#define VC_REGS0	(0x100 / 4)	/* BAR0 answers up to here */
#define VC_REGS1	(HIFN_1_PUB_MEM / 4)

struct vc_regfile {
	uint32_t reg0[VC_REGS0];
	uint32_t reg1[VC_REGS1];
};

/* Offsets are bytes. */
#define REG0(regs, off)	((regs)->reg0[(off) / 4])
#define REG1(regs, off)	((regs)->reg1[(off) / 4])

enum vc_kind { VC_RW, VC_RO, VC_WO, VC_W1C };

struct vc_reg {
	const char *name;
	uint16_t off;
	uint8_t bar;
	uint8_t kind;
	bool keep;		/* master reset does not touch it */
	uint32_t reset;
	uint32_t writable;	/* for those that only store */
};

/* NULL: there is no such register. */
const struct vc_reg *vc_reg_find(unsigned int bar, uint32_t off);
uint32_t *vc_reg_slot(struct vc_regfile *regs, const struct vc_reg *reg);
/* Reset values; power_up: also of those a master reset leaves alone. */
void vc_regfile_reset(struct vc_regfile *regs, bool power_up);

#endif
