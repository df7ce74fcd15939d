/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Configuration space for a device that has no model of its own: what reads as what, which bits a guest
 * may write, and capabilities of MSI and MSI-X. Plain memory, no allocation; for one thread.
 *
 *	vfus_config_init(&config, VFUS_CONFIG_BYTES, &ids);
 *	vfus_config_bar(&config, 0, VFUS_BAR_64 | VFUS_BAR_PREFETCH);
 *	vfus_config_msix(&config, &(struct vfus_msix){ .vectors = 2, .table_bar = 4, ... });
 *
 * and in the callbacks of the region VFUS_CONFIG vfus_config_read() and vfus_config_write(). Sizes of BARs are
 * those of their regions (vfus.h); a guest's writes to BARs are the client's business and change nothing here.
 * Numbers are of the PCI Local Bus Specification 3.0, 6.1, 6.2, 6.8, and <linux/pci_regs.h>.
 */
#ifndef VFUS_CONFIG_H
#define VFUS_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define VFUS_CONFIG_BYTES	256	/* a conventional PCI function */
#define VFUS_CONFIG_EXTENDED	4096

struct vfus_config {
	uint32_t size;		/* of the two above */
	uint8_t bytes[VFUS_CONFIG_EXTENDED];
	uint8_t writable[VFUS_CONFIG_EXTENDED];	/* bits a guest may change */
	uint8_t at_reset[VFUS_CONFIG_EXTENDED];
	uint8_t last;		/* offset of the link that the next capability hangs on */
	uint8_t free;		/* first offset without a capability; 0: full */
};

struct vfus_ids {
	uint16_t vendor, device, subsystem_vendor, subsystem;
	uint8_t revision;
	uint32_t class_code;	/* 24 bits: class, subclass, interface */
};

/* size: VFUS_CONFIG_BYTES or VFUS_CONFIG_EXTENDED. */
void vfus_config_init(struct vfus_config *c, uint32_t size, const struct vfus_ids *ids);

#define VFUS_BAR_64		1	/* takes the next BAR, too */
#define VFUS_BAR_PREFETCH	2
/* A memory BAR; without a word of one the BAR is of 32 bits, not prefetchable. */
void vfus_config_bar(struct vfus_config *c, unsigned int bar, unsigned int how);
/* pin: 1 is INTA. Without it, or 0, there is no INTx. */
void vfus_config_intx(struct vfus_config *c, unsigned int pin);

/* vectors: 1, 2, 4, ... 32; addresses of 64 bits, no mask bits. The offset, or 0: no room. */
unsigned int vfus_config_msi(struct vfus_config *c, unsigned int vectors);

struct vfus_msix {
	unsigned int vectors;	/* 1 to 2048 */
	unsigned int table_bar, pba_bar;
	/* Multiples of 8; 16 bytes a vector, and a bit a vector. The client keeps both. */
	uint32_t table_offset, pba_offset;
};
/* The offset, or 0: no room. */
unsigned int vfus_config_msix(struct vfus_config *c, const struct vfus_msix *msix);

/* False, and nothing happens: not within the space. */
bool vfus_config_read(const struct vfus_config *c, uint64_t off, void *buf, uint32_t len);
bool vfus_config_write(struct vfus_config *c, uint64_t off, const void *buf, uint32_t len);
/* As after power-up; capabilities stay. */
void vfus_config_reset(struct vfus_config *c);

/* DMA and events are allowed: nobody but the device enforces that. */
bool vfus_config_bus_master(const struct vfus_config *c);
/* The level for vfus_device.line(), of a device whose level is up or not: also shown in the status. */
bool vfus_config_line(struct vfus_config *c, bool level);

#ifdef __cplusplus
}
#endif

#endif
