/* SPDX-License-Identifier: BSD-2-Clause */
/* Small files of the kernel's, read whole; and the words in them. */
#ifndef FILES_H
#define FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FILE_MOST	(1 << 20)	/* bytes that are read of a file */

/*
 * The text of a file below root, with a 0 at its end; the caller frees it. NULL with errno set;
 * E2BIG: longer than FILE_MOST. A 0 inside ends the text.
 */
char *read_file(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same without the end of its line, in @text of @bytes; "" and false when it cannot be read. */
bool read_line(char *text, size_t bytes, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A number alone in a file; @otherwise when there is none. */
uint64_t read_number(uint64_t otherwise, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Into a file that is there: 0, or why not, as errno has it. */
int write_file(const char *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool file_exists(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The last part of what a link names; "" and false when there is none. */
bool read_link(char *text, size_t bytes, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The next line of *text, which moves on; NULL at the end. Ends it with a 0. */
char *next_line(char **text);
/* The next word of a line, ended with a 0; NULL at the end. */
char *next_word(char **line);
/* The whole of it is a decimal number, or one with 0x. */
bool get_number(const char *word, uint64_t *number);
bool starts_with(const char *text, const char *with);

#endif
