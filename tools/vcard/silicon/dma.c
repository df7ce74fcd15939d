// SPDX-License-Identifier: BSD-2-Clause
/*
 * Bus-master access to host memory. Every byte goes through ops.dma, so an
 * address nobody answers ends as a master abort and nowhere else.
 */
#include <string.h>

#include "dma.h"

/* Contiguous memory at addr; *len is cut to what is contiguous. */
void *vc_dma_ptr(struct vc_host *host, uint32_t addr, uint32_t *len, bool write)
{
	uint32_t avail = 0;
	void *p = host->ops.dma(host->opaque, addr, write, &avail);

	if (!p || !avail)
		return NULL;
	if (avail < *len)
		*len = avail;
	return p;
}

/* 32 address bits: a transfer does not wrap around. */
static bool vc_dma_wraps(uint32_t addr, uint32_t len)
{
	return (uint64_t)addr + len > (uint64_t)UINT32_MAX + 1;
}

static bool vc_dma_copy(struct vc_host *host, uint32_t addr, uint8_t *buf, uint32_t len,
			bool write)
{
	if (vc_dma_wraps(addr, len))
		return false;
	while (len) {
		uint32_t n = len;
		void *p = vc_dma_ptr(host, addr, &n, write);

		if (!p)
			return false;
		if (write)
			memcpy(p, buf, n);
		else
			memcpy(buf, p, n);
		addr += n;
		buf += n;
		len -= n;
	}
	return true;
}

bool vc_dma_read(struct vc_host *host, enum vc_dma_kind kind, uint32_t addr,
		 void *buf, uint32_t len)
{
	host->count.dma_read[kind] += len;
	return vc_dma_copy(host, addr, buf, len, false);
}

bool vc_dma_write(struct vc_host *host, enum vc_dma_kind kind, uint32_t addr,
		  const void *buf, uint32_t len)
{
	host->count.dma_write[kind] += len;
	return vc_dma_copy(host, addr, (uint8_t *)buf, len, true);
}

static uint32_t *vc_dma_word(struct vc_host *host, uint32_t addr, bool write)
{
	uint32_t n = 4;
	void *p = addr & 3 ? NULL : vc_dma_ptr(host, addr, &n, write);

	return p && n >= 4 && !((uintptr_t)p & 3) ? p : NULL;
}

/* Acquire: what the host stored before VALID is seen after it. */
bool vc_dma_load32(struct vc_host *host, uint32_t addr, uint32_t *val)
{
	uint32_t *p = vc_dma_word(host, addr, false);

	if (!p)
		return false;
	*val = le32_to_cpu(__atomic_load_n(p, __ATOMIC_ACQUIRE));
	return true;
}

/* Release: data and result are in memory before VALID goes away, 3.4. */
bool vc_dma_store32(struct vc_host *host, uint32_t addr, uint32_t val)
{
	uint32_t *p = vc_dma_word(host, addr, true);

	if (!p)
		return false;
	__atomic_store_n(p, (uint32_t)cpu_to_le32(val), __ATOMIC_RELEASE);
	host->count.dma_write[VC_DMA_DESC] += 4;
	return true;
}

/* Only if the host has not changed the word in between. */
bool vc_dma_swap32(struct vc_host *host, uint32_t addr, uint32_t from, uint32_t to)
{
	uint32_t *p = vc_dma_word(host, addr, true);
	uint32_t expected = cpu_to_le32(from);

	return p && __atomic_compare_exchange_n(p, &expected, (uint32_t)cpu_to_le32(to),
						false, __ATOMIC_ACQ_REL,
						__ATOMIC_ACQUIRE);
}
