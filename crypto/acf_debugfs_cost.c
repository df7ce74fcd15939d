// SPDX-License-Identifier: GPL-2.0
/* What units are believed to cost, and what was decided by it: debugfs acf/cost. */
#include <linux/debugfs.h>
#include <linux/rculist.h>
#include <linux/seq_file.h>

#include "acf_internal.h"

const char * const acf_whys[ACF_NR_WHYS] = {
	[ACF_WHY_CARD_SOONER] = "card_sooner",
	[ACF_WHY_CARD_FEED] = "card_feed",
	[ACF_WHY_CARD_PROBE] = "card_probe",
	[ACF_WHY_CPU_SOONER] = "cpu_sooner",
	[ACF_WHY_CPU_FED] = "cpu_fed",
	[ACF_WHY_CPU_HANDLING] = "cpu_handling",
	[ACF_WHY_CPU_LAST] = "cpu_last",
	[ACF_WHY_CPU_PROBE] = "cpu_probe",
};

/* By the least bytes of a size. */
static u32 acf_size_bytes(unsigned int size)
{
	return 1U << (ACF_SIZE_SHIFT + size);
}

static void acf_show_costs(struct seq_file *m, const struct acf_cost *cost)
{
	unsigned int size;

	seq_printf(m, " samples %u clamped %u ns", READ_ONCE(cost->samples),
		   READ_ONCE(cost->clamped));
	for (size = 0; size < ACF_NR_SIZES; size++)
		seq_printf(m, " %u %llu", acf_size_bytes(size),
			   acf_cost_ns(cost, acf_size_bytes(size)));
	seq_putc(m, '\n');
}

static const char *acf_way(bool decrypt)
{
	return decrypt ? "decrypt" : "encrypt";
}

static void acf_show_cpu_costs(struct seq_file *m, int id)
{
	int decrypt;

	for (decrypt = 0; decrypt < 2; decrypt++) {
		seq_printf(m, "cpu %s %s", acf_algs[id].name, acf_way(decrypt));
		acf_show_costs(m, acf_cpu_cost_of(&acf_algs[id], decrypt));
	}
}

static void acf_show_card_costs(struct seq_file *m, const struct acf_engine *engine, int id)
{
	int decrypt;

	for (decrypt = 0; decrypt < 2; decrypt++) {
		const struct acf_card_cost *cost = acf_meter_cost(engine, id, decrypt);

		seq_printf(m, "engine %s alone %s %s", engine->name, acf_algs[id].name,
			   acf_way(decrypt));
		acf_show_costs(m, &cost->alone);
		seq_printf(m, "engine %s busy %s %s", engine->name, acf_algs[id].name,
			   acf_way(decrypt));
		acf_show_costs(m, &cost->busy);
	}
}

static void acf_show_engine_costs(struct seq_file *m, const struct acf_engine *engine)
{
	int id;

	seq_printf(m, "engine %s load jobs %u work_ns %llu backlog_ns %llu away_ns %llu\n",
		   engine->name,
		   READ_ONCE(engine->load.jobs), READ_ONCE(engine->load.work_ns),
		   acf_load_backlog(&engine->load, acf_now()), READ_ONCE(engine->load.away_ns));
	seq_printf(m, "engine %s handling", engine->name);
	acf_show_costs(m, &engine->handling);
	for_each_set_bit(id, engine->serves.bits, ACF_NR_ALGS)
		acf_show_card_costs(m, engine, id);
}

static void acf_show_why(struct seq_file *m, int id, unsigned int size)
{
	atomic64_t *count = acf_why_counts[id][size];
	s64 sum = 0;
	int why;

	for (why = 0; why < ACF_NR_WHYS; why++)
		sum += atomic64_read(&count[why]);
	if (!sum)
		return;
	seq_printf(m, "why %s %u", acf_algs[id].name, acf_size_bytes(size));
	for (why = 0; why < ACF_NR_WHYS; why++)
		seq_printf(m, " %s %lld", acf_whys[why], atomic64_read(&count[why]));
	seq_putc(m, '\n');
}

static int acf_cost_show(struct seq_file *m, void *unused)
{
	struct acf_engine *engine;
	unsigned int size;
	u32 computing;
	u32 depth;
	int id;

	acf_split_state(&depth, &computing);
	seq_printf(m, "version 1\nsplit depth %u computing %u\n", depth, computing);
	for (id = 0; id < ACF_NR_ALGS; id++)
		acf_show_cpu_costs(m, id);
	rcu_read_lock();
	list_for_each_entry_rcu(engine, &acf_engines, node)
		acf_show_engine_costs(m, engine);
	rcu_read_unlock();
	for (id = 0; id < ACF_NR_ALGS; id++)
		for (size = 0; size < ACF_NR_SIZES; size++)
			acf_show_why(m, id, size);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(acf_cost);

void acf_debugfs_cost_init(struct dentry *dir)
{
	debugfs_create_file("cost", 0400, dir, NULL, &acf_cost_fops);
}
