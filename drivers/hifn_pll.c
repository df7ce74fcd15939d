// SPDX-License-Identifier: GPL-2.0
/* Clock set-up: parameter text to multiplier and register values, 2.2.6. */
#include "hifn_pll.h"
#include "hifn_regs.h"

#define PLL_CLK_SEL	(HIFN_PLL_PK_CLK_SEL | HIFN_PLL_PE_CLK_SEL)
#define PLL_CONFIG	(HIFN_PLL_REF_SEL | HIFN_PLL_ND | HIFN_PLL_IS)

/* Two or three digits and nothing else; 0 when it is not that. */
static u32 parse_mhz(const char *text)
{
	u32 mhz = 0;
	u32 i;

	for (i = 0; text[i] >= '0' && text[i] <= '9' && i < 3; i++)
		mhz = mhz * 10 + (text[i] - '0');
	return text[i] ? 0 : mhz;
}

static u32 multiplier(u32 ref_mhz)
{
	u32 mult = HIFN_PLL_FCK_MAX_MHZ / ref_mhz & ~1U;

	return min(mult, 2 + 2U * HIFN_PLL_ND_MAX);
}

static bool ref_fits(const struct hifn_pll *pll)
{
	if (pll->external)
		return pll->ref_mhz >= HIFN_PLL_EXT_MIN_MHZ &&
		       pll->ref_mhz <= HIFN_PLL_EXT_MAX_MHZ;
	return pll->ref_mhz >= HIFN_PLL_PCI_MIN_MHZ &&
	       pll->ref_mhz <= HIFN_PLL_PCI_MAX_MHZ;
}

int hifn_pll_parse(const char *text, struct hifn_pll *pll)
{
	pll->external = !strncmp(text, "ext", 3);
	if (!pll->external && strncmp(text, "pci", 3))
		return -EINVAL;
	pll->ref_mhz = text[3] ? parse_mhz(text + 3) : 66;
	if (!ref_fits(pll))
		return -EINVAL;
	pll->mult = multiplier(pll->ref_mhz);
	pll->config = FIELD_PREP(HIFN_PLL_ND, (pll->mult - 2) / 2);
	if (pll->external)
		pll->config |= HIFN_PLL_REF_SEL;
	if (pll->mult > 8)
		pll->config |= HIFN_PLL_IS;
	return 0;
}

/* Both engines off the PLL, bypass on; the rest stays as it is. */
u32 hifn_pll_step1(u32 now)
{
	return (now & ~PLL_CLK_SEL) | HIFN_PLL_BP | HIFN_PLL_MBSET;
}

u32 hifn_pll_step2(u32 config)
{
	return (config & PLL_CONFIG) | HIFN_PLL_BP | HIFN_PLL_MBSET;
}

u32 hifn_pll_step3(u32 config)
{
	return (config & PLL_CONFIG) | HIFN_PLL_MBSET;
}

u32 hifn_pll_step4(u32 config)
{
	return hifn_pll_step3(config) | PLL_CLK_SEL;
}

u32 hifn_pll_pk_ns(const struct hifn_pll *pll, u32 clocks)
{
	u32 fck_mhz = pll->ref_mhz * pll->mult;

	return (clocks * 2000 + fck_mhz - 1) / fck_mhz;
}
