/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfio-user server side of one connection: framing, messages, DMA table, INTx.
 */
#ifndef VFU_H
#define VFU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../dmamap.h"
#include "vfio_user.h"
#include "vfu_proto.h"

/* The level-triggered line over an eventfd; rules in irq.c. */
struct vfu_irq {
	int fd;			/* -1: not armed */
	int unmask_fd;		/* -1: none */
	bool masked;		/* by the client */
	bool pending;		/* fired and not yet unmasked */
	bool level;
};

struct vfu {
	struct transport t;	/* first */
	int sock;		/* -1: no client */
	bool greeted;		/* VERSION done */
	bool lost;		/* framing is lost: no message can follow */
	struct vfu_header hdr;
	size_t got;		/* bytes of header and body received */
	uint8_t *body;		/* VFU_MAX_BODY bytes */
	int fds[VFU_MAX_FDS];	/* came with the current message */
	unsigned int nfds;
	struct dmamap dma;
	struct vfu_irq irq;
};

static inline struct vfu *vfu_of(struct transport *t)
{
	return (struct vfu *)t;
}

/* io.c */
bool vfu_reply(struct vfu *vfu, const void *a, size_t alen, const void *b, size_t blen);
int vfu_take_fd(struct vfu *vfu, unsigned int i);
/* Handle what has arrived. False: the connection is over. */
bool vfu_receive(struct vfu *vfu);

/* msg.c: 0, or a positive errno for the error reply; -1: close */
int vfu_handle(struct vfu *vfu, size_t len);

/* irq.c */
void vfu_irq_init(struct vfu_irq *irq);
void vfu_irq_close(struct vfu_irq *irq);
void vfu_irq_update(struct vfu *vfu);
void vfu_irq_unmask(struct vfu *vfu);
/* The client's unmask file is ready. */
void vfu_irq_serve_unmask(struct vfu *vfu);
int vfu_irq_set(struct vfu *vfu, const struct vfu_irq_set *msg, size_t data);

#endif
