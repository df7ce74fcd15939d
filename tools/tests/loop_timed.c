// SPDX-License-Identifier: BSD-2-Clause
/* Jobs of one shape on a virtual card with a clock, see loop_timed.h. */
#include "../../drivers/hifn_sgplan.h"
#include "loop_timed.h"

#define MEM_BUS		0x40000000u	/* the bench's */
#define RINGS_AT	0x100000u
#define CMDS_AT		0x110000u
#define RESULTS_AT	0x120000u
#define DATA_AT		0x200000u	/* 64 KiB each way per kind of piece */
#define DATA_ENTRIES	512

static u32 place(struct loop_bench *b, struct hifn_ring *r, u32 at, u16 nr)
{
	hifn_ring_init(r, (struct hifn_desc *)(b->mem + at), MEM_BUS + at, nr);
	return at + (nr + 1) * sizeof(struct hifn_desc);
}

static void make_op(struct timed *run)
{
	static const u8 key[32], mac_key[HIFN_MAC_KEY_BYTES];
	const struct timed_shape *s = run->shape;
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

void timed_open(struct timed *run, struct kunit *test)
{
	struct loop_bench *b = loop_open(test);
	u32 at = RINGS_AT;

	run->b = b;
	at = place(b, &b->rings.cmd, at, TIMED_ENTRIES);
	at = place(b, &b->rings.res, at, TIMED_ENTRIES);
	at = place(b, &b->rings.src, at, DATA_ENTRIES);
	place(b, &b->rings.dst, at, DATA_ENTRIES);
	b->rings.chain = run->chain;
	loop_start_card(b);
	make_op(run);
	KUNIT_ASSERT_TRUE(test, !vcard_clock(b->card, run->shape->clock));
}

/* Equal pieces of multiples of 4, each cut as the driver cuts it. */
static u16 pieces(struct timed *run, struct hifn_ring *r, u32 at, u32 nr)
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

bool timed_submit(struct timed *run, u32 result)
{
	const struct timed_shape *s = run->shape;
	struct loop_bench *b = run->b;
	struct hifn_rings *rs = &b->rings;
	u32 cmd_at, res_at;
	u16 slot = run->next;
	int bytes;

	if (hifn_rings_busy(rs) >= s->depth ||
	    hifn_rings_claim(rs, pieces(run, NULL, 0, s->src_pieces),
			     pieces(run, NULL, 0, s->dst_pieces), slot))
		return false;
	run->next = (slot + 1) % TIMED_ENTRIES;
	cmd_at = CMDS_AT + slot * LOOP_CMD_STRIDE;
	res_at = RESULTS_AT + slot * LOOP_RES_STRIDE;
	bytes = hifn_cmd_encode(&run->op, b->mem + cmd_at, HIFN_OP_CMD_MAX_BYTES);
	KUNIT_ASSERT_TRUE(b->test, bytes > 0);
	hifn_result_preset(b->mem + res_at);
	pieces(run, &rs->dst, DATA_AT + 0x20000, s->dst_pieces);
	hifn_ring_fill(&rs->res, result | HIFN_MAX_RESULT_BYTES, MEM_BUS + res_at);
	pieces(run, &rs->src, DATA_AT, s->src_pieces);
	hifn_ring_fill(&rs->cmd, HIFN_D_CMD | bytes, MEM_BUS + cmd_at);
	hifn_rings_publish(rs);
	return true;
}

bool timed_harvest(struct timed *run)
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
	run->last = slot;
	run->done++;
	return true;
}
