/* SPDX-License-Identifier: GPL-2.0 */
/*
 * acf - async crypto framework: the contract between the framework and a
 * crypto engine (one card). An engine driver includes this file and nothing
 * else of acf.
 *
 * Life of an engine
 *   driver fills struct acf_engine, brings the hardware up (interrupt included)
 *   acf_engine_register()    self-tests, then requests begin to arrive
 *   acf_engine_stop()        no further publish(); what waited is for other engines
 *   driver finishes or fails every job it still holds (acf_job_done)
 *   acf_engine_start()       if the hardware works again: a short self-test, then
 *                            requests; stop and start as often as needed
 *   acf_engine_pause()       no further publish() of requests, but they wait: for a reset
 *   acf_engine_resume()      known answers, then requests
 *   acf_engine_unregister()  waits for the last reader; afterwards the driver
 *                            may free the engine
 *
 * Life of a job
 *   prepare() returned 0     it has space of the engine's; acf owns it still
 *   publish() returned 0     the driver owns the job and everything it points to
 *   acf_job_done()           ownership goes back, exactly once per job
 *
 * Locking: engine->lock (taken with bottom halves off) is the one lock of an
 * engine. The framework holds it over publish(); the driver takes it for its
 * ring accounting. Never call acf_job_done() or acf_engine_refill() under it.
 */
#ifndef ACF_H
#define ACF_H

/* Of acf and its drivers, which are one package; dkms.conf says the same. */
#define ACF_VERSION	"0.1"

#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/scatterlist.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "acf_load.h"
#include "acf_xts.h"

/* What jobs and keys have room for; acf_table.c checks every algorithm against them. */
#define ACF_MAX_KEY	64	/* bytes: two of AES-256 */
#define ACF_MAX_BLOCK	16	/* bytes: AES; also the largest IV */
#define ACF_MAC_KEY	64	/* bytes: an HMAC key is padded to one block of the hash */
#define ACF_MAX_DIGEST	20	/* bytes: SHA-1 */

#define ACF_WAIT_PREPARED	4	/* jobs that may wait for an engine in its own space */

/* Every algorithm acf offers. The values index the table in acf_table.c. */
enum acf_alg_id {
	ACF_ECB_AES,
	ACF_CBC_AES,
	ACF_CFB_AES,
	ACF_OFB_AES,
	ACF_XTS_AES,
	ACF_ECB_DES,
	ACF_CBC_DES,
	ACF_CFB_DES,
	ACF_OFB_DES,
	ACF_ECB_DES3,
	ACF_CBC_DES3,
	ACF_CFB_DES3,
	ACF_OFB_DES3,
	ACF_MD5,
	ACF_SHA1,
	ACF_HMAC_MD5,
	ACF_HMAC_SHA1,
	ACF_AUTHENC_MD5_AES,	/* authenc(hmac(md5),cbc(aes)), and so on */
	ACF_AUTHENC_MD5_DES,
	ACF_AUTHENC_MD5_DES3,
	ACF_AUTHENC_SHA1_AES,
	ACF_AUTHENC_SHA1_DES,
	ACF_AUTHENC_SHA1_DES3,
	ACF_NR_ALGS
};

/* A set of algorithms, however many there will be. */
struct acf_alg_set {
	DECLARE_BITMAP(bits, ACF_NR_ALGS);
};

enum acf_kind {
	ACF_KIND_CIPHER,	/* src to dst */
	ACF_KIND_HASH,		/* src to mac */
	ACF_KIND_AEAD,		/* src to dst and mac: encrypt-then-MAC, as ESP wants it */
};

enum acf_cipher {
	ACF_CIPHER_DES,
	ACF_CIPHER_DES3_EDE,
	ACF_CIPHER_AES,
};

enum acf_mode {
	ACF_MODE_ECB,
	ACF_MODE_CBC,
	ACF_MODE_CFB,	/* feedback width = block */
	ACF_MODE_OFB,
	/*
	 * Whole blocks, ECB between two acf_xts_xor() that begin with job->iv: for a driver that
	 * copies the text in and out. The second key, and stealing, are acf's.
	 */
	ACF_MODE_XTS,
};

enum acf_mac {
	ACF_MAC_NONE,
	ACF_MAC_MD5,
	ACF_MAC_SHA1,
	ACF_MAC_HMAC_MD5,
	ACF_MAC_HMAC_SHA1,
};

