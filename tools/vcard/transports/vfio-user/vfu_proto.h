/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The part of the vfio-user wire format this server speaks. Little-endian, on
 * one machine, so host order is used as it is.
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
#define VFU_DMA_READ	1
#define VFU_DMA_WRITE	2

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

#define VFU_REGION_CONFIG	7
#define VFU_NUM_REGIONS		9
#define VFU_NUM_IRQS		5

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

#define VFU_MAX_FDS	8
#define VFU_MAX_DATA	0x100000	/* max_data_xfer_size */
#define VFU_MAX_BODY	(VFU_MAX_DATA + 64)

#endif
