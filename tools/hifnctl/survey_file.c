// SPDX-License-Identifier: BSD-2-Clause
/* The file of a survey: what is written is on the disk before it is relied on. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "hifnctl.h"
#include "survey_file.h"

#define FIRST_LINE	"hifn-profile 1\n"

static int cannot(const struct survey_file *file)
{
	return fail("%s: %s: nothing is asked of a card before its line is on a disk", file->path,
		    strerror(errno));
}

static int sync_file(struct survey_file *file)
{
	return fsync(file->fd) ? cannot(file) : OK;
}

/* Its name, too, outlives a machine that stops. */
static int sync_directory(const struct survey_file *file)
{
	char *path = copy_text(file->path);
	int fd = open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = fd < 0 ? errno : 0;

	free(path);
	if (fd >= 0) {
		/* some file systems, NFS among them, know no such thing */
		if (fsync(fd) && errno != EINVAL)
			err = errno;
		close(fd);
	}
	errno = err;
	return err ? cannot(file) : OK;
}

int survey_file_text(struct survey_file *file, const char *text)
{
	size_t left = strlen(text);

	if (file->cut >= 0 && ftruncate(file->fd, file->cut))
		return cannot(file);
	file->cut = -1;
	while (left) {
		ssize_t n = write(file->fd, text, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return cannot(file);
		text += n;
		left -= n;
	}
	return OK;
}

static int line(struct survey_file *file, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int line(struct survey_file *file, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return survey_file_text(file, text);
}

static void note(struct survey_file *file, const char *id)
{
	if (survey_file_has(file, id) || file->nr_begun == SURVEY_IDS)
		return;
	snprintf(file->begun[file->nr_begun++], sizeof(file->begun[0]), "%s", id);
}

bool survey_file_has(const struct survey_file *file, const char *id)
{
	size_t i;

	for (i = 0; i < file->nr_begun; i++)
		if (!strcmp(file->begun[i], id))
			return true;
	return false;
}

static int begin_file(struct survey_file *file, const char *path)
{
	memset(file, 0, sizeof(*file));
	file->fd = -1;
	file->cut = -1;
	file->path = path;
	if (read_line(file->boot, sizeof(file->boot), "/proc/sys/kernel/random/boot_id"))
		return OK;
	return fail("the kernel does not tell its boot's id: is /proc mounted?");
}

int survey_file_create(struct survey_file *file, const char *path)
{
	if (begin_file(file, path))
		return UNKNOWN;
	file->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
	if (file->fd < 0)
		return fail("%s: %s", path, errno == EEXIST ?
			    "it is there already: another name, or --resume to go on with it" :
			    strerror(errno));
	file->made = true;
	if (survey_file_text(file, FIRST_LINE) || sync_file(file) || sync_directory(file)) {
		survey_file_close(file);
		return UNKNOWN;
	}
	return OK;
}

/* ---- going on ---- */

/* What its lines say of the time before. */
struct past {
	char open[8];		/* begun and not ended, */
	char boot[40];		/* in that boot */
	off_t end;		/* where the last line begins, if it is the end */
	off_t whole;		/* behind the last line that is whole */
};

static void read_begin(struct survey_file *file, struct past *past, char *words)
{
	const char *id = next_word(&words);
	const char *boot = next_word(&words);

	if (!id || !boot)
		return;
	snprintf(past->open, sizeof(past->open), "%s", id);
	snprintf(past->boot, sizeof(past->boot), "%s", boot);
	if (*id == 'E' && !strcmp(boot, file->boot))
		snprintf(file->endangered, sizeof(file->endangered), "%s", id);
}

static void read_one(struct survey_file *file, struct past *past, char *text)
{
	if (starts_with(text, "begin ")) {
		read_begin(file, past, text + 6);
	} else if (starts_with(text, "end ")) {
		note(file, text + 4);
		past->open[0] = '\0';
	} else if (starts_with(text, "evidence culprit ")) {
		text += 17;
		text[strcspn(text, ":")] = '\0';
		note(file, text);
		past->open[0] = '\0';
	} else if (starts_with(text, "evidence again ")) {
		text += 15;
		text[strcspn(text, ":")] = '\0';
		if (!strcmp(text, file->endangered))
			file->endangered[0] = '\0';
		past->open[0] = '\0';
	}
}

static void read_lines(struct survey_file *file, struct past *past, char *text)
{
	char *at = text;
	char *end;

	past->end = -1;
	while ((end = strchr(at, '\n'))) {
		*end = '\0';
		past->end = strcmp(at, "end") ? -1 : at - text;
		read_one(file, past, at);
		at = end + 1;
		past->whole = at - text;
	}
}

/* The whole of it; a trace is long, but no survey has more than this. */
#define MOST_BYTES	(64 << 20)

static char *read_whole(struct survey_file *file)
{
	off_t bytes = lseek(file->fd, 0, SEEK_END);
	char *text;

	if (bytes < 0 || bytes > MOST_BYTES) {
		fail("%s: no file of a survey", file->path);
		return NULL;
	}
	text = get_memory(bytes + 1);
	if (pread(file->fd, text, bytes, 0) == bytes)
		return text;
	free(text);
	cannot(file);
	return NULL;
}

static int check_first(const struct survey_file *file, const char *text)
{
	if (!strncmp(text, FIRST_LINE, strlen(FIRST_LINE)))
		return OK;
	if (starts_with(text, "hifn-profile "))
		return fail("%s: from a newer hifnctl: go on with that one", file->path);
	return fail("%s: no file of a survey", file->path);
}

/* What was begun in another boot and has no end is what that boot did not survive. */
static int name_culprit(struct survey_file *file, const struct past *past)
{
	if (!*past->open || !strcmp(past->boot, file->boot))
		return OK;
	snprintf(file->culprit, sizeof(file->culprit), "%s", past->open);
	note(file, past->open);
	return line(file, "evidence culprit %s: no end of it, and the machine was started anew\n",
		    past->open);
}

int survey_file_resume(struct survey_file *file, const char *path, const char *danger)
{
	struct past past = { 0 };
	char *text;
	int status;

	if (begin_file(file, path))
		return UNKNOWN;
	file->fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC);
	if (file->fd < 0)
		return fail("%s: %s", path, strerror(errno));
	text = read_whole(file);
	status = text ? check_first(file, text) : UNKNOWN;
	if (!status) {
		read_lines(file, &past, text);
		if (danger && *file->endangered)
			status = fail("%s was run in this boot: one of group E for each power cycle",
				      file->endangered);
	}
	/* half a line is what a machine leaves that stops */
	file->cut = past.end >= 0 ? past.end : past.whole;
	free(text);
	if (status || name_culprit(file, &past) || sync_file(file)) {
		survey_file_close(file);
		return UNKNOWN;
	}
	return OK;
}

/* ---- */

int survey_file_begin(struct survey_file *file, const char *id)
{
	if (line(file, "begin %s %s\n", id, file->boot) || sync_file(file))
		return UNKNOWN;
	file->made = false;
	return OK;
}

int survey_file_end(struct survey_file *file, const char *id)
{
	note(file, id);
	return line(file, "end %s\n", id) || sync_file(file) ? UNKNOWN : OK;
}

int survey_file_again(struct survey_file *file, const char *id)
{
	return line(file, "evidence again %s: it was not asked, --resume does\n", id) ||
	       sync_file(file) ? UNKNOWN : OK;
}

int survey_file_finish(struct survey_file *file)
{
	return survey_file_text(file, "end\n") || sync_file(file) ? UNKNOWN : OK;
}

void survey_file_close(struct survey_file *file)
{
	if (file->fd < 0)
		return;
	close(file->fd);
	file->fd = -1;
	if (file->made)
		unlink(file->path);
}
