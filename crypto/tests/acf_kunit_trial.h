/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A trial is one request to acf by driver name, with the answer the kernel's software
 * gives, and a count of all that its callback was told.
 */
#ifndef ACF_KUNIT_TRIAL_H
#define ACF_KUNIT_TRIAL_H

#include <crypto/aead.h>
#include <crypto/hash.h>
#include <crypto/skcipher.h>
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/scatterlist.h>

#define TRIAL_ASSOC	16	/* bytes */
#define TRIAL_ICV	12
#define TRIAL_MAX	1024	/* bytes of text */
#define TRIAL_ROOM	(TRIAL_ASSOC + TRIAL_MAX + TRIAL_ICV)
#define TRIAL_TIMEOUT_MS	60000

enum trial_kind { TRIAL_CIPHER, TRIAL_AEAD, TRIAL_HASH };

/* A keyed transform of acf, and the software's. */
struct trial_tfm {
	enum trial_kind kind;
	union {
		struct crypto_skcipher *cipher;
		struct crypto_aead *aead;
		struct crypto_ahash *hash;
		void *any;
	} acf, soft;
	atomic_t finals;	/* of all its trials */
};

struct trial {
	struct trial_tfm *tfm;
	union {
		struct skcipher_request *cipher;
		struct aead_request *aead;
		struct ahash_request *hash;
		void *any;
	} req, soft;
	struct scatterlist sg;
	struct scatterlist soft_sg;
	u8 iv[16];
	u8 want_iv[16];
	u8 mac[20];
	u8 want_mac[20];
	u8 *mem;		/* TRIAL_ROOM each: the request's, in place */
	u8 *want;
	unsigned int bytes;	/* of the text */
	unsigned int total;	/* bytes of mem and want that count */
	bool decrypt;
	int ret;		/* what the submission answered */
	int err;		/* the outcome, by either way */
	int want_err;
	int place;		/* among the final callbacks of tfm, from 0 */
	void (*on_notice)(struct trial *t);	/* called from the backlog notification, or NULL */
	void (*on_final)(struct trial *t);	/* from the first final callback, or NULL */
	void *priv;				/* of these two */
	struct task_struct *by;			/* whose time the first final callback took */
	struct completion finished;
	atomic_t finals;	/* final callbacks */
	atomic_t notices;	/* -EINPROGRESS callbacks */
	atomic_t late;		/* notices behind a final */
	atomic_t bad_context;	/* callbacks with bottom halves on */
};

/* cbc(aes), authenc(hmac(sha1),cbc(aes)) and hmac(sha1); without a key, or with one. */
int trial_tfm_alloc(struct trial_tfm *tfm, enum trial_kind kind);
int trial_tfm_init(struct trial_tfm *tfm, enum trial_kind kind);
/* A key made of @seed, for both. */
int trial_tfm_setkey(struct trial_tfm *tfm, u8 seed);
/* The MAC's key and the cipher's, one behind the other in @raw. */
int trial_aead_setkey(struct crypto_aead *aead, const u8 *raw, unsigned int mac_key_bytes,
		      unsigned int key_bytes);
void trial_tfm_exit(struct trial_tfm *tfm);

int trial_alloc(struct trial *t, struct trial_tfm *tfm);
void trial_free(struct trial *t);
/* Random text of @bytes, and what has to come out of it with the present key. */
int trial_prepare(struct trial *t, unsigned int bytes, bool decrypt, u32 flags);
/* A bit of what is deciphered is wrong: -EBADMSG has to come out. AEAD only. */
void trial_forge(struct trial *t);
int trial_submit(struct trial *t);
static inline bool trial_is_async(const struct trial *t)
{
	return t->ret == -EINPROGRESS || t->ret == -EBUSY;
}
/* False when no final callback comes. */
bool trial_wait(struct trial *t);
/* What is wrong with a finished trial, or NULL. */
const char *trial_verdict(const struct trial *t);

#endif
