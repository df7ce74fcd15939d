// SPDX-License-Identifier: BSD-2-Clause
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer.h"

void put(uint8_t *p, uint64_t val, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		p[i] = val >> 8 * i;
}

uint64_t get(const uint8_t *p, unsigned int n)
{
	uint64_t val = 0;

	while (n--)
		val = val << 8 | p[n];
	return val;
}

/* ---- the device ---- */

static void region(void *opaque, unsigned int index, struct vfus_region *r)
{
	static const struct vfus_area areas[] = { { 0x1000, 0x2000 }, { 0x8000, 0x8000 } };
	struct peer *p = opaque;

	if (index == ABSENT || index == VFUS_ROM || index == VFUS_VGA)
		return;
	r->size = index == PLAIN ? PLAIN_BYTES : index == VFUS_CONFIG ? 256 : OTHER_BYTES;
	r->readable = index != WRITE_ONLY;
	r->writable = index != READ_ONLY;
	r->type = 7;
	r->subtype = index;
	if (index == MAPPED || index == SPARSE || index == OWN_SPARSE) {
		r->fd = p->region_fd;
		r->fd_offset = 0x1000 * index;
		r->areas = areas;
		r->nr_areas = index == MAPPED ? 0 : 2;
	}
	if (index == MAPPED)
		r->max_access = SHORT_ACCESS;
}

static int access_plain(struct peer *p, unsigned int index, uint64_t off, uint32_t len)
{
	p->accesses++;
	if (index == ABSENT || off + len > PLAIN_BYTES)
		FAIL("the device sees region %u, offset 0x%llx", index, (unsigned long long)off);
	return index == PLAIN && off == REFUSED_AT ? EIO : 0;
}

/* Of all but PLAIN nothing is filled. */
static int read_region(void *opaque, unsigned int index, uint64_t off, void *buf, uint32_t len)
{
	struct peer *p = opaque;
	int err = access_plain(p, index, off, len);

	if (!err && index == PLAIN)
		memcpy(buf, p->plain + off, len);
	return err;
}

static int write_region(void *opaque, unsigned int index, uint64_t off, const void *buf,
			uint32_t len)
{
	struct peer *p = opaque;
	int err = access_plain(p, index, off, len);

	if (!err && index == PLAIN)
		memcpy(p->plain + off, buf, len);
	return err;
}

static void reset(void *opaque, enum vfus_reset why)
{
	((struct peer *)opaque)->resets[why]++;
}

static bool line(void *opaque)
{
	return ((struct peer *)opaque)->level;
}

static void memory_changed(void *opaque)
{
	((struct peer *)opaque)->changes++;
}

static void log_line(void *opaque, const char *text)
{
	CHECK(*text && !strchr(text, '\n'));
	((struct peer *)opaque)->lines++;
}

/* ---- the client ---- */

/* Each word of it says where it is. */
static int make_file(size_t bytes)
{
	int fd = memfd_create("peer", MFD_CLOEXEC);
	uint64_t *words = malloc(bytes);

	if (fd < 0 || !words)
		abort();
	for (size_t i = 0; i < bytes / sizeof(*words); i++)
		words[i] = i * sizeof(*words);
	if (pwrite(fd, words, bytes, 0) != (ssize_t)bytes)
		abort();
	free(words);
	return fd;
}

static void connect_peer(struct peer *p)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair))
		abort();
	p->sock = pair[0];
	vfus_open(p->s, pair[1]);
}

struct peer *peer_start(void)
{
	struct peer *p = calloc(1, sizeof(*p));

	if (!p)
		abort();
	p->device = (struct vfus_device){
		.opaque = p, .nr_regions = PEER_REGIONS,
		.vectors = { 1, PEER_MSI, PEER_MSIX, 1, 1 },
		.region = region, .read = read_region, .write = write_region, .reset = reset,
		.line = line, .memory_changed = memory_changed, .log = log_line,
	};
	p->memfd = make_file(GUEST_BYTES);
	p->region_fd = make_file(0x20000);
	p->s = vfus_create(&p->device);
	if (!p->s)
		abort();
	connect_peer(p);
	return p;
}

struct peer *peer_hello(const char *json)
{
	struct peer *p = peer_start();
	struct reply r;
	char body[300];

	memset(body, 0, 4);
	strcpy(body + 4, json);
	CHECK_EQ(peer_call(p, VERSION, body, 5 + strlen(json), NULL, 0, &r), 0);
	return p;
}

void peer_reconnect(struct peer *p)
{
	struct reply r;

	vfus_close(p->s);
	close(p->sock);
	connect_peer(p);
	CHECK_EQ(peer_call(p, VERSION, "\0\0\0\0", 4, NULL, 0, &r), 0);
}

