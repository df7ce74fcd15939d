/* SPDX-License-Identifier: BSD-2-Clause */
/* Hashes, HMACs and their pairs with a cipher: reference by libcrypto. */
#ifndef TESTVEC_MAC_H
#define TESTVEC_MAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "acf_vec.h"
#include "cipher.h"

struct mac {
	const char *alg;	/* crypto API name */
	const char *file;	/* in testvec/, without .vec */
	const char *digest;	/* libcrypto's name of the hash */
	unsigned int bytes;	/* of the digest, in full */
	bool keyed;		/* an HMAC */
	unsigned int longest;	/* bytes of a drawn message */
};

/* Encrypt, then MAC over associated data and ciphertext. */
struct authenc {
	const char *alg;
	const char *file;
	const char *mac;	/* alg of its parts */
	const char *cipher;
	unsigned int longest;	/* bytes of text in a drawn record */
};

extern const struct mac macs[];
extern const size_t nr_macs;
extern const struct authenc authencs[];
extern const size_t nr_authencs;

const struct mac *mac_find(const char *alg);
const struct authenc *authenc_find(const char *alg);

/* Digest of one message, m->bytes of it. False if libcrypto refuses. */
bool mac_run(const struct mac *m, const uint8_t *key, unsigned int key_bytes,
	     const uint8_t *msg, size_t bytes, uint8_t *out);

/* The MAC of an AEAD record: over its aad and then its ct. */
bool mac_of_aead(const struct mac *m, const struct acf_vec *v, uint8_t *out);

#endif
