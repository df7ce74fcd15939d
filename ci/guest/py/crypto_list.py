# SPDX-License-Identifier: BSD-2-Clause
"""The kernel's list of algorithms, /proc/crypto, which nobody else reads; lib/crypto_list.sh is
the same for sh."""

PATH = "/proc/crypto"


def parse(text):
    """The entries as the kernel lists them, each a dictionary of its lines."""
    found = []
    for block in text.split("\n\n"):
        pairs = (line.split(":", 1) for line in block.splitlines() if ":" in line)
        entry = {key.strip(): value.strip() for key, value in pairs}
        if entry:
            found.append(entry)
    return found


def entries():
    """Of this kernel."""
    with open(PATH) as file:
        return parse(file.read())


def drivers(name, listed=None):
    """Drivers that offer the algorithm of that name: the one that who asks for it gets comes
    first, which is the first in the list of those of the highest priority."""
    offers = [entry for entry in (entries() if listed is None else listed)
              if entry["name"] == name]
    offers.sort(key=lambda entry: -int(entry["priority"]))
    return [entry["driver"] for entry in offers]


def served_by(name, listed=None):
    """The driver that who asks for this algorithm gets; "" when there is none."""
    return next(iter(drivers(name, listed)), "")
