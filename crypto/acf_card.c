// SPDX-License-Identifier: GPL-2.0
/*
 * A card's place in /sys/class/acf, and what is remembered of it: why it does not serve, what its
 * self-test found, its last resets. A driver's own attributes go with a probe that failed; this is
 * acf's, and stays until the device or acf goes.
 *
 * The device is the driver core's, which frees it: anybody may have a reference to it, for longer
 * than acf is there. What is remembered is apart from it and counted apart: by who is listed in
 * sysfs, by the driver, and by who is telling of a state. These have all gone when acf goes.
 *
 * Locks: acf_cards_lock (the list; who is under a bus that forgets a device takes it), and
 * card->lock, innermost of the mutexes here. Who changes a state under a spinlock leaves the
 * telling of it to acf_register_wq, since an event allocates.
 */
#include <linux/device.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "acf_card.h"

static struct class acf_class = {
	.name = "acf",
	.dev_groups = acf_card_groups,
};

static LIST_HEAD(acf_cards);		/* (acf_cards_lock) */
static DEFINE_MUTEX(acf_cards_lock);

static void acf_card_free(struct kref *refs)
{
	struct acf_card *card = container_of(refs, struct acf_card, refs);

	put_device(card->dev);
	kfree(card);
}

void acf_card_put(struct acf_card *card)
{
	if (card)
		kref_put(&card->refs, acf_card_free);
}
EXPORT_SYMBOL_GPL(acf_card_put);

/* ---- state ---- */

static const char *acf_engine_word(enum acf_engine_state state)
{
	switch (state) {
	case ACF_ENGINE_RUNNING:
		return "serving";
	case ACF_ENGINE_PAUSED:
		return "resetting";
	case ACF_ENGINE_TESTING:
		return "testing";
	case ACF_ENGINE_STOPPED:
		break;
	}
	return NULL;
}

const char *acf_card_state(const struct acf_card *card)
{
	const struct acf_engine *engine = card->engine;
	const char *word = engine ? acf_engine_word(READ_ONCE(engine->state)) : NULL;

	lockdep_assert_held(&card->lock);
	if (word)
		return word;
	if (engine && card->offline)
		return "offline";
	if (card->failed)
		return "failed";
	if (engine)
		return "stopped";
	return card->starting ? "starting" : "unbound";
}

static void acf_card_tell(struct work_struct *work)
{
	struct acf_card *card = container_of(work, struct acf_card, tell);
	char state[32];
	char *env[2] = { state, NULL };
	bool listed;

	mutex_lock(&card->lock);
	snprintf(state, sizeof(state), "ACF_STATE=%s", acf_card_state(card));
	listed = card->listed;
	mutex_unlock(&card->lock);
	if (listed) {
		sysfs_notify(&card->dev->kobj, NULL, "state");
		kobject_uevent_env(&card->dev->kobj, KOBJ_CHANGE, env);
	}
	acf_card_put(card);
}

/* Whoever calls has a reference, so that the one given back here is never the last. */
void acf_card_changed(struct acf_card *card)
{
	if (!card)
		return;
	kref_get(&card->refs);
	if (!queue_work(acf_register_wq, &card->tell))
		acf_card_put(card);
}

/* Nothing is held against a card that a driver takes, or leaves. */
static void acf_card_anew(struct acf_card *card, bool starting)
{
	if (!card)
		return;
	mutex_lock(&card->lock);
	card->starting = starting;
	card->failed = false;
	card->offline = false;
	mutex_unlock(&card->lock);
	acf_card_changed(card);
}

void acf_card_starting(struct acf_card *card)
{
	acf_card_anew(card, true);
}
EXPORT_SYMBOL_GPL(acf_card_starting);

void acf_card_left(struct acf_card *card)
{
	acf_card_anew(card, false);
}
EXPORT_SYMBOL_GPL(acf_card_left);

void acf_card_failed(struct acf_card *card, const char *step, const char *why,
		     const char *registers)
{
	if (!card)
		return;
	mutex_lock(&card->lock);
	card->starting = false;
	card->failed = true;
	card->failure.at_ns = ktime_get_boottime_ns();
	strscpy(card->failure.step, step, sizeof(card->failure.step));
	strscpy(card->failure.why, why, sizeof(card->failure.why));
	strscpy(card->failure.registers, registers ?: "", sizeof(card->failure.registers));
	mutex_unlock(&card->lock);
	acf_card_changed(card);
}
EXPORT_SYMBOL_GPL(acf_card_failed);

