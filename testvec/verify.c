// SPDX-License-Identifier: BSD-2-Clause
/*
 * verify AGAIN WIRE FILE... - have libcrypto confirm every record of the crypto
 * FILEs, and that each, when AGAIN has it, is the same byte for byte; check that
 * WIRE is in the documented form. One result line per file, on standard output
 * and at the end of the file $RESULTS.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verify.h"

#define MAX_FILE	(1 << 18)	/* bytes */
#define MAX_RECORDS	256		/* per file */

/* A file's text, in a heap block of exactly its size so that ASan sees its end. */
struct text {
	char *bytes;
	size_t len;
};

static FILE *results;
static unsigned int failures;
static char reason[256];

bool fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	return false;
}

static void report(const char *subject, const char *path, bool ok)
{
	const char *base = strrchr(path, '/');
	char line[512];

	base = base ? base + 1 : path;
	if (ok)
		snprintf(line, sizeof(line), "ok testvec.%s.%s", subject, base);
	else
		snprintf(line, sizeof(line), "not ok testvec.%s.%s - %s", subject,
			 base, reason);
	puts(line);
	if (results)
		fprintf(results, "%s\n", line);
	failures += !ok;
}

static bool read_text(const char *path, struct text *t)
{
	static char buf[MAX_FILE];
	FILE *f = fopen(path, "r");

	if (!f)
		return fail("%s: %s", path, strerror(errno));
	t->len = fread(buf, 1, sizeof(buf), f);
	fclose(f);
	if (t->len == 0 || t->len == sizeof(buf))
		return fail("%s: empty or larger than %d bytes", path, MAX_FILE - 1);
	t->bytes = malloc(t->len);
	if (!t->bytes)
		return fail("%s: out of memory", path);
	memcpy(t->bytes, buf, t->len);
	return true;
}

static bool check_record(const struct acf_vec *v)
{
	switch (v->kind) {
	case ACF_VEC_HASH:
		return check_hash(v);
	case ACF_VEC_AEAD:
		return check_aead(v);
	default:
		return check_cipher(v);
	}
}

static bool add_name(char names[][ACF_VEC_MAX_NAME], unsigned int *nr,
		     const char *name)
{
	unsigned int i;

	for (i = 0; i < *nr; i++)
		if (!strcmp(names[i], name))
			return fail("%s: name used twice", name);
	if (*nr == MAX_RECORDS)
		return fail("more than %d records", MAX_RECORDS);
	strcpy(names[(*nr)++], name);
	return true;
}

static bool check_records(const struct text *t)
{
	static char names[MAX_RECORDS][ACF_VEC_MAX_NAME];
	static struct acf_vec v;
	struct acf_vec_reader r;
	unsigned int nr = 0;
	int ret;

	acf_vec_open(&r, t->bytes, t->len);
	while ((ret = acf_vec_next(&r, &v)) > 0)
		if (!check_record(&v) || !add_name(names, &nr, v.name))
			return false;
	if (ret < 0)
		return fail("line %u: %s", acf_vec_line(&r), acf_vec_error(&r));
	return nr ? true : fail("no record");
}

static bool check_again(const char *dir, const char *path, const struct text *t)
{
	char other[4096];
	struct text again;
	bool same;

	snprintf(other, sizeof(other), "%s/%s", dir, path);
	if (!read_text(other, &again))
		return false;
	same = again.len == t->len && !memcmp(again.bytes, t->bytes, t->len);
	free(again.bytes);
	return same ? true : fail("generated again it differs: make -C testvec");
}

static void verify_file(const char *dir, const char *path)
{
	bool made = strcmp(path, "published.vec");
	struct text t;

	if (!read_text(path, &t)) {
		report("confirmed", path, false);
		return;
	}
	report("confirmed", path, check_records(&t));
	if (made)
		report("reproducible", path, check_again(dir, path, &t));
	free(t.bytes);
}

/* Every record opens with its kind and, where it has bytes, they are hex. */
static bool check_wire(const struct text *t)
{
	struct acf_vec_reader r;
	struct acf_vec_field field;
	uint8_t bytes[512];
	bool first = true;
	unsigned int nr = 0;
	int event;

	acf_vec_open(&r, t->bytes, t->len);
	while ((event = acf_vec_field(&r, &field)) > 0) {
		if (event == ACF_VEC_FIELD && first &&
		    !acf_vec_key_is(&field, "kind"))
			return fail("line %u: no kind", acf_vec_line(&r));
		if (event == ACF_VEC_FIELD && acf_vec_key_is(&field, "bytes") &&
		    acf_vec_hex(&field, bytes, sizeof(bytes)) < 0)
			return fail("line %u: bad bytes", acf_vec_line(&r));
		first = event == ACF_VEC_RECORD_END;
		nr += first;
	}
	if (event < 0)
		return fail("line %u: %s", acf_vec_line(&r), acf_vec_error(&r));
	return nr ? true : fail("no record");
}

static void verify_wire(const char *path)
{
	struct text t;

	if (!read_text(path, &t)) {
		report("form", path, false);
		return;
	}
	report("form", path, check_wire(&t));
	free(t.bytes);
}

int main(int argc, char **argv)
{
	const char *path = getenv("RESULTS");
	int i;

	if (argc < 4) {
		fprintf(stderr, "usage: verify AGAIN WIRE FILE...\n");
		return 2;
	}
	if (path && *path) {
		results = fopen(path, "a");
		if (!results) {
			fprintf(stderr, "verify: %s: %s\n", path, strerror(errno));
			return 1;
		}
	}
	verify_wire(argv[2]);
	for (i = 3; i < argc; i++)
		verify_file(argv[1], argv[i]);
	if (results && fclose(results)) {
		fprintf(stderr, "verify: %s: %s\n", path, strerror(errno));
		return 1;
	}
	return failures ? 1 : 0;
}
