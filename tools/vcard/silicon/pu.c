// SPDX-License-Identifier: BSD-2-Clause
/*
 * Registers of the processing unit that do more than store: reset, interrupt
 * status, and the two faces of PUSTAT. docs/reference/hifn795x.md 2.1.
 */
#include "clock.h"
#include "pu.h"

#define PU_RESET_NS	2000	/* 2.1.2: released and 2 us passed */

void vc_pu_power_up(struct vc_pu *pu)
{
	pu->resetting = false;
	pu->kept_until = 0;
	pu->engine_level = false;
	pu->stuck = false;
}

/* Reset asserted by CNFG or by PUCTRL: the partial command is lost. */
void vc_pu_reset_begin(struct vc_pu *pu)
{
	pu->resetting = true;
	pu->reset_end = vc_now(pu->host) + PU_RESET_NS;
	pu->kept_until = VC_ASK(pu->host, 0, unit_reset(pu->host->who));
	REG0(pu->regs, HIFN_0_PUCTRL) = 0;
	vc_unit_drop(pu->unit);
	VC_TIME(pu->host, vc_clock_reset(pu->host->clock));
}

static bool in_reset(const struct vc_pu *pu)
{
	const uint32_t released = HIFN_DMACNFG_DMARESET | HIFN_DMACNFG_MSTRESET;

	return (REG1(pu->regs, HIFN_1_DMA_CNFG) & released) != released;
}

static void reset_update(struct vc_pu *pu)
{
	if (pu->resetting && !in_reset(pu) && vc_now(pu->host) >= pu->reset_end)
		pu->resetting = false;
	if (pu->kept_until && vc_now(pu->host) >= pu->kept_until)
		pu->kept_until = 0;
}

uint32_t vc_puctrl_read(struct vc_pu *pu)
{
	reset_update(pu);
	return REG0(pu->regs, HIFN_0_PUCTRL) |
	       (pu->resetting || pu->kept_until || vc_knob(pu->host, VC_K_UNIT_BIT) ?
		HIFN_PUCTRL_RESET : 0);
}

void vc_puctrl_write(struct vc_pu *pu, uint32_t val)
{
	if (val & HIFN_PUCTRL_RESET)
		vc_pu_reset_begin(pu);
	else
		pu->resetting = false;
	/* CLRSRCFIFO is an action; nothing waits in the FIFO between commands. */
	REG0(pu->regs, HIFN_0_PUCTRL) =
		val & (HIFN_PUCTRL_STOP | HIFN_PUCTRL_LOCKRAM | HIFN_PUCTRL_DMAENA);
}

static bool clocked(const struct vc_pu *pu)
{
	if (vc_pe_stopped(pu->pll))
		return false;
	return !pu->kept_until || vc_now(pu->host) >= pu->kept_until;
}

bool vc_pu_running(const struct vc_pu *pu)
{
	uint32_t ctrl = REG0(pu->regs, HIFN_0_PUCTRL);

	return (ctrl & HIFN_PUCTRL_DMAENA) && !(ctrl & HIFN_PUCTRL_STOP) &&
	       !in_reset(pu) && !pu->stuck && clocked(pu);
}

#define ALL_ONES_NS	2000000

bool vc_pu_hides_registers(const struct vc_pu *pu)
{
	return vc_knob(pu->host, VC_K_ALL_ONES) && pu->reset_end &&
	       (in_reset(pu) || vc_now(pu->host) < pu->reset_end + ALL_ONES_NS);
}

static uint32_t phase(const struct vc_pu *pu)
{
	switch (pu->unit->state) {
	case VC_PU_IDLE:
	case VC_PU_SEEN:
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
uint32_t vc_pustat_read(struct vc_pu *pu)
{
	if (!(REG0(pu->regs, HIFN_0_PUCNFG) & HIFN_PUCNFG_CHIPID))
		return REG0(pu->regs, HIFN_0_PUISR) | phase(pu);
	REG0(pu->regs, HIFN_0_PUCNFG) &= ~HIFN_PUCNFG_CHIPID;
	return vc_unlock_told(pu->unlock);
}

/* CSR.ENGINE latches the rising edge, 7.3. */
static void pu_irq(struct vc_pu *pu)
{
	bool level = REG0(pu->regs, HIFN_0_PUISR) & REG0(pu->regs, HIFN_0_PUIER);
	bool rose = level && !pu->engine_level;

	pu->engine_level = level;
	if (rose)
		vc_csr_raise(pu->irq, HIFN_DMACSR_ENGINE);
}

void vc_pu_raise(struct vc_pu *pu, uint32_t bits)
{
	REG0(pu->regs, HIFN_0_PUISR) |= bits;
	pu_irq(pu);
}

void vc_puisr_write(struct vc_pu *pu, uint32_t val)
{
	REG0(pu->regs, HIFN_0_PUISR) &= ~val;
	pu_irq(pu);
}

void vc_puier_write(struct vc_pu *pu, uint32_t val)
{
	REG0(pu->regs, HIFN_0_PUIER) = val;
	pu_irq(pu);
}
