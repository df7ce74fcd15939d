// SPDX-License-Identifier: BSD-2-Clause
/* hifnctl export: counters for Prometheus, text format 0.0.4, for node_exporter's textfile collector. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "hifnctl.h"
#include "look.h"

static void head(FILE *to, const char *name, const char *type, const char *help)
{
	fprintf(to, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* A label's value: what the format wants escaped. */
static void put_label(FILE *to, const char *text)
{
	for (; *text; text++) {
		if (*text == '\\' || *text == '"')
			fputc('\\', to);
		if (*text == '\n')
			fputs("\\n", to);
		else
			fputc(*text, to);
	}
}

static void put_info(FILE *to, const struct look *look)
{
	char version[32];
	size_t i;

	read_line(version, sizeof(version), "/sys/module/hifn795x/version");
	head(to, "hifn_card_info", "gauge", "What card it is.");
	for (i = 0; i < look->cards.nr; i++) {
		fprintf(to, "hifn_card_info{card=\"%s\",chip=\"%s\",driver=\"",
			look->cards.card[i].address, look->cards.card[i].chip);
		put_label(to, version);
		fputs("\"} 1\n", to);
	}
	head(to, "hifn_card_up", "gauge", "Whether the card serves.");
	for (i = 0; i < look->cards.nr; i++)
		fprintf(to, "hifn_card_up{card=\"%s\"} %d\n", look->cards.card[i].address,
			!strcmp(look->cards.card[i].state, "serving"));
}

static uint64_t jobs_of(const struct card *card) { return card->jobs; }
static uint64_t bytes_of(const struct card *card) { return card->bytes; }
static uint64_t failed_of(const struct card *card) { return card->failed; }
static uint64_t wrong_of(const struct card *card) { return card->wrong; }
static uint64_t depth_of(const struct card *card) { return card->depth; }

static void put_counts(FILE *to, const struct look *look)
{
	static const struct {
		const char *name;
		const char *type;
		const char *help;
		uint64_t (*get)(const struct card *card);
	} counts[] = {
		{ "hifn_card_requests_total", "counter", "Requests done.", jobs_of },
		{ "hifn_card_bytes_total", "counter", "Their bytes.", bytes_of },
		{ "hifn_card_failed_total", "counter", "Requests given back undone.", failed_of },
		{ "hifn_card_wrong_total", "counter", "Results not believed.", wrong_of },
		{ "hifn_card_depth", "gauge", "Requests on the card.", depth_of },
	};
	size_t c;
	size_t i;

	for (c = 0; c < sizeof(counts) / sizeof(*counts); c++) {
		head(to, counts[c].name, counts[c].type, counts[c].help);
		for (i = 0; i < look->cards.nr; i++)
			fprintf(to, "%s{card=\"%s\"} %llu\n", counts[c].name,
				look->cards.card[i].address,
				(unsigned long long)counts[c].get(&look->cards.card[i]));
	}
	head(to, "hifn_card_busy_seconds_total", "counter", "Time that the card had requests.");
	for (i = 0; i < look->cards.nr; i++)
		fprintf(to, "hifn_card_busy_seconds_total{card=\"%s\"} %.9g\n",
			look->cards.card[i].address, look->cards.card[i].busy_ns / 1e9);
}

static void put_resets(FILE *to, const struct look *look)
{
	size_t i;
	size_t k;

	head(to, "hifn_card_resets_total", "counter", "Resets, by reason.");
	for (i = 0; i < look->cards.nr; i++) {
		const struct card *card = &look->cards.card[i];

		for (k = 0; k < card->nr_whys; k++) {
			fprintf(to, "hifn_card_resets_total{card=\"%s\",reason=\"", card->address);
			put_label(to, card->why[k].reason);
			fprintf(to, "\"} %llu\n", (unsigned long long)card->why[k].times);
		}
	}
}