/* One row of the algorithm table: constant, shared by all engines. */
struct acf_alg {
	enum acf_alg_id id;
	enum acf_kind kind;
	const char *name;	/* crypto API name, e.g. "cbc(aes)" */
	const char *driver_name;	/* unique in /proc/crypto */
	enum acf_cipher cipher;	/* this and the next: not for hashes */
	enum acf_mode mode;
	enum acf_mac mac;	/* not for ciphers */
	u8 digest_bytes;	/* of the MAC in full */
	u8 block;		/* bytes of one cipher block; 1 for hashes */
	u8 iv_bytes;		/* 0 for ECB */
	u8 min_key;		/* bytes, of the cipher; both keys of XTS */
	u8 max_key;
};

/* Who holds a job. Only acf_job_move() changes it. */
enum acf_job_state {
	ACF_JOB_IDLE,		/* its maker; not yet accepted, or handed back */
	ACF_JOB_QUEUED,		/* the queue, for any engine, or prepared in the space of one */
	ACF_JOB_BACKLOGGED,	/* the backlog; the submitter waits for accepted() */
	ACF_JOB_ENGINE,		/* the engine driver */
	ACF_JOB_CPU,		/* queue of the CPU: a card had it and did not do it */
};

/*
 * Who made the transform a job belongs to. Jobs of the two wait in lines of their own,
 * which engines serve in turns: no number of users can keep the cards to themselves.
 */
enum acf_class {
	ACF_CLASS_SYSTEM,	/* kernel, or a process that may administer system or network */
	ACF_CLASS_USER,		/* anybody else, by AF_ALG for example */
	ACF_NR_CLASSES
};

struct acf_card;
struct acf_engine;
struct acf_known;
struct crypto_cipher;
struct device;

/*
 * One operation for an engine. Every field down to done() is constant from prepare() on, and
 * while the driver owns the job.
 */
struct acf_job {
	struct list_head node;		/* for the owner of the job */
	const struct acf_alg *alg;
	const u8 *key;			/* cipher's, of XTS the first; valid until acf_job_done() */
	u8 key_bytes;
	const u8 *mac_key;		/* HMAC's, ACF_MAC_KEY bytes; same */
	bool decrypt;
	bool bounce;			/* neither list for the hardware: both sides are copied */
	u8 iv[ACF_MAX_BLOCK];		/* alg->iv_bytes of it are used; of XTS the first tweak */
	/*
	 * Bytes of the stream. AEAD: assoc bytes that only the MAC sees, then the
	 * text; the MAC is over all of it, as it is enciphered. len - assoc > 0 and a
	 * multiple of alg->block, assoc a multiple of 4.
	 */
	u32 len;
	u32 assoc;			/* 0 but for AEAD */
	struct scatterlist *src;	/* at least len bytes; may be longer, chained */
	/* same; may be src or share its memory; NULL for hashes. AEAD: with assoc */
	struct scatterlist *dst;
	u8 mac[ACF_MAX_DIGEST];		/* the engine's output, acf_engine_mac_bytes() of it */
	u8 mac_need;			/* bytes of it that its maker wants; 0: no MAC */
	/*
	 * Called once, by acf_job_done(), bottom halves off, no lock held.
	 * err == 0: dst and mac hold the result; comparing a MAC is the maker's.
	 * err < 0: the engine could not do it; src is as it was, nothing writes to
	 * dst any more, and the job may run elsewhere. -ECANCELED: taken back undone,
	 * by a reset or the like, which says nothing about the engine's work; a
	 * self-test tries such a job again.
	 */
	void (*done)(struct acf_job *job, int err);
	void *prepared;			/* the driver's, from prepare() on; else NULL */
	/*
	 * acf's. accepted() tells a submitter that was told -EBUSY that its job has
	 * moved from the backlog to the queue: once, before done(), bottom halves off.
	 */
	void (*accepted)(struct acf_job *job);
	bool checked;			/* its result is, acf_job_believe() */
	struct crypto_cipher *block;	/* keyed as the job's cipher is; NULL: it has none */
	struct acf_stay stay;		/* what it is expected to cost the engine */
	u64 at_ns;			/* since when its holder has it: a queue, or the driver */
	/* who has it, or in whose space it waits; NULL while it waits for any */
	struct acf_engine *engine;
	const struct acf_engine *avoid;	/* not to be given to this one, perhaps gone; or NULL */
	enum acf_job_state state;
	enum acf_class class;
	bool choosy;			/* not every engine with its algorithm may take it */
	u64 seq;			/* the place in its line; acf_queue.c */
	s64 lag;			/* of its line when it began to wait */
};

