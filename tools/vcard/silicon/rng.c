// SPDX-License-Identifier: BSD-2-Clause
/*
 * Random number registers, docs/hifn795x.md 2.3, fed by a seeded generator so
 * that a run can be repeated.
 */
#include "../vc_int.h"

/* splitmix64: short, and good enough for a stand-in. */
uint64_t vc_splitmix(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

uint64_t vc_random(struct vcard *vc)
{
	return vc_splitmix(&vc->rng_state);
}

void vc_rng_config_write(struct vcard *vc, uint32_t off, uint32_t val)
{
	bool was = REG1(vc, off) & HIFN_RNGCFG_ENA;

	REG1(vc, off) = val & HIFN_RNGCFG_ENA;
	if (!was && (val & HIFN_RNGCFG_ENA)) {
		vc->rng_first = true;
		vc->rng_next = 0;
	}
}

/* The first word is 0, so that a driver that keeps it is caught. */
uint32_t vc_rng_read(struct vcard *vc, uint32_t off)
{
	uint64_t now = vc_now(vc);

	(void)off;
	if (!(REG1(vc, HIFN_1_RNG_CONFIG) & HIFN_RNGCFG_ENA))
		return 0;
	if (now < vc->rng_next || vc_pk_stopped(vc))
		return vc->rng_word;
	if (vc_fault_due(vc, VC_F_RNG_STUCK)) {
		vc_fault_hit(vc, VC_F_RNG_STUCK);
		return vc->rng_word;
	}
	vc->rng_next = now + vc_pk_clock_ns(vc, HIFN_RNG_PK_CLOCKS);
	vc->rng_word = vc->rng_first ? 0 : vc_random(vc);
	vc->rng_first = false;
	return vc->rng_word;
}
