// SPDX-License-Identifier: GPL-2.0
/*
 * Whose each transform is, and who did its requests: debugfs acf/transforms. No interface of the
 * kernel leads from a volume or an SA to its transform; time of birth, maker and counts do.
 */
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/timekeeping.h>

#include "acf_internal.h"

static DEFINE_MUTEX(acf_uses_lock);
static LIST_HEAD(acf_uses);
static u64 acf_last_use;	/* (acf_uses_lock) */

/* The rest of the context is zero, as the crypto API gives it. */
void acf_use_begin(struct acf_use *use, const struct acf_alg *alg, enum acf_class class)
{
	use->alg = alg;
	use->class = class;
	use->pid = task_tgid_nr(current);
	get_task_comm(use->comm, current);
	use->born_ns = ktime_get_boottime_ns();
	mutex_lock(&acf_uses_lock);
	use->id = ++acf_last_use;
	list_add_tail(&use->node, &acf_uses);
	mutex_unlock(&acf_uses_lock);
}

void acf_use_end(struct acf_use *use)
{
	mutex_lock(&acf_uses_lock);
	list_del(&use->node);
	mutex_unlock(&acf_uses_lock);
}

static void acf_show_use(struct seq_file *m, const struct acf_use *use)
{
	int reason;

	seq_printf(m, "transform %llu algorithm %s driver %s key_bits %u class %s pid %d born_ns %llu",
		   use->id, use->alg->name, use->alg->driver_name, READ_ONCE(use->key_bits),
		   acf_class_names[use->class], use->pid, use->born_ns);
	seq_printf(m, " card_requests %lld card_bytes %lld cpu_bytes %lld",
		   atomic64_read(&use->card_requests), atomic64_read(&use->card_bytes),
		   atomic64_read(&use->cpu_bytes));
	for (reason = 0; reason < ACF_NR_CPU_REASONS; reason++)
		seq_printf(m, " cpu_%s %lld", acf_cpu_reasons[reason],
			   atomic64_read(&use->cpu_requests[reason]));
	/* a process may call itself anything */
	seq_puts(m, " comm ");
	seq_escape(m, use->comm, " \t\n\\");
	seq_putc(m, '\n');
}

int acf_uses_show(struct seq_file *m, void *unused)
{
	const struct acf_use *use;

	seq_puts(m, "version 1\n");
	mutex_lock(&acf_uses_lock);
	list_for_each_entry(use, &acf_uses, node)
		acf_show_use(m, use);
	mutex_unlock(&acf_uses_lock);
	return 0;
}
