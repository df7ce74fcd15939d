// SPDX-License-Identifier: BSD-2-Clause
/* hifnctl doctor: is it used, and if not, why not; worst first. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "doctor.h"
#include "files.h"

void found(struct doctor *d, enum verdict verdict, const char *id, const char *about,
	   const char *format, ...)
{
	struct found *one;
	va_list args;

	d->found = one_more(d->found, &d->nr, sizeof(*d->found));
	one = &d->found[d->nr - 1];
	one->verdict = verdict;
	one->id = id;
	snprintf(one->about, sizeof(one->about), "%s", about);
	va_start(args, format);
	vsnprintf(one->text, sizeof(one->text), format, args);
	va_end(args);
}

void remedy(struct doctor *d, enum remedy cost, const char *format, ...)
{
	struct found *one = &d->found[d->nr - 1];
	va_list args;

	one->cost = cost;
	va_start(args, format);
	vsnprintf(one->remedy, sizeof(one->remedy), format, args);
	va_end(args);
}

static const char *const costs[] = {
	[NO_REMEDY] = "",
	[SAFE] = "safe",
	[INTERRUPTS] = "interrupts use",
	[REWRITES] = "rewrites the disk: back up",
};

/* ---- how it ends ---- */

/* UNKNOWN is less than a warning: something could not be looked at. */
static int weight(enum verdict verdict)
{
	static const int weights[] = { [OK] = 0, [UNKNOWN] = 1, [WARNING] = 2, [CRITICAL] = 3 };

	return weights[verdict];
}

static enum verdict worst_of(const struct doctor *d)
{
	enum verdict worst = OK;
	size_t i;

	for (i = 0; i < d->nr; i++)
		if (weight(d->found[i].verdict) > weight(worst))
			worst = d->found[i].verdict;
	return worst;
}

static void verdict_text(const struct doctor *d, char *text, size_t bytes)
{
	const struct user *user = d->only ? users_find(&d->look.users, d->only) : NULL;
	enum verdict worst = worst_of(d);

	if (user && user->transform)
		snprintf(text, bytes, "%s: %.1f %% by card", d->only, user->share * 100);
	else if (user)
		snprintf(text, bytes, "%s: by CPU. Data are safe, only speed is concerned", d->only);
	else if (worst == CRITICAL)
		snprintf(text, bytes, "no card serves as it should. Data are safe: the CPU does it");
	else if (worst == WARNING)
		snprintf(text, bytes, "it works, not as well as it could");
	else
		snprintf(text, bytes, worst == OK ? "all well" : "not all could be looked at");
}

/* ---- text ---- */

static void print_found(const struct found *one)
{
	const char *arrow = has_utf8() ? "\u2192" : "->";

	printf("%-5s %-18s %s%s%s\n", verdict_word(one->verdict), one->id, one->about,
	       *one->about ? ": " : "", one->text);
	if (*one->remedy)
		printf("      %s %s   [%s]\n", arrow, one->remedy, costs[one->cost]);
}

/* A faulty card is best left alone. */
static void print_last_resort(const struct doctor *d)
{
	size_t i;

	for (i = 0; i < d->nr; i++)
		if (!strcmp(d->found[i].id, "card-results") ||
		    !strcmp(d->found[i].id, "card-selftest")) {
			printf("hifnctl offline %s\n", d->found[i].about);
			return;
		}
}

static void print_text(const struct doctor *d)
{
	char verdict[256];
	size_t i;
	int w;

	/* asked about one thing: in the order things depend on each other; else worst first */
	for (w = d->only ? -1 : 3; w >= -1; w--)
		for (i = 0; i < d->nr; i++)
			if (d->only || weight(d->found[i].verdict) == w)
				print_found(&d->found[i]);
	verdict_text(d, verdict, sizeof(verdict));
	printf("VERDICT %s.\n", verdict);
	print_last_resort(d);
}

/* ---- JSON ---- */

static json_object *found_json(const struct found *one)
{
	static const char *const words[] = { "ok", "warning", "critical", "unknown" };
	json_object *object = json_object_new_object();

	json_add_text(object, "id", one->id);
	json_add_text(object, "result", words[one->verdict]);
	json_add_text(object, "about", *one->about ? one->about : NULL);
	json_add_text(object, "text", one->text);
	json_add_text(object, "remedy", *one->remedy ? one->remedy : NULL);
	json_add_text(object, "remedy_cost", *one->remedy ? costs[one->cost] : NULL);
	return object;
}

static void print_json(const struct doctor *d)
{
	json_object *object = json_begin();
	json_object *checks = json_object_new_array();
	char verdict[256];
	size_t i;

	for (i = 0; i < d->nr; i++)
		json_object_array_add(checks, found_json(&d->found[i]));
	json_add(object, "checks", checks);
	verdict_text(d, verdict, sizeof(verdict));
	json_add_text(object, "verdict", verdict);
	json_add_number(object, "exit_status", worst_of(d));
	json_end(object);
}

/* ---- all of it ---- */

static void say_unseen(struct doctor *d)
{
	if (d->look.transforms.error)
		found(d, UNKNOWN, "seen", "", "transforms cannot be told: %s",
		      d->look.transforms.error);
	if (d->look.users.no_volumes)
		found(d, UNKNOWN, "seen", "", "volumes cannot be told: %s",
		      d->look.users.no_volumes);
	if (d->look.users.no_tunnels)
		found(d, UNKNOWN, "seen", "", "tunnels cannot be told: %s",
		      d->look.users.no_tunnels);
}

static void read_release(struct doctor *d)
{
	struct utsname name;

	if (*root) {
		read_line(d->release, sizeof(d->release), "/release");
		return;
	}
	uname(&name);
	snprintf(d->release, sizeof(d->release), "%s", name.release);
}

static int run(int argc, char **argv)
{
	struct doctor d = { 0 };
	int status;

	if (argc > 2 || (argc == 2 && *argv[1] == '-'))
		return usage_error(&cmd_doctor, "one volume, SA or card at most, and no options");
	look_now(&d.look);
	read_release(&d);
	d.only = argc == 2 ? argv[1] : NULL;
	if (d.only && !users_find(&d.look.users, d.only) && !cards_find(&d.look.cards, d.only)) {
		status = d.look.users.no_volumes ?
			 fail("\"%s\" is no card; for volumes and SAs run as root", d.only) :
			 fail("there is no volume, SA or card \"%s\"; hifnctl status lists them",
			      d.only);
		look_free(&d.look);
		return status;
	}
	if (doctor_modules(&d)) {
		doctor_cards(&d);
		doctor_algorithms(&d);
		doctor_users(&d);
		say_unseen(&d);
	}
	if (json)
		print_json(&d);
	else
		print_text(&d);
	status = worst_of(&d);
	free(d.found);
	look_free(&d.look);
	return status;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.summary = "is it used, and if not, why not: checks, and what to do",
	.help =
	"usage: hifnctl doctor [VOLUME|SPI|CARD] [--json]\n"
	"\n"
	"Looks at modules, cards, algorithms, and the volumes and tunnels that could use them, in\n"
	"the order in which they depend on each other; without an argument worst first. Each check\n"
	"has an id, which hifnctl(8) explains. What it says to do is marked:\n"
	"\n"
	"  [safe]                        changes nothing that is in use\n"
	"  [interrupts use]              the volume, the tunnel or the machine stands still for it\n"
	"  [rewrites the disk: back up]\n"
	"\n"
	"It changes nothing itself. Ends with 0 all well, 1 warning, 2 critical, 3 unknown.\n",
	.run = run,
};
