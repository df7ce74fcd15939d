// SPDX-License-Identifier: BSD-2-Clause
/*
 * Registers of the processing unit that do more than store: reset, interrupt
 * status, and the two faces of PUSTAT. docs/hifn795x.md 2.1.
 */
#include "../vc_int.h"

#define PU_RESET_NS	2000	/* 2.1.2: released and 2 us passed */

/* Reset asserted by CNFG or by PUCTRL: the partial command is lost. */
void vc_pu_reset_begin(struct vcard *vc)
{
	vc->pu_resetting = true;
	vc->pu_reset_end = vc_now(vc) + PU_RESET_NS;
	vc->slow_reset_end = vc_fault_reset_end(vc);
	REG0(vc, HIFN_0_PUCTRL) = 0;
	vc_engine_drop(vc);
}

static bool vc_in_reset(struct vcard *vc)
{
	const uint32_t released = HIFN_DMACNFG_DMARESET | HIFN_DMACNFG_MSTRESET;

	return (REG1(vc, HIFN_1_DMA_CNFG) & released) != released;
}

static void vc_pu_reset_update(struct vcard *vc)
{
	if (vc->pu_resetting && !vc_in_reset(vc) && vc_now(vc) >= vc->pu_reset_end)
		vc->pu_resetting = false;
	if (vc->slow_reset_end && vc_now(vc) >= vc->slow_reset_end)
		vc->slow_reset_end = 0;
}

/* One register at two offsets, 2.1.2. */
uint32_t vc_puctrl_read(struct vcard *vc, uint32_t off)
{
	(void)off;
	vc_pu_reset_update(vc);
	return REG0(vc, HIFN_0_PUCTRL) |
	       (vc->pu_resetting || vc->slow_reset_end ? HIFN_PUCTRL_RESET : 0);
}

void vc_puctrl_write(struct vcard *vc, uint32_t off, uint32_t val)
{
	(void)off;
	if (val & HIFN_PUCTRL_RESET)
		vc_pu_reset_begin(vc);
	else
		vc->pu_resetting = false;
	/* CLRSRCFIFO is an action; nothing waits in the FIFO between commands. */
	REG0(vc, HIFN_0_PUCTRL) =
		val & (HIFN_PUCTRL_STOP | HIFN_PUCTRL_LOCKRAM | HIFN_PUCTRL_DMAENA);
}

static bool vc_pu_clocked(struct vcard *vc)
{
	if (vc->pll_lost && (REG1(vc, HIFN_1_PLL) & HIFN_PLL_PE_CLK_SEL))
		return false;
	return !vc->slow_reset_end || vc_now(vc) >= vc->slow_reset_end;
}

bool vc_pu_running(struct vcard *vc)
{
	uint32_t ctrl = REG0(vc, HIFN_0_PUCTRL);

	return (ctrl & HIFN_PUCTRL_DMAENA) && !(ctrl & HIFN_PUCTRL_STOP) &&
	       !vc_in_reset(vc) && !vc->pu_stuck && vc_pu_clocked(vc);
}

static uint32_t vc_pu_phase(const struct vcard *vc)
{
	switch (vc->pu.state) {
	case VC_PU_IDLE:
	case VC_PU_HOLD:
	case VC_PU_BLOCK:
		return HIFN_PUSTAT_SRCFIFO | HIFN_PUSTAT_SRCCMD;
	case VC_PU_RESULT:
		return HIFN_PUSTAT_DSTFIFO | HIFN_PUSTAT_DSTRESULT;
	default:
		return HIFN_PUSTAT_SRCDATA | HIFN_PUSTAT_DSTDATA;
	}
}

/*
 * The level needs CHIPID written before each read, 2.1.6: the read takes the
 * bit away.
 */
uint32_t vc_pustat_read(struct vcard *vc, uint32_t off)
{
	(void)off;
	if (!(REG0(vc, HIFN_0_PUCNFG) & HIFN_PUCNFG_CHIPID))
		return REG0(vc, HIFN_0_PUISR) | vc_pu_phase(vc);
	REG0(vc, HIFN_0_PUCNFG) &= ~HIFN_PUCNFG_CHIPID;
	return vc->level;
}

/* CSR.ENGINE latches the rising edge, 7.3. */
static void vc_pu_irq(struct vcard *vc)
{
	bool level = REG0(vc, HIFN_0_PUISR) & REG0(vc, HIFN_0_PUIER);
	bool rose = level && !vc->engine_level;

	vc->engine_level = level;
	if (rose)
		vc_csr_raise(vc, HIFN_DMACSR_ENGINE);
}

void vc_pu_raise(struct vcard *vc, uint32_t bits)
{
	REG0(vc, HIFN_0_PUISR) |= bits;
	vc_pu_irq(vc);
}

void vc_puisr_write(struct vcard *vc, uint32_t off, uint32_t val)
{
	REG0(vc, off) &= ~val;
	vc_pu_irq(vc);
}

void vc_puier_write(struct vcard *vc, uint32_t off, uint32_t val)
{
	REG0(vc, off) = val;
	vc_pu_irq(vc);
}
