// SPDX-License-Identifier: BSD-2-Clause
/*
 * The protocol's document (QEMU's docs/interop/vfio-user.rst), field by field: each message that a client sends,
 * right, and with every one of its fields set to what is right and what is wrong. Offsets and
 * sizes are typed from the document's tables. After each the server must be as before.
 */
#define _GNU_SOURCE
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "peer.h"

#define CLOSED	(-1)	/* instead of an errno: the connection ends */
#define SILENT	(-2)	/* no reply, and the server goes on */
#define MAX_DATA	0x100000

/* A message that is right, and its fields in order; 8 of them at most. */
struct message {
	const char *name;
	uint16_t command;
	int fd;			/* of enum below */
	struct {
		const char *name;
		uint8_t size;	/* bytes */
		uint64_t value;
	} field[8];
	size_t reply;		/* bytes behind the header */
};

enum { NO_FD, MEMORY_FD, EVENT_FD };

static const struct message messages[] = {
	{ "VERSION", VERSION, NO_FD,
	  { { "major", 2, 0 }, { "minor", 2, 0 }, { "data", 3, 0x7d7b } /* {} */ }, 0 },
	{ "DMA_MAP", DMA_MAP, MEMORY_FD,
	  { { "argsz", 4, 32 }, { "flags", 4, 3 }, { "offset", 8, 0x1000 },
	    { "address", 8, 0x100000000 }, { "size", 8, 0x2000 } }, 0 },
	{ "DMA_UNMAP", DMA_UNMAP, NO_FD,
	  { { "argsz", 4, 24 }, { "flags", 4, 0 }, { "address", 8, 0x40000000 },
	    { "size", 8, 0x1000 } }, 24 },
	{ "DEVICE_GET_INFO", GET_INFO, NO_FD,
	  { { "argsz", 4, 16 }, { "flags", 4, 0 }, { "num_regions", 4, 0 },
	    { "num_irqs", 4, 0 } }, 16 },
	{ "GET_REGION_INFO", REGION_INFO, NO_FD,
	  { { "argsz", 4, 32 }, { "flags", 4, 0 }, { "index", 4, PLAIN },
	    { "cap_offset", 4, 0 }, { "size", 8, 0 }, { "offset", 8, 0 } }, 32 },
	{ "GET_REGION_IO_FDS", REGION_IO_FDS, NO_FD,
	  { { "argsz", 4, 16 }, { "flags", 4, 0 }, { "index", 4, 0 }, { "count", 4, 0 } }, 0 },
	{ "GET_IRQ_INFO", IRQ_INFO, NO_FD,
	  { { "argsz", 4, 16 }, { "flags", 4, 0 }, { "index", 4, VFUS_MSIX },
	    { "count", 4, 0 } }, 16 },
	{ "SET_IRQS", SET_IRQS, EVENT_FD,
	  { { "argsz", 4, 20 }, { "flags", 4, 0x24 }, { "index", 4, VFUS_MSIX },
	    { "start", 4, 3 }, { "count", 4, 1 } }, 0 },
	{ "SET_IRQS bool", SET_IRQS, NO_FD,
	  { { "argsz", 4, 22 }, { "flags", 4, 0x22 }, { "index", 4, VFUS_MSI },
	    { "start", 4, 2 }, { "count", 4, 2 }, { "data", 2, 0x0101 } }, 0 },
	{ "REGION_READ", REGION_READ, NO_FD,
	  { { "offset", 8, 0x100 }, { "region", 4, PLAIN }, { "count", 4, 4 } }, 20 },
	{ "REGION_WRITE", REGION_WRITE, NO_FD,
	  { { "offset", 8, 0x100 }, { "region", 4, PLAIN }, { "count", 4, 4 },
	    { "data", 4, 0x12345678 } }, 16 },
	{ "DEVICE_RESET", RESET, NO_FD, { { NULL, 0, 0 } }, 0 },
};

