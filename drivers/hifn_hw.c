// SPDX-License-Identifier: GPL-2.0
/*
 * Register access, and the sequences that start and stop a card
 * (docs/reference/hifn795x.md 6.8 and 6.7). The sequences sleep.
 */
#include <linux/delay.h>
#include <linux/io.h>

#include "hifn.h"
#include "hifn_unlock.h"

/* By configuration space, which answers also where a reset or the PLL keeps registers from it. */
static bool hifn_answers(struct hifn_dev *hd)
{
	u16 vendor = 0xffff;

	pci_read_config_word(hd->pdev, PCI_VENDOR_ID, &vendor);
	return vendor == HIFN_PCI_VENDOR;
}

/*
 * A card that is no longer there reads as all ones. Some registers may do so by
 * themselves, but CNFG has bits that are always 0; and all may, for a while.
 */
static void hifn_check_gone(struct hifn_dev *hd)
{
	atomic_long_inc(&hd->stats.register_reads);
	if (ioread32(hd->bar1 + HIFN_1_DMA_CNFG) != ~0U || hifn_answers(hd))
		return;
	if (xchg(&hd->gone, true))
		return;
	pci_err(hd->pdev, "%s: the card is gone, it does not answer any more: its work goes to the CPU; check slot and power, then bind it again\n",
		hd->name);
	hifn_reset_kick(hd, "gone");
}

static u32 hifn_read(struct hifn_dev *hd, void __iomem *at)
{
	u32 val;

	if (READ_ONCE(hd->gone))
		return ~0U;
	atomic_long_inc(&hd->stats.register_reads);
	val = ioread32(at);
	if (unlikely(val == ~0U))
		hifn_check_gone(hd);
	return val;
}

static void hifn_write(struct hifn_dev *hd, void __iomem *at, u32 val)
{
	if (READ_ONCE(hd->gone))
		return;
	atomic_long_inc(&hd->stats.register_writes);
	iowrite32(val, at);
}

u32 hifn_rd0(struct hifn_dev *hd, u32 reg)
{
	return hifn_read(hd, hd->bar0 + reg);
}

u32 hifn_rd1(struct hifn_dev *hd, u32 reg)
{
	return hifn_read(hd, hd->bar1 + reg);
}

void hifn_wr0(struct hifn_dev *hd, u32 reg, u32 val)
{
	hifn_write(hd, hd->bar0 + reg, val);
}

void hifn_wr1(struct hifn_dev *hd, u32 reg, u32 val)
{
	hifn_write(hd, hd->bar1 + reg, val);
}

/*
 * The time begins when the card has what was written, which may still be on its way: a read pushes
 * it. Of configuration space, since in a reset, or while the clock changes, registers may not answer.
 */
static void hifn_settle_ms(struct hifn_dev *hd, unsigned int ms)
{
	u16 cmd;

	pci_read_config_word(hd->pdev, PCI_COMMAND, &cmd);
	usleep_range(ms * 1000, ms * 1000 + 500);
}

/* Byte 0x41 answers 8-bit cycles only, docs/reference/hifn795x.md 1.4. */
static void hifn_hw_no_retry_limit(struct hifn_dev *hd)
{
	pci_write_config_byte(hd->pdev, HIFN_PCI_RETRY_TIMEOUT, 0);
	pci_write_config_byte(hd->pdev, HIFN_PCI_TRDY_TIMEOUT, 0);
}

/*
 * A card that lost power for a moment decodes no address, whatever the kernel
 * believes and therefore does not write.
 */
static void hifn_hw_decode(struct hifn_dev *hd)
{
	u16 cmd;

	pci_read_config_word(hd->pdev, PCI_COMMAND, &cmd);
	pci_write_config_word(hd->pdev, PCI_COMMAND, cmd | PCI_COMMAND_MEMORY);
}

#define HIFN_STATUS_PARITY	(PCI_STATUS_PARITY | PCI_STATUS_DETECTED_PARITY)

/* What it has had from the bus, or given it, may be wrong by a bit. Any context but hard interrupt. */
bool hifn_hw_saw_parity(struct hifn_dev *hd)
{
	u16 status = 0xffff;

	if (!READ_ONCE(hd->gone))
		pci_read_config_word(hd->pdev, PCI_STATUS, &status);
	return status != 0xffff && (status & HIFN_STATUS_PARITY & ~READ_ONCE(hd->parity_stuck));
}

