// SPDX-License-Identifier: BSD-2-Clause
/* The module hifn_survey, loaded and unloaded, and the files it has for a card. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "card.h"
#include "files.h"
#include "hifnctl.h"
#include "survey_card.h"

#define MODULE	"hifn_survey"
#define DRIVER	"/sys/bus/pci/drivers/" MODULE

static bool modprobe(const char *option)
{
	char *const argv[] = { "modprobe", (char *)option, MODULE, NULL };
	pid_t pid;
	int status;

	if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ))
		return false;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

static bool has_it(const struct survey_card *sc)
{
	return file_exists(DRIVER "/%s", sc->address);
}

static int in_use(const struct card *card)
{
	return fail("%s: %s has it, and what uses it: a survey wants the card alone. Close volumes and tunnels, then: echo %s >/sys/bus/pci/drivers/%s/unbind",
		    card->address, card->driver, card->address, card->driver);
}

int survey_card_take(struct survey_card *sc, const struct card *card)
{
	snprintf(sc->address, sizeof(sc->address), "%s", card->address);
	sc->loaded = false;
	if (*card->driver && strcmp(card->driver, MODULE))
		return in_use(card);
	if (!file_exists(DRIVER)) {
		sc->loaded = modprobe("-q");
		if (!sc->loaded)
			return fail("cannot load the module " MODULE ": it comes with hifn795x; the kernel's log may say why");
	}
	if (!has_it(sc))
		write_file(sc->address, DRIVER "/bind");
	if (has_it(sc))
		return OK;
	survey_card_leave(sc);
	return fail("%s: " MODULE " does not take it; the kernel's log says why", sc->address);
}

void survey_card_leave(struct survey_card *sc)
{
	if (sc->loaded && !modprobe("-rq"))
		fprintf(stderr, "hifnctl: " MODULE " stays loaded: modprobe -r " MODULE "\n");
	sc->loaded = false;
}

char *survey_card_experiments(const struct survey_card *sc)
{
	char *text = read_file("/sys/bus/pci/devices/%s/survey/experiments", sc->address);

	if (!text)
		fail("%s: %s", sc->address, strerror(errno));
	return text;
}

int survey_card_run(const struct survey_card *sc, const char *id)
{
	return write_file(id, "/sys/bus/pci/devices/%s/survey/run", sc->address);
}

char *survey_card_result(const struct survey_card *sc)
{
	return read_file("/sys/bus/pci/devices/%s/survey/result", sc->address);
}

/* Each read from the beginning gives the next page. */
char *survey_card_trace(const struct survey_card *sc)
{
	char path[128];
	char *text = get_memory(65536 + 1);	/* more than a page of any machine */
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/survey/trace", sc->address);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	got = fd < 0 ? -1 : read(fd, text, 65536);
	if (fd >= 0)
		close(fd);
	if (got > 0)
		return text;
	free(text);
	return NULL;
}
