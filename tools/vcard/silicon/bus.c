// SPDX-License-Identifier: BSD-2-Clause
/*
 * The calendar of a PCI bus. First come, first served, but in model time: a booking fills
 * what earlier ones have left free, in pieces if need be, as a burst is broken off when
 * the latency timer has run out.
 */
#include "bus.h"

#define CLOCKS	32u	/* of a slot */

static uint64_t load(const uint64_t *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static bool replace(uint64_t *word, uint64_t *from, uint64_t to)
{
	return __atomic_compare_exchange_n(word, from, to, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_ACQUIRE);
}

uint32_t vc_bus_period(const struct vc_bus *bus)
{
	return load(&bus->rate);
}

void vc_bus_set(struct vc_bus *bus, uint32_t period)
{
	uint64_t rate = load(&bus->rate);

	while ((uint32_t)rate != period &&
	       !replace(&bus->rate, &rate, ((rate >> 32) + 1) << 32 | period))
		;
}

bool vc_bus_join(struct vc_bus *bus, uint32_t period)
{
	uint64_t rate = 0;

	return replace(&bus->rate, &rate, 1ull << 32 | period) || (uint32_t)rate == period;
}

/*
 * Which 32 clocks a slot is used for: the rate they are of, and the lap. Only a lap or two
 * ahead are somebody's who is further on; all else is left from before.
 */
static uint32_t tag_of(uint64_t rate, uint64_t clk)
{
	return (uint32_t)(rate >> 32) << 24 | (clk / CLOCKS / VC_BUS_SLOTS & 0xffffff);
}

static uint32_t taken(uint64_t word, uint32_t tag)
{
	uint32_t ahead = (uint32_t)(word >> 32) - tag;

	if (!ahead)
		return word;
	return ahead <= 2 ? UINT32_MAX : 0;
}

/* The lowest *n of the bits that are set, or all; *n: those still wanted. */
static uint32_t lowest(uint32_t bits, uint32_t *n)
{
	uint32_t rest = bits;

	for (; rest && *n; --*n)
		rest &= rest - 1;
	return bits & ~rest;
}

/* Books in the slot of clk alone; returns the clock to go on from. */
static uint64_t book_some(struct vc_bus *bus, uint64_t rate, uint64_t clk, uint32_t *clocks)
{
	uint64_t *slot = &bus->slot[clk / CLOCKS % VC_BUS_SLOTS];
	uint64_t first = clk - clk % CLOCKS, word = load(slot);
	uint32_t tag = tag_of(rate, clk), bits, old, left;

	do {
		left = *clocks;
		old = taken(word, tag);
		bits = lowest(~old & UINT32_MAX << clk % CLOCKS, &left);
		if (!bits)
			return first + CLOCKS;
	} while (!replace(slot, &word, (uint64_t)tag << 32 | old | bits));
	*clocks = left;
	return first + CLOCKS - __builtin_clz(bits);
}

uint64_t vc_bus_book(struct vc_bus *bus, uint64_t at, uint32_t clocks)
{
	uint64_t rate = load(&bus->rate), period = (uint32_t)rate;
	uint64_t clk;

	if (!period)
		return at;	/* no rate */
	clk = (at + period - 1) / period;
	while (clocks)
		clk = book_some(bus, rate, clk, &clocks);
	return clk * period;
}
