/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hifn795x: what the glue files share - one card, its jobs in flight, and who
 * calls whom.
 *
 * Locks. engine.lock, acf's lock of an engine, guards everything marked (l);
 * acf holds it over hifn_publish(). claims.lock guards who has which slot and bounce
 * page. Both are taken with bottom halves off, the random numbers have a third, and no
 * two of them are ever held together. Marked (c): constant while the card is bound.
 */
#ifndef HIFN_H
#define HIFN_H

#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/pci.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "acf.h"
#include "hifn_blame.h"
#include "hifn_cmd.h"
#include "hifn_compat.h"
#include "hifn_desc.h"
#include "hifn_mark.h"
#include "hifn_pll.h"
#include "hifn_regs.h"
#include "hifn_ring.h"
#include "hifn_rng.h"
#include "hifn_sgplan.h"

/* Only hifn_set_state() changes it. */
enum hifn_state {
	HIFN_DOWN,		/* not started, asleep, or being removed */
	HIFN_UP,		/* takes jobs */
	HIFN_RESETTING,		/* hifn_reset_work() is due or running; jobs wait */
	HIFN_DEAD,		/* given up until it is bound, or its slot is reset */
};

#define HIFN_MAX_SLOTS		128	/* jobs in flight */
#define HIFN_SPARE_SLOTS	8	/* for jobs that are being prepared meanwhile */
#define HIFN_ALL_SLOTS		(HIFN_MAX_SLOTS + HIFN_SPARE_SLOTS)
#define HIFN_PAGE_BYTES		4096	/* DMA memory is taken in such pieces */
/* Of the source and the destination ring: no driver had more, docs/reference/hifn795x.md 3.3. */
#define HIFN_DATA_ENTRIES	320
#define HIFN_CMD_STRIDE		192	/* bytes of a slot's command buffer */
#define HIFN_RES_STRIDE		64	/* and of its result buffer */
#define HIFN_FIRST_BOUNCE	12	/* of the pages: before come rings and slots */
#define HIFN_BOUNCE_PAGES	256
#define HIFN_PAGES		(HIFN_FIRST_BOUNCE + HIFN_BOUNCE_PAGES)
#define HIFN_SCRATCH_PAGE	(HIFN_BOUNCE_PAGES - 1)	/* takes unwanted output */

static_assert(HIFN_CMD_STRIDE >= HIFN_OP_CMD_MAX_BYTES &&
	      HIFN_CMD_STRIDE % HIFN_BUF_ALIGN == 0, "a slot holds any command");
static_assert(HIFN_RES_STRIDE >= HIFN_MAX_RESULT_BYTES &&
	      HIFN_RES_STRIDE % HIFN_BUF_ALIGN == 0, "a slot holds any result");
/* -EBUSY promises a later refill: the worst job must fit an idle card. */
static_assert(HIFN_DATA_ENTRIES - 1 >= HIFN_MAX_DESCS,
	      "one job never fills a data ring");
/* So must one be prepared, whatever waits prepared, with one more that was taken from it. */
static_assert(HIFN_SCRATCH_PAGE >= (ACF_WAIT_PREPARED + 2) * 2 * HIFN_MAX_BOUNCE &&
	      HIFN_SPARE_SLOTS >= ACF_WAIT_PREPARED + 2,
	      "jobs that wait never drain the pools");
static_assert(HIFN_PAGE_BYTES == HIFN_BOUNCE_BYTES, "a bounce page is a page");

/* One side of a job as the card sees it: mapped pieces, bounce pages, scratch. */
struct hifn_io {
	struct {
		dma_addr_t bus;
		u32 bytes;
	} map[HIFN_MAX_SEGS];
	u16 page[HIFN_MAX_BOUNCE];
	u8 nr_maps;
	u8 nr_pages;		/* one of the two is 0 */
	bool scratch;		/* then both are, and no page is owned */
};

/*
 * What a job has of the card from prepare() on: it belongs to who prepares it, from
 * publication on to the card, then to who has taken it from the rings. Where in the rings it
 * lies is another matter (hifn_ring.h).
 */
