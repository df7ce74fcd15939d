// SPDX-License-Identifier: BSD-2-Clause
/* acf's transforms, and its counters by algorithm: debugfs, root only. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "hifnctl.h"
#include "transform.h"

#define DEBUG	"/sys/kernel/debug/acf/"

static const char *why_not(void)
{
	if (errno == EACCES || errno == EPERM)
		return "run as root";
	if (errno == ENOENT)
		return "acf is not loaded, older than hifnctl, or debugfs is not mounted";
	return strerror(errno);
}

static int reason_of(const char *word)
{
	int i;

	for (i = 0; i < NR_REASONS; i++)
		if (!strcmp(cpu_reasons[i], word))
			return i;
	return -1;
}

static void set_text(char *to, size_t bytes, const char *from)
{
	snprintf(to, bytes, "%s", from);
}

/* Words not known are of a later version. */
static bool set_word(struct transform *t, const char *key, const char *value)
{
	const struct {
		const char *key;
		uint64_t *to;
	} numbers[] = {
		{ "transform", &t->id }, { "key_bits", &t->key_bits }, { "pid", &t->pid },
		{ "born_ns", &t->born_ns }, { "card_requests", &t->card_requests },
		{ "card_bytes", &t->card_bytes }, { "cpu_bytes", &t->cpu_bytes },
	};
	size_t i;
	int reason;

	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (!strcmp(key, numbers[i].key))
			return get_number(value, numbers[i].to);
	reason = starts_with(key, "cpu_") ? reason_of(key + 4) : -1;
	if (reason >= 0)
		return get_number(value, &t->cpu[reason]);
	if (!strcmp(key, "algorithm"))
		set_text(t->algorithm, sizeof(t->algorithm), value);
	else if (!strcmp(key, "driver"))
		set_text(t->driver, sizeof(t->driver), value);
	else if (!strcmp(key, "class"))
		set_text(t->class, sizeof(t->class), value);
	else if (!strcmp(key, "comm"))
		set_text(t->comm, sizeof(t->comm), value);
	return true;
}

static bool parse_transform(struct transform *t, char *line)
{
	char *key;
	char *value;

	while ((key = next_word(&line))) {
		value = next_word(&line);
		/* a process may have no name */
		if (!value && strcmp(key, "comm"))
			return false;
		if (!set_word(t, key, value ?: ""))
			return false;
	}
	return t->id && *t->algorithm;
}

void transforms_parse(struct transforms *t, char *text)
{
	char *line = next_line(&text);

	if (!line || strcmp(line, "version 1")) {
		t->error = "acf/transforms is of a version that this hifnctl does not know";
		return;
	}
	while ((line = next_line(&text))) {
		if (!starts_with(line, "transform "))
			continue;
		t->transform = one_more(t->transform, &t->nr, sizeof(*t->transform));
		if (parse_transform(&t->transform[t->nr - 1], line))
			continue;
		t->nr--;
		t->error = "acf/transforms is damaged";
		return;
	}
}

void transforms_read(struct transforms *t)
{
	char *text = read_file(DEBUG "transforms");

	*t = (struct transforms){ 0 };
	if (!text) {
		t->error = why_not();
		return;
	}
	transforms_parse(t, text);
	free(text);
}

void transforms_free(struct transforms *t)
{
	free(t->transform);
	*t = (struct transforms){ 0 };
}

uint64_t transform_cpu_requests(const struct transform *t)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < NR_REASONS; i++)
		sum += t->cpu[i];
	return sum;
}

/* ---- stats ---- */

static struct algorithm *algorithm_of(struct algorithms *a, const char *name)
{
	size_t i;

	for (i = 0; i < a->nr; i++)
		if (!strcmp(a->algorithm[i].name, name))
			return &a->algorithm[i];
	a->algorithm = one_more(a->algorithm, &a->nr, sizeof(*a->algorithm));
	set_text(a->algorithm[a->nr - 1].name, sizeof(a->algorithm->name), name);
	return &a->algorithm[a->nr - 1];
}

static bool add_number(uint64_t *to, const char *value)
{
	uint64_t number;

	if (!get_number(value, &number))
		return false;
	*to += number;
	return true;
}

static bool parse_engine(struct algorithms *a, char *line)
{
	struct algorithm *algorithm;
	char *name;
	char *key;
	char *value;

	next_word(&line);
	name = next_word(&line);
	/* its state, or what was compared */
	if (!name || !strcmp(name, "state") || !strcmp(name, "check"))
		return name;
	algorithm = algorithm_of(a, name);
	while ((key = next_word(&line)) && (value = next_word(&line)))
		if ((!strcmp(key, "jobs") && !add_number(&algorithm->jobs, value)) ||
		    (!strcmp(key, "bytes") && !add_number(&algorithm->bytes, value)))
			return false;
	return !key;
}

static bool parse_cpu(struct algorithms *a, char *line)
{
	char *name = next_word(&line);
	struct algorithm *algorithm;
	char *key;
	char *value;

	if (!name)
		return false;
	algorithm = algorithm_of(a, name);
	while ((key = next_word(&line)) && (value = next_word(&line))) {
		int reason = reason_of(key);

		if (reason >= 0 && !add_number(&algorithm->cpu[reason], value))
			return false;
		if (!strcmp(key, "bytes") && !add_number(&algorithm->cpu_bytes, value))
			return false;
	}
	return !key;
}

void algorithms_parse(struct algorithms *a, char *text)
{
	char *line = next_line(&text);

	if (!line || strcmp(line, "version 4")) {
		a->error = "acf/stats is of a version that this hifnctl does not know";
		return;
	}
	while ((line = next_line(&text))) {
		char *kind = next_word(&line);

		if (!kind || (!strcmp(kind, "engine") && parse_engine(a, line)) ||
		    (!strcmp(kind, "cpu") && parse_cpu(a, line)) ||
		    (strcmp(kind, "engine") && strcmp(kind, "cpu")))
			continue;
		a->error = "acf/stats is damaged";
		return;
	}
}

void algorithms_read(struct algorithms *a)
{
	char *text = read_file(DEBUG "stats");

	*a = (struct algorithms){ 0 };
	if (!text) {
		a->error = why_not();
		return;
	}
	algorithms_parse(a, text);
	free(text);
}

void algorithms_free(struct algorithms *a)
{
	free(a->algorithm);
	*a = (struct algorithms){ 0 };
}
