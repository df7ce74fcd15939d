#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""One, two and four cards behind one queue, in one guest: the others are unbound.

usage: cards.py PLAN OUT     as run.py; OUT gets lines of "part": "cards"
4 KiB, 128 at a time, policy=card. A closed loop of one thread.
"""

import sys
import time

from counts import DRIVER, bound, measuring, moved_by, rounds, run, set_policy

BIND_S = 30


def serve(addresses, number):
    """The first so many of the cards, and no other."""
    for index, address in enumerate(addresses):
        if (address in bound()) != (index < number):
            with open(f"{DRIVER}/{'bind' if index < number else 'unbind'}", "w") as file:
                file.write(address)
    deadline = time.monotonic() + BIND_S
    while len(bound()) != number:
        if time.monotonic() > deadline:
            raise OSError(f"{len(bound())} cards serve after {BIND_S} s, not {number}")
        time.sleep(0.05)


def one(number, plan):
    found, moved = moved_by(plan["cards"], lambda: run(f"cbc-aes-acf 16 4096 128 {5 * plan['ms']}"))
    return {"part": "cards", "serving": number} | found | {"moved": moved}


def main(plan_path, out_path):
    set_policy("card")
    addresses = bound()
    with measuring(plan_path, out_path) as (plan, write):
        numbers = [n for n in (1, 2, 4) if n <= plan["cards"]]
        for number in rounds(plan, "cards"):
            for serving in numbers:
                serve(addresses, serving)
                write({"round": number} | one(serving, plan))
    serve(addresses, plan["cards"])
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
