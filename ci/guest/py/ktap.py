# SPDX-License-Identifier: BSD-2-Clause
"""The results of a stage, as KTAP: what ktap.sh is for the shell.

A program that a part runs adds its results with ok(), not_ok() and skip(); join() appends
the parts of one file to another. See ci/guest/lib/ktap.sh for the layout of the file.
"""

import contextlib
import os
import re
import threading

LOCK = threading.Lock()
RESULT = re.compile(r"(?:not )?ok \d+")
PLANS = next((path for path in ("/src/ci/judges/expected", "ci/judges/expected")
              if os.path.isdir(path)), "")


def wanted(name):
    """Is this part to run? As in ktap.sh."""
    name = os.environ.get("PART_PREFIX", "") + name
    only = os.environ.get("ONLY", "").split()
    return name not in os.environ.get("LEFT_OUT", "").split() and (not only or name in only)


def planned(name):
    """The tests of a part, or None."""
    count = None
    try:
        with open(os.path.join(PLANS, os.environ.get("STAGE") or "none")) as file:
            for line in file:
                if line.startswith("["):
                    if count is not None:
                        break
                    count = 0 if line[1:].partition("]")[0] == name else None
                elif count is not None and line.strip() and not line.startswith("#"):
                    count += 1
    except FileNotFoundError:
        pass
    return count


@contextlib.contextmanager
def part(name):
    """What is said within belongs to it. Inside another part it is none of its own."""
    path = os.environ["RESULTS"]
    if os.path.exists(path + ".part"):
        yield
        return
    name = os.environ.get("PART_PREFIX", "") + name
    plan = planned(name)
    with open(path + ".part", "w") as file:
        file.write(name + "\n")
    with open(path, "a") as file:
        file.write(f"    KTAP version 1\n    # Subtest: part {name}\n")
        if plan is not None:
            file.write(f"    1..{plan}\n")
    try:
        yield
    finally:
        with open(path + ".part") as file:
            bad = any(line.startswith("not ok") for line in file)
        with open(path) as file:
            number = sum(bool(RESULT.match(line)) for line in file) + 1
        with open(path, "a") as file:
            file.write(f"{'not ok' if bad else 'ok'} {number} part {name}\n")
        os.unlink(path + ".part")


def _add(word, name, rest):
    path = os.environ["RESULTS"]
    with LOCK:
        with open(path + ".part", "a+") as part:
            part.seek(0)
            line = f"{word} {len(part.readlines())} {os.environ.get('PART_PREFIX', '')}{name}{rest}"
            part.write(line + "\n")
        with open(path, "a") as file:
            file.write("    " + line + "\n")


def _one_line(text):
    return " ".join(str(text).split())


def ok(name):
    _add("ok", name, "")


def not_ok(name, reason):
    _add("not ok", name, f" # {_one_line(reason)}")


def skip(name, reason):
    _add("ok", name, f" # SKIP {_one_line(reason)}")


def check(name, passed, reason):
    """Returns whether it passed."""
    if passed:
        ok(name)
    else:
        not_ok(name, reason)
    return passed


def parts(lines):
    """The blocks of lines that end with the result of a part; the last may lack it."""
    block = []
    for line in lines:
        line = line.rstrip("\n")
        block.append(line)
        if RESULT.match(line):
            yield block
            block = []
    if block:
        yield block


def join(source, target, ended="the run ended in this part"):
    """Appends the parts of a file to another, numbered on. A part without its result gets
    one that says so."""
    with open(source, errors="replace") as file:
        blocks = list(parts(file))
    try:
        with open(target, errors="replace") as file:
            number = sum(bool(RESULT.match(line)) for line in file)
    except FileNotFoundError:
        number = 0
    with open(target, "a") as file:
        for block in blocks:
            number += 1
            if RESULT.match(block[-1]):
                word, _, name = re.match(r"((?:not )?ok) (\d+)(.*)", block.pop()).groups()
                block.append(f"{word} {number}{name}")
            else:
                name = next((line.split(": ", 1)[1] for line in block
                             if line.startswith("    # Subtest: ")), "part outside-of-parts")
                block.append(f"not ok {number} {name} # {ended}")
            file.write("\n".join(block) + "\n")
