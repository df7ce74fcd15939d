// SPDX-License-Identifier: GPL-2.0
/* What an engine may be given: its state, and what becomes of the queue when that changes. */
#include <linux/export.h>
#include <linux/module.h>

#include "acf_internal.h"
#include "acf_trace.h"

static unsigned int acf_pause_ms = 5000;
module_param_named(pause_ms, acf_pause_ms, uint, 0644);
MODULE_PARM_DESC(pause_ms, "requests wait for an engine that is being reset, so long at most (default 5000)");

atomic64_t acf_stops;
atomic64_t acf_busy_stops;

static void acf_engine_set(struct acf_engine *engine, enum acf_engine_state state)
{
	lockdep_assert_held(&engine->lock);
	if (engine->state == state)
		return;
	atomic_add((state == ACF_ENGINE_RUNNING) - (engine->state == ACF_ENGINE_RUNNING),
		   &acf_running);
	trace_acf_engine_state(engine->name, acf_engine_states[engine->state],
			       acf_engine_states[state]);
	WRITE_ONCE(engine->state, state);
	acf_card_changed(engine->card);
}

bool acf_engine_change(struct acf_engine *engine, enum acf_engine_state from,
		       enum acf_engine_state to)
{
	bool changed;

	spin_lock_bh(&engine->lock);
	changed = engine->state == from;
	if (changed)
		acf_engine_set(engine, to);
	spin_unlock_bh(&engine->lock);
	return changed;
}

/* What no other engine can do goes on, the system's jobs before those of users. */
static void acf_engine_leave(struct acf_engine *engine)
{
	acf_queue_spill(engine, ACF_CLASS_SYSTEM);
	acf_queue_spill(engine, ACF_CLASS_USER);
}

/* Busy ones have unfinished requests. */
static void acf_count_stop(const struct acf_engine *engine)
{
	bool last = atomic_read(&acf_running) <= (engine->state == ACF_ENGINE_RUNNING);

	atomic64_inc(&acf_stops);
	if (atomic_long_read(&engine->outstanding) || (last && READ_ONCE(acf_queue.waiting)))
		atomic64_inc(&acf_busy_stops);
}

void acf_engine_stop(struct acf_engine *engine)
{
	spin_lock_bh(&engine->lock);
	if (acf_engine_takes_requests(engine))
		acf_count_stop(engine);
	acf_engine_set(engine, ACF_ENGINE_STOPPED);
	engine->stops++;
	spin_unlock_bh(&engine->lock);
	acf_engine_leave(engine);
}
EXPORT_SYMBOL_GPL(acf_engine_stop);

/* The pause has lasted too long. */
static void acf_engine_spill(struct work_struct *work)
{
	struct acf_engine *engine = container_of(work, struct acf_engine, spill.work);
	bool paused;

	spin_lock_bh(&engine->lock);
	paused = engine->state == ACF_ENGINE_PAUSED;
	if (paused) {
		WRITE_ONCE(engine->spilled, true);
		engine->stops++;
	}
	spin_unlock_bh(&engine->lock);
	if (paused)
		acf_engine_leave(engine);
}

/* Others go on with what waits; where there is none, it waits for this one. */
void acf_engine_pause(struct acf_engine *engine)
{
	bool pause;

	spin_lock_bh(&engine->lock);
	pause = engine->state == ACF_ENGINE_RUNNING;
	if (pause) {
		WRITE_ONCE(engine->spilled, false);
		acf_engine_set(engine, ACF_ENGINE_PAUSED);
	}
	spin_unlock_bh(&engine->lock);
	if (!pause)
		return;
	mod_delayed_work(acf_wq, &engine->spill, msecs_to_jiffies(acf_pause_ms));
	acf_engine_unready(engine);
}
EXPORT_SYMBOL_GPL(acf_engine_pause);

static void acf_engine_clear(struct acf_engine *engine)
{
	int id;

	atomic_long_set(&engine->outstanding, 0);
	for (id = 0; id < ACF_NR_ALGS; id++) {
		atomic64_set(&engine->done_ok[id], 0);
		atomic64_set(&engine->done_bytes[id], 0);
		atomic64_set(&engine->done_err[id], 0);
	}
	acf_latency_init(engine);
}

/* Without memory it may be stopped all the same: a driver does not know how far it got. */
int acf_engine_init(struct acf_engine *engine)
{
	enum acf_class class;
	int err;

	spin_lock_init(&engine->lock);
	for (class = 0; class < ACF_NR_CLASSES; class++)
		INIT_LIST_HEAD(&engine->ready[class]);
	engine->nr_ready = 0;
	engine->starting = false;
	engine->stops = 0;
	engine->spilled = false;
	engine->known = NULL;
	mutex_init(&engine->resuming);
	memset(&engine->trust, 0, sizeof(engine->trust));
	INIT_DELAYED_WORK(&engine->spill, acf_engine_spill);
	acf_refill_init(engine);
	atomic_set(&engine->rooms, 0);
	atomic_set(&engine->spaces, 0);
	engine->full_at = -1;
	engine->cramped_at = -1;
	engine->state = ACF_ENGINE_STOPPED;
	bitmap_zero(engine->serves.bits, ACF_NR_ALGS);
	bitmap_zero(engine->shortened.bits, ACF_NR_ALGS);
	engine->spills = false;
	acf_engine_clear(engine);
	err = acf_meter_init(engine);
	if (!err)
		engine->state = ACF_ENGINE_TESTING;
	return err;
}
