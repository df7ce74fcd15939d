// SPDX-License-Identifier: BSD-2-Clause
/*
 * The guest's memory: by pointer where it is mapped, by messages where it is not.
 *
 * A range goes on piece by piece, each within one map and no longer than the client takes, and
 * has one message on its way at a time. A slot whose request was ended early is kept until its
 * reply, which would be nobody's, or until that is overdue.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <time.h>

#include "server.h"

#define TIMEOUT_MS	10000u
#define MAX_ERRNO	4095u

void *vfus_dma(struct vfus *s, uint64_t addr, bool write, uint64_t *avail)
{
	return vfus_memory_find(&s->memory, addr, write, avail);
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ull + ts.tv_nsec / 1000000;
}

static void end(struct vfus_dma_request *r, enum vfus_dma_state state, int err)
{
	vfus_dma_done *done = r->done;

	r->state = state;
	r->done = NULL;
	done(r->opaque, err);
}

static void advance(struct vfus_dma_request *r, uint64_t n)
{
	r->addr += n;
	r->buf += n;
	r->left -= n;
}

/* A message for the piece at addr, of which the map has avail bytes. */
static bool send_piece(struct vfus *s, struct vfus_dma_request *r, uint64_t avail)
{
	struct vfu_header h = { .command = r->write ? VFU_DMA_WRITE : VFU_DMA_READ };
	struct vfu_dma_access access = { .addr = r->addr };
	uint32_t ms = s->device->dma_timeout_ms;

	access.count = r->left < avail ? r->left : avail;
	if (access.count > s->peer_max_data)
		access.count = s->peer_max_data;
	r->count = access.count;
	r->id = ++s->dma_id;
	h.id = r->id;
	r->deadline_ms = now_ms() + (ms ? ms : TIMEOUT_MS);
	r->state = DMA_SENT;
	s->counts.messages++;
	return vfus_send_command(s, &h, &access, sizeof(access), r->buf,
				 r->write ? r->count : 0);
}

/* As far as it gets without waiting. */
static void go_on(struct vfus *s, struct vfus_dma_request *r)
{
	while (r->left) {
		uint64_t avail;
		void *p = vfus_memory_find(&s->memory, r->addr, r->write, &avail);

		if (!p) {
			if (!vfus_memory_unmapped(&s->memory, r->addr, r->write, &avail)) {
				end(r, DMA_FREE, EFAULT);
			} else if (!send_piece(s, r, avail)) {
				s->lost = true;
				end(r, DMA_ENDED, ECANCELED);
			}
			return;
		}
		if (avail > r->left)
			avail = r->left;
		memcpy(r->write ? p : r->buf, r->write ? r->buf : p, avail);
		advance(r, avail);
	}
	end(r, DMA_FREE, 0);
}

static int begin(struct vfus *s, bool write, uint64_t addr, void *buf, uint64_t len,
		 vfus_dma_done *done, void *opaque)
{
	if (s->sock < 0 || s->lost)
		return ENOTCONN;
	if (!len || addr + (len - 1) < addr)
		return EINVAL;
	for (int i = 0; i < VFUS_MAX_DMA; i++) {
		struct vfus_dma_request *r = &s->dma[i];

		if (r->state != DMA_FREE)
			continue;
		*r = (struct vfus_dma_request){
			.state = DMA_SENT, .write = write, .buf = buf, .addr = addr, .left = len,
			.done = done, .opaque = opaque,
		};
		go_on(s, r);
		return 0;
	}
	return EBUSY;
}

int vfus_dma_read(struct vfus *s, uint64_t addr, void *buf, uint64_t len,
		  vfus_dma_done *done, void *opaque)
{
	return begin(s, false, addr, buf, len, done, opaque);
}

int vfus_dma_write(struct vfus *s, uint64_t addr, const void *buf, uint64_t len,
		   vfus_dma_done *done, void *opaque)
{
	return begin(s, true, addr, (void *)buf, len, done, opaque);
}

