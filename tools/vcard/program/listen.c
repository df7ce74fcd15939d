// SPDX-License-Identifier: BSD-2-Clause
/*
 * Listening on a unix socket path, with messages that name the remedy.
 */
#include <stdio.h>

#include "../../libvfus/vfus.h"
#include "listen.h"

int listen_unix(const char *path)
{
	char why[400];
	int fd = vfus_listen(path, why, sizeof(why));

	if (fd < 0)
		fprintf(stderr, "vcard: %s\n", why);
	return fd;
}

int accept_unix(int listener)
{
	return vfus_accept(listener);
}
