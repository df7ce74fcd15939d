/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server around one card: command line, sockets, main loop.
 */
#ifndef SERVER_H
#define SERVER_H

#include "../transports/vfio-user/vfu.h"

#define MAX_FAULTS	16
#define MAX_CONTROL	4	/* control clients at a time */
#define CONTROL_LINE	256

struct options {
	const char *socket;
	const char *control;
	const char *trace;
	const char *counters;
	const char *log;
	const char *faults[MAX_FAULTS];
	unsigned int nfaults;
	struct vcard_config card;
};

struct control_client {
	int fd;			/* -1: free */
	size_t len;
	char line[CONTROL_LINE];
};

struct server {
	struct vfu vfu;
	struct vcard *vc;
	int listener;
	int control;		/* -1: none */
	struct control_client clients[MAX_CONTROL];
	int signals;		/* signalfd of SIGTERM and SIGINT */
	bool quit;
	uint64_t activity;	/* last seen value of vcard_activity() */
	uint64_t active_at;	/* time of its last change, ns */
};

/* options.c: 0 to go on, 1 to leave with status 0, 2 on a bad command line */
int options_parse(struct options *opt, int argc, char **argv);

/* listen.c */
int listen_unix(const char *path);
int accept_unix(int listener);

/* control.c */
void control_init(struct server *srv);
void control_accept(struct server *srv);
void control_receive(struct server *srv, struct control_client *client);
void control_free(struct server *srv);

/* loop.c */
/* False: no signalfd. */
bool server_run(struct server *srv);

#endif
