// SPDX-License-Identifier: GPL-2.0
/* C3, C11: MACs, where they lie in a result, and totals below a word. */
#include "survey.h"

#define MAC_PLAIN	(sizeof(struct hifn_base_result) + sizeof(struct hifn_mac_result))
#define MAC_FURTHER	(MAC_PLAIN + 12)	/* NetBSD 3.0.1 on a 7955, 2006 */

static void mac_op(struct hifn_op *op, enum hifn_mac mac, u32 bytes)
{
	*op = (struct hifn_op){
		.mac = mac, .mac_key = survey_mac_key, .auth = { .bytes = bytes }, .bytes = bytes,
	};
}

/* Everybody's form: cipher and MAC at once, the MAC cut to 12 bytes. */
static void esp_op(struct hifn_op *op)
{
	survey_op(op, &survey_vector[SURVEY_AES128_CBC], SURVEY_TEXT_BYTES);
	op->mac = HIFN_MAC_HMAC_SHA1;
	op->mac_key = survey_mac_key;
	op->auth.bytes = SURVEY_TEXT_BYTES;
}

static int run(struct survey *s, const struct hifn_op *op, bool truncated)
{
	const struct survey_io io = {
		.src_page = SURVEY_P_SRC, .src_bytes = op->bytes,
		.dst_bytes = hifn_whole_words(op->bytes),
	};
	int bytes = hifn_cmd_encode(op, survey_cmd(s, 0), SURVEY_CMD_STRIDE);

	if (truncated)
		survey_cmd(s, 0)[sizeof(struct hifn_base_command)] |= HIFN_MAC_CMD_TRUNC;
	return survey_run_raw(s, bytes, &io);
}

/* Where in the result so many bytes of it lie; 0: nowhere. */
static u32 find(struct survey *s, const u8 *mac, u32 bytes)
{
	u32 at;

	for (at = sizeof(struct hifn_base_result); at + bytes <= HIFN_MAX_RESULT_BYTES; at++)
		if (!memcmp(survey_res(s, 0) + at, mac, bytes))
			return at;
	return 0;
}

static void tell(struct survey *s, const char *what, const u8 *mac)
{
	survey_evidence_bytes(s, what, survey_res(s, 0), HIFN_MAX_RESULT_BYTES);
	survey_answer(s, "%s: 12 bytes at %u, 20 at %u", what, find(s, mac, HIFN_MAC_TRUNC_BYTES),
		      find(s, mac, HIFN_SHA1_BYTES));
}

static int ask_esp(struct survey *s)
{
	struct hifn_op op;
	u32 at;
	int err;

	esp_op(&op);
	err = run(s, &op, true);
	if (err)
		return err;
	tell(s, "hmac with a cipher, truncated", survey_hmac_cbc);
	at = find(s, survey_hmac_cbc, HIFN_MAC_TRUNC_BYTES);
	if (at == MAC_PLAIN)
		survey_model(s, "mac-place", "12");
	else if (at == MAC_FURTHER)
		survey_model(s, "mac-place", "24");
	return 0;
}

static int ask_full(struct survey *s)
{
	struct hifn_op op;
	int err;

	esp_op(&op);
	err = run(s, &op, false);
	if (err)
		return err;
	tell(s, "hmac with a cipher, full", survey_hmac_cbc);
	if (find(s, survey_hmac_cbc, HIFN_SHA1_BYTES))
		survey_model(s, "full-mac", "full");
	else if (find(s, survey_hmac_cbc, HIFN_MAC_TRUNC_BYTES) == MAC_PLAIN)
		survey_model(s, "full-mac", "truncated");	/* further on it has no room */
	return 0;
}

static void judge_copy(struct survey *s)
{
	if (survey_dst_is(s, 0, survey_text, SURVEY_TEXT_BYTES))
		survey_model(s, "hash", "copies");
	else if (survey_dst_untouched(s, 0, SURVEY_TEXT_BYTES))
		survey_model(s, "hash", "silent");
	else
		survey_evidence_bytes(s, "destination", survey_dst(s, 0), SURVEY_TEXT_BYTES);
}

/* Without a cipher: both MAC forms, then the plain hash, which only FreeBSD ever used. */
static int ask_alone(struct survey *s)
{
	struct hifn_op op;
	int err;

	mac_op(&op, HIFN_MAC_HMAC_SHA1, SURVEY_TEXT_BYTES);
	err = run(s, &op, true);
	if (err == -ETIMEDOUT)
		survey_model(s, "hash", "hangs");
	if (err)
		return err;
	tell(s, "hmac alone, truncated", survey_hmac_plain);
	judge_copy(s);
	mac_op(&op, HIFN_MAC_SHA1, SURVEY_TEXT_BYTES);
	err = run(s, &op, false);
	if (!err)
		tell(s, "sha1", survey_sha1_plain);
	return err;
}

int survey_c3(struct survey *s)
{
	survey_put_source(s, survey_text, 0, SURVEY_TEXT_BYTES);
	return ask_esp(s) ?: ask_full(s) ?: ask_alone(s);
}

/* ---- C11 ---- */

/* A hash of 4 bytes, then of 3: where the first hangs already it is no question of the total. */
int survey_c11(struct survey *s)
{
	struct hifn_op op;
	int err;

	survey_put_source(s, survey_text, 0, SURVEY_TEXT_BYTES);
	mac_op(&op, HIFN_MAC_SHA1, 4);
	err = run(s, &op, false);
	if (err)
		return err;
	tell(s, "sha1 of 4 bytes", survey_sha1_4);
	survey_cmd(s, 0)[offsetof(struct hifn_base_command, total_source_count)] = 3;
	survey_cmd(s, 0)[sizeof(struct hifn_base_command) +
			 offsetof(struct hifn_mac_command, source_count)] = 3;
	err = survey_run_raw(s, 16, &(struct survey_io){
		.src_page = SURVEY_P_SRC, .src_bytes = 3, .dst_bytes = 4 });
	if (err == -ETIMEDOUT)
		survey_model(s, "short-count", "hangs");
	if (err)
		return err;
	survey_evidence_bytes(s, "result of 3 bytes", survey_res(s, 0), HIFN_MAX_RESULT_BYTES);
	survey_model(s, "short-count", "taken");
	return 0;
}
