// SPDX-License-Identifier: BSD-2-Clause
/*
 * The four ring engines: jumps, waiting, order, write-back, bad addresses.
 */
#include "rig.h"

#define ONE(a, n)	((struct seg[]){ { a, n }, { 0 } })

/* A command without engines: source goes to destination as it is. */
static uint32_t copy_block(uint8_t *out, uint32_t n)
{
	memset(out, 0, 16);
	cmd_base(out, 0, 0, n, n);
	return 16;
}

static uint32_t copy(struct rig *r, uint32_t n, const struct seg *src,
		     const struct seg *dst)
{
	uint8_t block[16];

	return rig_command(r, block, copy_block(block, n), src, dst);
}

static void fill(struct rig *r, uint32_t addr, uint32_t n)
{
	uint8_t *p = rig_at(r, addr);

	for (uint32_t i = 0; i < n; i++)
		p[i] = i * 7 + (i >> 8) + 1;
}

static void test_write_back(void)
{
	struct rig *r = rig_up();
	uint32_t res = copy(r, 64, ONE(RIG_SRC, 64), ONE(RIG_DST, 64));

	fill(r, RIG_SRC, 64);
	rig_run(r);
	CHECK_MEM(rig_at(r, RIG_DST), rig_at(r, RIG_SRC), 64);
	CHECK_EQ(rig_word(r, res), LAST | 40);
	CHECK_EQ(rig_word(r, RIG_RING(RS)), LAST | QUIET | 64);
	CHECK_EQ(rig_word(r, RIG_RING(RD)), LAST | QUIET | 64);
	CHECK_EQ(rig_word(r, RIG_RING(RC)), LAST | QUIET | 16);
	/* LAST everywhere, DONE of the result only, WAIT everywhere. */
	CHECK_EQ(rig_rd(r, 1, 0x40), 0x0c1c0c0c);
	CHECK_EQ(r->irqs, 1);
	rig_free(r);
}

static void test_done_bits(void)
{
	static const uint32_t done[] = { 0x10, 0x1000, 0x10000000, 0x00100000 };

	for (int loud = 0; loud < 4; loud++) {
		struct rig *r = rig_up();
		uint32_t mask[4] = { QUIET, QUIET, QUIET, QUIET };
		uint32_t all = 0x10101010;

		mask[loud] = 0;
		copy_block(rig_at(r, RIG_CMD), 4);
		rig_post(r, RD, VALID | LAST | mask[RD] | 4, RIG_DST);
		rig_post(r, RR, VALID | LAST | mask[RR] | 8, RIG_RESULT);
		rig_post(r, RS, VALID | LAST | mask[RS] | 4, RIG_SRC);
		rig_post(r, RC, VALID | LAST | mask[RC] | 16, RIG_CMD);
		rig_run(r);
		CHECK_EQ(rig_rd(r, 1, 0x40) & all, done[loud]);
		rig_free(r);
	}
}

/* Three laps around all rings, with one and with three segments. */
static void test_wrap(void)
{
	struct rig *r = rig_up();

	fill(r, RIG_SRC, 64);
	for (int i = 0; i < 3 * RIG_SLOTS; i++) {
		struct seg three[] = { { RIG_SRC, 16 }, { RIG_SRC + 16, 16 },
				       { RIG_SRC + 32, 32 }, { 0 } };
		uint32_t res = copy(r, 64, i & 1 ? three : ONE(RIG_SRC, 64),
				    ONE(RIG_DST, 64));

		memset(rig_at(r, RIG_DST), 0, 64);
		rig_run(r);
		if (!rig_done(r, res))
			FAIL("command %d did not complete", i);
		CHECK_MEM(rig_at(r, RIG_DST), rig_at(r, RIG_SRC), 64);
	}
	/* The jumps were given back. */
	for (int ring = 0; ring < 4; ring++)
		CHECK_EQ(rig_word(r, RIG_RING(ring) + 8 * RIG_SLOTS), JUMP | QUIET);
	rig_free(r);
}

