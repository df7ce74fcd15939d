/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the experiments of drivers/survey want of Linux, on the virtual card's library: one thread, and
 * a time that goes on while it sleeps or touches the card. linux/NAME.h of those files is this one.
 */
#ifndef SURVEY_KERNEL_H
#define SURVEY_KERNEL_H

#include <linux/pci_regs.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../drivers/hifn_env.h"

#define __iomem
#define __printf(a, b)
#define PAGE_SIZE	4096
#define HZ		1000
#define NSEC_PER_SEC	1000000000ULL
#define NSEC_PER_MSEC	1000000ULL
#define U64_MAX		UINT64_MAX
#define GFP_KERNEL	0
#define PCI_SPEED_66MHz	1
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define div64_u64(a, b)	((a) / (b))
#define module_param(name, type, mode)
#define MODULE_PARM_DESC(name, text)

typedef uint64_t dma_addr_t;
struct mutex { int unused; };
struct attribute_group;

/* ---- time ---- */
unsigned long kernel_jiffies(void);
#define jiffies		kernel_jiffies()
#define msecs_to_jiffies(ms)	((unsigned long)(ms))
#define time_after(a, b)	((long)((b) - (a)) < 0)
#define time_before(a, b)	time_after(b, a)
u64 ktime_get_ns(void);
void usleep_range(unsigned long least, unsigned long most);
#define msleep(ms)	usleep_range((ms) * 1000UL, (ms) * 1000UL)
#define cpu_relax()	usleep_range(1, 1)
#define cond_resched()	((void)0)

/* ---- the card ---- */
struct pci_bus { int cur_bus_speed; };
struct pci_dev {
	u16 vendor, device, subsystem_vendor, subsystem_device;
	u32 class;
	u8 revision;
	int irq;
	struct pci_bus *bus;
};
#define pci_name(pdev)	"card"
#define pci_err(pdev, ...)	((void)(pdev))
#define pci_resource_len(pdev, bar)	kernel_bar_bytes(bar)
#define pci_intx(pdev, on)	((void)0)
#define pci_set_master(pdev)	kernel_master(true)
#define pci_clear_master(pdev)	kernel_master(false)
u32 kernel_bar_bytes(unsigned int bar);
void kernel_master(bool on);
u32 ioread32(const void *at);
void iowrite32(u32 val, void *at);
int pci_read_config_word(struct pci_dev *pdev, int where, u16 *val);
int pci_write_config_word(struct pci_dev *pdev, int where, u16 val);

/* ---- its line ---- */
typedef int irqreturn_t;
#define IRQ_NONE	0
#define IRQ_HANDLED	1
#define IRQF_SHARED	0
int request_irq(int irq, irqreturn_t (*handler)(int irq, void *data), int flags, const char *name,
		void *data);
void free_irq(int irq, void *data);

/* ---- memory ---- */
struct dma_pool;
struct device;
#define dma_pool_create(name, dev, bytes, align, boundary)	((struct dma_pool *)1)
#define dma_pool_destroy(pool)	((void)(pool))
#define dma_pool_free(pool, at, bus)	((void)(at))
void *dma_pool_zalloc(struct dma_pool *pool, int flags, dma_addr_t *bus);
#define kcalloc(n, bytes, flags)	calloc(n, bytes)
#define kvcalloc(n, bytes, flags)	calloc(n, bytes)
#define kfree(at)	free(at)
#define kvfree(at)	free(at)
int scnprintf(char *buf, size_t bytes, const char *format, ...);

#endif
