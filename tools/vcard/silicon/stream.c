// SPDX-License-Identifier: BSD-2-Clause
/*
 * The data path: one stream from the source chain to the destination chain,
 * with the engines as windows over it. docs/reference/hifn795x.md 3.5, 3.6, 4.5, 4.7.
 *
 * Whole blocks that lie in one source and one destination segment are processed
 * in place, straight from and to host memory; what is split by a segment
 * boundary goes through the one-block buffers unit->in and unit->out.
 */
#include "clock.h"
#include "dma.h"
#include "stream.h"

#define CHUNK	8192	/* bytes between two looks at the budget */

static bool stream_ended(const struct vc_unit *unit)
{
	return unit->pos == unit->cmd.source || unit->src_end;
}

/* No destination at all: 11 no. 37, the output vanishes. */
static bool stream_drops(const struct vc_unit *unit)
{
	return unit->dst_over || !unit->cmd.dest || unit->dst_sink || unit->withheld;
}

/* MAC over the input or the output, 4.7. */
static bool mac_sees_input(const struct vc_command *cmd)
{
	return (cmd->opcode == HIFN_BASE_CMD_DECODE) == cmd->ipsec;
}

#define BURST	64u

/* A chip that reads whole bursts needs memory there. */
static bool prefetches(struct vc_stream *s)
{
	const struct vc_ring *ring = &s->rings->ring[VC_S];
	uint32_t end = ring->addr + ring->len, n = -end % BURST;

	while (n) {
		uint32_t got = n;

		if (!vc_dma_ptr(s->host, end, &got, false)) {
			vc_ring_abort(s->rings, VC_S, end);
			return false;
		}
		end += got;
		n -= got;
	}
	return true;
}

static bool src_retire(struct vc_stream *s)
{
	if (vc_knob(s->host, VC_K_SOURCE_READ) && !prefetches(s))
		return false;
	if (!vc_ring_retire(s->rings, VC_S, 0))
		return false;
	s->unit->src_end = s->rings->ring[VC_S].flags & HIFN_D_LAST;
	return true;
}

static bool dst_retire(struct vc_stream *s)
{
	bool last = s->rings->ring[VC_D].flags & HIFN_D_LAST;

	if (!vc_ring_retire(s->rings, VC_D, last && s->unit->dst_over ? HIFN_D_DESTOVER : 0))
		return false;
	s->unit->dst_end = last;
	s->unit->dst_sink = false;
	return true;
}

/* Source bytes at hand in the current segment; 0: none yet, or the end. */
static uint32_t src_avail(struct vc_stream *s)
{
	struct vc_ring *ring = &s->rings->ring[VC_S];
	struct vc_unit *unit = s->unit;

	while (!stream_ended(unit) && vc_ring_get(s->rings, VC_S)) {
		uint32_t n = VC_ASK(s->host, VC_NO_LIMIT,
				    limit(s->host->who, VC_S, unit->pos, unit->cmd.source));

		if (!n)
			break;
		if (ring->off < ring->len)
			return min(min(ring->len - ring->off, unit->cmd.source - unit->pos), n);
		if (!src_retire(s))
			break;
	}
	return 0;
}

/* The card writes 32-bit words, 3.6: other destinations are refused. */
static void dst_check(struct vc_stream *s)
{
	const struct vc_ring *d = &s->rings->ring[VC_D];
	bool odd_len = (d->len & 3) && !(d->flags & HIFN_D_LAST);

	if (s->unit->dst_sink || (!(d->addr & 3) && !odd_len))
		return;
	vc_error(s->host, VC_ERR_ALIGN,
		 "destination 0x%08x, %u bytes: address and all lengths but the last must be multiples of 4",
		 d->addr, d->len);
	s->unit->dst_sink = true;
	s->unit->data_err = true;
}

/* Room for output; 0: no descriptor yet, or overrun (then unit->dst_over). */
static uint32_t dst_room(struct vc_stream *s)
{
	struct vc_ring *d = &s->rings->ring[VC_D];
	struct vc_unit *unit = s->unit;

	while (!unit->dst_over) {
		uint32_t n;

		if (unit->dst_used == unit->cmd.dest) {
			unit->dst_over = true;
			break;
		}
		if (!vc_ring_get(s->rings, VC_D))
			break;
		dst_check(s);
		n = VC_ASK(s->host, VC_NO_LIMIT,
			   limit(s->host->who, VC_D, unit->dst_used, unit->cmd.dest));
		if (!n)
			break;
		if (d->off < d->len)
			return min(min(d->len - d->off, unit->cmd.dest - unit->dst_used), n);
		if (d->flags & HIFN_D_LAST)
			unit->dst_over = true;
		else if (!dst_retire(s))
			break;
	}
	return 0;
}

