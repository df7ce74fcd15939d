#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a 4 KiB request on the card costs in our two modules, as the host's kernel samples the guest's
process in User-Mode Linux: their own instructions, and of these what compares results; beside them the
block cipher that it calls. What a register access, an interrupt, a signal cost that
process is elsewhere, in its kernel and the host's. The card takes no time, so that there are many.

usage: modules.py PLAN OUT     as run.py; OUT gets lines of "part": "modules"
"""

import os
import re
import sys
import threading
import time

from counts import Missing, host, measuring, moved_by, rounds, run, set_policy

POINT = "16 4096 32"
OURS, SOFTWARE = "cbc-aes-acf", ("cbc-aes-lib", "cbc(aes-generic)")
SECONDS, AROUND = 3, 0.5        # of a run; sampled before and after it as well
CHECK = "/src/crypto/acf_check.c"


def hexadecimal(ranges):
    return ",".join(f"{first:x}-{end:x}" for first, end in ranges)


def symbols():
    """[(address, name, module or "")], by address"""
    with open("/proc/kallsyms") as file:
        words = [line.split() for line in file]
    return sorted((int(w[0], 16), w[2], w[3].strip("[]") if len(w) > 3 else "") for w in words if w[1] in "tT")


def of_functions(wanted):
    """Up to the next symbol each; what follows one another is one."""
    known, found = symbols(), []
    for (first, name, module), (end, _, _) in zip(known, known[1:]):
        if wanted(name, module):
            if found and found[-1][1] == first:
                first = found.pop()[0]
            found.append((first, end))
    if not found:
        raise Missing("a function that is to be looked at has no address here")
    return found


def of_module(name):
    """Its functions: the size in /proc/modules counts data elsewhere, and would reach into other modules."""
    return of_functions(lambda _, module: module == name)


def of_check():
    with open(CHECK) as file:
        names = set(re.findall(r"^[a-z].*?(\w+)\(", file.read(), re.MULTILINE))
    return of_functions(lambda name, module: module == "acf" and name.partition(".")[0] in names)


def of_block_cipher():
    return of_functions(lambda name, module: re.match(r"(crypto_)?aes_(encrypt|enc)", name))


def sampled(ranges, load):
    """What load() returns; ns of CPU time in each of the ranges meanwhile."""
    answer = []
    thread = threading.Thread(target=lambda: answer.extend(host(
        "sample", str(SECONDS + 2 * AROUND), *(hexadecimal(r) for r in ranges.values())).split()))
    thread.start()
    time.sleep(AROUND)
    result = load()
    thread.join()
    if not answer:
        raise Missing("the host takes no samples")
    period, _, *counts = map(int, answer)
    return result, {name: count * period for name, count in zip(ranges, counts)}


def timed(driver, way):
    return run(f"{driver} {POINT} {SECONDS * 1000}{way}")


def on_card(ranges, way):
    result, spent = sampled(ranges, lambda: timed(OURS, way))
    return {f"{name}_us": ns / result["done"] / 1000 for name, ns in spent.items()}


def in_software(way):
    for name in SOFTWARE:
        try:
            result, moved = moved_by(1, lambda name=name: timed(name, way))
        except FileNotFoundError:
            continue
        return moved["guest_ns"] / result["done"] / 1000
    raise Missing(" or ".join(SOFTWARE))


def main(plan_path, out_path):
    if os.environ.get("MACHINE") != "uml":
        print("bench: left out: modules: addresses are the process's in User-Mode Linux only")
        return 0
    set_policy("card")
    ranges = {"acf": of_module("acf"), "hifn795x": of_module("hifn795x"), "check": of_check(),
              "block_cipher": of_block_cipher()}
    with measuring(plan_path, out_path) as (plan, write):
        host("card", "0", "clock instant")
        for number in rounds(plan, "modules"):
            for in_place in (False, True):
                way = " inplace" if in_place else ""
                write({"round": number, "part": "modules", "in_place": in_place} | on_card(ranges, way) |
                      {"software_us": in_software(way)})
        host("card", "0", f"clock {plan['clock']}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except Missing as why:
        print(f"bench: left out: modules: {why}")
