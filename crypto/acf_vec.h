/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * acf_vec - reader for the text vectors of testvec/ (form: testvec/README.md).
 * It works on a text in memory, allocates nothing and trusts nothing; the
 * text need not end in a NUL byte.
 *
 * Two levels: acf_vec_field() walks the key/value lines of any .vec file;
 * acf_vec_next() reads one crypto record.
 */
#ifndef ACF_VEC_H
#define ACF_VEC_H

#include "acf_env.h"

#define ACF_VEC_MAX_ALG		40	/* bytes, NUL included */
#define ACF_VEC_MAX_NAME	48	/* bytes, NUL included */
#define ACF_VEC_MAX_KEY		64	/* bytes: xts has two */
#define ACF_VEC_MAX_IV		16	/* bytes */
#define ACF_VEC_MAX_MACKEY	128	/* bytes; HMAC hashes what exceeds its block */
#define ACF_VEC_MAX_AAD		256	/* bytes */
#define ACF_VEC_MAX_MAC		20	/* bytes */
#define ACF_VEC_MAX_DATA	4096	/* bytes */

/* Position in a text; opaque to users. */
struct acf_vec_reader {
	const char *text;
	size_t len;		/* bytes in text */
	size_t pos;		/* first byte not yet read */
	unsigned int line;	/* number of the line read last, from 1 */
	bool in_record;		/* a field was seen since the last record end */
	const char *error;	/* what is wrong with that line */
};

/* One "key = value" line; both point into the text, without a NUL. */
struct acf_vec_field {
	const char *key;
	size_t key_len;
	const char *value;
	size_t value_len;	/* never 0 */
};

enum acf_vec_event {
	ACF_VEC_END = 0,	/* no more text */
	ACF_VEC_FIELD = 1,	/* a field was filled in */
	ACF_VEC_RECORD_END = 2,	/* the record whose fields were seen is over */
};

/* What a record tests; follows from its alg. */
enum acf_vec_kind {
	ACF_VEC_CIPHER,		/* key, iv (not ecb), ivout (nor xts), pt, ct */
	ACF_VEC_HASH,		/* mackey (hmac only), msg, mac */
	ACF_VEC_AEAD,		/* key, mackey, iv, aad, pt, ct, mac */
};

/* One crypto record. About 9 KiB: too large for a kernel stack. */
struct acf_vec {
	enum acf_vec_kind kind;
	char alg[ACF_VEC_MAX_ALG];	/* crypto API name */
	char name[ACF_VEC_MAX_NAME];
	unsigned int line;		/* where the record starts */
	unsigned int key_bytes;		/* 0 for hashes */
	unsigned int iv_bytes;		/* 0: no iv */
	unsigned int ivout_bytes;	/* of ciphers that go on from there; else 0 */
	unsigned int mackey_bytes;	/* 0: the algorithm has none */
	unsigned int aad_bytes;		/* 0 but for AEAD */
	unsigned int mac_bytes;		/* 0 for ciphers */
	unsigned int data_bytes;	/* in pt and in ct; 0 only for hashes */
	u8 key[ACF_VEC_MAX_KEY];
	u8 iv[ACF_VEC_MAX_IV];
	u8 ivout[ACF_VEC_MAX_IV];
	u8 mackey[ACF_VEC_MAX_MACKEY];
	u8 aad[ACF_VEC_MAX_AAD];
	u8 mac[ACF_VEC_MAX_MAC];	/* of msg, or of aad and then ct */
	u8 pt[ACF_VEC_MAX_DATA];	/* msg of a hash */
	u8 ct[ACF_VEC_MAX_DATA];	/* not for hashes */
};

void acf_vec_open(struct acf_vec_reader *r, const char *text, size_t len);

/* Returns an acf_vec_event, or -EINVAL when the line is malformed. */
int acf_vec_field(struct acf_vec_reader *r, struct acf_vec_field *field);

/* Number of the line read last, from 1; after -EINVAL the offending one. */
unsigned int acf_vec_line(const struct acf_vec_reader *r);

/* What was wrong, after -EINVAL from acf_vec_field() or acf_vec_next(). */
const char *acf_vec_error(const struct acf_vec_reader *r);

bool acf_vec_key_is(const struct acf_vec_field *field, const char *key);
bool acf_vec_value_is(const struct acf_vec_field *field, const char *value);

/* Lower case hex to at most @size bytes; returns their number or -EINVAL. */
int acf_vec_hex(const struct acf_vec_field *field, u8 *buf, size_t size);

/* Value as a C string; -EINVAL if it does not fit with its NUL. */
int acf_vec_text(const struct acf_vec_field *field, char *buf, size_t size);

/* Decimal or 0x hex number of 32 bits; 0 or -EINVAL. */
int acf_vec_u32(const struct acf_vec_field *field, u32 *value);

/*
 * Next crypto record: 1 when *v was filled, 0 at the end of the text, -EINVAL
 * when the text is not in the documented form.
 * After an error the reader must not be used further.
 */
int acf_vec_next(struct acf_vec_reader *r, struct acf_vec *v);

#endif
