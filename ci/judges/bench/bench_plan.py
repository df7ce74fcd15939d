#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What ci/bench is to run: a plan for each guest, and the guests' list.

usage: bench_plan.py OUT [ci/bench's options]
Writes OUT/NAME.plan, the kernel's name to OUT/kernel, the parts to OUT/parts; prints a line
"NAME SMP CARDS PARTS VCARD-OPTIONS" for each guest.
"""

import argparse
import itertools
import json
import os
import shutil
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../guest/py/bench"))
from run import ALGORITHMS  # noqa: E402

from bench_figures import COUNTED  # noqa: E402

UNITS = ("card", "cpu", "auto", "offload")
IN_GUEST = ("requests", "storage", "network", "adapt", "modules")
PARTS = (*IN_GUEST, "cards", "bh", "simulated", "vcard", "peer")
# So slow that four of them do not ask more of the host than it has.
SEVERAL, SLOWED = 4, "pci33,slow=4"
FULL = ["--algs", "aes-128-cbc,3des-cbc,esp-3des-sha1,xts-aes-256", "--clock", "pci33 pci66 instant",
        "--depths", "1,4,32,128", "--units", "card,cpu,auto,offload", "--rounds", "3", "--ms", "100", "--minutes", "60"]
# of the time, where it is limited; the other parts have the rest in equal shares
REQUESTS_SHARE = 0.6


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
    parser.add_argument("--parts", type=listed(one_of(PARTS)), default=list(PARTS))
    parser.add_argument("--rounds", type=number(1, 1000), default=5)
    parser.add_argument("--ms", type=number(10, 12000), default=200)
    parser.add_argument("--clock", type=str.split, default=["pci33"])
    parser.add_argument("--sizes", type=listed(number(1, 65536)),
                        default=[16, 256, 1440, 4096, 16384, 65520])
    parser.add_argument("--depths", type=listed(number(1, 256)), default=[1, 8, 32, 128])
    parser.add_argument("--algs", type=listed(one_of(tuple(ALGORITHMS))),
                        default=["aes-128-cbc", "3des-cbc"])
    parser.add_argument("--units", type=listed(one_of(UNITS)), default=["card", "cpu", "auto"])
    parser.add_argument("--kernel", default="native")
    parser.add_argument("--smp", type=number(1, 16), default=1)
    parser.add_argument("--in-place", dest="in_place", action="store_const", const=[True], default=[False])
    parser.add_argument("--both", dest="in_place", action="store_const", const=[False, True])
    parser.add_argument("--minutes", type=number(1, 6000))
    if "--full" in words:
        words = FULL + [word for word in words if word != "--full"]
    return parser.parse_args(words)


def points(wanted):
    """With those that have figures of their own for what the card counts."""
    found = list(itertools.product(wanted.algs, wanted.sizes, wanted.depths, wanted.in_place))
    if "aes-128-cbc" in wanted.algs and 4096 in wanted.sizes:
        counted = [("aes-128-cbc", 4096, depth, wanted.in_place[0]) for _, depth, _ in COUNTED]
        found += [point for point in dict.fromkeys(counted) if point not in found]
    for alg, size, depth, in_place in found:
        if size % 16 == 0 or not alg.endswith("cbc"):
            yield {"alg": alg, "bytes": size, "depth": depth, "in_place": in_place}


def seconds(wanted, made):
    """{part: of one guest, after which it begins no further round}; made: the guests."""
    if not wanted.minutes:
        return {}
    requests = sum("requests" in parts for _, _, _, parts in made)
    others = sum(part != "requests" for _, _, _, parts in made for part in parts)
    share = REQUESTS_SHARE if requests and others else bool(requests)
    found = {"requests": wanted.minutes * 60 * share / max(1, requests)}
    found |= {part: wanted.minutes * 60 * (1 - share) / max(1, others) for part in PARTS if part != "requests"}
    return found | {"network": found["network"] / 2}    # AES and 3DES


def guests(wanted):
    """(cards, clock, bus, parts) of each; the last one has modules of its own, "bh" for a bus."""
    here = [part for part in wanted.parts if part in IN_GUEST]
    for clock in wanted.clock if here else ():
        once = {"adapt": "pci33", "modules": wanted.clock[0]}
        yield 1, clock, "own", [part for part in here if once.get(part, clock) == clock]
    for bus in ("own", "shared") if "cards" in wanted.parts else ():
        yield SEVERAL, SLOWED, bus, ["cards"]
    if "bh" in wanted.parts:
        yield 1, "instant", "bh", ["bh"]


def vcard_options(clock, bus):
    words = [] if clock == "instant" else ["--clock", clock]
    return " ".join(words + (["--bus", "/tmp/bench-bus"] if bus == "shared" else []))


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def main(out, *words):
    wanted = options(list(words))
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    write(os.path.join(out, "kernel"), wanted.kernel)
    write(os.path.join(out, "parts"), "\n".join(wanted.parts) + "\n")
    made = list(guests(wanted))
    for cards, clock, bus, parts in made:
        name = f"{cards}-{clock}-{bus}".replace("=", "-").replace(",", "-").replace("/", "-")
        plan = {"rounds": wanted.rounds, "ms": wanted.ms, "units": wanted.units, "cards": cards,
                "clock": clock, "bus": bus, "points": list(points(wanted)),
                "seconds": seconds(wanted, made)}
        write(os.path.join(out, f"{name}.plan"), json.dumps(plan))
        print(name, wanted.smp, cards, ",".join(parts), vcard_options(clock, bus))
    if wanted.minutes:
        print(f"bench: at most {wanted.rounds} rounds, as many as {wanted.minutes} minutes have room for and one at least;"
              f" {len(made)} guests to boot besides", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
