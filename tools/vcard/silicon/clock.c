// SPDX-License-Identifier: BSD-2-Clause
/*
 * The card's time, docs/reference/hifn795x.md 10.3: the ring engines and the command at hand.
 */
#include <string.h>

#include "clock.h"

/* Clocks of a transaction besides its data phases, and the longest burst. */
#define READ_CLOCKS	15
#define WRITE_CLOCKS	8
#define BURST_BYTES	64
/* Of the host's accesses, which are no bursts. */
#define HOST_READ	15
#define HOST_WRITE	8
/* Polls that are booked of those a look finds due; all are counted. */
#define POLLS_BOOKED	64

static uint64_t now(const struct vc_clock *c)
{
	return vc_now(c->host) * VC_TICKS_PER_NS;
}

static uint64_t to_ns(uint64_t ticks)
{
	return (ticks + VC_TICKS_PER_NS - 1) / VC_TICKS_PER_NS;
}

/* ---- the bus ---- */

static uint64_t book(struct vc_clock *c, uint64_t at, uint32_t clocks)
{
	c->booked += clocks;
	return vc_bus_book(c->bus, max(at, c->floor), clocks);
}

/* One transaction of an engine, behind the one before it. */
static void pass(struct vc_clock *c, enum vc_ring_id id, uint64_t at, uint32_t clocks)
{
	c->ring[id] = book(c, max(at, c->ring[id]), clocks);
}

/* Data phases of n bytes at an address: those of words that are not whole count too. */
static uint32_t phases(uint64_t addr, uint32_t n)
{
	return ((addr & 3) + n + 3) / 4;
}

/* What is left of the burst that goes on at b->at. */
static uint32_t burst_room(const struct vc_burst *b)
{
	return BURST_BYTES - (b->at & 3) - b->bytes;
}

static uint32_t burst_end(struct vc_burst *b)
{
	uint32_t clocks = phases(b->at, b->bytes);

	b->at += b->bytes;
	b->bytes = 0;
	return clocks;
}

/* ---- the ring engines ---- */

static uint64_t interval(const struct vc_clock *c)
{
	uint32_t freq = FIELD_GET(HIFN_DMACNFG_POLLFREQ, REG1(c->regs, HIFN_1_DMA_CNFG));

	return (uint64_t)freq * c->cfg.poll * c->period;
}

/* The first poll of a waiting engine at `at` or later. */
static uint64_t poll_at(const struct vc_clock *c, enum vc_ring_id id, uint64_t at)
{
	uint64_t every = interval(c);

	if (!c->waits[id] || at <= c->waits[id] || !every)
		return max(at, c->waits[id]);
	return c->waits[id] + (at - c->waits[id] + every - 1) / every * every;
}

/*
 * When the descriptor was there. A command's is known from the looks ahead; those that
 * belong to it were queued before it, unless one was missing when it was wanted.
 */
static uint64_t queued(const struct vc_clock *c, enum vc_ring_id id)
{
	if (id == VC_C)
		return c->looks ? c->look[0].at : now(c);
	return c->missed[id] > c->seen ? now(c) : c->seen;
}

static void fetch(struct vc_clock *c, enum vc_ring_id id)
{
	uint64_t at = poll_at(c, id, queued(c, id));

	/* One command may be fetched while the unit is busy with another, 3.5. */
	if (id == VC_C)
		at = max(at, c->begun);
	pass(c, id, at, READ_CLOCKS + 2);
	c->waits[id] = 0;
}

void vc_clock_saw(struct vc_clock *c, uint32_t n)
{
	uint64_t at = now(c);

	if (c->looks && (c->looks == VC_CLOCK_LOOKS || c->look[c->looks - 1].at == at)) {
		c->look[c->looks - 1].n += n;
		c->look[c->looks - 1].at = at;
		return;
	}
	c->look[c->looks++] = (struct vc_look){ at, n };
}

bool vc_clock_looks(const struct vc_clock *c)
{
	return c->looks;
}

static void forget_look(struct vc_clock *c)
{
	if (!c->looks || --c->look[0].n)
		return;
	c->looks--;
	memmove(c->look, c->look + 1, c->looks * sizeof(c->look[0]));
}

void vc_clock_jump(struct vc_clock *c, enum vc_ring_id id)
{
	fetch(c, id);
	pass(c, id, 0, WRITE_CLOCKS + 1);
}

