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

#include "server.h"

void vfus_intx_init(struct vfus_intx *intx)
{
	memset(intx, 0, sizeof(*intx));
	intx->fd = -1;
	intx->unmask_fd = -1;
}

void vfus_intx_close(struct vfus_intx *intx)
{
	if (intx->fd >= 0)
		close(intx->fd);
	if (intx->unmask_fd >= 0)
		close(intx->unmask_fd);
	vfus_intx_init(intx);
}

static void fire(struct vfus *s)
{
	struct vfus_intx *intx = &s->intx;
	uint64_t one = 1;

	if (!intx->level || intx->fd < 0 || intx->masked || intx->pending)
		return;
	if (write(intx->fd, &one, sizeof(one)) != sizeof(one)) {
		vfus_log(s, "interrupt eventfd takes no event: %s", strerror(errno));
		return;
	}
	intx->pending = true;
	s->counts.interrupts++;
}

static void retract(struct vfus *s)
{
	struct vfus_intx *intx = &s->intx;
	uint64_t count;

	if (!intx->pending || intx->fd < 0 ||
	    read(intx->fd, &count, sizeof(count)) != sizeof(count))
		return;
	intx->pending = false;
	s->counts.retracted++;
}

void vfus_intx_update(struct vfus *s)
{
	struct vfus_intx *intx = &s->intx;
	bool level = s->device->line && s->device->line(s->device->opaque);

	if (level == intx->level)
		return;
	intx->level = level;
	if (level)
		fire(s);
	else
		retract(s);
}

void vfus_intx_unmask(struct vfus *s)
{
	s->intx.masked = false;
	s->intx.pending = false;
	fire(s);
}

/* A file that is ready but gives no event would keep the loop busy for ever. */
void vfus_intx_serve_unmask(struct vfus *s)
{
	struct vfus_intx *intx = &s->intx;
	uint64_t count;
	ssize_t n = read(intx->unmask_fd, &count, sizeof(count));

	if (n == sizeof(count)) {
		vfus_intx_unmask(s);
	} else if (n >= 0 || (errno != EAGAIN && errno != EINTR)) {
		vfus_log(s, "unmask file is no eventfd: closed");
		close(intx->unmask_fd);
		intx->unmask_fd = -1;
	}
}

bool vfus_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && ((flags & O_NONBLOCK) ||
			      !fcntl(fd, F_SETFL, flags | O_NONBLOCK));
}

/* Take the descriptor of the message into *slot; none disarms. */
static int set_fd(struct vfus *s, int *slot)
{
	int fd = vfus_take_fd(s, 0);

	if (fd >= 0 && !vfus_nonblocking(fd)) {
		close(fd);
		return EINVAL;
	}
	if (*slot >= 0)
		close(*slot);
	*slot = fd;
	return 0;
}

static int arm(struct vfus *s)
{
	int err = set_fd(s, &s->intx.fd);

	s->intx.masked = false;
	s->intx.pending = false;
	if (!err)
		fire(s);
	return err;
}

/* The client's own event, as if the line had risen. */
static int trigger(struct vfus *s)
{
	uint64_t one = 1;

	if (s->intx.fd >= 0 && write(s->intx.fd, &one, sizeof(one)) != sizeof(one))
		return EIO;
	return 0;
}

int vfus_intx_act(struct vfus *s, uint32_t flags, bool wanted)
{
	bool eventfd = flags & VFU_SET_EVENTFD;

	switch (flags & VFU_SET_ACTION) {
	case VFU_SET_MASK:
		if (eventfd)
			return EINVAL;
		s->intx.masked |= wanted;
		return 0;
	case VFU_SET_UNMASK:
		if (eventfd)
			return set_fd(s, &s->intx.unmask_fd);
		if (wanted)
			vfus_intx_unmask(s);
		return 0;
	default:
		if (eventfd)
			return arm(s);
		return wanted ? trigger(s) : 0;
	}
}

/* The device's level stays what it is. */
void vfus_intx_disable(struct vfus *s)
{
	bool level = s->intx.level;

	vfus_intx_close(&s->intx);
	s->intx.level = level;
}

void vfus_line_changed(struct vfus *s)
{
	vfus_intx_update(s);
}
