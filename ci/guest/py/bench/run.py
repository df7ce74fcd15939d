#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Runs a plan of ci/bench: rounds of points, each point by each unit in turn, and writes down
what acf_bench, the cards and the host counted; before each round what a register access and an
interrupt cost that do nothing.

usage: run.py PLAN OUT     PLAN: {"rounds": N, "ms": N, "units": [...], "points": [...]}
A point: {"alg": one of ALGORITHMS, "bytes": N, "depth": N, "in_place": bool}. OUT gets a line of
JSON for each run. Exit status 1 when one could not be made, or had an error.
"""

import glob
import json
import os
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from hostport import ask as host  # noqa: E402

RUN = "/sys/kernel/debug/acf_bench/run"
POLICY = "/sys/module/acf/parameters/policy"
# name of a point: bytes of the cipher's key, our driver, and the kernel's software by the
# names it has had (7.x first)
ALGORITHMS = {
    "aes-128-cbc": (16, "cbc-aes-acf", ("cbc-aes-lib", "cbc(aes-generic)")),
    "3des-cbc": (24, "cbc-des3_ede-acf", ("cbc(des3_ede-generic)",)),
    "esp-aes-sha1": (16, "authenc-hmac-sha1-cbc-aes-acf",
                     ("authenc(hmac-sha1-lib,cbc-aes-lib)",
                      "authenc(hmac(sha1-generic),cbc(aes-generic))")),
    "esp-3des-sha1": (24, "authenc-hmac-sha1-cbc-des3_ede-acf",
                      ("authenc(hmac-sha1-lib,cbc(des3_ede-generic))",
                       "authenc(hmac(sha1-generic),cbc(des3_ede-generic))")),
    "xts-aes-256": (64, "xts-aes-acf", ("xts-aes-lib", "xts(ecb(aes-generic))")),
}
READS = 2000
DEPTH_ONE = {"alg": "aes-128-cbc", "bytes": 16, "depth": 1, "in_place": False}


class Missing(Exception):
    """No such algorithm in this kernel."""


def set_policy(policy):
    if not os.path.exists(POLICY):
        return policy == "card"    # an acf that knows no other
    with open(POLICY, "w") as file:
        file.write(policy)
    return True


def run(line):
    with open(RUN, "w") as file:
        file.write(line)
    with open(RUN) as file:
        return json.load(file)


def timed(names, key_bytes, point, ms):
    for name in names:
        line = f"{name} {key_bytes} {point['bytes']} {point['depth']} {ms}"
        try:
            return run(line + (" inplace" if point["in_place"] else ""))
        except FileNotFoundError:
            continue
    raise Missing(f"{' or '.join(names)}")


def switches():
    with open("/proc/stat") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("ctxt"))


def of_cards(cards):
    return {"cards": [json.loads(host("counters", str(n))) for n in range(cards)]}


def of_cpus():
    """Right before a run and right after it: asking the cards costs as much as some requests."""
    cpu = [int(word) for word in host("cpu-time").split()]
    return {"guest_ns": cpu[0], "cards_ns": sum(cpu[1:]), "switches": switches()}


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
    return {name: now[name] - before[name] for name in ("guest_ns", "cards_ns", "switches")} | \
        {"cards": moved}


def one(point, unit, plan):
    key_bytes, driver, software = ALGORITHMS[point["alg"]]
    if unit != "cpu" and not set_policy(unit):
        raise Missing(f"this acf has no policy {unit}")
    before = of_cards(plan["cards"]) | of_cpus()
    result = timed(software if unit == "cpu" else (driver,), key_bytes, point, plan["ms"])
    now = of_cpus() | of_cards(plan["cards"])
    return {"point": point, "unit": unit} | result | {"moved": since(before, now)}


def cpu_ns():
    return int(host("cpu-time").split()[0])


def empty_register(_plan):
    """A read of IER, whose value changes with no read."""
    address = glob.glob("/sys/bus/pci/drivers/hifn795x/0000:*")[0].rpartition("/")[2]
    before = cpu_ns()
    found = run(f"registers {address} 1 0x44 {READS}")
    return {"us": found["ns"] / READS / 1000, "cpu_us": (cpu_ns() - before) / READS / 1000}


def empty_interrupt(plan):
    """One more with each request, for nothing: the fault's, which wants one read of CSR. What a
    request costs with it and without it."""
    with_it, without = {}, {}
    for fault, found in (("spurious-irq%1", with_it), (None, without)):
        if fault:
            host("fault", "0", fault)
        line = one(DEPTH_ONE, "card", plan)
        host("faults-clear", "0")
        found["cpu"] = line["moved"]["guest_ns"] / line["done"] / 1000
        found["ns"] = line["ns"] / line["done"] / 1000
        found["irqs"] = line["moved"]["cards"][0].get("irq.raised", 0) / line["done"]
    more = with_it["irqs"] - without["irqs"]
    if more < 0.5:
        raise Missing(f"the fault gave {more:.2f} interrupts more per request, not 1")
    return {"us": (with_it["ns"] - without["ns"]) / more,
            "cpu_us": (with_it["cpu"] - without["cpu"]) / more, "more_irqs": more}


def main(plan_path, out_path):
    with open(plan_path) as file:
        plan = json.load(file)
    missing, bad = set(), 0
    with open(out_path, "w", buffering=1) as out:
        for number in range(plan["rounds"]):
            for probe in (empty_register, empty_interrupt):
                try:
                    found = probe(plan)
                except Missing as why:
                    missing.add(f"{probe.__name__}: {why}")
                    continue
                out.write(json.dumps({"round": number, "probe": probe.__name__} | found) + "\n")
            for point in plan["points"]:
                for unit in plan["units"]:
                    try:
                        line = one(point, unit, plan)
                    except Missing as why:
                        missing.add(f"{unit} {point['alg']}: {why}")
                        continue
                    bad += line["errors"] != 0
                    out.write(json.dumps({"round": number} | line) + "\n")
    for why in sorted(missing):
        print(f"bench: left out: {why}")
    print(f"bench: {bad} runs with errors")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
