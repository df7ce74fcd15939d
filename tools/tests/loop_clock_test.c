// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the card's time allows the driver's descriptors: rings, commands and pieces as
 * drivers/ makes them, on the virtual card with a clock, a host that is never late.
 */
#include "../../drivers/hifn_sgplan.h"
#include "../vcard/silicon/card.h"
#include "loop_bench.h"

#define MEM_BUS		0x40000000u	/* the bench's */
#define RINGS_AT	0x100000u
#define CMDS_AT		0x110000u
#define RESULTS_AT	0x120000u
#define DATA_AT		0x200000u	/* 64 KiB each way per kind of piece */
#define ENTRIES		129		/* 128 jobs */
#define DATA_ENTRIES	512
#define EVENTS_MAX	200000u

struct shape {
	const char *name;
	u32 bytes, src_pieces, dst_pieces;	/* besides what a descriptor cannot carry */
	enum hifn_mac mac;
	enum hifn_cipher cipher;
	const char *clock;
	u32 depth;
};

struct run {
	struct loop_bench *b;
	const struct shape *shape;
	struct hifn_chain chain[ENTRIES];
	struct hifn_op op;
	u16 next;		/* slot; used in turn */
	u64 done;
};

static u32 place(struct loop_bench *b, struct hifn_ring *r, u32 at, u16 nr)
{
	hifn_ring_init(r, (struct hifn_desc *)(b->mem + at), MEM_BUS + at, nr);
	return at + (nr + 1) * sizeof(struct hifn_desc);
}

/* The bench's card with rings of the driver's size. */
static void open_run(struct run *run, struct kunit *test)
{
	struct loop_bench *b = loop_open(test);
	u32 at = RINGS_AT;

	run->b = b;
	at = place(b, &b->rings.cmd, at, ENTRIES);
	at = place(b, &b->rings.res, at, ENTRIES);
	at = place(b, &b->rings.src, at, DATA_ENTRIES);
	place(b, &b->rings.dst, at, DATA_ENTRIES);
	b->rings.chain = run->chain;
	loop_start_card(b);
	KUNIT_ASSERT_TRUE(test, !vcard_clock(b->card, run->shape->clock));
}

static void make_op(struct run *run)
{
	static const u8 key[32], mac_key[HIFN_MAC_KEY_BYTES];
	const struct shape *s = run->shape;
	struct hifn_op *op = &run->op;

	memset(op, 0, sizeof(*op));
	op->cipher = s->cipher;
	op->mode = HIFN_MODE_CBC;
	op->key = key;
	op->key_bytes = s->cipher == HIFN_CIPHER_AES ? 16 : 24;
	op->iv = key;
	op->crypt.bytes = s->bytes;
	op->mac = s->mac;
	op->mac_key = mac_key;
	op->bytes = s->bytes;
	if (!s->mac)
		return;
	op->auth.bytes = s->bytes;	/* SPI, sequence number and IV are hashed only */
	op->crypt.skip = 16;
	op->crypt.bytes -= 16;
}

/* Equal pieces of multiples of 4, each cut as the driver cuts it. */
static u16 pieces(struct run *run, struct hifn_ring *r, u32 at, u32 nr)
{
	u32 left = run->shape->bytes, i, bus, n, piece = left / nr & ~3u;
	u16 descs = 0;

	for (i = 0; i < nr; i++) {
		struct hifn_cut cut = { .bus = MEM_BUS + at,
					.left = i + 1 < nr ? piece : left };

		at += cut.left;
		while (hifn_cut_next(&cut, &bus, &n)) {
			left -= n;
			descs++;
			if (r)
				hifn_ring_fill(r, n | (left ? HIFN_D_DATA :
						       HIFN_D_DATA_LAST), bus);
		}
	}
	return descs;
}

