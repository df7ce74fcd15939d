// SPDX-License-Identifier: BSD-2-Clause
/*
 * The four ring engines: descriptor fetch, jumps, write-back, waiting, abort.
 * docs/reference/hifn795x.md section 3.
 */
#include "../../../drivers/hifn_desc.h"
#include "clock.h"
#include "dma.h"
#include "ring.h"

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

static void ring_status(struct vc_rings *rings, enum vc_ring_id id, uint32_t c_bits)
{
	vc_csr_raise(rings->irq, c_bits << vc_ring_shift[id]);
}

/* The engine stops until reset; every driver resets the board, 2.2.2. */
void vc_ring_abort(struct vc_rings *rings, enum vc_ring_id id, uint32_t addr)
{
	rings->ring[id].halted = true;
	rings->ring[id].active = false;
	vc_error(rings->host, VC_ERR_ABORT, "%c engine: master abort at bus address 0x%08x",
		 vc_ring_letter(id), addr);
	vc_config_abort(rings->config);
	ring_status(rings, id, HIFN_DMACSR_C_ABORT);
}

static bool ring_may_fetch(const struct vc_rings *rings, const struct vc_ring *ring)
{
	if (!ring->enabled || ring->halted || ring->stuck)
		return false;
	return !ring->waiting ||
	       (REG1(rings->regs, HIFN_1_DMA_CNFG) & HIFN_DMACNFG_POLLFREQ);
}

static void ring_wait(struct vc_rings *rings, enum vc_ring_id id)
{
	rings->ring[id].waiting = true;
	rings->host->count.polls++;
	VC_TIME(rings->host, vc_clock_miss(rings->host->clock, id));
	ring_status(rings, id, HIFN_DMACSR_C_WAIT);
}

static bool ring_write_now(struct vc_rings *rings, enum vc_ring_id id, uint32_t at,
			   uint32_t flags)
{
	if (vc_dma_store32(rings->host, at, flags & ~HIFN_D_VALID)) {
		VC_TELL(rings->host, returned(rings->host->who, id, at));
		return true;
	}
	vc_ring_abort(rings, id, at);
	return false;
}

#define LATE_NS	1000000

static void late_first(struct vc_rings *rings)
{
	struct vc_late first = rings->late[0];

	rings->nr_late--;
	for (unsigned int i = 0; i < rings->nr_late; i++)
		rings->late[i] = rings->late[i + 1];
	ring_write_now(rings, first.id, first.at, first.flags);
}

void vc_rings_late(struct vc_rings *rings)
{
	while (rings->nr_late && vc_now(rings->host) >= rings->late[0].due)
		late_first(rings);
}

uint64_t vc_rings_date(const struct vc_rings *rings)
{
	return rings->nr_late ? rings->late[0].due : VC_NEVER;
}

/* Nobody but the host looks at results; all else a chip may give back later. */
static bool ring_write_back(struct vc_rings *rings, enum vc_ring_id id, uint32_t at,
			    uint32_t flags)
{
	if (id == VC_R || !vc_knob(rings->host, VC_K_RING_RETURN))
		return ring_write_now(rings, id, at, flags);
	if (rings->nr_late == VC_LATE)
		late_first(rings);
	rings->late[rings->nr_late++] = (struct vc_late){
		id, at, flags, vc_now(rings->host) + LATE_NS
	};
	return true;
}

/* VALID goes away on jumps too; LAST on one means nothing, 3.3. */
static bool ring_jump(struct vc_rings *rings, enum vc_ring_id id, uint32_t flags,
		      uint32_t target)
{
	struct vc_ring *ring = &rings->ring[id];

	VC_TIME(rings->host, vc_clock_jump(rings->host->clock, id));
	VC_WATCH(rings->host, jump(rings->host->viewer, id, ring->cur, target));
	if (!ring_write_now(rings, id, ring->cur, flags))
		return false;
	ring->cur = target;
	ring->lap = 0;
	return true;
}

#define LAP_MAX	320	/* entries of a chip that has a counter for them */

static void ring_hold(struct vc_rings *rings, enum vc_ring_id id, uint32_t flags,
		      uint32_t addr)
{
	struct vc_ring *ring = &rings->ring[id];

	ring->active = true;
	ring->stuck |= vc_knob(rings->host, VC_K_RINGS) && ++ring->lap > LAP_MAX;
	ring->at = ring->cur;
	ring->flags = flags;
	ring->addr = addr;
	ring->len = flags & HIFN_D_LENGTH;
	ring->off = 0;
	VC_TIME(rings->host, vc_clock_fetch(rings->host->clock, id, addr));
	VC_TELL(rings->host, held(rings->host->who, id, addr, ring->len));
	VC_WATCH(rings->host,
		 descriptor(rings->host->viewer, id, ring->cur, flags, addr));
}

