// SPDX-License-Identifier: GPL-2.0
/* A card's place in /sys/class/acf: what it tells, how long it stays, what can be asked of it. */
#include <linux/device.h>
#include <linux/err.h>

#include "acf_engine_kunit.h"

struct place {
	struct device *parent;
	struct acf_card *card;
	struct device *dev;	/* the place as the driver core has it */
	char *text;		/* a page */
};

/* Engine 1 is the one that has it: it is started with or without by the case. */
static struct place *place_make(struct kunit *test)
{
	struct place *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	p->text = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p->text);
	p->parent = root_device_register("card-of-a-test");
	KUNIT_ASSERT_FALSE(test, IS_ERR(p->parent));
	p->card = acf_card_get(p->parent);
	KUNIT_ASSERT_NOT_NULL(test, p->card);
	p->dev = device_find_child_by_name(p->parent, "card-of-a-test");
	KUNIT_ASSERT_NOT_NULL(test, p->dev);
	return p;
}

/* A root device is on no bus that tells. */
static void place_free(struct place *p)
{
	put_device(p->dev);
	acf_card_put(p->card);
	acf_card_forget(p->parent);
	root_device_unregister(p->parent);
}

static struct device_attribute *file_of(struct place *p, const char *dir, const char *name)
{
	const struct attribute_group **group;
	struct attribute **attr;

	for (group = (const struct attribute_group **)p->dev->class->dev_groups; *group; group++)
		for (attr = (*group)->attrs; *attr; attr++)
			if (!strcmp((*group)->name ?: "", dir) && !strcmp((*attr)->name, name))
				return container_of(*attr, struct device_attribute, attr);
	return NULL;
}

static const char *read_in(struct kunit *test, struct place *p, const char *dir, const char *name)
{
	struct device_attribute *file = file_of(p, dir, name);

	KUNIT_ASSERT_NOT_NULL(test, file);
	memset(p->text, 0, PAGE_SIZE);
	KUNIT_ASSERT_GE(test, file->show(p->dev, file, p->text), 0);
	return p->text;
}

static int write_to(struct kunit *test, struct place *p, const char *name, const char *text)
{
	struct device_attribute *file = file_of(p, "", name);

	KUNIT_ASSERT_NOT_NULL(test, file);
	return file->store(p->dev, file, text, strlen(text));
}

#define EXPECT_FILE(test, p, name, want) \
	KUNIT_EXPECT_STREQ(test, read_in(test, p, "", name), want)

static struct acf_engine *start_with(struct kunit *test, struct place *p)
{
	struct rig *rig = test->priv;

	rig->engine[1]->engine.card = p->card;
	KUNIT_ASSERT_EQ(test, rig_start(rig, 1, &rig_calm), 0);
	return &rig->engine[1]->engine;
}

static void vanish(struct kunit *test)
{
	struct rig *rig = test->priv;

	rig_vanish(rig, 1);
	rig->engine[1]->engine.card = NULL;
}

static void card_tells_its_state(struct kunit *test)
{
	struct place *p = place_make(test);
	struct acf_engine *engine;

	EXPECT_FILE(test, p, "abi", "1\n");
	EXPECT_FILE(test, p, "state", "unbound\n");
	EXPECT_FILE(test, p, "selftest", "never\n");
	acf_card_starting(p->card);
	EXPECT_FILE(test, p, "state", "starting\n");
	engine = start_with(test, p);
	EXPECT_FILE(test, p, "state", "serving\n");
	EXPECT_FILE(test, p, "engine", "script1\n");
	EXPECT_FILE(test, p, "algorithms",
		    "cbc(aes) xts(aes) hmac(sha1) authenc(hmac(sha1),cbc(aes))\n");
	EXPECT_FILE(test, p, "algorithms_lost", "\n");
	acf_engine_pause(engine);
	EXPECT_FILE(test, p, "state", "resetting\n");
	KUNIT_EXPECT_EQ(test, acf_engine_resume(engine), 0);
	acf_engine_stop(engine);
	EXPECT_FILE(test, p, "state", "stopped\n");
	acf_card_failed(p->card, "serving", "no good result", "csr 0x1");
	EXPECT_FILE(test, p, "state", "failed\n");
	EXPECT_FILE(test, p, "reason", "no good result\n");
	vanish(test);
	acf_card_left(p->card);
	EXPECT_FILE(test, p, "state", "unbound\n");
	EXPECT_FILE(test, p, "reason", "\n");
	place_free(p);
}

/* The same place for who comes next, with what was known. */
static void card_stays_after_a_failed_probe(struct kunit *test)
{
	struct place *p = place_make(test);
	struct acf_card *again;

	acf_card_starting(p->card);
	acf_card_failed(p->card, "unlock", "its ciphers stay locked", "level 0x3000");
	again = acf_card_get(p->parent);
	KUNIT_EXPECT_PTR_EQ(test, again, p->card);
	acf_card_put(again);
	EXPECT_FILE(test, p, "state", "failed\n");
	read_in(test, p, "", "failure");
	KUNIT_EXPECT_NOT_NULL(test, strstr(p->text, "\nstep unlock\nregisters level 0x3000\n"
						    "reason its ciphers stay locked\n"));
	place_free(p);
}

