// SPDX-License-Identifier: GPL-2.0
/*
 * Is a result of the card believed? Fail closed: what an engine calls done is compared with
 * the CPU's before anybody sees it. Of each job the first and the last block, which tell a
 * text passed on in clear, one not written, a wrong key, IV or mode, or the result of another job;
 * whole the first ACF_CHECK_FIRST of a shape after each start and reset, then one in check=N.
 *
 * Each block is judged by itself: with the text and the ciphertext there, enciphering one
 * block of either says whether they belong together, in every mode and direction; of XTS it is
 * what lies between the tweaks. No memory but the stack's is needed. What is found wrong is done
 * again elsewhere, from its source, which the engine has not touched.
 *
 * It need not be the engine's fault: who owns the source may write to it meanwhile, and file
 * systems do, to pages on their way to the disk: then all sectors of a page look wrong. So a few
 * wrong results cost the engine nothing, and
 * ACF_CHECK_STRIKES in a row cost it the algorithm, for as long as it is registered.
 *
 * Systematic faults do not pass, sporadic ones are found by sampling. MACs are not compared:
 * receivers do, and nobody can be told a forged message is genuine by an error in one; a MAC of
 * equal bytes, such as one never written, is no result.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <crypto/algapi.h>
#include <crypto/internal/cipher.h>
#include <crypto/scatterwalk.h>
#include <linux/log2.h>
#include <linux/module.h>

#include "acf_compat.h"
#include "acf_internal.h"

#define CHECK_CHUNK	256	/* bytes compared at a time; a multiple of each block */

static int acf_check_set(const char *text, const struct kernel_param *param)
{
	int err = param_set_uint_minmax(text, param, 1, 1 << 20);

	if (err)
		pr_err("check=%s is outside 1..1048576\n", text);
	return err;
}

static const struct kernel_param_ops acf_check_ops = {
	.set = acf_check_set,
	.get = param_get_uint,
};

static unsigned int acf_check_every = 256;
module_param_cb(check, &acf_check_ops, &acf_check_every, 0644);
MODULE_PARM_DESC(check, "one result in so many is compared with the CPU's from end to end, 1: each (default 256)");

MODULE_IMPORT_NS(ACF_NS(CRYPTO_INTERNAL));

/* A piece of the text before and after, and the block that its first one is chained to. */
struct acf_check {
	const struct acf_job *job;
	u8 prev[ACF_MAX_BLOCK];
	struct acf_xts xts;
	u8 src[CHECK_CHUNK];
	u8 dst[CHECK_CHUNK];
};

/* What the next block is chained to: ciphertext, or, in OFB, the keystream. */
static void acf_check_chain(struct acf_check *c, const u8 *plain, const u8 *cipher)
{
	const struct acf_alg *alg = c->job->alg;

	if (alg->mode == ACF_MODE_OFB)
		crypto_xor_cpy(c->prev, plain, cipher, alg->block);
	else
		memcpy(c->prev, cipher, alg->block);
}

static bool acf_check_block(struct acf_check *c, const u8 *plain, const u8 *cipher)
{
	const struct acf_alg *alg = c->job->alg;
	bool stream = alg->mode == ACF_MODE_CFB || alg->mode == ACF_MODE_OFB;
	u8 x[ACF_MAX_BLOCK];
	bool right;

	memcpy(x, stream ? c->prev : plain, alg->block);
	if (alg->mode == ACF_MODE_CBC)
		crypto_xor(x, c->prev, alg->block);
	crypto_cipher_encrypt_one(c->job->block, x, x);
	if (stream)
		crypto_xor(x, plain, alg->block);
	right = !crypto_memneq(x, cipher, alg->block);
	acf_check_chain(c, plain, cipher);
	memzero_explicit(x, sizeof(x));
	return right;
}

static bool acf_check_chunk(struct acf_check *c, u32 bytes)
{
	const u8 *plain = c->job->decrypt ? c->dst : c->src;
	const u8 *cipher = c->job->decrypt ? c->src : c->dst;
	u32 off;

	for (off = 0; off < bytes; off += c->job->alg->block)
		if (!acf_check_block(c, plain + off, cipher + off))
			return false;
	return true;
}

static void acf_check_read(struct acf_check *c, acf_result_read *read, void *from, u32 off,
			   u32 bytes)
{
	scatterwalk_map_and_copy(c->src, c->job->src, off, bytes, 0);
	if (acf_alg_is_xts(c->job->alg))
		acf_xts_xor(&c->xts, c->src, c->src, bytes);
	read(from, off, c->dst, bytes);
}

