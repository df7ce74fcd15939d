// SPDX-License-Identifier: BSD-2-Clause
/* The thirteen algorithms by libcrypto's default provider. */
#include <openssl/evp.h>
#include <string.h>

#include "cipher.h"
#include "xts.h"

#define AES(mode, MODE) \
	{ #mode "(aes)", "aes_" #mode, CIPHER_##MODE, 16, { 16, 24, 32, 0 } }
#define DES(mode, MODE) \
	{ #mode "(des)", "des_" #mode, CIPHER_##MODE, 8, { 8, 0 } }
#define DES3(mode, MODE) \
	{ #mode "(des3_ede)", "des3_" #mode, CIPHER_##MODE, 8, { 24, 0 } }

const struct cipher ciphers[] = {
	AES(ecb, ECB), AES(cbc, CBC), AES(cfb, CFB), AES(ofb, OFB),
	DES(ecb, ECB), DES(cbc, CBC), DES(cfb, CFB), DES(ofb, OFB),
	DES3(ecb, ECB), DES3(cbc, CBC), DES3(cfb, CFB), DES3(ofb, OFB),
	{ "xts(aes)", "aes_xts", CIPHER_XTS, 16, { 32, 48, 64, 0 } },
};

const size_t nr_ciphers = sizeof(ciphers) / sizeof(ciphers[0]);

const struct cipher *cipher_find(const char *alg)
{
	size_t i;

	for (i = 0; i < nr_ciphers; i++)
		if (!strcmp(ciphers[i].alg, alg))
			return &ciphers[i];
	return NULL;
}

static const EVP_CIPHER *evp_of(enum cipher_mode mode, unsigned int key_bytes,
				bool aes)
{
	const EVP_CIPHER *table[4][4] = {
		{ EVP_aes_128_ecb(), EVP_aes_128_cbc(), EVP_aes_128_cfb128(),
		  EVP_aes_128_ofb() },
		{ EVP_aes_192_ecb(), EVP_aes_192_cbc(), EVP_aes_192_cfb128(),
		  EVP_aes_192_ofb() },
		{ EVP_aes_256_ecb(), EVP_aes_256_cbc(), EVP_aes_256_cfb128(),
		  EVP_aes_256_ofb() },
		{ EVP_des_ede3_ecb(), EVP_des_ede3_cbc(), EVP_des_ede3_cfb64(),
		  EVP_des_ede3_ofb() },
	};

	if (mode == CIPHER_XTS)
		return key_bytes == 32 ? EVP_aes_128_xts() : EVP_aes_256_xts();
	return table[aes ? key_bytes / 8 - 2 : 3][mode];
}

static bool key_size_ok(const struct cipher *c, unsigned int key_bytes)
{
	size_t i;

	for (i = 0; c->keys[i]; i++)
		if (c->keys[i] == key_bytes)
			return true;
	return false;
}

/* Single DES is EDE with three equal keys; to has room for any. */
static void expand_key(uint8_t *to, const uint8_t *key, unsigned int key_bytes)
{
	size_t i;

	for (i = 0; i < 24 && key_bytes == 8; i += 8)
		memcpy(to + i, key, 8);
	if (key_bytes != 8)
		memcpy(to, key, key_bytes);
}

bool cipher_run(const struct cipher *c, bool encrypt, const uint8_t *key,
		unsigned int key_bytes, const uint8_t *iv, const uint8_t *in,
		uint8_t *out, size_t bytes)
{
	EVP_CIPHER_CTX *ctx;
	uint8_t wide[64];
	int done = 0;
	bool ok;

	if (!key_size_ok(c, key_bytes))
		return false;
	/* no libcrypto has XTS of AES-192 */
	if (c->mode == CIPHER_XTS && key_bytes == 48)
		return xts_by_hand(encrypt, key, key_bytes, iv, in, out, bytes);
	ctx = EVP_CIPHER_CTX_new();
	if (!ctx)
		return false;
	expand_key(wide, key, key_bytes);
	ok = EVP_CipherInit_ex(ctx, evp_of(c->mode, key_bytes, c->block == 16),
			       NULL, wide, iv, encrypt) &&
	     EVP_CIPHER_CTX_set_padding(ctx, 0) &&
	     EVP_CipherUpdate(ctx, out, &done, in, (int)bytes) &&
	     (size_t)done == bytes;
	EVP_CIPHER_CTX_free(ctx);
	return ok;
}
