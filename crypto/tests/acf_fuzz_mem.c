// SPDX-License-Identifier: GPL-2.0
/* Scattered memory with guard bytes around every piece, and lists over it. */
#include <linux/slab.h>

#include "acf_fuzz.h"

#define GAP_MAX		48
#define EXTRA_BYTES	32
#define LINE		64	/* bytes of a cache line, or a multiple */
#define LINED		256	/* what kmalloc() aligns to LINE at least, and so all above */
#define FEW_ACROSS	3	/* pieces laid across a page boundary, since each costs a page */

/* Whose memory it is: no run of other data passes for it. */
struct tag {
	__be32 magic;
	__be32 n;	/* request */
	__be32 not_n;
	__be32 off;
};

#define TAG_GUARD	0xf29147e3
#define TAG_DATA	0xf2c495a6

void fz_tag(u8 *data, u32 len, u32 n, bool guard)
{
	struct tag tag = {
		.magic = cpu_to_be32(guard ? TAG_GUARD : TAG_DATA),
		.n = cpu_to_be32(n),
		.not_n = cpu_to_be32(~n),
	};
	u32 off;

	for (off = 0; off < len; off += sizeof(tag)) {
		tag.off = cpu_to_be32(off);
		memcpy(data + off, &tag, min_t(u32, sizeof(tag), len - off));
	}
}

bool fz_find_foreign(const u8 *data, u32 len, u32 own, u32 *n, bool *guard)
{
	struct tag tag;
	u32 off;

	for (off = 0; off + sizeof(tag) <= len; off++) {
		if (data[off] != TAG_DATA >> 24)
			continue;
		memcpy(&tag, data + off, sizeof(tag));
		*n = be32_to_cpu(tag.n);
		*guard = tag.magic == cpu_to_be32(TAG_GUARD);
		if ((!*guard && tag.magic != cpu_to_be32(TAG_DATA)) || tag.not_n != ~tag.n)
			continue;
		if (*guard || *n != own)
			return true;
	}
	return false;
}

/* Cut len bytes into pieces of random sizes. */
static void cut(struct fz_area *area, u32 pieces, u32 len, struct rnd_state *rnd)
{
	u32 i;

	pieces = min(pieces, len);
	for (i = 0; i < pieces; i++) {
		u32 left = pieces - i;
		u32 max = min(len - (left - 1), 2 * len / left);

		area->piece[i].len = left == 1 ? len : 1 + fz_below(rnd, max);
		len -= area->piece[i].len;
	}
	area->pieces = pieces;
}

static u32 next_offset(u32 off, u32 len, enum fz_align align, u32 *across,
		       struct rnd_state *rnd)
{
	off += 1 + fz_below(rnd, GAP_MAX);
	switch (align) {
	case FZ_ALIGN_64:
		return ALIGN(off, 64);
	case FZ_ALIGN_4:
		return ALIGN(off, 64) + 4 * fz_below(rnd, 16);
	case FZ_ACROSS_PAGES:
		if (len > 1 && (*across)++ < FEW_ACROSS)
			return ALIGN(off + len, PAGE_SIZE) - 1 - fz_below(rnd, min(len - 1, 64U));
		return off;
	default:
		return off;
	}
}

/*
 * Two mappings for writing must not begin in one cache line (core-api/dma-api.rst). Where
 * caches are not coherent the driver bounces such pieces; DMA-API debugging also reports
 * them where they are.
 */
static bool same_line(u32 a, u32 b)
{
	return a / LINE == b / LINE;
}

/* Bytes of the first of two entries for piece p; 0: it has one only. */
static u32 half(const struct fz_area *area, u32 p)
{
	u32 off = area->piece[p].off;
	u32 len = area->piece[p].len;
	u32 n = len / 2;

	if (same_line(off, off + n))
		n = LINE - off % LINE;
	return n < len ? n : 0;
}

/* Where the pieces lie: in their order, or from the middle on. */
static void place(struct fz_area *area, struct rnd_state *rnd)
{
	u32 first = area->shape.shuffled && area->pieces ? fz_below(rnd, area->pieces) : 0;
	u32 across = 0;
	u32 last = 0;
	u32 off = 0;
	u32 i;

	for (i = 0; i < area->pieces; i++) {
		u32 p = (first + i) % area->pieces;

		off = next_offset(off, area->piece[p].len, area->shape.align, &across, rnd);
		if (i && same_line(off, last))
			off += LINE;
		area->piece[p].off = off;
		last = off + half(area, p); /* where its last entry begins */
		off += area->piece[p].len + (p == area->pieces - 1 ? area->shape.surplus : 0);
	}
	area->extra_off = off + 1 + fz_below(rnd, GAP_MAX);
	area->bytes = area->extra_off + (area->shape.extra + 1) * EXTRA_BYTES + GAP_MAX;
}