/* One field of one message: that value, and what comes of it: 0, an errno, or one of the above. */
struct change {
	const char *message, *field;
	uint64_t value;
	int outcome;
};

static const struct change changes[] = {
	{ "VERSION", "major", 1, EINVAL }, { "VERSION", "major", 0xffff, EINVAL },
	/* "must be equal to or less than the minor version proposed" */
	{ "VERSION", "minor", 7, 0 }, { "VERSION", "minor", 0xffff, 0 },
	{ "VERSION", "data", 0x7b, EINVAL },	/* { */
	{ "VERSION", "data", 0x787878, EINVAL },	/* without its NUL */
	{ "VERSION", "data", 0, 0 },		/* an empty text, as if there were none */

	{ "DMA_MAP", "argsz", 31, EINVAL }, { "DMA_MAP", "argsz", 0, EINVAL },
	{ "DMA_MAP", "argsz", 33, 0 },
	{ "DMA_MAP", "flags", 0, 0 }, { "DMA_MAP", "flags", 1, 0 }, { "DMA_MAP", "flags", 2, 0 },
	{ "DMA_MAP", "flags", 4, EINVAL }, { "DMA_MAP", "flags", 0x80000003, EINVAL },
	{ "DMA_MAP", "offset", 0, 0 }, { "DMA_MAP", "offset", 0x800, EINVAL },
	{ "DMA_MAP", "offset", 0xff000, EINVAL }, { "DMA_MAP", "offset", 0xfffffffffffff000, EINVAL },
	{ "DMA_MAP", "address", 0, 0 }, { "DMA_MAP", "address", 0x100000800, EINVAL },
	{ "DMA_MAP", "address", 0xffffffffffffe000, 0 },
	{ "DMA_MAP", "address", 0xfffffffffffff000, EINVAL },
	{ "DMA_MAP", "address", 0x40000000, EEXIST },	/* "must be failed with EEXIST" */
	{ "DMA_MAP", "address", 0x3ffff000, EEXIST },
	{ "DMA_MAP", "size", 0, EINVAL }, { "DMA_MAP", "size", 0x800, EINVAL },
	{ "DMA_MAP", "size", 0x1000, 0 }, { "DMA_MAP", "size", 0x100000, EINVAL },	/* file ends */
	{ "DMA_MAP", "size", 0xfffffffffffff000, EINVAL },

	{ "DMA_UNMAP", "argsz", 23, EINVAL }, { "DMA_UNMAP", "argsz", 4096, 0 },
	{ "DMA_UNMAP", "flags", 1, EINVAL }, { "DMA_UNMAP", "flags", 4, EINVAL },
	{ "DMA_UNMAP", "address", 0x50000000, ENOENT }, { "DMA_UNMAP", "address", 0x40000800, EINVAL },
	{ "DMA_UNMAP", "address", 0xffffffffffffffff, EINVAL },
	{ "DMA_UNMAP", "size", 0, EINVAL }, { "DMA_UNMAP", "size", 0x800, EINVAL },
	{ "DMA_UNMAP", "size", 0xffffffffffffffff, EINVAL },

	{ "DEVICE_GET_INFO", "argsz", 15, EINVAL }, { "DEVICE_GET_INFO", "argsz", 0xffffffff, 0 },
	/* "must be zero": a later version may use them, so they are not looked at */
	{ "DEVICE_GET_INFO", "flags", 0xffffffff, 0 },
	{ "DEVICE_GET_INFO", "num_regions", 1, 0 }, { "DEVICE_GET_INFO", "num_irqs", 1, 0 },

	{ "GET_REGION_INFO", "argsz", 31, EINVAL }, { "GET_REGION_INFO", "argsz", 33, 0 },
	{ "GET_REGION_INFO", "flags", 1, 0 }, { "GET_REGION_INFO", "cap_offset", 32, 0 },
	{ "GET_REGION_INFO", "size", 1, 0 }, { "GET_REGION_INFO", "offset", 1, 0 },
	{ "GET_REGION_INFO", "index", ABSENT, 0 }, { "GET_REGION_INFO", "index", VFUS_CONFIG, 0 },
	{ "GET_REGION_INFO", "index", PEER_REGIONS, EINVAL },
	{ "GET_REGION_INFO", "index", 0xffffffff, EINVAL },

	{ "GET_REGION_IO_FDS", "index", 0, ENOSYS }, { "GET_REGION_IO_FDS", "index", 99, ENOSYS },

	{ "GET_IRQ_INFO", "argsz", 15, EINVAL }, { "GET_IRQ_INFO", "argsz", 17, 0 },
	{ "GET_IRQ_INFO", "flags", 1, 0 }, { "GET_IRQ_INFO", "count", 1, 0 },
	{ "GET_IRQ_INFO", "index", VFUS_INTX, 0 }, { "GET_IRQ_INFO", "index", VFUS_REQ, 0 },
	{ "GET_IRQ_INFO", "index", VFUS_IRQS, EINVAL }, { "GET_IRQ_INFO", "index", 0xffffffff, EINVAL },

	{ "SET_IRQS", "argsz", 19, EINVAL }, { "SET_IRQS", "argsz", 24, 0 },
	{ "SET_IRQS", "flags", 0, EINVAL }, { "SET_IRQS", "flags", 4, EINVAL },
	{ "SET_IRQS", "flags", 0x20, EINVAL }, { "SET_IRQS", "flags", 0x25, EINVAL },
	{ "SET_IRQS", "flags", 0x2c, EINVAL }, { "SET_IRQS", "flags", 0x64, EINVAL },
	{ "SET_IRQS", "flags", 0x0c, EINVAL },	/* events have no mask here */
	{ "SET_IRQS", "flags", 0x14, EINVAL }, { "SET_IRQS", "flags", 0x21, 0 },
	{ "SET_IRQS", "index", VFUS_MSI, 0 }, { "SET_IRQS", "index", VFUS_ERR, EINVAL },
	{ "SET_IRQS", "index", VFUS_IRQS, EINVAL }, { "SET_IRQS", "index", 0xffffffff, EINVAL },
	{ "SET_IRQS", "start", 15, 0 }, { "SET_IRQS", "start", 16, EINVAL },
	{ "SET_IRQS", "start", 0xffffffff, EINVAL },
	{ "SET_IRQS", "count", 0, EINVAL },	/* 0 only with NONE */
	{ "SET_IRQS", "count", 2, EINVAL },	/* for one descriptor */
	{ "SET_IRQS", "count", 14, EINVAL }, { "SET_IRQS", "count", 0xffffffff, EINVAL },

	{ "SET_IRQS bool", "flags", 0x02, EINVAL }, { "SET_IRQS bool", "flags", 0x0a, EINVAL },
	{ "SET_IRQS bool", "flags", 0x12, EINVAL }, { "SET_IRQS bool", "flags", 0x21, 0 },
	{ "SET_IRQS bool", "flags", 0x24, 0 },	/* no descriptors: disarmed */
	{ "SET_IRQS bool", "start", 3, EINVAL }, { "SET_IRQS bool", "count", 1, 0 },
	{ "SET_IRQS bool", "count", 3, EINVAL }, { "SET_IRQS bool", "data", 0, 0 },
	{ "SET_IRQS bool", "data", 0xffff, 0 },

	{ "REGION_READ", "offset", 0, 0 }, { "REGION_READ", "offset", PLAIN_BYTES - 4, 0 },
	{ "REGION_READ", "offset", PLAIN_BYTES - 3, EINVAL },
	{ "REGION_READ", "offset", PLAIN_BYTES, EINVAL },
	{ "REGION_READ", "offset", 0xffffffffffffffff, EINVAL },
	{ "REGION_READ", "offset", 0xfffffffffffffffc, EINVAL },
	{ "REGION_READ", "offset", 0x100000100, EINVAL },
	{ "REGION_READ", "offset", REFUSED_AT, EIO },	/* so says the device */
	{ "REGION_READ", "region", ABSENT, EINVAL }, { "REGION_READ", "region", WRITE_ONLY, EPERM },
	{ "REGION_READ", "region", READ_ONLY, 0 }, { "REGION_READ", "region", VFUS_ROM, EINVAL },
	{ "REGION_READ", "region", PEER_REGIONS, EINVAL }, { "REGION_READ", "region", OWN, 0 },
	{ "REGION_READ", "region", 0xffffffff, EINVAL },
	{ "REGION_READ", "count", 0, EINVAL }, { "REGION_READ", "count", MAX_DATA, EINVAL },
	{ "REGION_READ", "count", 0xffffffff, EINVAL },

	{ "REGION_WRITE", "offset", PLAIN_BYTES - 4, 0 },
	{ "REGION_WRITE", "offset", PLAIN_BYTES - 3, EINVAL },
	{ "REGION_WRITE", "offset", 0xffffffffffffffff, EINVAL },
	{ "REGION_WRITE", "offset", REFUSED_AT, EIO },
	{ "REGION_WRITE", "region", ABSENT, EINVAL }, { "REGION_WRITE", "region", READ_ONLY, EPERM },
	{ "REGION_WRITE", "region", WRITE_ONLY, 0 }, { "REGION_WRITE", "region", 0xffffffff, EINVAL },
	{ "REGION_WRITE", "count", 0, EINVAL }, { "REGION_WRITE", "count", 3, 0 },
	{ "REGION_WRITE", "count", 5, EINVAL },	/* more than came */
	{ "REGION_WRITE", "data", 0xffffffff, 0 },
};

