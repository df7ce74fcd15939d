// SPDX-License-Identifier: BSD-2-Clause
/* What is said, and how: JSON, errors, colour. */
#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hifnctl.h"

const char *root = "";
bool json;

json_object *json_begin(void)
{
	json_object *object = json_object_new_object();

	if (!object)
		out_of_memory();
	json_add_number(object, "format_version", FORMAT_VERSION);
	return object;
}

void json_end(json_object *object)
{
	puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	fflush(stdout);
	json_object_put(object);
}

void json_add(json_object *object, const char *key, json_object *value)
{
	json_object_object_add(object, key, value);
}

void json_add_text(json_object *object, const char *key, const char *text)
{
	json_add(object, key, text ? json_object_new_string(text) : NULL);
}

void json_add_number(json_object *object, const char *key, uint64_t number)
{
	json_add(object, key, json_object_new_uint64(number));
}

static int say_error(const char *text)
{
	json_object *object;

	if (!json) {
		fprintf(stderr, "hifnctl: %s\n", text);
		return UNKNOWN;
	}
	object = json_begin();
	json_add_text(object, "error", text);
	json_end(object);
	return UNKNOWN;
}

int fail(const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return say_error(text);
}

int usage_error(const struct command *command, const char *format, ...)
{
	char text[512];
	size_t used;
	va_list args;

	used = snprintf(text, sizeof(text), "%s: ", command->name);
	va_start(args, format);
	vsnprintf(text + used, sizeof(text) - used, format, args);
	va_end(args);
	used = strlen(text);
	snprintf(text + used, sizeof(text) - used, "; hifnctl %s -h", command->name);
	return say_error(text);
}

void out_of_memory(void)
{
	fputs("hifnctl: out of memory\n", stderr);
	exit(UNKNOWN);
}

void *get_memory(size_t bytes)
{
	void *memory = calloc(1, bytes ? bytes : 1);

	if (!memory)
		out_of_memory();
	return memory;
}

void *get_pages(size_t bytes)
{
	void *memory = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);

	if (!memory)
		out_of_memory();
	return memory;
}

/* By doubling at powers of two. */
void *one_more(void *array, size_t *nr, size_t bytes)
{
	if (!(*nr & (*nr - 1))) {
		size_t room = *nr ? *nr * 2 : 1;

		array = reallocarray(array, room, bytes);
		if (!array)
			out_of_memory();
	}
	memset((char *)array + *nr * bytes, 0, bytes);
	++*nr;
	return array;
}

char *copy_text(const char *text)
{
	char *copy = get_memory(strlen(text) + 1);

	return strcpy(copy, text);
}

static bool has_colour(void)
{
	const char *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && (!no || !*no) && term && strcmp(term, "dumb");
}

const char *verdict_word(enum verdict verdict)
{
	static const char *const plain[] = { "ok", "warn", "crit", "unkn" };
	static const char *const coloured[] = {
		"\033[32mok\033[0m", "\033[33mwarn\033[0m", "\033[31mcrit\033[0m",
		"\033[35munkn\033[0m",
	};

	return has_colour() ? coloured[verdict] : plain[verdict];
}

bool has_utf8(void)
{
	setlocale(LC_CTYPE, "");
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}
