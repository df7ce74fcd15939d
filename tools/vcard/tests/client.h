/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A raw vfio-user client and the server it talks to, for tests of the protocol.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <sys/types.h>

#include "harness.h"
#include "proto.h"

#define GUEST_BYTES	0x100000u	/* guest memory, mapped at bus address 0 */

struct client {
	pid_t pid;		/* of the server */
	char dir[64];
	char socket[96], control[96], log[96], counters[96];
	int sock;
	uint16_t id;
	int memfd;
	uint8_t *mem;
	int irq;		/* eventfd */
};

/* The binary under test: $VCARD. Extra arguments end with NULL. */
void client_start(struct client *c, const char *const *args);
void client_stop(struct client *c);	/* must end with status 0 */
int client_end(struct client *c);	/* its wait status */
void client_clean(struct client *c);
bool client_alive(struct client *c);
void client_connect(struct client *c);
void client_hello(struct client *c);	/* VERSION, memory map, interrupt */

/* Sends a message of `len` body bytes with up to one descriptor (fd < 0: none). */
void client_send(struct client *c, uint16_t command, uint32_t flags, const void *body,
		 size_t len, int fd);
void client_send_raw(struct client *c, const void *bytes, size_t len);
/* Reply body to buf; returns its length, or -errno of an error reply, or -1 if closed. */
ssize_t client_reply(struct client *c, void *buf, size_t room);
ssize_t client_call(struct client *c, uint16_t command, const void *body, size_t len,
		    int fd, void *buf, size_t room);
bool client_closed(struct client *c);

int client_map(struct client *c, uint64_t addr, uint64_t size, uint64_t offset, int fd);
int client_unmap(struct client *c, uint64_t addr, uint64_t size);
int client_irq(struct client *c, uint32_t flags, uint32_t count, int fd);
uint32_t client_rd(struct client *c, uint32_t region, uint64_t off, uint32_t n);
void client_wr(struct client *c, uint32_t region, uint64_t off, uint32_t val, uint32_t n);

int client_control_open(struct client *c);
/* A DEVICE_GET_INFO whose header comes in two pieces with n descriptors each. */
void client_send_split(struct client *c, int n);
/* One line to the control socket, one line back. */
void client_control(struct client *c, const char *line, char *reply, size_t room);
/* Events in the eventfd within ms. */
uint64_t client_events(struct client *c, int ms);

#endif
