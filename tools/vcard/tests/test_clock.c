// SPDX-License-Identifier: BSD-2-Clause
/*
 * The card's time: what docs/reference/hifn795x.md 10.3 says of single commands, clock by clock, and
 * what 10.4 says of many.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../silicon/card.h"
#include "closed.h"

/* 10.4, Mbit/s; 0: none given. Bounds of the deviation in 1/1000. */
struct figure {
	struct load (*load)(uint32_t bytes);
	const char *name;
	uint32_t bytes;
	unsigned int mbit[2];	/* 33, 66 MHz */
};

static const struct figure figures[] = {
	{ load_aes, "AES-128-CBC", 64, { 87, 173 } },
	{ load_aes, "AES-128-CBC", 256, { 189, 377 } },
	{ load_aes, "AES-128-CBC", 1440, { 276, 552 } },
	{ load_aes, "AES-128-CBC", 4096, { 298, 597 } },
	{ load_aes, "AES-128-CBC", 16384, { 307, 614 } },
	{ load_esp, "ESP 3DES-SHA1", 64, { 73, 146 } },
	{ load_esp, "ESP 3DES-SHA1", 256, { 171, 338 } },
	{ load_esp, "ESP 3DES-SHA1", 1440, { 269, 338 } },
	{ load_esp, "ESP 3DES-SHA1", 4096, { 295, 338 } },
};

static void figure(const struct figure *f, int i)
{
	static const char *const clocks[] = { "pci33", "pci66" };
	struct load load = f->load(f->bytes);
	unsigned int jobs = 300;
	struct closed c;
	double mbit, off;
	uint64_t ns, job, elapsed, cipher, engine;

	closed_open(&c, 1, clocks[i], NULL);
	ns = closed_measure(&c, &load, 16, jobs);
	mbit = jobs * 8000.0 * f->bytes / ns;
	off = (mbit / f->mbit[i] - 1) * 1000;
	job = rig_counter(c.card[0], "bus", "job");
	elapsed = rig_counter(c.card[0], "bus", "elapsed");
	cipher = rig_counter(c.card[0], "engine", "cipher");
	engine = rig_counter(c.card[0], "engine", "elapsed");
	printf("# %-14s %5u B %s: %6.1f Mbit/s, 10.4 has %3u (%+.1f %%); bus %.4f cipher %.4f\n",
	       f->name, f->bytes, clocks[i], mbit, f->mbit[i], off / 10,
	       (double)job / elapsed, (double)cipher / engine);
	if (off < -45 || off > 10)
		FAIL("%s %u bytes at %s: %.1f Mbit/s instead of %u", f->name, f->bytes,
		     clocks[i], mbit, f->mbit[i]);
	closed_close(&c);
}

static void test_figures(void)
{
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		figure(&figures[i], 0);
		figure(&figures[i], 1);
	}
}

/* ---- single commands, clock by clock ---- */

#define CLK	30	/* ns, at 33.33 MHz */

/* A card with that clock at a time that is a whole clock. */
static struct rig *timed(const char *spec)
{
	struct rig *r = rig_up();
	const char *why;

	r->now = 3000000;
	why = vcard_clock(r->vc, spec);
	if (why)
		FAIL("%s: %s", spec, why);
	return r;
}

static uint32_t post(struct rig *r, const struct load *load)
{
	return rig_command(r, load->block, load->len,
			   (struct seg[]){ { RIG_SRC, load->bytes }, { 0 } },
			   (struct seg[]){ { RIG_DST, load->bytes }, { 0 } });
}

/* Steps from event to event until the result is there; ns since `from`. */
static uint64_t finish(struct rig *r, uint32_t res, uint64_t from)
{
	for (int i = 0; i < 1000 && !rig_done(r, res); i++) {
		uint64_t due = vcard_step(r->vc, 1 << 20);

		if (rig_done(r, res))
			break;
		if (due == VCARD_NEVER)
			due = r->now + 1000;
		else if (due)
			due = due > r->now + 1 ? due - 1 : r->now + 1;	/* not before */
		vcard_step(r->vc, 1 << 20);
		CHECK(!rig_done(r, res));
		r->now = due ? due + 1 : r->now;
	}
	CHECK(rig_done(r, res));
	return r->now - from;
}

