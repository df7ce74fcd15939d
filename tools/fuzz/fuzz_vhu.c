// SPDX-License-Identifier: BSD-2-Clause
/*
 * A hostile vhost-user front end: the input is a list of messages, raw bytes, files of all
 * kinds, rings and chains right and wrong, memory that changes and shrinks, and a function
 * whose line goes up and down, over a socket pair.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../vcard/transports/vhost-user/vhost_user.h"
#include "../vcard/transports/vhost-user/vhu.h"
#include "fuzz.h"

#define MAX_OPS		120
#define MEM_BYTES	0x10000u
#define GUEST		0x200000u
#define USER		0x7f0000000000ull
#define RING_AT(i)	(0x1000u * (i))
#define AVAIL_AT	0x400u
#define USED_AT		0x800u
#define NUM		8u
#define CHAIN_AT	0x4000u
#define BAR_BYTES	0x100u

enum { INPUTS, MESSAGES, REPLIES, ERRORS, CLOSED, MAPS, READS, WRITES, CONFIG, FIRED, BROKEN,
       SHRUNK, RAW, SLEPT, TALLIES };
static struct tally tallies[TALLIES] = {
	[INPUTS] = { "inputs", 0 }, [MESSAGES] = { "messages", 0 }, [REPLIES] = { "replies", 0 },
	[ERRORS] = { "error-replies", 0 }, [CLOSED] = { "closed", 0 }, [MAPS] = { "maps", 0 },
	[READS] = { "reads", 0 }, [WRITES] = { "writes", 0 }, [CONFIG] = { "config", 0 },
	[FIRED] = { "interrupts", 0 }, [BROKEN] = { "broken", 0 }, [SHRUNK] = { "shrunk", 0 },
	[RAW] = { "raw", 0 }, [SLEPT] = { "slept", 0 },
};

enum { FD_MEM, FD_READONLY, FD_EVENT, FD_PIPE_R, FD_PIPE_W, FD_NULL, FD_KICK, FDS };

struct client {
	int sock;
	bool framed;		/* only whole messages were sent so far */
	unsigned int expected;	/* replies */
	unsigned int replies;
};

static struct transport *t;
static int fds[FDS];
static uint8_t *memory;		/* ours, of the same file */
static uint8_t *bar;		/* a heap block of its size */
static bool line_up;

/* ---- the function ---- */

static uint32_t bar_bytes(void *opaque, unsigned int i)
{
	(void)opaque;
	return i ? 0 : BAR_BYTES;
}

static bool outside(uint32_t room, uint32_t off, uint32_t len)
{
	return off >= room || len > room - off;
}

static bool bar_read(void *opaque, unsigned int i, uint32_t off, void *buf, uint32_t len)
{
	(void)opaque;
	tallies[READS].n++;
	memset(buf, 0xff, len);
	if (i || outside(BAR_BYTES, off, len))
		return false;
	memcpy(buf, bar + off, len);
	return true;
}

static bool bar_write(void *opaque, unsigned int i, uint32_t off, const void *buf, uint32_t len)
{
	(void)opaque;
	tallies[WRITES].n++;
	if (i || outside(BAR_BYTES, off, len))
		return false;
	memcpy(bar + off, buf, len);
	line_up = bar[0] & 1;
	return true;
}

static bool config_read(void *opaque, uint32_t off, void *buf, uint32_t len)
{
	(void)opaque;
	tallies[CONFIG].n++;
	if (outside(TRANSPORT_CONFIG_BYTES, off, len))
		return false;
	memset(buf, 0x5a, len);
	return true;
}

static bool config_write(void *opaque, uint32_t off, const void *buf, uint32_t len)
{
	volatile uint8_t sum = 0;

	(void)opaque;
	for (uint32_t i = 0; i < len; i++)
		sum += ((const uint8_t *)buf)[i];
	return !outside(TRANSPORT_CONFIG_BYTES, off, len);
}

static void reset(void *opaque)
{
	(void)opaque;
	line_up = false;
}

static bool line(void *opaque)
{
	(void)opaque;
	return line_up;
}

static void no_log(void *opaque, const char *text)
{
	(void)opaque;
	MUST(strlen(text) < 250 && !strchr(text, '\n'));
}

