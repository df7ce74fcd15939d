// SPDX-License-Identifier: BSD-2-Clause
/*
 * The server's messages, right and wrong, sent by a raw client. The server is
 * the sanitized binary and must end with status 0 in every case.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"

static void test_handshake(void)
{
	struct vfu_region_info ri = { .argsz = 32 };
	struct vfu_irq_info ii = { .argsz = 16 };
	struct vfu_device_info di = { .argsz = 16 };
	static const uint64_t size[9] = { 0x1000, 0x2000, 0x8000, [7] = 256 };
	struct client c;
	char v[198];		/* 214 with the header is all the client has room for */
	ssize_t n;

	client_start(&c, NULL);
	client_connect(&c);
	n = client_call(&c, 1, "\0\0\0\0{}", 7, -1, v, sizeof(v));
	CHECK(n > 4 && !v[n - 1] && v[4] == '{');
	CHECK_EQ(client_call(&c, 4, &di, sizeof(di), -1, &di, sizeof(di)), 16);
	CHECK_EQ(di.flags, 3);
	CHECK_EQ(di.num_regions, 9);
	CHECK_EQ(di.num_irqs, 5);
	for (uint32_t i = 0; i < 9; i++) {
		ri.index = i;
		CHECK_EQ(client_call(&c, 5, &ri, sizeof(ri), -1, &ri, sizeof(ri)), 32);
		CHECK_EQ(ri.size, size[i]);
		CHECK_EQ(ri.flags, size[i] ? 3 : 0);
	}
	for (uint32_t i = 0; i < 5; i++) {
		ii.index = i;
		CHECK_EQ(client_call(&c, 7, &ii, sizeof(ii), -1, &ii, sizeof(ii)), 16);
		CHECK_EQ(ii.count, i == 0);
	}
	CHECK_EQ(client_rd(&c, 7, 0, 4), 0x002013a3);
	client_stop(&c);
}

static void test_version(void)
{
	struct client c;
	char v[198];

	client_start(&c, NULL);
	client_connect(&c);
	CHECK_EQ(client_call(&c, 4, v, 16, -1, v, sizeof(v)), -EINVAL);	/* too early */
	CHECK_EQ(client_call(&c, 1, "\0\0", 2, -1, v, sizeof(v)), -EINVAL);
	CHECK_EQ(client_call(&c, 1, "\1\0\0\0{}", 7, -1, v, sizeof(v)), -EINVAL);
	CHECK_EQ(client_call(&c, 1, "\0\0\0\0{}", 6, -1, v, sizeof(v)), -EINVAL);
	CHECK(client_call(&c, 1, "\0\0\0\0{}", 7, -1, v, sizeof(v)) > 0);
	CHECK_EQ(client_call(&c, 1, "\0\0\0\0{}", 7, -1, v, sizeof(v)), -EINVAL);
	client_stop(&c);
}

static void test_short_bodies(void)
{
	static const uint16_t commands[] = { 2, 3, 4, 5, 7, 8, 9, 10 };
	static const size_t need[] = { 32, 24, 16, 32, 16, 20, 16, 16 };
	struct client c;
	uint8_t zero[32] = { 0 };

	client_start(&c, NULL);
	client_hello(&c);
	for (int i = 0; i < 8; i++)
		for (size_t len = 0; len < need[i]; len += 4)
			CHECK_EQ(client_call(&c, commands[i], zero, len, -1, NULL, 0),
				 -EINVAL);
	CHECK_EQ(client_rd(&c, 1, 0x48, 4), 7);
	client_stop(&c);
}

static void test_unknown_commands(void)
{
	static const uint16_t commands[] = { 0, 6, 11, 12, 14, 15, 16, 99, 65535 };
	struct client c;

	client_start(&c, NULL);
	client_hello(&c);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		CHECK_EQ(client_call(&c, commands[i], "xxxx", 4, -1, NULL, 0), -ENOSYS);
		/* No reply is wanted: the next one must be the next call's. */
		client_send(&c, commands[i], 0x10, "xxxx", 4, -1);
		CHECK_EQ(client_rd(&c, 1, 0x48, 4), 7);
		/* A reply nobody asked for is ignored. */
		client_send(&c, commands[i], 0x01, "xxxx", 4, -1);
		CHECK_EQ(client_rd(&c, 1, 0x48, 4), 7);
	}
	client_stop(&c);
}

