/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * User-space stand-in for the few KUnit macros our tests use, so that one test
 * source runs in the kernel and natively. run_kunit.c has the main().
 */
#ifndef NATIVE_KUNIT_TEST_H
#define NATIVE_KUNIT_TEST_H

#include <inttypes.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct kunit {
	bool failed;
	jmp_buf abort;		/* where a failed assertion goes */
	void *alloc[16];	/* freed after the case */
	unsigned int nr_alloc;
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
};

struct kunit_suite {
	const char *name;
	struct kunit_case *test_cases;
};

#define KUNIT_CASE(fn)		{ .run_case = fn, .name = #fn }

extern struct kunit_suite *native_kunit_suite;
#define kunit_test_suite(suite) \
	struct kunit_suite *native_kunit_suite = &(suite)

#define MODULE_LICENSE(text)		extern int native_module_info
#define MODULE_DESCRIPTION(text)	extern int native_module_info

#define GFP_KERNEL	0
void *kunit_kzalloc(struct kunit *test, size_t bytes, int gfp);

void native_kunit_fail(struct kunit *test, const char *file, int line,
		       const char *what);
void native_kunit_note(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

#define NATIVE_CHECK(test, cond, what, ...) ({				\
	bool native_ok = (cond);					\
	if (!native_ok) {						\
		native_kunit_fail(test, __FILE__, __LINE__, what);	\
		native_kunit_note("" __VA_ARGS__);			\
	}								\
	native_ok;							\
})

#define NATIVE_COMPARE(test, a, op, b, ...) ({				\
	__typeof__(a) native_a = (a);					\
	__typeof__(b) native_b = (b);					\
	bool native_same = NATIVE_CHECK(test, native_a op native_b,	\
					#a " " #op " " #b, ##__VA_ARGS__); \
	if (!native_same)						\
		native_kunit_note("left %" PRIdMAX ", right %" PRIdMAX,	\
				  (intmax_t)native_a, (intmax_t)native_b); \
	native_same;							\
})

#define NATIVE_ASSERT(test, check) \
	do { if (!(check)) longjmp((test)->abort, 1); } while (0)

#define KUNIT_EXPECT_TRUE(t, c)		((void)NATIVE_CHECK(t, c, #c))
#define KUNIT_EXPECT_FALSE(t, c)	((void)NATIVE_CHECK(t, !(c), "!" #c))
#define KUNIT_EXPECT_EQ(t, a, b)	((void)NATIVE_COMPARE(t, a, ==, b))
#define KUNIT_EXPECT_NE(t, a, b)	((void)NATIVE_COMPARE(t, a, !=, b))
#define KUNIT_EXPECT_LE(t, a, b)	((void)NATIVE_COMPARE(t, a, <=, b))
#define KUNIT_EXPECT_GE(t, a, b)	((void)NATIVE_COMPARE(t, a, >=, b))
#define KUNIT_EXPECT_TRUE_MSG(t, c, ...) \
	((void)NATIVE_CHECK(t, c, #c, __VA_ARGS__))
#define KUNIT_EXPECT_EQ_MSG(t, a, b, ...) \
	((void)NATIVE_COMPARE(t, a, ==, b, __VA_ARGS__))

#define KUNIT_ASSERT_TRUE(t, c)		NATIVE_ASSERT(t, NATIVE_CHECK(t, c, #c))
#define KUNIT_ASSERT_FALSE(t, c)	NATIVE_ASSERT(t, NATIVE_CHECK(t, !(c), "!" #c))
#define KUNIT_ASSERT_EQ(t, a, b)	NATIVE_ASSERT(t, NATIVE_COMPARE(t, a, ==, b))
#define KUNIT_ASSERT_LE(t, a, b)	NATIVE_ASSERT(t, NATIVE_COMPARE(t, a, <=, b))
#define KUNIT_ASSERT_EQ_MSG(t, a, b, ...) \
	NATIVE_ASSERT(t, NATIVE_COMPARE(t, a, ==, b, __VA_ARGS__))
#define KUNIT_ASSERT_TRUE_MSG(t, c, ...) \
	NATIVE_ASSERT(t, NATIVE_CHECK(t, c, #c, __VA_ARGS__))
#define KUNIT_ASSERT_NOT_NULL(t, p) \
	NATIVE_ASSERT(t, NATIVE_CHECK(t, (p) != NULL, #p " != NULL"))

#endif
