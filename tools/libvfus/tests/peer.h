/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client in one process with the server, which has a device of many regions. What is
 * sent and expected is bytes: none of the library's structs.
 */
#ifndef PEER_H
#define PEER_H

#include <errno.h>
#include <sys/types.h>

#include "harness.h"
#include "vfus.h"

/* Regions of the device. */
enum { PLAIN, MAPPED, SPARSE, READ_ONLY, WRITE_ONLY, ABSENT, OWN = VFUS_PCI_REGIONS, OWN_SPARSE,
       PEER_REGIONS };
#define PLAIN_BYTES	0x100000	/* as long as a message may be */
#define OTHER_BYTES	0x10000
#define SHORT_ACCESS	8		/* of MAPPED */
#define REFUSED_AT	0x40		/* of PLAIN: the device says EIO */
#define PEER_MSI	4
#define PEER_MSIX	16

#define GUEST_BYTES	0x100000u

struct peer {
	struct vfus *s;
	struct vfus_device device;
	int sock;
	uint16_t id;		/* of the last message */
	int memfd;		/* GUEST_BYTES; its 8-byte words say where they are */
	int region_fd;
	uint8_t plain[PLAIN_BYTES];
	bool level;
	unsigned int resets[2];	/* by enum vfus_reset */
	unsigned int changes;	/* of memory */
	unsigned int lines;	/* of log */
	unsigned int accesses;	/* reads and writes that the device saw */
};

/* A little-endian number of n bytes at p. */
void put(uint8_t *p, uint64_t val, unsigned int n);
uint64_t get(const uint8_t *p, unsigned int n);

/* A server with a client that has said nothing yet; with VERSION; and the end of both. */
struct peer *peer_start(void);
struct peer *peer_hello(const char *json);
void peer_stop(struct peer *p);
void peer_reconnect(struct peer *p);

/* One message in one piece; what the server makes of it. */
void peer_send(struct peer *p, uint16_t command, uint32_t flags, const void *body, size_t len,
	       const int *fds, unsigned int nfds);
/* False: the server has ended the connection. */
bool peer_serve(struct peer *p);

struct reply {
	uint8_t header[16];
	uint8_t body[0x100040];
	size_t len;		/* of the body */
	int fds[4];		/* not those that are -1 */
};
/* The next message of the server's, or none. Its descriptors are the caller's. */
bool peer_receive(struct peer *p, struct reply *r);
/* Sends, serves, receives: 0 or the errno of the reply, -1: there is none. Checks the header. */
int peer_call(struct peer *p, uint16_t command, const void *body, size_t len, const int *fds,
	      unsigned int nfds, struct reply *r);

/* Commands of the document. */
enum { VERSION = 1, DMA_MAP, DMA_UNMAP, GET_INFO, REGION_INFO, REGION_IO_FDS, IRQ_INFO, SET_IRQS,
       REGION_READ, REGION_WRITE, DMA_READ, DMA_WRITE, RESET };

int peer_map(struct peer *p, uint64_t addr, uint64_t size, uint64_t offset, uint32_t flags, int fd);
int peer_unmap(struct peer *p, uint64_t addr, uint64_t size);

#endif
