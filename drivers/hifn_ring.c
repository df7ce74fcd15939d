// SPDX-License-Identifier: GPL-2.0
/* Accounting of the four rings: claim, fill, publish, harvest, release. */
#include "hifn_ring.h"

static u16 ring_index(const struct hifn_ring *r, u32 i)
{
	return i % r->nr;
}

static u16 ring_tail(const struct hifn_ring *r)
{
	return ring_index(r, (u32)r->head + r->nr - r->used);
}

void hifn_ring_init(struct hifn_ring *r, struct hifn_desc *desc, u32 bus, u16 nr)
{
	r->desc = desc;
	r->bus = bus;
	r->nr = nr;
	r->head = 0;
	r->used = 0;
	r->claimed = 0;
	r->filled = 0;
	memset(desc, 0, (nr + 1) * sizeof(*desc));
	desc[nr].p = cpu_to_le32(bus);
}

static void ring_restart(struct hifn_ring *r)
{
	hifn_ring_init(r, r->desc, r->bus, r->nr);
}

void hifn_rings_reset(struct hifn_rings *rs)
{
	ring_restart(&rs->cmd);
	ring_restart(&rs->src);
	ring_restart(&rs->dst);
	ring_restart(&rs->res);
	rs->harvested = 0;
}

static void ring_claim(struct hifn_ring *r, u16 n)
{
	r->claimed = n;
	r->filled = 0;
}

int hifn_rings_claim(struct hifn_rings *rs, u16 nr_src, u16 nr_dst, u16 slot)
{
	if (!nr_src || nr_src > hifn_ring_capacity(&rs->src) ||
	    !nr_dst || nr_dst > hifn_ring_capacity(&rs->dst))
		return -EINVAL;
	if (!hifn_ring_room(&rs->cmd) || !hifn_ring_room(&rs->res) ||
	    nr_src > hifn_ring_room(&rs->src) ||
	    nr_dst > hifn_ring_room(&rs->dst))
		return -EBUSY;
	ring_claim(&rs->cmd, 1);
	ring_claim(&rs->src, nr_src);
	ring_claim(&rs->dst, nr_dst);
	ring_claim(&rs->res, 1);
	rs->chain[rs->res.head] = (struct hifn_chain){
		.slot = slot,
		.cmd = rs->cmd.head,
		.src = rs->src.head,
		.dst = rs->dst.head,
		.nr_src = nr_src,
		.nr_dst = nr_dst,
	};
	return 0;
}

/*
 * The card clears VALID on the jump when it passes, so it is armed once a lap,
 * together with the entry before it. That is never too early: one entry of the
 * ring stays empty, so when the last entry is claimed, entry 0 of this lap has
 * been released, and the card passed last lap's jump to get there. Arming a
 * jump that the card is just passing would lose one of the two writes.
 */
void hifn_ring_fill(struct hifn_ring *r, u32 l, u32 p)
{
	u16 i = ring_index(r, (u32)r->head + r->filled);

	r->desc[i].p = cpu_to_le32(p);
	WRITE_ONCE(r->desc[i].l, cpu_to_le32(l & ~HIFN_D_VALID));
	if (i == r->nr - 1)
		WRITE_ONCE(r->desc[r->nr].l, cpu_to_le32(HIFN_D_JUMP_ARMED));
	r->filled++;
}

/* From last to first: the card, which polls, never sees part of a chain. */
static void ring_publish(struct hifn_ring *r)
{
	u16 n = r->claimed;

	while (n--) {
		struct hifn_desc *d = &r->desc[ring_index(r, (u32)r->head + n)];

		WRITE_ONCE(d->l, d->l | cpu_to_le32(HIFN_D_VALID));
	}
	r->head = ring_index(r, (u32)r->head + r->claimed);
	r->used += r->claimed;
	ring_claim(r, 0);
}

/*
 * A command must never be visible before what it needs, docs/reference/hifn795x.md 3.7.
 * Both barriers pair with the card's order of reading: descriptor first, then
 * what it points to; command first, then the other three rings.
 */
void hifn_rings_publish(struct hifn_rings *rs)
{
	dma_wmb();
	ring_publish(&rs->dst);
	ring_publish(&rs->res);
	ring_publish(&rs->src);
	dma_wmb();
	ring_publish(&rs->cmd);
}

void hifn_rings_rollback(struct hifn_rings *rs)
{
	ring_claim(&rs->cmd, 0);
	ring_claim(&rs->src, 0);
	ring_claim(&rs->dst, 0);
	ring_claim(&rs->res, 0);
}

/* The result entry of the oldest chain the card still has. */
static u16 rings_oldest(const struct hifn_rings *rs)
{
	return ring_index(&rs->res, (u32)ring_tail(&rs->res) + rs->harvested);
}

u16 hifn_rings_oldest(const struct hifn_rings *rs)
{
	return rs->chain[rings_oldest(rs)].slot;
}

bool hifn_rings_ready(const struct hifn_rings *rs)
{
	const struct hifn_desc *d = &rs->res.desc[rings_oldest(rs)];

	return hifn_rings_busy(rs) &&
	       !(le32_to_cpu(READ_ONCE(d->l)) & HIFN_D_VALID);
}

static bool ring_retired(const struct hifn_ring *r, u16 from, u16 n)
{
	while (n--) {
		const struct hifn_desc *d = &r->desc[ring_index(r, (u32)from + n)];

		if (le32_to_cpu(READ_ONCE(d->l)) & HIFN_D_VALID)
			return false;
	}
	return true;
}

/*
 * An entry the card has not given back must not be used again: a lap later the
 * card would take it for a new one, and from then on every result for that of
 * the job before. Such a chain never becomes done, and its time runs out.
 */
bool hifn_rings_done(const struct hifn_rings *rs)
{
	const struct hifn_chain *chain = &rs->chain[rings_oldest(rs)];

	return hifn_rings_ready(rs) && ring_retired(&rs->cmd, chain->cmd, 1) &&
	       ring_retired(&rs->src, chain->src, chain->nr_src) &&
	       ring_retired(&rs->dst, chain->dst, chain->nr_dst);
}

bool hifn_rings_harvest(struct hifn_rings *rs, u16 *slot)
{
	if (!hifn_rings_done(rs))
		return false;
	/* Pairs with the card's order: data, result block, VALID clear, 3.4. */
	dma_rmb();
	*slot = hifn_rings_oldest(rs);
	rs->harvested++;
	return true;
}

bool hifn_rings_abandon(struct hifn_rings *rs, u16 *slot)
{
	if (!rs->res.used)
		return false;
	*slot = rs->chain[ring_tail(&rs->res)].slot;
	if (!rs->harvested)
		rs->harvested = 1;
	return true;
}

void hifn_rings_release(struct hifn_rings *rs)
{
	const struct hifn_chain *chain = &rs->chain[ring_tail(&rs->res)];

	rs->src.used -= chain->nr_src;
	rs->dst.used -= chain->nr_dst;
	rs->cmd.used--;
	rs->res.used--;
	rs->harvested--;
}