/*
 * 10.4: 142 clocks besides the data, 55 for 64 bytes; the host's write that made the
 * engines fetch took 8. The cipher's time is that of write-backs on the bus.
 */
static void test_single(void)
{
	static const struct {
		uint32_t bytes, clocks;
	} jobs[] = { { 64, 142 + 55 }, { 256, 142 + 220 }, { 1440, 142 + 1249 },
		     { 4096, 142 + 3520 }, { 16384, 142 + 14080 } };

	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
		struct load load = load_aes(jobs[i].bytes);
		struct rig *r = timed("pci33");
		uint64_t from = r->now;
		uint32_t res = post(r, &load);

		rig_wr(r, 1, 0x40, 0x80808080);
		CHECK_EQ(finish(r, res, from), (jobs[i].clocks + 8) * CLK);
		CHECK_EQ(rig_counter(r, "bus", "job"), jobs[i].clocks);
		CHECK_EQ(rig_counter(r, "bus", "host"), 8);
		CHECK_EQ(rig_counter(r, "engine", "cipher"), jobs[i].bytes / 16 * 12 + 64);
		CHECK_EQ(rig_counter(r, "latency", "sum_ns"), (jobs[i].clocks + 8) * CLK);
		rig_free(r);
	}
}

/* Addresses that are no multiples of 4 cost a data phase; more pieces, descriptors. */
static void test_pieces(void)
{
	struct load load = load_aes(64);
	struct rig *r = timed("pci33");
	uint64_t from = r->now;
	uint32_t res;

	res = rig_command(r, load.block, load.len,
			  (struct seg[]){ { RIG_SRC + 1, 31 }, { RIG_SRC + 64, 33 }, { 0 } },
			  (struct seg[]){ { RIG_DST, 4 }, { RIG_DST + 32, 60 }, { 0 } });
	rig_wr(r, 1, 0x40, 0x80808080);
	finish(r, res, from);
	/* source: 8 and 9 phases instead of 16; destination: 1 and 15 */
	CHECK_EQ(rig_counter(r, "bus", "job"), 142 + 26 * 2 + 15 * 2 + 17 + 8 * 2 + 16);
	rig_free(r);
}

/* The engines: 3DES and HMAC-SHA1 of one block of 64 bytes, on a bus that costs nothing. */
static void test_engines(void)
{
	struct load load = load_esp(64);
	struct rig *r = timed("pci66,engine=1");
	uint64_t from = r->now, ns;
	uint32_t res = post(r, &load);

	rig_wr(r, 1, 0x40, 0x80808080);
	ns = finish(r, res, from);
	CHECK_EQ(rig_counter(r, "engine", "cipher"), 64 + 8 * 50);
	CHECK_EQ(rig_counter(r, "engine", "mac"), (2 + 3) * 82);
	/* context, cipher, then what the MAC has not done beside it: 4 of its 5 blocks */
	CHECK(ns > (64 + 400 + 4 * 82) * 1000 && ns < (64 + 400 + 4 * 82 + 5) * 1000);
	rig_free(r);
}

/* ---- polling ---- */

/* Four engines, 65 polls in a millisecond each, and the one that found nothing first. */
static void test_polls(void)
{
	struct rig *r = timed("pci33");

	vcard_step(r->vc, 1 << 20);
	r->now += 1000000;
	vcard_step(r->vc, 1 << 20);
	CHECK_EQ(rig_counter(r, "clock", "polls"), 4 * 66);
	CHECK_EQ(rig_counter(r, "bus", "poll"), 4 * 66 * 17);
	CHECK_EQ(rig_counter(r, "bus", "job"), 0);
	CHECK_EQ(rig_counter(r, "bus", "elapsed"), 33333);
	rig_wr(r, 1, 0x48, 0x00000017);	/* POLLFREQ 0 */
	r->now += 1000000;
	vcard_step(r->vc, 1 << 20);
	CHECK_EQ(rig_counter(r, "clock", "polls"), 4 * 66);
	rig_free(r);
}

