// SPDX-License-Identifier: GPL-2.0
/*
 * Submission from threads, tasklets, timers and completions, and the callback. A request
 * is held twice, by whoever submits it and by its outcome; when both are through, it goes
 * back to the thread of its lane, the only one to free it.
 */
#include <linux/irqflags.h>

#include "acf_fuzz.h"
#include "acf_fuzz_alloc.h"

#define DEPTH_MAX	4	/* requests nested in each other's completions */

static void go(struct fz_req *req);

static void hold_put(struct fz_req *req)
{
	struct fz_lane *lane = req->lane;

	if (!atomic_dec_and_test(&req->holds))
		return;
	atomic_dec(&fz_totals.inflight);
	llist_add(&req->done, &lane->done);
	wake_up(&lane->wait);
}

/* The transform may get another key now, as far as this request is concerned. */
static void submitted(struct fz_req *req)
{
	atomic_dec(&req->tfm->unsubmitted);
	wake_up(&req->lane->wait);
}

static void finish(struct fz_req *req)
{
	struct fz_req *child, *next;
	LIST_HEAD(children);

	spin_lock_bh(&req->lock);
	atomic_set(&req->state, FZ_DONE);
	list_splice_init(&req->children, &children);
	spin_unlock_bh(&req->lock);
	if (fz_req_steps(req) > 1)
		submitted(req);
	list_for_each_entry_safe(child, next, &children, node) {
		if (in_softirq())
			atomic_inc(&fz_totals.chained);
		go(child);
	}
	hold_put(req);
}

/* One step ended; true if there is another. */
static bool step_ended(struct fz_req *req, int err)
{
	req->err = err;
	if (!err && ++req->step < fz_req_steps(req))
		return true;
	finish(req);
	return false;
}

static bool is_pending(struct fz_req *req, int ret)
{
	if (ret != -EINPROGRESS && ret != -EBUSY)
		return false;
	atomic_inc(&fz_totals.async);
	if (ret == -EINPROGRESS)
		return true;
	atomic_inc(&req->busy);
	atomic_inc(&fz_totals.backlogged);
	if (!(req->plan.flags & CRYPTO_TFM_REQ_MAY_BACKLOG))
		set_bit(FZ_BUSY_UNASKED, &req->faults);
	return true;
}

static int step(struct fz_req *req)
{
	struct fz_window w;
	int ret;

	if (!fz_memory)
		return fz_req_step(req);
	fz_window_open(&w, req->lane->id);
	ret = fz_req_step(req);
	fz_window_close(&w);
	req->starved |= w.failed;
	atomic_add(w.failed, &fz_totals.starved);
	fz_submission(req->tfm->alg, req->plan.n, &w, ret == -EINPROGRESS || ret == -EBUSY);
	return ret;
}

/* Steps until one is pending. The caller's hold ends here. */
static void go(struct fz_req *req)
{
	bool single = fz_req_steps(req) == 1;
	bool more;
	int ret;

	do {
		atomic_set(&req->state, FZ_OUT);
		ret = step(req);
		if (single)
			submitted(req);
		if (is_pending(req, ret))
			break;
		more = atomic_cmpxchg(&req->state, FZ_OUT, FZ_IDLE) == FZ_OUT;
		if (!more)
			set_bit(FZ_SYNC_AND_CALLBACK, &req->faults);
	} while (more && step_ended(req, ret));
	hold_put(req);
}

void fz_done(test_cb_arg arg, int err)
{
	struct fz_req *req = test_cb_data(arg);

	if (!in_softirq() || in_hardirq() || irqs_disabled())
		set_bit(FZ_CONTEXT, &req->faults);
	if (err == -EINPROGRESS) {
		if (atomic_read(&req->state) != FZ_OUT)
			set_bit(FZ_NOTICE_AFTER, &req->faults);
		atomic_inc(&req->notices);
		return;
	}
	if (atomic_cmpxchg(&req->state, FZ_OUT, FZ_IDLE) != FZ_OUT) {
		set_bit(FZ_TWICE, &req->faults);
		return;
	}
	if (step_ended(req, err)) {
		atomic_inc(&req->holds);
		go(req);
	}
}

/* ---- submitters in softirq ---- */

static void start_all(struct fz_lane *lane, struct list_head *queue)
{
	struct fz_req *req, *next;
	LIST_HEAD(todo);

	spin_lock(&lane->lock);
	list_splice_init(queue, &todo);
	spin_unlock(&lane->lock);
	list_for_each_entry_safe(req, next, &todo, node) {
		atomic_inc(&fz_totals.softirq);
		go(req);
	}
}

static void run_tasklet(struct tasklet_struct *tasklet)
{
	struct fz_lane *lane = container_of(tasklet, struct fz_lane, tasklet);

	start_all(lane, &lane->for_tasklet);
}

static void run_timer(struct timer_list *timer)
{
	struct fz_lane *lane = container_of(timer, struct fz_lane, timer);

	start_all(lane, &lane->for_timer);
}

void fz_submitters_init(struct fz_lane *lane)
{
	spin_lock_init(&lane->lock);
	INIT_LIST_HEAD(&lane->for_tasklet);
	INIT_LIST_HEAD(&lane->for_timer);
	tasklet_setup(&lane->tasklet, run_tasklet);
	timer_setup(&lane->timer, run_timer, 0);
}

void fz_submitters_stop(struct fz_lane *lane)
{
	tasklet_kill(&lane->tasklet);
	timer_delete_sync(&lane->timer);
}

static void defer(struct fz_req *req, struct list_head *queue)
{
	spin_lock_bh(&req->lane->lock);
	list_add_tail(&req->node, queue);
	spin_unlock_bh(&req->lane->lock);
}

static void start_bh(struct fz_req *req)
{
	local_bh_disable();
	go(req);
	local_bh_enable();
}

/* On completion of the lane's last request, if that is still to come. */
static void start_after(struct fz_req *req, struct fz_req *parent)
{
	bool waits = false;

	if (parent && parent->depth < DEPTH_MAX) {
		req->depth = parent->depth + 1;
		spin_lock_bh(&parent->lock);
		waits = atomic_read(&parent->state) != FZ_DONE;
		if (waits)
			list_add_tail(&req->node, &parent->children);
		spin_unlock_bh(&parent->lock);
	}
	if (!waits)
		start_bh(req);
}

static void count_in(struct fz_req *req)
{
	int now = atomic_inc_return(&fz_totals.inflight);
	int max = atomic_read(&fz_totals.inflight_max);

	while (now > max && !atomic_try_cmpxchg(&fz_totals.inflight_max, &max, now))
		;
	atomic_inc(&fz_totals.requests);
	atomic_inc(&req->tfm->unsubmitted);
}

void fz_submit(struct fz_req *req)
{
	struct fz_lane *lane = req->lane;
	struct fz_req *parent = lane->last;

	count_in(req);
	lane->last = req;
	switch (req->plan.from) {
	case FZ_FROM_THREAD:
		go(req);
		break;
	case FZ_FROM_BH:
		start_bh(req);
		break;
	case FZ_FROM_TASKLET:
		defer(req, &lane->for_tasklet);
		tasklet_schedule(&lane->tasklet);
		break;
	case FZ_FROM_TIMER:
		defer(req, &lane->for_timer);
		mod_timer(&lane->timer, jiffies + 1);
		break;
	case FZ_FROM_CALLBACK:
		start_after(req, parent);
		break;
	}
}
