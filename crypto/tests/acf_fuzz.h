/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of acf_fuzz.ko share: random requests to acf's algorithms, hundreds in
 * flight over many transforms and keys, each compared with the kernel's software.
 *
 * Request N of a seed is always the same request: transform, key, lengths, layout, data,
 * flags and submitting context are functions of seed and N alone, never of timing.
 */
#ifndef ACF_FUZZ_H
#define ACF_FUZZ_H

#include <crypto/aead.h>
#include <crypto/hash.h>
#include <crypto/skcipher.h>
#include <linux/interrupt.h>
#include <linux/llist.h>
#include <linux/prandom.h>
#include <linux/scatterlist.h>
#include <linux/timer.h>
#include <linux/wait.h>

#include "acf_test_compat.h"

#define FZ_ALGS		23
#define FZ_LANES_MAX	16
#define FZ_PIECES	12	/* scatterlist entries that hold data, at most */
#define FZ_MAX_IV	16
#define FZ_MAX_DIGEST	20
#define FZ_MAX_KEY	160	/* bytes of an authenc key with all its parts */
#define FZ_SIDE		24	/* guard bytes on both sides of an IV or a digest */
#define FZ_SIDE_FILL	0x5a
#define FZ_FILL		0xa7	/* a destination before anybody writes to it */

enum fz_kind { FZ_CIPHER, FZ_HASH, FZ_AEAD };
enum fz_mode { FZ_ECB, FZ_CBC, FZ_XTS, FZ_CFB, FZ_OFB };

struct fz_alg {
	const char *name;
	const char *driver;
	const char *cbc;	/* of the cipher, for CFB and OFB */
	const char *ecb;
	enum fz_kind kind;
	enum fz_mode mode;
	u8 key_bytes;		/* of the cipher; 0: any of AES, of XTS two of the same */
	u8 block;		/* of the cipher */
	u8 iv_bytes;
	u8 digest_bytes;
	bool keyed;
};

extern const struct fz_alg fz_algs[FZ_ALGS];

static inline bool fz_is_stream(const struct fz_alg *alg)
{
	return alg->kind == FZ_CIPHER && alg->mode >= FZ_CFB;
}

static inline bool fz_is_xts(const struct fz_alg *alg)
{
	return alg->kind == FZ_CIPHER && alg->mode == FZ_XTS;
}

/* Software takes a text of this length. */
static inline bool fz_takes(const struct fz_alg *alg, u32 len)
{
	return fz_is_stream(alg) || (fz_is_xts(alg) && len >= alg->block) ||
	       (!fz_is_xts(alg) && len % alg->block == 0);
}

/* acf_fuzz_main.c: module parameters, and what the run found. */
extern uint fz_seed;
extern bool fz_stop;
extern bool fz_callbacks;
extern bool fz_hostile;
extern bool fz_nomem;
extern bool fz_memory;
extern bool fz_fail_nth;
extern uint fz_wait_ms;

struct fz_totals {
	atomic_t requests;
	atomic_t keys;
	atomic_t inflight;
	atomic_t inflight_max;
	atomic_t async;
	atomic_t backlogged;
	atomic_t chained;	/* submitted from a completion */
	atomic_t softirq;	/* submitted from a tasklet or timer */
	atomic_t errors;	/* that software gives as well */
	atomic_t refused_keys;	/* the same */
	atomic_t nomem;		/* requests not made for want of memory */
	atomic_t starved;	/* submissions an allocation of which was made to fail */
	atomic_t lost;
};
extern struct fz_totals fz_totals;

__printf(3, 4) void fz_fail(const struct fz_alg *alg, u32 n, const char *fmt, ...);
void fz_count(const struct fz_alg *alg);
struct fz_window;
void fz_submission(const struct fz_alg *alg, u32 n, const struct fz_window *w, bool taken);

/* ---- acf_fuzz_plan.c ---- */

enum fz_from {
	FZ_FROM_THREAD,
	FZ_FROM_BH,		/* thread with bottom halves off */
	FZ_FROM_TASKLET,
	FZ_FROM_TIMER,
	FZ_FROM_CALLBACK,	/* the completion of an earlier request */
};

enum fz_place { FZ_APART, FZ_IN_PLACE, FZ_IN_PLACE_TWO_LISTS };
enum fz_forge { FZ_GENUINE, FZ_FORGE_AAD, FZ_FORGE_TEXT, FZ_FORGE_ICV };
enum fz_hash_way { FZ_DIGEST, FZ_FINUP, FZ_FINAL };
enum fz_align { FZ_ALIGN_64, FZ_ALIGN_4, FZ_ALIGN_ODD, FZ_ACROSS_PAGES };

/* How data lies in memory. */
struct fz_shape {
	u32 pieces;
	enum fz_align align;
	u32 surplus;	/* bytes the last entry is longer than needed */
	u32 extra;	/* whole entries after the last needed one */
	bool chained;
	bool shuffled;	/* pieces not in the order of their addresses */
	bool halves;	/* every piece takes two entries */
};

