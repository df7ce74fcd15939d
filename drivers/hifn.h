/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hifn795x: what the glue files share - one card, its jobs in flight, and who
 * calls whom.
 *
 * Locks. engine.lock, acf's lock of an engine, guards everything marked (l);
 * acf holds it over hifn_queue_submit(). It is taken with bottom halves off and
 * is the only lock of the data path; the random numbers have one of their own, and
 * the two are never held together. Marked (c): constant while the card is bound.
 */
#ifndef HIFN_H
#define HIFN_H

#include <linux/interrupt.h>
#include <linux/ktime.h>
#include <linux/pci.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "acf.h"
#include "hifn_cmd.h"
#include "hifn_compat.h"
#include "hifn_desc.h"
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
#define HIFN_DATA_ENTRIES	512	/* source and destination ring */
#define HIFN_CMD_STRIDE		192	/* bytes of a slot's command buffer */
#define HIFN_RES_STRIDE		64	/* and of its result buffer */
#define HIFN_BOUNCE_CHUNKS	16	/* allocations of the bounce pool */
#define HIFN_CHUNK_PAGES	16	/* bounce pages in one of them */
#define HIFN_BOUNCE_PAGES	(HIFN_BOUNCE_CHUNKS * HIFN_CHUNK_PAGES)
#define HIFN_SCRATCH_PAGE	(HIFN_BOUNCE_PAGES - 1)	/* takes unwanted output */

static_assert(HIFN_CMD_STRIDE >= HIFN_OP_CMD_MAX_BYTES &&
	      HIFN_CMD_STRIDE % HIFN_BUF_ALIGN == 0, "a slot holds any command");
static_assert(HIFN_RES_STRIDE >= HIFN_MAX_RESULT_BYTES &&
	      HIFN_RES_STRIDE % HIFN_BUF_ALIGN == 0, "a slot holds any result");
/* -EBUSY promises a later refill: the worst job must fit an idle card. */
static_assert(HIFN_DATA_ENTRIES - 1 >= HIFN_MAX_DESCS,
	      "one job never fills a data ring");
static_assert(HIFN_SCRATCH_PAGE >= 2 * HIFN_MAX_BOUNCE,
	      "one job never drains the bounce pool");

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
 * A job in flight; its index is its entry in the command and result rings.
 * From publication to release it belongs to whoever harvests it: the bottom
 * half, or hifn_queue_fail_all() when that is stopped.
 */
struct hifn_slot {
	struct acf_job *job;
	bool bad;		/* (l) its result was, and asked for a reset */
	struct hifn_io src;
	struct hifn_io dst;
};

/* Pages that source or result take when the caller's memory cannot be used. */
struct hifn_bounce {
	void *chunk[HIFN_BOUNCE_CHUNKS];	/* (c) coherent memory */
	dma_addr_t chunk_bus[HIFN_BOUNCE_CHUNKS]; /* (c) */
	u16 free[HIFN_BOUNCE_PAGES];	/* (l) stack of free pages */
	u16 nr_free;			/* (l) */
};

/* Names and meaning: hifn_debugfs.c. */
struct hifn_stats {
	atomic_long_t register_reads;
	atomic_long_t register_writes;
	unsigned long interrupts;	/* written by the handler only */
	unsigned long spurious;		/* same */
	unsigned long batches;		/* written by the bottom half only */
	unsigned long overruns;		/* same */
	unsigned long jobs;		/* (l) from here on */
	unsigned long busy;
	unsigned long refused;
	unsigned long map_failed;
	unsigned long direct;
	unsigned long bounce_src;
	unsigned long bounce_dst;
	unsigned long results[HIFN_NR_RESULTS];
	unsigned long failed;
	unsigned long late;
	unsigned long lost_irq;
	unsigned long resets;
	unsigned long engine_starts;
};

struct hifn_params {
	unsigned int slots;
	unsigned int timeout_ms;
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
	u16 level;			/* unlock level found by the last start */

	int gone;			/* registers are not touched: the card does not
					 * answer, or its bus is being recovered; no
					 * bool, whose xchg() not every host has */
	bool irq_armed;			/* IER is open; see hifn_queue_irq() */
	bool reset_asked;		/* by hifn_reset_kick() */
	enum hifn_state state;		/* (l); hints may read it without */
	bool engines_on;		/* (l) the DMA engines poll the rings */
	unsigned int idle_ticks;	/* (l) */
	unsigned int resets_in_row;	/* (l) without a good job in between */
	unsigned long progress;		/* (l) jiffies since when the oldest job
					 * has had the card for itself */
	ktime_t grace;			/* (l) that is too long: its last chance ends
					 * then; or 0 */
	const char *hopeless;		/* (l) why no reset can help, or NULL */
	unsigned long jobs_wiped;	/* of stats.jobs, see hifn_wipe() */
	bool asleep;			/* (device lock) suspended */
	bool halted;			/* (device lock) by an error of the bus, and
					 * not serving again yet */

	struct hifn_rings rings;	/* (l) */
	struct hifn_slot *slot;		/* one per result entry */
	void *dma;			/* (c) rings, then commands, then results */
	dma_addr_t dma_bus;		/* (c) */
	size_t dma_bytes;		/* (c) */
	u8 *cmd;			/* (c) HIFN_CMD_STRIDE per slot */
	u8 *res;			/* (c) HIFN_RES_STRIDE per slot */
	u32 cmd_bus;			/* (c) */
	u32 res_bus;			/* (c) */
	struct hifn_bounce bounce;
	struct hifn_segs src_segs;	/* (l) scratch of the planner */
	struct hifn_segs dst_segs;	/* (l) */

