// SPDX-License-Identifier: BSD-2-Clause
/*
 * The example device, $CHECKSUM, as a process: its registers, its log in a mapped BAR, DMA by
 * pointer and by message, and all three kinds of interrupts. CRC-32 of "123456789" is 0xcbf43926.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "peer.h"

#define WAIT_MS	60000
#define HIGH	0x100000000u
#define SRC	0x10u
#define DST	0x800u
#define PASS	0x1000u		/* bytes of memory */
#define REGS	0
#define LOG	2
#define CONFIG	7
#define SUM_OF_DIGITS	0xcbf43926
#define DIGITS	"123456789"

struct board {
	struct peer peer;	/* its socket alone is used */
	pid_t pid;
	char dir[40], path[60];
	int out;		/* the program's last line */
	int memfd;
	uint8_t *mem;		/* PASS bytes; of a client that shares nothing, its own */
	int irq;
};

static struct reply r;

/* ---- the client ---- */

/* Messages of DMA are served on the way, from mem at HIGH. */
static void serve_dma(struct board *b)
{
	uint64_t addr = get(r.body, 8) - HIGH, count = get(r.body + 8, 8);
	bool read = get(r.header + 2, 2) == DMA_READ;
	static uint8_t out[16 + 16 + PASS];
	size_t len = 32 + (read ? count : 0);

	if (addr > PASS || count > PASS - addr) {
		FAIL("DMA at 0x%llx", (unsigned long long)addr);
		return;
	}
	memcpy(out, r.header, 4);
	put(out + 4, len, 4);
	put(out + 8, 1, 8);
	memcpy(out + 16, r.body, 16);
	if (read)
		memcpy(out + 32, b->mem + addr, count);
	else
		memcpy(b->mem + addr, r.body + 16, count);
	if (send(b->peer.sock, out, len, MSG_NOSIGNAL) != (ssize_t)len)
		FAIL("send");
}

/* The next message, if there will be one. */
static bool next(struct board *b, int ms)
{
	struct pollfd pfd = { .fd = b->peer.sock, .events = POLLIN };

	return poll(&pfd, 1, ms) > 0 && peer_receive(&b->peer, &r);
}

static int call(struct board *b, uint16_t command, const void *body, size_t len, const int *fds,
		unsigned int nfds)
{
	peer_send(&b->peer, command, 0, body, len, fds, nfds);
	while (next(b, WAIT_MS)) {
		if (get(r.header + 8, 4) & 1)
			return get(r.header + 12, 4);
		serve_dma(b);
	}
	FAIL("no reply to command %u", command);
	return -1;
}

static uint64_t rd(struct board *b, uint32_t region, uint64_t off, uint32_t n)
{
	uint8_t body[16];

	put(body, off, 8);
	put(body + 8, region, 4);
	put(body + 12, n, 4);
	CHECK_EQ(call(b, REGION_READ, body, 16, NULL, 0), 0);
	return get(r.body + 16, n);
}

static void wr(struct board *b, uint32_t region, uint64_t off, uint64_t val, uint32_t n)
{
	uint8_t body[24];

	put(body, off, 8);
	put(body + 8, region, 4);
	put(body + 12, n, 4);
	put(body + 16, val, n);
	CHECK_EQ(call(b, REGION_WRITE, body, 16 + n, NULL, 0), 0);
}

static void map(struct board *b, int fd)
{
	uint8_t body[32] = { 32, [4] = 3 };

	put(body + 16, HIGH, 8);
	put(body + 24, PASS, 8);
	CHECK_EQ(call(b, DMA_MAP, body, 32, &fd, fd >= 0), 0);
}

static int set_irq(struct board *b, uint32_t flags, uint32_t kind, uint32_t vector, int fd)
{
	uint8_t body[20] = { 20, [16] = fd >= 0 || flags == 0x11 };

	put(body + 4, flags, 4);
	put(body + 8, kind, 4);
	put(body + 12, vector, 4);
	return call(b, SET_IRQS, body, 20, &fd, fd >= 0);
}

/* ---- the program ---- */

static int try_connect(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(sun.sun_path, path);
	if (!connect(fd, (struct sockaddr *)&sun, sizeof(sun)))
		return fd;
	close(fd);
	return -1;
}

