/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Repeatable random numbers: the state is the caller's, the order of draws behaviour.
 */
#ifndef VC_RANDOM_H
#define VC_RANDOM_H

#include <stdint.h>

/* splitmix64: short, and good enough for a stand-in. */
uint64_t vc_splitmix(uint64_t *state);

#endif
