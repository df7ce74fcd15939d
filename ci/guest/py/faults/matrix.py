# SPDX-License-Identifier: BSD-2-Clause
"""Every fault under every load, in a guest with one card. Writes /out/faults.json.

usage: matrix.py [--cells TEXT] [FAULT...]

Without FAULT all of them; --cells: under those users only whose name has TEXT in it.
"""

import argparse
import dataclasses
import json
import random
import time
import traceback

import card
import ktap
import on_card
from cells import CELLS, FAULTS, must_detect

OUT = "/out/faults.json"
CARD_KINDS = {"skcipher": "aes-cbc", "hash": "hmac-sha1", "aead": "one-pass"}
ON_CARD = 20        # commands of the kind; the fault strikes at the 40th of all
SLOW = "slow:100"   # us per command: many are on the card when the fault strikes


def report(name, why):
    if not ktap.check(f"faults.{name}", not why, why):
        print(f"not ok faults.{name} - {why}", flush=True)


def strike(fault, cell, load):
    """One load with the fault set: its outcome, and the counters' differences."""
    load.prepare()
    struck, ran = card.hits_and_kinds(fault.name)
    redone, before, believed = card.cpu(), card.driver(), card.disbelieved()
    for spec in (SLOW, *fault.specs_for(cell)):
        card.set_fault(spec)
    try:
        outcome = load.run(fault.damage)
        after = card.settle()
    finally:
        card.clear_faults()
    row = dataclasses.asdict(outcome)
    hits, now = card.hits_and_kinds(fault.name)
    row["faults_hit"] = hits - struck
    row["on_card"] = on_card.since(ran, now)[CARD_KINDS[cell.kind]]
    row["driver"] = {key: after[key] - value for key, value in before.items()
                     if isinstance(value, int) and isinstance(after[key], int)}
    now = card.cpu()
    row["recovered"] = sum(now[key] - redone[key] for key in now) + row["driver"]["lost_irq"]
    row["state"] = after["state"]
    row["disbelieved"] = card.disbelieved() - believed
    # the next row wants a card that serves, with lists of its users' and no copies of them, any shape
    if after["state"] == "dead" or row["disbelieved"] or after["barred"]:
        card.rebind()
    load.verify(outcome)
    row.update(wrong=outcome.wrong, detected=outcome.detected)
    # dm-crypt reads again what a tag does not fit: seen by its number of commands only
    if fault.damage and cell.user == "dm-crypt" and row["driver"]["jobs"] > row["requests"]:
        row["detected"] += 1
    return row


def harm(row):
    return row["errors"] + row["wrong"] + row["lost"] + row["detected"]


def damage_judgement(fault, cell, row):
    if not harm(row) and not row["disbelieved"]:
        return "the damage did not show: the check is blind"
    if must_detect(fault, cell) and row["wrong"]:
        return f"{row['wrong']} wrong results passed as right ones"
    return ""


def judgement(fault, cell, row):
    """Why the row fails; or nothing."""
    if not row["faults_hit"]:
        return "the fault did not strike"
    if not row["requests"]:
        return "no request"
    if row["on_card"] < ON_CARD:
        return f"the card ran {row['on_card']} commands of this kind"
    if fault.sign and row["driver"][fault.sign] < 1:
        return f"the driver's {fault.sign} did not rise"
    if fault.dead not in (None, row["state"] == "dead"):
        return f"the card is {row['state']}"
    if fault.damage:
        return damage_judgement(fault, cell, row)
    if harm(row):
        return ", ".join(f"{row[key]} {key}" for key in ("errors", "wrong", "lost", "detected")
                         if row[key])
    return ""


def strike_at_last(fault, cell, load):
    for _ in range(fault.tries):
        outcome = strike(fault, cell, load)
        if outcome["faults_hit"] or harm(outcome):
            break
    return outcome


def run_row(fault, cell, load):
    row = {"fault": fault.name, "spec": " ".join(fault.specs_for(cell)), "user": cell.user,
           "kind": cell.kind, "place": cell.place}
    row.update(strike_at_last(fault, cell, load))
    why = judgement(fault, cell, row)
    row["expected"] = "right data"
    if fault.damage:
        row["expected"] = "detected" if must_detect(fault, cell) else "undetectable"
    row["verdict"] = why or "ok"
    report(f"{fault.name}.{cell.name}", why)
    return row


def run_cell(cell, faults, rows, absent):
    """All faults under one user, which is set up once."""
    load = cell.load()
    for fault in faults:
        why = fault.reason_against(cell)
        if why:
            absent.append({"fault": fault.name, "cell": cell.name, "reason": why})
            continue
        rows.append(run_row(fault, cell, load))
    load.close()


def check_overall(faults, rows):
    """What need not happen in each row has to happen in some."""
    for fault in faults:
        if fault.over:
            total = sum(row["driver"][fault.over] for row in rows if row["fault"] == fault.name)
            report(f"{fault.name}.{fault.over}", "" if total else "never counted by the driver")


def totals(rows, broken):
    """Sums; harm in rows whose harm is named is kept apart."""
    sums = {"cases": len(rows), "broken": len(broken),
            "failed": sum(row["verdict"] != "ok" for row in rows)}
    for key in ("requests", "faults_hit", "recovered"):
        sums[key] = sum(row[key] for row in rows)
    plain = [row for row in rows if row["expected"] == "right data"]
    named = [row for row in rows if row["expected"] != "right data"]
    for key in ("errors", "wrong", "lost"):
        sums[key] = sum(row[key] for row in plain)
    # a MAC's guard that let something through is a plain wrong result
    sums["wrong"] += sum(row["detected"] for row in plain) + sum(
        row["wrong"] for row in named if row["expected"] == "detected")
    sums["undetectable"] = sum(row["wrong"] for row in named if row["expected"] == "undetectable")
    sums["detected"] = sum(row["errors"] + row["detected"] for row in named)
    sums["stall_ms"] = max((row["stall_ms"] for row in rows), default=0)
    return sums


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cells", default="")
    parser.add_argument("faults", nargs="*")
    return parser.parse_args()


def main():
    random.seed(1)
    args = arguments()
    unknown = set(args.faults) - {fault.name for fault in FAULTS}
    if unknown:
        report("arguments", "no fault " + " ".join(unknown))
    faults = [fault for fault in FAULTS if not args.faults or fault.name in args.faults]
    cells = [cell for cell in CELLS if args.cells in cell.name]
    rows, broken = [], []
    absent = [{"fault": "all", "cell": cell.name, "reason": cell.reason}
              for cell in cells if not cell.load]
    for cell in cells:
        if not cell.load:
            continue
        begin = time.monotonic()
        try:
            run_cell(cell, faults, rows, absent)
        except Exception:   # what went wrong belongs to this user; the others go on
            print(traceback.format_exc(), flush=True)
            report(cell.name, "the load broke, see the log")
            broken.append(cell.name)
        print(f"{cell.name}: {time.monotonic() - begin:.0f} s", flush=True)
    check_overall(faults, rows)
    with open(OUT, "w") as file:
        json.dump({**totals(rows, broken), "not_applicable": absent, "broken_loads": broken,
                   "rows": rows}, file, indent=1)


main()
