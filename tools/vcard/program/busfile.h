/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory of a bus that several cards share, each of them a process: a file they map.
 */
#ifndef BUSFILE_H
#define BUSFILE_H

#include <stdbool.h>
#include <stddef.h>

struct busfile {
	int fd;			/* -1: none */
	void *memory;
	size_t bytes;
};

/*
 * Maps the file, which is made if need be; of the first user, who finds nobody else there,
 * it is zeroed. False after a message.
 */
bool busfile_open(struct busfile *bus, const char *path, size_t bytes);
void busfile_close(struct busfile *bus);

#endif
