# SPDX-License-Identifier: BSD-2-Clause
"""Samples of a process's CPU time: what is read from the ring that the kernel fills, written by hand here."""

import mmap
import os
import struct
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import sample  # noqa: E402
from fail import Failure  # noqa: E402

RING = sample.PAGES * mmap.PAGESIZE


def thread(records, tail=0):
    """One whose ring has these records (kind, rest), the first of them at tail."""
    found = sample.Thread.__new__(sample.Thread)
    found.ring = bytearray(mmap.PAGESIZE + RING)
    head = tail
    for kind, rest in records:
        text = struct.pack("<IHH", kind, 0, 8 + len(rest)) + rest
        start = mmap.PAGESIZE + head % RING
        found.ring[start:start + len(text)] = text
        head += len(text)
    struct.pack_into("<QQ", found.ring, sample.HEAD, head, tail)
    return found


def at(address):
    return sample.SAMPLE, struct.pack("<Q", address)


def test_ranges_of_words():
    assert sample.ranges(["10-20", "5-6,a0-ff"]) == [[(0x10, 0x20)], [(5, 6), (0xa0, 0xff)]]


def test_addresses_are_read_once():
    found = thread([at(0x1000), (5, bytes(16)), at(0xffff_ffff_8000_0000)])
    assert list(found.addresses()) == [0x1000, 0xffff_ffff_8000_0000]
    assert list(found.addresses()) == []


def test_the_ring_goes_round():
    assert list(thread([at(1), at(2), at(3)], tail=3 * RING - 16).addresses()) == [1, 2, 3]


def test_lost_samples_are_told():
    with pytest.raises(Failure):
        list(thread([at(1), (sample.LOST, bytes(16))]).addresses())
