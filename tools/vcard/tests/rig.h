/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A card in a test bench: flat host memory, a clock that only the test moves,
 * and the four rings driven by hand. With RIG_TRACE=FILE in the environment the
 * cards' traces, logs and counters are appended there.
 */
#ifndef RIG_H
#define RIG_H

#include "harness.h"
#include "vcard.h"

#define RIG_BASE	0x00100000u	/* bus address of the memory */
#define RIG_BYTES	0x00100000u
#define RIG_SLOTS	32		/* descriptors per ring; the jump is extra */

/* Where things lie in the memory. */
#define RIG_RING(r)	(RIG_BASE + 0x1000u * (r))
#define RIG_CMD		(RIG_BASE + 0x8000u)
#define RIG_RESULT	(RIG_BASE + 0xa000u)
#define RIG_SRC		(RIG_BASE + 0x20000u)
#define RIG_DST		(RIG_BASE + 0x80000u)

enum { RC, RS, RD, RR };	/* command, source, destination, result */

#define VALID	0x80000000u
#define JUMP	0x40000000u
#define LAST	0x20000000u
#define DESTOVER 0x04000000u
#define QUIET	0x02000000u	/* MASKDONEIRQ */

struct rig {
	struct vcard *vc;
	uint8_t *mem;
	uint64_t now;
	bool everywhere;	/* the memory repeats over all 4 GiB */
	uint32_t read_only;	/* addresses from here on; 0: none */
	unsigned int next[4];	/* ring slots used so far */
	unsigned int irqs;	/* rising edges seen */
	bool quiet;		/* results ask for no interrupt */
	unsigned int lines;	/* log lines */
	char log[256];		/* the last one */
};

struct seg {
	uint32_t addr;
	uint32_t len;
};

struct rig *rig_new(const struct vcard_config *cfg);	/* as after power-up */
struct rig *rig_up(void);		/* unlocked, rings set, engines enabled */
void rig_start(struct rig *r);
void rig_free(struct rig *r);

uint32_t rig_rd(struct rig *r, unsigned int bar, uint32_t off);
void rig_wr(struct rig *r, unsigned int bar, uint32_t off, uint32_t val);
void rig_config16(struct rig *r, uint32_t off, uint16_t val);
void rig_us(struct rig *r, uint64_t us);

void *rig_at(struct rig *r, uint32_t addr);
void rig_set_desc(struct rig *r, uint32_t at, uint32_t l, uint32_t p);
uint32_t rig_word(struct rig *r, uint32_t at);
uint32_t rig_post(struct rig *r, int ring, uint32_t flags, uint32_t addr);

/* All four rings for one command; returns the address of the result descriptor. */
uint32_t rig_command(struct rig *r, const void *block, uint32_t len,
		     const struct seg *src, const struct seg *dst);
void rig_segs(struct rig *r, int ring, const struct seg *segs);
void rig_run(struct rig *r);
bool rig_done(struct rig *r, uint32_t result_desc);

/* One source, one destination, full run; checks that it completed. */
void rig_one(struct rig *r, const void *block, uint32_t len, uint32_t n);

/* Command blocks; each returns the length. */
uint32_t cmd_crypt(uint8_t *out, bool decrypt, uint32_t src, uint32_t dst,
		   uint16_t masks, uint32_t skip, uint32_t count, const void *key,
		   uint32_t klen, const void *iv, uint32_t ivlen);
uint32_t cmd_base(uint8_t *out, uint16_t masks, uint32_t session, uint32_t src,
		  uint32_t dst);

#endif
