// SPDX-License-Identifier: GPL-2.0
/*
 * Completion in order of submission, for transforms that ask for it: ESP numbers its
 * packets before they are enciphered, and a packet that overtakes others costs
 * throughput, or falls out of the peer's replay window.
 */
#include <linux/slab.h>

#include "acf_internal.h"

/*
 * One per transform. Requests hold references, since the last callback may free the
 * transform while acf_order_finish() still looks at the list.
 */
struct acf_order {
	refcount_t refs;
	spinlock_t lock;
	struct list_head turns;	/* (lock) in order of submission */
	bool draining;		/* (lock) somebody is calling back; he sees the rest */
};

struct acf_order *acf_order_alloc(void)
{
	struct acf_order *order = kzalloc(sizeof(*order), GFP_KERNEL);

	if (!order)
		return NULL;
	refcount_set(&order->refs, 1);
	spin_lock_init(&order->lock);
	INIT_LIST_HEAD(&order->turns);
	return order;
}

void acf_order_put(struct acf_order *order)
{
	if (refcount_dec_and_test(&order->refs))
		kfree(order);
}

void acf_order_join(struct acf_order *order, struct acf_turn *turn)
{
	turn->order = order;
	turn->finished = false;
	refcount_inc(&order->refs);
	spin_lock_bh(&order->lock);
	list_add_tail(&turn->node, &order->turns);
	spin_unlock_bh(&order->lock);
}

/* True when nobody else is in the line: the result may be returned at once. */
bool acf_order_leave(struct acf_turn *turn)
{
	struct acf_order *order = turn->order;
	bool alone;

	spin_lock_bh(&order->lock);
	alone = list_is_singular(&order->turns) && !order->draining;
	if (alone)
		list_del(&turn->node);
	spin_unlock_bh(&order->lock);
	if (alone)
		acf_order_put(order);
	return alone;
}

/* The next whose turn it is and who is finished, off the list; or NULL. */
static struct acf_turn *acf_order_next(struct acf_order *order)
{
	struct acf_turn *turn = list_first_entry_or_null(&order->turns, struct acf_turn, node);

	lockdep_assert_held(&order->lock);
	if (!turn || !turn->finished)
		return NULL;
	list_del(&turn->node);
	return turn;
}

static void acf_order_drain(struct acf_order *order)
{
	struct acf_turn *turn;

	lockdep_assert_held(&order->lock);
	while ((turn = acf_order_next(order))) {
		spin_unlock(&order->lock);
		turn->complete(turn, turn->err);	/* turn is gone */
		acf_order_put(order);
		spin_lock(&order->lock);
	}
}

void acf_order_finish(struct acf_turn *turn, int err)
{
	struct acf_order *order = turn->order;

	refcount_inc(&order->refs);
	spin_lock_bh(&order->lock);
	turn->err = err;
	turn->finished = true;
	if (!order->draining) {
		order->draining = true;
		acf_order_drain(order);
		order->draining = false;
	}
	spin_unlock_bh(&order->lock);
	acf_order_put(order);
}
