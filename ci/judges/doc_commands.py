#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Commands of the documents for owners and operators, and ci/guest/doc-commands: a line for each
that only one of them has. "guest" as argument prints those that a guest runs."""
import os
import sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
DOCUMENTS = ("docs/owner.md", "docs/operator.md")
LIST = "ci/guest/doc-commands"


def read(name):
    """Lines of a file of the project."""
    with open(os.path.join(TOP, name), encoding="utf-8") as file:
        return file.read().split("\n")


def in_documents():
    """Indented lines: command to document."""
    return {line.strip(): name for name in DOCUMENTS for line in read(name)
            if line.startswith("    ") and line.strip()}


def listed():
    """Command to the heading that it is under."""
    found, heading = {}, None
    for line in read(LIST):
        if line.startswith("["):
            heading = line.strip("[]")
        elif line and not line.startswith("#"):
            found[line] = heading
    return found


def differences():
    """What only one side has, and headings without a reason."""
    documents, commands = in_documents(), listed()
    yield from (f"{name}: nobody is said to run: {line}" for line, name in documents.items()
                if line not in commands)
    yield from (f"{LIST}: in no document: {line}" for line in commands if line not in documents)
    for heading in sorted(set(commands.values())):
        kind, _, reason = heading.partition(": ")
        if kind not in ("guest", "others", "nobody", "text") or (kind != "guest" and not reason):
            yield f"{LIST}: [{heading}] has no reason"


def main():
    """All differences, or a guest's commands."""
    if sys.argv[1:] == ["guest"]:
        print("\n".join(line for line, heading in listed().items() if heading == "guest"))
        return 0
    found = list(differences())
    print("\n".join(found), end="\n" if found else "")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
