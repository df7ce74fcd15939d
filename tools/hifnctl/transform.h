/* SPDX-License-Identifier: BSD-2-Clause */
/* acf's transforms, and its counters by algorithm: debugfs, root only. */
#ifndef TRANSFORM_H
#define TRANSFORM_H

#include <stdint.h>
#include <stddef.h>

#include "card.h"

struct transform {
	uint64_t id;
	char algorithm[64];
	char driver[64];
	uint64_t key_bits;
	char class[8];
	uint64_t pid;
	uint64_t born_ns;	/* boot time */
	uint64_t card_requests;
	uint64_t card_bytes;
	uint64_t cpu_bytes;
	uint64_t cpu[NR_REASONS];
	char comm[64];		/* as the kernel escapes it */
	int users;		/* volumes and SAs that claim it */
};

struct transforms {
	struct transform *transform;
	size_t nr;
	const char *error;	/* why they cannot be told; NULL: they can */
};

void transforms_read(struct transforms *t);
/* The text of the file; takes it apart. Lines that make no sense are an error. */
void transforms_parse(struct transforms *t, char *text);
void transforms_free(struct transforms *t);
uint64_t transform_cpu_requests(const struct transform *t);

/* Of acf's stats: one algorithm. */
struct algorithm {
	char name[64];
	uint64_t jobs;		/* of all cards */
	uint64_t bytes;
	uint64_t cpu[NR_REASONS];
	uint64_t cpu_bytes;
};

struct algorithms {
	struct algorithm *algorithm;
	size_t nr;
	const char *error;
};

void algorithms_read(struct algorithms *a);
void algorithms_parse(struct algorithms *a, char *text);
void algorithms_free(struct algorithms *a);

#endif
