/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Facts of the HIFN 7955/7956: PCI identity, BARs, registers with their fields
 * as masks beneath them, values known to work. No policy and no state.
 *
 * Names follow the existing drivers. Sections: docs/reference/hifn795x.md.
 */
#ifndef HIFN_REGS_H
#define HIFN_REGS_H

#include "hifn_env.h"

/* ---- identity, 1.1 and 1.2 ---- */
#define HIFN_PCI_VENDOR		0x13a3
#define HIFN_PCI_DEVICE_7955	0x0020	/* also 7954 */
#define HIFN_PCI_DEVICE_7956	0x001d
#define HIFN_PCI_CLASS		0x0b4000	/* processor, co-processor */

#define HIFN_BAR0_BYTES		0x1000	/* processing unit, "group 0" */
#define HIFN_BAR1_BYTES		0x2000	/* DMA, PLL, unlock, RNG, public key */
#define HIFN_BAR2_BYTES		0x8000	/* never used; probably the context RAM */
#define HIFN_CTXRAM_BYTES	0x8000

/* PCI configuration bytes of the retry work-around, 1.4. */
#define HIFN_PCI_TRDY_TIMEOUT	0x40
#define HIFN_PCI_RETRY_TIMEOUT	0x41	/* answers 8-bit cycles only */

/* ---- BAR0: processing unit, 2.1 ---- */
#define HIFN_0_PUDATA		0x00	/* programmed I/O port, never used */

#define HIFN_0_PUCTRL		0x04
#define HIFN_0_PUCTRL2		0x28	/* the same register again, 2.1.2 */
#define HIFN_PUCTRL_CLRSRCFIFO	0x00000010
#define HIFN_PUCTRL_STOP	0x00000008
#define HIFN_PUCTRL_LOCKRAM	0x00000004
#define HIFN_PUCTRL_DMAENA	0x00000002
#define HIFN_PUCTRL_RESET	0x00000001	/* reads 1 while resetting */

#define HIFN_0_PUISR		0x08	/* write 1 to clear */
#define HIFN_0_PUIER		0x10
#define HIFN_0_PUSTAT		0x14	/* raw status, or level with CHIPID */
#define HIFN_PUSTAT_CMDINVAL	0x00008000	/* the three share these bits, 2.1.3 */
#define HIFN_PUSTAT_DATAERR	0x00004000
#define HIFN_PUSTAT_SRCFIFO	0x00002000
#define HIFN_PUSTAT_DSTFIFO	0x00001000
#define HIFN_PUSTAT_DSTOVER	0x00000200
#define HIFN_PUSTAT_SRCCMD	0x00000080
#define HIFN_PUSTAT_SRCCTX	0x00000040
#define HIFN_PUSTAT_SRCDATA	0x00000020
#define HIFN_PUSTAT_DSTDATA	0x00000010
#define HIFN_PUSTAT_DSTRESULT	0x00000004
/* PUSTAT while PUCNFG.CHIPID is set, 2.1.6 */
#define HIFN_PUSTAT_LEVEL	0x0000ff00
#define HIFN_LEVEL_0		0x3000	/* whole field in place: locked, LZS only */
#define HIFN_LEVEL_0_ALT	0x0000
#define HIFN_LEVEL_1		0x1000	/* + DES, MD5, SHA-1 */
#define HIFN_LEVEL_2		0x1100	/* + 3DES, RC4, AES */
#define HIFN_PUSTAT_REV		0x000000ff

#define HIFN_0_PUCNFG		0x0c
#define HIFN_PUCNFG_BIT16	0x00010000	/* set by one driver, meaning unknown */
#define HIFN_PUCNFG_DRAMSIZE	0x0000e000
#define HIFN_PUCNFG_DRAMREFRESH	0x00001800
#define HIFN_PUCNFG_TCALLPHASES	0x00000200
#define HIFN_PUCNFG_TCDRVTOTEM	0x00000100
#define HIFN_PUCNFG_BIGENDIAN	0x00000080
#define HIFN_PUCNFG_BUS32	0x00000040
#define HIFN_PUCNFG_CHIPID	0x00000020	/* to be written before each read */
#define HIFN_PUCNFG_DRAM	0x00000010
#define HIFN_PUCNFG_COMPSING	0x00000004
#define HIFN_PUCNFG_ENCCNFG	0x00000002
#define HIFN_PUCNFG_RUN		0x00000344	/* the value known to work, 2.1.4 */

