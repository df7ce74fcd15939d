// SPDX-License-Identifier: BSD-2-Clause
/*
 * Clock register: storage, a check of the programming rules, and the
 * public-key clock derived from it. docs/hifn795x.md 2.2.6.
 */
#include "../vc_int.h"

#define EXT_MHZ	66	/* crystal of almost every board */
#define PCI_MHZ	33

static uint32_t vc_pll_mhz(uint32_t pll)
{
	uint32_t ref = pll & HIFN_PLL_REF_SEL ? EXT_MHZ : PCI_MHZ;

	return ref * (2 + 2 * FIELD_GET(HIFN_PLL_ND, pll));
}

/* A wrong value is named and stored: nothing in the model runs off this clock. */
void vc_pll_write(struct vcard *vc, uint32_t off, uint32_t val)
{
	vc_fault_pll(vc, REG1(vc, off), val);
	REG1(vc, off) = val;
	if (val & HIFN_PLL_BP)
		return;
	if (!(val & HIFN_PLL_MBSET))
		vc_error(vc, VC_ERR_VALUE, "PLL 0x%x: MBSET must be 1", val);
	if (FIELD_GET(HIFN_PLL_ND, val) > HIFN_PLL_ND_MAX)
		vc_error(vc, VC_ERR_VALUE, "PLL 0x%x: ND above %d", val, HIFN_PLL_ND_MAX);
	if (vc_pll_mhz(val) > HIFN_PLL_FCK_MAX_MHZ)
		vc_error(vc, VC_ERR_VALUE, "PLL 0x%x: %u MHz, at most %d allowed", val,
			 vc_pll_mhz(val), HIFN_PLL_FCK_MAX_MHZ);
}

bool vc_pk_stopped(const struct vcard *vc)
{
	return vc->pll_lost && (REG1(vc, HIFN_1_PLL) & HIFN_PLL_PK_CLK_SEL);
}

/* The public-key unit runs at half of Fck, or off the bus clock. */
uint32_t vc_pk_clock_ns(struct vcard *vc, uint32_t clocks)
{
	uint32_t pll = REG1(vc, HIFN_1_PLL);
	uint32_t mhz = pll & HIFN_PLL_PK_CLK_SEL ? vc_pll_mhz(pll) / 2 : PCI_MHZ;

	return clocks * 1000 / mhz;
}
