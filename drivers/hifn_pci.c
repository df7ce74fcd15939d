// SPDX-License-Identifier: GPL-2.0
/* hifn795x: PCI ids, module parameters, probe, remove, shutdown. */
#include <linux/dma-mapping.h>
#include <linux/idr.h>
#include <linux/module.h>

#include "hifn.h"

static unsigned int slots = HIFN_MAX_SLOTS;
module_param(slots, uint, 0444);
MODULE_PARM_DESC(slots, "jobs in flight per card, 1 to 128 (default 128)");

static unsigned int timeout_ms = 2000;
module_param(timeout_ms, uint, 0444);
MODULE_PARM_DESC(timeout_ms, "reset a card that does nothing for this long, 100 to 60000 (default 2000)");

static unsigned int resets = 32;
module_param(resets, uint, 0444);
MODULE_PARM_DESC(resets, "resets in a row before a card is given up, one more earned each minute; 1 or more (default 32)");

static char *pll = "ext66";
module_param(pll, charp, 0444);
MODULE_PARM_DESC(pll, "reference clock and its MHz: ext20 to ext100 or pci33 to pci66 (default ext66)");

#define HIFN_MIN_TIMEOUT_MS	100
#define HIFN_MAX_TIMEOUT_MS	60000

static DEFINE_IDA(hifn_ids);

static int hifn_check_params(struct hifn_dev *hd)
{
	struct hifn_params *p = &hd->params;

	if (slots < 1 || slots > HIFN_MAX_SLOTS) {
		hifn_card_fail(hd, "parameters", "parameter slots=%u: must be 1 to %u", slots,
			HIFN_MAX_SLOTS);
		return -EINVAL;
	}
	if (timeout_ms < HIFN_MIN_TIMEOUT_MS || timeout_ms > HIFN_MAX_TIMEOUT_MS) {
		hifn_card_fail(hd, "parameters", "parameter timeout_ms=%u: must be %u to %u",
			timeout_ms, HIFN_MIN_TIMEOUT_MS, HIFN_MAX_TIMEOUT_MS);
		return -EINVAL;
	}
	if (!resets) {
		hifn_card_fail(hd, "parameters", "parameter resets=0: must be 1 or more");
		return -EINVAL;
	}
	if (hifn_pll_parse(pll, &p->pll)) {
		hifn_card_fail(hd, "parameters", "parameter pll=%s: must be ext20 to ext100 or pci33 to pci66",
			pll);
		return -EINVAL;
	}
	p->slots = slots;
	p->timeout_ms = timeout_ms;
	p->resets = resets;
	return 0;
}

static int hifn_check_bars(struct hifn_dev *hd)
{
	static const resource_size_t want[] = {
		HIFN_BAR0_BYTES, HIFN_BAR1_BYTES,	/* the third is not used */
	};
	struct pci_dev *pdev = hd->pdev;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(want); i++) {
		if ((pci_resource_flags(pdev, i) & IORESOURCE_MEM) &&
		    pci_resource_len(pdev, i) >= want[i])
			continue;
		hifn_card_fail(hd, "bars", "BAR%u is %llu bytes of memory, need %llu: not a HIFN 7955 or 7956, or badly seated",
			i, (u64)pci_resource_len(pdev, i), (u64)want[i]);
		return -ENODEV;
	}
	return 0;
}

static struct hifn_dev *hifn_alloc(struct pci_dev *pdev)
{
	struct hifn_dev *hd = kvzalloc(sizeof(*hd), GFP_KERNEL);	/* several pages */
	int id;

	if (!hd)
		return NULL;
	id = ida_alloc(&hifn_ids, GFP_KERNEL);
	if (id < 0) {
		kvfree(hd);
		return NULL;
	}
	hd->id = id;
	hd->pdev = pdev;
	snprintf(hd->name, sizeof(hd->name), "hifn%d", id);
	spin_lock_init(&hd->claims.lock);
	INIT_LIST_HEAD(&hd->done);
	init_waitqueue_head(&hd->idle);
	hifn_irq_init(hd);
	hifn_recover_init(hd);
	hifn_rng_init(hd);
	return hd;
}

static void hifn_free(struct hifn_dev *hd)
{
	ida_free(&hifn_ids, hd->id);
	acf_card_put(hd->engine.card);
	kvfree(hd);
}