static void start(struct board *b, const char *option)
{
	int out[2];

	memset(b, 0, sizeof(*b));
	strcpy(b->dir, "/tmp/vfus-test-XXXXXX");
	if (!getenv("CHECKSUM") || !mkdtemp(b->dir) || pipe2(out, O_CLOEXEC))
		abort();
	sprintf(b->path, "%s/sock", b->dir);
	b->memfd = memfd_create("guest", MFD_CLOEXEC);
	if (ftruncate(b->memfd, PASS))
		abort();
	b->mem = mmap(NULL, PASS, PROT_READ | PROT_WRITE, MAP_SHARED, b->memfd, 0);
	b->irq = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	fflush(NULL);
	b->pid = fork();
	if (!b->pid) {
		dup2(out[1], 1);
		execl(getenv("CHECKSUM"), "vfus-checksum", "--socket", b->path, option, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	b->out = out[0];
	for (int i = 0; i < WAIT_MS / 10; i++) {
		b->peer.sock = try_connect(b->path);
		if (b->peer.sock >= 0)
			break;
		usleep(10000);
	}
	CHECK_EQ(call(b, VERSION, "\0\0\0\0{}", 7, NULL, 0), 0);
	wr(b, CONFIG, 4, 0x6, 2);	/* memory, bus master */
}

/* Ends by itself, and leaves no socket; its last line is compared. */
static void stop(struct board *b, const char *last)
{
	char line[80] = "";
	struct stat st;
	int status = -1;

	kill(b->pid, SIGTERM);
	CHECK(waitpid(b->pid, &status, 0) == b->pid && !status);
	CHECK(read(b->out, line, sizeof(line) - 1) > 0 && !strcmp(line, last));
	if (strcmp(line, last))
		FAIL("the program says '%s', not '%s'", line, last);
	CHECK(stat(b->path, &st));
	close(b->peer.sock);
	close(b->out);
	close(b->irq);
	close(b->memfd);
	munmap(b->mem, PASS);
	rmdir(b->dir);
}

static void begin(struct board *b, uint32_t len)
{
	wr(b, REGS, 0x08, HIGH + SRC, 8);
	wr(b, REGS, 0x10, HIGH + DST, 4);
	wr(b, REGS, 0x14, 1, 4);	/* the upper half by itself */
	wr(b, REGS, 0x18, len, 4);
	wr(b, REGS, 0x20, 1, 4);
}

/* STATUS when it is no longer busy; what the program asks meanwhile is answered. */
static uint32_t ended(struct board *b)
{
	for (int i = 0; i < WAIT_MS; i++) {
		uint32_t status = rd(b, REGS, 0x24, 4);

		if (status != 1)
			return status;
		usleep(1000);
	}
	FAIL("busy for ever");
	return 0;
}

static void copy_digits(struct board *b)
{
	memcpy(b->mem + SRC, DIGITS, 9);
	begin(b, 9);
	CHECK_EQ(ended(b), 2);
	CHECK_EQ(rd(b, REGS, 0x1c, 4), SUM_OF_DIGITS);
	CHECK_MEM(b->mem + DST, DIGITS, 9);
	CHECK_EQ(b->mem[DST + 9], 0);
	wr(b, REGS, 0x24, 2, 4);
	CHECK_EQ(rd(b, REGS, 0x24, 4), 0);
}

static void test_mapped(void)
{
	struct board b;

	start(&b, NULL);
	map(&b, b.memfd);
	CHECK_EQ(rd(&b, REGS, 0, 4), 0x7f550001);
	copy_digits(&b);
	CHECK_EQ(rd(&b, REGS, 0x2c, 4), 1);
	CHECK_EQ(rd(&b, REGS, 0x30, 4), 0);
	stop(&b, "jobs 1 messages 0\n");
}

static void test_messages(void)
{
	struct board b;

	start(&b, NULL);
	map(&b, -1);
	copy_digits(&b);
	CHECK_EQ(rd(&b, REGS, 0x30, 4), 2);
	stop(&b, "jobs 1 messages 2\n");
	start(&b, "--by-message");
	map(&b, b.memfd);
	copy_digits(&b);
	stop(&b, "jobs 1 messages 2\n");
}

/* What the device cannot do it says, and goes on. */
static void test_failures(void)
{
	static const struct {
		uint32_t len, command, error;
	} rows[] = {
		{ 0, 6, EINVAL }, { 0x10001, 6, EINVAL }, { 9, 2, EPERM }, { PASS, 6, EFAULT },
	};
	struct board b;

	start(&b, NULL);
	map(&b, b.memfd);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		wr(&b, CONFIG, 4, rows[i].command, 2);
		begin(&b, rows[i].len);
		CHECK_EQ(ended(&b), 4);
		CHECK_EQ(rd(&b, REGS, 0x28, 4), rows[i].error);
		wr(&b, REGS, 0x24, 4, 4);
	}
	copy_digits(&b);
	CHECK_EQ(call(&b, RESET, NULL, 0, NULL, 0), 0);
	CHECK_EQ(rd(&b, REGS, 0x2c, 4), 0);
	CHECK_EQ(rd(&b, CONFIG, 4, 2), 0);
	stop(&b, "jobs 1 messages 0\n");
}

/* The log: its first page by messages, the entries by the map that was given for them. */
static void test_log(void)
{
	uint8_t body[32] = { 64, [8] = LOG };
	struct board b;
	uint8_t *log;

	start(&b, NULL);
	map(&b, b.memfd);
	CHECK_EQ(call(&b, REGION_INFO, body, 32, NULL, 0), 0);
	CHECK_EQ(get(r.body + 4, 4), 1 | 4 | 8);
	CHECK_EQ(get(r.body + 48, 8), 0x1000);
	CHECK_EQ(get(r.body + 56, 8), 0xf000);
	log = mmap(NULL, 0xf000, PROT_READ, MAP_SHARED, r.fds[0], 0x1000);
	close(r.fds[0]);
	CHECK_EQ(rd(&b, LOG, 0, 4), 0);
	copy_digits(&b);
	copy_digits(&b);
	CHECK_EQ(rd(&b, LOG, 0, 4), 2);
	CHECK_EQ(get(log + 16, 4), 2);
	CHECK_EQ(get(log + 20, 4), 9);
	CHECK_EQ(get(log + 24, 4), SUM_OF_DIGITS);
	CHECK_EQ(rd(&b, LOG, 0x1018, 4), SUM_OF_DIGITS);
	munmap(log, 0xf000);
	stop(&b, "jobs 2 messages 0\n");
}

static bool fired(struct board *b)
{
	struct pollfd pfd = { .fd = b->irq, .events = POLLIN };
	uint64_t n = 0;

	return poll(&pfd, 1, WAIT_MS) > 0 && read(b->irq, &n, 8) == 8 && n == 1;
}

static bool silent(struct board *b)
{
	uint64_t n;

	return read(b->irq, &n, 8) < 0;
}

static void test_interrupts(void)
{
	struct board b;

	start(&b, NULL);
	map(&b, b.memfd);
	CHECK_EQ(set_irq(&b, 0x24, VFUS_INTX, 0, b.irq), 0);
	begin(&b, 9);
	CHECK_EQ(ended(&b), 2);
	CHECK(fired(&b));
	CHECK_EQ(rd(&b, CONFIG, 6, 2) & 8, 8);
	wr(&b, REGS, 0x24, 2, 4);
	CHECK_EQ(set_irq(&b, 0x11, VFUS_INTX, 0, -1), 0);
	CHECK(silent(&b));
	CHECK_EQ(set_irq(&b, 0x21, VFUS_INTX, 0, -1), 0);

	CHECK_EQ(set_irq(&b, 0x24, VFUS_MSI, 0, b.irq), 0);
	copy_digits(&b);
	CHECK(fired(&b));
	CHECK_EQ(set_irq(&b, 0x21, VFUS_MSI, 0, -1), 0);

	CHECK_EQ(set_irq(&b, 0x24, VFUS_MSIX, 1, b.irq), 0);
	copy_digits(&b);		/* vector 0 is not armed */
	CHECK(silent(&b));
	begin(&b, 0);			/* 1 is for failures */
	CHECK_EQ(ended(&b), 4);
	CHECK(fired(&b));
	stop(&b, "jobs 3 messages 0\n");
}

/* One client after the other; the log goes on. */
static void test_reconnect(void)
{
	struct board b;

	start(&b, NULL);
	map(&b, b.memfd);
	copy_digits(&b);
	close(b.peer.sock);
	b.peer.sock = try_connect(b.path);
	CHECK_EQ(call(&b, VERSION, "\0\0\0\0{}", 7, NULL, 0), 0);
	wr(&b, CONFIG, 4, 0x6, 2);
	begin(&b, 9);			/* its memory has gone with the first one */
	CHECK_EQ(ended(&b), 4);
	wr(&b, REGS, 0x24, 4, 4);
	map(&b, b.memfd);
	copy_digits(&b);
	CHECK_EQ(rd(&b, LOG, 0, 4), 3);
	stop(&b, "jobs 2 messages 0\n");
}

static const struct test tests[] = {
	{ "mapped", test_mapped }, { "messages", test_messages }, { "failures", test_failures },
	{ "log", test_log }, { "interrupts", test_interrupts }, { "reconnect", test_reconnect },
};

RUN_TESTS("libvfus.example")
