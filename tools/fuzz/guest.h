/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guest memory for the card harness: heap blocks of exact size behind bus
 * addresses, so that one byte too many is seen by ASan; with holes, edges,
 * read-only parts, and changes at any time.
 */
#ifndef GUEST_H
#define GUEST_H

#include "fuzz.h"

#define GUEST_RING(r)	(0x00100000u + 0x200u * (r))	/* C, S, D, R */
#define GUEST_SLOTS	8				/* and the jump */
#define GUEST_CMD	0x00100800u
#define GUEST_RESULT	0x00100c00u
#define GUEST_DATA	0x00101000u	/* eight blocks of 1 KiB, one of 20 KiB */
#define GUEST_LARGE	0x00103000u
#define GUEST_LARGE_BYTES 0x5000u
#define GUEST_BLOCKS	20

void guest_start(void);		/* everything mapped, writable and zero */
void *guest_dma(void *opaque, uint32_t addr, bool write, uint32_t *avail);

/* The guest's own accesses: bytes outside its memory go nowhere. */
void guest_write(uint32_t addr, const void *buf, size_t len);
void guest_write32(uint32_t addr, uint32_t val);
uint32_t guest_read32(uint32_t addr);
void guest_fill(uint32_t addr, uint8_t val, size_t len);

/* A block goes away, comes back empty, or changes its rights. */
void guest_unmap(unsigned int block);
void guest_map(unsigned int block, bool writable);

/* After so many more accesses of the card the guest writes val to addr. */
void guest_race(unsigned int accesses, uint32_t addr, uint32_t val);

/*
 * Around one step of the card: it ends after at most `accesses`, and changes
 * nothing but what it asked for to write.
 */
void guest_step_begin(uint64_t accesses);
void guest_step_end(void);

/* An interesting address: within, at and beyond the edges of the blocks. */
uint32_t guest_address(struct input *in);

#endif