static const struct message *message(const char *name)
{
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		if (!strcmp(messages[i].name, name))
			return &messages[i];
	FAIL("no message %s", name);
	return messages;
}

/* Its bytes, with one field changed unless that is NULL; returns how many. */
static size_t build(const struct message *m, const struct change *c, uint8_t *body)
{
	size_t at = 0;

	for (int i = 0; i < 8 && m->field[i].name; i++) {
		bool here = c && !strcmp(c->field, m->field[i].name);

		put(body + at, here ? c->value : m->field[i].value, m->field[i].size);
		at += m->field[i].size;
	}
	return at;
}

/* A client as the message wants it: greeted, with a map for DMA_UNMAP and its like. */
static struct peer *peer_for(const struct message *m)
{
	struct peer *p = m->command == VERSION ? peer_start() : peer_hello("{}");

	if (m->command != VERSION)
		CHECK_EQ(peer_map(p, 0x40000000, 0x1000, 0, 3, p->memfd), 0);
	return p;
}

static int send_built(struct peer *p, const struct message *m, const uint8_t *body, size_t len,
		      struct reply *r)
{
	int event = m->fd == EVENT_FD ? eventfd(0, EFD_NONBLOCK) : -1;
	int fd = m->fd == EVENT_FD ? event : p->memfd;
	int err = peer_call(p, m->command, body, len, &fd, m->fd != NO_FD, r);

