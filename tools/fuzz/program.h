/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The card harness: one card, and the parts a program for it is made of.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "../vcard/silicon/card.h"
#include "../vcard/vcard.h"
#include "fuzz.h"
#include "guest.h"

struct program {
	struct vcard *vc;
	uint64_t now;
	uint64_t due;			/* what the last step said */
	unsigned int next[VC_RINGS];	/* slot of each ring to be filled next */
};

/*
 * Trace, log and counters of all inputs go here, up to the check at an input's end;
 * NULL unless set before the first input.
 */
extern FILE *program_record;

/* rings.c: registers and rings as a driver sets them up */
void program_bring_up(struct program *p);
void program_post(struct program *p, enum vc_ring_id ring, uint32_t flags, uint32_t addr);
/* A command with its four chains, as right or wrong as the input wants it. */
void program_command(struct program *p, struct input *in);
/* Unlocks it, as a card that has just been reset lets itself be. */
void program_unlock(struct program *p);
/* The card does a known command right, whatever it has been through. */
void program_verify(struct program *p);

/* check.c: the card's state is in order; to be called between steps */
void program_check(const struct vcard *vc);
/* One step with all its rules. */
void program_step(struct program *p, uint32_t budget);

#endif
