// SPDX-License-Identifier: BSD-2-Clause
/*
 * hifnctl bench's volumes: dm-crypt over dm-zero, or over a device that is there, read by
 * threads. It names the implementation (capi:cbc-aes-acf), so that the card is measured where
 * the kernel prefers another one, and the CPU without acf.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <libdevmapper.h>
#include <linux/fs.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "hifnctl.h"

#define SECTORS_MOST	(1ull << 21)	/* of the volume: 1 GiB */
#define SECTORS_LEAST	2048

static uint64_t sectors = SECTORS_MOST;

/* ---- device mapper ---- */

static void quiet(int level, const char *file, int line, int error, const char *format, ...)
{
	(void)level, (void)file, (void)line, (void)error, (void)format;
}

static bool run_task(int type, const char *name, const char *target, const char *params)
{
	struct dm_task *task = dm_task_create(type);
	bool done;

	if (!task)
		return false;
	done = dm_task_set_name(task, name) && dm_task_secure_data(task) &&
	       (!target || (dm_task_set_ro(task) &&
			    dm_task_add_target(task, 0, sectors, target, params)));
	/* one that is still read, or looked at by udev, goes when that has ended */
	if (type == DM_DEVICE_REMOVE)
		dm_task_deferred_remove(task);
	done = done && dm_task_run(task);
	dm_task_destroy(task);
	return done;
}

/* By number: the node in /dev/mapper is udev's, which may be late. False: there is none. */
static bool find_node(const char *name, char *path, size_t bytes)
{
	struct dm_task *task = dm_task_create(DM_DEVICE_INFO);
	struct dm_info info = { 0 };
	bool done = task && dm_task_set_name(task, name) && dm_task_run(task) &&
		    dm_task_get_info(task, &info) && info.exists;

	if (task)
		dm_task_destroy(task);
	snprintf(path, bytes, "/dev/dm-%u", info.minor);
	return done;
}

static const char *name_of(const struct bench_options *o, const char *what, char *name, size_t bytes)
{
	snprintf(name, bytes, "hifnctl-%s-%d", what, o->owner);
	return name;
}

static void remove_volume(const struct bench_options *o, const char *what)
{
	char path[32];
	char name[64];

	if (find_node(name_of(o, what, name, sizeof(name)), path, sizeof(path)))
		run_task(DM_DEVICE_REMOVE, name, NULL, NULL);
}

/* ---- what is under it ---- */

static const char *look_at_device(const char *device)
{
	uint64_t bytes = 0;
	struct stat st;
	int fd = open(device, O_RDONLY | O_CLOEXEC);
	bool is_device = fd >= 0 && !fstat(fd, &st) && S_ISBLK(st.st_mode) &&
			 !ioctl(fd, BLKGETSIZE64, &bytes);

	if (fd >= 0)
		close(fd);
	if (!is_device)
		return "the device of --device cannot be read, or is no block device";
	sectors = bytes / 512 / 8 * 8;
	if (sectors > SECTORS_MOST)
		sectors = SECTORS_MOST;
	return sectors < SECTORS_LEAST ? "the device of --device is smaller than 1 MiB" : NULL;
}

static const char *prepare(struct bench_options *o)
{
	bench_software(o->algorithm, o->drivers[CPU], sizeof(o->drivers[CPU]));
	if (!*o->drivers[CPU])
		return "the kernel has no software for it to compare with";
	/* acf's names are the algorithm's words by "-": cbc-aes-acf */
	snprintf(o->drivers[CARD], sizeof(o->drivers[CARD]), "%.*s-%.*s-acf",
		 (int)strcspn(o->algorithm, "("), o->algorithm,
		 (int)strcspn(strchr(o->algorithm, '(') + 1, ")"), strchr(o->algorithm, '(') + 1);
	memcpy(o->drivers[AUTO], o->drivers[CARD], sizeof(o->drivers[AUTO]));
	return o->device ? look_at_device(o->device) : NULL;
}

static const char *start(const struct bench_options *o)
{
	char name[64];

	dm_log_with_errno_init(quiet);
	if (!o->device && !run_task(DM_DEVICE_CREATE, name_of(o, "zero", name, sizeof(name)), "zero", ""))
		return "device mapper has no target \"zero\" (CONFIG_DM_ZERO): --device DEVICE reads that one instead";
	return NULL;
}

/* ---- the volume ---- */