/* What is queued for engines that wait is found by their next poll, not before. */
static void test_poll_delay(void)
{
	struct load load = load_aes(64);
	struct rig *r = timed("pci33,poll=1000");
	uint64_t from = r->now;
	uint32_t res;

	vcard_step(r->vc, 1 << 20);
	r->now += 35 * CLK;
	res = post(r, &load);
	CHECK_EQ(finish(r, res, from), (1000 + 197) * CLK);
	CHECK_EQ(rig_counter(r, "latency", "sum_ns"), (1000 - 35 + 197) * CLK);
	rig_free(r);
}

/* ---- many ---- */

static void test_utilisation(void)
{
	static const struct {
		uint32_t bytes;
		double least;
	} goals[] = { { 4096, 0.99 }, { 1440, 0.97 } };

	for (int i = 0; i < 2; i++) {
		struct load load = load_aes(goals[i].bytes);
		struct closed c;
		uint64_t job, elapsed;

		closed_open(&c, 1, "pci33", NULL);
		closed_measure(&c, &load, CLOSED_DEPTH, 500);
		job = rig_counter(c.card[0], "bus", "job");
		elapsed = rig_counter(c.card[0], "bus", "elapsed");
		printf("# util, %u bytes: %.4f\n", goals[i].bytes, (double)job / elapsed);
		CHECK(job <= elapsed && job >= goals[i].least * elapsed);
		CHECK_EQ(rig_counter(c.card[0], "latency", "count"), 500);
		CHECK_EQ(rig_counter(c.card[0], "clock", "late_max_ns"), 0);
		closed_close(&c);
	}
}

/* Latencies of a queue of 16: in the class of 16 times one. */
static void test_latency(void)
{
	struct load load = load_aes(4096);
	struct closed c;
	const struct vc_clock_count *count;
	uint64_t one = 3662 * CLK;

	closed_open(&c, 1, "pci33", NULL);
	closed_measure(&c, &load, 16, 300);
	count = &vcard_silicon(c.card[0]->vc)->host.count.clock;
	CHECK_EQ(count->latency[21], 300);	/* 1.05 to 2.1 ms */
	CHECK(count->latency_max > 16 * one && count->latency_max < 17 * one);
	CHECK(count->latency_sum > 300 * 16 * one);
	closed_close(&c);
}

/* When results are there, of commands that were all queued at once. */
static void times(uint64_t every, uint64_t *done, unsigned int n)
{
	struct load load = load_aes(4096);
	struct rig *r = timed("pci33");
	uint32_t res[CLOSED_DEPTH];
	uint64_t from = r->now;

	for (unsigned int i = 0; i < n; i++)
		res[i] = post(r, &load);
	for (unsigned int i = 0; i < n && r->now < from + 100000000;) {
		uint64_t due = vcard_step(r->vc, 1 << 20);

		for (; i < n && rig_done(r, res[i]); i++)
			done[i] = r->now - from;
		if (every)
			r->now += every;
		else if (due && due != VCARD_NEVER)
			r->now = due;
	}
	CHECK(rig_done(r, res[n - 1]));
	if (!every)
		CHECK_EQ(rig_counter(r, "clock", "late_max_ns"), 0);
	rig_free(r);
}

/*
 * A host that looks once in 700 us finds at each look just what is due by then: it comes
 * late by less than that, and the next result no later for it.
 */
static void test_no_drift(void)
{
	uint64_t want[CLOSED_DEPTH], got[CLOSED_DEPTH];

	times(0, want, CLOSED_DEPTH);
	times(700000, got, CLOSED_DEPTH);
	for (int i = 0; i < CLOSED_DEPTH; i++)
		CHECK_EQ(got[i], (want[i] + 699999) / 700000 * 700000);
}

/* But only with what was queued: a command that comes while the host is away waits for it. */
static void test_no_catching_up(void)
{
	struct load load = load_aes(4096);
	struct rig *r = timed("pci33");
	uint32_t res = post(r, &load);
	uint64_t from = r->now;

	vcard_step(r->vc, 1 << 20);
	r->now += 10000000;		/* over for long */
	vcard_step(r->vc, 1 << 20);
	CHECK(rig_done(r, res));
	from = r->now;
	res = post(r, &load);		/* queued at some time since */
	CHECK(finish(r, res, from) >= 3662 * CLK);
	rig_free(r);
}

