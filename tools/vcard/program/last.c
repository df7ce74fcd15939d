// SPDX-License-Identifier: BSD-2-Clause
/*
 * The last lines of a stream. A trace of everything is gigabytes an hour; of a card that
 * failed its end is wanted.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "last.h"

#define LINE	160	/* bytes; the longest event of the trace has about 100. Longer ones are cut */

struct last {
	FILE *file;
	unsigned int lines;	/* room */
	unsigned long written;	/* lines so far; the next goes to written % lines */
	char line[][LINE];	/* with their newline, 0 after it */
};

/* The stream is line-buffered: what comes is a line, or the start of one too long for the buffer. */
static ssize_t keep(void *cookie, const char *buf, size_t size)
{
	struct last *last = cookie;
	size_t n = size < LINE - 1 ? size : LINE - 1;
	char *line;

	if (!n)
		return 0;
	line = last->line[last->written++ % last->lines];
	memcpy(line, buf, n);
	line[n] = '\0';
	line[n - 1] = '\n';
	return size;
}

static int write_out(void *cookie)
{
	struct last *last = cookie;
	unsigned long at = last->written > last->lines ? last->written - last->lines : 0;
	int bad;

	for (; at < last->written; at++)
		fputs(last->line[at % last->lines], last->file);
	bad = ferror(last->file);
	if (fclose(last->file))
		bad = EOF;
	free(last);
	return bad ? EOF : 0;
}

FILE *last_open(FILE *file, unsigned int lines)
{
	static const cookie_io_functions_t functions = { .write = keep, .close = write_out };
	struct last *last = malloc(sizeof(*last) + (size_t)lines * LINE);
	FILE *stream;

	if (!last)
		return NULL;
	*last = (struct last){ .file = file, .lines = lines };
	stream = fopencookie(last, "w", functions);
	if (!stream) {
		free(last);
		return NULL;
	}
	setvbuf(stream, NULL, _IOLBF, BUFSIZ);
	return stream;
}