/*
 * What it saw before it was started is nobody's fault now. A bit that stays tells nothing, and would
 * cost a reset with each look: on boards whose bridge gives no parity it may be set for good.
 */
static void hifn_hw_forget_parity(struct hifn_dev *hd)
{
	u16 stuck = 0xffff;

	pci_write_config_word(hd->pdev, PCI_STATUS, HIFN_STATUS_PARITY);
	pci_read_config_word(hd->pdev, PCI_STATUS, &stuck);
	stuck = stuck == 0xffff ? 0 : stuck & HIFN_STATUS_PARITY;
	if (stuck & ~hd->parity_stuck)
		pci_warn(hd->pdev, "%s: parity errors in PCI_STATUS (%#06x) cannot be cleared: not looked for\n",
			 hd->name, stuck);
	WRITE_ONCE(hd->parity_stuck, stuck);
}

static bool hifn_pu_ready(struct hifn_dev *hd, u32 reg)
{
	unsigned int us;

	for (us = 0; us < HIFN_PURESET_MAX_US; us += 100) {
		if (!(hifn_rd0(hd, reg) & HIFN_PUCTRL_RESET))
			return true;
		usleep_range(100, 200);
	}
	return false;
}

/* No verdict: known answers are. It is told when they are wrong. */
static void hifn_hw_suspect(struct hifn_dev *hd, const char *what)
{
	if (hd->suspect)
		return;
	hd->suspect_step = hd->step;
	hd->suspect = what;
}

/*
 * The register has two addresses; 795x drivers exist for either, 2.1.2. All of them go on when
 * the bit stays.
 */
static void hifn_hw_release_pu(struct hifn_dev *hd)
{
	hifn_wr0(hd, HIFN_0_PUCTRL2, HIFN_PUCTRL_DMAENA);
	if (hifn_pu_ready(hd, HIFN_0_PUCTRL2))
		return;
	hifn_wr0(hd, HIFN_0_PUCTRL, HIFN_PUCTRL_DMAENA);
	if (!hifn_pu_ready(hd, HIFN_0_PUCTRL))
		hifn_hw_suspect(hd, "its processing unit does not come out of reset, it is faulty");
}

static void hifn_hw_mask(struct hifn_dev *hd)
{
	hifn_wr1(hd, HIFN_1_DMA_CSR, HIFN_DMACSR_DIS_ALL);
	hifn_wr1(hd, HIFN_1_DMA_IER, 0);
	hifn_wr0(hd, HIFN_0_PUIER, 0);
}

/* Polling must be off for 1 ms before a reset, 2.2.4. */
static void hifn_hw_full_reset(struct hifn_dev *hd)
{
	hifn_wr1(hd, HIFN_1_DMA_CNFG, HIFN_DMACNFG_IDLE);
	hifn_settle_ms(hd, HIFN_POLLOFF_WAIT_MS);
	hifn_wr1(hd, HIFN_1_DMA_CNFG, HIFN_DMACNFG_RESET_FULL);
	hifn_settle_ms(hd, HIFN_RESET_WAIT_MS);
	hifn_wr1(hd, HIFN_1_DMA_CNFG, HIFN_DMACNFG_IDLE);
}

/* Level and chip revision. CHIPID has to be written before each read, 2.1.6. */
static u32 hifn_hw_chip(struct hifn_dev *hd)
{
	u32 saved = hifn_rd0(hd, HIFN_0_PUCNFG);
	u32 chip;

	hifn_wr0(hd, HIFN_0_PUCNFG, saved | HIFN_PUCNFG_CHIPID);
	chip = hifn_rd0(hd, HIFN_0_PUSTAT);
	hifn_wr0(hd, HIFN_0_PUCNFG, saved & ~HIFN_PUCNFG_CHIPID);
	return chip;
}

static u16 hifn_hw_level(struct hifn_dev *hd)
{
	return hifn_hw_chip(hd) & HIFN_PUSTAT_LEVEL;
}

/*
 * What whoever had the card before us, or nobody, has left: before anything is reset. A machine
 * that was not switched off may show what an earlier driver did.
 */
