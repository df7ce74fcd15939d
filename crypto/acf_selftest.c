// SPDX-License-Identifier: GPL-2.0
/*
 * Self-tests at load: the vectors of testvec/ on one engine, through the admission
 * and completion path of real requests, before it serves anybody.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "acf_internal.h"
#include "acf_testvec.h"
#include "acf_vec.h"

#define ACF_TEST_TRIES		4	/* of a job that came back undone */
#define ACF_TEST_PAUSE_MS	10	/* before the next one */
#define ACF_TEST_BURST		64	/* bytes, aligned */
#define ACF_TEST_GUARD		ACF_TEST_BURST	/* after the output that must not change */
#define ACF_TEST_SHIFT		4	/* where outputs begin in theirs: on a word, and no more */
#define ACF_TEST_POISON		0xa5
#define ACF_TEST_BUF		(ACF_VEC_MAX_AAD + ACF_VEC_MAX_DATA + ACF_TEST_GUARD)
#define ACF_TEST_PIECES		(DIV_ROUND_UP(ACF_TEST_BURST + ACF_TEST_BUF, PAGE_SIZE) + 1)

struct acf_test {
	struct acf_job job;
	struct completion finished;
	int err;
	struct scatterlist src_sg[ACF_TEST_PIECES];
	struct scatterlist dst_sg[ACF_TEST_PIECES];
	u8 *src;
	u8 *dst_memory;
	u8 *dst;
	u8 mac_key[ACF_MAC_KEY];
	unsigned int mac_bytes;		/* compared */
	struct acf_vec vec;
};

static void acf_test_done(struct acf_job *job, int err)
{
	struct acf_test *test = container_of(job, struct acf_test, job);

	test->err = err;
	complete(&test->finished);
}

static void acf_test_accepted(struct acf_job *job)
{
}

static struct acf_test *acf_test_alloc(void)
{
	struct acf_test *test = kvzalloc(sizeof(*test), GFP_KERNEL);

	if (!test)
		return NULL;
	test->src = kvmalloc(ACF_TEST_BUF, GFP_KERNEL);
	test->dst_memory = kvmalloc(ACF_TEST_BURST + ACF_TEST_BUF, GFP_KERNEL);
	test->dst = test->dst_memory + ACF_TEST_SHIFT;
	if (test->src && test->dst_memory)
		return test;
	kvfree(test->src);
	kvfree(test->dst_memory);
	kvfree(test);
	return NULL;
}

static void acf_test_free(struct acf_test *test)
{
	kvfree(test->src);
	kvfree(test->dst_memory);
	kvfree_sensitive(test, sizeof(*test));
}

/* Where memory is in pieces the buffer is one of pages. */
static void acf_test_list(struct scatterlist *sg, u8 *buf, unsigned int bytes)
{
	unsigned int nr = DIV_ROUND_UP(offset_in_page(buf) + bytes, PAGE_SIZE);

	if (!is_vmalloc_addr(buf)) {
		sg_init_one(sg, buf, bytes);
		return;
	}
	sg_init_table(sg, nr);
	for (; nr; nr--, sg++) {
		unsigned int at = offset_in_page(buf);
		unsigned int n = min_t(unsigned int, bytes, PAGE_SIZE - at);

		sg_set_page(sg, vmalloc_to_page(buf), n, at);
		buf += n;
		bytes -= n;
	}
}

/* AEAD: aad and text one behind the other, as ESP has them. */
static unsigned int acf_test_stream(u8 *buf, const struct acf_vec *vec, const u8 *data)
{
	memset(buf, ACF_TEST_POISON, ACF_TEST_BUF);
	memcpy(buf, vec->aad, vec->aad_bytes);
	memcpy(buf + vec->aad_bytes, data, vec->data_bytes);
	return vec->aad_bytes + vec->data_bytes;
}

static void acf_test_fill(struct acf_test *test, const struct acf_alg *alg, bool decrypt,
			  bool in_place)
{
	const struct acf_vec *vec = &test->vec;
	struct acf_job *job = &test->job;

	acf_job_init(job);
	job->len = acf_test_stream(test->src, vec, decrypt ? vec->ct : vec->pt);
	memset(test->dst, ACF_TEST_POISON, ACF_TEST_BUF);
	acf_test_list(test->src_sg, test->src, job->len);
	acf_test_list(test->dst_sg, test->dst, job->len);
	job->alg = alg;
	job->class = ACF_CLASS_SYSTEM;
	job->mac_key = test->mac_key;
	job->mac_need = test->mac_bytes;
	job->decrypt = decrypt;
	job->assoc = vec->aad_bytes;
	job->src = test->src_sg;
	job->dst = in_place ? test->src_sg : test->dst_sg;
	if (alg->kind == ACF_KIND_HASH)
		job->dst = NULL;
	job->done = acf_test_done;
	job->accepted = acf_test_accepted;
	acf_job_test_key(job, vec->key, vec->key_bytes, vec->iv);
	memset(job->mac, ACF_TEST_POISON, sizeof(job->mac));
	memset(test->mac_key, 0, sizeof(test->mac_key));
	memcpy(test->mac_key, vec->mackey, min_t(unsigned int, vec->mackey_bytes, ACF_MAC_KEY));
	reinit_completion(&test->finished);
}

