/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A card's load, and what it tells of the card's speed. Pure, as acf_cost.h; the caller
 * has a lock around all of it, and says what time it is.
 */
#ifndef ACF_LOAD_H
#define ACF_LOAD_H

#include "acf_cost.h"

#define ACF_LOAD_PARTS	4	/* different sorts of jobs that are told apart in a window */

/* The costs of one sort of job on one card. */
struct acf_card_cost {
	struct acf_cost alone;	/* from the start to the callback, on an idle card */
	struct acf_cost busy;	/* what one more adds, on a card that has others */
};

/* Jobs of one sort and size that ended in this window. */
struct acf_load_part {
	struct acf_card_cost *cost;
	unsigned int size;
	u32 bytes;		/* of the last one */
	u64 est_ns;
};

struct acf_load {
	u64 work_ns;		/* estimated, of all jobs */
	u32 jobs;		/* that it was given and has not given back */
	u32 peak;		/* of these, ever */
	u64 busy_ns;		/* that it had some, up to the last time it had none */
	u64 busy_since_ns;	/* while it has some */
	u64 free_ns;		/* when it will have done them, by what is known */
	u64 batch_ns;		/* when results were seen last; */
	bool new_batch;		/* none of these has been given back */
	u32 seen;		/* of the jobs it had then, those not given back */
	u64 last_ns;		/* when one came to an idle card, or one's result was seen */
	u64 last_slack_ns;	/* that was seen so much too late, at most */
	u64 slack_ns;		/* and the next will be; */
	u64 away_ns;		/* by so much it had run dry, lately, while nobody looked */
	u64 promised_ns;	/* until when the card was to have work, if longer than that */

	/* what is being measured: a busy period from its beginning, or a part of it */
	u64 began_ns;
	u64 began_slack_ns;
	bool whole;		/* from the beginning of the period, to the first batch's end */
	bool spoiled;		/* something in it failed */
	u32 done;
	u64 est_ns;		/* of these */
	u64 start_ns;		/* what the first one needs beyond its part in a busy card */
	struct acf_load_part part[ACF_LOAD_PARTS];
	unsigned int nr_parts;
};

/* One job's stay, in the job. */
struct acf_stay {
	struct acf_card_cost *cost;
	u32 bytes;
	u64 est_ns;		/* as it was added */
	bool first;		/* to an idle card */
};

void acf_load_init(struct acf_load *load);
/* It is the card's, or waits for it. */
void acf_load_add(struct acf_load *load, struct acf_stay *stay, struct acf_card_cost *cost,
		  u32 bytes, u64 now_ns);
/* It was refused: as if it had not been there. */
void acf_load_cancel(struct acf_load *load, const struct acf_stay *stay);
/*
 * The driver has seen results, and is going to give the jobs back. @again: it has just given
 * others back, and these may have been there as well: what is between the two is its own time, and
 * not the card's, until all have been given back that the card had then.
 */
void acf_load_batch(struct acf_load *load, u64 now_ns, bool again);
/* It was given back. */
void acf_load_del(struct acf_load *load, const struct acf_stay *stay, bool ok);
/*
 * A submitter is going to compute for so long: on a CPU that may be the one that has to see
 * the card's results.
 */
void acf_load_slack(struct acf_load *load, u64 cpu_ns, u64 now_ns);
/* How long it has had jobs, in all. */
u64 acf_load_busy(const struct acf_load *load, u64 now_ns);
/* Estimated ns until all that it has is done. */
u64 acf_load_backlog(const struct acf_load *load, u64 now_ns);

#endif
