# SPDX-License-Identifier: BSD-2-Clause
"""What a stage has to report: ci/judges/expected/STAGE.

    [PART] always full          a part, and when it is there
    NAME                        a test
    NAME # SKIP REASON          a test that may be skipped, for that reason; * is any text

A part without a lane is in every lane its stage is in; "default" or "full" leaves it out of
those before. "always": it prepares what the others need that begin as it does, up to the
last dot, and runs with any of them. "archive": it runs in a kernel that may leave the
distribution's archive, and all its tests are skipped then.
Names are the same in every run: what a kernel or a host has not is skipped, not left out.
"""

import fnmatch
import os
from dataclasses import dataclass, field

LANES = ("quick", "default", "full")
SKIP = " # SKIP "
NO_KERNEL = "the archive had no such kernel "    # as ci/host/kernels.sh says it


@dataclass
class Part:
    name: str
    flags: list = field(default_factory=list)
    tests: dict = field(default_factory=dict)   # name: reason of a skip, or None

    def in_lane(self, lane):
        own = [flag for flag in self.flags if flag in LANES]
        return not own or LANES.index(lane) >= LANES.index(own[0])

    def matches(self, text):
        return text in self.name or any(text in test for test in self.tests)

    def may_skip(self, test, reason):
        if "archive" in self.flags and reason.startswith(NO_KERNEL):
            return test in self.tests
        wanted = self.tests.get(test)
        return wanted is not None and fnmatch.fnmatchcase(reason, wanted.replace("[", "[[]"))


class PlanError(Exception):
    """The file cannot be used: says why."""


def parse(lines, path="plan"):
    """{name: Part} in the file's order."""
    parts = {}
    part = None
    for number, line in enumerate(lines, 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            name, _, flags = line[1:].partition("]")
            if name in parts:
                raise PlanError(f"{path}:{number}: part {name} is there twice")
            part = parts[name] = Part(name, flags.split())
            continue
        if part is None:
            raise PlanError(f"{path}:{number}: a test before the first part")
        test, skip, reason = line.partition(SKIP)
        if test in part.tests:
            raise PlanError(f"{path}:{number}: {test} is there twice")
        part.tests[test] = reason if skip else None
    return parts


def load(directory, stage):
    path = os.path.join(directory, stage)
    try:
        with open(path) as file:
            return parse(file, path)
    except FileNotFoundError:
        raise PlanError(f"no plan {path}: ci/test --accept {stage} makes one") from None


def chosen(parts, lane, text=None):
    """The parts of a lane; with text, those that have it in their name or a test's, and what
    these need."""
    found = {name: part for name, part in parts.items() if part.in_lane(lane)}
    if text is None:
        return found
    hits = [name for name, part in parts.items() if part.matches(text)]
    return {name: part for name, part in parts.items() if name in hits
            or "always" in part.flags and any(hit.startswith(group(name)) for hit in hits)}


def group(name):
    """oldest. for oldest.load: a guest's parts begin alike where a stage boots several."""
    return name[:name.rfind(".") + 1]


def dump(stage, parts):
    text = [f"# Made by ci/test --accept {stage}; ci/judges/plan.py says what a line means.", ""]
    for part in parts.values():
        text.append(" ".join([f"[{part.name}]"] + part.flags))
        text += [test if reason is None else test + SKIP + reason
                 for test, reason in part.tests.items()]
        text.append("")
    return "\n".join(text).rstrip() + "\n"


def accept(old, found):
    """The new plan: the parts that ran as they ran, the others as they were. An expected
    skip stays expected, and where something failed nothing that is missing is dropped."""
    parts = dict(old)
    for name, results in found.items():
        before = old.get(name, Part(name))
        part = Part(name, before.flags)
        for result in results:
            reason = result.reason if result.skipped else None
            kept = before.tests.get(result.name)
            if kept is not None and (reason is None or before.may_skip(result.name, reason)):
                reason = kept
            part.tests[result.name] = reason
        if not all(result.passed for result in results):
            part.tests = {**before.tests, **part.tests}
        parts[name] = part
    return parts
