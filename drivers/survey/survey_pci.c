// SPDX-License-Identifier: GPL-2.0
/*
 * hifn_survey: binds to cards that no driver has, and touches none before somebody asks. It has
 * ids, but no alias: nothing loads it but who means it.
 */
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "acf.h"
#include "survey.h"

static int check_bars(struct pci_dev *pdev)
{
	if (pci_resource_len(pdev, 0) >= HIFN_BAR0_BYTES &&
	    pci_resource_len(pdev, 1) >= HIFN_BAR1_BYTES)
		return 0;
	pci_err(pdev, "BAR0 and BAR1 are %llu and %llu bytes: not a HIFN 7955 or 7956, or badly seated\n",
		(u64)pci_resource_len(pdev, 0), (u64)pci_resource_len(pdev, 1));
	return -ENODEV;
}

static int map(struct survey *s)
{
	struct pci_dev *pdev = s->pdev;
	int err = pci_request_regions(pdev, KBUILD_MODNAME);

	if (err)
		return err;
	s->bar0 = pci_iomap(pdev, 0, HIFN_BAR0_BYTES);
	if (!s->bar0)
		goto err_release;
	s->bar1 = pci_iomap(pdev, 1, HIFN_BAR1_BYTES);
	if (s->bar1)
		return 0;
	pci_iounmap(pdev, s->bar0);
err_release:
	pci_release_regions(pdev);
	return -ENOMEM;
}

static void unmap(struct survey *s)
{
	pci_iounmap(s->pdev, s->bar1);
	pci_iounmap(s->pdev, s->bar0);
	pci_release_regions(s->pdev);
}

static int alloc(struct survey *s)
{
	int err;

	s->text = kzalloc(SURVEY_TEXT, GFP_KERNEL);
	if (!s->text)
		return -ENOMEM;
	err = survey_trace_init(s);
	if (err)
		goto err_text;
	err = survey_memory_alloc(s);
	if (!err)
		return 0;
	survey_trace_free(s);
err_text:
	kfree(s->text);
	return err;
}

static int enable(struct pci_dev *pdev)
{
	int err = pci_enable_device_mem(pdev);

	if (err)
		return err;
	pci_clear_master(pdev);
	err = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(32));
	if (err)
		pci_disable_device(pdev);
	return err;
}

static int survey_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct survey *s;
	int err = check_bars(pdev);

	if (err)
		return err;
	s = kvzalloc(sizeof(*s), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	s->pdev = pdev;
	mutex_init(&s->lock);
	err = enable(pdev);
	if (err)
		goto err_free;
	err = map(s);
	if (err)
		goto err_disable;
	err = alloc(s);
	if (err)
		goto err_unmap;
	pci_set_drvdata(pdev, s);
	pci_info(pdev, "ready for the survey: its experiments may hang the machine, at worst until a power cycle\n");
	return 0;

err_unmap:
	unmap(s);
err_disable:
	pci_disable_device(pdev);
err_free:
	kvfree(s);
	pci_err(pdev, "no survey: cannot set the card up (%d)\n", err);
	return err;
}

static void survey_remove(struct pci_dev *pdev)
{
	struct survey *s = pci_get_drvdata(pdev);

	if (s->found.looked)
		survey_quiesce(s);
	survey_memory_free(s);
	survey_trace_free(s);
	kfree(s->text);
	unmap(s);
	pci_disable_device(pdev);
	kvfree(s);
}

/* Without MODULE_DEVICE_TABLE(). */
static const struct pci_device_id survey_ids[] = {
	{ PCI_DEVICE(HIFN_PCI_VENDOR, HIFN_PCI_DEVICE_7955) },
	{ PCI_DEVICE(HIFN_PCI_VENDOR, HIFN_PCI_DEVICE_7956) },
	{}
};

static struct pci_driver survey_driver = {
	.name = KBUILD_MODNAME,
	.id_table = survey_ids,
	.probe = survey_probe,
	.remove = survey_remove,
	.dev_groups = survey_groups,
	.driver.probe_type = PROBE_FORCE_SYNCHRONOUS,
};

module_pci_driver(survey_driver);

MODULE_DESCRIPTION("Survey of a HIFN 7955/7956: experiments for the first owner of a card");
MODULE_LICENSE("GPL");
MODULE_VERSION(ACF_VERSION);
