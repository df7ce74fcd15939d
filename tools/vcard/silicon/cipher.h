/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cipher engine, docs/reference/hifn795x.md 4.4: one run at a time.
 */
#ifndef VC_CIPHER_H
#define VC_CIPHER_H

#include <stdbool.h>
#include <stdint.h>

#include <openssl/des.h>
#include <openssl/evp.h>

enum vc_cipher_alg {
	VC_AES128, VC_AES192, VC_AES256, VC_DES, VC_3DES, VC_CIPHERS
};
enum vc_mode { VC_ECB, VC_CBC, VC_CFB, VC_OFB, VC_MODES };

struct vc_cipher {
	EVP_CIPHER *evp[3][VC_MODES];		/* AES by key size */
	EVP_CIPHER_CTX *ctx[3][VC_MODES][2];	/* [encrypt] */
	DES_key_schedule ks[3];
	uint8_t iv[16];				/* DES chaining value */
	enum vc_cipher_alg alg;
	enum vc_mode mode;
	bool encrypt;
	unsigned int block;			/* bytes */
};

/* NULL, or the name of an algorithm that libcrypto lacks. */
const char *vc_cipher_init(struct vc_cipher *c);
void vc_cipher_free(struct vc_cipher *c);

/* block: bytes of one, which is also the chaining value's size. */
bool vc_cipher_start(struct vc_cipher *c, enum vc_cipher_alg alg, enum vc_mode mode,
		     unsigned int block, bool encrypt, const uint8_t *key,
		     const uint8_t *iv);
/*
 * len: whole blocks, except for the last call of a CFB or OFB command. out is
 * in, or does not overlap it.
 */
void vc_cipher_run(struct vc_cipher *c, const uint8_t *in, uint8_t *out,
		   unsigned int len);
/* The chaining value after the blocks seen so far. */
void vc_cipher_iv(struct vc_cipher *c, uint8_t iv[16]);

#endif
