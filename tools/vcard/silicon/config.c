// SPDX-License-Identifier: BSD-2-Clause
/*
 * PCI configuration space, docs/hifn795x.md 1.2 and 1.4: 256 bytes, no
 * capabilities. BAR addresses belong to whoever emulates the bus.
 */
#include <linux/pci_regs.h>

#include "../vc_int.h"

/* Power-up values the drivers set to 0; anything but 0 will do. */
#define TRDY_RESET	0x80
#define RETRY_RESET	0x80

#define COMMAND_BITS	(PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | \
			 PCI_COMMAND_INVALIDATE | PCI_COMMAND_PARITY | \
			 PCI_COMMAND_SERR | PCI_COMMAND_INTX_DISABLE)

static void vc_put16(struct vcard *vc, unsigned int off, uint16_t val)
{
	vc->config[off] = val;
	vc->config[off + 1] = val >> 8;
}

static uint16_t vc_get16(const struct vcard *vc, unsigned int off)
{
	return vc->config[off] | vc->config[off + 1] << 8;
}

void vc_config_reset(struct vcard *vc)
{
	uint8_t line = vc->config[PCI_INTERRUPT_LINE];

	memset(vc->config, 0, sizeof(vc->config));
	vc_put16(vc, PCI_VENDOR_ID, HIFN_PCI_VENDOR);
	vc_put16(vc, PCI_DEVICE_ID, vc->cfg.device == 7956 ? HIFN_PCI_DEVICE_7956 :
							      HIFN_PCI_DEVICE_7955);
	vc_put16(vc, PCI_CLASS_DEVICE, HIFN_PCI_CLASS >> 8);
	vc->config[PCI_CLASS_PROG] = HIFN_PCI_CLASS & 0xff;
	vc->config[PCI_INTERRUPT_PIN] = 1;
	vc->config[PCI_INTERRUPT_LINE] = line;
	vc->config[HIFN_PCI_TRDY_TIMEOUT] = TRDY_RESET;
	vc->config[HIFN_PCI_RETRY_TIMEOUT] = RETRY_RESET;
}

static uint8_t vc_config_byte(const struct vcard *vc, uint32_t off)
{
	if (vc->gone)
		return 0xff;
	if (off == PCI_STATUS && vc_irq_wanted(vc))
		return vc->config[off] | PCI_STATUS_INTERRUPT;
	return vc->config[off];
}

static bool vc_config_ok(uint32_t off, uint32_t len)
{
	return len && off < VCARD_CONFIG_BYTES && len <= VCARD_CONFIG_BYTES - off;
}

bool vcard_config_read(struct vcard *vc, uint32_t off, void *buf, uint32_t len)
{
	if (!vc_config_ok(off, len)) {
		memset(buf, 0xff, len);
		return false;
	}
	vc_hostile_away(vc);
	for (uint32_t i = 0; i < len; i++)
		((uint8_t *)buf)[i] = vc_config_byte(vc, off + i);
	vc->count.config_reads++;
	VC_TRACE(vc, "config r 0x%02x %u byte(s)", off, len);
	return true;
}

/* RETRY answers 8-bit cycles only, 1.4. */
static void vc_config_store(struct vcard *vc, uint32_t off, uint8_t val, uint32_t len)
{
	switch (off) {
	case PCI_COMMAND:
	case PCI_COMMAND + 1:
		vc->config[off] = val & COMMAND_BITS >> 8 * (off - PCI_COMMAND);
		break;
	case PCI_STATUS + 1:	/* error bits: write one to clear */
		vc->config[off] &= ~val;
		break;
	case PCI_CACHE_LINE_SIZE:
	case PCI_LATENCY_TIMER:
	case PCI_INTERRUPT_LINE:
	case HIFN_PCI_TRDY_TIMEOUT:
		vc->config[off] = val;
		break;
	case HIFN_PCI_RETRY_TIMEOUT:
		if (len == 1)
			vc->config[off] = val;
		break;
	}
}

bool vcard_config_write(struct vcard *vc, uint32_t off, const void *buf,
			uint32_t len)
{
	if (!vc_config_ok(off, len))
		return false;
	vc->count.config_writes++;
	VC_TRACE(vc, "config w 0x%02x %u byte(s) 0x%02x", off, len,
		 *(const uint8_t *)buf);
	if (vc_hostile_away(vc))
		return true;
	for (uint32_t i = 0; i < len; i++)
		vc_config_store(vc, off + i, ((const uint8_t *)buf)[i], len);
	return true;
}

bool vc_bus_master(const struct vcard *vc)
{
	return vc_get16(vc, PCI_COMMAND) & PCI_COMMAND_MASTER;
}

bool vcard_intx_disabled(const struct vcard *vc)
{
	return vc_get16(vc, PCI_COMMAND) & PCI_COMMAND_INTX_DISABLE;
}

void vc_config_abort(struct vcard *vc)
{
	vc->config[PCI_STATUS + 1] |= PCI_STATUS_REC_MASTER_ABORT >> 8;
}
