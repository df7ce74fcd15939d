/* SPDX-License-Identifier: GPL-2.0 */
/* Secrets that lie in memory only as two halves, neither of which tells anything. */
#ifndef ACF_KEYTEST_H
#define ACF_KEYTEST_H

#include <linux/random.h>
#include <linux/seq_file.h>
#include <linux/types.h>

#define SECRET_MAX	64

struct secret {
	unsigned int bytes;
	u8 masked[SECRET_MAX];
	u8 pad[SECRET_MAX];
};

static inline void secret_make(struct secret *secret, unsigned int bytes)
{
	secret->bytes = bytes;
	get_random_bytes(secret->masked, bytes);
	get_random_bytes(secret->pad, bytes);
}

/* Byte by byte: a register that holds eight of them might be saved somewhere. */
static inline void secret_reveal(const struct secret *secret, u8 *out)
{
	unsigned int i;

	for (i = 0; i < secret->bytes; i++) {
		out[i] = secret->masked[i] ^ secret->pad[i];
		barrier();
	}
}

static inline void secret_show(struct seq_file *m, const char *owner, const char *name,
			       const struct secret *secret)
{
	if (secret->bytes)
		seq_printf(m, "%s.%s %*phN:%*phN\n", owner, name, secret->bytes, secret->masked,
			   secret->bytes, secret->pad);
}

#endif
