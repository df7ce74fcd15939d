// SPDX-License-Identifier: BSD-2-Clause
/*
 * The data path: one stream from the source chain to the destination chain,
 * with the engines as windows over it. docs/hifn795x.md 3.5, 3.6, 4.5, 4.7.
 *
 * Whole blocks that lie in one source and one destination segment are processed
 * in place, straight from and to host memory; what is split by a segment
 * boundary goes through the one-block buffers pu->in and pu->out.
 */
#include "../vc_int.h"

#define CHUNK	8192	/* bytes between two looks at the budget */

static bool stream_ended(const struct vc_pu *pu)
{
	return pu->pos == pu->cmd.source || pu->src_end;
}

/* No destination at all: 11 no. 37, the output vanishes. */
static bool stream_drops(const struct vc_pu *pu)
{
	return pu->dst_over || !pu->cmd.dest || pu->dst_sink;
}

/* MAC over the input or the output, 4.7. */
static bool mac_sees_input(const struct vc_command *cmd)
{
	return (cmd->opcode == HIFN_BASE_CMD_DECODE) == cmd->ipsec;
}

static bool src_retire(struct vcard *vc)
{
	if (!vc_ring_retire(vc, VC_S, 0))
		return false;
	vc->pu.src_end = vc->ring[VC_S].flags & HIFN_D_LAST;
	return true;
}

static bool dst_retire(struct vcard *vc)
{
	bool last = vc->ring[VC_D].flags & HIFN_D_LAST;

	if (!vc_ring_retire(vc, VC_D, last && vc->pu.dst_over ? HIFN_D_DESTOVER : 0))
		return false;
	vc->pu.dst_end = last;
	vc->pu.dst_sink = false;
	return true;
}

/* Fault: the engine gets no further than the half; bytes left until then. */
static uint32_t half_left(struct vcard *vc, enum vc_ring_id id, uint32_t half,
			  uint32_t done)
{
	const struct vc_ring *ring = &vc->ring[id];

	if (done < half)
		return half - done;
	vc_fault_stop(vc, id, ring->addr + ring->off);
	return 0;
}

/* Source bytes at hand in the current segment; 0: none yet, or the end. */
static uint32_t src_avail(struct vcard *vc)
{
	struct vc_ring *s = &vc->ring[VC_S];
	struct vc_pu *pu = &vc->pu;
	uint32_t n = UINT32_MAX;

	while (!stream_ended(pu) && vc_ring_get(vc, VC_S)) {
		if (vc_fault_stops(vc, VC_S)) {
			n = half_left(vc, VC_S, pu->cmd.source / 2, pu->pos);
			if (!n)
				break;
		}
		if (s->off < s->len)
			return min(min(s->len - s->off, pu->cmd.source - pu->pos), n);
		if (!src_retire(vc))
			break;
	}
	return 0;
}

/* The card writes 32-bit words, 3.6: other destinations are refused. */
static void dst_check(struct vcard *vc)
{
	const struct vc_ring *d = &vc->ring[VC_D];
	bool odd_len = (d->len & 3) && !(d->flags & HIFN_D_LAST);

	if (vc->pu.dst_sink || (!(d->addr & 3) && !odd_len))
		return;
	vc_error(vc, VC_ERR_ALIGN,
		 "destination 0x%08x, %u bytes: address and all lengths but the last must be multiples of 4",
		 d->addr, d->len);
	vc->pu.dst_sink = true;
	vc->pu.data_err = true;
}

