// SPDX-License-Identifier: BSD-2-Clause
/*
 * Interrupts, register accesses and latency of closed loops on a card with a clock, where the
 * driver's marks decide which results interrupt (hifn_mark.c), and nobody looks at the rings
 * but who was interrupted. Simulated time, the card's own counters: exact, the same on each
 * machine. What the handler does is the driver's: an acknowledgement and a read.
 */
#include "../../drivers/hifn_mark.h"
#include "../vcard/silicon/card.h"
#include "loop_timed.h"

#define JOBS		2560
#define WARM		128	/* jobs before: how many there are at a time is learned */
#define NONE		UINT64_MAX

struct host {
	struct timed run;
	struct hifn_mark mark;
	bool each;		/* no mitigation: every result interrupts */
	bool marked[TIMED_ENTRIES];
	u64 began[TIMED_ENTRIES];
	u64 late_ns;		/* from an interrupt to its handler */
	u64 handler_at;		/* NONE: no interrupt is on its way */
	u32 irqs_seen;
	u32 ticks;		/* of a timer that looks where no interrupt will come */
	u32 latency[WARM + JOBS + TIMED_ENTRIES];	/* ns */
};

struct counts {
	u32 irqs, ticks, accesses, commands;	/* of JOBS jobs */
	u32 p99_ns;
	double util;
};

static void host_fill(struct host *h)
{
	struct timed *run = &h->run;

	while (hifn_rings_busy(&run->b->rings) < run->shape->depth) {
		u16 slot = run->next;
		bool mark = h->each || hifn_mark_next(&h->mark, hifn_rings_busy(&run->b->rings), 0);

		h->marked[slot] = mark;
		h->began[slot] = run->b->now_ns;
		KUNIT_ASSERT_TRUE(run->b->test, timed_submit(run, mark ? HIFN_D_RESULT :
							     HIFN_D_RESULT | HIFN_D_MASKDONEIRQ));
	}
}

static void host_take(struct host *h)
{
	struct timed *run = &h->run;

	while (timed_harvest(run)) {
		h->latency[run->done - 1] = run->b->now_ns - h->began[run->last];
		if (!h->each)
			hifn_mark_done(&h->mark, h->marked[run->last]);
	}
	host_fill(h);
	if (!h->each && hifn_mark_none(&h->mark)) {
		h->ticks++;
		h->handler_at = run->b->now_ns + 100000;
	}
}

static void host_handler(struct host *h)
{
	struct loop_bench *b = h->run.b;

	h->handler_at = NONE;
	vcard_wr32(b->card, 1, HIFN_1_DMA_CSR, HIFN_DMACSR_R_DONE);
	vcard_rd32(b->card, 1, HIFN_1_DMA_CSR);
	h->irqs_seen = b->irqs;
	host_take(h);
}

static void host_run(struct host *h, u64 jobs)
{
	struct loop_bench *b = h->run.b;
	u64 until = h->run.done + jobs, due;
	u32 events = 0;

	while (h->run.done < until) {
		KUNIT_ASSERT_LE(b->test, events++, TIMED_EVENTS);
		while (!(due = vcard_step(b->card, 1 << 20)))
			;
		if (b->irqs != h->irqs_seen && h->handler_at == NONE)
			h->handler_at = b->now_ns + h->late_ns;
		if (h->handler_at <= b->now_ns)
			host_handler(h);
		else
			b->now_ns = min(due, h->handler_at);
	}
}

static int by_size(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return x < y ? -1 : x > y;
}

static u32 host_p99(struct host *h, u64 from)
{
	u32 n = h->run.done - from;

	qsort(h->latency + from, n, sizeof(*h->latency), by_size);
	return h->latency[from + n - 1 - n / 100];
}

static void host_count(struct host *h, struct counts *is)
{
	struct vcard *card = h->run.b->card;
	const struct vc_count *c = &vcard_silicon(card)->host.count;
	u64 from = h->run.done;
	u32 r, ticks = h->ticks;

	vcard_counters_reset(card);
	host_run(h, JOBS);
	free(vcard_counters_json(card));	/* brings elapsed up to date */
	memset(is, 0, sizeof(*is));
	is->irqs = c->irq_raised;
	is->ticks = h->ticks - ticks;
	is->commands = c->commands;
	for (r = 0; r < VC_REGS1; r++)
		is->accesses += c->reads[1][r] + c->writes[1][r] + c->reads[0][r] + c->writes[0][r];
	is->util = (double)c->clock.bus_job / c->clock.elapsed;
	is->p99_ns = host_p99(h, from);
}

static struct counts measure(struct kunit *test, const struct timed_shape *s, u64 late_ns, bool each)
{
	struct host *h = kunit_kzalloc(test, sizeof(*h), GFP_KERNEL);
	struct counts is;

	h->run.shape = s;
	h->late_ns = late_ns;
	h->each = each;
	h->handler_at = NONE;
	hifn_mark_init(&h->mark);
	timed_open(&h->run, test);
	h->irqs_seen = h->run.b->irqs;
	host_fill(h);
	host_run(h, WARM);
	host_count(h, &is);
	loop_close(h->run.b);
	return is;
}

