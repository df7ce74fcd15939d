// SPDX-License-Identifier: BSD-2-Clause
/*
 * The knobs in words, and profile files.
 */
#include <stdlib.h>
#include <string.h>

#include "profile.h"

#define VERSION		1
#define LINE_MAX_BYTES	4096	/* traces have the longest */

static unsigned int values(const struct vc_knob_info *info)
{
	unsigned int n = 0;

	while (n < VC_KNOB_VALUES && info->value[n].name)
		n++;
	return n;
}

static bool is(const char *name, const char *text, size_t len)
{
	return strlen(name) == len && !memcmp(name, text, len);
}

static int find_knob(const char *text, size_t len)
{
	for (int i = 0; i < VC_KNOBS; i++)
		if (is(vc_knob_info[i].name, text, len))
			return i;
	return -1;
}

static int find_value(const struct vc_knob_info *info, const char *text)
{
	for (unsigned int i = 0; i < values(info); i++)
		if (!strcmp(info->value[i].name, text))
			return i;
	return -1;
}

static bool wrong_value(const struct vc_knob_info *info, const char *text, char *why)
{
	int n = snprintf(why, PROFILE_WHY, "%s=%.20s: known are", info->name, text);

	for (unsigned int i = 0; i < values(info); i++)
		n += snprintf(why + n, PROFILE_WHY - n, "%s %s", i ? "," : "", info->value[i].name);
	return false;
}

/* NAME=VALUE; the knob, or -1. */
static int parse(const char *text, int *value, char *why)
{
	const char *equals = strchr(text, '=');
	int knob = find_knob(text, equals ? (size_t)(equals - text) : strlen(text));

	if (knob < 0 || !equals) {
		snprintf(why, PROFILE_WHY, "'%.40s': %s", text, knob < 0 ? "no such knob" :
			 "a value is missing, NAME=VALUE");
		return -1;
	}
	*value = find_value(&vc_knob_info[knob], equals + 1);
	if (*value >= 0)
		return knob;
	wrong_value(&vc_knob_info[knob], equals + 1, why);
	return -1;
}

bool profile_set(struct vc_knobs *knobs, const char *text, char *why)
{
	int value, knob = parse(text, &value, why);

	if (knob < 0)
		return false;
	knobs->value[knob] = value;
	return true;
}

/* ---- files ---- */

struct reader {
	FILE *f;
	unsigned int line;
	char text[LINE_MAX_BYTES];
	bool seen[VC_KNOBS];
	struct vc_knobs knobs;
	char *why;
};

static bool wrong(struct reader *r, const char *what)
{
	snprintf(r->why, PROFILE_WHY, "line %u: %s", r->line, what);
	return false;
}

/* False at the end of the file too. A line that is cut off has no end. */
static bool next_line(struct reader *r, bool *bad)
{
	size_t len;

	*bad = false;
	if (!fgets(r->text, sizeof(r->text), r->f))
		return false;
	r->line++;
	len = strlen(r->text);
	if (len && r->text[len - 1] == '\n') {
		r->text[len - 1] = 0;
		return true;
	}
	*bad = true;
	return wrong(r, len + 1 < sizeof(r->text) ? "it ends in the middle, or is no text" :
		     "longer than a line of a profile");
}

static bool read_first(struct reader *r)
{
	static const char word[] = "hifn-profile ";
	char *end;
	unsigned long version;
	bool bad;

	if (!next_line(r, &bad))
		return bad ? false : (snprintf(r->why, PROFILE_WHY, "it is empty"), false);
	if (strncmp(r->text, word, sizeof(word) - 1))
		return wrong(r, "not a profile: it does not begin with hifn-profile");
	version = strtoul(r->text + sizeof(word) - 1, &end, 10);
	if (*end || end == r->text + sizeof(word) - 1 || !version)
		return wrong(r, "not a profile: no version behind hifn-profile");
	if (version == VERSION)
		return true;
	snprintf(r->why, PROFILE_WHY, "version %lu, from a newer tool: this one knows version %d",
		 version, VERSION);
	return false;
}

static bool read_model(struct reader *r, const char *text)
{
	char why[PROFILE_WHY];
	int value, knob = parse(text, &value, why);

	if (knob < 0) {
		snprintf(r->why, PROFILE_WHY, "line %u: %.130s", r->line, why);
		return false;
	}
	if (r->seen[knob] && r->knobs.value[knob] != value) {
		snprintf(r->why, PROFILE_WHY, "line %u: %s is %s and %s, one of them is wrong",
			 r->line, vc_knob_info[knob].name,
			 vc_knob_info[knob].value[r->knobs.value[knob]].name,
			 vc_knob_info[knob].value[value].name);
		return false;
	}
	r->seen[knob] = true;
	r->knobs.value[knob] = value;
	return true;
}

static bool other_word(const char *text)
{
	static const char *const words[] = {
		"answer ", "evidence ", "trace ", "begin ", "end ", "#",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strncmp(text, words[i], strlen(words[i])))
			return true;
	return !*text;
}

/* What cannot be true at once. */
static bool agree(struct reader *r)
{
	const uint8_t *v = r->knobs.value;

	if (v[VC_K_LEVEL] == VC_LEVEL_TOLD ||
	    (!v[VC_K_POWER_LEVEL] && !v[VC_K_RESET_LEVEL] && !v[VC_K_UNLOCK_TWICE]))
		return true;
	snprintf(r->why, PROFILE_WHY,
		 "level=%s contradicts power-level, reset-level and unlock-twice: who cannot see a level knows nothing of them",
		 vc_knob_info[VC_K_LEVEL].value[v[VC_K_LEVEL]].name);
	return false;
}

static bool read_rest(struct reader *r)
{
	bool bad;

	while (next_line(r, &bad)) {
		if (!strcmp(r->text, "end"))
			return next_line(r, &bad) ? wrong(r, "something behind its end") :
						    !bad && agree(r);
		if (!strncmp(r->text, "model ", 6) ? !read_model(r, r->text + 6) :
						      !other_word(r->text)) {
			if (strncmp(r->text, "model ", 6))
				wrong(r, "no line of a profile");
			return false;
		}
	}
	return bad ? false : wrong(r, "the last one, and no end: the file is cut off");
}

bool profile_read(struct vc_knobs *knobs, FILE *f, char *why)
{
	struct reader r = { .f = f, .why = why };

	if (!read_first(&r) || !read_rest(&r))
		return false;
	*knobs = r.knobs;
	return true;
}

void profile_help(FILE *f)
{
	for (int i = 0; i < VC_KNOBS; i++) {
		const struct vc_knob_info *info = &vc_knob_info[i];

		fprintf(f, "  %s: %s\n", info->name, info->question);
		for (unsigned int j = 0; j < values(info); j++)
			fprintf(f, "    %-10s %s%s\n", info->value[j].name, info->value[j].text,
				j ? "" : " (default)");
	}
}
