// SPDX-License-Identifier: BSD-2-Clause
/*
 * Rules the card keeps whatever the guest does.
 */
#include "../vcard/mischief/mischief.h"
#include "program.h"

static void check_ring(const struct vc_ring *ring)
{
	if (!ring->active)
		return;
	MUST(ring->off <= ring->len && ring->len <= HIFN_SEG_MAX_BYTES);
	MUST(!(ring->flags & HIFN_D_JUMP) && (ring->flags & HIFN_D_VALID));
}

static void check_unit(const struct vc_unit *unit)
{
	MUST(unit->state <= VC_PU_RESULT);
	MUST(unit->block_len <= VC_BLOCK_MAX);
	MUST(unit->in_len <= sizeof(unit->in));
	MUST(unit->out_off <= unit->out_len && unit->out_len <= sizeof(unit->out));
	MUST(unit->result_off <= unit->result_len && unit->result_len <= HIFN_MAX_RESULT_BYTES);
	if (unit->state < VC_PU_DATA || unit->cmd.opcode >= HIFN_BASE_CMD_READ_RAM || unit->skipped)
		return;
	MUST(unit->pos <= unit->cmd.source && unit->out_pos <= unit->pos);
	MUST(unit->dst_used <= unit->cmd.dest && unit->stored <= unit->dst_used);
	MUST(unit->ciphered <= unit->cmd.crypt.count && unit->maced <= unit->cmd.mac.count);
}

static void check_counters(const struct vc_card *card)
{
	const struct vc_count *c = &card->host.count;
	uint64_t ops = 0;

	for (int i = 0; i < VC_OPS; i++)
		ops += c->ops[i];
	/* each command is of one kind, or a cipher, a MAC, and both in one pass */
	MUST(ops >= c->commands && ops <= 3 * c->commands);
	MUST(c->commands <= card->engine.started);
	MUST(c->dma_write[VC_DMA_DESC] % 4 == 0 && c->dma_read[VC_DMA_DESC] % 8 == 0);
}

void program_check(const struct vcard *vc)
{
	const struct vc_card *card = vcard_silicon(vc);

	for (int i = 0; i < VC_RINGS; i++)
		check_ring(&card->rings.ring[i]);
	check_unit(&card->unit);
	check_counters(card);
	MUST(!vcard_polling(vc) || vc_rings_enabled(&card->rings));
	MUST(!vcard_irq(vc) || vc_irq_wanted(&card->irq) || vcard_mischief(vc)->faults.spurious);
	MUST(card->host.present == !vcard_mischief(vc)->faults.gone);
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
