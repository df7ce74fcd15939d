/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The challenge and response that unlocks ciphers and MACs, docs/reference/hifn795x.md 6.3.
 */
#ifndef VC_UNLOCK_H
#define VC_UNLOCK_H

#include "host.h"

struct vc_unlock {
	struct vc_host *host;
	const struct vc_regfile *regs;	/* CNFG.UNLOCK opens the two registers */
	uint64_t *random;		/* of the seeds */
	bool unlocked;			/* configured: powers up at level 2 */
	bool strict;			/* configured: a mistake locks until PCI reset */

	uint16_t level;			/* as CHIPID shows it */
	uint32_t state;			/* LFSR; 0: no sequence begun */
	unsigned int good;		/* right values so far */
	bool dead;			/* strict: until PCI reset */
};

void vc_unlock_power_up(struct vc_unlock *unlock);
/* Back to level 0; the sequence opens it again. */
void vc_unlock_lock(struct vc_unlock *unlock);
/* Reading the seed begins a sequence. */
uint32_t vc_unlock_seed_read(struct vc_unlock *unlock);
void vc_unlock_write(struct vc_unlock *unlock, uint32_t val);

/* By CNFG: the level, if the chip forgets it. */
void vc_unlock_master_reset(struct vc_unlock *unlock);
/* The level that the host is told. */
uint16_t vc_unlock_told(const struct vc_unlock *unlock);

#endif
