// SPDX-License-Identifier: BSD-2-Clause
/* Doctor: the cards - there, ours, serving, with interrupts, right. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "doctor_silicon.h"
#include "files.h"

static void check_bound(struct doctor *d, const struct card *card)
{
	if (*card->driver && strcmp(card->driver, "hifn795x")) {
		found(d, CRITICAL, "card-driver", card->address, "%s has it", card->driver);
		remedy(d, INTERRUPTS,
		       "echo %s >/sys/bus/pci/drivers/%s/unbind && echo %s >/sys/bus/pci/drivers/hifn795x/bind",
		       card->address, card->driver, card->address);
		return;
	}
	if (!*card->driver && strcmp(card->state, "failed")) {
		found(d, CRITICAL, "card-driver", card->address, "no driver has it");
		remedy(d, SAFE, "echo %s >/sys/bus/pci/drivers/hifn795x/bind", card->address);
	}
}

/* False: nothing that is known of a chip would show like this. */
static bool say_silicon(struct doctor *d, const struct card *card)
{
	const struct silicon_remedy *known = silicon_remedy(card);

	if (known)
		remedy(d, SAFE, "%s [silicon: %s, see hifnctl(8)]", known->text, known->knobs);
	return known;
}

static void state_failed(struct doctor *d, const struct card *card)
{
	found(d, CRITICAL, "card-serving", card->address, "%s at %s: %s%s%s", *card->driver ?
	      "given up" : "bring-up failed", *card->step ? card->step : "?", card->reason,
	      *card->registers ? "; " : "", card->registers);
	if (say_silicon(d, card))
		return;
	if (*card->driver)
		remedy(d, SAFE, "hifnctl online %s tries again", card->address);
	else
		remedy(d, SAFE, "echo %s >/sys/bus/pci/drivers/hifn795x/bind tries again",
		       card->address);
}

static void check_serving(struct doctor *d, const struct card *card)
{
	if (!card->known) {
		found(d, CRITICAL, "card-serving", card->address,
		      "acf knows nothing of it: no driver of ours has seen it");
		remedy(d, SAFE, "modprobe hifn795x");
	} else if (!strcmp(card->state, "failed")) {
		state_failed(d, card);
	} else if (!strcmp(card->state, "offline")) {
		found(d, WARNING, "card-serving", card->address, "it was taken offline");
		remedy(d, SAFE, "hifnctl online %s", card->address);
	} else if (!strcmp(card->state, "serving")) {
		found(d, OK, "card-serving", card->address, "%s", card->selftest);
	} else if (!strcmp(card->state, "stopped")) {
		found(d, CRITICAL, "card-serving", card->address,
		      "stopped: asleep, or its bus had an error and has not been reset");
		remedy(d, INTERRUPTS, "echo 1 >/sys/bus/pci/devices/%s/reset", card->address);
	} else if (strcmp(card->state, "unbound")) {
		found(d, WARNING, "card-serving", card->address, "%s: ask again", card->state);
	}
}

/* The last finding stays; of one that is served again, or was retired for its results, it is old. */
static bool found_lost(const struct card *card)
{
	const char *name = strstr(card->finding, " algorithm ");
	char algorithm[64];

	return name && sscanf(name, " algorithm %63s", algorithm) == 1 &&
	       has_word(card->lost, algorithm);
}

static void check_selftest(struct doctor *d, const struct card *card)
{
	if (!*card->lost)
		return;
	found(d, CRITICAL, "card-selftest", card->address, "the CPU does %.100s for it: %.100s",
	      card->lost, found_lost(card) ? card->finding : "too many results were wrong");
	if (!say_silicon(d, card))
		remedy(d, SAFE, "hifnctl selftest %s; hifnctl report, and do not trust the card",
		       card->address);
}

static void check_interrupts(struct doctor *d, const struct card *card)
{
	if (!card->has_driver_stats || strcmp(card->state, "serving"))
		return;
	if (!strcmp(card->irq, "polled")) {
		found(d, CRITICAL, "card-interrupts", card->address,
		      "its interrupts do not arrive: it is polled");
		remedy(d, SAFE, "reboot with irqpoll, or pci=noacpi; try another slot");
	} else if (card->lost_irq) {
		found(d, WARNING, "card-interrupts", card->address,
		      "%llu results came without their interrupt",
		      (unsigned long long)card->lost_irq);
		remedy(d, SAFE, "see /proc/interrupts for who shares the line; try another slot");
	}
}

static void check_resets(struct doctor *d, const struct card *card)
{
	const struct reset *last = card->nr_resets ? &card->reset[card->nr_resets - 1] : NULL;
	char clock[16];

	if (!card->resets)
		return;
	found(d, WARNING, "card-resets", card->address, "%llu resets; the last at %s: %s, %s, %s",
	      (unsigned long long)card->resets,
	      last ? look_clock(last->at_ns, clock, sizeof(clock)) : "?", last ? last->reason : "?",
	      last ? last->algorithm : "?", last ? last->registers : "?");
	remedy(d, SAFE, "reseat it, look at cooling and power; resets that go on: another card");
}

static void check_results(struct doctor *d, const struct card *card)
{
	if (!card->wrong)
		return;
	found(d, WARNING, "card-results", card->address,
	      "%llu results were not the CPU's: the source was changed meanwhile, or the card is faulty",
	      (unsigned long long)card->wrong);
	remedy(d, SAFE, "hifnctl selftest %s; if the number grows: hifnctl offline %s",
	       card->address, card->address);
}

static void check_swiotlb(struct doctor *d)
{
	char *cmdline = read_file("/proc/cmdline");

	if (cmdline && strstr(cmdline, "swiotlb=force")) {
		found(d, WARNING, "card-swiotlb", "",
		      "swiotlb=force: each request is copied twice more by the CPU");
		remedy(d, SAFE, "boot without swiotlb=force");
	}
	free(cmdline);
}

static void check_policy(struct doctor *d)
{
	if (strcmp(d->look.policy, "cpu"))
		return;
	found(d, WARNING, "card-policy", "", "acf's policy is cpu: no card is used");
	remedy(d, SAFE, "echo auto >/sys/module/acf/parameters/policy");
}

static bool asked(const struct doctor *d, const struct card *card)
{
	return !d->only || strstr(card->address, d->only) ||
	       !cards_find(&d->look.cards, d->only);
}

void doctor_cards(struct doctor *d)
{
	size_t i;

	if (!d->look.cards.nr) {
		found(d, UNKNOWN, "card-there", "", "no HIFN 7955 or 7956 (13a3:0020, 13a3:001d) on PCI");
		remedy(d, SAFE, "lspci -nn -d 13a3: ; switch off, reseat the card");
	}
	for (i = 0; i < d->look.cards.nr; i++) {
		const struct card *card = &d->look.cards.card[i];

		if (!asked(d, card))
			continue;
		check_bound(d, card);
		check_serving(d, card);
		check_selftest(d, card);
		check_interrupts(d, card);
		check_resets(d, card);
		check_results(d, card);
	}
	check_swiotlb(d);
	check_policy(d);
}
