// SPDX-License-Identifier: GPL-2.0
/*
 * What the results of a card, right and wrong (acf_check.c), mean for it.
 *
 * A wrong one need not be the card's fault. Who owns the source may write to it meanwhile, and
 * file systems do, to pages on their way to the disk; who owns the destination may as well. So
 * where the card worked on somebody's lists a wrong result is a doubt, counted and no more: from
 * then on both sides of that algorithm's jobs are copied, which makes the next wrong result a
 * proof, whatever the rate at which the card fails, and nothing of what others do to their
 * memory. ACF_DOUBT_RESULTS right ones end the doubt. A card that fails only with lists works
 * with copies for most of the time.
 *
 * Proven once, the algorithm is retired on that card, for as long as it is registered.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/log2.h>

#include "acf_internal.h"

/* ---- how much of a result is compared ---- */

static u8 *acf_trust_shape(const struct acf_job *job)
{
	unsigned int size = min_t(unsigned int, ilog2(job->len), ACF_CHECK_SHAPES - 1);

	return &job->engine->trust.whole[job->alg->id][job->decrypt][size];
}

bool acf_trust_wants_whole(const struct acf_job *job, unsigned int every)
{
	struct acf_trust *trust = &job->engine->trust;

	if (READ_ONCE(*acf_trust_shape(job)) < ACF_CHECK_FIRST)
		return true;
	return atomic_inc_return(&trust->turn) % every == 0;
}

void acf_trust_compared(const struct acf_job *job)
{
	struct acf_trust *trust = &job->engine->trust;
	u8 *whole = acf_trust_shape(job);

	atomic64_inc(&trust->compared);
	atomic_set(&trust->since[job->alg->id], 0);
	if (READ_ONCE(*whole) < ACF_CHECK_FIRST)
		WRITE_ONCE(*whole, READ_ONCE(*whole) + 1);
}

void acf_trust_anew(struct acf_engine *engine)
{
	memset(engine->trust.whole, 0, sizeof(engine->trust.whole));
}

/* ---- doubt ---- */

bool acf_trust_is_doubted(const struct acf_engine *engine, const struct acf_alg *alg)
{
	return atomic_read(&engine->trust.doubt[alg->id]) > 0;
}

/* What was compared so far tells nothing of copies, nor they of lists. */
static void acf_trust_alg_anew(struct acf_trust *trust, const struct acf_alg *alg)
{
	memset(trust->whole[alg->id], 0, sizeof(trust->whole[alg->id]));
}

static void acf_doubt(struct acf_trust *trust, const struct acf_alg *alg)
{
	atomic64_inc(&trust->doubtful);
	if (!atomic_xchg(&trust->doubt[alg->id], ACF_DOUBT_RESULTS))
		acf_trust_alg_anew(trust, alg);
}

void acf_trust_right(const struct acf_job *job, bool private)
{
	struct acf_trust *trust = &job->engine->trust;

	atomic_inc(&trust->since[job->alg->id]);
	if (!private || !acf_trust_is_doubted(job->engine, job->alg))
		return;
	if (!atomic_dec_if_positive(&trust->doubt[job->alg->id]))
		acf_trust_alg_anew(trust, job->alg);
}

/* ---- proof ---- */

static void acf_retire(struct acf_engine *engine, const struct acf_job *job, u32 at)
{
	const struct acf_alg *alg = job->alg;

	if (test_and_set_bit(alg->id, engine->trust.retired.bits))
		return;
	pr_err("%s: %s: a result of %u bytes, %s, is wrong at byte %u, and only the card can have made it so; %d were handed out since one was last compared from end to end. The CPU does it from now on; check the data, and the card\n",
	       engine->name, alg->name, job->len, job->decrypt ? "deciphered" : "enciphered", at,
	       atomic_read(&engine->trust.since[alg->id]));
	acf_engine_takes_less(engine);
}

void acf_trust_wrong(const struct acf_job *job, bool private, u32 at)
{
	struct acf_trust *trust = &job->engine->trust;

	if (!private) {
		acf_doubt(trust, job->alg);
		return;
	}
	atomic64_inc(&trust->wrong);
	acf_retire(job->engine, job, at);
}
