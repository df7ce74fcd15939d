/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The MAC engine, docs/reference/hifn795x.md 4.3: one digest at a time.
 */
#ifndef VC_MAC_H
#define VC_MAC_H

#include <stdbool.h>
#include <stdint.h>

#include <openssl/evp.h>

struct vc_mac {
	EVP_MD *md[2];		/* SHA-1, MD5 */
	EVP_MD_CTX *ctx;
};

/* NULL, or what libcrypto lacks. */
const char *vc_mac_init(struct vc_mac *m);
void vc_mac_free(struct vc_mac *m);

/* key: HIFN_MAC_KEY_BYTES for HMAC, or NULL for the plain hash. */
void vc_mac_start(struct vc_mac *m, bool md5, const uint8_t *key);
void vc_mac_feed(struct vc_mac *m, const void *buf, uint32_t len);
/* The same md5 and key; digest has room for HIFN_SHA1_BYTES. */
void vc_mac_finish(struct vc_mac *m, bool md5, const uint8_t *key, uint8_t *digest);

#endif
