// SPDX-License-Identifier: BSD-2-Clause
/*
 * Regions: what they are, with the list of capabilities behind it, and accesses.
 */
#include <errno.h>
#include <string.h>

#include "server.h"

#define PAGE	4096u

void vfus_region(const struct vfus *s, uint32_t index, struct vfus_region *region)
{
	unsigned int count = s->device->nr_regions ? s->device->nr_regions : VFUS_PCI_REGIONS;

	*region = (struct vfus_region){ .fd = -1 };
	if (index < count)
		s->device->region(s->device->opaque, index, region);
	if (region->nr_areas > VFUS_MAX_AREAS)
		region->nr_areas = VFUS_MAX_AREAS;
	if (region->size % PAGE || region->fd_offset % PAGE)
		region->fd = -1;	/* nobody could map that */
}

/* What the reply may have besides the fixed part: as long as it gets. */
struct capabilities {
	uint32_t bytes;
	uint8_t text[sizeof(struct vfu_cap_type) + sizeof(struct vfu_cap_sparse) +
		     VFUS_MAX_AREAS * sizeof(struct vfus_area)];
};

static void add(struct capabilities *caps, const void *bytes, size_t len)
{
	memcpy(caps->text + caps->bytes, bytes, len);
	caps->bytes += len;
}

/* Offsets count from the info's beginning; the last one's is 0. */
static void fill_capabilities(const struct vfus_region *region, uint32_t index,
			      struct capabilities *caps)
{
	const uint32_t base = sizeof(struct vfu_region_info);
	bool sparse = region->fd >= 0 && region->nr_areas;

	caps->bytes = 0;
	if (index >= VFUS_PCI_REGIONS && region->size) {
		struct vfu_cap_type type = {
			{ VFU_CAP_TYPE, 1, sparse ? base + (uint32_t)sizeof(type) : 0 },
			region->type, region->subtype,
		};

		add(caps, &type, sizeof(type));
	}
	if (sparse) {
		struct vfu_cap_sparse areas = {
			{ VFU_CAP_SPARSE_MMAP, 1, 0 }, region->nr_areas, 0,
		};

		add(caps, &areas, sizeof(areas));
		add(caps, region->areas, region->nr_areas * sizeof(*region->areas));
	}
}

static uint32_t region_flags(const struct vfus_region *region)
{
	return !region->size ? 0 : (region->readable ? VFU_REGION_READABLE : 0) |
				   (region->writable ? VFU_REGION_WRITABLE : 0) |
				   (region->fd >= 0 ? VFU_REGION_MMAP : 0);
}

/*
 * A client with too little room is told how much it takes, and asks again. It gets neither
 * the list nor the file then: QEMU takes a flag of capabilities without them for an error.
 */
int vfus_handle_region_info(struct vfus *s, size_t len)
{
	struct vfu_region_info info;
	struct vfus_region region;
	struct capabilities caps;
	uint32_t room;
	bool whole;

	if (len < sizeof(info))
		return vfus_refuse(s, EINVAL, "GET_REGION_INFO too short");
	memcpy(&info, s->body, sizeof(info));
	room = info.argsz;
	if (room < sizeof(info))
		return vfus_refuse(s, EINVAL, "GET_REGION_INFO: argsz below 32");
	if (info.index >= (s->device->nr_regions ? s->device->nr_regions : VFUS_PCI_REGIONS))
		return vfus_refuse(s, EINVAL, "GET_REGION_INFO: no such region");
	vfus_region(s, info.index, &region);
	fill_capabilities(&region, info.index, &caps);
	whole = room >= sizeof(info) + caps.bytes;
	info = (struct vfu_region_info){
		.argsz = sizeof(info) + caps.bytes, .flags = region_flags(&region),
		.index = info.index, .size = region.size, .offset = region.fd_offset,
	};
	if (whole && caps.bytes) {
		info.flags |= VFU_REGION_CAPS;
		info.cap_offset = sizeof(info);
	}
	return REPLIED(vfus_reply_fd(s, &info, sizeof(info), caps.text, whole ? caps.bytes : 0,
				     whole && region.size ? region.fd : -1));
}

/* Checks what reads and writes have in common. */
static int check_access(struct vfus *s, size_t len, bool write, struct vfu_region_access *ra)
{
	struct vfus_region region;
	uint32_t most;

	if (len < sizeof(*ra))
		return vfus_refuse(s, EINVAL, "region access too short");
	memcpy(ra, s->body, sizeof(*ra));
	vfus_region(s, ra->region, &region);
	if (!ra->count || ra->offset >= region.size || ra->count > region.size - ra->offset)
		return vfus_refuse(s, EINVAL, "region access out of bounds");
	if (!(write ? region.writable : region.readable))
		return vfus_refuse(s, EPERM, write ? "region is not for writing" :
						     "region is not for reading");
	most = region.max_access ? region.max_access : VFUS_MAX_DATA;
	if (ra->count > most || ra->count > VFUS_MAX_DATA)
		return vfus_refuse(s, EINVAL, "region access too long");
	return 0;
}

int vfus_handle_read(struct vfus *s, size_t len)
{
	const struct vfus_device *d = s->device;
	struct vfu_region_access ra;
	int err = check_access(s, len, false, &ra);

	if (err)
		return err;
	if (ra.count > s->peer_max_data)
		return vfus_refuse(s, EINVAL, "read of more than the client said it takes");
	memset(s->data, 0xff, ra.count);
	err = d->read(d->opaque, ra.region, ra.offset, s->data, ra.count);
	if (err)
		return err;
	return REPLIED(vfus_reply(s, &ra, sizeof(ra), s->data, ra.count));
}

int vfus_handle_write(struct vfus *s, size_t len)
{
	const struct vfus_device *d = s->device;
	struct vfu_region_access ra;
	int err = check_access(s, len, true, &ra);

	if (err)
		return err;
	if (len - sizeof(ra) < ra.count)
		return vfus_refuse(s, EINVAL, "write without its data");
	err = d->write(d->opaque, ra.region, ra.offset, s->body + sizeof(ra), ra.count);
	vfus_intx_update(s);	/* INTx disable may have changed */
	return err ? err : REPLIED(vfus_reply(s, &ra, sizeof(ra), NULL, 0));
}
