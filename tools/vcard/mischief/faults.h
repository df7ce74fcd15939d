/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults at work: when one strikes, and what it does.
 */
#ifndef MISCHIEF_FAULTS_H
#define MISCHIEF_FAULTS_H

#include "../instruments/trace.h"
#include "../silicon/card.h"
#include "faultname.h"

/* How one fault strikes. */
struct fault {
	bool always;
	uint64_t left;		/* occasions until it strikes once; 0: it does not */
	uint64_t rate;		/* a chance of 1 in this; 0: none */
	uint64_t ns;		/* its time, for those that have one */
};

struct faults {
	struct vc_card *card;
	const struct trace *trace;	/* or NULL */
	struct fault fault[VC_FAULTS];
	bool armed;		/* some fault was set since all were cleared */
	bool corrupt[VC_OPS];	/* by algorithm */
	uint64_t random;	/* of the chances: the order of draws is behaviour */
	uint64_t plan;		/* faults still to strike at the command, by enum fault_id */
	bool corrupt_next;	/* flip one bit of the cipher's next output */
	enum fault_id gone;	/* why the card is off the bus; 0: it is there */
	bool spurious;		/* the line is up for nothing */
	bool muted;		/* the line should be up and is not */
	bool sealed;		/* cannot be unlocked */
	bool wrong;		/* since the last reset: each output of the cipher */
	bool hole;		/* the destination's present piece is not written */
	bool misread;		/* this command */
	uint32_t edge_csr;	/* edge-irq: the status bits at the last look at the line, */
	bool edge_up, edge_lost;	/*   which is up; or down although one of them is set */
	uint32_t late_bits;	/* of CSR, to be raised at late_at */
	uint64_t late_at;
	uint64_t hits[VC_FAULTS];
};

void faults_arm(struct faults *f, enum fault_id id, const struct fault *how);
/* What is stuck goes on where it was. True: the card was gone, and is to be powered up. */
bool faults_clear(struct faults *f);

/* One occasion: does it strike? The caller says so with fault_hit(). */
bool fault_due(struct faults *f, enum fault_id id);
void fault_hit(struct faults *f, enum fault_id id);
/* The same in one. */
bool fault_strikes(struct faults *f, enum fault_id id);
/* At a command: all drawn at once; is one planned; the planned one takes effect, once. */
void faults_plan(struct faults *f);
bool fault_planned(const struct faults *f, enum fault_id id);
bool fault_take(struct faults *f, enum fault_id id);
/* For a residual count of the result. */
uint32_t fault_word(struct faults *f);

/* The engine stops at addr in the middle of its work. False: it need not. */
bool fault_stop(struct faults *f, enum vc_ring_id id, uint32_t addr);
/* The destination's next piece is held. */
void fault_piece(struct faults *f);
/* As struct vc_points has it. */
uint32_t fault_limit(struct faults *f, enum vc_ring_id id, uint32_t done, uint32_t whole);

/* The card leaves the bus at this command if that is planned. True: it is off. */
bool fault_vanish(struct faults *f);

/* The line as the faults leave it; a rise that does not come is a hit. */
bool fault_line(struct faults *f, bool wanted);
/* The line rises while the command has not even been read; false: it does not. */
bool fault_spurious(struct faults *f);
/* The host has looked at a register, or does not care to. */
void fault_looked(struct faults *f);
/* Bits of a result that the host is told of later; raise what is due. */
void fault_late(struct faults *f, uint32_t bits);
void fault_raise_late(struct faults *f);

/* When the processing unit comes out of the reset that begins now; 0: as always. */
uint64_t fault_unit_reset(struct faults *f);
void fault_master_reset(struct faults *f);
void fault_pci_reset(struct faults *f);

#endif
