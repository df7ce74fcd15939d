// SPDX-License-Identifier: BSD-2-Clause
/* Hashes, HMACs and their pairs with a cipher, by libcrypto. */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "mac.h"

#define HASH(hash, name, bytes, longest) \
	{ #hash, #hash, name, bytes, false, longest }, \
	{ "hmac(" #hash ")", "hmac_" #hash, name, bytes, true, longest }
#define AUTHENC(hash, cipher, file, longest) \
	{ "authenc(hmac(" #hash "),cbc(" #cipher "))", \
	  "authenc_" #hash "_" #file, \
	  "hmac(" #hash ")", "cbc(" #cipher ")", longest }

/* Long records cost a module that carries them memory: SHA-1 has them. */
const struct mac macs[] = {
	HASH(md5, "MD5", 16, 1500),
	HASH(sha1, "SHA1", 20, 4096),
};

const struct authenc authencs[] = {
	AUTHENC(md5, aes, aes, 384),
	AUTHENC(md5, des, des, 384),
	AUTHENC(md5, des3_ede, des3, 384),
	AUTHENC(sha1, aes, aes, 4096),
	AUTHENC(sha1, des, des, 1440),
	AUTHENC(sha1, des3_ede, des3, 1440),
};

const size_t nr_macs = sizeof(macs) / sizeof(macs[0]);
const size_t nr_authencs = sizeof(authencs) / sizeof(authencs[0]);

const struct mac *mac_find(const char *alg)
{
	size_t i;

	for (i = 0; i < nr_macs; i++)
		if (!strcmp(macs[i].alg, alg))
			return &macs[i];
	return NULL;
}

const struct authenc *authenc_find(const char *alg)
{
	size_t i;

	for (i = 0; i < nr_authencs; i++)
		if (!strcmp(authencs[i].alg, alg))
			return &authencs[i];
	return NULL;
}

bool mac_run(const struct mac *m, const uint8_t *key, unsigned int key_bytes,
	     const uint8_t *msg, size_t bytes, uint8_t *out)
{
	const EVP_MD *md = EVP_get_digestbyname(m->digest);
	uint8_t full[EVP_MAX_MD_SIZE];
	unsigned int done = 0;
	bool ok;

	if (!md)
		return false;
	if (m->keyed)
		ok = HMAC(md, key, (int)key_bytes, msg, bytes, full, &done);
	else
		ok = EVP_Digest(msg, bytes, full, &done, md, NULL);
	if (!ok || done != m->bytes)
		return false;
	memcpy(out, full, done);
	return true;
}

bool mac_of_aead(const struct mac *m, const struct acf_vec *v, uint8_t *out)
{
	static uint8_t whole[ACF_VEC_MAX_AAD + ACF_VEC_MAX_DATA];

	memcpy(whole, v->aad, v->aad_bytes);
	memcpy(whole + v->aad_bytes, v->ct, v->data_bytes);
	return mac_run(m, v->mackey, v->mackey_bytes, whole,
		       v->aad_bytes + v->data_bytes, out);
}
