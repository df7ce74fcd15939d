/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is spoken with User-Mode Linux, as little of it as is needed:
 *   messages     vhost-user, the document of QEMU (docs/interop/vhost-user.rst)
 *   rings        split virtqueues of virtio 1.2, 2.7
 *   commands     include/uapi/linux/virtio_pcidev.h of the kernel
 * Numbers are the host's own order in the first two, in the third all but data.
 */
#ifndef VHU_PROTO_H
#define VHU_PROTO_H

#include <stdint.h>

enum vhu_request {
	VHU_GET_FEATURES = 1,
	VHU_SET_FEATURES = 2,
	VHU_SET_OWNER = 3,
	VHU_RESET_OWNER = 4,
	VHU_SET_MEM_TABLE = 5,
	VHU_SET_VRING_NUM = 8,
	VHU_SET_VRING_ADDR = 9,
	VHU_SET_VRING_BASE = 10,
	VHU_GET_VRING_BASE = 11,
	VHU_SET_VRING_KICK = 12,
	VHU_SET_VRING_CALL = 13,
	VHU_SET_VRING_ERR = 14,
	VHU_GET_PROTOCOL_FEATURES = 15,
	VHU_SET_PROTOCOL_FEATURES = 16,
	VHU_GET_QUEUE_NUM = 17,
	VHU_SET_VRING_ENABLE = 18,
};

/* Features: of virtio, and of the protocol if the first of these is agreed on. */
#define VHU_F_PROTOCOL_FEATURES	(1ull << 30)
#define VHU_F_VERSION_1		(1ull << 32)
#define VHU_P_MQ		(1ull << 0)
#define VHU_P_REPLY_ACK		(1ull << 3)

/* Flags of a message. */
#define VHU_VERSION		1u
#define VHU_VERSION_MASK	3u
#define VHU_REPLY		(1u << 2)
#define VHU_NEED_REPLY		(1u << 3)

/* In the number of a ring that should come with a file: it does not. */
#define VHU_RING_MASK		0xffu
#define VHU_NO_FILE		0x100u

#define VHU_MAX_REGIONS		8u
#define VHU_MAX_FDS		8u

struct vhu_header {
	uint32_t request, flags, size;
};

struct vhu_state {
	uint32_t index, num;
};

struct vhu_addr {
	uint32_t index, flags;
	uint64_t desc, used, avail, log;	/* addresses of the client's process */
};

/* guest: what descriptors and the card name; user: what vhu_addr names. */
struct vhu_region {
	uint64_t guest, size, user, offset;
};

struct vhu_mem_table {
	uint32_t count, padding;
	struct vhu_region regions[VHU_MAX_REGIONS];
};

union vhu_body {
	uint64_t u64;
	struct vhu_state state;
	struct vhu_addr addr;
	struct vhu_mem_table mem;
};

struct vring_desc {
	uint64_t addr;
	uint32_t len;
	uint16_t flags, next;
};
#define VRING_DESC_NEXT		1u
#define VRING_DESC_WRITE	2u
#define VRING_DESC_INDIRECT	4u

struct vring_avail {
	uint16_t flags, idx, ring[];
};
#define VRING_NO_INTERRUPT	1u	/* avail: the driver wants no call */

struct vring_used_elem {
	uint32_t id, len;
};

struct vring_used {
	uint16_t flags, idx;
	struct vring_used_elem ring[];
};
#define VRING_NO_NOTIFY		1u	/* used: the device wants no kick */

#define VRING_MAX		32768u

enum pcidev_op {
	PCIDEV_CFG_READ = 1,
	PCIDEV_CFG_WRITE = 2,
	PCIDEV_MMIO_READ = 3,
	PCIDEV_MMIO_WRITE = 4,
	PCIDEV_MMIO_MEMSET = 5,
	PCIDEV_INT = 6,
};

/* Followed by `size` bytes of data in the bus's order, one for MMIO_MEMSET. */
struct pcidev_msg {
	uint8_t op, bar;
	uint16_t reserved;
	uint32_t size;
	uint64_t addr;
};

#endif
