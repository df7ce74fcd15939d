// SPDX-License-Identifier: BSD-2-Clause
/*
 * A level over messages, which are pulses: one at a time. The driver gives the buffer
 * back when its handlers have run; if the line is up then, the next message goes. A line
 * that falls before anybody has looked cannot be taken back: the handler finds nothing.
 */
#include "vhu.h"

static bool line_up(const struct vhu *vhu)
{
	return vhu->t.function->line(vhu->t.function->opaque);
}

/* The driver has made a buffer available since the message left. */
static bool answered(const struct vhu *vhu)
{
	const struct vhu_ring *ring = &vhu->ring[VHU_INTERRUPTS];

	return vhu->fired && ring->desc && vhu_ring_made(ring) != vhu->buffers;
}

static void fire(struct vhu *vhu)
{
	static const struct pcidev_msg msg = { .op = PCIDEV_INT, .addr = 1 /* INTA */ };
	struct vhu_ring *ring = &vhu->ring[VHU_INTERRUPTS];
	struct vhu_chain chain;

	if (!vhu_ring_take(ring, &vhu->memory, &chain) || chain.room < sizeof(msg)) {
		ring->broken = true;
		transport_refused(&vhu->t, "buffer for interrupts refused: none comes any more");
		return;
	}
	vhu_chain_write(&chain, &msg, sizeof(msg));
	vhu->buffers = vhu_ring_made(ring);
	vhu->fired = true;
	vhu_ring_give(ring, chain.head, sizeof(msg));
	vhu_ring_call(ring);
	vhu->t.counts.fired++;
}

bool vhu_line_waits(struct vhu *vhu)
{
	return answered(vhu) ||
	       (!vhu->fired && line_up(vhu) && vhu_ring_has_work(&vhu->ring[VHU_INTERRUPTS]));
}

/*
 * An answered message tells that its handlers have run, and what these wrote is in ring 0
 * before the answer is in ring 1: that one is looked at first.
 */
bool vhu_serve_line(struct vhu *vhu)
{
	bool done = answered(vhu), any = vhu_serve_accesses(vhu);

	if (done)
		vhu->fired = false;
	if (!vhu->fired && line_up(vhu) && vhu_ring_has_work(&vhu->ring[VHU_INTERRUPTS]))
		fire(vhu);
	return any || done;
}
