# SPDX-License-Identifier: BSD-2-Clause
"""Jobs until a split is right again, from a log that is made up."""

import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "py/bench"))
import settle  # noqa: E402

CHANGED = 10 ** 9


def log(*stretches):
    """Of (jobs, ns of each, one in so many a card's or 0)."""
    ns, words = CHANGED - 1000 * 100000, []
    for count, each, one_in in ((1000, 100000, 2), *stretches):
        for n in range(count):
            words.append(ns << 1 | (not one_in or n % one_in != 0))
            ns += each
    return settle.completions(struct.pack(f"={len(words)}Q", *words))


def test_a_log_is_read():
    assert settle.completions(struct.pack("=2Q", 5 << 1, 7 << 1 | 1)) == [(5, True), (7, False)]


def test_right_at_once():
    assert settle.settled(log((9000, 100000, 2)), CHANGED)["jobs"] == 0


def test_jobs_of_the_card_until_the_rate_is_the_last():
    # every tenth of 3000 is the card's, at half the rate that comes then
    found = settle.settled(log((3000, 200000, 10), (12000, 100000, 2)), CHANGED)
    # right with the window that has at most 1000 / 19 slow ones
    assert 294 <= found["jobs"] <= 300
    assert 580 < found["ms"] <= 600
    assert round(found["jobs_per_s"]) == 10000 and found["share"] == 0.5


def test_too_short_a_log_is_no_answer():
    assert settle.settled(log(), CHANGED) is None
    assert settle.settled(log((1500, 100000, 2)), CHANGED) is None
    assert settle.settled([], CHANGED) is None
