// SPDX-License-Identifier: GPL-2.0
/* Group E: what no driver has done to a 795x. One of them for each power cycle. */
#include "survey.h"

/* ---- E1 ---- */

#define BAD_OPCODE	7

int survey_e1(struct survey *s)
{
	const struct survey_io io = {
		.src_page = SURVEY_P_SRC, .src_bytes = SURVEY_TEXT_BYTES,
		.dst_bytes = SURVEY_TEXT_BYTES,
	};
	struct hifn_op op;
	enum hifn_result result;
	int bytes, err;
	u32 puisr;

	survey_put_source(s, survey_text, 0, SURVEY_TEXT_BYTES);
	survey_op(&op, &survey_vector[SURVEY_AES128_CBC], SURVEY_TEXT_BYTES);
	bytes = hifn_cmd_encode(&op, survey_cmd(s, 0), SURVEY_CMD_STRIDE);
	survey_cmd(s, 0)[1] |= FIELD_PREP(HIFN_BASE_CMD_OPCODE, BAD_OPCODE) >> 8;
	err = survey_run_raw(s, bytes, &io);
	if (err)
		return err;
	puisr = survey_rd0(s, HIFN_0_PUISR);
	result = hifn_result_read(&op, survey_res(s, 0), NULL);
	survey_evidence_bytes(s, "result", survey_res(s, 0), HIFN_OP_RESULT_MAX_BYTES);
	survey_answer(s, "opcode 7: puisr 0x%08x, the text %s", puisr,
		      survey_dst_is(s, 0, survey_text, SURVEY_TEXT_BYTES) ? "passes in clear" :
		      "does not pass");
	if ((puisr & HIFN_PUSTAT_CMDINVAL) ||
	    (result != HIFN_RESULT_OK && result != HIFN_RESULT_RESIDUAL))
		survey_model(s, "bad-command", "told");
	else if (survey_dst_is(s, 0, survey_text, SURVEY_TEXT_BYTES))
		survey_model(s, "bad-command", "hidden");
	return 0;
}

/* ---- E2 ---- */

/* The last word, of no session of ours. */
#define CTX_AT		(HIFN_CTXRAM_BYTES - HIFN_CTXRAM_WORD_BYTES)

static const u8 ctx_pattern[HIFN_CTXRAM_WORD_BYTES] = "survey7";

static int ctx_write(struct survey *s)
{
	const struct survey_io io = {
		.src_page = SURVEY_P_SRC, .src_bytes = HIFN_CTXRAM_WORD_BYTES,
		.dst_bytes = HIFN_CTXRAM_DST_BYTES,
	};

	survey_put_source(s, ctx_pattern, 0, sizeof(ctx_pattern));
	return survey_run_raw(s, hifn_cmd_clear_ctx(CTX_AT, survey_cmd(s, 0)), &io);
}

/* The address is where a write has its source count, 4.6. */
static int ctx_read(struct survey *s)
{
	const struct survey_io io = {
		.src_page = SURVEY_P_SRC, .src_bytes = HIFN_CTXRAM_WORD_BYTES,
		.dst_bytes = HIFN_CTXRAM_WORD_BYTES,
	};
	struct hifn_base_command base = {
		.masks = cpu_to_le16(FIELD_PREP(HIFN_BASE_CMD_OPCODE, HIFN_BASE_CMD_READ_RAM)),
		.session_num = cpu_to_le16(CTX_AT >> HIFN_CTXRAM_ADDR_BITS),
		.total_source_count = cpu_to_le16(CTX_AT & (BIT(HIFN_CTXRAM_ADDR_BITS) - 1)),
		.total_dest_count = cpu_to_le16(HIFN_CTXRAM_WORD_BYTES),
	};

	memcpy(survey_cmd(s, 0), &base, sizeof(base));
	return survey_run_raw(s, sizeof(base), &io);
}

int survey_e2(struct survey *s)
{
	u32 puisr;
	int err = ctx_write(s);

	if (err == -ETIMEDOUT)
		survey_model(s, "write-ram", "hangs");
	if (err)
		return err;
	puisr = survey_rd0(s, HIFN_0_PUISR);
	if (puisr & HIFN_PUSTAT_CMDINVAL) {
		survey_answer(s, "WRITE_RAM is refused: puisr 0x%08x", puisr);
		survey_model(s, "write-ram", "refused");
		return 0;
	}
	err = ctx_read(s);
	if (err)
		return err;
	survey_evidence_bytes(s, "read back", survey_dst(s, 0), HIFN_CTXRAM_WORD_BYTES);
	survey_answer(s, "WRITE_RAM is taken");
	survey_model(s, "write-ram", survey_dst_is(s, 0, ctx_pattern, sizeof(ctx_pattern)) ?
		     "works" : "ignored");
	return 0;
}

/* ---- E3 ---- */

int survey_e3(struct survey *s)
{
	u16 before = survey_level(s);
	int err;

	if (before != HIFN_LEVEL_2) {
		survey_answer(s, "not asked: its level says nothing, 0x%04x", before);
		return 0;
	}
	survey_unlock(s);
	survey_answer(s, "unlocked a second time: level 0x%04x before, 0x%04x behind", before,
		      survey_level(s));
	err = survey_ask(s, SURVEY_AES128_CBC);
	if (err && err != -EBADMSG)
		return err;
	survey_model(s, "unlock-twice", err ? "locks" : "harmless");
	if (err)
		s->blocked = "unlocking it twice has locked it";
	return 0;
}