static const char acf_test_spilled[] = "bytes after the output overwritten";

/*
 * NULL, or what is behind the output has changed: within the burst that it ends in, which is what
 * copies help against, since a page of theirs ends with one; or further, where they would not.
 */
static const char *acf_test_check_guard(const u8 *end)
{
	const u8 *burst = PTR_ALIGN(end, ACF_TEST_BURST);
	const char *why = NULL;
	const u8 *at;

	for (at = end; at < end + ACF_TEST_GUARD; at++)
		if (*at != ACF_TEST_POISON)
			why = at < burst ? acf_test_spilled :
					   "bytes far after the output overwritten";
	return why;
}

static const char *acf_test_check_data(const struct acf_test *test, bool decrypt, bool in_place)
{
	const struct acf_vec *vec = &test->vec;
	const u8 *want = decrypt ? vec->pt : vec->ct;
	const u8 *got = in_place ? test->src : test->dst;

	if (memcmp(got + vec->aad_bytes, want, vec->data_bytes))
		return "wrong output";
	return acf_test_check_guard(got + vec->aad_bytes + vec->data_bytes);
}

/* NULL or the reason the output is wrong. */
static const char *acf_test_check(const struct acf_test *test, bool decrypt, bool in_place)
{
	const struct acf_alg *alg = test->job.alg;

	if (memcmp(test->job.mac, test->vec.mac, test->mac_bytes))
		return "wrong MAC";
	if (alg->kind == ACF_KIND_HASH)
		return NULL;
	return acf_test_check_data(test, decrypt, in_place);
}

/* What the engine made of one job; -ETIMEDOUT when it still holds it. */
static int acf_test_once(struct acf_engine *engine, struct acf_test *test)
{
	int ret = acf_engine_admit_test(engine, &test->job);
	u32 ms = acf_patience_ms(engine, 1);

	if (ret != -EINPROGRESS)
		return ret;
	if (wait_for_completion_timeout(&test->finished, msecs_to_jiffies(ms)))
		return test->err;
	pr_err("%s: %s: no answer within %u ms; a buffer is left to the card\n", engine->name,
	       test->job.alg->name, ms);
	return -ETIMEDOUT;
}

/*
 * A reset that took the job, or a moment without DMA mappings, is no verdict on the
 * algorithm. An engine that does it again and again fails.
 */
static bool acf_test_undone(const struct acf_engine *engine, const struct acf_alg *alg, int err)
{
	/* one it hung with: those that it cannot do without get more chances */
	if (err == -ETIME)
		return test_bit(alg->id, engine->required.bits);
	return err == -ECANCELED || err == -EOPNOTSUPP;
}

/* Where the result begins to differ, for who looks for the reason. */
static void acf_test_evidence(struct acf_finding *finding,
			      const u8 *want, const u8 *got, u32 bytes)
{
	u32 off = 0;

	while (off < bytes && want[off] == got[off])
		off++;
	if (off == bytes)
		return;
	finding->want = want + off;
	finding->got = got + off;
	finding->off = off;
	finding->bytes = bytes - off;
}

static void acf_test_tell(struct acf_engine *engine, const struct acf_test *test, bool decrypt,
			  bool in_place, const char *why, bool done)
{
	const struct acf_alg *alg = test->job.alg;
	const struct acf_vec *vec = &test->vec;
	struct acf_finding finding = {
		.alg = alg->name,
		.vector = vec->name,
		.decrypt = decrypt,
		.in_place = in_place,
		.why = why,
	};

	if (done)
		acf_test_evidence(&finding, vec->mac, test->job.mac, test->mac_bytes);
	if (done && !finding.want && alg->kind != ACF_KIND_HASH)
		acf_test_evidence(&finding, decrypt ? vec->pt : vec->ct,
				  (in_place ? test->src : test->dst) + vec->aad_bytes,
				  vec->data_bytes);
	acf_card_finding(engine->card, &finding);
}

/*
 * What fails with its full MAC gets another chance, but not where it has served with it: jobs that
 * want all of it may be on the engine, and wait for it.
 */
static bool acf_test_may_shorten(const struct acf_engine *engine, const struct acf_alg *alg)
{
	return alg->kind == ACF_KIND_AEAD && engine->short_mac &&
	       !test_bit(alg->id, engine->shortened.bits) &&
	       !test_bit(alg->id, engine->serves.bits);
}

