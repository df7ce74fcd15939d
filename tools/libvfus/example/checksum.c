// SPDX-License-Identifier: BSD-2-Clause
/*
 * An example of libvfus: a device that copies memory to memory and sums it up, checksum.h.
 *
 *	vfus-checksum --socket /run/ck.sock [--by-message]
 *	qemu-system-x86_64 -object memory-backend-memfd,id=mem,size=1G,share=on \
 *	    -machine q35,memory-backend=mem -m 1G -device \
 *	    '{"driver":"vfio-user-pci","socket":{"type":"unix","path":"/run/ck.sock"}}' ...
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "checksum.h"
#include "vfus.h"
#include "vfus_config.h"

struct checksum {
	struct vfus *server;
	struct vfus_config config;
	uint8_t regs[CK_REGS];
	uint8_t *log;		/* CK_LOG_BYTES, of the file that clients map */
	int log_fd;
	uint32_t entries;
	uint64_t jobs, messages;	/* since the start, for the last line */
	uint8_t buf[CK_MAX_BYTES];	/* of the one job */
};

/* ---- registers and the log ---- */

static uint32_t get(const struct checksum *ck, unsigned int reg)
{
	uint32_t val;

	memcpy(&val, ck->regs + reg, sizeof(val));
	return val;
}

static uint64_t get64(const struct checksum *ck, unsigned int reg)
{
	return get(ck, reg) | (uint64_t)get(ck, reg + 4) << 32;
}

static void set(struct checksum *ck, unsigned int reg, uint32_t val)
{
	memcpy(ck->regs + reg, &val, sizeof(val));
}

/* Clients that have mapped it see the count rise after the entry. */
static void write_log(struct checksum *ck, int err)
{
	uint32_t entry[] = { ++ck->entries, get(ck, CK_LEN), err ? 0 : get(ck, CK_SUM), err };
	size_t at = CK_LOG_FIRST + (ck->entries - 1) % CK_LOG_ENTRIES * CK_LOG_ENTRY;

	memcpy(ck->log + at, entry, sizeof(entry));
	__atomic_store_n((uint32_t *)ck->log, ck->entries, __ATOMIC_RELEASE);
}

/* ---- the job ---- */

