# SPDX-License-Identifier: BSD-2-Clause
"""ci/test: chooses stages, prepares what they need, runs them, judges, reports.

Runs on the host. Each stage is a session of its own, which a deadline ends as a whole.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "judges"))
import ktap_judge  # noqa: E402
import plan  # noqa: E402
import stages  # noqa: E402
from report import Report  # noqa: E402
from runner import Clock, prepared, run_side_by_side, sanitized  # noqa: E402

PLANS = "ci/judges/expected"
JOBS_MAX = 4   # one more than CPUs: a stage waits for a fifth of its time, or more


def parse_arguments():
    parser = argparse.ArgumentParser(prog="ci/test", add_help=False)
    parser.add_argument("--quick", action="store_const", const="quick", dest="lane",
                        default="default")
    parser.add_argument("--full", action="store_const", const="full", dest="lane")
    parser.add_argument("-k", dest="text")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--accept", action="store_true")
    parser.add_argument("--jobs", type=int,
                        default=os.environ.get("TEST_JOBS") or min(os.cpu_count() + 1, JOBS_MAX))
    parser.add_argument("--deadline", type=float, default=os.environ.get("TEST_MINUTES") or 0)
    parser.add_argument("stages", nargs="*")
    args = parser.parse_args()
    if args.repeat < 1 or args.jobs < 1 or args.deadline < 0:
        parser.error("--repeat and --jobs are at least 1, --deadline is no less than 0")
    return args


def load_plan(stage):
    """None if there is none, which is the judge's matter."""
    try:
        return plan.load(PLANS, stage.plan)
    except plan.PlanError as error:
        if os.path.exists(os.path.join(PLANS, stage.plan)):
            sys.exit(f"test: {error}")
        return None


def choose(args):
    """The stages of this run with the parts expected of each."""
    if args.stages:
        names = {stage.name: stage for stage in stages.load_all()}
        for name in args.stages:
            if name not in names:
                raise stages.StageError(f"no stage {name}; ci/test --list names them")
        found = [names[name] for name in args.stages]
    else:
        found = [stage for stage in stages.load_all()
                 if plan.LANES.index(stage.lane) <= plan.LANES.index(args.lane)]
    chosen = []
    for stage in found:
        parts = load_plan(stage)
        # a stage that is asked for by name runs, whatever lane it is in
        lane = max(args.lane, stage.lane, key=plan.LANES.index)
        wanted = plan.chosen(parts, lane, args.text) if parts is not None else None
        if wanted or args.text is None:
            chosen.append((stage, parts, wanted, lane))
    return chosen


def listing(chosen, text):
    for stage, _, wanted, _ in chosen:
        if text is None:
            print(f"{stage.name:<18} {stage.lane:<8} {stage.where:<5} {stage.limit:4d} min"
                  f"  {sum(len(part.tests) for part in (wanted or {}).values()):4d} tests"
                  f"  {stage.about}")
            continue
        for part in wanted.values():
            for test in part.tests:
                if text in part.name or text in test:
                    print(f"{stage.name} {part.name} {test}")


class CannotTest(Exception):
    """Nothing can be tested: says why."""


def native(name, clock):
    """What User-Mode Linux is called here, or what stands in for it; built if need be."""
    status, said = prepared(["ci/lab-run", "python3", "-B", "ci/host/native.py", name], clock,
                            stdout=subprocess.PIPE)
    return said.strip() if status == 0 else None


def prepare_judge(clock):
    """kunit_parser is in the kernel's sources."""
    try:
        ktap_judge.kunit_directory()
    except ktap_judge.NoParser:
        if prepared(["ci/kernel", "--source"], clock, stdout=subprocess.PIPE)[0]:
            raise CannotTest("no kernel sources, and so no kunit_parser: see above") from None


def prepare(chosen, clock):
    """Lab, kernels and modules: before the clock of any stage. Returns why some kernels
    are not to be had, by the name a stage has for them. MODULES_BUILT tells guest-test what
    need not be made once more."""
    missing, built = {}, []
    kernels = sorted({name for stage, *_ in chosen for name in stage.kernels()})
    modules = sorted({name for stage, *_ in chosen for name in stage.modules()})
    if prepared(["ci/lab"], clock)[0]:
        raise CannotTest("there is no lab: see above")
    # what guests run is there before any stage makes parts of it
    environment = dict(os.environ, VCARD_SAN=max(sanitized(lane) for *_, lane in chosen))
    prepare_judge(clock)
    for name in kernels:
        real = native(name, clock) if name.startswith("native") else name
        if real and name.startswith("native"):
            modules.append(real)
        elif not real or prepared(["ci/kernel", name], clock)[0]:
            missing[name] = f"the kernel {name} cannot be built: ci/kernel says why"
    for name in set(modules) - absent_roles():
        if name not in missing and prepared(["ci/build", name], clock, env=environment)[0]:
            missing[name] = f"the modules for {name} do not build: ci/build {name}"
        elif name not in missing:
            built.append(name)
    os.environ["MODULES_BUILT"] = " ".join(built)
    return missing


def absent_roles():
    """oldest or newest, where the archive had none: their stage skips what needs it."""
    there = {line.split()[0] for line in lab_versions()[1] if len(line.split()) > 1}
    return {role for role in ("oldest", "newest") if "kernel." + role not in there}


def lab_versions():
    """The lab's name and what it is made of."""
    lab = subprocess.run(["ci/lab", "--path"], capture_output=True, text=True, check=True)
    path = lab.stdout.strip()
    with open(os.path.join(path, "versions")) as file:
        return os.path.basename(path), [" ".join(line.split()) for line in file]


def versions():
    """What was tested with: the lab, and the packages of its kernels."""
    name, words = lab_versions()
    sources = subprocess.run(["ci/kernel", "--sources"], capture_output=True, text=True,
                             check=False)
    return [name] + words + (
        sources.stdout.split("\n")[:-1] if sources.returncode == 0 else [])


def main():
    os.chdir(os.path.join(HERE, "..", ".."))
    args = parse_arguments()
    try:
        chosen = choose(args)
    except stages.StageError as error:
        print(f"test: {error}", file=sys.stderr)
        return 2
    if args.list:
        listing(chosen, args.text)
        return 0
    if not chosen:
        print(f"test: nothing has {args.text} in its name; ci/test --list -k names tests",
              file=sys.stderr)
        return 2
    clock = Clock(args.deadline)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, clock.obey)
    report = Report(args)
    try:
        missing = prepare(chosen, clock)
    except CannotTest as error:
        print(f"test: {error}\n0 passed, 1 failed, 0 skipped", flush=True)
        return 2
    clock.stages_begin()
    report.versions = versions()
    given = os.environ.get("SEED")
    for turn in range(args.repeat):
        seed = given or str(random.SystemRandom().randrange(1, 2 ** 31))
        report.begin(turn, seed)
        run_side_by_side(chosen, missing, args, seed, clock, report)
    return report.end(clock)


if __name__ == "__main__":
    sys.exit(main())