void acf_card_failed_with(struct acf_card *card, const char *registers)
{
	if (!card)
		return;
	mutex_lock(&card->lock);
	if (card->failed && !*card->failure.registers)
		strscpy(card->failure.registers, registers, sizeof(card->failure.registers));
	mutex_unlock(&card->lock);
}
EXPORT_SYMBOL_GPL(acf_card_failed_with);

bool acf_card_is_offline(const struct acf_card *card)
{
	return card && READ_ONCE(card->offline);
}

/* ---- its engine ---- */

void acf_card_attach(struct acf_card *card, struct acf_engine *engine)
{
	if (!card)
		return;
	mutex_lock(&card->lock);
	card->engine = engine;
	card->starting = false;
	mutex_unlock(&card->lock);
	acf_card_changed(card);
}

/* What it has done so far stays. */
void acf_card_detach(struct acf_card *card)
{
	if (!card)
		return;
	mutex_lock(&card->asking);
	mutex_lock(&card->lock);
	acf_card_sum(card, &card->before);
	card->engine = NULL;
	mutex_unlock(&card->lock);
	mutex_unlock(&card->asking);
	acf_card_changed(card);
}

void acf_card_sum(const struct acf_card *card, struct acf_totals *sum)
{
	struct acf_engine *engine = card->engine;
	int id;

	lockdep_assert_held(&card->lock);
	*sum = card->before;
	if (!engine)
		return;
	for (id = 0; id < ACF_NR_ALGS; id++) {
		sum->jobs += atomic64_read(&engine->done_ok[id]);
		sum->bytes += atomic64_read(&engine->done_bytes[id]);
		sum->failed += atomic64_read(&engine->done_err[id]);
	}
	sum->wrong += atomic64_read(&engine->trust.wrong);
	acf_meter_busy(engine, &sum->busy_ns, &sum->depth_peak);
}

/* ---- what is remembered ---- */

void acf_card_note_reset(struct acf_card *card, const char *reason, const char *registers,
			 const struct acf_alg *alg, u32 bytes)
{
	struct acf_reset_note *note;
	unsigned int i;

	if (!card)
		return;
	mutex_lock(&card->lock);
	note = &card->reset[card->nr_resets++ % ACF_CARD_RESETS];
	note->at_ns = ktime_get_boottime_ns();
	strscpy(note->reason, reason, sizeof(note->reason));
	strscpy(note->registers, registers ?: "", sizeof(note->registers));
	note->alg = alg;
	note->bytes = alg ? bytes : 0;
	for (i = 0; i < ACF_CARD_REASONS - 1; i++)
		if (!*card->why_reset[i].word || !strcmp(card->why_reset[i].word, note->reason))
			break;
	strscpy(card->why_reset[i].word, i < ACF_CARD_REASONS - 1 ? note->reason : "other",
		sizeof(card->why_reset[i].word));
	card->why_reset[i].times++;
	mutex_unlock(&card->lock);
}
EXPORT_SYMBOL_GPL(acf_card_note_reset);

void acf_card_finding(struct acf_card *card, const struct acf_finding *finding)
{
	struct acf_finding_note *note;

	if (!card)
		return;
	mutex_lock(&card->lock);
	note = &card->finding;
	note->at_ns = ktime_get_boottime_ns();
	snprintf(note->what, sizeof(note->what), "algorithm %s vector %s way %s,%s off %u reason %s",
		 finding->alg, finding->vector, finding->decrypt ? "decrypt" : "encrypt",
		 finding->in_place ? "in-place" : "out-of-place", finding->off, finding->why);
	note->bytes = finding->want ? min_t(u32, finding->bytes, ACF_CARD_BYTES) : 0;
	if (note->bytes) {
		memcpy(note->want, finding->want, note->bytes);
		memcpy(note->got, finding->got, note->bytes);
	}
	mutex_unlock(&card->lock);
}

void acf_card_tested(struct acf_card *card, const struct acf_alg_set *asked,
		     const struct acf_alg_set *passed)
{
	if (!card)
		return;
	mutex_lock(&card->lock);
	card->tested_ns = ktime_get_boottime_ns();
	card->asked = *asked;
	card->passed = *passed;
	mutex_unlock(&card->lock);
}

/* ---- coming and going ---- */

static struct acf_card *acf_card_find(const struct device *parent)
{
	struct acf_card *card;

