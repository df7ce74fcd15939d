// SPDX-License-Identifier: BSD-2-Clause
/*
 * libvfus with a device of its own: what vcard does not use of it. The input is a list of messages,
 * answers to DMA that the device has asked for, raw bytes, and what the device does meanwhile.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../libvfus/json.h"
#include "../libvfus/server.h"
#include "fuzz.h"

#define MAX_OPS		100
#define PAGE		4096u
#define REGIONS		(VFUS_PCI_REGIONS + 1)
#define ASKED		16	/* of the device's messages that wait for an answer */

enum { INPUTS, MESSAGES, REPLIES, ERRORS, CLOSED, FILES, EVENTS, TRANSFERS, DONE, ENDED, ANSWERS,
       JSONS, RAW, TALLIES };
static struct tally tallies[TALLIES] = {
	[INPUTS] = { "inputs", 0 }, [MESSAGES] = { "messages", 0 },
	[REPLIES] = { "replies", 0 }, [ERRORS] = { "error-replies", 0 },
	[CLOSED] = { "closed", 0 }, [FILES] = { "files-given", 0 }, [EVENTS] = { "events", 0 },
	[TRANSFERS] = { "transfers", 0 }, [DONE] = { "transfers-ok", 0 },
	[ENDED] = { "transfers-failed", 0 }, [ANSWERS] = { "answers", 0 },
	[JSONS] = { "numbers", 0 }, [RAW] = { "raw", 0 },
};

static struct vfus *server;
static int sock, memfd, region_fd, event;
static uint16_t id;
static bool framed;		/* only whole messages were sent so far */
static unsigned int expected, replies, under_way;
static struct {
	struct vfu_header h;
	struct vfu_dma_access access;
} asked[ASKED];
static unsigned int nasked;

/* ---- the device ---- */

/* Memory of a transfer: what is written after its end is found. */
struct transfer {
	uint8_t *buf;
	uint64_t len;
};

static void transfer_done(void *opaque, int err)
{
	struct transfer *t = opaque;

	MUST(under_way);
	under_way--;
	tallies[err ? ENDED : DONE].n++;
	free(t->buf);
	free(t);
}

static void transfer(bool write, uint64_t addr, uint64_t len)
{
	struct transfer *t = malloc(sizeof(*t));
	int err;

	if (!t)
		abort();
	t->len = len;
	t->buf = calloc(1, len ? len : 1);
	if (!t->buf)
		abort();
	under_way++;
	err = write ? vfus_dma_write(server, addr, t->buf, len, transfer_done, t) :
		      vfus_dma_read(server, addr, t->buf, len, transfer_done, t);
	tallies[TRANSFERS].n += !err;
	if (!err)
		return;
	MUST(err == EINVAL || err == EBUSY || err == ENOTCONN);
	under_way--;
	free(t->buf);
	free(t);
}

static void region(void *opaque, unsigned int index, struct vfus_region *r)
{
	static const struct vfus_area areas[] = { { 0, PAGE }, { 3 * PAGE, PAGE } };

	(void)opaque;
	MUST(index < REGIONS);
	if (index == VFUS_BAR5 || index == VFUS_VGA)
		return;
	r->size = index == VFUS_CONFIG ? PAGE : 4 * PAGE;
	r->readable = index != VFUS_BAR3;
	r->writable = index != VFUS_ROM;
	r->fd = index == VFUS_BAR1 || index == VFUS_BAR2 || index == VFUS_PCI_REGIONS ? region_fd : -1;
	r->areas = areas;
	r->nr_areas = index == VFUS_BAR1 ? 0 : 2;
	r->max_access = index == VFUS_BAR4 ? 8 : 0;
	r->type = index;
}

static void check(unsigned int index, uint64_t off, uint32_t len)
{
	struct vfus_region r = { .fd = -1 };

	region(NULL, index, &r);
	MUST(len && off < r.size && len <= r.size - off);
	MUST(!r.max_access || len <= r.max_access);
}

static int read_region(void *opaque, unsigned int index, uint64_t off, void *buf, uint32_t len)
{
	(void)opaque;
	check(index, off, len);
	memset(buf, off, len);
	return off == 12 ? EIO : 0;
}

