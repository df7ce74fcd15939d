// SPDX-License-Identifier: GPL-2.0
/* Scattered buffers with guard bytes everywhere, for acf_test.ko. */
#include <linux/gfp.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "acf_test_layout.h"

#define POISON	0x5a
#define GAP_MAX	48	/* guard bytes between two pieces, at most */

struct area *area_alloc(void)
{
	struct area *area = kzalloc(sizeof(*area), GFP_KERNEL);

	if (!area)
		return NULL;
	area->mem = (u8 *)__get_free_pages(GFP_KERNEL, LAYOUT_PAGES_ORDER);
	area->image = (u8 *)__get_free_pages(GFP_KERNEL, LAYOUT_PAGES_ORDER);
	if (area->mem && area->image)
		return area;
	area_free(area);
	return NULL;
}

void area_free(struct area *area)
{
	if (!area)
		return;
	free_pages((unsigned long)area->mem, LAYOUT_PAGES_ORDER);
	free_pages((unsigned long)area->image, LAYOUT_PAGES_ORDER);
	kfree(area);
}

static u32 below(struct rnd_state *rnd, u32 n)
{
	return prandom_u32_state(rnd) % n;
}

/* Where the next piece starts: after a guard gap, with the alignment asked for. */
static unsigned int next_offset(unsigned int off, const struct layout *layout,
				struct rnd_state *rnd)
{
	off += 1 + below(rnd, GAP_MAX);
	if (layout->align != ALIGN_RANDOM)
		off = ALIGN(off, 64) + layout->align;
	return off;
}

static unsigned int piece_len(const struct layout *layout, unsigned int left,
			      unsigned int pieces_left, struct rnd_state *rnd)
{
	unsigned int max = left - (pieces_left - 1) * 4;
	unsigned int n;

	if (pieces_left == 1)
		return left;
	n = 1 + below(rnd, min(max, 2 * left / pieces_left));
	if (layout->even)
		n = max(ALIGN_DOWN(n, 4), 4U);
	return n;
}

/* Entry i of the list sits in the first array, or past the chain link in the second. */
static struct scatterlist *entry(struct area *area, unsigned int i, unsigned int first)
{
	return i < first ? &area->sg[i] : &area->sg[i + 1];
}

static void area_link(struct area *area, unsigned int first)
{
	unsigned int second = area->nents - first;

	if (!second) {
		sg_init_table(area->sg, first);
		return;
	}
	sg_init_table(area->sg, first + 1);
	sg_init_table(area->sg + first + 1, second);
	sg_chain(area->sg, first + 1, area->sg + first + 1);
}

void area_build(struct area *area, const struct layout *layout, struct rnd_state *rnd)
{
	unsigned int pieces = min(layout->pieces, max(1U, layout->len / 4));
	unsigned int left = layout->len;
	unsigned int off = 0;
	unsigned int first;
	unsigned int i;

	memset(area->mem, POISON, LAYOUT_BYTES);
	memset(area->image, POISON, LAYOUT_BYTES);
	area->pieces = pieces;
	area->nents = pieces + layout->extra;
	first = layout->chained && area->nents > 1 ? area->nents / 2 : area->nents;
	area_link(area, first);
	for (i = 0; i < area->nents; i++) {
		unsigned int n = i < pieces ? piece_len(layout, left, pieces - i, rnd) : 32;
		unsigned int shown = n + (i == pieces - 1 ? layout->surplus : 0);

		off = next_offset(off, layout, rnd);
		if (i < pieces) {
			area->piece[i].off = off;
			area->piece[i].len = n;
			left -= n;
		}
		sg_set_buf(entry(area, i, first), area->mem + off, shown);
		off += shown;
	}
}

static void scatter(u8 *base, const struct area *area, const u8 *data)
{
	unsigned int i;

	for (i = 0; i < area->pieces; i++) {
		memcpy(base + area->piece[i].off, data, area->piece[i].len);
		data += area->piece[i].len;
	}
}

void area_write(struct area *area, const u8 *data)
{
	scatter(area->mem, area, data);
	scatter(area->image, area, data);
}

void area_expect(struct area *area, const u8 *data)
{
	scatter(area->image, area, data);
}

void area_read(const struct area *area, const u8 *base, u8 *data, unsigned int off,
	       unsigned int n)
{
	unsigned int at = 0;
	unsigned int i;
	unsigned int k;

	for (i = 0; i < area->pieces; i++)
		for (k = 0; k < area->piece[i].len; k++, at++)
			if (at >= off && at < off + n)
				data[at] = base[area->piece[i].off + k];
}

int area_check(const struct area *area)
{
	unsigned int i;

	for (i = 0; i < LAYOUT_BYTES; i++)
		if (area->mem[i] != area->image[i])
			return i;
	return -1;
}
