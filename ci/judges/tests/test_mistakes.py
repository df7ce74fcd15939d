# SPDX-License-Identifier: BSD-2-Clause
"""Which mistakes of a driver pass: none that was not provoked."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from mistakes import Ledger  # noqa: E402


def counters(errors=None, faults=None):
    errors = {"register": 0, "abort": 0, "source": 0} | (errors or {})
    return {"errors": {"total": sum(errors.values())} | errors,
            "faults": {"abort": 0, "abort-src": 0, "stuck": 0} | (faults or {})}


def entered(*all_counters):
    ledger = Ledger()
    for one in all_counters:
        ledger.enter(one)
    return ledger


def test_no_mistake_passes():
    assert entered(counters()).unexplained() == {}


def test_one_mistake_is_told():
    assert entered(counters({"source": 1})).unexplained() == {"source": (1, 0)}


def test_mistakes_before_a_reset_of_the_counters_are_told():
    assert entered(counters({"source": 1}), counters()).unexplained() == {"source": (1, 0)}


def test_a_fault_explains_one_of_its_kind_a_hit():
    ledger = entered(counters({"abort": 2}, {"abort": 1, "abort-src": 1}))
    assert ledger.unexplained() == {}
    ledger.enter(counters({"abort": 1}))
    assert ledger.unexplained() == {"abort": (3, 2)}


def test_a_fault_explains_no_other_kind():
    ledger = entered(counters({"source": 1}, {"abort": 9, "stuck": 9}))
    assert ledger.unexplained() == {"source": (1, 0)}


def test_what_the_test_expected_passes():
    ledger = entered(counters({"source": 7, "register": 1}))
    ledger.expect(["source"])
    assert ledger.unexplained() == {"register": (1, 0)}
