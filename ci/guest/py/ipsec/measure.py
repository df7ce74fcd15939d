# SPDX-License-Identifier: BSD-2-Clause
"""The gateway's instruments: the card's counters, result lines, figures."""

import os
import subprocess
import time

import ktap

OUT = os.environ.get("OUT", "/out")
EVIDENCE_PER_ROW = 2    # of results; what hangs always leaves some
EVIDENCE_APART_S = 2
figures = {"ipsec.packets": 0, "ipsec.lost": 0, "ipsec.mismatches": 0, "ipsec.sent": 0,
           "ipsec.commands": 0, "ipsec.sa_packets": 0, "ipsec.mbit_per_s": 0}
begin = time.monotonic()


def say(text):
    print(f"[{time.monotonic() - begin:5.1f} s] {text}", flush=True)


class Row:
    """The row that runs: its plan, and what has been reported of it."""

    def __init__(self):
        self.open("", [])

    def open(self, name, plan):
        self.name, self.plan = name, plan
        self.reported, self.evidence = set(), 0


row = Row()
witnesses = {}      # by name of the end: a function that has it observe itself


def open_row(name, plan):
    row.open(name, plan)


def close_row(why):
    """Each result of the plan comes, and no other: what was not reached has failed."""
    missing = [name for name in row.plan if name not in row.reported]
    unplanned = sorted(row.reported - set(row.plan))
    for name in missing:
        report(name, False, "not reached: " + why)
    for name in unplanned:
        report(name, False, "this result is not in the row's plan (cases.py)")


def report(name, passed, reason):
    row.reported.add(name)
    if not ktap.check(f"ipsec.{name}", passed, reason):
        print(f"    not ok ipsec.{name} - {' '.join(reason.split())}", flush=True)


def check(name, passed, reason):
    report(name, passed, reason)
    if not passed and row.evidence < EVIDENCE_PER_ROW:
        take_evidence(name.removeprefix(row.name + "."))
    return passed


def take_evidence(what):
    """What both ends say of themselves, twice: what still moves is seen."""
    if not witnesses:
        return
    row.evidence += 1
    directory = f"{OUT}/evidence/{row.name}"
    os.makedirs(directory, exist_ok=True)
    for turn in (1, 2):
        for end, observe in witnesses.items():
            try:
                text = observe()
            except Exception as error:  # it may be what has failed
                text = f"{type(error).__name__}: {error}\n"
            with open(f"{directory}/{row.evidence}-{what}-{end}-{turn}", "w") as file:
                file.write(text)
        time.sleep(EVIDENCE_APART_S)
    print(f"    what both ends say: {directory}/{row.evidence}-{what}-*", flush=True)


def write_figures():
    commands, packets = figures["ipsec.commands"], figures["ipsec.sa_packets"]
    figures["ipsec.commands_per_packet"] = commands / packets if packets else 0
    with open(OUT + "/figures", "w") as file:
        for key, value in figures.items():
            file.write(f"{key} {value:.4f}\n" if isinstance(value, float) else f"{key} {value}\n")


def card_commands():
    """Commands the card ran so far; 0 without a card."""
    done = subprocess.run(["hostcmd", "count", "0", "commands.total"], capture_output=True,
                          text=True, check=False)
    return int(done.stdout) if done.returncode == 0 else 0
