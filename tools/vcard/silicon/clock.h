/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The card's time: when its transactions pass the bus and its engines are done, as
 * docs/reference/hifn795x.md 10.3 has it. Without a clock all is instant.
 *
 * The silicon does its work as it comes and tells the clock of every transaction; the clock
 * lays it into model time, where the four ring engines, the bus and the processing unit go
 * on beside one another. Two things wait for it: a command is not taken before its
 * descriptor could have been fetched, and a result is not in memory before its time. Model
 * time follows from model time, so that a host that comes late delays nothing but what it
 * looks at; but nothing begins before the host was seen to have queued it.
 */
#ifndef VC_CLOCK_H
#define VC_CLOCK_H

#include "bus.h"
#include "host.h"
#include "pipe.h"

#define VC_CLOCK_LOOKS	32	/* at the command ring, whose commands are not begun */

struct vc_clock_config {
	uint32_t period;	/* of the bus, ticks */
	uint64_t num, den;	/* num / den ticks an engine clock */
	uint32_t poll;		/* bus clocks between two polls, for POLLFREQ 1 */
};

/* What one look found: so many command descriptors, at that tick. */
struct vc_look {
	uint64_t at;
	uint32_t n;
};

/* A row of bursts on the bus. */
struct vc_burst {
	uint64_t at;		/* bus address it goes on at */
	uint32_t bytes;		/* collected, not yet booked */
};

struct vc_clock {
	struct vc_host *host;
	const struct vc_regfile *regs;	/* CNFG: POLLFREQ */
	struct vc_bus *bus;
	struct vc_clock_config cfg;
	struct vc_pipe pipe;

	uint64_t floor;		/* nothing begins before, ticks */
	uint64_t ring[VC_RINGS];	/* the end of the engine's last transaction */
	uint64_t waits[VC_RINGS];	/* the fetch that found nothing; 0: none has */
	uint64_t polled[VC_RINGS];	/* up to where its polls have been counted */
	uint64_t missed[VC_RINGS];	/* when the silicon last found nothing there */
	struct vc_look look[VC_CLOCK_LOOKS];	/* oldest first */
	uint32_t looks;

	uint64_t seen;		/* VALID of the command at hand */
	uint64_t begun;		/* the unit has taken it */
	uint64_t done;		/* its result is in memory */
	struct vc_burst in, out;
	uint32_t booked;	/* bus clocks of it */
	bool busy;		/* there is one */
	bool stalled;		/* the card could not work when it last looked */

	uint32_t period;	/* of the bus, when it was last looked at */
	uint64_t since;		/* elapsed clocks are counted from here */
};

/* On, with the times of cfg, from now on; bus has that rate already. */
void vc_clock_start(struct vc_clock *clock, const struct vc_clock_config *cfg,
		    struct vc_bus *bus);
/* What was under way is dropped: the unit or the rings are reset. */
void vc_clock_reset(struct vc_clock *clock);
/* A step begins; able: the card is in a state to work. */
void vc_clock_step(struct vc_clock *clock, bool able);
/* Nothing of the command at hand happens before that time, ns. */
void vc_clock_hold(struct vc_clock *clock, uint64_t ns);
/* The host has accessed a register. */
void vc_clock_access(struct vc_clock *clock, bool write);
/* Bus and engine clocks since the counters were reset, brought up to date. */
void vc_clock_elapse(struct vc_clock *clock);
void vc_clock_recount(struct vc_clock *clock);

/* ---- the ring engines ---- */

/* The look ahead at the command ring has found n more descriptors. Are there any? */
void vc_clock_saw(struct vc_clock *clock, uint32_t n);
bool vc_clock_looks(const struct vc_clock *clock);
/* An engine has fetched a valid descriptor; a jump; an invalid one. */
void vc_clock_fetch(struct vc_clock *clock, enum vc_ring_id id, uint32_t addr);
void vc_clock_jump(struct vc_clock *clock, enum vc_ring_id id);
void vc_clock_miss(struct vc_clock *clock, enum vc_ring_id id);
/* It has given one back. */
void vc_clock_return(struct vc_clock *clock, enum vc_ring_id id);
/* It polls, and has found nothing up to now. */
void vc_clock_poll(struct vc_clock *clock, enum vc_ring_id id);
/* It is told to fetch at once; to begin at another place. */
void vc_clock_enable(struct vc_clock *clock, enum vc_ring_id id);
void vc_clock_rebase(struct vc_clock *clock, enum vc_ring_id id);

/* ---- the command at hand ---- */

/* When the unit has its first descriptor, ns. */
uint64_t vc_clock_command(const struct vc_clock *clock);
void vc_clock_block(struct vc_clock *clock, uint32_t addr, uint32_t bytes);
void vc_clock_begin(struct vc_clock *clock, const struct vc_command *cmd,
		    bool mac_sees_input);
/* Bytes of the stream: from the source, to the destination; through an engine. */
void vc_clock_move(struct vc_clock *clock, uint32_t in, uint32_t out);
void vc_clock_cipher(struct vc_clock *clock, uint32_t n);
void vc_clock_mac(struct vc_clock *clock, uint32_t n);
/* The result, or a descriptor of it: when it is in memory and its VALID clear, ns. */
uint64_t vc_clock_result(struct vc_clock *clock, uint32_t bytes);
/* The whole of it is there now. */
void vc_clock_delivered(struct vc_clock *clock);

#endif
