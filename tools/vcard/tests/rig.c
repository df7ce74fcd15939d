// SPDX-License-Identifier: BSD-2-Clause
/*
 * The test bench around one card. Register offsets and bits are typed here from
 * the document, so that a slip in the shared headers shows.
 */
#include <stdlib.h>

#include "rig.h"

static FILE *trace;	/* RIG_TRACE; of all rigs of the program */

static void *rig_dma(void *opaque, uint32_t addr, bool write, uint32_t *avail)
{
	struct rig *r = opaque;

	if (r->everywhere)
		addr = RIG_BASE | (addr & (RIG_BYTES - 1));
	if (addr < RIG_BASE || addr - RIG_BASE >= RIG_BYTES)
		return NULL;
	*avail = RIG_BYTES - (addr - RIG_BASE);
	if (write && r->read_only && addr >= r->read_only)
		return NULL;
	if (write && r->read_only)
		*avail = r->read_only - addr;
	return r->mem + (addr - RIG_BASE);
}

static void rig_irq(void *opaque, bool level)
{
	struct rig *r = opaque;

	r->irqs += level;
}

static void rig_log(void *opaque, const char *line)
{
	struct rig *r = opaque;

	r->lines++;
	if (trace)
		fprintf(trace, "log %s\n", line);
	snprintf(r->log, sizeof(r->log), "%s", line);
}

static uint64_t rig_now(void *opaque)
{
	return ((struct rig *)opaque)->now;
}

static const struct vcard_ops rig_ops = {
	.dma = rig_dma, .irq = rig_irq, .log = rig_log, .now = rig_now,
};

struct rig *rig_new(const struct vcard_config *cfg)
{
	struct vcard_config c = cfg ? *cfg : (struct vcard_config){ 0 };
	struct rig *r = calloc(1, sizeof(*r));

	r->mem = calloc(1, RIG_BYTES);
	r->now = 1000000;
	if (!trace && getenv("RIG_TRACE"))
		trace = fopen(getenv("RIG_TRACE"), "ae");
	c.ops = &rig_ops;
	c.opaque = r;
	if (!c.trace)
		c.trace = trace;
	r->vc = vcard_create(&c);
	if (!r->mem || !r->vc)
		abort();
	return r;
}

void rig_free(struct rig *r)
{
	char *json = trace ? vcard_counters_json(r->vc) : NULL;

	if (json)
		fprintf(trace, "counters %s\n", json);
	free(json);
	vcard_destroy(r->vc);
	free(r->mem);
	free(r);
}

uint32_t rig_rd(struct rig *r, unsigned int bar, uint32_t off)
{
	return vcard_rd32(r->vc, bar, off);
}

void rig_wr(struct rig *r, unsigned int bar, uint32_t off, uint32_t val)
{
	vcard_wr32(r->vc, bar, off, val);
}

void rig_config16(struct rig *r, uint32_t off, uint16_t val)
{
	uint8_t b[2] = { val & 0xff, val >> 8 };

	vcard_config_write(r->vc, off, b, 2);
}

/* Time passes and the card works, microsecond by microsecond. */
void rig_us(struct rig *r, uint64_t us)
{
	while (us--) {
		r->now += 1000;
		vcard_step(r->vc, 1 << 20);
	}
}

void *rig_at(struct rig *r, uint32_t addr)
{
	return r->mem + (addr - RIG_BASE);
}

void rig_set_desc(struct rig *r, uint32_t at, uint32_t l, uint32_t p)
{
	uint8_t *d = rig_at(r, at);

	for (int i = 0; i < 4; i++) {
		d[i] = l >> 8 * i;
		d[4 + i] = p >> 8 * i;
	}
}

uint32_t rig_word(struct rig *r, uint32_t at)
{
	uint8_t *d = rig_at(r, at);

	return d[0] | d[1] << 8 | d[2] << 16 | (uint32_t)d[3] << 24;
}

/* The next slot of a ring; a jump is armed behind the last. */
uint32_t rig_post(struct rig *r, int ring, uint32_t flags, uint32_t addr)
{
	unsigned int slot = r->next[ring]++ % RIG_SLOTS;
	uint32_t at = RIG_RING(ring) + 8 * slot;

	if (slot == RIG_SLOTS - 1)
		rig_set_desc(r, at + 8, VALID | JUMP | QUIET, RIG_RING(ring));
	rig_set_desc(r, at, flags, addr);
	return at;
}

