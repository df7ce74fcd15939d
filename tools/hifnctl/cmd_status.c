// SPDX-License-Identifier: BSD-2-Clause
/* hifnctl status: the cards, and who uses them. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "hifnctl.h"
#include "look.h"

#define SAMPLE_MS	500	/* between the two looks that rates are of */
#define PROBE_BYTES	(1 << 20)

struct status {
	struct look before;
	struct look now;
	double seconds;
	unsigned int attention;
	const char *next;	/* what to ask doctor about */
};

/* ---- rates ---- */

static double rate(uint64_t now, uint64_t before, double seconds)
{
	return now > before && seconds > 0 ? (now - before) / seconds : 0;
}

static const struct card *same_card(const struct look *look, const struct card *card)
{
	size_t i;

	for (i = 0; i < look->cards.nr; i++)
		if (!strcmp(look->cards.card[i].address, card->address))
			return &look->cards.card[i];
	return card;
}

static double busy_of(const struct status *s, const struct card *card)
{
	double share = rate(card->busy_ns, same_card(&s->before, card)->busy_ns, s->seconds) / 1e9;

	return share > 1 ? 1 : share;
}

static double bytes_of(const struct status *s, const struct card *card)
{
	return rate(card->bytes, same_card(&s->before, card)->bytes, s->seconds);
}

static double user_bytes(const struct status *s, const struct user *user)
{
	const struct user *before = users_find(&s->before.users, user->name);

	return before ? rate(user->bytes, before->bytes, s->seconds) : 0;
}

/* ---- text ---- */

static void print_card(const struct status *s, const struct card *card)
{
	char queue[48];
	char age[16] = "-";

	if (card->tested_ns && s->now.at_ns > card->tested_ns)
		look_age(s->now.at_ns - card->tested_ns, age, sizeof(age));
	snprintf(queue, sizeof(queue), "%llu/%llu", (unsigned long long)card->depth,
		 (unsigned long long)s->now.slots);
	printf("%-13s %-9s %-5s %-6s %3.0f %% %6.1f  %-7s %-7llu %s\n", card->address,
	       card->known ? card->state : *card->driver ? card->driver : "unbound", card->chip,
	       *s->now.clock ? s->now.clock : "-", busy_of(s, card) * 100,
	       bytes_of(s, card) / 1e6, queue, (unsigned long long)card->resets, age);
	if (*card->reason)
		printf("    %s\n", card->reason);
}

static void print_user(const struct status *s, const struct user *user)
{
	char note[128];
	char share[16] = "0 %";
	char peer[80] = "";

	look_note(&s->now, user, note, sizeof(note));
	if (s->now.transforms.error)
		snprintf(share, sizeof(share), "?");
	else if (user->transform)
		snprintf(share, sizeof(share), "%.1f %%", user->share * 100);
	if (user->kind == USER_TUNNEL)
		snprintf(peer, sizeof(peer), "%s, %s%s", user->inbound ? "in" : "out", user->peer,
			 *note ? ", " : "");
	printf("%-5s %-14s %-22s %4llu %8s %6.1f  %s%s\n", user->type, user->name,
	       user->algorithm, (unsigned long long)user->key_bits, share,
	       user_bytes(s, user) / 1e6, peer, note);
}

static void print_users(const struct status *s)
{
	const struct users *users = &s->now.users;
	size_t i;

	if (users->nr)
		printf("USE   NAME           ALGORITHM               KEY  ON CARD   MB/s  NOTE\n");
	for (i = 0; i < users->nr; i++)
		print_user(s, &users->user[i]);
	if (users->no_volumes && users->no_tunnels && !strcmp(users->no_volumes, users->no_tunnels)) {
		printf("volumes and tunnels: %s\n", users->no_volumes);
		return;
	}
	if (users->no_volumes)
		printf("volumes: %s\n", users->no_volumes);
	if (users->no_tunnels)
		printf("tunnels: %s\n", users->no_tunnels);
}

static void print_all(const struct status *s)
{
	size_t i;

	if (s->now.cards.nr)
		printf("CARD          STATE     CHIP  CLOCK   BUSY   MB/s  QUEUE   RESETS  SINCE\n");
	else
		printf("no HIFN 7955 or 7956 in this machine\n");
	for (i = 0; i < s->now.cards.nr; i++)
		print_card(s, &s->now.cards.card[i]);
	print_users(s);
	if (s->attention)
		printf("ATTENTION: %u. Next: hifnctl doctor%s%s\n", s->attention, s->next ? " " : "",
		       s->next ?: "");
}

/* ---- JSON ---- */

static json_object *number_or_null(double number)
{
	return json_object_new_double(number);
}

