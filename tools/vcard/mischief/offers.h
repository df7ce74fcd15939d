/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The book of what the host offers in its rings, whatever a hostile card has written
 * there. Kept once the card was hostile; all take NULL for "no book".
 */
#ifndef MISCHIEF_OFFERS_H
#define MISCHIEF_OFFERS_H

#include "../silicon/ring.h"

struct offers;

/* NULL: no memory. */
struct offers *offers_new(const struct vc_regfile *regs);
void offers_free(struct offers *o);
/* A ring begins anew. */
void offers_forget(struct offers *o, enum vc_ring_id id);
/* The first word of a descriptor as the host means it, when memory holds `mem`. */
uint32_t offer_read(struct offers *o, enum vc_ring_id id, uint32_t at, uint32_t mem);
/* The card leaves `card` in the word, which for the host is `host`. */
void offer_taint(struct offers *o, enum vc_ring_id id, uint32_t at, uint32_t host,
		 uint32_t card);
/* The descriptor is given back: what is in memory now is true. */
void offer_done(struct offers *o, enum vc_ring_id id, uint32_t at);
/* One of the descriptors the card has fetched; false: it has fetched none. */
bool offer_pick(const struct offers *o, enum vc_ring_id id, uint32_t random, uint32_t *at);

#endif