static double per_job(u32 count, const struct counts *is)
{
	return (double)count / is->commands;
}

/* What a request may cost, and how much of its time the card may stand still. */
struct goal {
	struct timed_shape shape;
	const char *name;	/* of its figures */
	double irqs, accesses, util;
};

static const struct goal qd1 = {
	{ "AES-128-CBC 4096", 4096, 1, 1, 0, HIFN_CIPHER_AES, "pci33", 1 },
	"qd1", 1, 2, 0.8
};

static const struct goal qd8 = {
	{ "AES-128-CBC 4096", 4096, 1, 1, 0, HIFN_CIPHER_AES, "pci33", 8 },
	"qd8", 0.26, 0.52, 0.99
};

static const struct goal qd32 = {
	{ "AES-128-CBC 4096", 4096, 1, 1, 0, HIFN_CIPHER_AES, "pci33", 32 },
	"qd32", 0.07, 0.13, 0.99
};

static const struct goal qd32_1440 = {
	{ "AES-128-CBC 1440", 1440, 1, 1, 0, HIFN_CIPHER_AES, "pci33", 32 },
	"qd32_1440", 0.07, 0.13, 0.97
};

static const struct goal qd32_esp = {
	{ "ESP AES-SHA1 1440", 1440, 1, 1, HIFN_MAC_HMAC_SHA1, HIFN_CIPHER_AES, "pci33", 32 },
	"qd32_esp", 	0.07, 0.13, 0.97
};

static void check_goal(struct kunit *test, const struct goal *g, u64 late_ns)
{
	struct counts is = measure(test, &g->shape, late_ns, false);
	double irqs = per_job(is.irqs + is.ticks, &is);
	double accesses = per_job(is.accesses, &is);

	native_kunit_note("%-18s depth %3u, handler after %3u us: irq %.4f, access %.4f, bus %.4f",
			  g->shape.name, g->shape.depth, (u32)(late_ns / 1000), irqs, accesses,
			  is.util);
	if (!late_ns)
		native_kunit_note("figure irq_%s %.4f mmio_%s %.4f util_%s %.4f", g->name, irqs,
				  g->name, accesses, g->name, is.util);
	KUNIT_EXPECT_GE(test, (u64)is.commands, (u64)JOBS);
	KUNIT_EXPECT_EQ(test, is.ticks, 0u);
	KUNIT_EXPECT_TRUE_MSG(test, irqs <= g->irqs, "%s: %.4f interrupts", g->shape.name, irqs);
	KUNIT_EXPECT_TRUE_MSG(test, accesses <= g->accesses, "%s: %.4f accesses", g->shape.name, accesses);
	KUNIT_EXPECT_TRUE_MSG(test, is.util >= g->util, "%s: bus busy %.4f", g->shape.name, is.util);
}

/* However late the handler comes, as long as the card has work left. */
static void check_late(struct kunit *test, const struct goal *g)
{
	static const u64 late_ns[] = { 0, 10000, 50000, 150000 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(late_ns); i++)
		check_goal(test, g, late_ns[i]);
}

static void loop_irq_qd1(struct kunit *test)
{
	check_goal(test, &qd1, 0);
	check_goal(test, &qd1, 10000);
}

static void loop_irq_qd8(struct kunit *test)
{
	check_late(test, &qd8);
}

static void loop_irq_qd32(struct kunit *test)
{
	check_late(test, &qd32);
}

static void loop_irq_qd32_1440(struct kunit *test)
{
	check_late(test, &qd32_1440);
}

static void loop_irq_qd32_esp(struct kunit *test)
{
	check_late(test, &qd32_esp);
}

/*
 * Mitigation adds nothing for who is alone, and one job's time at most, beside others, to how
 * long the slowest wait.
 */
static void loop_irq_latency(struct kunit *test)
{
	static const struct goal * const goals[] = { &qd1, &qd8 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(goals); i++) {
		const struct timed_shape *s = &goals[i]->shape;
		struct counts with = measure(test, s, 10000, false);
		struct counts without = measure(test, s, 10000, true);
		int added = with.p99_ns - without.p99_ns;

		native_kunit_note("%s depth %u: p99 %u ns, %d more than with an interrupt each",
				  s->name, s->depth, with.p99_ns, added);
		native_kunit_note("figure p99_added_us_%s %.1f", goals[i]->name, added / 1e3);
		KUNIT_EXPECT_EQ(test, without.irqs, without.commands);
		KUNIT_EXPECT_LE(test, added, s->depth == 1 ? 0 : 109870);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(loop_irq_qd1),
	KUNIT_CASE(loop_irq_qd8),
	KUNIT_CASE(loop_irq_qd32),
	KUNIT_CASE(loop_irq_qd32_1440),
	KUNIT_CASE(loop_irq_qd32_esp),
	KUNIT_CASE(loop_irq_latency),
	{}
};

static struct kunit_suite suite = {
	.name = "loop_irq",
	.test_cases = cases,
};
kunit_test_suite(suite);
