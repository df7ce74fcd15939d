// SPDX-License-Identifier: GPL-2.0
/* acf_bench: what an access to a register costs. */
#include <linux/io.h>
#include <linux/ktime.h>
#include <linux/pci.h>

#include "acf_bench.h"

#define BENCH_MAX_READS	1000000

static int time_reads(struct pci_dev *pdev, const struct bench_reads *reads, char *json,
		      size_t room)
{
	void __iomem *bar = pci_iomap(pdev, reads->bar, 0);
	unsigned int i;
	ktime_t began;

	if (!bar)
		return -ENOMEM;
	began = ktime_get();
	for (i = 0; i < reads->count; i++)
		ioread32(bar + reads->offset);
	snprintf(json, room, "{\"reads\":%u,\"ns\":%llu}\n", reads->count,
		 (u64)ktime_to_ns(ktime_sub(ktime_get(), began)));
	pci_iounmap(pdev, bar);
	return 0;
}

int bench_registers(const struct bench_reads *reads, char *json, size_t room)
{
	struct pci_dev *pdev;
	int err = -ERANGE;

	pdev = pci_get_domain_bus_and_slot(reads->domain, reads->bus,
					   PCI_DEVFN(reads->slot, reads->function));
	if (!pdev)
		return -ENODEV;
	if (reads->bar < PCI_STD_NUM_BARS && reads->offset % 4 == 0 && reads->count &&
	    reads->count <= BENCH_MAX_READS && pci_resource_len(pdev, reads->bar) >= 4 &&
	    reads->offset <= pci_resource_len(pdev, reads->bar) - 4)
		err = time_reads(pdev, reads, json, room);
	pci_dev_put(pdev);
	return err;
}
