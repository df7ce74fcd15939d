# SPDX-License-Identifier: BSD-2-Clause
"""The figures that ci/bench is for, by their short names: what they are to reach, and where in the
measurements they are found. Times are µs, all else ratios or counts per request."""

import math
import statistics

# name: (comparison, goal, what it is)
GOALS = {
    "util_4k": (">=", 0.99, "bus clocks of jobs ÷ elapsed, 4 KiB, depth 32, 33 MHz, simulated clock"),
    "util_1440": (">=", 0.97, "the same, 1440 bytes"),
    "esp_3des_of_limit": (">=", 0.95, "one-pass 3DES-SHA1 1400 B, 66 MHz, of the model's limit"),
    "irq_qd1_sim": ("<=", 1, "interrupts and ticks per request, depth 1, simulated clock"),
    "irq_qd8_sim": ("<=", 0.26, "the same, depth 8"),
    "irq_qd32_sim": ("<=", 0.07, "the same, depth 32"),
    "mmio_qd32_sim": ("<=", 0.13, "register accesses per request, depth 32, simulated clock"),
    "mmio_qd32_esp_sim": ("<=", 0.13, "the same of ESP"),
    "irq_qd1": ("<=", 1, "interrupts and ticks per request, depth 1, in the guest, 33 MHz"),
    "irq_qd8": ("<=", 0.26, "the same, depth 8"),
    "irq_qd32": ("<=", 0.07, "the same, depth 32"),
    "mmio_qd32": ("<=", 0.13, "register accesses per request, depth 32, in the guest, 33 MHz"),
    "p99_added_us": ("<=", 0, "what mitigation adds to the 99th percentile, depth 1, simulated clock"),
    "p99_added_us_qd8": ("<=", 109.9, "the same, depth 8"),
    "insn_vs_peer": ("<=", 0.5, "instructions inside the modules per 4 KiB request ÷ the peer's"),
    "cpu_per_4k": ("<=", 0.10, "CPU time of our two modules per 4 KiB on the card, depth 32, sampled ÷ software AES"),
    "cpu_per_4k_in_place": ("<=", 0.10, "the same in place"),
    "cpu_per_4k_whole": (None, None, "all CPU time of it ÷ software AES, UML's own price subtracted"),
    "cpu_per_4k_whole_in_place": (None, None, "the same in place"),
    "check_us": (None, None, "of that what compares results, the block cipher it calls included"),
    "cpu_per_4k_dmcrypt": (None, None, "the whole dm-crypt path: CPU on the card ÷ CPU in software, reads"),
    "bh_off_max_us": (None, None, "longest stretch with bottom halves off by our code, 1000 instructions a µs"),
    "bh_off_of_job": ("<=", 1, "the same ÷ a job of 64 KiB 3DES in software"),
    "bh_locked_max_us": ("<=", 20, "longest stretch of those under a lock"),
    "auto_vs_best_min": (">=", 0.98, "auto ÷ better of card and cpu, worst point, simulated clock"),
    "auto_vs_best_min_live": (">=", 0.95, "the same in the guest: least median of paired ratios"),
    "auto_vs_best_bound_live": (None, None, "its 95 % bound at that point"),
    "auto_vs_sum": (">=", 0.95, "auto ÷ (card + what is left of the CPU), simulated clock"),
    "auto_vs_sum_busy_host": (None, None, "the same where an idle card begins late and the CPU stands still, worst"),
    "auto_vs_sum_dear_irq": (">=", 0.95, "the same where an interrupt takes half as long as a job in software"),
    "auto_vs_sum_live": (">=", 0.95, "the same in the guest, worst point"),
    "auto_vs_had_live": (None, None, "there: auto ÷ what card and CPU alone make of the CPU time that the host gave to each"),
    "adapt_late": ("<=", 0.05, "part of the points later than 64 jobs right again, simulated clock"),
    "adapt_jobs": ("<=", 64, "jobs until right again about a card 10 times slower or faster, in the guest, worst"),
    "flaps_sim": ("<=", 1, "changes of the split by more than 10 % per second, worst, simulated clock"),
    "flaps": ("<=", 1, "the same in the guest"),
    "cards4_vs_1": (">=", 3.8, "four cards on own buses ÷ one, 4 KiB, depth 128"),
    "cards4_vs_1_shared": (">=", 1, "the same on one bus"),
    "vcard_vs_openssl": (">=", 0.95, "vcard AES-128-CBC 4 KiB ÷ openssl speed, paired"),
    "split_from_128": (None, None, "at its worst point: the card from 128 bytes on"),
    "split_from_2048": (None, None, "at its worst point: the card from 2 KiB on"),
    "split_until_full": (None, None, "at its worst point: the card until it is full"),
    "split_soonest": (None, None, "at its worst point: who is done first"),
}