void vc_clock_fetch(struct vc_clock *c, enum vc_ring_id id, uint32_t addr)
{
	if (id == VC_C) {
		c->seen = queued(c, id);
		c->busy = true;
	}
	fetch(c, id);
	if (id == VC_C)
		forget_look(c);
	if (id == VC_S)
		c->in = (struct vc_burst){ .at = addr };
	if (id == VC_D)
		c->out = (struct vc_burst){ .at = addr };
}

/* n polls, the first one at `at`; only the last of many are booked. */
static void count_polls(struct vc_clock *c, uint64_t at, uint64_t n, uint64_t every)
{
	struct vc_clock_count *count = &c->host->count.clock;

	for (uint64_t i = n - min(n, (uint64_t)POLLS_BOOKED); i < n; i++)
		vc_bus_book(c->bus, at + i * every, READ_CLOCKS + 2);
	count->polls += n;
	count->bus_poll += n * (READ_CLOCKS + 2);
}

void vc_clock_miss(struct vc_clock *c, enum vc_ring_id id)
{
	c->missed[id] = now(c);
	if (c->waits[id])
		return;
	c->waits[id] = max(c->missed[id], max(c->ring[id], c->floor));
	c->polled[id] = c->waits[id];
	count_polls(c, c->waits[id], 1, 0);
}

/*
 * What is queued needs no poll any more: a command, and with it what belongs to it, unless
 * that was found missing.
 */
static bool polls(const struct vc_clock *c, enum vc_ring_id id)
{
	if (!c->waits[id] || c->looks)
		return false;
	return id == VC_C || !c->busy || c->missed[id] > c->seen;
}

void vc_clock_poll(struct vc_clock *c, enum vc_ring_id id)
{
	uint64_t every = interval(c), at = now(c), n;

	if (!polls(c, id) || !every || at < c->polled[id])
		return;
	n = (at - c->polled[id]) / every;
	count_polls(c, c->polled[id] + every, n, every);
	c->polled[id] += n * every;
}

void vc_clock_enable(struct vc_clock *c, enum vc_ring_id id)
{
	c->waits[id] = 0;
	c->ring[id] = max(c->ring[id], now(c));
}

void vc_clock_rebase(struct vc_clock *c, enum vc_ring_id id)
{
	vc_clock_enable(c, id);
	if (id == VC_C)
		c->looks = 0;
}

/* ---- the data ---- */

static void read_burst(struct vc_clock *c)
{
	uint32_t n = c->in.bytes;

	if (!n)
		return;
	pass(c, VC_S, max(c->begun, vc_pipe_room(&c->pipe)), READ_CLOCKS + burst_end(&c->in));
	vc_pipe_in(&c->pipe, c->ring[VC_S], n);
}

static void write_burst(struct vc_clock *c)
{
	if (!c->out.bytes)
		return;
	pass(c, VC_D, vc_pipe_ready(&c->pipe), WRITE_CLOCKS + burst_end(&c->out));
	vc_pipe_out(&c->pipe, c->ring[VC_D]);
}

/* In turn, as the bursts take turns on the bus. */
void vc_clock_move(struct vc_clock *c, uint32_t in, uint32_t out)
{
	while (in || out) {
		uint32_t i = min(in, burst_room(&c->in)), o;

		c->in.bytes += i;
		in -= i;
		if (!burst_room(&c->in))
			read_burst(c);
		o = min(out, burst_room(&c->out));
		c->out.bytes += o;
		out -= o;
		if (!burst_room(&c->out))
			write_burst(c);
	}
}

void vc_clock_cipher(struct vc_clock *c, uint32_t n)
{
	vc_pipe_cipher(&c->pipe, n);
}

void vc_clock_mac(struct vc_clock *c, uint32_t n)
{
	vc_pipe_mac(&c->pipe, n);
}

void vc_clock_return(struct vc_clock *c, enum vc_ring_id id)
{
	if (id == VC_S)
		read_burst(c);
	if (id == VC_D)
		write_burst(c);
	pass(c, id, 0, WRITE_CLOCKS + 1);
}

/* ---- a command ---- */

uint64_t vc_clock_command(const struct vc_clock *c)
{
	return to_ns(c->ring[VC_C]);
}

/* The unit takes the command once it has all of it and the stream before has come in. */
void vc_clock_block(struct vc_clock *c, uint32_t addr, uint32_t bytes)
{
	struct vc_burst b = { .at = addr };

	for (; bytes; bytes -= b.bytes) {
		b.at += b.bytes;
		b.bytes = 0;
		b.bytes = min(bytes, burst_room(&b));
		pass(c, VC_C, 0, READ_CLOCKS + phases(b.at, b.bytes));
	}
	c->begun = max(c->begun, c->ring[VC_C]);
}

