/* SPDX-License-Identifier: GPL-2.0 */
/* A run of acf_bench: what is asked for, and who does it. */
#ifndef ACF_BENCH_H
#define ACF_BENCH_H

#include <linux/types.h>

#define BENCH_MAX_BYTES	65536
#define BENCH_MAX_DEPTH	256
#define BENCH_MAX_MS	60000
#define BENCH_MAX_KEY	64
#define BENCH_LOG_MOST	(1U << 18)	/* completions that are written down, the first ones */

struct bench_job {
	char alg[96];
	unsigned int key_bytes;
	unsigned int bytes;
	unsigned int depth;
	unsigned int ms;
	bool in_place;
	u64 *log;		/* NULL, or room for BENCH_LOG_MOST completions */
};

/*
 * Process context, sleeps for job->ms and until the last request is back. 0 and a line of JSON in
 * @json, @logged completions in job->log, in their order: ktime_get() in ns << 1, and 1
 * if submission returned with it (the CPU did it); or an error: -ENOENT no such algorithm, -EINVAL lengths or key it does not take, -ENOMEM,
 * -ETIMEDOUT requests are not back after BENCH_HANG_S: what they use is never freed.
 */
int bench_run(const struct bench_job *job, size_t *logged, char *json, size_t room);

#define BENCH_HANG_S	60

struct bench_reads {
	unsigned int domain, bus, slot, function;
	unsigned int bar;
	unsigned int offset;	/* bytes, of a 32-bit register that reading does not change */
	unsigned int count;
};

/*
 * Process context. Its driver may work meanwhile. 0 and a line of JSON, or -ENODEV no such
 * function, -ERANGE no such register, -ENOMEM no mapping.
 */
int bench_registers(const struct bench_reads *reads, char *json, size_t room);

#endif