/* Output bytes that can leave now: to memory, or to nowhere. */
static uint32_t out_room(struct vc_stream *s, uint32_t want)
{
	uint32_t room;

	if (!s->unit->cmd.dest)
		return want;
	room = dst_room(s);
	return s->unit->dst_over ? want : min(room, want);
}

static void src_advance(struct vc_stream *s, uint32_t n)
{
	s->rings->ring[VC_S].off += n;
	s->unit->pos += n;
	s->host->count.dma_read[VC_DMA_DATA] += n;
}

/* Returns the bytes that went to memory. */
static uint32_t dst_advance(struct vc_stream *s, uint32_t n)
{
	struct vc_unit *unit = s->unit;

	if (!unit->cmd.dest || unit->dst_over)
		return 0;
	s->rings->ring[VC_D].off += n;
	unit->dst_used += n;
	if (unit->dst_sink)
		return 0;
	unit->stored += n;
	if (!unit->withheld)
		s->host->count.dma_write[VC_DMA_DATA] += n;
	return n;
}

/* Memory under the current position of a ring's segment, or NULL: aborted. */
static uint8_t *seg_ptr(struct vc_stream *s, enum vc_ring_id id, uint32_t *n)
{
	struct vc_ring *ring = &s->rings->ring[id];
	uint64_t addr = (uint64_t)ring->addr + ring->off;
	uint8_t *p = NULL;

	if (addr + *n <= (uint64_t)UINT32_MAX + 1)
		p = vc_dma_ptr(s->host, addr, n, id == VC_D);
	if (!p)
		vc_ring_abort(s->rings, id, addr);
	return p;
}

/* Stream bytes [pos, pos + len): the MAC takes those inside its window. */
static void mac_feed(struct vc_stream *s, uint32_t pos, const uint8_t *buf, uint32_t len)
{
	const struct vc_region *w = &s->unit->cmd.mac;
	uint32_t from = max(pos, w->skip);
	uint32_t to = min(pos + len, w->skip + w->count);

	if (!w->on || from >= to)
		return;
	vc_mac_feed(&s->mac, buf + (from - pos), to - from);
	VC_TIME(s->host, vc_clock_mac(s->host->clock, to - from));
	s->unit->maced += to - from;
}

static void charge(struct vc_stream *s, uint32_t n, bool cipher)
{
	/* AES at about 1 GB/s; DES and 3DES are that much slower. */
	static const uint8_t weight[VC_CIPHERS] = { 1, 1, 1, 12, 30 };

	s->host->budget -= n * (cipher ? weight[s->unit->cmd.alg] : 1);
	s->host->activity++;
}

static void spoil(struct vc_unit *unit, uint8_t *p)
{
	*p ^= unit->spoiled;
	unit->spoiled = false;
}

/* in: the block is complete, or as complete as it will be. */
static void block_process(struct vc_stream *s)
{
	struct vc_unit *unit = s->unit;

	unit->out_len = unit->in_len;
	unit->out_off = 0;
	if (unit->in_len < s->cipher.block && unit->cmd.mode <= VC_CBC) {
		memcpy(unit->out, unit->in, unit->in_len);
		unit->data_err = true;
		vc_error(s->host, VC_ERR_LENGTH, "%u byte(s) left over: ECB and CBC take whole blocks",
			 unit->in_len);
	} else {
		VC_TIME(s->host, vc_clock_cipher(s->host->clock, unit->in_len));
		vc_cipher_run(&s->cipher, unit->in, unit->out, unit->in_len);
		spoil(unit, unit->out);
		unit->ciphered += unit->in_len;
		VC_TELL(s->host, bytes(s->host->who, VC_BYTES_OUT, unit->out));
	}
	charge(s, unit->in_len, true);
	if (!mac_sees_input(&unit->cmd))
		mac_feed(s, unit->out_pos, unit->out, unit->out_len);
	if (!stream_drops(unit))
		VC_TELL(s->host, bytes(s->host->who, VC_BYTES_STORED, unit->out));
	unit->out_pos += unit->out_len;
	unit->in_len = 0;
}

static bool block_gather(struct vc_stream *s, uint32_t n)
{
	struct vc_unit *unit = s->unit;
	uint32_t k = min(n, s->cipher.block - unit->in_len);
	uint8_t *p = seg_ptr(s, VC_S, &k);

	if (!p)
		return false;
	memcpy(unit->in + unit->in_len, p, k);
	VC_TELL(s->host, bytes(s->host->who, VC_BYTES_IN, unit->in + unit->in_len));
	if (mac_sees_input(&unit->cmd))
		mac_feed(s, unit->pos, unit->in + unit->in_len, k);
	unit->in_len += k;
	src_advance(s, k);
	VC_TIME(s->host, vc_clock_move(s->host->clock, k, 0));
	if (unit->in_len == s->cipher.block)
		block_process(s);
	return true;
}

