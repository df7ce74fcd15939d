/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCI configuration space, docs/reference/hifn795x.md 1.2 and 1.4.
 */
#ifndef VC_CONFIG_H
#define VC_CONFIG_H

#include "irq.h"

#define VC_CONFIG_BYTES	256

struct vc_config {
	struct vc_host *host;
	const struct vc_irq *irq;	/* its state shows in the status register */
	uint16_t device;		/* 7955 or 7956 */
	uint8_t bytes[VC_CONFIG_BYTES];
};

/* As after power-up, but for the interrupt line register, which is the BIOS's. */
void vc_config_reset(struct vc_config *config);
bool vc_config_ok(uint32_t off, uint32_t len);
/* The access has to be within the space. */
void vc_config_load(struct vc_config *config, uint32_t off, uint8_t *buf, uint32_t len);
void vc_config_store(struct vc_config *config, uint32_t off, const uint8_t *buf,
		     uint32_t len);

bool vc_bus_master(const struct vc_config *config);
bool vc_intx_disabled(const struct vc_config *config);
/* Notes a parity error there. */
void vc_config_parity(struct vc_config *config);
/* Notes a master abort in the status register. */
void vc_config_abort(struct vc_config *config);

#endif
