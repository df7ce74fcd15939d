/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PCI bus as a calendar: which of its clocks are taken. Every transaction books its
 * clocks, as many as are free from the time on at which it could begin. Cards that share a
 * bus share the calendar, in one process or in several that map the same memory: all of it
 * is single words, so that who dies leaves nothing locked and nothing half done.
 */
#ifndef VC_BUS_H
#define VC_BUS_H

#include <stdbool.h>
#include <stdint.h>

#define VC_TICKS_PER_NS	64	/* the unit of model time; 2^64 of them are 9 years */
#define VC_BUS_SLOTS	16384	/* of 32 clocks: 15 ms at 33 MHz, then they are used again */

/* Zeroed memory is a bus without a rate. */
struct vc_bus {
	uint64_t rate;			/* times it was set << 32 | ticks of a clock */
	uint64_t slot[VC_BUS_SLOTS];	/* whose 32 clocks << 32 | those taken, a bit each */
};

/* Ticks of a clock; 0: no rate. */
uint32_t vc_bus_period(const struct vc_bus *bus);
/* For all on the bus. period: at least 1. What is booked already stays booked. */
void vc_bus_set(struct vc_bus *bus, uint32_t period);
/* The same if nobody has done so; false: somebody has, and it is another one. */
bool vc_bus_join(struct vc_bus *bus, uint32_t period);
/* Books clocks from the tick `at` on; returns the tick at which the last one ends. */
uint64_t vc_bus_book(struct vc_bus *bus, uint64_t at, uint32_t clocks);

#endif
