/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One connection of User-Mode Linux:
 *
 *   ring 0   accesses of the driver, in order: configuration, BARs
 *   ring 1   empty buffers for our interrupt messages
 */
#ifndef VHU_H
#define VHU_H

#include "../transport.h"
#include "proto.h"
#include "ring.h"

enum { VHU_COMMANDS, VHU_INTERRUPTS, VHU_RINGS };

#define VHU_BARS	6

struct vhu {
	struct transport t;	/* first */
	int sock;		/* -1: no client */
	struct vhu_memory memory;
	struct vhu_ring ring[VHU_RINGS];

	/* the message that is coming in: socket.c */
	struct vhu_header hdr;
	union vhu_body body;
	size_t got;		/* bytes of both */
	int fds[VHU_MAX_FDS];	/* that came with it */
	unsigned int nfds;

	/* pcidev.c */
	uint32_t bar[VHU_BARS];	/* addresses: the bus's business, so ours */

	/* line.c */
	bool fired;		/* an interrupt message is with the driver */
	uint16_t buffers;	/* that the driver had ever made when it left */
};

static inline struct vhu *vhu_of(struct transport *t)
{
	return (struct vhu *)t;
}

/* socket.c: what has arrived. False: the connection has ended or must. */
bool vhu_receive(struct vhu *vhu);
/* Closes the files that nobody took out of the message. */
void vhu_drop_fds(struct vhu *vhu);
/* File i of the message, which becomes the caller's; -1: there is none. */
int vhu_take_fd(struct vhu *vhu, unsigned int i);
/* Answers with a number or, GET_VRING_BASE, a state. False: it cannot be sent. */
bool vhu_reply(struct vhu *vhu, const union vhu_body *body);

/* messages.c: the whole message in hdr and body. False: the connection must end. */
bool vhu_handle(struct vhu *vhu);

/* pcidev.c: the bus is as after power-up. */
void vhu_bus_reset(struct vhu *vhu);
/* Serves accesses, a bounded number; whether there were any. */
bool vhu_serve_accesses(struct vhu *vhu);

/* line.c: the accesses, and the interrupt; whether something happened. */
bool vhu_serve_line(struct vhu *vhu);
/* Whether the line waits for nothing but vhu_serve_line(). */
bool vhu_line_waits(struct vhu *vhu);

#endif
