/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of acf.ko share with each other and with nobody else. */
#ifndef ACF_INTERNAL_H
#define ACF_INTERNAL_H

#include <crypto/internal/aead.h>
#include <crypto/internal/hash.h>
#include <crypto/internal/skcipher.h>
#include <linux/workqueue.h>

#include "acf.h"
#include "acf_compat.h"
#include "acf_share.h"
#include "acf_split.h"

/* acf_twin.c: the kernel's own implementation of an algorithm, synchronous. */
struct acf_twin {
	enum acf_kind kind;
	union {
		struct crypto_skcipher *cipher;
		struct crypto_ahash *hash;
		struct crypto_aead *aead;
		void *any;	/* NULL: none */
	};
	struct crypto_cipher *block;	/* its cipher alone, keyed like it; NULL: it has none */
};

int acf_twin_alloc(struct acf_twin *twin, const struct acf_alg *alg);
void acf_twin_free(struct acf_twin *twin);
/* 0: one can be had. */
int acf_twin_probe(const struct acf_alg *alg);
unsigned int acf_twin_reqsize(const struct acf_twin *twin);
int acf_twin_setkey(struct acf_twin *twin, const u8 *key, unsigned int bytes, u32 flags);
/* The text's key alone: what an engine has. */
int acf_twin_set_block_key(struct acf_twin *twin, const u8 *key, unsigned int bytes);

/*
 * A key and the CPU's keyed twin of the algorithm. Immutable once set: requests
 * that were accepted before a later setkey() keep the key they came with, also
 * when they end up on the CPU.
 */
struct acf_key {
	refcount_t refs;
	u8 bytes;			/* of raw, that an engine has */
	u8 raw[ACF_MAX_KEY];		/* the cipher's */
	u8 mac[ACF_MAC_KEY];		/* HMAC's, padded with zeroes */
	struct acf_xts_keys *xts;	/* NULL but for XTS */
	struct acf_twin twin;
	struct work_struct free_work;
};

/* acf_flow.c: completion in order of submission. */
struct acf_flow;

struct acf_turn {
	struct list_head node;
	struct acf_flow *flow;
	bool finished;
	int err;
	/* Bottom halves off, no lock held; the turn is the owner's again. */
	void (*complete)(struct acf_turn *turn, int err);
};

extern atomic64_t acf_flow_given_up;	/* times that a flow had too many to keep in order */

int acf_flows_init(void);
void acf_flows_exit(void);
struct acf_flow *acf_flow_alloc(void);
void acf_flow_put(struct acf_flow *flow);
/* Some request of the flow has joined, and its callback has not returned. */
bool acf_flow_busy(const struct acf_flow *flow);
/* Take a place in the flow, before the request is offered to anybody. */
void acf_flow_join(struct acf_flow *flow, struct acf_turn *turn);
/* Give the place up, result in hand: false when others wait; then finish it. */
bool acf_flow_leave(struct acf_turn *turn);
/* complete() is called once all earlier ones were; perhaps by another CPU. */
void acf_flow_finish(struct acf_turn *turn, int err);

/* acf_use.c: whose a transform is, and who did its requests. */
struct acf_use {
	struct list_head node;		/* (acf_uses_lock) */
	u64 id;
	const struct acf_alg *alg;
	enum acf_class class;
	pid_t pid;			/* of the process that made it, in the first namespace */
	char comm[TASK_COMM_LEN];
	u64 born_ns;			/* boot time */
	unsigned int key_bits;		/* 0: none yet, or a hash */
	atomic64_t card_requests;
	atomic64_t card_bytes;
	atomic64_t cpu_requests[ACF_NR_CPU_REASONS];
	atomic64_t cpu_bytes;
};

/* By and for who makes a transform of it: process context. */
void acf_use_begin(struct acf_use *use, const struct acf_alg *alg, enum acf_class class);
void acf_use_end(struct acf_use *use);
struct seq_file;
int acf_uses_show(struct seq_file *m, void *unused);

/* Context of a transform of any kind. */
struct acf_tfm {
	const struct acf_alg *alg;
	enum acf_class class;		/* of who made it */
	struct acf_key *key;		/* NULL before the first setkey() */
	struct acf_twin partial;	/* hashes: of states between init and final */
	unsigned int cpu_reqsize;	/* bytes the request context reserves for a twin */
	unsigned int authsize;		/* AEAD: bytes of the ICV */
	struct acf_flow *flow;
	struct acf_twin spare;		/* unkeyed twin for the next key; not the submitters' */
	struct acf_use use;
};
/* Submitters read the one while those who complete write the other. */
static_assert(offsetof(struct acf_tfm, use.card_requests) >=
	      offsetofend(struct acf_tfm, flow) + 64, "counters are in a cache line of their own");