struct fz_plan {
	u32 n;
	u32 lane;
	u32 tfm;
	u32 key;	/* which of the transform's keys */
	u32 icv;	/* which of its ICV sizes */
	enum fz_from from;
	u32 flags;	/* of the crypto API */
	bool decrypt;
	u32 assoc;
	u32 len;	/* text without ICV, or message */
	bool runt;	/* decryption of less than an ICV */
	enum fz_forge forge;
	enum fz_place place;
	struct fz_shape src;
	struct fz_shape dst;
	u32 iv_off;	/* misalignment of IV or digest */
	enum fz_hash_way way;
	u32 reimport;	/* bit N: export and import before step N */
};

/* What all requests of a run have in common. */
struct fz_setup {
	u32 lanes;
	u32 tfms;		/* with changing keys; each belongs to one lane */
	u32 nr_algs;		/* that the filter left */
	const struct fz_alg *alg[FZ_ALGS];
};
extern struct fz_setup fz_setup;

/* A key as setkey() takes it, and a bad one to be tried first. */
struct fz_key {
	u8 blob[FZ_MAX_KEY];
	u32 bytes;
	u8 bad[FZ_MAX_KEY];
	u32 bad_bytes;
	bool try_bad;
	bool forbid_weak;	/* for the bad one */
};

u32 fz_below(struct rnd_state *rnd, u32 n);
void fz_rnd_init(struct rnd_state *rnd, u32 a, u32 b, u32 salt);
/* Transforms: tfms with changing keys, then one per algorithm that all lanes share, then
 * one per algorithm that never gets a key. */
const struct fz_alg *fz_tfm_alg(u32 tfm);
static inline bool fz_tfm_is_bare(u32 tfm)
{
	return tfm >= fz_setup.tfms + fz_setup.nr_algs;
}

static inline u32 fz_tfms_all(void)
{
	return fz_setup.tfms + 2 * fz_setup.nr_algs;
}

void fz_plan_request(struct fz_plan *plan, u32 n);
u32 fz_plan_authsize(u32 tfm, u32 icv);
/* acf_fuzz_key.c */
void fz_plan_key(struct fz_key *key, u32 tfm, u32 id);

/* ---- acf_fuzz_mem.c ---- */

/* Memory with pieces for data and guard bytes around them. */
struct fz_area {
	u8 *mem;
	u8 *image;	/* what mem has to look like */
	u32 bytes;
	u32 pieces;
	u32 nents;	/* entries a list over it has */
	struct { u32 off, len; } piece[FZ_PIECES];
	u32 extra_off;
	struct fz_shape shape;
};

struct fz_area *fz_area_alloc(const struct fz_shape *shape, u32 len, struct rnd_state *rnd);
void fz_area_free(struct fz_area *area);
/* A list over the area. */
struct scatterlist *fz_area_list(const struct fz_area *area, bool chained, bool halves);
void fz_area_put(const struct fz_area *area, u8 *base, const u8 *data, u32 len);
void fz_area_get(const struct fz_area *area, u8 *data, u32 len);
/* Offset of the first byte outside the pieces that is not as it was, or -1. */
int fz_area_guards(struct fz_area *area);
/* Offset of the first byte that is not as in the image, or -1. */
int fz_area_differs(const struct fz_area *area);
/* Records that tell whose memory bytes come from. */
void fz_tag(u8 *data, u32 len, u32 n, bool guard);
/* The foreign record in data, if any: true and *n, *guard. */
bool fz_find_foreign(const u8 *data, u32 len, u32 own, u32 *n, bool *guard);

/* ---- acf_fuzz_ref.c: the kernel's software, synchronous, on plain buffers ---- */

struct fz_ref {
	const struct fz_alg *alg;
	struct crypto_skcipher *cipher;		/* of CFB and OFB: CBC */
	struct crypto_skcipher *ecb;		/* CFB and OFB only */
	struct crypto_shash *hash;
	struct crypto_aead *aead;
	int bare_err;				/* without a key */
	u32 tfm;				/* whose key it has, */
	u32 key;				/* and which */
	bool keyed;
};

int fz_ref_init(struct fz_ref *ref, const struct fz_alg *alg);
void fz_ref_exit(struct fz_ref *ref);
int fz_ref_prepare(struct fz_ref *ref, const struct fz_plan *plan);
int fz_ref_setkey(struct fz_ref *ref, const u8 *key, u32 bytes, bool forbid_weak);
/* In place; iv is left as the value that continues the stream. */
int fz_ref_cipher(struct fz_ref *ref, u8 *data, u32 len, u8 *iv, bool decrypt);
int fz_ref_aead(struct fz_ref *ref, u8 *data, u32 assoc, u32 cryptlen, const u8 *iv,
		bool decrypt);
int fz_ref_hash(struct fz_ref *ref, const u8 *data, u32 len, u8 *out);

