/* SPDX-License-Identifier: GPL-2.0 */
/* The kinds of request acf_test_stress.c can make. */
#ifndef ACF_TEST_STRESS_H
#define ACF_TEST_STRESS_H

#include <linux/scatterlist.h>

#include "acf_test_compat.h"

#define STRESS_TEXT	1024
#define STRESS_ASSOC	8
#define STRESS_ICV	12
#define STRESS_BYTES	(STRESS_ASSOC + STRESS_TEXT + STRESS_ICV)

/* What one request is about. */
struct stress_call {
	struct scatterlist *src;
	struct scatterlist *dst;
	u8 *iv;
	u8 *digest;
	bool decrypt;
};

typedef void (*stress_cb)(test_cb_arg arg, int err);

/* An algorithm; transforms and requests are of its own types. */
struct stress_kind {
	const char *name;
	unsigned int assoc;
	unsigned int icv;
	unsigned int digest;
	void *(*open)(bool card);	/* keyed; card: ours, else the kernel's, synchronous */
	void (*close)(void *tfm);
	void *(*request)(void *tfm);
	void (*request_free)(void *req);
	int (*submit)(void *req, const struct stress_call *call, stress_cb done, void *arg);
};

const struct stress_kind *stress_kind(const char *name);

/* Bytes of the result behind the associated data. */
static inline unsigned int stress_out_bytes(const struct stress_kind *kind,
					    const struct stress_call *call)
{
	return kind->digest ?: STRESS_TEXT + (call->decrypt ? 0 : kind->icv);
}

#endif
