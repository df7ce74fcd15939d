// SPDX-License-Identifier: GPL-2.0
/* C1, C2, C7, C8, C9, C10: what one cipher command does, and what it says of it. */
#include "survey.h"

/* ---- C1 ---- */

static void judge_residual(struct survey *s)
{
	struct hifn_base_result base;
	u16 src, dst;

	memcpy(&base, survey_res(s, 0), sizeof(base));
	src = le16_to_cpu(base.src_cnt);
	dst = le16_to_cpu(base.dst_cnt);
	survey_answer(s, "flags 0x%04x session 0x%04x source count %u destination count %u",
		      le16_to_cpu(base.flags), le16_to_cpu(base.session), src, dst);
	if (!src && !dst)
		survey_model(s, "residual", "left");
	else if (src == SURVEY_TEXT_BYTES && dst == SURVEY_TEXT_BYTES)
		survey_model(s, "residual", "done");
	else
		survey_model(s, "residual", "unused");
}

/* The level and what works, at last: the level may be one that says nothing. */
static void judge_level(struct survey *s)
{
	u16 level = survey_level(s);

	s->open = true;
	if (level == HIFN_LEVEL_2)
		survey_model(s, "level", "told");
	else
		survey_model(s, "level", level == HIFN_LEVEL_0_ALT ? "blank" : "other");
}

int survey_c1(struct survey *s)
{
	int err;

	if (!s->open && !s->unlocked)
		survey_unlock(s);
	err = survey_ask(s, SURVEY_AES128_CBC);
	if (err == -ETIMEDOUT || err == -ENODEV)
		return err;
	survey_evidence_bytes(s, "result", survey_res(s, 0), HIFN_OP_RESULT_MAX_BYTES);
	if (err) {
		survey_evidence_bytes(s, "got", survey_dst(s, 0), SURVEY_TEXT_BYTES);
		survey_answer(s, "AES-128-CBC is wrong, level 0x%04x", survey_level(s));
		return 0;
	}
	survey_answer(s, "AES-128-CBC is right, level 0x%04x", survey_level(s));
	judge_level(s);
	judge_residual(s);
	return 0;
}

/* ---- C2 ---- */

#define GUARD	256	/* bytes that are looked at behind the end, and before the beginning */

static u32 written_behind(struct survey *s, u32 off)
{
	u32 n = GUARD;

	while (n && survey_dst_untouched(s, off + n - 1, 1))
		n--;
	return n;
}

/* One block, ending where neither 8 nor 64 bytes end. */
static int judge_granule(struct survey *s)
{
	const struct survey_vector *v = &survey_vector[SURVEY_AES128_ECB];
	const struct survey_io io = {
		.src_page = SURVEY_P_SAME, .src_bytes = 16, .dst_off = GUARD + 4, .dst_bytes = 16,
	};
	struct hifn_op op;
	u32 behind;
	int err;

	survey_op(&op, v, 16);
	err = survey_run(s, &op, &io);
	if (err)
		return err;
	behind = written_behind(s, io.dst_off + 16);
	survey_answer(s, "16 bytes at 4: %s, %u more behind, %s before",
		      survey_dst_is(s, io.dst_off, v->out, 16) ? "right" : "wrong", behind,
		      survey_dst_untouched(s, 0, io.dst_off) ? "nothing" : "something");
	if (!behind)
		survey_model(s, "dest-write", "4");
	else
		survey_model(s, "dest-write", behind <= 4 ? "8" : "burst");
	return 0;
}

/*
 * So many bytes, of which the first block is enciphered and the rest copied. Destination in
 * words.
 */
static int ask_length(struct survey *s, u32 bytes, bool *right)
{
	const struct survey_vector *v = &survey_vector[SURVEY_AES128_ECB];
	const struct survey_io io = {
		.src_page = SURVEY_P_SRC, .src_bytes = bytes, .dst_off = GUARD,
		.dst_bytes = hifn_whole_words(bytes),
	};
	struct hifn_op op;
	int err;

	survey_op(&op, v, 16);
	op.bytes = bytes;
	err = survey_run(s, &op, &io);
	*right = !err && survey_dst_is(s, GUARD, v->out, 16) &&
		 survey_dst_is(s, GUARD + 16, survey_text + 16, bytes - 16);
	return err;
}

int survey_c2(struct survey *s)
{
	u32 bytes, wrong = 0, first = 0;
	bool right;
	int err = judge_granule(s);

	survey_put_source(s, survey_text, 0, SURVEY_TEXT_BYTES);
	for (bytes = 16; !err && bytes <= SURVEY_TEXT_BYTES; bytes++) {
		err = ask_length(s, bytes, &right);
		if (err || right)
			continue;
		if (!wrong++)
			first = bytes;
	}
	if (!err)
		survey_answer(s, "16 to 64 bytes: %u lengths wrong, the first %u", wrong, first);
	return err;
}

/* ---- C7 ---- */

#define LONG_BYTES	65552	/* 16 more than 64 KiB */

