// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the host offers in its rings, whatever a hostile card has written there:
 * with this book the card can fill descriptors with rubbish and still never
 * touch memory that the host has not given to it, or has got back.
 */
#include <stdlib.h>

#include "../../../drivers/hifn_desc.h"
#include "offers.h"

#define ENTRIES		4096	/* per ring; beyond them nothing is written */

struct offer {
	bool seen;		/* fetched since the ring's base was set */
	bool tainted;		/* the card wrote it: */
	uint32_t host;		/*   what the host's word was, */
	uint32_t card;		/*   and what the card's is */
};

struct offers {
	const struct vc_regfile *regs;
	struct offer entry[VC_RINGS][ENTRIES];
	uint32_t top[VC_RINGS];	/* entries up to here may be seen */
};

struct offers *offers_new(const struct vc_regfile *regs)
{
	struct offers *o = calloc(1, sizeof(*o));

	if (o)
		o->regs = regs;
	return o;
}

void offers_free(struct offers *o)
{
	free(o);
}

void offers_forget(struct offers *o, enum vc_ring_id id)
{
	if (!o)
		return;
	memset(o->entry[id], 0, sizeof(o->entry[id]));
	o->top[id] = 0;
}

static struct offer *offer_at(struct offers *o, enum vc_ring_id id, uint32_t at)
{
	uint32_t off, i;

	if (!o)
		return NULL;
	off = at - REG1(o->regs, vc_ring_base[id]);
	i = off / sizeof(struct hifn_desc);
	if (off % sizeof(struct hifn_desc) || i >= ENTRIES)
		return NULL;
	o->top[id] = max(o->top[id], i + 1);
	return &o->entry[id][i];
}

/*
 * A host that publishes sets VALID in what it finds; any other change means
 * that the whole word is the host's again. Where both have VALID, it is not known
 * to be offered.
 */
uint32_t offer_read(struct offers *o, enum vc_ring_id id, uint32_t at, uint32_t mem)
{
	struct offer *e = offer_at(o, id, at);

	if (!e)
		return mem;
	e->seen = true;
	if (!e->tainted)
		return mem;
	if (((mem ^ e->card) & ~HIFN_D_VALID) || (e->card & ~mem & HIFN_D_VALID)) {
		e->tainted = false;
		return mem;
	}
	return e->host | (mem & ~e->card & HIFN_D_VALID);
}

void offer_taint(struct offers *o, enum vc_ring_id id, uint32_t at, uint32_t host,
		 uint32_t card)
{
	struct offer *e = offer_at(o, id, at);

	if (e)
		*e = (struct offer){ true, true, host, card };
}

void offer_done(struct offers *o, enum vc_ring_id id, uint32_t at)
{
	struct offer *e = offer_at(o, id, at);

	if (e)
		e->tainted = false;
}

bool offer_pick(const struct offers *o, enum vc_ring_id id, uint32_t random, uint32_t *at)
{
	uint32_t i;

	if (!o || !o->top[id])
		return false;
	i = random % o->top[id];
	*at = REG1(o->regs, vc_ring_base[id]) + i * sizeof(struct hifn_desc);
	return o->entry[id][i].seen;
}