static int acf_test_run(struct acf_engine *engine, struct acf_test *test,
			const struct acf_alg *alg, bool decrypt, bool in_place);

/* The output's last byte is that of a burst: 0 if it writes no further then. As acf_test_run(). */
static int acf_test_to_burst(struct acf_engine *engine, struct acf_test *test,
			     const struct acf_alg *alg, bool decrypt)
{
	u8 *end = test->dst_memory + test->vec.aad_bytes + test->vec.data_bytes;
	u8 *dst = test->dst;
	int err;

	test->dst = test->dst_memory + (PTR_ALIGN(end, ACF_TEST_BURST) - end);
	err = acf_test_run(engine, test, alg, decrypt, false);
	test->dst = dst;
	return err;
}

/*
 * An engine that is right up to the end, and goes on behind it, to the end of a burst: what it is not
 * to touch is kept out of its reach by copies, from now on, if that helps.
 */
static int acf_test_copied(struct acf_engine *engine, struct acf_test *test,
			   const struct acf_alg *alg, bool decrypt, bool in_place)
{
	int err = acf_test_to_burst(engine, test, alg, decrypt);

	if (err)
		return err;
	WRITE_ONCE(engine->spills, true);
	err = acf_test_run(engine, test, alg, decrypt, in_place);
	if (err)
		WRITE_ONCE(engine->spills, false);
	else
		pr_warn("%s: it writes further than it is told: all that it reads and writes is copied from now on\n",
			engine->name);
	return err;
}

/*
 * 0; -EIO; -ENODEV when the driver has stopped the engine, and said why; -ETIMEDOUT
 * when the engine still holds the job.
 */
static int acf_test_run(struct acf_engine *engine, struct acf_test *test,
			const struct acf_alg *alg, bool decrypt, bool in_place)
{
	const char *why = "engine failed the job";
	int tries = ACF_TEST_TRIES;
	int ret;

	acf_test_fill(test, alg, decrypt, in_place);
	while (acf_test_undone(engine, alg, ret = acf_test_once(engine, test)) && --tries) {
		msleep(ACF_TEST_PAUSE_MS);
		acf_test_fill(test, alg, decrypt, in_place);
	}
	if (ret == -ENODEV || ret == -ETIMEDOUT)
		return ret;
	if (!ret) {
		why = acf_test_check(test, decrypt, in_place);
		if (!why)
			return 0;
		if (why == acf_test_spilled && !engine->spills)
			return acf_test_copied(engine, test, alg, decrypt, in_place);
	}
	pr_err("%s: %s: self-test failed at vector %s, %s, %s: %s (%d)\n", engine->name,
	       alg->name, test->vec.name, decrypt ? "decrypt" : "encrypt",
	       in_place ? "in place" : "out of place", why, ret);
	if (!acf_test_may_shorten(engine, alg))
		acf_test_tell(engine, test, decrypt, in_place, why, !ret);
	return -EIO;
}

/* All ways to run one vector: in both directions, in place and not; a hash has one. */
static int acf_test_vector(struct acf_engine *engine, struct acf_test *test,
			   const struct acf_alg *alg)
{
	int ways = alg->kind == ACF_KIND_HASH ? 1 : 4;
	int way;
	int err = 0;

	for (way = 0; way < ways && !err; way++)
		err = acf_test_run(engine, test, alg, way & 1, way & 2);
	return err;
}

/*
 * Engines get no partial last block, no empty message, HMAC keys of at most a block,
 * associated data of whole words, and nothing longer than they said.
 */
static bool acf_test_wants(const struct acf_engine *engine, const struct acf_alg *alg,
			   const struct acf_vec *vec)
{
	unsigned int bytes = vec->aad_bytes + vec->data_bytes;

	if (bytes < engine->min_len || bytes > engine->max_len)
		return false;
	return vec->iv_bytes == alg->iv_bytes && vec->mac_bytes == alg->digest_bytes &&
	       vec->data_bytes && vec->data_bytes % alg->block == 0 &&
	       vec->mackey_bytes <= ACF_MAC_KEY && vec->aad_bytes % 4 == 0;
}

/* The number of vectors that passed, or negative. */
static int acf_test_file(struct acf_engine *engine, struct acf_test *test,
			 const struct acf_alg *alg, const struct acf_testvec_file *file)
{
	struct acf_vec_reader reader;
	int passed = 0;
	int ret;

	acf_vec_open(&reader, file->start, file->end - file->start);
	while ((ret = acf_vec_next(&reader, &test->vec)) > 0) {
		/* a file holds one algorithm: no need to read on to find none */
		if (strcmp(test->vec.alg, alg->name))
			return 0;
		if (!acf_test_wants(engine, alg, &test->vec))
			continue;
		ret = acf_test_vector(engine, test, alg);
		if (ret)
			return ret;
		passed++;
	}
	if (ret < 0)
		pr_err("%s:%u: bad test vector: %s\n", file->name, acf_vec_line(&reader),
		       acf_vec_error(&reader));
	return ret < 0 ? ret : passed;
}