static int write_region(void *opaque, unsigned int index, uint64_t off, const void *buf,
			uint32_t len)
{
	uint8_t sum = 0;

	(void)opaque;
	check(index, off, len);
	for (uint32_t i = 0; i < len; i++)
		sum += ((const uint8_t *)buf)[i];	/* all of it is there */
	if (off == 16)
		transfer(sum & 1, PAGE * (sum >> 1), 1 + sum);
	return off == 12 ? EIO : 0;
}

static bool line(void *opaque)
{
	(void)opaque;
	return under_way & 1;
}

static void log_line(void *opaque, const char *text)
{
	(void)opaque;
	MUST(*text && !strchr(text, '\n'));
}

static const struct vfus_device device = {
	.nr_regions = REGIONS, .vectors = { 1, 2, 5, 1, 1 }, .region = region,
	.read = read_region, .write = write_region, .line = line, .log = log_line,
};

static void begin(void)
{
	if (server)
		return;
	fuzz_begin("vfus", tallies, TALLIES);
	memfd = memfd_create("guest", 0);
	region_fd = memfd_create("region", 0);
	event = eventfd(0, EFD_NONBLOCK);
	if (memfd < 0 || region_fd < 0 || event < 0 || ftruncate(memfd, 16 * PAGE))
		abort();
	server = vfus_create(&device);
	if (!server)
		abort();
}

/* ---- the client ---- */

/* A message of the server's: a reply, or DMA that is asked for. */
static void take_message(const uint8_t *buf, const struct vfu_header *h)
{
	if (!(h->flags & VFU_F_TYPE)) {
		MUST(h->command == VFU_DMA_READ || h->command == VFU_DMA_WRITE);
		MUST(h->size >= sizeof(asked[0]));
		memcpy(&asked[nasked++ % ASKED], buf, sizeof(asked[0]));
		return;
	}
	MUST((h->flags & VFU_F_TYPE) == VFU_F_REPLY);
	MUST(!(h->flags & VFU_F_ERROR) || (h->error && h->size == sizeof(*h)));
	tallies[ERRORS].n += !!(h->flags & VFU_F_ERROR);
	tallies[REPLIES].n++;
	replies++;
}

static ssize_t receive(void *buf, size_t len)
{
	union {
		char space[CMSG_SPACE(8 * sizeof(int))];
		struct cmsghdr align;
	} u;
	struct iovec iov = { buf, len };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = u.space,
			     .msg_controllen = sizeof(u.space) };
	ssize_t n = recvmsg(sock, &mh, MSG_DONTWAIT);

	for (struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&mh) : NULL; c; c = CMSG_NXTHDR(&mh, c)) {
		int fd;

		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
		close(fd);
		tallies[FILES].n++;
	}
	return n;
}

/* All that has come; descriptors end a piece, so that what came is put together. */
static void read_messages(void)
{
	static uint8_t buf[1 << 20];
	ssize_t got = 0, at = 0, n;
	struct vfu_header h;

	while ((n = receive(buf + got, sizeof(buf) - got)) > 0)
		got += n;
	while (at < got) {
		MUST(got - at >= (ssize_t)sizeof(h));
		memcpy(&h, buf + at, sizeof(h));
		MUST(h.size >= sizeof(h) && h.size <= got - at);
		take_message(buf + at, &h);
		at += h.size;
	}
}

static bool serve(void)
{
	struct pollfd fds[VFUS_FDS] = { { .revents = POLLIN }, { .revents = POLLIN } };
	int waiting = 0;
	bool ok;

	do {
		ok = vfus_serve(server, fds);
		read_messages();
	} while (ok && !ioctl(server->sock, FIONREAD, &waiting) && waiting);
	if (framed && ok && !server->got)
		MUST(replies == expected);
	tallies[CLOSED].n += !ok;
	return ok;
}

static void send_bytes(const void *a, size_t alen, const void *b, size_t blen, unsigned int nfds,
		       int fd)
{
	union {
		char space[CMSG_SPACE(16 * sizeof(int))];
		struct cmsghdr align;
	} u;
	struct iovec iov[2] = { { (void *)a, alen }, { (void *)b, blen } };
	struct msghdr mh = { .msg_iov = iov, .msg_iovlen = 2 };

	if (nfds) {
		memset(&u, 0, sizeof(u));
		mh.msg_control = u.space;
		mh.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		u.align.cmsg_level = SOL_SOCKET;
		u.align.cmsg_type = SCM_RIGHTS;
		u.align.cmsg_len = CMSG_LEN(nfds * sizeof(int));
		for (unsigned int i = 0; i < nfds; i++)
			memcpy(CMSG_DATA(&u.align) + i * sizeof(int), &fd, sizeof(fd));
	}
	if (sendmsg(sock, &mh, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)(alen + blen))
		framed = false;
}