/* Room for output; 0: no descriptor yet, or overrun (then pu->dst_over). */
static uint32_t dst_room(struct vcard *vc)
{
	struct vc_ring *d = &vc->ring[VC_D];
	struct vc_pu *pu = &vc->pu;
	uint32_t n = UINT32_MAX;

	while (!pu->dst_over) {
		if (pu->dst_used == pu->cmd.dest) {
			pu->dst_over = true;
			break;
		}
		if (!vc_ring_get(vc, VC_D))
			break;
		dst_check(vc);
		if (vc_fault_stops(vc, VC_D)) {
			n = half_left(vc, VC_D, pu->cmd.dest / 2, pu->dst_used);
			if (!n)
				break;
		}
		if (d->off < d->len)
			return min(min(d->len - d->off, pu->cmd.dest - pu->dst_used), n);
		if (d->flags & HIFN_D_LAST)
			pu->dst_over = true;
		else if (!dst_retire(vc))
			break;
	}
	return 0;
}

/* Output bytes that can leave now: to memory, or to nowhere. */
static uint32_t out_room(struct vcard *vc, uint32_t want)
{
	uint32_t room;

	if (!vc->pu.cmd.dest)
		return want;
	room = dst_room(vc);
	return vc->pu.dst_over ? want : min(room, want);
}

static void src_advance(struct vcard *vc, uint32_t n)
{
	vc->ring[VC_S].off += n;
	vc->pu.pos += n;
	vc->count.dma_read[VC_DMA_DATA] += n;
}

static void dst_advance(struct vcard *vc, uint32_t n)
{
	struct vc_pu *pu = &vc->pu;

	if (!pu->cmd.dest || pu->dst_over)
		return;
	vc->ring[VC_D].off += n;
	pu->dst_used += n;
	if (!pu->dst_sink) {
		pu->stored += n;
		vc->count.dma_write[VC_DMA_DATA] += n;
	}
}

/* Memory under the current position of a ring's segment, or NULL: aborted. */
static uint8_t *seg_ptr(struct vcard *vc, enum vc_ring_id id, uint32_t *n)
{
	struct vc_ring *ring = &vc->ring[id];
	uint64_t addr = (uint64_t)ring->addr + ring->off;
	uint8_t *p = NULL;

	if (addr + *n <= (uint64_t)UINT32_MAX + 1)
		p = vc_dma_ptr(vc, addr, n, id == VC_D);
	if (!p)
		vc_ring_abort(vc, id, addr);
	return p;
}

static void corrupt(struct vcard *vc, uint8_t *out)
{
	if (!vc->pu.corrupt)
		return;
	vc->pu.corrupt = false;
	vc_fault_hit(vc, VC_F_CORRUPT);
	out[0] ^= 1;
}

static void charge(struct vcard *vc, uint32_t n, bool cipher)
{
	/* AES at about 1 GB/s; DES and 3DES are that much slower. */
	static const uint8_t weight[VC_CIPHERS] = { 1, 1, 1, 12, 30 };

	vc->budget -= n * (cipher ? weight[vc->pu.cmd.alg] : 1);
	vc->activity++;
}

/* in: the block is complete, or as complete as it will be. */
static void block_process(struct vcard *vc)
{
	struct vc_pu *pu = &vc->pu;

	pu->out_len = pu->in_len;
	pu->out_off = 0;
	if (pu->in_len < vc->cipher.block && pu->cmd.mode <= VC_CBC) {
		memcpy(pu->out, pu->in, pu->in_len);
		pu->data_err = true;
		vc_error(vc, VC_ERR_LENGTH, "%u byte(s) left over: ECB and CBC take whole blocks",
			 pu->in_len);
	} else {
		vc_cipher_run(&vc->cipher, pu->in, pu->out, pu->in_len);
		pu->ciphered += pu->in_len;
		corrupt(vc, pu->out);
	}
	charge(vc, pu->in_len, true);
	if (!mac_sees_input(&pu->cmd))
		vc_mac_feed(vc, pu->out_pos, pu->out, pu->out_len);
	if (!stream_drops(pu) && vc_fault_take(vc, VC_F_CORRUPT_AT))
		pu->out[0] ^= 2;
	pu->out_pos += pu->out_len;
	pu->in_len = 0;
}