/* The number of vectors that passed, or negative. */
static int acf_test_files(struct acf_engine *engine, struct acf_test *test,
			  const struct acf_alg *alg)
{
	unsigned int i;
	int passed = 0;

	test->mac_bytes = acf_engine_mac_bytes(engine, alg);
	for (i = 0; i < acf_nr_testvec_files; i++) {
		int ret = acf_test_file(engine, test, alg, &acf_testvec_files[i]);

		if (ret < 0)
			return ret;
		passed += ret;
	}
	return passed;
}

/*
 * Its full MAC is not what and where it should be. Most users of ESP want the short one, which may
 * be. As acf_test_files().
 */
static int acf_test_shortened(struct acf_engine *engine, struct acf_test *test,
			      const struct acf_alg *alg)
{
	int passed;

	if (!acf_test_may_shorten(engine, alg))
		return -EIO;
	__set_bit(alg->id, engine->shortened.bits);
	passed = acf_test_files(engine, test, alg);
	if (passed > 0)
		pr_warn("%s: %s: its full MAC is wrong, one of %u bytes is right: the CPU serves those who want more\n",
			engine->name, alg->name, engine->short_mac);
	else
		__clear_bit(alg->id, engine->shortened.bits);
	return passed;
}

static int acf_test_alg(struct acf_engine *engine, struct acf_test *test,
			const struct acf_alg *alg)
{
	int passed = acf_test_files(engine, test, alg);

	if (passed == -EIO)
		passed = acf_test_shortened(engine, test, alg);
	if (passed < 0)
		return passed;
	if (!passed) {
		pr_err("%s: %s: no test vector, not served\n", engine->name, alg->name);
		return -ENOENT;
	}
	pr_info("%s: %s: self-test passed, %d vectors\n", engine->name, alg->name, passed);
	return 0;
}

/*
 * An algorithm has failed: is the engine what it was? Its best cipher tells, which also shows a
 * driver that counts resets that the last one was of use.
 */
static int acf_test_again(struct acf_engine *engine, struct acf_test *test,
			  const struct acf_alg_set *passed)
{
	int id, ret;

	for_each_set_bit(id, engine->required.bits, ACF_NR_ALGS) {
		if (!test_bit(id, passed->bits))
			continue;
		ret = acf_test_files(engine, test, &acf_algs[id]);
		if (ret >= 0 || ret == -ENODEV || ret == -ETIMEDOUT)
			return min(ret, 0);
		pr_err("%s: %s: was right, and is not any more since another algorithm failed\n",
		       engine->name, acf_algs[id].name);
		return -EIO;
	}
	return 0;
}

/* 0; -EIO: nothing of it is to be believed; -ENODEV and -ETIMEDOUT as of acf_test_run(). */
static int acf_test_set(struct acf_engine *engine, struct acf_test *test,
			const struct acf_alg_set *ids, struct acf_alg_set *passed)
{
	int id, err;

	for_each_set_bit(id, ids->bits, ACF_NR_ALGS) {
		err = acf_test_alg(engine, test, &acf_algs[id]);
		if (!err)
			__set_bit(id, passed->bits);
		else if (err != -ENODEV && err != -ETIMEDOUT)
			err = acf_test_again(engine, test, passed);
		if (err)
			return err;
	}
	return 0;
}

int acf_selftest(struct acf_engine *engine, const struct acf_alg_set *ids,
		 struct acf_alg_set *passed)
{
	struct acf_test *test = acf_test_alloc();
	struct acf_alg_set first, others;
	int err;

	bitmap_zero(passed->bits, ACF_NR_ALGS);
	bitmap_and(first.bits, ids->bits, engine->required.bits, ACF_NR_ALGS);
	bitmap_andnot(others.bits, ids->bits, engine->required.bits, ACF_NR_ALGS);
	if (!test) {
		pr_err("%s: no memory for the self-test\n", engine->name);
		return -ENOMEM;
	}
	init_completion(&test->finished);
	err = acf_test_set(engine, test, &first, passed);
	if (!err)
		err = acf_test_set(engine, test, &others, passed);
	if (err == -ETIMEDOUT || err == -EIO)
		bitmap_zero(passed->bits, ACF_NR_ALGS);
	if (err != -ETIMEDOUT)
		acf_test_free(test);	/* else it is the card's: leaked on purpose */
	return err == -ENODEV ? err : 0;
}