struct hifn_slot {
	struct list_head node;	/* (l) in hifn_dev.done */
	struct acf_job *job;
	struct hifn_plan plan;
	u16 cmd_bytes;
	bool bad;		/* (l) its result was, or is not to be believed; reset asked */
	bool marked;		/* (l) it asked for its interrupt */
	struct hifn_io src;
	struct hifn_io dst;
	u16 nr;			/* (c) */
	u32 cmd_bus;		/* (c) */
	u32 res_bus;		/* (c) */
	u8 *cmd;		/* (c) HIFN_CMD_STRIDE of DMA memory */
	u8 *res;		/* (c) HIFN_RES_STRIDE */
};

struct hifn_page {
	void *at;
	dma_addr_t bus;
};

/* DMA memory: rings, the slots' commands and results, bounce pages. */
struct hifn_mem {
	struct dma_pool *pool;
	struct hifn_page page[HIFN_PAGES];	/* (c) */
};

/* What lies at the end of a destination's pieces until the card writes there; hifn_canary.c. */
struct hifn_canary {
	u64 list;		/* (c) in a caller's memory */
	u64 copy;		/* (c) in a bounce page */
};

/* Slots and bounce pages that nobody has: stacks of their numbers. */
struct hifn_claims {
	spinlock_t lock;	/* everything here */
	u16 slot[HIFN_ALL_SLOTS];
	u16 nr_slots;
	u16 page[HIFN_BOUNCE_PAGES];
	u16 nr_pages;
};

/* What IER is: changed under the lock, read by the handler without. */
enum hifn_irq_mode {
	HIFN_IRQ_CLOSED,	/* closed, and the engines are off */
	HIFN_IRQ_OPEN,		/* open since the engines were started */
	HIFN_IRQ_POLLED,	/* closed: interrupts do not arrive, irq.tail looks */
};

/* hifn_irq.c */
struct hifn_irq {
	enum hifn_irq_mode mode;	/* (l) */
	struct hifn_mark mark;		/* (l) */
	bool told;			/* by an interrupt, of results not taken yet */
	bool taken_early;		/* a result was taken whose interrupt may still come */
	unsigned int empty;		/* interrupts in a row that nothing explained */
	struct hrtimer tail;		/* for those that nobody will tell of */
	bool tail_on;			/* it runs, and will tell the completer */
	u64 tail_ns;			/* its time, and then the timer's own */
	u64 job_ns;			/* (l) that a job takes of the card, about */
	u64 taken_ns;			/* (l) when results were last taken */
	bool was_busy;			/* (l) and the card had more to do then */
	u64 held_ns;			/* (l) until a look at entries that a result left */
	unsigned int lost;		/* (l) interrupts, 16 for each, less those that came */
	unsigned long came;		/* (l) those that had come by then */
	unsigned int polls;		/* (l) times that the card has become one to poll */
	unsigned long polled_until;	/* (l) jiffies: then it is tried again */
};

/* hifn_completer.c */
struct hifn_completer {
	struct kthread_worker *worker;	/* (c) */
	struct kthread_work work;
	struct work_struct second;
	struct work_struct create;
	bool wanted;		/* kicked, and has not begun since */
	bool running;
	bool late;		/* a second one is at it, or was until the first one went on */
	int cpu;		/* of the last interrupt; */
	int on;			/* to which the thread was bound */
	unsigned long handed;	/* (l) jobs taken for their callback */
	bool seen;		/* (l) the watchdog saw something to do at its last look */
	unsigned long seen_since;	/* (l) jiffies: and at all since then, the same */
	unsigned long seen_handed;	/* (l) and how much had been done by then */
	unsigned long seen_batches;	/* (l) */
};

/* hifn_watch.c, hifn_recover.c */
struct hifn_recovery {
	struct timer_list watchdog;
	struct work_struct work;
	struct work_struct resume;
	bool asked;			/* by hifn_reset_kick() */
	const char *why;		/* one word; written by who asks for a reset */
	unsigned int resets_in_row;	/* (l) without a good job in between */
	unsigned long spent;		/* (l) resets that time has not earned back yet, */
	unsigned long earned_until;	/* (l) jiffies: up to then it has */
	/* (l) jiffies since when the oldest job has had the card for itself */
	unsigned long progress;
	ktime_t grace;			/* (l) too long: its last chance ends then; or 0 */
	unsigned long idle_since;	/* (l) jiffies */
	unsigned long parity_seen;	/* jiffies of the last look for it; a hint */
	const char *hopeless;		/* (l) why no reset can help, or NULL */
};

