// SPDX-License-Identifier: BSD-2-Clause
/*
 * Runs one file through a named implementation of the kernel's crypto API.
 *
 * usage: afalg DRIVER enc|dec KEY IV|- INPUT OUTPUT [CHUNK]
 *
 * KEY and IV are hex. With CHUNK the data goes in pieces of that many bytes and
 * the IV is given only with the first: the kernel passes on what the driver
 * leaves in its IV buffer.
 *
 * For the peer's guest: it runs a 32-bit kernel on little more than busybox and has
 * no Python, and what this sends in pieces and in which memory the data lie is part of
 * the test. Guests with Python have ci/guest/py/afalg.py.
 */
#include <errno.h>
#include <linux/if_alg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DATA_MAX	(64 * 1024)
#define IV_MAX		16
#define KEY_MAX		32
#define PAGE		4096

struct job {
	const char *driver;
	__u32 op;
	unsigned char key[KEY_MAX], iv[IV_MAX];
	size_t keylen, ivlen, len, chunk;
};

static void die(const char *what, const char *which)
{
	fprintf(stderr, "afalg: %s %s: %s\n", what, which, strerror(errno));
	exit(1);
}

static size_t parse_hex(const char *hex, unsigned char *out, size_t max)
{
	size_t len = strlen(hex) / 2;

	if (strlen(hex) % 2 || len > max) {
		fprintf(stderr, "afalg: %s: not hex of at most %zu bytes\n", hex, max);
		exit(1);
	}
	for (size_t i = 0; i < len; i++) {
		unsigned int byte;

		if (sscanf(hex + 2 * i, "%2x", &byte) != 1) {
			fprintf(stderr, "afalg: %s: not hex\n", hex);
			exit(1);
		}
		out[i] = byte;
	}
	return len;
}

static size_t read_file(const char *path, unsigned char *data)
{
	FILE *file = fopen(path, "rb");
	size_t len;

	if (!file)
		die("cannot read", path);
	len = fread(data, 1, DATA_MAX, file);
	if (ferror(file) || !feof(file)) {
		fprintf(stderr, "afalg: %s: unreadable or larger than %d bytes\n",
			path, DATA_MAX);
		exit(1);
	}
	fclose(file);
	return len;
}

static void write_file(const char *path, const unsigned char *data, size_t len)
{
	FILE *file = fopen(path, "wb");

	if (!file)
		die("cannot write", path);
	if (fwrite(data, 1, len, file) != len || fclose(file))
		die("cannot write", path);
}

static int open_driver(const struct job *job)
{
	struct sockaddr_alg addr = { .salg_family = AF_ALG, .salg_type = "skcipher" };
	int listener = socket(AF_ALG, SOCK_SEQPACKET, 0), fd;

	if (listener < 0)
		die("cannot open", "AF_ALG");
	strncpy((char *)addr.salg_name, job->driver, sizeof(addr.salg_name) - 1);
	if (bind(listener, (struct sockaddr *)&addr, sizeof(addr)))
		die("cannot bind", job->driver);
	if (setsockopt(listener, SOL_ALG, ALG_SET_KEY, job->key, job->keylen))
		die("key refused by", job->driver);
	fd = accept(listener, NULL, 0);
	if (fd < 0)
		die("cannot accept from", job->driver);
	close(listener);
	return fd;
}

/* Operation and IV travel beside the first piece only. */
static void send_piece(int fd, const struct job *job, unsigned char *data, size_t len,
		       bool first, bool last)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(4) + CMSG_SPACE(sizeof(struct af_alg_iv) + IV_MAX)];
	} control = { 0 };
	struct iovec iov = { data, len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (first) {
		struct cmsghdr *cmsg = &control.align;
		struct af_alg_iv *iv;

		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(4);
		cmsg->cmsg_level = SOL_ALG;
		cmsg->cmsg_type = ALG_SET_OP;
		cmsg->cmsg_len = CMSG_LEN(4);
		memcpy(CMSG_DATA(cmsg), &job->op, 4);
		if (job->ivlen) {
			msg.msg_controllen += CMSG_SPACE(sizeof(*iv) + job->ivlen);
			cmsg = CMSG_NXTHDR(&msg, cmsg);
			cmsg->cmsg_level = SOL_ALG;
			cmsg->cmsg_type = ALG_SET_IV;
			cmsg->cmsg_len = CMSG_LEN(sizeof(*iv) + job->ivlen);
			iv = (struct af_alg_iv *)CMSG_DATA(cmsg);
			iv->ivlen = job->ivlen;
			memcpy(iv->iv, job->iv, job->ivlen);
		}
	}
	if (sendmsg(fd, &msg, last ? 0 : MSG_MORE) != (ssize_t)len)
		die("cannot send to", job->driver);
}

static void run(const struct job *job, unsigned char *in, unsigned char *out)
{
	int fd = open_driver(job);

	for (size_t at = 0; at < job->len; at += job->chunk) {
		size_t left = job->len - at;
		size_t len = left < job->chunk ? left : job->chunk;

		send_piece(fd, job, in + at, len, at == 0, len == left);
		if (read(fd, out + at, len) != (ssize_t)len)
			die("no data from", job->driver);
	}
	close(fd);
}

int main(int argc, char **argv)
{
	static unsigned char in[DATA_MAX + 1] __attribute__((aligned(PAGE)));
	static unsigned char out[DATA_MAX] __attribute__((aligned(PAGE)));
	struct job job = { 0 };

	if (argc < 7) {
		fputs("usage: afalg DRIVER enc|dec KEY IV|- INPUT OUTPUT [CHUNK]\n", stderr);
		return 2;
	}
	job.driver = argv[1];
	job.op = strcmp(argv[2], "dec") ? ALG_OP_ENCRYPT : ALG_OP_DECRYPT;
	job.keylen = parse_hex(argv[3], job.key, KEY_MAX);
	if (strcmp(argv[4], "-"))
		job.ivlen = parse_hex(argv[4], job.iv, IV_MAX);
	job.len = read_file(argv[5], in);
	job.chunk = argc > 7 ? strtoul(argv[7], NULL, 0) : job.len;
	if (!job.chunk) {
		fputs("afalg: nothing to do: empty input or chunk\n", stderr);
		return 2;
	}
	run(&job, in, out);
	write_file(argv[6], out, job.len);
	return 0;
}