int survey_c7(struct survey *s)
{
	const u8 *block = survey_vector[SURVEY_AES128_ECB].out;
	const struct survey_io io = {
		.src_page = SURVEY_P_SAME, .src_bytes = LONG_BYTES, .dst_bytes = LONG_BYTES,
	};
	struct hifn_op op;
	u32 at;
	int err;

	survey_op(&op, &survey_vector[SURVEY_AES128_ECB], LONG_BYTES);
	err = survey_run(s, &op, &io);
	if (err)
		return err;
	for (at = 0; at < LONG_BYTES && survey_dst_is(s, at, block, 16); at += 16)
		;
	survey_evidence_bytes(s, "last block", survey_dst(s, LONG_BYTES - 16), 16);
	survey_answer(s, "65552 bytes: right up to %u", at);
	if (at == LONG_BYTES)
		survey_model(s, "count-bits", "18");
	else if (at == LONG_BYTES - 65536 && survey_dst_is(s, at, survey_text, 16))
		survey_model(s, "count-bits", "16");
	return 0;
}

/* ---- C8 ---- */

#define SESSIONS	70	/* some chips have room for 64 */

static u32 drop_key(u8 *cmd, u32 bytes, u32 key_bytes)
{
	u8 *masks = cmd + sizeof(struct hifn_base_command);

	masks[1] &= ~(HIFN_CRYPT_CMD_NEW_KEY >> 8);
	return bytes - key_bytes;
}

/* In a session of its own, with its key or with what the session has. */
static int ask_session(struct survey *s, u16 session, bool key)
{
	const struct survey_vector *v = &survey_vector[SURVEY_AES128_ECB];
	const struct survey_io io = {
		.src_page = SURVEY_P_SRC, .src_bytes = 64, .dst_bytes = 64,
	};
	struct hifn_op op;
	int bytes, err;

	survey_op(&op, v, 64);
	bytes = hifn_cmd_encode(&op, survey_cmd(s, 0), SURVEY_CMD_STRIDE);
	survey_cmd(s, 0)[2] = session;	/* its low half, of the second word */
	if (!key)
		bytes = drop_key(survey_cmd(s, 0), bytes, v->key_bytes);
	err = survey_run_raw(s, bytes, &io);
	if (err)
		return err;
	return survey_dst_is(s, 0, v->out, 64) ? 0 : 1;
}

int survey_c8(struct survey *s)
{
	unsigned int i, wrong_with = 0, wrong_without = 0;
	int err = 0;

	survey_put_source(s, survey_text, 0, SURVEY_TEXT_BYTES);
	for (i = 0; err >= 0 && i < SESSIONS; i++) {
		err = ask_session(s, i, true);
		wrong_with += err > 0;
	}
	for (i = 0; err >= 0 && i < SESSIONS; i++) {
		err = ask_session(s, i, false);
		wrong_without += err > 0;
	}
	if (err < 0)
		return err;
	survey_answer(s, "%u sessions: %u wrong with the key, %u without", SESSIONS, wrong_with,
		      wrong_without);
	return 0;
}

/* ---- C9 ---- */

int survey_c9(struct survey *s)
{
	const struct survey_vector *cfb = &survey_vector[SURVEY_AES128_CFB];
	const struct survey_vector *ofb = &survey_vector[SURVEY_AES128_OFB];
	int err = survey_ask(s, SURVEY_AES128_CFB);
	int other;
	bool swapped;

	if (err && err != -EBADMSG) {
		if (err == -ETIMEDOUT)
			survey_model(s, "feedback", "hangs");
		return err;
	}
	survey_evidence_bytes(s, "cfb", survey_dst(s, 0), SURVEY_TEXT_BYTES);
	swapped = survey_dst_is(s, 0, ofb->out, SURVEY_TEXT_BYTES);
	other = survey_ask(s, SURVEY_AES128_OFB);
	if (other && other != -EBADMSG)
		return other;
	survey_evidence_bytes(s, "ofb", survey_dst(s, 0), SURVEY_TEXT_BYTES);
	swapped = swapped && survey_dst_is(s, 0, cfb->out, SURVEY_TEXT_BYTES);
	survey_answer(s, "CFB is %s, OFB is %s", err ? "another" : "of blocks",
		      other ? "another" : "of blocks");
	if (!err && !other)
		survey_model(s, "feedback", "block");
	else if (swapped)
		survey_model(s, "feedback", "swapped");
	return 0;
}

/* ---- C10 ---- */

/* 17 bytes, and a destination count of 17, which no driver sent. */
int survey_c10(struct survey *s)
{
	const struct survey_io io = {
		.src_page = SURVEY_P_SRC, .src_bytes = 17, .dst_bytes = 20,
	};
	struct hifn_op op;
	int bytes, err;

	survey_put_source(s, survey_text, 0, SURVEY_TEXT_BYTES);
	survey_op(&op, &survey_vector[SURVEY_AES128_ECB], 16);
	op.bytes = 17;
	bytes = hifn_cmd_encode(&op, survey_cmd(s, 0), SURVEY_CMD_STRIDE);
	survey_cmd(s, 0)[offsetof(struct hifn_base_command, total_dest_count)] = 17;
	err = survey_run_raw(s, bytes, &io);
	if (err == -ETIMEDOUT)
		survey_model(s, "odd-count", "hangs");
	if (err)
		return err;
	survey_evidence_bytes(s, "got", survey_dst(s, 0), 24);
	survey_answer(s, "a destination count of 17: %s",
		      survey_dst_is(s, 16, survey_text + 16, 1) ? "right" : "wrong");
	survey_model(s, "odd-count", "taken");
	return 0;
}
