// SPDX-License-Identifier: BSD-2-Clause
/*
 * The cipher engine on libcrypto. AES goes through EVP for the CPU's AES
 * instructions; DES through the low-level calls, because EVP has single DES
 * only in the legacy provider, which may not be installed.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <string.h>

#include "cipher.h"

static bool aes_ctx(struct vc_cipher *c, int size, int mode, int enc)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

	c->ctx[size][mode][enc] = ctx;
	return ctx && EVP_CipherInit_ex2(ctx, c->evp[size][mode], NULL, NULL, enc, NULL) &&
	       EVP_CIPHER_CTX_set_padding(ctx, 0);
}

const char *vc_cipher_init(struct vc_cipher *c)
{
	static const char *const names[3][VC_MODES] = {
		{ "AES-128-ECB", "AES-128-CBC", "AES-128-CFB", "AES-128-OFB" },
		{ "AES-192-ECB", "AES-192-CBC", "AES-192-CFB", "AES-192-OFB" },
		{ "AES-256-ECB", "AES-256-CBC", "AES-256-CFB", "AES-256-OFB" },
	};

	for (int size = 0; size < 3; size++) {
		for (int mode = 0; mode < VC_MODES; mode++) {
			c->evp[size][mode] = EVP_CIPHER_fetch(NULL, names[size][mode], NULL);
			if (!c->evp[size][mode] || !aes_ctx(c, size, mode, 0) ||
			    !aes_ctx(c, size, mode, 1))
				return names[size][mode];
		}
	}
	return NULL;
}

void vc_cipher_free(struct vc_cipher *c)
{
	for (int size = 0; size < 3; size++) {
		for (int mode = 0; mode < VC_MODES; mode++) {
			EVP_CIPHER_CTX_free(c->ctx[size][mode][0]);
			EVP_CIPHER_CTX_free(c->ctx[size][mode][1]);
			EVP_CIPHER_free(c->evp[size][mode]);
		}
	}
}

static void des_key(struct vc_cipher *c, const uint8_t *key, unsigned int keys)
{
	DES_cblock k;

	for (unsigned int i = 0; i < keys; i++) {
		memcpy(k, key + 8 * i, sizeof(k));
		DES_set_key_unchecked(&k, &c->ks[i]);	/* weak keys are legal */
	}
}

bool vc_cipher_start(struct vc_cipher *c, enum vc_cipher_alg alg, enum vc_mode mode,
		     unsigned int block, bool encrypt, const uint8_t *key,
		     const uint8_t *iv)
{
	c->alg = alg;
	c->mode = mode;
	c->encrypt = encrypt;
	c->block = block;
	if (c->alg <= VC_AES256)
		return EVP_CipherInit_ex2(c->ctx[c->alg][c->mode][encrypt], NULL, key, iv,
					  encrypt, NULL);
	des_key(c, key, c->alg == VC_DES ? 1 : 3);
	memcpy(c->iv, iv, 8);
	return true;
}

static void des_ecb(struct vc_cipher *c, const uint8_t *in, uint8_t *out,
		    unsigned int len)
{
	DES_cblock blk;

	for (unsigned int i = 0; i + 8 <= len; i += 8) {
		memcpy(blk, in + i, 8);
		if (c->alg == VC_DES)
			DES_ecb_encrypt(&blk, &blk, &c->ks[0], c->encrypt);
		else
			DES_ecb3_encrypt(&blk, &blk, &c->ks[0], &c->ks[1], &c->ks[2],
					 c->encrypt);
		memcpy(out + i, blk, 8);
	}
}

static void des1(struct vc_cipher *c, const uint8_t *in, uint8_t *out,
		 unsigned int len)
{
	DES_cblock *iv = (DES_cblock *)c->iv;
	int num = 0;

	if (c->mode == VC_CBC)
		DES_ncbc_encrypt(in, out, len, &c->ks[0], iv, c->encrypt);
	else if (c->mode == VC_CFB)
		DES_cfb64_encrypt(in, out, len, &c->ks[0], iv, &num, c->encrypt);
	else
		DES_ofb64_encrypt(in, out, len, &c->ks[0], iv, &num);
}

static void des3(struct vc_cipher *c, const uint8_t *in, uint8_t *out,
		 unsigned int len)
{
	DES_key_schedule *k = c->ks;
	DES_cblock *iv = (DES_cblock *)c->iv;
	int num = 0;

	if (c->mode == VC_CBC)
		DES_ede3_cbc_encrypt(in, out, len, &k[0], &k[1], &k[2], iv, c->encrypt);
	else if (c->mode == VC_CFB)
		DES_ede3_cfb64_encrypt(in, out, len, &k[0], &k[1], &k[2], iv, &num,
				       c->encrypt);
	else
		DES_ede3_ofb64_encrypt(in, out, len, &k[0], &k[1], &k[2], iv, &num);
}

void vc_cipher_run(struct vc_cipher *c, const uint8_t *in, uint8_t *out,
		   unsigned int len)
{
	int n;

	if (c->alg <= VC_AES256)
		EVP_CipherUpdate(c->ctx[c->alg][c->mode][c->encrypt], out, &n, in, len);
	else if (c->mode == VC_ECB)
		des_ecb(c, in, out, len);
	else if (c->alg == VC_DES)
		des1(c, in, out, len);
	else
		des3(c, in, out, len);
}

void vc_cipher_iv(struct vc_cipher *c, uint8_t iv[16])
{
	if (c->alg <= VC_AES256)
		EVP_CIPHER_CTX_get_updated_iv(c->ctx[c->alg][c->mode][c->encrypt], iv, 16);
	else
		memcpy(iv, c->iv, 8);
}