/* To the block at off. */
static void acf_check_begin(struct acf_check *c, acf_result_read *read, void *from, u32 off)
{
	const struct acf_job *job = c->job;
	u32 block = job->alg->block;

	if (acf_alg_is_xts(job->alg)) {
		acf_xts_start(&c->xts, job->iv);
		acf_xts_skip(&c->xts, off / block);
	} else if (off == job->assoc) {
		memcpy(c->prev, job->iv, job->alg->iv_bytes);
	} else {
		acf_check_read(c, read, from, off - block, block);
		acf_check_chain(c, job->decrypt ? c->dst : c->src, job->decrypt ? c->src : c->dst);
	}
}

/* The bytes of the text from off to end, offsets in the stream. */
static bool acf_check_range(struct acf_check *c, acf_result_read *read, void *from, u32 off,
			    u32 end)
{
	u32 n;

	acf_check_begin(c, read, from, off);
	for (; off < end; off += n) {
		n = min_t(u32, CHECK_CHUNK, end - off);
		acf_check_read(c, read, from, off, n);
		if (!acf_check_chunk(c, n))
			return false;
	}
	return true;
}

/* ---- how much of it ---- */

static u8 *acf_check_shape(const struct acf_job *job)
{
	unsigned int size = min_t(unsigned int, ilog2(job->len), ACF_CHECK_SHAPES - 1);

	return &job->engine->trust.whole[job->alg->id][job->decrypt][size];
}

static bool acf_check_all_of_it(const struct acf_job *job)
{
	struct acf_trust *trust = &job->engine->trust;

	if (READ_ONCE(*acf_check_shape(job)) < ACF_CHECK_FIRST)
		return true;
	return atomic_inc_return(&trust->turn) % READ_ONCE(acf_check_every) == 0;
}

static bool acf_check_text(const struct acf_job *job, acf_result_read *read, void *from)
{
	struct acf_check c = { .job = job };
	u32 block = job->alg->block;
	bool right;

	if (acf_check_all_of_it(job)) {
		u8 *whole = acf_check_shape(job);

		right = acf_check_range(&c, read, from, job->assoc, job->len);
		atomic64_inc(&job->engine->trust.compared);
		if (right && READ_ONCE(*whole) < ACF_CHECK_FIRST)
			WRITE_ONCE(*whole, READ_ONCE(*whole) + 1);
		if (right)
			atomic_set(&job->engine->trust.since[job->alg->id], 0);
	} else {
		right = acf_check_range(&c, read, from, job->assoc, job->assoc + block) &&
			acf_check_range(&c, read, from, job->len - block, job->len);
	}
	memzero_explicit(&c, sizeof(c));
	return right;
}

static bool acf_check_mac(const struct acf_job *job)
{
	return job->alg->kind == ACF_KIND_CIPHER ||
	       memchr_inv(job->mac, job->mac[0], job->alg->digest_bytes);
}

static void acf_disbelieve(const struct acf_job *job)
{
	struct acf_engine *engine = job->engine;
	const struct acf_alg *alg = job->alg;
	s64 wrong = atomic64_inc_return(&engine->trust.wrong);

	pr_warn_ratelimited("%s: %s: a result of %u bytes, %s, is not the CPU's, which does it again: its source was changed meanwhile, or the card is faulty (%lld so far)\n",
			    engine->name, alg->name, job->len - job->assoc,
			    job->decrypt ? "deciphered" : "enciphered", wrong);
	if (atomic_inc_return(&engine->trust.in_row[alg->id]) < ACF_CHECK_STRIKES ||
	    test_and_set_bit(alg->id, engine->trust.retired.bits))
		return;
	pr_err("%s: %s: %d results in a row were wrong; %d were handed out since one was last compared from end to end. The CPU does it from now on; check the data, and the card\n",
	       engine->name, alg->name, ACF_CHECK_STRIKES,
	       atomic_read(&engine->trust.since[alg->id]));
	acf_engine_takes_less(engine);
}

bool acf_job_believe(struct acf_job *job, acf_result_read *read, void *from)
{
	bool right;

	/* the engine's own tests compare for themselves */
	if (!job->checked)
		return true;
	right = acf_check_mac(job) && (!job->block || acf_check_text(job, read, from));
	if (!right) {
		acf_disbelieve(job);
		return false;
	}
	atomic_inc(&job->engine->trust.since[job->alg->id]);
	atomic_set(&job->engine->trust.in_row[job->alg->id], 0);
	return true;
}
EXPORT_SYMBOL_GPL(acf_job_believe);

void acf_check_anew(struct acf_engine *engine)
{
	memset(engine->trust.whole, 0, sizeof(engine->trust.whole));
}
