// SPDX-License-Identifier: BSD-2-Clause
/*
 * The server seen from its sockets: a raw client, right and wrong messages,
 * interrupts, memory maps, disconnects. The server is the sanitized binary and
 * must end with status 0 in every case.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"

#define UNLOCKED	((const char *const[]){ "--unlocked", NULL })

/* Where things lie in the guest. */
#define CRING	0x1000
#define SRING	0x2000
#define DRING	0x3000
#define RRING	0x4000
#define CMD	0x5000
#define SRC	0x6000
#define DST	0x7000
#define RES	0x8000

static void put32(struct client *c, uint32_t at, uint32_t val)
{
	memcpy(c->mem + at, &val, 4);
}

static uint32_t get32(struct client *c, uint32_t at)
{
	return __atomic_load_n((uint32_t *)(c->mem + at), __ATOMIC_ACQUIRE);
}

static void card_up(struct client *c)
{
	client_wr(c, 7, 4, 6, 2);
	client_wr(c, 0, 0x04, 2, 4);
	client_wr(c, 1, 0x0c, CRING, 4);
	client_wr(c, 1, 0x1c, SRING, 4);
	client_wr(c, 1, 0x3c, DRING, 4);
	client_wr(c, 1, 0x2c, RRING, 4);
	client_wr(c, 1, 0x40, 0x7e7e7c7f, 4);
	client_wr(c, 1, 0x44, 0x22322021, 4);
	client_wr(c, 0, 0x0c, 0x344, 4);
	client_wr(c, 1, 0x48, 0x10017, 4);
	client_wr(c, 1, 0x40, 0x80808080, 4);
}

/* 4.8's command in slot `slot` of the rings; no register is touched. */
static void post(struct client *c, int slot)
{
	unhex("00080000100010000b18000010000000"
	      "2b7e151628aed2a6abf7158809cf4f3c000102030405060708090a0b0c0d0e0f",
	      c->mem + CMD);
	unhex("6bc1bee22e409f96e93d7e117393172a", c->mem + SRC);
	memset(c->mem + DST, 0x77, 32);
	put32(c, DRING + 8 * slot + 4, DST);
	put32(c, DRING + 8 * slot, 0xa2000010);
	put32(c, RRING + 8 * slot + 4, RES);
	put32(c, RRING + 8 * slot, 0xa0000028);
	put32(c, SRING + 8 * slot + 4, SRC);
	put32(c, SRING + 8 * slot, 0xa2000010);
	put32(c, CRING + 8 * slot + 4, CMD);
	put32(c, CRING + 8 * slot, 0xa2000030);
}

static bool completed(struct client *c, int slot, int ms)
{
	for (int i = 0; i < ms * 10; i++) {
		if (!(get32(c, RRING + 8 * slot) & 0x80000000))
			return true;
		usleep(100);
	}
	return false;
}

static void check_ciphertext(struct client *c)
{
	uint8_t want[16];

	unhex("7649abac8119b246cee98e9b12e9197d", want);
	CHECK_MEM(c->mem + DST, want, 16);
}

static void run_one(struct client *c, int slot)
{
	post(c, slot);
	CHECK(completed(c, slot, 5000));
	check_ciphertext(c);
}

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

static void test_end_to_end(void)
{
	struct client c;

	client_start(&c, UNLOCKED);
	client_hello(&c);
	card_up(&c);
	for (int slot = 0; slot < 20; slot++) {
		run_one(&c, slot);
		CHECK_EQ(client_events(&c, 5000), 1);
		client_wr(&c, 1, 0x40, 0x3e3e3c3f, 4);
		CHECK_EQ(client_irq(&c, 0x11, 1, -1), 0);
	}
	CHECK_EQ(client_events(&c, 20), 0);
	client_stop(&c);
}

