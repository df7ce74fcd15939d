/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stream that keeps the last lines of what is written to it.
 */
#ifndef PROGRAM_LAST_H
#define PROGRAM_LAST_H

#include <stdio.h>

#define LAST_MAX_LINES	1000000u

/*
 * A line-buffered stream for writing; @file, which it owns from now on, gets the last @lines lines
 * (1 to LAST_MAX_LINES) of it when it is closed. fclose() fails as one of @file would. NULL: out of
 * memory, and @file is still the caller's.
 */
FILE *last_open(FILE *file, unsigned int lines);

#endif
