// SPDX-License-Identifier: GPL-2.0
/* C4, C5, D2: many commands in the rings, and how their entries come back. */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>

#include "survey.h"

#ifndef SURVEY_COMMANDS
#define SURVEY_COMMANDS	100000	/* fewer in the native tests */
#endif
static unsigned int commands = SURVEY_COMMANDS;
module_param(commands, uint, 0444);
MODULE_PARM_DESC(commands, "of experiment C5 (default 100000)");

/* ---- C4 ---- */

/* The order in which keys and directions alternate. */
static const enum survey_vector_id mix[] = {
	SURVEY_AES128_ECB, SURVEY_AES256_BACK, SURVEY_3DES_ECB, SURVEY_AES256_BACK,
	SURVEY_AES192_ECB, SURVEY_AES128_CBC,
};

#define MIX_SRC		SURVEY_TEXT_BYTES	/* of the source page, for each of them */

static int post_mixed(struct survey *s, u16 slot)
{
	unsigned int kind = slot % ARRAY_SIZE(mix);
	const struct survey_io io = {
		.src_page = SURVEY_P_SRC, .src_off = kind * MIX_SRC,
		.src_bytes = SURVEY_TEXT_BYTES, .dst_off = slot * SURVEY_TEXT_BYTES,
		.dst_bytes = SURVEY_TEXT_BYTES,
	};
	struct hifn_op op;

	survey_op(&op, &survey_vector[mix[kind]], SURVEY_TEXT_BYTES);
	return survey_post(s, slot, hifn_cmd_encode(&op, survey_cmd(s, slot), SURVEY_CMD_STRIDE),
			   &io);
}

/* All of them lie in the rings before the engines look. */
static int run_mixed(struct survey *s, unsigned int depth)
{
	unsigned int i;
	int err = 0;

	survey_dst_preset(s);
	survey_engines(s, false);
	for (i = 0; !err && i < depth; i++)
		err = post_mixed(s, i);
	survey_engines(s, true);
	return err ?: survey_wait(s, depth);
}

/* How many are wrong; of these, in *race, how many that AES-256 was to decipher. */
static unsigned int count_wrong(struct survey *s, unsigned int depth, unsigned int *race)
{
	unsigned int wrong = 0;
	unsigned int i;

	for (i = 0; i < depth; i++) {
		enum survey_vector_id id = mix[i % ARRAY_SIZE(mix)];

		if (survey_dst_is(s, i * SURVEY_TEXT_BYTES, survey_vector[id].out,
				  SURVEY_TEXT_BYTES))
			continue;
		wrong++;
		*race += id == SURVEY_AES256_BACK;
	}
	return wrong;
}

/* With a parity error in between, the whole row again. */
static int ask_depth(struct survey *s, unsigned int depth, unsigned int *wrong, unsigned int *race)
{
	unsigned int tries = 4;
	int err;

	do {
		err = run_mixed(s, depth);
		if (err)
			return err;
		*race = 0;
		*wrong = count_wrong(s, depth, race);
		if (!(survey_pci_errors(s) & PCI_STATUS_DETECTED_PARITY))
			return 0;
		s->parity++;
	} while (--tries);
	return -EBADMSG;
}

int survey_c4(struct survey *s)
{
	static const u8 depths[] = { 1, 8, 32, 128 };
	unsigned int i, wrong, race, safe = 0;
	bool races = true;
	int err;

	for (i = 0; i < ARRAY_SIZE(mix); i++)
		survey_put_source(s, survey_vector[mix[i]].in, i * MIX_SRC, MIX_SRC);
	for (i = 0; i < ARRAY_SIZE(depths); i++) {
		err = ask_depth(s, depths[i], &wrong, &race);
		if (err == -EBADMSG)
			survey_answer(s, "depth %u: not without parity errors", depths[i]);
		if (err)
			return err;
		survey_evidence(s, "depth %u: %u wrong, of these %u AES-256 backwards", depths[i],
				wrong, race);
		if (!wrong && safe == (i ? depths[i - 1] : 0))
			safe = depths[i];
		races = races && wrong == race;
	}
	survey_answer(s, "right up to %u at a time", safe);
	if (safe == 128)
		survey_model(s, "context", "kept");
	else if (safe && races)
		survey_model(s, "context", "races");
	return 0;
}

