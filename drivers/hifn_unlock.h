/* SPDX-License-Identifier: GPL-2.0 */
/* The response to the card's unlock seed, docs/reference/hifn795x.md 6.3. */
#ifndef HIFN_UNLOCK_H
#define HIFN_UNLOCK_H

#include "hifn_env.h"

/* The response of the next round: start with the seed, feed each one back. */
u32 hifn_unlock_round(u32 state);

#endif