/* More than one step's work: registers answer in between. */
static void test_long_command(void)
{
	struct client c;

	client_start(&c, UNLOCKED);
	client_hello(&c);
	card_up(&c);
	client_wr(&c, 1, 0x40, 0x40404040, 4);
	unhex("00080000f8fff8ff010800" "00f8ff0000", c.mem + CMD);	/* 3DES-ECB */
	for (int slot = 0; slot < 64; slot++) {
		put32(&c, SRING + 8 * slot + 4, 0x20000);
		put32(&c, SRING + 8 * slot, 0xa200fff8);
		put32(&c, DRING + 8 * slot + 4, 0x40000);
		put32(&c, DRING + 8 * slot, 0xa200fff8);
		put32(&c, RRING + 8 * slot + 4, RES);
		put32(&c, RRING + 8 * slot, 0xa0000028);
		put32(&c, CRING + 8 * slot + 4, CMD);
		put32(&c, CRING + 8 * slot, 0xa2000028);
	}
	client_wr(&c, 1, 0x40, 0x80808080, 4);
	CHECK(get32(&c, RRING + 8 * 63) & 0x80000000);	/* answered before the end */
	CHECK(completed(&c, 63, 10000));
	client_stop(&c);
}

/* Fire, re-fire, retract, mask, disable: vfu_irq.c's rules. */
static void test_interrupts(void)
{
	struct client c;

	client_start(&c, UNLOCKED);
	client_hello(&c);
	card_up(&c);
	run_one(&c, 0);
	CHECK_EQ(client_events(&c, 5000), 1);
	CHECK_EQ(client_events(&c, 20), 0);		/* once per unmask */
	client_irq(&c, 0x11, 1, -1);
	CHECK_EQ(client_events(&c, 5000), 1);		/* level still up */
	client_irq(&c, 0x11, 1, -1);
	client_wr(&c, 1, 0x40, 0x3e3e3c3f, 4);		/* level falls: taken back */
	CHECK_EQ(client_events(&c, 20), 0);
	/* The taken-back event left no mark: the next rise fires. */
	run_one(&c, 1);
	CHECK_EQ(client_events(&c, 5000), 1);
	/* Seen but not unmasked: the next rise waits for the unmask. */
	client_wr(&c, 1, 0x40, 0x3e3e3c3f, 4);
	run_one(&c, 2);
	CHECK_EQ(client_events(&c, 20), 0);
	client_irq(&c, 0x11, 1, -1);
	CHECK_EQ(client_events(&c, 5000), 1);
	client_stop(&c);
}

static void test_interrupt_masks(void)
{
	int pipefd[2];
	struct client c;

	client_start(&c, UNLOCKED);
	client_hello(&c);
	card_up(&c);
	client_wr(&c, 7, 4, 0x406, 2);		/* INTx disable */
	run_one(&c, 0);
	CHECK_EQ(client_events(&c, 20), 0);
	client_wr(&c, 7, 4, 0x006, 2);
	CHECK_EQ(client_events(&c, 5000), 1);
	CHECK_EQ(client_irq(&c, 0x09, 1, -1), 0);	/* mask */
	client_wr(&c, 1, 0x40, 0x3e3e3c3f, 4);
	run_one(&c, 1);
	CHECK_EQ(client_events(&c, 20), 0);
	CHECK_EQ(client_irq(&c, 0x11, 1, -1), 0);
	CHECK_EQ(client_events(&c, 5000), 1);
	CHECK_EQ(client_irq(&c, 0x21, 0, -1), 0);	/* disarm */
	client_irq(&c, 0x11, 1, -1);
	CHECK_EQ(client_events(&c, 20), 0);
	CHECK_EQ(client_irq(&c, 0x24, 1, c.irq), 0);	/* arm with the level up */
	CHECK_EQ(client_events(&c, 5000), 1);
	/* A full pipe as eventfd must not stop the server. */
	CHECK_EQ(pipe(pipefd), 0);
	CHECK_EQ(client_irq(&c, 0x24, 1, pipefd[1]), 0);
	for (int i = 0; i < 20000; i++)
		if (client_irq(&c, 0x11, 1, -1))
			break;
	run_one(&c, 2);
	close(pipefd[0]);
	close(pipefd[1]);
	client_stop(&c);
}

