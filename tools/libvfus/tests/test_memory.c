// SPDX-License-Identifier: BSD-2-Clause
/*
 * The table of guest memory: what is mapped for a region of a file with large pages,
 * what is unmapped with it, and what answers at its edges.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness.h"
#include "vfus_memory.h"

#define KIB	1024ull
#define MIB	(1024 * KIB)
#define HUGE	(2 * MIB)
#define FILE_BYTES	(8 * MIB)
#define NAME	"memory-test"

static int make_file(void)
{
	int fd = memfd_create(NAME, MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, FILE_BYTES))
		abort();
	for (uint64_t at = 0; at < FILE_BYTES; at += 4 * KIB)
		if (pwrite(fd, &at, sizeof(at), at) != sizeof(at))
			abort();
	return fd;
}

static uint64_t huge(int fd)
{
	(void)fd;
	return HUGE;
}

/* Bytes of the file that are mapped, however many maps they are in. */
static uint64_t mapped(void)
{
	FILE *f = fopen("/proc/self/maps", "r");
	unsigned long from, to;
	uint64_t sum = 0;
	char line[400];

	while (f && fgets(line, sizeof(line), f))
		if (strstr(line, NAME) && sscanf(line, "%lx-%lx", &from, &to) == 2)
			sum += to - from;
	if (!f || fclose(f))
		abort();
	return sum;
}

static int add(struct vfus_memory *dma, uint64_t addr, uint64_t size, uint64_t offset, int fd)
{
	struct vfus_memory_region r = { addr, size, offset, true, true };

	return vfus_memory_add(dma, &r, fd);
}

/* The word that make_file() wrote into the page of the file. */
static uint64_t word_at(struct vfus_memory *dma, uint64_t addr, uint64_t *avail)
{
	uint64_t *p = vfus_memory_find(dma, addr, false, avail);

	return p ? *p : ~0ull;
}

static void test_whole_pages(void)
{
	static const struct { uint64_t offset, size, page, first, bytes; } cases[] = {
		{ 0, 4 * KIB, 4 * KIB, 0, 4 * KIB },
		{ 12 * KIB, 8 * KIB, 4 * KIB, 12 * KIB, 8 * KIB },
		{ 0, HUGE, HUGE, 0, HUGE },
		{ 4 * KIB, 4 * KIB, HUGE, 0, HUGE },
		{ 640 * KIB, HUGE - 640 * KIB, HUGE, 0, HUGE },
		{ HUGE - 4 * KIB, 8 * KIB, HUGE, 0, 2 * HUGE },
		{ HUGE, 4 * KIB, HUGE, HUGE, HUGE },
		{ 3ull << 30, 4 * KIB, 1ull << 30, 3ull << 30, 1ull << 30 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vfus_memory_span s = vfus_memory_whole_pages(cases[i].offset, cases[i].size,
							  cases[i].page);

		CHECK_EQ(s.offset, cases[i].first);
		CHECK_EQ(s.size, cases[i].bytes);
	}
}

/* As QEMU maps the memory of a PC: the first MiB in pieces, then the rest. */
static void test_large_pages(void)
{
	static const struct { uint64_t addr, size; uint64_t pages; } cases[] = {
		{ 0, 640 * KIB, HUGE }, { 0xc0000, 128 * KIB, HUGE },
		{ 1 * MIB, 1 * MIB + 4 * KIB, 2 * HUGE }, { 4 * MIB, 4 * MIB, 2 * HUGE },
	};
	struct vfus_memory dma = { .page_size = huge };
	int fd = make_file();
	uint64_t avail, sum = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t last = cases[i].addr + cases[i].size - 4 * KIB;

		CHECK_EQ(add(&dma, cases[i].addr, cases[i].size, cases[i].addr, fd), 0);
		sum += cases[i].pages;
		CHECK_EQ(mapped(), sum);
		CHECK_EQ(word_at(&dma, cases[i].addr, &avail), cases[i].addr);
		CHECK_EQ(avail, cases[i].size);
		CHECK_EQ(word_at(&dma, last, &avail), last);
		CHECK_EQ(avail, 4 * KIB);
		CHECK(!vfus_memory_find(&dma, cases[i].addr + cases[i].size, false, &avail));
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK_EQ(vfus_memory_remove(&dma, cases[i].addr, cases[i].size), 0);
		sum -= cases[i].pages;
		CHECK_EQ(mapped(), sum);
	}
	CHECK_EQ(add(&dma, 0, 4 * KIB, HUGE + 4 * KIB, fd), 0);
	CHECK_EQ(word_at(&dma, 0, &avail), HUGE + 4 * KIB);
	vfus_memory_free(&dma);
	CHECK_EQ(mapped(), 0);
	close(fd);
}

