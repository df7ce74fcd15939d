#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Runs a plan of ci/bench: rounds of points, each point by each unit in turn, and writes down
what acf_bench, the cards and the host counted.

usage: run.py PLAN OUT     PLAN: {"rounds": N, "ms": N, "units": [...], "points": [...]}
A point: {"alg": one of ALGORITHMS, "bytes": N, "depth": N, "in_place": bool}. OUT gets a line of
JSON for each run. Exit status 1 when one could not be made, or had an error.
"""

import json
import os
import subprocess
import sys

RUN = "/sys/kernel/debug/acf_bench/run"
POLICY = "/sys/module/acf/parameters/policy"
# name of a point: bytes of the cipher's key, our driver, and the kernel's software by the
# names it has had (7.x first)
ALGORITHMS = {
    "aes-128-cbc": (16, "cbc-aes-acf", ("cbc-aes-lib", "cbc(aes-generic)")),
    "3des-cbc": (24, "cbc-des3_ede-acf", ("cbc(des3_ede-generic)",)),
    "esp-aes-sha1": (16, "authenc-hmac-sha1-cbc-aes-acf",
                     ("authenc(hmac-sha1-lib,cbc-aes-lib)",
                      "authenc(hmac(sha1-generic),cbc(aes-generic))")),
    "esp-3des-sha1": (24, "authenc-hmac-sha1-cbc-des3_ede-acf",
                      ("authenc(hmac-sha1-lib,cbc(des3_ede-generic))",
                       "authenc(hmac(sha1-generic),cbc(des3_ede-generic))")),
    "xts-aes-256": (64, "xts-aes-acf", ("xts-aes-lib", "xts(ecb(aes-generic))")),
}


class Missing(Exception):
    """No such algorithm in this kernel."""


def host(*words):
    done = subprocess.run(["hostcmd", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"hostcmd {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout.strip()


def set_policy(policy):
    if not os.path.exists(POLICY):
        return policy == "card"    # an acf that knows no other
    with open(POLICY, "w") as file:
        file.write(policy)
    return True


def timed(names, key_bytes, point, ms):
    for name in names:
        line = f"{name} {key_bytes} {point['bytes']} {point['depth']} {ms}"
        try:
            with open(RUN, "w") as file:
                file.write(line + (" inplace" if point["in_place"] else ""))
        except FileNotFoundError:
            continue
        with open(RUN) as file:
            return json.load(file)
    raise Missing(f"{' or '.join(names)}")


def switches():
    with open("/proc/stat") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("ctxt"))


def look(cards):
    """All counters that a run moves."""
    cpu = [int(word) for word in host("cpu-time").split()]
    return {"guest_ns": cpu[0], "cards_ns": sum(cpu[1:]), "switches": switches(),
            "cards": [json.loads(host("counters", str(n))) for n in range(cards)]}


def flat(counters, prefix=""):
    for name, value in counters.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}.")
        elif isinstance(value, int):
            yield prefix + name, value


def since(before, now):
    """What moved, of each card's counters only the numbers that did."""
    cards = [{name: value - dict(flat(old)).get(name, 0) for name, value in flat(new)}
             for old, new in zip(before["cards"], now["cards"])]
    moved = [{name: value for name, value in card.items() if value} for card in cards]
    return {name: now[name] - before[name] for name in ("guest_ns", "cards_ns", "switches")} | \
        {"cards": moved}


def one(point, unit, plan):
    key_bytes, driver, software = ALGORITHMS[point["alg"]]
    if unit != "cpu" and not set_policy(unit):
        raise Missing(f"this acf has no policy {unit}")
    before = look(plan["cards"])
    result = timed(software if unit == "cpu" else (driver,), key_bytes, point, plan["ms"])
    return {"point": point, "unit": unit} | result | {"moved": since(before, look(plan["cards"]))}


def main(plan_path, out_path):
    with open(plan_path) as file:
        plan = json.load(file)
    missing, bad = set(), 0
    with open(out_path, "w", buffering=1) as out:
        for number in range(plan["rounds"]):
            for point in plan["points"]:
                for unit in plan["units"]:
                    try:
                        line = one(point, unit, plan)
                    except Missing as why:
                        missing.add(f"{unit} {point['alg']}: {why}")
                        continue
                    bad += line["errors"] != 0
                    out.write(json.dumps({"round": number} | line) + "\n")
    for why in sorted(missing):
        print(f"bench: left out: {why}")
    print(f"bench: {bad} runs with errors")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