static const char *make_volume(const struct bench_options *o, unsigned int size, enum unit unit)
{
	unsigned char key[64];
	char params[768];
	char hex[129] = "";
	char under[32];
	char name[64];
	bool done;
	size_t i;

	if (!o->device && !find_node(name_of(o, "zero", name, sizeof(name)), under, sizeof(under)))
		return "dm-zero's device has gone";
	if (getrandom(key, o->bits / 8, 0) != (ssize_t)o->bits / 8)
		return "no random key";
	for (i = 0; i < o->bits / 8; i++)
		sprintf(hex + 2 * i, "%02x", key[i]);
	snprintf(params, sizeof(params), "capi:%s-plain64 %s 0 %s 0 1 sector_size:%u",
		 o->drivers[unit], hex, o->device ?: under, size);
	done = run_task(DM_DEVICE_CREATE, name_of(o, "bench", name, sizeof(name)), "crypt", params);
	explicit_bzero(key, sizeof(key));
	explicit_bzero(hex, sizeof(hex));
	explicit_bzero(params, sizeof(params));
	return done ? NULL :
	       "dm-crypt does not take the cipher, the length of the key, or the device: the kernel's log says why";
}

static int volume = -1;

static const char *open_volume(const struct bench_options *o, unsigned int size, enum unit unit)
{
	const char *error = make_volume(o, size, unit);
	char path[32];
	char name[64];

	if (error)
		return error;
	if (find_node(name_of(o, "bench", name, sizeof(name)), path, sizeof(path)))
		volume = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
	return volume < 0 ? "the volume that was made cannot be opened" : NULL;
}

static void close_volume(const struct bench_options *o)
{
	if (volume >= 0)
		close(volume);
	volume = -1;
	remove_volume(o, "bench");
}

static void end(const struct bench_options *o)
{
	close_volume(o);
	remove_volume(o, "zero");
	dm_lib_release();
}

/* ---- its readers ---- */

struct reader {
	pthread_t thread;
	unsigned int size;
	unsigned int nr;
	uint64_t bytes;
	bool failed;
};

/* No stack's: one whose read does not end looks at them for as long as it takes. */
static struct reader readers[DEPTH_MOST];
static volatile bool end_of_it;

/* Each reads places of its own, one request at a time. */
static void *read_on(void *data)
{
	struct reader *r = data;
	uint64_t places = sectors * 512 / r->size;
	uint64_t at = places / DEPTH_MOST * r->nr;
	void *buf = get_pages(r->size);

	do {
		if (pread(volume, buf, r->size, at % places * r->size) != (ssize_t)r->size) {
			r->failed = true;
			break;
		}
		r->bytes += r->size;
		at++;
	} while (!end_of_it);
	free(buf);
	return NULL;
}

static void wait_for(double seconds)
{
	const struct timespec time = { seconds, (seconds - (long)seconds) * 1e9 };

	/* a signal ends it */
	if (!bench_stopped)
		nanosleep(&time, NULL);
}

/* Signals are for the thread that waits. */
static unsigned int start_readers(unsigned int size, unsigned int depth)
{
	sigset_t all;
	sigset_t before;
	unsigned int nr;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (nr = 0; nr < depth; nr++) {
		readers[nr] = (struct reader){ .size = size, .nr = nr };
		if (pthread_create(&readers[nr].thread, NULL, read_on, &readers[nr]))
			break;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return nr;
}

/* False: a read does not end, and nothing can end it, no signal and no exit. */
static bool join_readers(unsigned int nr)
{
	struct timespec until;
	unsigned int i;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += bench_patience;
	for (i = 0; i < nr; i++)
		if (pthread_timedjoin_np(readers[i].thread, NULL, &until))
			return false;
	return true;
}

static uint64_t run(unsigned int size, unsigned int depth, double seconds, uint64_t *lost)
{
	unsigned int nr;
	uint64_t bytes = 0;
	unsigned int i;
	bool ok;

	(void)lost;
	end_of_it = false;
	nr = start_readers(size, depth);
	ok = nr == depth;
	wait_for(seconds);
	end_of_it = true;
	if (!join_readers(nr)) {
		bench_stuck = true;
		return 0;
	}
	for (i = 0; i < nr; i++) {
		bytes += readers[i].bytes;
		ok = ok && !readers[i].failed;
	}
	return ok ? bytes : 0;
}

const struct bench_load bench_volume = {
	.name = "volume",
	.sizes = { 512, 4096 },
	.prepare = prepare,
	.start = start,
	.open = open_volume,
	.run = run,
	.close = close_volume,
	.end = end,
};
