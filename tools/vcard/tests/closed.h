/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A closed loop in simulated time: a host that is never late keeps so many commands on
 * each of some cards, and the time goes on from event to event.
 */
#ifndef CLOSED_H
#define CLOSED_H

#include "rig.h"

#define CLOSED_CARDS	4
#define CLOSED_DEPTH	(RIG_SLOTS - 1)

struct load {
	uint8_t block[160];	/* the command */
	uint32_t len;
	uint32_t bytes;		/* of source and destination, one piece each */
};

struct load load_aes(uint32_t bytes);	/* AES-128-CBC with key and IV: 48 bytes */
struct load load_esp(uint32_t bytes);	/* 3DES-CBC and HMAC-SHA1-96 in one pass: 120 */

struct closed {
	struct rig *card[CLOSED_CARDS];
	unsigned int cards, depth;
	struct load load;
	uint32_t result[CLOSED_CARDS][CLOSED_DEPTH];	/* descriptors, in order */
	unsigned int out[CLOSED_CARDS];		/* commands on the card */
	uint64_t done;
};

/* Cards with that clock; bus: memory they share, or NULL. */
void closed_open(struct closed *c, unsigned int cards, const char *clock, void *bus);
void closed_close(struct closed *c);
/* Until so many more commands are done on all together; others are then under way. */
void closed_run(struct closed *c, const struct load *load, unsigned int depth,
		uint64_t commands);
/* The same with the counters reset when a tenth is done; returns ns for the rest. */
uint64_t closed_measure(struct closed *c, const struct load *load, unsigned int depth,
			uint64_t commands);

/* A number of the counters: the first `key` behind `section`. */
uint64_t rig_counter(struct rig *r, const char *section, const char *key);

#endif
