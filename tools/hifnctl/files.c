// SPDX-License-Identifier: BSD-2-Clause
/* Small files of the kernel's, read whole; and the words in them. */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "hifnctl.h"

static bool path_of(char *path, size_t bytes, const char *format, va_list args)
{
	size_t used = strlen(root);

	if (used >= bytes)
		return false;
	memcpy(path, root, used);
	return vsnprintf(path + used, bytes - used, format, args) < (int)(bytes - used);
}

static char *read_all(int fd)
{
	size_t room = 4096;
	size_t used = 0;
	char *text = get_memory(room);
	ssize_t got;

	while ((got = read(fd, text + used, room - 1 - used)) > 0) {
		used += got;
		if (used >= FILE_MOST) {
			free(text);
			errno = E2BIG;
			return NULL;
		}
		if (room - 1 - used)
			continue;
		room *= 2;
		text = realloc(text, room);
		if (!text)
			out_of_memory();
	}
	if (got < 0) {
		free(text);
		return NULL;
	}
	text[used] = '\0';
	return text;
}

static char *read_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text;
	int err;

	if (fd < 0)
		return NULL;
	text = read_all(fd);
	err = errno;
	close(fd);
	errno = err;
	return text;
}

static char *read_at(const char *format, va_list args)
{
	char path[1024];

	if (path_of(path, sizeof(path), format, args))
		return read_path(path);
	errno = ENAMETOOLONG;
	return NULL;
}

char *read_file(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = read_at(format, args);
	va_end(args);
	return text;
}

bool read_line(char *line, size_t bytes, const char *format, ...)
{
	va_list args;
	char *text;

	*line = '\0';
	va_start(args, format);
	text = read_at(format, args);
	va_end(args);
	if (!text)
		return false;
	snprintf(line, bytes, "%.*s", (int)strcspn(text, "\n"), text);
	free(text);
	return true;
}

uint64_t read_number(uint64_t otherwise, const char *format, ...)
{
	uint64_t number = otherwise;
	va_list args;
	char *text;

	va_start(args, format);
	text = read_at(format, args);
	va_end(args);
	if (!text)
		return otherwise;
	text[strcspn(text, "\n")] = '\0';
	if (!get_number(text, &number))
		number = otherwise;
	free(text);
	return number;
}

int write_file(const char *text, const char *format, ...)
{
	char path[1024];
	va_list args;
	bool fits;
	int err = 0;
	int fd;

	va_start(args, format);
	fits = path_of(path, sizeof(path), format, args);
	va_end(args);
	if (!fits)
		return ENAMETOOLONG;
	fd = open(path, O_WRONLY | O_CLOEXEC | (*root ? O_TRUNC : 0));
	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		err = errno;
	close(fd);
	return err;
}

bool file_exists(const char *format, ...)
{
	char path[1024];
	va_list args;
	bool fits;

	va_start(args, format);
	fits = path_of(path, sizeof(path), format, args);
	va_end(args);
	return fits && !access(path, F_OK);
}

bool read_link(char *text, size_t bytes, const char *format, ...)
{
	char path[1024];
	char target[1024];
	const char *last;
	ssize_t got;
	va_list args;
	bool fits;

	*text = '\0';
	va_start(args, format);
	fits = path_of(path, sizeof(path), format, args);
	va_end(args);
	got = fits ? readlink(path, target, sizeof(target) - 1) : -1;
	if (got < 0)
		return false;
	target[got] = '\0';
	last = strrchr(target, '/');
	snprintf(text, bytes, "%s", last ? last + 1 : target);
	return true;
}

char *next_line(char **text)
{
	char *line = *text;

	if (!line || !*line)
		return NULL;
	*text = line + strcspn(line, "\n");
	if (**text)
		*(*text)++ = '\0';
	return line;
}

char *next_word(char **line)
{
	char *word = *line + strspn(*line, " \t");

	if (!*word)
		return NULL;
	*line = word + strcspn(word, " \t");
	if (**line)
		*(*line)++ = '\0';
	return word;
}

bool get_number(const char *word, uint64_t *number)
{
	unsigned long long value;
	char *end;

	if (!isdigit((unsigned char)*word))
		return false;
	errno = 0;
	value = strtoull(word, &end, starts_with(word, "0x") ? 16 : 10);
	if (errno || *end)
		return false;
	*number = value;
	return true;
}

bool starts_with(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}
