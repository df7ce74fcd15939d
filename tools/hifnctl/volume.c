// SPDX-License-Identifier: BSD-2-Clause
/* Volumes of dm-crypt. Their tables have keys in them: such memory is wiped. */
#define _GNU_SOURCE
#include <errno.h>
#include <libdevmapper.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "files.h"
#include "hifnctl.h"
#include "user.h"

#define SECTOR	512

/* ---- a table's parameters ---- */

/* "capi:xts(aes)-plain64": the name goes to the last "-" outside of brackets. */
static bool parse_capi(struct user *user, const char *spec)
{
	const char *iv = strrchr(spec, '-');

	if (!iv || iv == spec || iv - spec >= (long)sizeof(user->algorithm))
		return false;
	snprintf(user->algorithm, sizeof(user->algorithm), "%.*s", (int)(iv - spec), spec);
	snprintf(user->iv, sizeof(user->iv), "%s", iv + 1);
	return true;
}

/* CIPHER[:KEYS][-MODE[-IV[:OPTIONS]]]: "aes-xts-plain64", "aes-cbc-essiv:sha256", "aes". */
static bool parse_cipher(struct user *user, const char *spec)
{
	char text[96];
	char *rest = text;
	char *cipher;
	char *mode;

	if (starts_with(spec, "capi:"))
		return parse_capi(user, spec + 5);
	if (snprintf(text, sizeof(text), "%s", spec) >= (int)sizeof(text))
		return false;
	cipher = strsep(&rest, "-");
	mode = strsep(&rest, "-");
	cipher[strcspn(cipher, ":")] = '\0';
	snprintf(user->algorithm, sizeof(user->algorithm), "%.24s(%.24s)", mode ?: "cbc", cipher);
	snprintf(user->iv, sizeof(user->iv), "%.*s", rest ? (int)strcspn(rest, ":") : 5,
		 rest ?: "plain");
	return *cipher;
}

/* Hexadecimal digits, ":BYTES:KIND:DESCRIPTION" of a keyring, or "-". */
static bool parse_key(struct user *user, char *key)
{
	unsigned int bytes;

	if (*key == ':') {
		if (sscanf(key, ":%u:", &bytes) != 1 || bytes > 4096)
			return false;
		user->key_bits = bytes * 8;
		return true;
	}
	user->key_bits = strcmp(key, "-") ? strlen(key) * 4 : 0;
	explicit_bzero(key, strlen(key));
	return true;
}

bool volume_parse(struct user *user, char *params)
{
	char *cipher = next_word(&params);
	char *key = next_word(&params);
	char *word;
	uint64_t size;

	if (!key || !next_word(&params) || !next_word(&params) || !next_word(&params) ||
	    !parse_cipher(user, cipher) || !parse_key(user, key))
		return false;
	user->kind = USER_VOLUME;
	user->sector_size = SECTOR;
	while ((word = next_word(&params))) {
		if (!strcmp(word, "no_write_workqueue"))
			user->no_write_queue = true;
		else if (starts_with(word, "sector_size:") && get_number(word + 12, &size))
			user->sector_size = size;
	}
	return true;
}

/* ---- what is known of it beside ---- */

static void read_amount(struct user *user, unsigned int minor)
{
	char text[512];
	unsigned long long read_sectors;
	unsigned long long written;

	read_line(text, sizeof(text), "/sys/block/dm-%u/stat", minor);
	if (sscanf(text, "%*u %*u %llu %*u %*u %*u %llu", &read_sectors, &written) == 2)
		user->bytes = (read_sectors + written) * SECTOR;
}

static uint64_t to_boottime(const struct timespec *when)
{
	struct timespec now;
	int64_t ago;

	clock_gettime(CLOCK_REALTIME, &now);
	ago = (now.tv_sec - when->tv_sec) * 1000000000ll + now.tv_nsec - when->tv_nsec;
	return ago >= 0 && (uint64_t)ago < boottime_ns() ? boottime_ns() - ago : 0;
}

/* devtmpfs makes the node when the device is made, a moment before its table. */
static void read_created(struct user *user, unsigned int minor)
{
	char path[1024];
	struct stat st;

	snprintf(path, sizeof(path), "%s/dev/dm-%u", root, minor);
	if (!stat(path, &st))
		user->created_ns = to_boottime(&st.st_mtim);
}

static void add_volume(struct users *users, const char *name, const char *uuid,
		       unsigned int minor, char *params)
{
	struct user volume = { 0 };

	if (!volume_parse(&volume, params))
		return;
	snprintf(volume.name, sizeof(volume.name), "%s", name);
	snprintf(volume.type, sizeof(volume.type), "%s",
		 starts_with(uuid, "CRYPT-LUKS") ? "luks" : "crypt");
	read_amount(&volume, minor);
	read_created(&volume, minor);
	users->user = one_more(users->user, &users->nr, sizeof(*users->user));
	users->user[users->nr - 1] = volume;
}

/* ---- from device mapper ---- */

static void read_table(struct users *users, const char *name)
{
	struct dm_task *task = dm_task_create(DM_DEVICE_TABLE);
	struct dm_info info;
	void *next = NULL;
	uint64_t start;
	uint64_t length;
	char *type;
	char *params;

	if (!task)
		return;
	/* it may be gone meanwhile */
	if (dm_task_set_name(task, name) && dm_task_secure_data(task) && dm_task_run(task) &&
	    dm_task_get_info(task, &info) && info.exists) {
		do {
			next = dm_get_next_target(task, next, &start, &length, &type, &params);
			if (type && params && !strcmp(type, "crypt"))
				add_volume(users, name, dm_task_get_uuid(task) ?: "",
					   info.minor, params);
		} while (next);
	}
	dm_task_destroy(task);
}

static void read_names(struct users *users, struct dm_names *names)
{
	uint32_t next;

	if (!names->dev)
		return;
	do {
		next = names->next;
		read_table(users, names->name);
		names = (struct dm_names *)((char *)names + next);
	} while (next);
}

static void quiet(int level, const char *file, int line, int error, const char *format, ...)
{
	(void)level, (void)file, (void)line, (void)error, (void)format;
}

static const char *read_dm(struct users *users)
{
	struct dm_task *task;
	struct dm_names *names;

	if (geteuid())
		return "run as root";
	/* opening the control node would load the module */
	if (access("/sys/class/misc/device-mapper", F_OK))
		return NULL;
	dm_log_with_errno_init(quiet);
	task = dm_task_create(DM_DEVICE_LIST);
	if (!task || !dm_task_run(task) || !(names = dm_task_get_names(task))) {
		if (task)
			dm_task_destroy(task);
		return "device mapper does not answer";
	}
	read_names(users, names);
	dm_task_destroy(task);
	dm_lib_release();
	return NULL;
}

/* ---- a recorded machine: "NAME UUID MINOR PARAMETERS" in /dm ---- */

static const char *read_recorded(struct users *users)
{
	char *text = read_file("/dm");
	char *rest = text;
	char *line;

	if (!text)
		return errno == ENOENT ? NULL : "run as root";
	while ((line = next_line(&rest))) {
		char *name = next_word(&line);
		char *uuid = next_word(&line);
		char *minor = next_word(&line);
		uint64_t number;

		if (minor && get_number(minor, &number) && number < 1 << 20)
			add_volume(users, name, uuid, number, line);
	}
	free(text);
	return NULL;
}

const char *volumes_read(struct users *users)
{
	return *root ? read_recorded(users) : read_dm(users);
}
