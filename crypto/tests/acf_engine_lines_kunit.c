// SPDX-License-Identifier: GPL-2.0
/* Who waits for an engine: turns of system and user, jobs that cannot wait, those woken. */
#include "acf_engine_kunit.h"

static void make_user(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, rig_make_user(test->priv), 0);
}

static struct trial *submit_user(struct kunit *test, unsigned int bytes)
{
	struct rig *rig = test->priv;
	struct trial *t = rig_submit_on(rig, &rig->user, bytes, false,
					CRYPTO_TFM_REQ_MAY_BACKLOG);

	KUNIT_ASSERT_NOT_NULL(test, t);
	return t;
}

static struct trial *submit_system(struct kunit *test, unsigned int bytes)
{
	struct trial *t = rig_submit(test->priv, TRIAL_CIPHER, bytes, false,
				     CRYPTO_TFM_REQ_MAY_BACKLOG);

	KUNIT_ASSERT_NOT_NULL(test, t);
	return t;
}

static void complete_some(struct kunit *test, unsigned int nr)
{
	struct rig *rig = test->priv;

	while (nr--)
		KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[0], 0, 0));
}

/* Equal requests of system and user, the system's first: served in turns. */
static void lines_take_turns(struct kunit *test)
{
	struct rig *rig = test->priv;
	unsigned int nr = min(rig_queue_len, 4u);
	struct trial *first, *system, *user;
	unsigned int i;

	make_user(test);
	rig_by_hand(rig, 0, 1);
	first = rig_submit(rig, TRIAL_CIPHER, 64, false, 0);
	KUNIT_ASSERT_NOT_NULL(test, first);
	system = &rig->trial[rig->nr_trials];
	for (i = 0; i < nr; i++)
		KUNIT_ASSERT_NOT_NULL(test, rig_submit(rig, TRIAL_CIPHER, 64, i & 1, 0));
	user = &rig->trial[rig->nr_trials];
	for (i = 0; i < nr; i++)
		KUNIT_ASSERT_NOT_NULL(test, rig_submit_on(rig, &rig->user, 64, i & 1, 0));
	KUNIT_EXPECT_EQ(test, acf_queued(ACF_CLASS_USER), nr);
	KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[0], 0, 0));
	KUNIT_EXPECT_EQ(test, atomic_read(&first->finals), 1);
	for (i = 0; i < 2 * nr; i++) {
		struct trial *next = i & 1 ? &user[i / 2] : &system[i / 2];

		KUNIT_EXPECT_TRUE(test, script_engine_complete(rig->engine[0], 0, 0));
		KUNIT_EXPECT_EQ_MSG(test, atomic_read(&next->finals), 1, "turn %u", i);
	}
	rig_check_all(test);
}

/* A job costs more than its bytes: many small ones do not keep the card to themselves. */
static void lines_charge_for_small_jobs(struct kunit *test)
{
	const unsigned int turns = 5; /* 5 x (16 + 256) bytes pass 1024 + 256 */
	struct trial *system[2], *user[8];
	struct rig *rig = test->priv;
	unsigned int i;

	if (rig_queue_len < ARRAY_SIZE(user))
		kunit_skip(test, "a queue of %u is too short", rig_queue_len);
	make_user(test);
	rig_by_hand(rig, 0, 1);
	submit_system(test, 64);
	for (i = 0; i < ARRAY_SIZE(system); i++)
		system[i] = submit_system(test, 1024);
	for (i = 0; i < ARRAY_SIZE(user); i++)
		user[i] = submit_user(test, 16);
	complete_some(test, 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&system[0]->finals), 1);
	complete_some(test, turns);
	KUNIT_EXPECT_EQ(test, atomic_read(&user[turns - 1]->finals), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&system[1]->finals), 0);
	complete_some(test, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&system[1]->finals), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&user[turns]->finals), 0);
	rig_complete_all(rig);
	rig_check_all(test);
}

/* What the engine will never take does not wait for it: its submitter does it, at once. */
static void lines_hold_only_what_fits(struct kunit *test)
{
	const struct script script = { .slots = 1, .most = 128 };
	struct rig *rig = test->priv;
	struct trial *held, *queued, *large;

	script_engine_play(rig->engine[0], &script);
	held = submit_system(test, 64);
	queued = submit_system(test, 64);
	large = submit_system(test, 256);
	KUNIT_EXPECT_EQ(test, held->ret, -EINPROGRESS);
	KUNIT_EXPECT_EQ(test, queued->ret, -EINPROGRESS);
	KUNIT_EXPECT_EQ(test, large->ret, 0);
	KUNIT_EXPECT_EQ(test, acf_queued(ACF_CLASS_SYSTEM), 1);
	rig_complete_all(rig);
	rig_check_all(test);
}

