// SPDX-License-Identifier: BSD-2-Clause
/*
 * main() of a natively built KUnit suite: runs every case, prints one result
 * line each, appends it to $RESULTS, fails when a case failed or none ran.
 */
#include <stdarg.h>

#include "kunit/test.h"

#define PREFIX_ENV	"RESULT_PREFIX"	/* e.g. "native32": names the build */

void *kunit_kzalloc(struct kunit *test, size_t bytes, int gfp)
{
	void *p = calloc(1, bytes);

	(void)gfp;
	if (!p || test->nr_alloc == 16) {
		fprintf(stderr, "run_kunit: no memory for a test case\n");
		exit(2);
	}
	test->alloc[test->nr_alloc++] = p;
	return p;
}

void native_kunit_fail(struct kunit *test, const char *file, int line,
		       const char *what)
{
	test->failed = true;
	printf("# %s:%d: expected %s\n", file, line, what);
}

void native_kunit_note(const char *fmt, ...)
{
	va_list args;

	if (!*fmt)
		return;
	va_start(args, fmt);
	fputs("#   ", stdout);
	vprintf(fmt, args);
	putchar('\n');
	va_end(args);
}

static void free_all(struct kunit *test)
{
	while (test->nr_alloc)
		free(test->alloc[--test->nr_alloc]);
}

static bool run_case(const struct kunit_case *c)
{
	struct kunit test = { 0 };

	if (!setjmp(test.abort))
		c->run_case(&test);
	free_all(&test);
	return !test.failed;
}

static void report(FILE *out, bool ok, const char *prefix, const char *suite,
		   const char *name)
{
	if (!out)
		return;
	fprintf(out, "%s %s.%s.%s%s\n", ok ? "ok" : "not ok", prefix, suite,
		name, ok ? "" : " - see the lines above its result");
}

int main(void)
{
	const char *prefix = getenv(PREFIX_ENV);
	const char *results = getenv("RESULTS");
	FILE *out = results ? fopen(results, "a") : NULL;
	const struct kunit_case *c = native_kunit_suite->test_cases;
	unsigned int ran = 0, bad = 0;

	if (results && !out) {
		fprintf(stderr, "run_kunit: cannot append to RESULTS=%s\n", results);
		return 2;
	}
	for (; c->run_case; c++, ran++) {
		bool ok = run_case(c);

		bad += !ok;
		report(stdout, ok, prefix ? prefix : "native",
		       native_kunit_suite->name, c->name);
		report(out, ok, prefix ? prefix : "native",
		       native_kunit_suite->name, c->name);
	}
	if (out && fclose(out)) {
		fprintf(stderr, "run_kunit: cannot write RESULTS=%s\n", results);
		return 2;
	}
	return bad || !ran;
}
