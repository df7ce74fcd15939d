# SPDX-License-Identifier: BSD-2-Clause
"""What the silicon's tables expect, and the table made of them."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "ci/guest/py/silicon"))
sys.path.insert(0, str(ROOT / "ci/judges"))
import knobs  # noqa: E402
import outcomes  # noqa: E402
import silicon  # noqa: E402


def values():
    found = knobs.knobs((ROOT / knobs.SOURCE).read_text())
    return {f"{knob}={value}" for knob, _, alternatives in found
            for value, _, _ in alternatives[1:]}


def test_silicon_outcomes_are_of_knobs():
    for names in (outcomes.DROPPED, outcomes.MAY_DROP, outcomes.REFUSED, outcomes.WRONG_DATA,
                  outcomes.LOSES, outcomes.EVIDENCE):
        assert set(names) <= values()


def test_silicon_worst_of_a_pair():
    hash_hangs, swapped = ("hash", "hangs"), ("feedback", "swapped")
    assert outcomes.expected_of([("residual", "done")], True) == [("works", [])]
    assert outcomes.expected_of([hash_hangs, swapped], False) == [
        ("dropped", sorted(outcomes.MACS + outcomes.FEEDBACK))]
    (outcome, reasons), = outcomes.expected_of([swapped, ("reset-level", "1")], True)
    assert outcome == "refused" and "unlock level" in reasons[0]
    assert outcomes.expected_of([("residual", "done"), ("mac-place", "24")], False) == [
        outcomes.TOGETHER_WANT]
    # without a reset it may not show
    assert [want[0] for want in outcomes.expected_of([swapped, ("reset-level", "1")], False)] == [
        "refused", "dropped"]


class Row:
    def __init__(self, outcome, lost=(), reason="", pairs=()):
        self.outcome, self.lost, self.reason, self.pairs = outcome, list(lost), reason, pairs


def test_silicon_outcome_is_told_apart():
    wants = outcomes.expected_of([("hash", "hangs")], True)
    assert outcomes.right(Row("dropped", reversed(outcomes.MACS)), wants)
    assert not outcomes.right(Row("dropped", outcomes.MACS[1:]), wants)
    assert not outcomes.right(Row("works"), wants)
    wants = outcomes.expected_of([("reset-level", "1")], True)
    assert not outcomes.right(Row("refused", reason="no memory"), wants)
    assert not outcomes.right(Row("works"), wants)


def test_silicon_what_may_be_lost():
    pairs = [("context", "races")]
    wants = outcomes.expected_of(pairs, True)
    assert outcomes.right(Row("works", pairs=pairs), wants)
    assert outcomes.right(Row("dropped", ["cbc(aes)"], pairs=pairs), wants)
    assert not outcomes.right(Row("dropped", ["cbc(des)"], pairs=pairs), wants)
    assert not outcomes.right(Row("dropped", ["cbc(aes)"]), wants)


def test_silicon_tables_are_joined():
    row = {"knobs": ["hash=hangs"], "outcome": "dropped", "dropped": ["md5"], "reason": "",
           "wrong": 0, "resets": 2, "longest_stall_ms": 7}
    table = {"cells": 3, "works": 0, "dropped": 1, "refused": 0, "wrong": 1, "clear": 0,
             "lost_datagrams": 0, "longest_stall_ms": 7, "rows": [row]}
    whole = silicon.joined({"single": table, "pair": {**table, "longest_stall_ms": 9}})
    assert (whole["cells"], whole["wrong"], whole["longest_stall_ms"]) == (6, 2, 9)
    assert [one["table"] for one in whole["rows"]] == ["single", "pair"]
    assert "6 cells" in silicon.text(whole) and "hash=hangs" in silicon.text(whole)
