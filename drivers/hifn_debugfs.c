// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/debug/hifn795x/<pci name>/stats, readable by root: one
 * "key value" per line. Counters start at 0 when the card is bound.
 *
 *   name                hifn0, hifn1, ...
 *   state               down, up, resetting, dead
 *   level               unlock level word of the card
 *   in_flight           jobs on the card now
 *   slots_free          of those for jobs on the card and 8 more that are being prepared
 *   bounce_free         bounce pages not in use
 *   rng                 off, on, failed (its health test)
 *   rng_words           random words handed out
 *   interrupts          of this card
 *   spurious            of other cards on its line
 *   ticks               of the timer that looks where no interrupt will come
 *   irq                 closed (engines off), open, polled (interrupts do not arrive)
 *   job_ns              that a job takes of the card, about
 *   register_reads      all of them, start of the card included
 *   register_writes
 *   batches             looks at the rings that found finished jobs
 *   engine_starts       times the DMA engines were switched on after a rest
 *   jobs                given to the card
 *   direct              of these: memory used as it lay
 *   bounce_src          of these: source copied first
 *   bounce_dst          of these: result copied afterwards
 *   busy                submissions turned away for lack of room
 *   refused             submissions the card cannot do
 *   map_failed          of these: memory that could not be mapped
 *   failed              jobs the card did not end well
 *   belied              batches of results that the unit's own status contradicts
 *   result_ok, result_none, result_overrun, result_starved, result_residual
 *                       what the card's results said
 *   overruns            overrun or engine conditions in the status register
 *   late                times an overdue job was done before the second look
 *   lost_irq            results that no interrupt told of, found by the watchdog
 *   late_completers     times the thread that completes requests did not get on
 *   resets              after the first start
 *   barred              shapes of jobs that the card hung with twice: copied, or the CPU's
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "hifn.h"

static struct dentry *hifn_debugfs_root;

static const char * const hifn_state_names[] = {
	[HIFN_DOWN] = "down",
	[HIFN_UP] = "up",
	[HIFN_RESETTING] = "resetting",
	[HIFN_DEAD] = "dead",
};

static const char * const hifn_irq_names[] = {
	[HIFN_IRQ_CLOSED] = "closed",
	[HIFN_IRQ_OPEN] = "open",
	[HIFN_IRQ_POLLED] = "polled",
};

static const char * const hifn_result_names[] = {
	[HIFN_RESULT_OK] = "ok",
	[HIFN_RESULT_NONE] = "none",
	[HIFN_RESULT_OVERRUN] = "overrun",
	[HIFN_RESULT_STARVED] = "starved",
	[HIFN_RESULT_RESIDUAL] = "residual",
};
static_assert(ARRAY_SIZE(hifn_result_names) == HIFN_NR_RESULTS,
	      "every result has a name");

/* What is true at one moment: text is made of it without the lock, which takes longer. */
struct hifn_seen {
	enum hifn_state state;
	u16 level;
	enum hifn_irq_mode irq;
	u64 job_ns;
	u16 in_flight;
	u8 barred;
	struct hifn_stats stats;
};

static void hifn_look(struct hifn_dev *hd, struct hifn_seen *seen)
{
	spin_lock_bh(&hd->engine.lock);
	seen->state = hd->state;
	seen->level = hd->level;
	seen->irq = hd->irq.mode;
	seen->job_ns = hd->irq.job_ns;
	seen->in_flight = hd->rings.res.used;
	seen->barred = hd->blame.nr_barred;
	seen->stats = data_race(hd->stats);	/* those that have no lock are read again */
	spin_unlock_bh(&hd->engine.lock);
}

