// SPDX-License-Identifier: GPL-2.0
/* D1: the time that commands take, and random numbers. */
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/slab.h>

#include "../hifn_health.h"
#include "survey.h"

#define WORDS		HIFN_HEALTH_LINEAR_WORDS
#define WARM_MS		500	/* NetBSD, citing Hifn: 0.4 s */

/* ---- sizes ---- */

static int time_size(struct survey *s, u32 bytes, u64 *ns)
{
	const struct survey_io io = {
		.src_page = SURVEY_P_SAME, .src_bytes = bytes, .dst_bytes = bytes,
	};
	struct hifn_op op;
	int encoded, err;
	u64 begin;

	survey_op(&op, &survey_vector[SURVEY_AES128_ECB], bytes);
	encoded = hifn_cmd_encode(&op, survey_cmd(s, 0), SURVEY_CMD_STRIDE);
	begin = ktime_get_ns();
	err = survey_post(s, 0, encoded, &io);
	while (!err && !hifn_rings_ready(&s->rings) && ktime_get_ns() - begin < NSEC_PER_SEC)
		cpu_relax();
	*ns = ktime_get_ns() - begin;
	return err ?: survey_wait(s, 1);
}

/* The quickest of some, in a poll frequency of the rings. */
static int time_sizes(struct survey *s, unsigned int pollfreq)
{
	static const u16 sizes[] = { 16, 256, 1504, 4096, 32768 };
	unsigned int i, round;
	u64 ns, best;
	int err;

	survey_wr1(s, HIFN_1_DMA_CNFG, (HIFN_DMACNFG_RUN & ~HIFN_DMACNFG_POLLFREQ) |
		   FIELD_PREP(HIFN_DMACNFG_POLLFREQ, pollfreq));
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (best = U64_MAX, round = 0; round < 16; round++) {
			err = time_size(s, sizes[i], &ns);
			if (err)
				return err;
			best = min(best, ns);
		}
		survey_answer(s, "pollfreq %u: %u bytes of AES-128-ECB in %llu ns", pollfreq,
			      sizes[i], best);
	}
	return 0;
}

/* ---- random numbers ---- */

static void read_words(struct survey *s, u32 *words, unsigned int n)
{
	while (n--) {
		*words++ = survey_rd1(s, HIFN_1_RNG_DATA);
		usleep_range(20, 40);	/* more than 256 clocks of any public-key clock */
	}
}

static bool all_are(const u32 *words, unsigned int n, u32 value)
{
	while (n--)
		if (*words++ != value)
			return false;
	return true;
}

static u32 complexity(const u32 *words)
{
	u8 bits[WORDS];
	unsigned int i;

	for (i = 0; i < WORDS; i++)
		bits[i] = words[i] & 1;
	return hifn_health_linear(bits, WORDS);
}

static void judge(struct survey *s, const u32 *first, const u32 *later)
{
	u32 linear = complexity(later);

	survey_evidence(s, "words behind enabling %08x %08x %08x %08x", first[0], first[1],
			first[2], first[3]);
	survey_evidence(s, "%u ms later %08x %08x %08x %08x", WARM_MS, later[0], later[1],
			later[2], later[3]);
	survey_answer(s, "random numbers: linear complexity %u of %u", linear, WORDS);
	if (all_are(later, WORDS, later[0]))
		survey_model(s, "rng", "stuck");
	else if (linear <= HIFN_HEALTH_LINEAR_MAX)
		survey_model(s, "rng", "lfsr");
	else
		survey_model(s, "rng", all_are(first, 4, 0) ? "late" : "good");
}

static int ask_random(struct survey *s)
{
	u32 *words = kcalloc(WORDS + 16, sizeof(*words), GFP_KERNEL);

	if (!words)
		return -ENOMEM;
	survey_wr1(s, HIFN_1_RNG_CONFIG, 0);
	survey_wr1(s, HIFN_1_RNG_CONFIG, HIFN_RNGCFG_ENA);
	survey_rd1(s, HIFN_1_RNG_DATA);		/* to be thrown away, 2.3 */
	usleep_range(20, 40);
	read_words(s, words, 16);
	msleep(WARM_MS);
	read_words(s, words + 16, WORDS);
	judge(s, words, words + 16);
	survey_wr1(s, HIFN_1_RNG_CONFIG, 0);
	kfree(words);
	return s->gone ? -ENODEV : 0;
}

int survey_d1(struct survey *s)
{
	return time_sizes(s, 1) ?: time_sizes(s, 8) ?: ask_random(s);
}
