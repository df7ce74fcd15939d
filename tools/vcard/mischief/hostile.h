/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hostile card: it does its work, but now and then writes rubbish where the
 * protocol lets a card write.
 */
#ifndef MISCHIEF_HOSTILE_H
#define MISCHIEF_HOSTILE_H

#include "faults.h"
#include "offers.h"

#define HOSTILE_LOG	64
#define HOSTILE_LINE	72
#define HOSTILE_SEGS	64
#define HOSTILE_RESULTS	64

struct extent {
	uint32_t addr;
	uint32_t len;
};

struct hostile {
	struct vc_card *card;
	struct faults *faults;		/* those it plans, and whether it is on */
	struct offers *offers;		/* NULL: it never was */
	uint64_t seed, rate;
	uint64_t command, between;	/* generators */
	uint64_t number;		/* of the command, since it turned hostile */
	unsigned int act;		/* on the command at hand */
	struct extent segs[HOSTILE_SEGS];	/* its destination */
	uint32_t nr_segs;
	struct extent results[HOSTILE_RESULTS];	/* the latest buffers */
	uint32_t nr_results;		/* of all; the ring is overwritten */
	bool early;			/* VALID of the result at early_at is cleared, */
	uint32_t early_at;		/*   though the command is still to come */
	uint64_t back;			/* when an absence ends */
	uint64_t activity;		/* seen at the last step */
	uint64_t acts;
	char log[HOSTILE_LOG][HOSTILE_LINE];	/* the latest */
};

/* False: no memory for the book of offers. */
bool hostile_start(struct hostile *h, uint64_t seed, uint64_t rate);
/* The rings are set up anew: what they offered before is the host's. */
void hostile_forget(struct hostile *h);
/* No act on the command at hand. */
void hostile_relent(struct hostile *h);
/* What the card did last, in one line; malloc()ed, or NULL. */
char *hostile_log_text(const struct hostile *h);

/* Comes back if its time has come. */
void hostile_return(struct hostile *h);
/* A command begins; has been read; is about to move data. */
void hostile_command(struct hostile *h);
void hostile_begin(struct hostile *h);
enum vc_start hostile_data(struct hostile *h);
/* An engine holds a descriptor. */
void hostile_segment(struct hostile *h, enum vc_ring_id id, uint32_t addr, uint32_t len);
/* The result has been written, its VALID not yet cleared. */
void hostile_result(struct hostile *h, uint32_t addr, uint32_t len);
/* Once for each step in which something moved. */
void hostile_step(struct hostile *h);
/* What a register that holds val reads as. */
uint32_t hostile_read(struct hostile *h, uint32_t val);

#endif
