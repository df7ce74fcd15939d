// SPDX-License-Identifier: BSD-2-Clause
/*
 * Accesses to registers, memories and configuration space: who does what is more than
 * storage, and what is counted.
 */
#include "regs.h"

/* ---- what a register does; without one it stores ---- */

static uint32_t puctrl_read(struct vc_card *c)
{
	return vc_puctrl_read(&c->pu);
}

static uint32_t pustat_read(struct vc_card *c)
{
	return vc_pustat_read(&c->pu);
}

static uint32_t seed_read(struct vc_card *c)
{
	return vc_unlock_seed_read(&c->unlock);
}

static uint32_t pub_reset_read(struct vc_card *c)
{
	return vc_pub_reset_read(&c->pub);
}

static uint32_t rng_read(struct vc_card *c)
{
	return vc_rng_read(&c->rng);
}

static void puctrl_write(struct vc_card *c, uint32_t val)
{
	vc_puctrl_write(&c->pu, val);
}

static void puisr_write(struct vc_card *c, uint32_t val)
{
	vc_puisr_write(&c->pu, val);
}

static void puier_write(struct vc_card *c, uint32_t val)
{
	vc_puier_write(&c->pu, val);
}

static void crar_write(struct vc_card *c, uint32_t val)
{
	vc_base_write(&c->dma_regs, VC_C, val);
}

static void srar_write(struct vc_card *c, uint32_t val)
{
	vc_base_write(&c->dma_regs, VC_S, val);
}

static void drar_write(struct vc_card *c, uint32_t val)
{
	vc_base_write(&c->dma_regs, VC_D, val);
}

static void rrar_write(struct vc_card *c, uint32_t val)
{
	vc_base_write(&c->dma_regs, VC_R, val);
}

static void csr_write(struct vc_card *c, uint32_t val)
{
	vc_csr_write(&c->dma_regs, val);
}

static void ier_write(struct vc_card *c, uint32_t val)
{
	vc_ier_write(&c->dma_regs, val);
}

static void cnfg_write(struct vc_card *c, uint32_t val)
{
	vc_cnfg_write(&c->dma_regs, val);
}

static void pll_write(struct vc_card *c, uint32_t val)
{
	vc_pll_write(&c->pll, val);
}

static void unlock_write(struct vc_card *c, uint32_t val)
{
	vc_unlock_write(&c->unlock, val);
}

static void pub_reset_write(struct vc_card *c, uint32_t val)
{
	vc_pub_reset_write(&c->pub, val);
}

static void pub_op_write(struct vc_card *c, uint32_t val)
{
	vc_pub_op_write(&c->pub, HIFN_1_PUB_OP, val);
}

static void pub_fifo_op_write(struct vc_card *c, uint32_t val)
{
	vc_pub_op_write(&c->pub, HIFN_1_PUB_FIFO_OP, val);
}

static uint32_t pub_status_read(struct vc_card *c)
{
	return vc_pub_status_read(&c->pub);
}

static void pub_status_write(struct vc_card *c, uint32_t val)
{
	vc_pub_status_write(&c->pub, val);
}

static void pub_ien_write(struct vc_card *c, uint32_t val)
{
	vc_pub_ien_write(&c->pub, val);
}

static void rng_config_write(struct vc_card *c, uint32_t val)
{
	vc_rng_config_write(&c->rng, val);
}

struct hooks {
	uint32_t (*read)(struct vc_card *c);
	void (*write)(struct vc_card *c, uint32_t val);
};

static const struct hooks hooks0[VC_REGS0] = {
	[HIFN_0_PUCTRL / 4] = { puctrl_read, puctrl_write },
	[HIFN_0_PUCTRL2 / 4] = { puctrl_read, puctrl_write },
	[HIFN_0_PUISR / 4] = { NULL, puisr_write },
	[HIFN_0_PUIER / 4] = { NULL, puier_write },
	[HIFN_0_PUSTAT / 4] = { pustat_read, NULL },
};