static struct vfus_dma_request *find(struct vfus *s)
{
	for (int i = 0; i < VFUS_MAX_DMA; i++) {
		struct vfus_dma_request *r = &s->dma[i];

		if (r->state != DMA_FREE && r->id == s->hdr.id &&
		    s->hdr.command == (r->write ? VFU_DMA_WRITE : VFU_DMA_READ))
			return r;
	}
	return NULL;
}

/* What the client says of the message, or what is wrong with its reply. */
static int judge(const struct vfus *s, const struct vfus_dma_request *r, size_t len)
{
	struct vfu_dma_access access = { 0 };
	size_t want = r->write ? VFU_DMA_WRITE_REPLY : sizeof(access) + r->count;

	if (s->hdr.flags & VFU_F_ERROR)
		return s->hdr.error && s->hdr.error <= MAX_ERRNO ? (int)s->hdr.error : EIO;
	if (len < want)
		return EPROTO;
	memcpy(&access, s->body, len < sizeof(access) ? len : sizeof(access));
	return access.addr == r->addr && (uint32_t)access.count == r->count ? 0 : EPROTO;
}

void vfus_dma_reply(struct vfus *s, size_t len)
{
	struct vfus_dma_request *r = find(s);
	int err;

	if (!r) {
		vfus_refused(s, "message %u is not a command: ignored", s->hdr.command);
		return;
	}
	if (r->state == DMA_ENDED) {
		r->state = DMA_FREE;
		return;
	}
	err = judge(s, r, len);
	if (err == EPROTO)
		vfus_refused(s, "reply to command %u does not fit it", s->hdr.command);
	if (err) {
		end(r, DMA_FREE, err);
		return;
	}
	if (!r->write)
		memcpy(r->buf, s->body + sizeof(struct vfu_dma_access), r->count);
	advance(r, r->count);
	go_on(s, r);
}

void vfus_dma_cancel(struct vfus *s)
{
	for (int i = 0; i < VFUS_MAX_DMA; i++)
		if (s->dma[i].state == DMA_SENT && s->dma[i].done)
			end(&s->dma[i], DMA_ENDED, ECANCELED);
}

/* Only those whose message is for what is no longer there. */
void vfus_dma_unmapped(struct vfus *s)
{
	for (int i = 0; i < VFUS_MAX_DMA; i++) {
		struct vfus_dma_request *r = &s->dma[i];
		uint64_t avail;

		if (r->state == DMA_SENT &&
		    !vfus_memory_unmapped(&s->memory, r->addr, r->write, &avail))
			end(r, DMA_ENDED, EFAULT);
	}
}

/* The connection is over: no reply will come. */
void vfus_dma_forget(struct vfus *s)
{
	vfus_dma_cancel(s);
	for (int i = 0; i < VFUS_MAX_DMA; i++)
		s->dma[i].state = DMA_FREE;
}

void vfus_dma_expire(struct vfus *s)
{
	uint64_t now = now_ms();

	for (int i = 0; i < VFUS_MAX_DMA; i++) {
		struct vfus_dma_request *r = &s->dma[i];

		if (r->state == DMA_FREE || r->deadline_ms > now)
			continue;
		if (r->state == DMA_SENT) {
			vfus_log(s, "no reply to DMA of %u bytes at 0x%llx in time", r->count,
				 (unsigned long long)r->addr);
			end(r, DMA_FREE, ETIMEDOUT);
		} else {
			r->state = DMA_FREE;
		}
	}
}

int vfus_timeout_ms(const struct vfus *s)
{
	uint64_t now = 0, left = UINT64_MAX;

	if (s->lost)
		return 0;
	for (int i = 0; i < VFUS_MAX_DMA; i++) {
		const struct vfus_dma_request *r = &s->dma[i];
		uint64_t wait;

		if (r->state == DMA_FREE)
			continue;
		now = now ? now : now_ms();
		wait = r->deadline_ms > now ? r->deadline_ms - now : 0;
		left = wait < left ? wait : left;
	}
	return left == UINT64_MAX ? -1 : (int)left;
}
