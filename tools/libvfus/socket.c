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

#include "server.h"

#define SEND_WAIT_MS	1000
#define BURST		64	/* messages handled before the device gets a turn */

/* Descriptors nobody took out of the message. */
static void close_fds(struct vfus *s)
{
	for (unsigned int i = 0; i < s->nfds; i++)
		if (s->fds[i] >= 0)
			close(s->fds[i]);
	s->nfds = 0;
}

int vfus_take_fd(struct vfus *s, unsigned int i)
{
	int fd = -1;

	if (i < s->nfds) {
		fd = s->fds[i];
		s->fds[i] = -1;
	}
	return fd;
}

static void keep_fds(struct vfus *s, struct msghdr *mh)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(mh); c; c = CMSG_NXTHDR(mh, c)) {
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (s->nfds < VFU_MAX_FDS)
				s->fds[s->nfds++] = fd;
			else
				close(fd);
		}
	}
}

/* Bytes received, 0: end, -1: errno. Descriptors ride on the header. */
static ssize_t receive_some(struct vfus *s, void *buf, size_t len)
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
	ssize_t n = recvmsg(s->sock, &mh, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n > 0)
		keep_fds(s, &mh);
	return n;
}

static bool header_ok(struct vfus *s)
{
	const struct vfu_header *h = &s->hdr;

	if (h->size >= sizeof(*h) && h->size <= sizeof(*h) + VFU_MAX_BODY)
		return true;
	s->lost = true;
	vfus_refused(s, "command %u announces %u bytes, allowed are %zu to %zu: closing",
		     h->command, h->size, sizeof(*h), sizeof(*h) + VFU_MAX_BODY);
	return false;
}

/* 1: a message is complete, 0: more must come, -1: connection is over. */
static int receive_message(struct vfus *s)
{
	const size_t head = sizeof(s->hdr);
	ssize_t n;

	while (s->got < head || s->got < s->hdr.size) {
		if (s->got < head)
			n = receive_some(s, (uint8_t *)&s->hdr + s->got, head - s->got);
		else
			n = receive_some(s, s->body + s->got - head, s->hdr.size - s->got);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (n <= 0) {
			if (s->got)
				vfus_refused(s, "connection ended within a message");
			s->got = 0;
			return -1;
		}
		s->got += n;
		if (s->got == head && !header_ok(s))
			return -1;
	}
	return 1;
}

static bool writable(struct vfus *s)
{
	struct pollfd pfd = { .fd = s->sock, .events = POLLOUT };

	return errno == EINTR || (errno == EAGAIN && poll(&pfd, 1, SEND_WAIT_MS) > 0);
}

/* Takes n bytes off the front. */
static void advance(struct msghdr *mh, size_t n)
{
	while (mh->msg_iovlen && n >= mh->msg_iov->iov_len) {
		n -= mh->msg_iov->iov_len;
		mh->msg_iov++;
		mh->msg_iovlen--;
	}
	if (mh->msg_iovlen) {
		mh->msg_iov->iov_base = (uint8_t *)mh->msg_iov->iov_base + n;
		mh->msg_iov->iov_len -= n;
	}
}

/*
 * One sendmsg per message, as the client wants the whole header in its first read; what the
 * socket has no room for follows. The descriptor rides on the first byte.
 */
static bool send_all(struct vfus *s, struct msghdr *mh)
{
	advance(mh, 0);
	while (mh->msg_iovlen) {
		ssize_t n = sendmsg(s->sock, mh, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && !writable(s)) {
			vfus_refused(s, "client does not take its replies: closing");
			return false;
		}
		if (n <= 0)
			continue;
		mh->msg_control = NULL;
		mh->msg_controllen = 0;
		advance(mh, n);
	}
	return true;
}

/* The whole message: header, a, b. */
static bool send_message(struct vfus *s, struct vfu_header *h, const void *a, size_t alen,
			 const void *b, size_t blen, int fd)
{
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	struct iovec iov[3] = {
		{ h, sizeof(*h) }, { (void *)a, alen }, { (void *)b, blen },
	};
	struct msghdr mh = { .msg_iov = iov, .msg_iovlen = 3 };

	h->size = sizeof(*h) + alen + blen;
	if (fd >= 0) {
		mh.msg_control = control.space;
		mh.msg_controllen = sizeof(control.space);
		control.align.cmsg_level = SOL_SOCKET;
		control.align.cmsg_type = SCM_RIGHTS;
		control.align.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.align), &fd, sizeof(int));
	}
	return send_all(s, &mh);
}

bool vfus_reply_fd(struct vfus *s, const void *a, size_t alen, const void *b, size_t blen,
		   int fd)
{
	struct vfu_header h = {
		.id = s->hdr.id, .command = s->hdr.command, .flags = VFU_F_REPLY,
	};

	return s->hdr.flags & VFU_F_NO_REPLY || send_message(s, &h, a, alen, b, blen, fd);
}

bool vfus_reply(struct vfus *s, const void *a, size_t alen, const void *b, size_t blen)
{
	return vfus_reply_fd(s, a, alen, b, blen, -1);
}

/* The header alone. */
static bool reply_error(struct vfus *s, uint32_t err)
{
	struct vfu_header h = {
		.id = s->hdr.id, .command = s->hdr.command,
		.flags = VFU_F_REPLY | VFU_F_ERROR, .error = err,
	};

	return s->hdr.flags & VFU_F_NO_REPLY || send_message(s, &h, NULL, 0, NULL, 0, -1);
}

bool vfus_send_command(struct vfus *s, const struct vfu_header *header, const void *a,
		       size_t alen, const void *b, size_t blen)
{
	struct vfu_header h = *header;

	return send_message(s, &h, a, alen, b, blen, -1);
}

static bool is_command(const struct vfus *s)
{
	return !(s->hdr.flags & VFU_F_TYPE);
}

/*
 * Requests that arrived too late get an error reply, so that nobody waits for
 * them, and are read, or the peer would see a reset instead of an end.
 */
void vfus_dismiss(struct vfus *s)
{
	char waste[512];

	shutdown(s->sock, SHUT_RD);
	while (!s->lost && receive_message(s) > 0) {
		close_fds(s);
		s->got = 0;
		if (is_command(s) && !reply_error(s, ENODEV))
			break;
	}
	close_fds(s);
	for (int i = 0; i < 4096; i++)
		if (recv(s->sock, waste, sizeof(waste), MSG_DONTWAIT) <= 0)
			break;
}

static bool handle_message(struct vfus *s)
{
	size_t len = s->hdr.size - sizeof(s->hdr);
	int err;

	if (!is_command(s)) {
		vfus_dma_reply(s, len);
		return true;
	}
	err = vfus_handle(s, len);
	if (err < 0)
		return false;
	return !err || reply_error(s, err);
}

bool vfus_receive(struct vfus *s)
{
	for (int i = 0; i < BURST; i++) {
		int ret = receive_message(s);
		bool ok;

		if (ret <= 0)
			return !ret;
		ok = handle_message(s);
		close_fds(s);
		s->got = 0;
		if (!ok)
			return false;
	}
	return true;
}
