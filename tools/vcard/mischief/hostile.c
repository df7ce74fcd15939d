// SPDX-License-Identifier: BSD-2-Clause
/*
 * A hostile card: it does its work, but now and then writes rubbish where the
 * protocol lets a card write. Never elsewhere: offers.c knows what the host
 * has offered, and a command whose result the host may take for delivered moves
 * no data any more.
 *
 * What happens to a command depends on the seed and the command's number alone;
 * what happens in between is drawn from a second generator, as often as the
 * host and time let it.
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "../silicon/dma.h"
#include "../silicon/random.h"
#include "hostile.h"

#define RATE		32		/* one command in this many, unless told */
#define RARER_BETWEEN	4		/* acts between commands, per step */
#define RARER_READ	32		/* registers that read wrong */
#define AWAY_NS		20000000	/* at most */
#define DELAY_NS	5000000
#define RUBBISH_MAX	256

enum command_act {
	ACT_NONE, ACT_FAULT, ACT_FAULT2, ACT_RESULT_BITS, ACT_RESULT_BITS2, ACT_RESULT_RUBBISH,
	ACT_DATA, ACT_DATA2, ACT_SKIP, ACT_DELAY, ACT_AWAY, COMMAND_ACTS
};

static void act_log(struct hostile *h, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void act_log(struct hostile *h, const char *fmt, ...)
{
	char *line = h->log[h->acts++ % HOSTILE_LOG];
	va_list ap;
	int n = snprintf(line, HOSTILE_LINE, "%" PRIu64 ": ", h->number);

	va_start(ap, fmt);
	vsnprintf(line + n, HOSTILE_LINE - n, fmt, ap);
	va_end(ap);
	trace_event(h->faults->trace, "hostile %s", line);
	fault_hit(h->faults, VC_F_HOSTILE);
}

/* Between commands: as often as time lets it. */
static uint32_t chance(struct hostile *h)
{
	return vc_splitmix(&h->between) >> 32;
}

/* For the command at hand: the same for the same seed. */
static uint32_t draw(struct hostile *h)
{
	return vc_splitmix(&h->command) >> 32;
}

static bool hostile_on(const struct hostile *h)
{
	return h->faults->fault[VC_F_HOSTILE].always;
}

bool hostile_start(struct hostile *h, uint64_t seed, uint64_t rate)
{
	struct offers *offers = h->offers ? h->offers : offers_new(&h->card->regs);

	if (!offers)
		return false;
	*h = (struct hostile){
		.card = h->card, .faults = h->faults, .offers = offers,
		.seed = seed, .between = ~seed, .rate = rate ? rate : RATE,
	};
	return true;
}

static void rubbish(uint64_t seed, uint8_t *buf, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		buf[i] = vc_splitmix(&seed) >> 56;
}

/* ---- what happens to a command ---- */

static void plan_fault(struct hostile *h)
{
	const int n = VC_F_HOSTILE_LAST - VC_F_COMMAND_FIRST + 1;
	enum fault_id id = VC_F_COMMAND_FIRST + draw(h) % n;

	h->faults->plan |= 1ull << id;
	act_log(h, "fault %s", fault_name(id));
}

void hostile_command(struct hostile *h)
{
	h->act = ACT_NONE;
	h->nr_segs = 0;
	h->command = h->seed + ++h->number * 0xd1342543de82ef95;
	if (!hostile_on(h) || draw(h) % h->rate)
		return;
	h->act = 1 + draw(h) % (COMMAND_ACTS - 1);
	if (h->act == ACT_FAULT || h->act == ACT_FAULT2)
		plan_fault(h);
}

void hostile_return(struct hostile *h)
{
	if (h->faults->gone != VC_F_HOSTILE || vc_now(&h->card->host) < h->back)
		return;
	h->faults->gone = VC_F_NONE;
	vc_card_return(h->card);
	vc_card_power_up(h->card);
}

void hostile_begin(struct hostile *h)
{
	uint64_t now = vc_now(&h->card->host);

	if (h->act == ACT_DELAY) {
		vc_engine_delay(&h->card->engine, now + draw(h) % DELAY_NS);
		act_log(h, "delay");
	} else if (h->act == ACT_AWAY) {
		h->act = ACT_NONE;
		h->back = now + draw(h) % AWAY_NS;
		act_log(h, "away");
		h->faults->gone = VC_F_HOSTILE;
		vc_card_leave(h->card);
	}
}

/*
 * With the result's descriptor at hand, before data move. The host may have seen its
 * VALID cleared and use data and rings of the command again: then the card has
 * lost its place in them, and stops.
 */
static bool lost(struct hostile *h)
{
	if (!h->early || h->early_at != h->card->rings.ring[VC_R].at)
		return false;
	h->card->pu.stuck = true;
	return true;
}

/* A command that is skipped: nothing of it is done, but the result says so. */
enum vc_start hostile_data(struct hostile *h)
{
	if (h->offers && (!vc_ring_get(&h->card->rings, VC_R) || lost(h)))
		return VC_START_LATER;
	if (h->act != ACT_SKIP)
		return VC_START;
	act_log(h, "skipped");
	return VC_START_SKIP;
}

void hostile_segment(struct hostile *h, enum vc_ring_id id, uint32_t addr, uint32_t len)
{
	struct extent e = { addr, min(len, (uint32_t)RUBBISH_MAX) };

	if (id == VC_D && h->nr_segs < HOSTILE_SEGS)
		h->segs[h->nr_segs++] = (struct extent){ addr, len };
	if (id == VC_R)
		h->results[h->nr_results++ % HOSTILE_RESULTS] = e;
}

static void spoil_data(struct hostile *h)
{
	const struct extent *e = &h->segs[draw(h) % max(h->nr_segs, 1u)];
	uint8_t buf[RUBBISH_MAX];
	uint32_t at, n;

	if (!h->nr_segs || !e->len || h->card->unit.skipped)
		return;
	at = draw(h) % e->len;
	n = 1 + draw(h) % RUBBISH_MAX;
	n = min(n, e->len - at);
	rubbish(draw(h), buf, n);
	vc_dma_write(&h->card->host, VC_DMA_DATA, e->addr + at, buf, n);
	act_log(h, "%u bytes of rubbish as data", n);
}

/*
 * What is offered beyond the data is the card's as well, with each command: a host that
 * offers more than it has room for finds the rubbish where it did not expect it. A host
 * that counts right has no such room, and draws the same lies.
 */
static void fill_room(struct hostile *h)
{
	const struct vc_unit *unit = &h->card->unit;
	const struct extent *last = &h->segs[max(h->nr_segs, 1u) - 1];
	uint8_t buf[RUBBISH_MAX];
	uint32_t offered = 0, n;

	for (uint32_t i = 0; i < h->nr_segs; i++)
		offered += h->segs[i].len;
	if (h->nr_segs == HOSTILE_SEGS || unit->skipped || offered <= unit->dst_used)
		return;
	n = min(offered - unit->dst_used, min(last->len, (uint32_t)RUBBISH_MAX));
	rubbish(h->command, buf, n);
	vc_dma_write(&h->card->host, VC_DMA_DATA, last->addr + last->len - n, buf, n);
	act_log(h, "%u bytes of rubbish beyond the data", n);
}

static void spoil_result(struct hostile *h, uint32_t addr, uint32_t len)
{
	uint8_t buf[RUBBISH_MAX];
	uint32_t n = min(len, (uint32_t)RUBBISH_MAX);

	rubbish(draw(h), buf, n);
	vc_dma_write(&h->card->host, VC_DMA_RESULT, addr, buf, n);
	act_log(h, "%u bytes of rubbish as result", n);
}

static void spoil_bits(struct hostile *h, uint32_t addr, uint32_t len)
{
	uint32_t n = min(len, h->card->unit.result_len);
	uint8_t byte;

	for (int i = draw(h) % 3; n && i >= 0; i--) {
		uint32_t at = draw(h) % n;

		byte = h->card->unit.result[at] ^ 1 << draw(h) % 8;
		vc_dma_write(&h->card->host, VC_DMA_RESULT, addr + at, &byte, 1);
	}
	act_log(h, "wrong bits in the result");
}

void hostile_result(struct hostile *h, uint32_t addr, uint32_t len)
{
	if (hostile_on(h))
		fill_room(h);
	switch (h->act) {
	case ACT_RESULT_BITS:
	case ACT_RESULT_BITS2:
		spoil_bits(h, addr, len);
		break;
	case ACT_RESULT_RUBBISH:
		spoil_result(h, addr, len);
		break;
	case ACT_DATA:
	case ACT_DATA2:
		spoil_data(h);
		break;
	}
}

/* ---- what happens in between ---- */

static uint32_t spoiled_word(struct hostile *h, uint32_t word)
{
	switch (chance(h) % 4) {
	case 0:
		return word ^ HIFN_D_VALID;
	case 1:
		return word ^ 1u << chance(h) % 32;
	case 2:
		return (word & ~HIFN_D_LENGTH) | (chance(h) & HIFN_D_LENGTH);
	default:
		return chance(h);
	}
}

/* What the host then finds in the buffer: a job well done, or rubbish. */
static void early_result(struct hostile *h, uint32_t at, uint32_t host)
{
	uint32_t addr, n = min(host & HIFN_D_LENGTH, (uint32_t)RUBBISH_MAX);
	uint8_t buf[RUBBISH_MAX] = { 0 };

	if (!vc_dma_load32(&h->card->host, at + 4, &addr))
		return;
	if (chance(h) % 4 == 0)
		rubbish(chance(h), buf, n);
	vc_dma_write(&h->card->host, VC_DMA_RESULT, addr, buf, n);
}

static bool ends_early(enum vc_ring_id id, uint32_t host, uint32_t card)
{
	return id == VC_R && (host & HIFN_D_VALID) && !(host & HIFN_D_JUMP) &&
	       !(card & HIFN_D_VALID);
}

static void spoil_descriptor(struct hostile *h)
{
	enum vc_ring_id id = chance(h) % VC_RINGS;
	const struct vc_ring *ring = &h->card->rings.ring[id];
	uint32_t at, mem, host, card;
	bool early;

	if (!ring->enabled || !offer_pick(h->offers, id, chance(h), &at) ||
	    !vc_dma_load32(&h->card->host, at, &mem))
		return;
	host = offer_read(h->offers, id, at, mem);
	card = spoiled_word(h, mem);
	early = ends_early(id, host, card);
	if ((early && h->early) || (ring->active && ring->at == at))
		return;
	if (early && chance(h) % 4)
		early_result(h, at, host);
	if (!vc_dma_swap32(&h->card->host, at, mem, card))
		return;
	if (early) {
		h->early = true;
		h->early_at = at;
	}
	offer_taint(h->offers, id, at, host, card);
	act_log(h, "%c descriptor 0x%x 0x%08x", vc_ring_letter(id), at, card);
}

/* A result buffer stays the card's to write as long as its ring is set up. */
static void spoil_old_result(struct hostile *h)
{
	uint32_t n = min(h->nr_results, (uint32_t)HOSTILE_RESULTS);
	const struct extent *e = &h->results[chance(h) % max(n, 1u)];
	uint8_t buf[RUBBISH_MAX];

	if (!n || !h->card->rings.ring[VC_R].enabled)
		return;
	rubbish(chance(h), buf, e->len);
	if (chance(h) & 1)
		memset(buf, 0, e->len);		/* as of a job well done */
	vc_dma_write(&h->card->host, VC_DMA_RESULT, e->addr, buf, e->len);
	act_log(h, "rubbish in result buffer 0x%x", e->addr);
}

static void spoil_status(struct hostile *h)
{
	uint32_t bits = 1u << chance(h) % 32;

	act_log(h, "CSR bits 0x%08x", bits & HIFN_DMACSR_STATUS_ALL);
	vc_csr_raise(&h->card->irq, bits & HIFN_DMACSR_STATUS_ALL);
}

static void spoil_line(struct hostile *h)
{
	if (!REG1(&h->card->regs, HIFN_1_DMA_IER) || h->card->irq.level)
		return;
	act_log(h, "spurious interrupt");
	h->faults->spurious = true;
	vc_irq_update(&h->card->irq);
}

void hostile_step(struct hostile *h)
{
	if (!hostile_on(h) || h->activity == h->card->host.activity || !vc_rings_enabled(&h->card->rings))
		return;
	h->activity = h->card->host.activity;
	if (chance(h) % (RARER_BETWEEN * h->rate))
		return;
	switch (chance(h) % 8) {
	case 0:
		spoil_line(h);
		break;
	case 1:
		spoil_status(h);
		break;
	case 2:
	case 3:
		spoil_old_result(h);
		break;
	default:
		spoil_descriptor(h);
	}
}

uint32_t hostile_read(struct hostile *h, uint32_t val)
{
	uint32_t wrong;

	if (!hostile_on(h) || chance(h) % (RARER_READ * h->rate))
		return val;
	wrong = chance(h) & 1 ? chance(h) : val ^ 1u << chance(h) % 32;
	act_log(h, "register reads 0x%08x instead of 0x%08x", wrong, val);
	return wrong;
}

void hostile_forget(struct hostile *h)
{
	h->nr_results = 0;
	h->nr_segs = 0;
	h->early = false;
	h->act = ACT_NONE;
}

void hostile_relent(struct hostile *h)
{
	h->act = ACT_NONE;
}

char *hostile_log_text(const struct hostile *h)
{
	uint64_t i = h->acts > HOSTILE_LOG ? h->acts - HOSTILE_LOG : 0;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	fprintf(f, "%" PRIu64 " acts", h->acts);
	for (; i < h->acts; i++)
		fprintf(f, "; %s", h->log[i % HOSTILE_LOG]);
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}
