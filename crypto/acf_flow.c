// SPDX-License-Identifier: GPL-2.0
/*
 * What a transform remembers of the requests whose order counts: those of the network,
 * which may not wait (no MAY_BACKLOG). ESP numbers its packets before they are enciphered,
 * and a packet that overtakes others costs throughput, or falls out of the peer's replay
 * window. Storage has no order to keep: one stuck job must not withhold a volume's others.
 *
 * A flow is busy while a request of it is on a card, waits for its turn, or is in its
 * callback: that of packet n may be about to submit it to the next cipher. Nobody joins
 * an idle flow but to go to a card.
 */
#include <linux/slab.h>

#include "acf_compat.h"
#include "acf_internal.h"

/* Callbacks in a row; who has made them hands the rest on. */
#define ACF_FLOW_BUDGET	16

/*
 * Requests hold references, since the last callback may free the transform while
 * acf_flow_drain() still looks at the lists.
 */
struct acf_flow {
	refcount_t refs;
	spinlock_t lock;
	struct list_head turns;		/* (lock) joined, in order of submission */
	struct list_head ready;		/* (lock) finished, and it is their turn */
	unsigned int nr;		/* (lock) joined, callback not returned; read without */
	bool draining;			/* (lock) somebody is calling back; he sees the rest */
	bool loose;			/* (lock) too many: order is given up until nr is 0 */
	struct work_struct work;	/* goes on with what a budget left */
};

atomic64_t acf_flow_given_up;

/*
 * Per CPU, so that callbacks go on where they were: what the network stack does next it
 * queues per CPU, and packets that change CPUs overtake each other there.
 */
static struct workqueue_struct *acf_flow_wq;

static void acf_flow_work(struct work_struct *work);

int acf_flows_init(void)
{
	acf_flow_wq = alloc_workqueue("acf_flow", ACF_WQ_PERCPU | WQ_HIGHPRI | WQ_CPU_INTENSIVE |
				      WQ_MEM_RECLAIM, 0);
	return acf_flow_wq ? 0 : -ENOMEM;
}

/* No request is left, but who called back may not have returned. */
void acf_flows_exit(void)
{
	destroy_workqueue(acf_flow_wq);
}

struct acf_flow *acf_flow_alloc(void)
{
	struct acf_flow *flow = kzalloc(sizeof(*flow), GFP_KERNEL);

	if (!flow)
		return NULL;
	refcount_set(&flow->refs, 1);
	spin_lock_init(&flow->lock);
	INIT_LIST_HEAD(&flow->turns);
	INIT_LIST_HEAD(&flow->ready);
	INIT_WORK(&flow->work, acf_flow_work);
	return flow;
}

void acf_flow_put(struct acf_flow *flow)
{
	if (refcount_dec_and_test(&flow->refs))
		kfree(flow);
}

bool acf_flow_busy(const struct acf_flow *flow)
{
	return READ_ONCE(flow->nr);
}

static void acf_flow_count(struct acf_flow *flow, int change)
{
	lockdep_assert_held(&flow->lock);
	WRITE_ONCE(flow->nr, flow->nr + change);
	if (!flow->nr)
		flow->loose = false;
}

/* The work has a reference of its own. draining stays set: it is in charge. */
static void acf_flow_hand_on(struct acf_flow *flow)
{
	lockdep_assert_held(&flow->lock);
	flow->draining = true;
	refcount_inc(&flow->refs);
	queue_work(acf_flow_wq, &flow->work);
}

/* Those who wait for an earlier one go on, since nothing may be dropped. */
static void acf_flow_give_up(struct acf_flow *flow)
{
	struct acf_turn *turn;
	struct acf_turn *next;

	lockdep_assert_held(&flow->lock);
	flow->loose = true;
	atomic64_inc(&acf_flow_given_up);
	list_for_each_entry_safe(turn, next, &flow->turns, node)
		if (turn->finished)
			list_move_tail(&turn->node, &flow->ready);
	if (!list_empty(&flow->ready) && !flow->draining)
		acf_flow_hand_on(flow);
}

void acf_flow_join(struct acf_flow *flow, struct acf_turn *turn)
{
	turn->flow = flow;
	turn->finished = false;
	refcount_inc(&flow->refs);
	spin_lock_bh(&flow->lock);
	if (flow->nr >= acf_flow_len && !flow->loose)
		acf_flow_give_up(flow);
	list_add_tail(&turn->node, &flow->turns);
	acf_flow_count(flow, 1);
	spin_unlock_bh(&flow->lock);
}

bool acf_flow_leave(struct acf_turn *turn)
{
	struct acf_flow *flow = turn->flow;
	bool alone;

	spin_lock_bh(&flow->lock);
	alone = flow->nr == 1 || flow->loose;
	if (alone) {
		list_del(&turn->node);
		acf_flow_count(flow, -1);
	}
	spin_unlock_bh(&flow->lock);
	if (alone)
		acf_flow_put(flow);
	return alone;
}

/* Whose turn it is now that @turn is finished. */
static void acf_flow_advance(struct acf_flow *flow, struct acf_turn *turn)
{
	lockdep_assert_held(&flow->lock);
	if (flow->loose) {
		list_move_tail(&turn->node, &flow->ready);
		return;
	}
	while ((turn = list_first_entry_or_null(&flow->turns, struct acf_turn, node)) &&
	       turn->finished)
		list_move_tail(&turn->node, &flow->ready);
}

static void acf_flow_call_back(struct acf_flow *flow, struct acf_turn *turn)
{
	lockdep_assert_held(&flow->lock);
	list_del(&turn->node);
	spin_unlock_bh(&flow->lock);
	local_bh_disable();
	turn->complete(turn, turn->err);	/* turn is gone */
	local_bh_enable();
	spin_lock_bh(&flow->lock);
	acf_flow_count(flow, -1);
	acf_flow_put(flow);	/* the turn's; the caller has his own */
}

static void acf_flow_drain(struct acf_flow *flow)
{
	unsigned int budget = ACF_FLOW_BUDGET;

	lockdep_assert_held(&flow->lock);
	flow->draining = true;
	while (!list_empty(&flow->ready) && budget--)
		acf_flow_call_back(flow, list_first_entry(&flow->ready, struct acf_turn, node));
	if (list_empty(&flow->ready))
		flow->draining = false;
	else
		acf_flow_hand_on(flow);
}

static void acf_flow_work(struct work_struct *work)
{
	struct acf_flow *flow = container_of(work, struct acf_flow, work);

	spin_lock_bh(&flow->lock);
	acf_flow_drain(flow);
	spin_unlock_bh(&flow->lock);
	acf_flow_put(flow);
}

void acf_flow_finish(struct acf_turn *turn, int err)
{
	struct acf_flow *flow = turn->flow;

	refcount_inc(&flow->refs);
	spin_lock_bh(&flow->lock);
	turn->err = err;
	turn->finished = true;
	acf_flow_advance(flow, turn);
	if (!flow->draining)
		acf_flow_drain(flow);
	spin_unlock_bh(&flow->lock);
	acf_flow_put(flow);
}
