// SPDX-License-Identifier: BSD-2-Clause
/*
 * Search through all the card remembers, for tests that want a key gone.
 */
#include <string.h>

#include "inspect.h"

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
size_t vc_find(const struct vc_card *card, const void *bytes, size_t len)
{
	return find_in(card->ctx.ram, sizeof(card->ctx.ram), bytes, len) +
	       find_in(card->pub.mem, sizeof(card->pub.mem), bytes, len) +
	       find_in(&card->unit, sizeof(card->unit), bytes, len) +
	       find_in(&card->regs, sizeof(card->regs), bytes, len);
}
