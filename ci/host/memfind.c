// SPDX-License-Identifier: BSD-2-Clause
/*
 * Where thousands of patterns lie in a file, in one pass over what it has of data.
 *
 * usage: memfind FILE <PATTERNS
 *
 * A pattern is a byte with its length, 8 or more, and that many bytes; patterns are
 * numbered from 0. Prints "OFFSET NUMBER" for each place, holes skipped.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HEAD_BYTES	8	/* by which a pattern is looked up */
#define MAX_PATTERNS	65536
#define BUCKET_BITS	20

struct pattern {
	uint8_t len;
	uint8_t bytes[255];
	uint32_t next;		/* of the bucket, plus 1; 0: none */
};

static struct pattern patterns[MAX_PATTERNS];
static uint32_t buckets[1 << BUCKET_BITS];	/* number of a pattern, plus 1 */

static uint32_t *bucket(const uint8_t *head)
{
	uint64_t v;

	memcpy(&v, head, HEAD_BYTES);
	return &buckets[v * 0x9e3779b97f4a7c15ULL >> (64 - BUCKET_BITS)];
}

static void read_patterns(void)
{
	uint32_t nr;
	int len;

	for (nr = 0; (len = getchar()) != EOF; nr++) {
		struct pattern *p = &patterns[nr];
		uint32_t *at;

		if (nr == MAX_PATTERNS || len < HEAD_BYTES ||
		    fread(p->bytes, 1, len, stdin) != (size_t)len)
			errx(2, "pattern %u is cut off, shorter than %d, or one too many",
			     nr, HEAD_BYTES);
		p->len = len;
		at = bucket(p->bytes);
		p->next = *at;
		*at = nr + 1;
	}
}

static void find_at(const uint8_t *base, off_t at, off_t end)
{
	uint32_t nr;

	for (nr = *bucket(base + at); nr; nr = patterns[nr - 1].next) {
		const struct pattern *p = &patterns[nr - 1];

		if (at + p->len <= end && !memcmp(base + at, p->bytes, p->len))
			printf("%lld %u\n", (long long)at, nr - 1);
	}
}

int main(int argc, char **argv)
{
	const uint8_t *base;
	off_t at, data, end, size;
	int fd;

	if (argc != 2)
		errx(2, "usage: memfind FILE <PATTERNS");
	read_patterns();
	fd = open(argv[1], O_RDONLY);
	size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	if (size <= 0)
		err(2, "%s", argv[1]);
	base = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (base == MAP_FAILED)
		err(2, "%s: cannot be mapped", argv[1]);
	for (end = 0; (data = lseek(fd, end, SEEK_DATA)) >= 0;) {
		end = lseek(fd, data, SEEK_HOLE);
		for (at = data; at + HEAD_BYTES <= end; at++)
			find_at(base, at, end);
	}
	return 0;
}