void peer_stop(struct peer *p)
{
	vfus_destroy(p->s);
	close(p->sock);
	close(p->memfd);
	close(p->region_fd);
	free(p);
}

void peer_send(struct peer *p, uint16_t command, uint32_t flags, const void *body, size_t len,
	       const int *fds, unsigned int nfds)
{
	uint8_t header[16] = { 0 };
	struct iovec iov[2] = { { header, sizeof(header) }, { (void *)body, len } };
	union {
		char space[CMSG_SPACE(16 * sizeof(int))];
		struct cmsghdr align;
	} u;
	struct msghdr mh = { .msg_iov = iov, .msg_iovlen = 2 };

	put(header, ++p->id, 2);
	put(header + 2, command, 2);
	put(header + 4, sizeof(header) + len, 4);
	put(header + 8, flags, 4);
	if (nfds) {
		memset(&u, 0, sizeof(u));
		mh.msg_control = u.space;
		mh.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		u.align.cmsg_level = SOL_SOCKET;
		u.align.cmsg_type = SCM_RIGHTS;
		u.align.cmsg_len = CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(&u.align), fds, nfds * sizeof(int));
	}
	if (sendmsg(p->sock, &mh, MSG_NOSIGNAL) != (ssize_t)(sizeof(header) + len))
		FAIL("sendmsg: %s", strerror(errno));
}

bool peer_serve(struct peer *p)
{
	struct pollfd fds[VFUS_FDS];

	CHECK_EQ(vfus_fds(p->s, fds), VFUS_FDS);
	poll(fds, VFUS_FDS, 0);
	return vfus_serve(p->s, fds);
}

static void take_fds(struct msghdr *mh, struct reply *r)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(mh); c; c = CMSG_NXTHDR(mh, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
			memcpy(r->fds, CMSG_DATA(c), c->cmsg_len - CMSG_LEN(0));
}

bool peer_receive(struct peer *p, struct reply *r)
{
	struct iovec iov = { r->header, sizeof(r->header) };
	union {
		char space[CMSG_SPACE(4 * sizeof(int))];
		struct cmsghdr align;
	} u;
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = u.space,
			     .msg_controllen = sizeof(u.space) };
	size_t got = 0;

	memset(r->fds, 0xff, sizeof(r->fds));
	if (recvmsg(p->sock, &mh, MSG_CMSG_CLOEXEC) != sizeof(r->header))
		return false;	/* a whole header, as clients want it, or none */
	take_fds(&mh, r);
	r->len = get(r->header + 4, 4) - sizeof(r->header);
	if (r->len > sizeof(r->body)) {
		FAIL("message of %zu bytes", r->len);
		return false;
	}
	while (got < r->len) {
		ssize_t n = recv(p->sock, r->body + got, r->len - got, 0);

		if (n <= 0) {
			FAIL("message ends after %zu of %zu bytes", got, r->len);
			return false;
		}
		got += n;
	}
	return true;
}

int peer_call(struct peer *p, uint16_t command, const void *body, size_t len, const int *fds,
	      unsigned int nfds, struct reply *r)
{
	uint32_t flags;

	peer_send(p, command, 0, body, len, fds, nfds);
	if (!peer_serve(p) || !peer_receive(p, r))
		return -1;
	flags = get(r->header + 8, 4);
	CHECK_EQ(get(r->header, 2), p->id);
	CHECK_EQ(get(r->header + 2, 2), command);
	CHECK(flags == 1 || flags == 0x21);
	CHECK(flags == 0x21 || !get(r->header + 12, 4));
	CHECK(flags == 1 || !r->len);	/* "must only include the reply header" */
	return flags == 1 ? 0 : (int)get(r->header + 12, 4);
}

int peer_map(struct peer *p, uint64_t addr, uint64_t size, uint64_t offset, uint32_t flags, int fd)
{
	uint8_t body[32] = { 32 };
	struct reply r;

	put(body + 4, flags, 4);
	put(body + 8, offset, 8);
	put(body + 16, addr, 8);
	put(body + 24, size, 8);
	return peer_call(p, DMA_MAP, body, sizeof(body), &fd, fd >= 0, &r);
}

int peer_unmap(struct peer *p, uint64_t addr, uint64_t size)
{
	uint8_t body[24] = { 24 };
	struct reply r;

	put(body + 8, addr, 8);
	put(body + 16, size, 8);
	return peer_call(p, DMA_UNMAP, body, sizeof(body), NULL, 0, &r);
}