static const struct hooks hooks1[VC_REGS1] = {
	[HIFN_1_DMA_CRAR / 4] = { NULL, crar_write },
	[HIFN_1_DMA_SRAR / 4] = { NULL, srar_write },
	[HIFN_1_DMA_DRAR / 4] = { NULL, drar_write },
	[HIFN_1_DMA_RRAR / 4] = { NULL, rrar_write },
	[HIFN_1_DMA_CSR / 4] = { NULL, csr_write },
	[HIFN_1_DMA_IER / 4] = { NULL, ier_write },
	[HIFN_1_DMA_CNFG / 4] = { NULL, cnfg_write },
	[HIFN_1_PLL / 4] = { NULL, pll_write },
	[HIFN_1_UNLOCK_SECRET1 / 4] = { seed_read, NULL },
	[HIFN_1_UNLOCK_SECRET2 / 4] = { NULL, unlock_write },
	[HIFN_1_PUB_RESET / 4] = { pub_reset_read, pub_reset_write },
	[HIFN_1_PUB_OP / 4] = { NULL, pub_op_write },
	[HIFN_1_PUB_STATUS / 4] = { pub_status_read, pub_status_write },
	[HIFN_1_PUB_IEN / 4] = { NULL, pub_ien_write },
	[HIFN_1_RNG_CONFIG / 4] = { NULL, rng_config_write },
	[HIFN_1_RNG_DATA / 4] = { rng_read, NULL },
	[HIFN_1_PUB_FIFO_OP / 4] = { NULL, pub_fifo_op_write },
};

static const struct hooks *hooks_of(const struct vc_reg *reg)
{
	return reg->bar ? &hooks1[reg->off / 4] : &hooks0[reg->off / 4];
}

static uint32_t reg_read(struct vc_card *c, const struct vc_reg *reg)
{
	const struct hooks *h = hooks_of(reg);

	if (h->read)
		return h->read(c);
	return reg->kind == VC_WO ? 0 : *vc_reg_slot(&c->regs, reg);
}

static void reg_write(struct vc_card *c, const struct vc_reg *reg, uint32_t val)
{
	const struct hooks *h = hooks_of(reg);

	if (reg->kind == VC_RO)
		vc_error(&c->host, VC_ERR_REGISTER, "write 0x%08x to %s, which is read-only",
			 val, reg->name);
	else if (h->write)
		h->write(c, val);
	else
		*vc_reg_slot(&c->regs, reg) = val & reg->writable;
}

/* ---- words ---- */

static void count_word(struct vc_count *count, unsigned int bar, uint32_t off, bool write)
{
	uint32_t slot = off / 4;

	if (slot >= (bar ? VC_REGS1 : VC_REGS0))
		return;		/* no register; counted as an error */
	*(write ? &count->writes[bar][slot] : &count->reads[bar][slot]) += 1;
}

static uint32_t word_read(struct vc_card *c, unsigned int bar, uint32_t off)
{
	const struct vc_reg *reg = vc_reg_find(bar, off);
	struct vc_host *host = &c->host;
	uint32_t val = reg ? reg_read(c, reg) : 0;

	if (reg)
		val = VC_ASK(host, val, read_value(host->who, val));
	count_word(&host->count, bar, off, false);
	if (!reg)
		vc_error(host, VC_ERR_REGISTER, "read of BAR%u 0x%x, where no register is",
			 bar, off);
	VC_WATCH(host, reg(host->viewer, false, bar, off, reg ? reg->name : NULL, val));
	return val;
}

static void word_write(struct vc_card *c, unsigned int bar, uint32_t off, uint32_t val)
{
	const struct vc_reg *reg = vc_reg_find(bar, off);
	struct vc_host *host = &c->host;

	VC_WATCH(host, reg(host->viewer, true, bar, off, reg ? reg->name : NULL, val));
	count_word(&host->count, bar, off, true);
	if (reg)
		reg_write(c, reg, val);
	else
		vc_error(host, VC_ERR_REGISTER,
			 "write 0x%08x to BAR%u 0x%x, where no register is", val, bar, off);
}

static bool word_aligned(struct vc_card *c, const char *what, unsigned int bar, uint32_t off,
			 uint32_t len)
{
	if (!(off & 3) && !(len & 3))
		return true;
	vc_error(&c->host, VC_ERR_REGISTER,
		 "%s of %u byte(s) at BAR%u 0x%x: registers answer aligned 32-bit words only",
		 what, len, bar, off);
	return false;
}

/* ---- accesses of any width ---- */

uint32_t vc_bar_bytes(const struct vc_card *c, unsigned int bar)
{
	static const uint32_t bytes[VC_BARS] = {
		HIFN_BAR0_BYTES, HIFN_BAR1_BYTES, HIFN_BAR2_BYTES
	};

	if (bar >= VC_BARS)
		return 0;
	if (bar == 2 && vc_knob(&c->host, VC_K_BAR2))
		return 0x1000;
	return VC_ASK(&c->host, bytes[bar], bar_bytes(c->host.who, bytes[bar]));
}