#define HIFN_0_FIFOSTAT		0x18
#define HIFN_FIFOSTAT_SRC	0x00007f00
#define HIFN_FIFOSTAT_DST	0x0000007f

#define HIFN_0_FIFOCNFG		0x1c
#define HIFN_FIFOCNFG_THRESHOLD	0x00000400	/* must be 1 */

#define HIFN_0_MUTE1		0x80	/* named by one header, never used */
#define HIFN_0_MUTE2		0x90

/* ---- BAR1: DMA block, 2.2 ---- */
#define HIFN_1_DMA_CRAR		0x0c	/* command ring base */
#define HIFN_1_DMA_SRAR		0x1c	/* source ring base */
#define HIFN_1_DMA_RRAR		0x2c	/* result ring base */
#define HIFN_1_DMA_DRAR		0x3c	/* destination ring base */

#define HIFN_1_DMA_CSR		0x40	/* status: write 1 to clear; control: command */
#define HIFN_DMACSR_D_CTRL	0xc0000000
#define HIFN_DMACSR_R_CTRL	0x00c00000
#define HIFN_DMACSR_S_CTRL	0x0000c000
#define HIFN_DMACSR_C_CTRL	0x000000c0
#define HIFN_DMACSR_CTRL_NOP	0	/* values of the four fields above */
#define HIFN_DMACSR_CTRL_DIS	1
#define HIFN_DMACSR_CTRL_ENA	2
#define HIFN_DMACSR_D_ABORT	0x20000000
#define HIFN_DMACSR_D_DONE	0x10000000
#define HIFN_DMACSR_D_LAST	0x08000000
#define HIFN_DMACSR_D_WAIT	0x04000000
#define HIFN_DMACSR_D_OVER	0x02000000
#define HIFN_DMACSR_R_ABORT	0x00200000
#define HIFN_DMACSR_R_DONE	0x00100000
#define HIFN_DMACSR_R_LAST	0x00080000
#define HIFN_DMACSR_R_WAIT	0x00040000
#define HIFN_DMACSR_R_OVER	0x00020000
#define HIFN_DMACSR_S_ABORT	0x00002000
#define HIFN_DMACSR_S_DONE	0x00001000
#define HIFN_DMACSR_S_LAST	0x00000800
#define HIFN_DMACSR_S_WAIT	0x00000400
#define HIFN_DMACSR_ILLW	0x00000200	/* 7811 only */
#define HIFN_DMACSR_ILLR	0x00000100	/* 7811 only */
#define HIFN_DMACSR_C_ABORT	0x00000020
#define HIFN_DMACSR_C_DONE	0x00000010
#define HIFN_DMACSR_C_LAST	0x00000008
#define HIFN_DMACSR_C_WAIT	0x00000004
#define HIFN_DMACSR_PUBDONE	0x00000002
#define HIFN_DMACSR_ENGINE	0x00000001	/* PUISR & PUIER */
#define HIFN_DMACSR_STATUS_ALL	0x3e3e3c3f	/* every status bit */
#define HIFN_DMACSR_DIS_ALL	0x40404040	/* CTRL_DIS in all four */
#define HIFN_DMACSR_ENA_ALL	0x80808080	/* CTRL_ENA in all four */
#define HIFN_DMACSR_ABORT_ALL	0x20202020

#define HIFN_1_DMA_IER		0x44	/* same bits as the CSR's status bits */
#define HIFN_DMAIER_BASE	0x22322020	/* aborts, overruns, R_DONE */

