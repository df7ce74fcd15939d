// SPDX-License-Identifier: BSD-2-Clause
/*
 * Listening on a unix socket path, with messages that name the remedy.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "listen.h"

#define BACKLOG	4

static bool address(const char *path, struct sockaddr_un *sun)
{
	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	if (strlen(path) < sizeof(sun->sun_path)) {
		strcpy(sun->sun_path, path);
		return true;
	}
	fprintf(stderr, "vcard: socket path has %zu characters, the limit is %zu; choose a shorter one: %s\n",
		strlen(path), sizeof(sun->sun_path) - 1, path);
	return false;
}

/* A socket file nobody listens on is a leftover and is removed. */
static bool clear_leftover(const char *path, const struct sockaddr_un *sun)
{
	struct stat st;
	bool alive;
	int fd;

	if (lstat(path, &st))
		return true;
	if (!S_ISSOCK(st.st_mode)) {
		fprintf(stderr, "vcard: %s exists and is no socket; remove it or choose another path\n",
			path);
		return false;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	alive = fd >= 0 && !connect(fd, (const struct sockaddr *)sun, sizeof(*sun));
	if (fd >= 0)
		close(fd);
	if (alive) {
		fprintf(stderr, "vcard: %s is in use by another server; stop it or choose another path\n",
			path);
		return false;
	}
	unlink(path);
	return true;
}

int listen_unix(const char *path)
{
	struct sockaddr_un sun;
	int fd;

	if (!address(path, &sun) || !clear_leftover(path, &sun))
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && !bind(fd, (struct sockaddr *)&sun, sizeof(sun)) &&
	    !listen(fd, BACKLOG))
		return fd;
	fprintf(stderr, "vcard: cannot listen on %s: %s\n", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

int accept_unix(int listener)
{
	return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}