void hifn_hw_look(struct hifn_dev *hd)
{
	struct hifn_silicon *si = &hd->silicon;
	u32 chip;

	hifn_hw_decode(hd);
	chip = hifn_hw_chip(hd);
	si->level = chip & HIFN_PUSTAT_LEVEL;
	si->revision = FIELD_GET(HIFN_PUSTAT_REV, chip);
	si->revid = hifn_rd1(hd, HIFN_1_REVID) & HIFN_REVID_REV;
	si->pll = hifn_rd1(hd, HIFN_1_PLL);
}

static bool hifn_level_locked(u16 level)
{
	return level == HIFN_LEVEL_0 || level == HIFN_LEVEL_0_ALT;
}

static unsigned int hifn_level_rank(u16 level)
{
	if (hifn_level_locked(level))
		return 0;
	if (level == HIFN_LEVEL_1)
		return 1;
	return level == HIFN_LEVEL_2 ? 2 : 3;	/* a word that nobody knows says nothing */
}

/* Lower than when it began to serve: then hd->suspect says how low. */
bool hifn_hw_level_lost(const struct hifn_dev *hd)
{
	return hd->silicon.served && hd->suspect &&
	       hifn_level_rank(hd->level) < hifn_level_rank(hd->silicon.served_level);
}

/* The boot line: the rest is known when the ciphers have been unlocked. */
static void hifn_hw_tell(struct hifn_dev *hd)
{
	struct hifn_silicon *si = &hd->silicon;

	if (si->told || READ_ONCE(hd->gone))
		return;
	si->told = true;
	pci_info(hd->pdev,
		 "%s: level %#06x as found, %#06x after reset, %#06x %s; revision %#04x, chip %#04x, REVID %#06x; PLL %#07x as found, %#07x after reset\n",
		 hd->name, si->level, si->reset_level, hd->level,
		 hifn_level_locked(si->reset_level) ? "after unlock" : "without unlock",
		 hd->pdev->revision, si->revision, si->revid, si->pll, si->reset_pll);
}

static void hifn_hw_unlock(struct hifn_dev *hd)
{
	u32 saved = hifn_rd1(hd, HIFN_1_DMA_CNFG);
	u32 state;
	unsigned int i;

	hifn_wr1(hd, HIFN_1_DMA_CNFG, HIFN_DMACNFG_UNLOCKING);
	hifn_settle_ms(hd, HIFN_UNLOCK_WAIT_MS);
	state = hifn_rd1(hd, HIFN_1_UNLOCK_SECRET1);
	hifn_settle_ms(hd, HIFN_UNLOCK_WAIT_MS);
	hifn_wr1(hd, HIFN_1_UNLOCK_SECRET2, 0);
	hifn_settle_ms(hd, HIFN_UNLOCK_WAIT_MS);
	for (i = 0; i < HIFN_UNLOCK_ROUNDS; i++) {
		state = hifn_unlock_round(state);
		hifn_wr1(hd, HIFN_1_UNLOCK_SECRET2, state);
		hifn_settle_ms(hd, HIFN_UNLOCK_WAIT_MS);
	}
	hifn_wr1(hd, HIFN_1_DMA_CNFG, saved);
}

/*
 * Unlocking a card that is not locked may disable it: only when locked, 6.3. What level it tells
 * then is no verdict, one driver never asked: known answers are.
 */
static void hifn_hw_open(struct hifn_dev *hd)
{
	u16 before = hifn_hw_level(hd);

	hd->level = before;
	if (hifn_level_locked(before)) {
		hifn_hw_unlock(hd);
		hd->level = hifn_hw_level(hd);
	}
	if (!hd->silicon.told) {
		hd->silicon.reset_level = before;
		hd->silicon.reset_pll = hifn_rd1(hd, HIFN_1_PLL);
		hifn_hw_tell(hd);
	}
	if (hd->level == HIFN_LEVEL_1)
		hifn_hw_suspect(hd, "its unlock level is 0x1000, for DES and hashes alone: power-cycle the machine; if in vain, it is another card");
	else if (hd->level != HIFN_LEVEL_2)
		hifn_hw_suspect(hd, "its ciphers stay locked: power-cycle the machine; if in vain, it cannot encrypt");
}

static void hifn_hw_set_pll(struct hifn_dev *hd)
{
	u32 config = hd->params.pll.config;

	hifn_wr1(hd, HIFN_1_PLL, hifn_pll_step1(hifn_rd1(hd, HIFN_1_PLL)));
	hifn_settle_ms(hd, HIFN_PLL_WAIT_MS);
	hifn_wr1(hd, HIFN_1_PLL, hifn_pll_step2(config));
	hifn_settle_ms(hd, HIFN_PLL_WAIT_MS);
	hifn_wr1(hd, HIFN_1_PLL, hifn_pll_step3(config));
	hifn_wr1(hd, HIFN_1_PLL, hifn_pll_step4(config));
}

