/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time in the processing unit: cipher and MAC as engines that a stream passes burst by
 * burst, with room for some bursts on either side of the cipher. docs/reference/hifn795x.md 10.3. It
 * moves no data and knows no bus.
 */
#ifndef VC_PIPE_H
#define VC_PIPE_H

#include "cmd.h"

#define VC_PIPE_BURSTS	3	/* room on either side of the cipher */

struct vc_pipe {
	uint64_t num, den;	/* num / den ticks an engine clock */

	uint64_t cipher, mac;	/* ticks from which on the engine is free */
	uint64_t context;	/*   the command's context is there */
	uint64_t took[VC_PIPE_BURSTS];	/* the cipher was through with it; the last one last */
	uint64_t gave[VC_PIPE_BURSTS];	/* it had left the unit */
	uint64_t hashing;	/* the MAC began its last burst */

	/* the command at hand: */
	uint32_t block, cipher_clocks;	/* bytes, clocks for them; 0: no cipher */
	uint32_t mac_clocks;	/* for 64 bytes; 0: no MAC */
	bool hmac, mac_sees_input;
	uint32_t to_cipher, to_mac;	/* bytes that are in no burst yet */
	uint64_t ciphered, maced;	/* bytes in all */
	uint32_t extra;		/* clocks the cipher spent besides blocks */
};

/* The command has been read at the tick `at`. */
void vc_pipe_begin(struct vc_pipe *pipe, const struct vc_command *cmd, bool mac_sees_input,
		   uint64_t at);
/* Bytes that the engines take from the bursts to come. */
void vc_pipe_cipher(struct vc_pipe *pipe, uint32_t n);
void vc_pipe_mac(struct vc_pipe *pipe, uint32_t n);
/* When there is room for the next burst. */
uint64_t vc_pipe_room(const struct vc_pipe *pipe);
/* A burst of n bytes has come in at that tick. */
void vc_pipe_in(struct vc_pipe *pipe, uint64_t at, uint32_t n);
/* When the output of all that came in is ready; a burst of it has left. */
uint64_t vc_pipe_ready(const struct vc_pipe *pipe);
void vc_pipe_out(struct vc_pipe *pipe, uint64_t at);
/* The stream is over: when all is done, the MAC too. */
uint64_t vc_pipe_end(struct vc_pipe *pipe);
/* Clocks the engines were busy for the command. */
uint64_t vc_pipe_cipher_busy(const struct vc_pipe *pipe);
uint64_t vc_pipe_mac_busy(const struct vc_pipe *pipe);

#endif
