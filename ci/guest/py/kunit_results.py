#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The results of KUnit suites, as result lines of ours.

usage: kunit_results.py [--no-skips] PREFIX FILE...
       FILE: a suite's "results" in /sys/kernel/debug/kunit; its directory names it
       --no-skips: this kernel has what a case may be skipped for

Prints "ok PREFIX.SUITE.CASE", "not ok ... - REASON" or "skip ... - REASON" per case. A
suite whose cases are not those of its plan fails as PREFIX.SUITE.plan, and a line this
reader does not know as PREFIX.SUITE.line: nothing is left out in silence. The reason of a case
that failed is where its first expectation was not met, and what KUnit says of it.
"""

import os
import re
import sys

# Depth 1 is a case; what is deeper belongs to one with parameters and is in its verdict.
CASE = re.compile(r"    (not )?ok (\d+) (?:- )?([^#]*?)(?:\s*#\s*(.*))?$")
PLAN = re.compile(r"    1\.\.(\d+)$")
SUITE = re.compile(r"(not )?ok \d+ (?:- )?(\S+)")
# What follows, in as many lines as the test's own message has, is the failure's until another line is known.
UNMET = re.compile(r"\s*# [^:]+: (?:EXPECTATION|ASSERTION) FAILED at (\S+)$")
IGNORED = re.compile(r"\s*(#.*|KTAP version \d+|TAP version \d+)?$|        |1\.\.\d+$")


# What the run itself chose, by parameters of the module: no matter of the kernel's.
OF_THE_RUN = re.compile(r"a (queue|flow) of \d+ ")


class Suite:
    """What is known of one after reading its lines."""

    def __init__(self, name, no_skips=False):
        self.name = name
        self.no_skips = no_skips
        self.results = []   # (verdict, name, reason)
        self.cases = 0
        self.plan = None
        self.verdict = None
        self.failing = self.first = False
        self.unmet = []     # of the case that is running: lines about its first failure

    def say(self, verdict, name, reason=""):
        self.results.append((verdict, f"{self.name}.{name}", reason))

    def case(self, bad, number, name, directive):
        self.cases += 1
        name = name.strip() or f"case-{number}"
        if int(number) != self.cases:
            self.say("not ok", f"{name}.number", f"it is number {number}, after {self.cases - 1}")
        skipped = directive and directive.upper().startswith("SKIP")
        if bad:
            self.say("not ok", name, " ".join(self.unmet)[:200] or "see the guest's log")
        elif skipped and self.no_skips and not OF_THE_RUN.match(directive[4:].strip()):
            self.say("not ok", name, f"skipped, which this kernel gives no reason for: {directive[4:].strip()}")
        elif skipped:
            self.say("skip", name, directive[4:].strip() or "no reason given")
        else:
            self.say("ok", name)
        self.unmet, self.failing = [], False

    def of_failure(self, line):
        """Of the lines that tell of an expectation which was not met."""
        if match := UNMET.match(line):
            self.failing = True
            self.first = not self.unmet
            if self.first:
                self.unmet.append(match[1])
            return True
        if IGNORED.match(line) and not line.startswith("        "):
            self.failing = False
        elif self.failing and self.first:
            self.unmet.append(line.strip())
        return self.failing

    def line(self, line):
        if match := CASE.match(line):
            self.case(*match.groups())
        elif match := PLAN.match(line):
            self.plan = int(match[1])
        elif match := SUITE.match(line):
            self.verdict = "not ok" if match[1] else "ok"
        elif not self.of_failure(line) and not IGNORED.match(line):
            self.say("not ok", "line", f"a line the reader does not know: {line.strip()[:80]}")

    def end(self):
        if self.plan is None or self.plan != self.cases or not self.cases:
            self.say("not ok", "plan", f"{self.cases} cases of {self.plan or 'no plan'}")
        if self.verdict is None:
            self.say("not ok", "end", "the suite did not end")
        elif self.verdict == "not ok" and not any(r[0] == "not ok" for r in self.results):
            self.say("not ok", "verdict", "KUnit says that it failed")


def read(name, text, no_skips=False):
    suite = Suite(name, no_skips)
    for line in text.splitlines():
        suite.line(line)
    suite.end()
    return suite.results


def main(arguments):
    no_skips = arguments[:1] == ["--no-skips"]
    prefix, *files = arguments[no_skips:]
    for path in files:
        name = os.path.basename(os.path.dirname(path))
        with open(path, errors="replace") as file:
            for verdict, test, reason in read(name, file.read(), no_skips):
                print(f"{verdict} {prefix}.{test}" + (f" - {reason}" if reason else ""))
    return 0 if files else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
