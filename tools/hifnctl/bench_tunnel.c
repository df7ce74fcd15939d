// SPDX-License-Identifier: BSD-2-Clause
/*
 * hifnctl bench's tunnel: datagrams through ESP from one network namespace to another. Both ends
 * are this machine's: each datagram is enciphered and deciphered. IPsec asks for an algorithm by
 * its name and gets whom the kernel prefers, so that the CPU is acf's way to it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "card.h"
#include "hifnctl.h"

static struct bench_end ends[2] = {
	{ .ns = -1, .udp = -1 },
	{ .ns = -1, .udp = -1 },
};

static const char *prepare(struct bench_options *o)
{
	static char why[256];
	char cipher[64];
	int i;

	snprintf(cipher, sizeof(cipher), "%s", o->algorithm);
	snprintf(o->algorithm, sizeof(o->algorithm), "authenc(hmac(%.8s),%.40s)", o->hash, cipher);
	for (i = 0; i < NR_UNITS; i++)
		bench_preferred(o->algorithm, o->drivers[i], sizeof(o->drivers[i]));
	if (strstr(o->drivers[CARD], "-acf"))
		return NULL;
	snprintf(why, sizeof(why), "IPsec gets %s, which the kernel prefers, and no card: load acf with a higher priority (modinfo acf)",
		 *o->drivers[CARD] ? o->drivers[CARD] : "nobody");
	return why;
}

static const char *start(const struct bench_options *o)
{
	(void)o;
	return NULL;
}

static const char *open_tunnel(const struct bench_options *o, unsigned int size, enum unit unit)
{
	const char *error = net_open(ends);

	(void)size, (void)unit;
	return error ? error : net_esp(ends, o);
}

static void close_tunnel(const struct bench_options *o)
{
	(void)o;
	net_close(ends);
}

/* ---- the datagrams ---- */

struct traffic {
	unsigned int size;
	unsigned int depth;
	unsigned int on_the_way;
	uint64_t bytes;
	uint64_t lost;
	unsigned int silent;	/* waits in a row that brought nothing */
};

static bool fill(struct traffic *t, const char *datagram)
{
	while (t->on_the_way < t->depth) {
		if (send(ends[0].udp, datagram, t->size, 0) != (ssize_t)t->size)
			return t->on_the_way;	/* a queue is full */
		t->on_the_way++;
	}
	return true;
}

/* What has come, at least one datagram; without any for a while those on the way are lost. */
static bool drain(struct traffic *t)
{
	char datagram[2048];
	int flags = 0;

	while (recv(ends[1].udp, datagram, sizeof(datagram), flags) == (ssize_t)t->size) {
		t->bytes += t->size;
		t->silent = 0;
		if (t->on_the_way)
			t->on_the_way--;
		flags = MSG_DONTWAIT;
	}
	if (flags || errno == EINTR)
		return true;
	t->lost += t->on_the_way;
	t->on_the_way = 0;
	return ++t->silent < 10;
}

static uint64_t run(unsigned int size, unsigned int depth, double seconds, uint64_t *lost)
{
	struct traffic t = { .size = size, .depth = depth };
	uint64_t until = boottime_ns() + (uint64_t)(seconds * 1e9);
	char datagram[2048] = "";

	/* the first one waits for ARP, and for whom the machine favours */
	while (!bench_stopped && (!t.bytes || boottime_ns() < until))
		if (!fill(&t, datagram) || !drain(&t))
			break;
	while (!bench_stopped && t.on_the_way && drain(&t))
		;
	*lost += t.lost;
	return t.bytes;
}

const struct bench_load bench_tunnel = {
	.name = "tunnel",
	.sizes = { 64, 1400 },
	.acf_is_software = true,
	.prepare = prepare,
	.start = start,
	.open = open_tunnel,
	.run = run,
	.close = close_tunnel,
	.end = close_tunnel,
};
