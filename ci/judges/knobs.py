# SPDX-License-Identifier: BSD-2-Clause
"""The knobs of the virtual card's silicon: the table of docs/reference/vcard.md, and doctor's, against that of
the source. Prints what differs, one line each; with --table the rows as they have to be there."""

import re
import sys

SOURCE = "tools/vcard/silicon/knobs.c"
DOCUMENT = "docs/reference/vcard.md"
DOCTOR = "tools/hifnctl/doctor_silicon.c"
HEAD = "| Knob | Value | The silicon then | Who says so |"

STRING = r'"((?:[^"\\]|\\.)*)"'
KNOB = re.compile(r"\[VC_K_\w+\] = \{ " + STRING + r", " + STRING + r", \{(.*?)\} \} \},", re.S)
VALUE = re.compile(r"\{ " + STRING + r",\s*" + STRING + r",\s*(?:" + STRING + r"|MODEL) \}", re.S)


def plain(text):
    return text.replace('\\"', '"')


def knobs(text):
    """(name, question, [(value, what the silicon does, source)]) of each."""
    found = []
    for name, question, values in KNOB.findall(text):
        found.append((name, question, [(value, plain(does), plain(source) or "the model")
                                       for value, does, source in VALUE.findall(values + "}")]))
    return found


def rows(text):
    """The table's rows."""
    lines = []
    for name, question, values in knobs(text):
        for number, (value, does, source) in enumerate(values):
            first = f"`{name}`: {question}" if number == 0 else ""
            lines.append(f"| {first} | `{value}` | {does} | {source} |")
    return lines


def table(text):
    """The rows below HEAD."""
    lines = text.splitlines()
    if HEAD not in lines:
        return []
    start = lines.index(HEAD) + 2
    end = start
    while end < len(lines) and lines[end].startswith("|"):
        end += 1
    return lines[start:end]


def differences(source, document):
    want, have = rows(source), table(document)
    return ([f"{DOCUMENT} lacks: {row}" for row in want if row not in have] +
            [f"{DOCUMENT} has, but {SOURCE} has not: {row}" for row in have if row not in want])


SIGNS = re.compile(r"\{ \{ " + STRING + r",\s")
HARMLESS = re.compile(r"Knobs that cost the card nothing: (.*?)\.\s*\*/", re.S)


def undoctored(source, doctor):
    """What is wrong with the names in doctor's table, which has to have each knob once."""
    named = [name for names in SIGNS.findall(doctor) for name in names.split()]
    for words in HARMLESS.findall(doctor):
        named += words.replace("*", " ").split()
    want = [name for name, _, _ in knobs(source)]
    return ([f"{DOCTOR} does not name the knob {name}" for name in want if name not in named] +
            [f"{DOCTOR} names {name}, which is no knob" for name in named if name not in want] +
            [f"{DOCTOR} names {name} twice" for name in sorted(set(named)) if named.count(name) > 1])


def main():
    with open(SOURCE) as file:
        source = file.read()
    if sys.argv[1:] == ["--table"]:
        print("\n".join([HEAD, "|---|---|---|---|"] + rows(source)))
        return
    with open(DOCUMENT) as file:
        wrong = differences(source, file.read())
    with open(DOCTOR) as file:
        wrong += undoctored(source, file.read())
    if not rows(source):
        wrong.append(f"{SOURCE}: no knob found")
    print("\n".join(wrong))


if __name__ == "__main__":
    main()
