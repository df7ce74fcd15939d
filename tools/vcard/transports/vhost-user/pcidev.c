// SPDX-License-Identifier: BSD-2-Clause
/*
 * Accesses of the driver. The driver waits for the end of a read; writes are posted.
 */
#include <linux/pci_regs.h>
#include <string.h>

#include "vhu.h"

#define MAX_ACCESS	4096u	/* bytes, of one chain */
#define BURST		64	/* accesses before the engines get a turn */

void vhu_bus_reset(struct vhu *vhu)
{
	memset(vhu->bar, 0, sizeof(vhu->bar));
}

/* The bits of a BAR that can be set; memory, 32 bits, not prefetchable. */
static uint32_t bar_mask(const struct vhu *vhu, unsigned int i)
{
	uint32_t bytes = vhu->t.function->bar_bytes(vhu->t.function->opaque, i);

	return bytes ? -bytes : 0;
}

static bool of_bars(uint64_t off, uint32_t size)
{
	return off >= PCI_BASE_ADDRESS_0 &&
	       off + size <= PCI_BASE_ADDRESS_0 + sizeof(uint32_t) * VHU_BARS;
}

/* The host is little-endian, as the bus. */
static void write_bars(struct vhu *vhu, uint32_t off, const void *data, uint32_t size)
{
	memcpy((uint8_t *)vhu->bar + (off - PCI_BASE_ADDRESS_0), data, size);
	for (unsigned int i = 0; i < VHU_BARS; i++)
		vhu->bar[i] &= bar_mask(vhu, i);
}

static bool config_write(struct vhu *vhu, uint64_t off, const void *data, uint32_t size)
{
	const struct transport_function *f = vhu->t.function;

	if (!of_bars(off, size))
		return off <= UINT32_MAX && f->config_write(f->opaque, off, data, size);
	write_bars(vhu, off, data, size);
	return true;
}

/* The card's answer first: where there is none, there is no bus either. */
static bool config_read(struct vhu *vhu, uint64_t off, uint8_t *data, uint32_t size)
{
	const struct transport_function *f = vhu->t.function;
	uint32_t id;

	if (off > UINT32_MAX || !f->config_read(f->opaque, off, data, size))
		return false;
	if (of_bars(off, size) && f->config_read(f->opaque, PCI_VENDOR_ID, &id, sizeof(id)) &&
	    id != UINT32_MAX)
		memcpy(data, (uint8_t *)vhu->bar + (off - PCI_BASE_ADDRESS_0), size);
	return true;
}

static bool set_bytes(struct vhu *vhu, const struct pcidev_msg *m, uint8_t byte)
{
	const struct transport_function *f = vhu->t.function;
	uint8_t data[MAX_ACCESS];

	if (!m->size || m->size > sizeof(data) || m->addr > UINT32_MAX)
		return false;
	memset(data, byte, m->size);
	return f->write(f->opaque, m->bar, m->addr, data, m->size);
}

/* Bytes read into data, or -1: refused. */
static int read_access(struct vhu *vhu, const struct pcidev_msg *m, uint8_t *data, uint32_t room)
{
	const struct transport_function *f = vhu->t.function;

	if (!m->size || m->size > room || m->size > MAX_ACCESS)
		return -1;
	/* what is outside of the card answers with ones */
	memset(data, 0xff, m->size);
	if (m->op == PCIDEV_CFG_READ)
		config_read(vhu, m->addr, data, m->size);
	else if (m->addr <= UINT32_MAX)
		f->read(f->opaque, m->bar, m->addr, data, m->size);
	return m->size;
}

static bool write_access(struct vhu *vhu, const struct pcidev_msg *m, const uint8_t *data,
			 uint32_t len)
{
	const struct transport_function *f = vhu->t.function;

	if (m->op == PCIDEV_MMIO_MEMSET)
		return len && set_bytes(vhu, m, data[0]);
	if (!m->size || m->size > len)
		return false;
	if (m->op == PCIDEV_CFG_WRITE)
		config_write(vhu, m->addr, data, m->size);
	else if (m->addr <= UINT32_MAX)
		f->write(f->opaque, m->bar, m->addr, data, m->size);
	return true;
}

/* Bytes for the driver, or -1: refused. */
static int perform(struct vhu *vhu, const struct vhu_chain *chain, const struct pcidev_msg *m,
		   uint8_t *data, uint32_t len)
{
	switch (m->op) {
	case PCIDEV_CFG_READ:
	case PCIDEV_MMIO_READ:
		return read_access(vhu, m, data, chain->room);
	case PCIDEV_CFG_WRITE:
	case PCIDEV_MMIO_WRITE:
	case PCIDEV_MMIO_MEMSET:
		return write_access(vhu, m, data, len) ? 0 : -1;
	default:
		return -1;
	}
}

static void serve_chain(struct vhu *vhu, const struct vhu_chain *chain)
{
	struct {
		struct pcidev_msg msg;
		uint8_t data[MAX_ACCESS];
	} m = { 0 };
	uint32_t got = vhu_chain_read(chain, &m, sizeof(m));
	int written = got < sizeof(m.msg) ? -1 :
		      perform(vhu, chain, &m.msg, m.data, got - sizeof(m.msg));

	if (written < 0)
		transport_refused(&vhu->t, "access %u of %u bytes at %#llx of %u refused", m.msg.op,
				   m.msg.size, (unsigned long long)m.msg.addr, m.msg.bar);
	else
		vhu_chain_write(chain, m.data, written);
	vhu_ring_give(&vhu->ring[VHU_COMMANDS], chain->head, written < 0 ? 0 : written);
}

bool vhu_serve_accesses(struct vhu *vhu)
{
	struct vhu_ring *ring = &vhu->ring[VHU_COMMANDS];
	struct vhu_chain chain;
	int n = 0;

	while (n < BURST && vhu_ring_take(ring, &vhu->memory, &chain)) {
		serve_chain(vhu, &chain);
		n++;
		/* it waits for a read, and for the last of the writes it had no room for */
		if (chain.nto || !vhu_ring_has_work(ring))
			vhu_ring_wake(ring);
	}
	if (ring->broken && !ring->told) {
		ring->told = true;
		transport_refused(&vhu->t, "ring of accesses does not hold together: not served any more");
	}
	return n;
}