static bool access_ok(const struct vc_card *c, unsigned int bar, uint32_t off, uint32_t len)
{
	uint32_t size = vc_bar_bytes(c, bar);

	return len && len <= 8 && off < size && len <= size - off;
}

/* Public-key operand RAM answers any width, 1.3. */
static bool in_pubmem(unsigned int bar, uint32_t off, uint32_t len)
{
	return bar == 1 && off >= HIFN_1_PUB_MEM &&
	       off + len <= HIFN_1_PUB_MEM + HIFN_PUB_MEM_BYTES;
}

/* Memory behind (bar, off) if it is plain storage; counts the access. */
static uint8_t *memory(struct vc_card *c, unsigned int bar, uint32_t off, uint32_t len,
		       bool write)
{
	struct vc_count *count = &c->host.count;

	if (bar == 2) {
		*(write ? &count->ctxram_writes : &count->ctxram_reads) += 1;
		return c->ctx.ram + off;
	}
	if (!in_pubmem(bar, off, len))
		return NULL;
	*(write ? &count->pubmem_writes : &count->pubmem_reads) += 1;
	return (uint8_t *)c->pub.mem + (off - HIFN_1_PUB_MEM);
}

/* False: nothing is to be done, as the card is off the bus. */
static bool begins(struct vc_card *c, bool write)
{
	c->host.activity++;
	VC_TIME(&c->host, vc_clock_access(c->host.clock, write));
	VC_TELL(&c->host, access(c->host.who, true));
	return c->host.present;
}

bool vc_bar_read(struct vc_card *c, unsigned int bar, uint32_t off, void *buf, uint32_t len)
{
	uint8_t *mem;

	memset(buf, 0xff, len);
	if (!access_ok(c, bar, off, len))
		return false;
	if (!begins(c, false) || vc_pu_hides_registers(&c->pu))
		return true;
	mem = memory(c, bar, off, len, false);
	if (mem) {
		memcpy(buf, mem, len);
		VC_WATCH(&c->host, ram(c->host.viewer, false, bar, off, len));
		return true;
	}
	memset(buf, 0, len);
	if (!word_aligned(c, "read", bar, off, len))
		return true;
	for (uint32_t i = 0; i < len; i += 4) {
		__le32 w = cpu_to_le32(word_read(c, bar, off + i));

		memcpy((uint8_t *)buf + i, &w, 4);
	}
	return true;
}

bool vc_bar_write(struct vc_card *c, unsigned int bar, uint32_t off, const void *buf,
		  uint32_t len)
{
	uint8_t *mem;

	if (!access_ok(c, bar, off, len))
		return false;
	if (!begins(c, true))
		return true;
	mem = memory(c, bar, off, len, true);
	if (mem) {
		memcpy(mem, buf, len);
		VC_WATCH(&c->host, ram(c->host.viewer, true, bar, off, len));
		return true;
	}
	if (!word_aligned(c, "write", bar, off, len))
		return true;
	for (uint32_t i = 0; i < len; i += 4) {
		__le32 w;

		memcpy(&w, (const uint8_t *)buf + i, 4);
		word_write(c, bar, off + i, le32_to_cpu(w));
	}
	return true;
}

bool vc_space_read(struct vc_card *c, uint32_t off, void *buf, uint32_t len)
{
	struct vc_host *host = &c->host;

	if (!vc_config_ok(off, len)) {
		memset(buf, 0xff, len);
		return false;
	}
	VC_TELL(host, access(host->who, false));
	vc_config_load(&c->config, off, buf, len);
	host->count.config_reads++;
	VC_WATCH(host, config(host->viewer, false, off, len, 0));
	return true;
}

bool vc_space_write(struct vc_card *c, uint32_t off, const void *buf, uint32_t len)
{
	struct vc_host *host = &c->host;

	if (!vc_config_ok(off, len))
		return false;
	host->count.config_writes++;
	VC_WATCH(host, config(host->viewer, true, off, len, *(const uint8_t *)buf));
	VC_TELL(host, access(host->who, false));
	if (host->present)
		vc_config_store(&c->config, off, buf, len);
	return true;
}
