// SPDX-License-Identifier: BSD-2-Clause
/*
 * The MAC engine on libcrypto: SHA-1 and MD5, plain or as HMAC. docs/reference/hifn795x.md 4.3.
 */
#include "../../../drivers/hifn_desc.h"
#include "mac.h"

const char *vc_mac_init(struct vc_mac *m)
{
	m->md[0] = EVP_MD_fetch(NULL, "SHA1", NULL);
	m->md[1] = EVP_MD_fetch(NULL, "MD5", NULL);
	m->ctx = EVP_MD_CTX_new();
	return m->md[0] && m->md[1] && m->ctx ? NULL : "SHA1 or MD5";
}

void vc_mac_free(struct vc_mac *m)
{
	EVP_MD_CTX_free(m->ctx);
	EVP_MD_free(m->md[0]);
	EVP_MD_free(m->md[1]);
}

/* A hash over the key padded to one block and xored with pad: HMAC's first block. */
static void begin(struct vc_mac *m, bool md5, const uint8_t *key, uint8_t pad)
{
	uint8_t block[HIFN_MAC_KEY_BYTES];

	EVP_DigestInit_ex2(m->ctx, m->md[md5], NULL);
	if (!key)
		return;
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = key[i] ^ pad;
	EVP_DigestUpdate(m->ctx, block, sizeof(block));
	OPENSSL_cleanse(block, sizeof(block));
}

void vc_mac_start(struct vc_mac *m, bool md5, const uint8_t *key)
{
	begin(m, md5, key, 0x36);
}

void vc_mac_feed(struct vc_mac *m, const void *buf, uint32_t len)
{
	EVP_DigestUpdate(m->ctx, buf, len);
}

void vc_mac_finish(struct vc_mac *m, bool md5, const uint8_t *key, uint8_t *digest)
{
	unsigned int n = 0;

	EVP_DigestFinal_ex(m->ctx, digest, &n);
	if (!key)
		return;
	begin(m, md5, key, 0x5c);
	EVP_DigestUpdate(m->ctx, digest, n);
	EVP_DigestFinal_ex(m->ctx, digest, &n);
}
