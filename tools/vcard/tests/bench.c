// SPDX-License-Identifier: BSD-2-Clause
/*
 * How many commands a second the model does in one process: no socket, no
 * guest. Sources and destinations of one segment each.
 *
 * usage: bench           commands per second of CPU time
 *        bench BATCHES   so many batches of each, for a count of instructions
 */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <time.h>

#include "rig.h"

#define BATCH	(RIG_SLOTS - 1)

struct load {
	const char *name;
	uint16_t masks;
	uint32_t klen, ivlen;
};

/* Of this process: what else the machine does is not in them. */
static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void batch(struct rig *r, uint32_t len, uint32_t n)
{
	struct seg src[] = { { RIG_SRC, n }, { 0 } };
	struct seg dst[] = { { RIG_DST, n }, { 0 } };

	for (int i = 0; i < BATCH; i++) {
		rig_segs(r, RD, dst);
		rig_post(r, RR, VALID | LAST | QUIET | 40, RIG_RESULT);
		rig_segs(r, RS, src);
		rig_post(r, RC, VALID | LAST | QUIET | len, RIG_CMD);
	}
	rig_run(r);
}

/* As long as half a second, or as often as told. */
static void measure(const struct load *load, uint32_t n, unsigned long batches)
{
	struct rig *r = rig_up();
	uint8_t key[32] = { 1 };
	uint32_t len = cmd_crypt(rig_at(r, RIG_CMD), false, n, n, load->masks, 0, n, key,
				 load->klen, key, load->ivlen);
	double start = seconds(), took;
	uint64_t count = 0;

	do {
		batch(r, len, n);
		count += BATCH;
		took = seconds() - start;
	} while (batches ? count < batches * BATCH : took < 0.5);
	printf("%-12s %6u bytes  %9.0f commands/s  %8.1f MB/s\n", load->name, n,
	       count / took, count * (double)n / took / 1e6);
	rig_free(r);
}

int main(int argc, char **argv)
{
	static const struct load loads[] = {
		{ "aes-128-cbc", 0x180b, 16, 16 }, { "aes-256-cbc", 0x1c0b, 32, 16 },
		{ "aes-128-ecb", 0x0803, 16, 0 }, { "des-cbc", 0x1808, 8, 8 },
		{ "3des-cbc", 0x1809, 24, 8 },
	};
	static const uint32_t sizes[] = { 64, 512, 1504, 4096, 16384 };
	unsigned long batches = argc > 1 ? strtoul(argv[1], NULL, 0) : 0;

	for (size_t i = 0; i < sizeof(loads) / sizeof(loads[0]); i++)
		for (size_t j = 0; j < sizeof(sizes) / sizeof(sizes[0]); j++)
			measure(&loads[i], sizes[j], batches);
	return 0;
}
