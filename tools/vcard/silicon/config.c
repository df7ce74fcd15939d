// SPDX-License-Identifier: BSD-2-Clause
/*
 * PCI configuration space, docs/reference/hifn795x.md 1.2 and 1.4: 256 bytes, no
 * capabilities. BAR addresses belong to whoever emulates the bus.
 */
#include <linux/pci_regs.h>

#include "../../../drivers/hifn_desc.h"
#include "config.h"

/* Power-up values the drivers set to 0; anything but 0 will do. */
#define TRDY_RESET	0x80
#define RETRY_RESET	0x80

#define COMMAND_BITS	(PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | \
			 PCI_COMMAND_INVALIDATE | PCI_COMMAND_PARITY | \
			 PCI_COMMAND_SERR | PCI_COMMAND_INTX_DISABLE)

static void put16(struct vc_config *config, unsigned int off, uint16_t val)
{
	config->bytes[off] = val;
	config->bytes[off + 1] = val >> 8;
}

static uint16_t get16(const struct vc_config *config, unsigned int off)
{
	return config->bytes[off] | config->bytes[off + 1] << 8;
}

void vc_config_reset(struct vc_config *config)
{
	uint8_t line = config->bytes[PCI_INTERRUPT_LINE];

	memset(config->bytes, 0, sizeof(config->bytes));
	put16(config, PCI_VENDOR_ID, HIFN_PCI_VENDOR);
	put16(config, PCI_DEVICE_ID, config->device == 7956 ? HIFN_PCI_DEVICE_7956 :
							      HIFN_PCI_DEVICE_7955);
	put16(config, PCI_CLASS_DEVICE, HIFN_PCI_CLASS >> 8);
	config->bytes[PCI_CLASS_PROG] = HIFN_PCI_CLASS & 0xff;
	config->bytes[PCI_INTERRUPT_PIN] = 1;
	config->bytes[PCI_INTERRUPT_LINE] = line;
	config->bytes[HIFN_PCI_TRDY_TIMEOUT] = TRDY_RESET;
	config->bytes[HIFN_PCI_RETRY_TIMEOUT] = RETRY_RESET;
}

static uint8_t config_byte(const struct vc_config *config, uint32_t off)
{
	if (!config->host->present)
		return 0xff;
	if (off == PCI_STATUS && vc_irq_wanted(config->irq))
		return config->bytes[off] | PCI_STATUS_INTERRUPT;
	return config->bytes[off];
}

bool vc_config_ok(uint32_t off, uint32_t len)
{
	return len && off < VC_CONFIG_BYTES && len <= VC_CONFIG_BYTES - off;
}

void vc_config_load(struct vc_config *config, uint32_t off, uint8_t *buf, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		buf[i] = config_byte(config, off + i);
}

static uint16_t command_bits(const struct vc_config *config)
{
	if (vc_knob(config->host, VC_K_INTX_BIT))
		return COMMAND_BITS & ~PCI_COMMAND_INTX_DISABLE;
	return COMMAND_BITS;
}

/* RETRY answers 8-bit cycles only, 1.4. */
static void store_byte(struct vc_config *config, uint32_t off, uint8_t val, uint32_t len)
{
	switch (off) {
	case PCI_COMMAND:
	case PCI_COMMAND + 1:
		config->bytes[off] = val & command_bits(config) >> 8 * (off - PCI_COMMAND);
		break;
	case PCI_STATUS + 1:	/* error bits: write one to clear */
		config->bytes[off] &= ~val;
		break;
	case PCI_CACHE_LINE_SIZE:
	case PCI_LATENCY_TIMER:
	case PCI_INTERRUPT_LINE:
	case HIFN_PCI_TRDY_TIMEOUT:
		config->bytes[off] = val;
		break;
	case HIFN_PCI_RETRY_TIMEOUT:
		if (len == 1)
			config->bytes[off] = val;
		break;
	}
}

void vc_config_store(struct vc_config *config, uint32_t off, const uint8_t *buf,
		     uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		store_byte(config, off + i, buf[i], len);
}

bool vc_bus_master(const struct vc_config *config)
{
	return get16(config, PCI_COMMAND) & PCI_COMMAND_MASTER;
}

bool vc_intx_disabled(const struct vc_config *config)
{
	return get16(config, PCI_COMMAND) & PCI_COMMAND_INTX_DISABLE;
}

void vc_config_abort(struct vc_config *config)
{
	config->bytes[PCI_STATUS + 1] |= PCI_STATUS_REC_MASTER_ABORT >> 8;
}

void vc_config_parity(struct vc_config *config)
{
	config->bytes[PCI_STATUS + 1] |= PCI_STATUS_DETECTED_PARITY >> 8;
}