static bool block_flush(struct vc_stream *s)
{
	struct vc_unit *unit = s->unit;
	uint32_t n = out_room(s, unit->out_len - unit->out_off), stored;
	uint8_t *p;

	if (!n)
		return false;
	if (!stream_drops(unit)) {
		p = seg_ptr(s, VC_D, &n);
		if (!p)
			return false;
		memcpy(p, unit->out + unit->out_off, n);
	}
	stored = dst_advance(s, n);
	VC_TIME(s->host, vc_clock_move(s->host->clock, 0, stored));
	unit->out_off += n;
	return true;
}

/* p to q, which is NULL where the output is dropped (never when ciphering). */
static void direct_process(struct vc_stream *s, uint8_t *p, uint8_t *q, uint32_t n,
			   bool cipher)
{
	struct vc_unit *unit = s->unit;
	bool input = mac_sees_input(&unit->cmd);
	uint32_t stored;

	if (input)
		mac_feed(s, unit->pos, p, n);
	if (cipher) {
		VC_TIME(s->host, vc_clock_cipher(s->host->clock, n));
		vc_cipher_run(&s->cipher, p, q, n);
		spoil(unit, q);
		unit->ciphered += n;
		VC_TELL(s->host, bytes(s->host->who, VC_BYTES_OUT, q));
	} else if (q && q != p) {
		memmove(q, p, n);
	}
	if (!input)
		mac_feed(s, unit->out_pos, q ? q : p, n);
	if (cipher)
		VC_TELL(s->host, bytes(s->host->who, VC_BYTES_STORED, q));
	unit->out_pos += n;
	src_advance(s, n);
	stored = dst_advance(s, n);
	VC_TIME(s->host, vc_clock_move(s->host->clock, n, stored));
	charge(s, n, cipher);
}

/* The card streams: a partial overlap must be walked block by block. */
static bool overlaps(const uint8_t *p, const uint8_t *q, uint32_t n)
{
	return p != q && p < q + n && q < p + n;
}

static bool copy_direct(struct vc_stream *s, uint32_t n)
{
	uint8_t *p, *q = NULL;

	n = out_room(s, min(n, (uint32_t)CHUNK));
	if (!n)
		return false;
	p = seg_ptr(s, VC_S, &n);
	if (!p)
		return false;
	if (!stream_drops(s->unit)) {
		q = seg_ptr(s, VC_D, &n);
		if (!q)
			return false;
	}
	direct_process(s, p, q, n, false);
	return true;
}

static bool cipher_direct(struct vc_stream *s, uint32_t n)
{
	const uint32_t whole = ~(s->cipher.block - 1);
	uint32_t all = n, m = out_room(s, min(n, (uint32_t)CHUNK));
	uint8_t *p, *q;

	if (!m)
		return false;
	if (m < s->cipher.block || stream_drops(s->unit) ||
	    VC_ASK(s->host, false, wants_input(s->host->who)))
		return block_gather(s, all);
	p = seg_ptr(s, VC_S, &m);
	q = p ? seg_ptr(s, VC_D, &m) : NULL;
	if (!q)
		return false;
	m &= whole;
	if (!m || overlaps(p, q, m))
		return block_gather(s, all);
	direct_process(s, p, q, m, true);
	return true;
}

/* Bytes up to the next edge of the cipher window; *in: they are inside it. */
static uint32_t window_run(const struct vc_unit *unit, uint32_t n, bool *in)
{
	const struct vc_region *w = &unit->cmd.crypt;
	uint32_t end = w->skip + w->count;

	*in = w->on && unit->pos >= w->skip && unit->pos < end;
	if (*in)
		return min(n, end - unit->pos);
	if (w->on && unit->pos < w->skip)
		return min(n, w->skip - unit->pos);
	return n;
}

/* One piece. False: nothing can move now, or the stream is through. */
static bool stream_piece(struct vc_stream *s)
{
	struct vc_unit *unit = s->unit;
	bool inside = false;
	uint32_t n;

	if (unit->out_off < unit->out_len)
		return block_flush(s);
	n = src_avail(s);
	if (n)
		n = window_run(unit, n, &inside);
	if (unit->in_len && !inside && (n || stream_ended(unit))) {
		block_process(s);
		return true;
	}
	if (!n)
		return false;
	if (!inside)
		return copy_direct(s, n);
	if (unit->in_len || n < s->cipher.block)
		return block_gather(s, n);
	return cipher_direct(s, n);
}