/* Memory space, regions, mappings; hifn_unmap_bars() undoes it. */
static int hifn_map_bars(struct hifn_dev *hd)
{
	struct pci_dev *pdev = hd->pdev;
	int err;

	err = pci_request_regions(pdev, KBUILD_MODNAME);
	if (err) {
		hifn_card_fail(hd, "registers", "registers are in use by another driver");
		return err;
	}
	hd->bar0 = pci_iomap(pdev, 0, HIFN_BAR0_BYTES);
	if (!hd->bar0)
		goto err_release;
	hd->bar1 = pci_iomap(pdev, 1, HIFN_BAR1_BYTES);
	if (!hd->bar1)
		goto err_unmap;
	return 0;

err_unmap:
	pci_iounmap(pdev, hd->bar0);
err_release:
	pci_release_regions(pdev);
	hifn_card_fail(hd, "registers", "cannot map the registers");
	return -ENOMEM;
}

static void hifn_unmap_bars(struct hifn_dev *hd)
{
	pci_iounmap(hd->pdev, hd->bar1);
	pci_iounmap(hd->pdev, hd->bar0);
	pci_release_regions(hd->pdev);
}

static int hifn_enable(struct hifn_dev *hd)
{
	struct pci_dev *pdev = hd->pdev;
	int err = pci_enable_device_mem(pdev);

	if (err) {
		hifn_card_fail(hd, "enable", "cannot enable the card (%d)", err);
		return err;
	}
	/* every address of the card has 32 bits, docs/reference/hifn795x.md 1.5 */
	err = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(32));
	if (!err) {
		hd->low_only = dma_addressing_limited(&pdev->dev);
		hifn_save_config(pdev);
		return 0;
	}
	hifn_card_fail(hd, "dma", "no 32-bit DMA on this machine (%d)", err);
	pci_disable_device(pdev);
	return err;
}

static int hifn_request_irq(struct hifn_dev *hd)
{
	struct pci_dev *pdev = hd->pdev;
	int err;

	err = request_irq(pdev->irq, hifn_irq, IRQF_SHARED, hd->name, hd);
	if (err)
		hifn_card_fail(hd, "interrupt", "cannot get interrupt %d (%d): check the slot's interrupt in the firmware setup",
			pdev->irq, err);
	return err;
}

/*
 * Into service: from here on acf may submit, the self-tests first. It says itself
 * what fails. Nobody else sees the card yet, so its state needs no lock, which acf
 * is about to set up.
 */
static int hifn_try_enter(struct hifn_dev *hd)
{
	char registers[HIFN_REGISTERS_TEXT];
	int err;

	WRITE_ONCE(hd->state, HIFN_UP);
	hd->recovery.resets_in_row = 0;
	hd->silicon.served_level = hd->level;
	hd->silicon.served = true;
	err = hifn_acf_register(hd);
	if (!err)
		return 0;
	hd->silicon.served = false;
	hifn_card_registers(hd, registers);
	acf_card_failed_with(hd->engine.card, registers);
	hifn_recover_halt(hd);
	return err;
}

/*
 * Which crystal is on the board is a guess, and the bus has a clock in any case: what fails off
 * the one may work off the other. Once, and it is said.
 */
static int hifn_enter_off_bus_clock(struct hifn_dev *hd)
{
	pci_warn(hd->pdev, "%s: no good results with its clock as pll=%s says: trying the clock of the bus\n",
		 hd->name, pll);
	hifn_pll_parse("pci66", &hd->params.pll);
	hifn_forget_answers(hd);
	acf_card_starting(hd->engine.card);
	if (!hifn_recover_anew(hd) || hifn_try_enter(hd))
		return -EIO;
	pci_warn(hd->pdev, "%s: it works off the clock of the bus: load with pll=pci66, or with the crystal's MHz, pll=ext20 to ext100\n",
		 hd->name);
	return 0;
}

static int hifn_enter(struct hifn_dev *hd)
{
	int err = hifn_try_enter(hd);

	if (err && err != -ENOMEM && hd->params.pll.external && !READ_ONCE(hd->gone) &&
	    !hd->suspect)
		err = hifn_enter_off_bus_clock(hd);
	if (err && hd->suspect && !READ_ONCE(hd->gone))
		hifn_card_fail(hd, hd->suspect_step, "%s: %s", hd->name, hd->suspect);
	return err;
}

static int hifn_power_on(struct hifn_dev *hd)
{
	const char *why;

	hd->step = "reset";
	hifn_hw_look(hd);
	why = hifn_recover_power_on(hd);

	if (!why)
		return 0;
	if (*why)
		hifn_card_fail(hd, hd->step, "%s: %s", hd->name, why);
	else
		acf_card_failed(hd->engine.card, hd->step, "the card is gone", NULL);
	return -EIO;
}

