/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file of a survey: a profile of vcard's, written a line at a time, each on the disk before
 * what it announces is done. docs/reference/survey.md has its grammar.
 */
#ifndef SURVEY_FILE_H
#define SURVEY_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define SURVEY_IDS	32	/* experiments, at most */

struct survey_file {
	int fd;
	off_t cut;		/* behind this nothing stays, once a line is written; or -1 */
	const char *path;
	bool made;		/* by us, and nothing was asked of a card yet */
	char boot[40];		/* the id of this boot */
	char begun[SURVEY_IDS][8];	/* what is behind us: ended, or a culprit */
	size_t nr_begun;
	char culprit[8];	/* what an earlier boot did not survive, found just now; or "" */
	char endangered[8];	/* of group E, begun in this boot; or "" */
};

/* All return OK, or UNKNOWN and have said why. */
int survey_file_create(struct survey_file *file, const char *path);
/* danger: one of group E, or NULL: of these there is one for each boot. */
int survey_file_resume(struct survey_file *file, const char *path, const char *danger);
int survey_file_begin(struct survey_file *file, const char *id);
int survey_file_end(struct survey_file *file, const char *id);
/* Instead of the end, if the card was not asked: it is not behind us. */
int survey_file_again(struct survey_file *file, const char *id);
/* Lines, each with its end; on the disk with the next begin or end. */
int survey_file_text(struct survey_file *file, const char *text);
/* The last line. */
int survey_file_finish(struct survey_file *file);
/* Closes it; one in which nothing was begun is not left behind. */
void survey_file_close(struct survey_file *file);

bool survey_file_has(const struct survey_file *file, const char *id);

#endif