/* acf_skcipher_xts.c: the two halves of a key of XTS, for single blocks by the CPU. */
struct acf_xts_keys {
	struct acf_aes text;
	struct acf_aes tweak;
};

/* May sleep: 0, -EINVAL, -ENOMEM. */
int acf_key_set_xts(struct acf_key *key, const u8 *raw, unsigned int bytes);
/* What a job has instead of an IV; any context. */
void acf_xts_first_tweak(const struct acf_key *key, u8 *tweak, const u8 *iv);
/* The key, of a length that job->alg takes, and the IV of a self-test's job, without key object. */
void acf_job_test_key(struct acf_job *job, const u8 *raw, unsigned int bytes, const u8 *iv);

struct acf_req;

/* What differs between ciphers, hashes and AEADs once a job is filled. */
struct acf_kind_ops {
	/*
	 * Do the request now, from its untouched source. may_sleep only in process context,
	 * where the request's own flag decides. 0, or what its maker has to hear.
	 */
	int (*cpu)(struct acf_req *rq, bool may_sleep);
	/* A card did the job: the rest, such as an IV or an ICV. Bottom halves off. */
	int (*finish)(struct acf_req *rq);
};

/* A request on its way, the first thing in the context of each kind's. acf_route.c */
struct acf_req {
	struct acf_job job;
	struct acf_turn turn;
	struct acf_flow *flow;			/* that it has joined, or NULL: no order to keep */
	struct crypto_async_request *base;
	const struct acf_kind_ops *ops;
	struct acf_use *use;			/* its transform's, which outlives it */
	struct acf_key *key;			/* holds a reference */
	const struct acf_engine *avoid;		/* to compare with, it may be gone; or NULL */
	int why;				/* the last card's answer, 0: none yet */
	u8 cards;				/* that did not do it */
	bool returned;				/* by one that had accepted it */
};

/* acf_main.c: module parameters */
extern unsigned int acf_queue_len;
extern unsigned int acf_flow_len;
extern int acf_aes_priority;
extern int acf_des_priority;

extern int acf_hash_priority;
/* For what has nobody's time to take. Unbound, with a thread of its own when memory is short. */
extern struct workqueue_struct *acf_wq;
/*
 * For what may wait for memory: registration. Not on acf_wq, whose one thread for when memory
 * is short must not wait for the memory that a job behind it would free.
 */
extern struct workqueue_struct *acf_register_wq;

/* acf_table.c */
extern const struct acf_alg acf_algs[ACF_NR_ALGS];

/* An algorithm as the crypto API holds it, and the row it was made of. */
struct acf_api {
	union {
		struct skcipher_alg cipher;
		struct ahash_alg hash;
		struct aead_alg aead;
	};
	const struct acf_alg *alg;
};

static inline bool acf_alg_is_xts(const struct acf_alg *alg)
{
	return alg->mode == ACF_MODE_XTS;
}

static inline bool acf_alg_is_hmac(const struct acf_alg *alg)
{
	return alg->mac == ACF_MAC_HMAC_MD5 || alg->mac == ACF_MAC_HMAC_SHA1;
}

/* acf_key.c */
int acf_tfm_init(struct acf_tfm *ctx, const struct acf_alg *alg);
void acf_tfm_exit(struct acf_tfm *ctx);
/*
 * A key object whose twin is keyed with @blob (NULL for keyless hashes); raw and mac
 * are the caller's to fill. ERR_PTR on failure. May sleep.
 */
struct acf_key *acf_key_create(struct acf_tfm *ctx, const u8 *blob, unsigned int bytes,
			       u32 flags);
int acf_key_set_mac(struct acf_key *key, const struct acf_alg *alg, const u8 *raw,
		    unsigned int bytes);
void acf_tfm_set_key(struct acf_tfm *ctx, struct acf_key *key);
static inline struct acf_key *acf_key_get(struct acf_key *key)
{
	refcount_inc(&key->refs);
	return key;
}
/* Any context but hard interrupt. */
void acf_key_put(struct acf_key *key);
int acf_keys_init(void);
void acf_keys_exit(void);

