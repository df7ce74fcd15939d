// SPDX-License-Identifier: GPL-2.0
/* A1, B1, B2, B3: the card as it is found, behind resets, and while its ciphers are locked. */
#include <linux/delay.h>
#include <linux/jiffies.h>

#include "survey.h"

/* Of the command register: set, looked at, and put back. */
static bool intx_disable_works(struct survey *s)
{
	u16 before, now = 0;

	pci_read_config_word(s->pdev, PCI_COMMAND, &before);
	pci_write_config_word(s->pdev, PCI_COMMAND, before ^ PCI_COMMAND_INTX_DISABLE);
	pci_read_config_word(s->pdev, PCI_COMMAND, &now);
	pci_write_config_word(s->pdev, PCI_COMMAND, before);
	return (before ^ now) & PCI_COMMAND_INTX_DISABLE;
}

static void tell_config(struct survey *s)
{
	struct pci_dev *pdev = s->pdev;

	survey_answer(s, "pci %04x:%04x revision %02x class %06x subsystem %04x:%04x", pdev->vendor,
		      pdev->device, pdev->revision, pdev->class, pdev->subsystem_vendor,
		      pdev->subsystem_device);
	survey_answer(s, "bars %llu %llu %llu", (u64)pci_resource_len(pdev, 0),
		      (u64)pci_resource_len(pdev, 1), (u64)pci_resource_len(pdev, 2));
	if (pci_resource_len(pdev, 2) == HIFN_BAR2_BYTES)
		survey_model(s, "bar2", "32k");
	else if (pci_resource_len(pdev, 2) == 4096)
		survey_model(s, "bar2", "4k");
	survey_model(s, "intx-bit", intx_disable_works(s) ? "works" : "reserved");
}

int survey_a1(struct survey *s)
{
	u32 chip = survey_chip(s);

	tell_config(s);
	survey_answer(s, "level 0x%04x revision 0x%02x revid 0x%08x", s->found.level,
		      chip & HIFN_PUSTAT_REV, survey_rd1(s, HIFN_1_REVID));
	survey_answer(s, "pll 0x%05x puctrl 0x%08x pucnfg 0x%08x puisr 0x%08x", s->found.pll,
		      survey_rd0(s, HIFN_0_PUCTRL), survey_rd0(s, HIFN_0_PUCNFG),
		      survey_rd0(s, HIFN_0_PUISR));
	survey_answer(s, "csr 0x%08x ier 0x%08x cnfg 0x%08x cnfg2 0x%08x",
		      survey_rd1(s, HIFN_1_DMA_CSR), survey_rd1(s, HIFN_1_DMA_IER),
		      survey_rd1(s, HIFN_1_DMA_CNFG), survey_rd1(s, HIFN_1_DMA_CNFG2));
	if (!s->found.cold)
		survey_evidence(s, "its clock was set before: all this is an earlier driver's");
	return s->gone ? -ENODEV : 0;
}

/* ---- B1 ---- */

/* Do registers answer in a reset and right behind it, where configuration space does? */
static bool hidden_by_reset(struct survey *s)
{
	unsigned int i;
	bool hidden;

	survey_reset_begin(s, HIFN_DMACNFG_RESET_DMA);
	hidden = survey_rd1(s, HIFN_1_DMA_CNFG) == ~0U;
	survey_reset_end(s);
	for (i = 0; i < 20; i++) {
		if (survey_rd1(s, HIFN_1_DMA_CNFG) == ~0U)
			hidden = true;
		usleep_range(100, 200);
	}
	return hidden;
}

int survey_b1(struct survey *s)
{
	u16 level = survey_level(s);
	u32 pll = survey_rd1(s, HIFN_1_PLL);
	bool hidden = hidden_by_reset(s);

	survey_sleep_ms(3);
	survey_model(s, "unit-bit", survey_release(s) ? "clears" : "stays");
	survey_answer(s, "DMA reset: level 0x%04x before, 0x%04x behind; pll 0x%05x, 0x%05x", level,
		      survey_level(s), pll, survey_rd1(s, HIFN_1_PLL));
	survey_model(s, "all-ones", hidden ? "reset" : "never");
	return s->gone ? -ENODEV : 0;
}

/* ---- B2 ---- */

/* A cipher that works although the level says otherwise: the level is none. */
static void tell_level_blind(struct survey *s, u16 level)
{
	s->open = true;
	survey_answer(s, "AES works at level 0x%04x", level);
	survey_model(s, "level", level == HIFN_LEVEL_0_ALT ? "blank" : "other");
}

