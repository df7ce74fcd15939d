# SPDX-License-Identifier: BSD-2-Clause
"""Each knob of the silicon alone, at each value: brought up, tested, reset under load, stopped and
started again, with requests whose results are compared. Writes /out/silicon.json.

What the driver makes of it: it *works*; it has *dropped* algorithms, by name; it has *refused* the
card, with a reason. Never: wrong data, a request that is lost, a stall without end."""

import json
import os
import subprocess
import sys
import time

sys.path.append("/src/ci/guest/py")
sys.path.append("/src/ci/judges")
import knobs  # noqa: E402
import ktap  # noqa: E402
from hostport import ask as host  # noqa: E402
from outcomes import ANY, DROPPED, REFUSED  # noqa: E402

DRIVER = "/sys/bus/pci/drivers/hifn795x"
MODULES = os.environ["MODULES_DIR"]
OUT = "/out/silicon.json"
SETTLE_S = 120
AT_CONNECT = {"bar2"}   # what the machine is told when it meets the card, and not again
STALL_MS = 60000        # no step may take longer; ten times what the worst takes
SHAPES = {"requests": ["only=in-place", "rounds=4"],
          "flood": ["alg=cbc(aes)", "only=flood-no-backlog"]}


def write(path, text):
    """True: the kernel took it."""
    try:
        with open(path, "w") as file:
            file.write(text)
        return True
    except OSError:
        return False


class Card:
    """The one card of the guest, by its place in /sys/class/acf."""

    def __init__(self):
        self.address = os.listdir("/sys/class/acf")[0]
        self.place = f"/sys/class/acf/{self.address}"

    def tells(self, name):
        with open(f"{self.place}/{name}") as file:
            return file.read().strip()

    def unbind(self):
        return write(f"{DRIVER}/unbind", self.address)

    def bind(self):
        return write(f"{DRIVER}/bind", self.address)

    def settle(self):
        """Until the driver has done with it what it does; the state then."""
        deadline = time.monotonic() + SETTLE_S
        while (state := self.tells("state")) in ("starting", "testing", "resetting"):
            if time.monotonic() > deadline:
                raise TimeoutError(f"still {state} after {SETTLE_S} s")
            time.sleep(0.02)
        return state

    def lost(self):
        return self.tells("algorithms_lost").replace("(", " ( ").replace(" ( ", "(").split()

    def resets(self):
        return int(self.tells("totals/resets"))


def shapes(arguments):
    """Results of acf_test.ko that are wrong, and those of them in which plain text was found."""
    insmod = ["insmod", f"{MODULES}/crypto/tests/acf_test.ko"]
    subprocess.run(insmod + arguments, check=False, stderr=subprocess.DEVNULL)
    try:
        with open("/sys/kernel/debug/acf_test/results") as file:
            lines = file.read().splitlines()
    except OSError:
        lines = []
    subprocess.run(["rmmod", "acf_test"], check=False, stderr=subprocess.DEVNULL)
    if not lines:
        raise RuntimeError("acf_test.ko told nothing")
    bad = [line for line in lines if line.startswith("not ok")]
    return len(bad), sum("clear text" in line for line in bad)


class Row:
    """What became of one value."""

    def __init__(self, knob, value):
        self.name, self.knob, self.value = f"{knob}={value}", knob, value
        self.steps, self.wrong, self.clear, self.lost, self.resets = {}, 0, 0, [], 0
        self.outcome, self.reason = "works", ""

    def step(self, name, run):
        begin = time.monotonic()
        result = run()
        self.steps[name] = int((time.monotonic() - begin) * 1000)
        return result

    def look(self, card):
        """Keeps the worst that was seen."""
        state = card.settle()
        lost = card.lost()
        self.lost += [name for name in lost if name not in self.lost]
        if state == "failed":
            self.outcome, self.reason = "refused", card.tells("reason")
        elif state != "serving":
            raise RuntimeError(f"state {state}")
        elif self.lost:
            self.outcome = "dropped"
        return state == "serving"

    def requests(self, kind):
        wrong, clear = shapes(SHAPES[kind])
        self.wrong += wrong
        self.clear += clear

    def dict(self):
        return {"knob": self.knob, "value": self.value, "outcome": self.outcome,
                "dropped": self.lost, "reason": self.reason, "wrong": self.wrong,
                "clear": self.clear, "resets": self.resets, "longest_stall_ms": max(self.steps.values()),
                "steps_ms": self.steps}


