/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clock in words: pci33,engine=264. docs/reference/vcard.md, "The clock".
 */
#ifndef INSTRUMENTS_CLOCKTEXT_H
#define INSTRUMENTS_CLOCKTEXT_H

#include <stdio.h>

#include "../silicon/clock.h"

#define CLOCKTEXT_MAX	96	/* characters of a text or a message, with its end */

struct clocktext {
	bool timed;		/* false: instant, and nothing else matters */
	bool pci66;
	unsigned int engine, poll;	/* MHz; bus clocks */
	unsigned int slow, fast;	/* all times by, over */
};

/* False: why, in CLOCKTEXT_MAX characters, says what is wrong with the text. */
bool clocktext_parse(const char *text, struct clocktext *clock, char *why);
/* The text that says the same, in CLOCKTEXT_MAX characters. */
void clocktext_print(const struct clocktext *clock, char *text);
/* What it is to the silicon. */
struct vc_clock_config clocktext_config(const struct clocktext *clock);
/* What there is to choose from, as lines of text. */
void clocktext_help(FILE *f);

#endif
