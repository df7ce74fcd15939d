// SPDX-License-Identifier: BSD-2-Clause
/*
 * The vfio-user commands, one function each. Everything in a message is checked
 * before anything is done; what is refused is logged and gets an error reply.
 */
#include <errno.h>
#include <string.h>

#include "vfu.h"

#define REPLIED(ok)	((ok) ? 0 : -1)

static int refuse(struct vfu *vfu, int err, const char *why)
{
	transport_refused(&vfu->t, "command %u refused: %s", vfu->hdr.command, why);
	return err;
}

static int handle_version(struct vfu *vfu, size_t len)
{
	static const char caps[] =
		"{\"capabilities\":{\"max_msg_fds\":8,\"max_data_xfer_size\":1048576}}";
	struct vfu_version v = { 0, 0 };
	uint16_t major;

	if (len < sizeof(v))
		return refuse(vfu, EINVAL, "VERSION too short");
	if (vfu->greeted)
		return refuse(vfu, EINVAL, "VERSION sent twice");
	memcpy(&major, vfu->body, sizeof(major));
	if (major != 0)
		return refuse(vfu, EINVAL, "major version is not 0");
	if (len > sizeof(v) && vfu->body[len - 1])
		return refuse(vfu, EINVAL, "VERSION text is not terminated");
	vfu->greeted = true;
	return REPLIED(vfu_reply(vfu, &v, sizeof(v), caps, sizeof(caps)));
}

static int handle_dma_map(struct vfu *vfu, size_t len)
{
	struct vfu_dma_map_msg msg;
	struct dmamap_region region;
	int err;

	if (len < sizeof(msg))
		return refuse(vfu, EINVAL, "DMA_MAP too short");
	memcpy(&msg, vfu->body, sizeof(msg));
	region = (struct dmamap_region){
		.addr = msg.addr, .size = msg.size, .offset = msg.offset,
		.readable = msg.flags & VFU_DMA_READ,
		.writable = msg.flags & VFU_DMA_WRITE,
	};
	err = msg.flags & ~(VFU_DMA_READ | VFU_DMA_WRITE) ? EINVAL :
	      dmamap_add(&vfu->dma, &region, vfu->nfds ? vfu->fds[0] : -1);
	if (err)
		return refuse(vfu, err, "DMA_MAP: bad alignment, size, file or overlap");
	return REPLIED(vfu_reply(vfu, NULL, 0, NULL, 0));
}

static int handle_dma_unmap(struct vfu *vfu, size_t len)
{
	struct vfu_dma_unmap_msg msg;
	int err = 0;

	if (len < sizeof(msg))
		return refuse(vfu, EINVAL, "DMA_UNMAP too short");
	memcpy(&msg, vfu->body, sizeof(msg));
	if (msg.flags & ~VFU_UNMAP_ALL)
		return refuse(vfu, EINVAL, "DMA_UNMAP: unknown flags");
	/* No access outlives a step, so nothing is in use now. */
	if (msg.flags & VFU_UNMAP_ALL)
		dmamap_clear(&vfu->dma);
	else
		err = dmamap_remove(&vfu->dma, msg.addr, msg.size);
	if (err)
		return refuse(vfu, err, "DMA_UNMAP: no such map");
	return REPLIED(vfu_reply(vfu, &msg, sizeof(msg), NULL, 0));
}

static int handle_device_info(struct vfu *vfu, size_t len)
{
	struct vfu_device_info info = {
		.argsz = sizeof(info),
		.flags = VFU_DEVICE_RESETS | VFU_DEVICE_PCI,
		.num_regions = VFU_NUM_REGIONS,
		.num_irqs = VFU_NUM_IRQS,
	};

	if (len < sizeof(info))
		return refuse(vfu, EINVAL, "DEVICE_GET_INFO too short");
	return REPLIED(vfu_reply(vfu, &info, sizeof(info), NULL, 0));
}

static uint32_t region_size(const struct vfu *vfu, uint32_t index)
{
	const struct transport_function *f = vfu->t.function;

	return index == VFU_REGION_CONFIG ? TRANSPORT_CONFIG_BYTES :
					    f->bar_bytes(f->opaque, index);
}

static int handle_region_info(struct vfu *vfu, size_t len)
{
	struct vfu_region_info info;

	if (len < sizeof(info))
		return refuse(vfu, EINVAL, "GET_REGION_INFO too short");
	memcpy(&info, vfu->body, sizeof(info));
	if (info.index >= VFU_NUM_REGIONS)
		return refuse(vfu, EINVAL, "GET_REGION_INFO: no such region");
	info.argsz = sizeof(info);
	info.size = region_size(vfu, info.index);
	info.flags = info.size ? VFU_REGION_READABLE | VFU_REGION_WRITABLE : 0;
	info.cap_offset = 0;
	info.offset = 0;
	return REPLIED(vfu_reply(vfu, &info, sizeof(info), NULL, 0));
}

