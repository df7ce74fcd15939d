// SPDX-License-Identifier: BSD-2-Clause
/*
 * The MAC engine on libcrypto: SHA-1 and MD5, plain or as HMAC over a window
 * of the stream. docs/hifn795x.md 4.3.
 */
#include "../vc_int.h"

bool vc_mac_init(struct vcard *vc)
{
	struct vc_mac *m = &vc->mac;

	m->md[0] = EVP_MD_fetch(NULL, "SHA1", NULL);
	m->md[1] = EVP_MD_fetch(NULL, "MD5", NULL);
	m->ctx = EVP_MD_CTX_new();
	if (m->md[0] && m->md[1] && m->ctx)
		return true;
	vc_log(vc, "libcrypto has no SHA1 or MD5");
	return false;
}

void vc_mac_free(struct vcard *vc)
{
	EVP_MD_CTX_free(vc->mac.ctx);
	EVP_MD_free(vc->mac.md[0]);
	EVP_MD_free(vc->mac.md[1]);
}

/* A hash over the key padded to one block and xored with pad: HMAC's first block. */
static void vc_mac_begin(struct vcard *vc, uint8_t pad)
{
	uint8_t block[HIFN_MAC_KEY_BYTES];

	EVP_DigestInit_ex2(vc->mac.ctx, vc->mac.md[vc->pu.cmd.md5], NULL);
	if (!vc->pu.cmd.hmac)
		return;
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = vc->pu.cmd.mac_key[i] ^ pad;
	EVP_DigestUpdate(vc->mac.ctx, block, sizeof(block));
	OPENSSL_cleanse(block, sizeof(block));
}

void vc_mac_start(struct vcard *vc)
{
	vc_mac_begin(vc, 0x36);
}

/* Stream bytes [pos, pos + len): takes those inside the window. */
void vc_mac_feed(struct vcard *vc, uint32_t pos, const void *buf, uint32_t len)
{
	const struct vc_region *w = &vc->pu.cmd.mac;
	uint32_t from = max(pos, w->skip);
	uint32_t to = min(pos + len, w->skip + w->count);

	if (!w->on || from >= to)
		return;
	EVP_DigestUpdate(vc->mac.ctx, (const uint8_t *)buf + (from - pos), to - from);
	vc->pu.maced += to - from;
}

void vc_mac_finish(struct vcard *vc)
{
	struct vc_pu *pu = &vc->pu;
	unsigned int n = 0;

	EVP_DigestFinal_ex(vc->mac.ctx, pu->digest, &n);
	if (!pu->cmd.hmac)
		return;
	vc_mac_begin(vc, 0x5c);
	EVP_DigestUpdate(vc->mac.ctx, pu->digest, n);
	EVP_DigestFinal_ex(vc->mac.ctx, pu->digest, &n);
}
