#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The tables of docs/reference/kernels.md that say what ran where: made by runs, held by runs.

A guest leaves what it found itself to be ($OUT/machine, ci/guest/lib/machine.sh) and its results;
one of the suite defaults leaves a row for each thing that people run as well ($OUT/shares). What
was taken from them last is docs/reference/kernels.json, of which the tables in docs/reference/kernels.md are made.

usage: kernels_table.py compare STAGE   prints results: each row of STAGE in docs/reference/kernels.json is
                                        what that run's guests did ($RESULTS.guests names them)
       kernels_table.py accept          rows of the last runs (build/test/*.ktap.guests) become
                                        docs/reference/kernels.json, and the tables those of docs/reference/kernels.md
       kernels_table.py check           prints what of docs/reference/kernels.md is not made of it (lint)
"""
import glob
import json
import os
import re
import sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
RECORD = os.path.join(TOP, "docs/reference/kernels.json")
PAGE = os.path.join(TOP, "docs/reference/kernels.md")
STAGES = ("kernels", "kernels-more", "defaults")
RESULT = re.compile(r"^    (ok|not ok) \d+ (\S+)(.*)$")
FLAGS = {"rt": "PREEMPT_RT", "high-memory": "memory above 4 GiB", "iommu": "IOMMU",
         "pci": "conventional bus behind a bridge", "pci-root": "conventional bus",
         "shared": "interrupt shared with the busy disk"}


def passed_parts(text):
    """Of a guest's KTAP: passed results by part, of the parts that came to their end and passed."""
    parts, name, ended = {}, None, set()
    for line in text.splitlines():
        if line.startswith("    # Subtest: part "):
            name = line[len("    # Subtest: part "):]
            parts[name] = 0
        elif found := RESULT.match(line):
            parts[name] += found[1] == "ok" and "# SKIP" not in found[3]
        elif line.startswith("ok "):
            ended.add(line.split(" part ", 1)[-1].split(" #")[0])
    return {part: count for part, count in parts.items() if count and part in ended}


def read(path):
    """A file's text; "" if it is not there."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def row_of(stage, directory):
    """What one guest was and did; None if it does not tell."""
    told = dict((line.partition(" ")[::2]) for line in read(f"{directory}/machine").splitlines())
    parts = passed_parts(read(f"{directory}/results"))
    if "kernel" not in told or not parts:
        return None
    prefix = next(iter(parts)).partition(".")[0]
    suites = {part.removeprefix(prefix + "."): count for part, count in parts.items()}
    return {"stage": stage, "row": prefix, "kernel": told["kernel"], "arch": told["arch"],
            "cpus": int(told["cpus"]), "in": told["in"], "flags": told.get("flags", "").split(),
            "memory": int(told.get("memory") or 0), "suites": suites}


def shares_of(stage, directory):
    """Rows of $OUT/shares: JSON objects, a line each."""
    return [dict(json.loads(line), stage=stage) for line in read(f"{directory}/shares").splitlines()]


def inside(path):
    """A path of the lab or of here."""
    return os.path.join(TOP, path.removeprefix("/src/")) if path.startswith("/src/") else path


def ran(stage, guests):
    """Rows and shares of the guests that a file names."""
    rows, shares = [], []
    for directory in map(inside, read(guests).split()):
        if row := row_of(stage, directory):
            rows.append(row)
        shares += shares_of(stage, directory)
    return rows, shares


def record():
    """What docs/reference/kernels.json says; nothing if it is not there."""
    return json.loads(read(RECORD) or '{"rows": [], "shares": []}')


def series(kernel):
    """6.12+deb13-rt-amd64 of 6.12.118+deb13-rt-amd64: tests of one series are one row."""
    return re.sub(r"^(\d+\.\d+)\.\d+(?:-\d+)?", r"\1", kernel)


def differs(told, found):
    """Why a row of the page is not what ran; nothing if it is."""
    for key in ("arch", "cpus", "in", "flags"):
        if told[key] != found[key]:
            return f"the page says {key} {told[key]}, it was {found[key]}"
    if series(told["kernel"]) != series(found["kernel"]):
        return f"the page says {told['kernel']}, it was {found['kernel']}"
    missing = sorted(set(told["suites"]) - set(found["suites"]))
    return f"on the page, and did not pass: {' '.join(missing)}" if missing else ""


def share_differs(told, found):
    """The same of a row of what people run: on the card or not, and by which name."""
    for key in ("takes", "on_card"):
        if told[key] != found[key]:
            return f"the page says {key} {told[key]}, it was {found[key]}"
    return ""


def compare(stage):
    """Results, a line each; what the archive had no kernel for is skipped."""
    rows, shares_there = ran(stage, os.environ["RESULTS"] + ".guests")
    whole = read(os.environ["RESULTS"])
    for key, found, why in (("rows", rows, differs), ("shares", shares_there, share_differs)):
        told = {one["row"]: one for one in record()[key] if one["stage"] == stage}
        there = {one["row"]: one for one in found}
        for name in sorted(told.keys() | there.keys()):
            test = f"table.{name}"
            if name not in there and re.search(rf" {re.escape(name)}\.\S+ # SKIP the archive had no such kernel ", whole):
                yield f"skip {test} - the archive had no such kernel (ci/kernels/distribution)"
            elif name not in there:
                yield f"not ok {test} - on the page, and its guest told nothing"
            elif name not in told:
                yield f"not ok {test} - not on the page: ci/judges/kernels_table.py accept"
            elif reason := why(told[name], there[name]):
                yield f"not ok {test} - {reason}"
            else:
                yield f"ok {test}"


# ---- the page ----

def machine(row):
    """In words."""
    words = [f"{row['cpus']} CPU" + ("s" if row["cpus"] > 1 else "")]
    words += [FLAGS[flag] for flag in row["flags"] if flag in FLAGS and flag != "rt"]
    return ", ".join(words) + (" (User-Mode Linux)" if row["in"] == "uml" else "")


def kernels(rows):
    """Kernel by kernel."""
    yield "| kernel | architecture | machine | driver, KiB | stage | suites, with what passed in each |"
    yield "|---|---|---|---|---|---|"
    order = {stage: number for number, stage in enumerate(STAGES)}
    for row in sorted(rows, key=lambda one: (order.get(one["stage"], 9), one["row"])):
        suites = ", ".join(f"{name} {count}" for name, count in row["suites"].items())
        yield (f"| {row['kernel']} | {row['arch']} | {machine(row)} | {row['memory'] or ''} | `{row['stage']}` "
               f"`{row['row']}` | {suites} |")


def shares(rows):
    """What people run."""
    yield "| what | the kernel takes | card's share | and if not, why; what to write |"
    yield "|---|---|---|---|"
    for row in rows:
        yield f"| {row['what']} | `{row['takes']}` | {row['share']} | {row['why']} |"


BLOCKS = {"kernels": ("rows", kernels), "shares": ("shares", shares)}


def filled(text, told):
    """The page with its blocks made anew."""
    for name, (key, lines) in BLOCKS.items():
        begin, end = f"<!-- {name}: made by ci/judges/kernels_table.py -->", f"<!-- /{name} -->"
        block = f"{begin}\n" + "\n".join(lines(told[key])) + f"\n{end}"
        text, count = re.subn(f"{re.escape(begin)}.*?{re.escape(end)}", lambda _, b=block: b, text, flags=re.S)
        if count != 1:
            raise SystemExit(f"kernels_table: {PAGE} has not one block {name}")
    return text


def accept():
    """Of each stage that ran, its rows; others stay."""
    told = record()
    for stage in STAGES:
        rows, found = ran(stage, os.path.join(TOP, f"build/test/{stage}.ktap.guests"))
        for key, new in (("rows", rows), ("shares", found)):
            names = {one["row"] for one in new}
            told[key] = [one for one in told[key] if one["stage"] != stage or one["row"] not in names] + new
    with open(RECORD, "w", encoding="utf-8") as file:
        file.write("{\n" + ",\n".join(
            f' "{key}": [\n' + ",\n".join("  " + json.dumps(one) for one in told[key]) + "\n ]"
            for key in ("rows", "shares")) + "\n}\n")
    text = filled(read(PAGE), told)
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    if sys.argv[1:2] == ["compare"] and len(sys.argv) == 3:
        for line in compare(sys.argv[2]):
            print(line)
    elif sys.argv[1:] == ["accept"]:
        accept()
    elif sys.argv[1:] == ["check"]:
        if filled(read(PAGE), record()) != read(PAGE):
            print("docs/reference/kernels.md: its tables are not those of docs/reference/kernels.json:"
                  " ci/judges/kernels_table.py accept")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
