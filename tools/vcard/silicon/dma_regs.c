// SPDX-License-Identifier: BSD-2-Clause
/*
 * Registers of the DMA block: ring bases, status and engine control, interrupt
 * enable, resets. docs/reference/hifn795x.md 2.2, 7.
 */
#include "dma_regs.h"

void vc_base_write(struct vc_dma_regs *dma, enum vc_ring_id id, uint32_t val)
{
	vc_ring_rebase(dma->rings, id, val);
	REG1(dma->regs, vc_ring_base[id]) = val;
}

void vc_csr_write(struct vc_dma_regs *dma, uint32_t val)
{
	REG1(dma->regs, HIFN_1_DMA_CSR) &= ~(val & HIFN_DMACSR_STATUS_ALL);
	for (int i = 0; i < VC_RINGS; i++)
		vc_ring_control(dma->rings, i, val >> (vc_ring_shift[i] + 6) & 3);
	vc_irq_update(dma->irq);
}

void vc_ier_write(struct vc_dma_regs *dma, uint32_t val)
{
	REG1(dma->regs, HIFN_1_DMA_IER) = val & HIFN_DMACSR_STATUS_ALL;
	vc_irq_update(dma->irq);
}

static void dma_reset(struct vc_dma_regs *dma)
{
	struct vc_host *host = dma->host;

	vc_rings_stop(dma->rings);
	VC_TELL(host, reset(host->who, VC_RESET_DMA));
	REG1(dma->regs, HIFN_1_DMA_CSR) = 0;
	vc_pu_reset_begin(dma->pu);
}

static void master_reset(struct vc_dma_regs *dma)
{
	struct vc_host *host = dma->host;

	uint32_t rng = REG1(dma->regs, HIFN_1_RNG_CONFIG);

	vc_regfile_reset(dma->regs, false);
	if (vc_knob(host, VC_K_RESET_PLL))
		REG1(dma->regs, HIFN_1_PLL) = HIFN_PLL_MBSET | HIFN_PLL_BP;
	vc_unlock_master_reset(dma->unlock);
	dma->pu->engine_level = false;
	vc_pub_reset(dma->pub, false);
	if (vc_knob(host, VC_K_RESET_RNG))
		REG1(dma->regs, HIFN_1_RNG_CONFIG) = rng;
	else
		vc_rng_reset(dma->rng);
	for (int i = 0; i < VC_RINGS; i++)
		dma->rings->ring[i].cur = 0;
	vc_rings_release(dma->rings);
	dma->pu->stuck = false;
	VC_TELL(host, reset(host->who, VC_RESET_MASTER));
}

/* Both resets are active low, 2.2.4. */
void vc_cnfg_write(struct vc_dma_regs *dma, uint32_t val)
{
	uint32_t asserted = ~val & (HIFN_DMACNFG_DMARESET | HIFN_DMACNFG_MSTRESET);

	REG1(dma->regs, HIFN_1_DMA_CNFG) = val;
	if (asserted & HIFN_DMACNFG_MSTRESET)
		master_reset(dma);
	if (asserted)
		dma_reset(dma);
	if (val & HIFN_DMACNFG_BIGENDIAN)
		vc_error(dma->host, VC_ERR_VALUE,
			 "CNFG.BIGENDIAN is not modelled: descriptors stay little-endian");
	vc_irq_update(dma->irq);
}
