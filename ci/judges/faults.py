# SPDX-License-Identifier: BSD-2-Clause
"""Prints build/faults.json for people; ends with 1 if a row failed or a load broke."""

import json
import sys

SUMS = ("requests", "faults_hit", "recovered", "errors", "wrong", "lost", "detected")
TITLES = ("requests", "hits", "recovered", "errors", "wrong", "lost", "detected", "stall ms")


def line(name, values, note=""):
    print(f"{name:<14}" + "".join(f"{value:>10}" for value in values) + ("  " + note).rstrip())


def cell(row):
    return f"{row['user']}.{row['kind']}.{row['place']}"


def print_rows(rows):
    """Per fault, over all users: rows where damage is expected on lines of their own."""
    line("fault", ("rows",) + TITLES)
    groups = {}
    for row in rows:
        groups.setdefault((row["fault"], row["expected"]), []).append(row)
    for (fault, expected), group in groups.items():
        sums = [sum(row[key] for row in group) for key in SUMS]
        stall = max(row["stall_ms"] for row in group)
        line(fault, [len(group), *sums, stall], "" if expected == "right data" else expected)


def print_absent(absent):
    reasons = {}
    for item in absent:
        name = item["cell"] if item["fault"] == "all" else f"{item['fault']} on hash"
        reasons.setdefault(item["reason"], set()).add(name)
    print("\nnot applicable:")
    for reason, names in reasons.items():
        print(f"  {', '.join(sorted(names))}: {reason}")


def main():
    with open(sys.argv[1]) as file:
        table = json.load(file)
    print_rows(table["rows"])
    print_absent(table["not_applicable"])
    failed = [row for row in table["rows"] if row["verdict"] != "ok"]
    for row in failed:
        print(f"failed: {row['fault']}.{cell(row)}: {row['verdict']}")
    for name in table["broken_loads"]:
        print(f"broken: {name}: its other rows are missing")
    print("\n" + ", ".join(f"{key} {value}" for key, value in table.items()
                           if isinstance(value, int)))
    sys.exit(1 if failed or table["broken_loads"] else 0)


main()
