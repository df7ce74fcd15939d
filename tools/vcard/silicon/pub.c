// SPDX-License-Identifier: BSD-2-Clause
/*
 * Public-key registers, docs/reference/hifn795x.md 2.4: operations one at a time, reset and the
 * DONE interrupt. What the unit cannot do never sets DONE, until its reset: a wrong reciprocal
 * is known to do so.
 */
#include "pub.h"

#define PUB_RESET_NS	10000

void vc_pub_reset(struct vc_pub *pub, bool power_up)
{
	pub->done_level = false;
	pub->busy = false;
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
	pub->busy = false;
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
	vc_pub_step(pub);
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

static void done(struct vc_pub *pub)
{
	uint32_t *status = &REG1(pub->regs, HIFN_1_PUB_STATUS);

	*status &= ~(HIFN_PUBSTS_CARRY | HIFN_PUBSTS_SIGN | HIFN_PUBSTS_ZERO);
	*status |= HIFN_PUBSTS_DONE | pub->op.status;
	pub->busy = false;
	pub_irq(pub);
}

uint64_t vc_pub_step(struct vc_pub *pub)
{
	if (!pub->busy || pub->hung || vc_pk_stopped(pub->pll))
		return VC_NEVER;
	if (vc_now(pub->host) < pub->end)
		return pub->end;
	if (vc_pub_compute(&pub->op, (uint8_t *)pub->mem))
		done(pub);
	return VC_NEVER;
}

uint32_t vc_pub_status_read(struct vc_pub *pub)
{
	vc_pub_step(pub);
	return REG1(pub->regs, HIFN_1_PUB_STATUS);
}

static void start(struct vc_pub *pub, const char *refused)
{
	pub->busy = true;
	pub->hung = refused;
	if (!refused)
		pub->end = vc_now(pub->host) +
			   vc_pk_clock_ns(pub->pll, vc_pub_clocks(&pub->op, (uint8_t *)pub->mem));
	/* the only trace there is shows it while the unit works */
	if (pub->op.opcode)
		REG1(pub->regs, HIFN_1_PUB_STATUS) |= HIFN_PUBSTS_ZERO;
	vc_pub_step(pub);
}

void vc_pub_op_write(struct vc_pub *pub, uint32_t off, uint32_t val)
{
	uint32_t lengths = off == HIFN_1_PUB_OP ? HIFN_1_PUB_OPLEN : HIFN_1_PUB_FIFO_OPLEN;
	const char *refused;

	vc_pub_step(pub);
	REG1(pub->regs, off) = val;
	if (pub->busy) {
		vc_error(pub->host, VC_ERR_COMMAND,
			 "public-key operation 0x%08x: the one before has not ended", val);
		return;
	}
	pub->op = vc_pub_decode(off, REG1(pub->regs, lengths), val);
	pub->op.status = REG1(pub->regs, HIFN_1_PUB_STATUS);
	refused = vc_pub_refuses(&pub->op, (const uint8_t *)pub->mem);
	if (refused)
		vc_error(pub->host, VC_ERR_COMMAND,
			 "public-key operation 0x%08x: %s; DONE stays clear until PUB_RESET", val,
			 refused);
	start(pub, refused);
}
