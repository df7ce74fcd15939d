#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Which test finds each bug of ci/mutants and of tools/fuzz/mutants, and in which lane that test runs.

usage: killers.py [RESULTS...]     KTAP of the stages mutants and fuzz; by default those of the last run

A table for docs/developer/testing.md: the bug, whether it was found when the stage that puts it in ran last,
the test that has to fail then, and the stages of the earliest lane that have it. Status 1 when a bug was
not found, was not tried, or when no stage has its test.
"""

import glob
import os
import re
import sys
from dataclasses import dataclass

import ktap_judge
import plan
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "host"))
import stages  # noqa: E402

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
RESULTS = ("build/test/mutants.ktap", "build/test/fuzz.ktap")


@dataclass
class Mutant:
    """A bug, the result that says it was found, and the test that has to find it."""
    name: str
    bug: str
    result: str
    test: str


def head(path):
    """{word: text} of the lines before the patch."""
    words = {}
    with open(path, errors="replace") as file:
        for line in file:
            if line.startswith("---"):
                break
            word, colon, text = line.partition(": ")
            if colon:
                words.setdefault(word, text.strip())
    return words


def of_driver(path):
    """One of ci/mutants: ESP packets may have to show it too, or alone."""
    name, words = os.path.basename(path)[:-len(".patch")], head(path)
    found = []
    if words.get("run") != "esp":
        found.append(Mutant(name, words["bug"], f"mutants.{name}", words["expect"]))
    if "esp" in words:
        test = words["esp"].partition(" ")[0]
        found.append(Mutant(name + ", in packets", words["bug"], f"mutants.{name}.esp", test))
    return found


def of_fuzz(path):
    name, words = os.path.basename(path)[:-len(".patch")], head(path)
    return [Mutant(name, words["bug"], f"fuzz.mutant.{name}", f"fuzz.{words['harness']}.corpus")]


def mutants():
    return [one for path in sorted(glob.glob("ci/mutants/*.patch")) for one in of_driver(path)] + \
        [one for path in sorted(glob.glob("tools/fuzz/mutants/*.patch")) for one in of_fuzz(path)]


def named(test, planned):
    """A test of a plan is that one, one below it, or the same of a row or of a guest."""
    return re.search(rf"(^|\.){re.escape(test)}(\.|$)", planned) is not None


def where(test, plans):
    """The earliest lane that has the test, and its stages there; None without any."""
    found = [(lane, name) for name, lane, tests in plans if any(named(test, one) for one in tests)]
    if not found:
        return None
    first = min((lane for lane, _ in found), key=plan.LANES.index)
    return first, sorted({name for lane, name in found if lane == first})


def all_plans():
    """[(stage, lane, tests)] of each part of each stage."""
    found = []
    for stage in stages.load_all():
        if stage.name in ("mutants", "rig") or "@" in stage.name:
            continue
        try:
            parts = plan.load("ci/judges/expected", stage.plan)
        except plan.PlanError:
            continue
        for part in parts.values():
            lanes = [flag for flag in part.flags if flag in plan.LANES] + [stage.lane]
            found.append((stage.name, max(lanes, key=plan.LANES.index), list(part.tests)))
    return found


def verdicts(paths):
    """{result: passed} of what ran."""
    found = {}
    for path in paths:
        if os.path.exists(path):
            with open(path, errors="replace") as file:
                parts, _ = ktap_judge.read(file)
            found.update({one.name: one.passed for tests in parts.values() for one in tests})
    return found


def row(mutant, ran, plans):
    """A line of the table, and whether it says what it should."""
    found = {True: "yes", False: "NO", None: "not tried"}[ran.get(mutant.result)]
    place = where(mutant.test, plans)
    first = f"{place[0]}: {', '.join(place[1])}" if place else "NO STAGE"
    return (f"| {mutant.name} | {mutant.bug} | {found} | `{mutant.test}` | {first} |",
            found == "yes" and place is not None)


def main():
    os.chdir(TOP)
    ran, plans = verdicts(sys.argv[1:] or RESULTS), all_plans()
    rows = [row(mutant, ran, plans) for mutant in mutants()]
    print("| mutant | the bug | found | by | first lane: stages |\n|---|---|---|---|---|")
    for line, _ in rows:
        print(line)
    return 0 if all(good for _, good in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