	struct work_struct bh;		/* bottom half of the interrupt */
	struct timer_list watchdog;
	struct work_struct reset_work;
	wait_queue_head_t idle;		/* no job in flight */
	struct hifn_rng rng;
	struct dentry *debugfs;
	struct hifn_stats stats;
};

static inline u8 *hifn_slot_cmd(struct hifn_dev *hd, u16 idx)
{
	return hd->cmd + idx * HIFN_CMD_STRIDE;
}

static inline u32 hifn_slot_cmd_bus(struct hifn_dev *hd, u16 idx)
{
	return hd->cmd_bus + idx * HIFN_CMD_STRIDE;
}

static inline u8 *hifn_slot_res(struct hifn_dev *hd, u16 idx)
{
	return hd->res + idx * HIFN_RES_STRIDE;
}

static inline u32 hifn_slot_res_bus(struct hifn_dev *hd, u16 idx)
{
	return hd->res_bus + idx * HIFN_RES_STRIDE;
}

/* hifn_hw.c: registers, start and stop of the card */
u32 hifn_rd0(struct hifn_dev *hd, u32 reg);
u32 hifn_rd1(struct hifn_dev *hd, u32 reg);
void hifn_wr0(struct hifn_dev *hd, u32 reg, u32 val);
void hifn_wr1(struct hifn_dev *hd, u32 reg, u32 val);
const char *hifn_hw_start(struct hifn_dev *hd);
void hifn_hw_quiesce(struct hifn_dev *hd);

/* hifn_bounce.c: the pool and copying through it */
int hifn_bounce_alloc(struct hifn_dev *hd);
void hifn_bounce_free(struct hifn_dev *hd);
bool hifn_bounce_take(struct hifn_dev *hd, struct hifn_io *io, u16 nr);
void hifn_bounce_put(struct hifn_dev *hd, struct hifn_io *io);
void hifn_bounce_wipe(struct hifn_dev *hd, const struct hifn_io *io, u32 bytes);
u32 hifn_bounce_bus(struct hifn_dev *hd, u16 page);
void hifn_bounce_copy_in(struct hifn_dev *hd, struct hifn_io *io,
			 struct scatterlist *sg, u32 bytes);
void hifn_bounce_copy_out(struct hifn_dev *hd, struct hifn_io *io,
			  struct scatterlist *sg, u32 bytes);

/* hifn_map.c: a job's memory, planned and mapped */
int hifn_map_plan(struct hifn_dev *hd, const struct acf_job *job,
		  struct hifn_plan *plan);
int hifn_map_job(struct hifn_dev *hd, struct hifn_slot *slot,
		 const struct acf_job *job, const struct hifn_plan *plan);
void hifn_unmap_job(struct hifn_dev *hd, struct hifn_slot *slot);

/* hifn_queue.c: submission, interrupt, completion */
int hifn_queue_alloc(struct hifn_dev *hd);
void hifn_queue_free(struct hifn_dev *hd);
int hifn_queue_submit(struct hifn_dev *hd, struct acf_job *job);
void hifn_queue_init(struct hifn_dev *hd);
irqreturn_t hifn_queue_irq(int irq, void *data);
void hifn_queue_quiet(struct hifn_dev *hd);
void hifn_queue_fail_all(struct hifn_dev *hd);
void hifn_queue_drain(struct hifn_dev *hd);
void hifn_engines_stop(struct hifn_dev *hd);

/*
 * hifn_recover.c: state, watchdog, reset, start and stop. Resets and bottom halves
 * have a queue of their own: swap may be on a volume that waits for them, so they
 * must not wait for memory. It is per CPU: what is queued by the interrupt calls back
 * on the interrupt's CPU (docs/framework.md, "Order of packets").
 */
extern struct workqueue_struct *hifn_wq;
void hifn_set_state(struct hifn_dev *hd, enum hifn_state state);
void hifn_recover_init(struct hifn_dev *hd);
void hifn_watchdog_start(struct hifn_dev *hd);
void hifn_reset_request(struct hifn_dev *hd);
void hifn_reset_kick(struct hifn_dev *hd);
const char *hifn_recover_power_on(struct hifn_dev *hd);
void hifn_recover_halt(struct hifn_dev *hd);
void hifn_recover_stop(struct hifn_dev *hd);
bool hifn_recover_restart(struct hifn_dev *hd);
void hifn_recover_serve(struct hifn_dev *hd);
void hifn_recover_give_up(struct hifn_dev *hd, const char *why);

/* hifn_wipe.c: keys out of the card */
void hifn_wipe(struct hifn_dev *hd);

/* hifn_pm.c: sleep, errors of the bus, resets by others */
extern const struct dev_pm_ops hifn_pm_ops;
extern const struct pci_error_handlers hifn_error_handlers;
void hifn_save_config(struct pci_dev *pdev);

/* hifn_acf.c: the card as an engine of acf */
void hifn_acf_op(const struct acf_job *job, struct hifn_op *op);
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
