/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program's log: lines with the time since start, to stderr or a file.
 */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>

void server_log(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Appends to the file from now on; *@made: it was not there. False: errno says why. */
bool server_log_open(const char *path, bool *made);

#endif