static void open_files(void)
{
	char path[64];
	int pipes[2];

	fds[FD_MEM] = memfd_create("guest", 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fds[FD_MEM]);
	if (fds[FD_MEM] < 0 || pipe(pipes) || ftruncate(fds[FD_MEM], MEM_BYTES))
		abort();
	fds[FD_READONLY] = open(path, O_RDONLY);
	fds[FD_EVENT] = eventfd(0, EFD_NONBLOCK);
	fds[FD_KICK] = eventfd(0, EFD_NONBLOCK);
	fds[FD_NULL] = open("/dev/null", O_RDWR);
	fds[FD_PIPE_R] = pipes[0];
	fds[FD_PIPE_W] = pipes[1];
	for (int i = 0; i < FDS; i++)
		if (fds[i] < 0)
			abort();
	memory = mmap(NULL, MEM_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fds[FD_MEM], 0);
	bar = malloc(BAR_BYTES);
	if (memory == MAP_FAILED || !bar)
		abort();
}

static void begin(void)
{
	static const struct transport_function function = {
		.bar_bytes = bar_bytes, .read = bar_read, .write = bar_write,
		.config_read = config_read, .config_write = config_write, .reset = reset,
		.line = line, .log = no_log,
	};

	if (t)
		return;
	fuzz_begin("vhu", tallies, TALLIES);
	open_files();
	t = vhu_transport.create(&function);	/* behind libFuzzer, which takes SIGBUS too */
	if (!t)
		abort();
}

/* ---- the client's side ---- */

static void read_replies(struct client *c)
{
	struct {
		struct vhu_header hdr;
		uint64_t value;
	} __attribute__((packed)) m;

	while (recv(c->sock, &m, sizeof(m), MSG_DONTWAIT) > 0) {
		MUST(m.hdr.flags == (VHU_VERSION | VHU_REPLY) && m.hdr.size == sizeof(m.value));
		tallies[ERRORS].n += m.value && m.value < 200;
		tallies[REPLIES].n++;
		c->replies++;
	}
}

static bool bytes_waiting(int sock)
{
	int n = 0;

	return !ioctl(sock, FIONREAD, &n) && n;
}

static void check_rings(void)
{
	struct vhu *vhu = vhu_of(t);

	for (int i = 0; i < VHU_RINGS; i++) {
		struct vhu_ring *r = &vhu->ring[i];

		MUST(!r->desc == !r->avail && !r->desc == !r->used);
		MUST(!r->desc || r->num);
		tallies[BROKEN].n += r->broken;
	}
	tallies[MAPS].n += vhu->memory.count;
}

/* The server's turn. On the end of the connection it says so and closes. */
static bool serve(struct client *c)
{
	struct vhu *vhu = vhu_of(t);
	struct pollfd files[TRANSPORT_FDS];
	bool ok = true;

	do {
		poll(files, t->ops->fds(t, files), 0);
		ok = t->ops->serve(t, files);
		read_replies(c);
	} while (ok && bytes_waiting(vhu->sock));
	t->ops->work(t);
	check_rings();
	if (c->framed && ok && !vhu->got)
		MUST(c->replies == c->expected);
	tallies[CLOSED].n += !ok;
	return ok;
}