	lockdep_assert_held(&acf_cards_lock);
	list_for_each_entry(card, &acf_cards, node)
		if (card->dev->parent == parent)
			return card;
	return NULL;
}

/* The list's reference is the caller's now. */
static void acf_card_unlist(struct acf_card *card)
{
	lockdep_assert_held(&acf_cards_lock);
	list_del(&card->node);
	mutex_lock(&card->lock);
	card->listed = false;
	mutex_unlock(&card->lock);
}

/*
 * Out of sysfs: when this returns, nobody reads or writes a file of it. Who tells of a state, and
 * has seen it listed, has to be through: the core does not guard him against that.
 */
static void acf_card_unregister(struct acf_card *card)
{
	flush_work(&card->tell);
	device_unregister(card->dev);
	acf_card_put(card);
}

/* Its files can be read before this returns. */
static int acf_card_register(struct acf_card *card, struct device *parent)
{
	struct device *dev = device_create(&acf_class, parent, MKDEV(0, 0), card, "%s",
					   dev_name(parent));

	if (IS_ERR(dev))
		return PTR_ERR(dev);
	mutex_lock(&card->lock);
	card->dev = get_device(dev);
	card->listed = true;
	mutex_unlock(&card->lock);
	list_add_tail(&card->node, &acf_cards);
	return 0;
}

static struct acf_card *acf_card_make(struct device *parent)
{
	struct acf_card *card = kzalloc(sizeof(*card), GFP_KERNEL);

	if (!card)
		return NULL;
	kref_init(&card->refs);
	mutex_init(&card->asking);
	mutex_init(&card->lock);
	INIT_WORK(&card->tell, acf_card_tell);
	if (acf_card_register(card, parent)) {
		acf_card_put(card);
		return NULL;
	}
	return card;
}

void acf_card_forget(struct device *dev)
{
	struct acf_card *card;

	mutex_lock(&acf_cards_lock);
	card = acf_card_find(dev);
	if (card)
		acf_card_unlist(card);
	mutex_unlock(&acf_cards_lock);
	if (card)
		acf_card_unregister(card);
}
EXPORT_SYMBOL_GPL(acf_card_forget);

/* The device is about to be forgotten, after its driver has left it; no lock of it is held. */
static int acf_card_bus_event(struct notifier_block *nb, unsigned long event, void *data)
{
	if (event == BUS_NOTIFY_DEL_DEVICE)
		acf_card_forget(data);
	return NOTIFY_DONE;
}

static struct notifier_block acf_card_nb = { .notifier_call = acf_card_bus_event };
static typeof(((struct device *)NULL)->bus) acf_card_bus;	/* (acf_bus_lock) */
/* Not acf_cards_lock, which the notifier takes under the bus's own. */
static DEFINE_MUTEX(acf_bus_lock);

/* There is one kind of bus that cards are on. */
static bool acf_card_watch(struct device *dev)
{
	bool watched;

	if (!dev->bus)
		return true;
	mutex_lock(&acf_bus_lock);
	if (!acf_card_bus && !bus_register_notifier(dev->bus, &acf_card_nb))
		acf_card_bus = dev->bus;
	watched = acf_card_bus == dev->bus;
	mutex_unlock(&acf_bus_lock);
	return watched;
}

struct acf_card *acf_card_get(struct device *dev)
{
	struct acf_card *card;

	if (!acf_card_watch(dev))
		return NULL;
	mutex_lock(&acf_cards_lock);
	card = acf_card_find(dev) ?: acf_card_make(dev);
	if (card)
		kref_get(&card->refs);
	mutex_unlock(&acf_cards_lock);
	return card;
}
EXPORT_SYMBOL_GPL(acf_card_get);

int acf_cards_init(void)
{
	return class_register(&acf_class);
}

static struct acf_card *acf_card_last(void)
{
	struct acf_card *card;

	mutex_lock(&acf_cards_lock);
	card = list_first_entry_or_null(&acf_cards, struct acf_card, node);
	if (card)
		acf_card_unlist(card);
	mutex_unlock(&acf_cards_lock);
	return card;
}

/* No driver is left: who may be telling of a state still has the last reference. */
void acf_cards_exit(void)
{
	struct acf_card *card;

	if (acf_card_bus)
		bus_unregister_notifier(acf_card_bus, &acf_card_nb);
	while ((card = acf_card_last()))
		acf_card_unregister(card);
	flush_workqueue(acf_register_wq);
	class_unregister(&acf_class);
}
