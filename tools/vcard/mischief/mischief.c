// SPDX-License-Identifier: BSD-2-Clause
/*
 * The points of the silicon, and what faults and the hostile card do there.
 */
#include <string.h>

#include "faultspec.h"
#include "mischief.h"

/* ---- the bus ---- */

static void access(void *o, bool bar)
{
	struct mischief *m = o;

	hostile_return(&m->hostile);
	if (bar && !m->faults.gone)
		fault_looked(&m->faults);
}

static uint32_t read_value(void *o, uint32_t val)
{
	struct mischief *m = o;

	return hostile_read(&m->hostile, val);
}

static uint32_t bar_bytes(void *o, uint32_t bytes)
{
	const struct mischief *m = o;

	return m->faults.fault[VC_F_SMALL_BARS].always ? bytes / 2 : bytes;
}

static void reset(void *o, enum vc_reset kind)
{
	struct mischief *m = o;

	switch (kind) {
	case VC_RESET_DMA:
		hostile_forget(&m->hostile);
		m->faults.late_bits = 0;
		break;
	case VC_RESET_MASTER:
		fault_master_reset(&m->faults);
		break;
	case VC_RESET_PCI:
		hostile_forget(&m->hostile);
		fault_pci_reset(&m->faults);
		break;
	}
}

static uint64_t unit_reset(void *o)
{
	return fault_unit_reset(&((struct mischief *)o)->faults);
}

static bool pll_settles(void *o)
{
	return !fault_strikes(&((struct mischief *)o)->faults, VC_F_PLL_STUCK);
}

static bool unlocks(void *o)
{
	struct faults *f = &((struct mischief *)o)->faults;

	fault_strikes(f, VC_F_LOCKED);
	return !f->fault[VC_F_LOCKED].always && !f->sealed;
}

static bool sticks(void *o, enum vc_sticky what)
{
	return fault_strikes(&((struct mischief *)o)->faults,
			     what == VC_STICKY_RNG ? VC_F_RNG_STUCK : VC_F_PUB_STUCK);
}

static bool line(void *o, bool wanted)
{
	return fault_line(&((struct mischief *)o)->faults, wanted);
}

/* ---- a command ---- */

static uint64_t seen(void *o)
{
	struct faults *f = &((struct mischief *)o)->faults;

	if (!fault_strikes(f, VC_F_LATE))
		return 0;
	return vc_now(&f->card->host) + f->fault[VC_F_LATE].ns;
}

static bool begun(void *o)
{
	struct mischief *m = o;
	struct faults *f = &m->faults;

	faults_plan(f);
	hostile_command(&m->hostile);
	fault_spurious(f);
	return !fault_vanish(f) && !fault_stop(f, VC_C, f->card->rings.ring[VC_C].addr);
}

static bool holds(void *o)
{
	struct faults *f = &((struct mischief *)o)->faults;

	if (f->spurious && vc_now(&f->card->host) < f->card->unit.ready)
		return true;
	fault_looked(f);
	return false;
}

#define WEDGE_ABOVE	1024	/* bytes */

/* No engine runs, and none has anything to complain of. */
static void pass(struct vc_command *cmd)
{
	cmd->crypt = (struct vc_region){ 0 };
	cmd->mac = (struct vc_region){ 0 };
}

static void cut_count(struct faults *f, struct vc_command *cmd)
{
	if (!cmd->crypt.on)
		return;
	if (f->fault[VC_F_COUNT16].always && cmd->crypt.count > 0xffff) {
		cmd->crypt.count &= 0xffff;
		fault_hit(f, VC_F_COUNT16);
	}
	if (fault_take(f, VC_F_CLEAR_TAIL))
		cmd->crypt.count -= min(cmd->crypt.count, (uint32_t)cmd->iv_bytes);
}

/* What the silicon does not do, or does otherwise, and does not tell. */
static void twist(struct faults *f, struct vc_command *cmd)
{
	if (cmd->refused && f->fault[VC_F_CLEAN_REFUSAL].always) {
		fault_hit(f, VC_F_CLEAN_REFUSAL);
		pass(cmd);
	}
	if ((cmd->crypt.on || cmd->mac.on) && fault_take(f, VC_F_PASS_THROUGH))
		pass(cmd);
	if ((cmd->crypt.on || cmd->mac.on) && fault_take(f, VC_F_MISREAD)) {
		cmd->crypt = (struct vc_region){ 0 };
		f->misread = true;
		vc_pu_raise(&f->card->pu, HIFN_PUSTAT_CMDINVAL);
	}
	cut_count(f, cmd);
	if ((cmd->key || cmd->mac_key) && fault_take(f, VC_F_STALE_KEY)) {
		cmd->key = NULL;
		cmd->mac_key = NULL;
	}
}