/* acf_route.c */
/* What is the same for all kinds; the rest of the job is the caller's to fill. */
void acf_req_init(struct acf_req *rq, struct acf_tfm *ctx, const struct acf_kind_ops *ops,
		  struct crypto_async_request *base);
/*
 * A filled request of @flow, whose lists were checked. !fits: no card can do such a job. What it
 * returns is for the submitter; the request is not the caller's any more.
 */
int acf_submit(struct acf_req *rq, struct acf_flow *flow, bool fits);
/* For acf_unit_cpu.c. */
void acf_route_on_cpu(struct acf_job *job);

/* Context of a cipher request. */
struct acf_cipher_req {
	struct acf_req rq;
	u8 src_tail[ACF_MAX_BLOCK];		/* last source block, for the output IV */
	u8 scratch[ACF_MAX_BLOCK];		/* one block for acf_stream_crypt() */
	struct skcipher_request cpu;		/* last: the twin's context follows */
};

/* acf_skcipher_xts.c: the end of a text, if stealing made one, after a card did the rest. */
void acf_xts_end(struct acf_cipher_req *cr);

/* acf_skcipher_cpu.c: run a request on the CPU now; updates req->iv. */
int acf_cipher_cpu(struct acf_cipher_req *cr, bool may_sleep);

/* acf_unit_cpu.c */
struct acf_cpu_count {
	atomic64_t requests[ACF_NR_CPU_REASONS];
	atomic64_t bytes;
};

extern struct acf_cpu_count acf_cpu_counts[ACF_NR_ALGS];
/* Count a request the CPU serves; why is what acf_dispatch() or the engine answered. */
void acf_cpu_count(const struct acf_job *job, struct acf_use *use, int why);
/* run() does a job, in process context. */
int acf_cpu_init(void (*run)(struct acf_job *job));
void acf_cpu_exit(void);
/* Have an idle job run later. Any context but hard interrupt. */
void acf_cpu_add(struct acf_job *job);

/* acf_skcipher.c, acf_hash.c, acf_aead.c: entry points for the crypto API */
void acf_skcipher_fill(struct skcipher_alg *sk);
void acf_hash_fill(struct ahash_alg *hash, bool keyed);
void acf_aead_fill(struct aead_alg *aead);

/* acf_queue.c: the jobs that wait for a card, whichever it will be */

/* Of one class. */
struct acf_line {
	struct list_head queue[ACF_NR_ALGS];	/* accepted, oldest first */
	struct acf_alg_set algs;	/* that have some there */
	struct list_head choosy;	/* those not every card with the algorithm may take */
	struct list_head backlog;	/* jobs whose submitter was told -EBUSY */
	unsigned int queued;		/* in all of these but backlog, and in engines' spaces */
	unsigned int waking;		/* jobs between backlog and queue */
	struct acf_share share;
};

/* All under its lock, which is taken inside an engine->lock. */
struct acf_queue {
	spinlock_t lock;
	struct acf_line line[ACF_NR_CLASSES];
	u64 seq;			/* of the next job */
	bool waiting;			/* somebody is in a line; a hint without the lock */
	unsigned int ready;		/* jobs in engines' spaces */
	u64 work_ns;			/* of all of them, estimated */
};

extern struct acf_queue acf_queue;

void acf_queue_init(void);
enum acf_class acf_class_of_caller(void);
/* Some submitter was told -EBUSY, and his job has not reached the queue yet. */
static inline bool acf_line_backlogged(const struct acf_line *line)
{
	return line->waking || !list_empty(&line->backlog);
}

/* After each change of a backlog; the others see to it themselves. */
void acf_queue_note(void);
/* In state QUEUED: at the end of its line; at its head, where it was. */
void acf_queue_add(struct acf_job *job);
void acf_queue_put_back(struct acf_job *job);
/* The same of a prepared one, in the engine's space. */
void acf_ready_add(struct acf_engine *engine, struct acf_job *job);
void acf_ready_put_back(struct acf_engine *engine, struct acf_job *job);
/* Out of wherever it waits. */
void acf_queue_del(struct acf_job *job);
/* The job whose turn it is among those that the engine may take, where it waits; or NULL. */
struct acf_job *acf_queue_next(struct acf_engine *engine);
/* There is one, those in the engine's own space aside, or a backlog. */
bool acf_queue_has_for(const struct acf_engine *engine);
/* One whose algorithm no card serves; or NULL. */
struct acf_job *acf_queue_stranded(enum acf_class class);
/* The job is refused, and has had its turn. */
void acf_queue_had_turn(const struct acf_job *job);