	if (event >= 0)
		close(event);
	return err;
}

/* Whatever came before, it answers, and its one map is there or not. */
static void check_alive(struct peer *p, const char *what)
{
	static struct reply r;
	uint8_t body[16] = { 16 };

	if (peer_call(p, GET_INFO, body, sizeof(body), NULL, 0, &r) || r.len != 16)
		FAIL("after %s the server does not answer", what);
}

static void test_right(void)
{
	static struct reply r;

	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		const struct message *m = &messages[i];
		struct peer *p = peer_for(m);
		uint8_t body[64];
		int want = m->command == REGION_IO_FDS ? ENOSYS : 0;
		int err = send_built(p, m, body, build(m, NULL, body), &r);

		if (err != want || (m->command != VERSION && r.len != m->reply))
			FAIL("%s: error %d, %zu bytes", m->name, err, r.len);
		check_alive(p, m->name);
		peer_stop(p);
	}
}

static void test_fields(void)
{
	static struct reply r;

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		const struct change *c = &changes[i];
		const struct message *m = message(c->message);
		struct peer *p = peer_for(m);
		uint8_t body[64];
		int err = send_built(p, m, body, build(m, c, body), &r);
		uint64_t avail;

		if (err != c->outcome)
			FAIL("%s, %s 0x%llx: %d, expected %d", c->message, c->field,
			     (unsigned long long)c->value, err, c->outcome);
		if (err && m->command != VERSION) {
			CHECK_EQ(p->lines, 1 - (err == EIO));
			CHECK(vfus_dma(p->s, 0x40000000, true, &avail));
			CHECK(!vfus_dma(p->s, 0x100000000, true, &avail));
			check_alive(p, c->message);
		}
		peer_stop(p);
	}
}

