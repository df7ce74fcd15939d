// SPDX-License-Identifier: BSD-2-Clause
/*
 * The library's face: one card made of the silicon, the instruments that watch it and
 * the mischief that steps in.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <time.h>

#include "instruments/clocktext.h"
#include "instruments/counters.h"
#include "instruments/log.h"
#include "instruments/profile.h"
#include "instruments/trace.h"
#include "mischief/faultspec.h"
#include "mischief/mischief.h"
#include "silicon/card.h"
#include "silicon/inspect.h"
#include "silicon/regs.h"
#include "vcard.h"

struct vcard {
	struct vc_card card;
	struct log log;
	struct trace trace;
	struct mischief mischief;
	struct vcard_config cfg;
	struct vcard_bus bus;
	struct clocktext clock;
	char clock_line[CLOCKTEXT_MAX];
	struct vc_bus *own, *shared;	/* own: allocated when needed, kept */
};

static_assert(VCARD_NEVER == VC_NEVER && VCARD_BARS == VC_BARS &&
	      VCARD_CONFIG_BYTES == VC_CONFIG_BYTES, "vcard.h tells what the silicon has");

static_assert(VCARD_KNOBS == VC_KNOBS && sizeof(struct vcard_knobs) == sizeof(struct vc_knobs),
	      "vcard.h has room for the knobs");

