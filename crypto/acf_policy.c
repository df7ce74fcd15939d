// SPDX-License-Identifier: GPL-2.0
/*
 * Who decides where a request goes: the parameter "policy". Under "auto" the machine does,
 * by what it has measured; what it knows of the CPU is here, what of a card in acf_meter.c.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "acf_internal.h"
#include "acf_trace.h"

static const char * const acf_policies[] = {
	[ACF_POLICY_AUTO] = "auto",
	[ACF_POLICY_OFFLOAD] = "offload",
	[ACF_POLICY_CARD] = "card",
	[ACF_POLICY_CPU] = "cpu",
};

static enum acf_policy acf_policy = ACF_POLICY_AUTO;

static int acf_policy_set(const char *text, const struct kernel_param *kp)
{
	int policy = sysfs_match_string(acf_policies, text);

	if (policy < 0) {
		pr_err("policy=%.*s is none of auto, offload, card, cpu\n",
		       (int)min_t(size_t, strcspn(text, "\n"), 16), text);
		return -EINVAL;
	}
	WRITE_ONCE(acf_policy, policy);
	return 0;
}

static int acf_policy_get(char *text, const struct kernel_param *kp)
{
	return sysfs_emit(text, "%s\n", acf_policies[READ_ONCE(acf_policy)]);
}

static const struct kernel_param_ops acf_policy_ops = {
	.set = acf_policy_set,
	.get = acf_policy_get,
};

module_param_cb(policy, &acf_policy_ops, NULL, 0644);
MODULE_PARM_DESC(policy,
		 "where requests go: auto (what is measured decides, default), offload (to a card where that saves CPU time), card, cpu");

enum acf_policy acf_policy_now(void)
{
	return READ_ONCE(acf_policy);
}

/* Costs of the CPU, and who may write them. */
static struct acf_cost acf_cpu_cost[ACF_NR_ALGS][2];
static DEFINE_SPINLOCK(acf_cpu_cost_lock);
static atomic_t acf_cpu_runs;

const struct acf_cost *acf_cpu_cost_of(const struct acf_alg *alg, bool decrypt)
{
	return &acf_cpu_cost[alg->id][decrypt];
}

#define ACF_CPU_ONE_IN	8	/* runs are measured, once some have been */
#define ACF_CPU_FIRST	16

u64 acf_cpu_measure_begin(const struct acf_job *job)
{
	const struct acf_cost *cost = acf_cpu_cost_of(job->alg, job->decrypt);

	if (READ_ONCE(cost->samples) >= ACF_CPU_FIRST &&
	    (unsigned int)atomic_inc_return(&acf_cpu_runs) % ACF_CPU_ONE_IN)
		return 0;
	return acf_now();
}

/* Another one measured at the same time is as good. */
void acf_cpu_measure_end(const struct acf_alg *alg, bool decrypt, u32 bytes, u64 began_ns)
{
	s64 took;

	if (!began_ns)
		return;
	took = acf_now() - began_ns;
	if (!spin_trylock_bh(&acf_cpu_cost_lock))
		return;
	acf_cost_learn(&acf_cpu_cost[alg->id][decrypt], bytes, took);
	spin_unlock_bh(&acf_cpu_cost_lock);
}

/* --- what the machine decides ---------------------------------------------------- */

static struct {
	spinlock_t lock;
	struct acf_split split;		/* (lock) */
	atomic_t computing;		/* submitters that compute */
} acf_auto = { .lock = __SPIN_LOCK_UNLOCKED(acf_auto.lock) };

atomic64_t acf_why_counts[ACF_NR_ALGS][ACF_NR_SIZES][ACF_NR_WHYS];

void acf_cpu_begins(void)
{
	atomic_inc(&acf_auto.computing);
}

void acf_cpu_ended(void)
{
	atomic_dec(&acf_auto.computing);
}

void acf_split_state(u32 *depth, u32 *computing)
{
	*depth = READ_ONCE(acf_auto.split.depth);
	*computing = atomic_read(&acf_auto.computing);
}

/* The best card for the job has been looked at. */
static enum acf_why acf_choose(const struct acf_job *job, struct acf_offer *offer)
{
	u64 now = acf_now();
	enum acf_why why;

	offer->cpu_ns = acf_cost_ns(acf_cpu_cost_of(job->alg, job->decrypt), job->len);
	offer->others += atomic_read(&acf_auto.computing);
	spin_lock_bh(&acf_auto.lock);
	why = acf_split_choose(&acf_auto.split, offer, now);
	if (acf_why_is_card(why))
		acf_split_placed(&acf_auto.split, offer->others, now);
	spin_unlock_bh(&acf_auto.lock);
	trace_acf_decide(job, offer, acf_whys[why]);
	atomic64_inc(&acf_why_counts[job->alg->id][acf_cost_size(job->len)][why]);
	return why;
}

void acf_policy_done(const struct acf_job *job)
{
	u32 others;

	if (acf_policy_now() != ACF_POLICY_AUTO || !job->engine)
		return;	/* or it never got to a card */
	if (!acf_split_is_last(&acf_auto.split))
		return;	/* most of the time: without the lock, which is everybody's */
	others = acf_cards_jobs() + 1;
	spin_lock_bh(&acf_auto.lock);
	acf_split_done(&acf_auto.split, others, atomic_read(&acf_auto.computing),
		       acf_cost_ns(&job->engine->handling, job->len), acf_now());
	spin_unlock_bh(&acf_auto.lock);
}

