// SPDX-License-Identifier: BSD-2-Clause
/*
 * A card's life: wired, powered up, reset, run.
 */
#include <openssl/crypto.h>

#include "card.h"

/* Which block uses which: each knows those it was handed, and no other. */
static void wire_bus(struct vc_card *c)
{
	struct vc_host *host = &c->host;

	c->irq = (struct vc_irq){ .host = host, .regs = &c->regs };
	c->config = (struct vc_config){ .host = host, .irq = &c->irq };
	c->pll = (struct vc_pll){ .host = host, .regs = &c->regs };
	c->unlock = (struct vc_unlock){ .host = host, .regs = &c->regs, .random = &c->random };
	c->rng = (struct vc_rng){ .host = host, .regs = &c->regs, .pll = &c->pll,
				  .random = &c->random };
	c->pub.host = host;
	c->pub.regs = &c->regs;
	c->pub.irq = &c->irq;
	c->pub.rng = &c->rng;
	c->pub.pll = &c->pll;
	c->rings = (struct vc_rings){ .host = host, .regs = &c->regs, .irq = &c->irq,
				      .config = &c->config };
}

static void wire_unit(struct vc_card *c)
{
	struct vc_host *host = &c->host;

	c->pu = (struct vc_pu){ .host = host, .regs = &c->regs, .irq = &c->irq, .pll = &c->pll,
				.unlock = &c->unlock, .unit = &c->unit };
	c->ctx.host = host;
	c->ctx.regs = &c->regs;
	c->ctx.rings = &c->rings;
	c->ctx.unit = &c->unit;
	c->stream.host = host;
	c->stream.irq = &c->irq;
	c->stream.rings = &c->rings;
	c->stream.pu = &c->pu;
	c->stream.unit = &c->unit;
	c->stream.ctx = &c->ctx;
	c->engine = (struct vc_engine){ .host = host, .irq = &c->irq, .rings = &c->rings,
					.pu = &c->pu, .unlock = &c->unlock, .unit = &c->unit,
					.ctx = &c->ctx, .stream = &c->stream };
	c->dma_regs = (struct vc_dma_regs){ .host = host, .regs = &c->regs, .irq = &c->irq,
					    .rings = &c->rings, .pu = &c->pu, .pub = &c->pub,
					    .rng = &c->rng, .unlock = &c->unlock };
}

static void configure(struct vc_card *c, const struct vc_card_config *cfg)
{
	c->config.device = cfg->device;
	c->unlock.unlocked = cfg->unlocked;
	c->unlock.strict = cfg->strict_unlock;
	c->random = cfg->seed;
}

void vc_card_power_up(struct vc_card *c)
{
	struct vc_host *host = &c->host;

	vc_regfile_reset(&c->regs, true);
	vc_config_reset(&c->config);
	vc_rings_stop(&c->rings);
	vc_rings_release(&c->rings);
	vc_unit_drop(&c->unit);
	vc_unlock_power_up(&c->unlock);
	vc_pu_power_up(&c->pu);
	vc_pub_reset(&c->pub, true);
	vc_rng_power_up(&c->rng);
	c->pll.unsettled = false;
	VC_TELL(host, reset(host->who, VC_RESET_PCI));
	vc_irq_update(&c->irq);
}

void vc_card_power_cycle(struct vc_card *c, const struct vc_card_config *cfg)
{
	struct vc_cipher cipher = c->stream.cipher;
	struct vc_mac mac = c->stream.mac;
	struct vc_host host = c->host;

	OPENSSL_cleanse(c, sizeof(*c));
	c->host = host;
	c->host.present = true;
	c->stream.cipher = cipher;
	c->stream.mac = mac;
	wire_bus(c);
	wire_unit(c);
	configure(c, cfg);
	vc_card_power_up(c);
}

const char *vc_card_init(struct vc_card *c, const struct vc_card_config *cfg)
{
	const char *lacks = vc_cipher_init(&c->stream.cipher);

	if (!lacks)
		lacks = vc_mac_init(&c->stream.mac);
	if (!lacks)
		vc_card_power_cycle(c, cfg);
	return lacks;
}

void vc_card_free(struct vc_card *c)
{
	vc_cipher_free(&c->stream.cipher);
	vc_mac_free(&c->stream.mac);
	OPENSSL_cleanse(c, sizeof(*c));	/* keys */
}

/* Whoever gives the card up should have stopped its DMA before. */
static void count_reset(struct vc_card *c)
{
	struct vc_count *count = &c->host.count;

	count->resets++;
	if (!vc_bus_master(&c->config))
		return;
	count->master_resets++;
	count->live_resets += vc_rings_enabled(&c->rings) > 0;
}

void vc_card_reset(struct vc_card *c)
{
	VC_WATCH(&c->host, reset(c->host.viewer));
	count_reset(c);
	vc_card_power_up(c);
}

void vc_card_leave(struct vc_card *c)
{
	c->host.present = false;
	vc_irq_update(&c->irq);
}

void vc_card_return(struct vc_card *c)
{
	c->host.present = true;
}

void vc_card_clock(struct vc_card *c, const struct vc_clock_config *cfg, struct vc_bus *bus)
{
	if (cfg && !c->host.clock)
		c->clock = (struct vc_clock){ .host = &c->host, .regs = &c->regs };
	if (cfg)
		vc_clock_start(&c->clock, cfg, bus);
	c->host.clock = cfg ? &c->clock : NULL;
}

/* Whether anything but time keeps it from working. */
static void time_step(struct vc_card *c)
{
	bool able = c->host.present && vc_bus_master(&c->config) && vc_pu_running(&c->pu);

	vc_clock_step(&c->clock, able);
	if (able)
		vc_rings_time(&c->rings);
}

static uint64_t date(const struct vc_host *host)
{
	return VC_ASK(host, VC_NEVER, date(host->who));
}

uint64_t vc_card_step(struct vc_card *c, uint32_t budget)
{
	struct vc_host *host = &c->host;
	uint64_t pub;

	VC_TELL(host, step_begin(host->who));
	VC_TIME(host, time_step(c));
	if (!host->present)
		return date(host);
	pub = vc_pub_step(&c->pub);
	if (!vc_bus_master(&c->config))
		return pub;
	vc_rings_late(&c->rings);
	host->budget = min(budget, (uint32_t)INT32_MAX);
	while (host->budget > 0 && vc_engine_run(&c->engine))
		;
	vc_rings_poll(&c->rings);
	VC_TELL(host, step_end(host->who));
	if (host->budget <= 0)
		return 0;
	if (!host->present)
		return date(host);
	return min(min(min(date(host), pub), vc_engine_date(&c->engine)),
		   vc_rings_date(&c->rings));
}
