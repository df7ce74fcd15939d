// SPDX-License-Identifier: BSD-2-Clause
/*
 * Registers of the DMA block: ring bases, status and engine control,
 * interrupt enable, resets, and the interrupt line. docs/hifn795x.md 2.2, 7.
 */
#include "../vc_int.h"

/* A base register reloads that engine's pointer, 2.2.1. */
void vc_base_write(struct vcard *vc, uint32_t off, uint32_t val)
{
	for (int i = 0; i < VC_RINGS; i++) {
		if (vc_ring_base[i] != off)
			continue;
		if (vc->ring[i].enabled)
			vc_error(vc, VC_ERR_VALUE,
				 "%c ring base written while the engine is enabled",
				 vc_ring_letter(i));
		vc->ring[i].cur = val;
		vc->ring[i].active = false;
		vc_offers_forget(vc, i);
	}
	REG1(vc, off) = val;
}

static void vc_ring_control(struct vcard *vc, enum vc_ring_id id, uint32_t ctrl)
{
	struct vc_ring *ring = &vc->ring[id];

	switch (ctrl) {
	case HIFN_DMACSR_CTRL_NOP:
		break;
	case HIFN_DMACSR_CTRL_DIS:
		ring->enabled = false;
		break;
	case HIFN_DMACSR_CTRL_ENA:
		ring->enabled = true;
		ring->waiting = false;	/* fetches at once, 3.5 */
		break;
	default:
		vc_error(vc, VC_ERR_VALUE, "CSR: control field of %c is 11, undefined",
			 vc_ring_letter(id));
	}
}

void vc_csr_write(struct vcard *vc, uint32_t off, uint32_t val)
{
	REG1(vc, off) &= ~(val & HIFN_DMACSR_STATUS_ALL);
	for (int i = 0; i < VC_RINGS; i++)
		vc_ring_control(vc, i, val >> (vc_ring_shift[i] + 6) & 3);
	vc_irq_update(vc);
}

void vc_ier_write(struct vcard *vc, uint32_t off, uint32_t val)
{
	REG1(vc, off) = val & HIFN_DMACSR_STATUS_ALL;
	vc_irq_update(vc);
}

static void vc_dma_reset(struct vcard *vc)
{
	vc_rings_stop(vc);
	vc->late_bits = 0;
	REG1(vc, HIFN_1_DMA_CSR) = 0;
	vc_pu_reset_begin(vc);
}

static void vc_master_reset(struct vcard *vc)
{
	vc_regs_reset(vc, false);
	vc->engine_level = false;
	vc->pubdone_level = false;
	vc->rng_first = true;
	for (int i = 0; i < VC_RINGS; i++)
		vc->ring[i].cur = 0;
	vc_fault_reset(vc);
}

/* Both resets are active low, 2.2.4. */
void vc_cnfg_write(struct vcard *vc, uint32_t off, uint32_t val)
{
	uint32_t asserted = ~val & (HIFN_DMACNFG_DMARESET | HIFN_DMACNFG_MSTRESET);

	REG1(vc, off) = val;
	if (asserted & HIFN_DMACNFG_MSTRESET)
		vc_master_reset(vc);
	if (asserted)
		vc_dma_reset(vc);
	if (val & HIFN_DMACNFG_BIGENDIAN)
		vc_error(vc, VC_ERR_VALUE,
			 "CNFG.BIGENDIAN is not modelled: descriptors stay little-endian");
	vc_irq_update(vc);
}

/* Status bits that are set and enabled. */
static uint32_t vc_irq_pending(const struct vcard *vc)
{
	return REG1(vc, HIFN_1_DMA_CSR) & REG1(vc, HIFN_1_DMA_IER) &
	       HIFN_DMACSR_STATUS_ALL;
}

/* OR of (CSR & IER), 2.2.3: what the card wants, and configuration space shows. */
bool vc_irq_wanted(const struct vcard *vc)
{
	return vc_irq_pending(vc);
}

void vc_irq_update(struct vcard *vc)
{
	bool wanted = (vc_irq_wanted(vc) || vc->spurious) && !vc->gone;
	bool level = vc_fault_line(vc, wanted);

	if (level == vc->irq_level)
		return;
	vc->irq_level = level;
	if (level)
		vc_count_irq(vc, vc_irq_pending(vc));
	VC_TRACE(vc, "irq %d", level);
	if (vc->ops.irq)
		vc->ops.irq(vc->opaque, level);
}

void vc_csr_raise(struct vcard *vc, uint32_t bits)
{
	REG1(vc, HIFN_1_DMA_CSR) |= bits;
	vc_irq_update(vc);
}

bool vcard_irq(const struct vcard *vc)
{
	return vc->irq_level;
}
