#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""How soon policy=auto is right about a card that became ten times slower or faster, and whether the
split is steady at a steady load.

usage: adapt.py PLAN OUT     as run.py; OUT gets lines of "part": "adapt" and "flaps"
The card's clock is changed by its control socket while a closed loop runs. What is looked at is the
card's share of the jobs, in steps: it is right again at the first of three steps in a row that
are within a tenth of where the share ends. "jobs" is how many the card had done by then,
"jobs_before" by the step before.
"""

import sys
import threading
import time

from counts import host, measuring, run, set_policy, stats

# 3DES, of which the card does about as much as a CPU in C
LOAD = "cbc-des3_ede-acf 24 4096 32"
SETTLE_S, STEP_S, NEAR = 4, 0.02, 0.1
TENTHS = 50


def done():
    """Jobs so far: the card's, the CPU's."""
    return int(host("count", "0", "commands.total")), stats.acf().on_cpu()["cheaper"]


def under_load(seconds, look):
    """look()'s result, while the loop runs for so long."""
    thread = threading.Thread(target=run, args=(f"{LOAD} {int(seconds * 1000)}",))
    thread.start()
    try:
        return look()
    finally:
        thread.join()


def steps(count, seconds):
    """[(card's jobs so far, its share of the step)]"""
    seen, (began, _) = [], done()
    card, cpu = done()
    for _ in range(count):
        time.sleep(seconds)
        now_card, now_cpu = done()
        more = now_card - card, now_cpu - cpu
        if sum(more):
            seen.append((now_card - began, more[0] / sum(more)))
        card, cpu = now_card, now_cpu
    return seen


def changed(clock):
    def look():
        time.sleep(1)
        host("card", "0", f"clock {clock}")
        return steps(int(SETTLE_S / STEP_S), STEP_S)
    return under_load(SETTLE_S * 2 + 2, look)


def settled(seen):
    tail = [share for _, share in seen[-len(seen) // 4:]]
    last = sum(tail) / len(tail)
    near = [abs(share - last) <= NEAR for _, share in seen]
    at = next((i for i in range(len(near)) if all(near[i:i + 3])), len(seen) - 1)
    return {"jobs": seen[at][0], "jobs_before": seen[at - 1][0] if at else 0, "share": last}


def flaps():
    """The card's share in tenths of a second."""
    def look():
        time.sleep(1)
        return [share for _, share in steps(TENTHS, 0.1)]
    shares = under_load(TENTHS / 10 * 2 + 2, look)
    changes = sum(abs(a - b) > 0.1 for a, b in zip(shares, shares[1:]))
    return {"flaps_per_s": changes * 10 / TENTHS, "share": sum(shares) / len(shares)}


def main(plan_path, out_path):
    set_policy("auto")
    with measuring(plan_path, out_path) as (plan, write):
        for number in range(plan["rounds"]):
            for clock, way in (("pci33,slow=10", "slower"), ("pci33", "faster")):
                found = {"part": "adapt", "way": way} | settled(changed(clock))
                write({"round": number} | found)
            write({"round": number, "part": "flaps"} | flaps())
        host("card", "0", f"clock {plan['clock']}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
