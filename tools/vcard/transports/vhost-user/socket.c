// SPDX-License-Identifier: BSD-2-Clause
/*
 * Framing: messages with their files from the socket, replies to it. Nothing here waits:
 * a message comes in as many pieces as the client likes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vhu.h"

int vhu_take_fd(struct vhu *vhu, unsigned int i)
{
	int fd = -1;

	if (i < vhu->nfds) {
		fd = vhu->fds[i];
		vhu->fds[i] = -1;
	}
	return fd;
}

static void keep_fd(struct vhu *vhu, int fd)
{
	if (vhu->nfds < VHU_MAX_FDS)
		vhu->fds[vhu->nfds++] = fd;
	else
		close(fd);
}

static void keep_fds(struct vhu *vhu, struct msghdr *mh)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(mh); c; c = CMSG_NXTHDR(mh, c)) {
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			keep_fd(vhu, fd);
		}
	}
}

void vhu_drop_fds(struct vhu *vhu)
{
	for (unsigned int i = 0; i < vhu->nfds; i++)
		if (vhu->fds[i] >= 0)
			close(vhu->fds[i]);
	vhu->nfds = 0;
}

/* Bytes received, 0: end, -1: errno. */
static ssize_t receive_some(struct vhu *vhu, void *buf, size_t len)
{
	union {
		char space[CMSG_SPACE(VHU_MAX_FDS * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { buf, len };
	struct msghdr mh = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.space, .msg_controllen = sizeof(control.space),
	};
	ssize_t n = recvmsg(vhu->sock, &mh, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n >= 0)
		keep_fds(vhu, &mh);
	return n;
}

static bool header_ok(struct vhu *vhu)
{
	const struct vhu_header *h = &vhu->hdr;

	if ((h->flags & VHU_VERSION_MASK) == VHU_VERSION && h->size <= sizeof(vhu->body))
		return true;
	transport_refused(&vhu->t, "request %u with flags %#x announces %u bytes of at most %zu: closing",
			   h->request, h->flags, h->size, sizeof(vhu->body));
	return false;
}

/* Where the next byte goes, and how many belong there. */
static void *place(struct vhu *vhu, size_t *len)
{
	if (vhu->got < sizeof(vhu->hdr)) {
		*len = sizeof(vhu->hdr) - vhu->got;
		return (uint8_t *)&vhu->hdr + vhu->got;
	}
	*len = sizeof(vhu->hdr) + vhu->hdr.size - vhu->got;
	return (uint8_t *)&vhu->body + (vhu->got - sizeof(vhu->hdr));
}

static bool complete(struct vhu *vhu)
{
	bool ok = vhu_handle(vhu);

	vhu_drop_fds(vhu);
	vhu->got = 0;
	return ok;
}

bool vhu_receive(struct vhu *vhu)
{
	size_t len;
	void *at = place(vhu, &len);
	ssize_t n = receive_some(vhu, at, len);

	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	vhu->got += n;
	if (vhu->got < sizeof(vhu->hdr))
		return true;
	if (vhu->got == sizeof(vhu->hdr)) {
		if (!header_ok(vhu)) {
			/* nobody may go on with a size that body has no room for */
			vhu->got = 0;
			return false;
		}
		memset(&vhu->body, 0, sizeof(vhu->body));
	}
	return vhu->got < sizeof(vhu->hdr) + vhu->hdr.size || complete(vhu);
}

/* A client that does not read its few replies is dropped: they all fit into the socket. */
bool vhu_reply(struct vhu *vhu, const union vhu_body *body)
{
	struct {
		struct vhu_header hdr;
		uint64_t u64;
	} __attribute__((packed)) m = {
		{ vhu->hdr.request, VHU_VERSION | VHU_REPLY, sizeof(m.u64) }, body->u64,
	};

	return send(vhu->sock, &m, sizeof(m), MSG_DONTWAIT | MSG_NOSIGNAL) == sizeof(m);
}
