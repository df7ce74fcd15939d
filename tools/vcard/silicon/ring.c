// SPDX-License-Identifier: BSD-2-Clause
/*
 * The four ring engines: descriptor fetch, jumps, write-back, waiting, abort.
 * docs/hifn795x.md section 3.
 */
#include "../vc_int.h"

/* Position of an engine's status bits in CSR and IER: C's are at bit 0. */
const uint8_t vc_ring_shift[VC_RINGS] = { [VC_C] = 0, [VC_S] = 8, [VC_D] = 24, [VC_R] = 16 };
const uint32_t vc_ring_base[VC_RINGS] = {
	[VC_C] = HIFN_1_DMA_CRAR, [VC_S] = HIFN_1_DMA_SRAR,
	[VC_D] = HIFN_1_DMA_DRAR, [VC_R] = HIFN_1_DMA_RRAR,
};

static_assert(HIFN_DMACSR_C_WAIT << 8 == HIFN_DMACSR_S_WAIT &&
	      HIFN_DMACSR_C_WAIT << 16 == HIFN_DMACSR_R_WAIT &&
	      HIFN_DMACSR_C_WAIT << 24 == HIFN_DMACSR_D_WAIT,
	      "the four status fields have one layout");

char vc_ring_letter(enum vc_ring_id id)
{
	return "CSDR"[id];
}

static void vc_ring_status(struct vcard *vc, enum vc_ring_id id, uint32_t c_bits)
{
	vc_csr_raise(vc, c_bits << vc_ring_shift[id]);
}

/* The engine stops until reset; every driver resets the board, 2.2.2. */
void vc_ring_abort(struct vcard *vc, enum vc_ring_id id, uint32_t addr)
{
	vc->ring[id].halted = true;
	vc->ring[id].active = false;
	vc_error(vc, VC_ERR_ABORT, "%c engine: master abort at bus address 0x%08x",
		 vc_ring_letter(id), addr);
	vc_config_abort(vc);
	vc_ring_status(vc, id, HIFN_DMACSR_C_ABORT);
}

static bool vc_ring_may_fetch(const struct vcard *vc, const struct vc_ring *ring)
{
	if (!ring->enabled || ring->halted || ring->stuck)
		return false;
	return !ring->waiting ||
	       (vc->reg1[HIFN_1_DMA_CNFG / 4] & HIFN_DMACNFG_POLLFREQ);
}

static void vc_ring_wait(struct vcard *vc, enum vc_ring_id id)
{
	vc->ring[id].waiting = true;
	vc->count.polls++;
	vc_ring_status(vc, id, HIFN_DMACSR_C_WAIT);
}

/* The last descriptor of a chain keeps its VALID. */
static bool vc_ring_forgets(struct vcard *vc, enum vc_ring_id id, uint32_t flags)
{
	static const enum vc_fault_id fault[VC_RINGS] = {
		[VC_C] = VC_F_NO_VALID_CMD, [VC_S] = VC_F_NO_VALID_SRC,
		[VC_D] = VC_F_NO_VALID_DST, [VC_R] = VC_F_NO_VALID,
	};

	if (!(flags & HIFN_D_LAST) || !vc_fault_take(vc, fault[id]))
		return false;
	vc_offer_taint(vc, id, vc->ring[id].at, flags & ~HIFN_D_VALID, flags);
	return true;
}

static bool vc_ring_write_back(struct vcard *vc, enum vc_ring_id id, uint32_t at,
			       uint32_t flags)
{
	if (vc_dma_store32(vc, at, flags & ~HIFN_D_VALID)) {
		vc_offer_done(vc, id, at);
		return true;
	}
	vc_ring_abort(vc, id, at);
	return false;
}

/* VALID goes away on jumps too; LAST on one means nothing, 3.3. */
static bool vc_ring_jump(struct vcard *vc, enum vc_ring_id id, uint32_t flags,
			 uint32_t target)
{
	struct vc_ring *ring = &vc->ring[id];

	VC_TRACE(vc, "desc %c 0x%08x jump 0x%08x", vc_ring_letter(id), ring->cur,
		 target);
	if (!vc_ring_write_back(vc, id, ring->cur, flags))
		return false;
	ring->cur = target;
	return true;
}

static void vc_ring_hold(struct vcard *vc, enum vc_ring_id id, uint32_t flags,
			 uint32_t addr)
{
	struct vc_ring *ring = &vc->ring[id];

	ring->active = true;
	ring->at = ring->cur;
	ring->flags = flags;
	ring->addr = addr;
	ring->len = flags & HIFN_D_LENGTH;
	ring->off = 0;
	vc_hostile_segment(vc, id, addr, ring->len);
	VC_TRACE(vc, "desc %c 0x%08x 0x%08x 0x%08x", vc_ring_letter(id), ring->cur,
		 flags, addr);
}

