# SPDX-License-Identifier: BSD-2-Clause
"""Judges the KTAP file of a stage: by the kernel's own kunit_parser, and against the plan.

What is in the plan and not in the file, in the file and not in the plan, there twice, or
skipped without being expected is a failure that has its name.
"""

import glob
import io
import os
import re
import sys
from dataclasses import dataclass, field

LINE = re.compile(r"    (ok|not ok) \d+ ([^#]*?)(?: # (SKIP ?)?(.*))?$")
PART = re.compile(r"    # Subtest: part (.*)$")
END = re.compile(r"(ok|not ok) \d+ part ([^#]*?)(?: # (.*))?$")


@dataclass
class Result:
    name: str
    passed: bool
    skipped: bool = False
    reason: str = ""


@dataclass
class Verdict:
    passed: list = field(default_factory=list)
    failed: list = field(default_factory=list)      # (name, reason)
    skipped: list = field(default_factory=list)     # (name, reason)

    def fail(self, name, reason):
        self.failed.append((name, reason))


class NoParser(Exception):
    """kunit_parser is not to be had: says what to do."""


def read(lines):
    """{part: [Result]} and {part: why it did not end well}."""
    found, broken, part = {}, {}, None
    for line in lines:
        line = line.rstrip("\n")
        if match := PART.match(line):
            part = match[1]
            if part in found:
                broken[part] = "it ran twice"
            found.setdefault(part, [])
        elif (match := LINE.match(line)) and part:
            skipped = match[3] is not None
            found[part].append(Result(match[2], match[1] == "ok" or skipped, skipped,
                                      match[4] or ""))
        elif match := END.match(line):
            if match[1] == "not ok" and match[3]:
                broken[match[2]] = match[3]
            part = None
    if part:
        broken[part] = "it did not end"
    return found, broken


def compare(stage, found, broken, parts):
    """Against the plan."""
    verdict = Verdict()
    for name, part in parts.items():
        if name not in found:
            verdict.fail(f"{stage}:{name}", f"this part did not run ({len(part.tests)} tests)")
    for name, why in broken.items():
        verdict.fail(f"{stage}:{name}", why)
    for name, results in found.items():
        part = parts.get(name)
        if part is None:
            verdict.fail(f"{stage}:{name}", "this part is not in the plan")
        compare_part(verdict, part, results)
    return verdict


def compare_part(verdict, part, results):
    seen = set()
    for result in results:
        if result.name in seen:
            verdict.fail(result.name, "reported twice")
            continue
        seen.add(result.name)
        if not result.passed:
            verdict.fail(result.name, result.reason)
        elif part and result.name not in part.tests:
            verdict.fail(result.name, "not in the plan")
        elif not result.skipped:
            verdict.passed.append(result.name)
        elif part and part.may_skip(result.name, result.reason):
            verdict.skipped.append((result.name, result.reason))
        else:
            verdict.fail(result.name, f"skipped, which is not expected: {result.reason}")
    for name in part.tests if part else ():
        if name not in seen:
            verdict.fail(name, "missing: the plan has it, the run has not")


# --- the kernel's parser --------------------------------------------------------------

def kunit_directory():
    """Beside the sources of the kernels that are tested, inside the lab or out of it."""
    cache = "/cache" if os.path.isdir("/cache/kernels") else os.path.join(
        os.environ.get("ACF_CACHE")
        or os.path.join(os.environ.get("XDG_CACHE_HOME")
                        or os.path.expanduser("~/.cache"), "acf"), "work")
    found = sorted(glob.glob(os.path.join(cache, "kernels", "source-*", "tools/testing/kunit",
                                          "kunit_parser.py")))
    if not found:
        raise NoParser("the kernel's kunit_parser is not there: ci/kernel uml fetches the sources")
    return os.path.dirname(found[-1])


def kunit_tree(lines):
    """The kernel's idea of the same file: its tree, and what it complained about."""
    directory = kunit_directory()
    if directory not in sys.path:
        sys.path.insert(0, directory)
        sys.dont_write_bytecode = True
    import kunit_parser
    from kunit_printer import Printer
    said = io.StringIO()
    tree = kunit_parser.parse_run_tests(lines, Printer(output=said))
    errors = [line.split("[ERROR] ", 1)[1] for line in said.getvalue().splitlines()
              if "[ERROR] " in line]
    return tree, errors


def without_plan(tree):
    return [test.name.removeprefix("part ") for test in [tree] + tree.subtests
            if test.subtests and test.expected_count is None]


def agree(stage, verdict, found, lines):
    """Both readers have to see the same; the kernel's sees what is no KTAP."""
    tree, errors = kunit_tree(lines)
    for name in without_plan(tree):
        verdict.fail(f"{stage}:{name}", "no plan (1..N) in its results")
    counts = tree.counts
    seen = [result for results in found.values() for result in results]
    ours = (sum(r.passed and not r.skipped for r in seen), sum(r.skipped for r in seen))
    if verdict.failed:
        return
    if errors or counts.failed or counts.crashed:
        verdict.fail(f"{stage}:ktap", "kunit_parser: " + "; ".join(errors[:3] or [str(counts)]))
    elif (counts.passed, counts.skipped) != ours:
        verdict.fail(f"{stage}:ktap", f"kunit_parser counts {counts}, we {ours}")


def judge(stage, lines, parts):
    """Verdict, and what was found: {part: [Result]}."""
    found, broken = read(lines)
    verdict = compare(stage, found, broken, parts)
    agree(stage, verdict, found, lines)
    if not verdict.passed and not verdict.failed:
        verdict.fail(f"{stage}:ktap", "nothing passed")
    return verdict, found
