// SPDX-License-Identifier: BSD-2-Clause
/*
 * The commands of vfio-user: the connection, memory, the device. Everything in a message is
 * checked before anything is done; what is refused is logged and gets an error reply.
 *
 * Fields that the document wants to be 0 are not looked at: a later minor version may use them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "server.h"

/* What the client takes at once; without a word of it what the document says. */
static bool read_capabilities(struct vfus *s, const char *text)
{
	static const char *const path[] = { "capabilities", "max_data_xfer_size", NULL };
	uint64_t most;

	s->peer_max_data = VFU_MAX_DATA;
	if (!*text)
		return true;
	if (!vfus_json_valid(text))
		return false;
	if (vfus_json_number(text, path, &most) && most < s->peer_max_data)
		s->peer_max_data = most;
	return s->peer_max_data > 0;
}

static int handle_version(struct vfus *s, size_t len)
{
	/* 214 bytes with both headers is all that QEMU has room for */
	static const char caps[] =
		"{\"capabilities\":{\"max_msg_fds\":8,\"max_data_xfer_size\":1048576}}";
	struct vfu_version v = { 0, 0 };
	uint16_t major;

	if (len < sizeof(v))
		return vfus_refuse(s, EINVAL, "VERSION too short");
	if (s->greeted)
		return vfus_refuse(s, EINVAL, "VERSION sent twice");
	memcpy(&major, s->body, sizeof(major));
	if (major != 0)
		return vfus_refuse(s, EINVAL, "major version is not 0");
	if (len > sizeof(v) && s->body[len - 1])
		return vfus_refuse(s, EINVAL, "VERSION text is not terminated");
	if (!read_capabilities(s, len > sizeof(v) ? (const char *)s->body + sizeof(v) : ""))
		return vfus_refuse(s, EINVAL, "VERSION text is no JSON, or allows no data");
	s->greeted = true;
	return REPLIED(vfus_reply(s, &v, sizeof(v), caps, sizeof(caps)));
}

static void memory_changed(struct vfus *s)
{
	if (s->device->memory_changed)
		s->device->memory_changed(s->device->opaque);
}

static int handle_dma_map(struct vfus *s, size_t len)
{
	struct vfu_dma_map_msg msg;
	struct vfus_memory_region region;
	int err;

	if (len < sizeof(msg))
		return vfus_refuse(s, EINVAL, "DMA_MAP too short");
	memcpy(&msg, s->body, sizeof(msg));
	region = (struct vfus_memory_region){
		.addr = msg.addr, .size = msg.size, .offset = msg.offset,
		.readable = msg.flags & VFU_MAP_READ,
		.writable = msg.flags & VFU_MAP_WRITE,
	};
	err = msg.argsz < sizeof(msg) || msg.flags & ~(VFU_MAP_READ | VFU_MAP_WRITE) ? EINVAL :
	      vfus_memory_add(&s->memory, &region,
			      s->nfds && !s->device->by_message ? s->fds[0] : -1);
	if (err)
		return vfus_refuse(s, err, "DMA_MAP: bad alignment, size, file or overlap");
	memory_changed(s);
	return REPLIED(vfus_reply(s, NULL, 0, NULL, 0));
}

static int handle_dma_unmap(struct vfus *s, size_t len)
{
	struct vfu_dma_unmap_msg msg;
	int err = 0;

	if (len < sizeof(msg))
		return vfus_refuse(s, EINVAL, "DMA_UNMAP too short");
	memcpy(&msg, s->body, sizeof(msg));
	if (msg.argsz < sizeof(msg))
		return vfus_refuse(s, EINVAL, "DMA_UNMAP: argsz below 24");
	if (msg.flags & ~VFU_UNMAP_ALL)
		return vfus_refuse(s, EINVAL, "DMA_UNMAP: unknown flags");
	/* No pointer outlives a callback, so nothing is in use now. */
	if (msg.flags & VFU_UNMAP_ALL)
		vfus_memory_clear(&s->memory);
	else
		err = vfus_memory_remove(&s->memory, msg.addr, msg.size);
	if (err)
		return vfus_refuse(s, err, "DMA_UNMAP: no such map");
	vfus_dma_unmapped(s);
	memory_changed(s);
	return REPLIED(vfus_reply(s, &msg, sizeof(msg), NULL, 0));
}

static int handle_device_info(struct vfus *s, size_t len)
{
	struct vfu_device_info info;

	if (len < sizeof(info))
		return vfus_refuse(s, EINVAL, "DEVICE_GET_INFO too short");
	memcpy(&info, s->body, sizeof(info));
	if (info.argsz < sizeof(info))
		return vfus_refuse(s, EINVAL, "DEVICE_GET_INFO: argsz below 16");
	info = (struct vfu_device_info){
		.argsz = sizeof(info),
		.flags = VFU_DEVICE_RESETS | VFU_DEVICE_PCI,
		.num_regions = s->device->nr_regions ? s->device->nr_regions : VFUS_PCI_REGIONS,
		.num_irqs = VFUS_IRQS,
	};
	return REPLIED(vfus_reply(s, &info, sizeof(info), NULL, 0));
}

static int handle_reset(struct vfus *s, size_t len)
{
	(void)len;
	vfus_dma_cancel(s);
	if (s->device->reset)
		s->device->reset(s->device->opaque, VFUS_RESET_ASKED);
	vfus_intx_update(s);
	return REPLIED(vfus_reply(s, NULL, 0, NULL, 0));
}

int vfus_handle(struct vfus *s, size_t len)
{
	static int (*const handlers[])(struct vfus *s, size_t len) = {
		[VFU_VERSION] = handle_version,
		[VFU_DMA_MAP] = handle_dma_map,
		[VFU_DMA_UNMAP] = handle_dma_unmap,
		[VFU_DEVICE_GET_INFO] = handle_device_info,
		[VFU_GET_REGION_INFO] = vfus_handle_region_info,
		[VFU_GET_IRQ_INFO] = vfus_handle_irq_info,
		[VFU_SET_IRQS] = vfus_handle_set_irqs,
		[VFU_REGION_READ] = vfus_handle_read,
		[VFU_REGION_WRITE] = vfus_handle_write,
		[VFU_DEVICE_RESET] = handle_reset,
	};
	uint16_t command = s->hdr.command;

	if (command >= sizeof(handlers) / sizeof(handlers[0]) || !handlers[command])
		return vfus_refuse(s, ENOSYS, "not implemented");
	if (!s->greeted && command != VFU_VERSION)
		return vfus_refuse(s, EINVAL, "VERSION must come first");
	return handlers[command](s, len);
}
