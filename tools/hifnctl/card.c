// SPDX-License-Identifier: BSD-2-Clause
/* The cards there are, and what acf and the driver tell of each. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "card.h"
#include "files.h"
#include "hifnctl.h"

const char *const cpu_reasons[NR_REASONS] = {
	"no_engine", "shape", "full", "failed", "too_long", "waited_for", "cheaper", "policy",
};

#define ACF	"/sys/class/acf/%s/"

static void read_resets(struct card *card)
{
	char *text = read_file(ACF "resets_last", card->address);
	char *rest = text;
	char *line;

	while ((line = next_line(&rest)) && card->nr_resets < 8) {
		struct reset *r = &card->reset[card->nr_resets];
		unsigned long long at;
		int used = 0;

		if (sscanf(line, "at_ns %llu reason %15s algorithm %63s bytes %*u %n", &at,
			   r->reason, r->algorithm, &used) != 3)
			continue;
		r->at_ns = at;
		snprintf(r->registers, sizeof(r->registers), "%s", used ? line + used : "");
		card->nr_resets++;
	}
	free(text);
	text = read_file(ACF "resets_by_reason", card->address);
	rest = text;
	while ((line = next_line(&rest)) && card->nr_whys < 12) {
		struct reset_count *why = &card->why[card->nr_whys];
		unsigned long long times;

		if (sscanf(line, "%15s %llu", why->reason, &times) != 2)
			continue;
		why->times = times;
		card->nr_whys++;
	}
	free(text);
}

static void read_failure(struct card *card)
{
	char *text = read_file(ACF "failure", card->address);
	char *rest = text;
	char *line;

	while ((line = next_line(&rest))) {
		char *word = next_word(&line);

		if (word && !strcmp(word, "step"))
			snprintf(card->step, sizeof(card->step), "%s", line);
		else if (word && !strcmp(word, "registers"))
			snprintf(card->registers, sizeof(card->registers), "%s", line);
	}
	free(text);
}

static char *read_text(const char *address, const char *name)
{
	char *text = read_file("/sys/class/acf/%s/%s", address, name);

	if (!text)
		return copy_text("");
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static void read_counts(struct card *card)
{
	const struct {
		const char *name;
		uint64_t *to;
	} total[] = {
		{ "jobs", &card->jobs }, { "bytes", &card->bytes }, { "failed", &card->failed },
		{ "wrong", &card->wrong }, { "busy_ns", &card->busy_ns },
		{ "depth", &card->depth }, { "depth_peak", &card->depth_peak },
		{ "resets", &card->resets },
	};
	size_t i;

	for (i = 0; i < sizeof(total) / sizeof(*total); i++)
		*total[i].to = read_number(0, ACF "totals/%s", card->address, total[i].name);
	for (i = 0; i < NR_REASONS; i++)
		card->cpu[i] = read_number(0, ACF "cpu/%s", card->address, cpu_reasons[i]);
	card->cpu_bytes = read_number(0, ACF "cpu/bytes", card->address);
}

static void read_selftest(struct card *card)
{
	unsigned long long at;

	read_line(card->selftest, sizeof(card->selftest), ACF "selftest", card->address);
	if (sscanf(card->selftest, "at_ns %llu", &at) == 1)
		card->tested_ns = at;
}

static void read_place(struct card *card)
{
	card->abi = read_number(0, ACF "abi", card->address);
	card->known = card->abi != 0;
	if (!card->known)
		return;
	read_line(card->state, sizeof(card->state), ACF "state", card->address);
	read_line(card->reason, sizeof(card->reason), ACF "reason", card->address);
	read_line(card->engine, sizeof(card->engine), ACF "engine", card->address);
	card->online = read_number(1, ACF "online", card->address);
	read_selftest(card);
	read_failure(card);
	read_resets(card);
	read_counts(card);
}

static void read_driver_stats(struct card *card)
{
	char *text = read_file("/sys/kernel/debug/hifn795x/%s/stats", card->address);
	char *rest = text;
	char *line;

	card->has_driver_stats = text;
	while ((line = next_line(&rest))) {
		char *key = next_word(&line);
		char *value = next_word(&line);

		if (!value)
			continue;
		if (!strcmp(key, "irq"))
			snprintf(card->irq, sizeof(card->irq), "%s", value);
		else if (!strcmp(key, "interrupts"))
			get_number(value, &card->interrupts);
		else if (!strcmp(key, "lost_irq"))
			get_number(value, &card->lost_irq);
	}
	free(text);
}

static void read_card(struct card *card, const char *address, uint64_t device)
{
	snprintf(card->address, sizeof(card->address), "%s", address);
	snprintf(card->chip, sizeof(card->chip), "%s", device == 0x1d ? "7956" : "7955");
	read_link(card->driver, sizeof(card->driver), "/sys/bus/pci/devices/%s/driver", address);
	read_place(card);
	card->algorithms = read_text(address, "algorithms");
	card->lost = read_text(address, "algorithms_lost");
	card->finding = read_text(address, "finding");
	read_driver_stats(card);
}

static int by_address(const void *a, const void *b)
{
	return strcmp(((const struct card *)a)->address, ((const struct card *)b)->address);
}

void cards_read(struct cards *cards)
{
	char path[1024];
	struct dirent *entry;
	DIR *dir;

	cards->card = NULL;
	cards->nr = 0;
	snprintf(path, sizeof(path), "%s/sys/bus/pci/devices", root);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		uint64_t device;

		if (*entry->d_name == '.' || strlen(entry->d_name) >= sizeof(cards->card->address) ||
		    read_number(0, "/sys/bus/pci/devices/%s/vendor", entry->d_name) != HIFN_VENDOR)
			continue;
		device = read_number(0, "/sys/bus/pci/devices/%s/device", entry->d_name);
		if (device != 0x20 && device != 0x1d)
			continue;
		cards->card = one_more(cards->card, &cards->nr, sizeof(*cards->card));
		read_card(&cards->card[cards->nr - 1], entry->d_name, device);
	}
	if (dir)
		closedir(dir);
	if (cards->nr)
		qsort(cards->card, cards->nr, sizeof(*cards->card), by_address);
}

void cards_free(struct cards *cards)
{
	size_t i;

	for (i = 0; i < cards->nr; i++) {
		free(cards->card[i].algorithms);
		free(cards->card[i].lost);
		free(cards->card[i].finding);
	}
	free(cards->card);
	cards->card = NULL;
	cards->nr = 0;
}

const struct card *cards_find(const struct cards *cards, const char *name)
{
	const struct card *found = NULL;
	size_t i;

	for (i = 0; i < cards->nr; i++) {
		if (!strcmp(cards->card[i].address, name))
			return &cards->card[i];
		if (!strstr(cards->card[i].address, name))
			continue;
		if (found)
			return NULL;
		found = &cards->card[i];
	}
	return found;
}

bool has_word(const char *list, const char *word)
{
	size_t bytes = strlen(word);
	const char *at = list;

	while ((at = strstr(at, word))) {
		if ((at == list || at[-1] == ' ') && (!at[bytes] || at[bytes] == ' '))
			return true;
		at++;
	}
	return false;
}

uint64_t boottime_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

const struct card *cards_choose(const struct command *command, const struct cards *cards,
				const char *name)
{
	const struct card *card;

	if (!cards->nr) {
		fail("no HIFN 7955 or 7956 in this machine");
		return NULL;
	}
	if (!name && cards->nr > 1) {
		usage_error(command, "there are %zu cards: say which, by its PCI address", cards->nr);
		return NULL;
	}
	card = name ? cards_find(cards, name) : &cards->card[0];
	if (!card)
		fail("there is no card \"%s\", or more than one fits; hifnctl status lists them",
		     name);
	return card;
}
