// SPDX-License-Identifier: BSD-2-Clause
/* hifnctl survey: what a card is like, asked of the card, into a file that vcard can play. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "card.h"
#include "files.h"
#include "hifnctl.h"
#include "survey_card.h"
#include "survey_file.h"

struct options {
	const char *path;
	const char *card;
	const char *danger;	/* one of group E, and nothing else */
	bool resume;
	bool yes;
};

struct survey {
	struct options o;
	struct survey_card card;
	struct survey_file file;
	json_object *rows;	/* of --json, or NULL */
	json_object *model;
};

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	stop = number;
}

/* An experiment is not torn off: the card would be left in the middle of it. */
static void catch_signals(void)
{
	const struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGPIPE, &action, NULL);
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ull + t.tv_nsec / 1000000;
}

/* ---- one experiment ---- */

static const char *say_run(int err)
{
	switch (err) {
	case 0:
		return NULL;
	case ENODEV:
	case ENOENT:
		return "the card is gone: check slot and power";
	case ESHUTDOWN:
		return "power-cycle the machine, then go on with --resume";
	case EPERM:
		return "refused: SERR# of the card is on, which may be an NMI: setpci COMMAND=0:100 takes it off";
	case EALREADY:
		return "refused: one of group E for each power cycle";
	default:
		return strerror(err);
	}
}

/* KEY=VALUE behind "model ". */
static void note_model(struct survey *s, char *pair, char *shown, size_t room)
{
	size_t used = strlen(shown);
	char *value;

	snprintf(shown + used, room - used, " %s", pair);
	value = strchr(pair, '=');
	if (!value || !s->model)
		return;
	*value++ = '\0';
	json_add_text(s->model, pair, value);
}

static void show(struct survey *s, const char *id, uint64_t ms, char *result, const char *error)
{
	char shown[512] = "";
	char *line;

	while ((line = next_line(&result)))
		if (starts_with(line, "model "))
			note_model(s, line + 6, shown, sizeof(shown));
	if (json) {
		json_object *row = json_object_new_object();

		json_add_text(row, "id", id);
		json_add_number(row, "duration_ms", ms);
		json_add_text(row, "error", error);
		json_object_array_add(s->rows, row);
		return;
	}
	printf("%-4s %5.1f s %s%s%s\n", id, ms / 1000.0, shown, error ? "  " : "", error ?: "");
	fflush(stdout);
}

static int write_result(struct survey *s, const char *result, const char *error)
{
	char *trace;
	int status = survey_file_text(&s->file, result);

	if (!status && error && !strstr(result, "the card is gone")) {
		status = survey_file_text(&s->file, "answer ");
		status = status ?: survey_file_text(&s->file, error);
		status = status ?: survey_file_text(&s->file, "\n");
	}
	while (!status && (trace = survey_card_trace(&s->card))) {
		status = survey_file_text(&s->file, trace);
		free(trace);
	}
	return status;
}

/* Refused, or the card wants a power cycle before it can be asked: that is no answer. */
static bool not_asked(const char *result, const char *error)
{
	return error && (!*result || strstr(result, "answer not asked: "));
}

/* UNKNOWN: no more of them; said. */
static int experiment(struct survey *s, const char *id)
{
	uint64_t begin = now_ms();
	const char *error;
	char *result;
	int status;

	if (survey_file_begin(&s->file, id))
		return UNKNOWN;
	error = say_run(survey_card_run(&s->card, id));
	result = survey_card_result(&s->card) ?: copy_text("");
	status = write_result(s, result, error);
	if (!status)
		status = not_asked(result, error) ? survey_file_again(&s->file, id) :
						    survey_file_end(&s->file, id);
	show(s, id, now_ms() - begin, result, error);
	free(result);
	if (!status && error)
		status = fail("%s: %s: %s", s->card.address, id, error);
	return status;
}

/* ---- all of them ---- */

static bool wanted(const struct survey *s, const char *id)
{
	if (s->o.danger)
		return !strcmp(id, s->o.danger);
	return *id != 'E' && !survey_file_has(&s->file, id);
}

static int run_all(struct survey *s, char *table)
{
	unsigned int ran = 0;
	char *line;

	while ((line = next_line(&table))) {
		const char *id = next_word(&line);

		if (!id || !wanted(s, id))
			continue;
		if (stop)
			return fail("stopped: --resume goes on");
		if (experiment(s, id))
			return UNKNOWN;
		ran++;
	}
	if (s->o.danger && !ran)
		return fail("there is no experiment \"%s\"", s->o.danger);
	return survey_file_finish(&s->file);
}