/* One fetch. Returns true if the engine moved, by a jump or by a descriptor. */
static bool vc_ring_fetch(struct vcard *vc, enum vc_ring_id id)
{
	struct vc_ring *ring = &vc->ring[id];
	uint32_t flags, addr;

	if (!vc_dma_load32(vc, ring->cur, &flags)) {
		vc_ring_abort(vc, id, ring->cur);
		return false;
	}
	flags = vc_offer_read(vc, id, ring->cur, flags);
	if (!(flags & HIFN_D_VALID)) {
		vc_ring_wait(vc, id);
		return false;
	}
	if (!vc_dma_load32(vc, ring->cur + 4, &addr)) {
		vc_ring_abort(vc, id, ring->cur + 4);
		return false;
	}
	ring->waiting = false;
	vc->activity++;
	vc->budget -= VC_DESC_COST;
	vc->count.dma_read[VC_DMA_DESC] += 8;
	if (flags & HIFN_D_JUMP)
		return vc_ring_jump(vc, id, flags, addr);
	vc_ring_hold(vc, id, flags, addr);
	return true;
}

/* True if the engine holds a descriptor, fetching one if need be. */
bool vc_ring_get(struct vcard *vc, enum vc_ring_id id)
{
	struct vc_ring *ring = &vc->ring[id];

	if (ring->active)
		return ring->enabled && !ring->halted && !ring->stuck;
	while (vc->budget > 0 && vc_ring_may_fetch(vc, ring))
		if (!vc_ring_fetch(vc, id) || ring->active)
			break;
	return ring->active;
}

/* Result status that the host is told of now; faults take it away. */
static uint32_t vc_result_status(struct vcard *vc, uint32_t c_bits)
{
	if (c_bits && vc_fault_take(vc, VC_F_LOST_IRQ))
		return 0;
	if (!c_bits || !vc_fault_take(vc, VC_F_LATE_IRQ))
		return c_bits;
	vc_fault_late_irq(vc, c_bits << vc_ring_shift[VC_R]);
	return 0;
}

/*
 * set: flag bits the card adds to the word it writes back. False: the ring's
 * memory does not answer, and the engine stands still.
 */
bool vc_ring_retire(struct vcard *vc, enum vc_ring_id id, uint32_t set)
{
	struct vc_ring *ring = &vc->ring[id];
	uint32_t status = 0;

	if (!vc_ring_forgets(vc, id, ring->flags) &&
	    !vc_ring_write_back(vc, id, ring->at, ring->flags | set))
		return false;
	ring->active = false;
	ring->cur = ring->at + sizeof(struct hifn_desc);
	vc->activity++;
	if (!(ring->flags & HIFN_D_MASKDONEIRQ))
		status |= HIFN_DMACSR_C_DONE;
	if (ring->flags & HIFN_D_LAST)
		status |= HIFN_DMACSR_C_LAST;
	if (id == VC_R)
		status = vc_result_status(vc, status);
	vc_ring_status(vc, id, status);
	return true;
}

/* True if the idle engine took a jump and may look further. */
static bool vc_ring_look(struct vcard *vc, enum vc_ring_id id)
{
	struct vc_ring *ring = &vc->ring[id];
	uint32_t flags;

	if (ring->active || !vc_ring_may_fetch(vc, ring))
		return false;
	if (!vc_dma_load32(vc, ring->cur, &flags)) {
		vc_ring_abort(vc, id, ring->cur);
		return false;
	}
	flags = vc_offer_read(vc, id, ring->cur, flags);
	if (!(flags & HIFN_D_VALID))
		vc_ring_wait(vc, id);
	else if (flags & HIFN_D_JUMP)
		return vc_ring_fetch(vc, id) && !ring->active;
	return false;
}

/*
 * The look idle engines take at their next descriptor: WAIT is set at each
 * fetch of an invalid one, 7.4, and jumps are taken. A valid one stays where it
 * is until the processing unit asks for it.
 */
void vc_ring_poll(struct vcard *vc)
{
	for (int i = 0; i < VC_RINGS; i++)
		while (vc->budget > 0 && vc_ring_look(vc, i))
			;
}

unsigned int vc_rings_enabled(const struct vcard *vc)
{
	unsigned int n = 0;

	for (int i = 0; i < VC_RINGS; i++)
		n += vc->ring[i].enabled;
	return n;
}

void vc_rings_stop(struct vcard *vc)
{
	for (int i = 0; i < VC_RINGS; i++) {
		struct vc_ring *ring = &vc->ring[i];

		ring->enabled = false;
		ring->waiting = false;
		ring->halted = false;
		ring->active = false;
		ring->cur = REG1(vc, vc_ring_base[i]);
		vc_offers_forget(vc, i);
	}
	vc_hostile_reset(vc);
}

bool vcard_polling(const struct vcard *vc)
{
	if (!vc_bus_master(vc) || vc->gone)
		return false;
	for (int i = 0; i < VC_RINGS; i++)
		if (!vc->ring[i].active && vc_ring_may_fetch(vc, &vc->ring[i]))
			return true;
	return false;
}
