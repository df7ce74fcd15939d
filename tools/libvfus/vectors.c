// SPDX-License-Identifier: BSD-2-Clause
/*
 * Interrupts by kind: how many there are, which eventfds the client has given for them, and
 * the actions of SET_IRQS. The line has rules of its own, intx.c; the others are events, which
 * cannot be masked here: a mask bit of MSI or MSI-X is kept by the client.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

bool vfus_vectors_init(struct vfus *s)
{
	for (unsigned int kind = VFUS_MSI; kind < VFUS_IRQS; kind++) {
		struct vfus_vectors *v = &s->vectors[kind];

		v->count = s->device->vectors[kind];
		v->fd = malloc((v->count + 1) * sizeof(*v->fd));
		if (!v->fd)
			return false;
		for (unsigned int i = 0; i < v->count; i++)
			v->fd[i] = -1;
	}
	return true;
}

static void disarm(struct vfus_vectors *v)
{
	for (unsigned int i = 0; i < v->count; i++) {
		if (v->fd[i] >= 0)
			close(v->fd[i]);
		v->fd[i] = -1;
	}
}

void vfus_vectors_close(struct vfus *s)
{
	for (unsigned int kind = VFUS_MSI; kind < VFUS_IRQS; kind++)
		disarm(&s->vectors[kind]);
}

void vfus_vectors_free(struct vfus *s)
{
	for (unsigned int kind = VFUS_MSI; kind < VFUS_IRQS; kind++)
		free(s->vectors[kind].fd);
}

static bool signal_event(struct vfus *s, int fd)
{
	uint64_t one = 1;

	if (fd < 0)
		return false;
	if (write(fd, &one, sizeof(one)) != sizeof(one)) {
		vfus_log(s, "interrupt eventfd takes no event: %s", strerror(errno));
		return false;
	}
	return true;
}

bool vfus_interrupt(struct vfus *s, unsigned int kind, unsigned int vector)
{
	if (kind == VFUS_INTX || kind >= VFUS_IRQS || vector >= s->vectors[kind].count ||
	    !signal_event(s, s->vectors[kind].fd[vector]))
		return false;
	s->counts.interrupts++;
	return true;
}

static uint32_t irq_flags(uint32_t kind)
{
	return kind == VFUS_INTX ? VFU_IRQ_EVENTFD | VFU_IRQ_MASKABLE | VFU_IRQ_AUTOMASKED :
				   VFU_IRQ_EVENTFD;
}

int vfus_handle_irq_info(struct vfus *s, size_t len)
{
	struct vfu_irq_info info;

	if (len < sizeof(info))
		return vfus_refuse(s, EINVAL, "GET_IRQ_INFO too short");
	memcpy(&info, s->body, sizeof(info));
	if (info.argsz < sizeof(info))
		return vfus_refuse(s, EINVAL, "GET_IRQ_INFO: argsz below 16");
	if (info.index >= VFUS_IRQS)
		return vfus_refuse(s, EINVAL, "GET_IRQ_INFO: no such interrupt");
	info.argsz = sizeof(info);
	info.count = s->device->vectors[info.index];
	info.flags = info.count ? irq_flags(info.index) : 0;
	return REPLIED(vfus_reply(s, &info, sizeof(info), NULL, 0));
}

/* The next descriptor of the message becomes the vector's; without any it is disarmed. */
static int arm(struct vfus *s, struct vfus_vectors *v, uint32_t vector, uint32_t i)
{
	int fd = vfus_take_fd(s, i);

	if (fd >= 0 && !vfus_nonblocking(fd)) {
		close(fd);
		return EINVAL;
	}
	if (v->fd[vector] >= 0)
		close(v->fd[vector]);
	v->fd[vector] = fd;
	return 0;
}

/* Data of type BOOL: a byte for each, 0 means "do nothing". */
static bool wanted(const struct vfus *s, const struct vfu_irq_set *msg, uint32_t i)
{
	return !(msg->flags & VFU_SET_BOOL) || s->body[sizeof(*msg) + i];
}

static int act_on_events(struct vfus *s, const struct vfu_irq_set *msg)
{
	struct vfus_vectors *v = &s->vectors[msg->index];
	int err = 0;

	if ((msg->flags & VFU_SET_ACTION) != VFU_SET_TRIGGER)
		return EINVAL;
	for (uint32_t i = 0; i < msg->count && !err; i++) {
		if (msg->flags & VFU_SET_EVENTFD)
			err = arm(s, v, msg->start + i, i);
		else if (wanted(s, msg, i))
			signal_event(s, v->fd[msg->start + i]);
	}
	return err;
}

static bool one_of(uint32_t flags, uint32_t set)
{
	uint32_t bits = flags & set;

	return bits && !(bits & (bits - 1));
}

static bool flags_ok(uint32_t flags)
{
	return !(flags & ~(VFU_SET_DATA | VFU_SET_ACTION)) && one_of(flags, VFU_SET_DATA) &&
	       one_of(flags, VFU_SET_ACTION);
}

/* All of them, or none: descriptors that are too few would be for whom? */
static bool data_ok(const struct vfus *s, const struct vfu_irq_set *msg, size_t data)
{
	if (msg->flags & VFU_SET_BOOL)
		return data >= msg->count;
	return !(msg->flags & VFU_SET_EVENTFD) || !s->nfds || s->nfds >= msg->count;
}

static int set(struct vfus *s, const struct vfu_irq_set *msg, size_t data)
{
	uint32_t have;

	if (msg->argsz < sizeof(*msg) || msg->index >= VFUS_IRQS || !flags_ok(msg->flags))
		return EINVAL;
	have = s->device->vectors[msg->index];
	if (msg->start > have || msg->count > have - msg->start || !data_ok(s, msg, data))
		return EINVAL;
	if (!msg->count) {
		if (msg->flags != (VFU_SET_NONE | VFU_SET_TRIGGER))
			return EINVAL;
		if (!have)
			return 0;
		if (msg->index == VFUS_INTX)
			vfus_intx_disable(s);
		else
			disarm(&s->vectors[msg->index]);
		return 0;
	}
	return msg->index == VFUS_INTX ? vfus_intx_act(s, msg->flags, wanted(s, msg, 0)) :
					 act_on_events(s, msg);
}

int vfus_handle_set_irqs(struct vfus *s, size_t len)
{
	struct vfu_irq_set msg;
	int err;

	if (len < sizeof(msg))
		return vfus_refuse(s, EINVAL, "SET_IRQS too short");
	memcpy(&msg, s->body, sizeof(msg));
	err = set(s, &msg, len - sizeof(msg));
	if (err)
		return vfus_refuse(s, err, "SET_IRQS: unknown interrupt, action or data");
	return REPLIED(vfus_reply(s, NULL, 0, NULL, 0));
}
