/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The one header the pure files include besides their own: byte-order types,
 * field access, compile-time checks. In the kernel they are the kernel's; in
 * user space the few that are used are defined here.
 */
#ifndef HIFN_ENV_H
#define HIFN_ENV_H

#ifdef __KERNEL__

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>
#include <asm/barrier.h>
#include <asm/byteorder.h>

#else /* user space */

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>
#include <linux/types.h>	/* __le16, __le32 */

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define cpu_to_le16(x)	((__le16)(u16)(x))
#define cpu_to_le32(x)	((__le32)(u32)(x))
#define le16_to_cpu(x)	((u16)(x))
#define le32_to_cpu(x)	((u32)(x))
#else
#define cpu_to_le16(x)	((__le16)__builtin_bswap16(x))
#define cpu_to_le32(x)	((__le32)__builtin_bswap32(x))
#define le16_to_cpu(x)	((u16)__builtin_bswap16(x))
#define le32_to_cpu(x)	((u32)__builtin_bswap32(x))
#endif

#ifndef BIT
#define BIT(n)		(1UL << (n))
#endif
#ifndef GENMASK
#define GENMASK(h, l)	((u32)((~0ULL >> (63 - (h))) & (~0ULL << (l))))
#endif
#ifndef FIELD_GET
#define FIELD_SHIFT(mask)	__builtin_ctzll(mask)
#define FIELD_GET(mask, reg) \
	((u32)(((u64)(reg) & (u64)(mask)) >> FIELD_SHIFT(mask)))
#define FIELD_PREP(mask, val) \
	((u32)(((u64)(val) << FIELD_SHIFT(mask)) & (u64)(mask)))
#define FIELD_MAX(mask)	((u32)((u64)(mask) >> FIELD_SHIFT(mask)))
#endif
#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#endif
#ifndef min
#define min(a, b)	((a) < (b) ? (a) : (b))
#define max(a, b)	((a) > (b) ? (a) : (b))
#endif
#ifndef ALIGN
#define ALIGN(x, a)	(((x) + (a) - 1) & ~((a) - 1))
#define IS_ALIGNED(x, a)	(((x) & ((a) - 1)) == 0)
#endif
#ifndef READ_ONCE
#define READ_ONCE(x)	(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)	(*(volatile __typeof__(x) *)&(x) = (v))
#endif
#ifndef dma_wmb
/* The peer is the model in the same process: release and acquire suffice. */
#define dma_wmb()	__atomic_thread_fence(__ATOMIC_RELEASE)
#define dma_rmb()	__atomic_thread_fence(__ATOMIC_ACQUIRE)
#endif
#ifndef memzero_explicit
static inline void memzero_explicit(void *p, size_t n)
{
	memset(p, 0, n);
	__asm__ __volatile__("" : : "r"(p) : "memory");
}
#define memzero_explicit memzero_explicit
#endif

#endif

#endif
