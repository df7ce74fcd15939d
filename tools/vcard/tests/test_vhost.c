// SPDX-License-Identifier: BSD-2-Clause
/*
 * The vhost-user transport: what it says, what it takes and refuses, and that nothing a
 * front end does makes it wait, or reach memory that is not the front end's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "front.h"

static void test_handshake(void)
{
	uint64_t all = UINT64_MAX, ours = VHU_F_VERSION_1 | VHU_F_PROTOCOL_FEATURES;
	struct front f;

	front_open(&f);
	CHECK_EQ(front_call(&f, VHU_SET_OWNER, NULL, 0, NULL, 0), 0);
	CHECK_EQ(front_call(&f, VHU_GET_FEATURES, NULL, 0, NULL, 0), ours);
	CHECK_EQ(front_call(&f, VHU_GET_PROTOCOL_FEATURES, NULL, 0, NULL, 0),
		 VHU_P_MQ | VHU_P_REPLY_ACK);
	CHECK_EQ(front_call(&f, VHU_GET_QUEUE_NUM, NULL, 0, NULL, 0), 2);
	CHECK_EQ(front_call(&f, VHU_SET_FEATURES, &ours, 8, NULL, 0), 0);
	CHECK_EQ(front_call(&f, VHU_SET_FEATURES, &all, 8, NULL, 0), EINVAL);
	CHECK_EQ(front_call(&f, VHU_SET_PROTOCOL_FEATURES, &all, 8, NULL, 0), EINVAL);
	CHECK_EQ(front_call(&f, 77, NULL, 0, NULL, 0), ENOSYS);
	CHECK_EQ(front_call(&f, VHU_SET_VRING_NUM, NULL, 0, NULL, 0), EINVAL);
	CHECK_EQ(f.t->counts.refused, 4);
	front_close(&f);
	CHECK_EQ(f.resets, 1);
}

static void test_framing(void)
{
	struct vhu_header big = { VHU_SET_OWNER, VHU_VERSION, 100000 };
	struct vhu_header old = { VHU_SET_OWNER, 0, 0 };
	struct {
		struct vhu_header hdr;
		struct vhu_state state;
	} m = { { VHU_SET_VRING_NUM, VHU_VERSION | VHU_NEED_REPLY, 8 }, { 0, 64 } };
	struct front f;
	uint64_t value;

	front_open(&f);
	for (size_t i = 0; i < sizeof(m); i++) {	/* a byte at a time */
		CHECK(!front_reply(&f, &value));
		front_send(&f, (uint8_t *)&m + i, 1, NULL, 0);
		CHECK(front_serve(&f));
	}
	CHECK(front_reply(&f, &value) && !value);
	front_send(&f, &big, sizeof(big), NULL, 0);
	CHECK(!front_serve(&f));
	front_close(&f);
	front_open(&f);
	front_send(&f, &old, sizeof(old), NULL, 0);
	CHECK(!front_serve(&f));
	front_close(&f);
	front_open(&f);
	shutdown(f.sock, SHUT_WR);
	CHECK(!front_serve(&f));
	front_close(&f);
}

static void test_accesses(void)
{
	uint32_t value = 0x12345678;
	uint8_t byte = 0xab;
	struct front f;

	front_open(&f);
	front_ready(&f);
	CHECK_EQ(front_read(&f, PCIDEV_CFG_READ, 0, 4), 0x03020100);
	CHECK_EQ(front_read(&f, PCIDEV_CFG_READ, 6, 2), 0x5a5a0706);
	CHECK(front_access(&f, PCIDEV_CFG_WRITE, 0, 0x40, 4, &value));
	CHECK_MEM(f.config + 0x40, &value, 4);
	CHECK(front_access(&f, PCIDEV_MMIO_WRITE, 0, 0x10, 4, &value));
	CHECK_MEM(f.bar + 0x10, &value, 4);
	CHECK_EQ(front_read(&f, PCIDEV_MMIO_READ, 0x10, 4), value);
	CHECK(front_access(&f, PCIDEV_MMIO_MEMSET, 0, 0x20, 8, &byte));
	CHECK_MEM(f.bar + 0x20, "\xab\xab\xab\xab\xab\xab\xab\xab", 8);
	CHECK_EQ(f.bar[0x28], 0);
	/* outside of what there is: ones, and no complaint, as on a bus */
	CHECK_EQ(front_read(&f, PCIDEV_MMIO_READ, FRONT_BAR, 4), UINT32_MAX);
	CHECK_EQ(front_read(&f, PCIDEV_MMIO_READ, 1ull << 32, 4), UINT32_MAX);
	CHECK_EQ(front_read(&f, PCIDEV_CFG_READ, 254, 4), UINT32_MAX);
	f.gone = true;
	CHECK_EQ(front_read(&f, PCIDEV_CFG_READ, 0, 4), UINT32_MAX);
	CHECK_EQ(front_read(&f, PCIDEV_CFG_READ, 0x10, 4), UINT32_MAX);
	CHECK_EQ(f.t->counts.refused, 0);
	/* served, as the driver waits, but refused */
	CHECK(front_access(&f, 99, 0, 0, 4, &value));
	CHECK(front_access(&f, PCIDEV_MMIO_WRITE, 0, 0, 0, &value));
	CHECK_EQ(f.t->counts.refused, 2);
	front_close(&f);
}

