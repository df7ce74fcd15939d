/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vcard - a HIFN 7955/7956 as a library: registers, rings, engines, no
 * transport. The vfio-user server and the tests are its users.
 *
 * One card is one struct vcard; it is used by one thread at a time. The card
 * does nothing by itself: vcard_step() makes it work and tells when it wants to
 * be called again. Reset values and guesses: docs/reference/vcard.md.
 */
#ifndef VCARD_H
#define VCARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct vcard;

#define VCARD_BARS		3
#define VCARD_CONFIG_BYTES	256
#define VCARD_NEVER		UINT64_MAX

struct vcard_ops {
	/*
	 * Host memory behind the bus address addr, or NULL if nothing answers
	 * there. *avail: contiguous bytes from there on, at least 1. Called for
	 * every access, never kept across vcard_step() calls. Concurrent
	 * changes of the memory by the host are expected.
	 */
	void *(*dma)(void *opaque, uint32_t addr, bool write, uint32_t *avail);
	/* The interrupt line changed. May be NULL: ask vcard_irq(). */
	void (*irq)(void *opaque, bool level);
	/* One line without newline. May be NULL. */
	void (*log)(void *opaque, const char *line);
	/* Time in ns, monotonic. May be NULL: CLOCK_MONOTONIC. */
	uint64_t (*now)(void *opaque);
};

/*
 * What the chip is like where nobody knows, docs/reference/vcard.md "Knobs"; zeroed: as modelled. To be
 * changed by the two functions below.
 */
#define VCARD_KNOBS	29
struct vcard_knobs {
	uint8_t value[VCARD_KNOBS];
};

/*
 * One of them, NAME=VALUE; all, from a profile. NULL, or what is wrong with it until the next
 * call, and nothing has changed.
 */
const char *vcard_knob(struct vcard_knobs *knobs, const char *text);
const char *vcard_profile(struct vcard_knobs *knobs, FILE *file);
/* What there is to choose from, as lines of text. */
void vcard_knob_help(FILE *f);

struct vcard_config {
	uint16_t device;	/* 7955 or 7956; 0 means 7955 */
	bool unlocked;		/* powers up at level 2 */
	bool strict_unlock;	/* wrong or repeated unlock locks until PCI reset */
	uint64_t seed;		/* of RNG_DATA and the unlock seed */
	struct vcard_knobs knobs;
	FILE *trace;		/* or NULL; stays the caller's */
	const struct vcard_ops *ops;
	void *opaque;		/* handed to ops */
};

/* NULL: no memory, or a cipher is missing in libcrypto (a message was logged). */
struct vcard *vcard_create(const struct vcard_config *cfg);
void vcard_destroy(struct vcard *vc);

/*
 * Power off and on: as vcard_create() leaves a card, with counters, memories, seeds, clock
 * and faults as new, but without the cost of libcrypto's contexts. cfg NULL: as before.
 */
void vcard_power_cycle(struct vcard *vc, const struct vcard_config *cfg);

/*
 * Another chip in its place, by a knob, or by "default" the modelled one: power off and on.
 * NULL, or as vcard_knob().
 */
const char *vcard_become(struct vcard *vc, const char *knob);

/* Reset by the PCI bus: as after power-up, but the context RAM keeps its bytes. */
void vcard_pci_reset(struct vcard *vc);

/* 0: there is no such BAR. */
uint32_t vcard_bar_bytes(const struct vcard *vc, unsigned int bar);

/*
 * len bytes at off of a BAR or of configuration space, in bus order. Returns
 * false, and has no effect, when the access is outside; reads then give ones.
 */
bool vcard_read(struct vcard *vc, unsigned int bar, uint32_t off, void *buf,
		uint32_t len);
bool vcard_write(struct vcard *vc, unsigned int bar, uint32_t off,
		 const void *buf, uint32_t len);
bool vcard_config_read(struct vcard *vc, uint32_t off, void *buf, uint32_t len);
bool vcard_config_write(struct vcard *vc, uint32_t off, const void *buf,
			uint32_t len);

/* The same for one register. */
uint32_t vcard_rd32(struct vcard *vc, unsigned int bar, uint32_t off);
void vcard_wr32(struct vcard *vc, unsigned int bar, uint32_t off, uint32_t val);

/*
 * Run the engines until nothing can be done or about `budget` bytes were moved
 * (a descriptor counts as 64). Returns when to call again, in the time of
 * ops->now: 0 at once, VCARD_NEVER not before the next register access. A ring
 * that polls for work is no reason to call: see vcard_polling().
 */
uint64_t vcard_step(struct vcard *vc, uint32_t budget);

/* Some engine re-fetches an invalid descriptor: call vcard_step() now and then. */
bool vcard_polling(const struct vcard *vc);

/* Counts everything the card has done; a changed value means activity. */
uint64_t vcard_activity(const struct vcard *vc);

/* Level of the interrupt line, INTx disable not considered. */
bool vcard_irq(const struct vcard *vc);
/* Command register bit 10, for the transport. */
bool vcard_intx_disabled(const struct vcard *vc);

/*
 * How long things take: "instant", as after vcard_create(), or "pci33,engine=264" and so
 * on, docs/reference/vcard.md. From now on, on a card that works too. On a bus that others use the
 * first call has to name the bus as they did; a later one changes it for all. Returns NULL,
 * or what is wrong, until the next call.
 */
const char *vcard_clock(struct vcard *vc, const char *spec);
/* The text that says what the clock is. */
const char *vcard_clock_text(struct vcard *vc);
void vcard_clock_help(FILE *f);
/*
 * Memory of a bus for cards that share one: vcard_bus_bytes() of it, zeroed by whoever is
 * first, 8-byte aligned, there as long as the cards; of one process, or mapped by several.
 * Before the first vcard_clock(); else the card has a bus to itself.
 */
size_t vcard_bus_bytes(void);
void vcard_share_bus(struct vcard *vc, void *memory);

/* Counters as one line of JSON without newline; malloc()ed, or NULL. */
char *vcard_counters_json(const struct vcard *vc);
void vcard_counters_reset(struct vcard *vc);
/*
 * Counters of whoever brings the accesses, shown among the card's and reset with
 * them: interrupts sent, taken back unseen, messages refused. They stay the
 * caller's; without this call the JSON has zeros.
 */
struct vcard_bus {
	uint64_t *fired, *retracted, *refused;
};
void vcard_show_bus(struct vcard *vc, const struct vcard_bus *bus);

/* Places in the card's memories that hold these bytes; len at least 1. */
size_t vcard_find(const struct vcard *vc, const void *bytes, size_t len);

/* For tests: all of its state, to be read. silicon/card.h, mischief/mischief.h */
struct vc_card;
struct mischief;
const struct vc_card *vcard_silicon(const struct vcard *vc);
const struct mischief *vcard_mischief(const struct vcard *vc);

/* NULL, or what is wrong with spec. */
const char *vcard_fault(struct vcard *vc, const char *spec);
void vcard_faults_clear(struct vcard *vc);
/* What the hostile card did last, in one line; malloc()ed, or NULL. */
char *vcard_hostile_log(const struct vcard *vc);
/* What there is to choose from, as lines of text. */
void vcard_fault_help(FILE *f);

#endif
