// SPDX-License-Identifier: BSD-2-Clause
/*
 * The cipher engine on libcrypto. AES goes through EVP for the CPU's AES
 * instructions; DES through the low-level calls, because EVP has single DES
 * only in the legacy provider, which may not be installed.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "../vc_int.h"

static bool vc_aes_ctx(struct vc_cipher *c, int size, int mode, int enc)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

	c->ctx[size][mode][enc] = ctx;
	return ctx && EVP_CipherInit_ex2(ctx, c->evp[size][mode], NULL, NULL, enc, NULL) &&
	       EVP_CIPHER_CTX_set_padding(ctx, 0);
}

bool vc_cipher_init(struct vcard *vc)
{
	static const char *const modes[VC_MODES] = { "ECB", "CBC", "CFB", "OFB" };
	struct vc_cipher *c = &vc->cipher;
	char name[16];

	for (int size = 0; size < 3; size++) {
		for (int mode = 0; mode < VC_MODES; mode++) {
			snprintf(name, sizeof(name), "AES-%d-%s", 128 + 64 * size,
				 modes[mode]);
			c->evp[size][mode] = EVP_CIPHER_fetch(NULL, name, NULL);
			if (!c->evp[size][mode] || !vc_aes_ctx(c, size, mode, 0) ||
			    !vc_aes_ctx(c, size, mode, 1)) {
				vc_log(vc, "libcrypto has no %s", name);
				return false;
			}
		}
	}
	return true;
}

void vc_cipher_free(struct vcard *vc)
{
	struct vc_cipher *c = &vc->cipher;

	for (int size = 0; size < 3; size++) {
		for (int mode = 0; mode < VC_MODES; mode++) {
			EVP_CIPHER_CTX_free(c->ctx[size][mode][0]);
			EVP_CIPHER_CTX_free(c->ctx[size][mode][1]);
			EVP_CIPHER_free(c->evp[size][mode]);
		}
	}
}

static void vc_des_key(struct vc_cipher *c, const uint8_t *key, unsigned int keys)
{
	DES_cblock k;

	for (unsigned int i = 0; i < keys; i++) {
		memcpy(k, key + 8 * i, sizeof(k));
		DES_set_key_unchecked(&k, &c->ks[i]);	/* weak keys are legal */
	}
}

bool vc_cipher_start(struct vc_cipher *c, const struct vc_command *cmd, bool encrypt,
		     const uint8_t *key, const uint8_t *iv)
{
	c->alg = cmd->alg;
	c->mode = cmd->mode;
	c->encrypt = encrypt;
	c->block = cmd->iv_bytes;
	if (c->alg <= VC_AES256)
		return EVP_CipherInit_ex2(c->ctx[c->alg][c->mode][encrypt], NULL, key, iv,
					  encrypt, NULL);
	vc_des_key(c, key, c->alg == VC_DES ? 1 : 3);
	memcpy(c->iv, iv, 8);
	return true;
}

static void vc_des_ecb(struct vc_cipher *c, const uint8_t *in, uint8_t *out,
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

static void vc_des1(struct vc_cipher *c, const uint8_t *in, uint8_t *out,
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

static void vc_des3(struct vc_cipher *c, const uint8_t *in, uint8_t *out,
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

/*
 * len: whole blocks, except for the last call of a CFB or OFB command. out is
 * in, or does not overlap it.
 */
void vc_cipher_run(struct vc_cipher *c, const uint8_t *in, uint8_t *out,
		   unsigned int len)
{
	int n;

	if (c->alg <= VC_AES256)
		EVP_CipherUpdate(c->ctx[c->alg][c->mode][c->encrypt], out, &n, in, len);
	else if (c->mode == VC_ECB)
		vc_des_ecb(c, in, out, len);
	else if (c->alg == VC_DES)
		vc_des1(c, in, out, len);
	else
		vc_des3(c, in, out, len);
}

/* The chaining value after the blocks seen so far. */
void vc_cipher_iv(struct vc_cipher *c, uint8_t iv[16])
{
	if (c->alg <= VC_AES256)
		EVP_CIPHER_CTX_get_updated_iv(c->ctx[c->alg][c->mode][c->encrypt], iv, 16);
	else
		memcpy(iv, c->iv, 8);
}