static int hifn_bring_up(struct hifn_dev *hd)
{
	int err;

	err = hifn_mem_alloc(hd);
	if (err) {
		hifn_card_fail(hd, "memory", "no memory for rings and bounce pages: %u KiB of DMA memory are needed",
			HIFN_PAGES * HIFN_PAGE_BYTES >> 10);
		goto err_free;
	}
	err = hifn_completer_start(hd);
	if (err) {
		hifn_card_fail(hd, "thread", "cannot start a thread for finished requests (%d)",
			       err);
		goto err_free;
	}
	err = hifn_power_on(hd);
	if (err)
		goto err_quiesce;
	err = hifn_request_irq(hd);
	if (err)
		goto err_quiesce;
	err = hifn_enter(hd);
	if (err)
		goto err_irq;
	return 0;

err_irq:
	free_irq(hd->pdev->irq, hd);
err_quiesce:
	hifn_hw_quiesce(hd);
	hifn_completer_stop(hd);
err_free:
	hifn_mem_free(hd);
	return err;
}

static int hifn_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct hifn_dev *hd = hifn_alloc(pdev);
	int err = -ENOMEM;

	if (!hd)
		return err;
	hd->engine.card = acf_card_get(&pdev->dev);
	acf_card_starting(hd->engine.card);
	err = hifn_check_params(hd);
	if (err)
		goto err_free;
	err = hifn_enable(hd);
	if (err)
		goto err_free;
	err = hifn_check_bars(hd);
	if (err)
		goto err_disable;
	err = hifn_map_bars(hd);
	if (err)
		goto err_disable;
	err = hifn_bring_up(hd);
	if (err)
		goto err_unmap;
	pci_set_drvdata(pdev, hd);
	hifn_debugfs_add(hd);
	hifn_rng_add(hd);
	pci_info(pdev, "%s: HIFN %s, unlock level %#06x, clock %s%u x%u, %u slots\n",
		 hd->name, pdev->device == HIFN_PCI_DEVICE_7956 ? "7956" : "7955",
		 hd->level, hd->params.pll.external ? "ext" : "pci",
		 hd->params.pll.ref_mhz, hd->params.pll.mult, hd->params.slots);
	return 0;

err_unmap:
	hifn_unmap_bars(hd);
err_disable:
	pci_disable_device(pdev);
err_free:
	hifn_free(hd);
	return err;
}

static void hifn_remove(struct pci_dev *pdev)
{
	struct hifn_dev *hd = pci_get_drvdata(pdev);

	hifn_rng_del(hd);
	hifn_debugfs_del(hd);
	hifn_recover_stop(hd);
	acf_engine_unregister(&hd->engine);
	free_irq(pdev->irq, hd);
	hifn_completer_stop(hd);
	hifn_mem_free(hd);
	hifn_unmap_bars(hd);
	pci_disable_device(pdev);
	acf_card_left(hd->engine.card);
	hifn_free(hd);
}

/* The next kernel must not find a card that writes to memory. */
static void hifn_shutdown(struct pci_dev *pdev)
{
	hifn_recover_stop(pci_get_drvdata(pdev));
}

static const struct pci_device_id hifn_pci_ids[] = {
	{ PCI_DEVICE(HIFN_PCI_VENDOR, HIFN_PCI_DEVICE_7955) },
	{ PCI_DEVICE(HIFN_PCI_VENDOR, HIFN_PCI_DEVICE_7956) },
	{}
};
MODULE_DEVICE_TABLE(pci, hifn_pci_ids);

static struct pci_driver hifn_pci_driver = {
	.name = KBUILD_MODNAME,
	.id_table = hifn_pci_ids,
	.probe = hifn_probe,
	.remove = hifn_remove,
	.shutdown = hifn_shutdown,
	.err_handler = &hifn_error_handlers,
	.driver.pm = pm_sleep_ptr(&hifn_pm_ops),
};

static int __init hifn_init(void)
{
	int err;

	hifn_wq = alloc_workqueue(KBUILD_MODNAME,
				  HIFN_WQ_PERCPU | WQ_HIGHPRI | WQ_CPU_INTENSIVE |
				  WQ_MEM_RECLAIM, 0);
	if (!hifn_wq)
		return -ENOMEM;
	err = hifn_completers_init();
	if (err)
		goto err_wq;
	hifn_debugfs_init();
	err = pci_register_driver(&hifn_pci_driver);
	if (!err)
		return 0;
	hifn_debugfs_exit();
	hifn_completers_exit();
err_wq:
	destroy_workqueue(hifn_wq);
	return err;
}
module_init(hifn_init);

static void __exit hifn_exit(void)
{
	pci_unregister_driver(&hifn_pci_driver);
	hifn_debugfs_exit();
	hifn_completers_exit();
	destroy_workqueue(hifn_wq);
	ida_destroy(&hifn_ids);
}
module_exit(hifn_exit);

MODULE_DESCRIPTION("HIFN 7955/7956 crypto cards, an engine of acf");
MODULE_LICENSE("GPL");
MODULE_VERSION(ACF_VERSION);
