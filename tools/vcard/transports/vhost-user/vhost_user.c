// SPDX-License-Identifier: BSD-2-Clause
/*
 * The connection: its beginning and end, its files, and what the loop asks of it.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vhost_user.h"
#include "vhu.h"

#define SPIN_NS	50000ull	/* a register access of the driver's follows the last in less */

static struct transport *create(const struct transport_function *function)
{
	struct vhu *vhu = calloc(1, sizeof(*vhu));

	if (!vhu)
		return NULL;
	vhu->t = (struct transport){ .ops = &vhu_transport, .function = function };
	vhu->sock = -1;
	for (int i = 0; i < VHU_RINGS; i++)
		vhu_ring_init(&vhu->ring[i]);
	vfus_memory_guard();
	return &vhu->t;
}

static void open_client(struct transport *t, int sock)
{
	struct vhu *vhu = vhu_of(t);

	vhu->sock = sock;
	vhu->got = 0;
	vhu->fired = false;
	vhu_bus_reset(vhu);
}

static void close_client(struct transport *t)
{
	struct vhu *vhu = vhu_of(t);

	if (vhu->sock < 0)
		return;
	t->function->reset(t->function->opaque);
	for (int i = 0; i < VHU_RINGS; i++)
		vhu_ring_reset(&vhu->ring[i]);
	vhu_memory_clear(&vhu->memory);
	vhu_drop_fds(vhu);
	close(vhu->sock);
	vhu->sock = -1;
	vhu->fired = false;
}

static void destroy(struct transport *t)
{
	close_client(t);
	vfus_memory_free(&vhu_of(t)->memory.guest);
	free(t);
}

/* The socket, then the kick files of both rings. */
static unsigned int fds(const struct transport *t, struct pollfd fds[TRANSPORT_FDS])
{
	const struct vhu *vhu = (const struct vhu *)t;

	if (vhu->sock < 0)
		return 0;
	fds[0] = (struct pollfd){ .fd = vhu->sock, .events = POLLIN };
	for (int i = 0; i < VHU_RINGS; i++)
		fds[1 + i] = (struct pollfd){ .fd = vhu->ring[i].kick, .events = POLLIN };
	return 1 + VHU_RINGS;
}

static bool serve(struct transport *t, const struct pollfd fds[TRANSPORT_FDS])
{
	struct vhu *vhu = vhu_of(t);

	for (int i = 0; i < VHU_RINGS; i++)
		if (fds[1 + i].revents && vhu->ring[i].kick >= 0 && !vhu_ring_kicked(&vhu->ring[i]))
			transport_refused(t, "kick file of ring %d is no eventfd: closed", i);
	return !fds[0].revents || vhu_receive(vhu);
}

static bool work(struct transport *t)
{
	return vhu_serve_line(vhu_of(t));
}

static bool want_kicks(struct transport *t)
{
	struct vhu *vhu = vhu_of(t);

	for (int i = 0; i < VHU_RINGS; i++)
		vhu_ring_want_kicks(&vhu->ring[i], true);
	/* the driver looks at our wish after it has made its chain available */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return !vhu_ring_has_work(&vhu->ring[VHU_COMMANDS]) && !vhu_line_waits(vhu);
}

static void awake(struct transport *t)
{
	for (int i = 0; i < VHU_RINGS; i++)
		vhu_ring_want_kicks(&vhu_of(t)->ring[i], false);
}

/* The loop's next round looks. */
static void line_changed(struct transport *t)
{
	(void)t;
}

static void *dma(struct transport *t, uint64_t addr, bool write, uint64_t *avail)
{
	return vfus_memory_find(&vhu_of(t)->memory.guest, addr, write, avail);
}

const struct transport_ops vhu_transport = {
	.name = "vhost-user", .spin_ns = SPIN_NS,
	.create = create, .destroy = destroy, .open = open_client, .close = close_client,
	.fds = fds, .serve = serve, .work = work, .sleep = want_kicks, .awake = awake,
	.line_changed = line_changed, .dma = dma,
};
