// SPDX-License-Identifier: BSD-2-Clause
/*
 * The reader of text vectors, crypto/acf_vec.c: the input is the text.
 */
#include "../../crypto/acf_vec.h"
#include "fuzz.h"

enum { INPUTS, FIELDS, RECORDS, CIPHERS, HASHES, AEADS, ERRORS, TALLIES };
static struct tally tallies[TALLIES] = {
	[INPUTS] = { "inputs", 0 }, [FIELDS] = { "fields", 0 }, [RECORDS] = { "records", 0 },
	[CIPHERS] = { "ciphers", 0 }, [HASHES] = { "hashes", 0 }, [AEADS] = { "aeads", 0 },
	[ERRORS] = { "errors", 0 },
};

static void check_error(const struct acf_vec_reader *r, int ret)
{
	if (ret >= 0)
		return;
	MUST(ret == -EINVAL && acf_vec_error(r) && acf_vec_line(r) >= 1);
	tallies[ERRORS].n++;
}

/* Keys and values lie in the text, and numbers in them are read or refused. */
static void check_field(const struct acf_vec_field *f, const char *text, size_t len)
{
	char name[8];
	u8 bytes[5];
	u32 val;
	int n;

	MUST(f->key >= text && f->key_len > 0 && f->value_len > 0);
	MUST(f->key + f->key_len < f->value && f->value + f->value_len <= text + len);
	n = acf_vec_hex(f, bytes, sizeof(bytes));
	MUST(n == -EINVAL || (n >= 1 && n <= (int)sizeof(bytes)));
	MUST(acf_vec_text(f, name, sizeof(name)) || strlen(name) == f->value_len);
	acf_vec_u32(f, &val);
}

static void read_fields(const char *text, size_t len)
{
	struct acf_vec_field field;
	struct acf_vec_reader r;
	int ret;

	acf_vec_open(&r, text, len);
	while ((ret = acf_vec_field(&r, &field)) > 0) {
		MUST(r.pos <= r.len);
		if (ret != ACF_VEC_FIELD)
			continue;
		tallies[FIELDS].n++;
		check_field(&field, text, len);
	}
	check_error(&r, ret);
}

static void check_record(const struct acf_vec *v)
{
	MUST(memchr(v->alg, 0, sizeof(v->alg)) && memchr(v->name, 0, sizeof(v->name)));
	MUST(v->key_bytes <= sizeof(v->key) && v->iv_bytes <= sizeof(v->iv));
	MUST(v->mackey_bytes <= sizeof(v->mackey) && v->aad_bytes <= sizeof(v->aad));
	MUST(v->mac_bytes <= sizeof(v->mac) && v->data_bytes <= sizeof(v->pt));
	MUST(v->kind != ACF_VEC_HASH || !v->key_bytes);
	MUST(v->kind == ACF_VEC_HASH || (v->key_bytes && v->data_bytes));
	tallies[RECORDS].n++;
	tallies[v->kind == ACF_VEC_CIPHER ? CIPHERS :
		v->kind == ACF_VEC_HASH ? HASHES : AEADS].n++;
}

static void read_records(const char *text, size_t len)
{
	static struct acf_vec v;
	struct acf_vec_reader r;
	int ret;

	acf_vec_open(&r, text, len);
	while ((ret = acf_vec_next(&r, &v)) > 0)
		check_record(&v);
	check_error(&r, ret);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool begun;
	char *text = malloc(size ? size : 1);

	if (!begun)
		fuzz_begin("vec", tallies, TALLIES);
	begun = true;
	if (!text)
		abort();
	if (size)
		memcpy(text, data, size);
	tallies[INPUTS].n++;
	read_fields(text, size);
	read_records(text, size);
	free(text);
	return 0;
}
