#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What ci/bench measured, as OUT/bench.json and, for people, OUT/bench.md.

usage: bench_report.py DIR OUT     DIR: what ci/bench's guests left: NAME.plan, NAME/bench.jsonl
"""

import glob
import json
import os
import statistics
import sys

# figures of the goal table: name, unit, depth, bytes, and what is taken of the row
FIGURES = (("irq_qd1", "card", 1, 4096, "irqs"), ("irq_qd8", "card", 8, 4096, "irqs"),
           ("irq_qd32", "card", 32, 4096, "irqs"), ("mmio_qd32", "card", 32, 4096, "accesses"))


def measures(line):
    """One run, per request."""
    done = max(1, line["done"])
    moved = line["moved"]

    def counted(*names):
        return sum(card.get(name, 0) for card in moved["cards"] for name in names) / done

    return {"mb_s": line["done"] * line["bytes"] * 1000 / line["ns"],
            "p50_us": line["p50_ns"] / 1000, "p99_us": line["p99_ns"] / 1000,
            "cpu_us": moved["guest_ns"] / done / 1000, "irqs": counted("irq.raised"),
            "accesses": counted("mmio.reads", "mmio.writes"),
            "switches": moved["switches"] / done, "by_card": counted("commands.total"),
            "dma_overhead_bytes": counted("dma.read.descriptor", "dma.read.command",
                                          "dma.write.descriptor", "dma.write.result")}


def spread(values):
    """Median, and the middle half around it."""
    quarters = statistics.quantiles(values, n=4) if len(values) > 1 else values * 3
    return {"median": statistics.median(values), "low": quarters[0], "high": quarters[2]}


def key_of(line):
    point = line["point"]
    return (point["alg"], point["in_place"], point["bytes"], point["depth"])


def rows(lines):
    """{point: {unit: {measure: spread}}} and the paired ratios, over the rounds."""
    runs = {}
    for line in lines:
        runs.setdefault(key_of(line), {}).setdefault(line["unit"], {})[line["round"]] = \
            measures(line)
    for key, units in sorted(runs.items()):
        row = dict(zip(("alg", "in_place", "bytes", "depth"), key))
        row["units"] = {unit: {name: spread([run[name] for run in rounds.values()])
                               for name in next(iter(rounds.values()))}
                        for unit, rounds in units.items()}
        row["ratios"] = ratios(units)
        yield row


def ratios(units):
    """Of throughput in the same round: what a busy machine does to both is left out."""
    found = {}
    for over, under in (("card", "cpu"), ("auto", "cpu"), ("auto", "card")):
        both = sorted(set(units.get(over, ())) & set(units.get(under, ())))
        if both:
            found[f"{over}/{under}"] = spread([units[over][n]["mb_s"] / units[under][n]["mb_s"]
                                               for n in both])
    return found


def figures(groups):
    """The names of the goal table that these runs can tell, of one card with a clock of 33 MHz."""
    found = {}
    for group in groups:
        if group["cards"] != 1 or group["clock"] != "pci33":
            continue
        for row in group["rows"]:
            for name, unit, depth, size, measure in FIGURES:
                if (row["depth"], row["bytes"], row["alg"]) == (depth, size, "aes-128-cbc") and \
                        unit in row["units"]:
                    found[name] = row["units"][unit][measure]["median"]
            best = min(({"card", "cpu"} & set(row["units"])),
                       key=lambda unit: -row["units"][unit]["mb_s"]["median"], default=None)
            if best and f"auto/{best}" in row["ratios"]:
                found["auto_vs_best_min"] = min(found.get("auto_vs_best_min", 9),
                                                row["ratios"][f"auto/{best}"]["median"])
    return found


def table(group):
    yield f"## {group['cards']} card(s), clock {group['clock']}"
    yield ""
    for probe, found in group["probes"].items():
        yield (f"{probe.replace('_', ' ')}: {found['us']['median']:.1f} us, of CPU"
               f" {found['cpu_us']['median']:.1f} ({found['cpu_us']['low']:.1f} to"
               f" {found['cpu_us']['high']:.1f})")
        yield ""
    yield "| algorithm | bytes | depth | unit | MB/s (middle half) | p50 µs | p99 µs |" \
          " CPU µs/req | irq/req | access/req | switch/req | by card |"
    yield "|---|---|---|---|---|---|---|---|---|---|---|---|"
    for row in group["rows"]:
        for unit, found in row["units"].items():
            mb = found["mb_s"]
            middle = {name: value["median"] for name, value in found.items()}
            yield (f"| {row['alg']}{' in place' if row['in_place'] else ''} | {row['bytes']} |"
                   f" {row['depth']} | {unit} | {mb['median']:.1f} ({mb['low']:.1f} to"
                   f" {mb['high']:.1f}) | {middle['p50_us']:.0f} | {middle['p99_us']:.0f} |"
                   f" {middle['cpu_us']:.1f} | {middle['irqs']:.3f} | {middle['accesses']:.3f} |"
                   f" {middle['switches']:.2f} | {middle['by_card']:.2f} |")
    yield ""


def load(plan_path):
    name = plan_path.removesuffix(".plan")
    with open(plan_path) as file:
        plan = json.load(file)
    with open(os.path.join(name, "bench.jsonl")) as file:
        lines = [json.loads(line) for line in file]
    return {"cards": plan["cards"], "clock": plan["clock"], "rounds": plan["rounds"],
            "ms": plan["ms"], "probes": probes(lines),
            "rows": list(rows([line for line in lines if "unit" in line]))}


def probes(lines):
    """{probe: {measure: spread}}: what an access and an interrupt for nothing cost."""
    found = {}
    for line in lines:
        for name in ("us", "cpu_us") if "probe" in line else ():
            found.setdefault(line["probe"], {}).setdefault(name, []).append(line[name])
    return {probe: {name: spread(values) for name, values in measures.items()}
            for probe, measures in found.items()}


def main(directory, out):
    plans = sorted(glob.glob(os.path.join(directory, "*.plan")))
    try:
        groups = [load(plan) for plan in plans]
    except FileNotFoundError as error:
        sys.exit(f"bench: {error.filename} is missing: its guest did not get that far")
    if not groups:
        sys.exit("bench: nothing was measured yet")
    result = {"figures": figures(groups), "groups": groups}
    with open(os.path.join(out, "bench.json"), "w") as file:
        json.dump(result, file, indent=1)
    text = ["# Bench", "", "Medians of paired rounds; CPU time is the guest's process, all contexts,"
            " empty register accesses and interrupts of User-Mode Linux included.", ""]
    for name, value in result["figures"].items():
        text.append(f"* `{name}`: {value:.3f}")
    text.append("")
    for group in groups:
        text += table(group)
    with open(os.path.join(out, "bench.md"), "w") as file:
        file.write("\n".join(text) + "\n")
    print(f"bench: {os.path.join(out, 'bench.md')}")


if __name__ == "__main__":
    main(*sys.argv[1:])
