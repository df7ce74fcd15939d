// SPDX-License-Identifier: BSD-2-Clause
/*
 * The guest's memory, mapped and by message, and interrupts as events. The client's side of DMA
 * is played byte by byte.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "peer.h"

#define HIGH	0x8000000000u	/* 512 GiB */
#define PAGE	0x1000u

/* What came of one transfer. */
struct end {
	unsigned int times;
	int err;
};

static void done(void *opaque, int err)
{
	struct end *end = opaque;

	end->times++;
	end->err = err;
}

#define CHECK_END(end, what) \
	do { CHECK_EQ((end).times, 1); CHECK_EQ((end).err, what); } while (0)

static struct reply msg;

/* The server's message is this command for these bytes. */
static void expect(struct peer *p, uint16_t command, uint64_t addr, uint64_t count)
{
	if (!peer_receive(p, &msg)) {
		FAIL("no message");
		return;
	}
	CHECK_EQ(get(msg.header + 2, 2), command);
	CHECK_EQ(get(msg.header + 8, 4), 0);
	CHECK_EQ(get(msg.header + 12, 4), 0);
	CHECK_EQ(get(msg.body, 8), addr);
	CHECK_EQ(get(msg.body + 8, 8), count);
	CHECK_EQ(msg.len, 16 + (command == DMA_WRITE ? count : 0));
}

/* Answers the last message; len bytes of body. */
static void answer(struct peer *p, uint32_t flags, uint32_t error, const void *body, size_t len)
{
	uint8_t bytes[16 + 64 + 16];

	memcpy(bytes, msg.header, 4);
	put(bytes + 4, 16 + len, 4);
	put(bytes + 8, flags, 4);
	put(bytes + 12, error, 4);
	memcpy(bytes + 16, body, len);
	if (send(p->sock, bytes, 16 + len, 0) != (ssize_t)(16 + len))
		FAIL("send");
	CHECK(peer_serve(p));
}

/* As it should be: of a read data, each byte its address's. */
static void answer_well(struct peer *p)
{
	uint64_t addr = get(msg.body, 8), count = get(msg.body + 8, 8);
	bool read = get(msg.header + 2, 2) == DMA_READ;
	uint8_t body[16 + 64];

	memcpy(body, msg.body, 16);
	for (uint64_t i = 0; read && i < count && i < 64; i++)
		body[16 + i] = addr + i;
	answer(p, 1, 0, body, 16 + (read ? count : 0));
}

static void check_bytes(const uint8_t *buf, uint64_t addr, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (buf[i] != (uint8_t)(addr + i)) {
			FAIL("byte %zu is %02x", i, buf[i]);
			return;
		}
}

static void test_mapped(void)
{
	struct peer *p = peer_hello("{}");
	uint64_t word = 0, avail = 0, *at;
	struct end end = { 0 };

	CHECK_EQ(peer_map(p, HIGH, PAGE, PAGE, 3, p->memfd), 0);
	CHECK_EQ(peer_map(p, HIGH + PAGE, PAGE, 0, 1, p->memfd), 0);
	CHECK_EQ(p->changes, 2);
	at = vfus_dma(p->s, HIGH + 8, true, &avail);
	CHECK(at && *at == PAGE + 8 && avail == PAGE - 8);
	CHECK(!vfus_dma(p->s, HIGH + PAGE, true, &avail) && vfus_dma(p->s, HIGH + PAGE, false, &avail));
	CHECK(!vfus_dma(p->s, (uint32_t)HIGH, false, &avail));	/* the lower half alone is nowhere */
	CHECK_EQ(vfus_dma_read(p->s, HIGH + 16, &word, 8, done, &end), 0);
	CHECK_END(end, 0);
	CHECK_EQ(word, PAGE + 16);
	end.times = 0;
	word = 7;
	CHECK_EQ(vfus_dma_write(p->s, HIGH + 24, &word, 8, done, &end), 0);
	CHECK_END(end, 0);
	CHECK_EQ(pread(p->memfd, &word, 8, PAGE + 24), 8);
	CHECK_EQ(word, 7);
	CHECK_EQ(vfus_counts(p->s).messages, 0);
	peer_stop(p);
}

