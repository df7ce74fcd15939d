// SPDX-License-Identifier: BSD-2-Clause
/*
 * A card's life: create, reset, step, destroy.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <time.h>

#include "../vc_int.h"

uint64_t vc_now(struct vcard *vc)
{
	struct timespec ts;

	if (vc->ops.now)
		return vc->ops.now(vc->opaque);
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

void vc_power_up(struct vcard *vc)
{
	vc_regs_reset(vc, true);
	vc_config_reset(vc);
	vc_rings_stop(vc);
	vc_engine_drop(vc);
	vc_unlock_power_up(vc);
	vc->pu_resetting = false;
	vc->engine_level = false;
	vc->pubdone_level = false;
	vc->rng_first = true;
	vc->rng_next = 0;
	vc->pub_reset_end = 0;
	vc_fault_pci_reset(vc);
	vc_irq_update(vc);
}

/* Whoever gives the card up should have stopped its DMA before. */
static void vc_count_reset(struct vcard *vc)
{
	vc->count.resets++;
	if (!vc_bus_master(vc))
		return;
	vc->count.master_resets++;
	vc->count.live_resets += vc_rings_enabled(vc) > 0;
}

void vcard_pci_reset(struct vcard *vc)
{
	VC_TRACE(vc, "reset");
	vc_count_reset(vc);
	vc_power_up(vc);
}

struct vcard *vcard_create(const struct vcard_config *cfg)
{
	struct vcard *vc = calloc(1, sizeof(*vc));

	if (!vc)
		return NULL;
	vc->cfg = *cfg;
	vc->ops = *cfg->ops;
	vc->opaque = cfg->opaque;
	vc->trace = cfg->trace;
	vc->rng_state = cfg->seed;
	vc->fault_rng = ~cfg->seed;
	if (!vc_cipher_init(vc) || !vc_mac_init(vc)) {
		vcard_destroy(vc);
		return NULL;
	}
	vc_power_up(vc);
	return vc;
}

void vcard_destroy(struct vcard *vc)
{
	if (!vc)
		return;
	vc_cipher_free(vc);
	vc_mac_free(vc);
	vc_offers_free(vc);
	OPENSSL_cleanse(vc, sizeof(*vc));	/* keys */
	free(vc);
}

/* Only the hostile card comes back by itself. */
static uint64_t vc_gone_until(const struct vcard *vc)
{
	return vc->gone == VC_F_HOSTILE ? vc->hostile.back : VCARD_NEVER;
}

uint64_t vcard_step(struct vcard *vc, uint32_t budget)
{
	uint64_t late;

	if (vc_hostile_away(vc))
		return vc_gone_until(vc);
	if (!vc_bus_master(vc))
		return VCARD_NEVER;
	late = vc_fault_irq_due(vc);
	vc->budget = min(budget, (uint32_t)INT32_MAX);
	while (vc->budget > 0 && vc_engine_run(vc))
		;
	vc_ring_poll(vc);
	vc_hostile_step(vc);
	if (vc->budget <= 0)
		return 0;
	if (vc->gone)
		return vc_gone_until(vc);
	if (vc->late_bits)
		late = min(late, vc->late_at);
	return min(late, vc_engine_date(vc));
}

uint64_t vcard_activity(const struct vcard *vc)
{
	return vc->activity;
}
