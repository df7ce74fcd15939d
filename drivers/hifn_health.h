/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Continuous health tests of a noise source, NIST SP 800-90B 4.4: repetition
 * count and adaptive proportion, over the words of the source and over their
 * bytes, each of the four for itself. They find a source that is stuck or has lost
 * most of its entropy, or a part of it that has; no test can prove that a source is
 * good.
 */
#ifndef HIFN_HEALTH_H
#define HIFN_HEALTH_H

#include "hifn_env.h"

#define HIFN_HEALTH_BITS_PER_BYTE 2	/* of entropy: claimed, and tested for */

#define HIFN_HEALTH_STARTUP_WORDS 1024	/* tested after each start and not used, 4.3 */

enum hifn_health_result {
	HIFN_HEALTH_GOOD,
	HIFN_HEALTH_REPETITION,	/* the same value too often in a row */
	HIFN_HEALTH_PROPORTION,	/* the same value too often in a window */
	HIFN_HEALTH_LINEAR,	/* a shift register makes the same */
};

/* One sequence of samples. */
struct hifn_health_stream {
	u32 last;		/* repetition: the value, */
	u32 run;		/* and how often it came in a row; 0: none yet */
	u32 first;		/* proportion: the window's first value, */
	u32 same;		/* how often it came since, itself included, */
	u32 seen;		/* and samples of the window so far */
};

struct hifn_health {
	struct hifn_health_stream words;
	struct hifn_health_stream bytes[4];
	enum hifn_health_result result;	/* once bad it stays so */
};

#define HIFN_HEALTH_LINEAR_WORDS 256	/* looked at for that */

void hifn_health_init(struct hifn_health *h);

/*
 * The length of the shortest linear shift register that makes these bits, a byte each, n of them
 * and at most HIFN_HEALTH_LINEAR_WORDS: of random ones about n / 2. A generator whose noise has
 * died goes on as the register that it is, and passes the other two tests.
 */
u32 hifn_health_linear(const u8 *bits, u32 n);
#define HIFN_HEALTH_LINEAR_MAX	64	/* of a register of 32 bits, twice over */

/* Test the next word. One that is not answered with GOOD must not be used. */
enum hifn_health_result hifn_health_word(struct hifn_health *h, u32 word);

#endif
