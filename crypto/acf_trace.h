/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: the way of a request, step by step. A job is told by its address, hashed
 * as all addresses are; never by a byte of its key or data.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM acf

#if !defined(ACF_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define ACF_TRACE_H

#include <linux/tracepoint.h>

#include "acf.h"
#include "acf_compat.h"

/* A request of a user has entered. */
TRACE_EVENT(acf_submit,
	TP_PROTO(const struct acf_job *job),
	TP_ARGS(job),
	TP_STRUCT__entry(
		__field(const void *, job)
		__string(alg, job->alg->name)
		__field(u32, len)
		__field(bool, decrypt)
		__field(bool, user)
	),
	TP_fast_assign(
		__entry->job = job;
		acf_assign_str(alg, job->alg->name);
		__entry->len = job->len;
		__entry->decrypt = job->decrypt;
		__entry->user = job->class == ACF_CLASS_USER;
	),
	TP_printk("job=%p alg=%s len=%u %s class=%s", __entry->job, __get_str(alg), __entry->len,
		  __entry->decrypt ? "decrypt" : "encrypt", __entry->user ? "user" : "system")
);

/* Which unit it goes to, and why: an engine's name or "cpu", a reason as in debugfs. */
TRACE_EVENT(acf_route,
	TP_PROTO(const struct acf_job *job, const char *unit, const char *reason),
	TP_ARGS(job, unit, reason),
	TP_STRUCT__entry(
		__field(const void *, job)
		__string(unit, unit)
		__string(reason, reason)
	),
	TP_fast_assign(
		__entry->job = job;
		acf_assign_str(unit, unit);
		acf_assign_str(reason, reason);
	),
	TP_printk("job=%p unit=%s reason=%s", __entry->job, __get_str(unit), __get_str(reason))
);

/* The card's driver has it; it waited so long in a queue. Under engine->lock. */
TRACE_EVENT(acf_publish,
	TP_PROTO(const struct acf_job *job, const char *engine, u64 waited_ns),
	TP_ARGS(job, engine, waited_ns),
	TP_STRUCT__entry(
		__field(const void *, job)
		__string(engine, engine)
		__field(u64, waited_ns)
	),
	TP_fast_assign(
		__entry->job = job;
		acf_assign_str(engine, engine);
		__entry->waited_ns = waited_ns;
	),
	TP_printk("job=%p engine=%s waited_ns=%llu", __entry->job, __get_str(engine),
		  __entry->waited_ns)
);

/* A unit gives it back; it had it for so long, 0: not measured. */
TRACE_EVENT(acf_complete,
	TP_PROTO(const struct acf_job *job, const char *unit, int err, u64 took_ns),
	TP_ARGS(job, unit, err, took_ns),
	TP_STRUCT__entry(
		__field(const void *, job)
		__string(unit, unit)
		__field(int, err)
		__field(u64, took_ns)
	),
	TP_fast_assign(
		__entry->job = job;
		acf_assign_str(unit, unit);
		__entry->err = err;
		__entry->took_ns = took_ns;
	),
	TP_printk("job=%p unit=%s err=%d took_ns=%llu", __entry->job, __get_str(unit),
		  __entry->err, __entry->took_ns)
);

/* A card stops, is tested, serves: a reset is two of these or more. */
TRACE_EVENT(acf_engine_state,
	TP_PROTO(const char *engine, const char *from, const char *to),
	TP_ARGS(engine, from, to),
	TP_STRUCT__entry(
		__string(engine, engine)
		__string(from, from)
		__string(to, to)
	),
	TP_fast_assign(
		acf_assign_str(engine, engine);
		acf_assign_str(from, from);
		acf_assign_str(to, to);
	),
	TP_printk("engine=%s from=%s to=%s", __get_str(engine), __get_str(from), __get_str(to))
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE acf_trace
#include <trace/define_trace.h>