static bool refused_in_result(struct survey *s)
{
	struct hifn_op op;
	enum hifn_result result;

	survey_op(&op, &survey_vector[SURVEY_AES128_CBC], SURVEY_TEXT_BYTES);
	result = hifn_result_read(&op, survey_res(s, 0), NULL);
	return result != HIFN_RESULT_OK && result != HIFN_RESULT_RESIDUAL;
}

static void tell_refusal(struct survey *s)
{
	u32 puisr = survey_rd0(s, HIFN_0_PUISR);
	bool told = (puisr & HIFN_PUSTAT_CMDINVAL) || refused_in_result(s);
	bool clear = survey_dst_is(s, 0, survey_text, SURVEY_TEXT_BYTES);

	survey_evidence_bytes(s, "result", survey_res(s, 0), HIFN_OP_RESULT_MAX_BYTES);
	survey_answer(s, "locked: AES is %s, the text %s; puisr 0x%08x",
		      told ? "refused" : "taken", clear ? "passes in clear" : "does not pass",
		      puisr);
	if (told)
		survey_model(s, "bad-command", "told");
	else if (clear)
		survey_model(s, "bad-command", "hidden");
}

int survey_b2(struct survey *s)
{
	u16 level = survey_level(s);
	int err;

	if (level == HIFN_LEVEL_2) {
		survey_answer(s, "not asked: it is open, 0x1100");
		return 0;
	}
	err = survey_ask(s, SURVEY_AES128_CBC);
	if (!err)
		tell_level_blind(s, level);
	else if (err == -EBADMSG)
		tell_refusal(s);
	else if (err == -ETIMEDOUT)
		survey_answer(s, "locked: AES hangs");
	return err == -EBADMSG ? 0 : err;
}

/* ---- B3 ---- */

static const char *power_level(u16 level)
{
	switch (level) {
	case HIFN_LEVEL_0:
		return "0x3000";
	case HIFN_LEVEL_0_ALT:
		return "0x0000";
	case HIFN_LEVEL_1:
		return "0x1000";
	case HIFN_LEVEL_2:
		return "0x1100";
	}
	return NULL;
}

/* Only a level that changes with unlocking, or is the open one, says anything. */
static void tell_levels(struct survey *s, u16 open, u16 behind)
{
	if (s->found.cold && power_level(s->found.level))
		survey_model(s, "power-level", power_level(s->found.level));
	if (behind == open)
		survey_model(s, "reset-level", "kept");
	else if (behind == HIFN_LEVEL_1)
		survey_model(s, "reset-level", "1");
	else
		survey_model(s, "reset-level", "locked");
}

static void full_reset(struct survey *s)
{
	survey_reset(s, HIFN_DMACNFG_RESET_FULL);
	survey_sleep_ms(3);
}

static void judge_works(struct survey *s, u16 open, u16 behind)
{
	int err;

	survey_start(s);
	survey_engines(s, true);
	err = survey_ask(s, SURVEY_AES128_CBC);
	s->reset_harmless = !err;
	s->open = !err;
	if (open == HIFN_LEVEL_2)
		tell_levels(s, open, behind);
	if (!err)
		return;
	s->blocked = "a full reset locks it";
	survey_answer(s, "AES does not work behind a full reset: a power cycle is next");
}

int survey_b3(struct survey *s)
{
	u32 pll, rng;
	u16 open, behind;

	if (!s->open && !s->unlocked)
		survey_unlock(s);
	open = survey_level(s);
	survey_wr1(s, HIFN_1_RNG_CONFIG, HIFN_RNGCFG_ENA);
	pll = survey_rd1(s, HIFN_1_PLL);
	rng = survey_rd1(s, HIFN_1_RNG_CONFIG);
	full_reset(s);
	behind = survey_level(s);
	survey_answer(s, "full reset: level 0x%04x before, 0x%04x behind", open, behind);
	survey_answer(s, "full reset: pll 0x%05x, 0x%05x; rng 0x%x, 0x%x", pll,
		      survey_rd1(s, HIFN_1_PLL), rng, survey_rd1(s, HIFN_1_RNG_CONFIG));
	if (s->gone)
		return -ENODEV;
	survey_model(s, "reset-pll", survey_rd1(s, HIFN_1_PLL) == pll ? "kept" : "default");
	survey_model(s, "reset-rng", survey_rd1(s, HIFN_1_RNG_CONFIG) == rng ? "kept" : "cleared");
	judge_works(s, open, behind);
	return 0;
}