static uint32_t crc32(const uint8_t *p, size_t n)
{
	uint32_t crc = ~0u;

	while (n--) {
		crc ^= *p++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

/* By the best that the driver has armed; the line, if it has neither. */
static void interrupt(struct checksum *ck, bool failed)
{
	if (vfus_config_bus_master(&ck->config) &&
	    (vfus_interrupt(ck->server, VFUS_MSIX, failed ? CK_VECTOR_FAILED : CK_VECTOR_DONE) ||
	     vfus_interrupt(ck->server, VFUS_MSI, 0)))
		return;
	vfus_line_changed(ck->server);
}

static void finish(struct checksum *ck, int err)
{
	set(ck, CK_STATUS, err ? CK_FAILED : CK_DONE);
	set(ck, CK_ERROR, err);
	if (!err) {
		set(ck, CK_JOBS, get(ck, CK_JOBS) + 1);
		ck->jobs++;
	}
	write_log(ck, err);
	interrupt(ck, err);
}

static void written(void *opaque, int err)
{
	finish(opaque, err);
}

static void got_source(void *opaque, int err)
{
	struct checksum *ck = opaque;
	uint32_t len = get(ck, CK_LEN);

	if (!err) {
		set(ck, CK_SUM, crc32(ck->buf, len));
		err = vfus_dma_write(ck->server, get64(ck, CK_DST), ck->buf, len, written, ck);
		if (!err)
			return;
	}
	finish(ck, err);
}

static void start(struct checksum *ck)
{
	uint32_t len = get(ck, CK_LEN);
	int err;

	if (get(ck, CK_STATUS) & CK_BUSY)
		return;
	set(ck, CK_STATUS, CK_BUSY);
	if (!len || len > CK_MAX_BYTES)
		err = EINVAL;
	else if (!vfus_config_bus_master(&ck->config))
		err = EPERM;
	else
		err = vfus_dma_read(ck->server, get64(ck, CK_SRC), ck->buf, len, got_source, ck);
	if (err)
		finish(ck, err);
}

/* ---- what the server asks ---- */

static void region(void *opaque, unsigned int index, struct vfus_region *r)
{
	static const struct vfus_area mapped = { CK_LOG_FIRST, CK_LOG_BYTES - CK_LOG_FIRST };
	struct checksum *ck = opaque;

	r->readable = true;
	r->writable = true;
	switch (index) {
	case CK_BAR_REGS:
	case CK_BAR_MSIX:
		r->size = CK_BAR_BYTES;
		r->max_access = 8;
		break;
	case CK_BAR_LOG:
		r->size = CK_LOG_BYTES;
		r->writable = false;
		r->fd = ck->log_fd;
		r->areas = &mapped;
		r->nr_areas = 1;
		break;
	case VFUS_CONFIG:
		r->size = VFUS_CONFIG_BYTES;
		break;
	}
}

static int read_region(void *opaque, unsigned int index, uint64_t off, void *buf, uint32_t len)
{
	struct checksum *ck = opaque;

	set(ck, CK_MESSAGES, ck->messages += vfus_counts(ck->server).messages);
	memset(buf, 0, len);
	if (index == VFUS_CONFIG)
		vfus_config_read(&ck->config, off, buf, len);
	else if (index == CK_BAR_LOG)
		memcpy(buf, ck->log + off, len);
	else if (index == CK_BAR_REGS && off + len <= CK_REGS)
		memcpy(buf, ck->regs + off, len);
	return 0;
}

static void write_register(struct checksum *ck, uint64_t off, const void *buf, uint32_t len)
{
	uint32_t val = 0;

	if (off >= CK_SRC && off + len <= CK_SUM && !(get(ck, CK_STATUS) & CK_BUSY))
		memcpy(ck->regs + off, buf, len);
	if (len != sizeof(val))
		return;
	memcpy(&val, buf, sizeof(val));
	if (off == CK_STATUS)
		set(ck, CK_STATUS, get(ck, CK_STATUS) & ~(val & (CK_DONE | CK_FAILED)));
	else if (off == CK_CONTROL && val == CK_START)
		start(ck);
}

static int write_region(void *opaque, unsigned int index, uint64_t off, const void *buf,
			uint32_t len)
{
	struct checksum *ck = opaque;

	if (index == VFUS_CONFIG)
		vfus_config_write(&ck->config, off, buf, len);
	else if (index == CK_BAR_REGS)
		write_register(ck, off, buf, len);
	return 0;
}

static void reset(void *opaque, enum vfus_reset why)
{
	struct checksum *ck = opaque;

	(void)why;
	vfus_config_reset(&ck->config);
	memset(ck->regs, 0, sizeof(ck->regs));
	set(ck, CK_ID, CK_ID_VALUE);
}

static bool line(void *opaque)
{
	struct checksum *ck = opaque;

	return vfus_config_line(&ck->config, get(ck, CK_STATUS) & (CK_DONE | CK_FAILED));
}

static void log_line(void *opaque, const char *text)
{
	(void)opaque;
	fprintf(stderr, "vfus-checksum: %s\n", text);
}

/* ---- start and end ---- */

static bool make_log(struct checksum *ck)
{
	ck->log_fd = memfd_create("checksum-log", MFD_CLOEXEC);
	if (ck->log_fd < 0 || ftruncate(ck->log_fd, CK_LOG_BYTES))
		return false;
	ck->log = mmap(NULL, CK_LOG_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, ck->log_fd, 0);
	return ck->log != MAP_FAILED;
}

static void make_config(struct checksum *ck)
{
	const struct vfus_ids ids = {
		.vendor = CK_VENDOR, .device = CK_DEVICE,
		.class_code = 0x0b4000,	/* a co-processor */
	};
	const struct vfus_msix msix = {
		.vectors = CK_VECTORS, .table_bar = CK_BAR_MSIX, .pba_bar = CK_BAR_MSIX,
		.pba_offset = CK_BAR_BYTES / 2,
	};

	vfus_config_init(&ck->config, VFUS_CONFIG_BYTES, &ids);
	vfus_config_bar(&ck->config, CK_BAR_LOG, VFUS_BAR_64 | VFUS_BAR_PREFETCH);
	vfus_config_intx(&ck->config, 1);
	vfus_config_msi(&ck->config, 1);
	vfus_config_msix(&ck->config, &msix);
}

static int signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static int usage(void)
{
	fputs("usage: vfus-checksum --socket PATH [--by-message]\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	static struct checksum ck;
	struct vfus_device device = {
		.opaque = &ck,
		.vectors = { [VFUS_INTX] = 1, [VFUS_MSI] = 1, [VFUS_MSIX] = CK_VECTORS },
		.region = region, .read = read_region, .write = write_region,
		.reset = reset, .line = line, .log = log_line,
	};
	int listener, stop = signals(), err;
	const char *path = NULL;
	char why[400];

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--by-message"))
			device.by_message = true;
		else if (!strcmp(argv[i], "--socket") && i + 1 < argc)
			path = argv[++i];
		else
			return usage();
	}
	if (!path)
		return usage();
	make_config(&ck);
	ck.server = make_log(&ck) ? vfus_create(&device) : NULL;
	if (!ck.server || stop < 0) {
		fprintf(stderr, "vfus-checksum: no memory\n");
		return 1;
	}
	reset(&ck, VFUS_RESET_ASKED);
	listener = vfus_listen(path, why, sizeof(why));
	if (listener < 0) {
		fprintf(stderr, "vfus-checksum: %s\n", why);
		return 1;
	}
	err = vfus_run(ck.server, listener, stop);
	ck.messages += vfus_counts(ck.server).messages;
	printf("jobs %llu messages %llu\n", (unsigned long long)ck.jobs,
	       (unsigned long long)ck.messages);
	vfus_destroy(ck.server);
	unlink(path);
	return err ? 1 : 0;
}
