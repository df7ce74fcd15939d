/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One server from within: the connection and its message, the map of memory, interrupts,
 * and DMA by message.
 */
#ifndef SERVER_H
#define SERVER_H

#include "proto.h"
#include "vfus.h"
#include "vfus_memory.h"

/* The level-triggered line over an eventfd; rules in intx.c. */
struct vfus_intx {
	int fd;			/* -1: not armed */
	int unmask_fd;		/* -1: none */
	bool masked;		/* by the client */
	bool pending;		/* fired and not yet unmasked */
	bool level;
};

/* The eventfds of a kind of events: -1 is a vector that is not armed. */
struct vfus_vectors {
	int *fd;
	unsigned int count;
};

enum vfus_dma_state {
	DMA_FREE,
	DMA_SENT,		/* a message of it is on its way */
	DMA_ENDED,		/* done() was called, but the reply may still come */
};

/* A range that is read or written, one message at a time. */
struct vfus_dma_request {
	enum vfus_dma_state state;
	bool write;
	uint16_t id;		/* of the message */
	uint8_t *buf;		/* where addr's byte belongs */
	uint64_t addr, left;
	uint32_t count;		/* bytes of the message */
	uint64_t deadline_ms;
	vfus_dma_done *done;
	void *opaque;
};

struct vfus {
	const struct vfus_device *device;
	struct vfus_counts counts;
	int sock;		/* -1: no client */
	bool greeted;		/* VERSION done */
	bool lost;		/* framing is lost: no message can follow */
	struct vfu_header hdr;
	size_t got;		/* bytes of header and body received */
	uint8_t *body;		/* VFU_MAX_BODY bytes */
	int fds[VFU_MAX_FDS];	/* came with the current message */
	unsigned int nfds;
	uint8_t *data;		/* of a read, VFU_MAX_DATA bytes */
	uint64_t peer_max_data;	/* what the client takes in a message */
	struct vfus_memory memory;
	struct vfus_intx intx;
	struct vfus_vectors vectors[VFUS_IRQS];	/* of all kinds but INTx */
	struct vfus_dma_request dma[VFUS_MAX_DMA];
	uint16_t dma_id;	/* of the message before */
};

/* log.c: a line for the device's log, and one that is counted as refused. */
void vfus_log(const struct vfus *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void vfus_refused(struct vfus *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The same for the command at hand; returns err. */
int vfus_refuse(struct vfus *s, int err, const char *why);

/* socket.c: true if it was sent, or no reply is wanted. fd: goes with it, or -1 */
bool vfus_reply(struct vfus *s, const void *a, size_t alen, const void *b, size_t blen);
bool vfus_reply_fd(struct vfus *s, const void *a, size_t alen, const void *b, size_t blen,
		   int fd);
bool vfus_send_command(struct vfus *s, const struct vfu_header *h, const void *a, size_t alen,
		       const void *b, size_t blen);
/* Descriptor i of the message, which is the caller's then; -1: there is none. */
int vfus_take_fd(struct vfus *s, unsigned int i);
/* The connection ends: what is still in it is answered and thrown away. */
void vfus_dismiss(struct vfus *s);
/* Handle what has arrived. False: the connection is over. */
bool vfus_receive(struct vfus *s);

#define REPLIED(ok)	((ok) ? 0 : -1)

/* messages.c: 0, or a positive errno for the error reply; -1: close. len: of the body */
int vfus_handle(struct vfus *s, size_t len);

/* regions.c: the same for one command each */
void vfus_region(const struct vfus *s, uint32_t index, struct vfus_region *region);
int vfus_handle_region_info(struct vfus *s, size_t len);
int vfus_handle_read(struct vfus *s, size_t len);
int vfus_handle_write(struct vfus *s, size_t len);

/* intx.c */
void vfus_intx_init(struct vfus_intx *intx);
void vfus_intx_close(struct vfus_intx *intx);
void vfus_intx_update(struct vfus *s);
void vfus_intx_unmask(struct vfus *s);
/* The client's unmask file is ready. */
void vfus_intx_serve_unmask(struct vfus *s);
/* One action of SET_IRQS on the line; none: it is disabled. A positive errno, or 0. */
int vfus_intx_act(struct vfus *s, uint32_t flags, bool wanted);
void vfus_intx_disable(struct vfus *s);
/* So that whatever was sent cannot block the server. */
bool vfus_nonblocking(int fd);

/* vectors.c */
bool vfus_vectors_init(struct vfus *s);
void vfus_vectors_free(struct vfus *s);
void vfus_vectors_close(struct vfus *s);
int vfus_handle_irq_info(struct vfus *s, size_t len);
int vfus_handle_set_irqs(struct vfus *s, size_t len);

/* dma.c */
void vfus_dma_reply(struct vfus *s, size_t len);
/* Ends what is under way: all of it, or what lost its memory. */
void vfus_dma_cancel(struct vfus *s);
void vfus_dma_unmapped(struct vfus *s);
void vfus_dma_forget(struct vfus *s);
void vfus_dma_expire(struct vfus *s);

#endif
