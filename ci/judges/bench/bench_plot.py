# SPDX-License-Identifier: BSD-2-Clause
"""Curves of throughput over size, a picture for each algorithm and depth, by gnuplot."""

import os
import subprocess

SCRIPT = """set terminal svg size 720,440 dynamic background '#ffffff'
set output '{svg}'
set logscale xy 2
set format x '%.0f'
set format y '%.3g'
set xlabel 'bytes of a request'
set ylabel 'MB/s'
set key left top
set grid
set title '{title}'
plot {plots}
"""


def points(rows, unit):
    return [(row["bytes"], row["units"][unit]["mb_s"]) for row in rows if unit in row["units"]]


def write_data(path, rows, units):
    with open(path, "w") as file:
        for unit in units:
            for size, mb in points(rows, unit):
                file.write(f"{size} {mb['median']} {mb['low']} {mb['high']}\n")
            file.write("\n\n")


def curve(name, title, rows, directory, out):
    units = [unit for unit in ("card", "cpu", "auto", "offload") if points(rows, unit)]
    data, svg = os.path.join(directory, f"{name}.dat"), os.path.join(out, f"bench-{name}.svg")
    write_data(data, rows, units)
    plots = ", ".join(f"'{data}' index {i} using 1:2:3:4 with yerrorlines title '{unit}'"
                      for i, unit in enumerate(units))
    subprocess.run(["gnuplot"], input=SCRIPT.format(svg=svg, title=title, plots=plots), text=True, check=True)
    return os.path.basename(svg)


def curves(groups, directory, out):
    """Names of the pictures."""
    made = []
    for group in groups:
        sets = {}
        for row in group["rows"]:
            sets.setdefault((row["alg"], row["in_place"], row["depth"]), []).append(row)
        for (alg, in_place, depth), rows in sets.items():
            if len(rows) > 1:
                name = f"{group['cards']}-{group['clock']}-{alg}{'-in-place' if in_place else ''}-{depth}"
                title = f"{alg}, depth {depth}, {group['cards']} card(s), {group['clock']}"
                made.append(curve(name.replace("=", "-").replace(",", "-"), title, rows, directory, out))
    return made
