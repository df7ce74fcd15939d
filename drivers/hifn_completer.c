// SPDX-License-Identifier: GPL-2.0
/*
 * Who takes the finished jobs: a thread per card, named as the card is, on the CPU that
 * takes its interrupt. Callbacks on another CPU would have packets overtake each other in
 * the network stack, whose queues are per CPU (docs/reference/framework.md, "Order of packets"). It
 * precedes ordinary tasks; completer_fifo=1, or chrt(1) on the thread, has it precede more.
 *
 * A thread and no softirq, since what a callback leaves with `current` must not reach the
 * task that an interrupt just hit (docs/reference/framework.md, "dm-crypt's flags").
 *
 * It may be late all the same, behind a task of a higher class that never sleeps, or in a
 * callback that waits. Then a second one goes on elsewhere with all but the job the first
 * has in hand; a flow whose callback is running is left to who runs it (crypto/acf_flow.c).
 */
#include <linux/cpumask.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>

#include "hifn.h"

static bool completer_fifo;
module_param(completer_fifo, bool, 0444);
MODULE_PARM_DESC(completer_fifo, "the threads that complete requests are SCHED_FIFO (default 0: nice -20)");

static int completer_set_late(const char *text, const struct kernel_param *param)
{
	int err = param_set_uint_minmax(text, param, 1, 60000);

	if (err)
		pr_err("hifn795x: completer_late_ms=%s is outside 1..60000\n", text);
	return err;
}

static const struct kernel_param_ops completer_late_ops = {
	.set = completer_set_late,
	.get = param_get_uint,
};

static unsigned int completer_late_ms = 50;
module_param_cb(completer_late_ms, &completer_late_ops, &completer_late_ms, 0644);
MODULE_PARM_DESC(completer_late_ms, "how long results wait for that thread before a second one takes them, perhaps on another CPU (default 50)");

/* Unbound: on whatever CPU has time. With a thread set aside for when memory is short. */
static struct workqueue_struct *hifn_late_wq;

int hifn_completers_init(void)
{
	hifn_late_wq = alloc_workqueue("hifn_late", WQ_UNBOUND | WQ_HIGHPRI | WQ_MEM_RECLAIM, 0);
	return hifn_late_wq ? 0 : -ENOMEM;
}

void hifn_completers_exit(void)
{
	destroy_workqueue(hifn_late_wq);
}

/* Any context. */
void hifn_kick(struct hifn_dev *hd)
{
	struct hifn_completer *c = &hd->completer;

	WRITE_ONCE(c->wanted, true);
	kthread_queue_work(c->worker, &c->work);
	if (READ_ONCE(c->late))
		queue_work(hifn_late_wq, &c->second);
}

/* The same from the card's interrupt: this CPU is where it is to be done. */
void hifn_kick_here(struct hifn_dev *hd)
{
	WRITE_ONCE(hd->completer.cpu, raw_smp_processor_id());
	hifn_kick(hd);
}

static void hifn_complete_all(struct hifn_dev *hd)
{
	bool again = false;

	while (hifn_reap(hd, again)) {
		again = true;
		cond_resched();
	}
	spin_lock_bh(&hd->engine.lock);
	hifn_irq_cover(hd);
	spin_unlock_bh(&hd->engine.lock);
}

/* A CPU that is gone, or not allowed, changes nothing: then it runs where it may. */
static void hifn_follow_irq(struct hifn_completer *c)
{
	int cpu = READ_ONCE(c->cpu);

	if (cpu == c->on)
		return;
	c->on = cpu;
	set_cpus_allowed_ptr(current, cpumask_of(cpu));
}

static void hifn_complete_first(struct kthread_work *work)
{
	struct hifn_dev *hd = container_of(work, struct hifn_dev, completer.work);
	struct hifn_completer *c = &hd->completer;

	WRITE_ONCE(c->running, true);
	WRITE_ONCE(c->wanted, false);
	WRITE_ONCE(c->late, false);
	hifn_follow_irq(c);
	hifn_complete_all(hd);
	WRITE_ONCE(c->late, false);
	WRITE_ONCE(c->running, false);
}

static void hifn_complete_second(struct work_struct *work)
{
	hifn_complete_all(container_of(work, struct hifn_dev, completer.second));
}

bool hifn_completer_busy(const struct hifn_dev *hd)
{
	return READ_ONCE(hd->completer.wanted) || READ_ONCE(hd->completer.running);
}

/* Results have been there, and nothing has happened, for so long. */
bool hifn_completer_is_late(const struct hifn_dev *hd)
{
	lockdep_assert_held(&hd->engine.lock);
	return time_after_eq(jiffies, hd->completer.seen_since +
			     msecs_to_jiffies(READ_ONCE(completer_late_ms)));
}

/* It was kicked a while ago, and nothing has happened since. */
void hifn_completer_late(struct hifn_dev *hd)
{
	struct hifn_completer *c = &hd->completer;

	lockdep_assert_held(&hd->engine.lock);
	if (!READ_ONCE(c->late)) {
		hd->stats.late_completers++;
		dev_warn_ratelimited(&hd->pdev->dev,
				     "%s: the thread that completes requests does not get on (on CPU %d): a second one does it (%lu so far)\n",
				     hd->name, READ_ONCE(c->cpu), hd->stats.late_completers);
	}
	WRITE_ONCE(c->late, true);
	queue_work(hifn_late_wq, &c->second);
}

/* After hifn_irq_quiet(): nobody kicks it any more. */
void hifn_completer_quiet(struct hifn_dev *hd)
{
	kthread_cancel_work_sync(&hd->completer.work);
	cancel_work_sync(&hd->completer.second);
	WRITE_ONCE(hd->completer.wanted, false);
}

/* In a kernel thread: who loads a module may be killed, which must not make a difference. */
static void hifn_completer_create(struct work_struct *create)
{
	struct hifn_completer *c = container_of(create, struct hifn_completer, create);
	struct hifn_dev *hd = container_of(c, struct hifn_dev, completer);

	c->worker = hifn_run_worker(hd->name);
	if (IS_ERR(c->worker))
		return;
	if (completer_fifo)
		sched_set_fifo(c->worker->task);
	else
		set_user_nice(c->worker->task, MIN_NICE);
}

int hifn_completer_start(struct hifn_dev *hd)
{
	struct hifn_completer *c = &hd->completer;

	c->cpu = -1;
	c->on = -1;
	kthread_init_work(&c->work, hifn_complete_first);
	INIT_WORK(&c->second, hifn_complete_second);
	INIT_WORK(&c->create, hifn_completer_create);
	queue_work(hifn_wq, &c->create);
	flush_work(&c->create);
	return PTR_ERR_OR_ZERO(c->worker);
}

void hifn_completer_stop(struct hifn_dev *hd)
{
	kthread_destroy_worker(hd->completer.worker);
}
