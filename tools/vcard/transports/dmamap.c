// SPDX-License-Identifier: BSD-2-Clause
/*
 * Regions of guest memory. One without a file (ROM, or memory that is not shared) is
 * known but answers nothing.
 *
 * A file is mapped by its own pages: on hugetlbfs an offset or a length that is no
 * multiple of the huge page is refused by mmap() and munmap() alike, and regions
 * begin and end at any 4096 bytes. So a map takes the whole pages its region
 * lies in, remembers them, and unmaps exactly those.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <linux/magic.h>

#include "dmamap.h"

#define PAGE	4096ull		/* of regions; of files, unless they say otherwise */
#define HUGEST	(1ull << 30)
#define MAX_MAPS	65535	/* what the client offers as its maximum */

/*
 * The peer may cut a file short after mapping it. The page is replaced by an empty
 * one, so that the process lives and only that peer's data suffer. A huge
 * page can only be replaced as a whole: the sizes of x86 and arm64 in turn.
 */
static bool replace_page(uintptr_t addr)
{
	for (uint64_t size = PAGE; size <= HUGEST; size <<= 9)
		if (mmap((void *)(addr & ~(uintptr_t)(size - 1)), size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED)
			return true;
	return false;
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

static uint64_t file_page(int fd)
{
	struct statfs fs;

	if (!fstatfs(fd, &fs) && fs.f_type == HUGETLBFS_MAGIC && fs.f_bsize > (long)PAGE)
		return fs.f_bsize;
	return PAGE;
}

struct dmamap_span dmamap_whole_pages(uint64_t offset, uint64_t size, uint64_t page)
{
	uint64_t first = offset & ~(page - 1);
	uint64_t end = (offset + size + (page - 1)) & ~(page - 1);

	return (struct dmamap_span){ first, end - first };
}

static int map_file(struct dmamap *dma, struct dmamap_map *map, int fd)
{
	const struct dmamap_region *r = &map->region;
	int prot = (r->readable ? PROT_READ : 0) | (r->writable ? PROT_WRITE : 0);
	struct dmamap_span span;
	void *p;

	if (fd < 0)
		return 0;
	if ((r->offset & (PAGE - 1)) || !file_covers(fd, r->offset, r->size))
		return EINVAL;
	span = dmamap_whole_pages(r->offset, r->size,
				  dma->page_size ? dma->page_size(fd) : file_page(fd));
	p = mmap(NULL, span.size, prot, MAP_SHARED, fd, span.offset);
	if (p == MAP_FAILED)
		return errno;
	map->pages = p;
	map->page_bytes = span.size;
	map->host = (uint8_t *)p + (r->offset - span.offset);
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
		err = map_file(dma, &map, fd);
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
		if (dma->maps[i].pages)
			munmap(dma->maps[i].pages, dma->maps[i].page_bytes);
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