static void send_bytes(struct client *c, const void *a, size_t len, const int *fd,
		       unsigned int nfds)
{
	union {
		char space[CMSG_SPACE(16 * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { (void *)a, len };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (nfds) {
		struct cmsghdr *cm;

		memset(&control, 0, sizeof(control));
		mh.msg_control = control.space;
		mh.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		cm = CMSG_FIRSTHDR(&mh);
		cm->cmsg_level = SOL_SOCKET;
		cm->cmsg_type = SCM_RIGHTS;
		cm->cmsg_len = CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(cm), fd, nfds * sizeof(int));
	}
	if (sendmsg(c->sock, &mh, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)len)
		c->framed = false;
}

static void send_message(struct client *c, uint32_t request, const void *body, uint32_t len,
			 const int *fd, unsigned int nfds)
{
	struct {
		struct vhu_header hdr;
		uint8_t body[512];
	} m = { { request, VHU_VERSION | VHU_NEED_REPLY, len }, { 0 } };

	memcpy(m.body, body, len);
	send_bytes(c, &m, sizeof(m.hdr) + len, fd, nfds);
	c->expected++;
	tallies[MESSAGES].n++;
}

static void send_state(struct client *c, uint32_t request, uint32_t index, uint32_t num)
{
	struct vhu_state state = { index, num };

	send_message(c, request, &state, sizeof(state), NULL, 0);
}

static void send_table(struct client *c, uint64_t size, uint64_t offset, int fd)
{
	struct vhu_mem_table table = { .count = 1, .regions = { { GUEST, size, USER, offset } } };

	send_message(c, VHU_SET_MEM_TABLE, &table, 8 + sizeof(struct vhu_region), &fd, 1);
}

static void send_file(struct client *c, uint32_t request, uint64_t index, int fd)
{
	send_message(c, request, &index, sizeof(index), &fd, 1);
}

static void set_up(struct client *c, uint32_t i)
{
	struct vhu_addr addr = { .index = i, .desc = USER + RING_AT(i),
				 .avail = USER + RING_AT(i) + AVAIL_AT,
				 .used = USER + RING_AT(i) + USED_AT };

	send_file(c, VHU_SET_VRING_CALL, i, fds[FD_PIPE_W]);
	send_state(c, VHU_SET_VRING_NUM, i, NUM);
	send_state(c, VHU_SET_VRING_BASE, i, 0);
	send_message(c, VHU_SET_VRING_ADDR, &addr, sizeof(addr), NULL, 0);
	send_file(c, VHU_SET_VRING_KICK, i, fds[FD_KICK]);
	send_state(c, VHU_SET_VRING_ENABLE, i, 1);
}

/* ---- rings ---- */

static void offer(uint32_t ring, uint16_t head)
{
	struct vring_avail *avail = (void *)(memory + RING_AT(ring) + AVAIL_AT);

	avail->ring[avail->idx % NUM] = head;
	avail->idx++;
}

/* A command in descriptors 2k and 2k + 1, data from the input. */
static void access_card(struct input *in, uint8_t k, uint8_t op)
{
	struct vring_desc *desc = (void *)(memory + RING_AT(0));
	uint32_t at = CHAIN_AT + 0x100 * k, size = 1 + in8(in) % 16;
	struct pcidev_msg msg = { .op = op, .bar = in8(in) & 1, .size = size, .addr = in8(in) };
	bool read = op == PCIDEV_CFG_READ || op == PCIDEV_MMIO_READ;

	memcpy(memory + at, &msg, sizeof(msg));
	if (!read)
		in_bytes(in, memory + at + sizeof(msg), size);
	desc[2 * k] = (struct vring_desc){ GUEST + at, sizeof(msg) + (read ? 0 : size),
					   read ? VRING_DESC_NEXT : 0, 2 * k + 1 };
	desc[2 * k + 1] = (struct vring_desc){ GUEST + at + 0x80, size, VRING_DESC_WRITE, 0 };
	offer(VHU_COMMANDS, 2 * k);
}

static void give_buffer(uint8_t k)
{
	struct vring_desc *desc = (void *)(memory + RING_AT(1));

	desc[k] = (struct vring_desc){ GUEST + 0x6000 + 0x20 * k, 20, VRING_DESC_WRITE, 0 };
	offer(VHU_INTERRUPTS, k);
}

/* ---- operations ---- */

static void op_message(struct client *c, struct input *in)
{
	uint8_t body[sizeof(union vhu_body)];
	uint32_t request = in8(in) % 20, len = in16(in) % (sizeof(body) + 1);
	int files[9];
	unsigned int n = in8(in) % 10;

	in_bytes(in, body, len);
	for (unsigned int i = 0; i < n; i++)
		files[i] = fds[in8(in) % FDS];
	send_message(c, request, body, len, files, n);
}

static void op_raw(struct client *c, struct input *in)
{
	uint8_t bytes[64];
	uint32_t len = 1 + in8(in) % sizeof(bytes);

	in_bytes(in, bytes, len);
	send_bytes(c, bytes, len, NULL, 0);
	c->framed = false;
	tallies[RAW].n++;
}

/* A place of a ring that is not where UML has it. */
static void op_place(struct client *c, struct input *in)
{
	uint32_t i = in8(in) & 1;
	struct vhu_addr addr = { .index = i, .desc = USER + in16(in), .avail = USER + in16(in),
				 .used = USER + in16(in) };

	send_state(c, VHU_SET_VRING_ENABLE, i, 0);
	send_state(c, VHU_SET_VRING_NUM, i, 1u << in8(in) % 17);
	send_message(c, VHU_SET_VRING_ADDR, &addr, sizeof(addr), NULL, 0);
	send_state(c, VHU_SET_VRING_BASE, i, in16(in));
	send_state(c, VHU_SET_VRING_ENABLE, i, 1);
}

static void op_memory(struct input *in)
{
	uint32_t at = in16(in), len = 1 + in8(in) % 32;

	if (at + len <= MEM_BYTES)
		in_bytes(in, memory + at, len);
}

static void op_descriptor(struct input *in)
{
	uint32_t ring = in8(in) & 1, k = in8(in) % NUM;
	struct vring_desc d = { GUEST + in16(in), in16(in), in8(in) & 7, in8(in) };

	memcpy(memory + RING_AT(ring) + 16 * k, &d, sizeof(d));
}

static void op_sleep(void)
{
	tallies[SLEPT].n += t->ops->sleep(t);
	t->ops->awake(t);
}

/* Only what the back end maps is missing then: ours is whole again before we look. */
static void op_shrink(struct client *c)
{
	if (ftruncate(fds[FD_MEM], 0))
		abort();
	t->ops->work(t);
	t->ops->sleep(t);
	serve(c);
	if (ftruncate(fds[FD_MEM], MEM_BYTES))
		abort();
	tallies[SHRUNK].n++;
}

static void op_kick(struct input *in)
{
	uint64_t one = 1;

	if (write(fds[in8(in) & 1 ? FD_KICK : FD_EVENT], &one, sizeof(one)) < 0)
		return;
}

/* False: the connection is over. */
static bool op(struct client *c, struct input *in)
{
	uint8_t code = in8(in);

	switch (code % 16) {
	case 0:
		op_message(c, in);
		break;
	case 1:
		op_raw(c, in);
		break;
	case 2:
		op_place(c, in);
		break;
	case 3:
		op_memory(in);
		break;
	case 4:
		op_descriptor(in);
		break;
	case 5:
		op_sleep();
		break;
	case 6:
		op_shrink(c);
		break;
	case 7:
		op_kick(in);
		break;
	case 8:
	case 9:
		access_card(in, code >> 4 & 3, PCIDEV_CFG_READ + in8(in) % 7);
		break;
	case 10:
		give_buffer(code >> 4 & 7);
		break;
	case 11:
		line_up = code & 16;
		break;
	case 12:
		send_table(c, MEM_BYTES >> (code >> 4 & 3), 0x1000 * (code >> 6 & 1),
			   fds[in8(in) % FDS]);
		break;
	case 13:
		offer(code >> 4 & 1, in8(in));
		break;
	case 14:
		set_up(c, code >> 4 & 1);
		break;
	default:
		send_file(c, code & 16 ? VHU_SET_VRING_KICK : VHU_SET_VRING_CALL, code >> 5 & 1,
			  fds[in8(in) % FDS]);
	}
	/* mostly at once, sometimes with others */
	return code & 0x80 ? true : serve(c);
}

static struct client connect_client(void)
{
	struct client c = { .framed = true };
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair))
		abort();
	c.sock = pair[0];
	memset(memory, 0, MEM_BYTES);
	t->ops->open(t, pair[1]);
	return c;
}

