// SPDX-License-Identifier: BSD-2-Clause
/* The drawn records of the cipher files. */
#include <string.h>

#include "gen.h"

/* Lengths in blocks, for every key size. */
static const unsigned int blocks_all[] = { 1, 2, 3, 4, 5, 32 };
/* Further lengths in blocks, for the longest key only, to bound the size. */
static const unsigned int blocks_longest[] = { 31, 64 };
/* Lengths in bytes of the feedback modes: a partial last block. */
static const unsigned int partial[] = { 1, 7, 17, 63 };
/* Of xts, which steals for it. */
static const unsigned int stolen[] = { 17, 31, 40, 63, 100 };

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
	v.ivout_bytes = c->mode == CIPHER_XTS ? 0 : v.iv_bytes;
	v.data_bytes = bytes;
	draw(state, v.key, key_bytes);
	if (c->block == 8)
		set_parity(v.key, key_bytes);
	draw(state, v.iv, v.iv_bytes);
	draw(state, v.pt, bytes);
	if (!cipher_run(c, true, v.key, key_bytes, v.iv, v.pt, v.ct, bytes))
		return false;
	if (v.ivout_bytes && !fill_ivout(c, &v))
		return false;
	put_record(f, &v);
	return true;
}

/* A 4096-byte record costs 16 KiB of text: what disks are enciphered with. */
static bool wants_page(const struct cipher *c, unsigned int key_bytes)
{
	return c->mode == CIPHER_CBC ||
	       (c->mode == CIPHER_ECB && key_bytes == 32) ||
	       (c->mode == CIPHER_XTS && key_bytes == 64);
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
	for (i = 0; c->mode == CIPHER_XTS && i < COUNT(stolen); i++)
		ok &= put_drawn(f, c, state, key_bytes, stolen[i]);
	if (wants_page(c, key_bytes))
		ok &= put_drawn(f, c, state, key_bytes, 4096);
	return ok;
}

bool put_cipher_records(FILE *f, const struct cipher *c, uint64_t *state)
{
	bool ok = true;
	size_t i;

	for (i = 0; c->keys[i]; i++)
		ok &= put_key_size(f, c, state, c->keys[i], !c->keys[i + 1]);
	return ok;
}