/* Sizes no message can have: the framing is lost, so the connection ends. */
static void test_bad_sizes(void)
{
	static const uint32_t sizes[] = { 0, 1, 15, 0x100000 + 81, 0x7fffffff, 0xffffffff };
	struct client c;

	client_start(&c, NULL);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct vfu_header h = { 1, 9, sizes[i], 0, 0 };

		client_hello(&c);
		client_send_raw(&c, &h, sizeof(h));
		if (!client_closed(&c))
			FAIL("size 0x%x did not end the connection", sizes[i]);
	}
	client_hello(&c);
	CHECK_EQ(client_rd(&c, 1, 0x48, 4), 7);
	client_stop(&c);
}

static void test_truncated(void)
{
	struct vfu_header h = { 1, 9, 40, 0, 0 };
	struct client c;

	client_start(&c, NULL);
	for (size_t n = 1; n < 16 + 24; n += 5) {
		uint8_t msg[40] = { 0 };

		memcpy(msg, &h, sizeof(h));
		client_hello(&c);
		client_send_raw(&c, msg, n);
	}
	client_hello(&c);
	CHECK_EQ(client_rd(&c, 1, 0x48, 4), 7);
	client_stop(&c);
}

static void test_byte_by_byte(void)
{
	struct vfu_region_access ra = { 0x48, 1, 4 };
	uint8_t msg[32], reply[20];
	struct client c;

	client_start(&c, NULL);
	client_hello(&c);
	memcpy(msg, &(struct vfu_header){ ++c.id, 9, 32, 0, 0 }, 16);
	memcpy(msg + 16, &ra, 16);
	for (int i = 0; i < 32; i++) {
		client_send_raw(&c, msg + i, 1);
		usleep(200);
	}
	CHECK_EQ(client_reply(&c, reply, sizeof(reply)), 20);
	CHECK_EQ(reply[16], 7);
	client_stop(&c);
}

struct access {
	uint64_t off;
	uint32_t region, count;
};

static void test_bad_accesses(void)
{
	static const struct access bad[] = {
		{ 0x1000, 0, 4 }, { 0xffc, 0, 8 }, { 0x2000, 1, 4 }, { 0x8000, 2, 1 },
		{ 0, 0, 0 }, { 0, 0, 9 }, { 0, 1, 0xffffffff }, { 0, 3, 4 }, { 0, 6, 4 },
		{ 0, 8, 4 }, { 0, 99, 4 }, { 256, 7, 1 }, { 255, 7, 2 }, { 0, 7, 257 },
		{ 0xffffffffffffffff, 0, 4 }, { 0xfffffffffffffffc, 7, 8 },
		{ 0x100000000, 0, 4 },
	};
	uint8_t msg[24];
	struct client c;

	client_start(&c, NULL);
	client_hello(&c);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct vfu_region_access ra = { bad[i].off, bad[i].region, bad[i].count };

		memset(msg, 0, sizeof(msg));
		memcpy(msg, &ra, sizeof(ra));
		CHECK_EQ(client_call(&c, 9, msg, 16, -1, NULL, 0), -EINVAL);
		CHECK_EQ(client_call(&c, 10, msg, 24, -1, NULL, 0), -EINVAL);
	}
	/* A write that lacks part of its data. */
	memcpy(msg, &(struct vfu_region_access){ 0x0c, 1, 8 }, 16);
	CHECK_EQ(client_call(&c, 10, msg, 20, -1, NULL, 0), -EINVAL);
	CHECK_EQ(client_rd(&c, 1, 0x0c, 4), 0);
	client_stop(&c);
}

static void test_posted_writes(void)
{
	struct { struct vfu_region_access ra; uint32_t val; } w = { { 0x0c, 1, 4 }, 0 };
	struct client c;

	client_start(&c, NULL);
	client_hello(&c);
	for (w.val = 1; w.val <= 500; w.val++)
		client_send(&c, 10, 0x10, &w, 20, -1);
	CHECK_EQ(client_rd(&c, 1, 0x0c, 4), 500);
	client_stop(&c);
}