#define HIFN_1_DMA_CNFG		0x48
#define HIFN_DMACNFG_BIGENDIAN	0x10000000
#define HIFN_DMACNFG_POLLFREQ	0x00ff0000	/* 0: engines do not poll */
#define HIFN_DMACNFG_UNLOCK	0x00000800	/* opens UNLOCK1 and UNLOCK2 */
#define HIFN_DMACNFG_POLLINVAL	0x00000700
#define HIFN_DMACNFG_LAST	0x00000010	/* host controls LAST bits */
#define HIFN_DMACNFG_MODE	0x00000004	/* always 1 */
#define HIFN_DMACNFG_DMARESET	0x00000002	/* active low */
#define HIFN_DMACNFG_MSTRESET	0x00000001	/* active low */
#define HIFN_DMACNFG_IDLE	0x00000007	/* out of reset, polling off */
#define HIFN_DMACNFG_RESET_DMA	0x00000005
#define HIFN_DMACNFG_RESET_FULL	0x00000004
#define HIFN_DMACNFG_UNLOCKING	0x00000807
#define HIFN_DMACNFG_RUN	0x00010017

#define HIFN_1_PLL		0x4c	/* 2.2.6 */
#define HIFN_PLL_REF_SEL	0x00000001	/* 1 = external input, 0 = PCI clock */
#define HIFN_PLL_BP		0x00000002	/* bypass while reconfiguring */
#define HIFN_PLL_PK_CLK_SEL	0x00000008
#define HIFN_PLL_PE_CLK_SEL	0x00000010
#define HIFN_PLL_MBSET		0x00000400	/* must be 1 */
#define HIFN_PLL_ND		0x00003800	/* multiplier = 2 + 2 * ND, ND 0..5 */
#define HIFN_PLL_ND_MAX		5
#define HIFN_PLL_IS		0x00010000	/* charge pump: 1 for multiplier > 8 */
#define HIFN_PLL_FCK_MAX_MHZ	266
#define HIFN_PLL_EXT_MIN_MHZ	20
#define HIFN_PLL_EXT_MAX_MHZ	100
#define HIFN_PLL_PCI_MIN_MHZ	33
#define HIFN_PLL_PCI_MAX_MHZ	66

#define HIFN_1_DMA_CNFG2	0x6c	/* 2.2.5 */
#define HIFN_DMACNFG2_PKSWAP32	0x00080000
#define HIFN_DMACNFG2_PKSWAP8	0x00040000
#define HIFN_DMACNFG2_BAR0_SWAP32 0x00020000
#define HIFN_DMACNFG2_BAR1_SWAP8 0x00010000
#define HIFN_DMACNFG2_INIT_WRITE_BURST 0x0000f000
#define HIFN_DMACNFG2_INIT_READ_BURST 0x00000f00
#define HIFN_DMACNFG2_TGT_WRITE_BURST 0x000000f0
#define HIFN_DMACNFG2_TGT_READ_BURST 0x0000000f
#define HIFN_DMACNFG2_RUN	0x00003322

#define HIFN_1_REVID		0x98
#define HIFN_REVID_REV		0x0000ffff

#define HIFN_1_UNLOCK_SECRET1	0xf4	/* seed, 6.3 */
#define HIFN_1_UNLOCK_SECRET2	0xfc	/* response */
#define HIFN_UNLOCK_TAPS	0x80080125	/* new bit 0 = parity(state & taps) */
#define HIFN_UNLOCK_STEPS	0x101	/* LFSR steps of one round */
#define HIFN_UNLOCK_ROUNDS	13
#define HIFN_UNLOCK_ROUNDS_MIN	12	/* one driver stops here, and it works */

/* ---- BAR1: public key and random numbers, 2.3 and 2.4 ---- */
#define HIFN_1_PUB_RESET	0x204
#define HIFN_PUBRST_RESET	0x00000001	/* self-clearing */

