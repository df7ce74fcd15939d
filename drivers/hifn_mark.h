/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which results ask for their interrupt. It has to be said when a job is published: a
 * descriptor that the card may be looking at is not changed any more. Pure bookkeeping; the
 * caller serialises all calls.
 */
#ifndef HIFN_MARK_H
#define HIFN_MARK_H

#include "hifn_env.h"

/*
 * No result waits longer than this for the next one that interrupts: below the time after which
 * one that nobody came for is a lost interrupt (hifn_watch.c).
 */
#define HIFN_MARK_MAX_NS	20000000
/* Nor for more than so many: as many as are taken in one go (hifn_complete.c). */
#define HIFN_MARK_MOST		32U

struct hifn_mark {
	u16 marked;	/* in flight, of those that will interrupt */
	u16 behind;	/* published since the last marked one */
	u16 most;	/* in flight at a time, since the last marked one */
	u16 most_before;	/* the same, between the two marked ones before */
};

void hifn_mark_init(struct hifn_mark *m);

/*
 * Does the next one, with so many in flight before it, interrupt? A job takes about job_ns of the
 * card.
 */
bool hifn_mark_next(struct hifn_mark *m, u16 in_flight, u64 job_ns);

/* One of those in flight is not any more. */
void hifn_mark_done(struct hifn_mark *m, bool was_marked);

/* Nobody will tell of those in flight, if there are any: a timer has to look. */
static inline bool hifn_mark_none(const struct hifn_mark *m)
{
	return !m->marked;
}

#endif