static void test_bad_set_irqs(void)
{
	static const uint32_t flags[] = { 0, 0x20, 0x01, 0x27, 0x39, 0x0c, 0x41, 0x29, 0x22 };
	struct vfu_irq_set m = { 20, 0x24, 1, 0, 1 };
	struct client c;

	client_start(&c, NULL);
	client_hello(&c);
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		CHECK_EQ(client_irq(&c, flags[i], 1, -1), -EINVAL);
	CHECK_EQ(client_irq(&c, 0x24, 2, c.irq), -EINVAL);
	CHECK_EQ(client_irq(&c, 0x11, 0xffffffff, -1), -EINVAL);
	CHECK_EQ(client_irq(&c, 0x09, 0, -1), -EINVAL);
	CHECK_EQ(client_call(&c, 8, &m, 20, c.irq, NULL, 0), -EINVAL);	/* MSI */
	m.index = 9;
	m.count = 0;
	CHECK_EQ(client_call(&c, 8, &m, 20, -1, NULL, 0), -EINVAL);
	CHECK_EQ(client_irq(&c, 0x21, 1, -1), 0);	/* loopback trigger */
	CHECK_EQ(client_events(&c, 1000), 1);
	client_stop(&c);
}

static void test_dma_maps(void)
{
	int memfd = dup(0), pipefd[2];
	struct client c;
	struct vfu_dma_unmap_msg all = { 24, 2, 0, 0 };

	client_start(&c, NULL);
	client_hello(&c);
	CHECK_EQ(client_map(&c, 0x200800, 0x1000, 0, c.memfd), -EINVAL);
	CHECK_EQ(client_map(&c, 0x200000, 0x800, 0, c.memfd), -EINVAL);
	CHECK_EQ(client_map(&c, 0x200000, 0, 0, c.memfd), -EINVAL);
	CHECK_EQ(client_map(&c, 0xfffffffffffff000, 0x2000, 0, c.memfd), -EINVAL);
	CHECK_EQ(client_map(&c, 0x200000, 0x1000, 0x800, c.memfd), -EINVAL);
	CHECK_EQ(client_map(&c, 0x200000, 0x101000, 0, c.memfd), -EINVAL);
	CHECK_EQ(client_map(&c, 0x200000, 0x1000, 0x100000, c.memfd), -EINVAL);
	CHECK_EQ(client_map(&c, 0x200000, 0x1000, 0xfffffffffffff000, c.memfd), -EINVAL);
	CHECK_EQ(client_map(&c, 0, 0x1000, 0, c.memfd), -EEXIST);
	CHECK_EQ(client_map(&c, 0xff000, 0x2000, 0, c.memfd), -EEXIST);
	CHECK_EQ(pipe(pipefd), 0);
	CHECK_EQ(client_map(&c, 0x200000, 0x1000, 0, pipefd[0]), -EINVAL);
	CHECK_EQ(client_map(&c, 0x200000, 0x1000, 0, -1), 0);	/* ROM: no file */
	CHECK_EQ(client_map(&c, 0x100000000, 0x1000, 0, c.memfd), 0);
	CHECK_EQ(client_unmap(&c, 0x300000, 0x1000), -ENOENT);
	CHECK_EQ(client_unmap(&c, 0, 0), -EINVAL);
	CHECK_EQ(client_unmap(&c, 0xfffffffffffff000, 0x2000), -EINVAL);
	CHECK_EQ(client_unmap(&c, 0x1000, 0x1000), -EINVAL);	/* inside one */
	CHECK_EQ(client_unmap(&c, 0, 0x201000), 24);		/* two at once */
	CHECK_EQ(client_unmap(&c, 0, 0x1000), -ENOENT);
	CHECK_EQ(client_call(&c, 3, &all, 24, -1, &all, 24), 24);
	CHECK_EQ(client_unmap(&c, 0x100000000, 0x1000), -ENOENT);
	CHECK_EQ(client_map(&c, 0, GUEST_BYTES, 0, c.memfd), 0);
	close(pipefd[0]);
	close(pipefd[1]);
	close(memfd);
	client_stop(&c);
}