/* Names and meaning: hifn_debugfs.c. */
struct hifn_stats {
	atomic_long_t register_reads;
	atomic_long_t register_writes;
	unsigned long interrupts;	/* written by the handler only */
	unsigned long spurious;		/* same */
	unsigned long overruns;		/* same, but where it is polled */
	unsigned long ticks;		/* written by the timer only */
	atomic_long_t busy;
	atomic_long_t refused;
	atomic_long_t map_failed;
	unsigned long batches;		/* (l) from here on */
	unsigned long jobs;
	unsigned long direct;
	unsigned long bounce_src;
	unsigned long bounce_dst;
	unsigned long results[HIFN_NR_RESULTS];
	unsigned long failed;
	unsigned long belied;
	unsigned long late;
	unsigned long lost_irq;
	unsigned long late_completers;
	unsigned long resets;
	unsigned long engine_starts;
};

/*
 * What the chip was found to be at the first start since it was bound, for the log: answers to
 * questions of docs/reference/hifn795x.md, chapter 11, that nobody has to ask for.
 */
struct hifn_silicon {
	u16 level;		/* as it was found, before the first reset of ours, */
	u16 reset_level;	/* and behind that, before it was unlocked */
	u8 revision;		/* of the chip, from PUSTAT */
	u16 revid;		/* low half of REVID */
	u32 pll;		/* as it was found, */
	u32 reset_pll;		/* and behind the reset */
	u16 served_level;	/* when it began to serve, if it did */
	bool served;
	bool told;
};

struct hifn_params {
	unsigned int slots;
	unsigned int timeout_ms;
	unsigned int resets;
	struct hifn_pll pll;
};

struct hifn_dev {
	struct acf_engine engine;
	struct pci_dev *pdev;		/* (c) */
	void __iomem *bar0;		/* (c) */
	void __iomem *bar1;		/* (c) */
	char name[16];			/* (c) "hifn0" */
	int id;				/* (c) the number in it */
	struct hifn_params params;	/* (c) */
	bool low_only;			/* (c) memory above 4 GiB cannot be mapped for it as it lies */
	u16 level;			/* unlock level found by the last start */
	u16 parity_stuck;		/* bits of PCI_STATUS that the last start could not clear */
	struct hifn_silicon silicon;	/* (c) once the card has been started */
	const char *step;		/* one word: how far that got */
	const char *suspect;		/* what it found that may be why nothing works; or NULL, */
	const char *suspect_step;	/* and where */

	/*
	 * Registers are not touched: the card does not answer, or its bus is being recovered; no
	 * bool, whose xchg() not every host has.
	 */
	int gone;
	enum hifn_state state;		/* (l); hints may read it without */
	struct hifn_irq irq;
	struct hifn_completer completer;
	struct hifn_recovery recovery;
	unsigned long jobs_wiped;	/* of stats.jobs, see hifn_wipe() */
	bool cannot_wipe;		/* its context RAM, as it was found */
	bool asleep;			/* (device lock) suspended */
	bool halted;			/* (device lock) by an error of the bus, until it serves */

	struct hifn_rings rings;	/* (l) */
	struct hifn_slot *slot;		/* hifn_nr_slots() of them */
	struct hifn_mem mem;
	struct hifn_canary canary;
	struct hifn_claims claims;
	struct hifn_blame blame;	/* (l); bars are read without */
	u32 unit_normal;		/* (l) of PUISR, seen with known answers */
	unsigned long known;		/* (l) results of known answers, of which */
	unsigned long known_residual;	/* (l) had bytes left over, by what they say */
	struct list_head done;		/* (l) slots whose good result is to be handed back */

	wait_queue_head_t idle;		/* no slot is claimed */
	struct hifn_rng rng;
	struct dentry *debugfs;
	struct hifn_stats stats;
};

static inline u16 hifn_nr_slots(const struct hifn_dev *hd)
{
	return hd->params.slots + HIFN_SPARE_SLOTS;
}