/* One fetch. Returns true if the engine moved, by a jump or by a descriptor. */
static bool ring_fetch(struct vc_rings *rings, enum vc_ring_id id)
{
	struct vc_ring *ring = &rings->ring[id];
	uint32_t flags, addr;

	if (!vc_dma_load32(rings->host, ring->cur, &flags)) {
		vc_ring_abort(rings, id, ring->cur);
		return false;
	}
	flags = VC_ASK(rings->host, flags, fetch(rings->host->who, id, ring->cur, flags));
	if (!(flags & HIFN_D_VALID)) {
		ring_wait(rings, id);
		return false;
	}
	if (!vc_dma_load32(rings->host, ring->cur + 4, &addr)) {
		vc_ring_abort(rings, id, ring->cur + 4);
		return false;
	}
	ring->waiting = false;
	rings->host->activity++;
	rings->host->budget -= VC_DESC_COST;
	rings->host->count.dma_read[VC_DMA_DESC] += 8;
	if (flags & HIFN_D_JUMP)
		return ring_jump(rings, id, flags, addr);
	ring_hold(rings, id, flags, addr);
	return true;
}

bool vc_ring_get(struct vc_rings *rings, enum vc_ring_id id)
{
	struct vc_ring *ring = &rings->ring[id];

	if (ring->active)
		return ring->enabled && !ring->halted && !ring->stuck;
	while (rings->host->budget > 0 && ring_may_fetch(rings, ring))
		if (!ring_fetch(rings, id) || ring->active)
			break;
	return ring->active;
}

#define MISSED_ONE_IN	8

bool vc_ring_retire(struct vc_rings *rings, enum vc_ring_id id, uint32_t set)
{
	struct vc_ring *ring = &rings->ring[id];
	struct vc_host *host = rings->host;
	uint32_t status = 0;
	bool tells;	/* the host of a result, by an interrupt if it likes */

	if (id != VC_R)		/* a result's is part of its time */
		VC_TIME(host, vc_clock_return(host->clock, id));
	if (!VC_ASK(host, false, keeps_valid(host->who, id, ring->at, ring->flags)) &&
	    !ring_write_back(rings, id, ring->at, ring->flags | set))
		return false;
	ring->active = false;
	ring->cur = ring->at + sizeof(struct hifn_desc);
	rings->host->activity++;
	if (!(ring->flags & HIFN_D_MASKDONEIRQ))
		status |= HIFN_DMACSR_C_DONE;
	if (ring->flags & HIFN_D_LAST)
		status |= HIFN_DMACSR_C_LAST;
	if (id == VC_R && vc_knob(host, VC_K_INTERRUPT) == VC_IRQ_MISSES &&
	    ++rings->results % MISSED_ONE_IN == 0)
		status = 0;
	tells = id == VC_R && status & HIFN_DMACSR_C_DONE;
	status <<= vc_ring_shift[id];
	if (tells)
		status = VC_ASK(host, status, status(host->who, status));
	vc_csr_raise(rings->irq, status);
	return true;
}

/* True if the idle engine took a jump and may look further. */
static bool ring_look(struct vc_rings *rings, enum vc_ring_id id)
{
	struct vc_ring *ring = &rings->ring[id];
	uint32_t flags;

	if (ring->active || !ring_may_fetch(rings, ring))
		return false;
	if (!vc_dma_load32(rings->host, ring->cur, &flags)) {
		vc_ring_abort(rings, id, ring->cur);
		return false;
	}
	flags = VC_ASK(rings->host, flags, fetch(rings->host->who, id, ring->cur, flags));
	if (!(flags & HIFN_D_VALID))
		ring_wait(rings, id);
	else if (flags & HIFN_D_JUMP)
		return ring_fetch(rings, id) && !ring->active;
	return false;
}

/*
 * The look idle engines take at their next descriptor: WAIT is set at each
 * fetch of an invalid one, 7.4, and jumps are taken. A valid one stays where it
 * is until the processing unit asks for it.
 */
void vc_rings_poll(struct vc_rings *rings)
{
	for (int i = 0; i < VC_RINGS; i++)
		while (rings->host->budget > 0 && ring_look(rings, i))
			;
}

