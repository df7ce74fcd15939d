/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The example device, as its driver sees it: it copies memory to memory, and tells the CRC-32
 * of it. Little-endian; registers are of 32 bits, addresses two of them or one of 64.
 *
 *   BAR 0   4 KiB    registers
 *   BAR 2   64 KiB   64 bits, prefetchable: the log. The first page answers by messages, the
 *                    others can be mapped
 *   BAR 4   4 KiB    MSI-X table and pending bits
 *
 * Interrupts: MSI-X vector 0 for what is done and 1 for what failed, or one MSI, or INTx, which is up
 * while STATUS has one of the two.
 */
#ifndef CHECKSUM_H
#define CHECKSUM_H

#define CK_VENDOR	0x1234	/* nobody's, as QEMU's own example device has it */
#define CK_DEVICE	0x7f55

#define CK_ID		0x00	/* reads CK_ID_VALUE */
#define CK_ID_VALUE	0x7f550001
#define CK_SRC		0x08	/* bus addresses, 64 bits */
#define CK_DST		0x10
#define CK_LEN		0x18	/* bytes, 1 to CK_MAX_BYTES */
#define CK_MAX_BYTES	0x10000
#define CK_SUM		0x1c	/* read-only: CRC-32 as of IEEE 802.3, from STATUS DONE on */
#define CK_CONTROL	0x20
#define   CK_START	1
#define CK_STATUS	0x24	/* DONE and FAILED are cleared by writing ones */
#define   CK_BUSY	1
#define   CK_DONE	2
#define   CK_FAILED	4
#define CK_ERROR	0x28	/* read-only: why, a number of Linux' errno */
#define CK_JOBS		0x2c	/* read-only, since the last reset: ended well */
#define CK_MESSAGES	0x30	/* read-only: messages of DMA, since the program's start */
#define CK_REGS		0x34

#define CK_VECTOR_DONE		0
#define CK_VECTOR_FAILED	1
#define CK_VECTORS		2

#define CK_BAR_REGS	0
#define CK_BAR_LOG	2
#define CK_BAR_MSIX	4
#define CK_BAR_BYTES	0x1000
#define CK_LOG_BYTES	0x10000

/* In the log: its first word counts entries, which begin on the second page and go round. */
#define CK_LOG_COUNT	0
#define CK_LOG_FIRST	0x1000
#define CK_LOG_ENTRY	16	/* bytes: number of the job from 1 on, CK_LEN, CK_SUM, CK_ERROR */
#define CK_LOG_ENTRIES	((CK_LOG_BYTES - CK_LOG_FIRST) / CK_LOG_ENTRY)

#endif