#define HIFN_1_PUB_BASE		0x300
#define HIFN_1_PUB_OPLEN	0x304	/* 7951-compatible format */
#define HIFN_PUBOPLEN_MOD	0x0000007f	/* 32-bit words */
#define HIFN_PUBOPLEN_EXP	0x0003ff80	/* bits - 1 */
#define HIFN_PUBOPLEN_RED	0x003c0000
#define HIFN_1_PUB_OP		0x308	/* writing starts the operation */
#define HIFN_PUBOP_AOFFSET	0x0000003f	/* 64-byte units */
#define HIFN_PUBOP_BOFFSET	0x00000fc0
#define HIFN_PUBOP_MOFFSET	0x0003f000
#define HIFN_PUBOP_OP		0x003c0000
#define HIFN_PUBOP_OP_NOP	0
#define HIFN_PUBOP_OP_ADD	1
#define HIFN_PUBOP_OP_ADDC	2
#define HIFN_PUBOP_OP_SUB	3
#define HIFN_PUBOP_OP_SUBC	4
#define HIFN_PUBOP_OP_MODADD	5
#define HIFN_PUBOP_OP_MODSUB	6
#define HIFN_PUBOP_OP_INCA	7
#define HIFN_PUBOP_OP_DECA	8
#define HIFN_PUBOP_OP_MULT	9
#define HIFN_PUBOP_OP_MODMULT	10
#define HIFN_PUBOP_OP_MODRED	11
#define HIFN_PUBOP_OP_MODEXP	12

#define HIFN_1_PUB_STATUS	0x30c	/* write 1 to clear */
#define HIFN_PUBSTS_DONE	0x00000001
#define HIFN_PUBSTS_CARRY	0x00000002
#define HIFN_PUBSTS_SIGN	0x00000004
#define HIFN_PUBSTS_ZERO	0x00000008
#define HIFN_PUBSTS_FIFO_EMPTY	0x00000100
#define HIFN_PUBSTS_FIFO_FULL	0x00000200
#define HIFN_PUBSTS_FIFO_OVFL	0x00000400
#define HIFN_PUBSTS_FIFO_WRITE	0x000f0000
#define HIFN_PUBSTS_FIFO_READ	0x0f000000

#define HIFN_1_PUB_IEN		0x310
#define HIFN_PUBIEN_DONE	0x00000001

#define HIFN_1_RNG_CONFIG	0x314
#define HIFN_RNGCFG_ENA		0x00000001
#define HIFN_1_RNG_DATA		0x318
#define HIFN_RNG_PK_CLOCKS	256	/* between two words */

#define HIFN_1_PUB_MODE		0x320
#define HIFN_PUBMODE_HOSTINVERT	0x00000001
#define HIFN_PUBMODE_ENHANCED	0x00000002

#define HIFN_1_PUB_FIFO_OPLEN	0x380	/* enhanced format */
#define HIFN_PUBFIFO_OPLEN_MOD	0x000000ff
#define HIFN_PUBFIFO_OPLEN_EXP	0x000fff00
#define HIFN_PUBFIFO_OPLEN_RED	0xff000000
#define HIFN_1_PUB_FIFO_OP	0x384
#define HIFN_PUBFIFO_OP_A	0x000000ff
#define HIFN_PUBFIFO_OP_B	0x0000ff00
#define HIFN_PUBFIFO_OP_M	0x00ff0000
#define HIFN_PUBFIFO_OP_OP	0xff000000

#define HIFN_1_PUB_MEM		0x400
#define HIFN_PUB_MEM_BYTES	0xc00

/* ---- waits, 6.2 to 6.6 and 2.2.6 ---- */
#define HIFN_POLLOFF_WAIT_MS	1	/* polling off -> reset */
#define HIFN_RESET_WAIT_MS	1
#define HIFN_PURESET_MAX_US	10000
#define HIFN_RINGBASE_WAIT_MS	2
#define HIFN_UNLOCK_WAIT_MS	1	/* after every step of the sequence */
#define HIFN_PLL_WAIT_MS	10
#define HIFN_PUBRESET_MAX_MS	100

#endif
