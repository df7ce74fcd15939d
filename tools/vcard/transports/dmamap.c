// SPDX-License-Identifier: BSD-2-Clause
/*
 * Guest memory: the maps the client gives, and the way from a bus address to
 * a pointer. A map without a file (ROM, or RAM that is not shared) is known but
 * answers nothing, as the card sends no DMA messages.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vfio-user/vfu.h"

#define PAGE	4096ull
#define MAX_MAPS	65535	/* what the client offers as its maximum */

/*
 * The client may cut a file short after mapping it. The page is replaced by
 * an empty one, so that the server lives and only that client's data suffer.
 */
static void sigbus(int sig, siginfo_t *info, void *context)
{
	void *page = (void *)((uintptr_t)info->si_addr & ~(uintptr_t)(PAGE - 1));

	(void)context;
	if (info->si_code != BUS_ADRERR ||
	    mmap(page, PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) {
		signal(sig, SIG_DFL);
		raise(sig);
	}
}

void vfu_dma_init(void)
{
	struct sigaction sa = { .sa_sigaction = sigbus, .sa_flags = SA_SIGINFO };

	sigaction(SIGBUS, &sa, NULL);
}

/* Index of the first map that ends above addr. */
static size_t dma_index(const struct vfu_dma *dma, uint64_t addr)
{
	size_t lo = 0, hi = dma->count;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (dma->maps[mid].addr + (dma->maps[mid].size - 1) < addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool file_covers(int fd, uint64_t offset, uint64_t size)
{
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size < 0)
		return false;
	return offset <= (uint64_t)st.st_size && size <= st.st_size - offset;
}

static int map_file(struct vfu_map *map, const struct vfu_dma_map_msg *msg, int fd)
{
	int prot = (map->readable ? PROT_READ : 0) | (map->writable ? PROT_WRITE : 0);
	void *p;

	if (fd < 0)
		return 0;
	if ((msg->offset & (PAGE - 1)) || !file_covers(fd, msg->offset, msg->size))
		return EINVAL;
	p = mmap(NULL, msg->size, prot, MAP_SHARED, fd, msg->offset);
	if (p == MAP_FAILED)
		return errno;
	map->host = p;
	return 0;
}

static int make_room(struct vfu_dma *dma)
{
	size_t room = dma->room ? 2 * dma->room : 32;
	struct vfu_map *maps;

	if (dma->count < dma->room)
		return 0;
	if (dma->count >= MAX_MAPS)
		return ENOSPC;
	maps = realloc(dma->maps, room * sizeof(*maps));
	if (!maps)
		return ENOMEM;
	dma->maps = maps;
	dma->room = room;
	return 0;
}

static bool overlaps_next(const struct vfu_dma *dma, size_t i,
			  const struct vfu_dma_map_msg *msg)
{
	return i < dma->count && dma->maps[i].addr <= msg->addr + (msg->size - 1);
}

int vfu_dma_map(struct vfu_dma *dma, const struct vfu_dma_map_msg *msg, int fd)
{
	struct vfu_map map = {
		.addr = msg->addr, .size = msg->size,
		.readable = msg->flags & VFU_DMA_READ,
		.writable = msg->flags & VFU_DMA_WRITE,
	};
	size_t i;
	int err;

	if (!msg->size || ((msg->addr | msg->size) & (PAGE - 1)) ||
	    msg->addr + (msg->size - 1) < msg->addr ||
	    (msg->flags & ~(VFU_DMA_READ | VFU_DMA_WRITE)))
		return EINVAL;
	i = dma_index(dma, msg->addr);
	if (overlaps_next(dma, i, msg))
		return EEXIST;
	err = make_room(dma);
	if (!err)
		err = map_file(&map, msg, fd);
	if (err)
		return err;
	memmove(dma->maps + i + 1, dma->maps + i, (dma->count - i) * sizeof(map));
	dma->maps[i] = map;
	dma->count++;
	return 0;
}

static void drop(struct vfu_dma *dma, size_t first, size_t n)
{
	for (size_t i = first; i < first + n; i++)
		if (dma->maps[i].host)
			munmap(dma->maps[i].host, dma->maps[i].size);
	memmove(dma->maps + first, dma->maps + first + n,
		(dma->count - first - n) * sizeof(*dma->maps));
	dma->count -= n;
	dma->last = 0;
}

void vfu_dma_clear(struct vfu_dma *dma)
{
	if (dma->count)
		drop(dma, 0, dma->count);
}

/* Whole maps only: a range that cuts one is refused. */
int vfu_dma_unmap(struct vfu_dma *dma, uint64_t addr, uint64_t size, bool all)
{
	uint64_t end = addr + (size - 1);
	size_t first, n = 0;

	if (all) {
		vfu_dma_clear(dma);
		return 0;
	}
	if (!size || end < addr)
		return EINVAL;
	first = dma_index(dma, addr);
	while (first + n < dma->count && dma->maps[first + n].addr <= end) {
		const struct vfu_map *m = &dma->maps[first + n];

		if (m->addr < addr || m->addr + (m->size - 1) > end)
			return EINVAL;
		n++;
	}
	if (!n)
		return ENOENT;
	drop(dma, first, n);
	return 0;
}

static bool map_has(const struct vfu_map *map, uint64_t addr)
{
	return addr >= map->addr && addr - map->addr < map->size;
}

void *vfu_dma_find(struct vfu_dma *dma, uint32_t addr, bool write, uint32_t *avail)
{
	const struct vfu_map *map;
	uint64_t left;

	if (dma->last >= dma->count || !map_has(&dma->maps[dma->last], addr)) {
		dma->last = dma_index(dma, addr);
		if (dma->last >= dma->count || !map_has(&dma->maps[dma->last], addr))
			return NULL;
	}
	map = &dma->maps[dma->last];
	if (!map->host || !(write ? map->writable : map->readable))
		return NULL;
	left = map->size - (addr - map->addr);
	*avail = left > UINT32_MAX ? UINT32_MAX : left;
	return map->host + (addr - map->addr);
}