/*
 * A job goes to an engine in two steps: prepare() does all that takes time, in space of the
 * engine's that is the job's alone, and publish() gives it to the hardware. None of these
 * may sleep or allocate.
 */
struct acf_engine_ops {
	/*
	 * False: this engine can never do the job (shape, length), and prepare() would say
	 * -EOPNOTSUPP. Looks at the job alone: any context, no lock.
	 */
	bool (*fits)(struct acf_engine *engine, const struct acf_job *job);
	/*
	 * Map, copy, encode. No lock held, in the submitter's context (process or softirq) or
	 * in that of acf_engine_refill(). What an engine has little of is claimed all or not
	 * at all.
	 *  0           job->prepared is set, not NULL; publish() or unprepare() follows
	 *  -EBUSY      no space now. Legal only while the engine holds jobs, or others than
	 *              the ACF_WAIT_PREPARED that may wait prepared are: their end,
	 *              publication or unprepare() makes room
	 *  -EOPNOTSUPP this engine cannot do this job (as above, for want of mappings, or
	 *              since it has no copies for job->bounce): it runs elsewhere
	 */
	int (*prepare)(struct acf_engine *engine, struct acf_job *job);
	/*
	 * Start a prepared job. engine->lock held: as little as can be.
	 *  0           the driver owns the job now, which may be done and gone already
	 *  -EBUSY      no room; it stays prepared. Promises a later acf_engine_refill(), so
	 *              it is legal only while the driver holds other jobs or is about to end
	 *              a reset
	 *  -ENODEV     the hardware is gone; it stays prepared, and unprepare() follows
	 */
	int (*publish)(struct acf_engine *engine, struct acf_job *job);
	/*
	 * Undo prepare(): the source is as it was. No lock held. The caller refills. May come
	 * some time after acf_engine_stop(), from those who were preparing meanwhile; before
	 * acf_engine_unregister() returns all are done.
	 */
	void (*unprepare)(struct acf_engine *engine, struct acf_job *job);
	/*
	 * Out of service in good order, by the system's manager, and into it again:
	 * acf_engine_stop() and acf_engine_start() with what the hardware needs. NULL: cannot be
	 * asked. Process context, sleeps; the lock of the card's device is held, and it is bound.
	 * 0 or an error.
	 */
	int (*online)(struct acf_engine *engine, bool online);
};

enum acf_engine_state {
	ACF_ENGINE_STOPPED,	/* publish() is not called */
	ACF_ENGINE_TESTING,	/* takes self-test jobs only */
	ACF_ENGINE_PAUSED,	/* the same; requests wait, if no other engine takes them */
	ACF_ENGINE_RUNNING,	/* takes requests */
};

/* Why a request ran on the CPU. Names in acf_debugfs.c. */
enum acf_cpu_reason {
	ACF_CPU_NO_ENGINE,	/* no running engine serves the algorithm */
	ACF_CPU_SHAPE,		/* engine said -EOPNOTSUPP, or partial last block */
	ACF_CPU_FULL,		/* queue full and the caller may not wait */
	ACF_CPU_FAILED,		/* engine failed the job; redone here */
	ACF_CPU_TOO_LONG,	/* or its MAC, for every running engine that serves the algorithm */
	ACF_CPU_WAITED_FOR,	/* by who keeps bottom halves off, perhaps in our callback */
	ACF_CPU_CHEAPER,	/* by what was measured */
	ACF_CPU_POLICY,		/* no card is to be used */
	ACF_NR_CPU_REASONS
};

/* What is known of an engine's results: acf_check.c, acf_trust.c. */
#define ACF_CHECK_FIRST		16	/* of a shape are compared from end to end */
#define ACF_CHECK_SHAPES	16	/* lengths by their power of two */
#define ACF_DOUBT_RESULTS	1024	/* right ones, by copies, that end a doubt */

struct acf_trust {
	u8 whole[ACF_NR_ALGS][2][ACF_CHECK_SHAPES];	/* by direction and length: so many were */
	atomic_t since[ACF_NR_ALGS];	/* results handed out since the last one that was */
	atomic_t doubt[ACF_NR_ALGS];	/* so many right ones are wanting */
	atomic_t turn;
	atomic64_t compared;		/* from end to end */
	atomic64_t doubtful;		/* that the owner of a list may have made wrong */
	atomic64_t wrong;		/* that only the card can have */
	struct acf_alg_set retired;	/* had a wrong one */
};

