/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Listening on a unix socket path, with messages that name the remedy.
 */
#ifndef LISTEN_H
#define LISTEN_H

/* A listening socket, non-blocking, or -1 after a message. */
int listen_unix(const char *path);
/* The next client's socket, non-blocking, or -1. */
int accept_unix(int listener);

#endif
