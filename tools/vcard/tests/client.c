// SPDX-License-Identifier: BSD-2-Clause
/*
 * The raw client. Every wait has a limit, so that a silent server is a failure.
 */
#define _GNU_SOURCE
#include <errno.h>
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

#include "client.h"

#define WAIT_MS	10000

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static void exec_server(const struct client *c, const char *const *extra)
{
	const char *argv[32] = { getenv("VCARD"), "--socket", c->socket, "--control",
				 c->control, "--log", c->log, "--counters", c->counters };
	int n = 9;

	while (extra && *extra)
		argv[n++] = *extra++;
	execv(argv[0], (char *const *)argv);
	die(argv[0]);
}

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

/* The control socket is created last; connecting there disturbs nobody. */
static void wait_listening(struct client *c)
{
	for (int i = 0; i < WAIT_MS / 10; i++) {
		int fd = try_connect(c->control);

		if (fd >= 0) {
			close(fd);
			return;
		}
		usleep(10000);
	}
	die("server does not listen");
}

void client_start(struct client *c, const char *const *args)
{
	memset(c, 0, sizeof(*c));
	c->sock = -1;
	if (!getenv("VCARD")) {
		fprintf(stderr, "VCARD must name the vcard binary\n");
		exit(2);
	}
	strcpy(c->dir, "/tmp/vcard-test-XXXXXX");
	if (!mkdtemp(c->dir))
		die("mkdtemp");
	sprintf(c->socket, "%s/sock", c->dir);
	sprintf(c->control, "%s/ctl", c->dir);
	sprintf(c->log, "%s/log", c->dir);
	sprintf(c->counters, "%s/counters", c->dir);
	c->memfd = memfd_create("guest", MFD_CLOEXEC);
	if (c->memfd < 0 || ftruncate(c->memfd, GUEST_BYTES))
		die("memfd");
	c->mem = mmap(NULL, GUEST_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, c->memfd, 0);
	if (c->mem == MAP_FAILED)
		die("mmap");
	c->irq = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	fflush(NULL);
	c->pid = fork();
	if (!c->pid)
		exec_server(c, args);
	wait_listening(c);
}

bool client_alive(struct client *c)
{
	return !waitpid(c->pid, NULL, WNOHANG);
}

int client_end(struct client *c)
{
	int status = -1;

	kill(c->pid, SIGTERM);
	for (int i = 0; i < WAIT_MS / 10 && !waitpid(c->pid, &status, WNOHANG); i++)
		usleep(10000);
	return status;
}

/* A failed case keeps its log. */
void client_clean(struct client *c)
{
	if (c->sock >= 0)
		close(c->sock);
	close(c->irq);
	close(c->memfd);
	munmap(c->mem, GUEST_BYTES);
	if (harness_failed())
		return;
	unlink(c->log);
	unlink(c->counters);
	rmdir(c->dir);
}

/* The server must end by itself: a sanitizer's finding is another status. */
void client_stop(struct client *c)
{
	int status = client_end(c);

	if (status)
		FAIL("server ended with wait status 0x%x; log: %s", status, c->log);
	client_clean(c);
}

void client_connect(struct client *c)
{
	if (c->sock >= 0)
		close(c->sock);
	c->sock = try_connect(c->socket);
	if (c->sock < 0)
		FAIL("cannot connect");
}

void client_send_raw(struct client *c, const void *bytes, size_t len)
{
	if (send(c->sock, bytes, len, MSG_NOSIGNAL) != (ssize_t)len && errno != EPIPE &&
	    errno != ECONNRESET)
		FAIL("send: %s", strerror(errno));
}

void client_send(struct client *c, uint16_t command, uint32_t flags, const void *body,
		 size_t len, int fd)
{
	struct vfu_header h = { ++c->id, command, sizeof(h) + len, flags, 0 };
	struct iovec iov[2] = { { &h, sizeof(h) }, { (void *)body, len } };
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} u = { { 0 } };
	struct msghdr mh = { .msg_iov = iov, .msg_iovlen = 2 };

	if (fd >= 0) {
		struct cmsghdr *cm;

		mh.msg_control = u.space;
		mh.msg_controllen = sizeof(u.space);
		cm = CMSG_FIRSTHDR(&mh);
		cm->cmsg_level = SOL_SOCKET;
		cm->cmsg_type = SCM_RIGHTS;
		cm->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cm), &fd, sizeof(int));
	}
	if (sendmsg(c->sock, &mh, MSG_NOSIGNAL) < 0 && errno != EPIPE)
		FAIL("sendmsg: %s", strerror(errno));
}

static bool readable(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, ms) > 0;
}

static ssize_t read_all(struct client *c, void *buf, size_t len)
{
	size_t got = 0;

	while (got < len) {
		ssize_t n;

		if (!readable(c->sock, WAIT_MS)) {
			FAIL("no reply within %d ms", WAIT_MS);
			return -1;
		}
		n = recv(c->sock, (char *)buf + got, len - got, 0);
		if (n <= 0)
			return -1;
		got += n;
	}
	return got;
}

ssize_t client_reply(struct client *c, void *buf, size_t room)
{
	struct vfu_header h;
	ssize_t body;

	if (read_all(c, &h, sizeof(h)) < 0)
		return -1;
	body = h.size - sizeof(h);
	CHECK_EQ(h.id, c->id);
	if (body < 0 || (size_t)body > room) {
		FAIL("reply of %zd bytes, room for %zu", body, room);
		return -1;
	}
	if (body && read_all(c, buf, body) < 0)
		return -1;
	if ((h.flags & 0x2f) == 0x21)
		return -(ssize_t)h.error;
	CHECK_EQ(h.flags, 1);
	return body;
}

