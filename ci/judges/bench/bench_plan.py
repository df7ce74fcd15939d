#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What ci/bench is to run: a plan for each guest, and the guests' list.

usage: bench_plan.py OUT [ci/bench's options]
Writes OUT/NAME.plan, and the kernel's name to OUT/kernel; prints a line "NAME SMP CARDS VCARD-OPTIONS"
for each guest.
"""

import argparse
import itertools
import json
import os
import shutil
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../guest/py/bench"))
from run import ALGORITHMS  # noqa: E402

UNITS = ("card", "cpu", "auto", "offload")


def number(low, high):
    def parse(text):
        if not text.isdigit() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not from {low} to {high}")
        return int(text)
    return parse


def listed(parse):
    return lambda text: [parse(word) for word in text.split(",")]


def one_of(names):
    def parse(text):
        if text not in names:
            raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(names)}")
        return text
    return parse


def options(words):
    parser = argparse.ArgumentParser(prog="ci/bench", add_help=False)
    parser.add_argument("--rounds", type=number(1, 1000), default=5)
    parser.add_argument("--ms", type=number(10, 60000), default=200)
    parser.add_argument("--cards", type=listed(number(1, 4)), default=[1])
    parser.add_argument("--clock", type=listed(str), default=["instant"])
    parser.add_argument("--sizes", type=listed(number(1, 65536)),
                        default=[16, 256, 1440, 4096, 16384, 65520])
    parser.add_argument("--depths", type=listed(number(1, 256)), default=[1, 4, 32, 128])
    parser.add_argument("--algs", type=listed(one_of(tuple(ALGORITHMS))), default=["aes-128-cbc"])
    parser.add_argument("--units", type=listed(one_of(UNITS)), default=["card", "cpu", "auto"])
    parser.add_argument("--kernel", default="native")
    parser.add_argument("--smp", type=number(1, 16), default=1)
    parser.add_argument("--in-place", action="store_true")
    return parser.parse_args(words)


def plan(wanted, cards, clock):
    points = [{"alg": alg, "bytes": size, "depth": depth, "in_place": wanted.in_place}
              for alg, size, depth in itertools.product(wanted.algs, wanted.sizes, wanted.depths)]
    return {"rounds": wanted.rounds, "ms": wanted.ms, "units": wanted.units, "cards": cards,
            "clock": clock, "points": points}


def main(out, *words):
    wanted = options(words)
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    with open(os.path.join(out, "kernel"), "w") as file:
        file.write(wanted.kernel)
    for clock, cards in itertools.product(wanted.clock, wanted.cards):
        name = f"{cards}-{clock}".replace("=", "-").replace("/", "-")
        with open(os.path.join(out, f"{name}.plan"), "w") as file:
            json.dump(plan(wanted, cards, clock), file)
        print(name, wanted.smp, cards, "" if clock == "instant" else f"--clock {clock}")


if __name__ == "__main__":
    main(*sys.argv[1:])
