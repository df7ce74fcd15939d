/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random number registers, docs/reference/hifn795x.md 2.3.
 */
#ifndef VC_RNG_H
#define VC_RNG_H

#include "pll.h"

struct vc_rng {
	struct vc_host *host;
	struct vc_regfile *regs;
	const struct vc_pll *pll;	/* its clock */
	uint64_t *random;
	uint64_t warm;			/* ns; zeros until then */
	uint32_t shift;			/* a shift register instead of the source */
	uint64_t next;			/* time of the next word, ns */
	bool first;			/* the next word is to be thrown away */
	uint32_t word;
};

void vc_rng_power_up(struct vc_rng *rng);
/* The word after a reset is to be thrown away, like the one after enabling. */
void vc_rng_reset(struct vc_rng *rng);
void vc_rng_config_write(struct vc_rng *rng, uint32_t val);
uint32_t vc_rng_read(struct vc_rng *rng);

#endif
