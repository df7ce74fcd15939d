/* SPDX-License-Identifier: BSD-2-Clause */
/* Doctor: which guess at the chip may be wrong, and what an owner can do then. */
#ifndef DOCTOR_SILICON_H
#define DOCTOR_SILICON_H

#include "card.h"

struct silicon_remedy {
	const char *knobs;	/* names of docs/reference/vcard.md, by single spaces */
	const char *text;
};

/* Of a card that failed, or lost algorithms; NULL: none is known. */
const struct silicon_remedy *silicon_remedy(const struct card *card);

#endif