static void test_unmask_eventfd(void)
{
	int unmask = eventfd(0, EFD_NONBLOCK);
	uint64_t one = 1;
	struct client c;

	client_start(&c, UNLOCKED);
	client_hello(&c);
	CHECK_EQ(client_irq(&c, 0x14, 1, unmask), 0);
	card_up(&c);
	run_one(&c, 0);
	CHECK_EQ(client_events(&c, 5000), 1);
	CHECK_EQ(write(unmask, &one, 8), 8);
	CHECK_EQ(client_events(&c, 5000), 1);
	close(unmask);
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

/* Maps in pieces: a buffer may lie across two of them. */
static void test_split_maps(void)
{
	struct client c;

	client_start(&c, UNLOCKED);
	client_hello(&c);
	CHECK_EQ(client_unmap(&c, 0, GUEST_BYTES), 24);
	for (uint32_t at = 0; at < 0x20000; at += 0x1000)
		CHECK_EQ(client_map(&c, at, 0x1000, at, c.memfd), 0);
	card_up(&c);
	post(&c, 0);
	memcpy(c.mem + 0x9ff8, c.mem + SRC, 16);
	memcpy(c.mem + 0xafe0, c.mem + CMD, 48);
	put32(&c, SRING + 4, 0x9ff8);
	put32(&c, DRING + 4, 0xbffc);
	put32(&c, RRING + 4, 0xcffc);
	/* The first fetch may have seen the old command pointer: use the next slot. */
	CHECK(completed(&c, 0, 5000));
	post(&c, 1);
	CHECK(completed(&c, 1, 5000));
	client_wr(&c, 1, 0x40, 0x40404040, 4);
	put32(&c, SRING + 8 * 2 + 4, 0x9ff8);
	put32(&c, DRING + 8 * 2 + 4, 0xbffc);
	put32(&c, RRING + 8 * 2 + 4, 0xcffc);
	put32(&c, CRING + 8 * 2 + 4, 0xafe0);
	put32(&c, SRING + 8 * 2, 0xa2000010);
	put32(&c, DRING + 8 * 2, 0xa2000010);
	put32(&c, RRING + 8 * 2, 0xa0000028);
	put32(&c, CRING + 8 * 2, 0xa2000030);
	client_wr(&c, 1, 0x40, 0x80808080, 4);
	CHECK(completed(&c, 2, 5000));
	CHECK_MEM(c.mem + 0xbffc, "\x76\x49\xab\xac\x81\x19\xb2\x46\xce\xe9\x8e\x9b\x12\xe9\x19\x7d",
		  16);
	client_stop(&c);
}

/* Memory goes away under a command in flight: abort, and the server lives. */
static void test_unmap_in_use(void)
{
	struct client c;
	char reply[64];

	client_start(&c, UNLOCKED);
	client_hello(&c);
	card_up(&c);
	client_control(&c, "fault slow:100000", reply, sizeof(reply));
	CHECK(!strcmp(reply, "ok"));
	post(&c, 0);
	usleep(20000);
	CHECK_EQ(client_unmap(&c, 0, GUEST_BYTES), 24);
	CHECK_EQ(client_events(&c, 5000), 1);
	CHECK(client_rd(&c, 1, 0x40, 4) & 0x20202020);
	client_control(&c, "faults clear", reply, sizeof(reply));
	CHECK_EQ(client_call(&c, 13, NULL, 0, -1, NULL, 0), 0);
	CHECK_EQ(client_map(&c, 0, GUEST_BYTES, 0, c.memfd), 0);
	memset(c.mem, 0, GUEST_BYTES);
	card_up(&c);
	run_one(&c, 0);
	client_stop(&c);
}

/* The file shrinks under its map. */
static void test_truncated_memory(void)
{
	struct client c;
	char reply[16];

	client_start(&c, UNLOCKED);
	client_hello(&c);
	card_up(&c);
	CHECK_EQ(ftruncate(c.memfd, 0), 0);
	usleep(20000);
	client_wr(&c, 1, 0x40, 0x80808080, 4);
	client_rd(&c, 1, 0x40, 4);
	client_control(&c, "ping", reply, sizeof(reply));
	CHECK(!strcmp(reply, "ok"));
	client_stop(&c);
}

static void test_reconnect(void)
{
	struct client c;
	char json[8192];

	client_start(&c, UNLOCKED);
	for (int i = 0; i < 5; i++) {
		client_hello(&c);
		CHECK_EQ(client_rd(&c, 1, 0x44, 4), 0);		/* reset by the disconnect */
		memset(c.mem, 0, GUEST_BYTES);
		client_events(&c, 0);
		card_up(&c);
		run_one(&c, 0);
		post(&c, 1);		/* and leave while it works */
	}
	client_control(&c, "counters", json, sizeof(json));
	CHECK(strstr(json, "\"aes-cbc\":"));
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

static void test_control_flood(void)
{
	struct client c;
	char longline[600], reply[16];
	int fd[8];

	client_start(&c, NULL);
	memset(longline, 'x', sizeof(longline));
	for (int i = 0; i < 8; i++)
		fd[i] = client_control_open(&c);
	usleep(20000);
	for (int i = 0; i < 8; i++)
		send(fd[i], longline, sizeof(longline), MSG_NOSIGNAL);
	for (int i = 0; i < 8; i++) {	/* all dropped: four too many, four too long */
		struct pollfd p = { .fd = fd[i], .events = POLLIN };

		CHECK(poll(&p, 1, 5000) == 1 && recv(fd[i], reply, 1, 0) <= 0);
		close(fd[i]);
	}
	client_control(&c, "ping", reply, sizeof(reply));
	CHECK(!strcmp(reply, "ok"));
	client_stop(&c);
}

/* Replies that nobody reads do not hold the server for long. */
static void test_control_not_read(void)
{
	struct client c;
	char reply[16];
	int fd;

	client_start(&c, NULL);
	fd = client_control_open(&c);
	for (int i = 0; i < 2000; i++)
		if (send(fd, "counters\n", 9, MSG_NOSIGNAL) < 0)
			break;
	client_control(&c, "ping", reply, sizeof(reply));
	CHECK(!strcmp(reply, "ok"));
	close(fd);
	client_stop(&c);
}

static void test_control(void)
{
	struct client c;
	char reply[8192];

	client_start(&c, NULL);
	client_control(&c, "ping", reply, sizeof(reply));
	CHECK(!strcmp(reply, "ok"));
	client_control(&c, "counters", reply, sizeof(reply));
	CHECK(reply[0] == '{' && reply[strlen(reply) - 1] == '}');
	client_control(&c, "fault stuck:1", reply, sizeof(reply));
	CHECK(!strcmp(reply, "ok"));
	client_control(&c, "fault stuck:x", reply, sizeof(reply));
	CHECK(!strncmp(reply, "error ", 6));
	client_control(&c, "fault ", reply, sizeof(reply));
	CHECK(!strncmp(reply, "error ", 6));
	client_control(&c, "faults clear\r", reply, sizeof(reply));
	CHECK(!strcmp(reply, "ok"));
	client_control(&c, "reset-counters", reply, sizeof(reply));
	CHECK(!strcmp(reply, "ok"));
	client_control(&c, "bogus", reply, sizeof(reply));
	CHECK(!strncmp(reply, "error unknown", 13));
	client_stop(&c);
}

static void test_quit_and_counters_file(void)
{
	struct client c;
	char reply[16], text[64] = "";
	int status = -1;
	FILE *f;

	client_start(&c, NULL);
	client_control(&c, "quit", reply, sizeof(reply));
	CHECK(!strcmp(reply, "ok"));
	CHECK_EQ(waitpid(c.pid, &status, 0), c.pid);
	CHECK_EQ(status, 0);
	f = fopen(c.counters, "r");
	CHECK(f && fgets(text, sizeof(text), f));
	CHECK(!strncmp(text, "{\"mmio\":{", 9));
	if (f)
		fclose(f);
	CHECK(access(c.socket, F_OK) && access(c.control, F_OK));
	unlink(c.counters);
	unlink(c.log);
	rmdir(c.dir);
	close(c.irq);
	close(c.memfd);
}

static double cpu_seconds(struct client *c)
{
	unsigned long user = 0, sys = 0;
	char path[40];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", c->pid);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
			 &user, &sys) != 2)
		FAIL("cannot read %s", path);
	if (f)
		fclose(f);
	return (double)(user + sys) / sysconf(_SC_CLK_TCK);
}

