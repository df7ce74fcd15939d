// SPDX-License-Identifier: GPL-2.0
/*
 * The experiments of drivers/survey, each at each value of each knob of the virtual card's silicon: the
 * survey gives the value back, and the model's of all other knobs. In one process, without a
 * kernel; ci/guest/suites/survey has the module.
 */
#include <vcard.h>
#include <silicon/knobs.h>

#include "../../../drivers/survey/survey.h"
#include "harness.h"
#include "machine.h"

/* What cannot be seen: nothing faults where all of memory can be read. */
#define UNSEEN		VC_K_SOURCE_READ

static struct vcard *card;
static struct pci_bus bus;
static struct pci_dev pdev = { .vendor = 0x13a3, .device = 0x20, .irq = 1, .bus = &bus };

struct findings {
	int value[VC_KNOBS];	/* -1: not told */
	bool twice;		/* two answers to one question, */
	bool unknown;		/* or a word that is none of a knob's */
	unsigned int cycles;	/* power cycles that it wanted */
};

/* ---- what the lines say ---- */

static int value_of(int knob, const char *text)
{
	const struct vc_knob_info *info = &vc_knob_info[knob];

	for (int i = 0; i < VC_KNOB_VALUES && info->value[i].name; i++)
		if (!strcmp(info->value[i].name, text))
			return i;
	return -1;
}

static void note(struct findings *f, char *pair)
{
	char *text = strchr(pair, '=');
	int value = -1;

	*text++ = '\0';
	for (int i = 0; i < VC_KNOBS; i++) {
		if (strcmp(vc_knob_info[i].name, pair))
			continue;
		value = value_of(i, text);
		f->twice |= f->value[i] >= 0 && f->value[i] != value;
		f->value[i] = value;
	}
	f->unknown |= value < 0;
}

static void read_lines(struct findings *f, const char *id, char *text)
{
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		if (getenv("SURVEY_LOG"))
			fprintf(stderr, "%s %s\n", id, line);
		if (!strncmp(line, "model ", 6))
			note(f, line + 6);
	}
}

/* ---- one survey ---- */

static struct survey *bind(void)
{
	struct survey *s = calloc(1, sizeof(*s));

	machine_forget();
	s->pdev = &pdev;
	s->bar0 = (void *)0x10000000;
	s->bar1 = (void *)0x20000000;
	s->text = calloc(1, SURVEY_TEXT);
	kernel_master(false);
	if (survey_trace_init(s) || survey_memory_alloc(s))
		abort();
	return s;
}

static void unbind(struct survey *s)
{
	if (s->found.looked)
		survey_quiesce(s);
	survey_memory_free(s);
	survey_trace_free(s);
	free(s->text);
	free(s);
}

static void become(const char *knob)
{
	const char *why = vcard_become(card, "default");

	if (!why && strcmp(knob, "default"))
		why = vcard_become(card, knob);
	if (why)
		FAIL("%s: %s", knob, why);
}

/* A card that wants a power cycle gets it, and the survey goes on behind what it was at. */
static struct survey *ask(struct survey *s, struct findings *f, const char *knob,
			  const struct survey_experiment *e)
{
	int err = survey_experiment_run(s, e);

	read_lines(f, e->id, s->text);
	if (err == -ENODEV)
		FAIL("%s: the card is gone", e->id);
	if (err != -ESHUTDOWN)
		return s;
	f->cycles++;
	unbind(s);
	become(knob);
	return bind();
}

/* danger: that one alone, of group E. */
static void make_survey(struct findings *f, const char *knob, const char *danger)
{
	struct survey *s;

	memset(f, 0, sizeof(*f));
	memset(f->value, -1, sizeof(f->value));
	become(knob);
	s = bind();
	for (const struct survey_experiment *e = survey_table; e->id; e++)
		if (danger ? !strcmp(e->id, danger) : !survey_is_danger(e))
			s = ask(s, f, knob, e);
	unbind(s);
}

/* ---- the tests ---- */

static const char *danger_of(int knob)
{
	return knob == VC_K_WRITE_RAM ? "E2" : knob == VC_K_UNLOCK_TWICE ? "E3" : NULL;
}

static void check_others(const struct findings *f, int knob, const char *name)
{
	for (int i = 0; i < VC_KNOBS; i++)
		if (i != knob && f->value[i] > 0)
			FAIL("%s: %s is told to be %s", name, vc_knob_info[i].name,
			     vc_knob_info[i].value[f->value[i]].name);
	if (f->twice || f->unknown)
		FAIL("%s: two answers to one question, or a word that no knob has", name);
}

static void check_value(int knob, int value)
{
	const struct vc_knob_info *info = &vc_knob_info[knob];
	struct findings f;
	char name[64];

	snprintf(name, sizeof(name), "%s=%s", info->name, info->value[value].name);
	make_survey(&f, name, danger_of(knob));
	if (f.value[knob] != value)
		FAIL("%s: told is %s", name, f.value[knob] < 0 ? "nothing" :
		     info->value[f.value[knob]].name);
	check_others(&f, knob, name);
}

static void each_knob(int from, int to)
{
	card = machine_start();
	for (int knob = from; knob < to; knob++)
		for (int i = 1; knob != UNSEEN && i < VC_KNOB_VALUES &&
		     vc_knob_info[knob].value[i].name; i++)
			check_value(knob, i);
	machine_end();
}

