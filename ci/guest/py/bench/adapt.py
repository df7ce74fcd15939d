#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""How soon policy=auto is right about a card that became ten times slower or faster, and whether the
split is steady at a steady load.

usage: adapt.py PLAN OUT     as run.py; OUT gets lines of "part": "adapt" and "flaps"
The card's clock is changed by its control socket while a closed loop runs, of which each completion
is written down; settle.py says when it was right again.
"""

import sys
import threading
import time

import settle
from counts import Missing, completed, host, measuring, rounds, run, set_policy, stats

# 3DES, of which the card does about as much as a CPU in C
LOAD = "cbc-des3_ede-acf 24 4096 32"
BEFORE_S, AFTER_S = 1, 5
TENTHS = 50


def done():
    """Jobs so far: the card's, the CPU's."""
    return int(host("count", "0", "commands.total")), stats.acf().on_cpu()["cheaper"]


def under_load(seconds, look):
    """look()'s result, while the loop runs for so long."""
    thread = threading.Thread(target=run, args=(f"{LOAD} {int(seconds * 1000)} log",))
    thread.start()
    try:
        return look()
    finally:
        thread.join()


def shares(count, seconds):
    """The card's share in each of so many steps."""
    seen, before = [], done()
    for _ in range(count):
        time.sleep(seconds)
        now = done()
        more = now[0] - before[0], now[1] - before[1]
        if sum(more):
            seen.append(more[0] / sum(more))
        before = now
    return seen


def changed(clock):
    def look():
        time.sleep(BEFORE_S)
        host("card", "0", f"clock {clock}")
        return time.monotonic_ns()
    at = under_load(BEFORE_S + AFTER_S, look)
    found = settle.settled(settle.completions(completed()), at)
    if not found:
        raise Missing(f"clock {clock}: never within 5 % of what it came to, or too few jobs")
    return found


def flaps():
    """The card's share in tenths of a second."""
    def look():
        time.sleep(1)
        return shares(TENTHS, 0.1)
    seen = under_load(TENTHS / 10 * 2 + 2, look)
    changes = sum(abs(a - b) > 0.1 for a, b in zip(seen, seen[1:]))
    return {"flaps_per_s": changes * 10 / TENTHS, "share": sum(seen) / len(seen)}


def main(plan_path, out_path):
    set_policy("auto")
    with measuring(plan_path, out_path) as (plan, write):
        for number in rounds(plan, "adapt"):
            for clock, way in (("pci33,slow=10", "slower"), ("pci33", "faster")):
                try:
                    write({"round": number, "part": "adapt", "way": way} | changed(clock))
                except Missing as why:
                    print(f"bench: left out: {why}")
            write({"round": number, "part": "flaps"} | flaps())
        host("card", "0", f"clock {plan['clock']}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