static void send_message(uint16_t command, uint32_t flags, const void *body, size_t len,
			 unsigned int nfds, int fd)
{
	struct vfu_header h = { ++id, command, sizeof(h) + len, flags, 0 };

	send_bytes(&h, sizeof(h), body, len, nfds, fd);
	expected += !(flags & (VFU_F_TYPE | VFU_F_NO_REPLY));
	tallies[MESSAGES].n++;
}

static void greet(struct input *in)
{
	static const char head[] = "\0\0\0\0{\"capabilities\":{\"max_data_xfer_size\":";
	char body[80];
	int n = sizeof(head) - 1;

	memcpy(body, head, n);
	n += snprintf(body + n, sizeof(body) - n, "%u}}", in8(in) * 8u) + 1;
	send_message(VFU_VERSION, 0, body, n, 0, -1);
}

static void map(uint8_t a, uint8_t b)
{
	struct vfu_dma_map_msg m = { sizeof(m), a & 3, 0, PAGE * (b & 15), PAGE * (1 + (b >> 4 & 3)) };

	send_message(VFU_DMA_MAP, 0, &m, sizeof(m), a >> 2 & 1, memfd);
}

static size_t some_body(struct input *in, uint16_t command, uint8_t *body)
{
	uint8_t a = in8(in), b = in8(in), c = in8(in);

	switch (command) {
	case VFU_DMA_UNMAP:
		memcpy(body, &(struct vfu_dma_unmap_msg){ 24, c > 250 ? 2 : 0, PAGE * (a & 15),
			PAGE * (1 + (b & 3)) }, 24);
		return 24;
	case VFU_GET_REGION_INFO:
		memcpy(body, &(struct vfu_region_info){ 32 + b, 0, a & 15, 0, 0, 0 }, 32);
		return 32;
	case VFU_DEVICE_GET_INFO:
	case VFU_GET_IRQ_INFO:
		memcpy(body, &(struct vfu_irq_info){ 16, 0, a & 7, 0 }, 16);
		return 16;
	case VFU_SET_IRQS:
		memcpy(body, &(struct vfu_irq_set){ 20, a & 0x3f, b & 7, b >> 3 & 7, c & 7 }, 20);
		in_bytes(in, body + 20, 8);
		return 20 + (c >> 3 & 15);
	case VFU_REGION_READ:
		memcpy(body, &(struct vfu_region_access){ (a & 63) * 4, b & 15, c * 16 }, 16);
		return 16;
	case VFU_REGION_WRITE:
		memcpy(body, &(struct vfu_region_access){ (a & 63) * 4, b & 15, c & 15 }, 16);
		in_bytes(in, body + 16, 16);
		return 16 + (c & 15);
	default:
		in_bytes(in, body, 48);
		return c & 63;
	}
}

static void op_message(struct input *in)
{
	uint8_t code = in8(in), wrong = in8(in), body[80] = { 0 };
	uint16_t command = code < 0xf0 ? code % 14 : in16(in);
	size_t len = some_body(in, command, body);

	for (int n = wrong & 3; n; n--)
		body[in8(in) % 32] ^= in8(in);
	if (wrong & 4)
		len = in8(in) % sizeof(body);
	send_message(command, wrong & 8 ? in8(in) : 0, body, len, wrong >> 4, wrong & 1 ? memfd : event);
}

/* To a message of the device's, one of the last ones; right, or not quite. */
static void op_answer(struct input *in)
{
	uint8_t which = in8(in), wrong = in8(in), body[16 + 1024 + 16];
	unsigned int n = nasked < ASKED ? nasked : ASKED;
	struct vfu_header h;
	struct vfu_dma_access access;
	size_t len = sizeof(access);

	if (!n)
		return;
	h = asked[which % n].h;
	access = asked[which % n].access;
	if (h.command == VFU_DMA_READ)
		len += access.count < 1024 ? access.count : 1024;
	memset(body, which, sizeof(body));
	if (wrong & 1)
		access.addr += in8(in);
	if (wrong & 2)
		access.count += in8(in);
	if (wrong & 4)
		len = in8(in);
	memcpy(body, &access, sizeof(access));
	h.flags = wrong & 8 ? in8(in) | VFU_F_REPLY : VFU_F_REPLY;
	h.error = wrong & 16 ? in32(in) : 0;
	h.id += wrong & 32 ? in8(in) : 0;
	h.size = sizeof(h) + len;
	send_bytes(&h, sizeof(h), body, len, 0, -1);
	expected += !(h.flags & (VFU_F_TYPE | VFU_F_NO_REPLY));
	tallies[ANSWERS].n++;
}

