/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An engine without hardware, whose behaviour a script decides: acf's second user.
 * It does its work with the kernel's software, so that whatever it completes is
 * right unless the script says otherwise.
 */
#ifndef ACF_SCRIPT_ENGINE_H
#define ACF_SCRIPT_ENGINE_H

#include <crypto/hash.h>
#include <crypto/skcipher.h>
#include <linux/interrupt.h>
#include <linux/workqueue.h>

#include "../acf.h"

#define SCRIPT_SLOW_LEN	1008	/* bytes of a job that is slow to prepare */
#define SCRIPT_MAX_LEN	4096	/* bytes of a job, unless the test says less */

/* Who completes the jobs the engine holds. */
enum script_unit {
	SCRIPT_BY_HAND,	/* the test, by script_engine_complete() */
	SCRIPT_SOFTIRQ,	/* the submitter's CPU, before the submission returns */
	SCRIPT_WORKER,	/* another CPU, in process context */
	SCRIPT_AT_ONCE,	/* the same, before publish() returns: the job is gone then */
};

enum script_spoil {
	SCRIPT_RIGHT,
	SCRIPT_WRONG_TEXT,	/* in its first block, */
	SCRIPT_WRONG_MIDDLE,
	SCRIPT_WRONG_END,
	SCRIPT_CLEAR_TEXT,	/* passed on as it came */
	SCRIPT_WRONG_MAC,
	SCRIPT_NO_MAC,
	SCRIPT_CHANGED_SOURCE,	/* all is right, but meanwhile the source's owner has written to it */
	SCRIPT_OVERRUN,		/* one byte behind the output: only for self-tests' buffers */
	SCRIPT_SILENT,		/* the job is kept for ever */
};

struct script {
	enum script_unit unit;
	bool newest_first;	/* order within a batch of held jobs */
	unsigned int slots;	/* jobs held at once, 1 or more: others get -EBUSY */
	unsigned int spaces;	/* jobs prepared or held at once; 0: any number */
	unsigned int slow_us;	/* that preparing one of SCRIPT_SLOW_LEN takes, or until it is 0 */
	unsigned int refuse;	/* every n-th job offered gets -EOPNOTSUPP; 0: none */
	unsigned int most;	/* bytes of a job that fits; 0: any */
	unsigned int fail;	/* every n-th job is given back with -EIO; 0: none */
	unsigned int lose;	/* every n-th with -ECANCELED, undone; 0: none */
	unsigned int delay_us;	/* the worker's, before each batch */
	bool copies;		/* the source is copied, of jobs that do not ask for it too */
	unsigned int vanish;	/* at the n-th job offered the engine stops itself; 0: never */
	enum script_spoil spoil;
	enum acf_alg_id spoiled;	/* what it applies to */
};

#define SCRIPT_CIPHERS	3	/* enum acf_cipher */
#define SCRIPT_MODES	2	/* ECB, CBC */
#define SCRIPT_MACS	5	/* enum acf_mac; NONE stays empty */

/* The kernel's software, keyed anew for each job. */
struct script_software {
	spinlock_t lock;	/* everything here; bottom halves off */
	struct crypto_sync_skcipher *cipher[SCRIPT_CIPHERS][SCRIPT_MODES];
	struct crypto_shash *mac[SCRIPT_MACS];
	u8 *buf;		/* SCRIPT_MAX_LEN: the job's bytes */
	u8 *src;		/* the same, as they came */
};

struct script_engine {
	struct acf_engine engine;
	struct script script;		/* (engine.lock) */
	struct list_head held;		/* (engine.lock) */
	unsigned int nr_held;		/* (engine.lock) */
	unsigned int offered;		/* (engine.lock) jobs prepare() was called with */
	unsigned int prepared;		/* (engine.lock) of these: neither published nor given up */
	unsigned int unprepared;	/* (engine.lock) given up, ever */
	unsigned int served;		/* (software.lock) jobs worked on */
	unsigned int bounced;		/* (software.lock) of these: that had to be copied */
	unsigned int fits_bounced;	/* looked at for whether they fit: that had to be copied */
	/*
	 * Called at the next prepare(), once, no lock held; what it returns is the answer, if it
	 * is not 0. Whatever happens meanwhile finds the job nowhere.
	 */
	int (*on_prepare)(void *data);
	void *on_prepare_data;
	struct acf_job *kept;		/* (software.lock) by SCRIPT_SILENT */
	struct tasklet_struct tasklet;
	struct work_struct work;
	struct acf_job *at_once;	/* held by SCRIPT_AT_ONCE; NULL: done */
	struct work_struct at_once_work;
	struct work_struct vanish_work;
	struct script_software software;
	struct task_struct *watched;	/* whose stack is measured where prepare() is called; NULL: none */
	unsigned long stack_least;	/* (engine.lock) addresses there, since script_engine_watch() */
	unsigned long stack_most;
	unsigned int watched_jobs;	/* (engine.lock) offered by that task since then */
};

/* Everything the engine can do: all but CFB and OFB, which are in no kernel from 6.12 on. */
void script_caps(struct acf_alg_set *caps);

/* NULL without memory, or without the kernel's software. */
struct script_engine *script_engine_alloc(const char *name);
/* The engine is not registered, or is gone. */
void script_engine_free(struct script_engine *se);

/* From now on. Jobs already held stay with who had to complete them. */
void script_engine_play(struct script_engine *se, const struct script *script);

/* Register, the self-tests served as @script says. */
int script_engine_start(struct script_engine *se, const struct script *script);
/* acf_engine_stop(), and what is held fails with -EIO. */
void script_engine_stop(struct script_engine *se);
/* After that: it works again, acf_engine_start(), */
int script_engine_restart(struct script_engine *se, const struct script *script);
/* or stop it first if need be, and acf_engine_unregister(). */
void script_engine_vanish(struct script_engine *se);

/* Do and give back the @nth of the held jobs, the oldest being 0; err < 0: fail it. */
bool script_engine_complete(struct script_engine *se, unsigned int nth, int err);
unsigned int script_engine_held(struct script_engine *se);

/* From now on how deep in the caller's stack jobs are offered is noted; */
void script_engine_watch(struct script_engine *se);
/* bytes between the highest place and the deepest, and no longer. */
unsigned long script_engine_stack(struct script_engine *se);

#endif
