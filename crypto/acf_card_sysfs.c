// SPDX-License-Identifier: GPL-2.0
/*
 * The files of /sys/class/acf/<card>: docs/reference/abi.md says what is in each. All but finding,
 * which has bytes of a card that is not to be trusted, may be read by anybody; online and selftest
 * are root's to write.
 */
#include <linux/device.h>
#include <linux/sysfs.h>

#include "acf_card.h"

/* A file whose text is made with the card locked. */
#define ACF_CARD_SHOW(name)								\
static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *buf)	\
{											\
	struct acf_card *card = to_acf_card(dev);					\
	ssize_t len;									\
											\
	mutex_lock(&card->lock);							\
	len = acf_emit_##name(card, buf);						\
	mutex_unlock(&card->lock);							\
	return len;									\
}

#define ACF_CARD_RO(name)								\
ACF_CARD_SHOW(name)									\
static DEVICE_ATTR_RO(name)

static ssize_t acf_emit_abi(struct acf_card *card, char *buf)
{
	return sysfs_emit(buf, "1\n");
}
ACF_CARD_RO(abi);

static ssize_t acf_emit_state(struct acf_card *card, char *buf)
{
	return sysfs_emit(buf, "%s\n", acf_card_state(card));
}
ACF_CARD_RO(state);

static ssize_t acf_emit_engine(struct acf_card *card, char *buf)
{
	return sysfs_emit(buf, "%s\n", card->engine ? card->engine->name : "");
}
ACF_CARD_RO(engine);

/* Of a card that has failed. */
static ssize_t acf_emit_reason(struct acf_card *card, char *buf)
{
	bool failed = !strcmp(acf_card_state(card), "failed");

	return sysfs_emit(buf, "%s\n", failed ? card->failure.why : "");
}
ACF_CARD_RO(reason);

static ssize_t acf_emit_failure(struct acf_card *card, char *buf)
{
	const struct acf_failure_note *note = &card->failure;

	if (!note->at_ns)
		return 0;
	return sysfs_emit(buf, "at_ns %llu\nstep %s\nregisters %s\nreason %s\n", note->at_ns,
			  note->step, note->registers, note->why);
}
ACF_CARD_RO(failure);

static ssize_t acf_emit_finding(struct acf_card *card, char *buf)
{
	const struct acf_finding_note *note = &card->finding;

	if (!note->at_ns)
		return 0;
	return sysfs_emit(buf, "at_ns %llu %s\nwanted %*phN\ngot %*phN\n", note->at_ns, note->what,
			  (int)note->bytes, note->want, (int)note->bytes, note->got);
}
/* What a faulty card wrote there may be another request's. */
ACF_CARD_SHOW(finding)
static DEVICE_ATTR_ADMIN_RO(finding);

static ssize_t acf_emit_names(const struct acf_alg_set *ids, char *buf, ssize_t at)
{
	int id;

	for_each_set_bit(id, ids->bits, ACF_NR_ALGS)
		at += sysfs_emit_at(buf, at, "%s%s", at ? " " : "", acf_algs[id].name);
	return at + sysfs_emit_at(buf, at, "\n");
}

static ssize_t acf_emit_algorithms(struct acf_card *card, char *buf)
{
	struct acf_alg_set ids = {};

	if (card->engine)
		bitmap_andnot(ids.bits, card->engine->serves.bits,
			      card->engine->trust.retired.bits, ACF_NR_ALGS);
	return acf_emit_names(&ids, buf, 0);
}
ACF_CARD_RO(algorithms);

/* What it was to have, and does not. */
static ssize_t acf_emit_algorithms_lost(struct acf_card *card, char *buf)
{
	const struct acf_engine *engine = card->engine;
	struct acf_alg_set ids = {};

	if (engine) {
		bitmap_andnot(ids.bits, engine->caps.bits, engine->serves.bits, ACF_NR_ALGS);
		bitmap_or(ids.bits, ids.bits, engine->trust.retired.bits, ACF_NR_ALGS);
	}
	return acf_emit_names(&ids, buf, 0);
}
ACF_CARD_RO(algorithms_lost);

