/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clock register, docs/reference/hifn795x.md 2.2.6, and the clocks derived from it.
 */
#ifndef VC_PLL_H
#define VC_PLL_H

#include "host.h"

struct vc_pll {
	struct vc_host *host;
	struct vc_regfile *regs;
	bool unsettled;		/* left bypass and found no lock; until bypass */
};

void vc_pll_write(struct vc_pll *pll, uint32_t val);
/* What runs off the PLL stands still: the processing unit; the public-key unit. */
bool vc_pe_stopped(const struct vc_pll *pll);
bool vc_pk_stopped(const struct vc_pll *pll);
/* The processing unit runs at more than it is good for. */
bool vc_pe_overclocked(const struct vc_pll *pll);
/* Clocks of the public-key unit in ns. */
uint64_t vc_pk_clock_ns(const struct vc_pll *pll, uint64_t clocks);

#endif