/* LAST on a jump is no end of chain: the source continues behind it. */
static void test_jump_with_last(void)
{
	struct rig *r = rig_up();
	uint32_t at = RIG_RING(RS), res;

	fill(r, RIG_SRC, 32);
	rig_set_desc(r, at, VALID | QUIET | 16, RIG_SRC);
	rig_set_desc(r, at + 8, VALID | JUMP | LAST | QUIET, at + 0x200);
	rig_set_desc(r, at + 0x200, VALID | LAST | QUIET | 16, RIG_SRC + 16);
	res = copy(r, 32, (struct seg[]){ { 0 } }, ONE(RIG_DST, 32));
	rig_run(r);
	CHECK(rig_done(r, res));
	CHECK_MEM(rig_at(r, RIG_DST), rig_at(r, RIG_SRC), 32);
	CHECK_EQ(rig_word(r, at + 8), JUMP | LAST | QUIET);
	CHECK_EQ(rig_rd(r, 1, 0x40) & 0x1000, 0);	/* no S_DONE from the jump */
	rig_free(r);
}

/* A jump to itself or in a circle ends by itself: VALID is gone after one pass. */
static void test_jump_loops(void)
{
	struct rig *r = rig_up();
	uint32_t at = RIG_RING(RC);

	rig_set_desc(r, at, VALID | JUMP, at + 8);
	rig_set_desc(r, at + 8, VALID | JUMP, at);
	rig_run(r);
	CHECK_EQ(rig_word(r, at), JUMP);
	CHECK_EQ(rig_rd(r, 1, 0x40) & 0x3c, 0x04);
	rig_set_desc(r, at, VALID | JUMP, at);
	rig_run(r);
	CHECK_EQ(rig_word(r, at), JUMP);
	rig_free(r);
}

/* However long the chain of jumps: one step stays within its budget. */
static void test_step_is_bounded(void)
{
	struct rig *r = rig_up();
	const uint32_t n = 4096, at = RIG_SRC;
	int steps = 0;

	for (uint32_t i = 0; i < n; i++)
		rig_set_desc(r, at + 8 * i, VALID | JUMP, at + 8 * i + 8);
	rig_set_desc(r, RIG_RING(RC), VALID | JUMP, at);
	while (!vcard_step(r->vc, 64 * 64))
		steps++;
	CHECK_EQ(steps, 64);
	CHECK_EQ(rig_word(r, at + 8 * (n - 1)), JUMP);
	rig_free(r);
}

/* 7.4, and Appendix A no. 13. */
static void test_command_wait(void)
{
	struct rig *r = rig_up();

	rig_us(r, 1);
	for (int i = 0; i < 3; i++) {
		CHECK(rig_rd(r, 1, 0x40) & 4);
		rig_wr(r, 1, 0x40, 4);
		CHECK_EQ(rig_rd(r, 1, 0x40) & 4, 0);
		rig_us(r, 1);
	}
	rig_free(r);
}

/* POLLFREQ 0: one fetch per enable, 3.5. */
static void test_no_polling(void)
{
	struct rig *r = rig_up();
	uint32_t res;

	rig_us(r, 1);
	rig_wr(r, 1, 0x48, 0x17);
	CHECK(!vcard_polling(r->vc));
	res = copy(r, 16, ONE(RIG_SRC, 16), ONE(RIG_DST, 16));
	rig_us(r, 100);
	CHECK(!rig_done(r, res));
	rig_wr(r, 1, 0x40, 0x80808080);
	rig_us(r, 1);
	CHECK(rig_done(r, res));
	rig_wr(r, 1, 0x40, 0x4);
	rig_us(r, 10);
	CHECK_EQ(rig_rd(r, 1, 0x40) & 4, 0);
	rig_free(r);
}

static void test_disable(void)
{
	struct rig *r = rig_up();
	uint32_t res;

	rig_wr(r, 1, 0x40, 0x00004000);		/* source engine off */
	res = copy(r, 16, ONE(RIG_SRC, 16), ONE(RIG_DST, 16));
	rig_us(r, 20);
	CHECK(!rig_done(r, res));
	CHECK(rig_word(r, RIG_RING(RS)) & VALID);
	rig_wr(r, 1, 0x40, 0x00008000);
	rig_us(r, 1);
	CHECK(rig_done(r, res));
	rig_free(r);
}