void vc_clock_begin(struct vc_clock *c, const struct vc_command *cmd, bool mac_sees_input)
{
	c->begun = max(c->begun, c->ring[VC_S]);
	vc_pipe_begin(&c->pipe, cmd, mac_sees_input, c->begun);
	c->in.bytes = 0;
	c->out.bytes = 0;
}

/* Behind everything else of the command, 3.4. */
static uint64_t behind(struct vc_clock *c)
{
	uint64_t at = vc_pipe_end(&c->pipe);

	for (int i = 0; i < VC_RINGS; i++)
		at = max(at, c->ring[i]);
	return max(at, c->begun);
}

uint64_t vc_clock_result(struct vc_clock *c, uint32_t bytes)
{
	uint64_t at = behind(c);

	for (uint32_t n; bytes; bytes -= n) {
		n = min(bytes, (uint32_t)BURST_BYTES);
		pass(c, VC_R, at, WRITE_CLOCKS + phases(0, n));
	}
	pass(c, VC_R, at, WRITE_CLOCKS + 1);
	c->done = c->ring[VC_R];
	return to_ns(c->done);
}

static unsigned int log2_bucket(uint64_t ns)
{
	unsigned int i = 0;

	while (i < VC_LATENCIES - 1 && ns >> i)
		i++;
	return i;
}

static void count_latency(struct vc_clock_count *count, uint64_t ns)
{
	count->latency[log2_bucket(ns)]++;
	count->latency_sum += ns;
	count->latency_max = max(count->latency_max, ns);
}

void vc_clock_delivered(struct vc_clock *c)
{
	struct vc_clock_count *count = &c->host->count.clock;
	uint64_t due = to_ns(c->done), late = max(vc_now(c->host), due) - due;

	count->bus_job += c->booked;
	c->booked = 0;
	c->busy = false;
	count->cipher += vc_pipe_cipher_busy(&c->pipe);
	count->mac += vc_pipe_mac_busy(&c->pipe);
	count_latency(count, to_ns(c->done - c->seen));
	count->late_sum += late;
	count->late_max = max(count->late_max, late);
}

/* ---- the whole ---- */

void vc_clock_reset(struct vc_clock *c)
{
	c->host->count.clock.bus_job += c->booked;
	c->booked = 0;
	c->busy = false;
	c->floor = now(c);
	c->begun = 0;
	c->looks = 0;
	memset(c->ring, 0, sizeof(c->ring));
	memset(c->waits, 0, sizeof(c->waits));
	c->pipe = (struct vc_pipe){ .num = c->cfg.num, .den = c->cfg.den };
}

void vc_clock_start(struct vc_clock *c, const struct vc_clock_config *cfg, struct vc_bus *bus)
{
	if (c->period)
		vc_clock_elapse(c);
	else
		c->since = c->floor = c->seen = now(c);
	c->cfg = *cfg;
	c->bus = bus;
	c->pipe.num = cfg->num;
	c->pipe.den = cfg->den;
	c->period = vc_bus_period(bus);
}

void vc_clock_hold(struct vc_clock *c, uint64_t ns)
{
	uint64_t at = ns * VC_TICKS_PER_NS;

	c->begun = max(c->begun, at);
	c->ring[VC_C] = max(c->ring[VC_C], at);
}

void vc_clock_access(struct vc_clock *c, bool write)
{
	uint32_t clocks = write ? HOST_WRITE : HOST_READ;

	vc_bus_book(c->bus, now(c), clocks);
	c->host->count.clock.bus_host += clocks;
}

/* Whole clocks only; the rest of one is left for the next time. */
void vc_clock_elapse(struct vc_clock *c)
{
	struct vc_clock_count *count = &c->host->count.clock;
	uint64_t clocks = (now(c) - c->since) / c->period;

	count->elapsed += clocks;
	count->engine_elapsed += clocks * c->period * c->cfg.den / c->cfg.num;
	c->since += clocks * c->period;
}

void vc_clock_recount(struct vc_clock *c)
{
	c->since = now(c);
}

/* Time in which it could not work is not made up for. */
void vc_clock_step(struct vc_clock *c, bool able)
{
	uint32_t period = vc_bus_period(c->bus);

	if (period != c->period) {
		vc_clock_elapse(c);
		c->period = period;
	}
	if (able && c->stalled)
		c->floor = now(c);
	c->stalled = !able;
}
