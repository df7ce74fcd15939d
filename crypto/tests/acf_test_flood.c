// SPDX-License-Identifier: GPL-2.0
/* Many requests in flight on one transform: return codes, notifications, data. */
#include <crypto/skcipher.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/slab.h>

#include "acf_test.h"
#include "acf_test_compat.h"

#define FLOOD		384
#define FLOOD_BYTES	512
#define TIMEOUT_MS	60000
#define LINGER_MS	100	/* how long a callback too many may take to show: it comes in softirq */

struct flood;

struct drop {
	struct flood *flood;
	struct skcipher_request *req;
	struct scatterlist sg;
	u8 iv[REF_MAX_BLOCK];
	u8 want_iv[REF_MAX_BLOCK];
	u8 *mem;
	u8 *want;
	bool decrypt;
	int ret;		/* of the submission */
	atomic_t counted;	/* 1 once flood->left was told */
	atomic_t finals;	/* final callbacks */
	atomic_t notices;	/* -EINPROGRESS callbacks */
	atomic_t late;		/* notices that came after a final */
	atomic_t bad_context;	/* callbacks outside softirq context */
	int err;
	int cpu;		/* of the final callback; -1: none came */
};

/* How the submissions were answered. */
struct answers {
	unsigned int sync;
	unsigned int accepted;
	unsigned int backlogged;
	int cpu;		/* of all final callbacks; -1: of several, or not all came */
};

struct flood {
	struct drop drop[FLOOD];
	atomic_t left;
	struct completion empty;
	struct answers answers;
};

static void flood_one_less(struct flood *flood)
{
	if (atomic_dec_and_test(&flood->left))
		complete(&flood->empty);
}

/* However often a faulty framework says so, a request ends once. */
static void drop_ended(struct drop *drop)
{
	if (!atomic_xchg(&drop->counted, 1))
		flood_one_less(drop->flood);
}

static void drop_done(test_cb_arg arg, int err)
{
	struct drop *drop = test_cb_data(arg);

	if (!in_softirq())
		atomic_inc(&drop->bad_context);
	if (err == -EINPROGRESS) {
		if (atomic_read(&drop->finals))
			atomic_inc(&drop->late);
		atomic_inc(&drop->notices);
		return;
	}
	drop->err = err;
	drop->cpu = smp_processor_id();
	atomic_inc(&drop->finals);
	drop_ended(drop);
}

static void flood_free(struct flood *flood)
{
	int i;

	for (i = 0; i < FLOOD; i++) {
		skcipher_request_free(flood->drop[i].req);
		kfree(flood->drop[i].mem);
		kfree(flood->drop[i].want);
	}
	kvfree(flood);
}

static int drop_init(struct drop *drop, struct subject *s, u32 flags)
{
	drop->req = skcipher_request_alloc(s->tfm, GFP_KERNEL);
	drop->mem = kmalloc(FLOOD_BYTES, GFP_KERNEL);
	drop->want = kmalloc(FLOOD_BYTES, GFP_KERNEL);
	if (!drop->req || !drop->mem || !drop->want)
		return -ENOMEM;
	prandom_bytes_state(&s->rnd, drop->mem, FLOOD_BYTES);
	prandom_bytes_state(&s->rnd, drop->iv, sizeof(drop->iv));
	memcpy(drop->want, drop->mem, FLOOD_BYTES);
	memcpy(drop->want_iv, drop->iv, sizeof(drop->iv));
	drop->decrypt = prandom_u32_state(&s->rnd) & 1;
	drop->cpu = -1;
	sg_init_one(&drop->sg, drop->mem, FLOOD_BYTES);
	skcipher_request_set_callback(drop->req, flags, drop_done, drop);
	skcipher_request_set_crypt(drop->req, &drop->sg, &drop->sg, FLOOD_BYTES, drop->iv);
	return ref_crypt(&s->ref, drop->want, FLOOD_BYTES, drop->want_iv, drop->decrypt);
}

static struct flood *flood_alloc(struct subject *s, u32 flags)
{
	struct flood *flood = kvzalloc(sizeof(*flood), GFP_KERNEL);
	int i;

	if (!flood)
		return NULL;
	atomic_set(&flood->left, FLOOD + 1);
	init_completion(&flood->empty);
	for (i = 0; i < FLOOD; i++) {
		flood->drop[i].flood = flood;
		if (drop_init(&flood->drop[i], s, flags)) {
			flood_free(flood);
			return NULL;
		}
	}
	return flood;
}

static void drop_submit(struct flood *flood, struct drop *drop)
{
	drop->ret = drop->decrypt ? crypto_skcipher_decrypt(drop->req) :
				    crypto_skcipher_encrypt(drop->req);
	switch (drop->ret) {
	case -EINPROGRESS:
		flood->answers.accepted++;
		break;
	case -EBUSY:
		flood->answers.backlogged++;
		break;
	default:
		flood->answers.sync++;
		drop->err = drop->ret;
		drop_ended(drop);
	}
}

