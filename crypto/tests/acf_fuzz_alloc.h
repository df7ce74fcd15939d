/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a submission asks of the kernel's allocators, in whatever context it is made. For
 * the watched calls alone: other tasks, interrupts and softirqs on the same CPU ask for
 * their own.
 */
#ifndef ACF_FUZZ_ALLOC_H
#define ACF_FUZZ_ALLOC_H

#include <linux/errno.h>
#include <linux/types.h>

#define FZ_STACK	24	/* callers kept of the first allocation */

enum fz_where { FZ_IN_THREAD, FZ_BH_OFF, FZ_IN_SOFTIRQ, FZ_WHERES };
enum fz_asked { FZ_KMALLOC, FZ_CACHE, FZ_PAGES };

/* One watched call, on its caller's stack. */
struct fz_window {
	struct fz_window *outer;
	struct fz_window **open;	/* where the innermost of this context is kept */
	enum fz_where where;
	u32 asked;			/* allocations of ours, and of what we call */
	unsigned long kinds;		/* bits of enum fz_asked */
	bool others;			/* the kernel's ciphers asked, or a debug kernel */
	size_t bytes;			/* of the first */
	u32 depth;
	unsigned long stack[FZ_STACK];	/* who asked first */
	unsigned int fail_nth;		/* what was left of the outer one's */
	bool failed;			/* an allocation was made to fail */
};

#ifdef CONFIG_TRACEPOINTS

/* Attach to the allocators and show that they are seen in every context; 0 or -errno.
 * May sleep. fz_alloc_stop() after success only, and may sleep. */
int fz_alloc_start(void);
void fz_alloc_stop(void);

/* Around one call; the task is that of @lane or bottom halves are off. */
void fz_window_open(struct fz_window *w, u32 lane);
void fz_window_close(struct fz_window *w);

/* To the kernel log: who asked first. */
void fz_window_print(const struct fz_window *w);
/* "40 bytes by foo+0x12/0x80 [acf]" */
void fz_window_describe(const struct fz_window *w, char *buf, size_t size);

#else

static inline int fz_alloc_start(void) { return -EOPNOTSUPP; }
static inline void fz_alloc_stop(void) { }
static inline void fz_window_open(struct fz_window *w, u32 lane) { *w = (struct fz_window){ }; }
static inline void fz_window_close(struct fz_window *w) { }
static inline void fz_window_print(const struct fz_window *w) { }
static inline void fz_window_describe(const struct fz_window *w, char *buf, size_t size) { }

#endif

static inline const char *fz_where_name(enum fz_where where)
{
	static const char * const names[] = {
		[FZ_IN_THREAD] = "thread",
		[FZ_BH_OFF] = "bh-off",
		[FZ_IN_SOFTIRQ] = "softirq",
	};

	return names[where];
}

#endif
