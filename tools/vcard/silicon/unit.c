// SPDX-License-Identifier: BSD-2-Clause
/*
 * The command at hand.
 */
#include <openssl/crypto.h>

#include "unit.h"

void vc_unit_drop(struct vc_unit *unit)
{
	OPENSSL_cleanse(unit, sizeof(*unit));
}
