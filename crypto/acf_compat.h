/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the crypto API differs between the kernels acf is built for, 6.1 to 7.3. Each
 * bound was built on both sides of it: docs/reference/kernels.md.
 */
#ifndef ACF_COMPAT_H
#define ACF_COMPAT_H

#include <crypto/aes.h>
#include <linux/version.h>
#include <linux/workqueue.h>

/* The size of an exported state became a transform's own in 6.5. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#define acf_ahash_set_statesize(tfm, bytes)	crypto_ahash_set_statesize(tfm, bytes)
#else
#define acf_ahash_set_statesize(tfm, bytes)	((void)(tfm), (void)(bytes))
#endif

/* crypto_has_aead() came with 6.7. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
#define acf_has_aead(name)	crypto_has_aead(name, 0, 0)
#else
#define acf_has_aead(name)	crypto_has_alg(name, CRYPTO_ALG_TYPE_AEAD, CRYPTO_ALG_TYPE_MASK)
#endif

/* The name of a namespace is a string since 6.13. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define ACF_NS(name)	#name
#else
#define ACF_NS(name)	name
#endif

/* A tracepoint's string is read from __string() itself since 6.10. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define acf_assign_str(field, text)	__assign_str(field)
#else
#define acf_assign_str(field, text)	__assign_str(field, text)
#endif

/* The library's AES got a key type of its own in 7.0. Any context. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
struct acf_aes {
	struct aes_key key;
};

#define acf_aes_expand(aes, raw, bytes)	aes_preparekey(&(aes)->key, raw, bytes)
#else
struct acf_aes {
	struct crypto_aes_ctx key;
};

#define acf_aes_expand(aes, raw, bytes)	aes_expandkey(&(aes)->key, raw, bytes)
#endif

/* Later kernels want it said; before 6.17, it was what lacks WQ_UNBOUND. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
#define ACF_WQ_PERCPU	WQ_PERCPU
#else
#define ACF_WQ_PERCPU	0
#endif

#endif
