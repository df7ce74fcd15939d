// SPDX-License-Identifier: BSD-2-Clause
/*
 * Clock register: storage, a check of the programming rules, and the
 * public-key clock derived from it. docs/reference/hifn795x.md 2.2.6.
 */
#include "pll.h"

#define PCI_MHZ	33

static uint32_t multiplier(uint32_t pll)
{
	return 2 + 2 * FIELD_GET(HIFN_PLL_ND, pll);
}

static uint32_t pll_mhz(const struct vc_pll *pll, uint32_t val)
{
	static const uint8_t crystal[] = {
		[VC_CRYSTAL_66] = 66, [VC_CRYSTAL_33] = 33, [VC_CRYSTAL_100] = 100,
		[VC_CRYSTAL_NONE] = 1,
	};
	uint32_t ext = crystal[vc_knob(pll->host, VC_K_CRYSTAL)];

	return (val & HIFN_PLL_REF_SEL ? ext : PCI_MHZ) * multiplier(val);
}

/*
 * A reference that would make the most of what is allowed: who sets a multiplier says by it
 * what his reference is, 2.2.6. FreeBSD's ext20, ext25 and ext33 are no mistakes, although they
 * would be on a board with another crystal.
 */
static uint32_t least_mhz(uint32_t val)
{
	return (val & HIFN_PLL_REF_SEL ? HIFN_PLL_EXT_MIN_MHZ : HIFN_PLL_PCI_MIN_MHZ) *
	       multiplier(val);
}

/* A wrong value is named and stored: nothing in the model runs off this clock. */
void vc_pll_write(struct vc_pll *pll, uint32_t val)
{
	struct vc_host *host = pll->host;
	uint32_t was = REG1(pll->regs, HIFN_1_PLL);

	if (val & HIFN_PLL_BP)
		pll->unsettled = false;
	else if (was & HIFN_PLL_BP)
		pll->unsettled |= !VC_ASK(host, true, pll_settles(host->who)) ||
				  ((val & HIFN_PLL_REF_SEL) &&
				   vc_knob(host, VC_K_CRYSTAL) == VC_CRYSTAL_NONE);
	REG1(pll->regs, HIFN_1_PLL) = val;
	if (val & HIFN_PLL_BP)
		return;
	if (!(val & HIFN_PLL_MBSET))
		vc_error(host, VC_ERR_VALUE, "PLL 0x%x: MBSET must be 1", val);
	if (FIELD_GET(HIFN_PLL_ND, val) > HIFN_PLL_ND_MAX)
		vc_error(host, VC_ERR_VALUE, "PLL 0x%x: ND above %d", val, HIFN_PLL_ND_MAX);
	if (least_mhz(val) > HIFN_PLL_FCK_MAX_MHZ)
		vc_error(host, VC_ERR_VALUE, "PLL 0x%x: %u MHz at least, at most %d allowed", val,
			 least_mhz(val), HIFN_PLL_FCK_MAX_MHZ);
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

bool vc_pe_overclocked(const struct vc_pll *pll)
{
	uint32_t val = REG1(pll->regs, HIFN_1_PLL);

	/* the model's own crystal is never too quick for anybody: nobody knows the board's */
	return vc_knob(pll->host, VC_K_CRYSTAL) == VC_CRYSTAL_100 &&
	       (val & HIFN_PLL_PE_CLK_SEL) && pll_mhz(pll, val) > HIFN_PLL_FCK_MAX_MHZ;
}

/* The public-key unit runs at half of Fck, or off the bus clock. */
uint64_t vc_pk_clock_ns(const struct vc_pll *pll, uint64_t clocks)
{
	uint32_t val = REG1(pll->regs, HIFN_1_PLL);
	uint32_t mhz = val & HIFN_PLL_PK_CLK_SEL ? pll_mhz(pll, val) / 2 : PCI_MHZ;

	return clocks * 1000 / mhz;
}
