// SPDX-License-Identifier: BSD-2-Clause
/*
 * Public-key registers, docs/hifn795x.md 2.4: storage, reset and the DONE
 * interrupt. NOP is the one operation modelled; the others never set DONE.
 */
#include "../vc_int.h"

#define PUB_RESET_NS	10000

uint32_t vc_pub_reset_read(struct vcard *vc, uint32_t off)
{
	(void)off;
	if (vc_now(vc) < vc->pub_reset_end)
		return HIFN_PUBRST_RESET;
	if (vc_fault_due(vc, VC_F_PUB_STUCK)) {
		vc_fault_hit(vc, VC_F_PUB_STUCK);
		return HIFN_PUBRST_RESET;
	}
	return 0;
}

/* Resets the random number unit too, 2.3. */
void vc_pub_reset_write(struct vcard *vc, uint32_t off, uint32_t val)
{
	(void)off;
	if (!(val & HIFN_PUBRST_RESET))
		return;
	vc->pub_reset_end = vc_now(vc) + PUB_RESET_NS;
	vc->pubdone_level = false;
	vc->rng_first = true;
	REG1(vc, HIFN_1_PUB_STATUS) = HIFN_PUBSTS_FIFO_EMPTY;
	REG1(vc, HIFN_1_RNG_CONFIG) = 0;
}

static void vc_pub_irq(struct vcard *vc)
{
	bool level = (REG1(vc, HIFN_1_PUB_STATUS) & HIFN_PUBSTS_DONE) &&
		     (REG1(vc, HIFN_1_PUB_IEN) & HIFN_PUBIEN_DONE);
	bool rose = level && !vc->pubdone_level;

	vc->pubdone_level = level;
	if (rose)
		vc_csr_raise(vc, HIFN_DMACSR_PUBDONE);
}

/* The FIFO bits show a state; only the outcome bits can be cleared. */
void vc_pub_status_write(struct vcard *vc, uint32_t off, uint32_t val)
{
	REG1(vc, off) &= ~(val & (HIFN_PUBSTS_DONE | HIFN_PUBSTS_CARRY |
				  HIFN_PUBSTS_SIGN | HIFN_PUBSTS_ZERO |
				  HIFN_PUBSTS_FIFO_OVFL));
	vc_pub_irq(vc);
}

void vc_pub_ien_write(struct vcard *vc, uint32_t off, uint32_t val)
{
	REG1(vc, off) = val & HIFN_PUBIEN_DONE;
	vc_pub_irq(vc);
}

/* The two formats of 2.4.3 differ in where the opcode is. */
static uint32_t vc_pub_opcode(uint32_t off, uint32_t val)
{
	return off == HIFN_1_PUB_OP ? FIELD_GET(HIFN_PUBOP_OP, val) :
				      FIELD_GET(HIFN_PUBFIFO_OP_OP, val);
}

void vc_pub_op_write(struct vcard *vc, uint32_t off, uint32_t val)
{
	REG1(vc, off) = val;
	if (vc_pub_opcode(off, val) == HIFN_PUBOP_OP_NOP) {
		REG1(vc, HIFN_1_PUB_STATUS) |= HIFN_PUBSTS_DONE;
		vc_pub_irq(vc);
		return;
	}
	vc_error(vc, VC_ERR_COMMAND,
		 "public-key operation 0x%08x: not modelled, DONE stays clear", val);
}
