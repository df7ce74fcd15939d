/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device's side of one split virtqueue. The driver may change all of it at any time:
 * what is used twice is copied first, and what does not hold together breaks the ring.
 */
#ifndef VHU_RING_H
#define VHU_RING_H

#include "memory.h"

#define VHU_MAX_PIECES	4u	/* of a chain, in either direction */

/* Bytes of a chain; those to write may be read back, by nobody but the driver. */
struct vhu_piece {
	void *host;
	uint32_t bytes;
};

struct vhu_chain {
	uint16_t head;
	struct vhu_piece from_driver[VHU_MAX_PIECES], to_driver[VHU_MAX_PIECES];
	unsigned int nfrom, nto;
	uint32_t room;		/* bytes in to_driver */
};

struct vhu_ring {
	uint32_t num;		/* 0: not set */
	struct vhu_addr at;
	bool addressed;		/* at is set */
	struct vring_desc *desc;	/* these three: all or none */
	struct vring_avail *avail;
	struct vring_used *used;
	uint16_t next;		/* of avail that we have not taken */
	bool enabled;
	bool broken, told;	/* it made no sense, and that was logged; until reset */
	int kick, call;		/* -1: none */
};

void vhu_ring_init(struct vhu_ring *ring);
/* Closes its files; as after init. */
void vhu_ring_reset(struct vhu_ring *ring);
/* Finds it in the memory; false, and unfound, if any part is outside or not aligned. */
bool vhu_ring_find(struct vhu_ring *ring, struct vhu_memory *mem);
void vhu_ring_lose(struct vhu_ring *ring);

/* The driver's count of chains it ever made available. */
uint16_t vhu_ring_made(const struct vhu_ring *ring);
bool vhu_ring_has_work(const struct vhu_ring *ring);
/* False: there is none, or it was nonsense and the ring is broken (a protocol error). */
bool vhu_ring_take(struct vhu_ring *ring, struct vhu_memory *mem, struct vhu_chain *chain);
void vhu_ring_give(struct vhu_ring *ring, uint16_t head, uint32_t written);

/*
 * Whether the driver is to write to the kick file when it makes a chain available. Said in the
 * memory of a ring that is enabled; that of another may be anybody's by now.
 */
void vhu_ring_want_kicks(struct vhu_ring *ring, bool want);
/* Wakes a driver that sleeps on the used ring's first word (a futex). */
void vhu_ring_wake(struct vhu_ring *ring);
/* Writes to the call file, if the driver wants it. */
void vhu_ring_call(struct vhu_ring *ring);
/* Empties the kick file; false: it is none, and was closed. */
bool vhu_ring_kicked(struct vhu_ring *ring);

/* Up to len bytes of what the driver gives, and how many there were; and back. */
uint32_t vhu_chain_read(const struct vhu_chain *chain, void *buf, uint32_t len);
uint32_t vhu_chain_write(const struct vhu_chain *chain, const void *buf, uint32_t len);

#endif
