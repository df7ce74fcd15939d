#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""How long our code keeps bottom halves off, by modules built with ACF_BHMETER=y: jobs of 64 KiB
3DES, 128 at a time, while nothing happens, the card has to be reset, it is unbound. And of each lock
how often a request takes it and for how long, with small jobs, under the policies card and auto.
The clock is one that goes by instructions (ci/bench): a busy host adds nothing to a stretch.

usage: bh.py PLAN OUT     as run.py; OUT gets lines of "part": "bh", with what the software takes for
                          such a job, and of "part": "locks"
"""

import sys
import threading
import time

from counts import DRIVER, bound, host, measuring, rounds, run, set_policy, stats

METER = "/sys/module/acf/parameters/bhmeter"
BYTES = 65520
LOAD = f"cbc-des3_ede-acf 24 {BYTES} 128"
SMALL = "cbc-aes-acf 16 4096 32"
AGAIN_S = 20


def software_ns():
    return run(f"cbc(des3_ede-generic) 24 {BYTES} 1 300")["p50_ns"]


def wait(done, what):
    deadline = time.monotonic() + AGAIN_S
    while not done():
        if time.monotonic() > deadline:
            raise OSError(f"{what} has not happened after {AGAIN_S} s")
        time.sleep(0.05)


def nothing():
    time.sleep(2)


def reset():
    address = bound()[0]
    before = stats.driver(address)["resets"]
    host("fault", "0", "stuck:1")
    wait(lambda: stats.driver(address)["resets"] > before, "the reset")
    time.sleep(1)
    host("faults-clear", "0")


def unbind():
    address = bound()[0]
    for what in ("unbind", "bind"):
        with open(f"{DRIVER}/{what}", "w") as file:
            file.write(address)
        time.sleep(1)


def meter():
    with open(METER) as file:
        return [line.split() for line in file]


def anew():
    with open(METER, "w") as file:
        file.write("0")


def seen():
    """{"off": (ns, who), "locked": ...}"""
    return {words[0]: (int(words[2]), words[3]) for words in meter() if words[0] != "lock"}


def locks():
    """{words: {"taken": N, "waited": N, "held_ns": N, "longest_ns": N}} of those that were taken"""
    found = {words[1]: dict(zip(words[2::2], map(int, words[3::2]))) for words in meter() if words[0] == "lock"}
    return {words: counts for words, counts in found.items() if counts["taken"]}


def locks_under(policy):
    """Those of a run, its beginning and end too."""
    set_policy(policy)
    run(f"{SMALL} 500")
    anew()
    done = run(f"{SMALL} 1000")["done"]
    return {"part": "locks", "policy": policy, "done": done, "locks": locks()}


def under_load(action):
    thread = threading.Thread(target=run, args=(f"{LOAD} 4000",))
    thread.start()
    time.sleep(0.5)
    anew()
    try:
        action()
    finally:
        thread.join()
    return seen()


def main(plan_path, out_path):
    with measuring(plan_path, out_path) as (plan, write):
        for number in rounds(plan, "bh"):
            for policy in ("auto", "card"):
                write({"round": number} | locks_under(policy))
            set_policy("card")
            software = software_ns()
            for action in (nothing, reset, unbind):
                found = under_load(action)
                line = {"round": number, "part": "bh", "load": action.__name__, "software_ns": software}
                for what, (ns, who) in found.items():
                    line |= {f"{what}_ns": ns, f"{what}_by": who}
                write(line)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
