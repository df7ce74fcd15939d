/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bus-master access to host memory. False or NULL means master abort: the caller
 * raises it.
 */
#ifndef VC_DMA_H
#define VC_DMA_H

#include "host.h"

/* Contiguous memory at addr; *len is cut to what is contiguous. */
void *vc_dma_ptr(struct vc_host *host, uint32_t addr, uint32_t *len, bool write);
bool vc_dma_read(struct vc_host *host, enum vc_dma_kind kind, uint32_t addr, void *buf,
		 uint32_t len);
bool vc_dma_write(struct vc_host *host, enum vc_dma_kind kind, uint32_t addr,
		  const void *buf, uint32_t len);
/* Words of descriptors, with the order a ring needs. */
bool vc_dma_load32(struct vc_host *host, uint32_t addr, uint32_t *val);
bool vc_dma_store32(struct vc_host *host, uint32_t addr, uint32_t val);
bool vc_dma_swap32(struct vc_host *host, uint32_t addr, uint32_t from, uint32_t to);

#endif
