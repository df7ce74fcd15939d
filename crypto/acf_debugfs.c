// SPDX-License-Identifier: GPL-2.0
/*
 * Counters: who served how much, and why the CPU did. debugfs acf/stats,
 * docs/reference/framework.md.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "acf_internal.h"

const char * const acf_cpu_reasons[ACF_NR_CPU_REASONS] = {
	[ACF_CPU_NO_ENGINE] = "no_engine",
	[ACF_CPU_SHAPE] = "shape",
	[ACF_CPU_FULL] = "full",
	[ACF_CPU_FAILED] = "failed",
	[ACF_CPU_TOO_LONG] = "too_long",
	[ACF_CPU_WAITED_FOR] = "waited_for",
	[ACF_CPU_CHEAPER] = "cheaper",
	[ACF_CPU_POLICY] = "policy",
};

const char * const acf_class_names[ACF_NR_CLASSES] = {
	[ACF_CLASS_SYSTEM] = "system",
	[ACF_CLASS_USER] = "user",
};

const char * const acf_engine_states[] = {
	[ACF_ENGINE_STOPPED] = "stopped",
	[ACF_ENGINE_TESTING] = "testing",
	[ACF_ENGINE_PAUSED] = "paused",
	[ACF_ENGINE_RUNNING] = "running",
};

DEFINE_SHOW_ATTRIBUTE(acf_uses);

static struct dentry *acf_dir;

static void acf_show_queue(struct seq_file *m, enum acf_class class)
{
	struct acf_share share;

	acf_share(class, &share);
	seq_printf(m, "queue %s queued %u jobs %llu bytes %llu behind_ns %lld longest_ns %llu\n",
		   acf_class_names[class], acf_queued(class), share.jobs, share.bytes,
		   share.behind, share.longest);
}

static void acf_show_trust(struct seq_file *m, const struct acf_engine *engine)
{
	const struct acf_trust *trust = &engine->trust;
	int id;

	seq_printf(m, "engine %s check compared %lld doubtful %lld wrong %lld retired %u",
		   engine->name,
		   atomic64_read(&trust->compared), atomic64_read(&trust->doubtful),
		   atomic64_read(&trust->wrong),
		   bitmap_weight(trust->retired.bits, ACF_NR_ALGS));
	for_each_set_bit(id, trust->retired.bits, ACF_NR_ALGS)
		seq_printf(m, " %s", acf_algs[id].name);
	seq_putc(m, '\n');
}

static void acf_show_engine(struct seq_file *m, const struct acf_engine *engine)
{
	int id;

	seq_printf(m, "engine %s state %s outstanding_bytes %ld\n", engine->name,
		   acf_engine_states[READ_ONCE(engine->state)],
		   atomic_long_read(&engine->outstanding));
	acf_show_trust(m, engine);
	for_each_set_bit(id, engine->serves.bits, ACF_NR_ALGS)
		seq_printf(m, "engine %s %s jobs %lld bytes %lld failed %lld work_ns %llu\n",
			   engine->name, acf_algs[id].name, atomic64_read(&engine->done_ok[id]),
			   atomic64_read(&engine->done_bytes[id]),
			   atomic64_read(&engine->done_err[id]),
			   READ_ONCE(engine->work_ns[id]));
}

static void acf_show_cpu(struct seq_file *m, int id)
{
	const struct acf_cpu_count *count = &acf_cpu_counts[id];
	int reason;

	seq_printf(m, "cpu %s bytes %lld", acf_algs[id].name, atomic64_read(&count->bytes));
	for (reason = 0; reason < ACF_NR_CPU_REASONS; reason++)
		seq_printf(m, " %s %lld", acf_cpu_reasons[reason],
			   atomic64_read(&count->requests[reason]));
	seq_putc(m, '\n');
}

static int acf_stats_show(struct seq_file *m, void *unused)
{
	struct acf_engine *engine;
	enum acf_class class;
	int id;

	seq_puts(m, "version 4\n");
	seq_printf(m, "stops %lld busy %lld\n", atomic64_read(&acf_stops),
		   atomic64_read(&acf_busy_stops));
	for (class = 0; class < ACF_NR_CLASSES; class++)
		acf_show_queue(m, class);
	rcu_read_lock();
	list_for_each_entry_rcu(engine, &acf_engines, node)
		acf_show_engine(m, engine);
	rcu_read_unlock();
	for (id = 0; id < ACF_NR_ALGS; id++)
		acf_show_cpu(m, id);
	seq_printf(m, "flow order_given_up %lld\n", atomic64_read(&acf_flow_given_up));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(acf_stats);

/* Only steps that have something: the power of two they are below, and how many. */
static void acf_show_steps(struct seq_file *m, const struct acf_latency *latency)
{
	int step;

	for (step = 0; step < ACF_NR_STEPS; step++) {
		s64 jobs = atomic64_read(&latency->step[step]);

		if (jobs)
			seq_printf(m, " %d %lld", ACF_STEP_SHIFT + step, jobs);
	}
	seq_putc(m, '\n');
}

static void acf_show_latency(struct seq_file *m, const struct acf_engine *engine)
{
	enum acf_class class;
	int id;

	for (class = 0; class < ACF_NR_CLASSES; class++) {
		seq_printf(m, "engine %s wait %s log2_ns", engine->name, acf_class_names[class]);
		acf_show_steps(m, &engine->wait[class]);
	}
	for_each_set_bit(id, engine->serves.bits, ACF_NR_ALGS) {
		seq_printf(m, "engine %s card %s log2_ns", engine->name, acf_algs[id].name);
		acf_show_steps(m, &engine->took[id]);
	}
}

static int acf_latency_show(struct seq_file *m, void *unused)
{
	struct acf_engine *engine;

	seq_puts(m, "version 1\n");
	rcu_read_lock();
	list_for_each_entry_rcu(engine, &acf_engines, node)
		acf_show_latency(m, engine);
	rcu_read_unlock();
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(acf_latency);

/* Without debugfs the counters cannot be seen, and nothing else is lost. */
void acf_debugfs_init(void)
{
	acf_dir = debugfs_create_dir("acf", NULL);
	debugfs_create_file("stats", 0400, acf_dir, NULL, &acf_stats_fops);
	debugfs_create_file("latency", 0400, acf_dir, NULL, &acf_latency_fops);
	debugfs_create_file("transforms", 0400, acf_dir, NULL, &acf_uses_fops);
	acf_debugfs_cost_init(acf_dir);
}

void acf_debugfs_exit(void)
{
	debugfs_remove(acf_dir);
}