static json_object *words_of(const char *list)
{
	json_object *array = json_object_new_array();
	char *copy = copy_text(list);
	char *save = NULL;
	char *word;

	for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		json_object_array_add(array, json_object_new_string(word));
	free(copy);
	return array;
}

static json_object *resets_of(const struct card *card)
{
	json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < card->nr_resets; i++) {
		json_object *one = json_object_new_object();

		json_add_number(one, "at_boottime_ns", card->reset[i].at_ns);
		json_add_text(one, "reason", card->reset[i].reason);
		json_add_text(one, "algorithm", card->reset[i].algorithm);
		json_add_text(one, "registers", card->reset[i].registers);
		json_object_array_add(array, one);
	}
	return array;
}

static json_object *cpu_of(const uint64_t *cpu)
{
	json_object *reasons = json_object_new_object();
	int i;

	for (i = 0; i < NR_REASONS; i++)
		json_add_number(reasons, cpu_reasons[i], cpu[i]);
	return reasons;
}

static json_object *card_json(const struct status *s, const struct card *card)
{
	json_object *one = json_object_new_object();

	json_add_text(one, "card", card->address);
	json_add_text(one, "state", card->known ? card->state : "unbound");
	json_add_text(one, "reason", *card->reason ? card->reason : NULL);
	json_add_text(one, "driver", *card->driver ? card->driver : NULL);
	json_add_text(one, "chip", card->chip);
	json_add_text(one, "clock", s->now.clock);
	json_add(one, "busy_ratio", number_or_null(busy_of(s, card)));
	json_add(one, "rate_bytes_per_second", number_or_null(bytes_of(s, card)));
	json_add_number(one, "depth", card->depth);
	json_add_number(one, "depth_peak", card->depth_peak);
	json_add_number(one, "slots", s->now.slots);
	json_add_number(one, "jobs", card->jobs);
	json_add_number(one, "card_bytes", card->bytes);
	json_add_number(one, "failed", card->failed);
	json_add_number(one, "wrong", card->wrong);
	json_add_number(one, "busy_ns", card->busy_ns);
	json_add_number(one, "resets", card->resets);
	json_add(one, "last_resets", resets_of(card));
	json_add_number(one, "tested_boottime_ns", card->tested_ns);
	json_add(one, "algorithms", words_of(card->algorithms));
	json_add(one, "algorithms_lost", words_of(card->lost));
	return one;
}

static json_object *user_json(const struct status *s, const struct user *user)
{
	const struct transform *t = user->transform;
	json_object *one = json_object_new_object();
	char note[128];

	look_note(&s->now, user, note, sizeof(note));
	json_add_text(one, "use", user->type);
	json_add_text(one, "name", user->name);
	json_add_text(one, "algorithm", user->algorithm);
	json_add_number(one, "key_bits", user->key_bits);
	json_add_number(one, "total_bytes", user->bytes);
	json_add(one, "rate_bytes_per_second", number_or_null(user_bytes(s, user)));
	json_add(one, "card_ratio", t ? json_object_new_double(user->share) : NULL);
	json_add_text(one, "matched_by", t ? user->matched_by : NULL);
	json_add(one, "ambiguous", json_object_new_boolean(user->ambiguous));
	json_add_text(one, "note", *note ? note : NULL);
	if (t) {
		json_add_number(one, "transform", t->id);
		json_add_number(one, "card_bytes", t->card_bytes);
		json_add_number(one, "cpu_bytes", t->cpu_bytes);
		json_add(one, "cpu_requests", cpu_of(t->cpu));
	}
	if (user->kind == USER_TUNNEL) {
		json_add_text(one, "direction", user->inbound ? "in" : "out");
		json_add_text(one, "peer", user->peer);
		json_add_number(one, "packets", user->requests);
	} else {
		json_add_number(one, "sector_size_bytes", user->sector_size);
	}
	return one;
}

static void print_json(const struct status *s)
{
	json_object *object = json_begin();
	json_object *cards = json_object_new_array();
	json_object *users = json_object_new_array();
	size_t i;

	for (i = 0; i < s->now.cards.nr; i++)
		json_object_array_add(cards, card_json(s, &s->now.cards.card[i]));
	for (i = 0; i < s->now.users.nr; i++)
		json_object_array_add(users, user_json(s, &s->now.users.user[i]));
	json_add(object, "cards", cards);
	json_add(object, "uses", users);
	json_add_text(object, "volumes_error", s->now.users.no_volumes);
	json_add_text(object, "tunnels_error", s->now.users.no_tunnels);
	json_add_text(object, "transforms_error", s->now.transforms.error);
	json_add(object, "cpu_requests", s->now.cards.nr ? cpu_of(s->now.cards.card[0].cpu) : NULL);
	json_add_number(object, "attention", s->attention);
	json_end(object);
}

