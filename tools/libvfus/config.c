// SPDX-License-Identifier: BSD-2-Clause
/*
 * Configuration space: bytes, and for each which bits can be written.
 */
#include <linux/pci_regs.h>
#include <string.h>

#include "vfus_config.h"

#define FIRST_CAP	0x40
#define MSI_BYTES	14	/* with an address of 64 bits */
#define MSIX_BYTES	12

static void put(struct vfus_config *c, unsigned int off, uint32_t val, unsigned int len)
{
	for (unsigned int i = 0; i < len; i++) {
		c->bytes[off + i] = val >> 8 * i;
		c->at_reset[off + i] = val >> 8 * i;
	}
}

static void allow(struct vfus_config *c, unsigned int off, uint32_t bits, unsigned int len)
{
	for (unsigned int i = 0; i < len; i++)
		c->writable[off + i] = bits >> 8 * i;
}

static uint32_t get16(const struct vfus_config *c, unsigned int off)
{
	return c->bytes[off] | c->bytes[off + 1] << 8;
}

void vfus_config_init(struct vfus_config *c, uint32_t size, const struct vfus_ids *ids)
{
	memset(c, 0, sizeof(*c));
	c->size = size;
	put(c, PCI_VENDOR_ID, ids->vendor, 2);
	put(c, PCI_DEVICE_ID, ids->device, 2);
	put(c, PCI_CLASS_REVISION, ids->class_code << 8 | ids->revision, 4);
	put(c, PCI_SUBSYSTEM_VENDOR_ID, ids->subsystem_vendor, 2);
	put(c, PCI_SUBSYSTEM_ID, ids->subsystem, 2);
	allow(c, PCI_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_PARITY |
	      PCI_COMMAND_SERR | PCI_COMMAND_INTX_DISABLE, 2);
	allow(c, PCI_CACHE_LINE_SIZE, 0xff, 1);
	allow(c, PCI_LATENCY_TIMER, 0xff, 1);
	allow(c, PCI_INTERRUPT_LINE, 0xff, 1);
	c->last = PCI_CAPABILITY_LIST;
	c->free = FIRST_CAP;
}

void vfus_config_bar(struct vfus_config *c, unsigned int bar, unsigned int how)
{
	uint32_t low = PCI_BASE_ADDRESS_SPACE_MEMORY;

	low |= how & VFUS_BAR_64 ? PCI_BASE_ADDRESS_MEM_TYPE_64 : PCI_BASE_ADDRESS_MEM_TYPE_32;
	low |= how & VFUS_BAR_PREFETCH ? PCI_BASE_ADDRESS_MEM_PREFETCH : 0;
	if (bar <= 5)
		put(c, PCI_BASE_ADDRESS_0 + 4 * bar, low, 4);
}

void vfus_config_intx(struct vfus_config *c, unsigned int pin)
{
	put(c, PCI_INTERRUPT_PIN, pin, 1);
}

/* A place of so many bytes, hung onto the list; 0: there is none. */
static unsigned int add_capability(struct vfus_config *c, uint8_t id, unsigned int bytes)
{
	unsigned int at = c->free, end = (at + bytes + 3) & ~3u;

	if (!at || end > VFUS_CONFIG_BYTES)
		return 0;
	put(c, PCI_STATUS, get16(c, PCI_STATUS) | PCI_STATUS_CAP_LIST, 2);
	put(c, c->last, at, 1);
	put(c, at, id, 1);
	c->last = at + PCI_CAP_LIST_NEXT;
	c->free = end < VFUS_CONFIG_BYTES ? end : 0;
	return at;
}

/* What vectors is 2 to the power of; -1: of nothing. */
static int power_of(unsigned int vectors)
{
	for (int i = 0; i <= 5; i++)
		if (vectors == 1u << i)
			return i;
	return -1;
}

unsigned int vfus_config_msi(struct vfus_config *c, unsigned int vectors)
{
	int power = power_of(vectors);
	unsigned int at = power < 0 ? 0 : add_capability(c, PCI_CAP_ID_MSI, MSI_BYTES);

	if (!at)
		return 0;
	put(c, at + PCI_MSI_FLAGS, PCI_MSI_FLAGS_64BIT | (unsigned int)power << 1, 2);
	allow(c, at + PCI_MSI_FLAGS, PCI_MSI_FLAGS_ENABLE | PCI_MSI_FLAGS_QSIZE, 2);
	allow(c, at + PCI_MSI_ADDRESS_LO, ~3u, 4);
	allow(c, at + PCI_MSI_ADDRESS_HI, ~0u, 4);
	allow(c, at + PCI_MSI_DATA_64, 0xffff, 2);
	return at;
}

unsigned int vfus_config_msix(struct vfus_config *c, const struct vfus_msix *msix)
{
	unsigned int at = !msix->vectors || msix->vectors > 2048 ? 0 :
			  add_capability(c, PCI_CAP_ID_MSIX, MSIX_BYTES);

	if (!at)
		return 0;
	put(c, at + PCI_MSIX_FLAGS, msix->vectors - 1, 2);
	put(c, at + PCI_MSIX_TABLE, msix->table_offset | msix->table_bar, 4);
	put(c, at + PCI_MSIX_PBA, msix->pba_offset | msix->pba_bar, 4);
	allow(c, at + PCI_MSIX_FLAGS, PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL, 2);
	return at;
}

static bool inside(const struct vfus_config *c, uint64_t off, uint32_t len)
{
	return off < c->size && len <= c->size - off;
}

bool vfus_config_read(const struct vfus_config *c, uint64_t off, void *buf, uint32_t len)
{
	if (!inside(c, off, len))
		return false;
	memcpy(buf, c->bytes + off, len);
	return true;
}

bool vfus_config_write(struct vfus_config *c, uint64_t off, const void *buf, uint32_t len)
{
	const uint8_t *from = buf;

	if (!inside(c, off, len))
		return false;
	for (uint32_t i = 0; i < len; i++) {
		uint8_t bits = c->writable[off + i];

		c->bytes[off + i] = (c->bytes[off + i] & ~bits) | (from[i] & bits);
	}
	return true;
}

void vfus_config_reset(struct vfus_config *c)
{
	memcpy(c->bytes, c->at_reset, c->size);
}

bool vfus_config_bus_master(const struct vfus_config *c)
{
	return get16(c, PCI_COMMAND) & PCI_COMMAND_MASTER;
}

bool vfus_config_line(struct vfus_config *c, bool level)
{
	uint8_t *status = &c->bytes[PCI_STATUS];

	*status = level ? *status | PCI_STATUS_INTERRUPT : *status & ~PCI_STATUS_INTERRUPT;
	return level && !(get16(c, PCI_COMMAND) & PCI_COMMAND_INTX_DISABLE);
}