static bool block_gather(struct vcard *vc, uint32_t n)
{
	struct vc_pu *pu = &vc->pu;
	uint32_t k = min(n, vc->cipher.block - pu->in_len);
	uint8_t *p = seg_ptr(vc, VC_S, &k);

	if (!p)
		return false;
	memcpy(pu->in + pu->in_len, p, k);
	if (vc_fault_take(vc, VC_F_CORRUPT_IN))
		pu->in[pu->in_len] ^= 4;
	if (mac_sees_input(&pu->cmd))
		vc_mac_feed(vc, pu->pos, pu->in + pu->in_len, k);
	pu->in_len += k;
	src_advance(vc, k);
	if (pu->in_len == vc->cipher.block)
		block_process(vc);
	return true;
}

static bool block_flush(struct vcard *vc)
{
	struct vc_pu *pu = &vc->pu;
	uint32_t n = out_room(vc, pu->out_len - pu->out_off);
	uint8_t *p;

	if (!n)
		return false;
	if (!stream_drops(pu)) {
		p = seg_ptr(vc, VC_D, &n);
		if (!p)
			return false;
		memcpy(p, pu->out + pu->out_off, n);
	}
	dst_advance(vc, n);
	pu->out_off += n;
	return true;
}

/* p to q, which is NULL where the output is dropped (never when ciphering). */
static void direct_process(struct vcard *vc, uint8_t *p, uint8_t *q, uint32_t n,
			   bool cipher)
{
	struct vc_pu *pu = &vc->pu;
	bool input = mac_sees_input(&pu->cmd);

	if (input)
		vc_mac_feed(vc, pu->pos, p, n);
	if (cipher) {
		vc_cipher_run(&vc->cipher, p, q, n);
		pu->ciphered += n;
		corrupt(vc, q);
	} else if (q && q != p) {
		memmove(q, p, n);
	}
	if (!input)
		vc_mac_feed(vc, pu->out_pos, q ? q : p, n);
	if (cipher && vc_fault_take(vc, VC_F_CORRUPT_AT))
		q[0] ^= 2;
	pu->out_pos += n;
	src_advance(vc, n);
	dst_advance(vc, n);
	charge(vc, n, cipher);
}

/* The card streams: a partial overlap must be walked block by block. */
static bool overlaps(const uint8_t *p, const uint8_t *q, uint32_t n)
{
	return p != q && p < q + n && q < p + n;
}

static bool copy_direct(struct vcard *vc, uint32_t n)
{
	uint8_t *p, *q = NULL;

	n = out_room(vc, min(n, (uint32_t)CHUNK));
	if (!n)
		return false;
	p = seg_ptr(vc, VC_S, &n);
	if (!p)
		return false;
	if (!stream_drops(&vc->pu)) {
		q = seg_ptr(vc, VC_D, &n);
		if (!q)
			return false;
	}
	direct_process(vc, p, q, n, false);
	return true;
}

static bool cipher_direct(struct vcard *vc, uint32_t n)
{
	const uint32_t whole = ~(vc->cipher.block - 1);
	uint32_t all = n, m = out_room(vc, min(n, (uint32_t)CHUNK));
	uint8_t *p, *q;

	if (!m)
		return false;
	if (m < vc->cipher.block || stream_drops(&vc->pu) ||
	    vc_planned(vc, VC_F_CORRUPT_IN))
		return block_gather(vc, all);
	p = seg_ptr(vc, VC_S, &m);
	q = p ? seg_ptr(vc, VC_D, &m) : NULL;
	if (!q)
		return false;
	m &= whole;
	if (!m || overlaps(p, q, m))
		return block_gather(vc, all);
	direct_process(vc, p, q, m, true);
	return true;
}

/* Bytes up to the next edge of the cipher window; *in: they are inside it. */
static uint32_t window_run(const struct vc_pu *pu, uint32_t n, bool *in)
{
	const struct vc_region *w = &pu->cmd.crypt;
	uint32_t end = w->skip + w->count;

	*in = w->on && pu->pos >= w->skip && pu->pos < end;
	if (*in)
		return min(n, end - pu->pos);
	if (w->on && pu->pos < w->skip)
		return min(n, w->skip - pu->pos);
	return n;
}

