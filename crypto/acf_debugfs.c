// SPDX-License-Identifier: GPL-2.0
/* Counters: who served how much, and why the CPU did. debugfs acf/stats, docs/framework.md. */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "acf_internal.h"

static const char * const acf_cpu_reasons[ACF_NR_CPU_REASONS] = {
	[ACF_CPU_NO_ENGINE] = "no_engine",
	[ACF_CPU_SHAPE] = "shape",
	[ACF_CPU_FULL] = "full",
	[ACF_CPU_FAILED] = "failed",
};

static atomic64_t acf_cpu_requests[ACF_NR_ALGS][ACF_NR_CPU_REASONS];
static atomic64_t acf_cpu_bytes[ACF_NR_ALGS];
static struct dentry *acf_dir;

static enum acf_cpu_reason acf_reason(int why)
{
	switch (why) {
	case -ENODEV:
		return ACF_CPU_NO_ENGINE;
	case -EOPNOTSUPP:
		return ACF_CPU_SHAPE;
	case -ENOSPC:
		return ACF_CPU_FULL;
	default:
		return ACF_CPU_FAILED;
	}
}

void acf_count_cpu(const struct acf_job *job, int why)
{
	atomic64_inc(&acf_cpu_requests[job->alg->id][acf_reason(why)]);
	atomic64_add(job->len, &acf_cpu_bytes[job->alg->id]);
}

static void acf_show_engine(struct seq_file *m, const struct acf_engine *engine)
{
	int id;

	seq_printf(m, "engine %s state %s queued %u outstanding_bytes %ld\n", engine->name,
		   READ_ONCE(engine->state) == ACF_ENGINE_RUNNING ? "running" : "stopped",
		   READ_ONCE(engine->queued), atomic_long_read(&engine->outstanding));
	for_each_set_bit(id, &engine->serves, ACF_NR_ALGS)
		seq_printf(m, "engine %s %s jobs %lld bytes %lld failed %lld\n", engine->name,
			   acf_algs[id].name, atomic64_read(&engine->done_ok[id]),
			   atomic64_read(&engine->done_bytes[id]),
			   atomic64_read(&engine->done_err[id]));
}

static void acf_show_cpu(struct seq_file *m, int id)
{
	int reason;

	seq_printf(m, "cpu %s bytes %lld", acf_algs[id].name, atomic64_read(&acf_cpu_bytes[id]));
	for (reason = 0; reason < ACF_NR_CPU_REASONS; reason++)
		seq_printf(m, " %s %lld", acf_cpu_reasons[reason],
			   atomic64_read(&acf_cpu_requests[id][reason]));
	seq_putc(m, '\n');
}

static int acf_stats_show(struct seq_file *m, void *unused)
{
	struct acf_engine *engine;
	int id;

	seq_puts(m, "version 1\n");
	rcu_read_lock();
	list_for_each_entry_rcu(engine, &acf_engines, node)
		acf_show_engine(m, engine);
	rcu_read_unlock();
	for (id = 0; id < ACF_NR_ALGS; id++)
		acf_show_cpu(m, id);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(acf_stats);

/* Without debugfs the counters cannot be seen, and nothing else is lost. */
void acf_debugfs_init(void)
{
	acf_dir = debugfs_create_dir("acf", NULL);
	debugfs_create_file("stats", 0400, acf_dir, NULL, &acf_stats_fops);
}

void acf_debugfs_exit(void)
{
	debugfs_remove(acf_dir);
}
