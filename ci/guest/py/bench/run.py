#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Runs a plan of ci/bench: rounds of points, each point by each unit in turn, and writes down
what acf_bench, the cards and the host counted; before each round what a register access and an
interrupt cost that do nothing.

usage: run.py PLAN OUT     PLAN: {"rounds": N, "ms": N, "units": [...], "points": [...]}
A point: {"alg": one of ALGORITHMS, "bytes": N, "depth": N, "in_place": bool}. OUT gets a line of
JSON for each run. Exit status 1 when one could not be made, or had an error.
"""

import sys

from counts import Missing, bound, host, measuring, moved_by, rounds, run, set_policy

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


def timed(names, key_bytes, point, ms):
    for name in names:
        line = f"{name} {key_bytes} {point['bytes']} {point['depth']} {ms}"
        try:
            return run(line + (" inplace" if point["in_place"] else ""))
        except FileNotFoundError:
            continue
    raise Missing(f"{' or '.join(names)}")


def one(point, unit, plan):
    key_bytes, driver, software = ALGORITHMS[point["alg"]]
    if unit != "cpu":
        set_policy(unit)
    result, moved = moved_by(plan["cards"], lambda: timed(software if unit == "cpu" else (driver,), key_bytes,
                                                          point, plan["ms"]))
    return {"point": point, "unit": unit} | result | {"moved": moved}


def cpu_ns():
    return int(host("cpu-time").split()[0])


def empty_register(_plan):
    """A read of IER, whose value changes with no read."""
    address = bound()[0]
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
    missing, bad = set(), 0
    with measuring(plan_path, out_path) as (plan, write):
        for number in rounds(plan, "requests"):
            for probe in (empty_register, empty_interrupt):
                try:
                    found = probe(plan)
                except Missing as why:
                    missing.add(f"{probe.__name__}: {why}")
                    continue
                write({"round": number, "probe": probe.__name__} | found)
            for point in plan["points"]:
                for unit in plan["units"]:
                    try:
                        line = one(point, unit, plan)
                    except Missing as why:
                        missing.add(f"{unit} {point['alg']}: {why}")
                        continue
                    bad += line["errors"] != 0
                    write({"round": number} | line)
    for why in sorted(missing):
        print(f"bench: left out: {why}")
    print(f"bench: {bad} runs with errors")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
