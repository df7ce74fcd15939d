// SPDX-License-Identifier: GPL-2.0
/*
 * Register access, which is traced, and the sequences of docs/reference/hifn795x.md, chapter 6.
 * They sleep. Unlike the driver's they leave out what an experiment is about: nothing is unlocked
 * or reset in full unless an experiment wants it.
 */
#include <linux/delay.h>
#include <linux/io.h>

#include "../hifn_unlock.h"
#include "survey.h"

#define GONE_LOOKS	3	/* at the vendor id, */
#define GONE_MS		10	/* with this in between, before a card counts as gone */
#define HIDDEN_MS	3	/* that registers may not answer behind a reset */

/* By configuration space, which answers also where a reset keeps registers from it. */
bool survey_answers(struct survey *s)
{
	u16 vendor = 0xffff;
	unsigned int i;

	for (i = 0; i < GONE_LOOKS; i++) {
		pci_read_config_word(s->pdev, PCI_VENDOR_ID, &vendor);
		if (vendor == HIFN_PCI_VENDOR)
			return true;
		msleep(GONE_MS);
	}
	return false;
}

static u32 read_reg(struct survey *s, u8 bar, void __iomem *base, u32 reg)
{
	u32 val;

	if (s->gone)
		return ~0U;
	val = ioread32(base + reg);
	survey_trace_reg(s, false, bar, reg, val);
	if (val == ~0U && !survey_answers(s))
		s->gone = true;
	return val;
}

static void write_reg(struct survey *s, u8 bar, void __iomem *base, u32 reg, u32 val)
{
	if (s->gone)
		return;
	survey_trace_reg(s, true, bar, reg, val);
	iowrite32(val, base + reg);
}

u32 survey_rd0(struct survey *s, u32 reg)
{
	return read_reg(s, 0, s->bar0, reg);
}

u32 survey_rd1(struct survey *s, u32 reg)
{
	return read_reg(s, 1, s->bar1, reg);
}

void survey_wr0(struct survey *s, u32 reg, u32 val)
{
	write_reg(s, 0, s->bar0, reg, val);
}

void survey_wr1(struct survey *s, u32 reg, u32 val)
{
	write_reg(s, 1, s->bar1, reg, val);
}

void survey_sleep_ms(unsigned int ms)
{
	usleep_range(ms * 1000, ms * 1000 + 500);
}

/* Level and revision; CHIPID has to be written before each read, 2.1.6. */
u32 survey_chip(struct survey *s)
{
	u32 saved = survey_rd0(s, HIFN_0_PUCNFG) & ~HIFN_PUCNFG_CHIPID;
	u32 chip;

	survey_wr0(s, HIFN_0_PUCNFG, saved | HIFN_PUCNFG_CHIPID);
	chip = survey_rd0(s, HIFN_0_PUSTAT);
	survey_wr0(s, HIFN_0_PUCNFG, saved);
	return chip;
}

u16 survey_level(struct survey *s)
{
	return survey_chip(s) & HIFN_PUSTAT_LEVEL;
}

/*
 * Before anything of ours is done to it. A clock that was set says that a driver has had the card
 * since power-up: then its level is that driver's doing.
 */
void survey_look(struct survey *s)
{
	struct survey_found *f = &s->found;

	if (f->looked)
		return;
	f->looked = true;
	f->level = survey_level(s);
	f->pll = survey_rd1(s, HIFN_1_PLL);
	f->cold = !(f->pll & (HIFN_PLL_PE_CLK_SEL | HIFN_PLL_PK_CLK_SEL));
	if (f->level == HIFN_LEVEL_2)
		s->open = true;
}

/* kind: HIFN_DMACNFG_RESET_DMA or _FULL. Polling must be off for 1 ms before, 2.2.4. */
void survey_reset_begin(struct survey *s, u32 kind)
{
	survey_wr1(s, HIFN_1_DMA_CSR, HIFN_DMACSR_DIS_ALL);
	survey_wr1(s, HIFN_1_DMA_IER, 0);
	survey_wr1(s, HIFN_1_DMA_CNFG, HIFN_DMACNFG_IDLE);
	survey_sleep_ms(HIFN_POLLOFF_WAIT_MS);
	survey_wr1(s, HIFN_1_DMA_CNFG, kind);
}

void survey_reset_end(struct survey *s)
{
	survey_sleep_ms(HIFN_RESET_WAIT_MS);
	survey_wr1(s, HIFN_1_DMA_CNFG, HIFN_DMACNFG_IDLE);
}

void survey_reset(struct survey *s, u32 kind)
{
	survey_reset_begin(s, kind);
	survey_reset_end(s);
}

/* Out of reset; false: bit 0 stays, after which every driver goes on. */
bool survey_release(struct survey *s)
{
	unsigned int us;

	survey_wr0(s, HIFN_0_PUCTRL, HIFN_PUCTRL_DMAENA);
	for (us = 0; us < HIFN_PURESET_MAX_US; us += 100) {
		if (!(survey_rd0(s, HIFN_0_PUCTRL) & HIFN_PUCTRL_RESET))
			return true;
		usleep_range(100, 200);
	}
	return false;
}

