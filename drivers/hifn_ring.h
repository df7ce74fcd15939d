/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Accounting of the four rings of a card: which entries belong to the host,
 * which to the card, and in what order they change hands.
 *
 * One chain per job: 1 command, 1 result, n source, m destination entries.
 * A chain is claimed, filled, and published or rolled back; later harvested
 * (the card is done with it) and released (the entries may be reused). Chains
 * pass through every step in the order of submission. Nothing here is kept in
 * DMA memory but the descriptors. The caller serialises all calls.
 */
#ifndef HIFN_RING_H
#define HIFN_RING_H

#include "hifn_desc.h"
#include "hifn_env.h"

struct hifn_ring {
	struct hifn_desc *desc;	/* nr entries, then the jump; DMA memory */
	u32 bus;		/* of desc[0] */
	u16 nr;			/* entries without the jump */
	u16 head;		/* next entry to publish */
	u16 used;		/* published and not released; they end at head */
	u16 claimed;		/* of the chain being built; they begin at head */
	u16 filled;		/* of the claimed ones */
};

/* A chain: whose it is, and the entries it occupies besides its result entry. */
struct hifn_chain {
	u16 slot;		/* the caller's word for the job */
	u16 cmd;		/* the one, or the first, of each ring */
	u16 src;
	u16 dst;
	u16 nr_src;
	u16 nr_dst;
};

struct hifn_rings {
	struct hifn_ring cmd;
	struct hifn_ring src;
	struct hifn_ring dst;
	struct hifn_ring res;
	struct hifn_chain *chain;	/* by result entry; res.nr of them */
	u16 harvested;		/* of res.used: harvested and not released */
};

/* One entry of every ring stays empty, see hifn_ring_fill(). */
static inline u16 hifn_ring_capacity(const struct hifn_ring *r)
{
	return r->nr - 1;
}

static inline u16 hifn_ring_room(const struct hifn_ring *r)
{
	return hifn_ring_capacity(r) - r->used - r->claimed;
}

/* nr >= 2; desc has nr + 1 entries at an address that is a multiple of 8. */
void hifn_ring_init(struct hifn_ring *r, struct hifn_desc *desc, u32 bus, u16 nr);

/* Forget everything. Only when the card's engines are stopped or in reset. */
void hifn_rings_reset(struct hifn_rings *rs);

/*
 * Reserve a chain in all four rings or in none: -EBUSY when there is no room
 * now, -EINVAL when there never will be. slot is the caller's number of what
 * belongs to the job, wherever in the rings it will lie.
 */
int hifn_rings_claim(struct hifn_rings *rs, u16 nr_src, u16 nr_dst, u16 slot);

/* Fill the next claimed entry; l without HIFN_D_VALID. */
void hifn_ring_fill(struct hifn_ring *r, u32 l, u32 p);

/* Give the claimed and filled chain to the card. */
void hifn_rings_publish(struct hifn_rings *rs);

/* Give up the claimed chain. */
void hifn_rings_rollback(struct hifn_rings *rs);

/*
 * If the card has finished the oldest chain not yet harvested, and given back all
 * of its entries: true, its slot, and everything the card wrote for it is visible.
 */
bool hifn_rings_harvest(struct hifn_rings *rs, u16 *slot);

/* Is there something to harvest? */
bool hifn_rings_done(const struct hifn_rings *rs);

/* Is the oldest chain's result there? A hint; for it the caller needs no lock. */
bool hifn_rings_ready(const struct hifn_rings *rs);

/* Make the entries of the oldest harvested chain free. */
void hifn_rings_release(struct hifn_rings *rs);

/*
 * Take back the oldest chain not released, finished or not: true and its slot,
 * to be released next. Only when the card does not look at the rings any more.
 */
bool hifn_rings_abandon(struct hifn_rings *rs, u16 *slot);

/* Slot of the oldest chain the card still has; only if hifn_rings_busy(). */
u16 hifn_rings_oldest(const struct hifn_rings *rs);

/* Chains published and not harvested. */
static inline u16 hifn_rings_busy(const struct hifn_rings *rs)
{
	return rs->res.used - rs->harvested;
}

#endif