/* Every message with each number of bytes less than it has: refused, or closed by the next. */
static void test_short(void)
{
	static struct reply r;

	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		const struct message *m = &messages[i];
		uint8_t body[64];
		size_t whole = build(m, NULL, body);

		for (size_t len = 0; len < whole; len++) {
			struct peer *p = peer_for(m);
			int err = send_built(p, m, body, len, &r);

			if (m->command == VERSION && (len == 4 || len == 7))
				CHECK_EQ(err, 0);	/* the text is optional */
			else if (err != EINVAL && err != ENOSYS)
				FAIL("%s of %zu bytes: %d", m->name, len, err);
			peer_stop(p);
		}
	}
}

/* Descriptors that a message does not want are closed; those it lacks are an answer, too. */
static void test_descriptors(void)
{
	static struct reply r;
	struct peer *p = peer_hello("{}");
	uint8_t body[64];
	uint64_t avail;
	struct stat st;
	int fds[8], last;

	for (int i = 0; i < 8; i++)
		fds[i] = p->memfd;
	last = dup(0);
	close(last);
	for (size_t i = 1; i < sizeof(messages) / sizeof(messages[0]); i++)
		peer_call(p, messages[i].command, body, build(&messages[i], NULL, body), fds, 8, &r);
	vfus_close(p->s);
	CHECK(fstat(last, &st) && errno == EBADF);
	peer_reconnect(p);
	CHECK_EQ(peer_map(p, 0, 0x1000, 0, 3, -1), 0);	/* known, but not mapped */
	CHECK(!vfus_dma(p->s, 0, false, &avail));
	peer_stop(p);
}

struct header {
	uint16_t command;
	int32_t size;		/* more or less than it is; or, above 0x1000, the size itself */
	uint32_t flags, error;
	int outcome;
};

