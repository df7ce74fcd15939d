/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Status bits of CSR, and the interrupt line they raise. docs/reference/hifn795x.md 2.2.3, 7.
 */
#ifndef VC_IRQ_H
#define VC_IRQ_H

#include "host.h"

struct vc_irq {
	struct vc_host *host;
	struct vc_regfile *regs;
	bool level;		/* of the line */
	bool edge;		/* what a line that is an edge is now */
	uint32_t seen;		/* status bits at the last look */
};

/* Sets status bits. */
void vc_csr_raise(struct vc_irq *irq, uint32_t bits);
/* OR of (CSR & IER): what the card wants, and configuration space shows. */
bool vc_irq_wanted(const struct vc_irq *irq);
/* After anything the line depends on has changed. */
void vc_irq_update(struct vc_irq *irq);

#endif
