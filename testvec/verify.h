/* SPDX-License-Identifier: BSD-2-Clause */
/* Parts of the check of the vector files. */
#ifndef TESTVEC_VERIFY_H
#define TESTVEC_VERIFY_H

#include <stdbool.h>

#include "acf_vec.h"
#include "cipher.h"
#include "mac.h"

/* Keeps the reason for the report; always false. */
bool fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* One record by its kind; false with a reason kept. */
bool check_cipher(const struct acf_vec *v);
bool check_hash(const struct acf_vec *v);
bool check_aead(const struct acf_vec *v);

/* DES: odd parity, not weak, three different keys. */
bool check_des_key(const struct acf_vec *v);

/* pt to ct and back. */
bool check_directions(const struct cipher *c, const struct acf_vec *v);

#endif