static int handle_irq_info(struct vfu *vfu, size_t len)
{
	struct vfu_irq_info info;

	if (len < sizeof(info))
		return refuse(vfu, EINVAL, "GET_IRQ_INFO too short");
	memcpy(&info, vfu->body, sizeof(info));
	if (info.index >= VFU_NUM_IRQS)
		return refuse(vfu, EINVAL, "GET_IRQ_INFO: no such interrupt");
	info.argsz = sizeof(info);
	info.count = info.index == 0;	/* INTx is the only one */
	info.flags = info.count ?
		     VFU_IRQ_EVENTFD | VFU_IRQ_MASKABLE | VFU_IRQ_AUTOMASKED : 0;
	return REPLIED(vfu_reply(vfu, &info, sizeof(info), NULL, 0));
}

static int handle_set_irqs(struct vfu *vfu, size_t len)
{
	struct vfu_irq_set msg;
	int err;

	if (len < sizeof(msg))
		return refuse(vfu, EINVAL, "SET_IRQS too short");
	memcpy(&msg, vfu->body, sizeof(msg));
	err = vfu_irq_set(vfu, &msg, len - sizeof(msg));
	if (err)
		return refuse(vfu, err, "SET_IRQS: unknown interrupt, action or data");
	return REPLIED(vfu_reply(vfu, NULL, 0, NULL, 0));
}

/* Checks what reads and writes have in common. */
static int region_access(struct vfu *vfu, size_t len, struct vfu_region_access *ra)
{
	uint32_t size;

	if (len < sizeof(*ra))
		return refuse(vfu, EINVAL, "region access too short");
	memcpy(ra, vfu->body, sizeof(*ra));
	size = region_size(vfu, ra->region);
	if (!ra->count || ra->offset >= size || ra->count > size - ra->offset)
		return refuse(vfu, EINVAL, "region access out of bounds");
	if (ra->region != VFU_REGION_CONFIG && ra->count > 8)
		return refuse(vfu, EINVAL, "BAR access of more than 8 bytes");
	return 0;
}

static int handle_read(struct vfu *vfu, size_t len)
{
	uint8_t data[TRANSPORT_CONFIG_BYTES];
	const struct transport_function *f = vfu->t.function;
	struct vfu_region_access ra;
	int err = region_access(vfu, len, &ra);

	if (err)
		return err;
	if (ra.region == VFU_REGION_CONFIG)
		f->config_read(f->opaque, ra.offset, data, ra.count);
	else
		f->read(f->opaque, ra.region, ra.offset, data, ra.count);
	return REPLIED(vfu_reply(vfu, &ra, sizeof(ra), data, ra.count));
}

static int handle_write(struct vfu *vfu, size_t len)
{
	const struct transport_function *f = vfu->t.function;
	struct vfu_region_access ra;
	int err = region_access(vfu, len, &ra);
	const uint8_t *data = vfu->body + sizeof(ra);

	if (err)
		return err;
	if (len - sizeof(ra) < ra.count)
		return refuse(vfu, EINVAL, "write without its data");
	if (ra.region == VFU_REGION_CONFIG)
		f->config_write(f->opaque, ra.offset, data, ra.count);
	else
		f->write(f->opaque, ra.region, ra.offset, data, ra.count);
	vfu_irq_update(vfu);	/* INTx disable may have changed */
	return REPLIED(vfu_reply(vfu, &ra, sizeof(ra), NULL, 0));
}

static int handle_reset(struct vfu *vfu, size_t len)
{
	(void)len;
	vfu->t.function->reset(vfu->t.function->opaque);
	vfu_irq_update(vfu);
	return REPLIED(vfu_reply(vfu, NULL, 0, NULL, 0));
}

int vfu_handle(struct vfu *vfu, size_t len)
{
	static int (*const handlers[])(struct vfu *vfu, size_t len) = {
		[VFU_VERSION] = handle_version,
		[VFU_DMA_MAP] = handle_dma_map,
		[VFU_DMA_UNMAP] = handle_dma_unmap,
		[VFU_DEVICE_GET_INFO] = handle_device_info,
		[VFU_GET_REGION_INFO] = handle_region_info,
		[VFU_GET_IRQ_INFO] = handle_irq_info,
		[VFU_SET_IRQS] = handle_set_irqs,
		[VFU_REGION_READ] = handle_read,
		[VFU_REGION_WRITE] = handle_write,
		[VFU_DEVICE_RESET] = handle_reset,
	};
	uint16_t command = vfu->hdr.command;

	if (command >= sizeof(handlers) / sizeof(handlers[0]) || !handlers[command])
		return refuse(vfu, ENOSYS, "not implemented");
	if (!vfu->greeted && command != VFU_VERSION)
		return refuse(vfu, EINVAL, "VERSION must come first");
	return handlers[command](vfu, len);
}
