// SPDX-License-Identifier: GPL-2.0
/*
 * acf_fuzz: loading runs random requests against acf's algorithms and leaves the verdicts
 * in debugfs acf_fuzz/results: "ok ALG" or "not ok ALG - reason", then one line of
 * figures. A reason names the request; the line printed at the start, with only=N, makes
 * that one again. Never shipped.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "acf_fuzz.h"
#include "acf_fuzz_alloc.h"

uint fz_seed;
module_param_named(seed, fz_seed, uint, 0444);
MODULE_PARM_DESC(seed, "of all choices; 0, the default, takes a random one");

static uint count = 20000;
module_param(count, uint, 0444);
MODULE_PARM_DESC(count, "requests");

static uint tfms = 240;
module_param(tfms, uint, 0444);
MODULE_PARM_DESC(tfms, "transforms with changing keys");

static uint threads = 4;
module_param(threads, uint, 0444);
MODULE_PARM_DESC(threads, "that submit, 1 to 16");

static uint inflight = 512;
module_param(inflight, uint, 0444);
MODULE_PARM_DESC(inflight, "requests at a time, of all threads");

static uint ms;
module_param(ms, uint, 0444);
MODULE_PARM_DESC(ms, "no new requests after so many; 0: no limit");

bool fz_stop;
module_param_named(stop, fz_stop, bool, 0644);
MODULE_PARM_DESC(stop, "written while it runs: no new requests");

static int only = -1;
module_param(only, int, 0444);
MODULE_PARM_DESC(only, "make this request alone");

static char *alg = "";
module_param(alg, charp, 0444);
MODULE_PARM_DESC(alg, "only algorithms whose name contains this");

bool fz_callbacks = true;
module_param_named(callbacks, fz_callbacks, bool, 0444);
MODULE_PARM_DESC(callbacks, "some requests wait for another's completion to submit them");

bool fz_hostile;
module_param_named(hostile, fz_hostile, bool, 0444);
MODULE_PARM_DESC(hostile, "the card lies: its data may be wrong, nothing else");

bool fz_nomem;
module_param_named(nomem, fz_nomem, bool, 0444);
MODULE_PARM_DESC(nomem, "allocations fail: -ENOMEM of setkey is no fault");

bool fz_memory;
module_param_named(memory, fz_memory, bool, 0444);
MODULE_PARM_DESC(memory, "submissions are watched: acf and the driver may ask for no memory");

bool fz_fail_nth;
module_param_named(fail_nth, fz_fail_nth, bool, 0444);
MODULE_PARM_DESC(fail_nth, "with memory: the first allocation of a submission from a task fails");

uint fz_wait_ms = 60000;
module_param_named(wait_ms, fz_wait_ms, uint, 0444);
MODULE_PARM_DESC(wait_ms, "a request is lost if nothing completes for so long");

#define RESULTS_BYTES	8192
#define SHOWN_MAX	20	/* failures in the kernel log */

struct fz_totals fz_totals;

/* What is known of one algorithm. */
static struct {
	atomic_t requests;
	atomic_t bad;
	char why[192];	/* of the first failure */
} tallies[FZ_ALGS];

static char results[RESULTS_BYTES];
static size_t results_len;
static struct dentry *dir;
static struct fz_tfm *transforms;
static struct fz_lane *lanes[FZ_LANES_MAX];
static unsigned long deadline;
static atomic_t shown;

void fz_fail(const struct fz_alg *alg, u32 n, const char *fmt, ...)
{
	char why[160];
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	if (atomic_inc_return(&tallies[alg - fz_algs].bad) == 1)
		snprintf(tallies[alg - fz_algs].why, sizeof(tallies[0].why), "request %u: %s", n, why);
	if (atomic_inc_return(&shown) <= SHOWN_MAX)
		pr_err("%s request %u: %s\n", alg->name, n, why);
}

void fz_count(const struct fz_alg *alg)
{
	atomic_inc(&tallies[alg - fz_algs].requests);
}

/* ---- memory asked for by submissions, by their context ---- */

static struct {
	atomic_t taken;		/* to be completed later */
	atomic_t cpu;		/* done at once */
	atomic_t bad;
	char why[192];		/* of the first */
} submissions[FZ_WHERES];

