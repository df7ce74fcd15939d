// SPDX-License-Identifier: BSD-2-Clause
/*
 * Public-key registers, docs/reference/hifn795x.md 2.4: storage, reset and the DONE
 * interrupt. NOP is the one operation modelled; the others never set DONE.
 */
#include "pub.h"

#define PUB_RESET_NS	10000

void vc_pub_reset(struct vc_pub *pub, bool power_up)
{
	pub->done_level = false;
	if (power_up)
		pub->reset_end = 0;
}

uint32_t vc_pub_reset_read(struct vc_pub *pub)
{
	struct vc_host *host = pub->host;

	if (vc_now(host) < pub->reset_end)
		return HIFN_PUBRST_RESET;
	return VC_ASK(host, false, sticks(host->who, VC_STICKY_PUB)) ? HIFN_PUBRST_RESET : 0;
}

/* Resets the random number unit too, 2.3. */
void vc_pub_reset_write(struct vc_pub *pub, uint32_t val)
{
	if (!(val & HIFN_PUBRST_RESET))
		return;
	pub->reset_end = vc_now(pub->host) + PUB_RESET_NS;
	pub->done_level = false;
	vc_rng_reset(pub->rng);
	REG1(pub->regs, HIFN_1_PUB_STATUS) = HIFN_PUBSTS_FIFO_EMPTY;
	REG1(pub->regs, HIFN_1_RNG_CONFIG) = 0;
}

static void pub_irq(struct vc_pub *pub)
{
	bool level = (REG1(pub->regs, HIFN_1_PUB_STATUS) & HIFN_PUBSTS_DONE) &&
		     (REG1(pub->regs, HIFN_1_PUB_IEN) & HIFN_PUBIEN_DONE);
	bool rose = level && !pub->done_level;

	pub->done_level = level;
	if (rose)
		vc_csr_raise(pub->irq, HIFN_DMACSR_PUBDONE);
}

/* The FIFO bits show a state; only the outcome bits can be cleared. */
void vc_pub_status_write(struct vc_pub *pub, uint32_t val)
{
	REG1(pub->regs, HIFN_1_PUB_STATUS) &=
		~(val & (HIFN_PUBSTS_DONE | HIFN_PUBSTS_CARRY | HIFN_PUBSTS_SIGN |
			 HIFN_PUBSTS_ZERO | HIFN_PUBSTS_FIFO_OVFL));
	pub_irq(pub);
}

void vc_pub_ien_write(struct vc_pub *pub, uint32_t val)
{
	REG1(pub->regs, HIFN_1_PUB_IEN) = val & HIFN_PUBIEN_DONE;
	pub_irq(pub);
}

/* The two formats of 2.4.3 differ in where the opcode is. */
static uint32_t pub_opcode(uint32_t off, uint32_t val)
{
	return off == HIFN_1_PUB_OP ? FIELD_GET(HIFN_PUBOP_OP, val) :
				      FIELD_GET(HIFN_PUBFIFO_OP_OP, val);
}

void vc_pub_op_write(struct vc_pub *pub, uint32_t off, uint32_t val)
{
	REG1(pub->regs, off) = val;
	if (pub_opcode(off, val) == HIFN_PUBOP_OP_NOP) {
		REG1(pub->regs, HIFN_1_PUB_STATUS) |= HIFN_PUBSTS_DONE;
		pub_irq(pub);
		return;
	}
	vc_error(pub->host, VC_ERR_COMMAND,
		 "public-key operation 0x%08x: not modelled, DONE stays clear", val);
}