void survey_set_pll(struct survey *s, const struct hifn_pll *pll)
{
	survey_wr1(s, HIFN_1_PLL, hifn_pll_step1(survey_rd1(s, HIFN_1_PLL)));
	survey_sleep_ms(HIFN_PLL_WAIT_MS);
	survey_wr1(s, HIFN_1_PLL, hifn_pll_step2(pll->config));
	survey_sleep_ms(HIFN_PLL_WAIT_MS);
	survey_wr1(s, HIFN_1_PLL, hifn_pll_step3(pll->config));
	survey_wr1(s, HIFN_1_PLL, hifn_pll_step4(pll->config));
}

static void set_rings(struct survey *s)
{
	survey_wr1(s, HIFN_1_DMA_CRAR, s->rings.cmd.bus);
	survey_wr1(s, HIFN_1_DMA_SRAR, s->rings.src.bus);
	survey_wr1(s, HIFN_1_DMA_DRAR, s->rings.dst.bus);
	survey_wr1(s, HIFN_1_DMA_RRAR, s->rings.res.bus);
	survey_sleep_ms(HIFN_RINGBASE_WAIT_MS);
}

/* From any state to ready by a DMA reset alone; engines off, IER closed, bits of errors cleared. */
void survey_start(struct survey *s)
{
	pci_clear_master(s->pdev);
	survey_reset(s, HIFN_DMACNFG_RESET_DMA);
	survey_sleep_ms(HIDDEN_MS);
	survey_release(s);
	hifn_rings_reset(&s->rings);
	survey_wr1(s, HIFN_1_DMA_CNFG2, HIFN_DMACNFG2_RUN);
	survey_wr0(s, HIFN_0_FIFOCNFG, HIFN_FIFOCNFG_THRESHOLD);
	survey_wr0(s, HIFN_0_PUIER, 0);
	set_rings(s);
	survey_wr1(s, HIFN_1_DMA_CSR, HIFN_DMACSR_DIS_ALL | HIFN_DMACSR_STATUS_ALL);
	survey_wr0(s, HIFN_0_PUCNFG, HIFN_PUCNFG_RUN);
	survey_set_pll(s, &s->pll);
	survey_wr0(s, HIFN_0_PUISR, survey_rd0(s, HIFN_0_PUISR));
	survey_pci_errors(s);
	pci_set_master(s->pdev);
	survey_wr1(s, HIFN_1_DMA_CNFG, HIFN_DMACNFG_RUN);
}

void survey_engines(struct survey *s, bool on)
{
	survey_wr1(s, HIFN_1_DMA_CSR, on ? HIFN_DMACSR_ENA_ALL : HIFN_DMACSR_DIS_ALL);
}

/* The sequence of 6.3; once per power-up, as a second time may lock it for good. */
void survey_unlock(struct survey *s)
{
	u32 saved = survey_rd1(s, HIFN_1_DMA_CNFG);
	u32 state, i;

	s->unlocked = true;
	survey_wr1(s, HIFN_1_DMA_CNFG, HIFN_DMACNFG_UNLOCKING);
	survey_sleep_ms(HIFN_UNLOCK_WAIT_MS);
	state = survey_rd1(s, HIFN_1_UNLOCK_SECRET1);
	survey_sleep_ms(HIFN_UNLOCK_WAIT_MS);
	survey_wr1(s, HIFN_1_UNLOCK_SECRET2, 0);
	survey_sleep_ms(HIFN_UNLOCK_WAIT_MS);
	for (i = 0; i < HIFN_UNLOCK_ROUNDS; i++) {
		state = hifn_unlock_round(state);
		survey_wr1(s, HIFN_1_UNLOCK_SECRET2, state);
		survey_sleep_ms(HIFN_UNLOCK_WAIT_MS);
	}
	survey_wr1(s, HIFN_1_DMA_CNFG, saved);
}

/* The card touches no memory any more: it is in a DMA reset for a while, and is no bus master. */
void survey_quiesce(struct survey *s)
{
	u16 cmd;

	survey_reset(s, HIFN_DMACNFG_RESET_DMA);
	pci_clear_master(s->pdev);
	pci_read_config_word(s->pdev, PCI_COMMAND, &cmd);
}

/* Error bits of PCI_STATUS since the last look, which clears them. */
u16 survey_pci_errors(struct survey *s)
{
	const u16 all = PCI_STATUS_PARITY | PCI_STATUS_SIG_TARGET_ABORT |
			PCI_STATUS_REC_TARGET_ABORT | PCI_STATUS_REC_MASTER_ABORT |
			PCI_STATUS_SIG_SYSTEM_ERROR | PCI_STATUS_DETECTED_PARITY;
	u16 status = 0;

	pci_read_config_word(s->pdev, PCI_STATUS, &status);
	if (status == 0xffff)
		return 0;
	if (status & all)
		pci_write_config_word(s->pdev, PCI_STATUS, status & all);
	return status & all;
}