/* The file system is asked, and really has such pages. */
static void test_huge_file(void)
{
	int fd = memfd_create(NAME, MFD_CLOEXEC | MFD_HUGETLB);
	struct vfus_memory dma = { 0 };
	uint64_t avail;
	uint64_t *p;

	if (fd < 0 || ftruncate(fd, 2 * HUGE) || fallocate(fd, 0, 0, 2 * HUGE)) {
		if (fd >= 0)
			close(fd);
		harness_skip("no two free huge pages here: sysctl vm.nr_hugepages=8");
		return;
	}
	CHECK_EQ(add(&dma, 0x100000, 4 * KIB, HUGE - 4 * KIB, fd), 0);
	CHECK_EQ(add(&dma, 0x200000, 8 * KIB, HUGE, fd), 0);
	p = vfus_memory_find(&dma, 0x100000, true, &avail);
	CHECK(p && avail == 4 * KIB);
	if (p)
		*p = 0x1234;
	CHECK_EQ(word_at(&dma, 0x200000, &avail), 0);
	CHECK_EQ(mapped(), 2 * HUGE);
	CHECK_EQ(vfus_memory_remove(&dma, 0x100000, 4 * KIB), 0);
	CHECK_EQ(mapped(), HUGE);
	CHECK_EQ(add(&dma, 0x100000, 4 * KIB, HUGE - 4 * KIB, fd), 0);
	CHECK_EQ(word_at(&dma, 0x100000, &avail), 0x1234);
	vfus_memory_guard();
	CHECK(!ftruncate(fd, 0));
	CHECK_EQ(word_at(&dma, 0x100000, &avail), 0);	/* an empty page, and no SIGBUS */
	vfus_memory_free(&dma);
	CHECK_EQ(mapped(), 0);
	close(fd);
}

static void test_refusals(void)
{
	struct vfus_memory dma = { .page_size = huge };
	int fd = make_file();
	uint64_t avail;

	CHECK_EQ(add(&dma, 0, 0, 0, fd), EINVAL);
	CHECK_EQ(add(&dma, 1, 4 * KIB, 0, fd), EINVAL);
	CHECK_EQ(add(&dma, 0, 4 * KIB, 1, fd), EINVAL);
	CHECK_EQ(add(&dma, 0, FILE_BYTES + 4 * KIB, 0, fd), EINVAL);
	CHECK_EQ(add(&dma, 0, 4 * KIB, FILE_BYTES, fd), EINVAL);
	CHECK_EQ(add(&dma, 0, 4 * KIB, ~4095ull, fd), EINVAL);
	CHECK_EQ(add(&dma, ~4095ull, 8 * KIB, 0, fd), EINVAL);
	CHECK_EQ(add(&dma, 0, 8 * KIB, 0, -1), 0);
	CHECK(!vfus_memory_find(&dma, 0, false, &avail));
	CHECK_EQ(add(&dma, 4 * KIB, 8 * KIB, 0, fd), EEXIST);
	CHECK_EQ(add(&dma, ~4095ull, 4 * KIB, 0, fd), 0);
	CHECK_EQ(word_at(&dma, ~4095ull, &avail), 0);
	CHECK_EQ(vfus_memory_remove(&dma, 0, 4 * KIB), EINVAL);
	CHECK_EQ(vfus_memory_remove(&dma, 8 * KIB, 4 * KIB), ENOENT);
	CHECK_EQ(vfus_memory_remove(&dma, 0, 0), EINVAL);
	vfus_memory_free(&dma);
	CHECK_EQ(mapped(), 0);
	close(fd);
}

static const struct test tests[] = {
	{ "whole-pages", test_whole_pages }, { "large-pages", test_large_pages },
	{ "huge-file", test_huge_file }, { "refusals", test_refusals },
};

RUN_TESTS("libvfus.memory")