/* Engines off: no polling, no CPU time. */
static void test_idle_cpu(void)
{
	struct client c;
	double before;

	client_start(&c, UNLOCKED);
	client_hello(&c);
	card_up(&c);
	run_one(&c, 0);
	client_wr(&c, 1, 0x40, 0x40404040, 4);
	before = cpu_seconds(&c);
	usleep(500000);
	CHECK(cpu_seconds(&c) - before < 0.03);
	client_stop(&c);
}

struct cli {
	const char *args;
	int status;
	const char *says;
};

static void check_command(const char *cmd, int want, const char *says)
{
	FILE *f = popen(cmd, "r");
	char out[4096];
	size_t n = fread(out, 1, sizeof(out) - 1, f);
	int status = pclose(f);

	out[n] = 0;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != want || !strstr(out, says))
		FAIL("'%s': status 0x%x, said: %s", cmd, status, out);
}

static void test_command_line(void)
{
	static const struct cli cases[] = {
		{ "", 2, "--socket PATH is missing" },
		{ "--socket", 2, "requires an argument" },
		{ "--bogus", 2, "unrecognized option" },
		{ "--socket /tmp/x --device 7951", 2, "neither 7955 nor 7956" },
		{ "--socket /tmp/x --seed ten", 2, "not a number" },
		{ "--socket /tmp/x extra", 2, "unexpected argument 'extra'" },
		{ "--socket /tmp/vc-t --fault foo", 1, "unknown fault" },
		{ "--socket /nonexistent/dir/x", 1, "cannot listen on" },
		{ "--socket /etc/passwd", 1, "is no socket" },
		{ "--socket /tmp/vc-t --trace /nonexistent/t", 1, "cannot write the trace" },
		{ "--socket /tmp/vc-t --log /nonexistent/l", 1, "cannot write the log" },
		{ "--socket /tmp/vc-t --control /nonexistent/c", 1, "cannot listen on" },
		{ "--socket /tmp/0123456789012345678901234567890123456789012345678901234567890"
		  "12345678901234567890123456789012345678901234567890123456789", 1,
		  "socket path has" },
		{ "--socket /tmp/x --fault a --fault a --fault a --fault a --fault a --fault a "
		  "--fault a --fault a --fault a --fault a --fault a --fault a --fault a "
		  "--fault a --fault a --fault a --fault a", 2, "more than 16" },
		{ "--help", 0, "--strict-unlock" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char cmd[700];

		snprintf(cmd, sizeof(cmd), "timeout 10 %s %s 2>&1", getenv("VCARD"),
			 cases[i].args);
		check_command(cmd, cases[i].status, cases[i].says);
	}
	unlink("/tmp/vc-t");
}

/* Files that cannot be written at the end; a libcrypto without AES. */
static void test_start_and_end_failures(void)
{
	static const struct cli cases[] = {
		{ "--counters /nonexistent/c", 1, "cannot write the counters" },
		{ "--counters /dev/full", 1, "cannot write the counters" },
		{ "--device 7956 --seed 0x10 --strict-unlock --locked", 0, "stopping" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char cmd[500];

		snprintf(cmd, sizeof(cmd), "timeout --preserve-status -s INT 1 %s --socket /tmp/vc-t %s 2>&1",
			 getenv("VCARD"), cases[i].args);
		check_command(cmd, cases[i].status, cases[i].says);
	}
	check_command("d=$(mktemp -d); cd $d; printf 'openssl_conf = o\n[o]\nalg_section = a\n"
		      "[a]\ndefault_properties = no=such\n' >cnf; OPENSSL_CONF=$d/cnf "
		      "timeout 10 $VCARD --socket $d/s 2>&1; s=$?; rm -r $d; exit $s", 1,
		      "libcrypto lacks an algorithm");
}

static void test_trace_incomplete(void)
{
	struct client c;
	char cmd[200];

	client_start(&c, (const char *const[]){ "--trace", "/dev/full", NULL });
	client_hello(&c);
	for (int i = 0; i < 1000; i++)
		client_rd(&c, 1, 0x40, 4);
	CHECK_EQ(client_end(&c), 0x100);
	snprintf(cmd, sizeof(cmd), "cat %s", c.log);
	check_command(cmd, 0, "is incomplete");
	client_clean(&c);
}

static void test_socket_in_use(void)
{
	struct client c;
	char cmd[300], out[400] = "";
	FILE *f;

	client_start(&c, NULL);
	snprintf(cmd, sizeof(cmd), "timeout 10 %s --socket %s 2>&1", getenv("VCARD"),
		 c.socket);
	f = popen(cmd, "r");
	CHECK(fgets(out, sizeof(out), f) && strstr(out, "is in use"));
	CHECK(WEXITSTATUS(pclose(f)) == 1);
	client_hello(&c);		/* the first one did not notice */
	client_stop(&c);
}

/* What a killed server leaves behind does not stop the next one. */
static void test_leftover_socket(void)
{
	struct client c;
	char cmd[300], out[400] = "";
	FILE *f;

	client_start(&c, NULL);
	kill(c.pid, SIGKILL);
	waitpid(c.pid, NULL, 0);
	CHECK(!access(c.socket, F_OK));
	snprintf(cmd, sizeof(cmd), "timeout 1 %s --socket %s 2>&1", getenv("VCARD"), c.socket);
	f = popen(cmd, "r");
	CHECK(fgets(out, sizeof(out), f) && strstr(out, "listening on"));
	pclose(f);
	unlink(c.control);
	unlink(c.log);
	rmdir(c.dir);
	close(c.irq);
	close(c.memfd);
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
	{ "end-to-end", test_end_to_end },
	{ "long-command", test_long_command },
	{ "interrupts", test_interrupts },
	{ "interrupt-masks", test_interrupt_masks },
	{ "unmask-eventfd", test_unmask_eventfd },
	{ "bad-set-irqs", test_bad_set_irqs },
	{ "dma-maps", test_dma_maps },
	{ "split-maps", test_split_maps },
	{ "unmap-in-use", test_unmap_in_use },
	{ "truncated-memory", test_truncated_memory },
	{ "reconnect", test_reconnect },
	{ "stop-with-request", test_stop_with_request },
	{ "second-client", test_second_client },
	{ "no-descriptor-leak", test_no_descriptor_leak },
	{ "replies-not-taken", test_replies_not_taken },
	{ "control-socket", test_control },
	{ "control-flood", test_control_flood },
	{ "control-not-read", test_control_not_read },
	{ "quit-writes-counters", test_quit_and_counters_file },
	{ "idle-cpu", test_idle_cpu },
	{ "command-line", test_command_line },
	{ "start-and-end-failures", test_start_and_end_failures },
	{ "trace-incomplete", test_trace_incomplete },
	{ "socket-in-use", test_socket_in_use },
	{ "leftover-socket", test_leftover_socket },
};

RUN_TESTS("protocol")
