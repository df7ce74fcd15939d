/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * XTS as IEEE Std 1619 spells it, over libcrypto's ECB: for key sizes that libcrypto's own
 * lacks, and to be compared with it where it does not.
 */
#ifndef TESTVEC_XTS_H
#define TESTVEC_XTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One data unit of 16 bytes or more; in and out may be the same. False if libcrypto refuses
 * the key, or the text is too short.
 */
bool xts_by_hand(bool encrypt, const uint8_t *key, unsigned int key_bytes, const uint8_t *iv,
		 const uint8_t *in, uint8_t *out, size_t bytes);

#endif
