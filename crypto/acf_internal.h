/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of acf.ko share with each other and with nobody else. */
#ifndef ACF_INTERNAL_H
#define ACF_INTERNAL_H

#include <crypto/internal/skcipher.h>
#include <linux/workqueue.h>

#include "acf.h"

/*
 * A key and the CPU's keyed twin of the algorithm. Immutable once made: requests
 * that were accepted before a later setkey() keep the key they came with, also
 * when they end up on the CPU.
 */
struct acf_key {
	refcount_t refs;
	u8 bytes;
	u8 raw[ACF_MAX_KEY];
	struct crypto_skcipher *cpu;
	struct work_struct free_work;
};

/* Context of a transform. */
struct acf_tfm {
	const struct acf_alg *alg;
	struct acf_key *key;		/* NULL before the first setkey() */
	struct crypto_skcipher *spare;	/* unkeyed twin for the next setkey(), or NULL */
	unsigned int cpu_reqsize;	/* bytes the request context reserves for a twin */
};

/* Context of a request; everything it needs from submission to completion. */
struct acf_req {
	struct acf_job job;
	struct skcipher_request *req;
	struct acf_key *key;			/* holds a reference */
	u8 src_tail[ACF_MAX_BLOCK];		/* last source block, for the output IV */
	u8 scratch[ACF_MAX_BLOCK];		/* one block for acf_stream_crypt() */
	struct skcipher_request cpu;		/* last: the twin's context follows */
};

/* acf_main.c: module parameters */
extern unsigned int acf_queue_len;
extern int acf_aes_priority;
extern int acf_des_priority;

/* acf_algs.c */
extern const struct acf_alg acf_algs[ACF_NR_ALGS];
/* Register those of ids not yet registered and wait for the kernel's tests. */
void acf_algs_register(unsigned long ids);
void acf_algs_unregister(void);
const struct acf_alg *acf_alg_of(struct crypto_skcipher *tfm);

/* acf_key.c */
struct crypto_skcipher *acf_twin_alloc(const struct acf_alg *alg);
/* ERR_PTR on failure. Takes over tfm->spare when there is one. May sleep. */
struct acf_key *acf_key_create(struct acf_tfm *tfm, const u8 *raw, unsigned int bytes,
			       u32 tfm_flags);
static inline struct acf_key *acf_key_get(struct acf_key *key)
{
	refcount_inc(&key->refs);
	return key;
}
/* Any context but hard interrupt. */
void acf_key_put(struct acf_key *key);
int acf_keys_init(void);
void acf_keys_exit(void);

/* acf_cpu.c: run a request on the CPU now; updates req->iv. may_sleep only in process context. */
int acf_cpu_crypt(struct acf_req *rq, bool may_sleep);

/* acf_skcipher.c */
int acf_skcipher_init(struct crypto_skcipher *tfm);
void acf_skcipher_exit(struct crypto_skcipher *tfm);
int acf_skcipher_setkey(struct crypto_skcipher *tfm, const u8 *key, unsigned int bytes);
int acf_skcipher_encrypt(struct skcipher_request *req);
int acf_skcipher_decrypt(struct skcipher_request *req);

/* acf_engine.c */
bool acf_job_move(struct acf_job *job, enum acf_job_state from, enum acf_job_state to);
/*
 * The engine with the least work among those that serve the algorithm, or NULL.
 * Under rcu_read_lock(), which also covers the use of the result.
 */
struct acf_engine *acf_engine_pick(const struct acf_alg *alg, u32 len);
/*
 * Offer a job. -EINPROGRESS: accepted, done() follows. -EBUSY: the same after one
 * accepted(). Otherwise the job is the caller's again: -ENOSPC no room and the
 * caller may not wait, -EOPNOTSUPP not for this engine, -ENODEV engine stopped.
 */
int acf_engine_admit(struct acf_engine *engine, struct acf_job *job, bool may_backlog);
extern struct mutex acf_engines_mutex;
extern struct list_head acf_engines;	/* writers: acf_engines_mutex; readers: RCU */

/* acf_selftest.c: run the vectors of every algorithm in engine->caps; the ids that passed. */
unsigned long acf_selftest(struct acf_engine *engine);

/* acf_debugfs.c */
void acf_count_cpu(const struct acf_alg *alg, enum acf_cpu_reason reason, u32 bytes);
void acf_debugfs_init(void);
void acf_debugfs_exit(void);

#endif