/* ---- --probe: a read settles whose transform is whose ---- */

static int probe(const char *name)
{
	char path[512];
	void *buf;
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/dev/mapper/%s", name);
	fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
	if (fd < 0)
		return fail("%s: %m", path);
	buf = get_pages(PROBE_BYTES);
	got = pread(fd, buf, PROBE_BYTES, 0);
	close(fd);
	explicit_bzero(buf, PROBE_BYTES);
	free(buf);
	return got < 4096 ? fail("%s: cannot be read", path) : OK;
}

static const struct transform *same_transform(const struct look *look, uint64_t id)
{
	size_t i;

	for (i = 0; i < look->transforms.nr; i++)
		if (look->transforms.transform[i].id == id)
			return &look->transforms.transform[i];
	return NULL;
}

/* The one that did at least as much meanwhile, if there is but one. */
static void settle(struct status *s, const char *name)
{
	struct user *user = (struct user *)users_find(&s->now.users, name);
	struct transform *found = NULL;
	unsigned int nr = 0;
	size_t i;

	if (!user)
		return;
	for (i = 0; i < s->now.transforms.nr; i++) {
		struct transform *t = &s->now.transforms.transform[i];
		const struct transform *b = same_transform(&s->before, t->id);
		uint64_t bytes = t->card_bytes + t->cpu_bytes;

		if (!b || bytes - b->card_bytes - b->cpu_bytes < PROBE_BYTES ||
		    strcmp(t->algorithm, user->algorithm))
			continue;
		found = t;
		nr++;
	}
	if (nr != 1)
		return;
	user->transform = found;
	user->ambiguous = false;
	user->share = (double)found->card_bytes / (found->card_bytes + found->cpu_bytes);
	snprintf(user->matched_by, sizeof(user->matched_by), "probe");
}

/* ---- what needs a look ---- */

static enum verdict judge(struct status *s)
{
	enum verdict worst = s->now.cards.nr ? OK : UNKNOWN;
	size_t i;

	for (i = 0; i < s->now.cards.nr; i++) {
		const struct card *card = &s->now.cards.card[i];

		if (!strcmp(card->state, "serving") && !*card->lost)
			continue;
		s->attention++;
		s->next = s->next ?: card->address;
		worst = !strcmp(card->state, "serving") || worst == CRITICAL ? worst : CRITICAL;
		if (worst == OK)
			worst = WARNING;
	}
	for (i = 0; i < s->now.users.nr && !s->now.transforms.error; i++) {
		const struct user *user = &s->now.users.user[i];
		char note[128];

		look_note(&s->now, user, note, sizeof(note));
		if (!*note || !strcmp(note, "ambiguous"))
			continue;
		s->attention++;
		s->next = s->next ?: user->name;
		if (worst == OK)
			worst = WARNING;
	}
	return worst;
}

static void pause_ms(unsigned int ms)
{
	const struct timespec time = { ms / 1000, ms % 1000 * 1000000l };

	nanosleep(&time, NULL);
}

static int run(int argc, char **argv)
{
	const char *volume = NULL;
	struct status s = { 0 };
	bool check = false;
	int verdict = OK;
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--check"))
			check = true;
		else if (!strcmp(argv[i], "--probe") && i + 1 < argc)
			volume = argv[++i];
		else
			return usage_error(&cmd_status, "unknown option or argument \"%s\"", argv[i]);
	}
	look_now(&s.before);
	if (volume)
		verdict = probe(volume);
	if (!verdict) {
		if (!*root)
			pause_ms(SAMPLE_MS);
		look_now(&s.now);
		s.seconds = (s.now.at_ns - s.before.at_ns) / 1e9;
		if (volume)
			settle(&s, volume);
		verdict = judge(&s);
		if (json)
			print_json(&s);
		else
			print_all(&s);
		look_free(&s.now);
		verdict = check ? verdict : OK;
	}
	look_free(&s.before);
	return verdict;
}

const struct command cmd_status = {
	.name = "status",
	.summary = "the cards, and the volumes and tunnels that use them",
	.help =
	"usage: hifnctl status [--check] [--probe VOLUME] [--json]\n"
	"\n"
	"The cards, and, for root, the volumes of dm-crypt and the SAs of IPsec: how much of their\n"
	"work a card has done since they were opened, and why not all of it. MB/s and BUSY are of\n"
	"the last half second. SAs of other network namespaces are seen with --netns NAME.\n"
	"\n"
	"  --check         end as a monitoring plugin: 0 all well, 1 something is by CPU or lost,\n"
	"                  2 a card does not serve, 3 no card\n"
	"  --probe VOLUME  read 1 MiB of the volume and see which transform does it\n"
	"  --json          the same, and more, as JSON\n",
	.run = run,
};
