/* SPDX-License-Identifier: BSD-2-Clause */
/* Parts of the generator of the vector files. */
#ifndef TESTVEC_GEN_H
#define TESTVEC_GEN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "acf_vec.h"
#include "cipher.h"
#include "mac.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

/* Bytes that depend on the state alone, which moves on. */
void draw(uint64_t *state, uint8_t *to, size_t bytes);
void set_parity(uint8_t *key, unsigned int bytes);

/* One record in the form of README.md, after an empty line. */
void put_record(FILE *f, const struct acf_vec *v);

/* The drawn records of one algorithm; false if libcrypto refuses one. */
bool put_cipher_records(FILE *f, const struct cipher *c, uint64_t *state);
bool put_mac_records(FILE *f, const struct mac *m, uint64_t *state);
bool put_authenc_records(FILE *f, const struct authenc *a, uint64_t *state);

#endif
