// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the card's time allows the driver's descriptors: rings, commands and pieces as
 * drivers/ makes them, on the virtual card with a clock, a host that is never late.
 */
#include "../vcard/silicon/card.h"
#include "loop_timed.h"

/* From event to event until so many more are done; others are then on the card. */
static void go(struct timed *run, u64 jobs)
{
	struct loop_bench *b = run->b;
	u64 until = run->done + jobs, due;
	u32 events = 0;

	while (run->done < until) {
		KUNIT_ASSERT_LE(b->test, events++, TIMED_EVENTS);
		while (timed_submit(run, HIFN_D_RESULT))
			;
		while (!(due = vcard_step(b->card, 1 << 20)))
			;
		if (!timed_harvest(run))
			b->now_ns = due;
	}
}

/* The model's limit for a job: what the slower of bus and engine is busy for, ns. */
static double limit_ns(const struct timed *run, const struct vc_clock_count *c, u64 jobs)
{
	double bus = c->bus_job * (strstr(run->shape->clock, "66") ? 15.0 : 30.0);
	double engine = max(c->cipher, c->mac) / 0.264;	/* 264 MHz */

	return max(bus, engine) / jobs;
}

static void figure(struct kunit *test, const struct timed_shape *s, double util, double of_limit)
{
	struct timed *run = kunit_kzalloc(test, sizeof(*run), GFP_KERNEL);
	const struct vc_clock_count *c;
	const u64 jobs = 300;
	double ns, got;
	u64 from;

	run->shape = s;
	timed_open(run, test);
	go(run, 2 * s->depth + 20);
	c = &vcard_silicon(run->b->card)->host.count.clock;
	vcard_counters_reset(run->b->card);
	from = run->b->now_ns;
	go(run, jobs);
	free(vcard_counters_json(run->b->card));	/* brings elapsed up to date */
	ns = (double)(run->b->now_ns - from) / jobs;
	got = (double)c->bus_job / c->elapsed;
	native_kunit_note("%-28s depth %3u %s: %8.1f ns, %6.1f Mbit/s, bus %.4f, of the limit %.4f",
			  s->name, s->depth, s->clock, ns, s->bytes * 8e3 / ns, got,
			  limit_ns(run, c, jobs) / ns);
	if (s->mac)
		native_kunit_note("figure esp_3des_of_limit %.4f", limit_ns(run, c, jobs) / ns);
	KUNIT_EXPECT_TRUE_MSG(test, got >= util, "%s: bus utilisation %.4f", s->name, got);
	KUNIT_EXPECT_TRUE_MSG(test, limit_ns(run, c, jobs) / ns >= of_limit,
			      "%s: %.4f of the limit", s->name, limit_ns(run, c, jobs) / ns);
	loop_close(run->b);
}

static void loop_utilisation(struct kunit *test)
{
	static const struct timed_shape shapes[] = {
		{ "AES-128-CBC 4096", 4096, 1, 1, 0, HIFN_CIPHER_AES, "pci33", 32 },
		{ "AES-128-CBC 1440", 1440, 1, 1, 0, HIFN_CIPHER_AES, "pci33", 32 },
		{ "AES-128-CBC 1440, 3 pieces", 1440, 3, 3, 0, HIFN_CIPHER_AES, "pci33", 32 },
		{ "AES-128-CBC 65520", 65520, 16, 16, 0, HIFN_CIPHER_AES, "pci33", 8 },
		{ "AES-128-CBC 512", 512, 1, 1, 0, HIFN_CIPHER_AES, "pci33", 128 },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(shapes); i++)
		figure(test, &shapes[i], i == 0 ? 0.99 : 0.97, 0.97);
}

static void loop_esp_limit(struct kunit *test)
{
	static const struct timed_shape s = { "ESP 3DES-SHA1 1400 (1416)", 1416, 1, 1,
					HIFN_MAC_HMAC_SHA1, HIFN_CIPHER_3DES, "pci66", 32 };

	figure(test, &s, 0.5, 0.95);
}

/* One at a time: the whole way there and back, nothing beside it. */
static void loop_alone(struct kunit *test)
{
	static const struct timed_shape s = { "AES-128-CBC 4096", 4096, 1, 1, 0, HIFN_CIPHER_AES,
					"pci33", 1 };

	figure(test, &s, 0.8, 0.8);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(loop_utilisation),
	KUNIT_CASE(loop_esp_limit),
	KUNIT_CASE(loop_alone),
	{}
};

static struct kunit_suite suite = {
	.name = "loop_clock",
	.test_cases = cases,
};
kunit_test_suite(suite);
