/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The language that sets faults: see faultspec.c.
 */
#ifndef MISCHIEF_FAULTSPEC_H
#define MISCHIEF_FAULTSPEC_H

#include <stdio.h>

#include "faults.h"

/* A fault as it was written. */
struct faultspec {
	enum fault_id id;
	enum vc_op alg;		/* with VC_F_CORRUPT, which has nothing else */
	uint64_t seed, one_in;	/* with VC_F_HOSTILE; one_in 0: not said */
	struct fault how;
};

/* NULL, or what is wrong with the text. */
const char *faultspec_parse(const char *text, struct faultspec *spec);
/* What there is to choose from, as lines of text. */
void faultspec_help(FILE *f);

#endif
