// SPDX-License-Identifier: GPL-2.0
/*
 * DMA memory, and commands: written, posted, waited for, compared. Nothing here knows a question.
 */
#include <linux/delay.h>
#include <linux/dmapool.h>
#include <linux/dma-mapping.h>
#include <linux/jiffies.h>

#include "survey.h"

#define PRESET		0xa5	/* of the destination: what was not written shows */
#define HANG_MS		5000	/* without a result */

/* ---- memory ---- */

static int page_alloc(struct survey *s, struct survey_page *page)
{
	page->at = dma_pool_zalloc(s->pool, GFP_KERNEL, &page->bus);
	return page->at ? 0 : -ENOMEM;
}

int survey_memory_alloc(struct survey *s)
{
	unsigned int i;

	s->pool = dma_pool_create("hifn_survey", &s->pdev->dev, SURVEY_PAGE_BYTES,
				  SURVEY_PAGE_BYTES, 0);
	if (!s->pool)
		return -ENOMEM;
	for (i = 0; i < SURVEY_PAGES; i++)
		if (page_alloc(s, &s->page[i]))
			goto err_free;
	for (i = 0; i < SURVEY_PAGE_BYTES; i += HIFN_AES_IV_BYTES)
		memcpy(s->page[SURVEY_P_SAME].at + i, survey_text, HIFN_AES_IV_BYTES);
	survey_rings_init(s, SURVEY_RING);
	return 0;

err_free:
	survey_memory_free(s);
	return -ENOMEM;
}

void survey_memory_free(struct survey *s)
{
	unsigned int i;

	for (i = 0; i < SURVEY_PAGES; i++)
		if (s->page[i].at)
			dma_pool_free(s->pool, s->page[i].at, s->page[i].bus);
	dma_pool_destroy(s->pool);
}

static void ring_init(struct survey *s, struct hifn_ring *ring, unsigned int page, u16 nr)
{
	hifn_ring_init(ring, s->page[page].at, s->page[page].bus, nr);
}

/* Before survey_start(), which tells the card. */
void survey_rings_init(struct survey *s, u16 nr)
{
	s->rings.chain = s->chain;
	s->rings.harvested = 0;
	ring_init(s, &s->rings.cmd, SURVEY_P_RINGS, nr);
	ring_init(s, &s->rings.src, SURVEY_P_RINGS + 1, nr);
	ring_init(s, &s->rings.dst, SURVEY_P_RINGS + 2, nr);
	ring_init(s, &s->rings.res, SURVEY_P_RINGS + 3, nr);
}

/* A place in what several pages hold; it does not go over the end of one. */
static struct survey_page place(struct survey *s, unsigned int page, u32 off)
{
	const struct survey_page *p = &s->page[page + off / SURVEY_PAGE_BYTES];
	u32 in = off % SURVEY_PAGE_BYTES;

	return (struct survey_page){ p->at + in, p->bus + in };
}

u8 *survey_dst(struct survey *s, u32 off)
{
	return place(s, SURVEY_P_DST, off).at;
}

void survey_dst_preset(struct survey *s)
{
	unsigned int i;

	for (i = 0; i < SURVEY_DST_PAGES; i++)
		memset(s->page[SURVEY_P_DST + i].at, PRESET, SURVEY_PAGE_BYTES);
}

bool survey_dst_is(struct survey *s, u32 off, const u8 *want, u32 bytes)
{
	return !memcmp(survey_dst(s, off), want, bytes);
}

bool survey_dst_untouched(struct survey *s, u32 off, u32 bytes)
{
	const u8 *at = survey_dst(s, off);

	while (bytes--)
		if (*at++ != PRESET)
			return false;
	return true;
}

static struct survey_page cmd_place(struct survey *s, u16 slot)
{
	return place(s, SURVEY_P_CMD, slot * SURVEY_CMD_STRIDE);
}

static struct survey_page res_place(struct survey *s, u16 slot)
{
	return place(s, SURVEY_P_RES, slot * SURVEY_RES_STRIDE);
}

u8 *survey_cmd(struct survey *s, u16 slot)
{
	return cmd_place(s, slot).at;
}

u8 *survey_res(struct survey *s, u16 slot)
{
	return res_place(s, slot).at;
}

void survey_put_source(struct survey *s, const u8 *bytes, u32 off, u32 n)
{
	memcpy(place(s, SURVEY_P_SRC, off).at, bytes, n);
}

/* ---- commands ---- */

static u16 pieces(u32 off, u32 bytes)
{
	return DIV_ROUND_UP(off % SURVEY_PAGE_BYTES + bytes, SURVEY_PAGE_BYTES);
}

/* LAST on the last piece. step: 1, or 0 for the same page again and again. */
static void fill(struct survey *s, struct hifn_ring *ring, unsigned int page, u32 off, u32 bytes,
		 unsigned int step)
{
	do {
		struct survey_page at = place(s, page, off);
		u32 n = min(bytes, (u32)SURVEY_PAGE_BYTES - off % SURVEY_PAGE_BYTES);

		bytes -= n;
		hifn_ring_fill(ring, (bytes ? HIFN_D_DATA : HIFN_D_DATA_LAST) | n, at.bus);
		off = step ? off + n : 0;
	} while (bytes);
}

