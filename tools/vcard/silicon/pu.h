/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registers of the processing unit that do more than store, docs/reference/hifn795x.md 2.1, and
 * whether the unit runs.
 */
#ifndef VC_PU_H
#define VC_PU_H

#include "irq.h"
#include "pll.h"
#include "unit.h"

struct vc_pu {
	struct vc_host *host;
	struct vc_regfile *regs;
	struct vc_irq *irq;
	const struct vc_pll *pll;
	const struct vc_unlock *unlock;	/* the level CHIPID shows */
	struct vc_unit *unit;

	bool resetting;		/* PUCTRL bit 0, 2.1.2 */
	uint64_t reset_end;	/* ns */
	uint64_t kept_until;	/* in reset whatever the host does, ns; 0: not so */
	bool engine_level;	/* PUISR & PUIER at the last look */
	bool stuck;		/* stands still until a master reset */
};

/* Not in reset, nothing pending. */
void vc_pu_power_up(struct vc_pu *pu);
/* Reset by CNFG or by PUCTRL begins: the partial command is lost. */
void vc_pu_reset_begin(struct vc_pu *pu);
/* Sets interrupt status bits. */
void vc_pu_raise(struct vc_pu *pu, uint32_t bits);
bool vc_pu_running(const struct vc_pu *pu);

/* PUCTRL and PUCTRL2 are one register, 2.1.2. */
uint32_t vc_puctrl_read(struct vc_pu *pu);
void vc_puctrl_write(struct vc_pu *pu, uint32_t val);
uint32_t vc_pustat_read(struct vc_pu *pu);
/* Registers read all ones instead: in a reset and for a while behind it. */
bool vc_pu_hides_registers(const struct vc_pu *pu);
void vc_puisr_write(struct vc_pu *pu, uint32_t val);
void vc_puier_write(struct vc_pu *pu, uint32_t val);

#endif