static void op_raw(struct input *in)
{
	uint8_t bytes[64], n = in8(in) % sizeof(bytes);

	if (!n)
		return;
	in_bytes(in, bytes, n);
	framed = false;
	send_bytes(bytes, n, NULL, 0, 0, -1);
	tallies[RAW].n++;
}

static void op_transfer(struct input *in)
{
	uint8_t a = in8(in), b = in8(in);
	uint16_t len = in16(in);

	transfer(a & 1, a & 2 ? in64(in) : (a >> 2) * 256u, b & 1 ? len : len & 255);
}

/* Arms vectors of a kind, all at once, or one has an event. */
static void op_event(unsigned int kind, uint8_t how)
{
	struct vfu_irq_set m = { 20, VFU_SET_EVENTFD | VFU_SET_TRIGGER, kind, how & 1, 1 + (how >> 1 & 3) };
	uint64_t n;

	if (how & 0x80) {
		send_message(VFU_SET_IRQS, 0, &m, sizeof(m), m.count, event);
		return;
	}
	vfus_line_changed(server);
	tallies[EVENTS].n += vfus_interrupt(server, kind, how & 7);
	if (read(event, &n, sizeof(n)) < 0 && errno != EAGAIN)
		abort();
}

/* A text, and a number in it. What is found was valid. */
static void op_json(struct input *in)
{
	static const char *const path[] = { "a", "b", NULL };
	uint8_t how = in8(in), n = how & 31;
	char raw[32] = "", *text = malloc(64);
	uint64_t number;
	bool found;

	if (!text)
		abort();
	in_bytes(in, raw, n);
	n = snprintf(text, 64, how & 0x80 ? "%s" : how & 0x40 ? "{\"a\":{\"b\":%s}}" : "{%s}", raw);
	text = realloc(text, n + 1);	/* so that ASan knows its end */
	if (!text)
		abort();
	found = vfus_json_number(text, path, &number);
	MUST(!found || vfus_json_valid(text));
	tallies[JSONS].n += found;
	free(text);
}

static bool op(struct input *in)
{
	uint8_t code = in8(in);

	switch (code & 15) {
	case 0 ... 5:
		op_message(in);
		break;
	case 6 ... 7:
		op_answer(in);
		break;
	case 8:
		op_raw(in);
		break;
	case 9 ... 10:
		op_transfer(in);
		break;
	case 11:
		op_json(in);
		break;
	case 12:
		map(in8(in), in8(in));
		break;
	case 13:
		op_event(code >> 4 & 7, in8(in));
		break;
	case 14:
		send_message(VFU_DEVICE_RESET, 0, NULL, 0, 0, -1);
		break;
	default:
		greet(in);
	}
	/* mostly at once, sometimes with others */
	return code & 0x80 ? true : serve();
}

static void connect_client(void)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		abort();
	sock = pair[0];
	framed = true;
	expected = replies = nasked = 0;
	vfus_open(server, pair[1]);
}

static void disconnect(void)
{
	read_messages();
	vfus_close(server);
	close(sock);
	MUST(!under_way && !server->memory.count && server->sock < 0);
	MUST(vfus_timeout_ms(server) < 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	unsigned int ops = 0, open;
	uint8_t kind;

	begin();
	tallies[INPUTS].n++;
	open = fuzz_open_fds();
	connect_client();
	kind = in8(&in);
	if (!(kind & 1))
		greet(&in);
	if (!(kind & 2)) {
		map(3, 0);		/* by message */
		map(7, 4);		/* mapped */
	}
	if (serve())
		while (in.left && ops++ < MAX_OPS && op(&in))
			;
	disconnect();
	MUST(fuzz_open_fds() == open);
	return 0;
}
