# SPDX-License-Identifier: BSD-2-Clause
"""Prints the table of the silicon's knobs: what became of each value."""

import json
import sys


def line(row):
    what = " ".join(row["dropped"]) or row["reason"]
    return (f"{row['knob'] + '=' + row['value']:24} {row['outcome']:8} {row['wrong']:5} "
            f"{row['resets']:6} {row['longest_stall_ms']:8}  {what}")


def text(table):
    sums = ", ".join(f"{table[key]} {key}" for key in
                     ("cells", "works", "dropped", "refused", "wrong", "clear", "longest_stall_ms"))
    return "\n".join(["silicon  knob             outcome  wrong resets stall ms", sums] +
                     [line(row) for row in table["rows"]])


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        print(text(json.load(file)))
