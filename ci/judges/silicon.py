# SPDX-License-Identifier: BSD-2-Clause
"""The tables of the silicon's knobs that a guest has written, as one, which is printed and kept.

usage: silicon.py DIRECTORY FILE"""

import json
import os
import sys

TABLES = ("single", "checked", "pair")
SUMS = ("cells", "works", "dropped", "refused", "wrong", "clear", "lost_datagrams")


def joined(tables):
    """{name: table} as one: sums, the longest stall, and rows that know their table."""
    whole = {key: sum(table[key] for table in tables.values()) for key in SUMS}
    whole["longest_stall_ms"] = max((table["longest_stall_ms"] for table in tables.values()),
                                    default=0)
    whole["rows"] = [{"table": name, **row} for name, table in tables.items()
                     for row in table["rows"]]
    return whole


def line(row):
    what = " ".join(row["dropped"]) or row["reason"]
    return (f"{row['table']:8} {' '.join(row['knobs']):45} {row['outcome']:8} {row['wrong']:5} "
            f"{row['resets']:6} {row['longest_stall_ms']:8}  {what}")


def text(whole):
    sums = ", ".join(f"{whole[key]} {key}" for key in (*SUMS, "longest_stall_ms"))
    return "\n".join([f"silicon: {sums}",
                      f"{'table':8} {'knobs':45} outcome  wrong resets stall ms"] +
                     [line(row) for row in whole["rows"]])


def read(directory):
    tables = {}
    for name in TABLES:
        path = os.path.join(directory, f"silicon-{name}.json")
        if os.path.exists(path):
            with open(path) as file:
                tables[name] = json.load(file)
    return tables


if __name__ == "__main__":
    found = joined(read(sys.argv[1]))
    with open(sys.argv[2], "w") as out:
        json.dump(found, out, indent=1)
    print(text(found))
