/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bench for the loop tests: the virtual card and the memory of a host in one
 * process, rings kept by hifn_ring.c, jobs encoded and judged by hifn_cmd.c.
 */
#ifndef LOOP_BENCH_H
#define LOOP_BENCH_H

#include "kunit/test.h"

#include "../../drivers/hifn_cmd.h"
#include "../../drivers/hifn_desc.h"
#include "../../drivers/hifn_regs.h"
#include "../../drivers/hifn_ring.h"
#include "../vcard/vcard.h"

#define LOOP_SLOTS	7		/* odd and small: many laps */
#define LOOP_CMD_STRIDE	192u
#define LOOP_RES_STRIDE	64u
#define LOOP_SCRATCH	4096u
#define LOOP_MAX_DATA	0x6000u		/* bytes of one job */

/* One command with what is to come of it. */
struct loop_job {
	struct hifn_op op;	/* its pointers: into this job, set by submit */
	char name[96];		/* for messages */
	u8 key[32];
	u8 iv[16];
	u8 mac_key[HIFN_MAC_KEY_BYTES];
	u8 in[LOOP_MAX_DATA];
	u8 want[LOOP_MAX_DATA];	/* not without cipher: then the output is scratch */
	u8 want_mac[HIFN_SHA1_BYTES];	/* all zero without MAC */
	u32 src_at, dst_at;	/* offsets in memory */
	u32 number;
};

struct loop_bench {
	struct kunit *test;
	struct vcard *card;
	u8 *mem;
	u64 now_ns;
	u32 random;
	struct hifn_rings rings;
	struct hifn_chain chain[LOOP_SLOTS + 1];
	struct loop_job job[LOOP_SLOTS + 1];	/* by slot; used in turn */
	u16 next_slot;		/* not where the chain lies, but for as long as all goes well */
	u32 cmd_at, res_at, data_at;
	u32 submitted, finished, irqs;
};

/* A started card; loop_close() ends it. */
struct loop_bench *loop_open(struct kunit *test);
void loop_close(struct loop_bench *b);

u32 loop_random(struct loop_bench *b, u32 below);

/* Time goes on and the card works. */
void loop_run_card(struct loop_bench *b);

/* In pieces of random size and alignment; false when the rings are full. */
bool loop_submit(struct loop_bench *b, const struct loop_job *j);

/* The same, letting the card work now and then, and always when it is full. */
void loop_submit_or_work(struct loop_bench *b, const struct loop_job *j);

/* What the card says of the job in this slot; its MAC to mac. */
enum hifn_result loop_result(struct loop_bench *b, u16 slot, u8 *mac);

/* Let the card finish, and check, all jobs. */
void loop_drain(struct loop_bench *b);

void loop_full_reset(struct loop_bench *b);
void loop_start_card(struct loop_bench *b);
/* False: the card does not unlock. */
bool loop_try_start(struct loop_bench *b);

#endif
