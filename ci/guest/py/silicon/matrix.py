# SPDX-License-Identifier: BSD-2-Clause
"""The knobs of the silicon, in one of three tables, which is written to /out/silicon-TABLE.json:

  single    each value alone: brought up, tested, requests, a volume, a tunnel, reset under load,
            stopped and started again
  checked   each that can make data wrong, and every result compared with the CPU's (check=1)
  pair      of these, each with each

What the driver makes of a chip: it *works*; it has *dropped* algorithms, by name; it has *refused*
the card, with a reason. Never: wrong data, a request that is lost, plain text where the other was
to be, a stall without end.

usage: matrix.py TABLE [KNOB...]"""

import itertools
import json
import os
import sys
import time

sys.path.append("/src/ci/guest/py")
sys.path.append("/src/ci/judges")
import cells  # noqa: E402
import knobs  # noqa: E402
import ktap  # noqa: E402
from card import PARAMETERS, Card, become, write  # noqa: E402
from outcomes import (AT_CONNECT, EVIDENCE, LOSES, WORKS, WRONG_DATA,  # noqa: E402
                      expected_of, right)

STALL_MS = 60000        # no step may take longer; ten times what the worst takes
SECTORS = len(cells.NUMBERS) * cells.VOLUME // 512


class Row:
    """What became of one chip."""

    def __init__(self, pairs):
        self.pairs = pairs
        self.name = ".".join(f"{knob}.{value}" for knob, value in pairs)
        self.steps, self.wrong, self.lost_datagrams, self.clear = {}, 0, 0, 0
        self.lost, self.resets, self.on_card, self.doctor = [], 0, {}, []
        self.outcome, self.reason, self.evidence = WORKS, "", []
        self.began_ns = time.clock_gettime_ns(time.CLOCK_BOOTTIME)

    def step(self, name, run):
        begin = time.monotonic()
        result = run()
        self.steps[name] = int((time.monotonic() - begin) * 1000)
        return result

    def look(self, card):
        """Keeps the worst that was seen."""
        state = card.settle()
        self.lost += [name for name in card.lost() if name not in self.lost]
        if state == "failed":
            self.outcome, self.reason = "refused", card.tells("reason")
            self.evidence = self.evidence or failure_says(card, self.began_ns)
        elif state != "serving":
            raise RuntimeError(f"state {state}")
        elif self.lost and self.outcome == WORKS:
            self.outcome = "dropped"
            self.evidence += finding_says(card, self.began_ns)
        if self.outcome != WORKS and not self.doctor:
            self.doctor = card.doctors_knobs()
        return state == "serving"

    def add(self, result):
        wrong, clear = result
        self.wrong += wrong
        self.clear += clear

    def requests(self, name="requests"):
        self.add(self.step(name, lambda: cells.shapes("requests")))

    def volume(self):
        result, self.on_card["volume"] = self.step("volume",
                                                   lambda: cells.on_card(cells.volumes, "total"))
        self.add(result)

    def tunnel(self):
        (lost, wrong, clear), self.on_card["tunnel"] = self.step(
            "tunnel", lambda: cells.on_card(cells.tunnel, "one-pass"))
        self.lost_datagrams += lost
        self.add((wrong, clear))

    def longest(self):
        return max(self.steps.values())

    def dict(self):
        return {"knobs": [f"{knob}={value}" for knob, value in self.pairs],
                "outcome": self.outcome, "dropped": self.lost, "reason": self.reason,
                "wrong": self.wrong, "lost_datagrams": self.lost_datagrams, "clear": self.clear,
                "resets": self.resets, "longest_stall_ms": self.longest(),
                "on_card": self.on_card, "evidence": self.evidence, "doctor": self.doctor,
                "steps_ms": self.steps}


# ---- what the card's directory says of a failure ----

def registers(text):
    return dict(zip(text.split()[::2], text.split()[1::2]))


def finding_since(card, began_ns):
    """(What it is about, why, wanted, got); None: the last finding is an earlier chip's."""
    finding = card.fields("finding")
    if not finding:
        return None
    about, _, why = finding["at_ns"].partition(" reason ")
    at_ns, _, words = about.partition(" ")
    if int(at_ns) < began_ns:
        return None
    return registers(words), why, finding["wanted"], finding["got"]


def failure_says(card, began_ns):
    """[step, level] of it; each of the other registers has to be there, and to be a number."""
    failure = card.fields("failure")
    values = registers(failure["registers"])
    for name in ("csr", "puisr", "level", "pci_status", "pll"):
        int(values[name], 16)
    said = [f"step {failure['step']}", f"level {values['level']}"]
    finding = finding_since(card, began_ns)
    return said + [finding[1]] if finding else said


def finding_says(card, began_ns):
    """What was wrong, and with which algorithm: one that was lost. Of one that was retired for its
    results the count tells."""
    finding = finding_since(card, began_ns)
    if not finding:
        if card.tells("totals/wrong") == "0":
            raise RuntimeError("algorithms are lost, and nothing says why")
        return ["wrong results"]
    about, why, wanted, got = finding
    if about["algorithm"] not in card.lost():
        raise RuntimeError(f"finding of {about['algorithm']}, which was not lost")
    if not about["vector"] or (wanted and wanted == got):
        raise RuntimeError(f"finding without evidence: {finding}")
    return [why]


# ---- the tables ----

def start(row, card):
    card.unbind()
    become(row.pairs)
    row.step("bring-up", card.bind)
    return row.look(card)


