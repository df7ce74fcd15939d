// SPDX-License-Identifier: GPL-2.0
/*
 * Sleep, errors of the bus, resets by others: the card is taken out of service,
 * its work goes to the CPU, and afterwards it serves again. The driver core holds
 * the device lock over each of these calls, so that one happens at a time, and none of
 * it during probe or removal.
 *
 * A card that does not come back is given up with a message; that is no reason
 * for the machine not to wake up.
 */
#include <linux/pm.h>

#include "hifn.h"

/*
 * What pci_restore_state() is to bring back. Without bus mastering, which only
 * hifn_hw_start() may switch on.
 */
void hifn_save_config(struct pci_dev *pdev)
{
	pci_clear_master(pdev);
	pci_save_state(pdev);
}

/* ---- sleep ---- */

/*
 * For suspend, and for hibernation's freeze and poweroff, which ask for the same:
 * nothing in flight, no DMA, no key in the card.
 */
static int hifn_suspend(struct device *dev)
{
	struct hifn_dev *hd = dev_get_drvdata(dev);

	hd->asleep = true;
	hifn_recover_stop(hd);
	return 0;
}

/* Also after a hibernation: in which state a kernel before us left it is unknown. */
static int hifn_resume(struct device *dev)
{
	struct hifn_dev *hd = dev_get_drvdata(dev);

	hd->asleep = false;
	hifn_save_config(hd->pdev);
	if (hd->state != HIFN_DEAD && hifn_recover_restart(hd))
		hifn_recover_serve(hd);
	return 0;
}

DEFINE_SIMPLE_DEV_PM_OPS(hifn_pm_ops, hifn_suspend, hifn_resume);

/* ---- errors of the bus ---- */

/*
 * Halting takes its time, and a line that is left up is closed for all on it. Chips before PCI 2.3
 * have no bit for it, which the kernel found out when it met the card: there its own mask does,
 * if it can be reached.
 */
static void hifn_line_down(struct hifn_dev *hd)
{
	if (hd->pdev->broken_intx_masking)
		hifn_wr1(hd, HIFN_1_DMA_IER, 0);
	else
		pci_intx(hd->pdev, 0);
}

/*
 * The bus may be dead: if the kernel says so registers are not touched from here on.
 * Only bus mastering and the interrupt line are taken from the card, before its jobs
 * go back; where these writes do not get through, nothing the card sends does. With a
 * bus that works the card is stopped as ever, and reset by hifn_mmio_enabled().
 */
static pci_ers_result_t hifn_error_detected(struct pci_dev *pdev,
					    pci_channel_state_t state)
{
	struct hifn_dev *hd = pci_get_drvdata(pdev);

	if (state != pci_channel_io_normal)
		WRITE_ONCE(hd->gone, true);
	hifn_line_down(hd);
	hd->halted = true;
	hifn_recover_halt(hd);
	if (state == pci_channel_io_perm_failure) {
		hifn_recover_give_up(hd, "its bus has failed for good");
		return PCI_ERS_RESULT_DISCONNECT;
	}
	pci_warn(pdev, "%s: error of the bus: its work goes to the CPU until %s\n", hd->name,
		 state == pci_channel_io_normal ? "it has been reset" : "the slot has been reset");
	return state == pci_channel_io_normal ? PCI_ERS_RESULT_CAN_RECOVER :
						PCI_ERS_RESULT_NEED_RESET;
}

/*
 * An error that has left the bus as it was, and nobody on it needs a reset of the slot, which hits
 * neighbours, too: one of our own will do, unless the card does not come back by that.
 */
static pci_ers_result_t hifn_mmio_enabled(struct pci_dev *pdev)
{
	struct hifn_dev *hd = pci_get_drvdata(pdev);

	if (!hd->halted || hd->asleep || hifn_recover_anew(hd))
		return PCI_ERS_RESULT_RECOVERED;
	return PCI_ERS_RESULT_NEED_RESET;
}

static bool hifn_after_reset(struct hifn_dev *hd)
{
	hifn_save_config(hd->pdev);
	WRITE_ONCE(hd->gone, false);
	/* even a card that was given up gets a new chance */
	return hd->asleep || hifn_recover_anew(hd);
}

/*
 * The device lock is held over each step, not over all of them: who was bound again in
 * between was never told of an error, and has lost the card's state all the same. So has one that
 * hifn_mmio_enabled() has started, where a neighbour wants a reset all the same.
 */
static pci_ers_result_t hifn_slot_reset(struct pci_dev *pdev)
{
	struct hifn_dev *hd = pci_get_drvdata(pdev);

	pci_restore_state(pdev);
	if (!hd->asleep)
		hifn_recover_halt(hd);
	hd->halted = true;
	return hifn_after_reset(hd) ? PCI_ERS_RESULT_RECOVERED : PCI_ERS_RESULT_DISCONNECT;
}

static void hifn_error_resume(struct pci_dev *pdev)
{
	struct hifn_dev *hd = pci_get_drvdata(pdev);

	/* unless it serves already: bound again, or awake since */
	if (hd->halted && !hd->asleep && READ_ONCE(hd->state) != HIFN_DEAD)
		hifn_recover_serve(hd);
}

/* ---- resets by others: /sys/bus/pci/devices/.../reset ---- */

static void hifn_reset_prepare(struct pci_dev *pdev)
{
	hifn_recover_stop(pci_get_drvdata(pdev));
}

static void hifn_reset_done(struct pci_dev *pdev)
{
	struct hifn_dev *hd = pci_get_drvdata(pdev);

	if (hifn_after_reset(hd) && !hd->asleep)
		hifn_recover_serve(hd);
}

const struct pci_error_handlers hifn_error_handlers = {
	.error_detected = hifn_error_detected,
	.mmio_enabled = hifn_mmio_enabled,
	.slot_reset = hifn_slot_reset,
	.resume = hifn_error_resume,
	.reset_prepare = hifn_reset_prepare,
	.reset_done = hifn_reset_done,
};

/* ---- by the system's manager: /sys/class/acf/.../online ---- */

/*
 * The device lock is held. A card that was given up gets a new chance, as after a reset of its
 * slot. One that is asleep, or whose bus is being recovered, is not touched now: acf remembers
 * what was asked for.
 */
int hifn_online(struct hifn_dev *hd, bool online)
{
	if (!online) {
		hifn_recover_stop(hd);
		return 0;
	}
	if (hd->asleep || hd->halted)
		return -EBUSY;
	if (READ_ONCE(hd->gone))
		return -ENODEV;
	if (READ_ONCE(hd->engine.state) != ACF_ENGINE_STOPPED)
		return 0;
	hifn_recover_halt(hd);
	if (hifn_recover_anew(hd))
		hifn_recover_serve(hd);
	return READ_ONCE(hd->engine.state) == ACF_ENGINE_STOPPED ? -EIO : 0;
}
