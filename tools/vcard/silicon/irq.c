// SPDX-License-Identifier: BSD-2-Clause
/*
 * The interrupt line, docs/hifn795x.md 2.2.3 and 7.
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

void vc_irq_update(struct vc_irq *irq)
{
	struct vc_host *host = irq->host;
	bool wanted = vc_irq_wanted(irq) && host->present;
	bool level = VC_ASK(host, wanted, line(host->who, wanted));

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