/* The modelled card is told to be the modelled card, in everything that can be seen of it. */
static void test_modelled(void)
{
	struct findings f;

	card = machine_start();
	make_survey(&f, "default", NULL);
	for (int i = 0; i < VC_KNOBS; i++)
		if (i != UNSEEN && i != VC_K_PARITY && !danger_of(i) && f.value[i])
			FAIL("%s: told is %s", vc_knob_info[i].name, f.value[i] < 0 ? "nothing" :
			     vc_knob_info[i].value[f.value[i]].name);
	CHECK(!f.twice && !f.unknown);
	CHECK_EQ(f.cycles, 0);
	machine_end();
}

static void test_commands(void)
{
	each_knob(VC_K_BAD_COMMAND, VC_K_POWER_LEVEL);
}

static void test_start(void)
{
	each_knob(VC_K_POWER_LEVEL, VC_K_RESIDUAL);
}

static void test_results(void)
{
	each_knob(VC_K_RESIDUAL, VC_K_RING_RETURN);
}

static void test_rest(void)
{
	each_knob(VC_K_RING_RETURN, VC_KNOBS);
}

static int run(struct survey *s, const char *id)
{
	const struct survey_experiment *e = survey_table;

	while (e->id && strcmp(e->id, id))
		e++;
	return survey_experiment_run(s, e);
}

/* Of group E one for each power cycle, and none where SERR# is on. */
static void test_danger(void)
{
	struct survey *s;

	card = machine_start();
	become("default");
	s = bind();
	CHECK_EQ(run(s, "E1"), 0);
	CHECK(strstr(s->text, "model bad-command=told"));
	CHECK_EQ(run(s, "E2"), (u64)-EALREADY);
	CHECK_EQ(run(s, "C1"), 0);
	unbind(s);
	machine_end();
}

/* A chip that stays locked is not unlocked again and again, and not asked what would mean nothing. */
static void test_locked(void)
{
	struct survey *s;

	card = machine_start();
	become("default");
	CHECK(!vcard_fault(card, "locked"));
	s = bind();
	CHECK_EQ(run(s, "C1"), 0);
	CHECK(strstr(s->text, "answer AES-128-CBC is wrong"));
	CHECK_EQ(run(s, "C2"), 0);
	CHECK(strstr(s->text, "answer not asked: AES-128-CBC is wrong"));
	CHECK(!strstr(s->text, "model"));
	CHECK_EQ(run(s, "C4"), 0);
	CHECK_EQ(machine_unlocks(), 1);
	unbind(s);
	machine_end();
}

/* Nor is one that a survey before has unlocked, although its level does not say so. */
static void test_unlocked(void)
{
	struct survey *s;

	card = machine_start();
	become("level=blank");
	for (int i = 0; i < 2; i++) {
		s = bind();
		CHECK_EQ(run(s, "C1"), 0);
		CHECK(strstr(s->text, "answer AES-128-CBC is right"));
		unbind(s);
	}
	CHECK_EQ(machine_unlocks(), 1);
	machine_end();
}

/* One that stands still at its first cipher is not one whose answer is wrong. */
static void test_still(void)
{
	struct survey *s;

	card = machine_start();
	become("default");
	CHECK(!vcard_fault(card, "stuck%1"));
	s = bind();
	CHECK_EQ(run(s, "C2"), (u64)-ESHUTDOWN);
	CHECK(strstr(s->text, "answer not asked: it stands still"));
	CHECK(!strstr(s->text, "is wrong"));
	unbind(s);
	machine_end();
}

/* A line that stays up is closed at the fourth interrupt. */
static void test_storm(void)
{
	struct survey *s;

	card = machine_start();
	become("default");
	s = bind();
	CHECK_EQ(run(s, "C6"), 0);
	CHECK(strstr(s->text, "enabled when it is set: 4 interrupts\n"));
	CHECK_EQ(ioread32(s->bar1 + HIFN_1_DMA_IER), 0);
	unbind(s);
	machine_end();
}

/* Off the bus in the middle: it is told, nothing hangs, and nothing is asked any more. */
static void test_gone(void)
{
	struct survey *s;

	card = machine_start();
	become("default");
	s = bind();
	CHECK_EQ(run(s, "C1"), 0);
	CHECK(!vcard_fault(card, "gone:20"));
	CHECK_EQ(run(s, "C2"), (u64)-ENODEV);
	CHECK(strstr(s->text, "answer the card is gone"));
	CHECK_EQ(run(s, "C4"), (u64)-ENODEV);
	unbind(s);
	machine_end();
}

/* A page of the trace at a time, in the grammar of the virtual card's. */
static void test_trace(void)
{
	char page[PAGE_SIZE + 1];
	unsigned int pages = 0;
	ssize_t n;
	struct survey *s;

	card = machine_start();
	become("default");
	s = bind();
	CHECK_EQ(run(s, "C4"), 0);
	while ((n = survey_trace_next(s, page)) > 0 && pages++ < 100) {
		page[n] = '\0';
		CHECK(n < PAGE_SIZE && page[n - 1] == '\n');
		CHECK(!strncmp(page, "trace ", 6));
		CHECK(pages > 1 || strstr(page, " mmio w BAR1 0x048 DMA_CNFG 0x00000007\n"));
	}
	CHECK(pages > 1 && pages < 100);
	unbind(s);
	machine_end();
}

static const struct test tests[] = {
	{ "modelled", test_modelled }, { "commands", test_commands }, { "start", test_start },
	{ "results", test_results }, { "rest", test_rest }, { "danger", test_danger },
	{ "locked", test_locked }, { "unlocked", test_unlocked },
	{ "still", test_still }, { "storm", test_storm },
	{ "gone", test_gone }, { "trace", test_trace },
};

RUN_TESTS("survey")
