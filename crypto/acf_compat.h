/* SPDX-License-Identifier: GPL-2.0 */
/* The few places where the crypto API of 6.1, 6.12 and 7.2 differ for acf. */
#ifndef ACF_COMPAT_H
#define ACF_COMPAT_H

#include <linux/version.h>

/* The size of an exported state became a transform's own in 6.7. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
#define acf_ahash_set_statesize(tfm, bytes)	crypto_ahash_set_statesize(tfm, bytes)
#else
#define acf_ahash_set_statesize(tfm, bytes)	((void)(tfm), (void)(bytes))
#endif

/* 6.1 has no crypto_has_aead(). */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#define acf_has_aead(name)	crypto_has_aead(name, 0, 0)
#else
#define acf_has_aead(name)	crypto_has_alg(name, CRYPTO_ALG_TYPE_AEAD, CRYPTO_ALG_TYPE_MASK)
#endif

#endif
