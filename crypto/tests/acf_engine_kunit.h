/* SPDX-License-Identifier: GPL-2.0 */
/* What the suites of acf_engine_kunit.ko share: engines, transforms and trials of a case. */
#ifndef ACF_ENGINE_KUNIT_H
#define ACF_ENGINE_KUNIT_H

#include "acf_kunit_trial.h"
#include "acf_script_engine.h"
#include "../acf_share.h"

#define RIG_TRIALS	64
#define RIG_ENGINES	4
#define RIG_KINDS	3	/* enum trial_kind */
#define RIG_MAX_QUEUE	16	/* acf has to be loaded with a queue_len of at most this */


struct rig {
	struct script_engine *engine[RIG_ENGINES];	/* the first two, others once started */
	bool started[RIG_ENGINES];
	struct trial_tfm tfm[RIG_KINDS];
	unsigned int nr_tfms;
	struct trial_tfm user;		/* made by nobody in particular, if has_user */
	bool has_user;
	struct trial trial[RIG_TRIALS];
	unsigned int nr_trials;
};

/* What acf was loaded with; parameters of this module. */
extern unsigned int rig_queue_len;
extern unsigned int rig_flow_len;
/* Takes everything, and gives it back from another CPU. */
extern const struct script rig_calm;

/* A driver name of acf's that another algorithm had when the first engine came. */
#define RIG_NAME	"ecb-des-acf"

/* Whether acf had registered it then, and when the next engine came. */
/*
 * The first engine comes in a task that is being killed, as a loader may be: that must
 * make no difference.
 */
extern struct rig_name {
	bool while_taken;
	bool when_free;
} rig_name;

/* The algorithms of the trials: a self-test of these is quick. */
void rig_caps(struct acf_alg_set *caps);
/* All that the engine can do has passed its self-test. */
bool rig_serves_all(const struct rig *rig, int which);

int rig_suite_init(struct kunit_suite *suite);
/* A case starts with engine 0 running rig_calm, and a transform of each kind. */
int rig_init(struct kunit *test);
void rig_exit(struct kunit *test);

int rig_start(struct rig *rig, int which, const struct script *script);
void rig_vanish(struct rig *rig, int which);
/* By hand from now on, with so many slots. */
void rig_by_hand(struct rig *rig, int which, unsigned int slots);
/* rig->user: a transform as a process without any capability makes it. */
int rig_make_user(struct rig *rig);
/* Prepare and submit one more; NULL without memory. */
struct trial *rig_submit(struct rig *rig, enum trial_kind kind, unsigned int bytes, bool decrypt,
			 u32 flags);
struct trial *rig_submit_on(struct rig *rig, struct trial_tfm *tfm, unsigned int bytes,
			    bool decrypt, u32 flags);
/* Give back all that engine 0 holds, oldest first, until it holds nothing. */
void rig_complete_all(struct rig *rig);
/* All trials so far: finished and right. */
void rig_check_all(struct kunit *test);
/* Engine 0 by hand: ring, queue and backlog filled; the number of trials. */
unsigned int rig_fill(struct kunit *test, enum trial_kind kind, unsigned int slots,
		      unsigned int backlogged);

#endif
