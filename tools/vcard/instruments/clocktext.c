// SPDX-License-Identifier: BSD-2-Clause
/*
 * The clock in words:
 *
 *   instant
 *   pci33 | pci66 [,engine=MHZ] [,poll=CLOCKS] [,slow=N | ,fast=N]
 */
#include <stdlib.h>
#include <string.h>

#include "clocktext.h"

/* A bus clock of 33.33 MHz, of 66.67 MHz: 30 and 15 ns. */
#define PCI33_TICKS	(30 * VC_TICKS_PER_NS)
#define PCI66_TICKS	(15 * VC_TICKS_PER_NS)

struct setting {
	const char *name;
	unsigned int least, most, usual;
	const char *unit;
};

enum { SET_ENGINE, SET_POLL, SET_SLOW, SET_FAST, SETTINGS };
static const struct setting settings[SETTINGS] = {
	[SET_ENGINE] = { "engine", 1, 1000, 264, " MHz" },
	[SET_POLL] = { "poll", 16, 65536, 512, " bus clocks" },
	[SET_SLOW] = { "slow", 1, 1000, 1, "" },
	[SET_FAST] = { "fast", 1, 64, 1, "" },	/* of a tick of 1/64 ns enough is left */
};

static bool wrong(char *why, const struct setting *s, const char *from, int len)
{
	snprintf(why, CLOCKTEXT_MAX, "%s=%.*s: a whole number from %u to %u%s", s->name,
		 len < 12 ? len : 12, from, s->least, s->most, s->unit);
	return false;
}

static bool parse_number(const struct setting *s, const char *from, int len,
			 unsigned int *val, char *why)
{
	unsigned long n = 0;

	for (int i = 0; i < len; i++) {
		if (from[i] < '0' || from[i] > '9' || n > s->most)
			return wrong(why, s, from, len);
		n = n * 10 + from[i] - '0';
	}
	if (!len || n < s->least || n > s->most)
		return wrong(why, s, from, len);
	*val = n;
	return true;
}

static bool parse_setting(const char *from, int len, unsigned int val[SETTINGS], char *why)
{
	for (int i = 0; i < SETTINGS; i++) {
		int n = strlen(settings[i].name);

		if (len > n && !memcmp(from, settings[i].name, n) && from[n] == '=')
			return parse_number(&settings[i], from + n + 1, len - n - 1,
					    &val[i], why);
	}
	snprintf(why, CLOCKTEXT_MAX,
		 "'%.*s': known are engine=MHZ, poll=CLOCKS, slow=N, fast=N",
		 len < 24 ? len : 24, from);
	return false;
}

static bool parse_bus(const char *text, int len, struct clocktext *clock, char *why)
{
	clock->pci66 = len == 5 && !memcmp(text, "pci66", 5);
	clock->timed = clock->pci66 || (len == 5 && !memcmp(text, "pci33", 5));
	if (clock->timed || (len == 7 && !strcmp(text, "instant")))
		return true;
	snprintf(why, CLOCKTEXT_MAX, "'%.*s' is not instant, pci33 or pci66",
		 len < 24 ? len : 24, text);
	return false;
}

bool clocktext_parse(const char *text, struct clocktext *clock, char *why)
{
	unsigned int val[SETTINGS];
	int len = strcspn(text, ",");

	*clock = (struct clocktext){ 0 };
	for (int i = 0; i < SETTINGS; i++)
		val[i] = settings[i].usual;
	if (!parse_bus(text, len, clock, why))
		return false;
	for (text += len; *text; text += len) {
		len = strcspn(++text, ",");
		if (!parse_setting(text, len, val, why))
			return false;
	}
	clock->engine = val[SET_ENGINE];
	clock->poll = val[SET_POLL];
	clock->slow = val[SET_SLOW];
	clock->fast = val[SET_FAST];
	if (clock->slow == 1 || clock->fast == 1)
		return true;
	snprintf(why, CLOCKTEXT_MAX, "slow=%u and fast=%u: one of them", clock->slow,
		 clock->fast);
	return false;
}

void clocktext_print(const struct clocktext *clock, char *text)
{
	int n;

	if (!clock->timed) {
		snprintf(text, CLOCKTEXT_MAX, "instant");
		return;
	}
	n = snprintf(text, CLOCKTEXT_MAX, "%s,engine=%u,poll=%u",
		     clock->pci66 ? "pci66" : "pci33", clock->engine, clock->poll);
	if (clock->slow > 1)
		snprintf(text + n, CLOCKTEXT_MAX - n, ",slow=%u", clock->slow);
	if (clock->fast > 1)
		snprintf(text + n, CLOCKTEXT_MAX - n, ",fast=%u", clock->fast);
}

struct vc_clock_config clocktext_config(const struct clocktext *clock)
{
	uint32_t period = clock->pci66 ? PCI66_TICKS : PCI33_TICKS;

	return (struct vc_clock_config){
		.period = (period * clock->slow + clock->fast / 2) / clock->fast,
		.num = 1000ull * VC_TICKS_PER_NS * clock->slow,
		.den = (uint64_t)clock->engine * clock->fast,
		.poll = clock->poll,
	};
}

void clocktext_help(FILE *f)
{
	fprintf(f, "  instant (default), or pci33 or pci66: the bus, 32 bits at 33.33 or 66.67 MHz;\n"
		"  behind it, after commas:\n");
	for (int i = 0; i < SETTINGS; i++)
		fprintf(f, "    %s=N  from %u to %u%s, default %u\n", settings[i].name,
			settings[i].least, settings[i].most, settings[i].unit,
			settings[i].usual);
	fprintf(f, "  slow, fast: all times that many times as long, as short.\n");
}
