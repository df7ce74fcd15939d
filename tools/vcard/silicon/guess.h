/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the knobs make of a command that has been decoded, before any data move.
 */
#ifndef VC_GUESS_H
#define VC_GUESS_H

#include "host.h"
#include "unit.h"

/* behind: the command was waiting when the one before it ended. False: the unit hangs at it. */
bool vc_guess_command(struct vc_host *host, struct vc_unit *unit, bool behind);
/* overclocked: beyond what the engines are good for. One bit of it will be wrong. */
bool vc_guess_spoils(const struct vc_host *host, const struct vc_unit *unit, bool overclocked);

#endif
