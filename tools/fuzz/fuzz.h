/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What all harnesses share: reading the input, checks that end the run, tallies
 * of what was reached.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The bytes not yet used; behind the end everything is 0. */
struct input {
	const uint8_t *p;
	size_t left;
};

uint8_t in8(struct input *in);
uint16_t in16(struct input *in);
uint32_t in32(struct input *in);
uint64_t in64(struct input *in);
/* Fills all of buf, with zeros where the input ends. */
void in_bytes(struct input *in, void *buf, size_t len);

/* A broken rule is a crash: libFuzzer keeps the input. */
#define MUST(cond) \
	do { if (!(cond)) fuzz_broken(__FILE__, __LINE__, #cond); } while (0)
void fuzz_broken(const char *file, int line, const char *what)
	__attribute__((noreturn));

/*
 * What the inputs of a run have reached, printed at exit. Every one of them must
 * be above 0 after a run over the corpus, or the harness tests nothing.
 */
struct tally {
	const char *name;
	uint64_t n;
};

/* To be called first, once. The program's own output goes nowhere from then on. */
void fuzz_begin(const char *harness, struct tally *tallies, size_t count);

/* Descriptors open now, to find those that stay open. */
unsigned int fuzz_open_fds(void);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
