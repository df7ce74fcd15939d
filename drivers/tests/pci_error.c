// SPDX-License-Identifier: GPL-2.0
/*
 * pci_error: takes, as it is loaded, one step of the recovery from an error of the bus
 * with the driver of one card. For a bus that is lost for good, which
 * only EEH reports, and for a step without those before it, as a driver sees that was
 * bound in between. Never shipped.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/pci.h>

static char *device = "";
module_param(device, charp, 0444);
MODULE_PARM_DESC(device, "the card, as in /sys/bus/pci/devices");

static char *step = "";
module_param(step, charp, 0444);
MODULE_PARM_DESC(step, "lost (error_detected for a bus that has failed), told (for one that works), mmio (mmio_enabled), reset (slot_reset), resume");

static int result;
module_param(result, int, 0444);
MODULE_PARM_DESC(result, "what the driver answered, an enum pci_ers_result; 0 to resume");

static int take_step(struct pci_dev *pdev, const struct pci_error_handlers *driver)
{
	if (!strcmp(step, "lost"))
		result = (__force int)driver->error_detected(pdev, pci_channel_io_perm_failure);
	else if (!strcmp(step, "told"))
		result = (__force int)driver->error_detected(pdev, pci_channel_io_normal);
	else if (!strcmp(step, "mmio"))
		result = driver->mmio_enabled ? (__force int)driver->mmio_enabled(pdev) : 0;
	else if (!strcmp(step, "reset"))
		result = (__force int)driver->slot_reset(pdev);
	else if (!strcmp(step, "resume"))
		driver->resume(pdev);
	else
		return -EINVAL;
	return 0;
}

/* As the recovery does it: with the device locked, if a driver is bound. */
static int step_of_bound(struct device *dev)
{
	int err = -ENODEV;

	device_lock(dev);
	if (dev->driver && to_pci_driver(dev->driver)->err_handler)
		err = take_step(to_pci_dev(dev), to_pci_driver(dev->driver)->err_handler);
	device_unlock(dev);
	return err;
}

static int __init pci_error_init(void)
{
	struct device *dev = bus_find_device_by_name(&pci_bus_type, NULL, device);
	int err = -ENODEV;

	if (dev)
		err = step_of_bound(dev);
	put_device(dev);
	if (err)
		pr_err("device=%s step=%s: no such step, or no driver for it (%d)\n", device, step, err);
	return err;
}

static void __exit pci_error_exit(void)
{
}

module_init(pci_error_init);
module_exit(pci_error_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Takes a PCI driver through recovery from errors, for tests");