static void card_remembers_resets(struct kunit *test)
{
	struct place *p = place_make(test);
	const struct acf_alg alg = { .name = "cbc(aes)" };
	static const char * const words[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j",
					      "k", "l", "m" };
	unsigned int i;
	char *line;

	for (i = 0; i < 3; i++)
		acf_card_note_reset(p->card, "timeout", "csr 0x2", &alg, 4096);
	for (i = 0; i < ARRAY_SIZE(words); i++)
		acf_card_note_reset(p->card, words[i], "csr 0x3", NULL, 7);
	KUNIT_EXPECT_STREQ(test, read_in(test, p, "totals", "resets"), "16\n");
	/* twelve words are told apart, the last of them "other" */
	EXPECT_FILE(test, p, "resets_by_reason",
		    "timeout 3\na 1\nb 1\nc 1\nd 1\ne 1\nf 1\ng 1\nh 1\ni 1\nj 1\nother 3\n");
	line = (char *)read_in(test, p, "", "resets_last");
	for (i = 5; i < ARRAY_SIZE(words); i++) {
		char want[64];
		char *end = strchr(line, '\n');

		KUNIT_ASSERT_NOT_NULL(test, end);
		*end = '\0';
		snprintf(want, sizeof(want), " reason %s algorithm - bytes 0 csr 0x3", words[i]);
		KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(line, want), "%s", line);
		line = end + 1;
	}
	KUNIT_EXPECT_EQ(test, *line, '\0');
	place_free(p);
}

static void card_counts_what_engines_did(struct kunit *test)
{
	struct place *p = place_make(test);
	struct rig *rig = test->priv;
	unsigned long jobs;
	unsigned long more;
	int i;

	start_with(test, p);
	rig_vanish(rig, 0);
	KUNIT_ASSERT_EQ(test, kstrtoul(read_in(test, p, "totals", "jobs"), 10, &jobs), 0);
	KUNIT_EXPECT_GT(test, jobs, 0);	/* self-tests */
	for (i = 0; i < 3; i++)
		rig_submit(rig, TRIAL_CIPHER, 64, false, CRYPTO_TFM_REQ_MAY_BACKLOG);
	rig_check_all(test);
	KUNIT_ASSERT_EQ(test, kstrtoul(read_in(test, p, "totals", "jobs"), 10, &more), 0);
	KUNIT_EXPECT_EQ(test, more, jobs + 3);
	KUNIT_EXPECT_STREQ(test, read_in(test, p, "totals", "depth"), "0\n");
	KUNIT_EXPECT_STRNEQ(test, read_in(test, p, "totals", "depth_peak"), "0\n");
	KUNIT_EXPECT_STRNEQ(test, read_in(test, p, "totals", "busy_ns"), "0\n");
	vanish(test);
	KUNIT_ASSERT_EQ(test, kstrtoul(read_in(test, p, "totals", "jobs"), 10, &jobs), 0);
	KUNIT_EXPECT_EQ(test, jobs, more);
	place_free(p);
}

static void card_says_what_its_selftest_found(struct kunit *test)
{
	const struct script wrong = { .unit = SCRIPT_WORKER, .slots = 8,
				      .spoil = SCRIPT_WRONG_TEXT, .spoiled = ACF_CBC_AES };
	struct place *p = place_make(test);
	struct acf_engine *engine = start_with(test, p);
	struct rig *rig = test->priv;
	char *wanted;
	char *got;

	KUNIT_EXPECT_EQ(test, write_to(test, p, "selftest", "1"), 1);
	EXPECT_FILE(test, p, "finding", "");
	KUNIT_EXPECT_NOT_NULL(test, strstr(read_in(test, p, "", "selftest"), " passed 4 of 4\n"));
	script_engine_play(rig->engine[1], &wrong);
	KUNIT_EXPECT_EQ(test, write_to(test, p, "selftest", "1"), -EIO);
	KUNIT_EXPECT_NOT_NULL(test, strstr(read_in(test, p, "", "selftest"),
					   " passed 3 of 4 cbc(aes)\n"));
	EXPECT_FILE(test, p, "algorithms_lost", "cbc(aes)\n");
	EXPECT_FILE(test, p, "algorithms",
		    "xts(aes) hmac(sha1) authenc(hmac(sha1),cbc(aes))\n");
	read_in(test, p, "", "finding");
	KUNIT_EXPECT_NOT_NULL(test, strstr(p->text, " algorithm cbc(aes) vector "));
	KUNIT_EXPECT_NOT_NULL(test, strstr(p->text, " off 0 reason wrong output\n"));
	wanted = strstr(p->text, "\nwanted ");
	got = strstr(p->text, "\ngot ");
	KUNIT_ASSERT_TRUE(test, wanted && got);
	KUNIT_EXPECT_TRUE(test, strncmp(wanted + 8, got + 5, 32));
	KUNIT_EXPECT_EQ(test, write_to(test, p, "selftest", "0"), -EINVAL);
	acf_engine_stop(engine);
	KUNIT_EXPECT_EQ(test, write_to(test, p, "selftest", "1"), -EBUSY);
	vanish(test);
	KUNIT_EXPECT_EQ(test, write_to(test, p, "selftest", "1"), -ENODEV);
	place_free(p);
}

