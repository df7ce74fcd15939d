#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What ci/bench measured, as OUT/bench.json and, for people, OUT/bench.md with curves.

usage: bench_report.py DIR OUT     DIR: what ci/bench left: NAME.plan, NAME/bench.jsonl of its guests,
                                   simulated, beside.json
"""

import glob
import json
import os
import re
import statistics
import sys

import bench_plot
from bench_figures import GOALS, bound, figures, missing, reached


def measures(line):
    """One run, per request."""
    done = max(1, line["done"])
    moved = line["moved"]

    def counted(*names):
        return sum(card.get(name, 0) for card in moved["cards"] for name in names) / done

    return {"mb_s": line["done"] * line["bytes"] * 1000 / line["ns"],
            "p50_us": line.get("p50_ns", 0) / 1000, "p99_us": line.get("p99_ns", 0) / 1000,
            "cpu_us": moved["guest_ns"] / done / 1000, "busy_cpu": moved["guest_ns"] / line["ns"],
            "cards_cpu": moved["cards_ns"] / line["ns"],
            "irqs": counted("irq.raised") + moved["ticks"] / done, "ticks": moved["ticks"] / done,
            # the kernel reads random numbers when it likes
            "accesses": counted("mmio.reads", "mmio.writes") - counted("mmio.read.RNG_DATA"),
            "switches": moved["switches"] / done, "by_card": counted("commands.total"),
            "dma_overhead_bytes": counted("dma.read.descriptor", "dma.read.command",
                                          "dma.write.descriptor", "dma.write.result")}


def spread(values):
    """Median, and the middle half around it."""
    quarters = statistics.quantiles(values, n=4) if len(values) > 1 else values * 3
    return {"median": statistics.median(values), "low": quarters[0], "high": quarters[2]}


def of_units(lines, key_of):
    """{key: {unit: {round: measures}}}"""
    runs = {}
    for line in lines:
        runs.setdefault(key_of(line), {}).setdefault(line["unit"], {})[line["round"]] = measures(line)
    return sorted(runs.items())


def summed(units):
    return {"units": {unit: {name: spread([run[name] for run in rounds.values()])
                             for name in next(iter(rounds.values()))}
                      for unit, rounds in units.items()},
            "ratios": ratios(units)}


def ratios(units):
    """Of throughput in the same round: what a busy machine does to both is left out."""
    found = {}
    for over, under in (("card", "cpu"), ("auto", "cpu"), ("auto", "card")):
        both = sorted(set(units.get(over, ())) & set(units.get(under, ())))
        if both:
            values = [units[over][n]["mb_s"] / units[under][n]["mb_s"] for n in both]
            found[f"{over}/{under}"] = spread(values) | {"bound": bound(values)}
    values = [value for value in of_cpu_had(units) if value]
    return found | ({"auto/had": spread(values)} if values else {})


def of_cpu_had(units):
    """auto ÷ what card and CPU, each for itself, made of so much CPU time as the host gave to the card's process and
    to the guest while both worked: the CPU time that neither had is left out."""
    for n in set(units.get("auto", ())) & set(units.get("card", ())) & set(units.get("cpu", ())):
        auto, card, cpu = (units[unit][n] for unit in ("auto", "card", "cpu"))
        if card["cards_cpu"] and cpu["busy_cpu"]:
            yield auto["mb_s"] / (card["mb_s"] / card["cards_cpu"] * auto["cards_cpu"] +
                                  cpu["mb_s"] / cpu["busy_cpu"] * auto["busy_cpu"])


def request_rows(lines):
    names = ("alg", "in_place", "bytes", "depth")
    wanted = [line for line in lines if "point" in line]
    return [dict(zip(names, key)) | summed(units)
            for key, units in of_units(wanted, lambda line: tuple(line["point"][name] for name in names))]


def part_rows(lines, part, names):
    wanted = [line for line in lines if line.get("part") == part]
    return [{"key": dict(zip(names, key))} | summed(units)
            for key, units in of_units(wanted, lambda line: tuple(line[name] for name in names))]


def of_cards(lines):
    """{cards that serve: throughput, and its ratio to one of the same round}"""
    runs = {}
    for line in lines:
        if line.get("part") == "cards":
            runs.setdefault(line["serving"], {})[line["round"]] = measures(line)["mb_s"]
    return {str(number): {"mb_s": spread(list(rounds.values())),
                          "ratio": spread([mb / runs[1][n] for n, mb in rounds.items() if n in runs[1]])}
            for number, rounds in sorted(runs.items()) if 1 in runs}


def parts_of(lines):
    adapt = {}
    for line in lines:
        if line.get("part") == "adapt":
            adapt.setdefault(line["way"], []).append(line["jobs"])
    return {"storage": part_rows(lines, "storage", ("way", "sector_bytes")),
            "network": part_rows(lines, "network", ("suite",)), "cards": of_cards(lines), "adapt": adapt,
            "bh": [line for line in lines if line.get("part") == "bh"],
            "modules": [line for line in lines if line.get("part") == "modules"],
            "locks": [line for line in lines if line.get("part") == "locks"],
            "flaps": [line["flaps_per_s"] for line in lines if line.get("part") == "flaps"]}


def probes(lines):
    """{probe: {measure: spread}}: what an access and an interrupt for nothing cost."""
    found = {}
    for line in lines:
        for name in ("us", "cpu_us") if "probe" in line else ():
            found.setdefault(line["probe"], {}).setdefault(name, []).append(line[name])
    return {probe: {name: spread(values) for name, values in measures.items()}
            for probe, measures in found.items()}


def load(plan_path):
    name = plan_path.removesuffix(".plan")
    with open(plan_path) as file:
        plan = json.load(file)
    with open(os.path.join(name, "bench.jsonl")) as file:
        lines = [json.loads(line) for line in file]
    return {name: plan[name] for name in ("cards", "clock", "bus", "rounds", "ms")} | \
        {"probes": probes(lines), "rows": request_rows(lines), "parts": parts_of(lines)}


def read_simulated(path):
    """What native programs print: {name: number}."""
    found = {}
    if os.path.exists(path):
        with open(path) as file:
            for line in file:
                if match := re.match(r"#\s+figure (.*)", line):
                    words = match[1].split()
                    found.update(zip(words[::2], map(float, words[1::2])))
    return found


def read_beside(path):
    if not os.path.exists(path):
        return {}
    with open(path) as file:
        return json.load(file)


def read_parts(directory):
    path = os.path.join(directory, "parts")
    if not os.path.exists(path):
        return []
    with open(path) as file:
        return file.read().split()


# --- for people -------------------------------------------------------------------


def figure_table(found, why):
    yield "| figure | goal | measured | reached | what it is |"
    yield "|---|---|---|---|---|"
    for name, (comparison, goal, what) in GOALS.items():
        value = found[name]
        words = {True: "yes", False: "**no**", None: ""}[reached(name, value)]
        yield (f"| `{name}` | {f'{comparison} {goal:g}' if comparison else ''} |"
               f" {f'not measured: {why[name]}' if value is None else f'{value:.4g}'} | {words} | {what} |")
    yield ""


COLUMNS = (("p50 µs", "p50_us", 0), ("p99 µs", "p99_us", 0), ("CPU µs/req", "cpu_us", 1), ("irq/req", "irqs", 3),
           ("access/req", "accesses", 3), ("switch/req", "switches", 2), ("DMA overhead B/req", "dma_overhead_bytes", 0),
           ("by card", "by_card", 2))


def table(head, rows):
    """rows: (words of the row's key, its units)"""
    yield f"| {' | '.join(head)} | unit | MB/s (middle half) | CPU s/GB | " + \
        " | ".join(title for title, _, _ in COLUMNS) + " |"
    yield "|---" * (len(head) + 3 + len(COLUMNS)) + "|"
    for words, units in rows:
        for unit, found in units.items():
            mb = found["mb_s"]
            middle = [f"{found[name]['median']:.{digits}f}" for _, name, digits in COLUMNS]
            per_gb = found["busy_cpu"]["median"] * 1000 / mb["median"] if mb["median"] else 0
            yield (f"| {' | '.join(words)} | {unit} | {mb['median']:.1f} ({mb['low']:.1f} to {mb['high']:.1f}) |"
                   f" {per_gb:.1f} | {' | '.join(middle)} |")
    yield ""


def probe_lines(group):
    for probe, found in group["probes"].items():
        yield (f"{probe.replace('_', ' ')}: {found['us']['median']:.1f} us, of CPU"
               f" {found['cpu_us']['median']:.1f} ({found['cpu_us']['low']:.1f} to"
               f" {found['cpu_us']['high']:.1f})")
        yield ""


def group_text(group):
    bus = f", {group['bus']} bus" if group["cards"] > 1 else ""
    yield f"## {group['cards']} card(s), clock {group['clock']}{bus}"
    yield ""
    yield from probe_lines(group)
    if group["rows"]:
        yield from table(("algorithm", "bytes", "depth"),
                         [((row["alg"] + (" in place" if row["in_place"] else ""), str(row["bytes"]),
                            str(row["depth"])), row["units"]) for row in group["rows"]])
    for part, title in (("storage", "dm-crypt, fio, 4 KiB, depth 32"), ("network", "ESP, iperf3")):
        rows = group["parts"][part]
        if rows:
            yield f"### {title}"
            yield ""
            yield from table(tuple(rows[0]["key"]), [([str(word) for word in row["key"].values()], row["units"])
                                                     for row in rows])
    for line in group["parts"]["bh"]:
        yield (f"* bottom halves off, {line['load']}: {line['off_ns'] / 1000:.0f} us in {line['off_by']}, under a lock"
               f" {line['locked_ns'] / 1000:.0f} us in {line['locked_by']}; a job in software {line['software_ns'] / 1000:.0f} us")
    for line in group["parts"]["modules"]:
        yield (f"* 4 KiB{' in place' if line['in_place'] else ''}, depth 32: acf {line['acf_us']:.2f} us, hifn795x"
               f" {line['hifn795x_us']:.2f} us of CPU for a request, {line['check_us']:.2f} us of it and"
               f" {line['block_cipher_us']:.2f} us of the block cipher to compare; software {line['software_us']:.1f} us")
    for line in group["parts"]["locks"]:
        for words, found in sorted(line["locks"].items()):
            yield (f"* policy {line['policy']}, 4 KiB, lock {words}: taken {found['taken'] / line['done']:.2f} times for a"
                   f" request, {found['waited']} times another CPU's, held {found['held_ns'] / line['done']:.0f} ns for a"
                   f" request, {found['longest_ns'] / 1000:.1f} us at most")
    for number, found in group["parts"]["cards"].items():
        yield f"* {number} of the cards serve: {found['mb_s']['median']:.1f} MB/s, {found['ratio']['median']:.2f} of one"
    yield ""


def instruction_text(found):
    """By function, ours and the peer's."""
    for whose, title in (("ours", "acf and hifn795x"), ("theirs", "hifn_795x")) if found else ():
        yield f"## Instructions of a 4 KiB request in {title}: {sum(found[whose].values()):.0f}"
        yield ""
        yield "| function | instructions |"
        yield "|---|---|"
        for function, number in sorted(found[whose].items(), key=lambda item: -item[1]):
            if number >= 0.5:
                yield f"| {function} | {number:.0f} |"
        yield ""


def text(result):
    yield "# Bench"
    yield ""
    yield "Medians of paired rounds; CPU time is the guest's process, all contexts," \
        " empty register accesses and interrupts of User-Mode Linux included. Interrupts include ticks."
    yield ""
    yield from figure_table(result["figures"], result["missing"])
    for group in result["groups"]:
        yield from group_text(group)
    yield from instruction_text(result["instructions"])
    for path in result["curves"]:
        yield f"![{path}]({path})"
        yield ""


def main(directory, out):
    plans = sorted(glob.glob(os.path.join(directory, "*.plan")))
    try:
        groups = [load(plan) for plan in plans]
    except FileNotFoundError as error:
        sys.exit(f"bench: {error.filename} is missing: its guest did not get that far")
    native = read_simulated(os.path.join(directory, "simulated"))
    beside = read_beside(os.path.join(directory, "beside.json"))
    if not groups and not native:
        sys.exit("bench: nothing was measured yet")
    found = figures(groups, native, beside)
    goals = {name: {"goal": f"{goal[0]} {goal[1]:g}" if goal[0] else None, "reached": reached(name, found[name]),
                    "what": goal[2]} for name, goal in GOALS.items()}
    result = {"figures": found, "missing": missing(found, read_parts(directory)), "goals": goals, "groups": groups,
              "instructions": read_beside(os.path.join(directory, "peer", "instructions.json")),
              "curves": bench_plot.curves(groups, directory, out)}
    with open(os.path.join(out, "bench.json"), "w") as file:
        json.dump(result, file, indent=1)
    with open(os.path.join(out, "bench.md"), "w") as file:
        file.write("\n".join(text(result)) + "\n")
    print(f"bench: {os.path.join(out, 'bench.md')}")


if __name__ == "__main__":
    main(*sys.argv[1:])