/* ---- acf_fuzz_tfm.c: transforms under test ---- */

struct fz_tfm {
	const struct fz_alg *alg;
	u32 id;
	union {
		struct crypto_skcipher *cipher;
		struct crypto_ahash *hash;
		struct crypto_aead *aead;
	};
	bool keyed;
	u32 key;
	u32 icv;
	atomic_t unsubmitted;	/* requests whose submission is still to come */
};

int fz_tfm_init(struct fz_tfm *tfm, u32 id);
void fz_tfm_exit(struct fz_tfm *tfm);
/* Key and ICV size a request is planned with; nobody submits to the transform meanwhile. */
int fz_tfm_prepare(struct fz_tfm *tfm, struct fz_ref *ref, const struct fz_plan *plan);
bool fz_tfm_is_prepared(const struct fz_tfm *tfm, const struct fz_plan *plan);

/* ---- acf_fuzz_req.c: one request ---- */

enum fz_state {
	FZ_IDLE,	/* between two steps, or not yet submitted */
	FZ_OUT,		/* with acf */
	FZ_DONE,
};

enum fz_fault {		/* bits of fz_req.faults */
	FZ_TWICE,
	FZ_SYNC_AND_CALLBACK,
	FZ_CONTEXT,
	FZ_NOTICE_AFTER,
	FZ_BUSY_UNASKED,
};

struct fz_req {
	struct fz_plan plan;
	struct fz_lane *lane;
	struct fz_tfm *tfm;
	union {
		struct skcipher_request *cipher;
		struct ahash_request *hash;
		struct aead_request *aead;
	};
	struct fz_area *src;
	struct fz_area *dst;		/* src itself if in place; NULL for hashes */
	struct scatterlist *src_sg;
	struct scatterlist *dst_sg;
	u32 src_len;
	u32 dst_len;
	u32 cryptlen;
	u32 authsize;
	u8 *data;			/* the source, in one run */
	u8 *want;			/* what the software makes of it */
	u8 *hash_state;			/* for export and import */
	u8 side[FZ_SIDE + 64 + FZ_SIDE];	/* IV or digest between guards */
	u8 want_iv[FZ_MAX_IV];
	u8 want_digest[FZ_MAX_DIGEST];
	int want_err;
	int err;
	u32 step;
	u32 depth;			/* of requests submitted from completions */
	atomic_t state;			/* enum fz_state */
	atomic_t holds;
	atomic_t busy;			/* -EBUSY answers */
	atomic_t notices;		/* -EINPROGRESS callbacks */
	unsigned long faults;
	bool starved;			/* an allocation of its submission was made to fail */
	spinlock_t lock;
	struct list_head children;	/* (lock) to be submitted on completion */
	struct list_head node;		/* children, or a submitter's queue */
	struct list_head out;		/* lane's list of requests not yet seen back */
	struct llist_node done;
};

struct fz_req *fz_req_build(struct fz_lane *lane, struct fz_tfm *tfm, struct fz_ref *ref,
			    const struct fz_plan *plan, crypto_completion_t done);
void fz_req_free(struct fz_req *req);
static inline u8 *fz_req_side(struct fz_req *req)
{
	return req->side + FZ_SIDE + req->plan.iv_off;
}

u32 fz_req_steps(const struct fz_req *req);
/* Offer one step to acf; what it answers. */
int fz_req_step(struct fz_req *req);

/* acf_fuzz_check.c */
void fz_check(struct fz_req *req);
/* The same request some time later: "done" has to have meant done. */
void fz_check_again(struct fz_req *req);

/* ---- acf_fuzz_run.c: lanes ---- */

struct fz_lane {
	u32 id;
	u32 inflight_max;
	u32 inflight;
	struct fz_ref ref[FZ_ALGS];
	struct fz_req *last;		/* youngest request not yet seen back */
	struct list_head built;		/* this and the next two: the lane thread's only */
	struct list_head out;
	struct list_head grave;
	u32 graves;
	struct llist_head done;
	wait_queue_head_t wait;
	spinlock_t lock;
	struct list_head for_tasklet;	/* (lock) */
	struct list_head for_timer;	/* (lock) */
	struct tasklet_struct tasklet;
	struct timer_list timer;
	struct completion finished;
	bool stuck;			/* requests were lost: nothing may be freed */
};

struct fz_lane *fz_lane_alloc(u32 id, u32 inflight);
void fz_lane_free(struct fz_lane *lane);
/* Requests first, first + lanes, ... below end, until the deadline. */
void fz_lane_run(struct fz_lane *lane, struct fz_tfm *tfms, u32 first, u32 end,
		 unsigned long deadline);
/* acf_fuzz_submit.c: hand the request to its submitter. */
void fz_submit(struct fz_req *req);
void fz_done(test_cb_arg arg, int err);
void fz_submitters_init(struct fz_lane *lane);
void fz_submitters_stop(struct fz_lane *lane);

#endif