# which part of ci/bench measures it, and from what if not every run of the part does
PART_OF = {
    **dict.fromkeys(("util_4k", "util_1440", "esp_3des_of_limit", "irq_qd1_sim", "irq_qd8_sim", "irq_qd32_sim",
                     "mmio_qd32_sim", "mmio_qd32_esp_sim", "p99_added_us", "p99_added_us_qd8", "auto_vs_best_min",
                     "auto_vs_sum", "auto_vs_sum_busy_host", "auto_vs_sum_dear_irq", "adapt_late", "flaps_sim",
                     "split_from_128", "split_from_2048", "split_until_full", "split_soonest"), ("simulated", "")),
    **dict.fromkeys(("irq_qd1", "irq_qd8", "irq_qd32", "mmio_qd32"),
                    ("requests", "by the card, AES-128-CBC, 4 KiB, clock pci33")),
    "cpu_per_4k_whole": ("requests", "by card and cpu, AES-128-CBC, 4 KiB, depth 32"),
    "cpu_per_4k_whole_in_place": ("requests", "the same with --in-place or --both"),
    **dict.fromkeys(("auto_vs_best_min_live", "auto_vs_best_bound_live"), ("requests", "by card, cpu and auto")),
    "auto_vs_sum_live": ("requests", "by card, cpu and auto, 4 KiB or more, depth 128, where card and CPU are about alike"),
    "auto_vs_had_live": ("requests", "the same"),
    **dict.fromkeys(("cpu_per_4k", "cpu_per_4k_in_place", "check_us"), ("modules", "")),
    "cpu_per_4k_dmcrypt": ("storage", "by card and cpu"),
    **dict.fromkeys(("bh_off_max_us", "bh_off_of_job", "bh_locked_max_us"), ("bh", "")),
    **dict.fromkeys(("adapt_jobs", "flaps"), ("adapt", "clock pci33")),
    **dict.fromkeys(("cards4_vs_1", "cards4_vs_1_shared"), ("cards", "")),
    "insn_vs_peer": ("peer", ""), "vcard_vs_openssl": ("vcard", ""),
}

# what the native programs call them, and in which parts
SIMULATED = {
    "util_qd32": ("util_4k", 1), "util_qd32_1440": ("util_1440", 1), "esp_3des_of_limit": ("esp_3des_of_limit", 1),
    "irq_qd1": ("irq_qd1_sim", 1), "irq_qd8": ("irq_qd8_sim", 1), "irq_qd32": ("irq_qd32_sim", 1),
    "mmio_qd32": ("mmio_qd32_sim", 1), "mmio_qd32_esp": ("mmio_qd32_esp_sim", 1),
    "p99_added_us_qd1": ("p99_added_us", 1), "p99_added_us_qd8": ("p99_added_us_qd8", 1),
    "auto_vs_best_min": ("auto_vs_best_min", 1000), "auto_vs_sum": ("auto_vs_sum", 1000),
    "auto_vs_sum_busy_host": ("auto_vs_sum_busy_host", 1000),
    "auto_vs_sum_dear_irq": ("auto_vs_sum_dear_irq", 1000),
    "from_128_vs_best_min": ("split_from_128", 1000), "from_2048_vs_best_min": ("split_from_2048", 1000),
    "until_full_vs_best_min": ("split_until_full", 1000), "soonest_vs_best_min": ("split_soonest", 1000),
    "flaps_in_5_s": ("flaps_sim", 5),
}
COUNTED = (("irq_qd1", 1, "irqs"), ("irq_qd8", 8, "irqs"), ("irq_qd32", 32, "irqs"), ("mmio_qd32", 32, "accesses"))
# one-sided 95 %, by degrees of freedom
STUDENT = (6.31, 2.92, 2.35, 2.13, 2.02, 1.94, 1.89, 1.86, 1.83)


def reached(name, value):
    comparison, goal, _ = GOALS[name]
    if comparison is None or value is None:
        return None
    return value >= goal if comparison == ">=" else value <= goal


def simulated(found):
    """found: {name: number} as the native programs print them."""
    figures = {ours: found[name] / parts for name, (ours, parts) in SIMULATED.items() if name in found}
    if found.get("adapt_points"):
        figures["adapt_late"] = found["adapt_points_later_than_64_jobs"] / found["adapt_points"]
    return figures


def bound(values):
    """One-sided 95 %, of the mean from below."""
    if len(values) < 2:
        return None
    t = STUDENT[min(len(values) - 2, len(STUDENT) - 1)]
    return statistics.mean(values) - t * statistics.stdev(values) / math.sqrt(len(values))


def middle(row, unit, measure):
    return row["units"][unit][measure]["median"]


def counted(row):
    for name, depth, measure in COUNTED:
        if row["depth"] == depth and row["bytes"] == 4096 and row["alg"] == "aes-128-cbc" and "card" in row["units"]:
            yield name, middle(row, "card", measure)


def price(row, probes):
    """CPU µs of a request without what UML takes for an access and an interrupt; the interrupt for
    nothing that was measured has one access in it."""
    irqs, accesses = middle(row, "card", "irqs"), middle(row, "card", "accesses")
    return middle(row, "card", "cpu_us") - irqs * probes["empty_interrupt"]["cpu_us"]["median"] - \
        max(0, accesses - irqs) * probes["empty_register"]["cpu_us"]["median"]


