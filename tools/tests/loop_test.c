// SPDX-License-Identifier: BSD-2-Clause
/*
 * The driver's ciphers against the virtual card in one process, judged by the
 * vectors of testvec/; resets between jobs.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../crypto/acf_vec.h"
#include "loop_bench.h"

static bool op_of(const struct acf_vec *v, bool decrypt, struct hifn_op *op)
{
	static const char * const ciphers[] = { "", "des", "des3_ede", "aes" };
	static const char * const modes[] = { "ecb", "cbc", "cfb", "ofb" };
	char name[32];
	u32 c, m;

	for (c = 1; c < 4; c++) {
		for (m = 0; m < 4; m++) {
			snprintf(name, sizeof(name), "%s(%s)", modes[m], ciphers[c]);
			if (strcmp(name, v->alg))
				continue;
			*op = (struct hifn_op){
				.cipher = c, .mode = m, .decrypt = decrypt,
				.key_bytes = v->key_bytes,
				.crypt.bytes = v->data_bytes,
				.bytes = v->data_bytes,
			};
			return true;
		}
	}
	return false;
}

static void job_of(struct kunit *test, const struct acf_vec *v, bool decrypt,
		   struct loop_job *j)
{
	memset(j, 0, sizeof(*j));
	snprintf(j->name, sizeof(j->name), "%s %s", v->alg, v->name);
	KUNIT_ASSERT_TRUE_MSG(test, op_of(v, decrypt, &j->op), "%s", v->alg);
	KUNIT_ASSERT_LE(test, v->data_bytes, LOOP_MAX_DATA);
	memcpy(j->key, v->key, v->key_bytes);
	memcpy(j->iv, v->iv, v->iv_bytes);
	memcpy(j->in, decrypt ? v->ct : v->pt, v->data_bytes);
	memcpy(j->want, decrypt ? v->pt : v->ct, v->data_bytes);
}

static char *read_text(struct kunit *test, const char *alg, size_t *len)
{
	char path[512];
	char *text = kunit_kzalloc(test, 1 << 20, GFP_KERNEL);
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.vec", TESTVEC, alg);
	f = fopen(path, "r");
	KUNIT_ASSERT_TRUE_MSG(test, f != NULL, "cannot open %s", path);
	*len = fread(text, 1, 1 << 20, f);
	fclose(f);
	return text;
}

static u32 run_file(struct loop_bench *b, const char *alg)
{
	struct acf_vec *v = kunit_kzalloc(b->test, sizeof(*v), GFP_KERNEL);
	struct loop_job *j = kunit_kzalloc(b->test, sizeof(*j), GFP_KERNEL);
	struct acf_vec_reader r;
	size_t len;
	char *text = read_text(b->test, alg, &len);
	u32 block = strncmp(alg, "aes", 3) ? 8 : 16;
	u32 seen = 0;
	int more;

	acf_vec_open(&r, text, len);
	while ((more = acf_vec_next(&r, v)) > 0) {
		if (!v->data_bytes || v->data_bytes % block)
			continue;	/* the CPU's */
		job_of(b->test, v, false, j);
		loop_submit_or_work(b, j);
		job_of(b->test, v, true, j);
		loop_submit_or_work(b, j);
		seen++;
	}
	KUNIT_ASSERT_EQ(b->test, more, 0);
	return seen;
}

static void loop_all_vectors(struct kunit *test)
{
	static const char * const files[] = {
		"aes_ecb", "aes_cbc", "aes_cfb", "aes_ofb",
		"des_ecb", "des_cbc", "des_cfb", "des_ofb",
		"des3_ecb", "des3_cbc", "des3_cfb", "des3_ofb",
	};
	struct loop_bench *b = loop_open(test);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		KUNIT_EXPECT_GE(test, run_file(b, files[i]), 3u);
		/* the file's text, vector and job */
		free(test->alloc[--test->nr_alloc]);
		free(test->alloc[--test->nr_alloc]);
		free(test->alloc[--test->nr_alloc]);
	}
	loop_drain(b);
	KUNIT_EXPECT_GE(test, b->finished, 200u);
	KUNIT_EXPECT_GE(test, b->irqs, 1u);
	loop_close(b);
}

/* A reset in the middle: every chain comes back, and the card works again. */
static void loop_reset_between_jobs(struct kunit *test)
{
	struct loop_bench *b = loop_open(test);
	struct acf_vec *v = kunit_kzalloc(test, sizeof(*v), GFP_KERNEL);
	struct loop_job *j = kunit_kzalloc(test, sizeof(*j), GFP_KERNEL);
	struct acf_vec_reader r;
	size_t len;
	u32 round, back;
	u16 slot;

	acf_vec_open(&r, read_text(test, "aes_cbc", &len), 0);
	acf_vec_open(&r, test->alloc[test->nr_alloc - 1], len);
	KUNIT_ASSERT_EQ(test, acf_vec_next(&r, v), 1);
	for (round = 0; round < 50; round++) {
		job_of(test, v, round & 1, j);
		while (loop_submit(b, j))
			;
		if (round % 3)
			vcard_step(b->card, 256);
		loop_full_reset(b);
		for (back = 0; hifn_rings_abandon(&b->rings, &slot); back++)
			hifn_rings_release(&b->rings);
		KUNIT_EXPECT_GE(test, back, 1u);
		b->finished = b->submitted;
		loop_start_card(b);
		KUNIT_ASSERT_TRUE(test, loop_submit(b, j));
		loop_drain(b);
	}
	loop_close(b);
}

/* A result that is retired but not written is told from a good one. */
static void loop_missing_result_is_seen(struct kunit *test)
{
	struct loop_bench *b = loop_open(test);
	struct loop_job *j = kunit_kzalloc(test, sizeof(*j), GFP_KERNEL);
	u8 mac[HIFN_SHA1_BYTES];
	u16 slot;

	j->op = (struct hifn_op){ .cipher = HIFN_CIPHER_DES, .key_bytes = 8,
				  .mac = HIFN_MAC_SHA1, .crypt.bytes = 8,
				  .auth.bytes = 8, .bytes = 8 };
	KUNIT_ASSERT_TRUE(test, vcard_fault(b->card, "no-result:1") == NULL);
	KUNIT_ASSERT_TRUE(test, loop_submit(b, j));
	loop_run_card(b);
	KUNIT_ASSERT_TRUE(test, hifn_rings_harvest(&b->rings, &slot));
	KUNIT_EXPECT_EQ(test, loop_result(b, slot, mac), HIFN_RESULT_NONE);
	loop_close(b);
}

static struct kunit_case loop_cases[] = {
	KUNIT_CASE(loop_all_vectors),
	KUNIT_CASE(loop_reset_between_jobs),
	KUNIT_CASE(loop_missing_result_is_seen),
	{}
};

static struct kunit_suite loop_suite = {
	.name = "loop",
	.test_cases = loop_cases,
};
kunit_test_suite(loop_suite);
