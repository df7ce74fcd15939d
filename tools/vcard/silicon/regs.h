/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Accesses to the BARs and to configuration space, in bus order. False, and no
 * effect: outside; what is read is then ones.
 */
#ifndef VC_REGS_H
#define VC_REGS_H

#include "card.h"

/* 0: there is no such BAR. */
uint32_t vc_bar_bytes(const struct vc_card *card, unsigned int bar);
bool vc_bar_read(struct vc_card *card, unsigned int bar, uint32_t off, void *buf,
		 uint32_t len);
bool vc_bar_write(struct vc_card *card, unsigned int bar, uint32_t off, const void *buf,
		  uint32_t len);
bool vc_space_read(struct vc_card *card, uint32_t off, void *buf, uint32_t len);
bool vc_space_write(struct vc_card *card, uint32_t off, const void *buf, uint32_t len);

#endif