/* What is counted once a driver has the job, and nobody may look at it any more. */
struct acf_charge {
	enum acf_class class;
	bool waited;
	u32 len;
	u64 cost;
	s64 lag;
};

struct acf_charge acf_charge_of(const struct acf_job *job, bool waited);
/* Without the lock. */
void acf_queue_charge(const struct acf_charge *charge);

/* acf_latency.c: how long jobs take */
void acf_latency_init(struct acf_engine *engine);
/* The clock all of acf's times are of: monotonic ns. */
u64 acf_now(void);
/* What passed since then; 0 if the clock went back. */
u64 acf_passed(u64 since_ns);
void acf_latency_add(struct acf_latency *latency, u64 ns);

/* acf_policy.c: where requests go, by parameter; and what the CPU costs */
enum acf_policy {
	ACF_POLICY_AUTO,
	ACF_POLICY_OFFLOAD,
	ACF_POLICY_CARD,
	ACF_POLICY_CPU,
};

extern atomic64_t acf_why_counts[ACF_NR_ALGS][ACF_NR_SIZES][ACF_NR_WHYS];
int acf_policy_init(void);
enum acf_policy acf_policy_now(void);
/* 0: to a card; or why not, for acf_cpu_count(). */
int acf_policy_route(struct acf_job *job);
/* A card has given a request's job back. */
void acf_policy_done(const struct acf_job *job);
/* A submitter computes; has done so. */
void acf_cpu_begins(void);
void acf_cpu_ended(void);
const struct acf_cost *acf_cpu_cost_of(const struct acf_alg *alg, bool decrypt);
/* 0: this run is not measured. */
u64 acf_cpu_measure_begin(const struct acf_job *job);
void acf_cpu_measure_end(const struct acf_alg *alg, bool decrypt, u32 bytes, u64 began_ns);
/* False: none was given for a card. */
bool acf_card_seed(const struct acf_alg *alg, struct acf_cost *cost);
void acf_split_state(u32 *depth, u32 *computing);

/* acf_meter.c: what is known of a card. Any context but hard interrupt, unless it says so. */
int acf_meter_init(struct acf_engine *engine);
void acf_meter_exit(struct acf_engine *engine);
/* Estimated ns of a busy engine's time. */
u64 acf_meter_estimate(const struct acf_engine *engine, const struct acf_job *job);
/* The job goes to the engine; it was refused; it was given back. */
void acf_meter_add(struct acf_engine *engine, struct acf_job *job);
void acf_meter_cancel(struct acf_engine *engine, const struct acf_stay *stay);
void acf_meter_del(struct acf_engine *engine, const struct acf_job *job, bool ok, u64 took_ns);
/* Results have been seen, and will be given back; @again as in acf_load_batch(). */
void acf_meter_batch(struct acf_engine *engine, bool again);
/* The known answers were all right: begin with what they took. */
void acf_meter_known(struct acf_engine *engine);
/* The next submission is to be measured; it took so long. */
bool acf_meter_is_due(const struct acf_engine *engine);
void acf_meter_handled(struct acf_engine *engine, u32 bytes, s64 took_ns);
/* Estimated ns until the engine would be done with one more job. */
u64 acf_meter_finish(const struct acf_engine *engine, const struct acf_job *job);
/* The card's part of an offer. */
void acf_meter_offer(struct acf_engine *engine, const struct acf_job *job,
		     struct acf_offer *offer);
/* This CPU is going to compute for so long. */
void acf_meter_late(struct acf_engine *engine, u64 cpu_ns);
/* Since it was registered: the time it had jobs, and the most at a time. */
void acf_meter_busy(struct acf_engine *engine, u64 *busy_ns, u64 *depth_peak);
const struct acf_card_cost *acf_meter_cost(const struct acf_engine *engine, int id, bool decrypt);

/* acf_job.c */
void acf_job_init(struct acf_job *job);
/* False, with a warning: the job is in another state than @from, and not the caller's. */
bool acf_job_move(struct acf_job *job, enum acf_job_state from, enum acf_job_state to);

