// SPDX-License-Identifier: BSD-2-Clause
/*
 * What was seen of real silicon, asked of the card again: register traces, boot lines, reports of
 * what went wrong. docs/reference/hifn795x.md says of each where it is from. A register is named by its
 * place here, as the reports have it.
 */
#include <stdio.h>

#include "closed.h"
#include "rig.h"

#define PK		1		/* BAR of the public-key unit */
#define UNIT		64		/* bytes; operands are numbered in these */
#define WORDS		48		/* 1536 bits */
#define REGISTER(n)	(0x400 + (n) * WORDS * 4)

/* ---- the only register trace there is: a modular exponentiation, 2.4.5 ---- */

/* A number: a top word, words in between, a lowest word. */
static void operand(struct rig *r, uint32_t at, uint32_t top, uint32_t middle, uint32_t lowest)
{
	for (uint32_t i = 0; i < WORDS; i++)
		rig_wr(r, PK, at + 4 * i, i == 0 ? lowest : i == WORDS - 1 ? top : middle);
}

static void check_operand(struct rig *r, uint32_t at, uint32_t top, uint32_t lowest)
{
	CHECK_EQ(rig_rd(r, PK, at), lowest);
	for (uint32_t i = 1; i < WORDS - 1; i++)
		CHECK_EQ(rig_rd(r, PK, at + 4 * i), 0);
	CHECK_EQ(rig_rd(r, PK, at + 4 * (WORDS - 1)), top);
}

static void trace_operands(struct rig *r)
{
	operand(r, REGISTER(0), 0x80000000, 0xffffffff, 0xffffffff);
	operand(r, REGISTER(2), 0, 0, 4);
	operand(r, REGISTER(8), 0x80000000, 0, 0);
	operand(r, REGISTER(9), 0xffffffff, 0xffffffff, 0xffffffff);
}

static struct rig *unit_up(void)
{
	struct rig *r = rig_up();

	rig_wr(r, PK, 0x4c, 0xc19);	/* ext66: 132 MHz for the unit */
	rig_wr(r, PK, 0x204, 1);
	rig_us(r, 11);
	return r;
}

/* Polls as the test program's, a sleep of 1 ms at 1000 Hz is up to 2 ms: 0 if it is not done. */
static int polls(struct rig *r)
{
	for (int i = 1; i <= 50; i++) {
		rig_us(r, 2000);
		if (rig_rd(r, PK, 0x30c) & 1)
			return i;
	}
	return 0;
}

static void test_trace(void)
{
	struct rig *r = unit_up();

	trace_operands(r);
	CHECK_EQ(rig_rd(r, PK, 0x30c), 0x100);
	rig_wr(r, PK, 0x304, 0x0002ffb0);
	rig_wr(r, PK, 0x308, 0x00318180);
	CHECK_EQ(rig_rd(r, PK, 0x30c), 0x108);
	CHECK(polls(r) > 1);
	CHECK_EQ(rig_rd(r, PK, 0x30c), 0x101);
	check_operand(r, REGISTER(3), 0x7ffffffc, 1);
	check_operand(r, REGISTER(10), 0x7ffffffc, 1);	/* the copy of it in M + 2 */
	CHECK(rig_rd(r, PK, REGISTER(12)) != 0);	/* leftovers in M + 4 */
	CHECK_EQ(r->lines, 0);
	rig_free(r);
}

/* The same in the enhanced format, ended by an interrupt, as OCF has it. */
static void test_trace_enhanced(void)
{
	struct rig *r = unit_up();

	rig_wr(r, PK, 0x320, 3);
	rig_wr(r, PK, 0x310, 1);
	rig_wr(r, PK, 0x44, 2);
	trace_operands(r);
	rig_wr(r, PK, 0x380, 0x0005ff30);
	rig_wr(r, PK, 0x384, 0x0c180600);
	CHECK(!vcard_irq(r->vc));
	rig_us(r, 100000);
	CHECK(vcard_irq(r->vc));
	CHECK_EQ(rig_rd(r, PK, 0x40) & 2, 2);
	check_operand(r, REGISTER(3), 0x7ffffffc, 1);
	rig_free(r);
}