static uint64_t monotonic(void *opaque)
{
	struct timespec ts;

	(void)opaque;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/* Nothing set, nothing counted; who watches is there before the power comes. */
static void dress(struct vcard *vc, const struct vcard_config *cfg)
{
	const struct vcard_ops *ops = cfg->ops;
	struct vc_host *host = &vc->card.host;

	vc->cfg = *cfg;
	*host = (struct vc_host){
		.ops = { .dma = ops->dma, .irq = ops->irq,
			 .now = ops->now ? ops->now : monotonic },
		.opaque = cfg->opaque, .say = &log_say, .listener = &vc->log,
	};
	memcpy(&host->knobs, &cfg->knobs, sizeof(host->knobs));
	vc->log = (struct log){ .line = ops->log, .opaque = cfg->opaque };
	vc->trace = (struct trace){ .file = cfg->trace, .host = host };
	if (cfg->trace) {
		host->watch = &trace_watch;
		host->viewer = &vc->trace;
	}
	vc->clock = (struct clocktext){ 0 };
	mischief_init(&vc->mischief, &vc->card, cfg->trace ? &vc->trace : NULL, cfg->seed);
}

static struct vc_card_config silicon_config(const struct vcard_config *cfg)
{
	return (struct vc_card_config){
		.device = cfg->device, .unlocked = cfg->unlocked,
		.strict_unlock = cfg->strict_unlock, .seed = cfg->seed,
	};
}

struct vcard *vcard_create(const struct vcard_config *cfg)
{
	struct vc_card_config silicon = silicon_config(cfg);
	struct vcard *vc = calloc(1, sizeof(*vc));
	const char *lacks;

	if (!vc)
		return NULL;
	dress(vc, cfg);
	lacks = vc_card_init(&vc->card, &silicon);
	if (!lacks)
		return vc;
	vc_note(&vc->card.host, "libcrypto has no %s", lacks);
	vcard_destroy(vc);
	return NULL;
}

void vcard_power_cycle(struct vcard *vc, const struct vcard_config *cfg)
{
	struct vcard_config same = vc->cfg;
	struct vc_card_config silicon = silicon_config(cfg ? cfg : &same);

	mischief_free(&vc->mischief);
	dress(vc, cfg ? cfg : &same);
	vc_card_power_cycle(&vc->card, &silicon);
}

void vcard_destroy(struct vcard *vc)
{
	if (!vc)
		return;
	mischief_free(&vc->mischief);
	vc_card_free(&vc->card);
	free(vc->own);
	free(vc);
}

void vcard_pci_reset(struct vcard *vc)
{
	vc_card_reset(&vc->card);
}

uint64_t vcard_step(struct vcard *vc, uint32_t budget)
{
	return vc_card_step(&vc->card, budget);
}

bool vcard_polling(const struct vcard *vc)
{
	return vc_rings_polling(&vc->card.rings);
}

uint64_t vcard_activity(const struct vcard *vc)
{
	return vc->card.host.activity;
}

bool vcard_irq(const struct vcard *vc)
{
	return vc->card.irq.level;
}

bool vcard_intx_disabled(const struct vcard *vc)
{
	return vc_intx_disabled(&vc->card.config);
}

/* ---- what the chip is like ---- */

static char knob_why[PROFILE_WHY];

const char *vcard_knob(struct vcard_knobs *knobs, const char *text)
{
	return profile_set((struct vc_knobs *)knobs, text, knob_why) ? NULL : knob_why;
}

const char *vcard_profile(struct vcard_knobs *knobs, FILE *file)
{
	return profile_read((struct vc_knobs *)knobs, file, knob_why) ? NULL : knob_why;
}

void vcard_knob_help(FILE *f)
{
	profile_help(f);
}

/* "default": as modelled in all. */
const char *vcard_become(struct vcard *vc, const char *knob)
{
	struct vcard_knobs knobs = vc->cfg.knobs;
	const char *why = NULL;

	if (strcmp(knob, "default"))
		why = vcard_knob(&knobs, knob);
	else
		knobs = (struct vcard_knobs){ 0 };
	if (why)
		return why;
	vc->cfg.knobs = knobs;
	memcpy(&vc->card.host.knobs, &knobs, sizeof(knobs));
	vc_card_power_up(&vc->card);
	return NULL;
}

/* ---- accesses ---- */

uint32_t vcard_bar_bytes(const struct vcard *vc, unsigned int bar)
{
	return vc_bar_bytes(&vc->card, bar);
}

bool vcard_read(struct vcard *vc, unsigned int bar, uint32_t off, void *buf, uint32_t len)
{
	return vc_bar_read(&vc->card, bar, off, buf, len);
}

bool vcard_write(struct vcard *vc, unsigned int bar, uint32_t off, const void *buf,
		 uint32_t len)
{
	return vc_bar_write(&vc->card, bar, off, buf, len);
}

bool vcard_config_read(struct vcard *vc, uint32_t off, void *buf, uint32_t len)
{
	return vc_space_read(&vc->card, off, buf, len);
}

bool vcard_config_write(struct vcard *vc, uint32_t off, const void *buf, uint32_t len)
{
	return vc_space_write(&vc->card, off, buf, len);
}

uint32_t vcard_rd32(struct vcard *vc, unsigned int bar, uint32_t off)
{
	__le32 w;

	vcard_read(vc, bar, off, &w, 4);
	return le32_to_cpu(w);
}

void vcard_wr32(struct vcard *vc, unsigned int bar, uint32_t off, uint32_t val)
{
	__le32 w = cpu_to_le32(val);

	vcard_write(vc, bar, off, &w, 4);
}

/* ---- time ---- */

size_t vcard_bus_bytes(void)
{
	return sizeof(struct vc_bus);
}

void vcard_share_bus(struct vcard *vc, void *memory)
{
	vc->shared = memory;
}

/* Sets the bus to that rate; NULL, or why not. */
static const char *set_bus(struct vcard *vc, uint32_t period)
{
	if (!vc->shared && !vc->own)
		vc->own = calloc(1, sizeof(*vc->own));
	if (!vc->shared && !vc->own)
		return "no memory";
	if (vc->shared && !vc->card.host.clock && !vc_bus_join(vc->shared, period))
		return "the shared bus runs at another rate: name it as its first user did";
	vc_bus_set(vc->shared ? vc->shared : vc->own, period);
	return NULL;
}

const char *vcard_clock(struct vcard *vc, const char *spec)
{
	struct clocktext clock;
	struct vc_clock_config cfg;
	const char *why = NULL;

	if (!clocktext_parse(spec, &clock, vc->clock_line))
		return vc->clock_line;
	cfg = clocktext_config(&clock);
	if (clock.timed)
		why = set_bus(vc, cfg.period);
	if (why)
		return why;
	vc->clock = clock;
	vc_card_clock(&vc->card, clock.timed ? &cfg : NULL,
		      vc->shared ? vc->shared : vc->own);
	return NULL;
}

const char *vcard_clock_text(struct vcard *vc)
{
	clocktext_print(&vc->clock, vc->clock_line);
	return vc->clock_line;
}

void vcard_clock_help(FILE *f)
{
	clocktext_help(f);
}

/* ---- counters ---- */

void vcard_show_bus(struct vcard *vc, const struct vcard_bus *bus)
{
	vc->bus = *bus;
}

static const char *fault_name_at(unsigned int i)
{
	return fault_name(VC_F_COMMAND_FIRST + i);
}

char *vcard_counters_json(const struct vcard *vc)
{
	const struct vcard_bus *bus = &vc->bus;
	struct counters_bus counts = {
		.fired = bus->fired ? *bus->fired : 0,
		.retracted = bus->retracted ? *bus->retracted : 0,
		.refused = bus->refused ? *bus->refused : 0,
	};
	struct counters_list faults = {
		.name = fault_name_at,
		.val = vc->mischief.faults.hits + VC_F_COMMAND_FIRST,
		.n = VC_FAULTS - VC_F_COMMAND_FIRST,
	};

	if (vc->card.host.clock)
		vc_clock_elapse(vc->card.host.clock);
	return counters_json(&vc->card, &counts, &faults);
}

void vcard_counters_reset(struct vcard *vc)
{
	uint64_t *bus[] = { vc->bus.fired, vc->bus.retracted, vc->bus.refused };

	memset(&vc->card.host.count, 0, sizeof(vc->card.host.count));
	if (vc->card.host.clock)
		vc_clock_recount(vc->card.host.clock);
	memset(vc->mischief.faults.hits, 0, sizeof(vc->mischief.faults.hits));
	for (int i = 0; i < 3; i++)
		if (bus[i])
			*bus[i] = 0;
}

/* ---- looks and mischief ---- */

size_t vcard_find(const struct vcard *vc, const void *bytes, size_t len)
{
	return vc_find(&vc->card, bytes, len);
}

const struct vc_card *vcard_silicon(const struct vcard *vc)
{
	return &vc->card;
}

const char *vcard_fault(struct vcard *vc, const char *spec)
{
	return mischief_set(&vc->mischief, spec);
}

void vcard_faults_clear(struct vcard *vc)
{
	mischief_clear(&vc->mischief);
}

const struct mischief *vcard_mischief(const struct vcard *vc)
{
	return &vc->mischief;
}

char *vcard_hostile_log(const struct vcard *vc)
{
	return hostile_log_text(&vc->mischief.hostile);
}

void vcard_fault_help(FILE *f)
{
	faultspec_help(f);
}