void fz_submission(const struct fz_alg *alg, u32 n, const struct fz_window *w, bool taken)
{
	char what[128];

	atomic_inc(taken ? &submissions[w->where].taken : &submissions[w->where].cpu);
	if (!w->asked)
		return;
	if (atomic_inc_return(&submissions[w->where].bad) != 1)
		return;
	fz_window_describe(w, what, sizeof(what));
	snprintf(submissions[w->where].why, sizeof(submissions[0].why), "%s request %u asked for %s",
		 alg->name, n, what);
	pr_err("%s; from:\n", submissions[w->where].why);
	fz_window_print(w);
}

__printf(1, 2)
static void print(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	results_len += vscnprintf(results + results_len, RESULTS_BYTES - results_len, fmt, args);
	va_end(args);
}

static void report_alg(const struct fz_alg *alg)
{
	u32 i = alg - fz_algs;
	u32 requests = atomic_read(&tallies[i].requests);
	u32 failed = atomic_read(&tallies[i].bad);

	if (failed)
		print("not ok %s - %s; %u failures in %u requests; seed=%u\n", alg->name,
		      tallies[i].why, failed, requests, fz_seed);
	else if (requests)
		print("ok %s\n", alg->name);
	else if (only < 0)
		print("not ok %s - no request was made\n", alg->name);
}

static void report_submissions(enum fz_where where)
{
	u32 taken = atomic_read(&submissions[where].taken);
	u32 failed = atomic_read(&submissions[where].bad);

	if (failed)
		print("not ok memory.%s - %s; %u of %u submissions did; seed=%u\n", fz_where_name(where),
		      submissions[where].why, failed, taken + atomic_read(&submissions[where].cpu),
		      fz_seed);
	else if (taken)
		print("ok memory.%s\n", fz_where_name(where));
	else
		print("not ok memory.%s - the card took no submission\n", fz_where_name(where));
}

static void report_memory(void)
{
	enum fz_where where;

	for (where = 0; where < FZ_WHERES; where++)
		report_submissions(where);
	for (where = 0; where < FZ_WHERES; where++)
		print("# %s_taken=%u %s_cpu=%u\n", fz_where_name(where),
		      atomic_read(&submissions[where].taken), fz_where_name(where),
		      atomic_read(&submissions[where].cpu));
}

static void report(void)
{
	const struct fz_totals *t = &fz_totals;
	u32 i;

	for (i = 0; i < fz_setup.nr_algs; i++)
		report_alg(fz_setup.alg[i]);
	if (fz_memory)
		report_memory();
	print("# seed=%u requests=%u transforms=%u keys=%u inflight=%u async=%u backlogged=%u",
	      fz_seed, atomic_read(&t->requests), fz_tfms_all(), atomic_read(&t->keys),
	      atomic_read(&t->inflight_max), atomic_read(&t->async),
	      atomic_read(&t->backlogged));
	print(" softirq=%u chained=%u errors=%u refused_keys=%u nomem=%u starved=%u lost=%u\n",
	      atomic_read(&t->softirq), atomic_read(&t->chained), atomic_read(&t->errors),
	      atomic_read(&t->refused_keys), atomic_read(&t->nomem), atomic_read(&t->starved),
	      atomic_read(&t->lost));
}

