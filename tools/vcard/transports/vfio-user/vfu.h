/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfio-user server side of one connection: framing, messages, DMA table, INTx.
 */
#ifndef VFU_H
#define VFU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../vcard.h"
#include "vfu_proto.h"

struct vfu_map {
	uint64_t addr;
	uint64_t size;
	uint8_t *host;		/* NULL: no file came with it, so nothing answers */
	bool readable, writable;
};

/* Maps sorted by address, never overlapping. */
struct vfu_dma {
	struct vfu_map *maps;
	size_t count, room;
	size_t last;		/* index of the last hit */
};

/* The level-triggered line over an eventfd; rules in irq.c. */
struct vfu_irq {
	int fd;			/* -1: not armed */
	int unmask_fd;		/* -1: none */
	bool masked;		/* by the client */
	bool pending;		/* fired and not yet unmasked */
	bool level;
};

struct vfu {
	struct vcard *vc;
	int sock;		/* -1: no client */
	bool greeted;		/* VERSION done */
	bool lost;		/* framing is lost: no message can follow */
	struct vfu_header hdr;
	size_t got;		/* bytes of header and body received */
	uint8_t *body;		/* VFU_MAX_BODY bytes */
	int fds[VFU_MAX_FDS];	/* came with the current message */
	unsigned int nfds;
	struct vfu_dma dma;
	struct vfu_irq irq;
};

/* log.c */
void server_log(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
bool server_log_open(const char *path);

/* io.c */
bool vfu_init(struct vfu *vfu);
void vfu_open(struct vfu *vfu, int sock);
void vfu_close(struct vfu *vfu);
void vfu_free(struct vfu *vfu);
bool vfu_receive(struct vfu *vfu);
void vfu_protocol_error(struct vfu *vfu, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
bool vfu_reply(struct vfu *vfu, const void *a, size_t alen, const void *b, size_t blen);
int vfu_take_fd(struct vfu *vfu, unsigned int i);

/* msg.c: 0, or a positive errno for the error reply; -1: close */
int vfu_handle(struct vfu *vfu, size_t len);

/* ../dmamap.c: 0 or a positive errno */
void vfu_dma_init(void);
int vfu_dma_map(struct vfu_dma *dma, const struct vfu_dma_map_msg *msg, int fd);
int vfu_dma_unmap(struct vfu_dma *dma, uint64_t addr, uint64_t size, bool all);
void vfu_dma_clear(struct vfu_dma *dma);
void *vfu_dma_find(struct vfu_dma *dma, uint32_t addr, bool write, uint32_t *avail);

/* irq.c */
void vfu_irq_init(struct vfu_irq *irq);
void vfu_irq_close(struct vfu_irq *irq);
void vfu_irq_update(struct vfu *vfu);
void vfu_irq_unmask(struct vfu *vfu);
int vfu_irq_set(struct vfu *vfu, const struct vfu_irq_set *msg, size_t data);

#endif
