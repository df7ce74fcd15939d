// SPDX-License-Identifier: BSD-2-Clause
/*
 * A server's life: made for a device, one connection after the other, and the files to wait for.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

static bool vectors_ok(const struct vfus_device *d)
{
	static const unsigned int most[VFUS_IRQS] = { 1, 32, VFUS_MAX_VECTORS, 1, 1 };

	for (unsigned int kind = 0; kind < VFUS_IRQS; kind++)
		if (d->vectors[kind] > most[kind])
			return false;
	return true;
}

static bool device_ok(const struct vfus_device *d)
{
	return d->region && d->read && d->write && vectors_ok(d) &&
	       (!d->nr_regions ||
		(d->nr_regions >= VFUS_PCI_REGIONS && d->nr_regions <= VFUS_MAX_REGIONS));
}

struct vfus *vfus_create(const struct vfus_device *device)
{
	struct vfus *s = device_ok(device) ? calloc(1, sizeof(*s)) : NULL;

	if (!s)
		return NULL;
	s->device = device;
	s->sock = -1;
	vfus_intx_init(&s->intx);
	s->body = malloc(VFU_MAX_BODY);
	s->data = malloc(VFU_MAX_DATA);
	if (!vfus_vectors_init(s) || !s->body || !s->data) {
		vfus_destroy(s);
		return NULL;
	}
	vfus_memory_guard();
	return s;
}

void vfus_destroy(struct vfus *s)
{
	if (!s)
		return;
	vfus_close(s);
	vfus_memory_free(&s->memory);
	vfus_vectors_free(s);
	free(s->data);
	free(s->body);
	free(s);
}

void vfus_open(struct vfus *s, int sock)
{
	s->sock = sock;
	s->greeted = false;
	s->lost = false;
	s->got = 0;
	s->nfds = 0;
}

bool vfus_connected(const struct vfus *s)
{
	return s->sock >= 0;
}

/* The client is gone, or dropped: the device stops before its memory goes. */
void vfus_close(struct vfus *s)
{
	bool lost = s->lost;

	if (s->sock < 0)
		return;
	s->lost = true;		/* no DMA any more */
	vfus_dma_forget(s);
	if (s->device->reset)
		s->device->reset(s->device->opaque, VFUS_RESET_GONE);
	vfus_intx_close(&s->intx);
	vfus_vectors_close(s);
	vfus_memory_clear(&s->memory);
	s->lost = lost;
	vfus_dismiss(s);
	close(s->sock);
	s->sock = -1;
	s->lost = false;
}

enum { FD_SOCK, FD_UNMASK };

unsigned int vfus_fds(const struct vfus *s, struct pollfd fds[VFUS_FDS])
{
	if (s->sock < 0)
		return 0;
	fds[FD_SOCK] = (struct pollfd){ .fd = s->sock, .events = POLLIN };
	fds[FD_UNMASK] = (struct pollfd){ .fd = s->intx.unmask_fd, .events = POLLIN };
	return VFUS_FDS;
}

bool vfus_serve(struct vfus *s, const struct pollfd fds[VFUS_FDS])
{
	vfus_dma_expire(s);
	if (fds[FD_UNMASK].revents && s->intx.unmask_fd >= 0)
		vfus_intx_serve_unmask(s);
	if (fds[FD_SOCK].revents && !vfus_receive(s))
		return false;
	return !s->lost;
}
