// SPDX-License-Identifier: BSD-2-Clause
/*
 * Faults at work: when one strikes, and those that concern the card as a whole.
 * What strikes within a command is drawn when the command begins and kept in
 * faults.plan; it counts as a hit where it takes effect.
 */
#include "../silicon/random.h"
#include "faults.h"

#define SPURIOUS_NS	10000000	/* the longest wait for the host's look */

static uint64_t now(const struct faults *f)
{
	return vc_now(&f->card->host);
}

static uint64_t draw(struct faults *f)
{
	return vc_splitmix(&f->random);
}

uint32_t fault_word(struct faults *f)
{
	return draw(f) >> 32;
}

void fault_hit(struct faults *f, enum fault_id id)
{
	f->hits[id]++;
	trace_event(f->trace, "fault %s", fault_name(id));
}

/* Only chances use up random numbers. */
bool fault_due(struct faults *f, enum fault_id id)
{
	struct fault *how = &f->fault[id];

	if (how->always)
		return true;
	if (how->left && --how->left == 0)
		return true;
	return how->rate && draw(f) % how->rate == 0;
}

bool fault_strikes(struct faults *f, enum fault_id id)
{
	if (!fault_due(f, id))
		return false;
	fault_hit(f, id);
	return true;
}

/* Drawn once per command, in the order of the table. */
void faults_plan(struct faults *f)
{
	f->plan = 0;
	if (!f->armed)
		return;
	for (int i = VC_F_COMMAND_FIRST; i <= VC_F_COMMAND_LAST; i++)
		if (fault_due(f, i))
			f->plan |= 1ull << i;
}

bool fault_planned(const struct faults *f, enum fault_id id)
{
	return f->plan >> id & 1;
}

bool fault_take(struct faults *f, enum fault_id id)
{
	if (!fault_planned(f, id))
		return false;
	f->plan &= ~(1ull << id);
	fault_hit(f, id);
	return true;
}

/* ---- an engine stops ---- */

static const enum fault_id stuck[VC_RINGS] = {
	[VC_C] = VC_F_STUCK_CMD, [VC_S] = VC_F_STUCK_SRC,
	[VC_D] = VC_F_STUCK_DST, [VC_R] = VC_F_STUCK_RES,
};
static const enum fault_id aborts[VC_RINGS] = {
	[VC_C] = VC_F_ABORT, [VC_S] = VC_F_ABORT_SRC,
	[VC_D] = VC_F_ABORT_DST, [VC_R] = VC_F_ABORT_RES,
};

bool fault_stop(struct faults *f, enum vc_ring_id id, uint32_t addr)
{
	struct vc_rings *rings = &f->card->rings;

	if (fault_take(f, stuck[id])) {
		rings->ring[id].stuck = true;
		return true;
	}
	if (!fault_take(f, aborts[id]))
		return false;
	vc_ring_abort(rings, id, addr);
	return true;
}

/* Data go no further than the half, a result no further than its first word. */
uint32_t fault_limit(struct faults *f, enum vc_ring_id id, uint32_t done, uint32_t whole)
{
	const struct vc_ring *ring = &f->card->rings.ring[id];

	if (!fault_planned(f, stuck[id]) && !fault_planned(f, aborts[id]))
		return VC_NO_LIMIT;
	if (id != VC_R && done < whole / 2)
		return whole / 2 - done;
	fault_stop(f, id, ring->addr + ring->off);
	return id == VC_R ? 4 : 0;
}

/* Neither its first piece nor its last one. */
void fault_piece(struct faults *f)
{
	const struct vc_ring *ring = &f->card->rings.ring[VC_D];
	struct vc_unit *unit = &f->card->unit;

	if (f->hole)
		unit->withheld = false;
	f->hole = !unit->withheld && unit->dst_used && !(ring->flags & HIFN_D_LAST) &&
		  fault_take(f, VC_F_HOLE);
	if (f->hole)
		unit->withheld = true;
}

/* ---- the card leaves the bus ---- */

static void vanish(struct faults *f, enum fault_id id)
{
	if (f->gone)
		return;
	f->gone = id;
	fault_hit(f, id);
	vc_card_leave(f->card);
}

bool fault_vanish(struct faults *f)
{
	if (fault_planned(f, VC_F_GONE))
		vanish(f, VC_F_GONE);
	else if (fault_planned(f, VC_F_GONE_RESET))
		vanish(f, VC_F_GONE_RESET);
	return f->gone;
}

/* ---- interrupts ---- */

/*
 * The level an edge leaves behind: up from the setting of an enabled bit until the host
 * acknowledges one. What is set while it is up, or closed, raises nothing any more.
 */
static bool edge(struct faults *f, bool wanted)
{
	const struct vc_regfile *regs = &f->card->regs;
	uint32_t csr = REG1(regs, HIFN_1_DMA_CSR) & HIFN_DMACSR_STATUS_ALL;
	bool acked = f->edge_csr & ~csr, lost;

	if (acked || !wanted)
		f->edge_up = false;
	if (wanted && csr & ~f->edge_csr & REG1(regs, HIFN_1_DMA_IER))
		f->edge_up = true;
	f->edge_csr = csr;
	lost = wanted && !f->edge_up;
	if (lost && !f->edge_lost)
		fault_hit(f, VC_F_EDGE_IRQ);
	f->edge_lost = lost;
	return f->edge_up;
}

