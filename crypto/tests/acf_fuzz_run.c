// SPDX-License-Identifier: GPL-2.0
/* A lane: the thread that plans, builds and submits its share, and judges what comes back. */
#include <linux/delay.h>
#include <linux/slab.h>

#include "acf_fuzz.h"

#define GRAVES		48	/* finished requests kept for a while: late writes show */
#define LINGER_MS	300	/* how long a callback too many may take to show */

static void bury_oldest(struct fz_lane *lane)
{
	struct fz_req *req = list_first_entry(&lane->grave, struct fz_req, node);

	list_del(&req->node);
	lane->graves--;
	fz_check_again(req);
	fz_req_free(req);
}

static void take_back(struct fz_lane *lane, struct fz_req *req)
{
	lane->inflight--;
	list_del(&req->out);
	if (lane->last == req)
		lane->last = NULL;
	fz_check(req);
	list_add_tail(&req->node, &lane->grave);
	if (++lane->graves > GRAVES)
		bury_oldest(lane);
}

static void reap(struct fz_lane *lane)
{
	struct llist_node *done = llist_del_all(&lane->done);
	struct fz_req *req, *next;

	llist_for_each_entry_safe(req, next, llist_reverse_order(done), done)
		take_back(lane, req);
}

static const char *where(const struct fz_req *req)
{
	if (atomic_read(&req->state) == FZ_OUT)
		return "accepted and never completed";
	return req->step ? "ended between two steps" : "never submitted, as an earlier one was lost";
}

static void report_lost(struct fz_lane *lane)
{
	struct fz_req *req;

	lane->stuck = true;
	list_for_each_entry(req, &lane->out, out) {
		atomic_inc(&fz_totals.lost);
		fz_fail(req->tfm->alg, req->plan.n, "%s within %u ms", where(req), fz_wait_ms);
	}
}

/* Wait until something came back, or *left is zero; false if neither happens. */
static bool progress(struct fz_lane *lane, const atomic_t *left)
{
	if (wait_event_timeout(lane->wait,
			       !llist_empty(&lane->done) || (left && !atomic_read(left)),
			       msecs_to_jiffies(fz_wait_ms))) {
		reap(lane);
		return true;
	}
	report_lost(lane);
	return false;
}

static bool wait_for_room(struct fz_lane *lane)
{
	while (lane->inflight >= lane->inflight_max)
		if (!progress(lane, NULL))
			return false;
	return true;
}

/* setkey() beside a submission to the same transform is against the API's rules. */
static bool wait_until_quiet(struct fz_lane *lane, struct fz_tfm *tfm)
{
	while (atomic_read(&tfm->unsubmitted))
		if (!progress(lane, &tfm->unsubmitted))
			return false;
	return true;
}

/* The key and ICV size a request was built for. */
static int prepare(struct fz_lane *lane, struct fz_req *req)
{
	struct fz_tfm *tfm = req->tfm;

	if (fz_tfm_is_prepared(tfm, &req->plan))
		return 0;
	if (!wait_until_quiet(lane, tfm))
		return -ETIMEDOUT;
	return fz_tfm_prepare(tfm, &lane->ref[tfm->alg - fz_algs], &req->plan);
}

static void submit_one(struct fz_lane *lane, struct fz_req *req)
{
	reap(lane);
	if (!wait_for_room(lane) || prepare(lane, req)) {
		atomic_inc(&fz_totals.nomem);
		fz_req_free(req);
		return;
	}
	lane->inflight++;
	list_add_tail(&req->out, &lane->out);
	fz_submit(req);
}

static void build_one(struct fz_lane *lane, struct fz_tfm *tfms, u32 n)
{
	struct fz_req *req = NULL;
	struct fz_plan plan;
	struct fz_ref *ref;

	fz_plan_request(&plan, n);
	ref = &lane->ref[tfms[plan.tfm].alg - fz_algs];
	if (!fz_ref_prepare(ref, &plan))
		req = fz_req_build(lane, &tfms[plan.tfm], ref, &plan, fz_done);
	if (req)
		list_add_tail(&req->node, &lane->built);
	else
		atomic_inc(&fz_totals.nomem);
}

/* Built first and submitted in one go, or software would be slower than the card. */
static void submit_built(struct fz_lane *lane)
{
	struct fz_req *req, *next;

	list_for_each_entry_safe(req, next, &lane->built, node) {
		list_del(&req->node);
		submit_one(lane, req);
	}
}

static void settle(struct fz_lane *lane)
{
	while (lane->inflight && !lane->stuck)
		progress(lane, NULL);
	msleep(LINGER_MS);
	fz_submitters_stop(lane);
	while (lane->graves)
		bury_oldest(lane);
}

void fz_lane_run(struct fz_lane *lane, struct fz_tfm *tfms, u32 first, u32 end,
		 unsigned long deadline)
{
	u32 n = first;
	u32 i;

	while (n < end && !lane->stuck && !READ_ONCE(fz_stop) && time_before(jiffies, deadline)) {
		for (i = 0; n < end && i < lane->inflight_max; i++, n += fz_setup.lanes) {
			build_one(lane, tfms, n);
			reap(lane);
			cond_resched();
		}
		submit_built(lane);
	}
	settle(lane);
}

static int init_refs(struct fz_lane *lane)
{
	u32 i;
	int err = 0;

	for (i = 0; i < fz_setup.nr_algs && !err; i++)
		err = fz_ref_init(&lane->ref[fz_setup.alg[i] - fz_algs], fz_setup.alg[i]);
	return err;
}

struct fz_lane *fz_lane_alloc(u32 id, u32 inflight)
{
	struct fz_lane *lane = kzalloc(sizeof(*lane), GFP_KERNEL);

	if (!lane)
		return NULL;
	lane->id = id;
	lane->inflight_max = inflight;
	INIT_LIST_HEAD(&lane->built);
	INIT_LIST_HEAD(&lane->out);
	INIT_LIST_HEAD(&lane->grave);
	init_llist_head(&lane->done);
	init_waitqueue_head(&lane->wait);
	init_completion(&lane->finished);
	fz_submitters_init(lane);
	if (!init_refs(lane))
		return lane;
	fz_lane_free(lane);
	return NULL;
}

void fz_lane_free(struct fz_lane *lane)
{
	u32 i;

	for (i = 0; i < FZ_ALGS; i++)
		fz_ref_exit(&lane->ref[i]);
	kfree(lane);
}
