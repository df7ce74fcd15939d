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
 * again elsewhere, from its source, which the engine has not touched. What it means for the
 * engine: acf_trust.c.
 *
 * Systematic faults do not pass, sporadic ones are found by sampling. MACs are not compared:
 * receivers do, and nobody can be told a forged message is genuine by an error in one; a MAC of
 * equal bytes, such as one never written, is no result.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <crypto/algapi.h>
#include <crypto/internal/cipher.h>
#include <crypto/scatterwalk.h>
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
	const struct acf_copies *copies;
	u32 wrong_at;		/* in the stream */
	u32 most;		/* bytes of src and dst that were written to */
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

/* The bytes from off of the stream on. */
static bool acf_check_chunk(struct acf_check *c, u32 off, u32 bytes)
{
	const u8 *plain = c->job->decrypt ? c->dst : c->src;
	const u8 *cipher = c->job->decrypt ? c->src : c->dst;
	u32 i;

	for (i = 0; i < bytes; i += c->job->alg->block) {
		if (acf_check_block(c, plain + i, cipher + i))
			continue;
		c->wrong_at = off + i;
		return false;
	}
	return true;
}

/* Of a copy both sides are between the tweaks; a list has to be brought there. */
static void acf_check_read(struct acf_check *c, u32 off, u32 bytes)
{
	const struct acf_copies *copies = c->copies;

	c->most = max(c->most, bytes);
	if (copies->src)
		copies->src(copies->from, off, c->src, bytes);
	else
		scatterwalk_map_and_copy(c->src, c->job->src, off, bytes, 0);
	if (!copies->src && acf_alg_is_xts(c->job->alg))
		acf_xts_xor(&c->xts, c->src, c->src, bytes);
	if (copies->dst)
		copies->dst(copies->from, off, c->dst, bytes);
	else
		scatterwalk_map_and_copy(c->dst, c->job->dst, off, bytes, 0);
}

/* To the block at off. */
static void acf_check_begin(struct acf_check *c, u32 off)
{
	const struct acf_job *job = c->job;
	u32 block = job->alg->block;

	if (acf_alg_is_xts(job->alg)) {
		acf_xts_start(&c->xts, job->iv);
		acf_xts_skip(&c->xts, off / block);
	} else if (off == job->assoc) {
		memcpy(c->prev, job->iv, job->alg->iv_bytes);
	} else {
		acf_check_read(c, off - block, block);
		acf_check_chain(c, job->decrypt ? c->dst : c->src, job->decrypt ? c->src : c->dst);
	}
}

/* The bytes of the text from off to end, offsets in the stream. */
static bool acf_check_range(struct acf_check *c, u32 off, u32 end)
{
	u32 n;

	acf_check_begin(c, off);
	for (; off < end; off += n) {
		n = min_t(u32, CHECK_CHUNK, end - off);
		acf_check_read(c, off, n);
		if (!acf_check_chunk(c, off, n))
			return false;
	}
	return true;
}

static bool acf_check_whole(struct acf_check *c)
{
	if (!acf_check_range(c, c->job->assoc, c->job->len))
		return false;
	acf_trust_compared(c->job);
	return true;
}

static bool acf_check_ends(struct acf_check *c)
{
	const struct acf_job *job = c->job;
	u32 block = job->alg->block;

	return acf_check_range(c, job->assoc, job->assoc + block) &&
	       acf_check_range(c, job->len - block, job->len);
}

/* All that was written of it, which is a block of each side for most jobs. */
static void acf_check_wipe(struct acf_check *c)
{
	memzero_explicit(c->src, c->most);
	memzero_explicit(c->dst, c->most);
	memzero_explicit(c, offsetof(struct acf_check, src));
}

static bool acf_check_text(const struct acf_job *job, const struct acf_copies *copies,
			   u32 *wrong_at)
{
	struct acf_check c;	/* most of it is not looked at */
	bool right;

	c.job = job;
	c.copies = copies;
	c.wrong_at = 0;
	c.most = 0;
	if (acf_trust_wants_whole(job, READ_ONCE(acf_check_every)))
		right = acf_check_whole(&c);
	else
		right = acf_check_ends(&c);
	*wrong_at = c.wrong_at;
	acf_check_wipe(&c);
	return right;
}

static bool acf_check_mac(const struct acf_job *job)
{
	return job->alg->kind == ACF_KIND_CIPHER ||
	       memchr_inv(job->mac, job->mac[0], acf_engine_mac_bytes(job->engine, job->alg));
}

bool acf_job_believe(struct acf_job *job, const struct acf_copies *copies)
{
	bool private = copies->src && copies->dst;
	u32 wrong_at;

	/* the engine's own tests compare for themselves */
	if (!job->checked)
		return true;
	if (!acf_check_mac(job)) {
		acf_trust_wrong(job, true, job->len);
		return false;
	}
	if (copies->unwritten) {
		acf_trust_wrong(job, copies->dst, copies->unwritten - 1);
		return false;
	}
	if (job->block && !acf_check_text(job, copies, &wrong_at)) {
		acf_trust_wrong(job, private, wrong_at);
		return false;
	}
	acf_trust_right(job, private);
	return true;
}
EXPORT_SYMBOL_GPL(acf_job_believe);