/* Table 6.4, with the engines left off and IER closed: the first job opens them. */
static void hifn_hw_set_registers(struct hifn_dev *hd)
{
	const struct hifn_rings *rs = &hd->rings;

	hifn_wr0(hd, HIFN_0_PUCTRL, HIFN_PUCTRL_DMAENA);
	hifn_wr0(hd, HIFN_0_FIFOCNFG, HIFN_FIFOCNFG_THRESHOLD);
	hifn_wr0(hd, HIFN_0_PUIER, HIFN_PUSTAT_DSTOVER);
	hifn_wr1(hd, HIFN_1_DMA_CRAR, rs->cmd.bus);
	hifn_wr1(hd, HIFN_1_DMA_SRAR, rs->src.bus);
	hifn_wr1(hd, HIFN_1_DMA_DRAR, rs->dst.bus);
	hifn_wr1(hd, HIFN_1_DMA_RRAR, rs->res.bus);
	hifn_settle_ms(hd, HIFN_RINGBASE_WAIT_MS);
	hifn_wr1(hd, HIFN_1_DMA_CSR,
		 HIFN_DMACSR_DIS_ALL | HIFN_DMACSR_STATUS_ALL);
	hifn_wr0(hd, HIFN_0_PUCNFG, HIFN_PUCNFG_RUN);
	hifn_hw_set_pll(hd);
	hifn_wr0(hd, HIFN_0_PUISR, HIFN_PUSTAT_DSTOVER);
	hifn_wr1(hd, HIFN_1_DMA_CNFG, HIFN_DMACNFG_RUN);
}

/*
 * The command register is written even if it reads as it should: when a card
 * was gone for a while, host and card may disagree on what it holds.
 */
static void hifn_hw_open_bus(struct hifn_dev *hd)
{
	u16 cmd;

	pci_set_master(hd->pdev);
	pci_read_config_word(hd->pdev, PCI_COMMAND, &cmd);
	pci_write_config_word(hd->pdev, PCI_COMMAND,
			      cmd & ~PCI_COMMAND_INTX_DISABLE);
}

static void hifn_hw_try_start(struct hifn_dev *hd)
{
	hd->suspect = NULL;
	hd->step = "reset";
	hifn_hw_decode(hd);
	hifn_hw_forget_parity(hd);
	hifn_hw_no_retry_limit(hd);
	hifn_hw_mask(hd);
	hifn_hw_full_reset(hd);
	hifn_hw_release_pu(hd);
	hifn_hw_no_retry_limit(hd);
	hifn_wr1(hd, HIFN_1_DMA_CNFG2, HIFN_DMACNFG2_RUN);
	hd->step = "unlock";
	hifn_hw_open(hd);
	hd->step = "reset";
	hifn_hw_release_pu(hd);
	hd->step = "set-up";
	hifn_hw_open_bus(hd);
	hifn_hw_set_registers(hd);
}

/*
 * From any state to ready, but for the random numbers; the rings must be reset
 * before. Bus mastering comes after the reset: an engine somebody left running
 * must not write to memory that is no longer his.
 *
 * Returns NULL, or "": it is gone, as the log says already. What it can do is for known answers
 * to tell; what may be the reason when they are wrong is in hd->suspect.
 */
const char *hifn_hw_start(struct hifn_dev *hd)
{
	hifn_hw_try_start(hd);
	return READ_ONCE(hd->gone) ? "" : NULL;
}

/*
 * When this returns the card does not touch memory any more, whatever state it
 * was in: it is held in reset for a while and is no bus master. Reading back
 * the command register flushes writes it may have had under way. The interrupt line
 * goes down also where its registers are not to be touched; hifn_hw_open_bus() frees it.
 */
void hifn_hw_quiesce(struct hifn_dev *hd)
{
	u16 cmd;

	hifn_rng_stop(hd);
	hifn_hw_mask(hd);
	hifn_hw_full_reset(hd);
	pci_clear_master(hd->pdev);
	pci_intx(hd->pdev, 0);
	pci_read_config_word(hd->pdev, PCI_COMMAND, &cmd);
}
