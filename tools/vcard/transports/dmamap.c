// SPDX-License-Identifier: BSD-2-Clause
/*
 * Regions of guest memory. One without a file (ROM, or memory that is not shared) is
 * known but answers nothing.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "dmamap.h"

#define PAGE	4096ull
#define MAX_MAPS	65535	/* what the client offers as its maximum */

/*
 * The peer may cut a file short after mapping it. The page is replaced by an empty
 * one, so that the process lives and only that peer's data suffer.
 */
static bool replace_page(uintptr_t addr)
{
	return mmap((void *)(addr & ~(uintptr_t)(PAGE - 1)), PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED;
}

static void sigbus(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (info->si_code != BUS_ADRERR || !replace_page((uintptr_t)info->si_addr)) {
		signal(sig, SIG_DFL);
		raise(sig);
	}
}

void dmamap_guard(void)
{
	struct sigaction sa = { .sa_sigaction = sigbus, .sa_flags = SA_SIGINFO };

	sigaction(SIGBUS, &sa, NULL);
}

static uint64_t last_of(const struct dmamap_region *r)
{
	return r->addr + (r->size - 1);
}

/* Index of the first map that ends above addr. */
static size_t index_of(const struct dmamap *dma, uint64_t addr)
{
	size_t lo = 0, hi = dma->count;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (last_of(&dma->maps[mid].region) < addr)
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

static int map_file(struct dmamap_map *map, int fd)
{
	const struct dmamap_region *r = &map->region;
	int prot = (r->readable ? PROT_READ : 0) | (r->writable ? PROT_WRITE : 0);
	void *p;

	if (fd < 0)
		return 0;
	if ((r->offset & (PAGE - 1)) || !file_covers(fd, r->offset, r->size))
		return EINVAL;
	p = mmap(NULL, r->size, prot, MAP_SHARED, fd, r->offset);
	if (p == MAP_FAILED)
		return errno;
	map->host = p;
	return 0;
}

static int make_room(struct dmamap *dma)
{
	size_t room = dma->room ? 2 * dma->room : 32;
	struct dmamap_map *maps;

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

static bool overlaps_next(const struct dmamap *dma, size_t i,
			  const struct dmamap_region *r)
{
	return i < dma->count && dma->maps[i].region.addr <= last_of(r);
}

int dmamap_add(struct dmamap *dma, const struct dmamap_region *region, int fd)
{
	struct dmamap_map map = { .region = *region };
	size_t i;
	int err;

	if (!region->size || ((region->addr | region->size) & (PAGE - 1)) ||
	    last_of(region) < region->addr)
		return EINVAL;
	i = index_of(dma, region->addr);
	if (overlaps_next(dma, i, region))
		return EEXIST;
	err = make_room(dma);
	if (!err)
		err = map_file(&map, fd);
	if (err)
		return err;
	memmove(dma->maps + i + 1, dma->maps + i, (dma->count - i) * sizeof(map));
	dma->maps[i] = map;
	dma->count++;
	return 0;
}

static void drop(struct dmamap *dma, size_t first, size_t n)
{
	for (size_t i = first; i < first + n; i++)
		if (dma->maps[i].host)
			munmap(dma->maps[i].host, dma->maps[i].region.size);
	memmove(dma->maps + first, dma->maps + first + n,
		(dma->count - first - n) * sizeof(*dma->maps));
	dma->count -= n;
	dma->last = 0;
}

void dmamap_clear(struct dmamap *dma)
{
	if (dma->count)
		drop(dma, 0, dma->count);
}

void dmamap_free(struct dmamap *dma)
{
	dmamap_clear(dma);
	free(dma->maps);
	dma->maps = NULL;
	dma->room = 0;
}

int dmamap_remove(struct dmamap *dma, uint64_t addr, uint64_t size)
{
	uint64_t end = addr + (size - 1);
	size_t first, n = 0;

	if (!size || end < addr)
		return EINVAL;
	first = index_of(dma, addr);
	while (first + n < dma->count && dma->maps[first + n].region.addr <= end) {
		const struct dmamap_region *r = &dma->maps[first + n].region;

		if (r->addr < addr || last_of(r) > end)
			return EINVAL;
		n++;
	}
	if (!n)
		return ENOENT;
	drop(dma, first, n);
	return 0;
}

static bool has(const struct dmamap_region *r, uint64_t addr)
{
	return addr >= r->addr && addr - r->addr < r->size;
}

void *dmamap_find(struct dmamap *dma, uint64_t addr, bool write, uint64_t *avail)
{
	const struct dmamap_map *map;

	if (dma->last >= dma->count || !has(&dma->maps[dma->last].region, addr)) {
		dma->last = index_of(dma, addr);
		if (dma->last >= dma->count || !has(&dma->maps[dma->last].region, addr))
			return NULL;
	}
	map = &dma->maps[dma->last];
	if (!map->host || !(write ? map->region.writable : map->region.readable))
		return NULL;
	*avail = map->region.size - (addr - map->region.addr);
	return map->host + (addr - map->region.addr);
}
