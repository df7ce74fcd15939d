// SPDX-License-Identifier: BSD-2-Clause
/*
 * The interrupt line, docs/reference/hifn795x.md 2.2.3 and 7.
 */
#include "irq.h"

/* Status bits that are set and enabled. */
static uint32_t pending(const struct vc_irq *irq)
{
	return REG1(irq->regs, HIFN_1_DMA_CSR) & REG1(irq->regs, HIFN_1_DMA_IER) &
	       HIFN_DMACSR_STATUS_ALL;
}

bool vc_irq_wanted(const struct vc_irq *irq)
{
	return pending(irq);
}

static void count_rise(struct vc_count *count, uint32_t causes)
{
	count->irq_raised++;
	for (unsigned int bit = 0; bit < 32; bit++)
		count->irq_cause[bit] += causes >> bit & 1;
}

/*
 * Of a chip whose line is an edge: up from the setting of an enabled bit until the host
 * acknowledges one. What is set while it is up, or closed, raises nothing any more.
 */
static bool edge(struct vc_irq *irq)
{
	uint32_t csr = REG1(irq->regs, HIFN_1_DMA_CSR) & HIFN_DMACSR_STATUS_ALL;
	uint32_t set = csr & ~irq->seen & REG1(irq->regs, HIFN_1_DMA_IER);

	irq->edge = (irq->edge && !(irq->seen & ~csr)) || set;
	irq->seen = csr;
	return irq->edge;
}

void vc_irq_update(struct vc_irq *irq)
{
	struct vc_host *host = irq->host;
	bool wanted = vc_irq_wanted(irq) && host->present;
	bool level;

	if (vc_knob(host, VC_K_INTERRUPT) == VC_IRQ_EDGE)
		wanted = edge(irq) && host->present;
	level = VC_ASK(host, wanted, line(host->who, wanted));

	if (level == irq->level)
		return;
	irq->level = level;
	if (level)
		count_rise(&host->count, pending(irq));
	VC_WATCH(host, line(host->viewer, level));
	if (host->ops.irq)
		host->ops.irq(host->opaque, level);
}

void vc_csr_raise(struct vc_irq *irq, uint32_t bits)
{
	REG1(irq->regs, HIFN_1_DMA_CSR) |= bits;
	vc_irq_update(irq);
}
