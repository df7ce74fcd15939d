// SPDX-License-Identifier: BSD-2-Clause
/*
 * Clock register: storage, a check of the programming rules, and the
 * public-key clock derived from it. docs/hifn795x.md 2.2.6.
 */
#include "pll.h"

#define EXT_MHZ	66	/* crystal of almost every board */
#define PCI_MHZ	33

static uint32_t pll_mhz(uint32_t pll)
{
	uint32_t ref = pll & HIFN_PLL_REF_SEL ? EXT_MHZ : PCI_MHZ;

	return ref * (2 + 2 * FIELD_GET(HIFN_PLL_ND, pll));
}

/* A wrong value is named and stored: nothing in the model runs off this clock. */
void vc_pll_write(struct vc_pll *pll, uint32_t val)
{
	struct vc_host *host = pll->host;
	uint32_t was = REG1(pll->regs, HIFN_1_PLL);

	if (val & HIFN_PLL_BP)
		pll->unsettled = false;
	else if (was & HIFN_PLL_BP)
		pll->unsettled |= !VC_ASK(host, true, pll_settles(host->who));
	REG1(pll->regs, HIFN_1_PLL) = val;
	if (val & HIFN_PLL_BP)
		return;
	if (!(val & HIFN_PLL_MBSET))
		vc_error(host, VC_ERR_VALUE, "PLL 0x%x: MBSET must be 1", val);
	if (FIELD_GET(HIFN_PLL_ND, val) > HIFN_PLL_ND_MAX)
		vc_error(host, VC_ERR_VALUE, "PLL 0x%x: ND above %d", val, HIFN_PLL_ND_MAX);
	if (pll_mhz(val) > HIFN_PLL_FCK_MAX_MHZ)
		vc_error(host, VC_ERR_VALUE, "PLL 0x%x: %u MHz, at most %d allowed", val,
			 pll_mhz(val), HIFN_PLL_FCK_MAX_MHZ);
}

static bool stopped(const struct vc_pll *pll, uint32_t selects)
{
	return pll->unsettled && (REG1(pll->regs, HIFN_1_PLL) & selects);
}

bool vc_pe_stopped(const struct vc_pll *pll)
{
	return stopped(pll, HIFN_PLL_PE_CLK_SEL);
}

bool vc_pk_stopped(const struct vc_pll *pll)
{
	return stopped(pll, HIFN_PLL_PK_CLK_SEL);
}

/* The public-key unit runs at half of Fck, or off the bus clock. */
uint32_t vc_pk_clock_ns(const struct vc_pll *pll, uint32_t clocks)
{
	uint32_t val = REG1(pll->regs, HIFN_1_PLL);
	uint32_t mhz = val & HIFN_PLL_PK_CLK_SEL ? pll_mhz(val) / 2 : PCI_MHZ;

	return clocks * 1000 / mhz;
}
