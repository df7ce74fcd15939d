/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looks into a card that change nothing. All of struct vc_card is open to who
 * includes card.h and holds a pointer to const; here is what takes more than that.
 */
#ifndef VC_INSPECT_H
#define VC_INSPECT_H

#include "card.h"

/* Places in the card's memories that hold these bytes; len at least 1. */
size_t vc_find(const struct vc_card *card, const void *bytes, size_t len);

#endif
