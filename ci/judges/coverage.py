#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Merges the counters that runs left behind into one report, and judges it.

usage, in the lab: coverage.py COMMIT LANE
"""
import collections
import glob
import json
import os
import re
import subprocess
import sys

BUILD = "/src/build"
NATIVE = "/src/build/tests/cov"
UNREACHED = "/src/ci/judges/unreached"
GOAL = 90  # percent
PURE = r"drivers/hifn_(cmd|ring|sgplan|pll|unlock|health)\.c|crypto/acf_(vec|cost|load|split|xts)\.c"
GROUPS = (  # title, files
    ("pure files", PURE),
    ("acf", rf"(?!{PURE})crypto/acf_(?!testvec)[a-z0-9]*\.c"),
    ("driver beyond its pure files", rf"(?!{PURE})drivers/hifn_[a-z0-9]*\.c"),
)


def functions(path):
    """[(line, name)] of a source in the kernel's style: gcov has no record of inlined ones."""
    found = []
    with open(path) as file:
        for number, line in enumerate(file, 1):
            match = re.match(r"[a-z][\w \t*]*?(\w+)\((?!.*;$)", line)
            if match:
                found.append((number, match[1]))
    return found


def counters(directory):
    """{file: {line: (count, function)}} of one part, files named as in the checkout."""
    out = subprocess.run(
        ["gcovr", "--json", "-", "--root", "/src", "--merge-mode-functions=separate",
         "--gcov-ignore-errors=no_working_dir_found", "--exclude-unreachable-branches",
         "--filter", r"(.*/)?(crypto|drivers)/(acf|hifn)_[a-z0-9]*\.c$", directory],
        stdout=subprocess.PIPE, check=True).stdout
    files = {}
    for entry in json.loads(out)["files"]:
        name = re.sub(r"^build/kernel-[^/]*/", "", entry["file"])
        starts = functions(os.path.join("/src", entry["file"]))
        lines = files.setdefault(name, {})
        for line in entry["lines"]:
            if line.get("gcovr/noncode"):
                continue
            number = line["line_number"]
            inside = [f for at, f in starts if at <= number]
            old = lines.get(number, (0, None))[0]
            lines[number] = (old + line["count"], inside[-1] if inside else "?")
    return files


def newest(files):
    return max((os.path.getmtime(file) for file in files), default=0)


def runs():
    """{name: directory} of all that left counters of the sources as they are now."""
    changed = newest(glob.glob("/src/crypto/*.[ch]") + glob.glob("/src/drivers/*.[ch]"))
    found = {"native": NATIVE}
    for path, directories, _ in os.walk(BUILD):
        directories[:] = sorted(name for name in directories if not name.startswith("kernel-"))
        if os.path.basename(path) == "gcda":
            name = os.path.relpath(os.path.dirname(path), BUILD)
            found[re.sub("(^|/)vm-", r"\1", name)] = path
            directories.clear()
    return {name: path for name, path in found.items()
            if newest(glob.glob(f"{path}/**/*.gcda", recursive=True)) > changed}


def merge(found):
    """Pure files count by the native run alone: that is where they are tested for themselves."""
    total = collections.defaultdict(dict)
    for directory in found.values():
        for name, lines in counters(directory).items():
            if re.fullmatch(PURE, name) and directory != NATIVE:
                continue
            for number, (count, function) in lines.items():
                old = total[name].get(number, (0, None))[0]
                total[name][number] = (old + count, function)
    return total


def reasons(done):
    """{(file, function): reason}; a line of the file: FILE:FUNCTION REASON. Without those
    that hold where nothing of a name was run, when something of that name is among @done."""
    found = {}
    with open(UNREACHED) as file:
        for line in file:
            if line.startswith("#") or not line.strip():
                continue
            match = re.fullmatch(r"(\S+\.c):(\w+)\s+(\S.*)", line.rstrip("\n"))
            if not match:
                sys.exit(f"coverage: {UNREACHED}: not FILE:FUNCTION REASON: {line}")
            part = re.match(r"\[([\w-]+)\]", match[3])
            if not part or not any(part[1] in name for name in done):
                found[match[1], match[2]] = match[3]
    return found


def ranges(numbers):
    """1,2,3,7 as 1-3, 7"""
    text = []
    for number in sorted(numbers):
        if text and number == text[-1][1] + 1:
            text[-1][1] = number
        else:
            text.append([number, number])
    return ", ".join(f"{a}-{b}" if a != b else f"{a}" for a, b in text)


def missed(lines):
    """{function: [line, ...]}"""
    found = collections.defaultdict(list)
    for number, (count, function) in lines.items():
        if not count:
            found[function].append(number)
    return found


def percent(ran, all_lines):
    """Rounded down: 89.99 is not 90."""
    return ran * 1000 // all_lines / 10 if all_lines else 0.0


def report_group(title, pattern, total, why, used, faults):
    names = sorted(n for n in total if re.fullmatch(pattern, n))
    text = [f"## {title[0].upper()}{title[1:]}", "", "| file | lines | run | % |", "|---|---|---|---|"]
    ran = everything = 0
    holes = []
    for name in names:
        lines = total[name]
        hit = sum(1 for count, _ in lines.values() if count)
        text.append(f"| `{name}` | {len(lines)} | {hit} | {percent(hit, len(lines))} |")
        ran, everything = ran + hit, everything + len(lines)
        for function, numbers in sorted(missed(lines).items(), key=lambda item: min(item[1])):
            reason = why.get((name, function))
            used.add((name, function))
            if not reason:
                faults.append(f"{name}:{function}: lines {ranges(numbers)} did not run, and "
                              "ci/judges/unreached says no reason")
            holes.append(f"| `{name}` | `{function}` | {ranges(numbers)} | {reason or '**none**'} |")
    if not names:
        return text[:2] + ["Not counted: nothing that runs these was run.", ""]
    share = percent(ran, everything)
    text.append(f"| **all** | **{everything}** | **{ran}** | **{share}** |")
    if holes:
        text += ["", "Lines that did not run, and why:", "",
                 "| file | function | lines | reason |", "|---|---|---|---|"] + holes
    if share < GOAL:
        faults.append(f"{title}: {share} % of the lines ran, the goal is {GOAL} %")
    print(f"coverage: {title}: {ran} of {everything} lines, {share} %")
    return text + [""]


def main():
    commit, lane = sys.argv[1:]
    found = runs()
    if not found:
        sys.exit("coverage: nothing was run since the sources were changed")
    total = merge(found)
    done = list(found)
    why, used, faults = reasons(done), set(), []
    text = ["# Coverage", "",
            "Lines executed by the tests, as `ci/coverage` counts them: the pure files natively, everything",
            f"else in guests with a debug kernel. Commit {commit}; lane: {lane}; runs: "
            + ", ".join(done) + ".",
            "A reason that starts with a name in brackets: what has that name is there for these lines, "
            "but did not run here in such a kernel.", ""]
    for title, pattern in GROUPS:
        text += report_group(title, pattern, total, why, used, faults)
    known = {name for name in total}
    for name, function in why:
        if name not in known:
            faults.append(f"ci/judges/unreached: {name} is not among the files counted")
        elif (name, function) not in used:
            faults.append(f"ci/judges/unreached: all of {name}:{function} runs, or it is gone")
    with open(f"{BUILD}/coverage.md", "w") as file:
        file.write("\n".join(text).rstrip() + "\n")
    for fault in faults:
        print(f"coverage: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())