/* The limits of a call, and memory that is not there. */
static void test_refusals(void)
{
	struct peer *p = peer_hello("{}");
	struct end end = { 0 };
	uint8_t buf[2 * PAGE];

	CHECK_EQ(peer_map(p, 0, PAGE, 0, 1, p->memfd), 0);
	CHECK_EQ(peer_map(p, 0xfffffffffffff000, PAGE, 0, 3, p->memfd), 0);
	CHECK_EQ(vfus_dma_read(p->s, 0, buf, 0, done, &end), EINVAL);
	CHECK_EQ(vfus_dma_read(p->s, UINT64_MAX, buf, 2, done, &end), EINVAL);
	CHECK_EQ(end.times, 0);
	CHECK_EQ(vfus_dma_read(p->s, UINT64_MAX, buf, 1, done, &end), 0);
	CHECK_END(end, 0);
	end.times = 0;
	CHECK_EQ(vfus_dma_read(p->s, PAGE, buf, 1, done, &end), 0);
	CHECK_END(end, EFAULT);
	end.times = 0;
	CHECK_EQ(vfus_dma_read(p->s, PAGE - 4, buf, 8, done, &end), 0);	/* ends in nothing */
	CHECK_END(end, EFAULT);
	end.times = 0;
	CHECK_EQ(vfus_dma_write(p->s, 0, buf, 1, done, &end), 0);	/* read-only */
	CHECK_END(end, EFAULT);
	CHECK_EQ(vfus_counts(p->s).messages, 0);
	vfus_close(p->s);
	CHECK_EQ(vfus_dma_read(p->s, 0, buf, 1, done, &end), ENOTCONN);
	peer_reconnect(p);
	peer_stop(p);
}

static void test_messages(void)
{
	struct peer *p = peer_hello("{}");
	struct end end = { 0 };
	uint8_t buf[64] = { 0 };

	CHECK_EQ(peer_map(p, HIGH, PAGE, 0, 3, -1), 0);
	CHECK_EQ(vfus_dma_read(p->s, HIGH + 5, buf, 33, done, &end), 0);
	CHECK_EQ(end.times, 0);
	expect(p, DMA_READ, HIGH + 5, 33);
	answer_well(p);
	CHECK_END(end, 0);
	check_bytes(buf, HIGH + 5, 33);
	CHECK_EQ(buf[33], 0);
	end.times = 0;
	CHECK_EQ(vfus_dma_write(p->s, HIGH + 5, buf, 33, done, &end), 0);
	expect(p, DMA_WRITE, HIGH + 5, 33);
	CHECK_MEM(msg.body + 16, buf, 33);
	answer(p, 1, 0, msg.body, 12);	/* count of 32 bits, as the document has it */
	CHECK_END(end, 0);
	CHECK_EQ(vfus_counts(p->s).messages, 2);
	CHECK_EQ(vfus_timeout_ms(p->s), -1);
	peer_stop(p);
}

/* Over borders of maps, with and without files, in pieces that the client takes. */
static void test_pieces(void)
{
	struct peer *p = peer_hello("{\"capabilities\":{\"max_data_xfer_size\":16}}");
	uint8_t *buf = calloc(1, PAGE + 40);
	struct end end = { 0 };

	CHECK_EQ(peer_map(p, HIGH, PAGE, 0, 3, -1), 0);
	CHECK_EQ(peer_map(p, HIGH + PAGE, PAGE, 0, 3, p->memfd), 0);
	CHECK_EQ(peer_map(p, HIGH + 2 * PAGE, PAGE, 0, 3, -1), 0);
	CHECK_EQ(vfus_dma_read(p->s, HIGH + PAGE - 20, buf, PAGE + 40, done, &end), 0);
	expect(p, DMA_READ, HIGH + PAGE - 20, 16);
	answer_well(p);
	expect(p, DMA_READ, HIGH + PAGE - 4, 4);
	answer_well(p);
	expect(p, DMA_READ, HIGH + 2 * PAGE, 16);	/* what is mapped was copied */
	CHECK_EQ(get(buf + 20 + 8, 8), 8);
	answer_well(p);
	CHECK_EQ(end.times, 0);
	expect(p, DMA_READ, HIGH + 2 * PAGE + 16, 4);
	answer_well(p);
	CHECK_END(end, 0);
	check_bytes(buf, HIGH + PAGE - 20, 20);
	check_bytes(buf + 20 + PAGE, HIGH + 2 * PAGE, 20);
	CHECK_EQ(vfus_counts(p->s).messages, 4);
	free(buf);
	peer_stop(p);
}

struct bad_reply {
	bool write;
	uint32_t flags, error;
	int addr, count, len;	/* more than it should be */
	int err;		/* -1: the reply is nobody's, and the transfer goes on */
};