static bool hides_refusal(void *o)
{
	return ((struct mischief *)o)->faults.fault[VC_F_CLEAN_REFUSAL].always;
}

static bool withholds_data(void *o)
{
	struct faults *f = &((struct mischief *)o)->faults;

	const struct vc_command *cmd = &f->card->unit.cmd;

	return cmd->dest && !vc_cmd_is_ctx(cmd) && fault_take(f, VC_F_NO_DATA);
}

static void decoded(void *o)
{
	struct mischief *m = o;
	struct faults *f = &m->faults;
	struct vc_card *card = f->card;

	f->hole = false;
	f->misread = false;
	if (!vc_cmd_is_ctx(&card->unit.cmd))
		twist(f, &card->unit.cmd);
	card->pu.stuck |= fault_take(f, VC_F_STUCK);
	if (f->fault[VC_F_WEDGE].always && card->unit.cmd.crypt.count > WEDGE_ABOVE) {
		card->pu.stuck = true;
		fault_hit(f, VC_F_WEDGE);
	}
	if (fault_take(f, VC_F_SLOW))
		vc_engine_delay(&card->engine,
				vc_now(&card->host) + f->fault[VC_F_SLOW].ns);
	hostile_begin(&m->hostile);
}

static enum vc_start start(void *o)
{
	struct mischief *m = o;
	const struct vc_command *cmd = &m->faults.card->unit.cmd;
	enum vc_start how = hostile_data(&m->hostile);

	if (how == VC_START)
		m->faults.corrupt_next = cmd->crypt.on &&
					 m->faults.corrupt[vc_cmd_cipher_op(cmd)];
	return how;
}

/* An overrun is told of in more places than the result. */
static void overrun(struct vc_card *card)
{
	vc_csr_raise(&card->irq, HIFN_DMACSR_D_OVER);
	vc_pu_raise(&card->pu, HIFN_PUSTAT_DSTOVER);
}

static void report(void *o, struct vc_report *report)
{
	struct faults *f = &((struct mischief *)o)->faults;
	const struct vc_command *cmd = &f->card->unit.cmd;

	if (cmd->has_mac || cmd->has_crypt)
		report->starved = fault_take(f, VC_F_STARVED);
	if (!report->over && fault_take(f, VC_F_OVERRUN)) {
		report->over = true;
		overrun(f->card);
	}
	if (!vc_cmd_is_ctx(cmd) && fault_take(f, VC_F_BAD_RESIDUAL)) {
		report->source = 1 + fault_word(f) % 0xffff;
		report->dest = 1 + fault_word(f) % 0xffff;
	}
}

/* ---- the rings ---- */

static uint32_t fetch(void *o, enum vc_ring_id ring, uint32_t at, uint32_t word)
{
	return offer_read(((struct mischief *)o)->hostile.offers, ring, at, word);
}

static void held(void *o, enum vc_ring_id ring, uint32_t addr, uint32_t len)
{
	struct mischief *m = o;

	if (ring == VC_D)
		fault_piece(&m->faults);
	hostile_segment(&m->hostile, ring, addr, len);
}

/* The last descriptor of a chain keeps its VALID. */
static bool keeps_valid(void *o, enum vc_ring_id ring, uint32_t at, uint32_t flags)
{
	static const enum fault_id fault[VC_RINGS] = {
		[VC_C] = VC_F_NO_VALID_CMD, [VC_S] = VC_F_NO_VALID_SRC,
		[VC_D] = VC_F_NO_VALID_DST, [VC_R] = VC_F_NO_VALID,
	};
	struct mischief *m = o;

	if (!(flags & HIFN_D_LAST) || !fault_take(&m->faults, fault[ring]))
		return false;
	offer_taint(m->hostile.offers, ring, at, flags & ~HIFN_D_VALID, flags);
	return true;
}

static void returned(void *o, enum vc_ring_id ring, uint32_t at)
{
	offer_done(((struct mischief *)o)->hostile.offers, ring, at);
}

static void forget(void *o, enum vc_ring_id ring)
{
	offers_forget(((struct mischief *)o)->hostile.offers, ring);
}

static uint32_t limit(void *o, enum vc_ring_id ring, uint32_t done, uint32_t whole)
{
	return fault_limit(&((struct mischief *)o)->faults, ring, done, whole);
}

/* Status of a result that the host is told of now. */
static uint32_t status(void *o, uint32_t bits)
{
	struct faults *f = &((struct mischief *)o)->faults;

	if (fault_take(f, VC_F_LOST_IRQ))
		return 0;
	if (!fault_take(f, VC_F_LATE_IRQ))
		return bits;
	fault_late(f, bits);
	return 0;
}

/* ---- data and result ---- */