static ssize_t acf_emit_resets_last(struct acf_card *card, char *buf)
{
	unsigned int nr = min_t(unsigned int, card->nr_resets, ACF_CARD_RESETS);
	unsigned int i;
	ssize_t at = 0;

	for (i = card->nr_resets - nr; i != card->nr_resets; i++) {
		const struct acf_reset_note *note = &card->reset[i % ACF_CARD_RESETS];

		at += sysfs_emit_at(buf, at, "at_ns %llu reason %s algorithm %s bytes %u %s\n",
				    note->at_ns, note->reason, note->alg ? note->alg->name : "-",
				    note->bytes, note->registers);
	}
	return at;
}
ACF_CARD_RO(resets_last);

static ssize_t acf_emit_resets_by_reason(struct acf_card *card, char *buf)
{
	unsigned int i;
	ssize_t at = 0;

	for (i = 0; i < ACF_CARD_REASONS && *card->why_reset[i].word; i++)
		at += sysfs_emit_at(buf, at, "%s %u\n", card->why_reset[i].word,
				    card->why_reset[i].times);
	return at;
}
ACF_CARD_RO(resets_by_reason);

/* ---- what can be asked for ---- */

/*
 * Work that needs the driver: its device's lock keeps it where it is, and card->asking one that is
 * bound to a device of its own below (virtio). Who removes the device waits for this file's writers
 * without that lock.
 */
static int acf_card_ask(struct device *dev, int (*what)(struct acf_card *, bool), bool arg)
{
	struct acf_card *card = to_acf_card(dev);
	int err = -ENODEV;

	device_lock(dev->parent);
	mutex_lock(&card->asking);
	if (card->engine)
		err = what(card, arg);
	mutex_unlock(&card->asking);
	device_unlock(dev->parent);
	return err;
}

static ssize_t online_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", !acf_card_is_offline(to_acf_card(dev)));
}

/* The engine cannot go: its driver is held by the device's lock. */
static int acf_card_set_online(struct acf_card *card, bool online)
{
	struct acf_engine *engine = card->engine;
	int err;

	if (!engine->ops->online)
		return -EOPNOTSUPP;
	WRITE_ONCE(card->offline, !online);
	err = engine->ops->online(engine, online);
	acf_card_changed(card);
	return err;
}

static ssize_t online_store(struct device *dev, struct device_attribute *attr, const char *buf,
			    size_t len)
{
	bool online;
	int err = kstrtobool(buf, &online);

	err = err ?: acf_card_ask(dev, acf_card_set_online, online);
	return err ?: len;
}
static DEVICE_ATTR_RW(online);

static ssize_t acf_emit_selftest(struct acf_card *card, char *buf)
{
	struct acf_alg_set failed;
	ssize_t at;

	if (!card->tested_ns)
		return sysfs_emit(buf, "never\n");
	bitmap_andnot(failed.bits, card->asked.bits, card->passed.bits, ACF_NR_ALGS);
	at = sysfs_emit(buf, "at_ns %llu passed %u of %u", card->tested_ns,
			bitmap_weight(card->passed.bits, ACF_NR_ALGS),
			bitmap_weight(card->asked.bits, ACF_NR_ALGS));
	return acf_emit_names(&failed, buf, at);
}

static ssize_t selftest_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct acf_card *card = to_acf_card(dev);
	ssize_t len;

	mutex_lock(&card->lock);
	len = acf_emit_selftest(card, buf);
	mutex_unlock(&card->lock);
	return len;
}

static int acf_card_run_selftest(struct acf_card *card, bool unused)
{
	return acf_engine_selftest(card->engine);
}

static ssize_t selftest_store(struct device *dev, struct device_attribute *attr, const char *buf,
			      size_t len)
{
	bool run;
	int err = kstrtobool(buf, &run);

	if (!err && !run)
		err = -EINVAL;
	err = err ?: acf_card_ask(dev, acf_card_run_selftest, true);
	return err ?: len;
}
static DEVICE_ATTR_RW(selftest);

static struct attribute *acf_card_attrs[] = {
	&dev_attr_abi.attr,
	&dev_attr_state.attr,
	&dev_attr_engine.attr,
	&dev_attr_reason.attr,
	&dev_attr_failure.attr,
	&dev_attr_finding.attr,
	&dev_attr_algorithms.attr,
	&dev_attr_algorithms_lost.attr,
	&dev_attr_resets_last.attr,
	&dev_attr_resets_by_reason.attr,
	&dev_attr_online.attr,
	&dev_attr_selftest.attr,
	NULL
};

