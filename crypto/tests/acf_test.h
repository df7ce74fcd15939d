/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of acf_test.ko share. */
#ifndef ACF_TEST_H
#define ACF_TEST_H

#include <crypto/skcipher.h>
#include <linux/prandom.h>

#include "acf_test_layout.h"

#define REF_MAX_BLOCK	16

enum ref_mode { REF_ECB, REF_CBC, REF_CFB, REF_OFB };

struct ref {
	struct crypto_sync_skcipher *ecb;
	enum ref_mode mode;
	unsigned int block_bytes;
	u8 block[REF_MAX_BLOCK];	/* scratch that a scatterlist may name */
};

int ref_init(struct ref *ref, const char *mode, const char *cipher);
int ref_setkey(struct ref *ref, const u8 *key, unsigned int bytes);
/* In place; iv is left as the value that continues the stream. */
int ref_crypt(struct ref *ref, u8 *data, unsigned int len, u8 *iv, bool decrypt);
void ref_exit(struct ref *ref);

/* One algorithm under test, with its reference and the random state of the run. */
struct subject {
	const char *mode;
	const char *cipher;
	unsigned int key_bytes;
	struct crypto_skcipher *tfm;
	struct ref ref;
	struct rnd_state rnd;
	u8 key[32];
	struct area *src;
	struct area *dst;
	u8 *data;	/* LAYOUT_BYTES of scratch */
	char why[128];	/* of the failure */
};

static inline bool subject_is_stream(const struct subject *s)
{
	return s->ref.mode == REF_CFB || s->ref.mode == REF_OFB;
}

/* acf_test_shapes.c: 0 or negative with s->why filled. */
int shapes_surplus(struct subject *s);
int shapes_alignment(struct subject *s);
int shapes_guards(struct subject *s);
int shapes_lists(struct subject *s);
int shapes_in_place(struct subject *s);
int shapes_lengths(struct subject *s);
int shapes_keys(struct subject *s);

/* acf_test_flood.c */
int flood_one_transform(struct subject *s);
int flood_no_backlog(struct subject *s);
int flood_rekey(struct subject *s);

#endif