ssize_t client_call(struct client *c, uint16_t command, const void *body, size_t len,
		    int fd, void *buf, size_t room)
{
	client_send(c, command, 0, body, len, fd);
	return client_reply(c, buf, room);
}

bool client_closed(struct client *c)
{
	char b;

	return readable(c->sock, WAIT_MS) && recv(c->sock, &b, 1, MSG_DONTWAIT) <= 0;
}

int client_map(struct client *c, uint64_t addr, uint64_t size, uint64_t offset, int fd)
{
	struct vfu_dma_map_msg m = { sizeof(m), 3, offset, addr, size };

	return client_call(c, 2, &m, sizeof(m), fd, NULL, 0);
}

int client_unmap(struct client *c, uint64_t addr, uint64_t size)
{
	struct vfu_dma_unmap_msg m = { sizeof(m), 0, addr, size }, r;

	return client_call(c, 3, &m, sizeof(m), -1, &r, sizeof(r));
}

int client_irq(struct client *c, uint32_t flags, uint32_t count, int fd)
{
	struct vfu_irq_set m = { sizeof(m), flags, 0, 0, count };

	return client_call(c, 8, &m, sizeof(m), fd, NULL, 0);
}

uint32_t client_rd(struct client *c, uint32_t region, uint64_t off, uint32_t n)
{
	struct vfu_region_access ra = { off, region, n };
	uint8_t buf[32] = { 0 };

	CHECK_EQ(client_call(c, 9, &ra, sizeof(ra), -1, buf, sizeof(buf)), 16 + n);
	CHECK_MEM(buf, &ra, sizeof(ra));
	return buf[16] | buf[17] << 8 | buf[18] << 16 | (uint32_t)buf[19] << 24;
}

void client_wr(struct client *c, uint32_t region, uint64_t off, uint32_t val, uint32_t n)
{
	uint8_t buf[24];
	struct vfu_region_access ra = { off, region, n };

	memcpy(buf, &ra, sizeof(ra));
	for (uint32_t i = 0; i < n; i++)
		buf[16 + i] = val >> 8 * i;
	CHECK_EQ(client_call(c, 10, buf, 16 + n, -1, buf, sizeof(buf)), 16);
}

void client_hello(struct client *c)
{
	char reply[214];

	client_connect(c);
	if (client_call(c, 1, "\0\0\0\0{}", 7, -1, reply, sizeof(reply)) < 4)
		FAIL("VERSION refused");
	CHECK_EQ(client_map(c, 0, GUEST_BYTES, 0, c->memfd), 0);
	CHECK_EQ(client_irq(c, 0x24, 1, c->irq), 0);
}

int client_control_open(struct client *c)
{
	return try_connect(c->control);
}

static void send_piece(struct client *c, const void *bytes, size_t len, int n)
{
	struct iovec iov = { (void *)bytes, len };
	union {
		char space[CMSG_SPACE(16 * sizeof(int))];
		struct cmsghdr align;
	} u = { { 0 } };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = u.space,
			     .msg_controllen = CMSG_SPACE(n * sizeof(int)) };
	struct cmsghdr *cm = CMSG_FIRSTHDR(&mh);

	cm->cmsg_level = SOL_SOCKET;
	cm->cmsg_type = SCM_RIGHTS;
	cm->cmsg_len = CMSG_LEN(n * sizeof(int));
	for (int i = 0; i < n; i++)
		memcpy(CMSG_DATA(cm) + i * sizeof(int), &c->memfd, sizeof(int));
	if (sendmsg(c->sock, &mh, MSG_NOSIGNAL) != (ssize_t)len)
		FAIL("sendmsg: %s", strerror(errno));
	usleep(10000);
}

void client_send_split(struct client *c, int n)
{
	struct { struct vfu_header h; struct vfu_device_info info; } msg = {
		{ ++c->id, 4, 32, 0, 0 }, { .argsz = 16 },
	};

	send_piece(c, &msg, 8, n);
	send_piece(c, (uint8_t *)&msg + 8, 24, n);
}

void client_control(struct client *c, const char *line, char *reply, size_t room)
{
	int fd = try_connect(c->control);
	size_t got = 0;

	if (fd < 0 || send(fd, line, strlen(line), MSG_NOSIGNAL) < 0 ||
	    send(fd, "\n", 1, MSG_NOSIGNAL) < 0)
		FAIL("control: %s", strerror(errno));
	while (got < room - 1 && readable(fd, WAIT_MS)) {
		ssize_t n = recv(fd, reply + got, room - 1 - got, 0);

		if (n <= 0)
			break;
		got += n;
		if (reply[got - 1] == '\n')
			break;
	}
	reply[got] = 0;
	if (!got || reply[got - 1] != '\n')
		FAIL("control '%s': no full line back", line);
	else
		reply[got - 1] = 0;
	close(fd);
}

uint64_t client_events(struct client *c, int ms)
{
	uint64_t n = 0;

	if (readable(c->irq, ms) && read(c->irq, &n, sizeof(n)) != sizeof(n))
		n = 0;
	return n;
}