/* hifn_hw.c: registers, start and stop of the card */
u32 hifn_rd0(struct hifn_dev *hd, u32 reg);
u32 hifn_rd1(struct hifn_dev *hd, u32 reg);
void hifn_wr0(struct hifn_dev *hd, u32 reg, u32 val);
void hifn_wr1(struct hifn_dev *hd, u32 reg, u32 val);
void hifn_hw_look(struct hifn_dev *hd);
bool hifn_hw_level_lost(const struct hifn_dev *hd);
bool hifn_hw_saw_parity(struct hifn_dev *hd);
const char *hifn_hw_start(struct hifn_dev *hd);
void hifn_hw_quiesce(struct hifn_dev *hd);

/* hifn_mem.c: DMA memory, and who has claimed what of it */
int hifn_mem_alloc(struct hifn_dev *hd);
void hifn_mem_free(struct hifn_dev *hd);
struct hifn_slot *hifn_claim(struct hifn_dev *hd, const struct hifn_plan *plan);
void hifn_unclaim(struct hifn_dev *hd, struct hifn_slot *slot);
bool hifn_wait_unclaimed(struct hifn_dev *hd, unsigned int ms);

/* hifn_bounce.c: copying through bounce pages */
void hifn_bounce_wipe(struct hifn_dev *hd, const struct hifn_io *io, u32 bytes);
u32 hifn_bounce_bus(struct hifn_dev *hd, u16 page);
void hifn_bounce_to_card(struct hifn_dev *hd, const struct hifn_io *io, u32 bytes);
void hifn_bounce_to_cpu(struct hifn_dev *hd, const struct hifn_io *io, u32 bytes);
void hifn_bounce_copy_in(struct hifn_dev *hd, const struct hifn_io *io,
			 const struct acf_job *job);
void hifn_bounce_read(struct hifn_dev *hd, const struct hifn_io *io, u32 off, void *buf, u32 bytes);
void hifn_bounce_copy_out(struct hifn_dev *hd, const struct hifn_io *io,
			  const struct acf_job *job);

/* hifn_canary.c: was the destination written? */
void hifn_canaries_set(struct hifn_dev *hd, const struct hifn_slot *slot);
void hifn_canaries_clear(struct hifn_dev *hd, const struct hifn_slot *slot);
u32 hifn_canary_left(struct hifn_dev *hd, const struct hifn_slot *slot);

/* hifn_map.c: a job's memory, planned and mapped */
int hifn_map_plan(const struct hifn_dev *hd, const struct acf_job *job, struct hifn_plan *plan,
		  bool bounce);
int hifn_map_job(struct hifn_dev *hd, struct hifn_slot *slot,
		 const struct acf_job *job, const struct hifn_plan *plan);
void hifn_unmap_job(struct hifn_dev *hd, struct hifn_slot *slot);

/* hifn_shape.c: what the card is not given as it is, or at all, since it hung with it twice */
bool hifn_shape_fits(const struct hifn_dev *hd, const struct acf_job *job, struct hifn_plan *plan);
void hifn_shape_good(struct hifn_dev *hd, const struct hifn_slot *slot);
void hifn_shape_hung(struct hifn_dev *hd, const struct hifn_slot *slot);

/* hifn_submit.c: a job's way onto the card */
int hifn_prepare(struct hifn_dev *hd, struct acf_job *job);
void hifn_unprepare(struct hifn_dev *hd, struct acf_job *job);
int hifn_publish(struct hifn_dev *hd, struct acf_job *job);

/* hifn_irq.c: the interrupt, and the engines it is open for */
void hifn_irq_init(struct hifn_dev *hd);
irqreturn_t hifn_irq(int number, void *data);
void hifn_engines_start(struct hifn_dev *hd);
void hifn_engines_stop(struct hifn_dev *hd);
void hifn_irq_cover(struct hifn_dev *hd);
void hifn_irq_learn(struct hifn_dev *hd, unsigned int done);
void hifn_irq_taken(struct hifn_dev *hd);
void hifn_irq_lost(struct hifn_dev *hd);
void hifn_irq_look(struct hifn_dev *hd);
void hifn_irq_quiet(struct hifn_dev *hd);

