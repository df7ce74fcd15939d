# SPDX-License-Identifier: BSD-2-Clause
"""What ci/test says: the verdict of each stage, how to repeat what failed, the closing line."""

import json
import os
import shutil
import sys
from collections import Counter

import ktap_judge
import plan

RESULTS = "build/results.ktap"
TOLD = "build/results.json"    # the same in short, with times
FAILED = "build/failed"
SHOWN = 60      # failures on the terminal; the file has all
KEPT = ("console.log", "dmesg.txt", "output.log", "results", "qemu.log", "uml.log", "vm.command")


class Report:
    def __init__(self, args):
        self.args = args
        self.passed = 0
        self.failed, self.skipped, self.times = [], [], []
        self.blocks, self.told = [], []
        self.versions = []
        self.seed = ""
        self.turns = 0
        shutil.rmtree(FAILED, ignore_errors=True)
        shutil.rmtree("build/test", ignore_errors=True)

    def begin(self, turn, seed):
        self.seed, self.turns = seed, turn + 1
        print(f"test: seed {seed}" + (f", turn {turn + 1} of {self.args.repeat}"
                                      if self.args.repeat > 1 else ""), flush=True)

    def add(self, run):
        """A stage has ended: judged at once."""
        verdict, found = self.judge(run)
        if run.ended:
            verdict.failed.insert(0, (f"{run.stage.name}:incomplete", run.ended))
        elif run.status and not verdict.failed:
            verdict.fail(f"{run.stage.name}:status", f"the stage ended with status {run.status}")
        self.passed += len(verdict.passed)
        self.failed += [(run, name, reason) for name, reason in verdict.failed]
        self.skipped += verdict.skipped
        self.times.append((run.stage.name, run.stage.where, run.wall, run.cpu))
        self.told.append(self.stage_told(run, verdict))
        self.blocks.append((run.stage.name, not verdict.failed, self.lines(run)))
        if self.args.accept and not run.ended:
            self.accept(run, found)
        if verdict.failed:
            self.keep(run)
        print(f"=== {run.stage.name}: {run.wall:.0f} s, {run.cpu:.0f} s of CPU,"
              f" {len(verdict.passed)} passed, {len(verdict.failed)} failed,"
              f" {len(verdict.skipped)} skipped", flush=True)

    def judge(self, run):
        if run.wanted is None:
            verdict, found = ktap_judge.judge(run.stage.name, self.lines(run), {})
            verdict.failed.insert(0, (f"{run.stage.name}:plan", f"no plan {plan_path(run)}: "
                                      f"ci/test --accept {run.stage.name} makes one"))
            return verdict, found
        return ktap_judge.judge(run.stage.name, self.lines(run), run.wanted)

    @staticmethod
    def lines(run):
        try:
            with open(run.results, errors="replace") as file:
                return file.read().splitlines()
        except FileNotFoundError:
            return []

    @staticmethod
    def accept(run, found):
        accepted = plan.accept(run.parts or {}, found)
        with open(plan_path(run), "w") as file:
            file.write(plan.dump(run.stage.plan, accepted))
        print(f"test: {plan_path(run)} says now what was reported: read its diff", flush=True)

    @staticmethod
    def keep(run):
        """What the guests of a failed stage left."""
        into = os.path.join(FAILED, run.stage.name)
        os.makedirs(into, exist_ok=True)
        for path in (run.results, f"build/test/{run.stage.name}.log"):
            if os.path.exists(path):
                shutil.copy(path, into)
        try:
            with open(run.results + ".guests") as file:
                guests = [line.strip() for line in file]
        except FileNotFoundError:
            return
        for guest in guests:
            keep_guest(guest.replace("/src/", "", 1), into)

    def again(self, run, name):
        """The command that repeats a test alone."""
        words = [f"SEED={self.seed}", "ci/test"]
        if run.stage.lane == "full" and self.args.lane == "full" and "@" not in run.stage.name:
            words.append("--full")
        words.append(run.stage.name)
        if ":" not in name:
            words += ["-k", quoted(name)]
        elif run.wanted and name.partition(":")[2] in run.wanted:
            words += ["-k", quoted(name.partition(":")[2])]
        return " ".join(words)

    def stage_told(self, run, verdict):
        """For ci/report."""
        return {"name": run.stage.name, "where": run.stage.where, "wall_s": run.wall, "cpu_s": run.cpu,
                "passed": len(verdict.passed),
                "failed": [{"name": name, "reason": reason, "again": self.again(run, name)}
                           for name, reason in verdict.failed],
                "skipped": [{"name": name, "reason": reason} for name, reason in verdict.skipped]}

    def write_told(self):
        with open(TOLD, "w") as file:
            json.dump({"lane": self.args.lane, "seed": self.seed, "versions": self.versions,
                       "stages": self.told}, file, indent=1)

    def write_results(self):
        with open(RESULTS, "w") as file:
            file.write(f"KTAP version 1\n1..{len(self.blocks)}\n")
            for number, (name, passed, lines) in enumerate(self.blocks, 1):
                body = [lines[0], f"# Subtest: stage {name}"] + lines[1:] if lines else []
                file.writelines(f"    {line}\n" for line in body)
                file.write(f"{'ok' if passed else 'not ok'} {number} stage {name}\n")

    def end(self, clock):
        self.write_results()
        self.write_told()
        if self.failed:
            print("\nFailed:")
            self.failed.sort(key=lambda row: row[2].startswith(("missing", "not in the plan")))
            for run, name, reason in self.failed[:SHOWN]:
                print(f"  {name} - {reason}\n      {self.again(run, name)}")
            if len(self.failed) > SHOWN:
                print(f"  and {len(self.failed) - SHOWN} more, see {RESULTS}")
        if self.args.repeat > 1:
            counted = Counter(name for _, name, _ in self.failed)
            print(f"\n{self.turns} turns; failed:" + ("" if counted else " none"))
            for name, count in counted.most_common():
                print(f"  {count} of {self.turns}  {name}")
        if self.skipped:
            print("\nSkipped, as expected:")
            for name, reason in self.skipped:
                print(f"  {name} - {reason}")
        self.table(clock)
        failed = len(self.failed)
        print(f"{self.passed} passed, {failed} failed, {len(self.skipped)} skipped", flush=True)
        return 0 if not failed and self.passed else 1

    def table(self, clock):
        print(f"\n{'stage':<18}{'where':<6}{'wall s':>8}{'CPU s':>8}")
        for name, where, wall, cpu in sorted(self.times, key=lambda row: -row[2]):
            print(f"{name:<18}{where:<6}{wall:8.0f}{cpu:8.0f}")
        print(f"{'all':<24}{clock.elapsed():8.0f}{sum(row[3] for row in self.times):8.0f}"
              f"   ({clock.prepared():.0f} s for lab, kernels and modules before)")
        print(f"lane {self.args.lane}, seed {self.seed}; " + "; ".join(self.versions))
        print(f"results in {RESULTS}"
              + (f", what failed stages left in {FAILED}" if self.failed else ""))
        sys.stdout.flush()


def plan_path(run):
    return os.path.join("ci/judges/expected", run.stage.plan)


def quoted(text):
    return f"'{text}'" if any(char in text for char in " ()*'") else text


def keep_guest(guest, into):
    """Console, kernel log, the cards' logs, counters and the end of their traces."""
    target = os.path.join(into, os.path.basename(guest))
    os.makedirs(target, exist_ok=True)
    try:
        names = os.listdir(guest)
    except FileNotFoundError:
        return
    for name in names:
        path = os.path.join(guest, name)
        if name in KEPT or name.startswith("card"):
            if os.path.isfile(path):
                shutil.copy(path, target)
