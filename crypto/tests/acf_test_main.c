// SPDX-License-Identifier: GPL-2.0
/*
 * acf_test: the algorithms of acf as callers see them, against the kernel's software.
 * Loading runs the tests; one line each in the kernel log and in debugfs
 * acf_test/results, as "ok NAME" or "not ok NAME - reason". Never shipped.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "acf_test.h"

uint seed = 1;
module_param(seed, uint, 0444);
MODULE_PARM_DESC(seed, "of all random choices; the same seed makes the same run");

uint test_rounds = 24;
module_param_named(rounds, test_rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "requests of each test of shapes for each algorithm and key size (default 24)");

static char *only = "";
module_param(only, charp, 0444);
MODULE_PARM_DESC(only, "run the tests whose name contains this");

static char *only_alg = "";
module_param_named(alg, only_alg, charp, 0444);
MODULE_PARM_DESC(alg, "test the algorithms whose name contains this");

int test_cpu = -1;
module_param_named(cpu, test_cpu, int, 0444);
MODULE_PARM_DESC(cpu, "where test one-cpu wants its callbacks (default: all on one CPU)");

bool hostile;
module_param(hostile, bool, 0444);
MODULE_PARM_DESC(hostile, "the card lies: floods look neither at data and IVs nor at who made them");

struct test {
	const char *name;
	int (*run)(struct subject *s);
};

static const struct test tests[] = {
	{ "regression-1-surplus", shapes_surplus },
	{ "regression-4-alignment", shapes_alignment },
	{ "regression-9-guards", shapes_guards },
	{ "regression-11-lists", shapes_lists },
	{ "in-place", shapes_in_place },
	{ "lengths", shapes_lengths },
	{ "keys", shapes_keys },
	{ "regression-5-13-flood", flood_one_transform },
	{ "flood-no-backlog", flood_no_backlog },
	{ "flood-rekey", flood_rekey },
	{ "one-cpu", flood_one_cpu },
};

static const struct { const char *cipher; unsigned int key_bytes; } ciphers[] = {
	{ "aes", 16 }, { "aes", 24 }, { "aes", 32 }, { "des", 8 }, { "des3_ede", 24 },
};

static const char * const modes[] = { "ecb", "cbc", "cfb", "ofb" };

/* of both keys */
static const unsigned int xts_key_bytes[] = { 32, 48, 64 };

#define RESULTS_BYTES	(128 * 1024)

static char *results;
static size_t results_len;
static struct dentry *dir;

bool test_selected(const char *test)
{
	return strstr(test, only);
}

bool alg_selected(const char *alg)
{
	if (*only_alg == '=')
		return !strcmp(alg, only_alg + 1);
	return strstr(alg, only_alg);
}

void report(const char *test, const char *alg, unsigned int bits, int err, const char *why)
{
	const char *verdict = err ? "not ok" : "ok";
	char reason[192] = "";

	if (err)
		snprintf(reason, sizeof(reason), " - %s", *why ? why : "out of memory?");
	results_len += scnprintf(results + results_len, RESULTS_BYTES - results_len,
				 "%s %s.%s-%u%s\n", verdict, test, alg, bits, reason);
	if (err)
		pr_err("%s %s.%s-%u seed %u%s\n", verdict, test, alg, bits, seed, reason);
}

static int subject_init(struct subject *s)
{
	char name[48];
	int err;

	snprintf(name, sizeof(name), "%s-%s-acf", s->mode, s->cipher);
	s->tfm = crypto_alloc_skcipher(name, 0, 0);
	if (IS_ERR(s->tfm)) {
		snprintf(s->why, sizeof(s->why), "no algorithm %s", name);
		return PTR_ERR(s->tfm);
	}
	err = ref_init(&s->ref, s->mode, s->cipher);
	if (err) {
		crypto_free_skcipher(s->tfm);
		return err;
	}
	prandom_seed_state(&s->rnd, seed);
	prandom_bytes_state(&s->rnd, s->key, sizeof(s->key));
	err = crypto_skcipher_setkey(s->tfm, s->key, s->key_bytes);
	return err ?: ref_setkey(&s->ref, s->key, s->key_bytes);
}

static void subject_exit(struct subject *s)
{
	crypto_free_skcipher(s->tfm);
	ref_exit(&s->ref);
}

/* True: a request is still out there, and nothing it uses may be freed. */
static bool run_tests(struct subject *s)
{
	char alg[48];
	unsigned int i;
	int err;

	snprintf(alg, sizeof(alg), "%s(%s)", s->mode, s->cipher);
	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		if (!test_selected(tests[i].name))
			continue;
		s->why[0] = '\0';
		err = tests[i].run(s);
		report(tests[i].name, alg, s->key_bytes * 8, err, s->why);
		if (err == -ETIMEDOUT)
			return true;
	}
	return false;
}

static void run_subject(struct subject *s)
{
	char alg[48];
	int err;

	snprintf(alg, sizeof(alg), "%s(%s)", s->mode, s->cipher);
	if (!alg_selected(alg))
		return;
	err = subject_init(s);
	if (err) {
		report("setup", s->mode, s->key_bytes * 8, err, s->why);
		return;
	}
	if (!run_tests(s))
		subject_exit(s);
}

static void run_ciphers(struct subject *s)
{
	unsigned int c;
	unsigned int m;

	for (c = 0; c < ARRAY_SIZE(ciphers); c++) {
		for (m = 0; m < ARRAY_SIZE(modes); m++) {
			s->cipher = ciphers[c].cipher;
			s->key_bytes = ciphers[c].key_bytes;
			s->mode = modes[m];
			run_subject(s);
		}
	}
}

static void run_xts(struct subject *s)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(xts_key_bytes); i++) {
		s->cipher = "aes";
		s->mode = "xts";
		s->key_bytes = xts_key_bytes[i];
		run_subject(s);
	}
}

static int run_all(void)
{
	struct subject *s = kzalloc(sizeof(*s), GFP_KERNEL);
	int err = -ENOMEM;

	if (!s)
		return err;
	s->src = area_alloc();
	s->dst = area_alloc();
	s->data = kvmalloc(LAYOUT_BYTES, GFP_KERNEL);
	if (!s->src || !s->dst || !s->data)
		goto out;
	run_ciphers(s);
	run_xts(s);
	err = 0;
out:
	kvfree(s->data);
	area_free(s->dst);
	area_free(s->src);
	kfree(s);
	return err;
}

static int results_show(struct seq_file *m, void *unused)
{
	seq_write(m, results, results_len);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(results);

static int __init acf_test_init(void)
{
	int err;

	results = vmalloc(RESULTS_BYTES);
	if (!results)
		return -ENOMEM;
	err = run_all() ?: run_macs();
	if (err) {
		vfree(results);
		return err;
	}
	dir = debugfs_create_dir("acf_test", NULL);
	debugfs_create_file("results", 0400, dir, NULL, &results_fops);
	stress_debugfs(dir);
	return 0;
}

static void __exit acf_test_exit(void)
{
	debugfs_remove(dir);
	vfree(results);
}

module_init(acf_test_init);
module_exit(acf_test_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Tests of acf's algorithms");