/* ---- totals/ ---- */

#define ACF_TOTAL(name)									\
static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *buf)	\
{											\
	struct acf_card *card = to_acf_card(dev);					\
	struct acf_totals sum;								\
											\
	mutex_lock(&card->lock);							\
	acf_card_sum(card, &sum);							\
	mutex_unlock(&card->lock);							\
	return sysfs_emit(buf, "%llu\n", sum.name);					\
}											\
static DEVICE_ATTR_RO(name)

ACF_TOTAL(jobs);
ACF_TOTAL(bytes);
ACF_TOTAL(failed);
ACF_TOTAL(wrong);
ACF_TOTAL(busy_ns);
ACF_TOTAL(depth_peak);

static ssize_t acf_emit_depth(struct acf_card *card, char *buf)
{
	return sysfs_emit(buf, "%u\n", card->engine ? READ_ONCE(card->engine->load.jobs) : 0);
}
ACF_CARD_RO(depth);

static ssize_t acf_emit_resets(struct acf_card *card, char *buf)
{
	return sysfs_emit(buf, "%u\n", card->nr_resets);
}
ACF_CARD_RO(resets);

static struct attribute *acf_total_attrs[] = {
	&dev_attr_jobs.attr,
	&dev_attr_bytes.attr,
	&dev_attr_failed.attr,
	&dev_attr_wrong.attr,
	&dev_attr_busy_ns.attr,
	&dev_attr_depth.attr,
	&dev_attr_depth_peak.attr,
	&dev_attr_resets.attr,
	NULL
};

/* ---- cpu/: the same for all cards ---- */

struct acf_reason_attr {
	struct device_attribute attr;
	enum acf_cpu_reason reason;
};

static ssize_t acf_reason_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	enum acf_cpu_reason reason = container_of(attr, struct acf_reason_attr, attr)->reason;
	s64 sum = 0;
	int id;

	for (id = 0; id < ACF_NR_ALGS; id++)
		sum += atomic64_read(&acf_cpu_counts[id].requests[reason]);
	return sysfs_emit(buf, "%lld\n", sum);
}

#define ACF_REASON(name, value)								\
static struct acf_reason_attr acf_reason_##name = {					\
	.attr = __ATTR(name, 0444, acf_reason_show, NULL),				\
	.reason = value,								\
}

ACF_REASON(no_engine, ACF_CPU_NO_ENGINE);
ACF_REASON(shape, ACF_CPU_SHAPE);
ACF_REASON(full, ACF_CPU_FULL);
ACF_REASON(failed, ACF_CPU_FAILED);
ACF_REASON(too_long, ACF_CPU_TOO_LONG);
ACF_REASON(waited_for, ACF_CPU_WAITED_FOR);
ACF_REASON(cheaper, ACF_CPU_CHEAPER);
ACF_REASON(policy, ACF_CPU_POLICY);
static_assert(ACF_NR_CPU_REASONS == 8, "each reason has a file");

static ssize_t acf_cpu_bytes_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	s64 sum = 0;
	int id;

	for (id = 0; id < ACF_NR_ALGS; id++)
		sum += atomic64_read(&acf_cpu_counts[id].bytes);
	return sysfs_emit(buf, "%lld\n", sum);
}

static struct device_attribute acf_cpu_bytes = __ATTR(bytes, 0444, acf_cpu_bytes_show, NULL);

static struct attribute *acf_reason_attrs[] = {
	&acf_reason_no_engine.attr.attr,
	&acf_reason_shape.attr.attr,
	&acf_reason_full.attr.attr,
	&acf_reason_failed.attr.attr,
	&acf_reason_too_long.attr.attr,
	&acf_reason_waited_for.attr.attr,
	&acf_reason_cheaper.attr.attr,
	&acf_reason_policy.attr.attr,
	&acf_cpu_bytes.attr,
	NULL
};

static const struct attribute_group acf_card_group = { .attrs = acf_card_attrs };
static const struct attribute_group acf_total_group = {
	.name = "totals",
	.attrs = acf_total_attrs,
};
static const struct attribute_group acf_reason_group = {
	.name = "cpu",
	.attrs = acf_reason_attrs,
};

const struct attribute_group *acf_card_groups[] = {
	&acf_card_group,
	&acf_total_group,
	&acf_reason_group,
	NULL
};
