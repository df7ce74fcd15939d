/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command line.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "../vcard.h"

#define MAX_FAULTS	16

struct options {
	const char *socket;
	const char *transport;	/* its name; NULL: the first there is */
	const char *control;
	const char *trace;
	unsigned int trace_last;	/* lines of it; 0: all */
	const char *counters;
	const char *log;
	const char *clock;	/* its text; NULL: instant */
	const char *bus;	/* file of a shared bus */
	const char *faults[MAX_FAULTS];
	unsigned int nfaults;
	struct vcard_config card;
};

/* 0 to go on, 1 to leave with status 0, 2 on a bad command line */
int options_parse(struct options *opt, int argc, char **argv);

#endif