static void drain(void)
{
	uint8_t bytes[4096];
	int n;

	while (!ioctl(fds[FD_PIPE_R], FIONREAD, &n) && n)
		if (read(fds[FD_PIPE_R], bytes, sizeof(bytes)) <= 0)
			break;
}

static void disconnect(struct client *c)
{
	struct vhu *vhu = vhu_of(t);

	read_replies(c);
	close(c->sock);
	t->ops->close(t);
	MUST(vhu->sock < 0 && !vhu->memory.count && !vhu->memory.guest.count && !vhu->nfds);
	drain();
}

static void greet(struct client *c)
{
	send_table(c, MEM_BYTES, 0, fds[FD_MEM]);
	for (uint32_t i = 0; i < VHU_RINGS; i++)
		set_up(c, i);
}

/* Whatever one client did, the next one is served: a read, and an interrupt. */
static void verify(void)
{
	struct client c = connect_client();
	struct vring_used *used = (void *)(memory + RING_AT(0) + USED_AT);
	struct input in = { (const uint8_t *)"\3\0\0", 3 };
	uint64_t fired = t->counts.fired;

	greet(&c);
	MUST(serve(&c) && c.replies == c.expected);
	access_card(&in, 0, PCIDEV_MMIO_READ);
	t->ops->work(t);
	MUST(used->idx == 1 && used->ring[0].len == 4);
	give_buffer(0);
	line_up = true;
	t->ops->work(t);
	MUST(t->counts.fired == fired + 1);
	disconnect(&c);
	MUST(!line_up);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	unsigned int ops = 0, open;
	struct client c;

	begin();
	tallies[INPUTS].n++;
	memset(bar, 0, BAR_BYTES);
	t->counts = (struct transport_counts){ 0 };
	open = fuzz_open_fds();
	c = connect_client();
	if (!(in8(&in) & 1))
		greet(&c);
	serve(&c);
	while (in.left && ops++ < MAX_OPS && op(&c, &in))
		;
	tallies[FIRED].n += t->counts.fired;
	disconnect(&c);
	MUST(fuzz_open_fds() == open);
	verify();
	return 0;
}
