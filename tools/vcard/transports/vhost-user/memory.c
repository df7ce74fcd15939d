// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>

#include "memory.h"

static bool user_ok(const struct vhu_mem_table *table, unsigned int i)
{
	const struct vhu_region *r = &table->regions[i];
	uint64_t end = r->user + (r->size - 1);

	if (!r->size || end < r->user)
		return false;
	for (unsigned int j = 0; j < i; j++) {
		const struct vhu_region *o = &table->regions[j];

		if (r->user <= o->user + (o->size - 1) && o->user <= end)
			return false;
	}
	return true;
}

static int add(struct vhu_memory *mem, const struct vhu_mem_table *table, unsigned int i, int fd)
{
	const struct vhu_region *r = &table->regions[i];
	struct vfus_memory_region region = {
		.addr = r->guest, .size = r->size, .offset = r->offset,
		.readable = true, .writable = true,
	};
	int err;

	if (fd < 0 || !user_ok(table, i))
		return EINVAL;
	err = vfus_memory_add(&mem->guest, &region, fd);
	if (!err)
		mem->regions[mem->count++] = *r;
	return err;
}

void vhu_memory_clear(struct vhu_memory *mem)
{
	vfus_memory_clear(&mem->guest);
	mem->count = 0;
}

int vhu_memory_set(struct vhu_memory *mem, const struct vhu_mem_table *table, const int *fds,
		   unsigned int nfds)
{
	int err = 0;

	vhu_memory_clear(mem);
	if (table->count > VHU_MAX_REGIONS || table->count != nfds)
		return EINVAL;
	for (unsigned int i = 0; i < nfds && !err; i++)
		err = add(mem, table, i, fds[i]);
	if (err)
		vhu_memory_clear(mem);
	return err;
}

void *vhu_memory_guest(struct vhu_memory *mem, uint64_t addr, uint64_t len)
{
	uint64_t avail;
	void *p = vfus_memory_find(&mem->guest, addr, true, &avail);

	return p && len <= avail ? p : NULL;
}

void *vhu_memory_user(struct vhu_memory *mem, uint64_t addr, uint64_t len)
{
	for (unsigned int i = 0; i < mem->count; i++) {
		const struct vhu_region *r = &mem->regions[i];

		if (addr >= r->user && addr - r->user < r->size)
			return vhu_memory_guest(mem, r->guest + (addr - r->user), len);
	}
	return NULL;
}