/* Replies, field by field. */
static void test_replies(void)
{
	static const struct bad_reply rows[] = {
		{ false, 0x21, 5, 0, 0, -24, EIO }, { false, 0x21, 19, 0, 0, -24, ENODEV },
		{ true, 0x21, 22, 0, 0, -16, EINVAL },
		{ false, 0x21, 0, 0, 0, -24, EIO },	/* errno is optional */
		{ false, 0x21, 4096, 0, 0, -24, EIO }, { false, 0x21, 0xffffffff, 0, 0, -24, EIO },
		{ false, 1, 0, 1, 0, 0, EPROTO }, { false, 1, 0, 0, 1, 0, EPROTO },
		{ false, 1, 0, 0, -1, 0, EPROTO }, { false, 1, 0, 0, 0, -1, EPROTO },
		{ false, 1, 0, 0, 0, -8, EPROTO }, { false, 1, 0, 0, 0, -24, EPROTO },
		{ false, 1, 0, 0, 0, 3, 0 },	/* what is behind it is not looked at */
		{ true, 1, 0, 1, 0, 0, EPROTO }, { true, 1, 0, 0, 1, 0, EPROTO },
		{ true, 1, 0, 0, 0, -4, 0 }, { true, 1, 0, 0, 0, -5, EPROTO },
		{ true, 1, 0, 0, 0, -16, EPROTO }, { true, 1, 0, 0, 0, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct bad_reply *w = &rows[i];
		struct peer *p = peer_hello("{}");
		uint8_t buf[8] = { 0 }, body[64] = { 0 };
		struct end end = { 0 };

		CHECK_EQ(peer_map(p, HIGH, PAGE, 0, 3, -1), 0);
		CHECK_EQ((w->write ? vfus_dma_write(p->s, HIGH, buf, 8, done, &end) :
				     vfus_dma_read(p->s, HIGH, buf, 8, done, &end)), 0);
		expect(p, w->write ? DMA_WRITE : DMA_READ, HIGH, 8);
		put(body, HIGH + w->addr, 8);
		put(body + 8, 8 + w->count, 8);
		answer(p, w->flags, w->error, body, (w->write ? 16 : 24) + w->len);
		if (end.times != 1 || end.err != w->err)
			FAIL("row %zu: %u times, error %d, expected %d", i, end.times, end.err, w->err);
		CHECK_EQ(vfus_counts(p->s).refused, w->err == EPROTO);
		peer_stop(p);
	}
}

/* Replies to nobody: another id, the other command, a second time. */
static void test_strangers(void)
{
	struct peer *p = peer_hello("{}");
	struct end end = { 0 };
	uint8_t buf[8];

	CHECK_EQ(peer_map(p, HIGH, PAGE, 0, 3, -1), 0);
	CHECK_EQ(vfus_dma_read(p->s, HIGH, buf, 8, done, &end), 0);
	expect(p, DMA_READ, HIGH, 8);
	msg.header[0]++;
	answer_well(p);
	msg.header[0]--;
	msg.header[2] = DMA_WRITE;
	answer_well(p);
	CHECK_EQ(end.times, 0);
	CHECK_EQ(vfus_counts(p->s).refused, 2);
	msg.header[2] = DMA_READ;
	answer_well(p);
	CHECK_END(end, 0);
	answer_well(p);
	CHECK_END(end, 0);
	CHECK_EQ(vfus_counts(p->s).refused, 1);
	peer_stop(p);
}

/* Many at once, answered in another order; one more than there can be. */
static void test_many(void)
{
	static struct reply sent[VFUS_MAX_DMA];
	struct peer *p = peer_hello("{}");
	struct end end[VFUS_MAX_DMA + 1] = { { 0 } };
	uint64_t word[VFUS_MAX_DMA + 1];

	CHECK_EQ(peer_map(p, 0, PAGE, 0, 3, -1), 0);
	for (int i = 0; i < VFUS_MAX_DMA; i++) {
		CHECK_EQ(vfus_dma_read(p->s, 8 * i, &word[i], 8, done, &end[i]), 0);
		expect(p, DMA_READ, 8 * i, 8);
		sent[i] = msg;
	}
	CHECK_EQ(vfus_dma_read(p->s, 0, &word[VFUS_MAX_DMA], 8, done, &end[VFUS_MAX_DMA]), EBUSY);
	for (int i = VFUS_MAX_DMA - 1; i >= 0; i--) {
		msg = sent[i];
		answer_well(p);
		CHECK_END(end[i], 0);
		check_bytes((uint8_t *)&word[i], 8 * i, 8);
	}
	CHECK_EQ(end[VFUS_MAX_DMA].times, 0);
	peer_stop(p);
}

/* A reset, an unmap and the end of the connection end what is under way; late replies are no mistake. */
static void test_cancel(void)
{
	struct peer *p = peer_hello("{}");
	struct end end[3] = { { 0 } };
	struct reply late, r;
	uint8_t buf[8] = { 0 };

	CHECK_EQ(peer_map(p, HIGH, PAGE, 0, 3, -1), 0);
	CHECK_EQ(peer_map(p, HIGH + PAGE, PAGE, 0, 3, -1), 0);
	CHECK_EQ(vfus_dma_read(p->s, HIGH, buf, 8, done, &end[0]), 0);
	expect(p, DMA_READ, HIGH, 8);
	late = msg;
	CHECK_EQ(peer_call(p, RESET, NULL, 0, NULL, 0, &r), 0);
	CHECK_END(end[0], ECANCELED);
	CHECK_EQ(p->resets[VFUS_RESET_ASKED], 1);
	CHECK_EQ(vfus_dma_read(p->s, HIGH, buf, 8, done, &end[1]), 0);
	expect(p, DMA_READ, HIGH, 8);
	CHECK_EQ(vfus_dma_read(p->s, HIGH + PAGE, buf, 8, done, &end[2]), 0);
	CHECK_EQ(peer_receive(p, &msg), true);
	CHECK_EQ(peer_unmap(p, HIGH, PAGE), 0);
	CHECK_END(end[1], EFAULT);
	CHECK_EQ(end[2].times, 0);
	msg = late;
	answer_well(p);
	CHECK_EQ(vfus_counts(p->s).refused, 0);
	CHECK_EQ(get(buf, 8), 0);	/* nobody wrote to a buffer that was given back */
	vfus_close(p->s);
	CHECK_END(end[2], ECANCELED);
	CHECK_END(end[0], ECANCELED);
	CHECK_EQ(p->resets[VFUS_RESET_GONE], 1);
	peer_reconnect(p);
	CHECK_EQ(vfus_timeout_ms(p->s), -1);
	peer_stop(p);
}

static void test_timeout(void)
{
	struct peer *p = peer_hello("{}");
	struct end end = { 0 };
	uint8_t buf[8];

	p->device.dma_timeout_ms = 30;
	CHECK_EQ(peer_map(p, HIGH, PAGE, 0, 3, -1), 0);
	CHECK_EQ(vfus_dma_read(p->s, HIGH, buf, 8, done, &end), 0);
	expect(p, DMA_READ, HIGH, 8);
	for (int i = 0; i < 10000 && !end.times; i++) {
		int ms = vfus_timeout_ms(p->s);

		CHECK(ms >= 0 && ms <= 30);
		usleep(1000 * ms);
		CHECK(peer_serve(p));
	}
	CHECK_END(end, ETIMEDOUT);
	CHECK_EQ(vfus_timeout_ms(p->s), -1);
	answer_well(p);		/* too late: nobody's */
	CHECK_END(end, ETIMEDOUT);
	peer_stop(p);
}

/* Who wants messages alone gets no pointers, though the client offers files. */
static void test_by_message(void)
{
	struct peer *p = peer_hello("{}");
	struct end end = { 0 };
	uint64_t word, avail;

	p->device.by_message = true;
	CHECK_EQ(peer_map(p, HIGH, PAGE, 0, 3, p->memfd), 0);
	CHECK(!vfus_dma(p->s, HIGH, false, &avail));
	CHECK_EQ(vfus_dma_read(p->s, HIGH, &word, 8, done, &end), 0);
	expect(p, DMA_READ, HIGH, 8);
	answer_well(p);
	CHECK_END(end, 0);
	peer_stop(p);
}

/* More than the socket has room for at once comes whole. */
static void test_long_write(void)
{
	const size_t len = VFUS_MAX_DATA;
	struct peer *p = peer_hello("{}");
	struct timeval limit = { 60, 0 };
	uint8_t *buf = malloc(len);
	struct end end = { 0 };
	int small = 4096, status;
	pid_t pid;

	for (size_t i = 0; i < len; i++)
		buf[i] = i * 7 >> 8 ^ i;
	setsockopt(p->sock, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	setsockopt(p->sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	CHECK_EQ(peer_map(p, 0, len, 0, 3, -1), 0);
	CHECK_EQ(fcntl(p->sock, F_SETFL, 0), 0);
	fflush(NULL);
	pid = fork();
	if (!pid) {	/* the server waits for its client to read, which is another process */
		CHECK_EQ(vfus_dma_write(p->s, 0, buf, len, done, &end), 0);
		_exit(harness_failed() || end.times);
	}
	expect(p, DMA_WRITE, 0, len);
	CHECK_MEM(msg.body + 16, buf, len);
	CHECK(waitpid(pid, &status, 0) == pid && !status);
	free(buf);
	peer_stop(p);
}

/* ---- events ---- */

static int set_irqs(struct peer *p, uint32_t flags, uint32_t kind, uint32_t start, uint32_t count,
		    const int *fds, unsigned int nfds)
{
	static struct reply r;
	uint8_t body[24] = { 24, [20] = 1, 0, 1, 0 };	/* of BOOL: the first and the third */

	put(body + 4, flags, 4);
	put(body + 8, kind, 4);
	put(body + 12, start, 4);
	put(body + 16, count, 4);
	return peer_call(p, SET_IRQS, body, sizeof(body), fds, nfds, &r);
}

static uint64_t events(int fd)
{
	uint64_t n = 0;

	return read(fd, &n, sizeof(n)) == sizeof(n) ? n : 0;
}

static void make_events(int *fd, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		fd[i] = eventfd(0, EFD_CLOEXEC);	/* blocking: the server has to see to that */
}

static void drop_events(int *fd, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		close(fd[i]);
}

static void test_vectors(void)
{
	struct peer *p = peer_hello("{}");
	int fd[8];

	make_events(fd, 8);
	CHECK(!vfus_interrupt(p->s, VFUS_MSIX, 0));	/* nobody has armed it */
	CHECK_EQ(set_irqs(p, 0x24, VFUS_MSIX, 2, 8, fd, 8), 0);
	CHECK(!vfus_interrupt(p->s, VFUS_MSIX, 1) && !vfus_interrupt(p->s, VFUS_MSIX, 10));
	CHECK(vfus_interrupt(p->s, VFUS_MSIX, 2) && vfus_interrupt(p->s, VFUS_MSIX, 9));
	CHECK(vfus_interrupt(p->s, VFUS_MSIX, 9));
	CHECK_EQ(events(fd[0]), 1);
	CHECK_EQ(events(fd[7]), 2);
	CHECK_EQ(events(fd[1]), 0);
	CHECK_EQ(vfus_counts(p->s).interrupts, 3);
	CHECK(!vfus_interrupt(p->s, VFUS_MSIX, 16) && !vfus_interrupt(p->s, VFUS_MSI, 0));
	CHECK(!vfus_interrupt(p->s, VFUS_INTX, 0) && !vfus_interrupt(p->s, VFUS_IRQS, 0));
	CHECK(!vfus_interrupt(p->s, ~0u, ~0u));
	CHECK_EQ(set_irqs(p, 0x24, VFUS_MSIX, 3, 2, NULL, 0), 0);	/* two are let go of */
	CHECK(!vfus_interrupt(p->s, VFUS_MSIX, 3) && vfus_interrupt(p->s, VFUS_MSIX, 5));
	CHECK_EQ(set_irqs(p, 0x24, VFUS_MSIX, 5, 1, &fd[1], 1), 0);	/* and one replaced */
	CHECK(vfus_interrupt(p->s, VFUS_MSIX, 5));
	CHECK_EQ(events(fd[1]), 1);
	CHECK_EQ(set_irqs(p, 0x21, VFUS_MSIX, 0, 0, NULL, 0), 0);	/* all */
	CHECK(!vfus_interrupt(p->s, VFUS_MSIX, 2));
	CHECK_EQ(set_irqs(p, 0x24, VFUS_REQ, 0, 1, fd, 1), 0);
	CHECK(vfus_interrupt(p->s, VFUS_REQ, 0));
	drop_events(fd, 8);
	peer_stop(p);
}

/* The client's own triggers: all of a range, or those that a byte says. */
static void test_triggers(void)
{
	struct peer *p = peer_hello("{}");
	int fd[4];

	make_events(fd, 4);
	CHECK_EQ(set_irqs(p, 0x24, VFUS_MSI, 0, 4, fd, 4), 0);
	CHECK_EQ(set_irqs(p, 0x22, VFUS_MSI, 1, 3, NULL, 0), 0);
	CHECK_EQ(events(fd[0]), 0);
	CHECK_EQ(events(fd[1]), 1);
	CHECK_EQ(events(fd[2]), 0);
	CHECK_EQ(events(fd[3]), 1);
	CHECK_EQ(set_irqs(p, 0x21, VFUS_MSI, 0, 4, NULL, 0), 0);
	for (int i = 0; i < 4; i++)
		CHECK_EQ(events(fd[i]), 1);
	CHECK_EQ(vfus_counts(p->s).interrupts, 0);	/* not the device's */
	drop_events(fd, 4);
	peer_stop(p);
}

/* A file that takes nothing more costs its event, and holds up nobody. */
static void test_full_files(void)
{
	struct peer *p = peer_hello("{}");
	uint64_t most = UINT64_MAX - 1;
	int pipes[2], event = eventfd(0, 0), ends[2];

	if (pipe(pipes))
		abort();
	ends[0] = event;
	ends[1] = pipes[1];
	CHECK_EQ(set_irqs(p, 0x24, VFUS_MSI, 0, 2, ends, 2), 0);
	CHECK_EQ(write(event, &most, sizeof(most)), 8);
	CHECK(!vfus_interrupt(p->s, VFUS_MSI, 0));
	for (int i = 0; i < 100000 && vfus_interrupt(p->s, VFUS_MSI, 1); i++)
		;
	CHECK(!vfus_interrupt(p->s, VFUS_MSI, 1));
	CHECK(p->lines >= 2);
	close(event);
	close(pipes[0]);
	close(pipes[1]);
	peer_stop(p);
}

/* INTx: fires once until unmasked, again while it is up, and is taken back unseen. */
static void test_line(void)
{
	struct peer *p = peer_hello("{}");
	struct vfus_counts counts;
	int fd = eventfd(0, EFD_NONBLOCK);

	p->level = true;
	vfus_line_changed(p->s);
	CHECK_EQ(set_irqs(p, 0x24, VFUS_INTX, 0, 1, &fd, 1), 0);
	CHECK_EQ(events(fd), 1);
	vfus_line_changed(p->s);
	CHECK_EQ(events(fd), 0);
	CHECK_EQ(set_irqs(p, 0x11, VFUS_INTX, 0, 1, NULL, 0), 0);
	CHECK_EQ(events(fd), 1);
	CHECK_EQ(set_irqs(p, 0x11, VFUS_INTX, 0, 1, NULL, 0), 0);
	p->level = false;
	vfus_line_changed(p->s);
	CHECK_EQ(events(fd), 0);
	counts = vfus_counts(p->s);
	CHECK_EQ(counts.interrupts, 3);
	CHECK_EQ(counts.retracted, 1);
	close(fd);
	peer_stop(p);
}

/* What a device may not be. */
static void test_devices(void)
{
	struct peer *p = peer_hello("{}");
	struct vfus_device good = p->device, d;

#define REFUSED(change) do { d = good; change; CHECK(!vfus_create(&d)); } while (0)
	REFUSED(d.region = NULL);
	REFUSED(d.read = NULL);
	REFUSED(d.write = NULL);
	REFUSED(d.nr_regions = VFUS_PCI_REGIONS - 1);
	REFUSED(d.nr_regions = VFUS_MAX_REGIONS + 1);
	REFUSED(d.vectors[VFUS_INTX] = 2);
	REFUSED(d.vectors[VFUS_MSI] = 33);
	REFUSED(d.vectors[VFUS_MSIX] = 2049);
	REFUSED(d.vectors[VFUS_REQ] = 2);
	vfus_destroy(NULL);
	vfus_close(p->s);
	vfus_close(p->s);
	CHECK(!vfus_connected(p->s) && !vfus_fds(p->s, NULL));
	peer_reconnect(p);
	CHECK(vfus_connected(p->s));
	peer_stop(p);
}

static const struct test tests[] = {
	{ "mapped", test_mapped }, { "refusals", test_refusals }, { "messages", test_messages },
	{ "pieces", test_pieces }, { "replies", test_replies }, { "strangers", test_strangers },
	{ "many", test_many }, { "cancel", test_cancel }, { "timeout", test_timeout },
	{ "by-message", test_by_message }, { "long-write", test_long_write },
	{ "vectors", test_vectors }, { "triggers", test_triggers },
	{ "full-files", test_full_files }, { "line", test_line }, { "devices", test_devices },
};

RUN_TESTS("libvfus.dma")
