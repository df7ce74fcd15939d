/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a transport is to the program: it brings somebody's accesses to a PCI
 * function, finds that somebody's memory, and carries the interrupt. It serves one
 * connection at a time and knows nothing of what the function does.
 *
 * One thread; no call blocks. The loop's round: work(), the function's own turn,
 * sleep() if there is nothing to do, poll() on fds(), awake(), serve().
 */
#ifndef TRANSPORT_H
#define TRANSPORT_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#define TRANSPORT_FDS		4	/* at most, per connection */
#define TRANSPORT_CONFIG_BYTES	256	/* a conventional PCI function */

/* The function, from the program; outlives the transport. */
struct transport_function {
	void *opaque;		/* handed to all of them */
	/* 0: there is no such BAR. */
	uint32_t (*bar_bytes)(void *opaque, unsigned int bar);
	/* In bus order. False, without effect: outside, and what is read is ones. */
	bool (*read)(void *opaque, unsigned int bar, uint32_t off, void *buf, uint32_t len);
	bool (*write)(void *opaque, unsigned int bar, uint32_t off, const void *buf,
		      uint32_t len);
	bool (*config_read)(void *opaque, uint32_t off, void *buf, uint32_t len);
	bool (*config_write)(void *opaque, uint32_t off, const void *buf, uint32_t len);
	/* Reset by the bus. The end of a connection is one: DMA stops before memory goes. */
	void (*reset)(void *opaque);
	/* The level of INTx, with "INTx disable" considered. */
	bool (*line)(void *opaque);
	/* One line without newline. */
	void (*log)(void *opaque, const char *line);
};

struct transport_counts {
	uint64_t fired;		/* interrupts sent */
	uint64_t retracted;	/*   of these, taken back before they were seen */
	uint64_t refused;	/* messages against the protocol */
};

struct transport_ops;

/* The head of each transport's own struct. */
struct transport {
	const struct transport_ops *ops;
	const struct transport_function *function;
	struct transport_counts counts;	/* for all connections */
};

struct transport_ops {
	const char *name;
	/*
	 * How long the loop goes on looking before it sleeps, ns since something
	 * moved. For transports whose peer gives no event for each access.
	 */
	uint64_t spin_ns;

	/* Without a connection. NULL: no memory. */
	struct transport *(*create)(const struct transport_function *function);
	/* Closes, and frees. */
	void (*destroy)(struct transport *t);

	/* A client has connected: sock, non-blocking, belongs to the transport now. */
	void (*open)(struct transport *t, int sock);
	/* Resets the function, then lets go of memory and files. Nothing if not open. */
	void (*close)(struct transport *t);

	/* Files to wait for, events set; returns how many. 0: no connection. */
	unsigned int (*fds)(const struct transport *t, struct pollfd fds[TRANSPORT_FDS]);
	/* The same files after poll(). False: the connection is over, close() it. */
	bool (*serve)(struct transport *t, const struct pollfd fds[TRANSPORT_FDS]);

	/*
	 * For accesses in shared memory; all three may be NULL. work() does what is
	 * there and returns whether that was anything. sleep() asks the peer for an
	 * event from now on; false: something is there after all, do not sleep.
	 * awake() comes after every poll().
	 */
	bool (*work)(struct transport *t);
	bool (*sleep)(struct transport *t);
	void (*awake)(struct transport *t);

	/* function->line() may have changed; called from within the function's calls too. */
	void (*line_changed)(struct transport *t);

	/*
	 * Memory behind a bus address, NULL: nothing answers. *avail: contiguous
	 * bytes from there on, at least 1. Valid until the next serve() or work().
	 */
	void *(*dma)(struct transport *t, uint64_t addr, bool write, uint64_t *avail);
};

/* For the transports themselves: a line in the log, and one that is counted as refused. */
void transport_log(const struct transport *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void transport_refused(struct transport *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