/* What is wrong with one finished request, or NULL. */
static const char *drop_verdict(const struct drop *drop, const struct subject *s)
{
	bool async = drop->ret == -EINPROGRESS || drop->ret == -EBUSY;

	if (drop->err)
		return "failed";
	if (atomic_read(&drop->finals) != async)
		return "final callbacks";
	if (atomic_read(&drop->notices) != (drop->ret == -EBUSY))
		return "backlog notifications";
	if (atomic_read(&drop->late))
		return "notification after completion";
	if (atomic_read(&drop->bad_context))
		return "callback with bottom halves on";
	if (hostile)
		return NULL;
	if (memcmp(drop->mem, drop->want, FLOOD_BYTES))
		return "wrong data: completed before the work was done?";
	if (s->ref.mode != REF_ECB && memcmp(drop->iv, drop->want_iv, s->ref.block_bytes))
		return "wrong output IV";
	return NULL;
}

/* Data is looked at when the last callback has come: "done" must mean done. */
static int flood_check(struct flood *flood, struct subject *s)
{
	int i;

	for (i = 0; i < FLOOD; i++) {
		const char *why = drop_verdict(&flood->drop[i], s);

		if (!why)
			continue;
		snprintf(s->why, sizeof(s->why), "request %d of %d: %s (ret %d err %d)", i, FLOOD,
			 why, flood->drop[i].ret, flood->drop[i].err);
		return -EIO;
	}
	return 0;
}

static int flood_cpu(const struct flood *flood)
{
	int i;

	for (i = 1; i < FLOOD; i++)
		if (flood->drop[i].cpu != flood->drop[0].cpu)
			return -1;
	return flood->drop[0].cpu;
}

/* False: some callback never came, and the memory must stay. */
static bool flood_wait(struct flood *flood, struct subject *s)
{
	flood_one_less(flood);	/* the submitter's own share */
	if (wait_for_completion_timeout(&flood->empty, msecs_to_jiffies(TIMEOUT_MS))) {
		msleep(LINGER_MS);
		return true;
	}
	snprintf(s->why, sizeof(s->why), "%d of %d requests never completed",
		 atomic_read(&flood->left), FLOOD);
	return false;
}

static int flood_run(struct subject *s, u32 flags, bool rekey, struct answers *answers)
{
	struct flood *flood = flood_alloc(s, flags);
	int err = 0;
	int i;

	if (!flood)
		return -ENOMEM;
	for (i = 0; i < FLOOD; i++) {
		drop_submit(flood, &flood->drop[i]);
		if (rekey && i == FLOOD - 1) {
			s->key[0] ^= 0x80;	/* not a parity bit of DES */
			err = crypto_skcipher_setkey(s->tfm, s->key, s->key_bytes);
		}
	}
	if (!flood_wait(flood, s))
		return -ETIMEDOUT;
	*answers = flood->answers;
	answers->cpu = flood_cpu(flood);
	err = err ?: flood_check(flood, s);
	if (!err)	/* after a wrong callback others may still come: leaked then */
		flood_free(flood);
	return err;
}

/* Regressions 5 and 13: the context belongs to the request, and codes mean what they say. */
int flood_one_transform(struct subject *s)
{
	struct answers answers;
	int err;

	err = flood_run(s, CRYPTO_TFM_REQ_MAY_BACKLOG, false, &answers);
	if (!err && answers.sync && !hostile) {
		snprintf(s->why, sizeof(s->why), "%u of %d ran on the CPU", answers.sync, FLOOD);
		err = -EIO;
	}
	return err;
}

/*
 * The network stack queues packets per CPU: those that are called back on another one
 * overtake. Holds while the card works and its interrupt stays where it is.
 */
int flood_one_cpu(struct subject *s)
{
	struct answers answers;
	int err;

	err = flood_run(s, CRYPTO_TFM_REQ_MAY_BACKLOG, false, &answers);
	if (!err && (answers.cpu < 0 || (test_cpu >= 0 && answers.cpu != test_cpu))) {
		snprintf(s->why, sizeof(s->why), "callbacks on CPU %d (-1: on several, or not all came), not on %d",
			 answers.cpu, test_cpu);
		err = -EIO;
	}
	return err;
}

/* Without MAY_BACKLOG nothing is dropped: what finds no room runs on the CPU. */
int flood_no_backlog(struct subject *s)
{
	struct answers answers;
	int err;

	err = flood_run(s, 0, false, &answers);
	if (!err && answers.backlogged) {
		snprintf(s->why, sizeof(s->why), "-EBUSY without MAY_BACKLOG");
		err = -EIO;
	}
	return err;
}

/* Requests accepted before a setkey() use the key they were accepted with. */
int flood_rekey(struct subject *s)
{
	struct answers answers;
	int err;

	err = flood_run(s, CRYPTO_TFM_REQ_MAY_BACKLOG, true, &answers);
	err = err ?: ref_setkey(&s->ref, s->key, s->key_bytes);
	return err;
}