static void test_base_addresses(void)
{
	uint32_t ones = UINT32_MAX, at = 0xe0001000;
	struct front f;

	front_open(&f);
	front_ready(&f);
	CHECK_EQ(front_read(&f, PCIDEV_CFG_READ, 0x10, 4), 0);
	for (uint32_t off = 0x10; off < 0x28; off += 4)
		CHECK(front_access(&f, PCIDEV_CFG_WRITE, 0, off, 4, &ones));
	CHECK_EQ(front_read(&f, PCIDEV_CFG_READ, 0x10, 4), -FRONT_BAR);
	CHECK_EQ(front_read(&f, PCIDEV_CFG_READ, 0x14, 4), 0);
	CHECK(front_access(&f, PCIDEV_CFG_WRITE, 0, 0x10, 4, &at));
	CHECK_EQ(front_read(&f, PCIDEV_CFG_READ, 0x10, 4), at);
	CHECK_EQ(front_read(&f, PCIDEV_CFG_READ, 0x12, 2) & 0xffff, 0xe000);
	front_close(&f);
}

/* Everything that a table can have wrong, and that a refused one leaves nothing mapped. */
static void test_memory_table(void)
{
	struct vhu_mem_table two = { .count = 2, .regions = {
		{ 0, 0x1000, FRONT_USER, 0 }, { 0x1000, 0x1000, FRONT_USER, 0x1000 } } };
	struct front f;
	uint64_t avail;
	int fds[2];

	front_open(&f);
	fds[0] = fds[1] = f.memfd;
	CHECK_EQ(front_table(&f, 0, 0, 0, f.memfd), EINVAL);
	CHECK_EQ(front_table(&f, 0, FRONT_BYTES + 0x1000, 0, f.memfd), EINVAL);
	CHECK_EQ(front_table(&f, 0, 0x1000, FRONT_BYTES, f.memfd), EINVAL);
	CHECK_EQ(front_table(&f, -0x1000ull, 0x2000, 0, f.memfd), EINVAL);
	CHECK_EQ(front_table(&f, 0, 0x1000, 0, f.kick), EINVAL);
	CHECK_EQ(front_call(&f, VHU_SET_MEM_TABLE, &two, sizeof(two), fds, 1), EINVAL);
	CHECK_EQ(front_call(&f, VHU_SET_MEM_TABLE, &two, sizeof(two), fds, 2), EINVAL);
	CHECK(!f.t->ops->dma(f.t, 0, true, &avail));
	two.regions[1].user += 0x1000;
	CHECK_EQ(front_call(&f, VHU_SET_MEM_TABLE, &two, sizeof(two), fds, 2), 0);
	CHECK(f.t->ops->dma(f.t, 0x1fff, true, &avail));
	CHECK_EQ(avail, 1);
	CHECK(!f.t->ops->dma(f.t, 0x2000, true, &avail));
	CHECK_EQ(front_table(&f, 0, 0, 0, f.memfd), EINVAL);
	CHECK(!f.t->ops->dma(f.t, 0, true, &avail));
	front_close(&f);
}

/* The rings are where the new table has them, and nothing of the old memory is looked at. */
static void test_table_anew(void)
{
	struct front f;
	uint8_t *old, *new;
	int other;

	front_open(&f);
	front_ready(&f);
	CHECK_EQ(front_read(&f, PCIDEV_CFG_READ, 0, 4), 0x03020100);
	other = memfd_create("other", 0);
	CHECK(other >= 0 && !ftruncate(other, FRONT_BYTES));
	new = mmap(NULL, FRONT_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, other, 0);
	memcpy(new, f.mem, FRONT_BYTES);
	CHECK_EQ(front_table(&f, FRONT_GUEST, FRONT_BYTES, 0, other), 0);
	CHECK(!front_access(&f, PCIDEV_CFG_READ, 0, 0, 4, &(uint32_t){ 0 }));
	old = f.mem;
	f.mem = new;
	CHECK_EQ(front_read(&f, PCIDEV_CFG_READ, 0, 4), 0x03020100);
	/* one that is refused takes the rings away */
	CHECK_EQ(front_table(&f, FRONT_GUEST, 0x800, 0, other), EINVAL);
	CHECK(!front_access(&f, PCIDEV_CFG_READ, 0, 0, 4, &(uint32_t){ 0 }));
	f.mem = old;
	munmap(new, FRONT_BYTES);
	close(other);
	front_close(&f);
}

