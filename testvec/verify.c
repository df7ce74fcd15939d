// SPDX-License-Identifier: BSD-2-Clause
/*
 * verify AGAIN WIRE FILE... - have libcrypto confirm every record of the cipher
 * FILEs, and that each, when AGAIN has it, is the same byte for byte; check that
 * WIRE is in the documented form. One result line per file, on standard output
 * and at the end of the file $RESULTS.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acf_vec.h"
#include "cipher.h"

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

static bool fail(const char *format, ...)
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

/* Odd parity in every byte; kernels do not need it, card and peers might. */
static bool check_parity(const struct acf_vec *v)
{
	unsigned int i;

	for (i = 0; i < v->key_bytes; i++)
		if (!__builtin_parity(v->key[i]))
			return fail("%s: key parity", v->name);
	return true;
}

/* Weak, semi-weak and possibly weak keys consist of these bytes alone. */
static bool check_not_weak(const struct acf_vec *v)
{
	static const uint8_t weak[] = { 0x01, 0x0e, 0x1f, 0xe0, 0xf1, 0xfe };
	unsigned int i;
	unsigned int k;

	for (k = 0; k < v->key_bytes; k += 8) {
		for (i = 0; i < 8; i++)
			if (!memchr(weak, v->key[k + i], sizeof(weak)))
				break;
		if (i == 8)
			return fail("%s: weak key", v->name);
	}
	return true;
}

static bool check_des_key(const struct acf_vec *v)
{
	if (v->key_bytes == 24 &&
	    (!memcmp(v->key, v->key + 8, 8) ||
	     !memcmp(v->key + 8, v->key + 16, 8) ||
	     !memcmp(v->key, v->key + 16, 8)))
		return fail("%s: equal keys", v->name);
	return check_parity(v) && check_not_weak(v);
}

static bool check_directions(const struct cipher *c, const struct acf_vec *v)
{
	static uint8_t out[ACF_VEC_MAX_DATA];

	if (!cipher_run(c, true, v->key, v->key_bytes, v->iv, v->pt, out,
			v->data_bytes))
		return fail("%s: refused by libcrypto", v->name);
	if (memcmp(out, v->ct, v->data_bytes))
		return fail("%s: ciphertext differs", v->name);
	if (!cipher_run(c, false, v->key, v->key_bytes, v->iv, v->ct, out,
			v->data_bytes))
		return fail("%s: refused by libcrypto", v->name);
	if (memcmp(out, v->pt, v->data_bytes))
		return fail("%s: plaintext differs", v->name);
	return true;
}

/*
 * Whole blocks, and ofb always: one more block behind the data, enciphered in
 * one go, equals that block enciphered from ivout. ofb with a partial block
 * goes on behind the keystream block it has begun, hence the gap.
 */
static bool check_continuation(const struct cipher *c, const struct acf_vec *v)
{
	static uint8_t in[ACF_VEC_MAX_DATA + 2 * CIPHER_MAX_BLOCK];
	static uint8_t out[ACF_VEC_MAX_DATA + 2 * CIPHER_MAX_BLOCK];
	uint8_t next[CIPHER_MAX_BLOCK];
	size_t at = (v->data_bytes + c->block - 1) / c->block * c->block;

	memset(in, 0x5c, sizeof(in));
	memcpy(in, v->pt, v->data_bytes);
	if (!cipher_run(c, true, v->key, v->key_bytes, v->iv, in, out,
			at + c->block) ||
	    !cipher_run(c, true, v->key, v->key_bytes, v->ivout, in + at, next,
			c->block))
		return fail("%s: refused by libcrypto", v->name);
	if (memcmp(next, out + at, c->block))
		return fail("%s: ivout does not continue the stream", v->name);
	return true;
}

/* cfb with a partial block: from ivout the tail alone comes out the same. */
static bool check_tail(const struct cipher *c, const struct acf_vec *v)
{
	uint8_t out[CIPHER_MAX_BLOCK];
	size_t tail = v->data_bytes % c->block;
	size_t at = v->data_bytes - tail;

	if (!cipher_run(c, true, v->key, v->key_bytes, v->ivout, v->pt + at, out,
			tail))
		return fail("%s: refused by libcrypto", v->name);
	if (memcmp(out, v->ct + at, tail))
		return fail("%s: ivout does not give the tail", v->name);
	return true;
}

static bool check_ivout(const struct cipher *c, const struct acf_vec *v)
{
	if (c->mode == CIPHER_ECB)
		return true;
	if (c->mode == CIPHER_CFB && v->data_bytes % c->block)
		return check_tail(c, v);
	return check_continuation(c, v);
}

static bool check_record(const struct acf_vec *v)
{
	const struct cipher *c = cipher_find(v->alg);
	bool stream;

	if (!c)
		return fail("%s: unknown algorithm %s", v->name, v->alg);
	stream = c->mode == CIPHER_CFB || c->mode == CIPHER_OFB;
	if (v->iv_bytes != (c->mode == CIPHER_ECB ? 0 : c->block))
		return fail("%s: iv of %u bytes", v->name, v->iv_bytes);
	if (!stream && v->data_bytes % c->block)
		return fail("%s: partial block", v->name);
	if (c->block == 8 && !check_des_key(v))
		return false;
	return check_directions(c, v) && check_ivout(c, v);
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
