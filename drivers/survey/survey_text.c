// SPDX-License-Identifier: GPL-2.0
/* What an experiment says: lines of a profile, docs/reference/survey.md. */
#include "survey.h"

void survey_text_clear(struct survey *s)
{
	s->text_bytes = 0;
	s->text[0] = '\0';
}

/* A line that does not fit is left out, not cut off. */
static __printf(3, 0) void say(struct survey *s, const char *word, const char *format, va_list args)
{
	size_t room = SURVEY_TEXT - s->text_bytes;
	char *at = s->text + s->text_bytes;
	int n = snprintf(at, room, "%s ", word);

	if (n < room)
		n += vsnprintf(at + n, room - n, format, args);
	if (n + 1 >= room) {
		*at = '\0';
		return;
	}
	at[n] = '\n';
	at[n + 1] = '\0';
	s->text_bytes += n + 1;
}

void survey_answer(struct survey *s, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(s, "answer", format, args);
	va_end(args);
}

void survey_evidence(struct survey *s, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(s, "evidence", format, args);
	va_end(args);
}

void survey_evidence_bytes(struct survey *s, const char *what, const u8 *bytes, u32 n)
{
	survey_evidence(s, "%s %*phN", what, (int)min(n, 64U), bytes);
}

static __printf(2, 3) void model(struct survey *s, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(s, "model", format, args);
	va_end(args);
}

void survey_model(struct survey *s, const char *knob, const char *value)
{
	model(s, "%s=%s", knob, value);
}