/* A unit that is stopped makes up for nothing. */
static void test_stopped(void)
{
	struct load load = load_aes(4096);
	struct rig *r = timed("pci33");
	uint32_t res[8];

	for (int i = 0; i < 8; i++)
		res[i] = post(r, &load);
	finish(r, res[0], r->now);
	rig_wr(r, 0, 0x04, 0xa);	/* STOP */
	vcard_step(r->vc, 1 << 20);
	r->now += 10000000;
	vcard_step(r->vc, 1 << 20);
	CHECK(!rig_done(r, res[1]));
	rig_wr(r, 0, 0x04, 0x2);
	vcard_step(r->vc, 1 << 20);
	r->now += 2 * 3662 * CLK;
	vcard_step(r->vc, 1 << 20);
	vcard_step(r->vc, 1 << 20);
	CHECK(!rig_done(r, res[4]));
	finish(r, res[7], r->now);
	rig_free(r);
}

/* ---- changes while it runs ---- */

static void test_speed(void)
{
	static const struct {
		const char *spec;
		unsigned int times;	/* tenths of the time at 33 MHz */
	} speeds[] = { { "pci33,slow=10", 100 }, { "pci33,fast=10", 1 }, { "pci66", 5 },
		       { "pci33", 10 } };
	struct load load = load_aes(4096);
	struct closed c;
	uint64_t plain, ns;

	closed_open(&c, 1, "pci33", NULL);
	plain = closed_measure(&c, &load, 16, 100);
	for (size_t i = 0; i < sizeof(speeds) / sizeof(speeds[0]); i++) {
		const char *why = vcard_clock(c.card[0]->vc, speeds[i].spec);

		if (why)
			FAIL("%s: %s", speeds[i].spec, why);
		closed_run(&c, &load, 16, 16);	/* what is booked already */
		ns = closed_measure(&c, &load, 16, 100);
		if (ns * 1000 < plain * speeds[i].times * 98 ||
		    ns * 1000 > plain * speeds[i].times * 102)
			FAIL("%s: %llu ns, %llu at 33 MHz", speeds[i].spec,
			     (unsigned long long)ns, (unsigned long long)plain);
	}
	CHECK(!vcard_clock(c.card[0]->vc, "instant"));
	CHECK(!strcmp(vcard_clock_text(c.card[0]->vc), "instant"));
	closed_run(&c, &load, 16, 100);
	closed_close(&c);
}

/* ---- several cards ---- */

static uint64_t together(unsigned int cards, const char *clock, bool shared,
			 const struct load *load, unsigned int commands)
{
	void *bus = shared ? calloc(1, vcard_bus_bytes()) : NULL;
	uint64_t ns, job = 0, elapsed = 0;
	struct closed c;

	closed_open(&c, cards, clock, bus);
	ns = closed_measure(&c, load, 16, commands);
	for (unsigned int i = 0; i < cards; i++) {
		job += rig_counter(c.card[i], "bus", "job");
		elapsed = rig_counter(c.card[i], "bus", "elapsed");
	}
	if (shared)
		CHECK(job <= elapsed + elapsed / 20);
	closed_close(&c);
	free(bus);
	return ns;
}

static void test_cards(void)
{
	struct load aes = load_aes(4096), esp = load_esp(1440);
	double one = together(1, "pci33", false, &aes, 400), ns;

	ns = together(4, "pci33", false, &aes, 400);
	printf("# four cards on own buses: %.3f times one\n", one / ns);
	CHECK(one / ns > 3.8);
	ns = together(4, "pci33", true, &aes, 400);
	printf("# four cards on one bus: %.3f times one\n", one / ns);
	CHECK(one / ns > 0.99 && one / ns < 1.03);
	one = together(1, "pci66", false, &esp, 400);
	ns = together(2, "pci66", true, &esp, 400);
	printf("# two cards, ESP on one bus of 66 MHz: %.3f times one\n", one / ns);
	CHECK(one / ns > 1.5 && one / ns < 1.65);	/* the bus: 1 / 0.625 */
}

