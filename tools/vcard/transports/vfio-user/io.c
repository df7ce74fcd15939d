// SPDX-License-Identifier: BSD-2-Clause
/*
 * Framing: messages with their descriptors from the socket, replies to it. The
 * socket never blocks the server: a message arrives in as many pieces as the
 * client likes, and a client that does not read its replies is dropped.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vfu.h"

#define SEND_WAIT_MS	1000
#define BURST		64	/* messages handled before the engines get a turn */

static struct transport *create(const struct transport_function *function)
{
	struct vfu *vfu = calloc(1, sizeof(*vfu));

	if (!vfu)
		return NULL;
	vfu->t = (struct transport){ .ops = &vfu_transport, .function = function };
	vfu->sock = -1;
	vfu_irq_init(&vfu->irq);
	vfu->body = malloc(VFU_MAX_BODY);
	if (!vfu->body) {
		free(vfu);
		return NULL;
	}
	dmamap_guard();
	return &vfu->t;
}

static void open_client(struct transport *t, int sock)
{
	struct vfu *vfu = vfu_of(t);

	vfu->sock = sock;
	vfu->greeted = false;
	vfu->lost = false;
	vfu->got = 0;
	vfu->nfds = 0;
}

/* Descriptors nobody took out of the message. */
static void close_fds(struct vfu *vfu)
{
	for (unsigned int i = 0; i < vfu->nfds; i++)
		if (vfu->fds[i] >= 0)
			close(vfu->fds[i]);
	vfu->nfds = 0;
}

int vfu_take_fd(struct vfu *vfu, unsigned int i)
{
	int fd = -1;

	if (i < vfu->nfds) {
		fd = vfu->fds[i];
		vfu->fds[i] = -1;
	}
	return fd;
}

static void keep_fds(struct vfu *vfu, struct msghdr *mh)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(mh); c; c = CMSG_NXTHDR(mh, c)) {
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (vfu->nfds < VFU_MAX_FDS)
				vfu->fds[vfu->nfds++] = fd;
			else
				close(fd);
		}
	}
}