/* hifn_complete.c: a job's way back */
void hifn_made_progress(struct hifn_dev *hd);
void hifn_forget_answers(struct hifn_dev *hd);
void hifn_end_slot(struct hifn_dev *hd, struct hifn_slot *slot, bool ok);
bool hifn_reap(struct hifn_dev *hd, bool again);
void hifn_fail_all(struct hifn_dev *hd);
void hifn_drain(struct hifn_dev *hd);
void hifn_wait_for_claims(struct hifn_dev *hd);

/* hifn_completer.c: who does it */
int hifn_completers_init(void);
void hifn_completers_exit(void);
int hifn_completer_start(struct hifn_dev *hd);
void hifn_completer_stop(struct hifn_dev *hd);
void hifn_kick(struct hifn_dev *hd);
void hifn_kick_here(struct hifn_dev *hd);
bool hifn_completer_busy(const struct hifn_dev *hd);
bool hifn_completer_is_late(const struct hifn_dev *hd);
void hifn_completer_late(struct hifn_dev *hd);
void hifn_completer_quiet(struct hifn_dev *hd);

/* hifn_watch.c: the watchdog */
void hifn_watchdog_init(struct hifn_dev *hd);
void hifn_watchdog_start(struct hifn_dev *hd);
bool hifn_parity_is_due(const struct hifn_dev *hd);
void hifn_look_for_parity(struct hifn_dev *hd);

/*
 * hifn_recover.c: state, reset, start and stop. Resets have a queue of their own: swap may
 * be on a volume that waits for them, so they must not wait for memory.
 */
extern struct workqueue_struct *hifn_wq;
void hifn_set_state(struct hifn_dev *hd, enum hifn_state state);
void hifn_recover_init(struct hifn_dev *hd);
void hifn_reset_request(struct hifn_dev *hd, const char *why);
bool hifn_reset_kick(struct hifn_dev *hd, const char *why);
const char *hifn_recover_power_on(struct hifn_dev *hd);
void hifn_recover_halt(struct hifn_dev *hd);
void hifn_recover_stop(struct hifn_dev *hd);
bool hifn_recover_restart(struct hifn_dev *hd);
bool hifn_recover_anew(struct hifn_dev *hd);
void hifn_recover_serve(struct hifn_dev *hd);
void hifn_recover_give_up(struct hifn_dev *hd, const char *why);

/* hifn_card.c: what its place in /sys/class/acf is told */
#define HIFN_REGISTERS_TEXT	96	/* bytes of the text below */
void hifn_card_registers(struct hifn_dev *hd, char *text);
void hifn_card_fail(struct hifn_dev *hd, const char *step, const char *format, ...) __printf(3, 4);
void hifn_card_note_reset(struct hifn_dev *hd);

/* hifn_wipe.c: keys out of the card */
void hifn_wipe(struct hifn_dev *hd);

/* hifn_pm.c: sleep, errors of the bus, resets by others */
extern const struct dev_pm_ops hifn_pm_ops;
extern const struct pci_error_handlers hifn_error_handlers;
void hifn_save_config(struct pci_dev *pdev);
int hifn_online(struct hifn_dev *hd, bool online);

/* hifn_acf.c: the card as an engine of acf */
void hifn_acf_op(const struct hifn_dev *hd, const struct acf_job *job, struct hifn_op *op);
bool hifn_fits(const struct hifn_dev *hd, const struct acf_job *job, struct hifn_op *op,
	       struct hifn_plan *plan);
int hifn_acf_register(struct hifn_dev *hd);

/* hifn_rng.c: random numbers */
void hifn_rng_init(struct hifn_dev *hd);
void hifn_rng_start(struct hifn_dev *hd);
void hifn_rng_stop(struct hifn_dev *hd);
void hifn_rng_add(struct hifn_dev *hd);
void hifn_rng_del(struct hifn_dev *hd);

/* hifn_debugfs.c */
void hifn_debugfs_init(void);
void hifn_debugfs_exit(void);
void hifn_debugfs_add(struct hifn_dev *hd);
void hifn_debugfs_del(struct hifn_dev *hd);

#endif
