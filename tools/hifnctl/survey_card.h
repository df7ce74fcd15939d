/* SPDX-License-Identifier: BSD-2-Clause */
/* The module hifn_survey, and the files it has for a card. */
#ifndef SURVEY_CARD_H
#define SURVEY_CARD_H

#include <stdbool.h>

struct card;

struct survey_card {
	char address[32];
	bool loaded;		/* the module, by us */
};

/* The module has the card; OK, or UNKNOWN and it has said why, and left nothing. */
int survey_card_take(struct survey_card *sc, const struct card *card);
/* Everything as it was. */
void survey_card_leave(struct survey_card *sc);
/* ID SECONDS RISK: QUESTION, a line each; the caller frees it. NULL: said. */
char *survey_card_experiments(const struct survey_card *sc);
/* One experiment, which has ended when this returns: 0, or why not, as errno has it. */
int survey_card_run(const struct survey_card *sc, const char *id);
/*
 * What the last one said, and what was done; NULL at the end of the trace, or when they are gone.
 */
char *survey_card_result(const struct survey_card *sc);
char *survey_card_trace(const struct survey_card *sc);

#endif
