/* SPDX-License-Identifier: GPL-2.0 */
/* Scattered buffers with guard bytes everywhere, for acf_test.ko. */
#ifndef ACF_TEST_LAYOUT_H
#define ACF_TEST_LAYOUT_H

#include <linux/prandom.h>
#include <linux/scatterlist.h>

#define LAYOUT_PAGES_ORDER	5
#define LAYOUT_BYTES		(PAGE_SIZE << LAYOUT_PAGES_ORDER)
#define LAYOUT_MAX_PIECES	24

/* How a request of len bytes is laid out in memory. */
struct layout {
	unsigned int len;	/* bytes the request covers */
	unsigned int pieces;	/* scatterlist entries that cover them */
	unsigned int align;	/* offset of the first piece; ALIGN_RANDOM for each its own */
	unsigned int surplus;	/* bytes the last entry is longer than needed */
	unsigned int extra;	/* whole entries after the last needed one */
	bool chained;		/* list split into two chained arrays */
	bool even;		/* piece lengths are multiples of 4 */
};

#define ALIGN_RANDOM	UINT_MAX

/* A memory area, its image before the request, and a list over some of it. */
struct area {
	u8 *mem;		/* LAYOUT_BYTES, poisoned outside the pieces */
	u8 *image;		/* what mem must look like afterwards */
	struct scatterlist sg[LAYOUT_MAX_PIECES + 2];
	unsigned int nents;
	struct { unsigned int off, len; } piece[LAYOUT_MAX_PIECES];
	unsigned int pieces;
};

struct area *area_alloc(void);
void area_free(struct area *area);
/* Lay the pieces out and poison everything. Piece lengths and gaps come from @rnd. */
void area_build(struct area *area, const struct layout *layout, struct rnd_state *rnd);
/* Put data into the pieces, and into the image. */
void area_write(struct area *area, const u8 *data);
/* Put data into the image only: what the request is expected to leave. */
void area_expect(struct area *area, const u8 *data);
/*
 * The n bytes from offset off of the pieces on, as base (area->mem or area->image)
 * holds them, to the same offsets of data.
 */
void area_read(const struct area *area, const u8 *base, u8 *data, unsigned int off,
	       unsigned int n);
/* Offset of the first byte that is not as expected, or -1. */
int area_check(const struct area *area);

#endif