/* acf_cards.c: the engines there are */
extern struct mutex acf_engines_mutex;
extern struct list_head acf_engines;	/* writers: acf_engines_mutex; readers: RCU */
extern atomic_t acf_running;		/* engines in that state */

/* Who may take a job, of those with its algorithm. */
enum acf_reach {
	ACF_REACH_NONE,
	ACF_REACH_SOME,
	ACF_REACH_ALL,
};

/* Under rcu_read_lock(). */
enum acf_reach acf_cards_reach(const struct acf_job *job);
/*
 * The engine that would be done with the job first among those that may take it, or ERR_PTR:
 * -ENODEV none, -E2BIG none takes so much. One that has room is before one that has not, and a
 * paused one is the last. Under rcu_read_lock(), which also covers the use of the result.
 */
struct acf_engine *acf_engine_pick(const struct acf_job *job);
/* It is running, or paused and not for long. */
bool acf_engine_takes_requests(const struct acf_engine *engine);
/* And has the algorithm, of which no result was wrong. */
bool acf_engine_serves(const struct acf_engine *engine, const struct acf_alg *alg);
bool acf_engine_may_take(const struct acf_engine *engine, const struct acf_job *job);
/* It runs, and was not seen to be full since it last made room; the same of its space alone. */
bool acf_engine_has_room(const struct acf_engine *engine);
bool acf_engine_has_space(const struct acf_engine *engine);
/* Some card that runs serves the algorithm. */
bool acf_cards_serve(const struct acf_alg *alg);
/* What the best card would make of the job: the offer but for the CPU's part. False: none. */
bool acf_cards_offer(const struct acf_job *job, struct acf_offer *offer);
/* This CPU is going to compute for so long, and may be the one that sees cards' results. */
void acf_cards_late(u64 cpu_ns);
/* Jobs on cards, or waiting for one. */
u32 acf_cards_jobs(void);

/* acf_unit_card.c */
/*
 * Offer a job to all engines but @avoid. -EINPROGRESS: one has it, or it waits for one; done()
 * follows. -EBUSY: the same after one accepted(). Otherwise the job is the caller's again, and
 * job->engine tells who refused it: -EOPNOTSUPP not for this engine, -ENODEV gone meanwhile. NULL
 * there: -ENODEV no engine, -E2BIG none takes so much, -ENOSPC no room and the caller may not
 * wait.
 */
int acf_dispatch(struct acf_job *job, const struct acf_engine *avoid, bool may_wait);
/*
 * A job of a test, to the engine under test, past those who wait. Sleeps until there is room.
 * -EINPROGRESS: done() follows. -EOPNOTSUPP, -ENODEV as above; -ECANCELED: no room.
 */
int acf_engine_admit_test(struct acf_engine *engine, struct acf_job *job);
/* The driver's steps. Prepared in the engine's space; out of it; to the driver, under the lock. */
int acf_job_prepare(struct acf_engine *engine, struct acf_job *job);
void acf_job_unprepare(struct acf_engine *engine, struct acf_job *job);
int acf_job_start(struct acf_engine *engine, struct acf_job *job, enum acf_job_state was);
/* One that waits nowhere any more goes back to its maker. */
void acf_job_return(struct acf_job *job, enum acf_job_state was, int err);

/* acf_refill.c: out of the queue. Any context but hard interrupt, no lock held. */
void acf_refill_init(struct acf_engine *engine);
/* Start what waits and the engine may take; as much as is one caller's share, the rest later. */
void acf_refill(struct acf_engine *engine);
/*
 * Somebody waits now, or does again: for an engine that has room, or made some after it was seen
 * to have none and before he was to be seen? It is filled by acf_wq, in nobody's time.
 */
void acf_refill_any(void);
/* The same for one. Under rcu_read_lock(), or the engine is registered. */
void acf_refill_later(struct acf_engine *engine);
/* What waits in the engine's space waits for any. */
void acf_engine_unready(struct acf_engine *engine);
/* The same of a class, and what no engine does any more goes back to its makers. */
void acf_queue_spill(struct acf_engine *engine, enum acf_class class);
/* The engine has retired an algorithm: what waits is looked through, by acf_wq. */
void acf_engine_takes_less(struct acf_engine *engine);
/* The engine serves from now on, or again, and takes its part of what waits. */
void acf_engine_join(struct acf_engine *engine);

