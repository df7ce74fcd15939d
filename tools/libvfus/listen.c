// SPDX-License-Identifier: BSD-2-Clause
/*
 * Listening on a path, with messages that name the remedy; and the loop of a device that has
 * nothing to do but to answer.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "vfus.h"

#define BACKLOG	4

struct reason {
	char *text;
	size_t room;
};

static void __attribute__((format(printf, 2, 3)))
because(const struct reason *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why->text, why->room, fmt, ap);
	va_end(ap);
}

static bool address(const char *path, struct sockaddr_un *sun, const struct reason *why)
{
	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	if (!*path) {
		because(why, "the socket's path is empty; name one");
		return false;
	}
	if (strlen(path) < sizeof(sun->sun_path)) {
		strcpy(sun->sun_path, path);
		return true;
	}
	because(why, "socket path has %zu characters, the limit is %zu; choose a shorter one: %s",
		strlen(path), sizeof(sun->sun_path) - 1, path);
	return false;
}

/* A socket file nobody listens on is a leftover and is removed. */
static bool clear_leftover(const char *path, const struct sockaddr_un *sun,
			   const struct reason *why)
{
	struct stat st;
	bool alive;
	int fd;

	if (lstat(path, &st))
		return true;
	if (!S_ISSOCK(st.st_mode)) {
		because(why, "%s exists and is no socket; remove it or choose another path", path);
		return false;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	alive = fd >= 0 && !connect(fd, (const struct sockaddr *)sun, sizeof(*sun));
	if (fd >= 0)
		close(fd);
	if (alive) {
		because(why, "%s is in use by another server; stop it or choose another path", path);
		return false;
	}
	unlink(path);
	return true;
}

int vfus_listen(const char *path, char *text, size_t room)
{
	struct reason why = { text, room };
	struct sockaddr_un sun;
	int fd;

	if (!address(path, &sun, &why) || !clear_leftover(path, &sun, &why))
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && !bind(fd, (struct sockaddr *)&sun, sizeof(sun)) &&
	    !listen(fd, BACKLOG))
		return fd;
	because(&why, "cannot listen on %s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

int vfus_accept(int listener)
{
	return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

/* While a client is served, others wait in the listener's queue. */
int vfus_run(struct vfus *s, int listener, int stop)
{
	for (;;) {
		struct pollfd fds[2 + VFUS_FDS] = { { .fd = stop, .events = POLLIN } };
		unsigned int n = vfus_fds(s, fds + 2);
		int ready;

		fds[1] = (struct pollfd){ .fd = n ? -1 : listener, .events = POLLIN };
		ready = poll(fds, 2 + n, vfus_timeout_ms(s));
		if (ready < 0 && errno != EINTR)
			return errno;
		if (ready > 0 && fds[0].revents)
			return 0;
		if (ready > 0 && fds[1].revents) {
			int sock = vfus_accept(listener);

			if (sock >= 0)
				vfus_open(s, sock);
		} else if (n && ready >= 0 && !vfus_serve(s, fds + 2)) {
			vfus_close(s);
		}
	}
}
