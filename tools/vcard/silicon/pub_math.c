// SPDX-License-Identifier: BSD-2-Clause
/*
 * The public-key unit's arithmetic on libcrypto's numbers. An operand is as long as the modulus, its
 * least significant word first; what comes out lies one operand behind B.
 */
#include <openssl/bn.h>
#include <string.h>

#include "pub_math.h"

#define UNIT		64	/* bytes */
#define OUTCOME		(HIFN_PUBSTS_CARRY | HIFN_PUBSTS_SIGN | HIFN_PUBSTS_ZERO)

struct vc_pub_op vc_pub_decode(uint32_t off, uint32_t lengths, uint32_t val)
{
	if (off == HIFN_1_PUB_OP)
		return (struct vc_pub_op){
			.opcode = FIELD_GET(HIFN_PUBOP_OP, val),
			.a = FIELD_GET(HIFN_PUBOP_AOFFSET, val),
			.b = FIELD_GET(HIFN_PUBOP_BOFFSET, val),
			.m = FIELD_GET(HIFN_PUBOP_MOFFSET, val),
			.words = FIELD_GET(HIFN_PUBOPLEN_MOD, lengths),
			.exp_bits = FIELD_GET(HIFN_PUBOPLEN_EXP, lengths) + 1,
		};
	return (struct vc_pub_op){
		.opcode = FIELD_GET(HIFN_PUBFIFO_OP_OP, val),
		.a = FIELD_GET(HIFN_PUBFIFO_OP_A, val),
		.b = FIELD_GET(HIFN_PUBFIFO_OP_B, val),
		.m = FIELD_GET(HIFN_PUBFIFO_OP_M, val),
		.words = FIELD_GET(HIFN_PUBFIFO_OPLEN_MOD, lengths),
		.exp_bits = FIELD_GET(HIFN_PUBFIFO_OPLEN_EXP, lengths) + 1,
	};
}

static uint32_t bytes(const struct vc_pub_op *op)
{
	return op->words * 4;
}

/* Where the n-th operand behind that one begins. */
static uint32_t place(const struct vc_pub_op *op, unsigned int unit, unsigned int n)
{
	return unit * UNIT + n * bytes(op);
}

static bool fits(const struct vc_pub_op *op, unsigned int unit, unsigned int n)
{
	return place(op, unit, n) + bytes(op) <= HIFN_PUB_MEM_BYTES;
}

static bool has_modulus(const struct vc_pub_op *op)
{
	return op->opcode == HIFN_PUBOP_OP_MODADD || op->opcode == HIFN_PUBOP_OP_MODSUB ||
	       op->opcode >= HIFN_PUBOP_OP_MODMULT;
}

/* They divide by it, by way of its reciprocal. */
static bool reduces(const struct vc_pub_op *op)
{
	return op->opcode >= HIFN_PUBOP_OP_MODMULT;
}

/* ---- numbers ---- */

struct numbers {
	BN_CTX *ctx;
	BIGNUM *a, *b, *m, *x, *y;
};

static bool begin(struct numbers *n)
{
	n->ctx = BN_CTX_new();
	if (!n->ctx)
		return false;
	BN_CTX_start(n->ctx);
	n->a = BN_CTX_get(n->ctx);
	n->b = BN_CTX_get(n->ctx);
	n->m = BN_CTX_get(n->ctx);
	n->x = BN_CTX_get(n->ctx);
	n->y = BN_CTX_get(n->ctx);	/* NULL if one of them is */
	return n->y;
}

static void end(struct numbers *n)
{
	if (n->ctx)
		BN_CTX_end(n->ctx);
	BN_CTX_free(n->ctx);
}

/* R for which M * R < 2^(2n - 1) <= M * (R + 1), of n bits at most: 2.4.4. */
static bool is_reciprocal(struct numbers *n, const uint8_t *m, const uint8_t *r, uint32_t len)
{
	unsigned int bits = len * 8;
	bool largest;

	if (!BN_lebin2bn(m, len, n->m) || !BN_lebin2bn(r, len, n->x) ||
	    BN_num_bits(n->m) != (int)bits || !BN_mul(n->y, n->m, n->x, n->ctx) ||
	    BN_num_bits(n->y) > (int)(2 * bits - 1))
		return false;
	largest = BN_add_word(n->x, 1) && BN_num_bits(n->x) > (int)bits;
	return largest || (BN_add(n->y, n->y, n->m) && BN_num_bits(n->y) > (int)(2 * bits - 1));
}

static bool right_reciprocal(const struct vc_pub_op *op, const uint8_t *mem)
{
	struct numbers n;
	bool right = begin(&n) && is_reciprocal(&n, mem + place(op, op->m, 0),
						mem + place(op, op->m, 1), bytes(op));

	end(&n);
	return right;
}

const char *vc_pub_refuses(const struct vc_pub_op *op, const uint8_t *mem)
{
	switch (op->opcode) {
	case HIFN_PUBOP_OP_NOP:
		return NULL;
	case HIFN_PUBOP_OP_INCA:
	case HIFN_PUBOP_OP_DECA:
		return "not modelled: nobody says where its result is";
	}
	if (op->opcode > HIFN_PUBOP_OP_MODEXP)
		return "undefined";
	if (!op->words || !fits(op, op->a, 0) ||
	    !fits(op, op->b, op->opcode == HIFN_PUBOP_OP_MULT ? 2 : 1) ||
	    (has_modulus(op) && !fits(op, op->m, reduces(op))))
		return "operands do not fit its memory";
	if (reduces(op) && !right_reciprocal(op, mem))
		return "the reciprocal is not the modulus'";
	return NULL;
}

