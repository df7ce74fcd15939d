// SPDX-License-Identifier: BSD-2-Clause
/*
 * INTx over an eventfd. The client asserts the pin when it sees the event and
 * drops it at the guest's next BAR access, which it reports as "unmask". The
 * level is kept by firing again:
 *
 *   level rises       fire, unless an earlier event is still unanswered
 *   unmask            if the level is still up, fire again
 *   level falls       if the event was not yet seen, take it back: the guest
 *                     would only find nothing to do
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "vfu.h"

void vfu_irq_init(struct vfu_irq *irq)
{
	memset(irq, 0, sizeof(*irq));
	irq->fd = -1;
	irq->unmask_fd = -1;
}

void vfu_irq_close(struct vfu_irq *irq)
{
	if (irq->fd >= 0)
		close(irq->fd);
	if (irq->unmask_fd >= 0)
		close(irq->unmask_fd);
	vfu_irq_init(irq);
}

static void fire(struct vfu *vfu)
{
	struct vfu_irq *irq = &vfu->irq;
	uint64_t one = 1;

	if (!irq->level || irq->fd < 0 || irq->masked || irq->pending)
		return;
	if (write(irq->fd, &one, sizeof(one)) != sizeof(one)) {
		transport_log(&vfu->t, "interrupt eventfd takes no event: %s", strerror(errno));
		return;
	}
	irq->pending = true;
	vfu->t.counts.fired++;
}

static void retract(struct vfu *vfu)
{
	struct vfu_irq *irq = &vfu->irq;
	uint64_t count;

	if (!irq->pending || irq->fd < 0 ||
	    read(irq->fd, &count, sizeof(count)) != sizeof(count))
		return;
	irq->pending = false;
	vfu->t.counts.retracted++;
}

void vfu_irq_update(struct vfu *vfu)
{
	struct vfu_irq *irq = &vfu->irq;
	bool level = vfu->t.function->line(vfu->t.function->opaque);

	if (level == irq->level)
		return;
	irq->level = level;
	if (level)
		fire(vfu);
	else
		retract(vfu);
}

void vfu_irq_unmask(struct vfu *vfu)
{
	vfu->irq.masked = false;
	vfu->irq.pending = false;
	fire(vfu);
}

/* A file that is ready but gives no event would keep the loop busy for ever. */
void vfu_irq_serve_unmask(struct vfu *vfu)
{
	struct vfu_irq *irq = &vfu->irq;
	uint64_t count;
	ssize_t n = read(irq->unmask_fd, &count, sizeof(count));

	if (n == sizeof(count)) {
		vfu_irq_unmask(vfu);
	} else if (n >= 0 || (errno != EAGAIN && errno != EINTR)) {
		transport_log(&vfu->t, "unmask file is no eventfd: closed");
		close(irq->unmask_fd);
		irq->unmask_fd = -1;
	}
}

/* The file may be anything: it must not be able to block the server. */
static bool make_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && ((flags & O_NONBLOCK) ||
			      !fcntl(fd, F_SETFL, flags | O_NONBLOCK));
}

/* Take the descriptor of the message into *slot; none disarms. */
static int set_fd(struct vfu *vfu, int *slot)
{
	int fd = vfu_take_fd(vfu, 0);

	if (fd >= 0 && !make_nonblocking(fd)) {
		close(fd);
		return EINVAL;
	}
	if (*slot >= 0)
		close(*slot);
	*slot = fd;
	return 0;
}

static int arm(struct vfu *vfu)
{
	int err = set_fd(vfu, &vfu->irq.fd);

	vfu->irq.masked = false;
	vfu->irq.pending = false;
	if (!err)
		fire(vfu);
	return err;
}

/* Data of type BOOL: one byte, 0 means "do nothing". */
static bool wanted(struct vfu *vfu, const struct vfu_irq_set *msg)
{
	return !(msg->flags & VFU_SET_BOOL) || vfu->body[sizeof(*msg)];
}

static int set_action(struct vfu *vfu, const struct vfu_irq_set *msg)
{
	bool eventfd = msg->flags & VFU_SET_EVENTFD;
	uint64_t one = 1;

	switch (msg->flags & VFU_SET_ACTION) {
	case VFU_SET_MASK:
		if (eventfd)
			return EINVAL;
		vfu->irq.masked |= wanted(vfu, msg);
		return 0;
	case VFU_SET_UNMASK:
		if (eventfd)
			return set_fd(vfu, &vfu->irq.unmask_fd);
		if (wanted(vfu, msg))
			vfu_irq_unmask(vfu);
		return 0;
	case VFU_SET_TRIGGER:
		if (eventfd)
			return arm(vfu);
		if (wanted(vfu, msg) && vfu->irq.fd >= 0 &&
		    write(vfu->irq.fd, &one, sizeof(one)) != sizeof(one))
			return EIO;
		return 0;
	default:
		return EINVAL;
	}
}

static bool one_data_kind(uint32_t flags)
{
	uint32_t data = flags & VFU_SET_DATA;

	return !(flags & ~(VFU_SET_DATA | VFU_SET_ACTION)) && data &&
	       !(data & (data - 1));
}

/* data: bytes that follow the message's fixed part. */
int vfu_irq_set(struct vfu *vfu, const struct vfu_irq_set *msg, size_t data)
{
	uint32_t have = msg->index == 0;

	if (msg->index >= VFU_NUM_IRQS || !one_data_kind(msg->flags))
		return EINVAL;
	if (msg->start > have || msg->count > have - msg->start)
		return EINVAL;
	if ((msg->flags & VFU_SET_BOOL) && data < msg->count)
		return EINVAL;
	if (msg->count)
		return set_action(vfu, msg);
	if (msg->flags != (VFU_SET_NONE | VFU_SET_TRIGGER))
		return EINVAL;
	if (have) {
		bool level = vfu->irq.level;

		vfu_irq_close(&vfu->irq);
		vfu->irq.level = level;
	}
	return 0;
}
