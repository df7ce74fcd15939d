// SPDX-License-Identifier: GPL-2.0
/* Linux for the experiments, on the virtual card's library. */
#include <vcard.h>

#include "kernel.h"
#include "machine.h"

#define MEMORY		(1 << 20)	/* bytes, at */
#define MEMORY_BUS	0x00100000u	/* this bus address */
#define ACCESS_NS	300

static struct {
	struct vcard *card;
	u8 *memory;
	u32 used;
	u64 now;
	unsigned int unlocks;	/* seeds read */
	bool busy;		/* in the handler */
	irqreturn_t (*handler)(int irq, void *data);
	void *data;
} machine;

static void *dma(void *opaque, uint32_t addr, bool write, uint32_t *avail)
{
	(void)opaque;
	(void)write;
	if (addr < MEMORY_BUS || addr - MEMORY_BUS >= MEMORY)
		return NULL;
	*avail = MEMORY - (addr - MEMORY_BUS);
	return machine.memory + (addr - MEMORY_BUS);
}

static u64 now(void *opaque)
{
	(void)opaque;
	return machine.now;
}

static void quiet(void *opaque, const char *line)
{
	(void)opaque;
	if (getenv("SURVEY_LOG"))
		fprintf(stderr, "card: %s\n", line);
}

static const struct vcard_ops ops = { .dma = dma, .log = quiet, .now = now };

struct vcard *machine_start(void)
{
	struct vcard_config config = { .seed = 1, .ops = &ops };

	machine.memory = calloc(1, MEMORY);
	machine.now = 1000000000;
	machine.unlocks = 0;
	machine.card = vcard_create(&config);
	if (!machine.memory || !machine.card)
		abort();
	return machine.card;
}

void machine_end(void)
{
	vcard_destroy(machine.card);
	free(machine.memory);
}

unsigned int machine_unlocks(void)
{
	return machine.unlocks;
}

void machine_forget(void)
{
	machine.used = 0;
}

/* ---- time: the card works while it goes on ---- */

#define STORM	1000	/* interrupts of a line that stays up, before the machine does something else */

static void deliver(void)
{
	if (machine.busy || !machine.handler)
		return;
	machine.busy = true;
	for (unsigned int i = 0; i < STORM && vcard_irq(machine.card); i++)
		machine.handler(1, machine.data);
	machine.busy = false;
}

/* From one event of the card to the next. */
static void pass(u64 ns)
{
	u64 end = machine.now + ns;

	for (;;) {
		u64 next = vcard_step(machine.card, 1 << 20);

		deliver();
		if (next > end || machine.now >= end)
			break;
		/* at once, which takes a moment too */
		machine.now = next > machine.now ? next : machine.now + 10;
	}
	machine.now = end;
	vcard_step(machine.card, 1 << 20);
	deliver();
}

void usleep_range(unsigned long least, unsigned long most)
{
	(void)most;
	pass(least * 1000ULL);
}

u64 ktime_get_ns(void)
{
	return machine.now;
}

unsigned long kernel_jiffies(void)
{
	return machine.now / 1000000;
}

/* ---- the card ---- */

static unsigned int bar_of(const void *at)
{
	return (uintptr_t)at >> 28;
}

u32 ioread32(const void *at)
{
	if (!machine.busy)
		pass(ACCESS_NS);
	machine.unlocks += (uintptr_t)at == 0x200000f4;
	return vcard_rd32(machine.card, bar_of(at) - 1, (uintptr_t)at & 0xfffffff);
}

void iowrite32(u32 val, void *at)
{
	if (bar_of(at))
		vcard_wr32(machine.card, bar_of(at) - 1, (uintptr_t)at & 0xfffffff, val);
	if (!machine.busy)
		pass(ACCESS_NS);
}

u32 kernel_bar_bytes(unsigned int bar)
{
	return vcard_bar_bytes(machine.card, bar);
}

int pci_read_config_word(struct pci_dev *pdev, int where, u16 *val)
{
	u8 bytes[2];

	(void)pdev;
	vcard_config_read(machine.card, where, bytes, 2);
	*val = bytes[0] | bytes[1] << 8;
	return 0;
}

int pci_write_config_word(struct pci_dev *pdev, int where, u16 val)
{
	u8 bytes[2] = { val & 0xff, val >> 8 };

	(void)pdev;
	vcard_config_write(machine.card, where, bytes, 2);
	return 0;
}

void kernel_master(bool on)
{
	u16 cmd;

	pci_read_config_word(NULL, PCI_COMMAND, &cmd);
	cmd |= PCI_COMMAND_MEMORY;
	cmd = on ? cmd | PCI_COMMAND_MASTER : cmd & ~PCI_COMMAND_MASTER;
	pci_write_config_word(NULL, PCI_COMMAND, cmd);
}

int request_irq(int irq, irqreturn_t (*handler)(int irq, void *data), int flags, const char *name,
		void *data)
{
	(void)irq;
	(void)flags;
	(void)name;
	machine.handler = handler;
	machine.data = data;
	return 0;
}

void free_irq(int irq, void *data)
{
	(void)irq;
	(void)data;
	machine.handler = NULL;
}

/* ---- memory ---- */

void *dma_pool_zalloc(struct dma_pool *pool, int flags, dma_addr_t *bus)
{
	void *at = machine.memory + machine.used;

	(void)pool;
	(void)flags;
	if (machine.used + PAGE_SIZE > MEMORY)
		return NULL;
	*bus = MEMORY_BUS + machine.used;
	machine.used += PAGE_SIZE;
	memset(at, 0, PAGE_SIZE);
	return at;
}

int scnprintf(char *buf, size_t bytes, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(buf, bytes, format, args);
	va_end(args);
	return n < (int)bytes ? n : (int)bytes - 1;
}
