/* SPDX-License-Identifier: GPL-2.0 */
/* Clock set-up: from the "pll" parameter to register values. */
#ifndef HIFN_PLL_H
#define HIFN_PLL_H

#include "hifn_env.h"

struct hifn_pll {
	bool external;		/* reference: clock input, else PCI clock */
	u32 ref_mhz;
	u32 mult;
	u32 config;		/* REF_SEL, ND and IS for them */
};

/*
 * "ext", "pci", or either with a frequency in MHz ("ext66", "pci33").
 * -EINVAL for anything else and for a frequency the card does not take.
 */
int hifn_pll_parse(const char *text, struct hifn_pll *pll);

/* The four writes, each 10 ms or more after the one before where 2.2.6 says so. */
u32 hifn_pll_step1(u32 now);
u32 hifn_pll_step2(u32 config);
u32 hifn_pll_step3(u32 config);
u32 hifn_pll_step4(u32 config);

/* Time of that many clocks of the public-key unit, which has half of Fck. */
u32 hifn_pll_pk_ns(const struct hifn_pll *pll, u32 clocks);

#endif
