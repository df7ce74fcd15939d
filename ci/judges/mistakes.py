# SPDX-License-Identifier: BSD-2-Clause
"""What a card counted against its driver, and whether anything explains it.

The card counts mistakes of the host (docs/reference/vcard.md, errors.KIND). A run passes only if
each was provoked: by a fault of the card, which explains so many of a kind for each hit,
or by the test itself, which says so beforehand (hostcmd expect-errors).
"""

# By fault: the kinds it explains, and how many a hit.
EXPLAINS = {fault: {"abort": 1} for fault in ("abort", "abort-src", "abort-dst", "abort-res")}
# A level is no verdict: a chip that stays locked is asked for known answers, after up to four resets.
EXPLAINS |= {fault: {"locked": 64} for fault in ("locked", "back-sealed", "back-level1")}


def amounts(counters, group):
    """One group of counters without its sum."""
    return {key: value for key, value in counters[group].items() if key != "total"}


class Ledger:
    """Of one card, over all its processes and resets of its counters."""

    def __init__(self):
        self.errors, self.hits, self.expected = {}, {}, set()
        self.lost = None        # why counters are missing

    def enter(self, counters):
        """What was counted since the counters last began at 0."""
        for sums, group in ((self.errors, "errors"), (self.hits, "faults")):
            for key, value in amounts(counters, group).items():
                sums[key] = sums.get(key, 0) + value

    def expect(self, kinds):
        """Any number of these."""
        self.expected.update(kinds)

    def provoked(self, kind):
        return sum(kinds.get(kind, 0) * self.hits.get(fault, 0)
                   for fault, kinds in EXPLAINS.items())

    def unexplained(self):
        """{kind: (counted, provoked)} where the card counted more than was provoked."""
        return {kind: (count, self.provoked(kind)) for kind, count in self.errors.items()
                if kind not in self.expected and count > self.provoked(kind)}
