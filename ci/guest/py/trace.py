#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Judges acf's tracepoints and histograms by each other.

usage: trace.py TRACE   TRACE: tracefs's trace

Prints "ok NAME" or "not ok NAME - REASON" for: every request is routed before anything
else happens to it, what a card was given it gave back and nothing else, and the histograms
count the jobs that the counters do.
"""

import collections
import re
import sys

import stats

EVENT = re.compile(r" (acf_(?:submit|route|publish|complete)): job=(\S+) (.*)$")
FIELDS = re.compile(r"(\w+)=(\S+)")


def say(name, reason):
    print(f"not ok {name} - {reason}" if reason else f"ok {name}")


def read_trace(path):
    """Events of each job that the trace saw submitted: (event, fields)."""
    jobs = collections.defaultdict(list)
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            found = EVENT.search(line)
            if found and (found[2] in jobs or found[1] == "acf_submit"):
                jobs[found[2]].append((found[1], dict(FIELDS.findall(found[3]))))
    return jobs


def counts(events):
    count = collections.Counter()
    for name, fields in events:
        unit = fields.get("unit") or fields.get("engine") or ""
        count[name, "cpu" if unit == "cpu" else "card" if unit else ""] += 1
    return count


def judge_jobs(jobs):
    total = collections.Counter()
    wrong = []
    for job, events in jobs.items():
        count = counts(events)
        total += count
        if events[0][0] != "acf_submit":
            wrong.append(f"{job} begins with {events[0][0]}")
        for unit, first in (("card", "acf_publish"), ("cpu", "acf_route")):
            if count[first, unit] != count["acf_complete", unit]:
                wrong.append(f"{job}: {first} {count[first, unit]} times on {unit}, "
                             f"acf_complete {count['acf_complete', unit]} times")
        if count["acf_submit", ""] > count["acf_route", "card"] + count["acf_route", "cpu"]:
            wrong.append(f"{job} submitted, not routed")
    on_card = total["acf_publish", "card"]
    say("seen", "" if on_card > 100 else f"{on_card} jobs on the card")
    say("each-job-whole", "; ".join(wrong[:3]))


def judge_latency(done, steps):
    wrong, total = [], 0
    for key, jobs in done.items():
        total += jobs
        if steps.get(key) != jobs:
            wrong.append(f"{' '.join(key)}: {jobs} jobs, {steps.get(key)} in the histogram")
    say("latency-counts-all", "; ".join(wrong) if wrong else "" if total else "no job")


judge_jobs(read_trace(sys.argv[1]))
judge_latency(stats.acf().jobs, stats.latency())