/* Any order of loading, Appendix A no. 11. */
static void test_any_order(void)
{
	for (int perm = 0; perm < 24; perm++) {
		struct rig *r = rig_up();
		int left[4] = { RC, RS, RD, RR }, n = 4, p = perm;

		fill(r, RIG_SRC, 16);
		copy_block(rig_at(r, RIG_CMD), 16);
		while (n) {
			static const uint32_t at[] = { RIG_CMD, RIG_SRC, RIG_DST, RIG_RESULT };
			static const uint32_t len[] = { 16, 16, 16, 12 };
			int i = p % n, ring = left[i];

			p /= n;
			left[i] = left[--n];
			rig_us(r, 3);
			rig_post(r, ring, VALID | LAST | len[ring], at[ring]);
		}
		rig_us(r, 3);
		if (rig_word(r, RIG_RING(RR)) & VALID)
			FAIL("permutation %d did not complete", perm);
		CHECK_MEM(rig_at(r, RIG_DST), rig_at(r, RIG_SRC), 16);
		rig_free(r);
	}
}

/* A source chain whose second half appears later. */
static void test_late_segment(void)
{
	struct rig *r = rig_up();
	uint32_t res;

	fill(r, RIG_SRC, 48);
	rig_post(r, RS, VALID | QUIET | 20, RIG_SRC);
	res = copy(r, 48, (struct seg[]){ { 0 } }, ONE(RIG_DST, 48));
	rig_us(r, 5);
	CHECK(!rig_done(r, res));
	CHECK(rig_rd(r, 1, 0x40) & 0x400);	/* S waits */
	rig_post(r, RS, VALID | QUIET | LAST | 28, RIG_SRC + 20);
	rig_us(r, 1);
	CHECK(rig_done(r, res));
	CHECK_MEM(rig_at(r, RIG_DST), rig_at(r, RIG_SRC), 48);
	rig_free(r);
}

static void test_command_chain(void)
{
	struct rig *r = rig_up();

	fill(r, RIG_SRC, 16);
	copy_block(rig_at(r, RIG_CMD), 16);
	rig_segs(r, RD, ONE(RIG_DST, 16));
	rig_post(r, RR, VALID | LAST | 12, RIG_RESULT);
	rig_segs(r, RS, ONE(RIG_SRC, 16));
	rig_post(r, RC, VALID | QUIET | 4, RIG_CMD);
	rig_post(r, RC, VALID | QUIET | 0, 0);
	rig_post(r, RC, VALID | QUIET | LAST | 12, RIG_CMD + 4);
	rig_run(r);
	CHECK(!(rig_word(r, RIG_RING(RR)) & VALID));
	CHECK_MEM(rig_at(r, RIG_DST), rig_at(r, RIG_SRC), 16);
	rig_free(r);
}

/* Never posted by a driver; retired without data. */
static void test_zero_length(void)
{
	struct rig *r = rig_up();
	uint32_t res;

	fill(r, RIG_SRC, 32);
	rig_post(r, RS, VALID | QUIET, 0);
	rig_post(r, RS, VALID | QUIET | 32, RIG_SRC);
	rig_post(r, RS, VALID | QUIET | LAST, 0);
	rig_post(r, RD, VALID | QUIET, 0);
	rig_post(r, RD, VALID | QUIET | 32, RIG_DST);
	rig_post(r, RD, VALID | QUIET | LAST, 0);
	res = copy(r, 32, (struct seg[]){ { 0 } }, (struct seg[]){ { 0 } });
	rig_run(r);
	CHECK(rig_done(r, res));
	CHECK_MEM(rig_at(r, RIG_DST), rig_at(r, RIG_SRC), 32);
	for (int i = 0; i < 3; i++) {
		CHECK(!(rig_word(r, RIG_RING(RS) + 8 * i) & VALID));
		CHECK(!(rig_word(r, RIG_RING(RD) + 8 * i) & VALID));
	}
	rig_free(r);
}

/* Result bytes over several descriptors, and too few of them. */
static void test_result_chain(void)
{
	struct rig *r = rig_up();
	uint8_t want[8];

	memset(rig_at(r, RIG_RESULT), 0xee, 32);
	copy_block(rig_at(r, RIG_CMD), 16);
	rig_segs(r, RD, ONE(RIG_DST, 16));
	rig_post(r, RR, VALID | QUIET | 4, RIG_RESULT);
	rig_post(r, RR, VALID | LAST | 4, RIG_RESULT + 16);
	rig_segs(r, RS, ONE(RIG_SRC, 16));
	rig_post(r, RC, VALID | QUIET | LAST | 16, RIG_CMD);
	rig_run(r);
	memset(want, 0, 4);
	memset(want + 4, 0xee, 4);
	CHECK_MEM(rig_at(r, RIG_RESULT), want, 8);
	CHECK_MEM(rig_at(r, RIG_RESULT + 16), want, 8);
	CHECK_EQ(rig_rd(r, 1, 0x40) & 0x00020000, 0);
	rig_free(r);
}