void rig_segs(struct rig *r, int ring, const struct seg *segs)
{
	for (; segs->len; segs++)
		rig_post(r, ring, VALID | QUIET | (segs[1].len ? 0 : LAST) | segs->len,
			 segs->addr);
}

uint32_t rig_command(struct rig *r, const void *block, uint32_t len,
		     const struct seg *src, const struct seg *dst)
{
	uint32_t result;

	memset(rig_at(r, RIG_RESULT), 0xee, 64);
	memcpy(rig_at(r, RIG_CMD), block, len);
	rig_segs(r, RD, dst);
	result = rig_post(r, RR, VALID | LAST | (r->quiet ? QUIET : 0) | 40, RIG_RESULT);
	rig_segs(r, RS, src);
	rig_post(r, RC, VALID | LAST | QUIET | len, RIG_CMD);
	return result;
}

void rig_run(struct rig *r)
{
	for (int i = 0; i < 1000 && !vcard_step(r->vc, 1 << 20); i++)
		;
}

bool rig_done(struct rig *r, uint32_t result_desc)
{
	return !(rig_word(r, result_desc) & VALID);
}

void rig_one(struct rig *r, const void *block, uint32_t len, uint32_t n)
{
	uint32_t res = rig_command(r, block, len, (struct seg[]){ { RIG_SRC, n }, { 0 } },
				   (struct seg[]){ { RIG_DST, n }, { 0 } });

	rig_run(r);
	if (!rig_done(r, res))
		FAIL("command of %u bytes did not complete", n);
}

/* Appendix B's run values: rings, all engines on, polling on. */
void rig_start(struct rig *r)
{
	rig_config16(r, 0x04, 0x0006);
	rig_wr(r, 0, 0x04, 0x2);
	rig_wr(r, 0, 0x1c, 0x400);
	rig_wr(r, 0, 0x10, 0x200);
	rig_wr(r, 1, 0x0c, RIG_RING(RC));
	rig_wr(r, 1, 0x1c, RIG_RING(RS));
	rig_wr(r, 1, 0x3c, RIG_RING(RD));
	rig_wr(r, 1, 0x2c, RIG_RING(RR));
	rig_wr(r, 1, 0x40, 0x7e7e7c7f);
	rig_wr(r, 1, 0x44, 0x22322021);
	rig_wr(r, 0, 0x0c, 0x344);
	rig_wr(r, 0, 0x08, 0x200);
	rig_wr(r, 1, 0x48, 0x00010017);
	rig_wr(r, 1, 0x40, 0x80808080);
}

struct rig *rig_up(void)
{
	struct vcard_config cfg = { .unlocked = true, .seed = 1 };
	struct rig *r = rig_new(&cfg);

	rig_start(r);
	return r;
}

static uint32_t put16(uint8_t *out, uint32_t at, uint16_t val)
{
	out[at] = val;
	out[at + 1] = val >> 8;
	return at + 2;
}

uint32_t cmd_base(uint8_t *out, uint16_t masks, uint32_t session, uint32_t src,
		  uint32_t dst)
{
	uint32_t n = put16(out, 0, masks);

	n = put16(out, n, (src >> 16) << 14 | (dst >> 16) << 12 | session);
	n = put16(out, n, src);
	return put16(out, n, dst);
}

uint32_t cmd_crypt(uint8_t *out, bool decrypt, uint32_t src, uint32_t dst,
		   uint16_t masks, uint32_t skip, uint32_t count, const void *key,
		   uint32_t klen, const void *iv, uint32_t ivlen)
{
	uint32_t n = cmd_base(out, decrypt ? 0x2800 : 0x0800, 0, src, dst);

	n = put16(out, n, masks | (count >> 16) << 14);
	n = put16(out, n, skip);
	n = put16(out, n, count);
	n = put16(out, n, 0);
	if (klen)
		memcpy(out + n, key, klen);
	if (ivlen)
		memcpy(out + n + klen, iv, ivlen);
	return n + klen + ivlen;
}
