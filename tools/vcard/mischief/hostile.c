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
#include <stdlib.h>

#include "../vc_int.h"

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

static void hostile_log(struct vcard *vc, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void hostile_log(struct vcard *vc, const char *fmt, ...)
{
	struct vc_hostile *h = &vc->hostile;
	char *line = h->log[h->acts++ % VC_HOSTILE_LOG];
	va_list ap;
	int n = snprintf(line, VC_HOSTILE_LINE, "%" PRIu64 ": ", h->number);

	va_start(ap, fmt);
	vsnprintf(line + n, VC_HOSTILE_LINE - n, fmt, ap);
	va_end(ap);
	VC_TRACE(vc, "hostile %s", line);
	vc_fault_hit(vc, VC_F_HOSTILE);
}

/* Between commands: as often as time lets it. */
static uint32_t chance(struct vcard *vc)
{
	return vc_splitmix(&vc->hostile.between) >> 32;
}

/* For the command at hand: the same for the same seed. */
static uint32_t draw(struct vcard *vc)
{
	return vc_splitmix(&vc->hostile.command) >> 32;
}

static bool hostile_on(const struct vcard *vc)
{
	return vc->fault[VC_F_HOSTILE].always;
}

bool vc_hostile_start(struct vcard *vc, uint64_t seed, uint64_t rate)
{
	if (!vc_offers_init(vc))
		return false;
	memset(&vc->hostile, 0, sizeof(vc->hostile));
	vc->hostile.seed = seed;
	vc->hostile.between = ~seed;
	vc->hostile.rate = rate ? rate : RATE;
	return true;
}

static void rubbish(uint64_t seed, uint8_t *buf, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		buf[i] = vc_splitmix(&seed) >> 56;
}

/* ---- what happens to a command ---- */

static void plan_fault(struct vcard *vc)
{
	const int n = VC_F_HOSTILE_LAST - VC_F_COMMAND_FIRST + 1;
	enum vc_fault_id id = VC_F_COMMAND_FIRST + draw(vc) % n;

	vc->pu.plan |= 1ull << id;
	hostile_log(vc, "fault %s", vc_fault_name(id));
}

void vc_hostile_command(struct vcard *vc)
{
	struct vc_hostile *h = &vc->hostile;

	h->act = ACT_NONE;
	h->nr_segs = 0;
	h->command = h->seed + ++h->number * 0xd1342543de82ef95;
	if (!hostile_on(vc) || draw(vc) % h->rate)
		return;
	h->act = 1 + draw(vc) % (COMMAND_ACTS - 1);
	if (h->act == ACT_FAULT || h->act == ACT_FAULT2)
		plan_fault(vc);
}

/* True while the card is off the bus. */
bool vc_hostile_away(struct vcard *vc)
{
	if (vc->gone == VC_F_HOSTILE && vc_now(vc) >= vc->hostile.back) {
		vc->gone = VC_F_NONE;
		vc_power_up(vc);
	}
	return vc->gone;
}

/* The command has been read. True: the card has left with it. */
bool vc_hostile_begin(struct vcard *vc)
{
	struct vc_hostile *h = &vc->hostile;

	if (h->act == ACT_DELAY) {
		vc->pu.ready = vc_now(vc) + draw(vc) % DELAY_NS;
		hostile_log(vc, "delay");
	} else if (h->act == ACT_AWAY) {
		h->act = ACT_NONE;
		h->back = vc_now(vc) + draw(vc) % AWAY_NS;
		hostile_log(vc, "away");
		vc->gone = VC_F_HOSTILE;
		vc_irq_update(vc);
	}
	return vc->gone;
}

/* Nothing of it is done, but the result says so. */
bool vc_hostile_skips(struct vcard *vc)
{
	if (vc->hostile.act == ACT_SKIP)
		hostile_log(vc, "skipped");
	return vc->hostile.act == ACT_SKIP;
}

/*
 * Asked with the result's descriptor at hand, before data move. The host has
 * seen its VALID cleared and may use data and rings of the command again: the
 * card has lost its place in them, and stops.
 */
bool vc_hostile_lost(struct vcard *vc)
{
	const struct vc_hostile *h = &vc->hostile;

	if (!h->early || h->early_at != vc->ring[VC_R].at)
		return false;
	vc->pu_stuck = true;
	return true;
}

/* A destination segment of the command at hand. */
void vc_hostile_segment(struct vcard *vc, enum vc_ring_id id, uint32_t addr, uint32_t len)
{
	struct vc_hostile *h = &vc->hostile;
	struct vc_extent e = { addr, min(len, (uint32_t)RUBBISH_MAX) };

	if (id == VC_D && h->nr_segs < VC_HOSTILE_SEGS)
		h->segs[h->nr_segs++] = (struct vc_extent){ addr, len };
	if (id == VC_R)
		h->results[h->nr_results++ % VC_HOSTILE_RESULTS] = e;
}

static void spoil_data(struct vcard *vc)
{
	struct vc_hostile *h = &vc->hostile;
	const struct vc_extent *e = &h->segs[draw(vc) % max(h->nr_segs, 1u)];
	uint8_t buf[RUBBISH_MAX];
	uint32_t at, n;

	if (!h->nr_segs || !e->len || vc->pu.skipped)
		return;
	at = draw(vc) % e->len;
	n = 1 + draw(vc) % RUBBISH_MAX;
	n = min(n, e->len - at);
	rubbish(draw(vc), buf, n);
	vc_dma_write(vc, VC_DMA_DATA, e->addr + at, buf, n);
	hostile_log(vc, "%u bytes of rubbish as data", n);
}

static void spoil_result(struct vcard *vc, const struct vc_ring *r)
{
	uint8_t buf[RUBBISH_MAX];
	uint32_t n = min(r->len, (uint32_t)RUBBISH_MAX);

	rubbish(draw(vc), buf, n);
	vc_dma_write(vc, VC_DMA_RESULT, r->addr, buf, n);
	hostile_log(vc, "%u bytes of rubbish as result", n);
}

static void spoil_bits(struct vcard *vc, const struct vc_ring *r)
{
	uint32_t n = min(r->len, vc->pu.result_len);
	uint8_t byte;

	for (int i = draw(vc) % 3; n && i >= 0; i--) {
		uint32_t at = draw(vc) % n;

		byte = vc->pu.result[at] ^ 1 << draw(vc) % 8;
		vc_dma_write(vc, VC_DMA_RESULT, r->addr + at, &byte, 1);
	}
	hostile_log(vc, "wrong bits in the result");
}

/* The result has been written, its VALID not yet cleared. */
void vc_hostile_result(struct vcard *vc, const struct vc_ring *r)
{
	switch (vc->hostile.act) {
	case ACT_RESULT_BITS:
	case ACT_RESULT_BITS2:
		spoil_bits(vc, r);
		break;
	case ACT_RESULT_RUBBISH:
		spoil_result(vc, r);
		break;
	case ACT_DATA:
	case ACT_DATA2:
		spoil_data(vc);
		break;
	}
}

/* ---- what happens in between ---- */

static uint32_t spoiled_word(struct vcard *vc, uint32_t word)
{
	switch (chance(vc) % 4) {
	case 0:
		return word ^ HIFN_D_VALID;
	case 1:
		return word ^ 1u << chance(vc) % 32;
	case 2:
		return (word & ~HIFN_D_LENGTH) | (chance(vc) & HIFN_D_LENGTH);
	default:
		return chance(vc);
	}
}

/* What the host then finds in the buffer: a job well done, or rubbish. */
static void early_result(struct vcard *vc, uint32_t at, uint32_t host)
{
	uint32_t addr, n = min(host & HIFN_D_LENGTH, (uint32_t)RUBBISH_MAX);
	uint8_t buf[RUBBISH_MAX] = { 0 };

	if (!vc_dma_load32(vc, at + 4, &addr))
		return;
	if (chance(vc) % 4 == 0)
		rubbish(chance(vc), buf, n);
	vc_dma_write(vc, VC_DMA_RESULT, addr, buf, n);
}

static bool ends_early(enum vc_ring_id id, uint32_t host, uint32_t card)
{
	return id == VC_R && (host & HIFN_D_VALID) && !(host & HIFN_D_JUMP) &&
	       !(card & HIFN_D_VALID);
}

static void spoil_descriptor(struct vcard *vc)
{
	enum vc_ring_id id = chance(vc) % VC_RINGS;
	const struct vc_ring *ring = &vc->ring[id];
	uint32_t at, mem, host, card;
	bool early;

	if (!ring->enabled || !vc_offer_pick(vc, id, chance(vc), &at) ||
	    !vc_dma_load32(vc, at, &mem))
		return;
	host = vc_offer_read(vc, id, at, mem);
	card = spoiled_word(vc, mem);
	early = ends_early(id, host, card);
	if ((early && vc->hostile.early) || (ring->active && ring->at == at))
		return;
	if (early && chance(vc) % 4)
		early_result(vc, at, host);
	if (!vc_dma_swap32(vc, at, mem, card))
		return;
	if (early) {
		vc->hostile.early = true;
		vc->hostile.early_at = at;
	}
	vc_offer_taint(vc, id, at, host, card);
	hostile_log(vc, "%c descriptor 0x%x 0x%08x", vc_ring_letter(id), at, card);
}

/* A result buffer stays the card's to write as long as its ring is set up. */
static void spoil_old_result(struct vcard *vc)
{
	struct vc_hostile *h = &vc->hostile;
	uint32_t n = min(h->nr_results, (uint32_t)VC_HOSTILE_RESULTS);
	const struct vc_extent *e = &h->results[chance(vc) % max(n, 1u)];
	uint8_t buf[RUBBISH_MAX];

	if (!n || !vc->ring[VC_R].enabled)
		return;
	rubbish(chance(vc), buf, e->len);
	if (chance(vc) & 1)
		memset(buf, 0, e->len);		/* as of a job well done */
	vc_dma_write(vc, VC_DMA_RESULT, e->addr, buf, e->len);
	hostile_log(vc, "rubbish in result buffer 0x%x", e->addr);
}

static void spoil_status(struct vcard *vc)
{
	uint32_t bits = 1u << chance(vc) % 32;

	hostile_log(vc, "CSR bits 0x%08x", bits & HIFN_DMACSR_STATUS_ALL);
	vc_csr_raise(vc, bits & HIFN_DMACSR_STATUS_ALL);
}

static void spoil_line(struct vcard *vc)
{
	if (!REG1(vc, HIFN_1_DMA_IER) || vc->irq_level)
		return;
	hostile_log(vc, "spurious interrupt");
	vc->spurious = true;
	vc_irq_update(vc);
}

/* Once for each step in which something moved. */
void vc_hostile_step(struct vcard *vc)
{
	struct vc_hostile *h = &vc->hostile;

	if (!hostile_on(vc) || h->activity == vc->activity || !vc_rings_enabled(vc))
		return;
	h->activity = vc->activity;
	if (chance(vc) % (RARER_BETWEEN * h->rate))
		return;
	switch (chance(vc) % 8) {
	case 0:
		spoil_line(vc);
		break;
	case 1:
		spoil_status(vc);
		break;
	case 2:
	case 3:
		spoil_old_result(vc);
		break;
	default:
		spoil_descriptor(vc);
	}
}

/* What a register that holds val reads as. */
uint32_t vc_hostile_read(struct vcard *vc, uint32_t val)
{
	uint32_t wrong;

	if (!hostile_on(vc) || chance(vc) % (RARER_READ * vc->hostile.rate))
		return val;
	wrong = chance(vc) & 1 ? chance(vc) : val ^ 1u << chance(vc) % 32;
	hostile_log(vc, "register reads 0x%08x instead of 0x%08x", wrong, val);
	return wrong;
}

/* The rings are set up anew: what they offered before is the host's. */
void vc_hostile_reset(struct vcard *vc)
{
	vc->hostile.nr_results = 0;
	vc->hostile.nr_segs = 0;
	vc->hostile.early = false;
	vc->hostile.act = ACT_NONE;
}

char *vcard_hostile_log(const struct vcard *vc)
{
	const struct vc_hostile *h = &vc->hostile;
	uint64_t i = h->acts > VC_HOSTILE_LOG ? h->acts - VC_HOSTILE_LOG : 0;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	fprintf(f, "%" PRIu64 " acts", h->acts);
	for (; i < h->acts; i++)
		fprintf(f, "; %s", h->log[i % VC_HOSTILE_LOG]);
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}
