/* SPDX-License-Identifier: BSD-2-Clause */
/* The cards there are, and what acf and the driver tell of each. */
#ifndef CARD_H
#define CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HIFN_VENDOR	0x13a3
#define NR_REASONS	8

extern const char *const cpu_reasons[NR_REASONS];

struct reset {
	uint64_t at_ns;
	char reason[16];
	char algorithm[64];	/* "-": no job */
	char registers[80];
};

struct reset_count {
	char reason[16];
	uint64_t times;
};

/* Texts are "" and numbers 0 where they are not known. */
struct card {
	char address[32];	/* as PCI has it: 0000:05:00.0 */
	char driver[32];	/* that is bound to it */
	char chip[8];		/* 7955, 7956 */
	bool known;		/* acf has a place for it: the rest is there */
	uint64_t abi;
	char state[16];
	char reason[160];
	char engine[16];
	bool online;
	char step[16];		/* of the last bring-up that failed, */
	char registers[80];	/* and what they said */
	char *algorithms;	/* by single spaces; never NULL */
	char *lost;
	char *finding;
	char selftest[256];
	uint64_t jobs;
	uint64_t bytes;
	uint64_t failed;
	uint64_t wrong;
	uint64_t busy_ns;
	uint64_t depth;
	uint64_t depth_peak;
	uint64_t resets;
	uint64_t tested_ns;	/* boot time of the last self-test: since about when it serves */
	uint64_t cpu[NR_REASONS];	/* requests, of all cards together */
	uint64_t cpu_bytes;
	struct reset reset[8];	/* oldest first */
	size_t nr_resets;
	struct reset_count why[12];
	size_t nr_whys;
	/* the driver's, of debugfs: root only */
	bool has_driver_stats;
	char irq[16];
	uint64_t interrupts;
	uint64_t lost_irq;
};

struct cards {
	struct card *card;
	size_t nr;
};

/* All 7955 and 7956 of PCI, by address. */
void cards_read(struct cards *cards);
void cards_free(struct cards *cards);
/* By address, or by a part of it that only one has; NULL. */
const struct card *cards_find(const struct cards *cards, const char *name);
/* The one there is if name is NULL, or the one that was named. NULL: said. */
struct command;
const struct card *cards_choose(const struct command *command, const struct cards *cards,
				const char *name);
/* The word is one of the list. */
bool has_word(const char *list, const char *word);
uint64_t boottime_ns(void);

#endif
