// SPDX-License-Identifier: BSD-2-Clause
/*
 * A reader that goes once through the text. It keeps of a path how many names matched on the
 * way down; a number right there is the answer.
 */
#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "json.h"

#define MAX_DEPTH	32

struct reader {
	const char *p;
	unsigned int depth;
	const char *const *path;	/* NULL: nothing is looked for */
	bool found;
	uint64_t number;
};

/* matched: names of the path that lead here; -1: they do not */
static bool value(struct reader *r, int matched);

static void space(struct reader *r)
{
	r->p += strspn(r->p, " \t\r\n");
}

static bool take(struct reader *r, char c)
{
	space(r);
	if (*r->p != c)
		return false;
	r->p++;
	return true;
}

static bool escape(struct reader *r)
{
	char c = *r->p++;

	if (c == 'u') {
		for (int i = 0; i < 4; i++)
			if (!isxdigit((unsigned char)*r->p++))
				return false;
		return true;
	}
	return c && strchr("\"\\/bfnrt", c);
}

/* name, or NULL: sets *same if the text is that, without escapes. */
static bool string(struct reader *r, const char *name, bool *same)
{
	const char *begin;

	if (!take(r, '"'))
		return false;
	begin = r->p;
	while (*r->p != '"') {
		unsigned char c = *r->p++;

		if (c < ' ' || (c == '\\' && !escape(r)))
			return false;
	}
	*same = name && strlen(name) == (size_t)(r->p - begin) &&
		!memcmp(begin, name, r->p - begin);
	r->p++;
	return true;
}

static bool digits(struct reader *r)
{
	size_t n = strspn(r->p, "0123456789");

	r->p += n;
	return n;
}

/* The grammar; what it is worth only if it is a whole number. */
static bool number(struct reader *r, bool wanted)
{
	const char *begin = r->p;
	uint64_t sum = 0;

	if (*r->p == '-')
		r->p++;
	if (*r->p == '0')
		r->p++;
	else if (!digits(r))
		return false;
	if (*r->p == '.') {
		r->p++;
		if (!digits(r))
			return false;
	}
	if (*r->p == 'e' || *r->p == 'E') {
		r->p++;
		if (*r->p == '+' || *r->p == '-')
			r->p++;
		if (!digits(r))
			return false;
	}
	if (!wanted)
		return true;
	r->found = false;
	for (; begin < r->p; begin++)
		if (!isdigit((unsigned char)*begin) ||
		    __builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_add_overflow(sum, (uint64_t)(*begin - '0'), &sum))
			return true;
	r->found = true;
	r->number = sum;
	return true;
}

static bool word(struct reader *r, const char *text)
{
	size_t n = strlen(text);

	if (strncmp(r->p, text, n))
		return false;
	r->p += n;
	return true;
}

static bool member(struct reader *r, int matched)
{
	const char *name = matched >= 0 && r->path ? r->path[matched] : NULL;
	bool same;

	return string(r, name, &same) && take(r, ':') && value(r, same ? matched + 1 : -1);
}

/* Members or elements, up to the closing bracket. */
static bool list(struct reader *r, char close, int matched)
{
	bool ok;

	if (++r->depth > MAX_DEPTH)
		return false;
	if (!take(r, close)) {
		do {
			ok = close == '}' ? member(r, matched) : value(r, -1);
		} while (ok && take(r, ','));
		if (!ok || !take(r, close))
			return false;
	}
	r->depth--;
	return true;
}

static bool value(struct reader *r, int matched)
{
	bool ignored;

	space(r);
	switch (*r->p) {
	case '{':
		r->p++;
		return list(r, '}', matched);
	case '[':
		r->p++;
		return list(r, ']', -1);
	case '"':
		return string(r, NULL, &ignored);
	case 't':
		return word(r, "true");
	case 'f':
		return word(r, "false");
	case 'n':
		return word(r, "null");
	default:
		return number(r, matched >= 0 && r->path && !r->path[matched]);
	}
}

static bool whole(struct reader *r)
{
	if (!value(r, 0))
		return false;
	space(r);
	return !*r->p;
}

bool vfus_json_valid(const char *text)
{
	struct reader r = { .p = text };

	return whole(&r);
}

bool vfus_json_number(const char *text, const char *const *path, uint64_t *out)
{
	struct reader r = { .p = text, .path = path };

	if (!whole(&r) || !r.found)
		return false;
	*out = r.number;
	return true;
}
