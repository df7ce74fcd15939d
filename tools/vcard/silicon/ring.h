/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The four ring engines, docs/reference/hifn795x.md section 3.
 */
#ifndef VC_RING_H
#define VC_RING_H

#include "config.h"

#define VC_DESC_COST	64	/* budget units of one descriptor */

struct vc_ring {
	uint32_t cur;		/* next descriptor to fetch */
	bool enabled;
	bool waiting;		/* the last fetch found VALID clear */
	bool halted;		/* after a master abort, until reset */
	bool stuck;		/* stands still until a master reset */
	bool active;		/* a descriptor is held: */
	uint32_t at;		/*   its address */
	uint32_t flags;		/*   its first word */
	uint32_t addr;		/*   its buffer */
	uint32_t len;
	uint32_t off;		/*   bytes of it used */
	uint32_t lap;		/* entries since the last jump */
};

#define VC_LATE	64	/* entries that a chip gives back when it comes to it */

struct vc_late {
	enum vc_ring_id id;
	uint32_t at;
	uint32_t flags;
	uint64_t due;		/* ns */
};

struct vc_rings {
	struct vc_host *host;
	const struct vc_regfile *regs;
	struct vc_irq *irq;
	struct vc_config *config;
	struct vc_ring ring[VC_RINGS];
	struct vc_late late[VC_LATE];	/* oldest first */
	unsigned int nr_late;
	uint32_t results;	/* given back */
	uint32_t ahead;		/* where the look ahead at the command ring goes on */
};

/* By ring: position of its bits in CSR and IER (C's are at bit 0); base register. */
extern const uint8_t vc_ring_shift[VC_RINGS];
extern const uint32_t vc_ring_base[VC_RINGS];
char vc_ring_letter(enum vc_ring_id id);

/* True if the engine holds a descriptor, fetching one if need be. */
bool vc_ring_get(struct vc_rings *rings, enum vc_ring_id id);
/*
 * Gives back the one it holds, with the flag bits of `set` added to its word. False:
 * the ring's memory does not answer, and the engine stands still.
 */
bool vc_ring_retire(struct vc_rings *rings, enum vc_ring_id id, uint32_t set);
/* Nobody answers at addr: the engine stops until reset. */
void vc_ring_abort(struct vc_rings *rings, enum vc_ring_id id, uint32_t addr);
/* The look idle engines take at their next descriptor. */
void vc_rings_poll(struct vc_rings *rings);
/* With a clock, as a step begins: what has been queued, who has polled in vain. */
void vc_rings_time(struct vc_rings *rings);
/* What is to be given back by now is; when the next one is due, ns. */
void vc_rings_late(struct vc_rings *rings);
uint64_t vc_rings_date(const struct vc_rings *rings);
/* All engines off, at their bases. */
void vc_rings_stop(struct vc_rings *rings);
/* What is stuck goes on. */
void vc_rings_release(struct vc_rings *rings);
unsigned int vc_rings_enabled(const struct vc_rings *rings);
/* Some engine re-fetches an invalid descriptor. */
bool vc_rings_polling(const struct vc_rings *rings);

/* The engine's pointer; its control field of a CSR write. */
void vc_ring_rebase(struct vc_rings *rings, enum vc_ring_id id, uint32_t addr);
void vc_ring_control(struct vc_rings *rings, enum vc_ring_id id, uint32_t control);

#endif
