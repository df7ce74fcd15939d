// SPDX-License-Identifier: GPL-2.0
/*
 * What was done to the card, and what it said: the last SURVEY_EVENTS accesses of an experiment,
 * in the grammar of the virtual card's trace (docs/reference/vcard.md). The same value read again
 * and again is one event.
 */
#include <linux/ktime.h>
#include <linux/mm.h>

#include "survey.h"

enum event_kind {
	EVENT_READ,
	EVENT_WRITE,
	EVENT_COMMAND,
	EVENT_RESULT,
};

struct survey_event {
	u64 ns;
	u8 kind;
	u8 bar;
	u16 reg;		/* or opcode and session */
	u32 val;		/* or both counts */
};

#define LINE_MOST	96	/* bytes of a line of it */

int survey_trace_init(struct survey *s)
{
	s->trace.event = kvcalloc(SURVEY_EVENTS, sizeof(*s->trace.event), GFP_KERNEL);
	return s->trace.event ? 0 : -ENOMEM;
}

void survey_trace_free(struct survey *s)
{
	kvfree(s->trace.event);
}

void survey_trace_clear(struct survey *s)
{
	s->trace.nr = 0;
	s->trace.told = 0;
}

static void add(struct survey *s, struct survey_event event)
{
	struct survey_trace *t = &s->trace;
	const struct survey_event *last = &t->event[(t->nr - 1) % SURVEY_EVENTS];

	if (t->nr && event.kind == EVENT_READ && last->kind == EVENT_READ &&
	    last->bar == event.bar && last->reg == event.reg && last->val == event.val)
		return;
	event.ns = ktime_get_ns();
	t->event[t->nr++ % SURVEY_EVENTS] = event;
}

void survey_trace_reg(struct survey *s, bool write, u8 bar, u16 reg, u32 val)
{
	add(s, (struct survey_event){ .kind = write ? EVENT_WRITE : EVENT_READ, .bar = bar,
				      .reg = reg, .val = val });
}

/* The four words of a base command. */
void survey_trace_command(struct survey *s, const u8 *cmd)
{
	struct hifn_base_command base;

	memcpy(&base, cmd, sizeof(base));
	add(s, (struct survey_event){
		.kind = EVENT_COMMAND,
		.bar = FIELD_GET(HIFN_BASE_CMD_OPCODE, le16_to_cpu(base.masks)),
		.reg = le16_to_cpu(base.session_num),
		.val = le16_to_cpu(base.total_source_count) |
		       (u32)le16_to_cpu(base.total_dest_count) << 16,
	});
}

void survey_trace_result(struct survey *s, u32 bytes)
{
	add(s, (struct survey_event){ .kind = EVENT_RESULT, .val = bytes });
}

struct reg_name {
	u16 reg;
	const char *name;
};

static const struct reg_name names0[] = {
	{ HIFN_0_PUCTRL, "PUCTRL" }, { HIFN_0_PUISR, "PUISR" }, { HIFN_0_PUCNFG, "PUCNFG" },
	{ HIFN_0_PUIER, "PUIER" }, { HIFN_0_PUSTAT, "PUSTAT" }, { HIFN_0_FIFOCNFG, "FIFOCNFG" },
	{ HIFN_0_PUCTRL2, "PUCTRL2" }, {}
};

static const struct reg_name names1[] = {
	{ HIFN_1_DMA_CRAR, "DMA_CRAR" }, { HIFN_1_DMA_SRAR, "DMA_SRAR" },
	{ HIFN_1_DMA_RRAR, "DMA_RRAR" }, { HIFN_1_DMA_DRAR, "DMA_DRAR" },
	{ HIFN_1_DMA_CSR, "DMA_CSR" }, { HIFN_1_DMA_IER, "DMA_IER" },
	{ HIFN_1_DMA_CNFG, "DMA_CNFG" }, { HIFN_1_PLL, "PLL" }, { HIFN_1_DMA_CNFG2, "DMA_CNFG2" },
	{ HIFN_1_REVID, "REVID" }, { HIFN_1_UNLOCK_SECRET1, "UNLOCK1" },
	{ HIFN_1_UNLOCK_SECRET2, "UNLOCK2" }, { HIFN_1_PUB_RESET, "PUB_RESET" },
	{ HIFN_1_PUB_OPLEN, "PUB_OPLEN" }, { HIFN_1_PUB_OP, "PUB_OP" },
	{ HIFN_1_PUB_STATUS, "PUB_STATUS" }, { HIFN_1_RNG_CONFIG, "RNG_CONFIG" },
	{ HIFN_1_RNG_DATA, "RNG_DATA" }, {}
};

static const char *name_of(u8 bar, u16 reg)
{
	const struct reg_name *n = bar ? names1 : names0;

	while (n->name && n->reg != reg)
		n++;
	return n->name ?: "-";
}

static int event_text(char *buf, const struct survey_event *e, unsigned int nr)
{
	int n = scnprintf(buf, LINE_MOST, "trace %llu ", e->ns);
	char *at = buf + n;
	size_t room = LINE_MOST - n;

	switch (e->kind) {
	case EVENT_COMMAND:
		return n + scnprintf(at, room, "command %u opcode %u session %u src %u dst %u\n",
				     nr, e->bar, FIELD_GET(HIFN_BASE_CMD_SESSION, e->reg),
				     e->val & 0xffff, e->val >> 16);
	case EVENT_RESULT:
		return n + scnprintf(at, room, "result %u %u byte(s)\n", nr, e->val);
	default:
		return n + scnprintf(at, room, "mmio %c BAR%u 0x%03x %s 0x%08x\n",
				     e->kind == EVENT_WRITE ? 'w' : 'r', e->bar, e->reg,
				     name_of(e->bar, e->reg), e->val);
	}
}

/* As much as a page of sysfs takes of what was not read yet; nothing at the end. */
ssize_t survey_trace_next(struct survey *s, char *buf)
{
	struct survey_trace *t = &s->trace;
	ssize_t n = 0;

	if (t->nr > SURVEY_EVENTS && t->told < t->nr - SURVEY_EVENTS)
		t->told = t->nr - SURVEY_EVENTS;
	for (; t->told < t->nr && n + LINE_MOST < PAGE_SIZE; t->told++)
		n += event_text(buf + n, &t->event[t->told % SURVEY_EVENTS], t->told);
	return n;
}
