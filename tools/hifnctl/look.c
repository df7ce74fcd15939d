// SPDX-License-Identifier: BSD-2-Clause
/* All that is looked at, and what follows from it. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "files.h"
#include "look.h"

#define SECOND	1000000000ull

void look_now(struct look *look)
{
	memset(look, 0, sizeof(*look));
	look->at_ns = read_number(boottime_ns(), "/boottime");
	cards_read(&look->cards);
	transforms_read(&look->transforms);
	algorithms_read(&look->algorithms);
	users_read(&look->users);
	users_match(&look->users, &look->transforms);
	crypto_list_read(&look->crypto);
	read_line(look->clock, sizeof(look->clock), "/sys/module/hifn795x/parameters/pll");
	read_line(look->policy, sizeof(look->policy), "/sys/module/acf/parameters/policy");
	look->slots = read_number(0, "/sys/module/hifn795x/parameters/slots");
}

void look_free(struct look *look)
{
	cards_free(&look->cards);
	transforms_free(&look->transforms);
	algorithms_free(&look->algorithms);
	users_free(&look->users);
	crypto_list_free(&look->crypto);
}

bool look_serves(const struct look *look, const char *algorithm)
{
	size_t i;

	for (i = 0; i < look->cards.nr; i++)
		if (!strcmp(look->cards.card[i].state, "serving") &&
		    has_word(look->cards.card[i].algorithms, algorithm))
			return true;
	return false;
}

bool look_has_serving_card(const struct look *look)
{
	return look_ready_ns(look) != 0;
}

uint64_t look_ready_ns(const struct look *look)
{
	uint64_t first = 0;
	size_t i;

	for (i = 0; i < look->cards.nr; i++) {
		const struct card *card = &look->cards.card[i];

		if (!strcmp(card->state, "serving") && card->tested_ns &&
		    (!first || card->tested_ns < first))
			first = card->tested_ns;
	}
	return first;
}

const char *look_main_reason(const struct transform *t)
{
	int most = 0;
	int i;

	for (i = 1; i < NR_REASONS; i++)
		if (t->cpu[i] > t->cpu[most])
			most = i;
	return t->cpu[most] ? cpu_reasons[most] : NULL;
}

/* It has no transform of ours. */
static void note_without(const struct look *look, const struct user *user, char *text, size_t bytes)
{
	const struct implementation *best = crypto_list_best(&look->crypto, user->algorithm);
	uint64_t ready = look_ready_ns(look);

	if (look->transforms.error)
		snprintf(text, bytes, "unknown: %s", look->transforms.error);
	else if (!ready)
		snprintf(text, bytes, "no card serves");
	else if (!look_serves(look, user->algorithm))
		snprintf(text, bytes, "the card has no %s", user->algorithm);
	else if (user->created_ns && user->created_ns < ready)
		snprintf(text, bytes, "opened before the driver");
	else if (best && !strstr(best->driver, "-acf"))
		snprintf(text, bytes, "%s is preferred", best->driver);
	else
		snprintf(text, bytes, "no transform found");
}

void look_note(const struct look *look, const struct user *user, char *text, size_t bytes)
{
	const char *reason;

	*text = '\0';
	if (!user->transform) {
		note_without(look, user, text, bytes);
		return;
	}
	reason = look_main_reason(user->transform);
	if (reason && user->share < 0.5)
		snprintf(text, bytes, "by CPU: %s", reason);
	else if (user->ambiguous)
		snprintf(text, bytes, "ambiguous");
}

const char *look_age(uint64_t ns, char *text, size_t bytes)
{
	unsigned long long s = ns / SECOND;

	if (s >= 86400)
		snprintf(text, bytes, "%llud%02lluh", s / 86400, s / 3600 % 24);
	else if (s >= 3600)
		snprintf(text, bytes, "%lluh%02llum", s / 3600, s / 60 % 60);
	else
		snprintf(text, bytes, "%llum%02llus", s / 60, s % 60);
	return text;
}

const char *look_clock(uint64_t boot_ns, char *text, size_t bytes)
{
	time_t then = time(NULL) - (time_t)((boottime_ns() - boot_ns) / SECOND);
	struct tm tm;

	strftime(text, bytes, "%H:%M:%S", localtime_r(&then, &tm));
	return text;
}
