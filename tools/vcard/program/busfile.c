// SPDX-License-Identifier: BSD-2-Clause
/*
 * The file of a shared bus. Whoever uses it holds a shared lock, which the kernel gives
 * back when the process ends, however it ends; who gets the lock alone is the first.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "busfile.h"

#define LOCK_TRIES	200	/* 10 ms apart: another card has it while it starts */

static bool failed(const char *path, const char *what)
{
	fprintf(stderr, "vcard: --bus %s: %s\n", path, what);
	return false;
}

static bool open_file(struct busfile *bus, const char *path)
{
	struct stat st;

	bus->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
	if (bus->fd < 0)
		return failed(path, strerror(errno));
	if (fstat(bus->fd, &st) || !S_ISREG(st.st_mode))
		return failed(path, "not a regular file; /dev/shm is the place for it");
	return true;
}

static bool lock_shared(struct busfile *bus)
{
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (!flock(bus->fd, LOCK_SH | LOCK_NB))
			return true;
		usleep(10000);
	}
	return false;
}

/* A file of other bytes than a bus has is somebody else's, and stays as it is. */
static bool make_size(struct busfile *bus, const char *path, size_t bytes)
{
	struct stat st;

	if (fstat(bus->fd, &st))
		return failed(path, strerror(errno));
	if (st.st_size && (size_t)st.st_size != bytes)
		return failed(path, "not the file of a bus: it has another size");
	if (!flock(bus->fd, LOCK_EX | LOCK_NB) && ftruncate(bus->fd, 0))
		return failed(path, strerror(errno));
	if (ftruncate(bus->fd, bytes))
		return failed(path, strerror(errno));
	return lock_shared(bus) || failed(path, "locked by somebody for 2 s");
}

bool busfile_open(struct busfile *bus, const char *path, size_t bytes)
{
	void *p;

	if (!open_file(bus, path) || !make_size(bus, path, bytes))
		return false;
	p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, bus->fd, 0);
	if (p == MAP_FAILED)
		return failed(path, strerror(errno));
	bus->memory = p;
	bus->bytes = bytes;
	return true;
}

void busfile_close(struct busfile *bus)
{
	if (bus->memory)
		munmap(bus->memory, bus->bytes);
	if (bus->fd >= 0)
		close(bus->fd);
}