/* Times by their power of two: step n is below 2^(ACF_STEP_SHIFT + n) ns, the last one is open. */
#define ACF_STEP_SHIFT	8
#define ACF_NR_STEPS	24

struct acf_latency {
	atomic64_t step[ACF_NR_STEPS];	/* jobs */
};

struct acf_engine {
	/* set by the driver before acf_engine_register(), constant after */
	const char *name;		/* unique, e.g. "hifn0"; for messages */
	const struct acf_engine_ops *ops;
	struct acf_alg_set caps;	/* what the hardware can do */
	struct acf_alg_set required;	/* of caps, tested first: refused if each of them fails */
	u32 min_len;			/* bytes of one job of its self-test, at least; */
	u32 max_len;			/* and at most; this is also for requests */
	u32 give_back_ms;		/* after which the driver gives a job back that hangs, or 0 */
	/* bytes of the short form of an AEAD's MAC, tried where the full one fails; 0: has none */
	u8 short_mac;
	struct acf_card *card;		/* its place in sysfs, held by the driver; or NULL */

	/*
	 * acf's from here on; tag: (l) engine->lock, (q) the queue's lock,
	 * (c) constant while registered
	 */
	spinlock_t lock;
	enum acf_engine_state state;	/* (l) */
	struct acf_alg_set serves;	/* (c) caps that passed their self-test */
	struct acf_alg_set shortened;	/* (c) of these, whose MACs have short_mac bytes */
	struct list_head ready[ACF_NR_CLASSES];	/* (q) jobs that wait prepared, in its space */
	unsigned int nr_ready;		/* (q) */
	bool spills;			/* it writes further than it is told: all is copied */
	bool starting;			/* (l) one who waited is on his way to the driver */
	unsigned int stops;		/* (l) */
	struct work_struct refill;	/* goes on with what a budget left */
	atomic_t takes_less;		/* (refill) one more algorithm of it is retired */
	atomic_t rooms;			/* times that there may have been room in its rings; */
	atomic_t spaces;		/* space to prepare a job */
	unsigned int full_at;		/* rooms when there was seen to be none; */
	unsigned int cramped_at;	/* spaces */
	bool spilled;			/* (l) paused for too long: nobody waits for it */
	struct delayed_work spill;
	struct acf_trust trust;
	struct acf_known *known;	/* what it has to do right before it serves */
	struct mutex resuming;		/* one at a time asks for that after a pause */
	atomic_long_t outstanding;	/* bytes of the jobs that the driver has */
	spinlock_t load_lock;		/* innermost: this and the next six */
	struct acf_load load;
	u64 work_ns[ACF_NR_ALGS];	/* that jobs well done were expected to take it */
	struct acf_costs *costs;	/* NULL: not registered */
	struct acf_cost handling;	/* CPU time to hand a job over and to take it back */
	unsigned int handled;		/* jobs handed over */
	int harvest_cpu;		/* where results were seen last, or -1 */
	struct list_head node;		/* (acf_engines_mutex, RCU) */
	atomic64_t done_ok[ACF_NR_ALGS];	/* jobs */
	atomic64_t done_bytes[ACF_NR_ALGS];
	atomic64_t done_err[ACF_NR_ALGS];
	struct acf_latency wait[ACF_NR_CLASSES];	/* from admission to the driver */
	struct acf_latency took[ACF_NR_ALGS];	/* from there until it was given back */
};

/* What an engine writes to job->mac of jobs of alg. */
static inline unsigned int acf_engine_mac_bytes(const struct acf_engine *engine,
						const struct acf_alg *alg)
{
	return test_bit(alg->id, engine->shortened.bits) ? engine->short_mac : alg->digest_bytes;
}

/*
 * Test and enter an engine. Process context, sleeps; the hardware must be fully
 * working. Prints one line per algorithm. 0, or -EIO when each algorithm in
 * engine->required failed, -ENODEV when the driver stopped it under the test, -ENOMEM.
 * On failure the engine is stopped and not entered, and the driver must still
 * have no job when it frees.
 */
int acf_engine_register(struct acf_engine *engine);

/*
 * No publish() is running or will be called once this returns. What waits goes on waiting
 * for the other engines; what none of them does goes to the CPU, which works on it after
 * this has returned. Any context but hard interrupt; may be called twice.
 */
void acf_engine_stop(struct acf_engine *engine);

