// SPDX-License-Identifier: GPL-2.0
/*
 * Allocations counted at the kernel's own tracepoints: kmalloc, kmem_cache_alloc and
 * mm_page_alloc. Unlike failslab's fail-nth, which acts in task context only, they tell
 * of softirqs as well, and of every allocation, not of the first.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/interrupt.h>
#include <linux/kallsyms.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/stacktrace.h>
#include <linux/tracepoint.h>

#include "acf_fuzz.h"
#include "acf_fuzz_alloc.h"

#define KINDS_ALL	(BIT(FZ_KMALLOC) | BIT(FZ_CACHE) | BIT(FZ_PAGES))

/*
 * The innermost open window of a context. With bottom halves off, or in a softirq, nobody
 * else can be there on this CPU; a thread that may be preempted has a place by its lane.
 */
static DEFINE_PER_CPU(struct fz_window *, bh_window);
static struct {
	struct task_struct *task;
	struct fz_window *window;
} threads[FZ_LANES_MAX];

static struct fz_window *window_here(void)
{
	struct fz_window *w;
	u32 i;

	if (in_hardirq() || in_nmi())
		return NULL;
	w = this_cpu_read(bh_window);
	if (w || in_serving_softirq())
		return w;
	for (i = 0; i < FZ_LANES_MAX; i++)
		if (READ_ONCE(threads[i].task) == current)
			return threads[i].window;
	return NULL;
}

/* ---- what the tracepoints call, wherever memory is asked for ---- */

static bool symbol_has(unsigned long ip, const char *what)
{
	char name[KSYM_SYMBOL_LEN];

	snprintf(name, sizeof(name), "%pS", (void *)ip);
	return strstr(name, what);
}

static bool is_ours(unsigned long ip)
{
	return symbol_has(ip, "[acf]") || symbol_has(ip, "[hifn795x]") || symbol_has(ip, "[acf_fuzz]");
}

/*
 * What acf hands to the CPU the kernel's software does, which asks for memory when data is
 * not aligned as it likes it. It is called through the crypto API, and stands between the
 * allocator and our innermost function.
 */
static bool is_software(const unsigned long *stack, u32 depth)
{
	bool cipher = false;
	u32 i;

	for (i = 0; i < depth && !is_ours(stack[i]); i++) {
		if (symbol_has(stack[i], "crypto_alloc") || symbol_has(stack[i], "crypto_create"))
			return false;
		cipher |= symbol_has(stack[i], "crypto_") || symbol_has(stack[i], "skcipher_walk");
	}
	return cipher && i < depth;
}

/* What a debug kernel keeps books of, it keeps for itself. */
static bool is_bookkeeping(const unsigned long *stack, u32 depth)
{
	u32 i;

	if (!IS_ENABLED(CONFIG_DEBUG_OBJECTS) && !IS_ENABLED(CONFIG_DMA_API_DEBUG) &&
	    !IS_ENABLED(CONFIG_KASAN) && !IS_ENABLED(CONFIG_DEBUG_KMEMLEAK))
		return false;
	for (i = 0; i < depth; i++)
		if (symbol_has(stack[i], "debug_object") || symbol_has(stack[i], "debug_dma") ||
		    symbol_has(stack[i], "dma_debug") || symbol_has(stack[i], "stack_depot") ||
		    symbol_has(stack[i], "kmemleak_"))
			return true;
	return false;
}

/*
 * The callers of the tracepoint, innermost first. How many frames are the tracing's own depends on
 * the unwinder: User-Mode Linux's counts its own, and skips none.
 */
static u32 callers(unsigned long *stack, u32 room)
{
	u32 depth = stack_trace_save(stack, room, 2);
	u32 own = 0;
	u32 i;

	for (i = 0; i < min(depth, 8u); i++)
		if (symbol_has(stack[i], "__traceiter_"))
			own = i + 1;
	memmove(stack, stack + own, (depth - own) * sizeof(*stack));
	return depth - own;
}

static void note(enum fz_asked kind, size_t bytes)
{
	struct fz_window *w = window_here();
	unsigned long stack[FZ_STACK];
	u32 depth;

	if (!w)
		return;
	depth = callers(stack, FZ_STACK);
	if (is_software(stack, depth) || is_bookkeeping(stack, depth)) {
		w->others = true;
		return;
	}
	w->kinds |= BIT(kind);
	if (w->asked++)
		return;
	w->bytes = bytes;
	w->depth = depth;
	memcpy(w->stack, stack, depth * sizeof(*stack));
}

static void on_kmalloc(void *unused, unsigned long call_site, const void *ptr, size_t bytes_req,
		       size_t bytes_alloc, gfp_t flags, int node)
{
	note(FZ_KMALLOC, bytes_req);
}

static void on_cache(void *unused, unsigned long call_site, const void *ptr,
		     struct kmem_cache *cache, gfp_t flags, int node)
{
	note(FZ_CACHE, kmem_cache_size(cache));
}

static void on_pages(void *unused, struct page *page, unsigned int order, gfp_t flags,
		     int migratetype)
{
	note(FZ_PAGES, PAGE_SIZE << order);
}

