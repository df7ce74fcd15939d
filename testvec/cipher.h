/* SPDX-License-Identifier: BSD-2-Clause */
/* The thirteen algorithms by libcrypto: the reference of the vector files. */
#ifndef TESTVEC_CIPHER_H
#define TESTVEC_CIPHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CIPHER_MAX_BLOCK	16

enum cipher_mode { CIPHER_ECB, CIPHER_CBC, CIPHER_CFB, CIPHER_OFB,
		   CIPHER_XTS };

struct cipher {
	const char *alg;	/* crypto API name */
	const char *file;	/* in testvec/, without .vec */
	enum cipher_mode mode;
	unsigned int block;	/* bytes; also the IV's, except of ecb */
	unsigned int keys[4];	/* key sizes in bytes, both keys of xts; 0 ends the list */
};

extern const struct cipher ciphers[];
extern const size_t nr_ciphers;

const struct cipher *cipher_find(const char *alg);

/*
 * One whole message, without padding; cfb and ofb take any length, xts any from a block
 * on. False if libcrypto refuses the parameters.
 */
bool cipher_run(const struct cipher *c, bool encrypt, const uint8_t *key,
		unsigned int key_bytes, const uint8_t *iv, const uint8_t *in,
		uint8_t *out, size_t bytes);

#endif
