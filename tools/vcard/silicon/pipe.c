// SPDX-License-Identifier: BSD-2-Clause
/*
 * Time in the processing unit. Clocks per unit are the assumptions of docs/reference/hifn795x.md
 * 10.3; that three bursts find room on either side is one of ours: with two, bus and engine
 * wait for one another, and 3DES at 33 MHz falls an eighth short of 10.4; more change nothing.
 */
#include "pipe.h"

#define CONTEXT_CLOCKS	64	/* load and store, 32 each */
#define MAC_BLOCK	64	/* bytes */
#define MAC_PADDING	9	/* a bit and the length, at least */

static const struct {
	uint8_t block, clocks;	/* bytes, clocks for them */
	uint8_t decrypt;	/* clocks once: the last round key */
} ciphers[VC_CIPHERS] = {
	[VC_AES128] = { 16, 12, 10 }, [VC_AES192] = { 16, 14, 12 },
	[VC_AES256] = { 16, 16, 14 },
	[VC_DES] = { 8, 18, 0 }, [VC_3DES] = { 8, 50, 0 },
};

static uint64_t ticks(const struct vc_pipe *p, uint64_t clocks)
{
	return clocks * p->num / p->den;
}

static void begin_cipher(struct vc_pipe *p, const struct vc_command *cmd)
{
	p->block = ciphers[cmd->alg].block;
	p->cipher_clocks = ciphers[cmd->alg].clocks;
	if (cmd->opcode == HIFN_BASE_CMD_DECODE)
		p->extra += ciphers[cmd->alg].decrypt;
}

/* One engine holds the context while it changes; the other need not wait for it. */
void vc_pipe_begin(struct vc_pipe *p, const struct vc_command *cmd, bool mac_sees_input,
		   uint64_t at)
{
	bool engines = cmd->crypt.on || cmd->mac.on;

	p->extra = engines ? CONTEXT_CLOCKS : 0;
	p->cipher_clocks = 0;
	p->mac_clocks = 0;
	p->ciphered = 0;
	p->maced = 0;
	p->to_cipher = 0;
	p->to_mac = 0;
	if (cmd->crypt.on)
		begin_cipher(p, cmd);
	if (cmd->mac.on) {
		p->mac_clocks = cmd->md5 ? 66 : 82;
		p->hmac = cmd->hmac;
		p->mac_sees_input = mac_sees_input;
	}
	p->cipher = max(p->cipher, at) + ticks(p, p->extra);
	if (cmd->mac.on)
		p->mac = max(p->mac, p->cipher) + ticks(p, p->hmac ? p->mac_clocks : 0);
}

/* A command that began before there was a clock has no times here. */
void vc_pipe_cipher(struct vc_pipe *p, uint32_t n)
{
	if (!p->block)
		return;
	p->to_cipher += n;
	p->ciphered += n;
}

void vc_pipe_mac(struct vc_pipe *p, uint32_t n)
{
	p->to_mac += n;
	p->maced += n;
}

uint64_t vc_pipe_room(const struct vc_pipe *p)
{
	return p->took[0];
}

static void push(uint64_t row[VC_PIPE_BURSTS], uint64_t last)
{
	memmove(row, row + 1, (VC_PIPE_BURSTS - 1) * sizeof(row[0]));
	row[VC_PIPE_BURSTS - 1] = last;
}

static uint32_t take(uint32_t *from, uint32_t n)
{
	n = min(n, *from);
	*from -= n;
	return n;
}

/* The MAC taps the stream before or behind the cipher, which it can hold up. */
static void hash(struct vc_pipe *p, uint64_t at, uint32_t n)
{
	uint64_t clocks = (uint64_t)n * p->mac_clocks;

	if (!n)
		return;
	p->hashing = max(p->mac, at);
	p->mac = p->hashing + clocks * p->num / (MAC_BLOCK * p->den);
}

void vc_pipe_in(struct vc_pipe *p, uint64_t at, uint32_t n)
{
	uint64_t from = max(max(at, p->cipher), max(p->gave[0], p->hashing));
	uint32_t bytes = take(&p->to_cipher, n);

	p->cipher = from;
	if (bytes)
		p->cipher += (uint64_t)bytes * p->cipher_clocks * p->num / (p->block * p->den);
	hash(p, p->mac_sees_input ? from : p->cipher, take(&p->to_mac, n));
	push(p->took, p->cipher);
}

uint64_t vc_pipe_ready(const struct vc_pipe *p)
{
	return p->cipher;
}

void vc_pipe_out(struct vc_pipe *p, uint64_t at)
{
	push(p->gave, at);
}

/* Padding included; HMAC hashes both pads and the inner digest besides. */
uint64_t vc_pipe_mac_busy(const struct vc_pipe *p)
{
	uint64_t blocks = (p->maced + MAC_PADDING + MAC_BLOCK - 1) / MAC_BLOCK;

	return (blocks + (p->hmac ? 3 : 0)) * p->mac_clocks;
}

uint64_t vc_pipe_cipher_busy(const struct vc_pipe *p)
{
	uint64_t blocks = p->cipher_clocks ? (p->ciphered + p->block - 1) / p->block : 0;

	return blocks * p->cipher_clocks + p->extra;
}

uint64_t vc_pipe_end(struct vc_pipe *p)
{
	uint64_t spent = p->maced * p->mac_clocks / MAC_BLOCK + (p->hmac ? p->mac_clocks : 0);

	if (p->to_cipher || p->to_mac)
		vc_pipe_in(p, 0, max(p->to_cipher, p->to_mac));
	if (!p->mac_clocks)
		return p->cipher;
	p->mac = max(p->mac, p->cipher) + ticks(p, vc_pipe_mac_busy(p) - spent);
	return p->mac;
}
