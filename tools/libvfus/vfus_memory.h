/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory of the machine that a device sits in: regions of files, mapped, and the way from
 * a bus address to a pointer. A server of vfus.h has one; a device with another kind of
 * transport may keep one of its own. For one thread. Errors are positive numbers of errno.h.
 */
#ifndef VFUS_MEMORY_H
#define VFUS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A region of bus addresses; address, size and offset in multiples of 4096 bytes. */
struct vfus_memory_region {
	uint64_t addr;
	uint64_t size;		/* bytes, not 0 */
	uint64_t offset;	/* of its first byte in the file */
	bool readable, writable;
};

struct vfus_memory_map {
	struct vfus_memory_region region;
	uint8_t *host;		/* its first byte; NULL: no file, so nothing answers */
	void *pages;		/* what was mapped for it: whole pages of the file */
	uint64_t page_bytes;
};

/* Maps sorted by address, never overlapping. */
struct vfus_memory {
	struct vfus_memory_map *maps;
	size_t count, room;
	size_t last;		/* index of the last hit */
	/* Bytes of one page of the file, a power of two; NULL: asks the file system. */
	uint64_t (*page_size)(int fd);
};

/*
 * A file that shrinks under a map would end the process (SIGBUS): its pages are
 * replaced by empty ones instead. To be called once, by who keeps a table; vfus_create() does.
 */
void vfus_memory_guard(void);

/*
 * Adds a region of the file, which stays the caller's; fd -1: a region that answers
 * nothing. Returns 0, or EINVAL (address, size, offset, or file too short), EEXIST
 * (overlaps another), ENOSPC, ENOMEM, or what mmap() says.
 */
int vfus_memory_add(struct vfus_memory *mem, const struct vfus_memory_region *region, int fd);

/* Whole regions only. EINVAL: the range cuts one; ENOENT: there is none. */
int vfus_memory_remove(struct vfus_memory *mem, uint64_t addr, uint64_t size);
void vfus_memory_clear(struct vfus_memory *mem);
/* Clears, and frees the table. */
void vfus_memory_free(struct vfus_memory *mem);

/* NULL: nothing answers there. *avail: contiguous bytes from there on. */
void *vfus_memory_find(struct vfus_memory *mem, uint64_t addr, bool write, uint64_t *avail);

/*
 * A region is there, for this direction, but without a file: to be asked of its owner. *avail as
 * above.
 */
bool vfus_memory_unmapped(const struct vfus_memory *mem, uint64_t addr, bool write,
			  uint64_t *avail);

/* The pages of page bytes each that [offset, offset + size) lies in. */
struct vfus_memory_span {
	uint64_t offset;
	uint64_t size;
};
struct vfus_memory_span vfus_memory_whole_pages(uint64_t offset, uint64_t size, uint64_t page);

#endif