static void test_result_overrun(void)
{
	struct rig *r = rig_up();

	copy_block(rig_at(r, RIG_CMD), 16);
	rig_segs(r, RD, ONE(RIG_DST, 16));
	rig_post(r, RR, VALID | LAST | 4, RIG_RESULT);
	rig_segs(r, RS, ONE(RIG_SRC, 16));
	rig_post(r, RC, VALID | QUIET | LAST | 16, RIG_CMD);
	rig_run(r);
	CHECK(!(rig_word(r, RIG_RING(RR)) & VALID));
	CHECK(rig_rd(r, 1, 0x40) & 0x00020000);
	rig_free(r);
}

struct bad {
	int ring;
	uint32_t addr, len;
	uint32_t abort;
};

/* A buffer nobody answers for: abort of that engine, which then stands still. */
static void test_bad_buffers(void)
{
	static const struct bad bads[] = {
		{ RC, 0x10, 16, 0x20 }, { RC, RIG_BASE + RIG_BYTES - 8, 16, 0x20 },
		{ RS, 0, 16, 0x2000 }, { RS, 0xfffffff8, 16, 0x2000 },
		{ RS, RIG_BASE + RIG_BYTES - 8, 16, 0x2000 },
		{ RD, 0xfffffffc, 16, 0x20000000 }, { RD, RIG_BASE - 8, 16, 0x20000000 },
		{ RR, 0x80000000, 12, 0x00200000 },
		{ RR, RIG_BASE + RIG_BYTES - 4, 12, 0x00200000 },
	};

	for (size_t i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
		struct rig *r = rig_up();
		uint32_t addr[4] = { RIG_CMD, RIG_SRC, RIG_DST, RIG_RESULT };
		uint32_t len[4] = { 16, 16, 16, 12 };
		uint8_t status;

		addr[bads[i].ring] = bads[i].addr;
		len[bads[i].ring] = bads[i].len;
		copy_block(rig_at(r, RIG_CMD), 16);
		for (int ring = 0; ring < 4; ring++)
			rig_post(r, ring, VALID | LAST | QUIET | len[ring], addr[ring]);
		rig_run(r);
		CHECK_EQ(rig_rd(r, 1, 0x40) & 0x20202020, bads[i].abort);
		CHECK_EQ(r->irqs, 1);
		CHECK(rig_word(r, RIG_RING(RR)) & VALID);
		vcard_config_read(r->vc, 0x07, &status, 1);
		CHECK_EQ(status & 0x20, 0x20);		/* received master abort */
		/* Acknowledging and enabling does not revive it, a reset does. */
		rig_wr(r, 1, 0x40, 0xbebebcbf);
		rig_us(r, 10);
		CHECK(rig_word(r, RIG_RING(RR)) & VALID);
		rig_wr(r, 1, 0x48, 0x4);
		rig_wr(r, 1, 0x48, 0x7);
		memset(r->next, 0, sizeof(r->next));
		rig_start(r);
		CHECK(rig_done(r, (rig_one(r, rig_at(r, RIG_CMD), 16, 16), RIG_RING(RR))));
		rig_free(r);
	}
}

/* Memory up to the last byte and from the first on: no transfer wraps around. */
static void test_no_wrap_around(void)
{
	static const uint32_t abort[] = { 0x20, 0x2000, 0x20000000, 0x00200000 };

	for (int ring = 0; ring < 4; ring++) {
		for (uint32_t back = 4; back <= 16; back += 12) {
			struct rig *r = rig_up();
			uint32_t addr[4] = { RIG_CMD, RIG_SRC, RIG_DST, RIG_RESULT };

			r->everywhere = true;
			addr[ring] = -back;
			copy_block(rig_at(r, RIG_CMD), 16);
			memcpy(rig_at(r, RIG_BASE + RIG_BYTES - back), rig_at(r, RIG_CMD), back);
			for (int i = 0; i < 4; i++)
				rig_post(r, i, VALID | LAST | QUIET | 16, addr[i]);
			rig_run(r);
			if (back == 16)
				CHECK(!(rig_word(r, RIG_RING(RR)) & VALID));
			else
				CHECK_EQ(rig_rd(r, 1, 0x40) & 0x20202020, abort[ring]);
			rig_free(r);
		}
	}
}

