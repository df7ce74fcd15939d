/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A minimal test runner: named cases, checks that say what they saw, one result
 * line per case on stdout and in the file $RESULTS.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct test {
	const char *name;
	void (*run)(void);
};

/* 0 when all passed. */
int harness_run(const char *suite, const struct test *tests, size_t count);

/* The first failure of a case is its reason. */
void harness_fail(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
bool harness_failed(void);

/* Instead of a check: this host cannot run the case. */
void harness_skip(const char *why);

#define FAIL(...) harness_fail(__FILE__, __LINE__, __VA_ARGS__)

#define CHECK(cond) \
	do { if (!(cond)) FAIL("%s", #cond); } while (0)

#define CHECK_EQ(got, want) \
	do { \
		uint64_t g_ = (got), w_ = (want); \
		if (g_ != w_) \
			FAIL("%s is 0x%llx, expected 0x%llx", #got, \
			     (unsigned long long)g_, (unsigned long long)w_); \
	} while (0)

#define CHECK_MEM(got, want, len) harness_check_mem(__FILE__, __LINE__, #got, got, want, len)
void harness_check_mem(const char *file, int line, const char *what, const void *got,
		       const void *want, size_t len);

/* Hex text to bytes; returns the count. */
size_t unhex(const char *text, uint8_t *out);

#define RUN_TESTS(suite) \
	int main(void) \
	{ \
		return harness_run(suite, tests, sizeof(tests) / sizeof(tests[0])); \
	}

#endif
