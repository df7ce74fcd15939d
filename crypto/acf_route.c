// SPDX-License-Identifier: GPL-2.0
/*
 * The way of a request, whatever its kind: a card, perhaps another card, and the CPU at
 * the end of it, which can do everything. Whatever a card refused, returned or failed
 * enters here again with the card it must not use; nothing else is a redo.
 */
#include <crypto/algapi.h>

#include "acf_internal.h"
#include "acf_trace.h"

/* Cards a request is offered to. Two that failed it make it the CPU's. */
#define ACF_MOST_CARDS	2

/* The request, and rq with it, may be gone when this returns. */
static void acf_req_complete(struct acf_req *rq, int err)
{
	struct crypto_async_request *base = rq->base;

	acf_key_put(rq->key);
	crypto_request_complete(base, err);
}

static void acf_req_complete_turn(struct acf_turn *turn, int err)
{
	acf_req_complete(container_of(turn, struct acf_req, turn), err);
}

/* The result is there: call back, in turn where there is an order. Bottom halves off. */
static void acf_req_end(struct acf_req *rq, int err)
{
	/* of a forged message it is what would have passed */
	memzero_explicit(rq->job.mac, sizeof(rq->job.mac));
	if (rq->flow)
		acf_flow_finish(&rq->turn, err);
	else
		acf_req_complete(rq, err);
}

static int acf_req_on_cpu(struct acf_req *rq, bool may_sleep)
{
	const struct acf_job *job = &rq->job;
	u64 began = acf_cpu_measure_begin(job);
	int err;

	acf_cpu_count(job, rq->use, rq->why);
	err = rq->ops->cpu(rq, may_sleep);
	acf_cpu_measure_end(job->alg, job->decrypt, job->len, began);
	trace_acf_complete(&rq->job, "cpu", err, 0);
	return err;
}

/* For the CPU unit: in process context, bottom halves on. */
void acf_route_on_cpu(struct acf_job *job)
{
	struct acf_req *rq = container_of(job, struct acf_req, job);
	int err = acf_req_on_cpu(rq, false);

	local_bh_disable();
	acf_req_end(rq, err);
	local_bh_enable();
}

/* A card did not do it, and said why; or there was none any more while it waited. */
static void acf_req_refused(struct acf_req *rq, int why)
{
	rq->why = why;
	rq->avoid = rq->job.engine;
	rq->cards += !!rq->job.engine;
}

static bool acf_is_accepted(int ret)
{
	return ret == -EINPROGRESS || ret == -EBUSY;
}

/*
 * Offer the request to cards. True: one has it, and it is not ours any more; *ret is what
 * its submitter has to hear.
 */
static bool acf_route_to_card(struct acf_req *rq, bool may_wait, int *ret)
{
	while (rq->cards < ACF_MOST_CARDS) {
		*ret = acf_dispatch(&rq->job, rq->avoid, may_wait);
		if (acf_is_accepted(*ret))
			return true;
		if (!rq->job.engine) {
			/* there is no other card: what the last one said counts */
			rq->why = rq->why ?: *ret;
			return false;
		}
		acf_req_refused(rq, *ret);
	}
	return false;
}

/* Nobody may be told to wait who has been told that his request is on its way. */
static void acf_req_done(struct acf_job *job, int err)
{
	struct acf_req *rq = container_of(job, struct acf_req, job);
	int ret;

	acf_policy_done(job);
	if (!err) {
		atomic64_inc(&rq->use->card_requests);
		atomic64_add(job->len, &rq->use->card_bytes);
		acf_req_end(rq, rq->ops->finish(rq));
		return;
	}
	rq->returned = true;
	acf_req_refused(rq, err);
	if (!acf_route_to_card(rq, false, &ret))
		acf_cpu_add(job);
}

static void acf_req_accepted(struct acf_job *job)
{
	crypto_request_complete(container_of(job, struct acf_req, job)->base, -EINPROGRESS);
}

void acf_req_init(struct acf_req *rq, struct acf_tfm *ctx, const struct acf_kind_ops *ops,
		  struct crypto_async_request *base)
{
	acf_job_init(&rq->job);
	rq->job.alg = ctx->alg;
	rq->job.class = ctx->class;
	rq->job.done = acf_req_done;
	rq->job.accepted = acf_req_accepted;
	rq->turn.complete = acf_req_complete_turn;
	rq->flow = NULL;
	rq->base = base;
	rq->ops = ops;
	rq->use = &ctx->use;
	rq->key = acf_key_get(ctx->key);
	rq->job.checked = true;
	rq->job.block = rq->key->twin.block;
	rq->avoid = NULL;
	rq->cards = 0;
	rq->why = 0;
	rq->returned = false;
}

/* The submitter's own time: a result nobody has to wait for is returned at once. */
static int acf_submit_to_cpu(struct acf_req *rq)
{
	int err;

	acf_cpu_begins();
	err = acf_req_on_cpu(rq, true);
	acf_cpu_ended();
	if (!rq->flow || acf_flow_leave(&rq->turn)) {
		acf_key_put(rq->key);
		return err;
	}
	/* others came first: the result waits for its turn */
	acf_flow_finish(&rq->turn, err);
	return -EINPROGRESS;
}

static void acf_req_join(struct acf_req *rq, struct acf_flow *flow)
{
	rq->flow = flow;
	acf_flow_join(flow, &rq->turn);
}

/*
 * Bottom halves are off, and the submitter is going to sleep until the request is done:
 * he is in a callback, perhaps of ours, and keeps the thread that would have to complete
 * it (dm-crypt's elephant diffuser up to 6.12).
 */
static bool acf_req_is_waited_for(const struct acf_req *rq)
{
	return rq->base->complete == crypto_req_done && in_softirq();
}

/* 0, or why no card is to have it. */
static int acf_req_is_the_cpus(struct acf_req *rq, bool fits)
{
	if (!fits)
		return -EOPNOTSUPP;
	if (acf_req_is_waited_for(rq))
		return -EDEADLK;
	if (!acf_cards_serve(rq->job.alg))
		return -ENODEV;
	return acf_policy_route(&rq->job);
}

/*
 * Under the policy "auto" nobody waits: with so much for the card to do the submitter
 * computes.
 */
int acf_submit(struct acf_req *rq, struct acf_flow *flow, bool fits)
{
	bool ordered = !(rq->base->flags & CRYPTO_TFM_REQ_MAY_BACKLOG);
	bool may_wait = !ordered && acf_policy_now() != ACF_POLICY_AUTO;
	int ret;

	trace_acf_submit(&rq->job);
	rq->why = acf_req_is_the_cpus(rq, fits);
	if (rq->why == -EDEADLK)
		return acf_submit_to_cpu(rq);
	if (ordered && (!rq->why || acf_flow_busy(flow)))
		acf_req_join(rq, flow);
	if (!rq->why && acf_route_to_card(rq, may_wait, &ret))
		return ret;
	return acf_submit_to_cpu(rq);
}
