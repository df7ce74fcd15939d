// SPDX-License-Identifier: GPL-2.0
/*
 * Driver of libvfus' example device, tools/libvfus/example/checksum.h. In the PCI device's directory:
 *
 *   data        written: the source, up to 64 KiB; read: what the device has made of it
 *   run         a number of bytes, written: the device copies so many, and sums them up
 *   sum         CRC-32 of these, in hexadecimal
 *   jobs        number, length, sum and error of the last job, from the log in BAR 2
 *   address     of the two buffers, the higher bus address, in hexadecimal
 *   interrupts  msix, msi or intx, and how many came
 *   messages    of DMA, that the device's process has sent
 *
 * irq=MODE at load allows no other kind of interrupt than that.
 */
#include <linux/completion.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/version.h>

#include "checksum.h"

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define BIN_CONST const		/* what callbacks of binary files are handed */
#else
#define BIN_CONST
#endif

#ifdef PCI_IRQ_INTX
#define IRQ_TYPES_INTX PCI_IRQ_INTX
#else
#define IRQ_TYPES_INTX PCI_IRQ_LEGACY	/* before 6.8 */
#endif

#define TIMEOUT_MS	30000	/* for one job; a busy host emulates slowly */

static char *irq_mode = "any";
module_param_named(irq, irq_mode, charp, 0444);
MODULE_PARM_DESC(irq, "kind of interrupt: msix, msi, intx, or any (default)");

struct checksum {
	struct pci_dev *pdev;
	void __iomem *regs;
	void __iomem *log;
	struct mutex lock;	/* one job at a time: buffers, len, error */
	struct completion done;
	u32 status;		/* what the interrupt found */
	atomic_t interrupts;
	u8 *src, *dst;		/* CK_MAX_BYTES each */
	dma_addr_t src_dma, dst_dma;
	size_t len;		/* of what dst holds */
	u32 sum;
};

static irqreturn_t checksum_irq(int irq, void *data)
{
	struct checksum *ck = data;
	u32 status = readl(ck->regs + CK_STATUS) & (CK_DONE | CK_FAILED);

	if (!status || status == (u32)~0)
		return IRQ_NONE;
	writel(status, ck->regs + CK_STATUS);
	readl(ck->regs + CK_STATUS);	/* the line is down when this has been answered */
	atomic_inc(&ck->interrupts);
	ck->status = status;
	complete(&ck->done);
	return IRQ_HANDLED;
}

/* len bytes of ck->src to ck->dst; lock held. */
static int checksum_run(struct checksum *ck, size_t len)
{
	ck->len = 0;
	reinit_completion(&ck->done);
	memset(ck->dst, 0, CK_MAX_BYTES);
	writeq(ck->src_dma, ck->regs + CK_SRC);
	writeq(ck->dst_dma, ck->regs + CK_DST);
	writel(len, ck->regs + CK_LEN);
	writel(CK_START, ck->regs + CK_CONTROL);
	if (!wait_for_completion_timeout(&ck->done, msecs_to_jiffies(TIMEOUT_MS))) {
		pci_err(ck->pdev, "no interrupt in %u ms, status %#x\n", TIMEOUT_MS,
			readl(ck->regs + CK_STATUS));
		return -ETIMEDOUT;
	}
	if (ck->status & CK_FAILED) {
		pci_err(ck->pdev, "the device says error %u\n", readl(ck->regs + CK_ERROR));
		return -EIO;
	}
	ck->sum = readl(ck->regs + CK_SUM);
	ck->len = len;
	return 0;
}

static struct checksum *checksum_of(struct device *dev)
{
	return pci_get_drvdata(to_pci_dev(dev));
}

static ssize_t data_write(struct file *file, struct kobject *kobj, BIN_CONST struct bin_attribute *attr,
			  char *buf, loff_t off, size_t count)
{
	struct checksum *ck = checksum_of(kobj_to_dev(kobj));

	/* sysfs sees to it that this is within .size, and brings a page at a time */
	mutex_lock(&ck->lock);
	memcpy(ck->src + off, buf, count);
	mutex_unlock(&ck->lock);
	return count;
}

static ssize_t data_read(struct file *file, struct kobject *kobj, BIN_CONST struct bin_attribute *attr,
			 char *buf, loff_t off, size_t count)
{
	struct checksum *ck = checksum_of(kobj_to_dev(kobj));
	ssize_t n;

	mutex_lock(&ck->lock);
	n = memory_read_from_buffer(buf, count, &off, ck->dst, ck->len);
	mutex_unlock(&ck->lock);
	return n;
}

static BIN_CONST struct bin_attribute data_attr = {
	.attr = { .name = "data", .mode = 0600 },
	.size = CK_MAX_BYTES, .read = data_read, .write = data_write,
};

static ssize_t run_store(struct device *dev, struct device_attribute *attr, const char *buf,
			 size_t count)
{
	struct checksum *ck = checksum_of(dev);
	u32 len;
	int err = kstrtou32(buf, 0, &len);

	if (err)
		return err;
	if (!len || len > CK_MAX_BYTES)
		return -EINVAL;
	mutex_lock(&ck->lock);
	err = checksum_run(ck, len);
	mutex_unlock(&ck->lock);
	return err ? err : count;
}
static DEVICE_ATTR_WO(run);

static ssize_t sum_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%08x\n", checksum_of(dev)->sum);
}
static DEVICE_ATTR_RO(sum);

