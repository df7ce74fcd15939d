// SPDX-License-Identifier: GPL-2.0
/*
 * Known answers: what an engine has to do right before it serves again, after every reset.
 * Eight jobs at once, with keys and directions that alternate, since a card may do single
 * jobs right and mix up many. Its memory is set aside at registration: the queue that waits
 * meanwhile may hold pages on their way to swap.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kmemleak.h>
#include <linux/slab.h>

#include "acf_internal.h"
#include "acf_testvec.h"
#include "acf_vec.h"

#define KNOWN_JOBS	8
#define KNOWN_MAX	64	/* bytes of one */
#define KNOWN_GUARD	64	/* bytes behind the output that must not change */
#define KNOWN_POISON	0xa5
#define KNOWN_TRIES		20	/* of a job that the engine cannot take now */
#define KNOWN_PAUSE_MS		10	/* before the next one */

struct acf_known_job {
	struct acf_job job;
	struct acf_known *known;
	int err;
	struct scatterlist src_sg;
	struct scatterlist dst_sg;
	bool decrypt;
	unsigned int bytes;
	u8 key_bytes;
	u8 key[ACF_MAX_KEY];
	u8 iv[ACF_MAX_BLOCK];
	u8 want[KNOWN_MAX];
	u8 *src;
	u8 *dst;	/* KNOWN_MAX + KNOWN_GUARD */
};

struct acf_known {
	const struct acf_alg *alg;
	unsigned int nr;
	struct acf_known_job *one[KNOWN_JOBS];
	atomic_t left;
	struct completion all;
};

/* ---- at registration ---- */

static const struct acf_alg *acf_known_alg(const struct acf_engine *engine)
{
	int id;

	for_each_set_bit(id, engine->serves.bits, ACF_NR_ALGS)
		if (acf_algs[id].kind == ACF_KIND_CIPHER &&
		    (test_bit(id, engine->required.bits) ||
		     bitmap_empty(engine->required.bits, ACF_NR_ALGS)))
			return &acf_algs[id];
	return NULL;
}

static void acf_known_job_free(struct acf_known_job *one)
{
	if (!one)
		return;
	kfree(one->src);
	kfree(one->dst);
	kfree_sensitive(one);
}

/* Of a vector; every second one deciphers. */
static struct acf_known_job *acf_known_job_alloc(struct acf_known *known,
						 const struct acf_vec *vec, bool decrypt)
{
	struct acf_known_job *one = kzalloc(sizeof(*one), GFP_KERNEL);

	if (!one)
		return NULL;
	one->src = kmalloc(KNOWN_MAX, GFP_KERNEL);
	one->dst = kmalloc(KNOWN_MAX + KNOWN_GUARD, GFP_KERNEL);
	if (!one->src || !one->dst) {
		acf_known_job_free(one);
		return NULL;
	}
	one->known = known;
	one->decrypt = decrypt;
	one->bytes = vec->data_bytes;
	one->key_bytes = vec->key_bytes;
	memcpy(one->key, vec->key, vec->key_bytes);
	memcpy(one->iv, vec->iv, vec->iv_bytes);
	memcpy(one->src, decrypt ? vec->ct : vec->pt, vec->data_bytes);
	memcpy(one->want, decrypt ? vec->pt : vec->ct, vec->data_bytes);
	return one;
}

static bool acf_known_wants(const struct acf_known *known, const struct acf_vec *vec)
{
	const struct acf_known_job *last = known->nr ? known->one[known->nr - 1] : NULL;

	if (vec->data_bytes > KNOWN_MAX || vec->data_bytes % known->alg->block ||
	    vec->iv_bytes != known->alg->iv_bytes)
		return false;
	return !last || last->key_bytes != vec->key_bytes ||
	       memcmp(last->key, vec->key, vec->key_bytes);
}

/* As many as a text has, up to KNOWN_JOBS. */
static int acf_known_read(struct acf_known *known, const struct acf_testvec_file *file,
			  struct acf_vec *vec)
{
	struct acf_vec_reader reader;

	acf_vec_open(&reader, file->start, file->end - file->start);
	while (known->nr < KNOWN_JOBS && acf_vec_next(&reader, vec) > 0) {
		if (strcmp(vec->alg, known->alg->name))
			return 0;
		if (!acf_known_wants(known, vec))
			continue;
		known->one[known->nr] = acf_known_job_alloc(known, vec, known->nr & 1);
		if (!known->one[known->nr])
			return -ENOMEM;
		known->nr++;
	}
	return 0;
}

/* The same texts again, until there are enough. */
static int acf_known_fill(struct acf_known *known)
{
	struct acf_vec *vec = kvmalloc(sizeof(*vec), GFP_KERNEL);
	unsigned int before;
	unsigned int i;
	int err = 0;

	if (!vec)
		return -ENOMEM;
	do {
		before = known->nr;
		for (i = 0; i < acf_nr_testvec_files && !err; i++)
			err = acf_known_read(known, &acf_testvec_files[i], vec);
	} while (!err && known->nr > before && known->nr < KNOWN_JOBS);
	kvfree_sensitive(vec, sizeof(*vec));
	return err;
}