/* A wrong reciprocal hangs the unit, PUB_RESET frees it: OCF has a timer of a second for it. */
static void test_reciprocal(void)
{
	static const uint32_t wrong[] = { 0xfffffffe, 0 };
	struct rig *r = unit_up();

	for (int i = 0; i < 2; i++) {
		trace_operands(r);
		rig_wr(r, PK, REGISTER(9), wrong[i]);
		rig_wr(r, PK, 0x304, 0x0002ffb0);
		rig_wr(r, PK, 0x308, 0x00318180);
		CHECK(!polls(r));
		rig_us(r, 1000000);
		CHECK_EQ(rig_rd(r, PK, 0x30c) & 1, 0);
		rig_wr(r, PK, 0x204, 1);
		rig_us(r, 11);
		CHECK_EQ(rig_rd(r, PK, 0x30c), 0x100);
	}
	trace_operands(r);
	rig_wr(r, PK, 0x308, 0x00318180);
	CHECK(polls(r));
	rig_free(r);
}

/* OCF's ADD: operands of 384 bytes, A = 0, B = 1, the sum in 2. */
static void test_add(void)
{
	struct rig *r = unit_up();

	for (uint32_t i = 0; i < 96; i++) {
		rig_wr(r, PK, 0x400 + 4 * i, 0xffffffff);
		rig_wr(r, PK, 0x400 + 384 + 4 * i, i == 0);
		rig_wr(r, PK, 0x400 + 2 * 384 + 4 * i, 0x77777777);
	}
	rig_wr(r, PK, 0x320, 3);
	rig_wr(r, PK, 0x380, 96);
	rig_wr(r, PK, 0x384, 1u << 24 | 384 / UNIT << 8);
	rig_us(r, 10);
	for (uint32_t i = 0; i < 96; i++)
		CHECK_EQ(rig_rd(r, PK, 0x400 + 2 * 384 + 4 * i), 0);
	CHECK_EQ(rig_rd(r, PK, 0x30c), 0x10b);		/* DONE, CARRY, ZERO */
	rig_free(r);
}

/* One number each way, small enough to be seen: 7 and 3 modulo 2^511 + 1. */
static void test_operations(void)
{
	static const struct { uint32_t op, result, status; } cases[] = {
		{ 1, 10, 0x101 }, { 3, 4, 0x101 }, { 5, 10, 0x101 }, { 6, 4, 0x101 },
		{ 9, 21, 0x101 }, { 10, 21, 0x101 }, { 11, 7, 0x101 }, { 12, 343, 0x101 },
	};
	struct rig *r = unit_up();

	for (int i = 0; i < 8; i++) {
		for (uint32_t at = 0; at < 0xc00; at += 4)
			rig_wr(r, PK, 0x400 + at, 0);
		rig_wr(r, PK, 0x400, 7);
		rig_wr(r, PK, 0x400 + UNIT, 3);
		/* M in 4, its reciprocal, 2^512 - 2, in 5 */
		rig_wr(r, PK, 0x400 + 4 * UNIT, 1);
		rig_wr(r, PK, 0x400 + 4 * UNIT + 60, 0x80000000);
		rig_wr(r, PK, 0x400 + 5 * UNIT, 0xfffffffe);
		for (uint32_t at = 4; at < UNIT; at += 4)
			rig_wr(r, PK, 0x400 + 5 * UNIT + at, 0xffffffff);
		rig_wr(r, PK, 0x30c, 0xf);
		rig_wr(r, PK, 0x304, 16 | 15 << 7);
		rig_wr(r, PK, 0x308, cases[i].op << 18 | 4 << 12 | 1 << 6);
		rig_us(r, 1000);
		CHECK_EQ(rig_rd(r, PK, 0x30c), cases[i].status);
		CHECK_EQ(rig_rd(r, PK, 0x400 + 2 * UNIT), cases[i].result);
	}
	rig_free(r);
}

/* Operands that do not fit, a second operation behind one that is under way: said, not done. */
static void test_refused(void)
{
	struct rig *r = unit_up();

	rig_wr(r, PK, 0x304, 127);
	rig_wr(r, PK, 0x308, 1 << 18 | 47 << 6);
	CHECK_EQ(r->lines, 1);
	rig_us(r, 1000);
	CHECK_EQ(rig_rd(r, PK, 0x30c) & 1, 0);
	rig_wr(r, PK, 0x308, 1 << 18);
	CHECK_EQ(r->lines, 2);
	rig_wr(r, PK, 0x204, 1);
	rig_us(r, 11);
	rig_wr(r, PK, 0x304, 0);
	rig_wr(r, PK, 0x308, 12 << 18);
	CHECK_EQ(r->lines, 3);
	rig_free(r);
}

static const struct test tests[] = {
	{ "modexp-trace", test_trace },
	{ "modexp-trace-enhanced", test_trace_enhanced },
	{ "modexp-reciprocal", test_reciprocal },
	{ "pk-add", test_add },
	{ "pk-operations", test_operations },
	{ "pk-refused", test_refused },
};

RUN_TESTS("vcard.evidence")