/* The header's own fields, on a DEVICE_GET_INFO unless it is another command. */
static void test_header(void)
{
	static const struct header rows[] = {
		{ GET_INFO, 0, 0, 0, 0 },
		{ 0, 0, 0, 0, ENOSYS }, { DMA_READ, 0, 0, 0, ENOSYS }, { DMA_WRITE, 0, 0, 0, ENOSYS },
		{ 14, 0, 0, 0, ENOSYS }, { 15, 0, 0, 0, ENOSYS }, { 16, 0, 0, 0, ENOSYS },
		{ 17, 0, 0, 0, ENOSYS }, { 18, 0, 0, 0, ENOSYS }, { 0xffff, 0, 0, 0, ENOSYS },
		{ GET_INFO, -1, 0, 0, EINVAL }, { GET_INFO, -16, 0, 0, EINVAL },
		{ GET_INFO, -17, 0, 0, CLOSED }, { GET_INFO, -32, 0, 0, CLOSED },
		{ GET_INFO, 0x7fffffff, 0, 0, CLOSED }, { GET_INFO, MAX_DATA + 81, 0, 0, CLOSED },
		{ GET_INFO, 0, 0x1, 0, SILENT },	/* a reply that nobody asked for */
		{ DMA_READ, 0, 0x1, 0, SILENT }, { DMA_WRITE, 0, 0x21, 5, SILENT },
		{ GET_INFO, 0, 0x2, 0, SILENT }, { GET_INFO, 0, 0xf, 0, SILENT },
		{ GET_INFO, 0, 0x10, 0, SILENT }, { 99, 0, 0x10, 0, SILENT },	/* No_reply */
		{ GET_INFO, 0, 0x20, 0, 0 },	/* Error: of replies only */
		{ GET_INFO, 0, 0xffffffc0, 0, 0 }, { GET_INFO, 0, 0, 0xffffffff, 0 },	/* reserved */
	};
	static struct reply r;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct header *h = &rows[i];
		struct peer *p = peer_hello("{}");
		uint8_t bytes[32] = { 0 };
		int size = h->size > 0x1000 ? h->size : 32 + h->size, outcome;
		bool alive;

		put(bytes, 0xfedc, 2);
		put(bytes + 2, h->command, 2);
		put(bytes + 4, size, 4);
		put(bytes + 8, h->flags, 4);
		put(bytes + 12, h->error, 4);
		put(bytes + 16, 16, 4);
		if (send(p->sock, bytes, size < 16 || size > 32 ? 32 : size, 0) < 16)
			FAIL("send");
		alive = peer_serve(p);
		if (!peer_receive(p, &r))
			outcome = alive ? SILENT : CLOSED;
		else
			outcome = get(r.header + 8, 4) == 1 ? 0 : get(r.header + 12, 4);
		if (outcome != h->outcome)
			FAIL("row %zu: %d, expected %d", i, outcome, h->outcome);
		if (outcome >= 0) {
			CHECK_EQ(get(r.header, 2), 0xfedc);
			CHECK_EQ(get(r.header + 2, 2), h->command);
			CHECK_EQ(get(r.header + 4, 4), outcome ? 16 : 32);
		}
		if (alive)
			check_alive(p, "a header");
		peer_stop(p);
	}
}

/* Before VERSION nothing else is done; after it not a second one. */
static void test_order(void)
{
	static struct reply r;
	uint8_t body[64];

	for (size_t i = 1; i < sizeof(messages) / sizeof(messages[0]); i++) {
		const struct message *m = &messages[i];
		struct peer *p = peer_start();
		int err = send_built(p, m, body, build(m, NULL, body), &r);

		if (err != (m->command == REGION_IO_FDS ? ENOSYS : EINVAL) || p->accesses ||
		    p->resets[0])
			FAIL("%s before VERSION: %d", m->name, err);
		peer_stop(p);
	}
	for (int i = 0; i < 2; i++) {
		struct peer *p = peer_hello("");

		CHECK_EQ(peer_call(p, VERSION, "\0\0\0\0", 4, NULL, 0, &r), EINVAL);
		check_alive(p, "a second VERSION");
		peer_stop(p);
	}
}