/*
 * Take a registered engine that was stopped, and holds no job, into service again:
 * its required algorithms are tested once more (those that fail are retired), then requests
 * arrive. Process context, sleeps; the hardware must be fully working. 0, -EIO when a test failed,
 * -ENODEV when the driver stopped it meanwhile, -ENOMEM; on failure it is stopped.
 */
int acf_engine_start(struct acf_engine *engine);

/*
 * A running engine is about to be reset: requests are for the other engines; what none of them
 * does waits, for pause_ms at most, and then goes to the CPU until the engine is resumed. Any
 * context but hard interrupt; may be called twice.
 */
void acf_engine_pause(struct acf_engine *engine);

/*
 * It works again, as far as the driver knows: eight known answers at once, then requests. Process
 * context, sleeps, allocates nothing; not where it would hold up who gives jobs back.
 * 0, also when it was not paused; -ECANCELED when jobs came back undone or failed: it is still
 * paused, and the driver resets it again; -EIO when an answer was wrong: still paused, to be
 * stopped; -ENODEV when it was stopped meanwhile.
 */
int acf_engine_resume(struct acf_engine *engine);

/*
 * Take a stopped engine, whose jobs are all done, off the list. Process context,
 * sleeps. Registered algorithms stay and are served elsewhere.
 */
void acf_engine_unregister(struct acf_engine *engine);

/* Copy bytes of one side of a job, from offset off of its stream on; of XTS between the tweaks. */
typedef void acf_copy_read(void *from, u32 off, void *buf, u32 bytes);

/*
 * What the hardware has read and written where that was the driver's own memory, to which nobody
 * else can have written. A side that is NULL was the job's list; of XTS dst is none.
 */
struct acf_copies {
	acf_copy_read *src;
	acf_copy_read *dst;
	void *from;
	u32 unwritten;	/* a piece of the destination that ends there was not written; or 0 */
};

/*
 * Is the result of a job believed that the hardware calls done? Asked once, before a job is given
 * back with 0, and before its result is copied over its source, if it is: false: the job is given
 * back with -EIO, its source being as it was. job->mac holds the MAC. @copies are read before this
 * returns. Process or softirq context, no lock held; takes a microsecond, sometimes as long as the
 * job takes the CPU.
 */
bool acf_job_believe(struct acf_job *job, const struct acf_copies *copies);

/*
 * Give a job back. err as in acf_job.done(). Process or softirq context, no lock
 * held; the job must not be touched afterwards.
 */
void acf_job_done(struct acf_job *job, int err);

/*
 * Results were seen, and the engine has room again: start jobs that wait, so many at a time,
 * wake backlogged submitters. Process or softirq context, no lock held; costs next to nothing
 * when nobody waits. Call it once for each batch of finished jobs, before their
 * acf_job_done(): from one to the next acf measures how quick the engine is. @again: you looked
 * once more because there had been some, so that these may have been there as well, and what is
 * between the two is your own time.
 */
void acf_engine_refill(struct acf_engine *engine, bool again);

/* The same where no results were seen: what a job had of the engine's space is free again. */
void acf_engine_room(struct acf_engine *engine);

/*
 * A card's place in /sys/class/acf, named as its device is: made before bring-up, and kept until
 * the device or acf goes, so that it tells why a card does not serve when no driver holds it.
 * docs/reference/abi.md. Process context, sleeps. NULL, which all others take, without memory, or
 * on a second kind of bus.
 */
struct acf_card *acf_card_get(struct device *dev);
void acf_card_put(struct acf_card *card);
/* The device goes: of one that is on no bus its driver says so. Its lock is not held. Sleeps. */
void acf_card_forget(struct device *dev);
/* Bring-up begins; the driver is gone again. Process context. */
void acf_card_starting(struct acf_card *card);
void acf_card_left(struct acf_card *card);
/*
 * Bring-up failed at @step, one word, or the card was given up: why, one line, and what its
 * registers said, "NAME VALUE" by spaces, or NULL. Process context, sleeps.
 */
void acf_card_failed(struct acf_card *card, const char *step, const char *why,
		     const char *registers);
/* The same, of a failure that acf has found, as acf_engine_register(): what its registers say. */
void acf_card_failed_with(struct acf_card *card, const char *registers);
/*
 * It is being reset: @reason one word, of a dozen at most in all; @alg that of the oldest job, or
 * NULL, and its bytes. Process context, sleeps.
 */
void acf_card_note_reset(struct acf_card *card, const char *reason, const char *registers,
			 const struct acf_alg *alg, u32 bytes);

#endif
