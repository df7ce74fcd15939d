// SPDX-License-Identifier: BSD-2-Clause
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "front.h"
#include "transports/vhost-user/vhost_user.h"

#define WRITE_AT	0x200u	/* of FRONT_DATA: what the device writes */

/* ---- the function ---- */

static uint32_t bar_bytes(void *opaque, unsigned int bar)
{
	(void)opaque;
	return bar ? 0 : FRONT_BAR;
}

static bool inside(const struct front *f, uint32_t room, uint32_t off, uint32_t len)
{
	return !f->gone && off < room && len <= room - off;
}

static bool bar_read(void *opaque, unsigned int bar, uint32_t off, void *buf, uint32_t len)
{
	struct front *f = opaque;

	memset(buf, 0xff, len);
	if (bar || !inside(f, FRONT_BAR, off, len))
		return false;
	memcpy(buf, f->bar + off, len);
	return true;
}

static bool bar_write(void *opaque, unsigned int bar, uint32_t off, const void *buf, uint32_t len)
{
	struct front *f = opaque;

	if (bar || !inside(f, FRONT_BAR, off, len))
		return false;
	memcpy(f->bar + off, buf, len);
	return true;
}

static bool config_read(void *opaque, uint32_t off, void *buf, uint32_t len)
{
	struct front *f = opaque;

	if (!inside(f, sizeof(f->config), off, len))
		return false;
	memcpy(buf, f->config + off, len);
	return true;
}

static bool config_write(void *opaque, uint32_t off, const void *buf, uint32_t len)
{
	struct front *f = opaque;

	if (!inside(f, sizeof(f->config), off, len))
		return false;
	memcpy(f->config + off, buf, len);
	return true;
}

static void reset(void *opaque)
{
	((struct front *)opaque)->resets++;
}

static bool line(void *opaque)
{
	return ((struct front *)opaque)->line;
}

static void keep_line(void *opaque, const char *text)
{
	struct front *f = opaque;

	snprintf(f->log, sizeof(f->log), "%s", text);
}

/* ---- connection and messages ---- */

static void connect_front(struct front *f)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair))
		abort();
	f->sock = pair[0];
	f->t->ops->open(f->t, pair[1]);
}

void front_open(struct front *f)
{
	memset(f, 0, sizeof(*f));
	f->function = (struct transport_function){
		.opaque = f, .bar_bytes = bar_bytes, .read = bar_read, .write = bar_write,
		.config_read = config_read, .config_write = config_write, .reset = reset,
		.line = line, .log = keep_line,
	};
	for (unsigned int i = 0; i < sizeof(f->config); i++)
		f->config[i] = i;
	f->memfd = memfd_create("guest", 0);
	f->kick = eventfd(0, EFD_NONBLOCK);
	if (f->memfd < 0 || f->kick < 0 || ftruncate(f->memfd, FRONT_BYTES) ||
	    pipe2(f->call, O_NONBLOCK))
		abort();
	f->mem = mmap(NULL, FRONT_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, f->memfd, 0);
	f->t = vhu_transport.create(&f->function);
	if (!f->t || f->mem == MAP_FAILED)
		abort();
	connect_front(f);
}

void front_close(struct front *f)
{
	f->t->ops->destroy(f->t);
	munmap(f->mem, FRONT_BYTES);
	close(f->memfd);
	close(f->kick);
	close(f->call[0]);
	close(f->call[1]);
	close(f->sock);
}

