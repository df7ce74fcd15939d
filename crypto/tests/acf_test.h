/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of acf_test.ko share. */
#ifndef ACF_TEST_H
#define ACF_TEST_H

#include <crypto/aead.h>
#include <crypto/hash.h>
#include <crypto/skcipher.h>
#include <linux/prandom.h>

#include "acf_test_layout.h"

#define REF_MAX_BLOCK	16

enum ref_mode { REF_ECB, REF_CBC, REF_CFB, REF_OFB, REF_XTS };

struct ref {
	struct crypto_sync_skcipher *ecb;
	struct crypto_sync_skcipher *tweak;	/* ECB with the second key; XTS only */
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
	u8 key[64];
	struct area *src;
	struct area *dst;
	u8 *data;	/* LAYOUT_BYTES of scratch */
	char why[128];	/* of the failure */
};

static inline bool subject_is_stream(const struct subject *s)
{
	return s->ref.mode == REF_CFB || s->ref.mode == REF_OFB;
}

/* Any length from one block on. */
static inline bool subject_steals(const struct subject *s)
{
	return s->ref.mode == REF_XTS;
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
int flood_one_cpu(struct subject *s);

extern uint test_rounds;	/* requests of each test of shapes; of a MAC's twice as many */
extern bool hostile;	/* floods take any data, and the CPU's, for right */
extern int test_cpu;	/* callbacks have to run there; -1: all on one, whichever */

/* A hash or an AEAD under test. */
struct mac_subject {
	struct crypto_aead *aead;
	struct crypto_aead *ref_aead;	/* the kernel's, synchronous */
	struct crypto_ahash *hash;
	struct crypto_ahash *ref_hash;
	unsigned int key_bytes;
	unsigned int mac_key_bytes;
	unsigned int authsize;
	unsigned int digest_bytes;
	unsigned int block;
	u8 key[32];
	u8 mac_key[80];
	struct rnd_state rnd;
	struct area *src;
	struct area *dst;
	u8 *data;	/* LAYOUT_BYTES of scratch each */
	u8 *data2;
	char why[160];
};

struct aead_shape {
	struct layout src;
	struct layout dst;
	unsigned int assoc;
	unsigned int text;
	bool decrypt;
	bool in_place;
	bool forge;	/* one bit of what is decrypted is wrong */
};

/* acf_test_aead.c */
int aead_setkey(struct mac_subject *s);
int aead_shapes(struct mac_subject *s);
int aead_odd(struct mac_subject *s);
int aead_forged(struct mac_subject *s);
int aead_authsizes(struct mac_subject *s);
int aead_keys(struct mac_subject *s);
int hash_messages(struct mac_subject *s);
int hash_oversize(struct mac_subject *s);

/* acf_test_order.c */
int aead_order(struct mac_subject *s);

/* acf_test_mac.c: all of these on every hash and AEAD. */
int run_macs(void);

/* acf_test_stress.c */
struct dentry;
void stress_debugfs(struct dentry *dir);

/* acf_test_main.c */
extern uint seed;
bool test_selected(const char *test);
bool alg_selected(const char *alg);
void report(const char *test, const char *alg, unsigned int bits, int err, const char *why);

#endif
