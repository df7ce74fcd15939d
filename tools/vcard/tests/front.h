/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The other side of the vhost-user transport, in the same process: a front end whose
 * messages, rings and memory are the test's, and a PCI function that is only a few bytes.
 */
#ifndef FRONT_H
#define FRONT_H

#include "harness.h"
#include "transports/vhost-user/vhu.h"

#define FRONT_BYTES	0x10000u
#define FRONT_GUEST	0x100000u	/* guest address of the memory */
#define FRONT_USER	0x7f0000000000ull
#define FRONT_NUM	16u
#define FRONT_DATA	0x8000u		/* where chains point, in the memory */
#define FRONT_BAR	0x1000u		/* bytes of BAR 0; there is no other */

struct front {
	struct transport *t;
	int sock, memfd, kick, call[2];
	uint8_t *mem;

	/* the function */
	uint8_t config[256], bar[FRONT_BAR];
	bool gone, line;
	unsigned int resets;
	char log[256];		/* its last line */
	struct transport_function function;
};

struct front_ring {
	struct vring_desc *desc;
	struct vring_avail *avail;
	struct vring_used *used;
};

/* Connected, and nothing said yet. */
void front_open(struct front *f);
void front_close(struct front *f);
/* Memory and rings set up and enabled, as by UML. */
void front_ready(struct front *f);

/* A message with its files; the reply's number, or UINT64_MAX for none. */
uint64_t front_call(struct front *f, uint32_t request, const void *body, uint32_t size,
		    const int *fds, unsigned int nfds);
void front_send(struct front *f, const void *bytes, size_t len, const int *fds,
		unsigned int nfds);
/* The transport's turn at its socket; false: it wants to close. */
bool front_serve(struct front *f);
bool front_reply(struct front *f, uint64_t *value);

uint64_t front_state(struct front *f, uint32_t request, uint32_t index, uint32_t num);
uint64_t front_table(struct front *f, uint64_t guest, uint64_t size, uint64_t offset, int fd);
uint64_t front_place(struct front *f, unsigned int ring, uint64_t desc, uint64_t avail,
		     uint64_t used);

/* Ring 0 lies at 0 of the memory, ring 1 at 0x1000. */
struct front_ring front_ring(struct front *f, unsigned int ring);
/* Makes the chain that begins with descriptor head available. */
void front_offer(struct front *f, unsigned int ring, uint16_t head);
/* An access by a chain of one or two descriptors; false: it was not served at once. */
bool front_access(struct front *f, uint8_t op, uint8_t bar, uint64_t addr, uint32_t size,
		  void *data);
uint32_t front_read(struct front *f, uint8_t op, uint64_t addr, uint32_t size);
/* A buffer for interrupt messages. */
void front_buffer(struct front *f);
/* Interrupt messages used so far. */
uint16_t front_interrupts(struct front *f);
/* Events in the call pipe, which they are taken out of. */
unsigned int front_called(struct front *f);

#endif