static bool submit(struct run *run)
{
	const struct shape *s = run->shape;
	struct loop_bench *b = run->b;
	struct hifn_rings *rs = &b->rings;
	u32 cmd_at, res_at;
	u16 slot = run->next;
	int bytes;

	if (hifn_rings_busy(rs) >= s->depth ||
	    hifn_rings_claim(rs, pieces(run, NULL, 0, s->src_pieces),
			     pieces(run, NULL, 0, s->dst_pieces), slot))
		return false;
	run->next = (slot + 1) % ENTRIES;
	cmd_at = CMDS_AT + slot * LOOP_CMD_STRIDE;
	res_at = RESULTS_AT + slot * LOOP_RES_STRIDE;
	bytes = hifn_cmd_encode(&run->op, b->mem + cmd_at, HIFN_OP_CMD_MAX_BYTES);
	KUNIT_ASSERT_TRUE(b->test, bytes > 0);
	hifn_result_preset(b->mem + res_at);
	pieces(run, &rs->dst, DATA_AT + 0x20000, s->dst_pieces);
	hifn_ring_fill(&rs->res, HIFN_D_RESULT | HIFN_MAX_RESULT_BYTES, MEM_BUS + res_at);
	pieces(run, &rs->src, DATA_AT, s->src_pieces);
	hifn_ring_fill(&rs->cmd, HIFN_D_CMD | bytes, MEM_BUS + cmd_at);
	hifn_rings_publish(rs);
	return true;
}

static bool harvest(struct run *run)
{
	struct loop_bench *b = run->b;
	u8 mac[HIFN_SHA1_BYTES];
	u16 slot;

	if (!hifn_rings_harvest(&b->rings, &slot))
		return false;
	KUNIT_ASSERT_EQ(b->test, hifn_result_read(&run->op, b->mem + RESULTS_AT +
						  slot * LOOP_RES_STRIDE, mac),
			HIFN_RESULT_OK);
	hifn_rings_release(&b->rings);
	run->done++;
	return true;
}

/* From event to event until so many more are done; others are then on the card. */
static void go(struct run *run, u64 jobs)
{
	struct loop_bench *b = run->b;
	u64 until = run->done + jobs, due;
	u32 events = 0;

	while (run->done < until) {
		KUNIT_ASSERT_LE(b->test, events++, EVENTS_MAX);
		while (submit(run))
			;
		while (!(due = vcard_step(b->card, 1 << 20)))
			;
		if (!harvest(run))
			b->now_ns = due;
	}
}

/* The model's limit for a job: what the slower of bus and engine is busy for, ns. */
static double limit_ns(const struct run *run, const struct vc_clock_count *c, u64 jobs)
{
	double bus = c->bus_job * (strstr(run->shape->clock, "66") ? 15.0 : 30.0);
	double engine = max(c->cipher, c->mac) / 0.264;	/* 264 MHz */

	return max(bus, engine) / jobs;
}

static void figure(struct kunit *test, const struct shape *s, double util, double of_limit)
{
	struct run *run = kunit_kzalloc(test, sizeof(*run), GFP_KERNEL);
	const struct vc_clock_count *c;
	const u64 jobs = 300;
	double ns, got;
	u64 from;

	run->shape = s;
	open_run(run, test);
	make_op(run);
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
	KUNIT_EXPECT_TRUE_MSG(test, got >= util, "%s: bus utilisation %.4f", s->name, got);
	KUNIT_EXPECT_TRUE_MSG(test, limit_ns(run, c, jobs) / ns >= of_limit,
			      "%s: %.4f of the limit", s->name, limit_ns(run, c, jobs) / ns);
	loop_close(run->b);
}

static void loop_utilisation(struct kunit *test)
{
	static const struct shape shapes[] = {
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
	static const struct shape s = { "ESP 3DES-SHA1 1400 (1416)", 1416, 1, 1,
					HIFN_MAC_HMAC_SHA1, HIFN_CIPHER_3DES, "pci66", 32 };

	figure(test, &s, 0.5, 0.95);
}

/* One at a time: the whole way there and back, nothing beside it. */
static void loop_alone(struct kunit *test)
{
	static const struct shape s = { "AES-128-CBC 4096", 4096, 1, 1, 0, HIFN_CIPHER_AES,
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