def reset_in_the_middle(row, card):
    host("fault", "0", "stuck:40")
    row.step("reset", lambda: row.requests("flood"))
    host("faults-clear", "0")


def online(card):
    write(f"{card.place}/online", "0")
    write(f"{card.place}/online", "1")


def play(knob, value, card):
    row = Row(knob, value)
    before = card.resets()
    card.unbind()
    host("card", "0", "silicon default")
    host("card", "0", f"silicon {knob}={value}")
    row.step("bring-up", card.bind)
    alive = row.look(card)
    row.step("requests", lambda: row.requests("requests"))
    if alive:
        row.step("self-test", lambda: write(f"{card.place}/selftest", "1"))
        alive = row.look(card)
    if alive:
        reset_in_the_middle(row, card)
        row.step("settle", card.settle)
        alive = row.look(card)
    if alive:
        row.step("resume", lambda: online(card))
        row.look(card)
        row.step("requests-again", lambda: row.requests("requests"))
    row.resets = card.resets() - before
    return row


def expected(row):
    """"" if the outcome is what it should be; else what it should have been."""
    if row.name in ANY:
        return ""
    if row.name in REFUSED:
        want = REFUSED[row.name]
        right = row.outcome == "refused" and want in row.reason
        return "" if right else f"refused with '{want}'"
    if row.name in DROPPED:
        want = DROPPED[row.name]
        right = row.outcome == "dropped" and set(row.lost) == set(want)
        return "" if right else f"dropped {' '.join(want)}"
    return "" if row.outcome == "works" else "works"


def judge(row):
    name = f"silicon.{row.knob}.{row.value}"
    want = expected(row)
    said = f"{row.outcome} {' '.join(row.lost)} {row.reason}".strip()
    ktap.check(f"{name}.outcome", not want, f"{said}; should be: {want}")
    ktap.check(f"{name}.data", row.wrong == 0, f"{row.wrong} wrong or lost, {row.clear} with clear text")
    longest = max(row.steps.values())
    ktap.check(f"{name}.bounded", longest <= STALL_MS, f"a step of {longest} ms")


def table(rows):
    counts = {word: sum(row.outcome == word for row in rows)
              for word in ("works", "dropped", "refused")}
    return {"cells": sum(len(row.steps) for row in rows), **counts,
            "wrong": sum(row.wrong for row in rows), "clear": sum(row.clear for row in rows),
            "longest_stall_ms": max((max(row.steps.values()) for row in rows), default=0),
            "rows": [row.dict() for row in rows]}


def all_values(only):
    with open("/src/" + knobs.SOURCE) as file:
        found = knobs.knobs(file.read())
    return [(knob, value) for knob, _, values in found for value, _, _ in values[1:]
            if (knob in only if only else knob not in AT_CONNECT)]


def main():
    rows = []
    card = Card()
    for knob, value in all_values(sys.argv[1:]):
        try:
            row = play(knob, value, card)
        except (OSError, RuntimeError, TimeoutError) as error:
            ktap.not_ok(f"silicon.{knob}.{value}.outcome", error)
            continue
        rows.append(row)
        print(json.dumps(row.dict()), flush=True)
        judge(row)
    with open(OUT, "w") as file:
        json.dump(table(rows), file, indent=1)
    card.unbind()
    host("card", "0", "silicon default")
    ktap.check("silicon.default-again", card.bind(), "the modelled card does not come back")


if __name__ == "__main__":
    main()