/* What replies say, at the document's offsets. */
static void test_replies(void)
{
	static const char version[] = "\0\0\5\0{\"capabilities\":{\"write_multiple\":true}}";
	static struct reply r;
	struct peer *p = peer_start();
	uint8_t body[64];

	CHECK_EQ(peer_call(p, VERSION, version, sizeof(version), NULL, 0, &r), 0);
	CHECK_EQ(get(r.body, 4), 0);	/* 0.0, not above what was proposed */
	CHECK(r.len + 16 <= 214 && !r.body[r.len - 1]);
	CHECK(strstr((char *)r.body + 4, "\"max_data_xfer_size\":1048576") &&
	      strstr((char *)r.body + 4, "\"max_msg_fds\":8") &&
	      !strstr((char *)r.body + 4, "write_multiple"));

	CHECK_EQ(peer_call(p, GET_INFO, body, build(message("DEVICE_GET_INFO"), NULL, body), NULL, 0, &r), 0);
	CHECK_EQ(get(r.body, 4), 16);
	CHECK_EQ(get(r.body + 4, 4), 3);	/* reset, PCI */
	CHECK_EQ(get(r.body + 8, 4), PEER_REGIONS);
	CHECK_EQ(get(r.body + 12, 4), 5);

	for (unsigned int kind = 0; kind < VFUS_IRQS; kind++) {
		build(message("GET_IRQ_INFO"), &(struct change){ "", "index", kind, 0 }, body);
		CHECK_EQ(peer_call(p, IRQ_INFO, body, 16, NULL, 0, &r), 0);
		CHECK_EQ(get(r.body, 4), 16);
		CHECK_EQ(get(r.body + 4, 4), kind ? 1 : 7);	/* eventfd; maskable, automasked */
		CHECK_EQ(get(r.body + 8, 4), kind);
		CHECK_EQ(get(r.body + 12, 4), p->device.vectors[kind]);
	}

	put(p->plain + 0x100, 0x8877665544332211, 8);
	build(message("REGION_READ"), &(struct change){ "", "count", 8, 0 }, body);
	CHECK_EQ(peer_call(p, REGION_READ, body, 16, NULL, 0, &r), 0);
	CHECK_EQ(r.len, 24);
	CHECK_MEM(r.body, body, 16);
	CHECK_EQ(get(r.body + 16, 8), 0x8877665544332211);
	CHECK_EQ(peer_call(p, REGION_WRITE, body, build(message("REGION_WRITE"), NULL, body), NULL, 0, &r), 0);
	CHECK_EQ(r.len, 16);
	CHECK_MEM(r.body, body, 16);
	CHECK_EQ(get(p->plain + 0x100, 8), 0x8877665512345678);
	peer_stop(p);
}

struct info {
	unsigned int index;
	uint32_t argsz;		/* of the request */
	uint32_t flags, needed;	/* of the reply: flags, argsz */
	bool fd;
	uint64_t size;
};

/* GET_REGION_INFO: files, the list behind it, and too little room for that. */
static void test_region_info(void)
{
	static const struct info rows[] = {
		{ PLAIN, 32, 3, 32, false, PLAIN_BYTES }, { MAPPED, 32, 7, 32, true, OTHER_BYTES },
		{ SPARSE, 32, 7, 80, false, OTHER_BYTES }, { SPARSE, 79, 7, 80, false, OTHER_BYTES },
		{ SPARSE, 80, 15, 80, true, OTHER_BYTES }, { SPARSE, 4096, 15, 80, true, OTHER_BYTES },
		{ READ_ONLY, 32, 1, 32, false, OTHER_BYTES }, { WRITE_ONLY, 32, 2, 32, false, OTHER_BYTES },
		{ ABSENT, 32, 0, 32, false, 0 }, { VFUS_ROM, 32, 0, 32, false, 0 },
		{ VFUS_CONFIG, 32, 3, 32, false, 256 },
		{ OWN, 32, 3, 48, false, OTHER_BYTES }, { OWN, 48, 11, 48, false, OTHER_BYTES },
		{ OWN_SPARSE, 64, 7, 96, false, OTHER_BYTES }, { OWN_SPARSE, 96, 15, 96, true, OTHER_BYTES },
	};
	static struct reply r;
	struct peer *p = peer_hello("{}");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct info *w = &rows[i];
		uint8_t body[32] = { 0 };
		const uint8_t *cap = r.body + 32;

		put(body, w->argsz, 4);
		put(body + 8, w->index, 4);
		CHECK_EQ(peer_call(p, REGION_INFO, body, sizeof(body), NULL, 0, &r), 0);
		if (get(r.body, 4) != w->needed || get(r.body + 4, 4) != w->flags ||
		    get(r.body + 16, 8) != w->size || (r.fds[0] >= 0) != w->fd ||
		    r.len != (w->argsz < w->needed ? 32 : w->needed))
			FAIL("row %zu: argsz %u, flags %u, size 0x%llx, descriptor %d, %zu bytes", i,
			     (unsigned int)get(r.body, 4), (unsigned int)get(r.body + 4, 4),
			     (unsigned long long)get(r.body + 16, 8), r.fds[0], r.len);
		CHECK_EQ(get(r.body + 8, 4), w->index);
		CHECK_EQ(get(r.body + 12, 4), w->flags & 8 ? 32 : 0);
		if (w->fd) {
			uint64_t word;

			CHECK_EQ(get(r.body + 24, 8), 0x1000 * w->index);
			CHECK_EQ(pread(r.fds[0], &word, 8, get(r.body + 24, 8)), 8);
			CHECK_EQ(word, 0x1000 * w->index);
			close(r.fds[0]);
		}
		if (w->flags & 8 && w->index >= VFUS_PCI_REGIONS) {
			CHECK_EQ(get(cap, 4), 0x00010002);	/* type, version 1 */
			CHECK_EQ(get(cap + 4, 4), w->index == OWN ? 0 : 48);
			CHECK_EQ(get(cap + 8, 8), 7 | (uint64_t)w->index << 32);
			cap += 16;
		}
		if (w->flags & 8 && w->fd) {
			static const uint64_t areas[] = { 0x1000, 0x2000, 0x8000, 0x8000 };

			CHECK_EQ(get(cap, 4), 0x00010001);	/* sparse mmap, version 1 */
			CHECK_EQ(get(cap + 4, 4), 0);
			CHECK_EQ(get(cap + 8, 8), 2);	/* areas, reserved */
			for (int a = 0; a < 4; a++)
				CHECK_EQ(get(cap + 16 + 8 * a, 8), areas[a]);
		}
	}
	peer_stop(p);
}

