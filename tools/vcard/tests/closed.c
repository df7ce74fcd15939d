// SPDX-License-Identifier: BSD-2-Clause
/*
 * The closed loop: post, step to the next event, take what is done, post again.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>

#include "closed.h"

#define EVENTS_MAX	1000000	/* without a result: it hangs */

uint64_t rig_counter(struct rig *r, const char *section, const char *key)
{
	char *json = vcard_counters_json(r->vc), want[64], *p;
	uint64_t val = UINT64_MAX;

	snprintf(want, sizeof(want), "\"%s\":", section);
	p = strstr(json, want);
	snprintf(want, sizeof(want), "\"%s\":", key);
	p = p ? strstr(p, want) : NULL;
	if (p)
		val = strtoull(p + strlen(want), NULL, 10);
	else
		FAIL("no counter %s %s", section, key);
	free(json);
	return val;
}

struct load load_aes(uint32_t bytes)
{
	static const uint8_t key[16] = { 1 }, iv[16] = { 2 };
	struct load l = { .bytes = bytes };

	l.len = cmd_crypt(l.block, false, bytes, bytes, 0x180b, 0, bytes, key, 16, iv, 16);
	return l;
}

/* 4.7: base, MAC, crypt, MAC key, key, IV; both engines over all of it. */
struct load load_esp(uint32_t bytes)
{
	struct load l = { .len = 120, .bytes = bytes };
	uint8_t words[24] = { [1] = 0x0c, [8] = 0x30, [9] = 0x0a, [16] = 0x09, [17] = 0x18 };
	static const uint8_t at[] = { 4, 6, 12, 20 };

	for (int i = 0; i < 4; i++) {
		words[at[i]] = bytes;
		words[at[i] + 1] = bytes >> 8;
	}
	memcpy(l.block, words, sizeof(words));
	for (int i = 24; i < 120; i++)
		l.block[i] = i * 7;
	return l;
}

void closed_open(struct closed *c, unsigned int cards, const char *clock, void *bus)
{
	memset(c, 0, sizeof(*c));
	c->cards = cards;
	for (unsigned int i = 0; i < cards; i++) {
		const char *why;

		c->card[i] = rig_up();
		if (bus)
			vcard_share_bus(c->card[i]->vc, bus);
		why = vcard_clock(c->card[i]->vc, clock);
		if (why)
			FAIL("%s: %s", clock, why);
	}
}

void closed_close(struct closed *c)
{
	for (unsigned int i = 0; i < c->cards; i++)
		rig_free(c->card[i]);
}

static void post(struct closed *c, unsigned int i)
{
	struct rig *r = c->card[i];
	const struct seg src[] = { { RIG_SRC, c->load.bytes }, { 0 } };
	const struct seg dst[] = { { RIG_DST, c->load.bytes }, { 0 } };

	rig_segs(r, RD, dst);
	c->result[i][c->out[i]++] = rig_post(r, RR, VALID | LAST | 40, RIG_RESULT);
	rig_segs(r, RS, src);
	rig_post(r, RC, VALID | LAST | QUIET | c->load.len, RIG_CMD);
}

static bool take(struct closed *c, unsigned int i)
{
	if (!c->out[i] || !rig_done(c->card[i], c->result[i][0]))
		return false;
	c->out[i]--;
	memmove(c->result[i], c->result[i] + 1, c->out[i] * sizeof(c->result[i][0]));
	c->done++;
	return true;
}

static void fill(struct closed *c)
{
	for (unsigned int i = 0; i < c->cards; i++)
		while (c->out[i] < c->depth)
			post(c, i);
}

/* All cards at this instant; returns when the next thing happens. */
static uint64_t step_all(struct closed *c)
{
	uint64_t due = VCARD_NEVER;

	for (unsigned int i = 0; i < c->cards; i++) {
		uint64_t at;

		while (!(at = vcard_step(c->card[i]->vc, 1 << 20)))
			;
		due = at < due ? at : due;
		while (take(c, i))
			;
	}
	return due;
}

void closed_run(struct closed *c, const struct load *load, unsigned int depth,
		uint64_t commands)
{
	uint64_t until = c->done + commands, events = 0;

	c->load = *load;
	c->depth = depth;
	for (unsigned int i = 0; i < c->cards; i++)
		memcpy(rig_at(c->card[i], RIG_CMD), load->block, load->len);
	while (c->done < until && events++ < EVENTS_MAX) {
		uint64_t before = c->done, due;

		fill(c);
		due = step_all(c);
		if (c->done != before)
			continue;	/* the host acts at the same instant */
		for (unsigned int i = 0; i < c->cards; i++)
			c->card[i]->now = due;
	}
	CHECK(c->done >= until);
}

uint64_t closed_measure(struct closed *c, const struct load *load, unsigned int depth,
			uint64_t commands)
{
	uint64_t from;

	closed_run(c, load, depth, commands / 10);
	for (unsigned int i = 0; i < c->cards; i++)
		vcard_counters_reset(c->card[i]->vc);
	from = c->card[0]->now;
	closed_run(c, load, depth, commands);
	return c->card[0]->now - from;
}
