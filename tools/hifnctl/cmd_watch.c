// SPDX-License-Identifier: BSD-2-Clause
/* hifnctl watch: what the cards do now, again and again. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "files.h"
#include "hifnctl.h"
#include "look.h"

#include <curses.h>	/* last: its OK is a macro, and the same */

#define NARROWEST	72	/* columns of the full screen */

struct sample {
	uint64_t at_ns;
	struct cards cards;
};

struct rates {
	char time[16];
	const char *card;
	const char *state;
	double busy;		/* 0 to 100 */
	double requests;	/* a second, from here on */
	double bytes;
	double interrupts;
	double by_cpu;
	uint64_t depth;
	uint64_t resets;
};

static void sample_take(struct sample *s)
{
	cards_read(&s->cards);
	s->at_ns = read_number(boottime_ns(), "/boottime");
}

static double per_second(uint64_t now, uint64_t before, double seconds)
{
	return now > before && seconds > 0 ? (now - before) / seconds : 0;
}

static uint64_t cpu_sum(const struct card *card)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < NR_REASONS; i++)
		sum += card->cpu[i];
	return sum;
}

/* A card that has come meanwhile begins with nothing. */
static void rates_of(struct rates *r, const struct sample *now, const struct sample *before, size_t i)
{
	const struct card *card = &now->cards.card[i];
	const struct card *old = cards_find(&before->cards, card->address) ?: card;
	double seconds = (now->at_ns - before->at_ns) / 1e9;
	time_t clock = time(NULL);
	struct tm tm;

	memset(r, 0, sizeof(*r));
	strftime(r->time, sizeof(r->time), "%H:%M:%S", localtime_r(&clock, &tm));
	r->card = card->address;
	r->state = card->known ? card->state : "unbound";
	r->busy = per_second(card->busy_ns, old->busy_ns, seconds) / 1e7;
	if (r->busy > 100)
		r->busy = 100;
	r->requests = per_second(card->jobs, old->jobs, seconds);
	r->bytes = per_second(card->bytes, old->bytes, seconds);
	r->interrupts = per_second(card->interrupts, old->interrupts, seconds);
	r->by_cpu = per_second(cpu_sum(card), cpu_sum(old), seconds);
	r->depth = card->depth;
	r->resets = card->resets;
}

static const char heading[] =
	"time      card          busy%   req/s   MB/s  depth  irq/s  by-cpu/s  resets";

static void line_of(const struct rates *r, char *text, size_t bytes)
{
	snprintf(text, bytes, "%-8s  %-12s %6.0f %7.0f %6.1f %6llu %6.0f %9.0f %7llu", r->time,
		 r->card, r->busy, r->requests, r->bytes / 1e6, (unsigned long long)r->depth,
		 r->interrupts, r->by_cpu, (unsigned long long)r->resets);
}

static void print_json(const struct rates *r)
{
	json_object *object = json_begin();

	json_add_text(object, "time", r->time);
	json_add_text(object, "card", r->card);
	json_add_text(object, "state", r->state);
	json_add(object, "busy_ratio", json_object_new_double(r->busy / 100));
	json_add(object, "requests_per_second", json_object_new_double(r->requests));
	json_add(object, "rate_bytes_per_second", json_object_new_double(r->bytes));
	json_add_number(object, "depth", r->depth);
	json_add(object, "interrupts_per_second", json_object_new_double(r->interrupts));
	json_add(object, "by_cpu_per_second", json_object_new_double(r->by_cpu));
	json_add_number(object, "resets", r->resets);
	json_end(object);
}

static void print_lines(const struct sample *now, const struct sample *before)
{
	struct rates r;
	char text[128];
	size_t i;

	for (i = 0; i < now->cards.nr; i++) {
		rates_of(&r, now, before, i);
		if (json) {
			print_json(&r);
			continue;
		}
		line_of(&r, text, sizeof(text));
		puts(text);
	}
	fflush(stdout);
}

/* ---- full screen ---- */