bool fault_line(struct faults *f, bool wanted)
{
	bool up = f->fault[VC_F_EDGE_IRQ].always ? edge(f, wanted) : wanted;
	bool level = (up || f->spurious) && !f->gone;
	bool muted = level && f->fault[VC_F_NO_IRQ].always;

	if (muted && !f->muted)
		fault_hit(f, VC_F_NO_IRQ);
	f->muted = muted;
	return level && !muted;
}

void fault_late(struct faults *f, uint32_t bits)
{
	uint64_t at = now(f) + f->fault[VC_F_LATE_IRQ].ns;

	if (!f->late_bits || at < f->late_at)
		f->late_at = at;
	f->late_bits |= bits;
}

void fault_raise_late(struct faults *f)
{
	uint32_t bits = f->late_bits;

	if (!bits || now(f) < f->late_at)
		return;
	f->late_bits = 0;
	vc_csr_raise(&f->card->irq, bits);
}

/*
 * With interrupts closed or one pending nobody could tell, so it is left to the next
 * command.
 */
bool fault_spurious(struct faults *f)
{
	struct vc_card *card = f->card;

	if (!fault_planned(f, VC_F_SPURIOUS_IRQ))
		return false;
	if (!REG1(&card->regs, HIFN_1_DMA_IER) || card->irq.level) {
		f->fault[VC_F_SPURIOUS_IRQ].left += !f->fault[VC_F_SPURIOUS_IRQ].left;
		return false;
	}
	fault_take(f, VC_F_SPURIOUS_IRQ);
	f->spurious = true;
	vc_engine_hold(&card->engine, now(f) + SPURIOUS_NS);
	vc_irq_update(&card->irq);
	return true;
}

void fault_looked(struct faults *f)
{
	if (!f->spurious)
		return;
	f->spurious = false;
	vc_irq_update(&f->card->irq);
}

/* ---- resets ---- */

uint64_t fault_unit_reset(struct faults *f)
{
	uint64_t ns = f->fault[VC_F_SLOW_RESET].ns;

	if (!fault_strikes(f, VC_F_SLOW_RESET))
		return 0;
	return ns ? now(f) + ns : VC_NEVER;
}

/* Some come back locked. */
void fault_master_reset(struct faults *f)
{
	f->late_bits = 0;
	f->spurious = false;
	if (fault_due(f, VC_F_BACK_LOCKED)) {
		vc_unlock_lock(&f->card->unlock);
		fault_hit(f, VC_F_BACK_LOCKED);
	}
	if (fault_due(f, VC_F_BACK_LEVEL1)) {
		if (f->card->unlock.level == HIFN_LEVEL_2)
			f->card->unlock.level = HIFN_LEVEL_1;
		fault_hit(f, VC_F_BACK_LEVEL1);
	}
	f->wrong = fault_strikes(f, VC_F_BACK_WRONG);
	if (fault_due(f, VC_F_BACK_SEALED)) {
		vc_unlock_lock(&f->card->unlock);
		f->sealed = true;
		fault_hit(f, VC_F_BACK_SEALED);
	}
}

void fault_pci_reset(struct faults *f)
{
	f->sealed = false;
	if (f->gone == VC_F_GONE_RESET || f->gone == VC_F_HOSTILE) {
		f->gone = VC_F_NONE;
		vc_card_return(f->card);
	}
	fault_master_reset(f);
	if (f->fault[VC_F_LOCKED].always)
		vc_unlock_lock(&f->card->unlock);
}

/* ---- setting and clearing ---- */

void faults_arm(struct faults *f, enum fault_id id, const struct fault *how)
{
	f->fault[id] = *how;
	f->armed = true;
	if (!how->always)
		return;
	switch (id) {
	case VC_F_LOCKED:
		vc_unlock_lock(&f->card->unlock);
		break;
	case VC_F_GONE:
	case VC_F_GONE_RESET:
		f->fault[id].always = false;
		vanish(f, id);
		break;
	case VC_F_SMALL_BARS:
		fault_hit(f, id);
		break;
	case VC_F_EDGE_IRQ:
		f->edge_csr = REG1(&f->card->regs, HIFN_1_DMA_CSR) & HIFN_DMACSR_STATUS_ALL;
		f->edge_up = f->card->irq.level;
		f->edge_lost = false;
		break;
	default:
		vc_irq_update(&f->card->irq);
	}
}

bool faults_clear(struct faults *f)
{
	bool gone = f->gone;

	memset(f->fault, 0, sizeof(f->fault));
	memset(f->corrupt, 0, sizeof(f->corrupt));
	f->armed = false;
	f->plan = 0;
	f->sealed = false;
	f->spurious = false;
	f->late_at = 0;
	f->gone = VC_F_NONE;
	vc_rings_release(&f->card->rings);
	f->card->pu.stuck = false;
	f->card->pu.kept_until = 0;
	f->card->pll.unsettled = false;
	return gone;
}
