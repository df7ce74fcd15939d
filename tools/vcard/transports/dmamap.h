/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory of the machine the function sits in: regions of files, mapped, and the
 * way from a bus address to a pointer. For one thread.
 */
#ifndef DMAMAP_H
#define DMAMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A region of bus addresses; address, size and offset in multiples of 4096 bytes. */
struct dmamap_region {
	uint64_t addr;
	uint64_t size;		/* bytes, not 0 */
	uint64_t offset;	/* of its first byte in the file */
	bool readable, writable;
};

struct dmamap_map {
	struct dmamap_region region;
	uint8_t *host;		/* its first byte; NULL: no file, so nothing answers */
	void *pages;		/* what was mapped for it: whole pages of the file */
	uint64_t page_bytes;
};

/* Maps sorted by address, never overlapping. */
struct dmamap {
	struct dmamap_map *maps;
	size_t count, room;
	size_t last;		/* index of the last hit */
	/* Bytes of one page of the file, a power of two; NULL: asks the file system. */
	uint64_t (*page_size)(int fd);
};

/*
 * A file that shrinks under a map would end the process (SIGBUS): its pages are
 * replaced by empty ones instead. To be called once, by whoever keeps a dmamap.
 */
void dmamap_guard(void);

/*
 * Adds a region of the file, which stays the caller's; fd -1: a region that answers
 * nothing. Returns 0, or EINVAL (address, size, offset, or file too short), EEXIST
 * (overlaps another), ENOSPC, ENOMEM, or what mmap() says.
 */
int dmamap_add(struct dmamap *dma, const struct dmamap_region *region, int fd);

/* Whole regions only. EINVAL: the range cuts one; ENOENT: there is none. */
int dmamap_remove(struct dmamap *dma, uint64_t addr, uint64_t size);
void dmamap_clear(struct dmamap *dma);
/* Clears, and frees the table. */
void dmamap_free(struct dmamap *dma);

/* NULL: nothing answers there. *avail: contiguous bytes from there on. */
void *dmamap_find(struct dmamap *dma, uint64_t addr, bool write, uint64_t *avail);

/* The pages of page bytes each that [offset, offset + size) lies in. */
struct dmamap_span {
	uint64_t offset;
	uint64_t size;
};
struct dmamap_span dmamap_whole_pages(uint64_t offset, uint64_t size, uint64_t page);

#endif