/* ---- C5 ---- */

struct tally {
	unsigned int done;
	unsigned int early;	/* VALID of the result was clear before the data were there */
	unsigned int late;	/* an entry came back after the result */
	unsigned int wrong;
};

static bool given_back(const struct hifn_ring *r, u16 at)
{
	return !(le32_to_cpu(READ_ONCE(r->desc[at].l)) & HIFN_D_VALID);
}

static bool all_back(const struct hifn_rings *rs)
{
	const struct hifn_chain *c = &rs->chain[(rs->res.head + rs->res.nr - 1) % rs->res.nr];

	return given_back(&rs->cmd, c->cmd) && given_back(&rs->src, c->src) &&
	       given_back(&rs->dst, c->dst);
}

/* Looks as quickly as it can: what is later than the result by a little is the question. */
static int watch_result(struct survey *s, struct tally *t, const u8 *last)
{
	unsigned long limit = jiffies + 5 * HZ;

	while (!hifn_rings_ready(&s->rings)) {
		if (time_after(jiffies, limit))
			return -ETIMEDOUT;
		cpu_relax();
		if (!(jiffies & 3))
			cond_resched();
	}
	dma_rmb();
	if (memcmp(survey_dst(s, SURVEY_TEXT_BYTES - 4), last, 4))
		t->early++;
	if (!all_back(&s->rings))
		t->late++;
	return survey_wait(s, 1);
}

static int ask_once(struct survey *s, struct tally *t, u32 cmd_bytes)
{
	const struct survey_io io = {
		.src_page = SURVEY_P_SRC, .src_bytes = SURVEY_TEXT_BYTES,
		.dst_bytes = SURVEY_TEXT_BYTES,
	};
	const u8 *out = survey_vector[SURVEY_AES128_CBC].out;
	int err;

	memset(survey_dst(s, 0), 0xa5, SURVEY_TEXT_BYTES);
	err = survey_post(s, 0, cmd_bytes, &io) ?:
	      watch_result(s, t, out + SURVEY_TEXT_BYTES - 4);
	if (err)
		return err;
	t->done++;
	if (survey_dst_is(s, 0, out, SURVEY_TEXT_BYTES))
		return 0;
	if (survey_pci_errors(s) & PCI_STATUS_DETECTED_PARITY)
		s->parity++;
	else
		t->wrong++;
	return 0;
}

int survey_c5(struct survey *s)
{
	const struct survey_vector *v = &survey_vector[SURVEY_AES128_CBC];
	struct tally t = {};
	struct hifn_op op;
	int bytes, err = 0;

	survey_put_source(s, v->in, 0, SURVEY_TEXT_BYTES);
	survey_op(&op, v, SURVEY_TEXT_BYTES);
	bytes = hifn_cmd_encode(&op, survey_cmd(s, 0), SURVEY_CMD_STRIDE);
	while (!err && t.done < commands && time_before(jiffies, s->deadline - 10 * HZ))
		err = ask_once(s, &t, bytes);
	survey_answer(s, "%u commands: %u wrong, %u results before data, %u before entries",
		      t.done, t.wrong, t.early, t.late);
	if (!err)
		survey_model(s, "ring-return", t.late ? "after" : "before");
	return err;
}

/* ---- D2 ---- */

#define LONG_LAP	(SURVEY_RING_MAX + 40)

int survey_d2(struct survey *s)
{
	unsigned int i;
	int err = 0;

	survey_rings_init(s, SURVEY_RING_MAX);
	survey_start(s);
	survey_engines(s, true);
	for (i = 0; !err && i < LONG_LAP; i++)
		err = survey_ask(s, SURVEY_AES128_CBC);
	if (err == -ETIMEDOUT && i > 300 && i < 340)
		survey_model(s, "rings", "320");
	survey_answer(s, "rings of %u entries: %u commands of %u right", SURVEY_RING_MAX,
		      err ? i - 1 : i, LONG_LAP);
	if (!err)
		survey_model(s, "rings", "any");
	return err == -EBADMSG ? 0 : err;
}