/*
 * Model time goes by what was queued when: the command ring is looked at ahead of its
 * engine, up to so many entries a step, jumps followed. Nothing is taken, and nothing
 * remembered but the place.
 */
#define AHEAD	256

static bool peek(struct vc_rings *rings, enum vc_ring_id id, uint32_t at, uint32_t *flags,
		 uint32_t *addr)
{
	struct vc_host *host = rings->host;

	if (!vc_dma_load32(host, at, flags) || !vc_dma_load32(host, at + 4, addr))
		return false;
	*flags = VC_ASK(host, *flags, fetch(host->who, id, at, *flags));
	return *flags & HIFN_D_VALID;
}

static void look_ahead(struct vc_rings *rings)
{
	const struct vc_ring *c = &rings->ring[VC_C];
	uint32_t n = 0, flags, addr;

	if (!vc_clock_looks(rings->host->clock))
		rings->ahead = c->active ? c->at + sizeof(struct hifn_desc) : c->cur;
	for (int i = 0; i < AHEAD && peek(rings, VC_C, rings->ahead, &flags, &addr); i++) {
		bool jump = flags & HIFN_D_JUMP;

		n += !jump;
		rings->ahead = jump ? addr : rings->ahead + (uint32_t)sizeof(struct hifn_desc);
		if (rings->ahead == c->cur)
			break;	/* round once: a full ring */
	}
	if (n)
		vc_clock_saw(rings->host->clock, n);
}

void vc_rings_time(struct vc_rings *rings)
{
	const struct vc_ring *c = &rings->ring[VC_C];

	if (c->enabled && !c->halted && !c->stuck)
		look_ahead(rings);
	for (int i = 0; i < VC_RINGS; i++)
		if (!rings->ring[i].active && ring_may_fetch(rings, &rings->ring[i]))
			vc_clock_poll(rings->host->clock, i);
}

unsigned int vc_rings_enabled(const struct vc_rings *rings)
{
	unsigned int n = 0;

	for (int i = 0; i < VC_RINGS; i++)
		n += rings->ring[i].enabled;
	return n;
}

void vc_rings_stop(struct vc_rings *rings)
{
	for (int i = 0; i < VC_RINGS; i++) {
		struct vc_ring *ring = &rings->ring[i];

		ring->enabled = false;
		ring->waiting = false;
		ring->halted = false;
		ring->active = false;
		ring->lap = 0;
		ring->cur = REG1(rings->regs, vc_ring_base[i]);
		VC_TELL(rings->host, forget(rings->host->who, i));
	}
	rings->nr_late = 0;
	VC_TIME(rings->host, vc_clock_reset(rings->host->clock));
}

void vc_rings_release(struct vc_rings *rings)
{
	for (int i = 0; i < VC_RINGS; i++)
		rings->ring[i].stuck = false;
}

bool vc_rings_polling(const struct vc_rings *rings)
{
	if (!vc_bus_master(rings->config) || !rings->host->present)
		return false;
	for (int i = 0; i < VC_RINGS; i++)
		if (!rings->ring[i].active && ring_may_fetch(rings, &rings->ring[i]))
			return true;
	return false;
}

/* A base register reloads that engine's pointer, 2.2.1. */
void vc_ring_rebase(struct vc_rings *rings, enum vc_ring_id id, uint32_t addr)
{
	struct vc_ring *ring = &rings->ring[id];

	if (ring->enabled)
		vc_error(rings->host, VC_ERR_VALUE,
			 "%c ring base written while the engine is enabled",
			 vc_ring_letter(id));
	ring->cur = addr;
	ring->active = false;
	VC_TIME(rings->host, vc_clock_rebase(rings->host->clock, id));
	VC_TELL(rings->host, forget(rings->host->who, id));
}

void vc_ring_control(struct vc_rings *rings, enum vc_ring_id id, uint32_t control)
{
	struct vc_ring *ring = &rings->ring[id];

	switch (control) {
	case HIFN_DMACSR_CTRL_NOP:
		break;
	case HIFN_DMACSR_CTRL_DIS:
		ring->enabled = false;
		break;
	case HIFN_DMACSR_CTRL_ENA:
		ring->enabled = true;
		ring->waiting = false;	/* fetches at once, 3.5 */
		VC_TIME(rings->host, vc_clock_enable(rings->host->clock, id));
		break;
	default:
		vc_error(rings->host, VC_ERR_VALUE,
			 "CSR: control field of %c is 11, undefined", vc_ring_letter(id));
	}
}