static ssize_t jobs_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	void __iomem *log = checksum_of(dev)->log;
	u32 count = readl(log + CK_LOG_COUNT);
	void __iomem *entry = log + CK_LOG_FIRST + (count - 1) % CK_LOG_ENTRIES * CK_LOG_ENTRY;

	if (!count)
		return sysfs_emit(buf, "0\n");
	return sysfs_emit(buf, "%u %u %08x %u\n", readl(entry), readl(entry + 4),
			  readl(entry + 8), readl(entry + 12));
}
static DEVICE_ATTR_RO(jobs);

static ssize_t address_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct checksum *ck = checksum_of(dev);

	return sysfs_emit(buf, "%llx\n", (u64)max(ck->src_dma, ck->dst_dma));
}
static DEVICE_ATTR_RO(address);

static ssize_t interrupts_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct checksum *ck = checksum_of(dev);

	return sysfs_emit(buf, "%s %d\n", ck->pdev->msix_enabled ? "msix" :
			  ck->pdev->msi_enabled ? "msi" : "intx", atomic_read(&ck->interrupts));
}
static DEVICE_ATTR_RO(interrupts);

static ssize_t messages_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", readl(checksum_of(dev)->regs + CK_MESSAGES));
}
static DEVICE_ATTR_RO(messages);

static struct attribute *checksum_attrs[] = {
	&dev_attr_run.attr,
	&dev_attr_sum.attr,
	&dev_attr_jobs.attr,
	&dev_attr_address.attr,
	&dev_attr_interrupts.attr,
	&dev_attr_messages.attr,
	NULL
};
ATTRIBUTE_GROUPS(checksum);

static unsigned int irq_types(void)
{
	if (!strcmp(irq_mode, "msix"))
		return PCI_IRQ_MSIX;
	if (!strcmp(irq_mode, "msi"))
		return PCI_IRQ_MSI;
	return strcmp(irq_mode, "intx") ? PCI_IRQ_ALL_TYPES : IRQ_TYPES_INTX;
}

/* Both vectors of MSI-X; one of the others. */
static int checksum_request_irqs(struct checksum *ck)
{
	int n = pci_alloc_irq_vectors(ck->pdev, 1, CK_VECTORS, irq_types());

	for (int i = 0; i < n; i++) {
		int err = devm_request_irq(&ck->pdev->dev, pci_irq_vector(ck->pdev, i),
					   checksum_irq, IRQF_SHARED, "vfus_checksum", ck);

		if (err)
			return err;
	}
	return n < 0 ? n : 0;
}

static int checksum_map(struct checksum *ck)
{
	const int bars = BIT(CK_BAR_REGS) | BIT(CK_BAR_LOG);
	int err = pcim_iomap_regions(ck->pdev, bars, "vfus_checksum");

	if (err)
		return err;
	ck->regs = pcim_iomap_table(ck->pdev)[CK_BAR_REGS];
	ck->log = pcim_iomap_table(ck->pdev)[CK_BAR_LOG];
	if (readl(ck->regs + CK_ID) == CK_ID_VALUE)
		return 0;
	pci_err(ck->pdev, "is no checksum device: id %#x\n", readl(ck->regs + CK_ID));
	return -ENODEV;
}

static int checksum_alloc(struct checksum *ck)
{
	struct device *dev = &ck->pdev->dev;
	int err = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));

	if (err)
		return err;
	ck->src = dmam_alloc_coherent(dev, CK_MAX_BYTES, &ck->src_dma, GFP_KERNEL);
	ck->dst = dmam_alloc_coherent(dev, CK_MAX_BYTES, &ck->dst_dma, GFP_KERNEL);
	return ck->src && ck->dst ? 0 : -ENOMEM;
}

static int checksum_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct checksum *ck = devm_kzalloc(&pdev->dev, sizeof(*ck), GFP_KERNEL);
	int err;

	if (!ck)
		return -ENOMEM;
	ck->pdev = pdev;
	mutex_init(&ck->lock);
	init_completion(&ck->done);
	pci_set_drvdata(pdev, ck);
	err = pcim_enable_device(pdev);
	err = err ? err : checksum_map(ck);
	err = err ? err : checksum_alloc(ck);
	if (err)
		return err;
	pci_set_master(pdev);
	err = checksum_request_irqs(ck);
	err = err ? err : sysfs_create_bin_file(&pdev->dev.kobj, &data_attr);
	if (err)
		pci_clear_master(pdev);
	return err;
}

/* The device may be in the midst of a job no more: nobody writes to data now. */
static void checksum_remove(struct pci_dev *pdev)
{
	sysfs_remove_bin_file(&pdev->dev.kobj, &data_attr);
	pci_clear_master(pdev);
}

static const struct pci_device_id checksum_ids[] = {
	{ PCI_DEVICE(CK_VENDOR, CK_DEVICE) },
	{ }
};
MODULE_DEVICE_TABLE(pci, checksum_ids);

static struct pci_driver checksum_driver = {
	.name = "vfus_checksum",
	.id_table = checksum_ids,
	.probe = checksum_probe,
	.remove = checksum_remove,
	.dev_groups = checksum_groups,
};
module_pci_driver(checksum_driver);

MODULE_DESCRIPTION("Example device of libvfus");
MODULE_LICENSE("GPL");
