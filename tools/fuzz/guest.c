// SPDX-License-Identifier: BSD-2-Clause
/*
 * Guest memory of exact-sized heap blocks.
 */
#include "guest.h"

struct block {
	uint32_t addr, size;
	uint8_t *host;		/* NULL: not mapped */
	uint8_t *shadow;	/* what it should hold */
	bool writable;
	bool granted;		/* the card may have written in this step */
};

static struct block blocks[GUEST_BLOCKS] = {
	{ GUEST_RING(0), 0x200 }, { GUEST_RING(1), 0x200 },
	{ GUEST_RING(2), 0x200 }, { GUEST_RING(3), 0x200 },
	{ GUEST_CMD, 0x400 }, { GUEST_RESULT, 0x400 },
	{ GUEST_DATA, 0x400 }, { GUEST_DATA + 0x400, 0x400 },
	{ GUEST_DATA + 0x800, 0x400 }, { GUEST_DATA + 0xc00, 0x400 },
	/* a hole, then lengths that are no power of two */
	{ GUEST_DATA + 0x1400, 0x3fd }, { GUEST_DATA + 0x17fd, 3 },
	{ GUEST_DATA + 0x1800, 1 }, { GUEST_DATA + 0x1801, 0x3ff },
	{ GUEST_LARGE, GUEST_LARGE_BYTES },
	/* both ends of the address space */
	{ 0, 0x40 }, { 0x40, 0x1c }, { 0xfffffe00, 0x1f8 }, { 0xfffffff8, 8 },
	{ 0x80000000, 0x102 },
};

static uint64_t accesses_left;
static unsigned int race_in;	/* 0: none */
static uint32_t race_addr, race_val;

static struct block *block_at(uint32_t addr)
{
	for (size_t i = 0; i < GUEST_BLOCKS; i++)
		if (addr >= blocks[i].addr && addr - blocks[i].addr < blocks[i].size)
			return &blocks[i];
	return NULL;
}

void guest_unmap(unsigned int i)
{
	free(blocks[i].host);
	blocks[i].host = NULL;
}

void guest_map(unsigned int i, bool writable)
{
	struct block *b = &blocks[i];

	b->writable = writable;
	if (b->host)
		return;
	b->host = calloc(1, b->size);
	if (!b->shadow)
		b->shadow = malloc(b->size);
	if (!b->host || !b->shadow)
		abort();
	memset(b->shadow, 0, b->size);
}

void guest_start(void)
{
	race_in = 0;
	for (unsigned int i = 0; i < GUEST_BLOCKS; i++) {
		guest_map(i, true);
		memset(blocks[i].host, 0, blocks[i].size);
		memset(blocks[i].shadow, 0, blocks[i].size);
	}
}

void guest_write(uint32_t addr, const void *buf, size_t len)
{
	const uint8_t *from = buf;

	for (; len; addr++, from++, len--) {
		struct block *b = block_at(addr);

		if (!b || !b->host)
			continue;
		b->host[addr - b->addr] = *from;
		b->shadow[addr - b->addr] = *from;
	}
}

void guest_fill(uint32_t addr, uint8_t val, size_t len)
{
	while (len--)
		guest_write(addr++, &val, 1);
}

void guest_write32(uint32_t addr, uint32_t val)
{
	uint8_t bytes[4] = { val, val >> 8, val >> 16, val >> 24 };

	guest_write(addr, bytes, sizeof(bytes));
}

uint32_t guest_read32(uint32_t addr)
{
	uint32_t val = 0;

	for (unsigned int i = 0; i < 4; i++) {
		struct block *b = block_at(addr + i);

		if (b && b->host)
			val |= (uint32_t)b->host[addr + i - b->addr] << 8 * i;
	}
	return val;
}

void guest_race(unsigned int accesses, uint32_t addr, uint32_t val)
{
	race_in = accesses;
	race_addr = addr;
	race_val = val;
}

void *guest_dma(void *opaque, uint32_t addr, bool write, uint32_t *avail)
{
	struct block *b = block_at(addr);

	(void)opaque;
	MUST(accesses_left > 0);
	accesses_left--;
	if (race_in && !--race_in)
		guest_write32(race_addr, race_val);
	if (!b || !b->host || (write && !b->writable))
		return NULL;
	b->granted |= write;
	*avail = b->size - (addr - b->addr);
	return b->host + (addr - b->addr);
}

void guest_step_begin(uint64_t accesses)
{
	accesses_left = accesses;
}

void guest_step_end(void)
{
	accesses_left = 0;
	for (size_t i = 0; i < GUEST_BLOCKS; i++) {
		struct block *b = &blocks[i];

		if (b->host && b->granted)
			memcpy(b->shadow, b->host, b->size);
		else if (b->host)
			MUST(!memcmp(b->host, b->shadow, b->size));
		b->granted = false;
	}
}

uint32_t guest_address(struct input *in)
{
	uint8_t how = in8(in);
	const struct block *b = &blocks[(how & 0x3f) % GUEST_BLOCKS];

	switch (how >> 6) {
	case 0:
		return b->addr + in8(in) % b->size;
	case 1:
		return b->addr + b->size - in8(in) % 32;
	case 2:
		return (b->addr + in16(in) % b->size) & ~3u;
	default:
		return how & 1 ? in32(in) : b->addr - in8(in) % 32;
	}
}
