#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a module's manual page has to have, and has not: a line each, none if all is there.

Every parameter and no other, every message and no other (its text, with something in place of
each conversion), every file of debugfs and every attribute of a card.
"""
import glob
import os
import re
import sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
PAGES = {"crypto/acf.4": "crypto/acf*.[ch]", "drivers/hifn795x.4": "drivers/hifn*.[ch]"}

PARAMETER = re.compile(r"\bmodule_param(?:_named|_cb|_string)?\(\s*(\w+)")
MESSAGE = re.compile(r"\b(?:(?:pr|dev|pci)_(?:err|warn|notice|info)(?:_ratelimited|_once)?"
                     r"|(hifn_card_fail))\(((?:[^;\"]|\"(?:[^\"\\]|\\.)*\")*);")
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
CONVERSION = re.compile(r"%(?:[-#0-9.*l]*[a-z])")
DEBUGFS = re.compile(r'debugfs_create_file\("(\w+)"')
ATTRIBUTE = re.compile(r"acf_card_attrs\[\] = \{(.*?)\};", re.S)


def formats(text):
    """The texts of all messages; a driver's own function for failures names a step first."""
    for call in MESSAGE.finditer(text):
        literals = LITERAL.findall(call.group(2))
        if call.group(1):
            literals = literals[1:]
        if literals:
            yield literals[0]


def pattern(text):
    """What a line of the page that stands for it looks like; None: it is all conversions."""
    text = text.replace("\\n", "")
    if text.startswith("%s: "):
        text = "@" + text[4:]
    parts = CONVERSION.split(text.replace("%%", "%"))
    if max(map(len, parts)) < 6:
        return None
    return "".join([re.escape(parts[0]).replace("@", r"\S+: ")] +
                   [".+?" + re.escape(part) for part in parts[1:]])


def diagnostics(lines):
    """The messages that a page has."""
    section = ""
    for line in lines:
        if line.startswith(".Sh "):
            section = line[4:]
        elif section == "DIAGNOSTICS" and line.startswith(".It "):
            yield line[4:]


def missing(page, sources):
    """Of one page, line by line."""
    lines = open(os.path.join(TOP, page), encoding="utf-8").read().split("\n")
    items = [line[4:] for line in lines if line.startswith(".It ")]
    text = "".join(open(name, encoding="utf-8").read()
                   for name in sorted(glob.glob(os.path.join(TOP, sources))))
    told = {item[3:] for item in items if item.startswith("Va ")}
    there = set(PARAMETER.findall(text))
    yield from (f"{page}: no parameter {name}" for name in sorted(there - told))
    yield from (f"{page}: parameter {name} is none of the module's" for name in sorted(told - there))
    said = {one: pattern(one) for one in formats(text)}
    for one, wanted in said.items():
        if wanted and not any(re.fullmatch(wanted, item) for item in items):
            yield f"{page}: no message \"{one}\""
    for item in diagnostics(lines):
        if f'"{item}"' not in text and not any(
                wanted and re.fullmatch(wanted, item) for wanted in said.values()):
            yield f"{page}: message \"{item}\" is none of the module's"
    for name in DEBUGFS.findall(text):
        if not any(f"/{name}" in line and "debug" in line for line in lines):
            yield f"{page}: no file {name} of debugfs"
    for name in re.findall(r"dev_attr_(\w+)", "".join(ATTRIBUTE.findall(text))):
        if not any(re.match(rf"\.Pa {name}\b", line) for line in lines):
            yield f"{page}: no attribute {name}"


def main():
    """All pages; the number of what they lack, one at least, as status."""
    found = [line for page, sources in PAGES.items() for line in missing(page, sources)]
    print("\n".join(found), end="\n" if found else "")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