/* One of the known answers at its end is lost: nobody but the self-test asks for them again. */
static void card_serves_after_a_lost_answer(struct kunit *test)
{
	struct place *p = place_make(test);
	struct script losing = rig_calm;
	struct rig *rig = test->priv;
	struct script_engine *se;
	unsigned int before;

	start_with(test, p);
	se = rig->engine[1];
	before = se->served;
	KUNIT_EXPECT_EQ(test, write_to(test, p, "selftest", "1"), 1);
	losing.lose = se->served + (se->served - before) - 3;
	script_engine_play(se, &losing);
	KUNIT_EXPECT_EQ(test, write_to(test, p, "selftest", "1"), 1);
	KUNIT_EXPECT_GT(test, se->served, losing.lose + 3);
	EXPECT_FILE(test, p, "state", "serving\n");
	vanish(test);
	place_free(p);
}

static int gone_for_a_moment(void *unused)
{
	return -ENODEV;
}

/* A card that refuses the rest of its self-test, in a reset or on its way out, has not failed it. */
static void card_loses_nothing_by_half_a_selftest(struct kunit *test)
{
	struct place *p = place_make(test);
	struct rig *rig = test->priv;

	start_with(test, p);
	rig->engine[1]->on_prepare = gone_for_a_moment;
	KUNIT_EXPECT_EQ(test, write_to(test, p, "selftest", "1"), -EAGAIN);
	EXPECT_FILE(test, p, "algorithms_lost", "\n");
	EXPECT_FILE(test, p, "state", "serving\n");
	vanish(test);
	place_free(p);
}

/* Requests wait while it is tested, and are the card's afterwards. */
static void card_is_tested_before_those_who_wait(struct kunit *test)
{
	struct place *p = place_make(test);
	struct rig *rig = test->priv;

	start_with(test, p);
	rig_vanish(rig, 0);
	KUNIT_EXPECT_EQ(test, write_to(test, p, "selftest", "1"), 1);
	KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, TRIAL_CIPHER, 64, false, 0));
	rig_check_all(test);
	EXPECT_FILE(test, p, "state", "serving\n");
	vanish(test);
	place_free(p);
}

static int asked[2];

static int note_online(struct acf_engine *engine, bool online)
{
	asked[online]++;
	if (!online)
		acf_engine_stop(engine);
	return online ? acf_engine_start(engine) : 0;
}

static void card_goes_offline_and_online(struct kunit *test)
{
	static struct acf_engine_ops ops;
	struct place *p = place_make(test);
	struct acf_engine *engine = start_with(test, p);
	const struct acf_engine_ops *without = engine->ops;

	KUNIT_EXPECT_EQ(test, write_to(test, p, "online", "0"), -EOPNOTSUPP);
	EXPECT_FILE(test, p, "online", "1\n");
	ops = *without;
	ops.online = note_online;
	engine->ops = &ops;
	KUNIT_EXPECT_EQ(test, write_to(test, p, "online", "x"), -EINVAL);
	KUNIT_EXPECT_EQ(test, write_to(test, p, "online", "0"), 1);
	EXPECT_FILE(test, p, "state", "offline\n");
	EXPECT_FILE(test, p, "online", "0\n");
	/* whoever else would start it, after sleep for one, does not */
	KUNIT_EXPECT_EQ(test, acf_engine_start(engine), -ENODEV);
	EXPECT_FILE(test, p, "state", "offline\n");
	KUNIT_EXPECT_EQ(test, write_to(test, p, "online", "1"), 1);
	EXPECT_FILE(test, p, "state", "serving\n");
	KUNIT_EXPECT_EQ(test, asked[0], 1);
	KUNIT_EXPECT_EQ(test, asked[1], 1);
	engine->ops = without;
	vanish(test);
	KUNIT_EXPECT_EQ(test, write_to(test, p, "online", "1"), -ENODEV);
	place_free(p);
}

static struct kunit_case acf_card_cases[] = {
	KUNIT_CASE(card_tells_its_state),
	KUNIT_CASE(card_stays_after_a_failed_probe),
	KUNIT_CASE(card_remembers_resets),
	KUNIT_CASE(card_counts_what_engines_did),
	KUNIT_CASE(card_says_what_its_selftest_found),
	KUNIT_CASE(card_serves_after_a_lost_answer),
	KUNIT_CASE(card_loses_nothing_by_half_a_selftest),
	KUNIT_CASE(card_is_tested_before_those_who_wait),
	KUNIT_CASE(card_goes_offline_and_online),
	{}
};

static struct kunit_suite acf_card_suite = {
	.name = "acf_card",
	.suite_init = rig_suite_init,
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = acf_card_cases,
};
kunit_test_suite(acf_card_suite);