static void test_ring_setup(void)
{
	static const uint32_t bad[] = { 0, 3, 24, 65536, 0x80000000, UINT32_MAX };
	struct front f;

	front_open(&f);
	CHECK_EQ(front_table(&f, FRONT_GUEST, FRONT_BYTES, 0, f.memfd), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_EQ(front_state(&f, VHU_SET_VRING_NUM, 0, bad[i]), EINVAL);
	CHECK_EQ(front_state(&f, VHU_SET_VRING_NUM, 2, 16), EINVAL);
	CHECK_EQ(front_state(&f, VHU_SET_VRING_BASE, 0, 65536), EINVAL);
	CHECK_EQ(front_state(&f, VHU_SET_VRING_ENABLE, 0, 1), EFAULT);
	CHECK_EQ(front_state(&f, VHU_SET_VRING_NUM, 0, FRONT_NUM), 0);
	CHECK_EQ(front_place(&f, 0, 8, 0x400, 0x800), EFAULT);	/* not aligned */
	CHECK_EQ(front_place(&f, 0, 0, 0x401, 0x800), EFAULT);
	CHECK_EQ(front_place(&f, 0, 0, 0x400, 0x802), EFAULT);
	CHECK_EQ(front_place(&f, 0, FRONT_BYTES, 0x400, 0x800), EFAULT);
	/* the last byte of each inside, then outside */
	CHECK_EQ(front_place(&f, 0, FRONT_BYTES - 256, 0x400, 0x800), 0);
	CHECK_EQ(front_place(&f, 0, FRONT_BYTES - 240, 0x400, 0x800), EFAULT);
	CHECK_EQ(front_place(&f, 0, 0, FRONT_BYTES - 38, 0x800), 0);
	CHECK_EQ(front_place(&f, 0, 0, FRONT_BYTES - 36, 0x800), EFAULT);
	CHECK_EQ(front_place(&f, 0, 0, 0x400, FRONT_BYTES - 136), 0);
	CHECK_EQ(front_place(&f, 0, 0, 0x400, FRONT_BYTES - 132), EFAULT);
	/* sizes of a ring do not wrap */
	CHECK_EQ(front_state(&f, VHU_SET_VRING_NUM, 0, VRING_MAX), 0);
	CHECK_EQ(front_place(&f, 0, 0, FRONT_BYTES - 8, 0x800), EFAULT);
	CHECK_EQ(front_state(&f, VHU_SET_VRING_ENABLE, 0, 1), EFAULT);
	front_close(&f);
}

/* While a ring is served nobody moves it; stopped, it tells where it was. */
static void test_ring_states(void)
{
	struct front f;

	front_open(&f);
	front_ready(&f);
	CHECK_EQ(front_read(&f, PCIDEV_CFG_READ, 0, 4), 0x03020100);
	CHECK_EQ(front_state(&f, VHU_SET_VRING_NUM, 0, 8), EINVAL);
	CHECK_EQ(front_state(&f, VHU_SET_VRING_BASE, 0, 8), EINVAL);
	CHECK_EQ(front_place(&f, 0, 0, 0x400, 0x800), EINVAL);
	CHECK_EQ(front_state(&f, VHU_GET_VRING_BASE, 0, 0), 1ull << 32);	/* index, num */
	CHECK(!front_access(&f, PCIDEV_CFG_READ, 0, 0, 4, &(uint32_t){ 0 }));
	CHECK_EQ(front_state(&f, VHU_SET_VRING_ENABLE, 0, 2), EINVAL);
	CHECK_EQ(front_state(&f, VHU_SET_VRING_ENABLE, 0, 1), 0);
	CHECK(f.t->ops->work(f.t));
	CHECK_EQ(front_call(&f, VHU_RESET_OWNER, NULL, 0, NULL, 0), 0);
	CHECK(!front_access(&f, PCIDEV_CFG_READ, 0, 0, 4, &(uint32_t){ 0 }));
	front_close(&f);
}

/* Each makes ring 0 nonsense; it is told once, served no more, and whole when enabled anew. */
static void make_nonsense(struct front *f, int kind)
{
	struct front_ring r = front_ring(f, VHU_COMMANDS);

	r.desc[0] = (struct vring_desc){ FRONT_GUEST + FRONT_DATA, 16, VRING_DESC_NEXT, 1 };
	r.desc[1] = (struct vring_desc){ FRONT_GUEST + FRONT_DATA, 4, VRING_DESC_WRITE, 0 };
	switch (kind) {
	case 0:
		r.desc[1] = r.desc[0];	/* bites its tail */
		break;
	case 1:
		r.desc[1].next = FRONT_NUM;
		r.desc[1].flags |= VRING_DESC_NEXT;
		break;
	case 2:
		r.desc[0].flags |= VRING_DESC_INDIRECT;
		break;
	case 3:
		r.desc[0].flags |= VRING_DESC_WRITE;
		r.desc[1].flags = 0;
		break;
	case 4:
		r.desc[1].addr = FRONT_GUEST + FRONT_BYTES - 2;
		break;
	case 5:
		r.desc[1].addr = UINT64_MAX;
		break;
	case 6:
		r.desc[1].len = 0;
		break;
	case 7:
		r.avail->idx += FRONT_NUM;
		break;
	}
	front_offer(f, VHU_COMMANDS, kind == 8 ? FRONT_NUM : 0);
}

static void test_nonsense(void)
{
	for (int kind = 0; kind < 9; kind++) {
		struct front f;

		front_open(&f);
		front_ready(&f);
		make_nonsense(&f, kind);
		f.t->ops->work(f.t);
		f.t->ops->work(f.t);
		CHECK_EQ(f.t->counts.refused, 1);
		CHECK(!front_access(&f, PCIDEV_CFG_READ, 0, 0, 4, &(uint32_t){ 0 }));
		CHECK_EQ(front_state(&f, VHU_SET_VRING_ENABLE, 0, 0), 0);
		CHECK_EQ(front_state(&f, VHU_SET_VRING_BASE, 0,
				     front_ring(&f, 0).avail->idx), 0);
		CHECK_EQ(front_state(&f, VHU_SET_VRING_ENABLE, 0, 1), 0);
		CHECK_EQ(front_read(&f, PCIDEV_CFG_READ, 0, 4), 0x03020100);
		front_close(&f);
	}
}

static void test_level(void)
{
	struct front f;

	front_open(&f);
	front_ready(&f);
	f.line = true;
	CHECK(!f.t->ops->work(f.t));	/* no buffer yet */
	CHECK_EQ(front_interrupts(&f), 0);
	front_buffer(&f);
	front_buffer(&f);
	f.t->ops->work(f.t);
	f.t->ops->work(f.t);
	CHECK_EQ(front_interrupts(&f), 1);	/* one at a time */
	CHECK_EQ(front_called(&f), 1);
	CHECK_EQ(f.mem[FRONT_DATA + 0x1000], PCIDEV_INT);
	CHECK(f.t->ops->sleep(f.t));
	front_buffer(&f);		/* handled, and the line is still up */
	CHECK(!f.t->ops->sleep(f.t));
	CHECK(f.t->ops->work(f.t));
	CHECK_EQ(front_interrupts(&f), 2);
	f.line = false;
	front_buffer(&f);		/* handled, and it has fallen */
	CHECK(f.t->ops->work(f.t));
	CHECK(!f.t->ops->work(f.t));
	CHECK_EQ(front_interrupts(&f), 2);
	f.line = true;			/* and rises: buffers are there */
	CHECK(!f.t->ops->sleep(f.t));
	f.t->ops->work(f.t);
	CHECK_EQ(front_interrupts(&f), 3);
	CHECK_EQ(f.t->counts.fired, 3);
	CHECK_EQ(f.t->counts.refused, 0);
	front_close(&f);
}

/* What the handler writes, and then gives its buffer back for, counts before the line is
 * looked at: a write that lets the line fall must not be followed by a message. */
static struct front *acked;

static bool falls_by_write(void *opaque, unsigned int bar, uint32_t off, const void *buf,
			   uint32_t len)
{
	(void)opaque, (void)bar, (void)off, (void)buf, (void)len;
	acked->line = false;
	return true;
}

static void test_order(void)
{
	struct front f;
	uint32_t ack = 1;

	front_open(&f);
	acked = &f;
	f.function.write = falls_by_write;
	front_ready(&f);
	front_buffer(&f);
	front_buffer(&f);
	f.line = true;
	f.t->ops->work(f.t);
	front_buffer(&f);
	CHECK(front_access(&f, PCIDEV_MMIO_WRITE, 0, 0, 4, &ack));
	f.t->ops->work(f.t);
	CHECK_EQ(front_interrupts(&f), 1);
	front_close(&f);
}

static void test_kicks(void)
{
	struct front f;
	struct front_ring r;
	uint64_t one = 1;

	front_open(&f);
	front_ready(&f);
	r = front_ring(&f, VHU_COMMANDS);
	f.t->ops->awake(f.t);
	CHECK_EQ(r.used->flags, VRING_NO_NOTIFY);
	CHECK(f.t->ops->sleep(f.t));
	CHECK_EQ(r.used->flags, 0);
	front_offer(&f, VHU_COMMANDS, 0);
	CHECK(!f.t->ops->sleep(f.t));
	CHECK_EQ(write(f.kick, &one, sizeof(one)), sizeof(one));
	CHECK(front_serve(&f));
	CHECK_EQ(f.t->counts.refused, 0);
	front_close(&f);
}

/* The memory of a ring that is stopped is the driver's, who may use it for something else. */
static void test_stopped_is_left_alone(void)
{
	struct front f;
	struct front_ring r;

	front_open(&f);
	front_ready(&f);
	r = front_ring(&f, VHU_COMMANDS);
	CHECK_EQ(front_state(&f, VHU_SET_VRING_ENABLE, VHU_COMMANDS, 0), 0);
	r.used->flags = 0x5a5a;
	f.t->ops->awake(f.t);
	CHECK(f.t->ops->sleep(f.t));
	CHECK_EQ(r.used->flags, 0x5a5a);
	CHECK_EQ(front_state(&f, VHU_SET_VRING_ENABLE, VHU_COMMANDS, 1), 0);
	f.t->ops->awake(f.t);
	CHECK_EQ(r.used->flags, VRING_NO_NOTIFY);
	front_close(&f);
}

/* Files that are no eventfds: one that is always ready, one that takes nothing more. */
static void test_odd_files(void)
{
	uint64_t number = 0, one = 1;
	struct pollfd fds[TRANSPORT_FDS];
	struct front f;
	int null;

	front_open(&f);
	null = open("/dev/null", O_RDONLY);
	front_ready(&f);
	CHECK_EQ(front_call(&f, VHU_SET_VRING_KICK, &number, 8, &null, 1), 0);
	CHECK(front_serve(&f));
	CHECK_EQ(f.t->counts.refused, 1);
	CHECK_EQ(f.t->ops->fds(f.t, fds), 3);
	CHECK_EQ(fds[1].fd, -1);
	while (write(f.call[1], &one, sizeof(one)) == sizeof(one))
		;
	front_buffer(&f);
	f.line = true;
	f.t->ops->work(f.t);	/* does not wait */
	CHECK_EQ(front_interrupts(&f), 1);
	number = 7;
	CHECK_EQ(front_call(&f, VHU_SET_VRING_CALL, &number, 8, &null, 1), EINVAL);
	number = VHU_NO_FILE;
	CHECK_EQ(front_call(&f, VHU_SET_VRING_CALL, &number, 8, NULL, 0), 0);
	close(null);
	front_close(&f);
}

static void test_file_cut_short(void)
{
	struct front f;

	front_open(&f);
	front_ready(&f);
	CHECK_EQ(front_read(&f, PCIDEV_CFG_READ, 0, 4), 0x03020100);
	CHECK(!ftruncate(f.memfd, 0));
	f.t->ops->work(f.t);
	f.t->ops->sleep(f.t);
	CHECK(!ftruncate(f.memfd, FRONT_BYTES));
	front_close(&f);
}

static const struct test tests[] = {
	{ "handshake", test_handshake },
	{ "framing", test_framing },
	{ "accesses", test_accesses },
	{ "base-addresses", test_base_addresses },
	{ "memory-table", test_memory_table },
	{ "table-anew", test_table_anew },
	{ "ring-setup", test_ring_setup },
	{ "ring-states", test_ring_states },
	{ "nonsense", test_nonsense },
	{ "level", test_level },
	{ "order", test_order },
	{ "kicks", test_kicks },
	{ "stopped-is-left-alone", test_stopped_is_left_alone },
	{ "odd-files", test_odd_files },
	{ "file-cut-short", test_file_cut_short },
};

RUN_TESTS("vcard.vhost")