/* One piece. False: nothing can move now, or the stream is through. */
static bool stream_piece(struct vcard *vc)
{
	struct vc_pu *pu = &vc->pu;
	bool inside = false;
	uint32_t n;

	if (pu->out_off < pu->out_len)
		return block_flush(vc);
	n = src_avail(vc);
	if (n)
		n = window_run(pu, n, &inside);
	if (pu->in_len && !inside && (n || stream_ended(pu))) {
		block_process(vc);
		return true;
	}
	if (!n)
		return false;
	if (!inside)
		return copy_direct(vc, n);
	if (pu->in_len || n < vc->cipher.block)
		return block_gather(vc, n);
	return cipher_direct(vc, n);
}

/* Whole words are written: the last one is filled up with zeros, 3.6. */
static bool stream_pad(struct vcard *vc)
{
	struct vc_ring *d = &vc->ring[VC_D];
	uint32_t n = -d->off & 3;

	if (!d->active || stream_drops(&vc->pu) || !n)
		return true;
	if (vc_dma_write(vc, VC_DMA_DATA, d->addr + d->off, "\0\0\0", n))
		return true;
	vc_ring_abort(vc, VC_D, d->addr + d->off);
	return false;
}

void vc_stream_start(struct vcard *vc)
{
	struct vc_pu *pu = &vc->pu;

	vc_ctx_load(vc, &pu->cmd);
	if (pu->cmd.crypt.on)
		vc_cipher_start(&vc->cipher, &pu->cmd,
				pu->cmd.opcode == HIFN_BASE_CMD_ENCODE, pu->cmd.key,
				pu->cmd.iv);
	if (pu->cmd.mac.on)
		vc_mac_start(vc);
}

/* True when all output is in memory. */
bool vc_stream_run(struct vcard *vc)
{
	struct vc_pu *pu = &vc->pu;
	uint8_t iv[16];

	while (vc->budget > 0 && stream_piece(vc))
		;
	if (!stream_ended(pu) || pu->in_len || pu->out_off < pu->out_len)
		return false;
	if (!stream_pad(vc))
		return false;
	if (pu->cmd.crypt.on && pu->cmd.mode != VC_ECB) {
		vc_cipher_iv(&vc->cipher, iv);
		vc_ctx_save_iv(vc, &pu->cmd, iv);
	}
	if (pu->pos < pu->cmd.source)
		vc_error(vc, VC_ERR_SOURCE, "source chain ended %u byte(s) early",
			 pu->cmd.source - pu->pos);
	return true;
}

static bool drain_source(struct vcard *vc)
{
	struct vc_ring *s = &vc->ring[VC_S];

	while (vc->pu.cmd.source && !vc->pu.src_end) {
		if (!vc_ring_get(vc, VC_S))
			return false;
		if (s->off < s->len && !vc->pu.skipped)
			vc_error(vc, VC_ERR_SOURCE, "source chain longer than its count");
		if (!src_retire(vc))
			return false;
	}
	return true;
}

/* All descriptors up to LAST are retired, touched or not, 3.5. */
static bool drain_dest(struct vcard *vc)
{
	while (vc->pu.cmd.dest && !vc->pu.dst_end) {
		if (!vc_ring_get(vc, VC_D) || !dst_retire(vc))
			return false;
	}
	return true;
}

/* True when both chains are given back. */
bool vc_stream_drain(struct vcard *vc)
{
	if (!drain_source(vc) || !drain_dest(vc))
		return false;
	if (vc->pu.dst_over) {
		vc_error(vc, VC_ERR_DSTOVER, "destination overrun: %u of %u byte(s) stored",
			 vc->pu.stored, vc->pu.out_pos);
		vc_csr_raise(vc, HIFN_DMACSR_D_OVER);
		vc_pu_raise(vc, HIFN_PUSTAT_DSTOVER);
	}
	return true;
}