/* -EBUSY: the rings are full. */
int survey_post(struct survey *s, u16 slot, u32 cmd_bytes, const struct survey_io *io)
{
	struct hifn_rings *rs = &s->rings;
	int err = hifn_rings_claim(rs, pieces(io->src_off, io->src_bytes),
				   pieces(io->dst_off, io->dst_bytes), slot);

	if (err)
		return err;
	hifn_result_preset(survey_res(s, slot));
	fill(s, &rs->dst, SURVEY_P_DST, io->dst_off, io->dst_bytes, 1);
	hifn_ring_fill(&rs->res, HIFN_D_RESULT | HIFN_MAX_RESULT_BYTES, res_place(s, slot).bus);
	fill(s, &rs->src, io->src_page, io->src_off, io->src_bytes, 0);
	hifn_ring_fill(&rs->cmd, HIFN_D_CMD | cmd_bytes, cmd_place(s, slot).bus);
	survey_trace_command(s, survey_cmd(s, slot));
	hifn_rings_publish(rs);
	return 0;
}

static bool late(const struct survey *s, unsigned long limit)
{
	return time_after(jiffies, limit) || time_after(jiffies, s->deadline);
}

/* So many results. -ETIMEDOUT: it stands still; -ENODEV: it is gone. */
int survey_wait(struct survey *s, unsigned int nr)
{
	unsigned long limit = jiffies + msecs_to_jiffies(HANG_MS);
	u16 slot;

	while (nr) {
		if (hifn_rings_harvest(&s->rings, &slot)) {
			hifn_rings_release(&s->rings);
			survey_trace_result(s, HIFN_MAX_RESULT_BYTES);
			limit = jiffies + msecs_to_jiffies(HANG_MS);
			nr--;
			continue;
		}
		if (late(s, limit)) {
			survey_rd1(s, HIFN_1_DMA_CNFG);		/* notices a card that is gone */
			return s->gone ? -ENODEV : -ETIMEDOUT;
		}
		usleep_range(20, 50);
	}
	return 0;
}

/*
 * One bit of 16 commands' worth may be the bus's fault and not the chip's: asked again, and
 * counted.
 */
#define PARITY_TRIES	4

int survey_run_raw(struct survey *s, u32 cmd_bytes, const struct survey_io *io)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < PARITY_TRIES; i++) {
		survey_dst_preset(s);
		err = survey_post(s, 0, cmd_bytes, io) ?: survey_wait(s, 1);
		if (err || !(survey_pci_errors(s) & PCI_STATUS_DETECTED_PARITY))
			break;
		s->parity++;
	}
	return err;
}

int survey_run(struct survey *s, const struct hifn_op *op, const struct survey_io *io)
{
	int bytes = hifn_cmd_encode(op, survey_cmd(s, 0), SURVEY_CMD_STRIDE);

	return bytes < 0 ? bytes : survey_run_raw(s, bytes, io);
}

/* The vector's cipher over so many bytes from the beginning. */
void survey_op(struct hifn_op *op, const struct survey_vector *v, u32 bytes)
{
	*op = (struct hifn_op){
		.cipher = v->cipher, .mode = v->mode, .decrypt = v->decrypt,
		.key = v->key, .key_bytes = v->key_bytes, .iv = v->iv,
		.crypt = { .bytes = bytes }, .bytes = bytes,
	};
}

int survey_ask(struct survey *s, enum survey_vector_id id)
{
	const struct survey_vector *v = &survey_vector[id];
	const struct survey_io io = {
		.src_page = SURVEY_P_SRC, .src_bytes = SURVEY_TEXT_BYTES,
		.dst_bytes = SURVEY_TEXT_BYTES,
	};
	struct hifn_op op;
	int err;

	survey_op(&op, v, SURVEY_TEXT_BYTES);
	survey_put_source(s, v->in, 0, SURVEY_TEXT_BYTES);
	err = survey_run(s, &op, &io);
	if (err)
		return err;
	return survey_dst_is(s, 0, v->out, SURVEY_TEXT_BYTES) ? 0 : -EBADMSG;
}

/* What there is to see of a card that gives no result. */
void survey_hung(struct survey *s)
{
	u32 csr = survey_rd1(s, HIFN_1_DMA_CSR);
	u32 puisr = survey_rd0(s, HIFN_0_PUISR);

	survey_evidence(s,
			"hang csr 0x%08x puisr 0x%08x pustat 0x%08x fifo 0x%08x pci_status 0x%04x", csr, puisr, survey_rd0(s, HIFN_0_PUSTAT), survey_rd0(s, HIFN_0_FIFOSTAT),
			survey_pci_errors(s));
}