void front_send(struct front *f, const void *bytes, size_t len, const int *fds,
		unsigned int nfds)
{
	union {
		char space[CMSG_SPACE(16 * sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec iov = { (void *)bytes, len };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (nfds) {
		struct cmsghdr *cm;

		mh.msg_control = control.space;
		mh.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		cm = CMSG_FIRSTHDR(&mh);
		cm->cmsg_level = SOL_SOCKET;
		cm->cmsg_type = SCM_RIGHTS;
		cm->cmsg_len = CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(cm), fds, nfds * sizeof(int));
	}
	CHECK_EQ(sendmsg(f->sock, &mh, MSG_NOSIGNAL), len);
}

bool front_serve(struct front *f)
{
	struct pollfd fds[TRANSPORT_FDS];
	unsigned int n = f->t->ops->fds(f->t, fds);

	return poll(fds, n, 0) <= 0 || f->t->ops->serve(f->t, fds);
}

bool front_reply(struct front *f, uint64_t *value)
{
	struct {
		struct vhu_header hdr;
		uint64_t value;
	} __attribute__((packed)) m;

	if (recv(f->sock, &m, sizeof(m), MSG_DONTWAIT) != sizeof(m))
		return false;
	CHECK_EQ(m.hdr.flags, VHU_VERSION | VHU_REPLY);
	CHECK_EQ(m.hdr.size, sizeof(m.value));
	*value = m.value;
	return true;
}

/* Head and body come in pieces: it may need two turns. */
uint64_t front_call(struct front *f, uint32_t request, const void *body, uint32_t size,
		    const int *fds, unsigned int nfds)
{
	struct {
		struct vhu_header hdr;
		uint8_t body[512];
	} m = { { request, VHU_VERSION | VHU_NEED_REPLY, size }, { 0 } };
	uint64_t value = UINT64_MAX;

	if (size)
		memcpy(m.body, body, size);
	front_send(f, &m, sizeof(m.hdr) + size, fds, nfds);
	for (int i = 0; i < 3 && front_serve(f); i++)
		if (front_reply(f, &value))
			break;
	return value;
}

uint64_t front_state(struct front *f, uint32_t request, uint32_t index, uint32_t num)
{
	struct vhu_state state = { index, num };

	return front_call(f, request, &state, sizeof(state), NULL, 0);
}

uint64_t front_table(struct front *f, uint64_t guest, uint64_t size, uint64_t offset, int fd)
{
	struct vhu_mem_table table = {
		.count = 1, .regions = { { guest, size, FRONT_USER, offset } },
	};

	return front_call(f, VHU_SET_MEM_TABLE, &table, 8 + sizeof(struct vhu_region), &fd, 1);
}

uint64_t front_place(struct front *f, unsigned int ring, uint64_t desc, uint64_t avail,
		     uint64_t used)
{
	struct vhu_addr addr = { .index = ring, .desc = FRONT_USER + desc,
				 .avail = FRONT_USER + avail, .used = FRONT_USER + used };

	return front_call(f, VHU_SET_VRING_ADDR, &addr, sizeof(addr), NULL, 0);
}

static void set_up_ring(struct front *f, unsigned int i)
{
	uint64_t number = i, at = 0x1000 * i;

	CHECK_EQ(front_call(f, VHU_SET_VRING_CALL, &number, 8, &f->call[1], 1), 0);
	CHECK_EQ(front_state(f, VHU_SET_VRING_NUM, i, FRONT_NUM), 0);
	CHECK_EQ(front_state(f, VHU_SET_VRING_BASE, i, 0), 0);
	CHECK_EQ(front_place(f, i, at, at + 0x400, at + 0x800), 0);
	CHECK_EQ(front_call(f, VHU_SET_VRING_KICK, &number, 8, &f->kick, 1), 0);
	CHECK_EQ(front_state(f, VHU_SET_VRING_ENABLE, i, 1), 0);
}

void front_ready(struct front *f)
{
	CHECK_EQ(front_table(f, FRONT_GUEST, FRONT_BYTES, 0, f->memfd), 0);
	for (unsigned int i = 0; i < VHU_RINGS; i++)
		set_up_ring(f, i);
}

/* ---- rings ---- */

struct front_ring front_ring(struct front *f, unsigned int ring)
{
	uint8_t *at = f->mem + 0x1000 * ring;

	return (struct front_ring){ (void *)at, (void *)(at + 0x400), (void *)(at + 0x800) };
}

void front_offer(struct front *f, unsigned int ring, uint16_t head)
{
	struct vring_avail *avail = front_ring(f, ring).avail;

	avail->ring[avail->idx % FRONT_NUM] = head;
	__atomic_store_n(&avail->idx, avail->idx + 1, __ATOMIC_RELEASE);
}

static bool reads(uint8_t op)
{
	return op == PCIDEV_CFG_READ || op == PCIDEV_MMIO_READ;
}

bool front_access(struct front *f, uint8_t op, uint8_t bar, uint64_t addr, uint32_t size,
		  void *data)
{
	struct pcidev_msg msg = { .op = op, .bar = bar, .size = size, .addr = addr };
	struct front_ring r = front_ring(f, VHU_COMMANDS);
	uint32_t len = reads(op) ? 0 : op == PCIDEV_MMIO_MEMSET ? 1 : size;
	uint16_t used = r.used->idx;

	memcpy(f->mem + FRONT_DATA, &msg, sizeof(msg));
	if (len)
		memcpy(f->mem + FRONT_DATA + sizeof(msg), data, len);
	r.desc[0] = (struct vring_desc){ FRONT_GUEST + FRONT_DATA, sizeof(msg) + len,
					 reads(op) ? VRING_DESC_NEXT : 0, 1 };
	r.desc[1] = (struct vring_desc){ FRONT_GUEST + FRONT_DATA + WRITE_AT, size,
					 VRING_DESC_WRITE, 0 };
	front_offer(f, VHU_COMMANDS, 0);
	f->t->ops->work(f->t);
	if (r.used->idx != (uint16_t)(used + 1))
		return false;
	if (reads(op))
		memcpy(data, f->mem + FRONT_DATA + WRITE_AT, size);
	return true;
}

uint32_t front_read(struct front *f, uint8_t op, uint64_t addr, uint32_t size)
{
	uint32_t value = 0x5a5a5a5a;

	CHECK(front_access(f, op, 0, addr, size, &value));
	return value;
}

void front_buffer(struct front *f)
{
	struct front_ring r = front_ring(f, VHU_INTERRUPTS);

	r.desc[0] = (struct vring_desc){ FRONT_GUEST + FRONT_DATA + 0x1000, 20,
					 VRING_DESC_WRITE, 0 };
	front_offer(f, VHU_INTERRUPTS, 0);
}

uint16_t front_interrupts(struct front *f)
{
	return front_ring(f, VHU_INTERRUPTS).used->idx;
}

unsigned int front_called(struct front *f)
{
	uint64_t one;
	unsigned int n = 0;

	while (read(f->call[0], &one, sizeof(one)) == sizeof(one))
		n++;
	return n;
}
