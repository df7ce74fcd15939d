// SPDX-License-Identifier: BSD-2-Clause
/*
 * Configuration space; offsets and bits are typed from the PCI specification.
 */
#include "harness.h"
#include "vfus_config.h"

static const struct vfus_ids ids = {
	.vendor = 0x1234, .device = 0x5678, .subsystem_vendor = 0x9abc, .subsystem = 0xdef0,
	.revision = 3, .class_code = 0x0b4000,
};

static uint32_t rd(const struct vfus_config *c, uint64_t off, uint32_t len)
{
	uint8_t b[4] = { 0 };

	CHECK(vfus_config_read(c, off, b, len));
	return b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24;
}

static void wr(struct vfus_config *c, uint64_t off, uint32_t val, uint32_t len)
{
	CHECK(vfus_config_write(c, off, &val, len));
}

static void test_header(void)
{
	struct vfus_config c;

	vfus_config_init(&c, 256, &ids);
	CHECK_EQ(rd(&c, 0, 4), 0x56781234);
	CHECK_EQ(rd(&c, 8, 4), 0x0b400003);
	CHECK_EQ(rd(&c, 0x2c, 4), 0xdef09abc);
	CHECK_EQ(rd(&c, 4, 4), 0);
	for (unsigned int off = 0; off < 256; off += 4)
		wr(&c, off, 0xffffffff, 4);
	CHECK_EQ(rd(&c, 0, 4), 0x56781234);
	CHECK_EQ(rd(&c, 4, 4), 0x0546);		/* memory, master, parity, SERR, INTx disable */
	CHECK_EQ(rd(&c, 0xc, 4), 0xffff);	/* cache line, latency */
	CHECK_EQ(rd(&c, 0x10, 4), 0);
	CHECK_EQ(rd(&c, 0x3c, 4), 0xff);
	CHECK(vfus_config_bus_master(&c));
	vfus_config_reset(&c);
	CHECK_EQ(rd(&c, 4, 4), 0);
	CHECK_EQ(rd(&c, 0, 4), 0x56781234);
	CHECK(!vfus_config_bus_master(&c));
}

static void test_bars(void)
{
	struct vfus_config c;

	vfus_config_init(&c, 256, &ids);
	vfus_config_bar(&c, 0, 0);
	vfus_config_bar(&c, 1, VFUS_BAR_PREFETCH);
	vfus_config_bar(&c, 2, VFUS_BAR_64);
	vfus_config_bar(&c, 4, VFUS_BAR_64 | VFUS_BAR_PREFETCH);
	vfus_config_bar(&c, 6, VFUS_BAR_64);
	CHECK_EQ(rd(&c, 0x10, 4), 0);
	CHECK_EQ(rd(&c, 0x14, 4), 8);
	CHECK_EQ(rd(&c, 0x18, 4), 4);
	CHECK_EQ(rd(&c, 0x1c, 4), 0);
	CHECK_EQ(rd(&c, 0x20, 4), 0xc);
	CHECK_EQ(rd(&c, 0x28, 4), 0);
}

static void test_msi(void)
{
	struct vfus_config c;
	unsigned int at;

	vfus_config_init(&c, 256, &ids);
	CHECK_EQ(vfus_config_msi(&c, 3), 0);
	CHECK_EQ(rd(&c, 0x34, 1), 0);
	CHECK_EQ(rd(&c, 6, 2), 0);
	at = vfus_config_msi(&c, 4);
	CHECK_EQ(rd(&c, 0x34, 1), at);
	CHECK_EQ(rd(&c, 6, 2), 0x10);
	CHECK_EQ(rd(&c, at, 4), 0x00840005);	/* 64 bits, 4 vectors */
	for (unsigned int off = 0; off < 16; off += 4)
		wr(&c, at + off, 0xffffffff, 4);
	CHECK_EQ(rd(&c, at, 4), 0x00f50005);
	CHECK_EQ(rd(&c, at + 4, 4), 0xfffffffc);
	CHECK_EQ(rd(&c, at + 8, 4), 0xffffffff);
	CHECK_EQ(rd(&c, at + 12, 4), 0xffff);
}

static void test_msix(void)
{
	const struct vfus_msix msix = { .vectors = 2048, .table_bar = 4, .pba_bar = 5,
					.table_offset = 0x1000, .pba_offset = 0x20 };
	struct vfus_config c;
	unsigned int msi, at;

	vfus_config_init(&c, 256, &ids);
	msi = vfus_config_msi(&c, 32);
	at = vfus_config_msix(&c, &msix);
	CHECK_EQ(rd(&c, msi + 1, 1), at);
	CHECK_EQ(rd(&c, at, 4), 0x07ff0011);
	CHECK_EQ(rd(&c, at + 4, 4), 0x1004);
	CHECK_EQ(rd(&c, at + 8, 4), 0x25);
	for (unsigned int off = 0; off < 12; off += 4)
		wr(&c, at + off, 0xffffffff, 4);
	CHECK_EQ(rd(&c, at, 4), 0xc7ff0011);
	CHECK_EQ(rd(&c, at + 4, 4), 0x1004);
	CHECK_EQ(vfus_config_msix(&c, &(struct vfus_msix){ .vectors = 0 }), 0);
	CHECK_EQ(vfus_config_msix(&c, &(struct vfus_msix){ .vectors = 2049 }), 0);
}

/* The list ends at 256 bytes, and says so. */
static void test_full(void)
{
	struct vfus_config c;
	unsigned int n = 0;

	vfus_config_init(&c, 4096, &ids);
	while (vfus_config_msi(&c, 1))
		n++;
	CHECK_EQ(n, (256 - 0x40) / 16);
	n = 0;
	for (unsigned int at = rd(&c, 0x34, 1); at && n < 99; at = rd(&c, at + 1, 1))
		n++;
	CHECK_EQ(n, 12);
}

static void test_bounds(void)
{
	struct vfus_config c;
	uint8_t b[8] = { 0 };

	vfus_config_init(&c, 256, &ids);
	CHECK(vfus_config_read(&c, 255, b, 1) && !vfus_config_read(&c, 256, b, 1));
	CHECK(!vfus_config_read(&c, 252, b, 8) && !vfus_config_write(&c, 255, b, 2));
	CHECK(!vfus_config_read(&c, UINT64_MAX, b, 2) && !vfus_config_read(&c, 0, b, 257));
	vfus_config_init(&c, 4096, &ids);
	CHECK(vfus_config_read(&c, 4088, b, 8) && !vfus_config_read(&c, 4092, b, 8));
}

static void test_line(void)
{
	struct vfus_config c;

	vfus_config_init(&c, 256, &ids);
	vfus_config_intx(&c, 1);
	CHECK_EQ(rd(&c, 0x3d, 1), 1);
	CHECK(vfus_config_line(&c, true));
	CHECK_EQ(rd(&c, 6, 2), 8);
	wr(&c, 4, 0x400, 2);
	CHECK(!vfus_config_line(&c, true));
	CHECK_EQ(rd(&c, 6, 2), 8);
	CHECK(!vfus_config_line(&c, false));
	CHECK_EQ(rd(&c, 6, 2), 0);
}

static const struct test tests[] = {
	{ "header", test_header }, { "bars", test_bars }, { "msi", test_msi },
	{ "msix", test_msix }, { "full", test_full }, { "bounds", test_bounds },
	{ "line", test_line },
};

RUN_TESTS("libvfus.config")
