// SPDX-License-Identifier: BSD-2-Clause
/*
 * Random number registers, docs/reference/hifn795x.md 2.3, fed by a seeded generator so
 * that a run can be repeated.
 */
#include "random.h"
#include "rng.h"

#define WARM_NS		400000000	/* of a source that takes its time */

void vc_rng_power_up(struct vc_rng *rng)
{
	rng->first = true;
	rng->next = 0;
}

void vc_rng_reset(struct vc_rng *rng)
{
	rng->first = true;
}

void vc_rng_config_write(struct vc_rng *rng, uint32_t val)
{
	uint32_t was = REG1(rng->regs, HIFN_1_RNG_CONFIG);

	REG1(rng->regs, HIFN_1_RNG_CONFIG) = val & HIFN_RNGCFG_ENA;
	if (!(was & HIFN_RNGCFG_ENA) && (val & HIFN_RNGCFG_ENA)) {
		rng->first = true;
		rng->next = 0;
		rng->warm = vc_now(rng->host) + WARM_NS;
	}
}

#define SHIFT_TAPS	0x80200003	/* x^32 + x^22 + x^2 + x + 1: its period is 2^32 - 1 */

/* 32 steps of a shift register that nothing stirs. */
static uint32_t shift(struct vc_rng *rng)
{
	if (!rng->shift)
		rng->shift = vc_splitmix(rng->random) | 1;
	for (int i = 0; i < 32; i++)
		rng->shift = rng->shift << 1 | __builtin_parity(rng->shift & SHIFT_TAPS);
	return rng->shift;
}

static uint32_t next_word(struct vc_rng *rng, uint64_t now)
{
	switch (vc_knob(rng->host, VC_K_RNG)) {
	case VC_RNG_LFSR:
		return shift(rng);
	case VC_RNG_STUCK:
		return 0x5eed5eed;
	case VC_RNG_LATE:
		if (now < rng->warm)
			return 0;
	}
	return vc_splitmix(rng->random);
}

/*
 * The first word is 0, so that a driver that keeps it is caught. Nobody is asked
 * before the time has come: the order of draws is behaviour.
 */
uint32_t vc_rng_read(struct vc_rng *rng)
{
	struct vc_host *host = rng->host;
	uint64_t now = vc_now(host);

	if (!(REG1(rng->regs, HIFN_1_RNG_CONFIG) & HIFN_RNGCFG_ENA))
		return 0;
	if (now < rng->next || vc_pk_stopped(rng->pll))
		return rng->word;
	if (VC_ASK(host, false, sticks(host->who, VC_STICKY_RNG)))
		return rng->word;
	rng->next = now + vc_pk_clock_ns(rng->pll, HIFN_RNG_PK_CLOCKS);
	rng->word = rng->first ? 0 : next_word(rng, now);
	rng->first = false;
	return rng->word;
}
