// SPDX-License-Identifier: BSD-2-Clause
/* hifnctl online, offline, selftest: what is asked of a card, by its files in sysfs. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "card.h"
#include "files.h"
#include "hifnctl.h"

static int write_to(const struct card *card, const char *file, const char *text)
{
	return write_file(text, "/sys/class/acf/%s/%s", card->address, file);
}

static const char *say(int err, const struct card *card)
{
	switch (err) {
	case EACCES:
	case EPERM:
		return "run as root";
	case ENOENT:
		return "acf knows nothing of it, or is older than hifnctl: modprobe hifn795x";
	case ENODEV:
		return "no driver has it, or it does not answer: hifnctl doctor";
	case EBUSY:
		return "it is asleep, being reset, or does not serve: hifnctl doctor";
	case EAGAIN:
		return "it was reset meanwhile: try again";
	case EOPNOTSUPP:
		return "its driver cannot";
	case EIO:
		return *card->reason ? card->reason : "it does not come up; the kernel's log says why";
	default:
		return strerror(err);
	}
}

static int print_state(const char *address)
{
	char state[32];
	json_object *object;

	read_line(state, sizeof(state), "/sys/class/acf/%s/state", address);
	if (!json) {
		printf("%s %s\n", address, state);
		return OK;
	}
	object = json_begin();
	json_add_text(object, "card", address);
	json_add_text(object, "state", state);
	json_end(object);
	return OK;
}

static int set_online(const struct command *command, int argc, char **argv, const char *value)
{
	struct cards cards;
	const struct card *card;
	int status = UNKNOWN;
	int err;

	if (argc != 2 || *argv[1] == '-')
		return usage_error(command, "one card, by its PCI address");
	cards_read(&cards);
	card = cards_choose(command, &cards, argv[1]);
	if (card) {
		char address[32];

		snprintf(address, sizeof(address), "%s", card->address);
		err = write_to(card, "online", value);
		if (err == EIO) {
			cards_free(&cards);
			cards_read(&cards);
			card = cards_find(&cards, address);
		}
		status = err ? fail("%s: %s", address, card ? say(err, card) : "it is gone") :
			 print_state(address);
	}
	cards_free(&cards);
	return status;
}

static int offline(int argc, char **argv)
{
	return set_online(&cmd_offline, argc, argv, "0\n");
}

static int online(int argc, char **argv)
{
	return set_online(&cmd_online, argc, argv, "1\n");
}

/* ---- selftest ---- */

static void print_selftest(const struct card *card, int err)
{
	json_object *object;

	if (!json) {
		printf("%s %s%s%s\n", card->address, err ? say(err, card) : card->selftest,
		       *card->lost ? "; by CPU: " : "", card->lost);
		if (err == EIO && *card->finding)
			printf("    %s\n", card->finding);
		return;
	}
	object = json_begin();
	json_add_text(object, "card", card->address);
	json_add_text(object, "result", card->selftest);
	json_add_text(object, "algorithms_lost", card->lost);
	json_add_text(object, "finding", *card->finding ? card->finding : NULL);
	json_add_text(object, "error", err ? say(err, card) : NULL);
	json_end(object);
}

static enum verdict judge(int err, const struct card *card)
{
	if (err == EIO)
		return CRITICAL;
	if (err)
		return UNKNOWN;
	return *card->lost ? CRITICAL : OK;
}

/* A generator's numbers, as they come; what they are worth is another's to say: rngtest, ent. */
static int random_numbers(void)
{
	char name[64];
	unsigned char bytes[32];
	ssize_t got;
	size_t i;
	int fd;

	read_line(name, sizeof(name), "/sys/class/misc/hw_random/rng_current");
	if (!starts_with(name, "hifn"))
		return fail("the kernel's source of random numbers is \"%s\"; echo hifn0-rng >/sys/class/misc/hw_random/rng_current",
			    name);
	fd = open("/dev/hwrng", O_RDONLY | O_CLOEXEC);
	got = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes));
	if (fd >= 0)
		close(fd);
	if (got != sizeof(bytes))
		return fail("/dev/hwrng: %s", got < 0 ? strerror(errno) : "too few bytes: its health test has failed");
	for (i = 1; i < sizeof(bytes) && bytes[i] == bytes[0]; i++)
		;
	if (i == sizeof(bytes))
		return fail("%s: 32 equal bytes", name), CRITICAL;
	if (json) {
		json_object *object = json_begin();

		json_add_text(object, "random_source", name);
		json_add_text(object, "result", "ok");
		json_end(object);
	} else {
		printf("%s ok, its health test goes on all the time; to judge it: rngtest </dev/hwrng\n",
		       name);
	}
	return OK;
}

static int selftest(int argc, char **argv)
{
	const char *name = NULL;
	struct cards cards;
	const struct card *card;
	char address[32];
	int status;
	int err;
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--random"))
			return random_numbers();
		if (*argv[i] == '-' || name)
			return usage_error(&cmd_selftest, "unknown option or argument \"%s\"", argv[i]);
		name = argv[i];
	}
	cards_read(&cards);
	card = cards_choose(&cmd_selftest, &cards, name);
	if (!card) {
		cards_free(&cards);
		return UNKNOWN;
	}
	snprintf(address, sizeof(address), "%s", card->address);
	err = write_to(card, "selftest", "1\n");
	cards_free(&cards);
	cards_read(&cards);
	card = cards_find(&cards, address);
	if (card) {
		print_selftest(card, err);
		status = judge(err, card);
	} else {
		status = fail("%s: it is gone", address);
	}
	cards_free(&cards);
	return status;
}

const struct command cmd_offline = {
	.name = "offline",
	.summary = "take a card out of service: the CPU does its work",
	.help =
	"usage: hifnctl offline CARD [--json]\n"
	"\n"
	"Requests in flight may end, those that wait go to another card or the CPU; volumes and\n"
	"tunnels go on. It stays so, sleep included, until hifnctl online or the driver is bound\n"
	"again. CARD is its PCI address, or a part that only one has.\n",
	.run = offline,
};

const struct command cmd_online = {
	.name = "online",
	.summary = "take a card into service again, also one that was given up",
	.help =
	"usage: hifnctl online CARD [--json]\n"
	"\n"
	"The card is reset, tested, and serves. If it does not come up, the message says why, and\n"
	"the CPU goes on doing its work. CARD is its PCI address, or a part that only one has.\n",
	.run = online,
};

const struct command cmd_selftest = {
	.name = "selftest",
	.summary = "test all algorithms of a card, or its random numbers",
	.help =
	"usage: hifnctl selftest [CARD] [--json]\n"
	"       hifnctl selftest --random\n"
	"\n"
	"All algorithms are tested against known answers while requests wait, which takes less than\n"
	"a second. What fails is the CPU's from then on, until the driver is bound again.\n"
	"--random: some numbers of the generator, if it is the kernel's source.\n"
	"Ends with 0 all passed, 2 some failed, 3 could not be run.\n",
	.run = selftest,
};