static void test_bad_ring_address(void)
{
	static const uint32_t base[] = { 0x0c, 0x1c, 0x3c, 0x2c };
	static const uint32_t abort[] = { 0x20, 0x2000, 0x20000000, 0x00200000 };
	static const uint32_t addr[] = { 0, 0xfffffffc, RIG_BASE + 2, RIG_BASE + RIG_BYTES };

	for (int ring = 0; ring < 4; ring++) {
		for (int i = 0; i < 4; i++) {
			struct rig *r = rig_up();

			rig_wr(r, 1, 0x40, 0x40404040);
			rig_wr(r, 1, base[ring], addr[i]);
			rig_wr(r, 1, 0x40, 0x80808080);
			rig_us(r, 2);
			CHECK_EQ(rig_rd(r, 1, 0x40) & 0x20202020, abort[ring]);
			rig_free(r);
		}
	}
}

/* The jump's target may be bad as well. */
static void test_bad_jump(void)
{
	struct rig *r = rig_up();

	rig_post(r, RD, VALID | JUMP | QUIET, 0x1234);
	rig_us(r, 2);
	CHECK_EQ(rig_rd(r, 1, 0x40) & 0x20202020, 0x20000000);
	rig_free(r);
}

/* Memory that can be read but not written: the write-back aborts. */
static void test_read_only_ring(void)
{
	for (int jump = 0; jump < 2; jump++) {
		struct rig *r = rig_up();

		if (jump)
			rig_set_desc(r, RIG_RING(RC), VALID | JUMP, RIG_RING(RC) + 0x100);
		else
			copy(r, 16, ONE(RIG_SRC, 16), ONE(RIG_DST, 16));
		r->read_only = RIG_BASE;
		rig_run(r);
		CHECK_EQ(rig_rd(r, 1, 0x40) & 0x20202020, 0x20);
		CHECK(rig_word(r, RIG_RING(RC)) & VALID);
		rig_free(r);
	}
}

/* The same while the chains are given back: the command stays unfinished. */
static void test_read_only_destination_ring(void)
{
	struct rig *r = rig_up();
	uint32_t ring = RIG_BASE + RIG_BYTES - 0x100;

	rig_wr(r, 1, 0x40, 0x40404040);
	rig_wr(r, 1, 0x3c, ring);
	rig_set_desc(r, ring, VALID | LAST | QUIET | 16, RIG_DST);
	copy(r, 16, ONE(RIG_SRC, 16), (struct seg[]){ { 0 } });
	r->read_only = ring;
	rig_wr(r, 1, 0x40, 0x80808080);
	rig_run(r);
	CHECK_EQ(rig_rd(r, 1, 0x40) & 0x20202020, 0x20000000);
	CHECK(rig_word(r, RIG_RING(RR)) & VALID);
	rig_free(r);
}

/* Half a descriptor at the very end of memory. */
static void test_half_descriptor(void)
{
	struct rig *r = rig_up();
	uint32_t end = RIG_BASE + RIG_BYTES - 4;

	rig_wr(r, 1, 0x40, 0x40404040);
	rig_wr(r, 1, 0x0c, end);
	memcpy(rig_at(r, end), "\x10\0\0\xa2", 4);
	rig_wr(r, 1, 0x40, 0x80808080);
	rig_run(r);
	CHECK_EQ(rig_rd(r, 1, 0x40) & 0x20202020, 0x20);
	rig_free(r);
}

/* The padding of the last word may be what does not fit. */
static void test_padding_aborts(void)
{
	struct rig *r = rig_up();

	copy(r, 1, ONE(RIG_SRC, 1), ONE(RIG_DST, 1));
	r->read_only = RIG_DST + 1;
	rig_run(r);
	CHECK_EQ(rig_rd(r, 1, 0x40) & 0x20202020, 0x20000000);
	rig_free(r);
}

