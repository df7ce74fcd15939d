/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Doctor's checks: each has an id that stays, and is documented in hifnctl(8). They run in this
 * order: module, card, algorithm, user; each says what it found, and what to do.
 */
#ifndef DOCTOR_H
#define DOCTOR_H

#include "hifnctl.h"
#include "look.h"

/* What following a remedy costs. */
enum remedy {
	NO_REMEDY,
	SAFE,
	INTERRUPTS,	/* the use of what is being asked about */
	REWRITES,	/* the disk */
};

struct found {
	enum verdict verdict;
	const char *id;
	char about[128];	/* a card, volume, SA or algorithm; "" */
	char text[256];
	char remedy[320];	/* "" */
	enum remedy cost;
};

struct doctor {
	struct look look;
	char release[128];	/* of the running kernel */
	const char *only;	/* volume, SA or card asked about; NULL: all */
	struct found *found;
	size_t nr;
};

/* About the thing, or "": what was seen. */
void found(struct doctor *d, enum verdict verdict, const char *id, const char *about,
	   const char *format, ...) __attribute__((format(printf, 5, 6)));
/* What to do about the last one. */
void remedy(struct doctor *d, enum remedy cost, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* False: the rest makes no sense, as there is no module. */
bool doctor_modules(struct doctor *d);
void doctor_cards(struct doctor *d);
void doctor_algorithms(struct doctor *d);
void doctor_users(struct doctor *d);

#endif
