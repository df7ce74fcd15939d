// SPDX-License-Identifier: BSD-2-Clause
/*
 * Regions of guest memory. One without a file (ROM, or memory that is not shared) is
 * known, but has no pointers.
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

#include "vfus_memory.h"

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

void vfus_memory_guard(void)
{
	struct sigaction sa = { .sa_sigaction = sigbus, .sa_flags = SA_SIGINFO };

	sigaction(SIGBUS, &sa, NULL);
}

static uint64_t last_of(const struct vfus_memory_region *r)
{
	return r->addr + (r->size - 1);
}

/* Index of the first map that ends above addr. */
static size_t index_of(const struct vfus_memory *mem, uint64_t addr)
{
	size_t lo = 0, hi = mem->count;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (last_of(&mem->maps[mid].region) < addr)
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

struct vfus_memory_span vfus_memory_whole_pages(uint64_t offset, uint64_t size, uint64_t page)
{
	uint64_t first = offset & ~(page - 1);
	uint64_t end = (offset + size + (page - 1)) & ~(page - 1);

	return (struct vfus_memory_span){ first, end - first };
}

static int map_file(struct vfus_memory *mem, struct vfus_memory_map *map, int fd)
{
	const struct vfus_memory_region *r = &map->region;
	int prot = (r->readable ? PROT_READ : 0) | (r->writable ? PROT_WRITE : 0);
	struct vfus_memory_span span;
	void *p;

	if (fd < 0)
		return 0;
	if ((r->offset & (PAGE - 1)) || !file_covers(fd, r->offset, r->size))
		return EINVAL;
	span = vfus_memory_whole_pages(r->offset, r->size,
				  mem->page_size ? mem->page_size(fd) : file_page(fd));
	p = mmap(NULL, span.size, prot, MAP_SHARED, fd, span.offset);
	if (p == MAP_FAILED)
		return errno;
	map->pages = p;
	map->page_bytes = span.size;
	map->host = (uint8_t *)p + (r->offset - span.offset);
	return 0;
}

static int make_room(struct vfus_memory *mem)
{
	size_t room = mem->room ? 2 * mem->room : 32;
	struct vfus_memory_map *maps;

	if (mem->count < mem->room)
		return 0;
	if (mem->count >= MAX_MAPS)
		return ENOSPC;
	maps = realloc(mem->maps, room * sizeof(*maps));
	if (!maps)
		return ENOMEM;
	mem->maps = maps;
	mem->room = room;
	return 0;
}

static bool overlaps_next(const struct vfus_memory *mem, size_t i,
			  const struct vfus_memory_region *r)
{
	return i < mem->count && mem->maps[i].region.addr <= last_of(r);
}

int vfus_memory_add(struct vfus_memory *mem, const struct vfus_memory_region *region, int fd)
{
	struct vfus_memory_map map = { .region = *region };
	size_t i;
	int err;

	if (!region->size || ((region->addr | region->size) & (PAGE - 1)) ||
	    last_of(region) < region->addr)
		return EINVAL;
	i = index_of(mem, region->addr);
	if (overlaps_next(mem, i, region))
		return EEXIST;
	err = make_room(mem);
	if (!err)
		err = map_file(mem, &map, fd);
	if (err)
		return err;
	memmove(mem->maps + i + 1, mem->maps + i, (mem->count - i) * sizeof(map));
	mem->maps[i] = map;
	mem->count++;
	return 0;
}

static void drop(struct vfus_memory *mem, size_t first, size_t n)
{
	for (size_t i = first; i < first + n; i++)
		if (mem->maps[i].pages)
			munmap(mem->maps[i].pages, mem->maps[i].page_bytes);
	memmove(mem->maps + first, mem->maps + first + n,
		(mem->count - first - n) * sizeof(*mem->maps));
	mem->count -= n;
	mem->last = 0;
}

void vfus_memory_clear(struct vfus_memory *mem)
{
	if (mem->count)
		drop(mem, 0, mem->count);
}

void vfus_memory_free(struct vfus_memory *mem)
{
	vfus_memory_clear(mem);
	free(mem->maps);
	mem->maps = NULL;
	mem->room = 0;
}

int vfus_memory_remove(struct vfus_memory *mem, uint64_t addr, uint64_t size)
{
	uint64_t end = addr + (size - 1);
	size_t first, n = 0;

	if (!size || end < addr)
		return EINVAL;
	first = index_of(mem, addr);
	while (first + n < mem->count && mem->maps[first + n].region.addr <= end) {
		const struct vfus_memory_region *r = &mem->maps[first + n].region;

		if (r->addr < addr || last_of(r) > end)
			return EINVAL;
		n++;
	}
	if (!n)
		return ENOENT;
	drop(mem, first, n);
	return 0;
}

static bool has(const struct vfus_memory_region *r, uint64_t addr)
{
	return addr >= r->addr && addr - r->addr < r->size;
}

void *vfus_memory_find(struct vfus_memory *mem, uint64_t addr, bool write, uint64_t *avail)
{
	const struct vfus_memory_map *map;

	if (mem->last >= mem->count || !has(&mem->maps[mem->last].region, addr)) {
		mem->last = index_of(mem, addr);
		if (mem->last >= mem->count || !has(&mem->maps[mem->last].region, addr))
			return NULL;
	}
	map = &mem->maps[mem->last];
	if (!map->host || !(write ? map->region.writable : map->region.readable))
		return NULL;
	*avail = map->region.size - (addr - map->region.addr);
	return map->host + (addr - map->region.addr);
}

bool vfus_memory_unmapped(const struct vfus_memory *mem, uint64_t addr, bool write,
			  uint64_t *avail)
{
	size_t i = index_of(mem, addr);
	const struct vfus_memory_map *map = mem->maps + i;

	if (i >= mem->count || !has(&map->region, addr) || map->host ||
	    !(write ? map->region.writable : map->region.readable))
		return false;
	*avail = map->region.size - (addr - map->region.addr);
	return true;
}
