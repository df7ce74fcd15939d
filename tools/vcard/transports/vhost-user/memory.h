/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client's memory table: each region has two addresses, the guest's, which are the
 * bus addresses, and those of the client's process, which it names rings by.
 */
#ifndef VHU_MEMORY_H
#define VHU_MEMORY_H

#include "../../../libvfus/vfus_memory.h"
#include "proto.h"

struct vhu_memory {
	struct vfus_memory guest;
	struct vhu_region regions[VHU_MAX_REGIONS];
	unsigned int count;
};

/*
 * Takes the place of what was there before, which goes first: pointers into it are void.
 * The files stay the caller's. 0, or a positive errno and nothing mapped.
 */
int vhu_memory_set(struct vhu_memory *mem, const struct vhu_mem_table *table, const int *fds,
		   unsigned int nfds);
void vhu_memory_clear(struct vhu_memory *mem);

/* len bytes in one region, len at least 1; or NULL. */
void *vhu_memory_guest(struct vhu_memory *mem, uint64_t addr, uint64_t len);
void *vhu_memory_user(struct vhu_memory *mem, uint64_t addr, uint64_t len);

#endif
