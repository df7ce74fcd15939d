/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The main loop: one thread serves the sockets and runs the card in small steps
 * between them.
 */
#ifndef LOOP_H
#define LOOP_H

#include "../transports/transport.h"
#include "control.h"

struct loop {
	struct vcard *vc;
	struct transport *transport;
	struct control *control;
	int listener;		/* of the transport */
	int signals;		/* signalfd of SIGTERM and SIGINT */
	bool quit;
	uint64_t activity;	/* last seen value of vcard_activity() */
	uint64_t active_at;	/* time of its last change, ns */
};

/* Until a signal or the control socket ends it. False: no signalfd. */
bool loop_run(struct loop *loop);

#endif
