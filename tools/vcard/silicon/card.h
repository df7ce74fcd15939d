/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The chip as a whole: its blocks, wired to one another, and its ways to the outside.
 * One card is used by one thread at a time; it does nothing by itself.
 */
#ifndef VC_CARD_H
#define VC_CARD_H

#include "clock.h"
#include "config.h"
#include "dma_regs.h"
#include "engine.h"

#define VC_BARS	3

struct vc_card_config {
	uint16_t device;	/* 7955 or 7956 */
	bool unlocked;		/* powers up at level 2 */
	bool strict_unlock;	/* wrong or repeated unlock locks until PCI reset */
	uint64_t seed;		/* of RNG_DATA and the unlock seed */
};

struct vc_card {
	struct vc_host host;
	struct vc_clock clock;	/* in use if host.clock says so */
	struct vc_regfile regs;
	struct vc_irq irq;
	struct vc_config config;
	struct vc_pll pll;
	struct vc_unlock unlock;
	struct vc_rng rng;
	struct vc_pub pub;
	struct vc_rings rings;
	struct vc_unit unit;
	struct vc_pu pu;
	struct vc_ctx ctx;
	struct vc_stream stream;
	struct vc_engine engine;
	struct vc_dma_regs dma_regs;
	uint64_t random;	/* state of the generator */
};

/*
 * Makes a card of zeroed memory and powers it up; host's ops, opaque and tables are
 * to be there. NULL, or what libcrypto lacks.
 */
const char *vc_card_init(struct vc_card *card, const struct vc_card_config *cfg);
/* As vc_card_init() leaves it, with host as it is; keeps libcrypto's contexts. */
void vc_card_power_cycle(struct vc_card *card, const struct vc_card_config *cfg);
/* Frees what it holds and wipes it. */
void vc_card_free(struct vc_card *card);

/* The state after power-up but for the memories, which keep their bytes. */
void vc_card_power_up(struct vc_card *card);
/* Reset by the bus: the same, counted. */
void vc_card_reset(struct vc_card *card);
/* Off the bus: reads give ones, no DMA, no interrupt; or there again. */
void vc_card_leave(struct vc_card *card);
void vc_card_return(struct vc_card *card);

/* Times of cfg from now on, on a bus that has that rate; cfg NULL: instant. */
void vc_card_clock(struct vc_card *card, const struct vc_clock_config *cfg,
		   struct vc_bus *bus);

/*
 * Runs the engines until nothing can be done or about `budget` bytes were moved (a
 * descriptor counts as VC_DESC_COST). Returns when to call again, ns: 0 at once,
 * VC_NEVER not before the next access.
 */
uint64_t vc_card_step(struct vc_card *card, uint32_t budget);

#endif