def use(row):
    row.requests()
    row.volume()
    row.tunnel()


def single(row, card):
    alive = start(row, card)
    use(row)
    if alive:
        row.step("self-test", lambda: write(f"{card.place}/selftest", "1"))
        alive = row.look(card)
    if alive:
        row.add(row.step("reset", cells.reset_in_the_middle))
        row.step("settle", card.settle)
        alive = row.look(card)
    if alive:
        row.step("resume", card.offline_and_online)
        row.look(card)
        row.requests("requests-again")


def pair(row, card):
    start(row, card)
    use(row)
    row.look(card)


def checked(row, card):
    every = f"{PARAMETERS}/check"
    with open(every) as file:
        before = file.read()
    if not write(every, "1"):
        raise RuntimeError("check=1 is refused")
    try:
        pair(row, card)
    finally:
        write(every, before)


def play(how, pairs, card):
    row = Row(pairs)
    before = card.resets()
    how(row, card)
    row.resets = card.resets() - before
    return row


def data(row, loses):
    """"" or what is wrong with it."""
    if row.wrong or row.clear:
        return f"{row.wrong} wrong or lost, {row.clear} with clear text"
    if row.lost_datagrams and not loses:
        return f"{row.lost_datagrams} datagrams lost"
    return ""


def used(row):
    """The card's own count of what is said to work: sectors of the volumes, packets."""
    if row.outcome == "refused":
        return True
    serves_esp = cells.AUTHENC not in row.lost
    return row.on_card["volume"] >= SECTORS and \
        (not serves_esp or row.on_card["tunnel"] >= cells.DATAGRAMS)


def judge_single(row):
    (knob, value), = row.pairs
    name = f"silicon.{row.name}"
    want, = wants = expected_of(row.pairs, True)
    said = f"{row.outcome} {' '.join(row.lost)} {row.reason}".strip()
    ktap.check(f"{name}.outcome", right(row, wants), f"{said}; should be: {want}")
    why = data(row, f"{knob}={value}" in LOSES)
    ktap.check(f"{name}.data", not why, why)
    ktap.check(f"{name}.bounded", row.longest() <= STALL_MS, f"a step of {row.longest()} ms")
    ktap.check(f"{name}.on-card", used(row), f"commands of the card: {row.on_card}")
    if want[0] != WORKS:
        ktap.check(f"{name}.doctor", knob in row.doctor, f"doctor takes it for {row.doctor}")
    if f"{knob}={value}" in EVIDENCE:
        said = ", ".join(row.evidence)
        want = EVIDENCE[f"{knob}={value}"]
        ktap.check(f"{name}.evidence", row.evidence[:len(want)] == want,
                   f"{said}; should be: {', '.join(want)}")


def judge_other(table, row):
    wants = expected_of(row.pairs, False)
    loses = any(f"{knob}={value}" in LOSES for knob, value in row.pairs)
    why = [data(row, loses),
           "" if row.longest() <= STALL_MS else f"a step of {row.longest()} ms",
           "" if used(row) else f"commands of the card: {row.on_card}",
           "" if right(row, wants) else f"{row.outcome} {' '.join(row.lost)} {row.reason}; should "
                                        f"be: {wants}"]
    ktap.check(f"silicon.{table}.{row.name}", not any(why), "; ".join(filter(None, why)))


def alternatives():
    """(knob, value) of each that is not the model's."""
    with open("/src/" + knobs.SOURCE) as file:
        found = knobs.knobs(file.read())
    return [(knob, value) for knob, _, values in found for value, _, _ in values[1:]
            if knob not in AT_CONNECT]


def rows_of(table, only):
    ones = [one for one in alternatives() if not only or one[0] in only]
    if table == "single":
        return [(one,) for one in ones]
    ones = [one for one in ones if f"{one[0]}={one[1]}" in WRONG_DATA]
    if table == "checked":
        return [(one,) for one in ones]
    return [two for two in itertools.combinations(ones, 2) if two[0][0] != two[1][0]]


TABLES = {"single": single, "checked": checked, "pair": pair}


def sums(rows):
    counts = {word: sum(row.outcome == word for row in rows)
              for word in (WORKS, "dropped", "refused")}
    return {"cells": sum(len(row.steps) for row in rows), **counts,
            "wrong": sum(row.wrong for row in rows), "clear": sum(row.clear for row in rows),
            "lost_datagrams": sum(row.lost_datagrams for row in rows),
            "longest_stall_ms": max((row.longest() for row in rows), default=0),
            "rows": [row.dict() for row in rows]}


def main():
    table, *only = sys.argv[1:]
    rows = []
    card = Card()
    for pairs in rows_of(table, only):
        try:
            row = play(TABLES[table], pairs, card)
        except (OSError, RuntimeError, TimeoutError, KeyError, ValueError) as error:
            name = ".".join(f"{knob}.{value}" for knob, value in pairs)
            ktap.not_ok(f"silicon.{name}.outcome" if table == "single" else
                        f"silicon.{table}.{name}", repr(error))
            continue
        rows.append(row)
        print(json.dumps(row.dict()), flush=True)
        if table == "single":
            judge_single(row)
        else:
            judge_other(table, row)
    with open(f"/out/silicon-{table}.json", "w") as file:
        json.dump(sums(rows), file, indent=1)
    card.unbind()
    become([])
    ktap.check(f"silicon.{table}.default-again", card.bind(), "the modelled card does not come")


if __name__ == "__main__":
    main()
