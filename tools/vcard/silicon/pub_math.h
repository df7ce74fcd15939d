/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The arithmetic of the public-key unit on its operand memory, docs/reference/hifn795x.md 2.4.2
 * to 2.4.4.
 */
#ifndef VC_PUB_MATH_H
#define VC_PUB_MATH_H

#include "../../../drivers/hifn_regs.h"

struct vc_pub_op {
	unsigned int opcode;
	unsigned int a, b, m;	/* operands, in units of 64 bytes */
	unsigned int words;	/* of an operand, 32 bits each */
	unsigned int exp_bits;	/* of the exponent that are looked at */
	uint32_t status;	/* CARRY before, and the outcome's bits behind it */
};

/* Both formats of 2.4.3; off: which of the operation registers, with its lengths. */
struct vc_pub_op vc_pub_decode(uint32_t off, uint32_t lengths, uint32_t val);

/* NULL: there are operands and an operation like that; else what is wrong with it. */
const char *vc_pub_refuses(const struct vc_pub_op *op, const uint8_t *mem);
/* Clocks of the unit, 10.3. */
uint64_t vc_pub_clocks(const struct vc_pub_op *op, const uint8_t *mem);
/* One that is not refused. False: libcrypto has no memory, nothing is done. */
bool vc_pub_compute(struct vc_pub_op *op, uint8_t *mem);

#endif
