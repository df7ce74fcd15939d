// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the host offers in its rings, whatever a hostile card has written there:
 * with this book the card can fill descriptors with rubbish and still never
 * touch memory that the host has not given to it, or has got back.
 */
#include <stdlib.h>

#include "../vc_int.h"

#define ENTRIES		4096	/* per ring; beyond them nothing is written */

struct vc_offer {
	bool seen;		/* fetched since the ring's base was set */
	bool tainted;		/* the card wrote it: */
	uint32_t host;		/*   what the host's word was, */
	uint32_t card;		/*   and what the card's is */
};

struct vc_offers {
	struct vc_offer entry[VC_RINGS][ENTRIES];
	uint32_t top[VC_RINGS];	/* entries up to here may be seen */
};

bool vc_offers_init(struct vcard *vc)
{
	if (!vc->offers)
		vc->offers = calloc(1, sizeof(*vc->offers));
	return vc->offers;
}

void vc_offers_free(struct vcard *vc)
{
	free(vc->offers);
	vc->offers = NULL;
}

void vc_offers_forget(struct vcard *vc, enum vc_ring_id id)
{
	if (!vc->offers)
		return;
	memset(vc->offers->entry[id], 0, sizeof(vc->offers->entry[id]));
	vc->offers->top[id] = 0;
}

static struct vc_offer *offer_at(struct vcard *vc, enum vc_ring_id id, uint32_t at)
{
	uint32_t i = (at - REG1(vc, vc_ring_base[id])) / sizeof(struct hifn_desc);

	if (!vc->offers || (at - REG1(vc, vc_ring_base[id])) % sizeof(struct hifn_desc) ||
	    i >= ENTRIES)
		return NULL;
	vc->offers->top[id] = max(vc->offers->top[id], i + 1);
	return &vc->offers->entry[id][i];
}

/*
 * The first word of a descriptor as the host means it, when memory holds `mem`.
 * A host that publishes sets VALID in what it finds; any other change means
 * that the whole word is the host's again. Where both have VALID, it is not known
 * to be offered.
 */
uint32_t vc_offer_read(struct vcard *vc, enum vc_ring_id id, uint32_t at, uint32_t mem)
{
	struct vc_offer *o = offer_at(vc, id, at);

	if (!o)
		return mem;
	o->seen = true;
	if (!o->tainted)
		return mem;
	if (((mem ^ o->card) & ~HIFN_D_VALID) || (o->card & ~mem & HIFN_D_VALID)) {
		o->tainted = false;
		return mem;
	}
	return o->host | (mem & ~o->card & HIFN_D_VALID);
}

/* The card leaves `card` in the word, which for the host is `host`. */
void vc_offer_taint(struct vcard *vc, enum vc_ring_id id, uint32_t at, uint32_t host,
		    uint32_t card)
{
	struct vc_offer *o = offer_at(vc, id, at);

	if (o)
		*o = (struct vc_offer){ true, true, host, card };
}

/* The descriptor is given back: what is in memory now is true. */
void vc_offer_done(struct vcard *vc, enum vc_ring_id id, uint32_t at)
{
	struct vc_offer *o = offer_at(vc, id, at);

	if (o)
		o->tainted = false;
}

/* One of the descriptors the card has fetched; false: it has fetched none. */
bool vc_offer_pick(struct vcard *vc, enum vc_ring_id id, uint32_t random, uint32_t *at)
{
	uint32_t i;

	if (!vc->offers->top[id])
		return false;
	i = random % vc->offers->top[id];
	*at = REG1(vc, vc_ring_base[id]) + i * sizeof(struct hifn_desc);
	return vc->offers->entry[id][i].seen;
}
