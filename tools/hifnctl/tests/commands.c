// SPDX-License-Identifier: BSD-2-Clause
/* In place of main.c, for programs that test the rest. */
#include "hifnctl.h"

const struct command *const commands[] = { 0 };