static int results_show(struct seq_file *m, void *unused)
{
	seq_write(m, results, results_len);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(results);

static int select_algs(void)
{
	u32 i;

	for (i = 0; i < FZ_ALGS; i++)
		if (strstr(fz_algs[i].name, alg))
			fz_setup.alg[fz_setup.nr_algs++] = &fz_algs[i];
	if (fz_setup.nr_algs)
		return 0;
	pr_err("alg=%s: no such algorithm\n", alg);
	return -EINVAL;
}

static int check_params(void)
{
	if (threads < 1 || threads > FZ_LANES_MAX || inflight < threads || tfms < threads) {
		pr_err("threads=%u: 1 to %u, and no more than tfms and inflight\n", threads,
		       FZ_LANES_MAX);
		return -EINVAL;
	}
	if (fz_fail_nth && !(fz_memory && IS_ENABLED(CONFIG_FAULT_INJECTION))) {
		pr_err("fail_nth=1: needs memory=1 and a kernel with fault injection\n");
		return -EINVAL;
	}
	while (!fz_seed)
		fz_seed = get_random_u32();
	fz_setup.lanes = threads;
	fz_setup.tfms = rounddown(tfms, threads);
	return select_algs();
}

/* Transforms all lanes use get their key before there are lanes. */
static int key_shared(u32 id)
{
	struct fz_tfm *tfm = &transforms[id];
	struct fz_plan plan = { .tfm = id };

	return fz_tfm_prepare(tfm, &lanes[0]->ref[tfm->alg - fz_algs], &plan);
}

static int alloc_all(void)
{
	int err = 0;
	u32 i;

	transforms = vzalloc(array_size(fz_tfms_all(), sizeof(*transforms)));
	if (!transforms)
		return -ENOMEM;
	for (i = 0; i < threads; i++) {
		lanes[i] = fz_lane_alloc(i, inflight / threads);
		if (!lanes[i])
			return -ENOMEM;
	}
	for (i = 0; i < fz_tfms_all() && !err; i++) {
		err = fz_tfm_init(&transforms[i], i);
		if (err)
			pr_err("no transform of %s: error %d\n", fz_tfm_alg(i)->driver, err);
		else if (i >= fz_setup.tfms)
			err = key_shared(i);
	}
	return err;
}

static void free_all(void)
{
	u32 i;

	for (i = 0; transforms && i < fz_tfms_all(); i++)
		fz_tfm_exit(&transforms[i]);
	vfree(transforms);
	for (i = 0; i < threads; i++)
		if (lanes[i])
			fz_lane_free(lanes[i]);
}

static int lane_thread(void *arg)
{
	struct fz_lane *lane = arg;

	/* what plugs cards in and out meanwhile has to get on */
	set_user_nice(current, 10);
	if (only < 0)
		fz_lane_run(lane, transforms, lane->id, count, deadline);
	else if (lane->id == only % threads)
		fz_lane_run(lane, transforms, only, only + 1, deadline);
	kthread_complete_and_exit(&lane->finished, 0);
}

static int start_lanes(void)
{
	struct task_struct *task;
	u32 i;

	for (i = 0; i < threads; i++) {
		task = kthread_run(lane_thread, lanes[i], "acf_fuzz/%u", i);
		if (!IS_ERR(task))
			continue;
		complete(&lanes[i]->finished);
		print("not ok threads - cannot start thread %u\n", i);
	}
	return 0;
}

/* True: requests are still out there, and nothing they use may be freed. */
static bool wait_for_lanes(void)
{
	bool stuck = false;
	u32 i;

	for (i = 0; i < threads; i++) {
		while (!wait_for_completion_timeout(&lanes[i]->finished, 10 * HZ))
			;
		stuck |= lanes[i]->stuck;
	}
	/* the last callbacks have returned */
	synchronize_rcu();
	return stuck;
}

static void run(void)
{
	pr_info("seed=%u tfms=%u threads=%u alg=%s hostile=%d count=%u\n", fz_seed, tfms,
		threads, alg, fz_hostile, count);
	deadline = jiffies + (ms ? msecs_to_jiffies(ms) : MAX_JIFFY_OFFSET / 2);
	start_lanes();
	if (wait_for_lanes()) {
		pr_err("requests were lost: the module stays\n");
		__module_get(THIS_MODULE);
	} else {
		free_all();
	}
	report();
}

static int __init acf_fuzz_init(void)
{
	int err = check_params();

	if (err)
		return err;
	err = alloc_all();
	if (!err && fz_memory) {
		err = fz_alloc_start();
		if (err)
			pr_err("memory=1: allocations cannot be watched: error %d\n", err);
	}
	if (err) {
		free_all();
		return err;
	}
	run();
	if (fz_memory)
		fz_alloc_stop();
	dir = debugfs_create_dir("acf_fuzz", NULL);
	debugfs_create_file("results", 0400, dir, NULL, &results_fops);
	return 0;
}

static void __exit acf_fuzz_exit(void)
{
	debugfs_remove(dir);
}

module_init(acf_fuzz_init);
module_exit(acf_fuzz_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Random requests to acf's algorithms, against the kernel's software");
