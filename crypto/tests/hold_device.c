// SPDX-License-Identifier: GPL-2.0
/*
 * hold_device: while it is loaded it has a reference to each device below another one, as
 * anybody in the kernel may. What it gives back is freed then, whatever module has made it, and
 * is long gone: for the place that acf makes for a card. Never shipped.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/pci.h>

#define HOLD_MOST	8

static char *parent = "";
module_param(parent, charp, 0444);
MODULE_PARM_DESC(parent, "the device above, as in /sys/bus/pci/devices");

static struct device *held[HOLD_MOST];
static unsigned int count;
module_param(count, uint, 0444);
MODULE_PARM_DESC(count, "devices that it has");

static int hold(struct device *dev, void *unused)
{
	if (count == HOLD_MOST)
		return -ENOSPC;
	held[count++] = get_device(dev);
	return 0;
}

static void let_go(void)
{
	while (count)
		put_device(held[--count]);
}

static int __init hold_init(void)
{
	struct device *dev = bus_find_device_by_name(&pci_bus_type, NULL, parent);
	int err = -ENODEV;

	if (dev)
		err = device_for_each_child(dev, NULL, hold);
	put_device(dev);
	if (!err && !count)
		err = -ENOENT;
	if (err) {
		pr_err("parent=%s: no such device, or none below it, or more than %u (%d)\n",
		       parent, HOLD_MOST, err);
		let_go();
	}
	return err;
}

static void __exit hold_exit(void)
{
	let_go();
}

module_init(hold_init);
module_exit(hold_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Holds references to devices, for tests");
