/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registers of the DMA block, docs/reference/hifn795x.md 2.2: ring bases, status and engine
 * control, interrupt enable, and the resets of CNFG.
 */
#ifndef VC_DMA_REGS_H
#define VC_DMA_REGS_H

#include "pu.h"
#include "pub.h"
#include "ring.h"

struct vc_dma_regs {
	struct vc_host *host;
	struct vc_regfile *regs;
	struct vc_irq *irq;
	struct vc_rings *rings;
	struct vc_pu *pu;
	struct vc_pub *pub;
	struct vc_rng *rng;
	struct vc_unlock *unlock;
};

void vc_base_write(struct vc_dma_regs *dma, enum vc_ring_id id, uint32_t val);
void vc_csr_write(struct vc_dma_regs *dma, uint32_t val);
void vc_ier_write(struct vc_dma_regs *dma, uint32_t val);
void vc_cnfg_write(struct vc_dma_regs *dma, uint32_t val);

#endif