/* Stopped with a request in its queue: the client gets an answer, then the end. */
static void test_stop_with_request(void)
{
	struct vfu_region_access ra = { 0x40, 1, 4 };
	uint8_t reply[20];
	ssize_t last = 0;
	struct client c;

	client_start(&c, NULL);
	client_hello(&c);
	kill(c.pid, SIGSTOP);
	usleep(20000);
	for (int i = 0; i < 200; i++)
		client_send(&c, 9, 0, &ra, sizeof(ra), -1);
	kill(c.pid, SIGTERM);
	kill(c.pid, SIGCONT);
	c.id -= 200;
	for (int i = 0; i < 200; i++) {
		c.id++;
		last = client_reply(&c, reply, sizeof(reply));
	}
	CHECK_EQ(last, -ENODEV);
	CHECK_EQ(recv(c.sock, reply, 1, 0), 0);
	client_stop(&c);
}

/* A second client waits until the first one leaves. */
static void test_second_client(void)
{
	struct client c, d;
	char v[198];

	client_start(&c, NULL);
	client_hello(&c);
	d = c;
	d.sock = -1;
	client_connect(&d);
	client_send(&d, 1, 0, "\0\0\0\0{}", 7, -1);
	usleep(50000);
	CHECK_EQ(recv(d.sock, v, 1, MSG_DONTWAIT), -1);
	close(c.sock);
	c.sock = -1;
	CHECK(client_reply(&d, v, sizeof(v)) > 0);
	close(d.sock);
	client_stop(&c);
}

static unsigned int open_files(struct client *c)
{
	char cmd[80], out[16] = "";
	FILE *f;

	snprintf(cmd, sizeof(cmd), "ls /proc/%d/fd | wc -l", c->pid);
	f = popen(cmd, "r");
	if (!f || !fgets(out, sizeof(out), f))
		FAIL("cannot count the server's files");
	if (f)
		pclose(f);
	return atoi(out);
}

/* Descriptors on messages that do not want them, and on refused ones. */
static void test_no_descriptor_leak(void)
{
	struct client c;
	unsigned int before;
	char b[32] = { 0 };

	client_start(&c, NULL);
	client_hello(&c);
	before = open_files(&c);
	for (int i = 0; i < 50; i++) {
		client_call(&c, 99, b, 4, c.memfd, NULL, 0);
		client_call(&c, 4, b, 16, c.memfd, b, sizeof(b));
		client_map(&c, 0, 0x1000, 0, c.memfd);
		client_irq(&c, 0x24, 2, c.irq);
		client_irq(&c, 0x24, 1, c.irq);
	}
	CHECK(open_files(&c) <= before);	/* a control connection may have gone */
	client_send_split(&c, 8);	/* more descriptors than a message may have */
	CHECK_EQ(client_reply(&c, b, sizeof(b)), 16);
	CHECK(open_files(&c) <= before);
	client_stop(&c);
}

/* Requests without end, replies never read: the client is dropped. */
static void test_replies_not_taken(void)
{
	struct vfu_region_access ra = { 0, 7, 256 };
	struct timeval tv = { 5, 0 };
	uint8_t msg[32];
	struct client c;
	ssize_t n = 1;

	client_start(&c, NULL);
	client_hello(&c);
	setsockopt(c.sock, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	memcpy(msg, &(struct vfu_header){ 1, 9, 32, 0, 0 }, 16);
	memcpy(msg + 16, &ra, 16);
	for (int i = 0; i < 100000 && n > 0; i++)
		n = send(c.sock, msg, 32, MSG_NOSIGNAL);
	CHECK(n < 0 && errno == EPIPE);
	client_hello(&c);
	CHECK_EQ(client_rd(&c, 1, 0x48, 4), 7);
	client_stop(&c);
}

static const struct test tests[] = {
	{ "handshake", test_handshake },
	{ "version", test_version },
	{ "short-bodies", test_short_bodies },
	{ "unknown-commands", test_unknown_commands },
	{ "bad-sizes", test_bad_sizes },
	{ "truncated-message", test_truncated },
	{ "byte-by-byte", test_byte_by_byte },
	{ "bad-accesses", test_bad_accesses },
	{ "posted-writes", test_posted_writes },
	{ "bad-set-irqs", test_bad_set_irqs },
	{ "dma-maps", test_dma_maps },
	{ "stop-with-request", test_stop_with_request },
	{ "second-client", test_second_client },
	{ "no-descriptor-leak", test_no_descriptor_leak },
	{ "replies-not-taken", test_replies_not_taken },
};

RUN_TESTS("vcard.protocol")
