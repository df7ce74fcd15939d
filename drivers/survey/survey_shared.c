// SPDX-License-Identifier: GPL-2.0
/*
 * The pure files of the driver that the experiments need, compiled once more: the two modules are
 * never loaded for the same card, and neither is to need the other.
 */
#include "../hifn_cmd.c"
#include "../hifn_health.c"
#include "../hifn_pll.c"
#include "../hifn_ring.c"
#include "../hifn_unlock.c"