static void hifn_show_state(struct seq_file *m, const struct hifn_dev *hd,
			    const struct hifn_seen *seen)
{
	seq_printf(m, "name %s\n", hd->name);
	seq_printf(m, "state %s\n", hifn_state_names[seen->state]);
	seq_printf(m, "level %#06x\n", seen->level);
	seq_printf(m, "irq %s\n", hifn_irq_names[seen->irq]);
	seq_printf(m, "job_ns %llu\n", seen->job_ns);
	seq_printf(m, "in_flight %u\n", seen->in_flight);
	seq_printf(m, "slots_free %u\n", READ_ONCE(hd->claims.nr_slots));
	seq_printf(m, "bounce_free %u\n", READ_ONCE(hd->claims.nr_pages));
	seq_printf(m, "barred %u\n", seen->barred);
}

/* Hints: the generator's lock may be held for long, by a reset. */
static void hifn_show_rng(struct seq_file *m, const struct hifn_rng *rng)
{
	const char *state = READ_ONCE(rng->on) ? "on" : "off";

	if (READ_ONCE(rng->failed))
		state = "failed";
	seq_printf(m, "rng %s\n", state);
	seq_printf(m, "rng_words %lu\n", READ_ONCE(rng->words));
}

static void hifn_show_lockless(struct seq_file *m, struct hifn_stats *s)
{
	seq_printf(m, "interrupts %lu\n", READ_ONCE(s->interrupts));
	seq_printf(m, "spurious %lu\n", READ_ONCE(s->spurious));
	seq_printf(m, "ticks %lu\n", READ_ONCE(s->ticks));
	seq_printf(m, "register_reads %ld\n",
		   atomic_long_read(&s->register_reads));
	seq_printf(m, "register_writes %ld\n",
		   atomic_long_read(&s->register_writes));
	seq_printf(m, "overruns %lu\n", READ_ONCE(s->overruns));
	seq_printf(m, "busy %ld\n", atomic_long_read(&s->busy));
	seq_printf(m, "refused %ld\n", atomic_long_read(&s->refused));
	seq_printf(m, "map_failed %ld\n", atomic_long_read(&s->map_failed));
}

static void hifn_show_jobs(struct seq_file *m, const struct hifn_stats *s)
{
	unsigned int i;

	seq_printf(m, "batches %lu\n", s->batches);
	seq_printf(m, "engine_starts %lu\n", s->engine_starts);
	seq_printf(m, "jobs %lu\n", s->jobs);
	seq_printf(m, "direct %lu\n", s->direct);
	seq_printf(m, "bounce_src %lu\n", s->bounce_src);
	seq_printf(m, "bounce_dst %lu\n", s->bounce_dst);
	seq_printf(m, "failed %lu\n", s->failed);
	seq_printf(m, "belied %lu\n", s->belied);
	for (i = 0; i < HIFN_NR_RESULTS; i++)
		seq_printf(m, "result_%s %lu\n", hifn_result_names[i],
			   s->results[i]);
	seq_printf(m, "late %lu\n", s->late);
	seq_printf(m, "lost_irq %lu\n", s->lost_irq);
	seq_printf(m, "late_completers %lu\n", s->late_completers);
	seq_printf(m, "resets %lu\n", s->resets);
}

static int hifn_stats_show(struct seq_file *m, void *unused)
{
	struct hifn_dev *hd = m->private;
	struct hifn_seen seen;

	hifn_look(hd, &seen);
	hifn_show_state(m, hd, &seen);
	hifn_show_rng(m, &hd->rng);
	hifn_show_lockless(m, &hd->stats);
	hifn_show_jobs(m, &seen.stats);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(hifn_stats);

void hifn_debugfs_add(struct hifn_dev *hd)
{
	hd->debugfs = debugfs_create_dir(pci_name(hd->pdev), hifn_debugfs_root);
	debugfs_create_file("stats", 0400, hd->debugfs, hd, &hifn_stats_fops);
}

/* Waits for readers. */
void hifn_debugfs_del(struct hifn_dev *hd)
{
	debugfs_remove_recursive(hd->debugfs);
}

void hifn_debugfs_init(void)
{
	hifn_debugfs_root = debugfs_create_dir(KBUILD_MODNAME, NULL);
}

void hifn_debugfs_exit(void)
{
	debugfs_remove_recursive(hifn_debugfs_root);
}