/* The rate is the bus's: the first card names it, the others agree or are refused. */
static void test_join(void)
{
	void *bus = calloc(1, vcard_bus_bytes());
	struct rig *a = rig_up(), *b = rig_up();

	vcard_share_bus(a->vc, bus);
	vcard_share_bus(b->vc, bus);
	CHECK(!vcard_clock(a->vc, "pci66"));
	CHECK(vcard_clock(b->vc, "pci33"));
	CHECK(!strcmp(vcard_clock_text(b->vc), "instant"));
	CHECK(!vcard_clock(b->vc, "pci66,engine=200"));
	CHECK(!vcard_clock(b->vc, "pci66,slow=2"));	/* for both */
	rig_free(a);
	rig_free(b);
	free(bus);
}

/* ---- the calendar ---- */

static void test_bus(void)
{
	struct vc_bus *bus = calloc(1, sizeof(*bus));
	const uint64_t t = 1920, from = 1000000 * t;

	CHECK(vc_bus_join(bus, t) && vc_bus_join(bus, t) && !vc_bus_join(bus, t + 1));
	CHECK_EQ(vc_bus_book(bus, from, 40), from + 40 * t);
	CHECK_EQ(vc_bus_book(bus, from, 3), from + 43 * t);
	CHECK_EQ(vc_bus_book(bus, from + 50 * t, 10), from + 60 * t);
	CHECK_EQ(vc_bus_book(bus, from + 43 * t + 1, 7), from + 61 * t);	/* 44 to 50, and 60 */
	CHECK_EQ(vc_bus_book(bus, from, 1), from + 44 * t);
	/* a lap further on the same slots are free */
	CHECK_EQ(vc_bus_book(bus, from + 32 * VC_BUS_SLOTS * t, 5),
		 from + (32 * VC_BUS_SLOTS + 5) * t);
	/* and who is a lap behind finds those taken */
	CHECK(vc_bus_book(bus, from, 5) > from + 60 * t);
	vc_bus_set(bus, 2 * t);		/* another rate, another calendar */
	CHECK_EQ(vc_bus_book(bus, from, 5), from + 10 * t);
	free(bus);
}

/* Books for ever, or so many times. */
static pid_t booker(struct vc_bus *bus, uint64_t from, unsigned int times)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	for (unsigned int i = 0; !times || i < times; i++)
		vc_bus_book(bus, times ? from : from + (uint64_t)i % 1000 * 1920, 31);
	_exit(0);
}

/*
 * Processes that share a bus: no clock is given twice and none is lost, one that is killed
 * on the way stops nobody.
 */