static void draw_card(int *row, const struct rates *r)
{
	int width = COLS - 24;
	int full = width * r->busy / 100;
	char text[128];

	line_of(r, text, sizeof(text));
	mvaddnstr((*row)++, 0, text, COLS);
	mvprintw(*row, 10, "%-10.10s [", r->state);
	if (full > 0)
		hline('#', full);
	mvaddch((*row)++, 22 + width, ']');
}

static void draw(const struct sample *now, const struct sample *before)
{
	struct rates r;
	int row = 2;
	size_t i;

	erase();
	if (COLS < NARROWEST || LINES < 5) {
		mvprintw(0, 0, "%d columns and 5 lines are needed", NARROWEST);
		refresh();
		return;
	}
	mvaddnstr(0, 0, heading, COLS);
	for (i = 0; i < now->cards.nr && row + 2 < LINES; i++) {
		rates_of(&r, now, before, i);
		draw_card(&row, &r);
	}
	if (!now->cards.nr)
		mvaddstr(2, 0, "no HIFN 7955 or 7956 in this machine");
	mvaddstr(LINES - 1, 0, "q: end   by-cpu/s is of all cards together");
	refresh();
}

/* True: go on. */
static bool wait_screen(double seconds)
{
	int key;

	timeout(seconds * 1000);
	key = getch();
	return key != 'q' && key != 27;
}

static void wait_lines(double seconds)
{
	const struct timespec time = { seconds, (seconds - (long)seconds) * 1e9 };

	nanosleep(&time, NULL);
}

static void watch(double interval, unsigned long count, bool screen)
{
	struct sample samples[2];
	unsigned long i;

	sample_take(&samples[0]);
	for (i = 1; !count || i <= count; i++) {
		struct sample *now = &samples[i & 1];
		struct sample *before = &samples[~i & 1];

		if (!screen)
			wait_lines(interval);
		else if (!wait_screen(interval))
			break;
		sample_take(now);
		if (screen)
			draw(now, before);
		else
			print_lines(now, before);
		cards_free(&before->cards);
		/* who has no terminal and reads no more */
		if (ferror(stdout))
			break;
	}
	cards_free(&samples[(i - 1) & 1].cards);
}

static int run(int argc, char **argv)
{
	double interval = 1;
	unsigned long count = 0;
	bool screen = isatty(STDOUT_FILENO) && isatty(STDIN_FILENO) && !json;
	char *end;
	int option;

	optind = 1;
	opterr = 0;
	while ((option = getopt(argc, argv, "i:c:")) != -1) {
		end = optarg;
		if (option == 'i')
			interval = strtod(optarg, &end);
		else if (option == 'c')
			count = strtoul(optarg, &end, 10);
		if (option == '?' || !*optarg || *end || !(interval >= 0.1 && interval <= 3600) ||
		    (option == 'c' && (!count || *optarg == '-')))
			return usage_error(&cmd_watch, "-i SECONDS, 0.1 to 3600, and -c COUNT");
	}
	if (optind != argc)
		return usage_error(&cmd_watch, "unknown argument \"%s\"", argv[optind]);
	if (screen && !newterm(NULL, stdout, stdin))
		screen = false;
	if (screen) {
		noecho();
		curs_set(0);
	} else if (!json) {
		puts(heading);
	}
	watch(interval, count, screen);
	if (screen)
		endwin();
	return OK;
}

const struct command cmd_watch = {
	.name = "watch",
	.summary = "what the cards do now, every second",
	.help =
	"usage: hifnctl watch [-i SECONDS] [-c COUNT] [--json]\n"
	"\n"
	"On a terminal the full screen, until q; otherwise a line for each card and interval;\n"
	"with --json an object for each. req/s, MB/s: done by the card; depth: requests on it now;\n"
	"irq/s: for root; by-cpu/s: requests that the CPU did, of all cards together.\n"
	"\n"
	"  -i SECONDS  between two looks, 0.1 to 3600 (1)\n"
	"  -c COUNT    looks, then the end\n",
	.run = run,
};
