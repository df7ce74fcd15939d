// SPDX-License-Identifier: BSD-2-Clause
/* The drawn records of the hash, HMAC and authenc files. */
#include <string.h>

#include "gen.h"

#define HASH_BLOCK	64	/* bytes, of MD5 and of SHA-1 */

/*
 * Message lengths: none, less than a word, the edges of words, of the padding
 * (55 and 56 modulo 64) and of blocks, odd ones between, a packet, a page.
 */
static const unsigned int messages[] = {
	0, 1, 2, 3, 4, 5, 7, 8, 13, 17, 31, 33, 47, 55, 56, 57, 63, 64, 65, 95,
	111, 119, 120, 121, 127, 128, 129, 151, 183, 191, 192, 193, 199,
	1500, 4096,
};

/* HMAC keys: 0 stands for the digest's length, the usual one. */
static const unsigned int hmac_keys[] = { 0, 1, HASH_BLOCK, 0, 65, 33, 128 };

/* As IPsec deals them out; then a full block, and one that is hashed first. */
static const unsigned int authenc_keys[] = { 0, 0, 0, HASH_BLOCK, 0, 0, 80 };

/*
 * Associated data of ESP is 8 bytes, 12 with extended sequence numbers, and 8
 * or 16 more where the IV is handed on with it. Together with the text it ends
 * before, at and behind the edges of the hash. What is no multiple of the block,
 * or too long for the file, is passed over.
 */
static const struct {
	unsigned int aad;
	unsigned int text;
} packets[] = {
	{ 8, 16 }, { 12, 16 }, { 16, 16 }, { 24, 16 },
	{ 24, 24 }, { 8, 40 }, { 24, 40 }, { 12, 56 },
	{ 8, 48 }, { 24, 32 }, { 16, 48 }, { 24, 48 },
	{ 12, 112 }, { 16, 112 }, { 24, 96 }, { 8, 256 },
	{ 24, 384 }, { 24, 1440 }, { 16, 4096 },
};

bool put_mac_records(FILE *f, const struct mac *m, uint64_t *state)
{
	static struct acf_vec v;
	size_t i;

	for (i = 0; i < COUNT(messages); i++) {
		unsigned int key = hmac_keys[i % COUNT(hmac_keys)];

		if (messages[i] > m->longest)
			continue;
		memset(&v, 0, sizeof(v));
		v.kind = ACF_VEC_HASH;
		v.mackey_bytes = !m->keyed ? 0 : key ? key : m->bytes;
		v.mac_bytes = m->bytes;
		v.data_bytes = messages[i];
		snprintf(v.alg, sizeof(v.alg), "%s", m->alg);
		if (m->keyed)
			snprintf(v.name, sizeof(v.name), "gen-%u-%u",
				 v.mackey_bytes * 8, v.data_bytes);
		else
			snprintf(v.name, sizeof(v.name), "gen-%u", v.data_bytes);
		draw(state, v.mackey, v.mackey_bytes);
		draw(state, v.pt, v.data_bytes);
		if (!mac_run(m, v.mackey, v.mackey_bytes, v.pt, v.data_bytes,
			     v.mac))
			return false;
		put_record(f, &v);
	}
	return true;
}

/* What an algorithm is made of, and the lengths of one record. */
struct shape {
	const struct authenc *authenc;
	const struct cipher *cipher;
	const struct mac *mac;
	unsigned int key;
	unsigned int mackey;
	unsigned int aad;
	unsigned int text;
};

static void draw_packet(struct acf_vec *v, const struct shape *s, uint64_t *state)
{
	memset(v, 0, sizeof(*v));
	v->kind = ACF_VEC_AEAD;
	v->key_bytes = s->key;
	v->mackey_bytes = s->mackey;
	v->iv_bytes = s->cipher->block;
	v->aad_bytes = s->aad;
	v->data_bytes = s->text;
	v->mac_bytes = s->mac->bytes;
	snprintf(v->alg, sizeof(v->alg), "%s", s->authenc->alg);
	snprintf(v->name, sizeof(v->name), "gen-%u-%u-%u-%u", s->key * 8,
		 s->mackey * 8, s->aad, s->text);
	draw(state, v->key, v->key_bytes);
	if (s->cipher->block == 8)
		set_parity(v->key, v->key_bytes);
	draw(state, v->mackey, v->mackey_bytes);
	draw(state, v->iv, v->iv_bytes);
	draw(state, v->aad, v->aad_bytes);
	/* Behind SPI and sequence number a packet carries the IV itself. */
	if (v->aad_bytes == 8 + v->iv_bytes)
		memcpy(v->aad + 8, v->iv, v->iv_bytes);
	draw(state, v->pt, v->data_bytes);
}

static bool put_packet(FILE *f, const struct shape *s, uint64_t *state)
{
	static struct acf_vec v;

	draw_packet(&v, s, state);
	if (!cipher_run(s->cipher, true, v.key, v.key_bytes, v.iv, v.pt, v.ct,
			v.data_bytes) ||
	    !mac_of_aead(s->mac, &v, v.mac))
		return false;
	put_record(f, &v);
	return true;
}

/* Key sizes take turns, longest first. */
static unsigned int turn_key(const struct cipher *c, unsigned int turn)
{
	unsigned int nr = 0;

	while (c->keys[nr])
		nr++;
	return c->keys[nr - 1 - turn % nr];
}

bool put_authenc_records(FILE *f, const struct authenc *a, uint64_t *state)
{
	struct shape s = {
		.authenc = a,
		.cipher = cipher_find(a->cipher),
		.mac = mac_find(a->mac),
	};
	unsigned int turn = 0;
	size_t i;

	for (i = 0; i < COUNT(packets); i++) {
		unsigned int mackey = authenc_keys[turn % COUNT(authenc_keys)];

		if (packets[i].text % s.cipher->block ||
		    packets[i].text > a->longest)
			continue;
		s.key = turn_key(s.cipher, turn++);
		s.mackey = mackey ? mackey : s.mac->bytes;
		s.aad = packets[i].aad;
		s.text = packets[i].text;
		if (!put_packet(f, &s, state))
			return false;
	}
	return true;
}
