/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Result blocks, docs/reference/hifn795x.md section 5.
 */
#ifndef VC_RESULT_H
#define VC_RESULT_H

#include "unit.h"

/* Builds the block of the command at hand in unit->result. */
void vc_result_build(struct vc_host *host, struct vc_unit *unit);

#endif
