/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver's rings, commands and pieces, of the driver's size, on the virtual card with a
 * clock: jobs of one shape, as many at a time as a host keeps there.
 */
#ifndef LOOP_TIMED_H
#define LOOP_TIMED_H

#include "loop_bench.h"

#define TIMED_ENTRIES	129		/* 128 jobs */
#define TIMED_EVENTS	200000u		/* more are a hang */

struct timed_shape {
	const char *name;
	u32 bytes, src_pieces, dst_pieces;	/* besides what a descriptor cannot carry */
	enum hifn_mac mac;
	enum hifn_cipher cipher;
	const char *clock;
	u32 depth;
};

struct timed {
	struct loop_bench *b;
	const struct timed_shape *shape;
	struct hifn_chain chain[TIMED_ENTRIES];
	struct hifn_op op;
	u16 next;		/* slot; used in turn */
	u16 last;		/* slot of the one that was harvested last */
	u64 done;
};

/* A started card with that clock; run->shape is set, all else 0. */
void timed_open(struct timed *run, struct kunit *test);

/*
 * One job more, its slot run->next; false when as many are there as the shape's depth. result:
 * the flags of its result's descriptor, HIFN_D_RESULT or that without an interrupt.
 */
bool timed_submit(struct timed *run, u32 result);

/* The oldest job, if its good result is there. */
bool timed_harvest(struct timed *run);

#endif
