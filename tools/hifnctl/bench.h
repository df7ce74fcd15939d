/* SPDX-License-Identifier: BSD-2-Clause */
/* What hifnctl bench measures with: a load, three ways to have it done, and who did it. */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who is to do the work: the card alone, the kernel's software, or whom acf chooses. */
enum unit {
	CARD,
	CPU,
	AUTO,
	NR_UNITS,
};

extern const char *const unit_names[NR_UNITS];

#define DEPTH_MOST	128

struct bench_options {
	const char *cipher;	/* aes-cbc: as in LUKS */
	const char *hash;	/* sha1, md5: of a tunnel */
	const char *device;	/* NULL: dm-zero */
	unsigned int bits;	/* of the cipher's key */
	double seconds;		/* each measurement */
	bool tunnel;
	bool yes;

	/* found out once, by the load's prepare() */
	char algorithm[64];	/* as the crypto API calls it */
	char drivers[NR_UNITS][128];	/* who does it; "": whom the kernel chooses */
	int owner;		/* pid: the volumes are named by it */
	char policy[16];	/* acf's, as it was */
};

struct figures {
	double rate;		/* bytes a second */
	double cpu;		/* seconds of all CPUs for 10^9 bytes */
	uint64_t card_bytes;	/* by acf's count of our own transforms */
	uint64_t cpu_bytes;
	uint64_t lost;		/* datagrams */
	bool valid;		/* it was done by whom it was to be done */
};

struct row {
	unsigned int size;
	unsigned int depth;
	struct figures by[NR_UNITS];
};

/*
 * A load. What it makes is the kernel's, named by options.owner, and is taken away by close();
 * that may be called by another process than made it, and when nothing is there.
 */
struct bench_load {
	const char *name;
	unsigned int sizes[2];	/* of a request */
	bool acf_is_software;	/* the CPU's figures are of acf's own way to it */
	/* Fills in who does it. NULL, or why it cannot be measured. */
	const char *(*prepare)(struct bench_options *o);
	/* Once before all: NULL, or why not. */
	const char *(*start)(const struct bench_options *o);
	/* For requests of @size by @unit: NULL, or why not. */
	const char *(*open)(const struct bench_options *o, unsigned int size, enum unit unit);
	/* @depth at a time; bytes done, 0: it failed. Ends early when bench_stopped. */
	uint64_t (*run)(unsigned int size, unsigned int depth, double seconds, uint64_t *lost);
	void (*close)(const struct bench_options *o);
	void (*end)(const struct bench_options *o);
};

extern const struct bench_load bench_volume;
extern const struct bench_load bench_tunnel;

extern volatile int bench_stopped;	/* by a signal */
extern unsigned int bench_patience;	/* seconds, for what does not end when it should */
extern bool bench_stuck;		/* something did not: this process may not end, either */

/* bench.c: one row, all units. NULL, or why not. */
const char *bench_row(const struct bench_load *load, const struct bench_options *o, struct row *row);
#define BENCH_POLICY	"/sys/module/acf/parameters/policy"

bool bench_set_policy(const char *policy);
/* Who does an algorithm without acf, "" when nobody does; and whom the kernel prefers. */
void bench_software(const char *algorithm, char *driver, size_t bytes);
void bench_preferred(const char *algorithm, char *driver, size_t bytes);
/* "aes-cbc" is "cbc(aes)" to the crypto API. */
bool bench_algorithm(const char *cipher, char *algorithm, size_t bytes);
/* What the transforms of process @pid did between the two looks. */
struct transforms;
void bench_count(const struct transforms *before, const struct transforms *after, uint64_t pid,
		 struct figures *f);
/* Was it who it should have been? One in a hundred may be another's. */
bool bench_valid(enum unit unit, bool acf_is_software, uint64_t card_bytes, uint64_t cpu_bytes);
double bench_card_share(const struct figures *f);

/* bench_net.c: two network namespaces without names, joined by a pair of veth. */
struct bench_end {
	int ns;
	int udp;
	struct mnl_socket *route;
	struct mnl_socket *xfrm;
	uint32_t address;	/* IPv4, network order */
};

/* NULL, or why not; what was made is taken away by net_close(). They go with the process, whatever ends it. */
const char *net_open(struct bench_end ends[2]);
/* The SA of ESP, transport mode, from ends[0] to ends[1], with random keys, and its policy. */
const char *net_esp(struct bench_end ends[2], const struct bench_options *o);
void net_close(struct bench_end ends[2]);

#endif
