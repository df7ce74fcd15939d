# SPDX-License-Identifier: BSD-2-Clause
"""The plans: lanes, choosing, accepting."""

import os

import plan
import pytest
from ktap_judge import Result

TEXT = """
[oldest.load] always
oldest.load.bound
[oldest.shapes]
oldest.shape.one
[newest.load] always
newest.load.bound
[newest.shapes] full
newest.shape.one # SKIP not on *
"""


def parts():
    return plan.parse(TEXT.splitlines())


def test_lanes():
    assert list(plan.chosen(parts(), "default")) == ["oldest.load", "oldest.shapes", "newest.load"]
    assert list(plan.chosen(parts(), "full")) == list(parts())


def test_one_test_brings_what_prepares_it():
    assert list(plan.chosen(parts(), "default", "newest.shape.one")) == ["newest.load",
                                                                       "newest.shapes"]
    assert plan.chosen(parts(), "default", "nowhere") == {}


@pytest.mark.parametrize("text, what", [
    ("a\n", "before the first part"), ("[a]\nx\nx\n", "x is there twice"),
    ("[a]\n[a]\n", "part a is there twice")],
    ids=["no-part", "test-twice", "part-twice"])
def test_bad_plans(text, what):
    with pytest.raises(plan.PlanError, match=what):
        plan.parse(text.splitlines())


def test_missing_plan_says_how_to_make_it(tmp_path):
    with pytest.raises(plan.PlanError, match="ci/test --accept vm"):
        plan.load(tmp_path, "vm")


def test_accept():
    ran = {"newest.shapes": [Result("newest.shape.one", True, True, "not on 7.3"),
                             Result("newest.shape.two", True)],
           "more": [Result("more.one", True, True, "no card")]}
    found = plan.accept(parts(), ran)
    assert found["newest.shapes"].flags == ["full"]
    assert found["newest.shapes"].tests == {"newest.shape.one": "not on *",
                                            "newest.shape.two": None}
    assert found["more"].tests == {"more.one": "no card"}
    assert found["oldest.load"].tests == {"oldest.load.bound": None}


def test_accept_drops_nothing_when_something_failed():
    ran = {"oldest.load": [Result("oldest.load.more", False, False, "broke")]}
    found = plan.accept(parts(), ran)["oldest.load"]
    assert list(found.tests) == ["oldest.load.bound", "oldest.load.more"]


def test_dump_reads_back():
    assert plan.parse(plan.dump("vm", parts()).splitlines()) == parts()


def test_brackets_in_reasons_are_text():
    part = plan.parse(["[p]", "t # SKIP [a] *"])["p"]
    assert part.may_skip("t", "[a] b") and not part.may_skip("t", "a b")


def test_a_kernel_that_left_the_archive():
    parts = plan.parse(["[newest.load] always archive", "newest.load.bound", "[load]", "load.bound"])
    gone = plan.NO_KERNEL + "when the lab was built"
    assert parts["newest.load"].may_skip("newest.load.bound", gone)
    assert not parts["newest.load"].may_skip("newest.load.bound", "too slow")
    assert not parts["newest.load"].may_skip("newest.load.other", gone)
    assert not parts["load"].may_skip("load.bound", gone)


def test_another_kernel_has_the_parts_of_the_stage():
    """STAGE@KERNEL has a plan where its results differ: what the stage gets is missed there otherwise."""
    directory = os.path.join(os.path.dirname(__file__), "..", "expected")
    for name in os.listdir(directory):
        if "@" in name:
            assert list(plan.load(directory, name)) == list(plan.load(directory, name.partition("@")[0]))
