// SPDX-License-Identifier: GPL-2.0
/* What the card's place in /sys/class/acf is told: why it does not serve, and its resets. */
#include "hifn.h"

#define HIFN_STATUS_ERRORS	(PCI_STATUS_PARITY | PCI_STATUS_SIG_TARGET_ABORT | \
				 PCI_STATUS_REC_TARGET_ABORT | PCI_STATUS_REC_MASTER_ABORT | \
				 PCI_STATUS_SIG_SYSTEM_ERROR | PCI_STATUS_DETECTED_PARITY)

/* "" for a card whose registers cannot be read, or not yet. */
void hifn_card_registers(struct hifn_dev *hd, char *text)
{
	u16 status = 0;

	*text = '\0';
	if (!hd->bar1 || READ_ONCE(hd->gone))
		return;
	pci_read_config_word(hd->pdev, PCI_STATUS, &status);
	snprintf(text, HIFN_REGISTERS_TEXT,
		 "csr %#010x puisr %#010x level %#06x pci_status %#06x pll %#07x",
		 hifn_rd1(hd, HIFN_1_DMA_CSR), hifn_rd0(hd, HIFN_0_PUISR), hd->level, status,
		 hifn_rd1(hd, HIFN_1_PLL));
	/* errors that it shows are this failure's, and not the next one's as well */
	pci_write_config_word(hd->pdev, PCI_STATUS, status & HIFN_STATUS_ERRORS);
}

/* Bring-up ends here: to the log as well. */
void hifn_card_fail(struct hifn_dev *hd, const char *step, const char *format, ...)
{
	char registers[HIFN_REGISTERS_TEXT];
	char why[160];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	hifn_card_registers(hd, registers);
	pci_err(hd->pdev, "%s\n", why);
	acf_card_failed(hd->engine.card, step, why, registers);
}

/* The card stood at its oldest job: neither did it tell that it failed, nor was it reset for others. */
static bool hifn_card_hung(const char *why)
{
	return why && (!strcmp(why, "timeout") || !strcmp(why, "no-result") ||
		       !strcmp(why, "bus-abort"));
}

/*
 * Interrupt, timer and completer are quiet, and the jobs are the card's still: hifn_fail_all() is
 * about to take them, so that it makes no difference that the oldest is taken for the look.
 */
void hifn_card_note_reset(struct hifn_dev *hd)
{
	const char *why = READ_ONCE(hd->recovery.why);
	const struct acf_alg *alg = NULL;
	char registers[HIFN_REGISTERS_TEXT];
	u32 bytes = 0;
	u16 nr;

	hifn_card_registers(hd, registers);
	spin_lock_bh(&hd->engine.lock);
	if (hifn_rings_abandon(&hd->rings, &nr)) {
		alg = hd->slot[nr].job->alg;
		bytes = hd->slot[nr].job->len;
		if (hifn_card_hung(why))
			hifn_shape_hung(hd, &hd->slot[nr]);
	}
	spin_unlock_bh(&hd->engine.lock);
	acf_card_note_reset(hd->engine.card, why ?: "other", registers, alg, bytes);
}