/* Ones among the bits of the exponent that its length says; its memory may end before them. */
static unsigned int weight(const struct vc_pub_op *op, const uint8_t *mem)
{
	const uint8_t *exponent = mem + place(op, op->b, 0);
	unsigned int ones = 0, bits = min(op->exp_bits, bytes(op) * 8);

	for (unsigned int i = 0; i < bits; i++)
		ones += exponent[i / 8] >> i % 8 & 1;
	return ones;
}

uint64_t vc_pub_clocks(const struct vc_pub_op *op, const uint8_t *mem)
{
	uint64_t m = op->words, product = 2 * m * m + 64;

	switch (op->opcode) {
	case HIFN_PUBOP_OP_NOP:
		return 0;
	case HIFN_PUBOP_OP_MULT:
	case HIFN_PUBOP_OP_MODMULT:
	case HIFN_PUBOP_OP_MODRED:
		return product;
	case HIFN_PUBOP_OP_MODEXP:
		return (op->exp_bits + weight(op, mem)) * product;
	}
	return 2 * m;
}

/* ---- operations ---- */

/* The bits of the exponent that its length says. */
static bool exponentiate(struct vc_pub_op *op, struct numbers *n)
{
	if ((int)op->exp_bits < BN_num_bits(n->b) && !BN_mask_bits(n->b, op->exp_bits))
		return false;
	return BN_mod_exp(n->x, n->a, n->b, n->m, n->ctx);
}

static bool add(struct vc_pub_op *op, struct numbers *n, bool carry)
{
	unsigned int bits = bytes(op) * 8;

	if (!BN_add(n->x, n->a, n->b) || !BN_add_word(n->x, carry))
		return false;
	if (BN_num_bits(n->x) <= (int)bits)
		return true;
	op->status |= HIFN_PUBSTS_CARRY;
	return BN_mask_bits(n->x, bits);
}

static bool subtract(struct vc_pub_op *op, struct numbers *n, bool borrow)
{
	if (!BN_sub(n->x, n->a, n->b) || !BN_sub_word(n->x, borrow))
		return false;
	if (!BN_is_negative(n->x))
		return true;
	op->status |= HIFN_PUBSTS_CARRY | HIFN_PUBSTS_SIGN;
	/* of two, as wide as the operand */
	return BN_set_bit(n->y, bytes(op) * 8) && BN_add(n->x, n->x, n->y);
}

static bool operate(struct vc_pub_op *op, struct numbers *n, bool carry)
{
	switch (op->opcode) {
	case HIFN_PUBOP_OP_ADD:
		return add(op, n, false);
	case HIFN_PUBOP_OP_ADDC:
		return add(op, n, carry);
	case HIFN_PUBOP_OP_SUB:
		return subtract(op, n, false);
	case HIFN_PUBOP_OP_SUBC:
		return subtract(op, n, carry);
	case HIFN_PUBOP_OP_MODADD:
		return BN_mod_add(n->x, n->a, n->b, n->m, n->ctx);
	case HIFN_PUBOP_OP_MODSUB:
		return BN_mod_sub(n->x, n->a, n->b, n->m, n->ctx);
	case HIFN_PUBOP_OP_MULT:
		return BN_mul(n->x, n->a, n->b, n->ctx);
	case HIFN_PUBOP_OP_MODMULT:
		return BN_mod_mul(n->x, n->a, n->b, n->m, n->ctx);
	case HIFN_PUBOP_OP_MODRED:
		return BN_nnmod(n->x, n->a, n->m, n->ctx);
	}
	return exponentiate(op, n);
}

static bool read(const struct vc_pub_op *op, struct numbers *n, const uint8_t *mem)
{
	uint32_t len = bytes(op);

	return BN_lebin2bn(mem + place(op, op->a, 0), len, n->a) &&
	       BN_lebin2bn(mem + place(op, op->b, 0), len, n->b) &&
	       (!has_modulus(op) || BN_lebin2bn(mem + place(op, op->m, 0), len, n->m)) &&
	       (!has_modulus(op) || !BN_is_zero(n->m));
}

/* The trace has the result in M + 2 as well, and leftovers behind it. */
static void leave_scratch(const struct vc_pub_op *op, uint8_t *mem)
{
	if (!reduces(op))
		return;
	if (fits(op, op->m, 2))
		memmove(mem + place(op, op->m, 2), mem + place(op, op->b, 1), bytes(op));
	for (unsigned int n = 3; n <= 4 && fits(op, op->m, n); n++)
		memset(mem + place(op, op->m, n), 0xa5, bytes(op));
}

bool vc_pub_compute(struct vc_pub_op *op, uint8_t *mem)
{
	bool carry = op->status & HIFN_PUBSTS_CARRY, done;
	uint32_t len = bytes(op) * (1 + (op->opcode == HIFN_PUBOP_OP_MULT));
	struct numbers n;

	op->status &= ~OUTCOME;
	if (op->opcode == HIFN_PUBOP_OP_NOP)
		return true;
	done = begin(&n) && read(op, &n, mem) && operate(op, &n, carry) &&
	       BN_bn2lebinpad(n.x, mem + place(op, op->b, 1), len) >= 0;
	if (done && BN_is_zero(n.x))
		op->status |= HIFN_PUBSTS_ZERO;
	end(&n);
	if (done)
		leave_scratch(op, mem);
	return done;
}
