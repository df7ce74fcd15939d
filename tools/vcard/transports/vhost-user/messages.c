// SPDX-License-Identifier: BSD-2-Clause
/*
 * The messages, one function each: 0, or a positive errno. Everything is checked before
 * anything is done; what is refused is logged, and said if the client wants to know.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "vhu.h"

#define FEATURES	(VHU_F_VERSION_1 | VHU_F_PROTOCOL_FEATURES)
#define PROTOCOL	(VHU_P_MQ | VHU_P_REPLY_ACK)

static struct vhu_ring *ring_of(struct vhu *vhu, uint64_t index)
{
	return index < VHU_RINGS ? &vhu->ring[index] : NULL;
}

/* A ring that is served is not changed: the driver stops it first. */
static struct vhu_ring *still_ring(struct vhu *vhu, uint64_t index)
{
	struct vhu_ring *ring = ring_of(vhu, index);

	return ring && !ring->enabled ? ring : NULL;
}

static int set_features(struct vhu *vhu)
{
	return vhu->body.u64 & ~FEATURES ? EINVAL : 0;
}

static int set_protocol_features(struct vhu *vhu)
{
	return vhu->body.u64 & ~PROTOCOL ? EINVAL : 0;
}

static int nothing(struct vhu *vhu)
{
	(void)vhu;
	return 0;
}

static void stop(struct vhu *vhu, struct vhu_ring *ring)
{
	ring->enabled = false;
	if (ring == &vhu->ring[VHU_INTERRUPTS])
		vhu->fired = false;
}

static int reset_owner(struct vhu *vhu)
{
	for (int i = 0; i < VHU_RINGS; i++)
		stop(vhu, &vhu->ring[i]);
	return 0;
}

/* The rings are where they were in the new memory, or nowhere. */
static int set_mem_table(struct vhu *vhu)
{
	int err = vhu_memory_set(&vhu->memory, &vhu->body.mem, vhu->fds, vhu->nfds);

	for (int i = 0; i < VHU_RINGS; i++)
		vhu_ring_find(&vhu->ring[i], &vhu->memory);
	for (unsigned int i = 0; i < vhu->memory.count; i++) {
		const struct vhu_region *r = &vhu->memory.regions[i];

		transport_log(&vhu->t, "memory %#llx + %#llx", (unsigned long long)r->guest,
			      (unsigned long long)r->size);
	}
	return err;
}

static int set_vring_num(struct vhu *vhu)
{
	struct vhu_ring *ring = still_ring(vhu, vhu->body.state.index);
	uint32_t num = vhu->body.state.num;

	if (!ring || !num || num > VRING_MAX || (num & (num - 1)))
		return EINVAL;
	ring->num = num;
	vhu_ring_find(ring, &vhu->memory);
	return 0;
}

static int set_vring_base(struct vhu *vhu)
{
	struct vhu_ring *ring = still_ring(vhu, vhu->body.state.index);

	if (!ring || vhu->body.state.num > UINT16_MAX)
		return EINVAL;
	ring->next = vhu->body.state.num;
	return 0;
}

static int set_vring_addr(struct vhu *vhu)
{
	struct vhu_ring *ring = still_ring(vhu, vhu->body.addr.index);

	if (!ring || vhu->body.addr.flags)
		return EINVAL;
	ring->at = vhu->body.addr;
	ring->addressed = true;
	return vhu_ring_find(ring, &vhu->memory) ? 0 : EFAULT;
}

/* The file may be anything: it must not be able to block us. */
static bool make_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && ((flags & O_NONBLOCK) || !fcntl(fd, F_SETFL, flags | O_NONBLOCK));
}

static int set_file(struct vhu *vhu, int *slot)
{
	int fd = vhu->body.u64 & VHU_NO_FILE ? -1 : vhu_take_fd(vhu, 0);

	if (fd >= 0 && !make_nonblocking(fd)) {
		close(fd);
		return EINVAL;
	}
	if (*slot >= 0)
		close(*slot);
	*slot = fd;
	return 0;
}