int acf_known_alloc(struct acf_engine *engine)
{
	const struct acf_alg *alg = acf_known_alg(engine);
	struct acf_known *known;
	int err;

	engine->known = NULL;
	if (!alg)
		return 0;
	known = kzalloc(sizeof(*known), GFP_KERNEL);
	if (!known)
		return -ENOMEM;
	known->alg = alg;
	init_completion(&known->all);
	engine->known = known;
	err = acf_known_fill(known);
	if (err)
		acf_known_free(engine);
	return err;
}

void acf_known_free(struct acf_engine *engine)
{
	struct acf_known *known = engine->known;
	unsigned int i;

	engine->known = NULL;
	if (!known)
		return;
	if (atomic_read(&known->left)) {
		/* a driver that breaks the contract: the hardware may still write there */
		kmemleak_not_leak(known);
		return;
	}
	for (i = 0; i < known->nr; i++)
		acf_known_job_free(known->one[i]);
	kfree(known);
}

/* ---- whenever the engine is to serve ---- */

static void acf_known_ended(struct acf_known_job *one, int err)
{
	struct acf_known *known = one->known;

	one->err = err;
	if (atomic_dec_and_test(&known->left))
		complete(&known->all);
}

static void acf_known_done(struct acf_job *job, int err)
{
	acf_known_ended(container_of(job, struct acf_known_job, job), err);
}

static void acf_known_accepted(struct acf_job *job)
{
}

static void acf_known_prepare(struct acf_known_job *one)
{
	struct acf_job *job = &one->job;

	acf_job_init(job);
	memset(one->dst, KNOWN_POISON, KNOWN_MAX + KNOWN_GUARD);
	sg_init_one(&one->src_sg, one->src, one->bytes);
	sg_init_one(&one->dst_sg, one->dst, one->bytes);
	job->alg = one->known->alg;
	job->class = ACF_CLASS_SYSTEM;
	acf_job_test_key(job, one->key, one->key_bytes, one->iv);
	job->mac_key = NULL;
	job->decrypt = one->decrypt;
	job->len = one->bytes;
	job->assoc = 0;
	job->src = &one->src_sg;
	job->dst = &one->dst_sg;
	job->done = acf_known_done;
	job->accepted = acf_known_accepted;
}

static const char *acf_known_check(const struct acf_known_job *one)
{
	unsigned int i;

	if (memcmp(one->dst, one->want, one->bytes))
		return "wrong output";
	for (i = one->bytes; i < KNOWN_MAX + KNOWN_GUARD; i++)
		if (one->dst[i] != KNOWN_POISON)
			return "bytes after the output overwritten";
	return NULL;
}

/*
 * 0; -ECANCELED: no verdict, it was not done, or failed, and the driver resets what fails; -ENODEV;
 * -EIO: wrong, with a message.
 */
static int acf_known_verdict(const struct acf_engine *engine, const struct acf_known_job *one)
{
	const char *why;

	if (one->err)
		return one->err == -ENODEV ? -ENODEV : -ECANCELED;
	why = acf_known_check(one);
	if (!why)
		return 0;
	pr_err("%s: %s: known answers, %u at once, before it serves: %s, %s\n", engine->name,
	       one->known->alg->name, one->known->nr, one->decrypt ? "decrypt" : "encrypt", why);
	return -EIO;
}

/* The worst of all. */
static int acf_known_verdicts(const struct acf_engine *engine, const struct acf_known *known)
{
	unsigned int i;
	int worst = 0;

	for (i = 0; i < known->nr && worst != -EIO; i++) {
		int err = acf_known_verdict(engine, known->one[i]);

		if (err && worst != -ENODEV)
			worst = err;
	}
	return worst;
}

/* False: some are not back. The last one of an earlier run may tell of itself late. */
static bool acf_known_wait(struct acf_known *known, u32 ms)
{
	unsigned long left = msecs_to_jiffies(ms);

	do
		left = wait_for_completion_timeout(&known->all, left);
	while (left && atomic_read(&known->left));
	return left;
}

/* As acf_engine_admit_test(). A moment without DMA mappings is no reason for another reset. */
static int acf_known_admit(struct acf_engine *engine, struct acf_known_job *one)
{
	int tries = KNOWN_TRIES;
	int ret;

	acf_known_prepare(one);
	while ((ret = acf_engine_admit_test(engine, &one->job)) == -EOPNOTSUPP && --tries)
		msleep(KNOWN_PAUSE_MS);
	return ret;
}

int acf_known_run(struct acf_engine *engine)
{
	struct acf_known *known = engine->known;
	unsigned int i;
	u32 ms;

	if (!known || !known->nr)
		return 0;
	if (atomic_read(&known->left)) {
		pr_err("%s: known answers: those of an earlier test are still on the card\n",
		       engine->name);
		return -EIO;
	}
	reinit_completion(&known->all);
	atomic_set(&known->left, known->nr + 1);
	for (i = 0; i < known->nr; i++) {
		int ret = acf_known_admit(engine, known->one[i]);

		if (ret != -EINPROGRESS)
			acf_known_ended(known->one[i], ret);
	}
	ms = acf_patience_ms(engine, known->nr);
	if (atomic_dec_and_test(&known->left) || acf_known_wait(known, ms))
		return acf_known_verdicts(engine, known);
	pr_err("%s: known answers: not all within %u ms\n", engine->name, ms);
	return -EIO;
}
