/* SPDX-License-Identifier: GPL-2.0 */
/* The card's random number generator as a hwrng of its own: state of one card. */
#ifndef HIFN_RNG_H
#define HIFN_RNG_H

#include <linux/hw_random.h>
#include <linux/mutex.h>

#include "hifn_health.h"

/*
 * lock is a reader's only lock: it is held over register reads and short delays,
 * never while something is allocated, so that a reset may wait for it.
 */
struct hifn_rng {
	struct hwrng hwrng;
	char name[24];			/* (c) "hifn0-rng" */
	bool registered;		/* (c) */
	struct mutex lock;
	bool on;			/* (lock) started, not reset since */
	bool failed;			/* (lock) until the card is bound again */
	bool tested;			/* (lock) its start-up test has been begun */
	u64 warm_ns;			/* (lock) not before: a source takes its time */
	u64 due_ns;			/* (lock) when the next word is there */
	struct hifn_health health;	/* (lock) */
	unsigned long words;		/* (lock) handed out */
};

#endif
