/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The control socket: one command per line, one line back.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include <stdbool.h>
#include <stddef.h>

#include "../vcard.h"

#define CONTROL_CLIENTS	4	/* at a time */
#define CONTROL_LINE	256

struct control_client {
	int fd;			/* -1: free */
	size_t len;
	char line[CONTROL_LINE];
};

struct control {
	struct vcard *vc;
	int listener;		/* -1: none */
	struct control_client clients[CONTROL_CLIENTS];
	bool quit;		/* somebody said so */
};

void control_init(struct control *ctl);
void control_accept(struct control *ctl);
/* The client's socket is readable. */
void control_receive(struct control *ctl, struct control_client *client);
void control_free(struct control *ctl);

#endif