static struct {
	const char *name;
	void *probe;
	struct tracepoint *tp;
} points[] = {
	[FZ_KMALLOC] = { "kmalloc", on_kmalloc },
	[FZ_CACHE] = { "kmem_cache_alloc", on_cache },
	[FZ_PAGES] = { "mm_page_alloc", on_pages },
};

static void find_point(struct tracepoint *tp, void *unused)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(points); i++)
		if (!strcmp(tp->name, points[i].name))
			points[i].tp = tp;
}

static void detach(u32 n)
{
	while (n--)
		tracepoint_probe_unregister(points[n].tp, points[n].probe, NULL);
	tracepoint_synchronize_unregister();
}

static int attach(void)
{
	int err;
	u32 i;

	for_each_kernel_tracepoint(find_point, NULL);
	for (i = 0; i < ARRAY_SIZE(points); i++) {
		err = points[i].tp ? tracepoint_probe_register(points[i].tp, points[i].probe, NULL) :
				     -ENOENT;
		if (!err)
			continue;
		pr_err("tracepoint %s: error %d\n", points[i].name, err);
		detach(i);
		return err;
	}
	return 0;
}

/* ---- windows ---- */

static enum fz_where where_now(void)
{
	if (in_serving_softirq())
		return FZ_IN_SOFTIRQ;
	return softirq_count() ? FZ_BH_OFF : FZ_IN_THREAD;
}

static void fail_first(struct fz_window *w)
{
#ifdef CONFIG_FAULT_INJECTION
	if (!fz_fail_nth || !in_task())
		return;
	w->fail_nth = current->fail_nth;
	current->fail_nth = 1;
#endif
}

static void fail_no_more(struct fz_window *w)
{
#ifdef CONFIG_FAULT_INJECTION
	if (!fz_fail_nth || !in_task())
		return;
	w->failed = !current->fail_nth;
	current->fail_nth = w->fail_nth;
	/* of pages that were refused the tracepoint says nothing */
	w->asked += w->failed && !w->asked && !w->others;
#endif
}

void fz_window_open(struct fz_window *w, u32 lane)
{
	memset(w, 0, sizeof(*w));
	w->where = where_now();
	if (w->where == FZ_IN_THREAD) {
		w->open = &threads[lane].window;
		WRITE_ONCE(threads[lane].task, current);
	} else {
		w->open = this_cpu_ptr(&bh_window);
	}
	w->outer = *w->open;
	WRITE_ONCE(*w->open, w);
	fail_first(w);
}

void fz_window_close(struct fz_window *w)
{
	fail_no_more(w);
	WRITE_ONCE(*w->open, w->outer);
}

/* The stack begins in the allocator itself. */
static unsigned long asker(const struct fz_window *w)
{
	u32 i;

	for (i = 0; i < w->depth; i++)
		if (!symbol_has(w->stack[i], "alloc") && !symbol_has(w->stack[i], "get_free_page") &&
		    !symbol_has(w->stack[i], "probe"))
			return w->stack[i];
	return 0;
}

void fz_window_describe(const struct fz_window *w, char *buf, size_t size)
{
	if (w->depth)
		snprintf(buf, size, "%zu bytes by %pS", w->bytes, (void *)asker(w));
	else
		strscpy(buf, "pages, which were refused", size);
}

void fz_window_print(const struct fz_window *w)
{
	stack_trace_print(w->stack, w->depth, 1);
}

/* ---- the control: an allocation of each kind has to be seen in each context ---- */

static struct kmem_cache *control_cache;
static unsigned long control_seen[FZ_WHERES];

static void control(void)
{
	struct fz_window w;
	void *object;

	fz_window_open(&w, 0);
	kfree(kmalloc(40, GFP_ATOMIC));
	object = kmem_cache_alloc(control_cache, GFP_ATOMIC);
	if (object)
		kmem_cache_free(control_cache, object);
	free_page(__get_free_page(GFP_ATOMIC));
	fz_window_close(&w);
	control_seen[w.where] = w.kinds;
}

static void control_softirq(struct tasklet_struct *unused)
{
	control();
}

static int control_all(void)
{
	DECLARE_TASKLET(tasklet, control_softirq);
	enum fz_where where;

	control();
	local_bh_disable();
	control();
	local_bh_enable();
	tasklet_schedule(&tasklet);
	tasklet_kill(&tasklet);
	for (where = 0; where < FZ_WHERES; where++)
		if (control_seen[where] != KINDS_ALL) {
			pr_err("allocations are not seen (%s: %lx of %lx)\n",
			       fz_where_name(where), control_seen[where], KINDS_ALL);
			return -ENXIO;
		}
	return 0;
}

int fz_alloc_start(void)
{
	int err;

	control_cache = kmem_cache_create("acf_fuzz_control", 72, 0, 0, NULL);
	if (!control_cache)
		return -ENOMEM;
	err = attach();
	if (!err) {
		err = control_all();
		if (err)
			detach(ARRAY_SIZE(points));
	}
	kmem_cache_destroy(control_cache);
	return err;
}

void fz_alloc_stop(void)
{
	detach(ARRAY_SIZE(points));
}
