// SPDX-License-Identifier: BSD-2-Clause
/*
 * The test runner.
 */
#include <stdarg.h>
#include <stdlib.h>

#include "harness.h"

static bool failed;
static char reason[400];
static const char *skipped;

void harness_fail(const char *file, int line, const char *fmt, ...)
{
	const char *base = strrchr(file, '/');
	va_list ap;
	int n;

	if (failed)
		return;
	failed = true;
	n = snprintf(reason, sizeof(reason), "%s:%d: ", base ? base + 1 : file, line);
	va_start(ap, fmt);
	vsnprintf(reason + n, sizeof(reason) - n, fmt, ap);
	va_end(ap);
}

void harness_skip(const char *why)
{
	skipped = why;
}

bool harness_failed(void)
{
	return failed;
}

void harness_check_mem(const char *file, int line, const char *what, const void *got,
		       const void *want, size_t len)
{
	const uint8_t *g = got, *w = want;

	for (size_t i = 0; i < len; i++) {
		if (g[i] != w[i]) {
			harness_fail(file, line, "%s: byte %zu of %zu is %02x, expected %02x",
				     what, i, len, g[i], w[i]);
			return;
		}
	}
}

size_t unhex(const char *text, uint8_t *out)
{
	size_t n = 0;
	unsigned int byte;

	while (sscanf(text, "%2x", &byte) == 1) {
		out[n++] = byte;
		text += 2;
	}
	return n;
}

static void describe(char *line, size_t size, const char *suite, const char *name)
{
	const char *why = failed ? reason : skipped ? skipped : "";

	snprintf(line, size, "%s %s.%s%s%s", failed ? "not ok" : skipped ? "skip" : "ok",
		 suite, name, *why ? " - " : "", why);
}

int harness_run(const char *suite, const struct test *tests, size_t count)
{
	const char *path = getenv("RESULTS");
	FILE *results = path && *path ? fopen(path, "a") : NULL;
	int bad = 0;

	if (path && *path && !results) {
		fprintf(stderr, "%s: cannot append to RESULTS=%s\n", suite, path);
		return 1;
	}
	for (size_t i = 0; i < count; i++) {
		char line[600];

		failed = false;
		skipped = NULL;
		tests[i].run();
		describe(line, sizeof(line), suite, tests[i].name);
		puts(line);
		if (results) {
			fprintf(results, "%s\n", line);
			fflush(results);
		}
		bad += failed;
	}
	if (results && fclose(results))
		return 1;
	return bad ? 1 : 0;
}