/* Accesses as long as they may be, and what the client said that it takes. */
static void test_lengths(void)
{
	static uint8_t body[16 + MAX_DATA + 1];
	static struct reply r;
	struct peer *p = peer_hello("{\"capabilities\":{\"max_data_xfer_size\":4096}}");
	int buf = 4 * MAX_DATA;

	setsockopt(p->sock, SOL_SOCKET, SO_SNDBUFFORCE, &buf, sizeof(buf));
	put(body + 8, PLAIN, 4);
	put(body + 12, 4097, 4);
	CHECK_EQ(peer_call(p, REGION_READ, body, 16, NULL, 0, &r), EINVAL);
	put(body + 12, 4096, 4);
	CHECK_EQ(peer_call(p, REGION_READ, body, 16, NULL, 0, &r), 0);
	CHECK_EQ(r.len, 16 + 4096);
	put(body + 8, MAPPED, 4);
	put(body + 12, SHORT_ACCESS + 1, 4);
	CHECK_EQ(peer_call(p, REGION_READ, body, 16, NULL, 0, &r), EINVAL);
	CHECK_EQ(peer_call(p, REGION_WRITE, body, 16 + SHORT_ACCESS + 1, NULL, 0, &r), EINVAL);
	put(body + 12, SHORT_ACCESS, 4);
	CHECK_EQ(peer_call(p, REGION_READ, body, 16, NULL, 0, &r), 0);
	CHECK_EQ(get(r.body + 16, 8), UINT64_MAX);	/* what the device does not fill */
	peer_stop(p);
}

static void test_no_data_allowed(void)
{
	static struct reply r;
	static const char text[] = "\0\0\0\0{\"capabilities\":{\"max_data_xfer_size\":0}}";
	struct peer *p = peer_start();

	CHECK_EQ(peer_call(p, VERSION, text, sizeof(text), NULL, 0, &r), EINVAL);
	peer_stop(p);
}

static const struct test tests[] = {
	{ "right", test_right }, { "fields", test_fields }, { "short", test_short },
	{ "descriptors", test_descriptors }, { "header", test_header }, { "order", test_order },
	{ "replies", test_replies }, { "region-info", test_region_info },
	{ "lengths", test_lengths }, { "no-data-allowed", test_no_data_allowed },
};

RUN_TESTS("libvfus.fields")
