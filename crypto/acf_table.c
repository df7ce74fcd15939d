// SPDX-License-Identifier: GPL-2.0
/* The algorithms acf offers: one row each, constant. */
#include <crypto/aes.h>
#include <crypto/internal/des.h>
#include <crypto/md5.h>
#include <crypto/sha1.h>
#include <linux/build_bug.h>

#include "acf_internal.h"

/* value, which has to be most at most: all of it is constant. */
#define FITS(value, most)	((value) + BUILD_BUG_ON_ZERO((value) > (most)))

#define CIPHER(ID, CIPHER_, MODE, name_, driver, block_, iv, min, max)	\
	[ID] = {	\
		.id = ID, .kind = ACF_KIND_CIPHER, .name = name_, .driver_name = driver,	\
		.cipher = ACF_CIPHER_##CIPHER_, .mode = ACF_MODE_##MODE,	\
		.block = FITS(block_, ACF_MAX_BLOCK), .iv_bytes = FITS(iv, ACF_MAX_BLOCK),	\
		.min_key = min, .max_key = FITS(max, ACF_MAX_KEY),	\
	}
#define AES(MODE, lower, iv)	\
	CIPHER(ACF_##MODE##_AES, AES, MODE, lower "(aes)", lower "-aes-acf",	\
	       AES_BLOCK_SIZE, iv, AES_MIN_KEY_SIZE, AES_MAX_KEY_SIZE)
#define XTS_AES	\
	CIPHER(ACF_XTS_AES, AES, XTS, "xts(aes)", "xts-aes-acf", AES_BLOCK_SIZE,	\
	       AES_BLOCK_SIZE, 2 * AES_MIN_KEY_SIZE, 2 * AES_MAX_KEY_SIZE)
#define DES(MODE, lower, iv)	\
	CIPHER(ACF_##MODE##_DES, DES, MODE, lower "(des)", lower "-des-acf",	\
	       DES_BLOCK_SIZE, iv, DES_KEY_SIZE, DES_KEY_SIZE)
#define DES3(MODE, lower, iv)	\
	CIPHER(ACF_##MODE##_DES3, DES3_EDE, MODE, lower "(des3_ede)", lower "-des3_ede-acf",	\
	       DES3_EDE_BLOCK_SIZE, iv, DES3_EDE_KEY_SIZE, DES3_EDE_KEY_SIZE)

#define HASH(MAC, name_, driver, digest)	\
	[ACF_##MAC] = {	\
		.id = ACF_##MAC, .kind = ACF_KIND_HASH, .name = name_, .driver_name = driver,	\
		.mac = ACF_MAC_##MAC, .digest_bytes = FITS(digest, ACF_MAX_DIGEST), .block = 1,	\
	}

#define AUTHENC(HASH_, hash, digest, ID, CIPHER_, cipher_, block_, min, max)	\
	[ACF_AUTHENC_##HASH_##_##ID] = {	\
		.id = ACF_AUTHENC_##HASH_##_##ID, .kind = ACF_KIND_AEAD,	\
		.name = "authenc(hmac(" hash "),cbc(" cipher_ "))",	\
		.driver_name = "authenc-hmac-" hash "-cbc-" cipher_ "-acf",	\
		.cipher = ACF_CIPHER_##CIPHER_, .mode = ACF_MODE_CBC,	\
		.mac = ACF_MAC_HMAC_##HASH_, .digest_bytes = FITS(digest, ACF_MAX_DIGEST),	\
		.block = FITS(block_, ACF_MAX_BLOCK), .iv_bytes = block_,	\
		.min_key = min, .max_key = FITS(max, ACF_MAX_KEY),	\
	}
#define AUTHENC_ALL(HASH_, hash, digest)	\
	AUTHENC(HASH_, hash, digest, AES, AES, "aes", AES_BLOCK_SIZE,	\
		AES_MIN_KEY_SIZE, AES_MAX_KEY_SIZE),	\
	AUTHENC(HASH_, hash, digest, DES, DES, "des", DES_BLOCK_SIZE,	\
		DES_KEY_SIZE, DES_KEY_SIZE),	\
	AUTHENC(HASH_, hash, digest, DES3, DES3_EDE, "des3_ede", DES3_EDE_BLOCK_SIZE,	\
		DES3_EDE_KEY_SIZE, DES3_EDE_KEY_SIZE)

const struct acf_alg acf_algs[ACF_NR_ALGS] = {
	AES(ECB, "ecb", 0),
	AES(CBC, "cbc", AES_BLOCK_SIZE),
	AES(CFB, "cfb", AES_BLOCK_SIZE),
	AES(OFB, "ofb", AES_BLOCK_SIZE),
	XTS_AES,
	DES(ECB, "ecb", 0),
	DES(CBC, "cbc", DES_BLOCK_SIZE),
	DES(CFB, "cfb", DES_BLOCK_SIZE),
	DES(OFB, "ofb", DES_BLOCK_SIZE),
	DES3(ECB, "ecb", 0),
	DES3(CBC, "cbc", DES3_EDE_BLOCK_SIZE),
	DES3(CFB, "cfb", DES3_EDE_BLOCK_SIZE),
	DES3(OFB, "ofb", DES3_EDE_BLOCK_SIZE),
	HASH(MD5, "md5", "md5-acf", MD5_DIGEST_SIZE),
	HASH(SHA1, "sha1", "sha1-acf", SHA1_DIGEST_SIZE),
	HASH(HMAC_MD5, "hmac(md5)", "hmac-md5-acf", MD5_DIGEST_SIZE),
	HASH(HMAC_SHA1, "hmac(sha1)", "hmac-sha1-acf", SHA1_DIGEST_SIZE),
	AUTHENC_ALL(MD5, "md5", MD5_DIGEST_SIZE),
	AUTHENC_ALL(SHA1, "sha1", SHA1_DIGEST_SIZE),
};

/* Lengths are bytes of an acf_alg and of a key. */
static_assert(ACF_MAX_KEY <= U8_MAX && ACF_MAC_KEY <= U8_MAX);
static_assert(ACF_XTS_BLOCK == AES_BLOCK_SIZE);
static_assert(MD5_HMAC_BLOCK_SIZE == ACF_MAC_KEY && SHA1_BLOCK_SIZE == ACF_MAC_KEY,
	      "an HMAC key is padded to the block of each hash");
