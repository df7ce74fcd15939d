// SPDX-License-Identifier: BSD-2-Clause
/*
 * Faults at work: when one strikes, and those that concern the card as a whole.
 * What strikes within a command is drawn when the command begins and kept in
 * pu.plan; it counts as a hit where it takes effect.
 */
#include "../vc_int.h"

#define SPURIOUS_NS	10000000	/* the longest wait for the host's look */

static uint64_t fault_random(struct vcard *vc)
{
	return vc_splitmix(&vc->fault_rng);
}

uint32_t vc_fault_word(struct vcard *vc)
{
	return fault_random(vc) >> 32;
}

void vc_fault_hit(struct vcard *vc, enum vc_fault_id id)
{
	vc->count.faults[id]++;
	VC_TRACE(vc, "fault %s", vc_fault_name(id));
}

/* One occasion: does the fault strike? Only chances use up random numbers. */
bool vc_fault_due(struct vcard *vc, enum vc_fault_id id)
{
	struct vc_fault *f = &vc->fault[id];

	if (f->always)
		return true;
	if (f->left && --f->left == 0)
		return true;
	return f->rate && fault_random(vc) % f->rate == 0;
}

/* Drawn once per command, in the order of the table. */
void vc_fault_plan(struct vcard *vc)
{
	vc->pu.plan = 0;
	if (!vc->armed)
		return;
	for (int i = VC_F_COMMAND_FIRST; i <= VC_F_COMMAND_LAST; i++)
		if (vc_fault_due(vc, i))
			vc->pu.plan |= 1ull << i;
}

bool vc_planned(const struct vcard *vc, enum vc_fault_id id)
{
	return vc->pu.plan >> id & 1;
}

/* The planned fault takes effect, once. */
bool vc_fault_take(struct vcard *vc, enum vc_fault_id id)
{
	if (!vc_planned(vc, id))
		return false;
	vc->pu.plan &= ~(1ull << id);
	vc_fault_hit(vc, id);
	return true;
}

/* The engine stops in the middle of its work. False: it need not. */
bool vc_fault_stop(struct vcard *vc, enum vc_ring_id id, uint32_t addr)
{
	static const enum vc_fault_id stuck[VC_RINGS] = {
		[VC_C] = VC_F_STUCK_CMD, [VC_S] = VC_F_STUCK_SRC,
		[VC_D] = VC_F_STUCK_DST, [VC_R] = VC_F_STUCK_RES,
	};
	static const enum vc_fault_id aborts[VC_RINGS] = {
		[VC_C] = VC_F_ABORT, [VC_S] = VC_F_ABORT_SRC,
		[VC_D] = VC_F_ABORT_DST, [VC_R] = VC_F_ABORT_RES,
	};

	if (vc_fault_take(vc, stuck[id])) {
		vc->ring[id].stuck = true;
		return true;
	}
	if (!vc_fault_take(vc, aborts[id]))
		return false;
	vc_ring_abort(vc, id, addr);
	return true;
}

bool vc_fault_stops(const struct vcard *vc, enum vc_ring_id id)
{
	return id == VC_S ? vc_planned(vc, VC_F_STUCK_SRC) ||
			    vc_planned(vc, VC_F_ABORT_SRC) :
			    vc_planned(vc, VC_F_STUCK_DST) ||
			    vc_planned(vc, VC_F_ABORT_DST);
}

/* ---- the card leaves the bus ---- */

static void vanish(struct vcard *vc, enum vc_fault_id id)
{
	if (vc->gone)
		return;
	vc->gone = id;
	vc_fault_hit(vc, id);
	vc_irq_update(vc);
}

/* True if the card vanished at this command. */
bool vc_fault_vanish(struct vcard *vc)
{
	if (vc_planned(vc, VC_F_GONE))
		vanish(vc, VC_F_GONE);
	else if (vc_planned(vc, VC_F_GONE_RESET))
		vanish(vc, VC_F_GONE_RESET);
	return vc->gone;
}

/* ---- interrupts ---- */

/* The line as the fault leaves it; a rise that does not come is a hit. */
bool vc_fault_line(struct vcard *vc, bool level)
{
	bool muted = level && vc->fault[VC_F_NO_IRQ].always;

	if (muted && !vc->muted)
		vc_fault_hit(vc, VC_F_NO_IRQ);
	vc->muted = muted;
	return level && !muted;
}

/* Bits of a result that the host is told of later. */
void vc_fault_late_irq(struct vcard *vc, uint32_t bits)
{
	uint64_t at = vc_now(vc) + vc->fault[VC_F_LATE_IRQ].ns;

	if (!vc->late_bits || at < vc->late_at)
		vc->late_at = at;
	vc->late_bits |= bits;
}

/* Raise what is due; returns when more will be. */
uint64_t vc_fault_irq_due(struct vcard *vc)
{
	uint32_t bits = vc->late_bits;

	if (!bits)
		return VCARD_NEVER;
	if (vc_now(vc) < vc->late_at)
		return vc->late_at;
	vc->late_bits = 0;
	vc_csr_raise(vc, bits);
	return VCARD_NEVER;
}

