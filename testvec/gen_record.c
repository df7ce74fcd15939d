// SPDX-License-Identifier: BSD-2-Clause
/* What all generated files share: the source of bytes and the written form. */
#include "gen.h"

/* splitmix64: the whole state is one word, so a file depends on its seed only. */
static uint64_t draw64(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

void draw(uint64_t *state, uint8_t *to, size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes; i++)
		to[i] = (uint8_t)(draw64(state) >> 56);
}

/* DES keys: bit 0 makes the number of ones in each byte odd. */
void set_parity(uint8_t *key, unsigned int bytes)
{
	unsigned int i;

	for (i = 0; i < bytes; i++)
		key[i] = (uint8_t)((key[i] & 0xfe) |
				   !__builtin_parity(key[i] & 0xfe));
}

static void put_hex(FILE *f, const char *key, const uint8_t *data, size_t bytes)
{
	size_t i;

	fprintf(f, "%s = ", key);
	for (i = 0; i < bytes; i++)
		fprintf(f, "%02x", data[i]);
	fputc('\n', f);
}

/* A value is never empty: README.md. */
static void put_msg(FILE *f, const struct acf_vec *v)
{
	if (v->data_bytes)
		put_hex(f, "msg", v->pt, v->data_bytes);
	else
		fputs("msg = -\n", f);
}

static void put_optional(FILE *f, const char *key, const uint8_t *data,
			 size_t bytes)
{
	if (bytes)
		put_hex(f, key, data, bytes);
}

void put_record(FILE *f, const struct acf_vec *v)
{
	fprintf(f, "\nalg = %s\nname = %s\n", v->alg, v->name);
	put_optional(f, "key", v->key, v->key_bytes);
	put_optional(f, "mackey", v->mackey, v->mackey_bytes);
	put_optional(f, "iv", v->iv, v->iv_bytes);
	put_optional(f, "aad", v->aad, v->aad_bytes);
	if (v->kind == ACF_VEC_HASH) {
		put_msg(f, v);
	} else {
		put_hex(f, "pt", v->pt, v->data_bytes);
		put_hex(f, "ct", v->ct, v->data_bytes);
	}
	if (v->kind == ACF_VEC_CIPHER)
		put_optional(f, "ivout", v->ivout, v->ivout_bytes);
	else
		put_hex(f, "mac", v->mac, v->mac_bytes);
}
