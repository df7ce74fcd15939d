# SPDX-License-Identifier: BSD-2-Clause
"""What a run of ci/bench moves: counters of the cards, of the driver, of the kernel, and CPU time
as the host counts it."""

import contextlib
import glob
import json
import os
import sys
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import stats  # noqa: E402
from hostport import ask as host  # noqa: E402

POLICY = "/sys/module/acf/parameters/policy"
RUN = "/sys/kernel/debug/acf_bench/run"
LOG = "/sys/kernel/debug/acf_bench/log"
DRIVER = "/sys/bus/pci/drivers/hifn795x"


class Missing(Exception):
    """This kernel, or this acf, has not what was asked for."""


@contextlib.contextmanager
def measuring(plan_path, out_path):
    """A part's plan, and what writes one of its lines down at once."""
    with open(plan_path) as file:
        plan = json.load(file)
    with open(out_path, "a", buffering=1) as out:
        yield plan, lambda line: out.write(json.dumps(line) + "\n")


def rounds(plan, part):
    """Their numbers; the first is made whatever it takes, another one if there is time for it."""
    seconds = plan.get("seconds", {}).get(part)
    began = time.monotonic()
    for number in range(plan["rounds"]):
        took = time.monotonic() - began
        if number and seconds and took * (number + 1) / number > seconds:
            print(f"bench: {part}: {number} of {plan['rounds']} rounds: no time for more")
            return
        yield number


def set_policy(policy):
    with open(POLICY, "w") as file:
        file.write(policy)


def run(line):
    """One of acf_bench, and its result."""
    with open(RUN, "w") as file:
        file.write(line)
    with open(RUN) as file:
        return json.load(file)


def completed():
    """What acf_bench wrote down of each completion in the last run that was to ("log")."""
    with open(LOG, "rb") as file:
        return file.read()


def bound():
    """PCI addresses of the cards the driver has."""
    return sorted(path.rpartition("/")[2] for path in glob.glob(f"{DRIVER}/0000:*"))


def switches():
    with open("/proc/stat") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("ctxt"))


def of_cpus():
    cpu = [int(word) for word in host("cpu-time").split()]
    return {"guest_ns": cpu[0], "cards_ns": sum(cpu[1:]), "switches": switches(),
            "ticks": sum(stats.driver(address)["ticks"] for address in bound())}


def of_cards(cards):
    return {"cards": [json.loads(host("counters", str(n))) for n in range(cards)]}


def moved_by(cards, call):
    """(call()'s result, all counters that it moved). CPU time is taken right before and right after
    it: asking the cards costs as much as some requests."""
    before = of_cards(cards) | of_cpus()
    result = call()
    return result, since(before, of_cpus() | of_cards(cards))


def flat(counters, prefix=""):
    for name, value in counters.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}.")
        elif isinstance(value, int):
            yield prefix + name, value


def since(before, now):
    """What moved, of each card's counters only the numbers that did."""
    cards = [{name: value - dict(flat(old)).get(name, 0) for name, value in flat(new)}
             for old, new in zip(before["cards"], now["cards"])]
    moved = [{name: value for name, value in card.items() if value} for card in cards]
    return {name: now[name] - before[name]
            for name in ("guest_ns", "cards_ns", "switches", "ticks")} | {"cards": moved}