def cpu_per_4k(row, probes):
    if (row["alg"], row["bytes"], row["depth"]) != ("aes-128-cbc", 4096, 32) or \
            not {"card", "cpu"} <= set(row["units"]) or len(probes) < 2:
        return
    name = "cpu_per_4k_whole_in_place" if row["in_place"] else "cpu_per_4k_whole"
    yield name, price(row, probes) / middle(row, "cpu", "cpu_us")


def sum_ratio(row):
    """auto beside card and what the card's run left of the CPU, where they are about alike."""
    card, cpu = middle(row, "card", "mb_s"), middle(row, "cpu", "mb_s")
    if row["depth"] < 128 or row["bytes"] < 4096 or not 0.5 < card / cpu < 2:
        return None
    share = min(1, middle(row, "card", "busy_cpu"))
    return middle(row, "auto", "mb_s") / (card + cpu * (1 - share))


def of_auto(rows):
    """Of the rows with all three units: the worst ratios."""
    best, sums, had = [], [], []
    for row in rows:
        if not {"card", "cpu", "auto"} <= set(row["units"]):
            continue
        other = max(("card", "cpu"), key=lambda unit, row=row: middle(row, unit, "mb_s"))
        ratio = row["ratios"][f"auto/{other}"]
        best.append((ratio["median"], ratio["bound"]))
        if sum_ratio(row) is not None:
            sums.append(sum_ratio(row))
            had += [row["ratios"]["auto/had"]["median"]] if "auto/had" in row["ratios"] else []
    if best:
        yield "auto_vs_best_min_live", min(best)[0]
        yield "auto_vs_best_bound_live", min(best)[1]
    if sums:
        yield "auto_vs_sum_live", min(sums)
    if had:
        yield "auto_vs_had_live", min(had)


def of_group(group):
    """Of one guest with one card."""
    if group["clock"] == "pci33":
        for row in group["rows"]:
            yield from counted(row)
    for row in group["rows"]:
        yield from cpu_per_4k(row, group["probes"])


def modules(lines):
    """Medians over the rounds."""
    for in_place, name in ((False, "cpu_per_4k"), (True, "cpu_per_4k_in_place")):
        found = [line for line in lines if line["in_place"] == in_place]
        if found:
            yield name, statistics.median((line["acf_us"] + line["hifn795x_us"]) / line["software_us"] for line in found)
    if lines:
        yield "check_us", statistics.median(line["check_us"] + line["block_cipher_us"] for line in lines)


def bh(lines):
    """Medians over the rounds of the longest ones, at the worst load: what a busy host adds is left out."""
    loads = {}
    for line in lines:
        loads.setdefault(line["load"], []).append(line)
    if loads:
        def worst(measure):
            return max(statistics.median(measure(line) for line in found) for found in loads.values())
        yield "bh_off_max_us", worst(lambda line: line["off_ns"] / 1000)
        yield "bh_off_of_job", worst(lambda line: line["off_ns"] / line["software_ns"])
        yield "bh_locked_max_us", worst(lambda line: line["locked_ns"] / 1000)


def of_parts(groups):
    for group in groups:
        parts = group["parts"]
        for row in parts.get("storage", ()):
            if row["key"] == {"way": "read", "sector_bytes": 4096} and {"card", "cpu"} <= set(row["units"]):
                yield "cpu_per_4k_dmcrypt", middle(row, "card", "cpu_us") / middle(row, "cpu", "cpu_us")
        yield from modules(parts.get("modules", ()))
        yield from bh(parts.get("bh", ()))
        if parts.get("adapt"):
            yield "adapt_jobs", max(statistics.median(way) for way in parts["adapt"].values())
        if parts.get("flaps"):
            yield "flaps", statistics.median(parts["flaps"])
        if "4" in parts.get("cards", {}):
            name = "cards4_vs_1_shared" if group["bus"] == "shared" else "cards4_vs_1"
            yield name, parts["cards"]["4"]["ratio"]["median"]


def missing(found, parts):
    """{figure without a value: why}; parts: those that were to run."""
    def why(part, needs):
        if part not in parts:
            return f"part {part} did not run"
        return f"part {part} has it {'from requests ' if part == 'requests' else 'with '}{needs}" if needs else \
            f"part {part} came to no result"
    return {name: why(*PART_OF[name]) for name, value in found.items() if value is None}


def figures(groups, simulated_found, beside):
    """beside: figures that were measured elsewhere. What nobody measured is None."""
    found = dict(simulated(simulated_found))
    for group in groups:
        if group["cards"] == 1:
            found.update(of_group(group))
    found.update(of_auto([row for group in groups if group["cards"] == 1 for row in group["rows"]]))
    found.update(of_parts(groups))
    found.update(beside)
    return {name: found.get(name) for name in GOALS}
