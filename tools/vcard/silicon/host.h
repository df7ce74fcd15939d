/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The card's side of its slot: memory, line and clock of the machine it sits in, who
 * watches or steps in, and the account of what is done there.
 */
#ifndef VC_HOST_H
#define VC_HOST_H

#include "knobs.h"
#include "points.h"

#define VC_NEVER	UINT64_MAX

struct vc_clock;

struct vc_host_ops {
	/* Memory behind addr, or NULL; *avail: contiguous bytes, at least 1. */
	void *(*dma)(void *opaque, uint32_t addr, bool write, uint32_t *avail);
	/* The line changed; may be NULL. */
	void (*irq)(void *opaque, bool level);
	/* Time in ns, monotonic. */
	uint64_t (*now)(void *opaque);
};

struct vc_host {
	struct vc_host_ops ops;
	void *opaque;		/* handed to ops */
	bool present;		/* on the bus: reads give something, DMA and line work */
	int budget;		/* left of this step, bytes */
	uint64_t activity;	/* changes with everything that is done */

	struct vc_clock *clock;	/* NULL: all is instant */
	const struct vc_points *points;	/* NULL: nobody steps in */
	void *who;		/* handed to points */
	const struct vc_watch *watch;	/* NULL: nobody watches */
	void *viewer;		/* handed to watch */
	const struct vc_say *say;	/* NULL: nobody listens */
	void *listener;		/* handed to say */

	struct vc_knobs knobs;	/* what the chip is like */

	struct vc_count count;
};

/* The answer of who steps in, or the silicon's own. */
#define VC_ASK(host, own, call) ((host)->points ? (host)->points->call : (own))
#define VC_TELL(host, call) \
	do { if ((host)->points) (host)->points->call; } while (0)
/* The arguments are evaluated only if somebody watches. */
#define VC_WATCH(host, call) \
	do { if ((host)->watch) (host)->watch->call; } while (0)

/* What takes time is told the clock, if there is one. */
#define VC_TIME(host, call) \
	do { if ((host)->clock) call; } while (0)

static inline unsigned int vc_knob(const struct vc_host *host, enum vc_knob knob)
{
	return host->knobs.value[knob];
}

static inline uint64_t vc_now(const struct vc_host *host)
{
	return host->ops.now(host->opaque);
}

void vc_note(struct vc_host *host, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Counts a mistake of the host and says so. */
void vc_error(struct vc_host *host, enum vc_error kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
