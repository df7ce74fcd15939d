// SPDX-License-Identifier: GPL-2.0
/*
 * The interface, in the card's directory of sysfs, for root alone:
 *
 *   survey/experiments	ID SECONDS RISK: QUESTION, one a line, in their order
 *   survey/run		an ID is written; the write ends when the experiment has
 *   survey/result	what it said, lines of a profile
 *   survey/trace	what was done, the next page of it at each read, nothing at its end
 */
#include "survey.h"

static struct survey *survey_of(struct device *dev)
{
	return dev_get_drvdata(dev);
}

static ssize_t experiments_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct survey_experiment *e;
	ssize_t n = 0;

	for (e = survey_table; e->id; e++)
		n += sysfs_emit_at(buf, n, "%s %u %s: %s\n", e->id, e->seconds, e->risk,
				   e->question);
	return n;
}
static DEVICE_ATTR_ADMIN_RO(experiments);

static ssize_t run_store(struct device *dev, struct device_attribute *attr, const char *buf,
			 size_t count)
{
	struct survey *s = survey_of(dev);
	const struct survey_experiment *e = survey_table;
	int err;

	while (e->id && !sysfs_streq(buf, e->id))
		e++;
	if (!e->id)
		return -EINVAL;
	err = mutex_lock_interruptible(&s->lock);
	if (err)
		return err;
	err = survey_experiment_run(s, e);
	mutex_unlock(&s->lock);
	return err ?: count;
}

static struct device_attribute dev_attr_run = __ATTR(run, 0200, NULL, run_store);

static ssize_t result_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct survey *s = survey_of(dev);
	ssize_t n;

	mutex_lock(&s->lock);
	n = sysfs_emit(buf, "%s", s->text);
	mutex_unlock(&s->lock);
	return n;
}
static DEVICE_ATTR_ADMIN_RO(result);

static ssize_t trace_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct survey *s = survey_of(dev);
	ssize_t n;

	mutex_lock(&s->lock);
	n = survey_trace_next(s, buf);
	mutex_unlock(&s->lock);
	return n;
}
static DEVICE_ATTR_ADMIN_RO(trace);

static struct attribute *survey_attrs[] = {
	&dev_attr_experiments.attr,
	&dev_attr_run.attr,
	&dev_attr_result.attr,
	&dev_attr_trace.attr,
	NULL
};

static const struct attribute_group survey_group = { .name = "survey", .attrs = survey_attrs };

const struct attribute_group *survey_groups[] = { &survey_group, NULL };
