// SPDX-License-Identifier: GPL-2.0
/*
 * A load to be run while a card misbehaves: "KIND PLACE COUNT" written to debugfs
 * acf_test/stress submits COUNT requests at once and waits for them, reading it gives
 * what became of them. KIND is skcipher, hash or aead; PLACE is in or out (of place).
 * Every second request decrypts.
 *
 *   requests  submitted
 *   cpu       of these: done before the submission returned
 *   lost      never completed, or completed twice
 *   errors    ended with an error
 *   forged    of these: with -EBADMSG, by an AEAD
 *   wrong     not what the kernel's software gives, and nobody can tell
 *   detected  the same, but deciphering it is refused: an AEAD's output that its own
 *             ICV gives away
 *   stall_ms  longest time between two completions
 */
#include <linux/completion.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "acf_test.h"
#include "acf_test_stress.h"

#define STRESS_MAX	4096
#define TIMEOUT_MS	60000
#define LINGER_MS	50	/* for a callback too many */

struct stress_report {
	unsigned int requests, cpu, lost, errors, forged, wrong, detected, stall_ms;
};

struct stress;

struct stress_req {
	struct stress *stress;
	void *req;
	struct stress_call call;
	struct scatterlist sg_in;
	struct scatterlist sg_out;
	u8 iv[REF_MAX_BLOCK];
	u8 *in;			/* STRESS_BYTES each */
	u8 *out;
	u8 *want;
	atomic_t finals;
	int err;
};

struct stress {
	const struct stress_kind *kind;
	void *tfm;
	void *soft;
	bool in_place;
	struct stress_report report;
	struct stress_req *req;
	spinlock_t lock;
	unsigned int left;	/* (lock) */
	ktime_t last;		/* (lock) */
	s64 stall_ns;		/* (lock) */
	struct completion empty;
	struct rnd_state rnd;
};

static DEFINE_MUTEX(stress_mutex);
static struct stress_report stress_last;

/* ---- one request ---- */

static void stress_ended(struct stress_req *r)
{
	struct stress *st = r->stress;
	ktime_t now = ktime_get();

	if (atomic_inc_return(&r->finals) != 1)
		return;
	spin_lock_bh(&st->lock);
	st->stall_ns = max(st->stall_ns, ktime_to_ns(ktime_sub(now, st->last)));
	st->last = now;
	if (!--st->left)
		complete(&st->empty);
	spin_unlock_bh(&st->lock);
}

static void stress_done(test_cb_arg arg, int err)
{
	struct stress_req *r = test_cb_data(arg);

	if (err == -EINPROGRESS)
		return;
	r->err = err;
	stress_ended(r);
}

/* By the kernel's software, which ends before it returns. */
static int stress_soft(struct stress *st, struct stress_call *call)
{
	void *req = st->kind->request(st->soft);
	u8 iv[REF_MAX_BLOCK];
	u8 *callers = call->iv;
	int err;

	if (!req)
		return -ENOMEM;
	memcpy(iv, callers, sizeof(iv));
	call->iv = iv;
	err = st->kind->submit(req, call, NULL, NULL);
	call->iv = callers;
	st->kind->request_free(req);
	return err;
}

/* The right answer to what is in r->in. */
static int stress_expect(struct stress *st, struct stress_req *r)
{
	struct stress_call call = r->call;
	struct scatterlist sg;
	int err;

	memcpy(r->want, r->in, STRESS_BYTES);
	sg_init_one(&sg, r->want, STRESS_BYTES);
	call.src = &sg;
	call.dst = &sg;
	call.digest = r->want;
	if (!st->kind->icv || !call.decrypt)
		return stress_soft(st, &call);
	/* a message to be decrypted has to be sealed first */
	call.decrypt = false;
	err = stress_soft(st, &call);
	swap(r->want, r->in);
	return err;
}

static int stress_req_init(struct stress *st, struct stress_req *r, bool decrypt)
{
	r->stress = st;
	r->in = kmalloc(STRESS_BYTES, GFP_KERNEL);
	r->out = kzalloc(STRESS_BYTES, GFP_KERNEL);
	r->want = kmalloc(STRESS_BYTES, GFP_KERNEL);
	r->req = st->kind->request(st->tfm);
	if (!r->in || !r->out || !r->want || !r->req)
		return -ENOMEM;
	prandom_bytes_state(&st->rnd, r->in, STRESS_BYTES);
	prandom_bytes_state(&st->rnd, r->iv, sizeof(r->iv));
	r->call.iv = r->iv;
	r->call.decrypt = decrypt;
	if (stress_expect(st, r))
		return -EIO;
	sg_init_one(&r->sg_in, r->in, STRESS_BYTES);
	sg_init_one(&r->sg_out, r->out, STRESS_BYTES);
	r->call.src = &r->sg_in;
	r->call.dst = st->in_place ? &r->sg_in : &r->sg_out;
	r->call.digest = r->out;
	return 0;
}

static void stress_req_submit(struct stress *st, struct stress_req *r)
{
	int ret = st->kind->submit(r->req, &r->call, stress_done, r);

	if (ret == -EINPROGRESS || ret == -EBUSY)
		return;
	st->report.cpu++;
	r->err = ret;
	stress_ended(r);
}