static int open_file(struct survey *s)
{
	int status = s->o.resume ? survey_file_resume(&s->file, s->o.path, s->o.danger) :
				   survey_file_create(&s->file, s->o.path);

	if (status)
		return status;
	if (*s->file.culprit && !json)
		printf("%s is what the machine did not survive; going on behind it\n",
		       s->file.culprit);
	return OK;
}

static int with_card(struct survey *s)
{
	char *table = survey_card_experiments(&s->card);
	int status;

	if (!table)
		return UNKNOWN;
	status = open_file(s);
	if (!status) {
		status = run_all(s, table);
		survey_file_close(&s->file);
	}
	free(table);
	return status;
}

static bool allowed(const struct survey *s)
{
	char answer[8];

	if (s->o.yes)
		return true;
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		fail("no terminal to ask at: --yes, if the machine may hang until a power cycle");
		return false;
	}
	printf("The machine may hang, at worst until a power cycle; --resume goes on then. Go on? [y/N] ");
	fflush(stdout);
	return fgets(answer, sizeof(answer), stdin) && (*answer == 'y' || *answer == 'Y');
}

static int survey(struct survey *s, const struct card *card)
{
	int status;

	if (geteuid())
		return fail("run as root");
	if (!allowed(s))
		return UNKNOWN;
	catch_signals();
	status = survey_card_take(&s->card, card);
	if (status)
		return status;
	status = with_card(s);
	survey_card_leave(&s->card);
	return status;
}

/* With --json: what was found, unless an error was told instead. */
static void print_json(struct survey *s)
{
	json_object *object = json_begin();

	json_add_text(object, "card", s->card.address);
	json_add_text(object, "file", s->o.path);
	json_add_text(object, "culprit", *s->file.culprit ? s->file.culprit : NULL);
	json_add(object, "experiments", s->rows);
	json_add(object, "model", s->model);
	json_end(object);
}

static int on_card(struct survey *s)
{
	struct cards cards;
	const struct card *card;
	int status;

	cards_read(&cards);
	card = cards_choose(&cmd_survey, &cards, s->o.card);
	if (!card) {
		cards_free(&cards);
		return UNKNOWN;
	}
	s->rows = json ? json_object_new_array() : NULL;
	s->model = json ? json_object_new_object() : NULL;
	status = survey(s, card);
	cards_free(&cards);
	if (json && !status) {
		print_json(s);
	} else {
		json_object_put(s->rows);
		json_object_put(s->model);
	}
	return status;
}

static int take_argument(struct options *o, const char *text)
{
	if (!strcmp(text, "--resume"))
		o->resume = true;
	else if (!strcmp(text, "--yes"))
		o->yes = true;
	else if (*text == '-' || (o->path && o->card))
		return usage_error(&cmd_survey, "unknown option or argument \"%s\"", text);
	else if (!o->path)
		o->path = text;
	else
		o->card = text;
	return OK;
}

static int run(int argc, char **argv)
{
	struct survey s = { .file.fd = -1 };
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--danger")) {
			if (!argv[i + 1] || *argv[i + 1] != 'E')
				return usage_error(&cmd_survey, "--danger wants one of E1, E2, E3");
			s.o.danger = argv[++i];
		} else if (take_argument(&s.o, argv[i])) {
			return UNKNOWN;
		}
	}
	if (!s.o.path)
		return usage_error(&cmd_survey, "a file for the answers, on a disk, stick or NFS");
	return on_card(&s);
}

const struct command cmd_survey = {
	.name = "survey",
	.summary = "for the first owner of a card: ask it what it is like",
	.help =
	"usage: hifnctl survey FILE [CARD] [--resume] [--danger ID] [--yes] [--json]\n"
	"\n"
	"Makes fixed experiments with a card that no driver has, and writes what it answers to FILE,\n"
	"which is on the disk before each of them begins. THE MACHINE MAY HANG, AT WORST UNTIL A\n"
	"POWER CYCLE: nothing that matters should run on it. Test keys only, no names of the machine\n"
	"in FILE.\n"
	"--resume: goes on with FILE behind the experiment that the machine did not survive, which\n"
	"is named in it. --danger: one of E1, E2, E3, which no driver ever did; one a power cycle.\n"
	"--yes: does not ask. Ends with 0 done, 3 it could not be, or not to its end.\n",
	.run = run,
};
