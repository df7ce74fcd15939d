// SPDX-License-Identifier: BSD-2-Clause
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ring.h"

void vhu_ring_init(struct vhu_ring *ring)
{
	*ring = (struct vhu_ring){ .kick = -1, .call = -1 };
}

void vhu_ring_reset(struct vhu_ring *ring)
{
	if (ring->kick >= 0)
		close(ring->kick);
	if (ring->call >= 0)
		close(ring->call);
	vhu_ring_init(ring);
}

void vhu_ring_lose(struct vhu_ring *ring)
{
	ring->desc = NULL;
	ring->avail = NULL;
	ring->used = NULL;
}

static bool aligned(const void *p, uintptr_t to)
{
	return p && !((uintptr_t)p & (to - 1));
}

/* Alignments of virtio 1.2, 2.7; the two words after the rings (2.7.6, 2.7.8) with them. */
bool vhu_ring_find(struct vhu_ring *ring, struct vhu_memory *mem)
{
	uint64_t num = ring->num;

	vhu_ring_lose(ring);
	if (!num || !ring->addressed)
		return false;
	ring->desc = vhu_memory_user(mem, ring->at.desc, 16 * num);
	ring->avail = vhu_memory_user(mem, ring->at.avail, 4 + 2 * num + 2);
	ring->used = vhu_memory_user(mem, ring->at.used, 4 + 8 * num + 2);
	if (aligned(ring->desc, 16) && aligned(ring->avail, 2) && aligned(ring->used, 4))
		return true;
	vhu_ring_lose(ring);
	return false;
}

static bool usable(const struct vhu_ring *ring)
{
	return ring->enabled && ring->desc && !ring->broken;
}

uint16_t vhu_ring_made(const struct vhu_ring *ring)
{
	return ring->desc ? __atomic_load_n(&ring->avail->idx, __ATOMIC_ACQUIRE) : ring->next;
}

bool vhu_ring_has_work(const struct vhu_ring *ring)
{
	return usable(ring) && vhu_ring_made(ring) != ring->next;
}

static bool add_piece(struct vhu_chain *chain, const struct vring_desc *d, void *host)
{
	bool ours = d->flags & VRING_DESC_WRITE;
	unsigned int *n = ours ? &chain->nto : &chain->nfrom;

	/* what we write comes after what we read: virtio 1.2, 2.7.4.2 */
	if (!host || *n == VHU_MAX_PIECES || (!ours && chain->nto) ||
	    d->len > UINT32_MAX - chain->room)
		return false;
	(ours ? chain->to_driver : chain->from_driver)[(*n)++] =
		(struct vhu_piece){ host, d->len };
	if (ours)
		chain->room += d->len;
	return true;
}

static bool follow(const struct vhu_ring *ring, struct vhu_memory *mem,
		   struct vhu_chain *chain)
{
	uint32_t i = chain->head;

	/* as many pieces as a chain may have: one that bites its tail ends too */
	for (unsigned int n = 0; n < 2 * VHU_MAX_PIECES; n++) {
		struct vring_desc d;

		if (i >= ring->num)
			return false;
		memcpy(&d, &ring->desc[i], sizeof(d));
		if ((d.flags & VRING_DESC_INDIRECT) || !d.len ||
		    !add_piece(chain, &d, vhu_memory_guest(mem, d.addr, d.len)))
			return false;
		if (!(d.flags & VRING_DESC_NEXT))
			return true;
		i = d.next;
	}
	return false;
}

bool vhu_ring_take(struct vhu_ring *ring, struct vhu_memory *mem, struct vhu_chain *chain)
{
	if (!vhu_ring_has_work(ring))
		return false;
	if ((uint16_t)(vhu_ring_made(ring) - ring->next) > ring->num) {
		ring->broken = true;
		return false;
	}
	*chain = (struct vhu_chain){
		.head = __atomic_load_n(&ring->avail->ring[ring->next % ring->num], __ATOMIC_RELAXED),
	};
	ring->next++;
	if (follow(ring, mem, chain))
		return true;
	ring->broken = true;
	return false;
}

void vhu_ring_give(struct vhu_ring *ring, uint16_t head, uint32_t written)
{
	uint16_t idx = __atomic_load_n(&ring->used->idx, __ATOMIC_RELAXED);

	ring->used->ring[idx % ring->num] = (struct vring_used_elem){ head, written };
	__atomic_store_n(&ring->used->idx, idx + 1, __ATOMIC_RELEASE);
}

void vhu_ring_want_kicks(struct vhu_ring *ring, bool want)
{
	if (ring->enabled && ring->used)
		__atomic_store_n(&ring->used->flags, want ? 0 : VRING_NO_NOTIFY,
				 __ATOMIC_RELAXED);
}

void vhu_ring_wake(struct vhu_ring *ring)
{
	syscall(SYS_futex, ring->used, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/*
 * The file does not block: a driver that has found several messages at once leaves as
 * many events in its pipe, and when that is full there is no need for one more.
 */
void vhu_ring_call(struct vhu_ring *ring)
{
	uint64_t one = 1;
	uint16_t flags = __atomic_load_n(&ring->avail->flags, __ATOMIC_RELAXED);

	if ((flags & VRING_NO_INTERRUPT) || ring->call < 0 ||
	    write(ring->call, &one, sizeof(one)) == sizeof(one) || errno == EAGAIN)
		return;
	close(ring->call);
	ring->call = -1;
}

/* A file that is ready but gives no event would keep the loop busy for ever. */
bool vhu_ring_kicked(struct vhu_ring *ring)
{
	uint64_t count;
	ssize_t n = read(ring->kick, &count, sizeof(count));

	if (n == sizeof(count) || (n < 0 && (errno == EAGAIN || errno == EINTR)))
		return true;
	close(ring->kick);
	ring->kick = -1;
	return false;
}

uint32_t vhu_chain_read(const struct vhu_chain *chain, void *buf, uint32_t len)
{
	uint32_t got = 0;

	for (unsigned int i = 0; i < chain->nfrom && got < len; i++) {
		const struct vhu_piece *p = &chain->from_driver[i];
		uint32_t n = p->bytes < len - got ? p->bytes : len - got;

		memcpy((uint8_t *)buf + got, p->host, n);
		got += n;
	}
	return got;
}

uint32_t vhu_chain_write(const struct vhu_chain *chain, const void *buf, uint32_t len)
{
	uint32_t put = 0;

	for (unsigned int i = 0; i < chain->nto && put < len; i++) {
		const struct vhu_piece *p = &chain->to_driver[i];
		uint32_t n = p->bytes < len - put ? p->bytes : len - put;

		memcpy(p->host, (const uint8_t *)buf + put, n);
		put += n;
	}
	return put;
}
