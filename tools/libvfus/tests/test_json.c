// SPDX-License-Identifier: BSD-2-Clause
/*
 * JSON: what is one (RFC 8259), what is not, and numbers at a place.
 */
#include "harness.h"
#include "json.h"

static void test_valid(void)
{
	static const char *const good[] = {
		"{}", "[]", " { } ", "0", "-0", "12", "1.5", "-1.5e+10", "1E5", "true", "false",
		"null", "\"\"", "\"a\\n\\u00e4\\\"\"", "\"\xc3\xa4\"", "[1,2,[3]]",
		"{\"a\":{\"b\":[{}]}}", "{\"a\":1,\"a\":2}", "\t[\r\n1 , 2 ]\n",
	};
	static const char *const bad[] = {
		"", " ", "{", "}", "[", "]", "{]", "{1:2}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
		"[1,]", "[,1]", "[1 2]", "01", "-", "1.", ".5", "1e", "1e+", "+1", "tru", "nul",
		"\"", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u123g\"", "\"\n\"", "'a'", "{} {}",
		"{}x", "\xff", "NaN", "1,2",
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!vfus_json_valid(good[i]))
			FAIL("%s is refused", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (vfus_json_valid(bad[i]))
			FAIL("%s is taken", bad[i]);
}

static void test_depth(void)
{
	char text[200];

	for (int depth = 1; depth <= 90; depth++) {
		memset(text, '[', depth);
		memset(text + depth, ']', depth);
		text[2 * depth] = 0;
		CHECK_EQ(vfus_json_valid(text), depth <= 32);
	}
	/* beside one another they count no more than one */
	CHECK(vfus_json_valid("[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],"
			      "[],[],[],[],[],[],[],[],[],[],[],[],[]]"));
}

static void test_numbers(void)
{
	static const char *const path[] = { "c", "n", NULL };
	static const struct {
		const char *text;
		bool found;
		uint64_t number;
	} rows[] = {
		{ "{\"c\":{\"n\":7}}", true, 7 },
		{ "{\"x\":[1],\"c\":{\"m\":1,\"n\":18446744073709551615}}", true, UINT64_MAX },
		{ "{\"c\":{\"n\":18446744073709551616}}", false, 0 },
		{ "{\"c\":{\"n\":1.0}}", false, 0 }, { "{\"c\":{\"n\":-1}}", false, 0 },
		{ "{\"c\":{\"n\":1e3}}", false, 0 }, { "{\"c\":{\"n\":\"7\"}}", false, 0 },
		{ "{\"c\":{\"n\":[7]}}", false, 0 }, { "{\"c\":{\"n\":{\"n\":7}}}", false, 0 },
		{ "{\"n\":7}", false, 0 }, { "{\"c\":7}", false, 0 },
		{ "{\"c\":[{\"n\":7}]}", false, 0 }, { "{\"d\":{\"n\":7}}", false, 0 },
		{ "{\"c\":{\"nn\":7}}", false, 0 }, { "{\"c\":{\"n\":1},\"d\":{\"n\":2}}", true, 1 },
		{ "{\"c\":{\"n\":1,\"n\":2}}", true, 2 },
	};
	uint64_t n;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		n = 0;
		if (vfus_json_number(rows[i].text, path, &n) != rows[i].found ||
		    n != rows[i].number)
			FAIL("%s gives %llu", rows[i].text, (unsigned long long)n);
	}
}

static const struct test tests[] = {
	{ "valid", test_valid }, { "depth", test_depth }, { "numbers", test_numbers },
};

RUN_TESTS("libvfus.json")