struct fz_area *fz_area_alloc(const struct fz_shape *shape, u32 len, struct rnd_state *rnd)
{
	struct fz_area *area = kzalloc(sizeof(*area), GFP_KERNEL);

	if (!area)
		return NULL;
	area->shape = *shape;
	cut(area, shape->pieces, len, rnd);
	place(area, rnd);
	area->mem = kmalloc(max_t(u32, area->bytes, LINED), GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY);
	area->image = kvmalloc(area->bytes, GFP_KERNEL | __GFP_NOWARN);
	if (!area->mem || !area->image) {
		fz_area_free(area);
		return NULL;
	}
	return area;
}

void fz_area_free(struct fz_area *area)
{
	if (!area)
		return;
	kvfree(area->image);
	kfree(area->mem);
	kfree(area);
}

/* Entries 0 to first - 1 of the list, and the others behind a link. */
static struct scatterlist *table(u32 nents, u32 first)
{
	struct scatterlist *sg = kcalloc(nents + 1, sizeof(*sg), GFP_KERNEL);

	if (!sg)
		return NULL;
	if (first == nents) {
		sg_init_table(sg, nents);
		return sg;
	}
	sg_init_table(sg, first + 1);
	sg_init_table(sg + first + 1, nents - first);
	sg_chain(sg, first + 1, sg + first + 1);
	return sg;
}

/* The entries of piece p: the last one may be longer than needed. */
static struct scatterlist *list_piece(const struct fz_area *area, struct scatterlist *sg, u32 p,
				      bool halves)
{
	u8 *at = area->mem + area->piece[p].off;
	u32 len = area->piece[p].len;
	u32 n = halves ? half(area, p) : 0;

	if (n) {
		sg_set_buf(sg, at, n);
		sg = sg_next(sg);
		at += n;
		len -= n;
	}
	sg_set_buf(sg, at, len + (p == area->pieces - 1 ? area->shape.surplus : 0));
	return sg_next(sg);
}

static u32 count_entries(const struct fz_area *area, bool halves)
{
	u32 nents = area->pieces + area->shape.extra;
	u32 i;

	for (i = 0; halves && i < area->pieces; i++)
		nents += half(area, i) > 0;
	return max(nents, 1U);
}

struct scatterlist *fz_area_list(const struct fz_area *area, bool chained, bool halves)
{
	u32 nents = count_entries(area, halves);
	struct scatterlist *list = table(nents, chained && nents > 1 ? nents / 2 : nents);
	struct scatterlist *sg = list;
	u32 off = area->extra_off;
	u32 i;

	if (!list)
		return NULL;
	for (i = 0; i < area->pieces; i++)
		sg = list_piece(area, sg, i, halves);
	for (; sg; sg = sg_next(sg), off += EXTRA_BYTES)
		sg_set_buf(sg, area->mem + off, EXTRA_BYTES);
	return list;
}

void fz_area_put(const struct fz_area *area, u8 *base, const u8 *data, u32 len)
{
	u32 i;

	for (i = 0; i < area->pieces && len; i++) {
		u32 n = min(area->piece[i].len, len);

		memcpy(base + area->piece[i].off, data, n);
		data += n;
		len -= n;
	}
}

void fz_area_get(const struct fz_area *area, u8 *data, u32 len)
{
	u32 i;

	for (i = 0; i < area->pieces && len; i++) {
		u32 n = min(area->piece[i].len, len);

		memcpy(data, area->mem + area->piece[i].off, n);
		data += n;
		len -= n;
	}
}

int fz_area_differs(const struct fz_area *area)
{
	u32 i;

	if (!memcmp(area->mem, area->image, area->bytes))
		return -1;
	for (i = 0; area->mem[i] == area->image[i]; i++)
		;
	return i;
}

/* The pieces are taken over into the image: they are judged elsewhere. */
int fz_area_guards(struct fz_area *area)
{
	u32 i;

	for (i = 0; i < area->pieces; i++)
		memcpy(area->image + area->piece[i].off, area->mem + area->piece[i].off,
		       area->piece[i].len);
	return fz_area_differs(area);
}