/* Whole words are written: the last one is filled up with zeros, 3.6; or larger units are. */
static uint32_t pad_bytes(const struct vc_stream *s)
{
	const struct vc_ring *d = &s->rings->ring[VC_D];

	switch (vc_knob(s->host, VC_K_DEST_WRITE)) {
	case VC_WRITES_8:
		return -(d->addr + d->off) & 7;
	case VC_WRITES_BURSTS:
		return -(d->addr + d->off) & (BURST - 1);
	}
	return -d->off & 3;
}

static bool stream_pad(struct vc_stream *s)
{
	static const uint8_t zeros[BURST];
	struct vc_ring *d = &s->rings->ring[VC_D];
	uint32_t n = pad_bytes(s);

	if (!d->active || stream_drops(s->unit) || !n)
		return true;
	if (vc_dma_write(s->host, VC_DMA_DATA, d->addr + d->off, zeros, n))
		return true;
	vc_ring_abort(s->rings, VC_D, d->addr + d->off);
	return false;
}

static const uint8_t *mac_key(const struct vc_command *cmd)
{
	return cmd->hmac ? cmd->mac_key : NULL;
}

void vc_stream_start(struct vc_stream *s)
{
	struct vc_command *cmd = &s->unit->cmd;

	s->unit->withheld = (cmd->unmodelled && !vc_knob(s->host, VC_K_BAD_COMMAND)) ||
			    VC_ASK(s->host, false, withholds_data(s->host->who)) ||
			    (vc_knob(s->host, VC_K_HASH) == VC_HASH_SILENT && !cmd->has_crypt && cmd->mac.on);
	VC_TIME(s->host, vc_clock_begin(s->host->clock, cmd, mac_sees_input(cmd)));
	vc_ctx_load(s->ctx, cmd);
	if (cmd->crypt.on)
		vc_cipher_start(&s->cipher, cmd->alg, cmd->mode, cmd->iv_bytes,
				cmd->opcode == HIFN_BASE_CMD_ENCODE, cmd->key, cmd->iv);
	if (cmd->mac.on)
		vc_mac_start(&s->mac, cmd->md5, mac_key(cmd));
}

void vc_stream_digest(struct vc_stream *s)
{
	const struct vc_command *cmd = &s->unit->cmd;

	vc_mac_finish(&s->mac, cmd->md5, mac_key(cmd), s->unit->digest);
}

bool vc_stream_run(struct vc_stream *s)
{
	struct vc_unit *unit = s->unit;
	uint8_t iv[16];

	while (s->host->budget > 0 && stream_piece(s))
		;
	if (!stream_ended(unit) || unit->in_len || unit->out_off < unit->out_len)
		return false;
	if (!stream_pad(s))
		return false;
	if (unit->cmd.crypt.on && unit->cmd.mode != VC_ECB) {
		vc_cipher_iv(&s->cipher, iv);
		vc_ctx_save_iv(s->ctx, &unit->cmd, iv);
	}
	if (unit->pos < unit->cmd.source)
		vc_error(s->host, VC_ERR_SOURCE, "source chain ended %u byte(s) early",
			 unit->cmd.source - unit->pos);
	return true;
}

static bool drain_source(struct vc_stream *s)
{
	const struct vc_ring *ring = &s->rings->ring[VC_S];

	while (s->unit->cmd.source && !s->unit->src_end) {
		if (!vc_ring_get(s->rings, VC_S))
			return false;
		if (ring->off < ring->len && !s->unit->skipped)
			vc_error(s->host, VC_ERR_SOURCE, "source chain longer than its count");
		if (!src_retire(s))
			return false;
	}
	return true;
}

/* All descriptors up to LAST are retired, touched or not, 3.5. */
static bool drain_dest(struct vc_stream *s)
{
	while (s->unit->cmd.dest && !s->unit->dst_end) {
		if (!vc_ring_get(s->rings, VC_D) || !dst_retire(s))
			return false;
	}
	return true;
}

bool vc_stream_drain(struct vc_stream *s)
{
	if (!drain_source(s) || !drain_dest(s))
		return false;
	if (s->unit->dst_over) {
		vc_error(s->host, VC_ERR_DSTOVER, "destination overrun: %u of %u byte(s) stored",
			 s->unit->stored, s->unit->out_pos);
		vc_csr_raise(s->irq, HIFN_DMACSR_D_OVER);
		vc_pu_raise(s->pu, HIFN_PUSTAT_DSTOVER);
	}
	return true;
}