/* acf_state.c */
extern atomic64_t acf_stops;		/* engines that served and were stopped */
extern atomic64_t acf_busy_stops;	/* those with unfinished requests then */
/* May sleep: -ENOMEM; and what it needs until it is gone. */
int acf_engine_init(struct acf_engine *engine);
/* False: it was not in state @from. */
bool acf_engine_change(struct acf_engine *engine, enum acf_engine_state from,
		       enum acf_engine_state to);

/* acf_card.c */
/* What a self-test found wrong. */
struct acf_finding {
	const char *alg;
	const char *vector;		/* its name */
	bool decrypt;
	bool in_place;
	const char *why;
	const u8 *want;			/* bytes of both, around the first that differs; or NULL */
	const u8 *got;
	u32 bytes;
	u32 off;			/* of these in the result */
};

int acf_cards_init(void);
void acf_cards_exit(void);
/* All of these take NULL. Process context, sleep. */
void acf_card_finding(struct acf_card *card, const struct acf_finding *finding);
/* Its engine was tested: those of @asked that are in @passed did. */
void acf_card_tested(struct acf_card *card, const struct acf_alg_set *asked,
		     const struct acf_alg_set *passed);
/* The engine is one of acf's now; it is going to be the driver's alone again. */
void acf_card_attach(struct acf_card *card, struct acf_engine *engine);
void acf_card_detach(struct acf_card *card);
/* Any context, engine->lock held or not: those who look are told later that something changed. */
void acf_card_changed(struct acf_card *card);
/* By its manager: an engine of it is not started. */
bool acf_card_is_offline(const struct acf_card *card);

/* acf_card_sysfs.c */
extern const struct attribute_group *acf_card_groups[];

/* acf_engine.c: all that it serves once more, while requests wait. 0, -ENODEV, -EBUSY, -EIO. */
int acf_engine_selftest(struct acf_engine *engine);

/*
 * How long a test waits for so many jobs. The driver gives every one back before, this is the last
 * resort: what is not back by then is left to the hardware, and nothing of it is believed.
 */
#define ACF_PATIENCE_MS	10000

static inline u32 acf_patience_ms(const struct acf_engine *engine, u32 jobs)
{
	return ACF_PATIENCE_MS + jobs * engine->give_back_ms;
}

/*
 * acf_selftest.c: run the vectors of the algorithms ids. 0 and those that passed; -ENOMEM; -ENODEV:
 * the engine did not take them all, and they say nothing.
 */
int acf_selftest(struct acf_engine *engine, const struct acf_alg_set *ids,
		 struct acf_alg_set *passed);

/* acf_known.c: the jobs of acf_engine_resume(). 0, or -ENOMEM. */
int acf_known_alloc(struct acf_engine *engine);
void acf_known_free(struct acf_engine *engine);
/* 0, or as acf_engine_resume(). Sleeps, allocates nothing. */
int acf_known_run(struct acf_engine *engine);

/* acf_trust.c: what becomes of an algorithm by the results that it had */
/* What was compared before a reset is compared again. */
void acf_trust_anew(struct acf_engine *engine);
/* A result of it was not what it should be: both sides are copied, so that the next one tells. */
bool acf_trust_is_doubted(const struct acf_engine *engine, const struct acf_alg *alg);
/* One more was compared from end to end, and right; is it time for that? */
void acf_trust_compared(const struct acf_job *job);
bool acf_trust_wants_whole(const struct acf_job *job, unsigned int every);
/* private: nobody but the engine can have written to what was looked at. */
void acf_trust_right(const struct acf_job *job, bool private);
/* At which byte of the stream; by who is told by @private. */
void acf_trust_wrong(const struct acf_job *job, bool private, u32 at);

/* acf_register.c */
/* Register those of ids not yet registered and wait for the kernel's tests. */
void acf_algs_register(const struct acf_alg_set *ids);
void acf_algs_unregister(void);
/* The kernel's own tests of it are under way: they are to see the card. */
bool acf_alg_is_being_tested(const struct acf_alg *alg);

/* acf_debugfs.c */
struct dentry;
extern const char * const acf_class_names[ACF_NR_CLASSES];
extern const char * const acf_engine_states[];
extern const char * const acf_cpu_reasons[ACF_NR_CPU_REASONS];
extern const char * const acf_whys[ACF_NR_WHYS];
void acf_debugfs_init(void);
void acf_debugfs_exit(void);
/* acf_debugfs_cost.c */
void acf_debugfs_cost_init(struct dentry *dir);

#endif