static int set_vring_kick(struct vhu *vhu)
{
	struct vhu_ring *ring = ring_of(vhu, vhu->body.u64 & VHU_RING_MASK);

	return ring ? set_file(vhu, &ring->kick) : EINVAL;
}

static int set_vring_call(struct vhu *vhu)
{
	struct vhu_ring *ring = ring_of(vhu, vhu->body.u64 & VHU_RING_MASK);

	return ring ? set_file(vhu, &ring->call) : EINVAL;
}

static int set_vring_enable(struct vhu *vhu)
{
	struct vhu_ring *ring = ring_of(vhu, vhu->body.state.index);

	if (!ring || vhu->body.state.num > 1)
		return EINVAL;
	if (!vhu->body.state.num) {
		stop(vhu, ring);
		return 0;
	}
	if (!ring->desc)
		return EFAULT;
	ring->enabled = true;
	ring->broken = ring->told = false;
	return 0;
}

/* These answer with a value instead of an error. */
static bool answer(struct vhu *vhu, bool *ok)
{
	union vhu_body value = { 0 };

	switch (vhu->hdr.request) {
	case VHU_GET_FEATURES:
		value.u64 = FEATURES;
		break;
	case VHU_GET_PROTOCOL_FEATURES:
		value.u64 = PROTOCOL;
		break;
	case VHU_GET_QUEUE_NUM:
		value.u64 = VHU_RINGS;
		break;
	case VHU_GET_VRING_BASE:
		value.state.index = vhu->body.state.index;
		if (ring_of(vhu, value.state.index)) {
			stop(vhu, &vhu->ring[value.state.index]);
			value.state.num = vhu->ring[value.state.index].next;
		}
		break;
	default:
		return false;
	}
	*ok = vhu_reply(vhu, &value);
	return true;
}

static int perform(struct vhu *vhu)
{
	static const struct {
		int (*handle)(struct vhu *vhu);
		uint32_t size;	/* of the body; for a table the least */
	} known[] = {
		[VHU_SET_FEATURES] = { set_features, sizeof(uint64_t) },
		[VHU_SET_OWNER] = { nothing, 0 },
		[VHU_RESET_OWNER] = { reset_owner, 0 },
		[VHU_SET_MEM_TABLE] = { set_mem_table, sizeof(uint64_t) },
		[VHU_SET_VRING_NUM] = { set_vring_num, sizeof(struct vhu_state) },
		[VHU_SET_VRING_ADDR] = { set_vring_addr, sizeof(struct vhu_addr) },
		[VHU_SET_VRING_BASE] = { set_vring_base, sizeof(struct vhu_state) },
		[VHU_SET_VRING_KICK] = { set_vring_kick, sizeof(uint64_t) },
		[VHU_SET_VRING_CALL] = { set_vring_call, sizeof(uint64_t) },
		[VHU_SET_VRING_ERR] = { nothing, sizeof(uint64_t) },
		[VHU_SET_PROTOCOL_FEATURES] = { set_protocol_features, sizeof(uint64_t) },
		[VHU_SET_VRING_ENABLE] = { set_vring_enable, sizeof(struct vhu_state) },
	};
	uint32_t request = vhu->hdr.request;

	if (request >= sizeof(known) / sizeof(known[0]) || !known[request].handle)
		return ENOSYS;
	if (vhu->hdr.size < known[request].size)
		return EINVAL;
	return known[request].handle(vhu);
}

bool vhu_handle(struct vhu *vhu)
{
	union vhu_body value = { 0 };
	bool ok = true;

	if (answer(vhu, &ok))
		return ok;
	value.u64 = perform(vhu);
	if (value.u64)
		transport_refused(&vhu->t, "request %u refused: error %u", vhu->hdr.request,
				   (unsigned int)value.u64);
	return !(vhu->hdr.flags & VHU_NEED_REPLY) || vhu_reply(vhu, &value);
}