/* By root only: which algorithm, and why. Else the sums, which anybody may read. */
static void put_requests(FILE *to, const struct look *look)
{
	size_t i;
	int r;

	head(to, "hifn_requests_total", "counter", "Requests by who did them, and why.");
	for (i = 0; i < look->algorithms.nr; i++) {
		const struct algorithm *a = &look->algorithms.algorithm[i];

		fprintf(to, "hifn_requests_total{algorithm=\"%s\",unit=\"card\",reason=\"\"} %llu\n",
			a->name, (unsigned long long)a->jobs);
		for (r = 0; r < NR_REASONS; r++)
			if (a->cpu[r])
				fprintf(to, "hifn_requests_total{algorithm=\"%s\",unit=\"cpu\",reason=\"%s\"} %llu\n",
					a->name, cpu_reasons[r], (unsigned long long)a->cpu[r]);
	}
	if (!look->algorithms.error || !look->cards.nr)
		return;
	for (r = 0; r < NR_REASONS; r++)
		fprintf(to, "hifn_requests_total{algorithm=\"\",unit=\"cpu\",reason=\"%s\"} %llu\n",
			cpu_reasons[r], (unsigned long long)look->cards.card[0].cpu[r]);
}

static void put_volumes(FILE *to, const struct look *look)
{
	size_t i;

	head(to, "hifn_volume_bytes_total", "counter", "Bytes of a volume by who did them.");
	for (i = 0; i < look->users.nr; i++) {
		const struct user *user = &look->users.user[i];

		if (user->kind != USER_VOLUME || !user->transform)
			continue;
		fputs("hifn_volume_bytes_total{volume=\"", to);
		put_label(to, user->name);
		fprintf(to, "\",unit=\"card\"} %llu\n",
			(unsigned long long)user->transform->card_bytes);
		fputs("hifn_volume_bytes_total{volume=\"", to);
		put_label(to, user->name);
		fprintf(to, "\",unit=\"cpu\"} %llu\n",
			(unsigned long long)user->transform->cpu_bytes);
	}
}

static void put_all(FILE *to)
{
	struct look look;

	look_now(&look);
	put_info(to, &look);
	put_counts(to, &look);
	put_resets(to, &look);
	put_requests(to, &look);
	put_volumes(to, &look);
	look_free(&look);
}

/* Beside it first, so that a reader never sees half of it. */
static int put_file(const char *name)
{
	char *beside;
	FILE *to;
	int fd;
	int err = 0;

	if (asprintf(&beside, "%s.XXXXXX", name) < 0)
		out_of_memory();
	fd = mkostemp(beside, O_CLOEXEC);
	to = fd < 0 ? NULL : fdopen(fd, "w");
	if (!to) {
		fd = fail("%s: %m", beside);
		free(beside);
		return fd;
	}
	put_all(to);
	if (fflush(to) || fchmod(fd, 0644) || fsync(fd))
		err = errno;
	if (fclose(to) && !err)
		err = errno;
	if (!err && rename(beside, name))
		err = errno;
	if (err)
		unlink(beside);
	free(beside);
	return err ? fail("%s: %s", name, strerror(err)) : OK;
}

static int run(int argc, char **argv)
{
	if (json)
		return usage_error(&cmd_export, "the format is Prometheus's; for JSON: hifnctl status --json");
	if (argc == 3 && !strcmp(argv[1], "--textfile") && *argv[2])
		return put_file(argv[2]);
	if (argc > 1)
		return usage_error(&cmd_export, "--textfile FILE, or nothing");
	put_all(stdout);
	return fflush(stdout) ? fail("standard output: %m") : OK;
}

const struct command cmd_export = {
	.name = "export",
	.summary = "counters for Prometheus",
	.help =
	"usage: hifnctl export [--textfile FILE]\n"
	"\n"
	"All counters in Prometheus's text format, to standard output, or to a file for\n"
	"node_exporter's textfile collector: written beside it and renamed, readable by all.\n"
	"By algorithm, and of volumes, for root only. Alerts: hifn_card_up == 0;\n"
	"rate(hifn_card_resets_total[1h]) > 0; a fallen share of unit=\"card\" in\n"
	"hifn_volume_bytes_total; a stale node_textfile_mtime_seconds.\n",
	.run = run,
};
