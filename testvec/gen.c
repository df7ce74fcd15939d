// SPDX-License-Identifier: BSD-2-Clause
/*
 * gen PUBLISHED OUTDIR - write the twelve cipher files: the published records
 * of each algorithm, then records drawn from a fixed seed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acf_vec.h"
#include "cipher.h"

#define SEED	0x6869666e37393535ULL	/* "hifn7955" */

/* Lengths in blocks, for every key size. */
static const unsigned int blocks_all[] = { 1, 2, 3, 4, 5, 32 };
/* Further lengths in blocks, for the longest key only, to bound the size. */
static const unsigned int blocks_longest[] = { 31, 64 };
/* Lengths in bytes of the feedback modes: a partial last block. */
static const unsigned int partial[] = { 1, 7, 17, 63 };

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

/* splitmix64: the whole state is one word, so a file depends on its seed only. */
static uint64_t draw64(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static void draw(uint64_t *state, uint8_t *to, size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes; i++)
		to[i] = (uint8_t)(draw64(state) >> 56);
}

/* DES keys: bit 0 makes the number of ones in each byte odd. */
static void set_parity(uint8_t *key, unsigned int bytes)
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

static void put_record(FILE *f, const struct acf_vec *v)
{
	fprintf(f, "\nalg = %s\nname = %s\n", v->alg, v->name);
	put_hex(f, "key", v->key, v->key_bytes);
	if (v->iv_bytes)
		put_hex(f, "iv", v->iv, v->iv_bytes);
	put_hex(f, "pt", v->pt, v->data_bytes);
	put_hex(f, "ct", v->ct, v->data_bytes);
	if (v->iv_bytes)
		put_hex(f, "ivout", v->ivout, v->iv_bytes);
}

/* The rule of README.md, from the bytes of the record. */
static bool fill_ivout(const struct cipher *c, struct acf_vec *v)
{
	uint8_t zeros[ACF_VEC_MAX_DATA] = { 0 };
	uint8_t stream[ACF_VEC_MAX_DATA];
	size_t full = v->data_bytes / c->block * c->block;
	size_t used = (v->data_bytes + c->block - 1) / c->block * c->block;

	if (c->mode != CIPHER_OFB) {
		memcpy(v->ivout, full ? v->ct + full - c->block : v->iv, c->block);
		return true;
	}
	if (!cipher_run(c, true, v->key, v->key_bytes, v->iv, zeros, stream, used))
		return false;
	memcpy(v->ivout, stream + used - c->block, c->block);
	return true;
}

static bool put_drawn(FILE *f, const struct cipher *c, uint64_t *state,
		      unsigned int key_bytes, unsigned int bytes)
{
	static struct acf_vec v;

	memset(&v, 0, sizeof(v));
	snprintf(v.alg, sizeof(v.alg), "%s", c->alg);
	snprintf(v.name, sizeof(v.name), "gen-%u-%u", key_bytes * 8, bytes);
	v.key_bytes = key_bytes;
	v.iv_bytes = c->mode == CIPHER_ECB ? 0 : c->block;
	v.data_bytes = bytes;
	draw(state, v.key, key_bytes);
	if (c->block == 8)
		set_parity(v.key, key_bytes);
	draw(state, v.iv, v.iv_bytes);
	draw(state, v.pt, bytes);
	if (!cipher_run(c, true, v.key, key_bytes, v.iv, v.pt, v.ct, bytes))
		return false;
	if (v.iv_bytes && !fill_ivout(c, &v))
		return false;
	put_record(f, &v);
	return true;
}

/* A 4096-byte record costs 16 KiB of text: cbc, and what xts of LUKS runs on. */
static bool wants_page(const struct cipher *c, unsigned int key_bytes)
{
	return c->mode == CIPHER_CBC ||
	       (c->mode == CIPHER_ECB && key_bytes == 32);
}

static bool put_key_size(FILE *f, const struct cipher *c, uint64_t *state,
			 unsigned int key_bytes, bool longest)
{
	bool stream = c->mode == CIPHER_CFB || c->mode == CIPHER_OFB;
	bool ok = true;
	size_t i;

	for (i = 0; i < COUNT(blocks_all); i++)
		ok &= put_drawn(f, c, state, key_bytes, blocks_all[i] * c->block);
	for (i = 0; longest && i < COUNT(blocks_longest); i++)
		ok &= put_drawn(f, c, state, key_bytes,
				blocks_longest[i] * c->block);
	for (i = 0; stream && i < COUNT(partial); i++)
		ok &= put_drawn(f, c, state, key_bytes, partial[i]);
	if (wants_page(c, key_bytes))
		ok &= put_drawn(f, c, state, key_bytes, 4096);
	return ok;
}

static bool put_published(FILE *f, const char *text, size_t len, const char *alg)
{
	struct acf_vec_reader r;
	static struct acf_vec v;
	int ret;

	acf_vec_open(&r, text, len);
	while ((ret = acf_vec_next(&r, &v)) > 0)
		if (!strcmp(v.alg, alg))
			put_record(f, &v);
	if (ret < 0)
		fprintf(stderr, "gen: published records, line %u: %s\n",
			acf_vec_line(&r), acf_vec_error(&r));
	return ret == 0;
}

static bool put_file(const char *dir, const struct cipher *c, uint64_t state,
		     const char *text, size_t len)
{
	char path[4096];
	FILE *f;
	size_t i;
	bool ok;

	snprintf(path, sizeof(path), "%s/%s.vec", dir, c->file);
	f = fopen(path, "w");
	if (!f) {
		fprintf(stderr, "gen: %s: %s\n", path, strerror(errno));
		return false;
	}
	fprintf(f, "# SPDX-License-Identifier: BSD-2-Clause\n"
		"# %s. Made by gen.c; do not edit, see README.md.\n", c->alg);
	ok = put_published(f, text, len, c->alg);
	for (i = 0; c->keys[i]; i++)
		ok &= put_key_size(f, c, &state, c->keys[i], !c->keys[i + 1]);
	ok &= !fclose(f);
	if (!ok)
		fprintf(stderr, "gen: %s: not written completely\n", path);
	return ok;
}

static char *read_text(const char *path, size_t *len)
{
	static char text[1 << 16];
	FILE *f = fopen(path, "r");

	if (!f) {
		fprintf(stderr, "gen: %s: %s\n", path, strerror(errno));
		return NULL;
	}
	*len = fread(text, 1, sizeof(text), f);
	fclose(f);
	if (*len == sizeof(text)) {
		fprintf(stderr, "gen: %s: larger than %zu bytes\n", path,
			sizeof(text) - 1);
		return NULL;
	}
	return text;
}

int main(int argc, char **argv)
{
	bool ok = true;
	char *text;
	size_t len;
	size_t i;

	if (argc != 3) {
		fprintf(stderr, "usage: gen PUBLISHED OUTDIR\n");
		return 2;
	}
	text = read_text(argv[1], &len);
	if (!text)
		return 1;
	for (i = 0; i < nr_ciphers; i++)
		ok &= put_file(argv[2], &ciphers[i], SEED + i, text, len);
	return ok ? 0 : 1;
}