static void bytes(void *o, enum vc_bytes where, uint8_t *p)
{
	struct faults *f = &((struct mischief *)o)->faults;

	switch (where) {
	case VC_BYTES_IN:
		if (fault_take(f, VC_F_CORRUPT_IN))
			p[0] ^= 4;
		break;
	case VC_BYTES_OUT:
		if (f->wrong)
			p[0] ^= 16;
		if (!f->corrupt_next)
			break;
		f->corrupt_next = false;
		fault_hit(f, VC_F_CORRUPT);
		p[0] ^= 1;
		break;
	case VC_BYTES_STORED:
		if (fault_take(f, VC_F_CORRUPT_AT))
			p[0] ^= 2;
		break;
	}
}

static bool wants_input(void *o)
{
	return fault_planned(&((struct mischief *)o)->faults, VC_F_CORRUPT_IN);
}

/* Where a cipher runs too, its data are what goes wrong in transit. */
static void digest(void *o, uint8_t *digest)
{
	struct faults *f = &((struct mischief *)o)->faults;
	const struct vc_command *cmd = &f->card->unit.cmd;

	if (f->corrupt[vc_cmd_mac_op(cmd)]) {
		fault_hit(f, VC_F_CORRUPT);
		digest[0] ^= 1;
	}
	if (f->misread)
		digest[0] ^= 8;
	if (cmd->crypt.on)
		return;
	if (fault_take(f, VC_F_CORRUPT_AT))
		digest[0] ^= 2;
	if (fault_take(f, VC_F_CORRUPT_IN))
		digest[0] ^= 4;
}

static bool withholds_result(void *o)
{
	return fault_take(&((struct mischief *)o)->faults, VC_F_NO_RESULT);
}

static void delivered(void *o, uint32_t addr, uint32_t len)
{
	hostile_result(&((struct mischief *)o)->hostile, addr, len);
}

/* ---- steps ---- */

static void step_begin(void *o)
{
	struct mischief *m = o;
	struct vc_card *card = m->faults.card;

	hostile_return(&m->hostile);
	if (!m->faults.gone && vc_bus_master(&card->config))
		fault_raise_late(&m->faults);
}

static void step_end(void *o)
{
	hostile_step(&((struct mischief *)o)->hostile);
}

/* Of those that are gone only the hostile card comes back by itself. */
static uint64_t date(void *o)
{
	const struct mischief *m = o;

	if (m->faults.gone)
		return m->faults.gone == VC_F_HOSTILE ? m->hostile.back : VC_NEVER;
	return m->faults.late_bits ? m->faults.late_at : VC_NEVER;
}

static const struct vc_points points = {
	.access = access, .read_value = read_value, .bar_bytes = bar_bytes,
	.reset = reset, .unit_reset = unit_reset, .pll_settles = pll_settles,
	.unlocks = unlocks, .sticks = sticks, .seen = seen, .begun = begun,
	.holds = holds, .hides_refusal = hides_refusal, .decoded = decoded, .start = start,
	.withholds_data = withholds_data, .report = report,
	.fetch = fetch, .held = held, .keeps_valid = keeps_valid, .returned = returned,
	.forget = forget, .limit = limit, .bytes = bytes, .wants_input = wants_input,
	.digest = digest, .withholds_result = withholds_result, .delivered = delivered,
	.status = status, .line = line, .step_begin = step_begin, .step_end = step_end,
	.date = date,
};

/* ---- setting and clearing ---- */

void mischief_init(struct mischief *m, struct vc_card *card, const struct trace *trace,
		   uint64_t seed)
{
	memset(m, 0, sizeof(*m));
	m->faults.card = card;
	m->faults.trace = trace;
	m->faults.random = ~seed;
	m->hostile.card = card;
	m->hostile.faults = &m->faults;
}

void mischief_free(struct mischief *m)
{
	offers_free(m->hostile.offers);
	m->hostile.offers = NULL;
}

const char *mischief_set(struct mischief *m, const char *text)
{
	struct vc_host *host = &m->faults.card->host;
	struct faultspec spec;
	const char *why = faultspec_parse(text, &spec);

	if (why)
		return why;
	if (spec.id == VC_F_HOSTILE && !hostile_start(&m->hostile, spec.seed, spec.one_in))
		return "no memory";
	host->points = &points;
	host->who = m;
	if (spec.id == VC_F_CORRUPT)
		m->faults.corrupt[spec.alg] = true;
	else
		faults_arm(&m->faults, spec.id, &spec.how);
	return NULL;
}

void mischief_clear(struct mischief *m)
{
	struct vc_card *card = m->faults.card;

	hostile_relent(&m->hostile);
	if (faults_clear(&m->faults)) {
		vc_card_return(card);
		vc_card_power_up(card);
	}
	fault_raise_late(&m->faults);
	vc_irq_update(&card->irq);
}