/* 0: to a card; otherwise why the CPU does it, as acf_cpu_count() wants it. */
int acf_policy_route(struct acf_job *job)
{
	enum acf_policy policy = acf_policy_now();
	struct acf_offer offer = { 0 };

	if (policy == ACF_POLICY_CARD || acf_alg_is_being_tested(job->alg))
		return 0;
	if (policy == ACF_POLICY_CPU)
		return -EPERM;
	if (!acf_cards_offer(job, &offer))
		return 0;	/* the card's way knows why there is none */
	if (policy == ACF_POLICY_OFFLOAD)
		return offer.handling_ns < acf_cost_ns(acf_cpu_cost_of(job->alg, job->decrypt),
						       job->len) ? 0 : -EAGAIN;
	if (acf_why_is_card(acf_choose(job, &offer)))
		return 0;
	acf_cards_late(offer.cpu_ns);
	return -EAGAIN;
}

/* --- the parameter "seeds" -------------------------------------------------------- */

#define ACF_SEED_MOST	1000000000U	/* ns, fixed or per KiB */
#define ACF_SEEDS_TEXT	4096

struct acf_seed {
	u32 fixed_ns;
	u32 per_kib_ns;
};

static struct acf_seed acf_seeds[ACF_NR_ALGS][2];	/* CPU, card; fixed_ns 0: none */
static char acf_seeds_text[ACF_SEEDS_TEXT];
module_param_string(seeds, acf_seeds_text, sizeof(acf_seeds_text), 0444);
MODULE_PARM_DESC(seeds,
		 "costs to begin with, ALGORITHM:cpu|card:FIXED:PER_KIB in ns, separated by semicolons; e.g. cbc(aes):card:24000:25000");

static int acf_alg_by_name(const char *name)
{
	int id;

	for (id = 0; id < ACF_NR_ALGS; id++)
		if (!strcmp(acf_algs[id].name, name))
			return id;
	return -ENOENT;
}

static bool acf_seed_number(const char *text, u32 least, u32 *number)
{
	return text && !kstrtou32(text, 10, number) && *number >= least &&
	       *number <= ACF_SEED_MOST;
}

/* NULL, or what is wrong with it. */
static const char *acf_seed_parse(char *text)
{
	char *name = strsep(&text, ":");
	char *unit = strsep(&text, ":");
	char *fixed = strsep(&text, ":");
	struct acf_seed seed;
	int id = acf_alg_by_name(name);

	if (id < 0)
		return "no such algorithm";
	if (!unit || (strcmp(unit, "cpu") && strcmp(unit, "card")))
		return "the unit is neither cpu nor card";
	if (!acf_seed_number(fixed, 1, &seed.fixed_ns))
		return "fixed ns not within 1..1000000000";
	if (!acf_seed_number(text, 0, &seed.per_kib_ns))
		return "ns per KiB not within 0..1000000000";
	acf_seeds[id][!strcmp(unit, "card")] = seed;
	return NULL;
}

static int acf_seeds_parse(void)
{
	char *text = kstrdup(acf_seeds_text, GFP_KERNEL);
	const char *whole = acf_seeds_text;
	const char *why = NULL;
	char *rest = text;
	char *item = NULL;

	if (!text)
		return -ENOMEM;
	while (!why && (item = strsep(&rest, ";"))) {
		whole = acf_seeds_text + (item - text);
		why = *item ? acf_seed_parse(item) : NULL;
	}
	if (why)
		pr_err("seeds: %.*s: %s; wanted is ALGORITHM:cpu|card:FIXED:PER_KIB\n",
		       (int)strcspn(whole, ";"), whole, why);
	kfree(text);
	return why ? -EINVAL : 0;
}

/* Until something is measured: a CPU without instructions for it; ns per KiB. */
static u32 acf_cpu_guess(const struct acf_alg *alg)
{
	static const u32 cipher[] = {
		[ACF_CIPHER_DES] = 30000,
		[ACF_CIPHER_DES3_EDE] = 80000,
		[ACF_CIPHER_AES] = 20000,
	};
	u32 guess = alg->kind == ACF_KIND_HASH ? 0 : cipher[alg->cipher];

	return guess + (alg->mac == ACF_MAC_NONE ? 0 : 5000);
}

bool acf_card_seed(const struct acf_alg *alg, struct acf_cost *cost)
{
	const struct acf_seed *seed = &acf_seeds[alg->id][1];

	if (seed->fixed_ns)
		acf_cost_seed(cost, seed->fixed_ns, seed->per_kib_ns);
	return seed->fixed_ns;
}

int acf_policy_init(void)
{
	int err = acf_seeds_parse();
	int id;

	if (err)
		return err;
	acf_split_init(&acf_auto.split);
	for (id = 0; id < ACF_NR_ALGS; id++) {
		const struct acf_seed *seed = &acf_seeds[id][0];
		u32 fixed = seed->fixed_ns ?: 1000;
		u32 per_kib = seed->fixed_ns ? seed->per_kib_ns : acf_cpu_guess(&acf_algs[id]);

		acf_cost_seed(&acf_cpu_cost[id][0], fixed, per_kib);
		acf_cost_seed(&acf_cpu_cost[id][1], fixed, per_kib);
	}
	return 0;
}