/* Does the ICV of what was sealed say that it is wrong? */
static bool stress_refused(struct stress *st, const struct stress_req *r, u8 *got)
{
	struct stress_call call = r->call;
	struct scatterlist sg;

	if (!st->kind->icv || call.decrypt)
		return false;
	sg_init_one(&sg, got, STRESS_BYTES);
	call.src = &sg;
	call.dst = &sg;
	call.decrypt = true;
	return stress_soft(st, &call) == -EBADMSG;
}

static void stress_judge(struct stress *st, struct stress_req *r)
{
	struct stress_report *report = &st->report;
	u8 *got = st->in_place && !st->kind->digest ? r->in : r->out;
	unsigned int skip = st->kind->assoc;

	if (atomic_read(&r->finals) != 1) {
		report->lost++;
	} else if (r->err) {
		report->errors++;
		report->forged += r->err == -EBADMSG;
	} else if (memcmp(got + skip, r->want + skip, stress_out_bytes(st->kind, &r->call))) {
		if (stress_refused(st, r, got))
			report->detected++;
		else
			report->wrong++;
	}
}

/* ---- all of them ---- */

static void stress_free(struct stress *st)
{
	unsigned int i;

	for (i = 0; st->req && i < st->report.requests; i++) {
		kfree(st->req[i].in);
		kfree(st->req[i].out);
		kfree(st->req[i].want);
		if (st->req[i].req)
			st->kind->request_free(st->req[i].req);
	}
	kvfree(st->req);
	if (!IS_ERR_OR_NULL(st->tfm))
		st->kind->close(st->tfm);
	if (!IS_ERR_OR_NULL(st->soft))
		st->kind->close(st->soft);
	kfree(st);
}

static int stress_init(struct stress *st)
{
	unsigned int i;
	int err = 0;

	st->tfm = st->kind->open(true);
	st->soft = st->kind->open(false);
	if (IS_ERR(st->tfm) || IS_ERR(st->soft))
		return IS_ERR(st->tfm) ? PTR_ERR(st->tfm) : PTR_ERR(st->soft);
	st->req = kvcalloc(st->report.requests, sizeof(*st->req), GFP_KERNEL);
	if (!st->req)
		return -ENOMEM;
	spin_lock_init(&st->lock);
	init_completion(&st->empty);
	prandom_seed_state(&st->rnd, seed);
	st->left = st->report.requests;
	for (i = 0; i < st->report.requests && !err; i++)
		err = stress_req_init(st, &st->req[i], i & 1);
	return err;
}

/* False: requests are still out there, and their memory has to stay. */
static bool stress_run(struct stress *st)
{
	bool all;
	unsigned int i;

	st->last = ktime_get();
	for (i = 0; i < st->report.requests; i++)
		stress_req_submit(st, &st->req[i]);
	all = wait_for_completion_timeout(&st->empty, msecs_to_jiffies(TIMEOUT_MS));
	msleep(LINGER_MS);
	for (i = 0; i < st->report.requests; i++)
		stress_judge(st, &st->req[i]);
	st->report.stall_ms = div_u64(st->stall_ns, NSEC_PER_MSEC);
	return all;
}

static int stress_command(const char *kind, const char *place, unsigned int count)
{
	struct stress *st = kzalloc(sizeof(*st), GFP_KERNEL);
	int err;

	if (!st)
		return -ENOMEM;
	st->kind = stress_kind(kind);
	st->in_place = !strcmp(place, "in");
	if (!st->kind || (!st->in_place && strcmp(place, "out")) || !count || count > STRESS_MAX) {
		kfree(st);
		return -EINVAL;
	}
	st->report.requests = count;
	err = stress_init(st);
	if (err) {
		stress_free(st);
		return err;
	}
	err = stress_run(st) ? 0 : -ETIMEDOUT;
	stress_last = st->report;
	if (!err)
		stress_free(st);
	return err;
}

/* ---- debugfs ---- */

static int stress_show(struct seq_file *m, void *unused)
{
	struct stress_report r;

	mutex_lock(&stress_mutex);
	r = stress_last;
	mutex_unlock(&stress_mutex);
	seq_printf(m, "requests %u cpu %u lost %u errors %u forged %u wrong %u detected %u stall_ms %u\n",
		   r.requests, r.cpu, r.lost, r.errors, r.forged, r.wrong, r.detected, r.stall_ms);
	return 0;
}

static int stress_open(struct inode *inode, struct file *file)
{
	return single_open(file, stress_show, NULL);
}

static ssize_t stress_write(struct file *file, const char __user *user, size_t bytes, loff_t *at)
{
	char text[64] = "";
	char kind[16];
	char place[8];
	unsigned int count;
	int err;

	if (bytes >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, user, bytes))
		return -EFAULT;
	if (sscanf(text, "%15s %7s %u", kind, place, &count) != 3)
		return -EINVAL;
	mutex_lock(&stress_mutex);
	err = stress_command(kind, place, count);
	mutex_unlock(&stress_mutex);
	return err ?: bytes;
}

static const struct file_operations stress_fops = {
	.owner = THIS_MODULE,
	.open = stress_open,
	.read = seq_read,
	.write = stress_write,
	.llseek = seq_lseek,
	.release = single_release,
};

void stress_debugfs(struct dentry *dir)
{
	debugfs_create_file("stress", 0600, dir, NULL, &stress_fops);
}
