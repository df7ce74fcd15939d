// SPDX-License-Identifier: BSD-2-Clause
/*
 * The function as a device of libvfus: regions are its BARs and its configuration space.
 */
#include <assert.h>
#include <stdlib.h>

#include "../../../libvfus/vfus.h"
#include "vfio_user.h"

#define BAR_ACCESS	8	/* bytes, the widest of a bus */

static_assert(VFUS_FDS <= TRANSPORT_FDS, "room for the library's files");

struct vfio_user {
	struct transport t;	/* first */
	struct vfus_device device;
	struct vfus *server;
};

static struct vfio_user *vfio_user_of(struct transport *t)
{
	return (struct vfio_user *)t;
}

struct vfus *vfio_user_server(struct transport *t)
{
	return vfio_user_of(t)->server;
}

static void count(struct vfio_user *vu)
{
	struct vfus_counts counts = vfus_counts(vu->server);

	vu->t.counts.fired += counts.interrupts;
	vu->t.counts.retracted += counts.retracted;
	vu->t.counts.refused += counts.refused;
}

/* ---- the function, as the library asks for it ---- */

static const struct transport_function *function_of(void *opaque)
{
	return ((struct vfio_user *)opaque)->t.function;
}

static void region(void *opaque, unsigned int index, struct vfus_region *r)
{
	const struct transport_function *f = function_of(opaque);

	r->readable = true;
	r->writable = true;
	if (index == VFUS_CONFIG) {
		r->size = TRANSPORT_CONFIG_BYTES;
	} else {
		r->size = f->bar_bytes(f->opaque, index);
		r->max_access = BAR_ACCESS;
	}
}

/* What is outside reads as ones, and is no error. */
static int read_region(void *opaque, unsigned int index, uint64_t off, void *buf, uint32_t len)
{
	const struct transport_function *f = function_of(opaque);

	if (index == VFUS_CONFIG)
		f->config_read(f->opaque, off, buf, len);
	else
		f->read(f->opaque, index, off, buf, len);
	return 0;
}

static int write_region(void *opaque, unsigned int index, uint64_t off, const void *buf,
			uint32_t len)
{
	const struct transport_function *f = function_of(opaque);

	if (index == VFUS_CONFIG)
		f->config_write(f->opaque, off, buf, len);
	else
		f->write(f->opaque, index, off, buf, len);
	return 0;
}

static void reset(void *opaque, enum vfus_reset why)
{
	const struct transport_function *f = function_of(opaque);

	(void)why;
	f->reset(f->opaque);
}

static bool line(void *opaque)
{
	const struct transport_function *f = function_of(opaque);

	return f->line(f->opaque);
}

static void log_line(void *opaque, const char *text)
{
	const struct transport_function *f = function_of(opaque);

	f->log(f->opaque, text);
}

/* ---- the transport ---- */

static struct transport *create(const struct transport_function *function)
{
	struct vfio_user *vu = calloc(1, sizeof(*vu));

	if (!vu)
		return NULL;
	vu->t = (struct transport){ .ops = &vfu_transport, .function = function };
	vu->device = (struct vfus_device){
		.opaque = vu, .vectors = { [VFUS_INTX] = 1 }, .region = region,
		.read = read_region, .write = write_region, .reset = reset, .line = line,
		.log = log_line,
	};
	vu->server = vfus_create(&vu->device);
	if (!vu->server) {
		free(vu);
		return NULL;
	}
	return &vu->t;
}

static void destroy(struct transport *t)
{
	vfus_destroy(vfio_user_of(t)->server);
	free(t);
}

static void open_client(struct transport *t, int sock)
{
	vfus_open(vfio_user_of(t)->server, sock);
}

static void close_client(struct transport *t)
{
	vfus_close(vfio_user_of(t)->server);
	count(vfio_user_of(t));
}

static unsigned int fds(const struct transport *t, struct pollfd fds[TRANSPORT_FDS])
{
	return vfus_fds(((const struct vfio_user *)t)->server, fds);
}

static bool serve(struct transport *t, const struct pollfd fds[TRANSPORT_FDS])
{
	bool ok = vfus_serve(vfio_user_of(t)->server, fds);

	count(vfio_user_of(t));
	return ok;
}

static void line_changed(struct transport *t)
{
	vfus_line_changed(vfio_user_of(t)->server);
	count(vfio_user_of(t));
}

static void *dma(struct transport *t, uint64_t addr, bool write, uint64_t *avail)
{
	return vfus_dma(vfio_user_of(t)->server, addr, write, avail);
}

const struct transport_ops vfu_transport = {
	.name = "vfio-user",
	.create = create, .destroy = destroy, .open = open_client, .close = close_client,
	.fds = fds, .serve = serve, .line_changed = line_changed, .dma = dma,
};
