/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The wire format of vfio-user 0.0: QEMU's docs/interop/vfio-user.rst, and the structs and
 * numbers of <linux/vfio.h> it refers to. Both sides are on one machine, so host order is used
 * as it is. tests/test_fields.c has the offsets by themselves.
 */
#ifndef VFU_PROTO_H
#define VFU_PROTO_H

#include <assert.h>
#include <stdint.h>

struct vfu_header {
	uint16_t id;
	uint16_t command;
	uint32_t size;		/* of the whole message */
	uint32_t flags;
	uint32_t error;		/* errno, with VFU_F_ERROR */
};
static_assert(sizeof(struct vfu_header) == 16, "message header");

#define VFU_F_TYPE	0x0f	/* 0 command, 1 reply */
#define VFU_F_REPLY	0x01
#define VFU_F_NO_REPLY	0x10
#define VFU_F_ERROR	0x20

enum {
	VFU_VERSION = 1,
	VFU_DMA_MAP = 2,
	VFU_DMA_UNMAP = 3,
	VFU_DEVICE_GET_INFO = 4,
	VFU_GET_REGION_INFO = 5,
	VFU_GET_IRQ_INFO = 7,
	VFU_SET_IRQS = 8,
	VFU_REGION_READ = 9,
	VFU_REGION_WRITE = 10,
	VFU_DMA_READ = 11,	/* these two from us to the client */
	VFU_DMA_WRITE = 12,
	VFU_DEVICE_RESET = 13,
};

struct vfu_version {
	uint16_t major;
	uint16_t minor;
	/* JSON text, NUL-terminated */
};

struct vfu_dma_map_msg {
	uint32_t argsz;
	uint32_t flags;
	uint64_t offset;
	uint64_t addr;
	uint64_t size;
};
static_assert(sizeof(struct vfu_dma_map_msg) == 32, "DMA_MAP");
#define VFU_MAP_READ	1
#define VFU_MAP_WRITE	2

struct vfu_dma_unmap_msg {
	uint32_t argsz;
	uint32_t flags;
	uint64_t addr;
	uint64_t size;
};
static_assert(sizeof(struct vfu_dma_unmap_msg) == 24, "DMA_UNMAP");
#define VFU_UNMAP_ALL	2

struct vfu_device_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t num_regions;
	uint32_t num_irqs;
};
#define VFU_DEVICE_RESETS	1
#define VFU_DEVICE_PCI		2

struct vfu_region_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t cap_offset;
	uint64_t size;
	uint64_t offset;
};
static_assert(sizeof(struct vfu_region_info) == 32, "GET_REGION_INFO");
#define VFU_REGION_READABLE	1
#define VFU_REGION_WRITABLE	2
#define VFU_REGION_MMAP		4
#define VFU_REGION_CAPS		8

/* A list behind the region's info; next: from that info's beginning on, 0 at the end. */
struct vfu_cap_header {
	uint16_t id;
	uint16_t version;
	uint32_t next;
};
#define VFU_CAP_SPARSE_MMAP	1
#define VFU_CAP_TYPE		2

struct vfu_cap_sparse {
	struct vfu_cap_header header;
	uint32_t nr_areas;
	uint32_t reserved;
	/* nr_areas times offset and size, 64 bits each */
};
static_assert(sizeof(struct vfu_cap_sparse) == 16, "VFIO_REGION_INFO_CAP_SPARSE_MMAP");

struct vfu_cap_type {
	struct vfu_cap_header header;
	uint32_t type;
	uint32_t subtype;
};
static_assert(sizeof(struct vfu_cap_type) == 16, "VFIO_REGION_INFO_CAP_TYPE");

struct vfu_irq_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t count;
};
#define VFU_IRQ_EVENTFD		1
#define VFU_IRQ_MASKABLE	2
#define VFU_IRQ_AUTOMASKED	4

struct vfu_irq_set {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t start;
	uint32_t count;
};
static_assert(sizeof(struct vfu_irq_set) == 20, "SET_IRQS");
#define VFU_SET_NONE	0x01
#define VFU_SET_BOOL	0x02
#define VFU_SET_EVENTFD	0x04
#define VFU_SET_DATA	0x07
#define VFU_SET_MASK	0x08
#define VFU_SET_UNMASK	0x10
#define VFU_SET_TRIGGER	0x20
#define VFU_SET_ACTION	0x38

struct vfu_region_access {
	uint64_t offset;
	uint32_t region;
	uint32_t count;
	/* data */
};
static_assert(sizeof(struct vfu_region_access) == 16, "REGION_READ, REGION_WRITE");

/* Between us and the client's memory. The reply to a write is said to have 32 bits of count. */
struct vfu_dma_access {
	uint64_t addr;
	uint64_t count;
	/* data */
};
static_assert(sizeof(struct vfu_dma_access) == 16, "DMA_READ, DMA_WRITE");
#define VFU_DMA_WRITE_REPLY	12	/* bytes, at least */

#define VFU_MAX_FDS	8
#define VFU_MAX_DATA	0x100000	/* max_data_xfer_size */
#define VFU_MAX_BODY	(VFU_MAX_DATA + 64)

#endif
