/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where somebody may watch the silicon, and where somebody may step in: all it knows
 * of what lies above it. Both tables hang on struct vc_host and are NULL until
 * somebody asks; a table that is there has every function.
 */
#ifndef VC_POINTS_H
#define VC_POINTS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "count.h"

struct vc_command;

enum vc_ring_id { VC_C, VC_S, VC_D, VC_R, VC_RINGS };

/* Each takes what the one before it takes, and more. */
enum vc_reset { VC_RESET_DMA, VC_RESET_MASTER, VC_RESET_PCI };

/* Lines for people. */
struct vc_say {
	void (*note)(void *o, const char *fmt, va_list ap);
	/* A mistake of the host; it has been counted. */
	void (*mistake)(void *o, enum vc_error kind, const char *fmt, va_list ap);
};

/* Who watches changes nothing. */
struct vc_watch {
	void (*config)(void *o, bool write, uint32_t off, uint32_t len, uint8_t first);
	/* name NULL: no register there */
	void (*reg)(void *o, bool write, unsigned int bar, uint32_t off, const char *name,
		    uint32_t val);
	void (*ram)(void *o, bool write, unsigned int bar, uint32_t off, uint32_t len);
	void (*descriptor)(void *o, enum vc_ring_id ring, uint32_t at, uint32_t flags,
			   uint32_t addr);
	void (*jump)(void *o, enum vc_ring_id ring, uint32_t at, uint32_t target);
	void (*command)(void *o, uint64_t number, const struct vc_command *cmd);
	void (*result)(void *o, uint64_t number, uint32_t bytes);
	void (*unlocked)(void *o, uint16_t level);
	void (*line)(void *o, bool level);
	void (*reset)(void *o);	/* by the bus */
};

enum vc_start { VC_START, VC_START_LATER, VC_START_SKIP };
enum vc_sticky { VC_STICKY_RNG, VC_STICKY_PUB };
enum vc_bytes {
	VC_BYTES_IN,		/* from the source, before cipher and MAC */
	VC_BYTES_OUT,		/* from the cipher, before a MAC over it */
	VC_BYTES_STORED,	/* the same on the way to memory, after the MAC */
};

/* What a result tells of its command. */
struct vc_report {
	bool over;		/* destination overrun */
	bool starved;		/* each engine: source count not zero */
	uint32_t source, dest;	/* residual counts */
};

#define VC_NO_LIMIT	UINT32_MAX

/*
 * Who steps in answers for the silicon; what each returns without anybody is in
 * parentheses. It may use all of card.h in the calls.
 */
struct vc_points {
	/* An access from the bus begins, to a BAR or to configuration space. */
	void (*access)(void *o, bool bar);
	/* What a register that holds val reads as (val). */
	uint32_t (*read_value)(void *o, uint32_t val);
	/* The size of a BAR (bytes). */
	uint32_t (*bar_bytes)(void *o, uint32_t bytes);

	/* After the silicon's own part. A master reset calls for DMA too. */
	void (*reset)(void *o, enum vc_reset kind);
	/* The unit is put into reset: until when whatever the host does, ns (0). */
	uint64_t (*unit_reset)(void *o);
	/* The PLL leaves bypass (true). */
	bool (*pll_settles)(void *o);
	/* The unlock sequence is complete (true). */
	bool (*unlocks)(void *o);
	/* A random word or the end of the public key's reset does not come (false). */
	bool (*sticks)(void *o, enum vc_sticky what);

	/* The unit has seen a command: until when it does not act on it, ns (0). */
	uint64_t (*seen)(void *o);
	/* It begins; vc_engine_hold() may be called. False: nothing more now (true). */
	bool (*begun)(void *o);
	/* A unit on hold is still to wait (false). */
	bool (*holds)(void *o);
	/* One that is refused does not set CMDINVAL (false). */
	bool (*hides_refusal)(void *o);
	/* Decoded; vc_engine_delay() may be called. */
	void (*decoded)(void *o);
	/* Data are about to move (VC_START). */
	enum vc_start (*start)(void *o);
	/* None of them is written to memory (false). */
	bool (*withholds_data)(void *o);
	/* The result is about to be built. */
	void (*report)(void *o, struct vc_report *report);

	/* First word of the descriptor at `at`, as it is to be taken (word). */
	uint32_t (*fetch)(void *o, enum vc_ring_id ring, uint32_t at, uint32_t word);
	/* An engine holds a descriptor. */
	void (*held)(void *o, enum vc_ring_id ring, uint32_t addr, uint32_t len);
	/* It is done with one: VALID stays in memory (false). */
	bool (*keeps_valid)(void *o, enum vc_ring_id ring, uint32_t at, uint32_t flags);
	/* It has written one back. */
	void (*returned)(void *o, enum vc_ring_id ring, uint32_t at);
	/* A ring begins anew. */
	void (*forget)(void *o, enum vc_ring_id ring);
	/* Bytes of `whole` the engine may still move when `done` are (VC_NO_LIMIT). */
	uint32_t (*limit)(void *o, enum vc_ring_id ring, uint32_t done, uint32_t whole);

	/* p may be changed. */
	void (*bytes)(void *o, enum vc_bytes where, uint8_t *p);
	/* The source has to go through the unit's buffer for that (false). */
	bool (*wants_input)(void *o);
	void (*digest)(void *o, uint8_t *digest);

	/* The result is not written to memory (false). */
	bool (*withholds_result)(void *o);
	/* It is in memory, its VALID not yet cleared. */
	void (*delivered)(void *o, uint32_t addr, uint32_t len);
	/* The result ring's bits for CSR that the host is told of now (bits). */
	uint32_t (*status)(void *o, uint32_t bits);
	/* The level of the line, if the registers want this one (wanted). */
	bool (*line)(void *o, bool wanted);

	/* A step begins, before anything else; it ends. */
	void (*step_begin)(void *o);
	void (*step_end)(void *o);
	/* When the next step is wanted at the latest, ns (never). */
	uint64_t (*date)(void *o);
};

#endif