static void submit_another(struct trial *t)
{
	trial_submit(t->priv);
}

/* A newcomer between a waiting job's notification and its place in the queue. */
static void lines_newcomer_waits_behind_the_woken(struct kunit *test)
{
	struct rig *rig = test->priv;
	unsigned int nr = rig_fill(test, TRIAL_CIPHER, 1, 1);
	struct trial *woken = &rig->trial[nr - 1], *newcomer = &rig->trial[nr];

	KUNIT_ASSERT_EQ(test, trial_alloc(newcomer, &rig->tfm[TRIAL_CIPHER]), 0);
	rig->nr_trials++;
	KUNIT_ASSERT_EQ(test, trial_prepare(newcomer, 16, false, CRYPTO_TFM_REQ_MAY_BACKLOG), 0);
	woken->on_notice = submit_another;
	woken->priv = newcomer;
	rig_complete_all(rig);
	rig_check_all(test);
	KUNIT_EXPECT_EQ(test, newcomer->ret, -EBUSY);
	KUNIT_EXPECT_EQ(test, woken->place, nr - 1);
	KUNIT_EXPECT_EQ(test, newcomer->place, nr);
}

static u64 steps(const struct acf_latency *latency)
{
	u64 sum = 0;
	int i;

	for (i = 0; i < ACF_NR_STEPS; i++)
		sum += atomic64_read(&latency->step[i]);
	return sum;
}

/* Each job has waited once, and was once on the card, however it got there. */
static void lines_measure_every_job(struct kunit *test)
{
	struct rig *rig = test->priv;
	const struct acf_engine *engine = &rig->engine[0]->engine;
	u64 waited = steps(&engine->wait[ACF_CLASS_SYSTEM]);
	u64 on_card = steps(&engine->took[ACF_CBC_AES]);
	unsigned int nr = rig_fill(test, TRIAL_CIPHER, 2, 1);

	KUNIT_EXPECT_EQ(test, steps(&engine->wait[ACF_CLASS_SYSTEM]), waited + 2);
	KUNIT_EXPECT_EQ(test, steps(&engine->took[ACF_CBC_AES]), on_card);
	rig_complete_all(rig);
	KUNIT_EXPECT_EQ(test, steps(&engine->wait[ACF_CLASS_SYSTEM]), waited + nr);
	KUNIT_EXPECT_EQ(test, steps(&engine->took[ACF_CBC_AES]), on_card + nr);
	rig_check_all(test);
}

struct note {
	struct trial *system;
	unsigned int nr_system;
	int left;		/* of these, when the first user's request was done; or -1 */
};

static void note_system(struct trial *t)
{
	struct note *note = t->priv;
	unsigned int i;
	int left = 0;

	for (i = 0; i < note->nr_system; i++)
		left += !atomic_read(&note->system[i].finals);
	cmpxchg(&note->left, -1, left);
}

/* The CPU begins all of the system's, backlog included, before the first of a user. */
static void lines_stop_with_the_system_first(struct kunit *test)
{
	struct rig *rig = test->priv;
	unsigned int nr = rig_fill(test, TRIAL_CIPHER, 1, 1);
	struct note note = { .system = &rig->trial[1], .nr_system = nr - 1, .left = -1 };
	struct trial *user;
	unsigned int i;

	if (nr + rig_queue_len + 1 > RIG_TRIALS)
		kunit_skip(test, "a queue of %u is too long", rig_queue_len);
	make_user(test);
	for (i = 0; i <= rig_queue_len; i++) {
		user = submit_user(test, 16);
		user->on_final = note_system;
		user->priv = &note;
	}
	KUNIT_ASSERT_EQ(test, user->ret, -EBUSY);
	acf_engine_stop(&rig->engine[0]->engine);
	rig_complete_all(rig);
	rig_check_all(test);
	/* one may be in the hands of each CPU but the user's */
	KUNIT_EXPECT_GE(test, note.left, 0);
	KUNIT_EXPECT_LT(test, note.left, (int)num_possible_cpus());
}

static struct kunit_case acf_lines_cases[] = {
	KUNIT_CASE(lines_take_turns),
	KUNIT_CASE(lines_charge_for_small_jobs),
	KUNIT_CASE(lines_hold_only_what_fits),
	KUNIT_CASE(lines_newcomer_waits_behind_the_woken),
	KUNIT_CASE(lines_measure_every_job),
	KUNIT_CASE(lines_stop_with_the_system_first),
	{}
};

static struct kunit_suite acf_lines_suite = {
	.name = "acf_lines",
	.suite_init = rig_suite_init,
	.init = rig_init,
	.exit = rig_exit,
	.test_cases = acf_lines_cases,
};
kunit_test_suite(acf_lines_suite);