/* Bytes received, 0: end, -1: errno. Descriptors ride on the header. */
static ssize_t receive_some(struct vfu *vfu, void *buf, size_t len)
{
	union {
		char space[CMSG_SPACE(VFU_MAX_FDS * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { buf, len };
	struct msghdr mh = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.space, .msg_controllen = sizeof(control.space),
	};
	ssize_t n = recvmsg(vfu->sock, &mh, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n > 0)
		keep_fds(vfu, &mh);
	return n;
}

static bool header_ok(struct vfu *vfu)
{
	const struct vfu_header *h = &vfu->hdr;

	if (h->size >= sizeof(*h) && h->size <= sizeof(*h) + VFU_MAX_BODY)
		return true;
	vfu->lost = true;
	transport_refused(&vfu->t, "command %u announces %u bytes, allowed are %zu to %zu: closing",
			  h->command, h->size, sizeof(*h), sizeof(*h) + VFU_MAX_BODY);
	return false;
}

/* 1: a message is complete, 0: more must come, -1: connection is over. */
static int receive_message(struct vfu *vfu)
{
	const size_t head = sizeof(vfu->hdr);
	ssize_t n;

	while (vfu->got < head || vfu->got < vfu->hdr.size) {
		if (vfu->got < head)
			n = receive_some(vfu, (uint8_t *)&vfu->hdr + vfu->got,
					 head - vfu->got);
		else
			n = receive_some(vfu, vfu->body + vfu->got - head,
					 vfu->hdr.size - vfu->got);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (n <= 0) {
			if (vfu->got)
				transport_refused(&vfu->t, "connection ended within a message");
			vfu->got = 0;
			return -1;
		}
		vfu->got += n;
		if (vfu->got == head && !header_ok(vfu))
			return -1;
	}
	return 1;
}

/* One sendmsg per message: the client wants a whole header in its first read. */
static bool send_all(struct vfu *vfu, struct iovec *iov, int count)
{
	struct msghdr mh = { .msg_iov = iov, .msg_iovlen = count };
	struct pollfd pfd = { .fd = vfu->sock, .events = POLLOUT };
	size_t total = 0;
	ssize_t n;

	for (int i = 0; i < count; i++)
		total += iov[i].iov_len;
	do {
		n = sendmsg(vfu->sock, &mh, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (n < 0 && (errno == EINTR ||
			   (errno == EAGAIN && poll(&pfd, 1, SEND_WAIT_MS) > 0)));
	if (n == (ssize_t)total)
		return true;
	transport_refused(&vfu->t, "client does not take its replies: closing");
	return false;
}

static bool send_reply(struct vfu *vfu, uint32_t flags, uint32_t error,
		       struct iovec *iov, int count)
{
	struct vfu_header h = {
		.id = vfu->hdr.id, .command = vfu->hdr.command,
		.size = sizeof(h), .flags = VFU_F_REPLY | flags, .error = error,
	};

	if (vfu->hdr.flags & VFU_F_NO_REPLY)
		return true;
	iov[0] = (struct iovec){ &h, sizeof(h) };
	for (int i = 1; i < count; i++)
		h.size += iov[i].iov_len;
	return send_all(vfu, iov, count);
}

/* a and b, one after the other, as the body of the reply. */
bool vfu_reply(struct vfu *vfu, const void *a, size_t alen, const void *b, size_t blen)
{
	struct iovec iov[3] = {
		{ 0 }, { (void *)a, alen }, { (void *)b, blen },
	};

	return send_reply(vfu, 0, 0, iov, 3);
}

/*
 * Requests that arrived too late get an error reply, so that nobody waits for
 * them, and are read, or the peer would see a reset instead of an end.
 */
static void dismiss(struct vfu *vfu)
{
	struct iovec iov[1];
	char waste[512];

	shutdown(vfu->sock, SHUT_RD);
	while (!vfu->lost && receive_message(vfu) > 0) {
		close_fds(vfu);
		vfu->got = 0;
		if (!send_reply(vfu, VFU_F_ERROR, ENODEV, iov, 1))
			break;
	}
	close_fds(vfu);
	for (int i = 0; i < 4096; i++)
		if (recv(vfu->sock, waste, sizeof(waste), MSG_DONTWAIT) <= 0)
			break;
}

/* The client is gone, or dropped: the card stops before its memory goes. */
static void close_client(struct transport *t)
{
	struct vfu *vfu = vfu_of(t);

	if (vfu->sock < 0)
		return;
	t->function->reset(t->function->opaque);
	vfu_irq_close(&vfu->irq);
	dmamap_clear(&vfu->dma);
	dismiss(vfu);
	close(vfu->sock);
	vfu->sock = -1;
}

static void destroy(struct transport *t)
{
	struct vfu *vfu = vfu_of(t);

	close_client(t);
	dmamap_free(&vfu->dma);
	free(vfu->body);
	free(vfu);
}

static bool handle_message(struct vfu *vfu)
{
	struct iovec iov[1];
	int err;

	if (vfu->hdr.flags & VFU_F_TYPE) {
		transport_refused(&vfu->t, "message %u is not a command: ignored",
				  vfu->hdr.command);
		return true;
	}
	err = vfu_handle(vfu, vfu->hdr.size - sizeof(vfu->hdr));
	if (err < 0)
		return false;
	return !err || send_reply(vfu, VFU_F_ERROR, err, iov, 1);
}

bool vfu_receive(struct vfu *vfu)
{
	for (int i = 0; i < BURST; i++) {
		int ret = receive_message(vfu);
		bool ok;

		if (ret <= 0)
			return !ret;
		ok = handle_message(vfu);
		close_fds(vfu);
		vfu->got = 0;
		if (!ok)
			return false;
	}
	return true;
}

enum { FD_SOCK, FD_UNMASK, FDS };

static unsigned int fill(const struct transport *t, struct pollfd fds[TRANSPORT_FDS])
{
	const struct vfu *vfu = (const struct vfu *)t;

	if (vfu->sock < 0)
		return 0;
	fds[FD_SOCK] = (struct pollfd){ .fd = vfu->sock, .events = POLLIN };
	fds[FD_UNMASK] = (struct pollfd){ .fd = vfu->irq.unmask_fd, .events = POLLIN };
	return FDS;
}

static bool serve(struct transport *t, const struct pollfd fds[TRANSPORT_FDS])
{
	struct vfu *vfu = vfu_of(t);

	if (fds[FD_UNMASK].revents)
		vfu_irq_serve_unmask(vfu);
	return !fds[FD_SOCK].revents || vfu_receive(vfu);
}

static void line_changed(struct transport *t)
{
	vfu_irq_update(vfu_of(t));
}

static void *find_dma(struct transport *t, uint64_t addr, bool write, uint64_t *avail)
{
	return dmamap_find(&vfu_of(t)->dma, addr, write, avail);
}

const struct transport_ops vfu_transport = {
	.name = "vfio-user",
	.create = create,
	.destroy = destroy,
	.open = open_client,
	.close = close_client,
	.fds = fill,
	.serve = serve,
	.line_changed = line_changed,
	.dma = find_dma,
};