/* PUSTAT shows the phase the unit waits in, 2.1.3. */
static void test_phases(void)
{
	struct rig *r = rig_up();

	rig_run(r);
	CHECK_EQ(rig_rd(r, 0, 0x14), 0x2080);
	copy_block(rig_at(r, RIG_CMD), 16);
	rig_post(r, RC, VALID | LAST | QUIET | 16, RIG_CMD);
	rig_run(r);
	CHECK_EQ(rig_rd(r, 0, 0x14), 0x0030);
	rig_segs(r, RS, ONE(RIG_SRC, 16));
	rig_segs(r, RD, ONE(RIG_DST, 16));
	rig_run(r);
	CHECK_EQ(rig_rd(r, 0, 0x14), 0x1004);
	rig_post(r, RR, VALID | LAST | 8, RIG_RESULT);
	rig_run(r);
	CHECK_EQ(rig_rd(r, 0, 0x14), 0x2080);
	rig_free(r);
}

static void test_base_reload(void)
{
	struct rig *r = rig_up();
	uint32_t res;

	rig_one(r, (uint8_t[16]){ [4] = 16, [6] = 16 }, 16, 16);
	rig_wr(r, 1, 0x40, 0x40404040);
	rig_wr(r, 1, 0x0c, RIG_RING(RC));
	rig_wr(r, 1, 0x1c, RIG_RING(RS));
	rig_wr(r, 1, 0x3c, RIG_RING(RD));
	rig_wr(r, 1, 0x2c, RIG_RING(RR));
	CHECK_EQ(r->lines, 0);
	memset(r->next, 0, sizeof(r->next));
	res = copy(r, 16, ONE(RIG_SRC, 16), ONE(RIG_DST, 16));
	rig_wr(r, 1, 0x40, 0x80808080);
	rig_us(r, 2);
	CHECK(rig_done(r, res));
	rig_wr(r, 1, 0x0c, RIG_RING(RC));	/* while enabled: noted */
	CHECK_EQ(r->lines, 1);
	rig_free(r);
}

/* DMAENA clear or STOP set: the unit takes no command. */
static void test_unit_stopped(void)
{
	static const uint32_t ctrl[] = { 0x0, 0xa };

	for (int i = 0; i < 2; i++) {
		struct rig *r = rig_up();
		uint32_t res = copy(r, 16, ONE(RIG_SRC, 16), ONE(RIG_DST, 16));

		rig_wr(r, 0, 0x04, ctrl[i]);
		rig_us(r, 20);
		CHECK(!rig_done(r, res));
		rig_wr(r, 0, 0x04, 2);
		rig_us(r, 2);
		CHECK(rig_done(r, res));
		rig_free(r);
	}
}

/* A reset in the middle of a command forgets it. */
static void test_reset_midway(void)
{
	struct rig *r = rig_up();

	rig_post(r, RS, VALID | QUIET | 8, RIG_SRC);
	copy(r, 16, (struct seg[]){ { 0 } }, ONE(RIG_DST, 16));
	rig_us(r, 2);
	rig_wr(r, 1, 0x48, 0x5);
	rig_wr(r, 1, 0x48, 0x7);
	memset(rig_at(r, RIG_BASE), 0, 0x8000);
	memset(r->next, 0, sizeof(r->next));
	rig_start(r);
	rig_us(r, 3);
	rig_one(r, (uint8_t[16]){ [4] = 32, [6] = 32 }, 16, 32);
	rig_free(r);
}

static const struct test tests[] = {
	{ "write-back", test_write_back },
	{ "done-bits", test_done_bits },
	{ "wrap-three-laps", test_wrap },
	{ "jump-with-last", test_jump_with_last },
	{ "jump-loops", test_jump_loops },
	{ "step-is-bounded", test_step_is_bounded },
	{ "command-wait", test_command_wait },
	{ "polling-off", test_no_polling },
	{ "disable-enable", test_disable },
	{ "any-order", test_any_order },
	{ "late-segment", test_late_segment },
	{ "command-chain", test_command_chain },
	{ "zero-length", test_zero_length },
	{ "result-chain", test_result_chain },
	{ "result-overrun", test_result_overrun },
	{ "bad-buffers", test_bad_buffers },
	{ "no-wrap-around", test_no_wrap_around },
	{ "bad-ring-address", test_bad_ring_address },
	{ "bad-jump", test_bad_jump },
	{ "read-only-ring", test_read_only_ring },
	{ "read-only-destination-ring", test_read_only_destination_ring },
	{ "half-descriptor", test_half_descriptor },
	{ "padding-aborts", test_padding_aborts },
	{ "phases", test_phases },
	{ "base-reload", test_base_reload },
	{ "unit-stopped", test_unit_stopped },
	{ "reset-midway", test_reset_midway },
};

RUN_TESTS("vcard.rings")