/*
 * The line rises while the command has not even been read. With interrupts
 * closed or one pending nobody could tell, so it is left to the next command.
 */
bool vc_fault_spurious(struct vcard *vc)
{
	if (!vc_planned(vc, VC_F_SPURIOUS_IRQ))
		return false;
	if (!REG1(vc, HIFN_1_DMA_IER) || vc->irq_level) {
		vc->fault[VC_F_SPURIOUS_IRQ].left += !vc->fault[VC_F_SPURIOUS_IRQ].left;
		return false;
	}
	vc_fault_take(vc, VC_F_SPURIOUS_IRQ);
	vc->spurious = true;
	vc->pu.ready = vc_now(vc) + SPURIOUS_NS;
	vc_irq_update(vc);
	return true;
}

/* The host has looked at a register, or does not care to. */
void vc_fault_looked(struct vcard *vc)
{
	if (!vc->spurious)
		return;
	vc->spurious = false;
	vc_irq_update(vc);
}

/* ---- resets ---- */

/* When the processing unit comes out of the reset that begins now. */
uint64_t vc_fault_reset_end(struct vcard *vc)
{
	const struct vc_fault *f = &vc->fault[VC_F_SLOW_RESET];

	if (!vc_fault_due(vc, VC_F_SLOW_RESET))
		return 0;
	vc_fault_hit(vc, VC_F_SLOW_RESET);
	return f->ns ? vc_now(vc) + f->ns : VCARD_NEVER;
}

/* Master reset and reset of the bus let go what is stuck; some come back locked. */
void vc_fault_reset(struct vcard *vc)
{
	for (int i = 0; i < VC_RINGS; i++)
		vc->ring[i].stuck = false;
	vc->pu_stuck = false;
	vc->late_bits = 0;
	vc->spurious = false;
	if (vc_fault_due(vc, VC_F_BACK_LOCKED)) {
		vc->level = HIFN_LEVEL_0;
		vc_fault_hit(vc, VC_F_BACK_LOCKED);
	}
	if (vc_fault_due(vc, VC_F_BACK_SEALED)) {
		vc->level = HIFN_LEVEL_0;
		vc->sealed = true;
		vc_fault_hit(vc, VC_F_BACK_SEALED);
	}
}

void vc_fault_pci_reset(struct vcard *vc)
{
	vc->sealed = false;
	vc->pll_lost = false;
	vc->slow_reset_end = 0;
	if (vc->gone == VC_F_GONE_RESET || vc->gone == VC_F_HOSTILE)
		vc->gone = VC_F_NONE;
	vc_fault_reset(vc);
	if (vc->fault[VC_F_LOCKED].always)
		vc->level = HIFN_LEVEL_0;
}

/* The PLL starts when it leaves bypass. */
void vc_fault_pll(struct vcard *vc, uint32_t was, uint32_t val)
{
	if (val & HIFN_PLL_BP) {
		vc->pll_lost = false;
	} else if ((was & HIFN_PLL_BP) && vc_fault_due(vc, VC_F_PLL_STUCK)) {
		vc->pll_lost = true;
		vc_fault_hit(vc, VC_F_PLL_STUCK);
	}
}

/* ---- setting and clearing ---- */

void vc_fault_arm(struct vcard *vc, enum vc_fault_id id, const struct vc_fault *f)
{
	vc->fault[id] = *f;
	vc->armed = true;
	if (!f->always)
		return;
	switch (id) {
	case VC_F_LOCKED:
		vc->level = HIFN_LEVEL_0;
		break;
	case VC_F_GONE:
	case VC_F_GONE_RESET:
		vc->fault[id].always = false;
		vanish(vc, id);
		break;
	case VC_F_SMALL_BARS:
		vc_fault_hit(vc, id);
		break;
	default:
		vc_irq_update(vc);
	}
}

/*
 * What is stuck goes on where it was; a forced lock can be unlocked. A card that
 * was gone is as after power-up: its rings may be somebody else's memory by now.
 */
void vcard_faults_clear(struct vcard *vc)
{
	memset(vc->fault, 0, sizeof(vc->fault));
	vc->armed = false;
	memset(vc->corrupt, 0, sizeof(vc->corrupt));
	vc->hostile.act = 0;
	for (int i = 0; i < VC_RINGS; i++)
		vc->ring[i].stuck = false;
	vc->pu.plan = 0;
	vc->pu_stuck = false;
	vc->sealed = false;
	vc->pll_lost = false;
	vc->spurious = false;
	vc->slow_reset_end = 0;
	vc->late_at = 0;
	if (vc->gone) {
		vc->gone = VC_F_NONE;
		vc_power_up(vc);
	}
	vc_fault_irq_due(vc);
	vc_irq_update(vc);
}
