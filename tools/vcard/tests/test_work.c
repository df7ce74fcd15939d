// SPDX-License-Identifier: BSD-2-Clause
/*
 * The card at work behind its socket: commands in the client's memory, its
 * interrupts, memory that comes and goes, reconnects.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <time.h>
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

/* A number of the counters: the first `key` behind `section`. */
static uint64_t counter(struct client *c, const char *section, const char *key)
{
	char json[8192], *p;

	client_control(c, "counters", json, sizeof(json));
	p = strstr(json, section);
	p = p ? strstr(p, key) : NULL;
	CHECK(p);
	return p ? strtoull(p + strlen(key), NULL, 10) : 0;
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/*
 * 32 AES-ECB commands of 64 KiB less 8 bytes at 33 MHz, 1.7 ms each, queued at once. The
 * last one is never there before its time, and its time does not depend on how late the
 * server was: it is stopped for 30 ms on the way.
 */
static void test_real_time(void)
{
	const uint64_t one = 30ull * (130 + 1023 * 31 + 15 + 14 + 1023 * 24 + 8 + 14);
	uint64_t from, latency;
	struct client c;

	client_start(&c, (const char *const[]){ "--unlocked", "--clock", "pci33", NULL });
	client_hello(&c);
	card_up(&c);
	client_wr(&c, 1, 0x40, 0x40404040, 4);
	unhex("00080000f8fff8ff03080000f8ff00002b7e151628aed2a6abf7158809cf4f3c", c.mem + CMD);
	for (int slot = 0; slot < 32; slot++) {
		put32(&c, SRING + 8 * slot + 4, 0x20000);
		put32(&c, SRING + 8 * slot, 0xa200fff8);
		put32(&c, DRING + 8 * slot + 4, 0x40000);
		put32(&c, DRING + 8 * slot, 0xa200fff8);
		put32(&c, RRING + 8 * slot + 4, RES);
		put32(&c, RRING + 8 * slot, 0xa0000028);
		put32(&c, CRING + 8 * slot + 4, CMD);
		put32(&c, CRING + 8 * slot, 0xa2000020);
	}
	from = now_ns();
	client_wr(&c, 1, 0x40, 0x80808080, 4);
	CHECK(completed(&c, 4, 10000));
	kill(c.pid, SIGSTOP);
	usleep(30000);
	kill(c.pid, SIGCONT);
	CHECK(completed(&c, 31, 10000));
	CHECK(now_ns() - from >= 32 * one);
	latency = counter(&c, "\"latency\"", "\"max_ns\":");
	if (latency < 32 * one || latency > 32 * one + 20000)
		FAIL("the last one's latency is %llu ns, 32 times %llu expected",
		     (unsigned long long)latency, (unsigned long long)one);
	CHECK(counter(&c, "\"clock\"", "\"late_max_ns\":") > 20000000);
	CHECK_EQ(counter(&c, "\"latency\"", "\"count\":"), 32);
	client_stop(&c);
}

/* Fire, re-fire, retract, mask, disable: irq.c's rules. */
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

static size_t lines_with(const char *path, const char *text)
{
	char line[300];
	size_t n = 0;
	FILE *f = fopen(path, "r");

	while (f && fgets(line, sizeof(line), f))
		n += strstr(line, text) != NULL;
	if (f)
		fclose(f);
	return n;
}

/* A pipe nobody writes to is always ready: it must not keep the server busy. */
static void test_unmask_no_eventfd(void)
{
	struct client c;
	int pipefd[2];

	client_start(&c, UNLOCKED);
	client_hello(&c);
	CHECK_EQ(pipe(pipefd), 0);
	CHECK_EQ(client_irq(&c, 0x14, 1, pipefd[0]), 0);
	close(pipefd[0]);
	close(pipefd[1]);
	for (int i = 0; i < 100; i++)
		CHECK_EQ(client_rd(&c, 7, 0, 4), 0x002013a3);
	CHECK_EQ(lines_with(c.log, "unmask file is no eventfd: closed"), 1);
	card_up(&c);
	run_one(&c, 0);
	CHECK_EQ(client_events(&c, 5000), 1);
	client_irq(&c, 0x11, 1, -1);
	CHECK_EQ(client_events(&c, 5000), 1);
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

/*
 * A guest on huge pages: QEMU cuts its memory at 640 KiB, around ROMs, and wherever the
 * firmware changes something, so that maps begin and end anywhere in a page.
 */
static void map_huge(struct client *c, int fd)
{
	CHECK_EQ(client_unmap(c, 0, GUEST_BYTES), 24);
	CHECK_EQ(client_map(c, 0, 0x3000, 0, fd), 0);
	CHECK_EQ(client_map(c, 0x3000, 0x1000, 0x3000, fd), 0);
	CHECK_EQ(client_map(c, 0x4000, 0x9c000, 0x4000, fd), 0);
	CHECK_EQ(client_map(c, 0xc0000, 0x40000, 0xc0000, fd), 0);
	CHECK_EQ(client_unmap(c, 0x3000, 0x1000), 24);
	CHECK_EQ(client_map(c, 0x3000, 0x1000, 0x3000, fd), 0);
}

static void test_huge_pages(void)
{
	const size_t bytes = 2 << 20;
	int fd = memfd_create("huge", MFD_CLOEXEC | MFD_HUGETLB);
	uint8_t *huge = MAP_FAILED, *own;
	struct client c;

	if (fd >= 0 && !ftruncate(fd, bytes) && !fallocate(fd, 0, 0, bytes))
		huge = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (huge == MAP_FAILED) {
		harness_skip("no free huge page here: sysctl vm.nr_hugepages=8");
		close(fd);
		return;
	}
	client_start(&c, UNLOCKED);
	client_hello(&c);
	map_huge(&c, fd);
	own = c.mem;
	c.mem = huge;
	card_up(&c);
	for (int slot = 0; slot < 4; slot++)
		run_one(&c, slot);
	c.mem = own;
	client_stop(&c);
	munmap(huge, bytes);
	close(fd);
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

static const struct test tests[] = {
	{ "end-to-end", test_end_to_end },
	{ "long-command", test_long_command },
	{ "real-time", test_real_time },
	{ "interrupts", test_interrupts },
	{ "interrupt-masks", test_interrupt_masks },
	{ "unmask-eventfd", test_unmask_eventfd },
	{ "unmask-no-eventfd", test_unmask_no_eventfd },
	{ "split-maps", test_split_maps },
	{ "huge-pages", test_huge_pages },
	{ "unmap-in-use", test_unmap_in_use },
	{ "truncated-memory", test_truncated_memory },
	{ "reconnect", test_reconnect },
	{ "idle-cpu", test_idle_cpu },
};

RUN_TESTS("vcard.work")