static void test_bus_processes(void)
{
	struct vc_bus *bus = mmap(NULL, sizeof(*bus), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const uint64_t t = 1920, from = 1000000 * t;
	pid_t pid[4], victim;

	CHECK(bus != MAP_FAILED && vc_bus_join(bus, t));
	for (int i = 0; i < 4; i++)
		pid[i] = booker(bus, from, 1000);
	for (int i = 0; i < 4; i++)
		CHECK_EQ(waitpid(pid[i], NULL, 0), pid[i]);
	CHECK_EQ(vc_bus_book(bus, from, 1), from + (4 * 1000 * 31 + 1) * t);
	victim = booker(bus, from, 0);
	usleep(2000);
	kill(victim, SIGKILL);
	CHECK_EQ(waitpid(victim, NULL, 0), victim);
	vc_bus_set(bus, 2 * t);
	CHECK_EQ(vc_bus_book(bus, from, 5), from + 10 * t);
	munmap(bus, sizeof(*bus));
}

/* ---- words ---- */

static void test_words(void)
{
	static const struct {
		const char *spec, *why;
	} bad[] = {
		{ "", "instant, pci33 or pci66" }, { "pci", "'pci'" },
		{ "pci333", "'pci333'" }, { "PCI33", "'PCI33'" },
		{ "pci33,", "known are" }, { "pci33,,engine=1", "known are" },
		{ "pci33,mhz=3", "'mhz=3'" },
		{ "pci33,engine=0", "engine=0: a whole number from 1 to 1000 MHz" },
		{ "pci33,engine=1001", "engine=1001: a whole number from 1 to 1000 MHz" },
		{ "pci33,engine=", "engine=: a" }, { "pci33,engine=-1", "engine=-1: a" },
		{ "pci33,engine=1x", "engine=1x: a" },
		{ "pci33,engine=99999999999999999999", "engine=999999999999: a" },
		{ "pci66,poll=15", "poll=15: a whole number from 16 to 65536 bus clocks" },
		{ "pci66,slow=0", "slow=0: a whole number from 1 to 1000" },
		{ "pci66,fast=65", "fast=65: a whole number from 1 to 64" },
		{ "pci66,slow=2,fast=2", "slow=2 and fast=2" },
	};
	struct rig *r = rig_up();

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *why = vcard_clock(r->vc, bad[i].spec);

		if (!why || !strstr(why, bad[i].why))
			FAIL("'%s': %s", bad[i].spec, why ? why : "taken");
	}
	CHECK(!strcmp(vcard_clock_text(r->vc), "instant"));
	CHECK(!vcard_clock(r->vc, "pci66,slow=3,engine=100"));
	CHECK(!strcmp(vcard_clock_text(r->vc), "pci66,engine=100,poll=512,slow=3"));
	CHECK(!vcard_clock(r->vc, "pci33,fast=64,engine=1000,poll=65536"));
	CHECK(!strcmp(vcard_clock_text(r->vc), "pci33,engine=1000,poll=65536,fast=64"));
	vcard_power_cycle(r->vc, NULL);
	CHECK(!strcmp(vcard_clock_text(r->vc), "instant"));
	rig_free(r);
}

/* A reset drops what was under way, and the time goes on. */
static void test_reset(void)
{
	struct load load = load_aes(4096);
	struct rig *r = timed("pci33");
	uint32_t res = post(r, &load);
	uint64_t from;

	vcard_step(r->vc, 1 << 20);
	r->now += 50000;
	vcard_step(r->vc, 1 << 20);
	rig_wr(r, 1, 0x48, 0x4);
	r->now += 1000;
	rig_wr(r, 1, 0x48, 0x7);
	r->now += 10000;
	CHECK(!rig_done(r, res));
	memset(rig_at(r, RIG_BASE), 0, 0x8000);
	memset(r->next, 0, sizeof(r->next));
	rig_start(r);
	from = r->now;
	res = post(r, &load);
	CHECK(finish(r, res, from) > 3662 * CLK);
	vcard_pci_reset(r->vc);
	CHECK(!strcmp(vcard_clock_text(r->vc), "pci33,engine=264,poll=512"));
	rig_free(r);
}

/* Set while a command is at work: that one takes no time, the next one its own. */
static void test_set_within(void)
{
	struct load load = load_aes(4096);

	for (uint32_t budget = 64; budget < 4096; budget += 64) {
		struct rig *r = rig_up();
		uint32_t res = post(r, &load);
		uint64_t from;

		r->now = 3000000;
		vcard_step(r->vc, budget);
		CHECK(!vcard_clock(r->vc, "pci33"));
		finish(r, res, r->now);
		from = r->now;
		res = post(r, &load);
		CHECK(finish(r, res, from) > 3520 * CLK);
		rig_free(r);
	}
}

static const struct test tests[] = {
	{ "single", test_single },
	{ "pieces", test_pieces },
	{ "engines", test_engines },
	{ "polls", test_polls },
	{ "poll-delay", test_poll_delay },
	{ "figures", test_figures },
	{ "utilisation", test_utilisation },
	{ "latency", test_latency },
	{ "no-drift", test_no_drift },
	{ "no-catching-up", test_no_catching_up },
	{ "stopped", test_stopped },
	{ "speed", test_speed },
	{ "cards", test_cards },
	{ "join", test_join },
	{ "bus", test_bus },
	{ "bus-processes", test_bus_processes },
	{ "words", test_words },
	{ "reset", test_reset },
	{ "set-within", test_set_within },
};

RUN_TESTS("vcard.clock")
