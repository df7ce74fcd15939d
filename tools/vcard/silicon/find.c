// SPDX-License-Identifier: BSD-2-Clause
/*
 * Search through all the card remembers, for tests that want a key gone.
 */
#include "../vc_int.h"

static size_t find_in(const void *mem, size_t size, const void *bytes, size_t len)
{
	const uint8_t *p = mem;
	size_t n = 0;

	for (size_t i = 0; i + len <= size; i++)
		n += !memcmp(p + i, bytes, len);
	return n;
}

/*
 * Context RAM, operand RAM, the command and data buffers of the processing
 * unit, registers. What libcrypto keeps of a key is no memory of the card.
 */
size_t vcard_find(const struct vcard *vc, const void *bytes, size_t len)
{
	return find_in(vc->ctxram, sizeof(vc->ctxram), bytes, len) +
	       find_in(vc->pubmem, sizeof(vc->pubmem), bytes, len) +
	       find_in(&vc->pu, sizeof(vc->pu), bytes, len) +
	       find_in(vc->reg0, sizeof(vc->reg0), bytes, len) +
	       find_in(vc->reg1, sizeof(vc->reg1), bytes, len);
}
