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
#include "acf_split.h"

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

/* What the policy "auto" made of it, and by which numbers: estimated ns, and jobs. */
TRACE_EVENT(acf_decide,
	TP_PROTO(const struct acf_job *job, const struct acf_offer *offer, const char *why),
	TP_ARGS(job, offer, why),
	TP_STRUCT__entry(
		__field(const void *, job)
		__string(why, why)
		__field(u64, cpu_ns)
		__field(u64, alone_ns)
		__field(u64, busy_ns)
		__field(u64, handling_ns)
		__field(u64, backlog_ns)
		__field(u32, jobs)
		__field(u32, others)
	),
	TP_fast_assign(
		__entry->job = job;
		acf_assign_str(why, why);
		__entry->cpu_ns = offer->cpu_ns;
		__entry->alone_ns = offer->alone_ns;
		__entry->busy_ns = offer->busy_ns;
		__entry->handling_ns = offer->handling_ns;
		__entry->backlog_ns = offer->backlog_ns;
		__entry->jobs = offer->jobs;
		__entry->others = offer->others;
	),
	TP_printk("job=%p why=%s cpu_ns=%llu alone_ns=%llu busy_ns=%llu handling_ns=%llu backlog_ns=%llu jobs=%u others=%u",
		  __entry->job, __get_str(why), __entry->cpu_ns, __entry->alone_ns,
		  __entry->busy_ns, __entry->handling_ns, __entry->backlog_ns, __entry->jobs,
		  __entry->others)
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
