// SPDX-License-Identifier: BSD-2-Clause
/*
 * Rules the card keeps whatever the guest does.
 */
#include "program.h"

static void check_ring(const struct vc_ring *ring)
{
	if (!ring->active)
		return;
	MUST(ring->off <= ring->len && ring->len <= HIFN_SEG_MAX_BYTES);
	MUST(!(ring->flags & HIFN_D_JUMP) && (ring->flags & HIFN_D_VALID));
}

static void check_unit(const struct vc_pu *pu)
{
	MUST(pu->state <= VC_PU_RESULT);
	MUST(pu->block_len <= VC_BLOCK_MAX);
	MUST(pu->in_len <= sizeof(pu->in));
	MUST(pu->out_off <= pu->out_len && pu->out_len <= sizeof(pu->out));
	MUST(pu->result_off <= pu->result_len && pu->result_len <= HIFN_MAX_RESULT_BYTES);
	if (pu->state < VC_PU_DATA || pu->cmd.opcode >= HIFN_BASE_CMD_READ_RAM || pu->skipped)
		return;
	MUST(pu->pos <= pu->cmd.source && pu->out_pos <= pu->pos);
	MUST(pu->dst_used <= pu->cmd.dest && pu->stored <= pu->dst_used);
	MUST(pu->ciphered <= pu->cmd.crypt.count && pu->maced <= pu->cmd.mac.count);
}

static void check_counters(const struct vcard *vc)
{
	const struct vc_counters *c = &vc->count;
	uint64_t ops = 0;

	for (int i = 0; i < VC_OPS; i++)
		ops += c->ops[i];
	/* each command is of one kind, or a cipher and a MAC */
	MUST(ops >= c->commands && ops <= 2 * c->commands);
	MUST(c->commands <= vc->started);
	MUST(c->dma_write[VC_DMA_DESC] % 4 == 0 && c->dma_read[VC_DMA_DESC] % 8 == 0);
}

void program_check(const struct vcard *vc)
{
	for (int i = 0; i < VC_RINGS; i++)
		check_ring(&vc->ring[i]);
	check_unit(&vc->pu);
	check_counters(vc);
	MUST(!vcard_polling(vc) || vc_rings_enabled(vc));
	MUST(!vcard_irq(vc) || vc_irq_wanted(vc) || vc->spurious);
}

/*
 * A step ends: each access of the card costs budget, the cheapest ones (a command
 * in blocks of memory of one byte) an eighth of a unit, and the last piece of work
 * may exceed the budget. It says when to come again, and that is never in the past;
 * "at once" only when it got something done.
 */
void program_step(struct program *p, uint32_t budget)
{
	uint64_t activity = vcard_activity(p->vc), due;

	guest_step_begin(8ull * budget + 2048);
	due = vcard_step(p->vc, budget);
	guest_step_end();
	if (due)
		MUST(due >= p->now);
	else
		MUST(vcard_activity(p->vc) != activity);
	p->due = due;
	program_check(p->vc);
}
